/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "peer/mesh-multiaddr.h"

/* Counts connections and says when there are too many: all, those dialed by others, those
 * of one IPv4 address or one IPv6 /64, and those that are still shaking hands. */
typedef struct MeshLimits MeshLimits;

typedef struct
{
  guint max_connections;
  guint max_inbound;
  guint max_inbound_per_ip;
  guint max_inbound_handshakes;
} MeshLimitsConfig;

MeshLimits *mesh_limits_new (const MeshLimitsConfig *config) G_GNUC_WARN_UNUSED_RESULT;
void mesh_limits_free (MeshLimits *limits);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshLimits, mesh_limits_free)

/**
 * mesh_limits_admit_inbound:
 * @addr: where it comes from
 * @error: %MESH_ERROR_LIMIT
 *
 * Counts a connection that begins to shake hands. Undone by mesh_limits_drop_inbound().
 */
gboolean mesh_limits_admit_inbound (MeshLimits *limits,
                                    const MeshMultiaddr *addr,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The handshake is over, one way or the other. */
void mesh_limits_end_handshake (MeshLimits *limits);
void mesh_limits_drop_inbound (MeshLimits *limits, const MeshMultiaddr *addr);

/**
 * mesh_limits_admit_outbound:
 * @error: %MESH_ERROR_LIMIT
 *
 * Counts a connection that we dial. Undone by mesh_limits_drop_outbound().
 */
gboolean
mesh_limits_admit_outbound (MeshLimits *limits, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void mesh_limits_drop_outbound (MeshLimits *limits);
