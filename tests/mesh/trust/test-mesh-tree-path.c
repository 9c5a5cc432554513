/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include <string.h>

#include "base/mesh-error.h"
#include "base/mesh-rng.h"
#include "trust/mesh-tree-path.h"

static void
test_paths (void)
{
  static const char *const good[] = { "a",   "a/b", ".hidden", "a/..b", "a/b..", "...",
                                      "ä/ö", "a b", "a:b",     "-rf",   "~" };
  static const char *const bad[] = {
    "",
    "/",
    "/a",
    "//a",
    "a/",
    "a//b",
    ".",
    "..",
    "../a",
    "a/..",
    "a/../b",
    "a/./b",
    "./a",
    "a\\b",
    "a\nb",
    "a\x1b[31m",
    "a\x7f",
    "\xc2\x85",
    "\xff",
    "a/\xc0\xae\xc0\xae/b",
    "\xe2\x80\xae"
    "gpj.exe",
    "\xe2\x80\xa8",
  };
  g_autofree char *name = g_strnfill (MESH_TREE_PATH_MAX_NAME_LEN + 1, 'n');
  g_autofree char *path = g_strnfill (MESH_TREE_PATH_MAX_LEN + 1, 'p');
  g_autoptr (GString) deep = g_string_new ("d");

  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    g_assert_true (mesh_tree_path_check (good[i], NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("bad %" G_GSIZE_FORMAT, i);
      g_assert_false (mesh_tree_path_check (bad[i], &error));
      g_assert_error (error, MESH_ERROR, MESH_ERROR_UNSAFE_PATH);
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
    }
  g_assert_false (mesh_tree_path_check (name, NULL));
  name[MESH_TREE_PATH_MAX_NAME_LEN] = '\0';
  g_assert_true (mesh_tree_path_check (name, NULL));
  for (gsize i = 100; i < MESH_TREE_PATH_MAX_LEN; i += 100)
    path[i] = '/';
  g_assert_false (mesh_tree_path_check (path, NULL));
  path[MESH_TREE_PATH_MAX_LEN] = '\0';
  g_assert_true (mesh_tree_path_check (path, NULL));
  for (guint i = 1; i < MESH_TREE_PATH_MAX_DEPTH; i++)
    g_string_append (deep, "/d");
  g_assert_true (mesh_tree_path_check (deep->str, NULL));
  g_string_append (deep, "/d");
  g_assert_false (mesh_tree_path_check (deep->str, NULL));
}

static void
test_app_id (void)
{
  static const char *const good[]
      = { "org.example.App", "a.b", "_a._b", "org.example.My-App2" };
  static const char *const bad[]
      = { "",     "a",    "a.",   ".a",  "a..b",  "a.b/c", "../a.b", "a.1b",
          "1a.b", "a.-b", "a.b ", "ä.b", "a.b\n", "a.b.",  "a b.c",  "a.\xff" };
  g_autofree char *name = g_strnfill (256, 'n');

  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    g_assert_true (mesh_tree_path_check_app_id (good[i], NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("bad %" G_GSIZE_FORMAT, i);
      g_assert_false (mesh_tree_path_check_app_id (bad[i], &error));
      g_assert_error (error, MESH_ERROR, MESH_ERROR_INVALID);
    }
  name[1] = '.';
  g_assert_false (mesh_tree_path_check_app_id (name, NULL));
}

/* A line of "path" (file), "path/" (folder) or "path>target" (link) each. */
static gboolean
check_tree (const char *const *lines, GError **error)
{
  g_autoptr (MeshTreePathSet) set = mesh_tree_path_set_new ();

  for (gsize i = 0; lines[i] != NULL; i++)
    {
      g_auto (GStrv) parts = g_strsplit (lines[i], ">", 2);
      gsize len = strlen (parts[0]);
      MeshTreeKind kind = parts[1] != NULL ? MESH_TREE_SYMLINK : MESH_TREE_FILE;

      if (len > 0 && parts[0][len - 1] == '/')
        {
          parts[0][len - 1] = '\0';
          kind = MESH_TREE_DIRECTORY;
        }
      if (!mesh_tree_path_set_add (set, parts[0], kind, parts[1], error))
        return FALSE;
    }
  return mesh_tree_path_set_check (set, error);
}

#define GOOD(...) \
  G_STMT_START \
  { \
    g_autoptr (GError) good_error = NULL; \
    check_tree ((const char *const[]){ __VA_ARGS__, NULL }, &good_error); \
    g_assert_no_error (good_error); \
  } \
  G_STMT_END

#define BAD(...) \
  G_STMT_START \
  { \
    g_autoptr (GError) bad_error = NULL; \
    g_assert_false ( \
        check_tree ((const char *const[]){ __VA_ARGS__, NULL }, &bad_error)); \
    g_assert_error (bad_error, MESH_ERROR, MESH_ERROR_UNSAFE_PATH); \
  } \
  G_STMT_END

static void
test_collisions (void)
{
  GOOD ("a", "b", "c/d", "c/e");
  GOOD ("a", "A", "c/D", "c/d"); /* files that differ by case are common on Linux */
  GOOD ("d/", "d/e", "e/");
  BAD ("a", "a");
  BAD ("a", "a/b");
  BAD ("a/b", "a");
  BAD ("a>b", "a/b");
  BAD ("A>b", "a/b");                /* through the link where case does not count */
  BAD ("a", "A/b");                  /* the same for a file */
  BAD ("\xc3\xa4>b", "a\xcc\x88/b"); /* the same letter, composed and not */
  BAD ("\xc3\x84>b", "\xc3\xa4/b");
  BAD ("a>b", "A");
  BAD ("a/", "a");
  BAD ("a/", "A>b");
}

static void
test_links (void)
{
  GOOD ("a>b", "b");
  GOOD ("a>b");
  GOOD ("lib/a.so>a.so.1", "lib/a.so.1");
  GOOD ("bin/x>../lib/y", "lib/y");
  GOOD ("a/b/c>../../d", "d");
  GOOD ("a/b>.", "a/c");
  GOOD ("a>b/./c");
  GOOD ("a>b/../c", "b/x");
  BAD ("a>/etc/passwd");
  BAD ("a>..");
  BAD ("a>../b");
  BAD ("a/b>../../c");
  BAD ("a/b>c/../../../d");
  BAD ("a>a");
  BAD ("a>b", "b>a");
  BAD ("a>b/c", "b>a");
  BAD ("a>");
  BAD ("a>b\nc");
  /* "x/.." is not here where x is a link: it is the parent of where x leads */
  BAD ("d/x>../e", "a>d/x/../../b", "e/f");
  GOOD ("d/x>../e/g", "a>d/x/../../b", "e/g/f");
}

static void
test_hops (void)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i <= MESH_TREE_PATH_MAX_HOPS; i++)
    g_ptr_array_add (lines, g_strdup_printf ("l%u>l%u", i, i + 1));
  g_ptr_array_add (lines, NULL);
  g_assert_true (check_tree ((const char *const *) lines->pdata, NULL));
  lines->pdata[lines->len - 1]
      = g_strdup_printf ("l%u>end", (guint) MESH_TREE_PATH_MAX_HOPS + 1);
  g_ptr_array_add (lines, NULL);
  g_assert_false (check_tree ((const char *const *) lines->pdata, NULL));
}

