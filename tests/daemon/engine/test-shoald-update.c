/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "engine/shoald-update.h"

#include "engine/shoald-install.h"

#include "daemon/engine/engine-fixture.h"

#define APP ENGINE_FIXTURE_APP

typedef struct
{
  EngineFixture base;
  ShoaldEngine *other; /* (owned): has version 1 installed */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  engine_fixture_set_up (&fixture->base, data);
  engine_fixture_publish (&fixture->base, "v1", "1.0.0", 5000000, 1);
  fixture->other = engine_fixture_start_other (&fixture->base, "download-only");
  engine_fixture_install (fixture->other);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  engine_fixture_stop (fixture->other);
  engine_fixture_tear_down (&fixture->base, data);
}

static MeshApp *
get_app (Fixture *fixture)
{
  return shoald_app_get_mesh_app (
      shoald_apps_find (shoald_engine_get_apps (fixture->other), APP));
}

static void
assert_state (Fixture *fixture, MeshUpdateState state)
{
  g_assert_cmpstr (mesh_update_state_get_nick (mesh_app_get_state (get_app (fixture))),
                   ==, mesh_update_state_get_nick (state));
}

static void
publish_second (Fixture *fixture, gsize size, guint32 seed)
{
  engine_fixture_publish (&fixture->base, "v2", "2.0.0", size, seed);
}

static void
find_second (Fixture *fixture)
{
  GVariant *result
      = engine_fixture_wait_done (shoald_update_check (fixture->other, APP, NULL));
  guint n;

  g_assert_true (g_variant_lookup (result, "available", "u", &n));
  g_assert_cmpuint (n, ==, 1);
}

static void
do_short (Fixture *fixture,
          void (*func) (ShoaldEngine *, const char *, GAsyncReadyCallback, gpointer),
          GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  func (fixture->other, APP, test_wait_result_cb, &result);
  test_wait_until (result != NULL);
  if (!shoald_update_finish (fixture->other, result, error))
    g_assert_true (error != NULL);
}

