/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <glib.h>

#include "trust/mesh-manifest.h"

/* What one update has to do: which chunks are needed, which of them are on this machine
 * already, and which files of the installed version can be taken over. Pure: the service
 * says which chunks it found. Bounded by the manifest's own bounds. */

typedef struct
{
  MeshCid *cid;      /* (unowned): in the manifest */
  guint64 size;      /* of file data */
  gboolean is_local; /* found and verified on this machine */
} MeshUpdatePlanChunk;

/* Where bytes of the new version lie in the installed one. */
typedef struct
{
  const char *path; /* (unowned): in the old tree */
  guint64 offset;
} MeshUpdatePlanPlace;

typedef struct MeshUpdatePlan MeshUpdatePlan;

/**
 * mesh_update_plan_new:
 * @manifest: the release to be staged
 * @installed: (nullable): the release that is there now
 */
MeshUpdatePlan *mesh_update_plan_new (MeshManifest *manifest,
                                      MeshManifest *installed) G_GNUC_WARN_UNUSED_RESULT;
MeshUpdatePlan *mesh_update_plan_ref (MeshUpdatePlan *plan);
void mesh_update_plan_unref (MeshUpdatePlan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshUpdatePlan, mesh_update_plan_unref)

MeshManifest *mesh_update_plan_get_manifest (MeshUpdatePlan *plan);

/**
 * mesh_update_plan_get_n_chunks:
 *
 * Returns: how many different chunks the release has
 */
gsize mesh_update_plan_get_n_chunks (MeshUpdatePlan *plan);
const MeshUpdatePlanChunk *mesh_update_plan_get_chunk (MeshUpdatePlan *plan, gsize i);
void mesh_update_plan_set_local (MeshUpdatePlan *plan, gsize i, gboolean is_local);

/**
 * mesh_update_plan_dup_missing:
 * @n: (out): their number
 *
 * Returns: (transfer container) (array length=n): the chunks to fetch, in the order of
 * the files; free with g_free()
 */
MeshCid **
mesh_update_plan_dup_missing (MeshUpdatePlan *plan, gsize *n) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_update_plan_get_fetch_bytes:
 *
 * Returns: file data in chunks that are not local
 */
guint64 mesh_update_plan_get_fetch_bytes (MeshUpdatePlan *plan);

/**
 * mesh_update_plan_get_saved_bytes:
 *
 * Returns: file data of the release that need not be fetched: what is local and what
 *   repeats
 */
guint64 mesh_update_plan_get_saved_bytes (MeshUpdatePlan *plan);

/**
 * mesh_update_plan_get_disk_bytes:
 *
 * Returns: the most that fetching and staging can take on disk, if no file system shares
 *   anything
 */
guint64 mesh_update_plan_get_disk_bytes (MeshUpdatePlan *plan);

/**
 * mesh_update_plan_find_file:
 *
 * Returns: (nullable) (transfer none): the path of an installed file with the content of
 *   @file
 */
const char *
mesh_update_plan_find_file (MeshUpdatePlan *plan, const MeshManifestFile *file);

/**
 * mesh_update_plan_find_chunk:
 *
 * Returns: whether the installed version has a chunk with this CID, and where
 */
gboolean mesh_update_plan_find_chunk (MeshUpdatePlan *plan,
                                      const MeshCid *cid,
                                      MeshUpdatePlanPlace *place);
