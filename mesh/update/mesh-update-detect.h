/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "net/host/mesh-host.h"
#include "source/mesh-master-client.h"
#include "trust/mesh-trust.h"
#include "work/mesh-work-pool.h"

/* Looks for the newest release of an app: asks the Master Server and connected peers at
 * once, verifies each answer in the pool, and takes the good one with the highest
 * counter. A peer that has not said yet what it speaks is asked too. Changes nothing. */

#define MESH_UPDATE_DETECT_MAX_PEERS 8 /* asked for one app */

typedef struct
{
  MeshSignedManifest *release; /* (owned) */
  GBytes *envelope;            /* (owned) */
  char *source;                /* (owned): "master URL", "peer ID" or "file" */
} MeshUpdateFound;

void mesh_update_detect_free_found (MeshUpdateFound *found);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshUpdateFound, mesh_update_detect_free_found)

/**
 * mesh_update_detect_async:
 * @trust: what is believed; copied
 * @master: (nullable)
 * @host: (nullable)
 * @envelope: (nullable): look at this release only and ask nobody
 *
 * When there is no good answer, fails with the first trust error, else the first other
 * error, else %MESH_ERROR_NOT_FOUND.
 */
void mesh_update_detect_async (MeshWorkPool *pool,
                               const MeshTrustState *trust,
                               MeshMasterClient *master,
                               MeshHost *host,
                               GBytes *envelope,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
MeshUpdateFound *mesh_update_detect_finish (GAsyncResult *result,
                                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