static void
test_whole_way (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  GVariant *result;
  guint64 bytes;

  publish_second (fixture, 6000000, 1); /* the same bytes, and a million more */
  find_second (fixture);
  assert_state (fixture, MESH_UPDATE_STATE_AVAILABLE);
  result
      = engine_fixture_wait_done (shoald_update_fetch (fixture->other, APP, FALSE, NULL));
  g_assert_true (g_variant_lookup (result, "bytes-saved", "t", &bytes));
  g_assert_cmpuint (bytes, >=, 4000000);
  assert_state (fixture, MESH_UPDATE_STATE_STAGED);
  (void) engine_fixture_wait_done (shoald_update_apply (fixture->other, APP, NULL));
  g_assert_cmpstr (mesh_app_get_installed_version (get_app (fixture)), ==, "2.0.0");
  g_assert_cmpstr (mesh_app_get_previous_version (get_app (fixture)), ==, "1.0.0");
  (void) engine_fixture_wait_done (shoald_update_rollback (fixture->other, APP, NULL));
  g_assert_cmpstr (mesh_app_get_installed_version (get_app (fixture)), ==, "1.0.0");
  g_assert_false (shoald_app_has_update (
      shoald_apps_find (shoald_engine_get_apps (fixture->other), APP)));
  (void) engine_fixture_wait_done (shoald_update_remove (fixture->other, APP, NULL));
  test_wait_until (shoald_apps_find (shoald_engine_get_apps (fixture->other), APP)
                   == NULL);
  g_assert_null (shoald_update_check (fixture->other, APP, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_NOT_FOUND);
}

/* Each call that is not legal says so at once, and changes nothing. */
static void
test_wrong_states (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (shoald_update_fetch (fixture->other, APP, FALSE, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_WRONG_STATE);
  g_clear_error (&error);
  g_assert_null (shoald_update_apply (fixture->other, APP, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_WRONG_STATE);
  g_clear_error (&error);
  g_assert_null (shoald_update_rollback (fixture->other, APP, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_WRONG_STATE);
  g_clear_error (&error);
  do_short (fixture, shoald_update_cancel_async, &error);
  g_assert_error (error, MESH_ERROR, MESH_ERROR_WRONG_STATE);
  g_clear_error (&error);
  do_short (fixture, shoald_update_skip_async, &error);
  g_assert_error (error, MESH_ERROR, MESH_ERROR_WRONG_STATE);
  g_clear_error (&error);
  publish_second (fixture, 6000000, 2);
  find_second (fixture);
  g_assert_null (shoald_update_apply (fixture->other, APP, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_WRONG_STATE);
  g_assert_cmpstr (mesh_app_get_installed_version (get_app (fixture)), ==, "1.0.0");
}

/* Cancelled in each state it goes through, an update is available again, the app is as it
 * was, and the next fetch ends well. */
static void
test_cancel_everywhere (Fixture *fixture, gconstpointer data)
{
  static const MeshUpdateState states[]
      = { MESH_UPDATE_STATE_AVAILABLE, MESH_UPDATE_STATE_PLANNING,
          MESH_UPDATE_STATE_FETCHING, MESH_UPDATE_STATE_VERIFYING };
  guint n_cancelled = 0;

  publish_second (fixture, 40000000, 2);
  find_second (fixture);
  for (gsize i = 0; i < G_N_ELEMENTS (states); i++)
    {
      ShoaldJob *job = shoald_update_fetch (fixture->other, APP, FALSE, NULL);

      g_assert_nonnull (job);
      test_wait_until (mesh_app_get_state (get_app (fixture)) >= states[i]
                       || shoald_job_is_finished (job));
      if (!shoald_job_is_finished (job))
        g_assert_true (shoald_job_cancel (job, NULL));
      test_wait_until (shoald_job_is_finished (job));
      g_test_message ("cancelled at %s: %s", mesh_update_state_get_nick (states[i]),
                      shoald_job_get_state_name (job));
      g_assert_cmpstr (mesh_app_get_installed_version (get_app (fixture)), ==, "1.0.0");
      if (shoald_job_get_state (job) != SHOALD_JOB_CANCELLED)
        break; /* too late: it is staged */
      n_cancelled++;
      test_wait_until (mesh_app_get_state (get_app (fixture))
                       == MESH_UPDATE_STATE_AVAILABLE);
    }
  g_assert_cmpuint (n_cancelled, >=, 3);
  if (mesh_app_get_state (get_app (fixture)) != MESH_UPDATE_STATE_STAGED)
    (void) engine_fixture_wait_done (
        shoald_update_fetch (fixture->other, APP, FALSE, NULL));
  assert_state (fixture, MESH_UPDATE_STATE_STAGED);
  (void) engine_fixture_wait_done (shoald_update_apply (fixture->other, APP, NULL));
  g_assert_cmpstr (mesh_app_get_installed_version (get_app (fixture)), ==, "2.0.0");
}

static void
test_hold_and_skip (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  shoald_update_hold_async (fixture->other, APP, TRUE, test_wait_result_cb, &result);
  test_wait_until (result != NULL);
  g_assert_true (shoald_update_finish (fixture->other, result, &error));
  g_assert_no_error (error);
  g_assert_true (mesh_app_is_held (get_app (fixture)));
  g_clear_object (&result);
  shoald_update_hold_async (fixture->other, APP, FALSE, test_wait_result_cb, &result);
  test_wait_until (result != NULL);
  g_assert_true (shoald_update_finish (fixture->other, result, &error));
  publish_second (fixture, 6000000, 2);
  find_second (fixture);
  do_short (fixture, shoald_update_skip_async, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (mesh_app_get_skipped_version (get_app (fixture)), ==, "2.0.0");
  do_short (fixture, shoald_update_unskip_async, &error);
  g_assert_no_error (error);
  g_assert_null (mesh_app_get_skipped_version (get_app (fixture)));
  find_second (fixture);
}

static void
test_launch (Fixture *fixture, gconstpointer data)
{
  g_autofree char *mark = g_build_filename (fixture->base.dir, "started", NULL);
  const char *const arguments[] = { mark, NULL };
  g_autoptr (GError) error = NULL;

  g_assert_true (shoald_update_launch (fixture->other, APP, "token", arguments, &error));
  g_assert_no_error (error);
  test_wait_until (g_file_test (mark, G_FILE_TEST_EXISTS));
  g_assert_false (
      shoald_update_launch (fixture->other, "org.example.No", NULL, arguments, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_NOT_FOUND);
  g_clear_error (&error);
  /* What was published here and not installed can not be started. */
  g_assert_false (
      shoald_update_launch (fixture->base.engine, APP, NULL, arguments, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_WRONG_STATE);
}

#define ADD(path, func) \
  g_test_add ("/shoald/update/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("whole-way", test_whole_way);
  ADD ("wrong-states", test_wrong_states);
  ADD ("cancel-everywhere", test_cancel_everywhere);
  ADD ("hold-and-skip", test_hold_and_skip);
  ADD ("launch", test_launch);
  return g_test_run ();
}
