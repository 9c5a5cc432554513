/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "base/mesh-error.h"
#include "mesh/store/store-fixture.h"

static void
test_second_process_refused (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (fixture_open (fixture->blocks, 0, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_BUSY);
}

static void
test_rebuild (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (MeshCid) cid = fixture_put_new (fixture->store, 3, 4000);
  g_autofree char *index = g_build_filename (fixture->blocks, "index.db", NULL);
  g_autoptr (GBytes) got = NULL;

  fixture_close (fixture);
  g_assert_true (g_file_set_contents (index, "this is not a database, is it?", -1, NULL));
  g_test_expect_message (NULL, G_LOG_LEVEL_WARNING, "*made anew*");
  fixture_reopen (fixture, 0);
  g_test_assert_expected_messages ();
  got = fixture_get (fixture->store, cid, NULL);
  g_assert_nonnull (got);
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
  add ("/store/store-open/second-process-refused", test_second_process_refused);
  add ("/store/store-open/rebuild", test_rebuild);
  return g_test_run ();
}
