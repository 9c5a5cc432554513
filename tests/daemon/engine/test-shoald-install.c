/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "engine/shoald-install.h"

#include "config/shoald-error.h"
#include "engine/shoald-publish.h"

#include "daemon/engine/engine-fixture.h"

static GVariant *
inspect (ShoaldEngine *engine, const char *target, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  shoald_install_inspect_async (engine, target, NULL, NULL, test_wait_result_cb, &result);
  test_wait_until (result != NULL);
  return shoald_install_inspect_finish (engine, result, error);
}

static void
test_targets (EngineFixture *fixture, gconstpointer data)
{
  static const char *const bad[]
      = { "",         "a", "http://x", "shoal:", "org.example.Hello@", "relative/path",
          "shoal:a b" };
  ShoaldInstallOptions options = { .is_applying = TRUE };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", bad[i]);
      g_assert_null (shoald_install (fixture->engine, bad[i], &options, &error));
      g_assert_error (error, SHOALD_ERROR, SHOALD_ERROR_ARGUMENT);
      g_clear_error (&error);
      g_assert_null (inspect (fixture->engine, bad[i], &error));
      g_assert_error (error, SHOALD_ERROR, SHOALD_ERROR_ARGUMENT);
    }
}

static void
test_inspect (EngineFixture *fixture, gconstpointer data)
{
  ShoaldEngine *other = engine_fixture_start_other (fixture, "download-only");
  g_autoptr (GVariant) info = NULL;
  g_autoptr (GVariant) wrong = NULL;
  g_autoptr (GError) error = NULL;
  const char *text;
  guint64 size;
  gboolean is_trusted;

  g_assert_null (inspect (other, ENGINE_FIXTURE_APP, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_NOT_FOUND);
  g_clear_error (&error);
  engine_fixture_publish (fixture, "v1", "1.0.0", 3000000, 1);
  info = inspect (other, ENGINE_FIXTURE_APP, &error);
  g_assert_no_error (error);
  g_assert_true (g_variant_lookup (info, "version", "&s", &text));
  g_assert_cmpstr (text, ==, "1.0.0");
  g_assert_true (g_variant_lookup (info, "installed-version", "&s", &text));
  g_assert_cmpstr (text, ==, "");
  g_assert_true (g_variant_lookup (info, "source", "&s", &text));
  g_assert_cmpstr (text, ==, "peer");
  g_assert_true (g_variant_lookup (info, "size", "t", &size));
  g_assert_cmpuint (size, >, 3000000);
  g_assert_true (g_variant_lookup (info, "trusted", "b", &is_trusted));
  g_assert_false (is_trusted);
  /* Nothing has changed by looking. */
  g_assert_null (shoald_apps_find (shoald_engine_get_apps (other), ENGINE_FIXTURE_APP));
  g_assert_null (inspect (other, ENGINE_FIXTURE_APP "@2.0.0", &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_NOT_FOUND);
  engine_fixture_stop (other);
}

static void
test_install (EngineFixture *fixture, gconstpointer data)
{
  ShoaldEngine *other = engine_fixture_start_other (fixture, "download-only");
  ShoaldInstallOptions options = { .is_applying = TRUE };
  ShoaldApp *app;
  ShoaldJob *job;
  g_autoptr (GError) error = NULL;
  guint64 bytes;

  engine_fixture_publish (fixture, "v1", "1.0.0", 3000000, 1);
  job = shoald_install (other, ENGINE_FIXTURE_APP "@1.0.0", &options, &error);
  g_assert_true (
      g_variant_lookup (engine_fixture_wait_done (job), "bytes-fetched", "t", &bytes));
  g_assert_cmpuint (bytes, >=, 3000000);
  g_assert_cmpstr (shoald_job_get_app (job), ==, ENGINE_FIXTURE_APP);
  app = shoald_apps_find (shoald_engine_get_apps (other), ENGINE_FIXTURE_APP);
  g_assert_cmpstr (shoald_app_get_state_name (app), ==, "installed");
  g_assert_null (shoald_install (other, ENGINE_FIXTURE_APP, &options, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_WRONG_STATE);
  engine_fixture_stop (other);
}

static void
test_wrong_publisher (EngineFixture *fixture, gconstpointer data)
{
  ShoaldEngine *other = engine_fixture_start_other (fixture, "download-only");
  g_autofree char *fingerprint = g_strnfill (64, 'a');
  ShoaldInstallOptions options = { .is_applying = TRUE, .fingerprint = fingerprint };

  engine_fixture_publish (fixture, "v1", "1.0.0", 3000000, 1);
  engine_fixture_wait_error (shoald_install (other, ENGINE_FIXTURE_APP, &options, NULL),
                             MESH_ERROR, MESH_ERROR_UNKNOWN_KEY);
  engine_fixture_stop (other);
}

static void
test_file (EngineFixture *fixture, gconstpointer data)
{
  g_autofree char *dir = g_build_filename (fixture->dir, "v1", NULL);
  g_autofree char *file = g_build_filename (fixture->dir, "hello.json", NULL);
  g_autofree char *missing = g_build_filename (fixture->dir, "missing", NULL);
  g_autofree char *noise = engine_fixture_make_file (fixture->dir, "noise", 1000, 3);
  ShoaldEngine *other = engine_fixture_start_other (fixture, "download-only");
  ShoaldInstallOptions options = { .is_applying = FALSE };
  ShoaldPublishOptions publish = { 0 };
  ShoaldApp *app;

  engine_fixture_publish (fixture, "v1", "1.0.0", 3000000, 1);
  publish.publish.app_id = ENGINE_FIXTURE_APP;
  publish.publish.version = "1.0.1";
  publish.output = file;
  (void) engine_fixture_wait_done (shoald_publish (fixture->engine, dir, &publish, NULL));
  engine_fixture_wait_error (shoald_install (other, missing, &options, NULL), G_IO_ERROR,
                             G_IO_ERROR_NOT_FOUND);
  engine_fixture_wait_error (shoald_install (other, noise, &options, NULL), MESH_ERROR,
                             MESH_ERROR_INVALID);
  (void) engine_fixture_wait_done (shoald_install (other, file, &options, NULL));
  app = shoald_apps_find (shoald_engine_get_apps (other), ENGINE_FIXTURE_APP);
  g_assert_cmpstr (shoald_app_get_state_name (app), ==, "not-installed");
  g_assert_true (shoald_app_has_update (app));
  g_assert_cmpint (mesh_app_get_state (shoald_app_get_mesh_app (app)), ==,
                   MESH_UPDATE_STATE_STAGED);
  engine_fixture_stop (other);
}

#define ADD(path, func) \
  g_test_add ("/shoald/install/" path, EngineFixture, NULL, engine_fixture_set_up, func, \
              engine_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("targets", test_targets);
  ADD ("inspect", test_inspect);
  ADD ("install", test_install);
  ADD ("wrong-publisher", test_wrong_publisher);
  ADD ("file", test_file);
  return g_test_run ();
}
