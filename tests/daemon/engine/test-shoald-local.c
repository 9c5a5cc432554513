/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "config/shoald-error.h"
#include "engine/shoald-content.h"
#include "engine/shoald-local.h"

#include "daemon/engine/engine-fixture.h"

static void
finish (ShoaldEngine *engine,
        GAsyncResult **result,
        gboolean (*func) (ShoaldEngine *, GAsyncResult *, GError **),
        GError **error)
{
  test_wait_until (*result != NULL);
  if (!func (engine, *result, error))
    g_assert_true (error != NULL);
  g_clear_object (result);
}

static void
test_add (EngineFixture *fixture, gconstpointer data)
{
  g_autofree char *path = engine_fixture_make_file (fixture->dir, "f", 3000000, 1);
  g_autofree char *cid = engine_fixture_add (fixture->engine, path);
  g_autofree char *again = engine_fixture_add (fixture->engine, path);
  g_autoptr (MeshCid) parsed = shoald_content_parse_cid (cid, NULL);
  MeshStore *store = mesh_node_get_store (shoald_engine_get_node (fixture->engine));
  g_autoptr (GVariant) pins = NULL;

  g_assert_cmpstr (cid, ==, again);
  g_assert_true (mesh_store_is_pinned (store, parsed));
  g_assert_true (mesh_store_is_shared (store, parsed));
  /* Adding twice is one pin. */
  pins = g_variant_ref_sink (shoald_local_list_pins (fixture->engine, NULL));
  g_assert_cmpuint (g_variant_n_children (pins), ==, 1);
}

static void
test_add_errors (EngineFixture *fixture, gconstpointer data)
{
  g_autofree char *missing = g_build_filename (fixture->dir, "missing", NULL);
  ShoaldLocalAddOptions options;
  g_autoptr (GError) error = NULL;

  shoald_local_init_add_options (&options);
  g_assert_null (shoald_local_add (fixture->engine, "relative", &options, &error));
  g_assert_error (error, SHOALD_ERROR, SHOALD_ERROR_ARGUMENT);
  g_clear_error (&error);
  engine_fixture_wait_error (shoald_local_add (fixture->engine, missing, &options, NULL),
                             MESH_ERROR, MESH_ERROR_NOT_FOUND);
  engine_fixture_wait_error (
      shoald_local_add (fixture->engine, "/dev/null", &options, NULL), MESH_ERROR,
      MESH_ERROR_UNSUPPORTED);
}

