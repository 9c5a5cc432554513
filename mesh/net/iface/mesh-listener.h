/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <gio/gio.h>

#include "net/iface/mesh-link.h"

G_BEGIN_DECLS

#define MESH_TYPE_LISTENER (mesh_listener_get_type ())

/**
 * MeshListener:
 *
 * A listening transport. It stops when mesh_listener_close() is called or the last
 * reference goes.
 */
G_DECLARE_DERIVABLE_TYPE (MeshListener, mesh_listener, MESH, LISTENER, GObject)

struct _MeshListenerClass
{
  GObjectClass parent_class;

  GPtrArray *(*dup_addresses) (MeshListener *listener);
  void (*close) (MeshListener *listener);

  gpointer padding[4];
};

/**
 * MeshListenerFunc:
 * @link: (transfer full): a new incoming connection
 */
typedef void (*MeshListenerFunc) (MeshListener *listener,
                                  MeshLink *link,
                                  gpointer user_data);

/**
 * mesh_listener_dup_addresses:
 *
 * Returns: (transfer full) (element-type MeshMultiaddr): where others can dial: an
 *   unspecified address is expanded into those of the interfaces, port 0 is the real one
 */
GPtrArray *mesh_listener_dup_addresses (MeshListener *listener) G_GNUC_WARN_UNUSED_RESULT;
void mesh_listener_close (MeshListener *listener);

G_END_DECLS
