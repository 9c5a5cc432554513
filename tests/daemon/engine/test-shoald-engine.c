/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "engine/shoald-engine.h"

#include "config/shoald-config-file.h"
#include "config/shoald-error.h"
#include "engine/shoald-local.h"

#include "daemon/engine/engine-fixture.h"

static char **
set_config (ShoaldEngine *engine, const char *values, GError **error)
{
  g_autoptr (GVariant) parsed
      = g_variant_parse (G_VARIANT_TYPE_VARDICT, values, NULL, NULL, NULL);
  g_autoptr (GAsyncResult) result = NULL;

  g_assert_nonnull (parsed);
  shoald_engine_set_config_async (engine, parsed, test_wait_result_cb, &result);
  test_wait_until (result != NULL);
  return shoald_engine_set_config_finish (engine, result, error);
}

static ShoaldPeer *
connect_to (ShoaldEngine *engine, const char *address, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  shoald_engine_connect_async (engine, address, NULL, test_wait_result_cb, &result);
  test_wait_until (result != NULL);
  return shoald_engine_connect_finish (engine, result, error);
}

static guint
count_peers (ShoaldEngine *engine)
{
  return g_list_model_get_n_items (G_LIST_MODEL (shoald_engine_get_peers (engine)));
}

static void
test_config (EngineFixture *fixture, gconstpointer data)
{
  g_auto (GStrv) restart = NULL;
  g_autofree char *path = g_build_filename (fixture->dir, "one.conf", NULL);
  g_autoptr (ShoaldConfig) saved = shoald_config_new ();
  g_autoptr (GError) error = NULL;
  const MeshNodeConfig *node;

  restart = set_config (fixture->engine,
                        "{'max-upload-bps': <uint64 5000>, 'sharing-mode': <'off'>,"
                        " 'max-connections': <uint32 3>}",
                        &error);
  g_assert_no_error (error);
  g_assert_cmpstr (restart[0], ==, "max-connections");
  node = mesh_node_get_config (shoald_engine_get_node (fixture->engine));
  g_assert_cmpuint (node->upload_bps, ==, 5000);
  g_assert_cmpint (node->sharing, ==, MESH_NODE_SHARING_OFF);
  g_assert_true (shoald_config_file_load (saved, path, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (shoald_config_get_uint64 (saved, "max-upload-bps"), ==, 5000);
  /* What was not changed stays out of the file: the test's own data folder. */
  g_assert_false (shoald_config_is_saved (saved, "data-dir"));
}

static void
test_config_refused (EngineFixture *fixture, gconstpointer data)
{
  g_autofree char *address = engine_fixture_dup_address (fixture->engine);
  g_autofree char *after = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (set_config (
      fixture->engine, "{'sharing-mode': <'off'>, 'max-transfers': <uint32 0>}", &error));
  g_assert_error (error, SHOALD_ERROR, SHOALD_ERROR_CONFIG);
  g_clear_error (&error);
  /* An address of another machine can not be listened on: the old one is kept. */
  g_assert_null (
      set_config (fixture->engine, "{'listen': <['/ip4/192.0.2.1/tcp/4001']>}", &error));
  g_assert_nonnull (error);
  g_assert_cmpstr (shoald_config_get_string (shoald_engine_get_config (fixture->engine),
                                             "sharing-mode"),
                   ==, "on");
  after = engine_fixture_dup_address (fixture->engine);
  g_assert_true (g_str_has_prefix (after, "/ip4/127.0.0.1/tcp/"));
}

/* Sharing off means no open socket: neither one that listens nor a connection. */
static void
test_sharing_off (EngineFixture *fixture, gconstpointer data)
{
  ShoaldEngine *other = engine_fixture_start_other (fixture, "on");
  g_auto (GStrv) restart = NULL;
  g_auto (GStrv) addresses = NULL;
  g_autofree char *address = NULL;
  g_autoptr (GError) error = NULL;

  test_wait_until (count_peers (other) == 1);
  g_assert_false (shoald_engine_is_idle (other));
  restart = set_config (other, "{'sharing-mode': <'off'>}", &error);
  g_assert_no_error (error);
  test_wait_until (count_peers (other) == 0);
  addresses = mesh_node_dup_listen_addresses (shoald_engine_get_node (other));
  g_assert_cmpuint (g_strv_length (addresses), ==, 0);
  g_assert_true (shoald_engine_is_idle (other));
  address = engine_fixture_dup_address (fixture->engine);
  g_assert_null (connect_to (other, address, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_REFUSED);
  g_clear_error (&error);
  g_strfreev (g_steal_pointer (&restart));
  restart = set_config (other, "{'sharing-mode': <'download-only'>}", &error);
  test_wait_until (count_peers (other) == 1);
  g_strfreev (g_steal_pointer (&addresses));
  addresses = mesh_node_dup_listen_addresses (shoald_engine_get_node (other));
  g_assert_cmpuint (g_strv_length (addresses), ==, 0);
  engine_fixture_stop (other);
}

static void
test_connect (EngineFixture *fixture, gconstpointer data)
{
  g_autofree char *address = engine_fixture_dup_address (fixture->engine);
  ShoaldEngine *other = engine_fixture_start (fixture->dir, "other", "on", NULL);
  g_autoptr (ShoaldPeer) peer = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (connect_to (other, "127.0.0.1:4001", &error));
  g_assert_error (error, SHOALD_ERROR, SHOALD_ERROR_ARGUMENT);
  g_clear_error (&error);
  g_assert_null (connect_to (other, "/ip4/127.0.0.1/tcp/1", &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_UNREACHABLE);
  g_clear_error (&error);
  peer = connect_to (other, address, &error);
  g_assert_no_error (error);
  /* What needs to know what the peer speaks may come right after. */
  g_assert_nonnull (mesh_connection_get_peer_info (shoald_peer_get_connection (peer)));
  g_assert_true (shoald_engine_disconnect (other, shoald_peer_get_id (peer), &error));
  test_wait_until (count_peers (other) == 0);
  g_assert_false (shoald_engine_disconnect (other, shoald_peer_get_id (peer), &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_false (shoald_engine_disconnect (other, "me", &error));
  g_assert_error (error, SHOALD_ERROR, SHOALD_ERROR_ARGUMENT);
  engine_fixture_stop (other);
}

/* Work that is under way when the engine stops is cancelled, and waited for. */
static void
test_stop_with_jobs (EngineFixture *fixture, gconstpointer data)
{
  g_autofree char *path = engine_fixture_make_file (fixture->dir, "f", 20000000, 1);
  ShoaldEngine *other = engine_fixture_start (fixture->dir, "other", "off", NULL);
  g_autoptr (GPtrArray) jobs = g_ptr_array_new_with_free_func (g_object_unref);
  ShoaldLocalAddOptions options;

  shoald_local_init_add_options (&options);
  for (guint i = 0; i < 5; i++)
    g_ptr_array_add (jobs, g_object_ref (shoald_local_add (other, path, &options, NULL)));
  engine_fixture_stop (other);
  for (guint i = 0; i < jobs->len; i++)
    g_assert_true (shoald_job_is_finished (g_ptr_array_index (jobs, i)));
}

static void
test_stop_while_starting (void)
{
  g_autofree char *dir = test_wait_make_dir ();
  ShoaldConfig *config = shoald_config_new ();
  g_autoptr (ShoaldEngine) engine = NULL;
  g_autoptr (GAsyncResult) started = NULL;
  g_autoptr (GAsyncResult) stopped = NULL;
  g_autoptr (GError) error = NULL;

  shoald_config_set (config, "data-dir", g_variant_new_string (dir), FALSE);
  engine = shoald_engine_new (
      config, NULL, shoald_policy_new (g_network_monitor_get_default (), "none"));
  g_assert_false (shoald_engine_check_running (engine, &error));
  g_assert_error (error, SHOALD_ERROR, SHOALD_ERROR_NOT_READY);
  g_clear_error (&error);
  shoald_engine_start_async (engine, test_wait_result_cb, &started);
  shoald_engine_stop_async (engine, test_wait_result_cb, &stopped);
  g_assert_false (shoald_engine_check_running (engine, &error));
  g_assert_error (error, SHOALD_ERROR, SHOALD_ERROR_STOPPING);
  g_clear_error (&error);
  test_wait_until (started != NULL && stopped != NULL);
  g_assert_false (shoald_engine_start_finish (engine, started, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_true (shoald_engine_stop_finish (engine, stopped, &error));
  g_assert_no_error (error);
  test_wait_remove_dir (dir);
}

#define ADD(path, func) \
  g_test_add ("/shoald/engine/" path, EngineFixture, NULL, engine_fixture_set_up, func, \
              engine_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("config", test_config);
  ADD ("config-refused", test_config_refused);
  ADD ("sharing-off", test_sharing_off);
  ADD ("connect", test_connect);
  ADD ("stop-with-jobs", test_stop_with_jobs);
  g_test_add_func ("/shoald/engine/stop-while-starting", test_stop_while_starting);
  return g_test_run ();
}
