/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <libsoup/soup.h>

#include "node/mesh.h"

#include "master/shoald-master-limiter.h"

/* What the Master Server and the mesh tell each other:
 *
 *   PUT /api/v1/announcements   takes a signed announcement and passes it on by gossip
 *   GET /api/v1/bootstrap       where a new node may begin, signed by this one
 *
 * and listings that gossip brought, for the answers of a search. */

#define SHOALD_MASTER_MESH_LIST_LIFE_S (7 * 24 * 60 * 60) /* of a bootstrap list */
#define SHOALD_MASTER_MESH_MAX_PENDING 64 /* announcements being looked at; more: 503 */

typedef struct ShoaldMasterMesh ShoaldMasterMesh;

/**
 * shoald_master_mesh_new:
 * @limiter: not owned; outlives the server's requests
 * @registry: (nullable): without it announcements are refused
 * @host: (nullable): without it there is no bootstrap list
 * @bootstrap: (nullable) (array zero-terminated=1): addresses besides the host's own
 */
ShoaldMasterMesh *
shoald_master_mesh_new (SoupServer *server,
                        ShoaldMasterLimiter *limiter,
                        MeshRegistry *registry,
                        MeshHost *host,
                        const char *const *bootstrap) G_GNUC_WARN_UNUSED_RESULT;
void shoald_master_mesh_free (ShoaldMasterMesh *mesh);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShoaldMasterMesh, shoald_master_mesh_free)

/**
 * shoald_master_mesh_merge:
 * @answer: the JSON of a search in the Master's own releases
 * @results: (element-type MeshRegistryResult): what the registry's index has
 * @limit: of packages in the answer
 *
 * Pure. Gives each package the announcement that proves it, and adds the packages that
 * only the mesh knows, which say "source": "mesh".
 *
 * Returns: (transfer full): the JSON of the answer
 */
GBytes *shoald_master_mesh_merge (GBytes *answer,
                                  GPtrArray *results,
                                  guint limit) G_GNUC_WARN_UNUSED_RESULT;
