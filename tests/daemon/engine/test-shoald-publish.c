/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "engine/shoald-publish.h"

#include <string.h>

#include "config/shoald-error.h"

#include "daemon/engine/engine-fixture.h"

static void
test_keys (EngineFixture *fixture, gconstpointer data)
{
  static const char *const bad[] = { "", ".x", "a/b", "../x", "a b", "\xc3\xa4" };
  g_autofree char *long_name = g_strnfill (MESH_PUBLISHER_KEY_MAX_NAME_LEN + 1, 'a');
  g_autofree char *fingerprint = NULL;
  g_autoptr (GVariant) keys = NULL;
  g_autoptr (GVariant) key = NULL;
  g_autoptr (GError) error = NULL;
  const char *text;

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_assert_null (shoald_publish_create_key (fixture->engine, bad[i], &error));
      g_assert_error (error, SHOALD_ERROR, SHOALD_ERROR_ARGUMENT);
      g_clear_error (&error);
    }
  g_assert_null (shoald_publish_create_key (fixture->engine, long_name, NULL));
  fingerprint = shoald_publish_create_key (fixture->engine, "mine", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (strlen (fingerprint), ==, 64);
  g_assert_null (shoald_publish_create_key (fixture->engine, "mine", &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_EXISTS);
  keys = g_variant_ref_sink (shoald_publish_list_keys (fixture->engine, NULL));
  g_assert_cmpuint (g_variant_n_children (keys), ==, 1);
  key = g_variant_get_child_value (keys, 0);
  g_assert_true (g_variant_lookup (key, "fingerprint", "&s", &text));
  g_assert_cmpstr (text, ==, fingerprint);
  g_assert_true (g_variant_lookup (key, "public-key", "&s", &text));
  g_assert_true (g_str_has_prefix (text, "did:key:z6Mk"));
}

static ShoaldJob *
publish (EngineFixture *fixture,
         const char *dir,
         const ShoaldPublishOptions *options,
         GError **error)
{
  return shoald_publish (fixture->engine, dir, options, error);
}

static void
test_arguments (EngineFixture *fixture, gconstpointer data)
{
  ShoaldPublishOptions options = { 0 };
  const char *const keys[] = { "../../etc/passwd", NULL };

  for (guint i = 0; i < 5; i++)
    {
      g_autoptr (GError) error = NULL;

      options.publish.app_id = i == 1 ? "" : "org.example.A";
      options.publish.version = i == 2 ? NULL : "1.0.0";
      options.output = i == 3 ? "relative" : NULL;
      options.keys = i == 4 ? keys : NULL;
      g_assert_null (publish (fixture, i == 0 ? "relative" : "/tmp", &options, &error));
      g_assert_error (error, SHOALD_ERROR, SHOALD_ERROR_ARGUMENT);
    }
}

static void
test_release (EngineFixture *fixture, gconstpointer data)
{
  g_autofree char *dir = g_build_filename (fixture->dir, "v1", NULL);
  g_autofree char *output = g_build_filename (fixture->dir, "hello.json", NULL);
  ShoaldPublishOptions options = { 0 };
  g_autofree char *more = NULL;
  GVariant *result;
  guint64 n_chunks;
  const char *text;

  engine_fixture_publish (fixture, "v1", "1.0.0", 3000000, 1);
  options.publish.app_id = ENGINE_FIXTURE_APP;
  options.publish.version = "1.0.0";
  options.output = output;
  /* The same tree may be signed again, with a higher counter. */
  result = engine_fixture_wait_done (publish (fixture, dir, &options, NULL));
  g_assert_true (g_variant_lookup (result, "counter", "t", &n_chunks));
  g_assert_cmpuint (n_chunks, ==, 2);
  /* Another one by the same version is refused; the next version is taken. */
  more = engine_fixture_make_file (dir, "more", 10, 2);
  engine_fixture_wait_error (publish (fixture, dir, &options, NULL), MESH_ERROR,
                             MESH_ERROR_ROLLBACK);
  options.publish.version = "1.0.1";
  result = engine_fixture_wait_done (publish (fixture, dir, &options, NULL));
  g_assert_true (g_variant_lookup (result, "new-chunks", "t", &n_chunks));
  g_assert_cmpuint (n_chunks, ==, 1);
  g_assert_true (g_variant_lookup (result, "envelope", "&s", &text));
  g_assert_cmpstr (text, ==, output);
  g_assert_true (g_file_test (output, G_FILE_TEST_IS_REGULAR));
  g_assert_true (g_variant_lookup (result, "link", "&s", &text));
  g_assert_true (g_str_has_prefix (text, "shoal:" ENGINE_FIXTURE_APP "?key="));
}

static void
test_failures (EngineFixture *fixture, gconstpointer data)
{
  g_autofree char *missing = g_build_filename (fixture->dir, "missing", NULL);
  const char *const keys[] = { "nobody", NULL };
  ShoaldPublishOptions options = { 0 };
  ShoaldJob *job;

  options.publish.app_id = ENGINE_FIXTURE_APP;
  options.publish.version = "1.0.0";
  job = publish (fixture, missing, &options, NULL);
  test_wait_until (shoald_job_is_finished (job));
  g_assert_cmpstr (shoald_job_get_state_name (job), ==, "failed");
  options.keys = keys;
  engine_fixture_wait_error (publish (fixture, fixture->dir, &options, NULL), MESH_ERROR,
                             MESH_ERROR_NOT_FOUND);
  options.keys = NULL;
  options.publish.version = "one";
  engine_fixture_wait_error (publish (fixture, fixture->dir, &options, NULL), MESH_ERROR,
                             MESH_ERROR_INVALID);
}

#define ADD(path, func) \
  g_test_add ("/shoald/publish/" path, EngineFixture, NULL, engine_fixture_set_up, func, \
              engine_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("keys", test_keys);
  ADD ("arguments", test_arguments);
  ADD ("release", test_release);
  ADD ("failures", test_failures);
  return g_test_run ();
}
