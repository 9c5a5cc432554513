/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <gio/gio.h>

/* The network interfaces of this machine, and when they change (rtnetlink). */
typedef struct MeshInterfaces MeshInterfaces;

#define MESH_INTERFACES_MAX 32        /* looked at */
#define MESH_INTERFACES_SETTLE_MS 200 /* several changes in a row are told at once */

typedef struct
{
  guint index;
  char name[32];
  gboolean is_loopback;
  gboolean has_ip4;
  gboolean has_ip6;
  guint8 ip4[4]; /* an address of it, for multicast */
} MeshInterface;

typedef void (*MeshInterfacesFunc) (gpointer user_data);

/**
 * mesh_interfaces_watch:
 * @func: called from the main context after interfaces or addresses changed
 */
MeshInterfaces *mesh_interfaces_watch (MeshInterfacesFunc func,
                                       gpointer user_data) G_GNUC_WARN_UNUSED_RESULT;
void mesh_interfaces_free (MeshInterfaces *interfaces);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshInterfaces, mesh_interfaces_free)

/**
 * mesh_interfaces_list:
 *
 * Returns: (transfer full) (element-type MeshInterface): those that are up, can do
 *   multicast (or are the loopback) and have an address, by index
 */
GArray *mesh_interfaces_list (void) G_GNUC_WARN_UNUSED_RESULT;
