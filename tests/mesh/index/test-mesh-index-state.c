/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "index/mesh-index-state.h"

static MeshCid *
name (const char *text)
{
  return mesh_cid_new_for_data (MESH_CODEC_RAW, MESH_MULTIHASH_SHA3_256,
                                (const guint8 *) text, 1, NULL);
}

static void
test_doom (void)
{
  MeshIndexState state;
  g_autoptr (MeshCid) cid = name ("a");
  g_autoptr (GHashTable) touched = NULL;

  mesh_index_state_init (&state);
  g_assert_true (mesh_index_state_begin_read (&state, cid));
  g_assert_true (mesh_index_state_begin_read (&state, cid));
  g_assert_false (mesh_index_state_doom (&state, cid));
  g_assert_false (mesh_index_state_doom_unread (&state, cid));
  mesh_index_state_end_read (&state, cid);
  g_assert_false (mesh_index_state_doom_unread (&state, cid));
  mesh_index_state_end_read (&state, cid);
  /* Nobody reads it, but the index does not know yet that it was used. */
  g_assert_false (mesh_index_state_doom (&state, cid));
  touched = mesh_index_state_steal_touched (&state);
  g_assert_cmpuint (g_hash_table_size (touched), ==, 1);
  g_assert_true (mesh_index_state_doom (&state, cid));
  g_assert_false (mesh_index_state_touch (&state, cid));
  g_assert_false (mesh_index_state_begin_read (&state, cid));
  mesh_index_state_pardon_all (&state);
  g_assert_true (mesh_index_state_touch (&state, cid));
  mesh_index_state_clear (&state);
}

static void
test_leases (void)
{
  MeshIndexState state;
  guint64 first;
  guint64 second;

  mesh_index_state_init (&state);
  g_assert_cmpuint (mesh_index_state_get_held (&state), ==, G_MAXINT64);
  first = mesh_index_state_begin_lease (&state);
  second = mesh_index_state_begin_lease (&state);
  g_assert_cmpuint (first, <, second);
  g_assert_cmpuint (mesh_index_state_get_held (&state), ==, first);
  g_assert_cmpuint (mesh_index_state_next_use (&state), >, second);
  mesh_index_state_end_lease (&state, first);
  g_assert_cmpuint (mesh_index_state_get_held (&state), ==, second);
  mesh_index_state_end_lease (&state, second);
  g_assert_cmpuint (mesh_index_state_get_held (&state), ==, G_MAXINT64);
  mesh_index_state_clear (&state);
}

static void
test_reserve (void)
{
  MeshIndexState state;
  MeshIndexDelta delta = { .stored_bytes = 60, .reserved_bytes = -60 };
  guint64 missing = 0;

  mesh_index_state_init (&state);
  g_assert_true (mesh_index_state_reserve (&state, G_MAXUINT32, &missing));
  mesh_index_state_release (&state, G_MAXUINT32);
  state.stats.limit_bytes = 100;
  g_assert_true (mesh_index_state_reserve (&state, 60, &missing));
  g_assert_false (mesh_index_state_reserve (&state, 50, &missing));
  g_assert_cmpuint (missing, ==, 10);
  mesh_index_state_apply (&state, &delta);
  g_assert_cmpuint (state.stats.reserved_bytes, ==, 0);
  g_assert_false (mesh_index_state_reserve (&state, 41, &missing));
  g_assert_true (mesh_index_state_reserve (&state, 40, &missing));
  mesh_index_state_clear (&state);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/index/state/doom", test_doom);
  g_test_add_func ("/index/state/leases", test_leases);
  g_test_add_func ("/index/state/reserve", test_reserve);
  return g_test_run ();
}
