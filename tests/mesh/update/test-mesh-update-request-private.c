/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "update/mesh-update-request-private.h"

#include "base/mesh-error.h"
#include "update-fixture.h"

static gboolean
install (UpdateWorld *world, const MeshInstallOptions *options, GError **error)
{
  UpdateWait wait = { NULL };
  gboolean is_done;

  mesh_update_engine_install_async (world->user->engine, options, NULL, update_wait_cb,
                                    &wait);
  is_done = mesh_update_engine_install_finish (world->user->engine,
                                               update_wait_for (&wait), error);
  g_object_unref (wait.result);
  return is_done;
}

static void
expect (UpdateWorld *world, const MeshInstallOptions *options, MeshError code)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (install (world, options, &error));
  g_assert_error (error, MESH_ERROR, (int) code);
  g_assert_null (update_node_app (world->user));
}

static void
test_refused (UpdateWorld *world, gconstpointer data)
{
  g_autofree char *stranger = g_strnfill (64, '0');
  g_autoptr (GBytes) noise = g_bytes_new_static ("{}", 2);
  MeshInstallOptions nothing = { NULL };
  MeshInstallOptions bad_link = { .link = "shoal:../x" };
  MeshInstallOptions nobody = { .link = "org.example.Unknown" };
  MeshInstallOptions bad_file = { .envelope = noise };
  MeshInstallOptions other_key
      = { .envelope = world->published[1]->envelope, .fingerprint = stranger };
  MeshInstallOptions other_app
      = { .envelope = world->published[1]->envelope, .link = "org.example.Other" };

  expect (world, &nothing, MESH_ERROR_INVALID);
  expect (world, &bad_link, MESH_ERROR_INVALID);
  expect (world, &nobody, MESH_ERROR_NOT_FOUND);
  expect (world, &bad_file, MESH_ERROR_INVALID);
  expect (world, &other_key, MESH_ERROR_UNKNOWN_KEY);
  expect (world, &other_app, MESH_ERROR_WRONG_APP);
}

/* The publisher's own link, and stopping before the app is switched on. */
static void
test_link (UpdateWorld *world, gconstpointer data)
{
  MeshInstallOptions options = { .envelope = world->published[1]->envelope,
                                 .link = world->published[1]->link,
                                 .is_staging_only = TRUE };
  g_autoptr (GError) error = NULL;
  MeshApp *app;

  g_assert_true (install (world, &options, &error));
  g_assert_no_error (error);
  app = update_node_app (world->user);
  g_assert_cmpint (mesh_app_get_state (app), ==, MESH_UPDATE_STATE_STAGED);
  g_assert_null (mesh_app_get_installed_version (app));
  g_assert_cmpstr (mesh_app_get_fingerprint (app), ==, world->published[1]->fingerprint);
  g_assert_true (update_node_do (world->user, UPDATE_APPLY, NULL));
  update_world_assert_current (world, 1);
}

static void
test_offer_unknown (UpdateWorld *world, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (update_node_offer (world->user, world->published[1]->envelope, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_NOT_FOUND);
}

#define ADD(name, func) \
  g_test_add ("/update/request/" name, UpdateWorld, NULL, update_world_set_up, func, \
              update_world_tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("refused", test_refused);
  ADD ("link", test_link);
  ADD ("offer-unknown", test_offer_unknown);
  return g_test_run ();
}
