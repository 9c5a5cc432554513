/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "daemon/engine/engine-fixture.h"

#include "config/shoald-error.h"
#include "discover/shoald-bootstrap.h"

#define PEER "/p2p/12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA"
#define ONE "/ip4/127.0.0.1/tcp/1" PEER
#define TWO "/ip4/127.0.0.1/tcp/2" PEER

typedef void (*Change) (ShoaldEngine *engine,
                        const char *address,
                        GAsyncReadyCallback callback,
                        gpointer user_data);

static gboolean
change (ShoaldEngine *engine, Change func, const char *address, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  func (engine, address, test_wait_result_cb, &result);
  test_wait_until (result != NULL);
  return shoald_bootstrap_finish (engine, result, error);
}

static void
assert_list (ShoaldEngine *engine, const char *expected)
{
  g_auto (GStrv) list = shoald_config_dup_strv (shoald_engine_get_config (engine),
                                                SHOALD_CONFIG_BOOTSTRAP);
  g_autofree char *text = g_strjoinv (" ", list);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_edit (EngineFixture *fixture, gconstpointer data)
{
  ShoaldEngine *engine = fixture->engine;
  g_autoptr (GError) error = NULL;

  g_assert_true (change (engine, shoald_bootstrap_add_async, ONE, &error));
  g_assert_true (change (engine, shoald_bootstrap_add_async, TWO, &error));
  g_assert_true (change (engine, shoald_bootstrap_add_async, ONE, &error));
  g_assert_no_error (error);
  assert_list (engine, ONE " " TWO);
  g_assert_false (change (engine, shoald_bootstrap_add_async, "nonsense", &error));
  g_assert_error (error, SHOALD_ERROR, SHOALD_ERROR_CONFIG);
  g_clear_error (&error);
  g_assert_true (change (engine, shoald_bootstrap_remove_async, ONE, &error));
  g_assert_no_error (error);
  g_assert_false (change (engine, shoald_bootstrap_remove_async, ONE, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_NOT_FOUND);
  assert_list (engine, TWO);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/shoald/bootstrap/edit", EngineFixture, NULL, engine_fixture_set_up,
              test_edit, engine_fixture_tear_down);
  return g_test_run ();
}
