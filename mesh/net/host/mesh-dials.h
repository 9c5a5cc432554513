/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "net/host/mesh-host.h"
#include "net/host/mesh-limits.h"

/* The connects in progress: one dial for each peer however many ask for it, a bounded
 * number of dials at once, the others in order of arrival. Owned by the host. */
typedef struct MeshDials MeshDials;

/**
 * MeshDialsFunc:
 * @connection: (nullable): a new connection, counted as outbound; %NULL when the dial
 * failed
 * @peer_id: (nullable): who was dialed
 * @error: set when there is no connection to give
 * @user_data: the host
 *
 * Returns: (transfer none) (nullable): the connection to the peer that counts
 */
typedef MeshConnection *(*MeshDialsFunc) (MeshConnection *connection,
                                          MeshPeerId *peer_id,
                                          GError **error,
                                          gpointer user_data);

/**
 * mesh_dials_new:
 * @host: kept by each dial that runs; passed to @func
 * @limits: (transfer none): where dials are counted
 * @cancellable: ends all dials
 * @func: takes what a dial yields
 */
MeshDials *mesh_dials_new (MeshHost *host,
                           MeshLimits *limits,
                           GCancellable *cancellable,
                           MeshDialsFunc func) G_GNUC_WARN_UNUSED_RESULT;

/* Only when none is running. Those that wait are told that the host is closed. */
void mesh_dials_free (MeshDials *dials);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshDials, mesh_dials_free)

/**
 * mesh_dials_add:
 * @transports: (element-type MeshTransport): what can be dialed
 * @peer_id: (nullable): whom
 * @addrs: (element-type MeshMultiaddr): where; left aside when the peer is being dialed
 * @task: returns the connection, or the error. When its cancellable is cancelled it
 * returns at once and the dial goes on without it.
 */
void mesh_dials_add (MeshDials *dials,
                     GPtrArray *transports,
                     MeshPeerId *peer_id,
                     GPtrArray *addrs,
                     GTask *task);
