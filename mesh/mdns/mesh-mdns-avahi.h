/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <gio/gio.h>

#include "peer/mesh-multiaddr.h"

/* Announcing and browsing through the Avahi daemon, over D-Bus. */
typedef struct MeshMdnsAvahi MeshMdnsAvahi;

#define MESH_MDNS_AVAHI_NAME "org.freedesktop.Avahi"
#define MESH_MDNS_AVAHI_MAX_NAMES 256   /* peers whose records are looked at */
#define MESH_MDNS_AVAHI_MAX_RECORDS 128 /* TXT records of one, on all interfaces */
#define MESH_MDNS_AVAHI_SETTLE_MS 30    /* records of one peer that come together */

typedef struct
{
  GDBusConnection *bus;  /* (unowned) */
  const char *service;   /* (unowned): "_p2p._udp.local" */
  const char *peer_name; /* (unowned): one label, random */
  MeshPeerId *self;      /* (unowned) */
  gboolean allow_loopback;

  /* Called from the main context; may free the object. */
  void (*found) (MeshPeerId *peer, GPtrArray *addrs, gpointer user_data);
  void (*lost) (MeshPeerId *peer, gpointer user_data);
  gpointer user_data;
} MeshMdnsAvahiConfig;

/**
 * mesh_mdns_avahi_new:
 *
 * Begins to browse. Who owns the name on the bus is for the caller to watch.
 */
MeshMdnsAvahi *
mesh_mdns_avahi_new (const MeshMdnsAvahiConfig *config) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_mdns_avahi_free:
 *
 * Avahi says goodbye for us.
 */
void mesh_mdns_avahi_free (MeshMdnsAvahi *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshMdnsAvahi, mesh_mdns_avahi_free)

/**
 * mesh_mdns_avahi_set_addresses:
 * @addrs: (element-type MeshMultiaddr): as mesh_mdns_core_set_addresses()
 */
void mesh_mdns_avahi_set_addresses (MeshMdnsAvahi *self, const GPtrArray *addrs);
guint mesh_mdns_avahi_get_n_peers (const MeshMdnsAvahi *self);
