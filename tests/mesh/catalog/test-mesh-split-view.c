/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "catalog/mesh-split-view.h"

#include <string.h>

static void
test_sentences (void)
{
  g_autoptr (GBytes) proof = g_bytes_new_static ("x", 1);
  MeshSplitViewSide a = { "master https://m", "1.0.0", proof, 3 };
  MeshSplitViewSide b = { "peer 12D3", "1.1.0", proof, 4 };
  g_autoptr (MeshSplitView) stale = mesh_split_view_new (
      MESH_SPLIT_VIEW_STALE_MASTER, "org.example.App", "stable", &a, &b, 77);
  g_autoptr (MeshSplitView) twin = mesh_split_view_new (
      MESH_SPLIT_VIEW_SAME_COUNTER, "org.example.App", "stable", &a, &b, 77);
  g_autoptr (MeshSplitView) again = mesh_split_view_ref (twin);

  g_assert_true (again == twin);
  g_assert_cmpstr (mesh_split_view_get_nick (stale->kind), ==, "stale-master");
  g_assert_cmpstr (mesh_split_view_get_nick (twin->kind), ==, "same-counter");
  g_assert_nonnull (strstr (stale->sentence, "1.0.0"));
  g_assert_nonnull (strstr (stale->sentence, "peer 12D3 has 1.1.0"));
  g_assert_nonnull (strstr (twin->sentence, "org.example.App"));
  g_assert_nonnull (strstr (twin->sentence, "master https://m"));
  g_assert_cmpstr (stale->a_version, ==, "1.0.0");
  g_assert_cmpstr (stale->b_version, ==, "1.1.0");
  g_assert_cmpint (stale->seen_s, ==, 77);
  g_assert_cmpuint (stale->b_counter, ==, 4);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/registry/split-view/sentences", test_sentences);
  return g_test_run ();
}
