/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "tree/mesh-import-scan.h"

#include <unistd.h>

#include "base/mesh-error.h"
#include "mesh/tree/tree-fixture.h"

/* "a-b" sorts before "a/x": a parent need not be next to its children. */
static void
test_order (Fixture *fixture, gconstpointer unused)
{
  static const char *const paths[] = { "", "a", "a-b", "a/x", "b" };
  g_autofree char *sub = g_build_filename (fixture->dir, "a", NULL);
  MeshImportScan scan = { .path = fixture->dir };

  g_assert_cmpint (g_mkdir (sub, 0755), ==, 0);
  g_free (fixture_write (fixture, "a/x", "1"));
  g_free (fixture_write (fixture, "a-b", "22"));
  g_free (fixture_write (fixture, "b", ""));
  g_assert_true (mesh_import_scan_run (&scan, NULL, NULL));
  g_assert_cmpuint (scan.entries->len, ==, G_N_ELEMENTS (paths));
  for (guint i = 0; i < scan.entries->len; i++)
    g_assert_cmpstr (((MeshImportEntry *) g_ptr_array_index (scan.entries, i))->path, ==,
                     paths[i]);
  g_assert_cmpuint (((MeshImportEntry *) g_ptr_array_index (scan.entries, 2))->size, ==,
                    2);
  g_ptr_array_unref (scan.entries);
}

/* A link to a folder is a link, not a way in. */
static void
test_links (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *link = g_build_filename (fixture->dir, "loop", NULL);
  MeshImportScan scan = { .path = fixture->dir };
  MeshImportEntry *entry;

  g_assert_cmpint (symlink (".", link), ==, 0);
  g_assert_true (mesh_import_scan_run (&scan, NULL, NULL));
  g_assert_cmpuint (scan.entries->len, ==, 2);
  entry = g_ptr_array_index (scan.entries, 1);
  g_assert_cmpint (entry->type, ==, MESH_ENTRY_SYMLINK);
  g_assert_cmpstr (entry->target, ==, ".");
  g_ptr_array_unref (scan.entries);
}

static void
test_too_deep (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GString) path = g_string_new (fixture->dir);
  MeshImportScan scan = { .path = fixture->dir };
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i <= MESH_IMPORT_MAX_DEPTH; i++)
    g_string_append (path, "/d");
  g_assert_cmpint (g_mkdir_with_parents (path->str, 0700), ==, 0);
  g_assert_false (mesh_import_scan_run (&scan, NULL, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_UNSUPPORTED);
  g_ptr_array_unref (scan.entries);
}

static void
test_wrap (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *path = fixture_write (fixture, "file", "text");
  MeshImportScan file = { .path = path, .wrap = TRUE };
  MeshImportScan folder = { .path = fixture->dir, .wrap = TRUE };

  g_assert_true (mesh_import_scan_run (&file, NULL, NULL));
  g_assert_true (file.is_wrapped);
  g_assert_cmpuint (file.entries->len, ==, 2);
  g_assert_true (mesh_import_scan_run (&folder, NULL, NULL));
  g_assert_false (folder.is_wrapped);
  g_ptr_array_unref (file.entries);
  g_ptr_array_unref (folder.entries);
}

static void
add (const char *path, void (*func) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, NULL, fixture_set_up, func, fixture_tear_down);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  add ("/tree/import-scan/order", test_order);
  add ("/tree/import-scan/links", test_links);
  add ("/tree/import-scan/too-deep", test_too_deep);
  add ("/tree/import-scan/wrap", test_wrap);
  return g_test_run ();
}
