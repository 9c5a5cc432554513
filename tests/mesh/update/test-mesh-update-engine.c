/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "update/mesh-update-engine.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mesh-error.h"
#include "update-fixture.h"

#define MIB (1024 * 1024)

typedef struct
{
  char *dir;             /* (owned) */
  char *release[3];      /* (owned): folders of release 1 and 2; 0 is not used */
  UpdateNode *publisher; /* (owned) */
  UpdateNode *user;      /* (owned) */
  MeshPublishResult *published[3]; /* (owned) */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  static const char *const versions[] = { "", "1.0.0", "2.0.0" };
  g_autoptr (GError) error = NULL;

  fixture->dir = update_fixture_make_dir ();
  fixture->publisher = update_node_new (fixture->dir, "publisher");
  fixture->user = update_node_new (fixture->dir, "user");
  update_node_open (fixture->publisher, NULL, NULL);
  update_node_open (fixture->user, fixture->publisher, NULL);
  for (int i = 1; i <= 2; i++)
    {
      fixture->release[i] = g_build_filename (fixture->dir, versions[i], NULL);
      update_fixture_write_app (fixture->release[i], i);
      fixture->published[i] = update_node_publish (
          fixture->publisher, fixture->release[i], versions[i], &error);
      g_assert_no_error (error);
    }
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  update_node_free (fixture->user);
  update_node_free (fixture->publisher);
  for (int i = 1; i <= 2; i++)
    {
      g_free (fixture->release[i]);
      mesh_publish_result_free (fixture->published[i]);
    }
  update_fixture_delete_dir (fixture->dir);
  g_free (fixture->dir);
}

static void
assert_current (Fixture *fixture, int release)
{
  g_autofree char *current = update_node_path (fixture->user, NULL);

  g_assert_true (update_fixture_is_same_tree (current, fixture->release[release]));
}

static void
install (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;

  update_node_install (fixture->user, fixture->published[1]->envelope, &error);
  g_assert_no_error (error);
  assert_current (fixture, 1);
}

static void
update_to (Fixture *fixture, UpdateAction last)
{
  g_autoptr (GError) error = NULL;

  update_node_offer (fixture->user, fixture->published[2]->envelope, &error);
  g_assert_no_error (error);
  for (UpdateAction action = UPDATE_STAGE; action <= last; action++)
    {
      update_node_do (fixture->user, action, &error);
      g_assert_no_error (error);
    }
}

static void
assert_state (Fixture *fixture, MeshUpdateState state)
{
  g_assert_cmpstr (
      mesh_update_state_get_nick (mesh_app_get_state (update_node_app (fixture->user))),
      ==, mesh_update_state_get_nick (state));
}

static void
test_publish (Fixture *fixture, gconstpointer data)
{
  const MeshPublishResult *first = fixture->published[1];
  const MeshPublishResult *second = fixture->published[2];
  g_autoptr (GError) error = NULL;
  MeshPublishResult *again;

  g_assert_cmpuint (first->n_files, ==, 6);
  g_assert_cmpuint (first->n_chunks, ==, 6 + 2 + 3);
  g_assert_cmpuint (first->counter, ==, 1);
  g_assert_cmpuint (second->counter, ==, 2);
  g_assert_cmpuint (second->n_new_chunks, ==, 2); /* one of lib/data, and bin/app */
  g_assert_cmpuint (second->n_new_bytes, <, MIB + 100);
  g_assert_cmpstr (first->fingerprint, ==, second->fingerprint);
  g_assert_true (g_str_has_prefix (first->link, "shoal:" UPDATE_FIXTURE_APP "?key="));
  again = update_node_publish (fixture->publisher, fixture->release[1], "1.5.0", &error);
  g_assert_error (error, MESH_ERROR, MESH_ERROR_ROLLBACK);
  g_assert_null (again);
}

