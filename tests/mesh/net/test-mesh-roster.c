/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "net/host/mesh-roster.h"

#include "fake-muxer.h"

static void
test_find (void)
{
  g_autoptr (MeshRoster) roster = mesh_roster_new ();
  g_autoptr (MeshConnection) a = fake_connection (1), b = fake_connection (2);
  g_autoptr (MeshConnection) other_a = fake_connection (1);
  g_autoptr (GPtrArray) all = NULL;

  mesh_roster_add (roster, a);
  mesh_roster_add (roster, b);
  g_assert_true (mesh_roster_find (roster, mesh_connection_get_peer_id (other_a)) == a);
  g_assert_true (mesh_roster_find_by_muxer (roster, mesh_connection_get_muxer (b)) == b);
  g_assert_null (mesh_roster_find_by_muxer (roster, mesh_connection_get_muxer (other_a)));
  g_assert_true (mesh_roster_contains (roster, a));
  g_assert_false (mesh_roster_contains (roster, other_a));
  all = mesh_roster_dup_connections (roster);
  g_assert_cmpuint (all->len, ==, 2);
  g_assert_true (all->pdata[0] == a);
  mesh_roster_remove (roster, a);
  g_assert_null (mesh_roster_find (roster, mesh_connection_get_peer_id (a)));
}

static void
test_idle (void)
{
  MeshRoster *roster = mesh_roster_new ();
  g_autoptr (MeshConnection) a = fake_connection (1);
  MeshMuxer *muxer = mesh_connection_get_muxer (a);
  MeshStream *first = mesh_muxer_open_stream (muxer, NULL);
  MeshStream *second = mesh_muxer_open_stream (muxer, NULL);
  MeshStream *late = mesh_muxer_open_stream (muxer, NULL);

  mesh_roster_add (roster, a);
  g_assert_true (mesh_roster_is_idle (roster, a, G_MAXINT64));
  g_assert_false (mesh_roster_is_idle (roster, a, 0));
  mesh_roster_count_use (roster, a, first);
  mesh_roster_count_use (roster, a, second);
  g_object_unref (first);
  g_assert_false (mesh_roster_is_idle (roster, a, G_MAXINT64));
  g_object_unref (second);
  g_assert_true (mesh_roster_is_idle (roster, a, G_MAXINT64));
  /* a stream may outlive connection and roster */
  mesh_roster_count_use (roster, a, late);
  mesh_roster_remove (roster, a);
  mesh_roster_unref (roster);
  g_object_unref (late);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/net/roster/find", test_find);
  g_test_add_func ("/net/roster/idle", test_idle);
  return g_test_run ();
}
