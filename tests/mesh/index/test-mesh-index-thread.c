/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "index/mesh-index-thread.h"

#include "base/mesh-error.h"
#include "mesh/index/index-fixture.h"

#define DEADLINE_S 300

static gboolean
insert (MeshIndex *index, gpointer data, GError **error)
{
  gint64 value = GPOINTER_TO_INT (data);

  if (!mesh_index_db_run (index->db, error, "INSERT INTO paths (path) VALUES (?)", "b",
                          &value, sizeof value))
    return FALSE;
  index->delta.n_evicted++;
  if (value % 2 == 0)
    return TRUE;
  g_set_error (error, MESH_ERROR, MESH_ERROR_REFUSED, "odd");
  return FALSE;
}

static guint n_good;
static guint n_bad;

static void
done_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &error))
    n_good++;
  else
    {
      g_assert_error (error, MESH_ERROR, MESH_ERROR_REFUSED);
      n_bad++;
    }
}

static gboolean
late_cb (gpointer unused)
{
  g_assert_not_reached (); /* the operations did not end in time */
  return G_SOURCE_REMOVE;
}

/* An operation that fails takes back what it did and nothing else; what succeeded is in
 * the database when it says so. */
static void
test_savepoints (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *path = g_build_filename (fixture->dir, "index.db", NULL);
  g_autoptr (MeshIndexDb) db = mesh_index_db_open (path, TRUE, NULL);
  g_autoptr (MeshIndexDb) reader = mesh_index_db_open (path, FALSE, NULL);
  guint deadline = g_timeout_add_seconds (DEADLINE_S, late_cb, NULL);
  MeshIndexState state;
  MeshIndexThread *thread;
  gint64 n_rows;

  mesh_index_state_init (&state);
  thread = mesh_index_thread_start (db, &fixture->files, &state);
  for (int i = 1; i <= 100; i++)
    mesh_index_thread_push (thread, insert,
                            i == 50 ? MESH_INDEX_OP_DURABLE : MESH_INDEX_OP_NONE,
                            GINT_TO_POINTER (i), g_task_new (NULL, NULL, done_cb, NULL));
  while (n_good + n_bad < 100)
    {
      g_main_context_iteration (NULL, TRUE);
      g_assert_true (mesh_index_db_get_number (reader, &n_rows, NULL,
                                               "SELECT COUNT(*) FROM paths", ""));
      g_assert_cmpint (n_rows, >=, n_good);
    }
  g_source_remove (deadline);
  g_assert_cmpuint (n_good, ==, 50);
  g_assert_cmpint (n_rows, ==, 50);
  g_assert_cmpuint (state.stats.n_evicted, ==, 50);
  mesh_index_thread_stop (thread);
  mesh_index_state_clear (&state);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/index/thread/savepoints", Fixture, NULL, fixture_set_up, test_savepoints,
              fixture_tear_down);
  return g_test_run ();
}