static void
test_life (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *menu = g_build_filename (fixture->user->desktop_dir, "applications",
                                            UPDATE_FIXTURE_APP ".desktop", NULL);
  g_autofree char *text = NULL;
  MeshApp *app;

  install (fixture);
  app = update_node_app (fixture->user);
  g_assert_cmpstr (mesh_app_get_installed_version (app), ==, "1.0.0");
  g_assert_true (g_file_get_contents (menu, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, "apps/" UPDATE_FIXTURE_APP "/current/bin/app\" %U\n"));
  assert_state (fixture, MESH_UPDATE_STATE_APPLIED);

  update_to (fixture, UPDATE_STAGE);
  assert_state (fixture, MESH_UPDATE_STATE_STAGED);
  assert_current (fixture, 1);
  g_assert_cmpuint (mesh_app_get_n_chunks_total (app), ==, 2);
  g_assert_cmpuint (mesh_app_get_bytes_total (app), <, MIB + 100);
  g_assert_cmpuint (mesh_app_get_bytes_saved (app), >, 6 * MIB);
  g_assert_cmpuint (mesh_app_get_n_chunks_done (app), ==, 2);

  update_node_do (fixture->user, UPDATE_APPLY, &error);
  g_assert_no_error (error);
  assert_current (fixture, 2);
  g_assert_cmpstr (mesh_app_get_installed_version (app), ==, "2.0.0");
  g_assert_cmpstr (mesh_app_get_previous_version (app), ==, "1.0.0");

  update_node_do (fixture->user, UPDATE_ROLLBACK, &error);
  g_assert_no_error (error);
  assert_current (fixture, 1);
  g_assert_cmpstr (mesh_app_get_skipped_version (app), ==, "2.0.0");
  update_node_offer (fixture->user, fixture->published[2]->envelope, &error);
  g_assert_no_error (error);
  g_assert_null (mesh_app_get_available_version (app)); /* it was rolled back from */

  update_node_do (fixture->user, UPDATE_REMOVE, &error);
  g_assert_no_error (error);
  g_assert_null (update_node_app (fixture->user));
  g_assert_cmpint (access (menu, F_OK), !=, 0);
}

/* Nothing of the app is on the disk twice: what was fetched is referred to where it is
 * installed. */
static void
test_no_second_copy (Fixture *fixture, gconstpointer data)
{
  MeshStoreStats stats;

  install (fixture);
  mesh_store_get_stats (fixture->user->store, &stats);
  g_assert_cmpuint (stats.stored_bytes, <, 64 * 1024); /* folders and file roots */
  g_assert_cmpuint (stats.referenced_bytes, >, 5 * MIB);
}

static void
test_restart (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  install (fixture);
  update_to (fixture, UPDATE_STAGE);
  update_node_close (fixture->user);
  update_node_open (fixture->user, fixture->publisher, NULL);
  assert_state (fixture, MESH_UPDATE_STATE_STAGED);
  g_assert_cmpstr (mesh_app_get_available_version (update_node_app (fixture->user)), ==,
                   "2.0.0");
  update_node_do (fixture->user, UPDATE_APPLY, &error);
  g_assert_no_error (error);
  assert_current (fixture, 2);
}

/* Somebody wrote into an installed file: the update is right all the same. */
static void
test_modified (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = NULL;
  g_autofree char *same = NULL;
  g_autoptr (GError) error = NULL;
  FILE *file;

  install (fixture);
  path = update_node_path (fixture->user, "lib/data");
  same = update_node_path (fixture->user, "share/same");
  file = fopen (path, "r+");
  g_assert_nonnull (file);
  fputs ("changed", file);
  fclose (file);
  file = fopen (same, "r+");
  g_assert_nonnull (file);
  fputs ("changed", file);
  fclose (file);
  update_to (fixture, UPDATE_APPLY);
  assert_current (fixture, 2);
}

static void
test_wrong_state (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    UpdateAction action;
    MeshError code;
  } wrong[] = {
    { UPDATE_STAGE, MESH_ERROR_WRONG_STATE },
    { UPDATE_APPLY, MESH_ERROR_WRONG_STATE },
    { UPDATE_ROLLBACK, MESH_ERROR_NOT_FOUND },
  };
  g_autoptr (GError) not_installed = NULL;
  g_autoptr (GError) twice = NULL;

  update_node_do (fixture->user, UPDATE_APPLY, &not_installed);
  g_assert_error (not_installed, MESH_ERROR, MESH_ERROR_NOT_FOUND);
  install (fixture);
  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (update_node_do (fixture->user, wrong[i].action, &error));
      g_assert_error (error, MESH_ERROR, (int) wrong[i].code);
    }
  update_node_install (fixture->user, fixture->published[1]->envelope, &twice);
  g_assert_error (twice, MESH_ERROR, MESH_ERROR_EXISTS);
}

static void
cancel_at_state (GObject *object, GParamSpec *pspec, gpointer user_data)
{
  Fixture *fixture = user_data;
  const char *state = mesh_update_state_get_nick (mesh_app_get_state (MESH_APP (object)));

  if (g_strcmp0 (g_object_get_data (object, "cancel-at"), state) == 0)
    g_assert_true (mesh_update_engine_cancel (fixture->user->engine, UPDATE_FIXTURE_APP));
}

