/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "daemon/engine/engine-fixture.h"

#include "engine/shoald-install.h"
#include "engine/shoald-local.h"
#include "engine/shoald-publish.h"
#include "engine/shoald-update.h"

ShoaldEngine *
engine_fixture_start (const char *dir,
                      const char *name,
                      const char *sharing,
                      const char *bootstrap)
{
  ShoaldConfig *config = shoald_config_new ();
  g_autofree char *data_dir = g_build_filename (dir, name, NULL);
  g_autofree char *config_path = g_strconcat (data_dir, ".conf", NULL);
  const char *const listen[] = { "/ip4/127.0.0.1/tcp/0", NULL };
  const char *const peers[] = { bootstrap, NULL };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  ShoaldEngine *engine;

  shoald_config_set (config, "data-dir", g_variant_new_string (data_dir), FALSE);
  shoald_config_set (config, "listen", g_variant_new_strv (listen, -1), FALSE);
  shoald_config_set (config, "sharing-mode", g_variant_new_string (sharing), FALSE);
  shoald_config_set (config, "bootstrap", g_variant_new_strv (peers, -1), FALSE);
  shoald_config_set (config, "mdns", g_variant_new_boolean (FALSE), FALSE);
  engine = shoald_engine_new (
      config, config_path,
      shoald_policy_new (g_network_monitor_get_default (), "serving"));
  shoald_update_watch (engine);
  shoald_engine_start_async (engine, test_wait_result_cb, &result);
  test_wait_until (result != NULL);
  g_assert_true (shoald_engine_start_finish (engine, result, &error));
  g_assert_no_error (error);
  return engine;
}

void
engine_fixture_stop (ShoaldEngine *engine)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  gpointer weak = engine;

  shoald_engine_stop_async (engine, test_wait_result_cb, &result);
  test_wait_until (result != NULL);
  g_assert_true (shoald_engine_stop_finish (engine, result, &error));
  g_assert_no_error (error);
  g_clear_object (&result);
  /* Nothing that is left over keeps it. */
  g_object_add_weak_pointer (G_OBJECT (engine), &weak);
  g_object_unref (engine);
  test_wait_until (weak == NULL);
}

void
engine_fixture_set_up (EngineFixture *fixture, gconstpointer data)
{
  fixture->dir = test_wait_make_dir ();
  fixture->engine = engine_fixture_start (fixture->dir, "one", "on", NULL);
}

void
engine_fixture_tear_down (EngineFixture *fixture, gconstpointer data)
{
  engine_fixture_stop (fixture->engine);
  test_wait_remove_dir (fixture->dir);
  g_free (fixture->dir);
}

GVariant *
engine_fixture_wait_done (ShoaldJob *job)
{
  g_assert_nonnull (job);
  test_wait_until (shoald_job_is_finished (job));
  g_assert_no_error (shoald_job_get_error (job));
  g_assert_cmpstr (shoald_job_get_state_name (job), ==, "done");
  return shoald_job_get_result (job);
}

void
engine_fixture_wait_error (ShoaldJob *job, GQuark domain, int code)
{
  g_assert_nonnull (job);
  test_wait_until (shoald_job_is_finished (job));
  g_assert_error (shoald_job_get_error (job), domain, code);
}

char *
engine_fixture_make_file (const char *dir, const char *name, gsize size, guint32 seed)
{
  char *path = g_build_filename (dir, name, NULL);
  g_autofree guint32 *data = g_malloc (size + sizeof (guint32));
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < size / sizeof (guint32) + 1; i++)
    data[i] = g_rand_int (rand);
  g_assert_true (g_file_set_contents (path, (const char *) data, (gssize) size, &error));
  g_assert_no_error (error);
  return path;
}

char *
engine_fixture_add (ShoaldEngine *engine, const char *path)
{
  ShoaldLocalAddOptions options;
  g_autoptr (GError) error = NULL;
  GVariant *result;
  char *cid;

  shoald_local_init_add_options (&options);
  result = engine_fixture_wait_done (shoald_local_add (engine, path, &options, &error));
  g_assert_no_error (error);
  g_assert_true (g_variant_lookup (result, "cid", "s", &cid));
  return cid;
}

char *
engine_fixture_dup_address (ShoaldEngine *engine)
{
  g_auto (GStrv) addresses
      = mesh_node_dup_listen_addresses (shoald_engine_get_node (engine));

  g_assert_nonnull (addresses[0]);
  return g_strdup (addresses[0]);
}

ShoaldEngine *
engine_fixture_start_other (EngineFixture *fixture, const char *sharing)
{
  g_autofree char *address = engine_fixture_dup_address (fixture->engine);

  return engine_fixture_start (fixture->dir, "other", sharing, address);
}

void
engine_fixture_publish (EngineFixture *fixture,
                        const char *name,
                        const char *version,
                        gsize size,
                        guint32 seed)
{
  g_autofree char *dir = g_build_filename (fixture->dir, name, NULL);
  g_autofree char *program = g_build_filename (dir, "hello", NULL);
  g_autofree char *file = NULL;
  ShoaldPublishOptions options = { 0 };
  ShoaldJob *job;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (dir, 0755), ==, 0);
  g_assert_true (g_file_set_contents_full (program, "#!/bin/sh\ntouch \"$1\"\n", -1,
                                           G_FILE_SET_CONTENTS_NONE, 0755, NULL));
  file = engine_fixture_make_file (dir, "data", size, seed);
  options.publish.app_id = ENGINE_FIXTURE_APP;
  options.publish.version = version;
  options.publish.exec_path = "hello";
  job = shoald_publish (fixture->engine, dir, &options, &error);
  g_assert_no_error (error);
  (void) engine_fixture_wait_done (job);
}

void
engine_fixture_install (ShoaldEngine *engine)
{
  ShoaldInstallOptions options = { .is_applying = TRUE };
  g_autoptr (GError) error = NULL;
  ShoaldJob *job = shoald_install (engine, ENGINE_FIXTURE_APP, &options, &error);

  g_assert_no_error (error);
  (void) engine_fixture_wait_done (job);
}
