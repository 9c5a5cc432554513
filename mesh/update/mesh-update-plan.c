/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "update/mesh-update-plan.h"

/* What a file or folder costs on disk beyond its bytes, rounded up. */
#define OVERHEAD_BYTES 8192

struct MeshUpdatePlan
{
  MeshManifest *manifest;  /* (owned) */
  MeshManifest *installed; /* (owned) (nullable) */
  GArray *chunks;          /* (owned) (element-type MeshUpdatePlanChunk): each CID once */
  GHashTable *old_files;   /* (owned): MeshCid → path */
  GHashTable *old_chunks;  /* (owned): MeshCid → MeshUpdatePlanPlace */
};

static void
index_installed (MeshUpdatePlan *plan)
{
  for (guint i = 0; plan->installed != NULL && i < plan->installed->files->len; i++)
    {
      const MeshManifestFile *file = plan->installed->files->pdata[i];

      if (file->kind != MESH_TREE_FILE)
        continue;
      if (!g_hash_table_contains (plan->old_files, file->cid))
        g_hash_table_insert (plan->old_files, file->cid, file->path);
      for (guint j = 0; j < file->chunks->len; j++)
        {
          const MeshManifestChunk *chunk
              = &g_array_index (file->chunks, MeshManifestChunk, j);
          MeshUpdatePlanPlace *place;

          if (g_hash_table_contains (plan->old_chunks, chunk->cid))
            continue;
          place = g_new (MeshUpdatePlanPlace, 1);
          place->path = file->path;
          place->offset = chunk->offset;
          g_hash_table_insert (plan->old_chunks, chunk->cid, place);
        }
    }
}

static void
collect_chunks (MeshUpdatePlan *plan)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (mesh_cid_hash, mesh_cid_equal);

  for (guint i = 0; i < plan->manifest->files->len; i++)
    {
      const MeshManifestFile *file = plan->manifest->files->pdata[i];

      for (guint j = 0; file->chunks != NULL && j < file->chunks->len; j++)
        {
          const MeshManifestChunk *chunk
              = &g_array_index (file->chunks, MeshManifestChunk, j);
          MeshUpdatePlanChunk item = { chunk->cid, chunk->size, FALSE };

          if (g_hash_table_add (seen, chunk->cid))
            g_array_append_val (plan->chunks, item);
        }
    }
}

MeshUpdatePlan *
mesh_update_plan_new (MeshManifest *manifest, MeshManifest *installed)
{
  MeshUpdatePlan *plan = g_atomic_rc_box_new0 (MeshUpdatePlan);

  plan->manifest = mesh_manifest_ref (manifest);
  plan->installed = installed != NULL ? mesh_manifest_ref (installed) : NULL;
  plan->chunks = g_array_new (FALSE, FALSE, sizeof (MeshUpdatePlanChunk));
  plan->old_files = g_hash_table_new (mesh_cid_hash, mesh_cid_equal);
  plan->old_chunks = g_hash_table_new_full (mesh_cid_hash, mesh_cid_equal, NULL, g_free);
  index_installed (plan);
  collect_chunks (plan);
  return plan;
}

MeshUpdatePlan *
mesh_update_plan_ref (MeshUpdatePlan *plan)
{
  return g_atomic_rc_box_acquire (plan);
}

static void
clear_plan (gpointer data)
{
  MeshUpdatePlan *plan = data;

  g_array_unref (plan->chunks);
  g_hash_table_unref (plan->old_files);
  g_hash_table_unref (plan->old_chunks);
  mesh_manifest_unref (plan->manifest);
  g_clear_pointer (&plan->installed, mesh_manifest_unref);
}

void
mesh_update_plan_unref (MeshUpdatePlan *plan)
{
  g_atomic_rc_box_release_full (plan, clear_plan);
}

MeshManifest *
mesh_update_plan_get_manifest (MeshUpdatePlan *plan)
{
  return plan->manifest;
}

gsize
mesh_update_plan_get_n_chunks (MeshUpdatePlan *plan)
{
  return plan->chunks->len;
}

const MeshUpdatePlanChunk *
mesh_update_plan_get_chunk (MeshUpdatePlan *plan, gsize i)
{
  g_return_val_if_fail (i < plan->chunks->len, NULL);
  return &g_array_index (plan->chunks, MeshUpdatePlanChunk, i);
}

void
mesh_update_plan_set_local (MeshUpdatePlan *plan, gsize i, gboolean is_local)
{
  g_return_if_fail (i < plan->chunks->len);
  g_array_index (plan->chunks, MeshUpdatePlanChunk, i).is_local = is_local;
}

MeshCid **
mesh_update_plan_dup_missing (MeshUpdatePlan *plan, gsize *n)
{
  MeshCid **missing = g_new (MeshCid *, plan->chunks->len + 1);

  *n = 0;
  for (gsize i = 0; i < plan->chunks->len; i++)
    {
      const MeshUpdatePlanChunk *chunk = mesh_update_plan_get_chunk (plan, i);

      if (!chunk->is_local)
        missing[(*n)++] = chunk->cid;
    }
  return missing;
}

guint64
mesh_update_plan_get_fetch_bytes (MeshUpdatePlan *plan)
{
  guint64 bytes = 0;

  for (gsize i = 0; i < plan->chunks->len; i++)
    {
      const MeshUpdatePlanChunk *chunk = mesh_update_plan_get_chunk (plan, i);

      bytes += chunk->is_local ? 0 : chunk->size;
    }
  return bytes;
}

guint64
mesh_update_plan_get_saved_bytes (MeshUpdatePlan *plan)
{
  return plan->manifest->size - mesh_update_plan_get_fetch_bytes (plan);
}

guint64
mesh_update_plan_get_disk_bytes (MeshUpdatePlan *plan)
{
  return plan->manifest->size + mesh_update_plan_get_fetch_bytes (plan)
         + (guint64) plan->manifest->files->len * OVERHEAD_BYTES;
}

const char *
mesh_update_plan_find_file (MeshUpdatePlan *plan, const MeshManifestFile *file)
{
  if (file->kind != MESH_TREE_FILE)
    return NULL;
  return g_hash_table_lookup (plan->old_files, file->cid);
}

gboolean
mesh_update_plan_find_chunk (MeshUpdatePlan *plan,
                             const MeshCid *cid,
                             MeshUpdatePlanPlace *place)
{
  const MeshUpdatePlanPlace *found = g_hash_table_lookup (plan->old_chunks, cid);

  if (found == NULL)
    return FALSE;
  *place = *found;
  return TRUE;
}