/* Cancelled in each state, the update is available again and can be done after all. */
static void
test_cancel (Fixture *fixture, gconstpointer data)
{
  static const char *const states[] = { "planning", "fetching", "verifying" };
  g_autoptr (GError) none = NULL;
  MeshApp *app;

  install (fixture);
  update_node_offer (fixture->user, fixture->published[2]->envelope, &none);
  g_assert_no_error (none);
  app = update_node_app (fixture->user);
  g_signal_connect (app, "notify::state", G_CALLBACK (cancel_at_state), fixture);
  for (gsize i = 0; i < G_N_ELEMENTS (states); i++)
    {
      g_autoptr (GError) error = NULL;

      g_object_set_data (G_OBJECT (app), "cancel-at", (gpointer) states[i]);
      g_assert_false (update_node_do (fixture->user, UPDATE_STAGE, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      assert_state (fixture, MESH_UPDATE_STATE_AVAILABLE);
      assert_current (fixture, 1);
    }
  g_object_set_data (G_OBJECT (app), "cancel-at", NULL);
  g_assert_true (update_node_do (fixture->user, UPDATE_STAGE, NULL));
  g_assert_true (update_node_do (fixture->user, UPDATE_APPLY, NULL));
  assert_current (fixture, 2);
}

/* Chunks nobody has: failed, with the reason; when they are there, it goes on. */
static void
test_missing_chunks (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (fixture->release[2], "bin/app", NULL);
  g_autofree char *kept = NULL;
  gsize len;
  MeshApp *app;

  install (fixture);
  g_assert_true (g_file_get_contents (path, &kept, &len, NULL));
  g_assert_true (g_file_set_contents (path, "something else", -1, NULL));
  update_node_offer (fixture->user, fixture->published[2]->envelope, &error);
  g_assert_no_error (error);
  g_assert_false (update_node_do (fixture->user, UPDATE_STAGE, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_NOT_FOUND);
  assert_state (fixture, MESH_UPDATE_STATE_FAILED);
  app = update_node_app (fixture->user);
  g_assert_cmpstr (mesh_app_get_error_name (app), ==, "NotFound");
  g_assert_nonnull (mesh_app_get_error_message (app));
  assert_current (fixture, 1);
}

static void
test_hold_and_skip (Fixture *fixture, gconstpointer data)
{
  UpdateWait hold = { NULL }, skip = { NULL };
  g_autoptr (GError) error = NULL;
  MeshApp *app;

  install (fixture);
  update_node_offer (fixture->user, fixture->published[2]->envelope, &error);
  g_assert_no_error (error);
  app = update_node_app (fixture->user);
  mesh_update_engine_hold_async (fixture->user->engine, UPDATE_FIXTURE_APP, TRUE, NULL,
                                 update_wait_cb, &hold);
  g_assert_true (mesh_update_engine_hold_finish (fixture->user->engine,
                                                 update_wait_for (&hold), NULL));
  g_assert_true (mesh_app_is_held (app));
  mesh_update_engine_skip_async (fixture->user->engine, UPDATE_FIXTURE_APP, "2.0.0", NULL,
                                 update_wait_cb, &skip);
  g_assert_true (mesh_update_engine_skip_finish (fixture->user->engine,
                                                 update_wait_for (&skip), NULL));
  g_assert_null (mesh_app_get_available_version (app));
  assert_state (fixture, MESH_UPDATE_STATE_NONE);
  g_object_unref (hold.result);
  g_object_unref (skip.result);
}

static void
test_inspect (Fixture *fixture, gconstpointer data)
{
  UpdateWait wait = { NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (MeshUpdateInspection) inspection = NULL;

  mesh_update_engine_inspect_async (fixture->user->engine, NULL,
                                    fixture->published[1]->envelope, NULL, update_wait_cb,
                                    &wait);
  inspection = mesh_update_engine_inspect_finish (fixture->user->engine,
                                                  update_wait_for (&wait), &error);
  g_assert_no_error (error);
  g_object_unref (wait.result);
  g_assert_cmpstr (inspection->fingerprint, ==, fixture->published[1]->fingerprint);
  g_assert_false (inspection->is_known_key);
  g_assert_cmpuint (inspection->fetch_bytes, >, 5 * MIB);
  g_assert_cmpstr (inspection->source, ==, "file");
  g_assert_null (update_node_app (fixture->user));
}

#define ADD(name, func) \
  g_test_add ("/update/engine/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("publish", test_publish);
  ADD ("life", test_life);
  ADD ("no-second-copy", test_no_second_copy);
  ADD ("restart", test_restart);
  ADD ("modified", test_modified);
  ADD ("wrong-state", test_wrong_state);
  ADD ("cancel", test_cancel);
  ADD ("missing-chunks", test_missing_chunks);
  ADD ("hold-and-skip", test_hold_and_skip);
  ADD ("inspect", test_inspect);
  return g_test_run ();
}
