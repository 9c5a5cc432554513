/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "registry/mesh-registry-ledger.h"

#include <string.h>

#include "registry-db-fixture.h"

static void
keep (RegistryDbFixture *fixture, guint64 counter, const char *version)
{
  g_autofree char *digest = g_strdup_printf ("%" G_GUINT64_FORMAT, counter);
  MeshRegistryRelease release = { digest, "a.b", "stable", version, counter, 1000 };
  g_autoptr (GBytes) envelope = g_bytes_new (digest, strlen (digest));

  mesh_registry_ledger_keep_release (fixture->db, &release, envelope);
}

static char *
find (RegistryDbFixture *fixture, const char *range, gint64 now_s)
{
  RegistryWait wait = { NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) envelope = NULL;

  registry_db_fixture_flush (fixture);
  mesh_registry_ledger_find_release_async (fixture->db, "a.b", "stable", range, now_s,
                                           registry_wait_cb, &wait);
  envelope = mesh_registry_ledger_find_release_finish (registry_wait_for (&wait), &error);
  g_clear_object (&wait.result);
  if (envelope == NULL)
    {
      g_assert_error (error, MESH_ERROR, MESH_ERROR_NOT_FOUND);
      return NULL;
    }
  return g_strndup (g_bytes_get_data (envelope, NULL), g_bytes_get_size (envelope));
}

static void
expect (RegistryDbFixture *fixture, const char *range, gint64 now_s, const char *expected)
{
  g_autofree char *found = find (fixture, range, now_s);

  g_assert_cmpstr (found, ==, expected);
}

static void
test_releases (RegistryDbFixture *fixture, gconstpointer unused)
{
  keep (fixture, 1, "1.0.0");
  keep (fixture, 2, "1.1.0");
  keep (fixture, 3, "2.0.0");
  expect (fixture, NULL, 10, "3");
  expect (fixture, "^1", 10, "2");
  expect (fixture, "hello", 10, NULL);
  expect (fixture, NULL, 1000, NULL); /* expired */
  keep (fixture, 4, "1.1.0");         /* signed again */
  expect (fixture, "^1", 10, "4");
  expect (fixture, "1.0.0", 10, "1");
  mesh_registry_ledger_forget_releases (fixture->db, "a.b");
  expect (fixture, NULL, 10, NULL);
}

static void
test_releases_bounded (RegistryDbFixture *fixture, gconstpointer unused)
{
  for (guint i = 1; i <= 20; i++)
    {
      g_autofree char *version = g_strdup_printf ("1.%u.0", i);

      keep (fixture, i, version);
    }
  expect (fixture, "1.12.0", 10, NULL);
  expect (fixture, "1.13.0", 10, "13");
}

static MeshSplitView *
view_number (guint64 counter)
{
  g_autoptr (GBytes) proof = g_bytes_new_static ("x", 1);
  MeshSplitViewSide a = { "master m", "1.0.0", proof, counter };
  MeshSplitViewSide b = { "peer p", "1.1.0", proof, counter };

  return mesh_split_view_new (MESH_SPLIT_VIEW_SAME_COUNTER, "a.b", "stable", &a, &b, 7);
}

static gboolean
note (RegistryDbFixture *fixture, guint64 counter)
{
  g_autoptr (MeshSplitView) view = view_number (counter);
  RegistryWait wait = { NULL };
  g_autoptr (GError) error = NULL;
  gboolean is_new;

  mesh_registry_ledger_note_split_view_async (fixture->db, view, "1.0.0", "1.1.0",
                                              registry_wait_cb, &wait);
  is_new
      = mesh_registry_ledger_note_split_view_finish (registry_wait_for (&wait), &error);
  g_assert_no_error (error);
  g_clear_object (&wait.result);
  return is_new;
}

static GPtrArray *
load_views (RegistryDbFixture *fixture)
{
  RegistryWait wait = { NULL };
  GPtrArray *views;

  registry_db_fixture_flush (fixture);
  mesh_registry_ledger_load_split_views_async (fixture->db, registry_wait_cb, &wait);
  views = mesh_registry_ledger_load_split_views_finish (registry_wait_for (&wait), NULL);
  g_clear_object (&wait.result);
  return views;
}

