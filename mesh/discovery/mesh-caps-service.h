/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <gio/gio.h>

#include "discovery/mesh-caps.h"
#include "net/host/mesh-host.h"

G_BEGIN_DECLS

#define MESH_TYPE_CAPS_SERVICE (mesh_caps_service_get_type ())

/**
 * MeshCapsService:
 *
 * Tells connected peers what this node can do and learns it of them, over
 * /shoal/caps/1.0.0. A peer that speaks it is asked once it is identified, and says by
 * itself when something changed; others are fine without. Keeps a reference on the host;
 * ends with its last reference.
 *
 * Signal "caps-changed" (#MeshPeerId): mesh_caps_service_get_caps() of this peer is new,
 * or gone because the peer left.
 */
G_DECLARE_FINAL_TYPE (MeshCapsService, mesh_caps_service, MESH, CAPS_SERVICE, GObject)

/* A change is told at most so often, several in a row at once. */
#define MESH_CAPS_SERVICE_INTERVAL_US (10 * G_USEC_PER_SEC)
#define MESH_CAPS_SERVICE_TIMEOUT_US (10 * G_USEC_PER_SEC)
/* What one peer may say unasked or ask: a burst of this many, then one each 5 s. */
#define MESH_CAPS_SERVICE_BURST 8

/**
 * mesh_caps_service_new:
 * @interval_us: as %MESH_CAPS_SERVICE_INTERVAL_US; tests pass less
 */
MeshCapsService *
mesh_caps_service_new (MeshHost *host, gint64 interval_us) G_GNUC_WARN_UNUSED_RESULT;

/* What this node says. Each is told to the peers when it differs from before. */
void mesh_caps_service_set_roles (MeshCapsService *self, guint roles);
void
mesh_caps_service_set_limits (MeshCapsService *self, guint64 up_bps, guint64 down_bps);

/**
 * mesh_caps_service_set_roots:
 * @multihashes: (element-type GBytes): of the roots this node shares; copied into a
 *   filter of 1 % false positives. Pass an empty array while sharing is off.
 */
void mesh_caps_service_set_roots (MeshCapsService *self, GPtrArray *multihashes);

/**
 * mesh_caps_service_get_own:
 *
 * Returns: (transfer none): what this node says
 */
const MeshCaps *mesh_caps_service_get_own (MeshCapsService *self);

/**
 * mesh_caps_service_get_caps:
 *
 * Returns: (transfer none) (nullable): what a connected peer said last; valid until
 *   "caps-changed"
 */
const MeshCaps *
mesh_caps_service_get_caps (MeshCapsService *self, const MeshPeerId *peer);

/**
 * mesh_caps_service_dup_holders:
 *
 * Returns: (transfer full) (element-type MeshPeerId): connected peers whose filter says
 *   that they probably hold the root with this multihash. O(peers)
 */
GPtrArray *mesh_caps_service_dup_holders (MeshCapsService *self,
                                          const guint8 *multihash,
                                          gsize len) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
