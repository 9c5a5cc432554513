/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "base/mesh-error.h"
#include "trust-fixture.h"

static MeshManifest *
default_manifest (void)
{
  TrustFixture fixture = trust_fixture_default ();

  return trust_fixture_manifest (&fixture);
}

static MeshManifestFile *
find (MeshManifest *manifest, const char *path)
{
  return (MeshManifestFile *) mesh_manifest_find_file (manifest, path);
}

static void
expect (MeshManifest *manifest, MeshError code)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (mesh_manifest_validate (manifest, &error));
  g_assert_error (error, MESH_ERROR, (int) code);
}

static void
test_find (void)
{
  g_autoptr (MeshManifest) manifest = default_manifest ();

  g_assert_cmpuint (manifest->size, ==, 1000);
  g_assert_cmpuint (mesh_manifest_get_n_chunks (manifest), ==, 1);
  g_assert_cmpstr (find (manifest, "bin/alias")->target, ==, "app");
  g_assert_nonnull (find (manifest, "bin/app"));
  g_assert_nonnull (find (manifest, "empty"));
  g_assert_null (find (manifest, "bin"));
  g_assert_null (find (manifest, ""));
}

static void
replace (char **field, const char *value)
{
  g_free (*field);
  *field = g_strdup (value);
}

static void
test_head (void)
{
  static const struct
  {
    gsize offset;
    const char *value;
  } bad[] = {
    { G_STRUCT_OFFSET (MeshManifest, app_id), NULL },
    { G_STRUCT_OFFSET (MeshManifest, app_id), "../evil" },
    { G_STRUCT_OFFSET (MeshManifest, name), "" },
    { G_STRUCT_OFFSET (MeshManifest, name), "a\nb" },
    { G_STRUCT_OFFSET (MeshManifest, name), "\xff" },
    { G_STRUCT_OFFSET (MeshManifest, summary), "\x1b[2J" },
    { G_STRUCT_OFFSET (MeshManifest, notes), "\xff" },
    { G_STRUCT_OFFSET (MeshManifest, channel), NULL },
    { G_STRUCT_OFFSET (MeshManifest, channel), "" },
    { G_STRUCT_OFFSET (MeshManifest, channel), "a/b" },
    { G_STRUCT_OFFSET (MeshManifest, version), "1.0" },
    { G_STRUCT_OFFSET (MeshManifest, version), "1.0.0-../../x" },
    { G_STRUCT_OFFSET (MeshManifest, previous_version), "x" },
    { G_STRUCT_OFFSET (MeshManifest, dag), NULL },
    { G_STRUCT_OFFSET (MeshManifest, exec_path), "not/there" },
    { G_STRUCT_OFFSET (MeshManifest, exec_path), "empty" },
    { G_STRUCT_OFFSET (MeshManifest, icon_path), "not/there" },
    { G_STRUCT_OFFSET (MeshManifest, desktop_path), "bin" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (MeshManifest) manifest = default_manifest ();

      replace (G_STRUCT_MEMBER_P (manifest, bad[i].offset), bad[i].value);
      expect (manifest, MESH_ERROR_INVALID);
    }
}

static void
test_numbers (void)
{
  g_autoptr (MeshManifest) manifest = default_manifest ();

  manifest->counter = 0;
  expect (manifest, MESH_ERROR_INVALID);
  manifest->counter = G_MAXUINT64;
  expect (manifest, MESH_ERROR_INVALID);
  manifest->counter = 1;
  manifest->key_version = 0;
  expect (manifest, MESH_ERROR_INVALID);
  manifest->key_version = 1;
  manifest->expires_s = G_MAXINT64;
  expect (manifest, MESH_ERROR_INVALID);
}

static void
test_modes (void)
{
  static const guint modes[] = { 0, 0600, 0777, 0666, 04755, 02755, 01755, 0100644 };

  for (gsize i = 0; i < G_N_ELEMENTS (modes); i++)
    {
      g_autoptr (MeshManifest) manifest = default_manifest ();

      find (manifest, "bin/app")->mode = modes[i];
      expect (manifest, MESH_ERROR_UNSAFE_PATH);
    }
}

static void
test_chunks (void)
{
  g_autoptr (MeshManifest) manifest = default_manifest ();
  MeshManifestFile *file = find (manifest, "bin/app");
  MeshManifestChunk *chunk = &g_array_index (file->chunks, MeshManifestChunk, 0);

  chunk->offset = 1;
  expect (manifest, MESH_ERROR_INVALID);
  chunk->offset = 0;
  file->size = 999;
  expect (manifest, MESH_ERROR_INVALID);
  chunk->size = 0;
  file->size = 0;
  expect (manifest, MESH_ERROR_INVALID);
  chunk->size = MESH_MANIFEST_MAX_CHUNK_BYTES + 1;
  file->size = chunk->size;
  expect (manifest, MESH_ERROR_TOO_LARGE);
}

static void
test_paths (void)
{
  static const char *const bad[] = { "../x", "/x", "bin/app/x", "bin/alias/x", "x/../y" };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (MeshManifest) manifest = default_manifest ();

      g_ptr_array_add (manifest->files,
                       mesh_manifest_file_new (bad[i], MESH_TREE_DIRECTORY));
      expect (manifest, MESH_ERROR_UNSAFE_PATH);
    }
}

/* Sizes that add up to more than any disk: each file is one chunk, 2 MiB. */
static void
test_total (void)
{
  g_autoptr (MeshManifest) manifest = default_manifest ();

  for (guint i = 0; i <= MESH_MANIFEST_MAX_FILES; i++)
    {
      g_autofree char *path = g_strdup_printf ("d%u", i);

      g_ptr_array_add (manifest->files,
                       mesh_manifest_file_new (path, MESH_TREE_DIRECTORY));
    }
  expect (manifest, MESH_ERROR_TOO_LARGE);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/trust/manifest/find", test_find);
  g_test_add_func ("/trust/manifest/head", test_head);
  g_test_add_func ("/trust/manifest/numbers", test_numbers);
  g_test_add_func ("/trust/manifest/modes", test_modes);
  g_test_add_func ("/trust/manifest/chunks", test_chunks);
  g_test_add_func ("/trust/manifest/paths", test_paths);
  g_test_add_func ("/trust/manifest/total", test_total);
  return g_test_run ();
}