/* Evidence outlives a restart, is raised once, and is bounded. */
static void
test_split_views (RegistryDbFixture *fixture, gconstpointer unused)
{
  g_autoptr (GPtrArray) views = NULL;
  g_autoptr (GPtrArray) rest = NULL;
  g_autoptr (GPtrArray) many = NULL;

  g_assert_true (note (fixture, 1));
  g_assert_false (note (fixture, 1));
  g_assert_true (note (fixture, 2));
  registry_db_fixture_close (fixture);
  registry_db_fixture_open (fixture, NULL);
  views = load_views (fixture);
  g_assert_cmpuint (views->len, ==, 2);
  g_assert_cmpuint (((MeshSplitView *) views->pdata[0])->a_counter, ==, 2);
  mesh_registry_ledger_dismiss_split_view (fixture->db,
                                           ((MeshSplitView *) views->pdata[0])->id);
  rest = load_views (fixture);
  g_assert_cmpuint (rest->len, ==, 1);
  g_assert_false (note (fixture, 2));
  for (guint64 i = 10; i < 10 + 2 * MESH_REGISTRY_LEDGER_MAX_SPLIT_VIEWS; i++)
    g_assert_true (note (fixture, i));
  many = load_views (fixture);
  g_assert_cmpuint (many->len, ==, MESH_REGISTRY_LEDGER_MAX_SPLIT_VIEWS);
}

static void
test_publications (RegistryDbFixture *fixture, gconstpointer unused)
{
  g_autoptr (GBytes) data = g_bytes_new_static ("x", 1);
  g_autoptr (GPtrArray) list = NULL;
  RegistryWait wait = { NULL };
  const MeshRegistryPublication *publication;

  mesh_registry_ledger_keep_publication (fixture->db, "a.b", "stable", "old", data);
  mesh_registry_ledger_keep_publication (fixture->db, "a.b", "stable", "k1\nk2", data);
  registry_db_fixture_flush (fixture);
  mesh_registry_ledger_load_publications_async (fixture->db, registry_wait_cb, &wait);
  list = mesh_registry_ledger_load_publications_finish (registry_wait_for (&wait), NULL);
  g_clear_object (&wait.result);
  g_assert_cmpuint (list->len, ==, 1);
  publication = list->pdata[0];
  g_assert_cmpstr (publication->keys, ==, "k1\nk2");
}

static void
test_cursors (RegistryDbFixture *fixture, gconstpointer unused)
{
  g_autoptr (GBytes) cursor = g_bytes_new_static ("abc", 3);
  g_autoptr (GBytes) kept = NULL;
  g_autoptr (GBytes) gone = NULL;
  RegistryWait one = { NULL }, other = { NULL };

  for (guint i = 0; i <= MESH_REGISTRY_LEDGER_MAX_CURSORS; i++)
    {
      g_autofree char *peer = g_strdup_printf ("p%u", i);

      mesh_registry_ledger_set_cursor (fixture->db, peer, cursor, i);
    }
  registry_db_fixture_flush (fixture);
  mesh_registry_ledger_get_cursor_async (fixture->db, "p1", registry_wait_cb, &one);
  kept = mesh_registry_ledger_get_cursor_finish (registry_wait_for (&one), NULL);
  g_clear_object (&one.result);
  g_assert_true (g_bytes_equal (kept, cursor));
  mesh_registry_ledger_get_cursor_async (fixture->db, "p0", registry_wait_cb, &other);
  gone = mesh_registry_ledger_get_cursor_finish (registry_wait_for (&other), NULL);
  g_clear_object (&other.result);
  g_assert_cmpuint (g_bytes_get_size (gone), ==, 0);
}

#define ADD(name, func) \
  g_test_add ("/registry/ledger/" name, RegistryDbFixture, NULL, \
              registry_db_fixture_set_up, func, registry_db_fixture_tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("releases", test_releases);
  ADD ("releases-bounded", test_releases_bounded);
  ADD ("split-views", test_split_views);
  ADD ("publications", test_publications);
  ADD ("cursors", test_cursors);
  return g_test_run ();
}
