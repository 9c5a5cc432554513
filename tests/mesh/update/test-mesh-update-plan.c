/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "update/mesh-update-plan.h"

#include <string.h>

static MeshCid *
cid_of (const char *text)
{
  return mesh_cid_new_for_data (MESH_CODEC_RAW, MESH_MULTIHASH_SHA3_256,
                                (const guint8 *) text, strlen (text), NULL);
}

/* A file whose chunks are the letters of @content, each 100 bytes. */
static void
add_file (MeshManifest *manifest, const char *path, const char *content)
{
  MeshManifestFile *file = mesh_manifest_file_new (path, MESH_TREE_FILE);

  file->cid = cid_of (content);
  for (const char *p = content; *p != '\0'; p++)
    {
      char letter[] = { *p, '\0' };
      MeshManifestChunk chunk = { cid_of (letter), file->size, 100 };

      g_array_append_val (file->chunks, chunk);
      file->size += 100;
    }
  manifest->size += file->size;
  g_ptr_array_add (manifest->files, file);
}

static void
set_local (MeshUpdatePlan *plan, const char *letters)
{
  for (const char *p = letters; *p != '\0'; p++)
    {
      char letter[] = { *p, '\0' };
      g_autoptr (MeshCid) cid = cid_of (letter);

      for (gsize i = 0; i < mesh_update_plan_get_n_chunks (plan); i++)
        if (mesh_cid_equal (mesh_update_plan_get_chunk (plan, i)->cid, cid))
          mesh_update_plan_set_local (plan, i, TRUE);
    }
}

static void
test_update (void)
{
  g_autoptr (MeshManifest) old = mesh_manifest_new ();
  g_autoptr (MeshManifest) new = mesh_manifest_new ();
  g_autoptr (MeshUpdatePlan) plan = NULL;
  g_autofree MeshCid **missing = NULL;
  g_autoptr (MeshCid) x = cid_of ("x");
  g_autoptr (MeshCid) d = cid_of ("d");
  MeshUpdatePlanPlace place;
  gsize n;

  add_file (old, "bin/app", "abcd");
  add_file (old, "same", "ef");
  add_file (new, "bin/app", "abxd");
  add_file (new, "moved", "ef");
  add_file (new, "twice", "xx");
  plan = mesh_update_plan_new (new, old);
  g_assert_cmpuint (mesh_update_plan_get_n_chunks (plan), ==, 6); /* a b x d e f */

  set_local (plan, "abdef");
  missing = mesh_update_plan_dup_missing (plan, &n);
  g_assert_cmpuint (n, ==, 1);
  g_assert_true (mesh_cid_equal (missing[0], x));
  g_assert_cmpuint (mesh_update_plan_get_fetch_bytes (plan), ==, 100);
  g_assert_cmpuint (mesh_update_plan_get_saved_bytes (plan), ==, 700);
  g_assert_cmpuint (mesh_update_plan_get_disk_bytes (plan), >=, 900);

  g_assert_null (mesh_update_plan_find_file (plan, new->files->pdata[0]));
  g_assert_cmpstr (mesh_update_plan_find_file (plan, new->files->pdata[1]), ==, "same");
  g_assert_true (mesh_update_plan_find_chunk (plan, d, &place));
  g_assert_cmpstr (place.path, ==, "bin/app");
  g_assert_cmpuint (place.offset, ==, 300);
  g_assert_false (mesh_update_plan_find_chunk (plan, x, &place));
}

static void
test_first_install (void)
{
  g_autoptr (MeshManifest) manifest = mesh_manifest_new ();
  g_autoptr (MeshUpdatePlan) plan = NULL;
  g_autofree MeshCid **missing = NULL;
  gsize n;

  add_file (manifest, "a", "abc");
  add_file (manifest, "empty", "");
  g_ptr_array_add (manifest->files, mesh_manifest_file_new ("d", MESH_TREE_DIRECTORY));
  plan = mesh_update_plan_new (manifest, NULL);
  missing = mesh_update_plan_dup_missing (plan, &n);
  g_assert_cmpuint (n, ==, 3);
  g_assert_cmpuint (mesh_update_plan_get_saved_bytes (plan), ==, 0);
  g_assert_null (mesh_update_plan_find_file (plan, manifest->files->pdata[2]));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/update/plan/update", test_update);
  g_test_add_func ("/update/plan/first-install", test_first_install);
  return g_test_run ();
}