/* Whatever passes can be resolved by a model of a file system without leaving it. */
static void
test_property (void)
{
  static const char *const pieces[]
      = { "a", "b", "A", "..", ".", "/", "/", "/", "", "..", "c", "\\", "\n", "ä" };

  for (guint64 seed = 0; seed < 10000; seed++)
    {
      MeshRng rng;
      g_autoptr (GString) path = g_string_new (NULL);

      mesh_rng_init (&rng, seed);
      for (guint64 n = mesh_rng_below (&rng, 9); n > 0; n--)
        g_string_append (path, pieces[mesh_rng_below (&rng, G_N_ELEMENTS (pieces))]);
      if (mesh_tree_path_check (path->str, NULL))
        {
          g_autofree char *whole = g_strconcat ("/root/", path->str, NULL);
          g_autofree char *canonical = g_canonicalize_filename (whole, "/");

          g_assert_cmpstr (whole, ==, canonical);
        }
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/trust/tree-path/paths", test_paths);
  g_test_add_func ("/trust/tree-path/app-id", test_app_id);
  g_test_add_func ("/trust/tree-path/collisions", test_collisions);
  g_test_add_func ("/trust/tree-path/links", test_links);
  g_test_add_func ("/trust/tree-path/hops", test_hops);
  g_test_add_func ("/trust/tree-path/property", test_property);
  return g_test_run ();
}