static void
test_add_cancelled (EngineFixture *fixture, gconstpointer data)
{
  g_autofree char *path = engine_fixture_make_file (fixture->dir, "f", 30000000, 1);
  ShoaldLocalAddOptions options;
  ShoaldJob *job;
  g_autoptr (GVariant) pins = NULL;

  shoald_local_init_add_options (&options);
  job = shoald_local_add (fixture->engine, path, &options, NULL);
  test_wait_until (shoald_job_get_bytes_done (job) > 0);
  g_assert_true (shoald_job_cancel (job, NULL));
  engine_fixture_wait_error (job, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  pins = g_variant_ref_sink (shoald_local_list_pins (fixture->engine, NULL));
  g_assert_cmpuint (g_variant_n_children (pins), ==, 0);
}

static void
test_unpin_and_collect (EngineFixture *fixture, gconstpointer data)
{
  g_autofree char *path = engine_fixture_make_file (fixture->dir, "f", 3000000, 1);
  g_autofree char *cid = engine_fixture_add (fixture->engine, path);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GVariant *collected;
  guint64 bytes;

  collected = engine_fixture_wait_done (shoald_local_collect (fixture->engine, NULL));
  g_assert_true (g_variant_lookup (collected, "removed-bytes", "t", &bytes));
  g_assert_cmpuint (bytes, ==, 0);
  shoald_local_unpin_async (fixture->engine, cid, test_wait_result_cb, &result);
  finish (fixture->engine, &result, shoald_local_unpin_finish, &error);
  g_assert_no_error (error);
  shoald_local_unpin_async (fixture->engine, cid, test_wait_result_cb, &result);
  finish (fixture->engine, &result, shoald_local_unpin_finish, &error);
  g_assert_error (error, MESH_ERROR, MESH_ERROR_NOT_FOUND);
  collected = engine_fixture_wait_done (shoald_local_collect (fixture->engine, NULL));
  g_assert_true (g_variant_lookup (collected, "removed-bytes", "t", &bytes));
  g_assert_cmpuint (bytes, >=, 3000000);
}

static void
test_sharing (EngineFixture *fixture, gconstpointer data)
{
  g_autofree char *path = engine_fixture_make_file (fixture->dir, "f", 1000, 1);
  g_autofree char *cid = engine_fixture_add (fixture->engine, path);
  g_autoptr (MeshCid) parsed = shoald_content_parse_cid (cid, NULL);
  MeshStore *store = mesh_node_get_store (shoald_engine_get_node (fixture->engine));
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  shoald_local_set_shared_async (fixture->engine, cid, FALSE, test_wait_result_cb,
                                 &result);
  finish (fixture->engine, &result, shoald_local_set_shared_finish, &error);
  g_assert_no_error (error);
  g_assert_false (mesh_store_is_shared (store, parsed));
  shoald_local_set_shared_async (fixture->engine, cid, TRUE, test_wait_result_cb,
                                 &result);
  finish (fixture->engine, &result, shoald_local_set_shared_finish, &error);
  g_assert_no_error (error);
  g_assert_true (mesh_store_is_shared (store, parsed));
  shoald_local_set_shared_async (fixture->engine,
                                 "QmdfTbBqBPQ7VNxZEYEj14VmRuZBkqFbiwReogJgS1zR1n", TRUE,
                                 test_wait_result_cb, &result);
  finish (fixture->engine, &result, shoald_local_set_shared_finish, &error);
  g_assert_error (error, MESH_ERROR, MESH_ERROR_NOT_FOUND);
}

static void
test_car (EngineFixture *fixture, gconstpointer data)
{
  g_autofree char *path = engine_fixture_make_file (fixture->dir, "f", 3000000, 1);
  g_autofree char *cid = engine_fixture_add (fixture->engine, path);
  g_autofree char *car = g_build_filename (fixture->dir, "f.car", NULL);
  g_autofree char *broken = engine_fixture_make_file (fixture->dir, "b.car", 1000, 2);
  ShoaldEngine *other = engine_fixture_start (fixture->dir, "other", "off", NULL);
  g_auto (GStrv) roots = NULL;
  GVariant *result;
  guint64 n_blocks;

  result = engine_fixture_wait_done (
      shoald_content_export_car (fixture->engine, cid, car, FALSE, NULL));
  g_assert_true (g_variant_lookup (result, "blocks", "t", &n_blocks));
  g_assert_cmpuint (n_blocks, ==, 4);
  engine_fixture_wait_error (
      shoald_content_export_car (fixture->engine, cid, car, FALSE, NULL), MESH_ERROR,
      MESH_ERROR_EXISTS);
  (void) engine_fixture_wait_done (
      shoald_content_export_car (fixture->engine, cid, car, TRUE, NULL));
  result = engine_fixture_wait_done (
      shoald_local_import_car (other, car, TRUE, FALSE, NULL));
  g_assert_true (g_variant_lookup (result, "roots", "^as", &roots));
  g_assert_cmpstr (roots[0], ==, cid);
  engine_fixture_wait_error (shoald_local_import_car (other, broken, TRUE, TRUE, NULL),
                             MESH_ERROR, MESH_ERROR_INVALID);
  engine_fixture_stop (other);
}

#define ADD(path, func) \
  g_test_add ("/shoald/local/" path, EngineFixture, NULL, engine_fixture_set_up, func, \
              engine_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("add", test_add);
  ADD ("add-errors", test_add_errors);
  ADD ("add-cancelled", test_add_cancelled);
  ADD ("unpin-and-collect", test_unpin_and_collect);
  ADD ("sharing", test_sharing);
  ADD ("car", test_car);
  return g_test_run ();
}
