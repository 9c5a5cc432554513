/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "discover/shoald-evidence.h"

#include <glib/gstdio.h>

#include "daemon/test-wait.h"

/* Of "one" and "another", by openssl dgst -sha3-256. */
#define ONE_DIGEST "6f70f27e13fc073a2541cd1e8b38ba9dbd5ec6de7bfeb24328534c417697381f"
#define OTHER_DIGEST "f58eb2fc3e3bc610b907541febcae51cbb0033a9b8342041a4e2df7e306c712b"

static MeshSplitView *
make_view (gint64 id)
{
  g_autoptr (GBytes) one = g_bytes_new_static ("one", 3);
  g_autoptr (GBytes) other = g_bytes_new_static ("another", 7);
  MeshSplitViewSide a = { "master https://m", "1.0.0", one, 1 };
  MeshSplitViewSide b = { "peer 12D3", "1.1.0", other, 2 };
  MeshSplitView *view = mesh_split_view_new (MESH_SPLIT_VIEW_STALE_MASTER,
                                             "org.example.App", "stable", &a, &b, 77);

  view->id = id;
  return view;
}

static ShoaldEvidence *
keep (MeshWorkPool *pool, const char *dir, gint64 id, GError **error)
{
  g_autoptr (MeshSplitView) view = make_view (id);
  g_autoptr (GAsyncResult) result = NULL;

  shoald_evidence_keep_async (pool, dir, view, test_wait_result_cb, &result);
  test_wait_until (result != NULL);
  return shoald_evidence_keep_finish (pool, result, error);
}

static void
assert_file (const char *folder, const char *name, const char *expected)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *text = NULL;
  GStatBuf info;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, expected);
  g_assert_cmpint (g_stat (path, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 0777, ==, 0600);
}

static void
test_files (void)
{
  g_autofree char *dir = test_wait_make_dir ();
  g_autoptr (MeshWorkPool) pool = mesh_work_pool_new (1);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 2; i++) /* and once more over what is there */
    {
      g_autoptr (ShoaldEvidence) evidence = keep (pool, dir, 7, &error);

      g_assert_no_error (error);
      g_assert_cmpint (evidence->id, ==, 7);
      g_assert_true (g_str_has_prefix (evidence->folder, dir));
      g_assert_true (g_str_has_suffix (evidence->folder, "/evidence/7"));
      assert_file (evidence->folder, "a.json", "one");
      assert_file (evidence->folder, "b.json", "another");
      g_assert_cmpstr (evidence->a_digest, ==, ONE_DIGEST);
      g_assert_cmpstr (evidence->b_digest, ==, OTHER_DIGEST);
    }
  test_wait_remove_dir (dir);
}

static gboolean
has (const char *dir, const char *name)
{
  g_autofree char *path = g_build_filename (dir, "evidence", name, NULL);

  return g_file_test (path, G_FILE_TEST_IS_DIR);
}

/* The latest stay; what is not ours does, too. */
static void
test_bound (void)
{
  g_autofree char *dir = test_wait_make_dir ();
  g_autofree char *foreign = g_build_filename (dir, "evidence", "mine", NULL);
  g_autoptr (MeshWorkPool) pool = mesh_work_pool_new (1);
  g_autoptr (GError) error = NULL;
  const gint64 n = SHOALD_EVIDENCE_MAX + 3;

  g_assert_cmpint (g_mkdir_with_parents (foreign, 0700), ==, 0);
  for (gint64 i = 1; i <= n; i++)
    {
      shoald_evidence_free (keep (pool, dir, i, &error));
      g_assert_no_error (error);
    }
  for (gint64 i = 1; i <= n; i++)
    {
      g_autofree char *name = g_strdup_printf ("%" G_GINT64_FORMAT, i);

      g_assert_true (has (dir, name) == (i > n - SHOALD_EVIDENCE_MAX));
    }
  g_assert_true (has (dir, "mine"));
  test_wait_remove_dir (dir);
}

static void
test_no_folder (void)
{
  g_autofree char *dir = test_wait_make_dir ();
  g_autofree char *file = g_build_filename (dir, "evidence", NULL);
  g_autoptr (MeshWorkPool) pool = mesh_work_pool_new (1);
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (file, "in the way", -1, NULL));
  g_assert_null (keep (pool, dir, 1, &error));
  g_assert_true (error->domain == G_FILE_ERROR);
  test_wait_remove_dir (dir);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/shoald/evidence/files", test_files);
  g_test_add_func ("/shoald/evidence/bound", test_bound);
  g_test_add_func ("/shoald/evidence/no-folder", test_no_folder);
  return g_test_run ();
}
