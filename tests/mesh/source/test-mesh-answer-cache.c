/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "source/mesh-answer-cache.h"

static void
test_etag (void)
{
  g_autoptr (MeshAnswerCache) cache = mesh_answer_cache_new (4, 1000);
  g_autoptr (GBytes) one = g_bytes_new_static ("one", 3);
  g_autoptr (GBytes) two = g_bytes_new_static ("two!", 4);
  gint64 stored_us;

  mesh_answer_cache_insert (cache, "a", "\"1\"", one, 7);
  g_assert_true (mesh_answer_cache_lookup (cache, "a", NULL, &stored_us) == one);
  g_assert_cmpint (stored_us, ==, 7);
  g_assert_true (mesh_answer_cache_lookup (cache, "a", "\"1\"", NULL) == one);
  g_assert_null (mesh_answer_cache_lookup (cache, "a", "\"2\"", NULL));
  g_assert_null (mesh_answer_cache_lookup (cache, "b", NULL, NULL));
  mesh_answer_cache_insert (cache, "a", NULL, two, 8);
  g_assert_true (mesh_answer_cache_lookup (cache, "a", NULL, NULL) == two);
  g_assert_cmpuint (mesh_answer_cache_get_bytes (cache), ==, 4);
}

static void
test_bounds (void)
{
  g_autoptr (MeshAnswerCache) cache = mesh_answer_cache_new (3, 100);
  g_autoptr (GBytes) small = g_bytes_new_take (g_malloc0 (30), 30);
  g_autoptr (GBytes) half = g_bytes_new_take (g_malloc0 (60), 60);
  g_autoptr (GBytes) large = g_bytes_new_take (g_malloc0 (101), 101);

  mesh_answer_cache_insert (cache, "a", NULL, small, 0);
  mesh_answer_cache_insert (cache, "b", NULL, small, 0);
  mesh_answer_cache_insert (cache, "c", NULL, small, 0);
  g_assert_nonnull (mesh_answer_cache_lookup (cache, "a", NULL, NULL));
  mesh_answer_cache_insert (cache, "d", NULL, small, 0); /* b is the longest unused */
  g_assert_null (mesh_answer_cache_lookup (cache, "b", NULL, NULL));
  g_assert_cmpuint (mesh_answer_cache_get_length (cache), ==, 3);
  mesh_answer_cache_insert (cache, "e", NULL, half, 0); /* by bytes: c and a go */
  g_assert_cmpuint (mesh_answer_cache_get_bytes (cache), <=, 100);
  g_assert_nonnull (mesh_answer_cache_lookup (cache, "e", NULL, NULL));
  mesh_answer_cache_insert (cache, "f", NULL, large, 0);
  g_assert_null (mesh_answer_cache_lookup (cache, "f", NULL, NULL));
  g_assert_nonnull (mesh_answer_cache_lookup (cache, "e", NULL, NULL));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/source/answer-cache/etag", test_etag);
  g_test_add_func ("/source/answer-cache/bounds", test_bounds);
  return g_test_run ();
}
