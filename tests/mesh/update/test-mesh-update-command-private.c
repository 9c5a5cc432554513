/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "update/mesh-update-command-private.h"

#include <string.h>

#include "base/mesh-error.h"
#include "update-fixture.h"

/* One operation for an app at a time; another app's is not in the way. */
static void
test_busy (UpdateWorld *world, gconstpointer data)
{
  UpdateWait first = { NULL }, second = { NULL };
  g_autoptr (GError) error = NULL;

  update_world_install (world, 1);
  g_assert_true (update_node_offer (world->user, world->published[2]->envelope, NULL));
  mesh_update_engine_stage_async (world->user->engine, UPDATE_FIXTURE_APP, NULL,
                                  update_wait_cb, &first);
  mesh_update_engine_apply_async (world->user->engine, UPDATE_FIXTURE_APP, NULL,
                                  update_wait_cb, &second);
  g_assert_false (mesh_update_engine_apply_finish (world->user->engine,
                                                   update_wait_for (&second), &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_BUSY);
  g_assert_true (mesh_update_engine_stage_finish (world->user->engine,
                                                  update_wait_for (&first), NULL));
  g_object_unref (first.result);
  g_object_unref (second.result);
}

/* Looking for a release, which may begin unasked at any time, is in nobody's way: what
 * comes while it lasts has its turn afterwards. */
static void
test_turns (UpdateWorld *world, gconstpointer data)
{
  MeshUpdateEngine *engine = world->user->engine;
  UpdateWait poll = { NULL }, check = { NULL }, stage = { NULL }, late = { NULL };
  g_autoptr (GError) error = NULL;

  update_world_install (world, 1);
  g_assert_true (update_node_offer (world->user, world->published[2]->envelope, NULL));
  mesh_update_command_named_async (engine, UPDATE_FIXTURE_APP, MESH_UPDATE_COMMAND_POLL,
                                   NULL, update_wait_cb, &poll);
  mesh_update_engine_check_async (engine, UPDATE_FIXTURE_APP, NULL, update_wait_cb,
                                  &check);
  mesh_update_engine_stage_async (engine, UPDATE_FIXTURE_APP, NULL, update_wait_cb,
                                  &stage);
  g_assert_false (
      mesh_update_command_run_finish (engine, update_wait_for (&poll), &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_NOT_FOUND); /* nobody could be asked */
  g_clear_error (&error);
  g_assert_cmpint (
      mesh_update_engine_check_finish (engine, update_wait_for (&check), &error), ==, -1);
  g_assert_error (error, MESH_ERROR, MESH_ERROR_NOT_FOUND);
  g_clear_error (&error);

  /* And what nobody asked for waits for what somebody did. */
  mesh_update_command_named_async (engine, UPDATE_FIXTURE_APP, MESH_UPDATE_COMMAND_POLL,
                                   NULL, update_wait_cb, &late);
  g_assert_true (
      mesh_update_engine_stage_finish (engine, update_wait_for (&stage), &error));
  g_assert_no_error (error);
  g_assert_false (
      mesh_update_command_run_finish (engine, update_wait_for (&late), &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_NOT_FOUND);
  g_object_unref (poll.result);
  g_object_unref (check.result);
  g_object_unref (stage.result);
  g_object_unref (late.result);
}

/* So have settings; each changes what is there when its turn comes. */
static void
test_settings (UpdateWorld *world, gconstpointer data)
{
  MeshUpdateEngine *engine = world->user->engine;
  UpdateWait poll = { NULL }, hold = { NULL }, skip = { NULL };
  g_autoptr (GError) error = NULL;
  MeshApp *app;

  update_world_install (world, 1);
  g_assert_true (update_node_offer (world->user, world->published[2]->envelope, NULL));
  app = update_node_app (world->user);
  mesh_update_command_named_async (engine, UPDATE_FIXTURE_APP, MESH_UPDATE_COMMAND_POLL,
                                   NULL, update_wait_cb, &poll);
  mesh_update_engine_hold_async (engine, UPDATE_FIXTURE_APP, TRUE, NULL, update_wait_cb,
                                 &hold);
  mesh_update_engine_skip_async (engine, UPDATE_FIXTURE_APP, "2.0.0", NULL,
                                 update_wait_cb, &skip);
  g_assert_true (
      mesh_update_engine_skip_finish (engine, update_wait_for (&skip), &error));
  g_assert_no_error (error);
  g_assert_true (
      mesh_update_engine_hold_finish (engine, update_wait_for (&hold), &error));
  g_assert_no_error (error);
  g_assert_nonnull (poll.result);
  g_assert_true (mesh_app_is_held (app));
  g_assert_cmpstr (mesh_app_get_skipped_version (app), ==, "2.0.0");
  g_assert_cmpint (mesh_app_get_state (app), ==, MESH_UPDATE_STATE_NONE);
  g_object_unref (poll.result);
  g_object_unref (hold.result);
  g_object_unref (skip.result);
}

/* While a release is fetched nothing else is written. */
static void
test_settings_busy (UpdateWorld *world, gconstpointer data)
{
  MeshUpdateEngine *engine = world->user->engine;
  UpdateWait stage = { NULL }, hold = { NULL };
  g_autoptr (GError) error = NULL;

  update_world_install (world, 1);
  g_assert_true (update_node_offer (world->user, world->published[2]->envelope, NULL));
  mesh_update_engine_stage_async (engine, UPDATE_FIXTURE_APP, NULL, update_wait_cb,
                                  &stage);
  mesh_update_engine_hold_async (engine, UPDATE_FIXTURE_APP, TRUE, NULL, update_wait_cb,
                                 &hold);
  g_assert_false (
      mesh_update_engine_hold_finish (engine, update_wait_for (&hold), &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_BUSY);
  g_assert_true (
      mesh_update_engine_stage_finish (engine, update_wait_for (&stage), NULL));
  g_object_unref (stage.result);
  g_object_unref (hold.result);
}

/* Who waits when the engine stops is told. */
static void
test_stop_waiting (UpdateWorld *world, gconstpointer data)
{
  g_autoptr (MeshUpdateEngine) engine = g_object_ref (world->user->engine);
  UpdateWait check = { NULL }, stage = { NULL };
  g_autoptr (GError) error = NULL;

  update_world_install (world, 1);
  g_assert_true (update_node_offer (world->user, world->published[2]->envelope, NULL));
  mesh_update_engine_check_async (engine, UPDATE_FIXTURE_APP, NULL, update_wait_cb,
                                  &check);
  mesh_update_engine_stage_async (engine, UPDATE_FIXTURE_APP, NULL, update_wait_cb,
                                  &stage);
  update_node_close (world->user);
  g_assert_false (
      mesh_update_engine_stage_finish (engine, update_wait_for (&stage), &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_CLOSED);
  g_assert_cmpint (
      mesh_update_engine_check_finish (engine, update_wait_for (&check), NULL), ==, -1);
  g_object_unref (check.result);
  g_object_unref (stage.result);
  g_clear_object (&engine);
  update_node_open (world->user, world->publisher, NULL);
}

/* Stopping while something runs waits for its end. */
static void
test_stop (UpdateWorld *world, gconstpointer data)
{
  UpdateWait stage = { NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (MeshUpdateEngine) engine = NULL;

  update_world_install (world, 1);
  g_assert_true (update_node_offer (world->user, world->published[2]->envelope, NULL));
  engine = g_object_ref (world->user->engine);
  mesh_update_engine_stage_async (engine, UPDATE_FIXTURE_APP, NULL, update_wait_cb,
                                  &stage);
  update_node_close (world->user);
  g_assert_false (
      mesh_update_engine_stage_finish (engine, update_wait_for (&stage), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_object_unref (stage.result);
  g_clear_object (&engine);
  update_node_open (world->user, world->publisher, NULL);
  g_assert_true (update_node_do (world->user, UPDATE_STAGE, NULL));
}

static void
test_pin (void)
{
  g_autoptr (MeshTrustState) trust = mesh_trust_state_new ("a.b", "stable");
  g_autoptr (MeshTrustState) same = mesh_update_command_dup_trust (trust, NULL);
  g_autoptr (MeshTrustState) pinned = mesh_update_command_dup_trust (trust, "feed");

  g_assert_null (same->pin);
  g_assert_cmpstr (pinned->pin, ==, "feed");
}

#define ADD(name, func) \
  g_test_add ("/update/command/" name, UpdateWorld, NULL, update_world_set_up, func, \
              update_world_tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("busy", test_busy);
  ADD ("turns", test_turns);
  ADD ("settings", test_settings);
  ADD ("settings-busy", test_settings_busy);
  ADD ("stop", test_stop);
  ADD ("stop-waiting", test_stop_waiting);
  g_test_add_func ("/update/command/pin", test_pin);
  return g_test_run ();
}
