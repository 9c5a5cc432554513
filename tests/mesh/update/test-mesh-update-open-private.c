/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "update/mesh-update-open-private.h"

#include <unistd.h>

#include "update-fixture.h"
#include "update/mesh-update-tree.h"

/* What nothing names is cleared away at the start; what is named stays. */
static void
test_clears (UpdateWorld *world, gconstpointer data)
{
  g_autofree char *apps = g_build_filename (world->user->dir, "apps", NULL);
  g_autofree char *orphan = g_build_filename (apps, UPDATE_FIXTURE_APP, "versions",
                                              "9.9.9-0123456789abcdef", "d", NULL);
  g_autofree char *staged = g_build_filename (world->user->dir, "staging", "old", NULL);

  update_world_install (world, 2);
  g_assert_cmpint (g_mkdir_with_parents (orphan, 0755), ==, 0);
  g_assert_cmpint (g_mkdir_with_parents (staged, 0755), ==, 0);
  update_node_close (world->user);
  update_node_open (world->user, world->publisher, NULL);
  g_assert_cmpint (access (orphan, F_OK), !=, 0);
  g_assert_cmpint (access (staged, F_OK), !=, 0);
  update_world_assert_current (world, 2);
  g_assert_true (update_node_do (world->user, UPDATE_ROLLBACK, NULL));
  update_world_assert_current (world, 1);
}

/* A staged tree that is gone: the update is to be had, not to be applied. */
static void
test_staged_gone (UpdateWorld *world, gconstpointer data)
{
  g_autofree char *staging = g_build_filename (world->user->dir, "staging", NULL);

  update_world_install (world, 1);
  g_assert_true (update_node_offer (world->user, world->published[2]->envelope, NULL));
  g_assert_true (update_node_do (world->user, UPDATE_STAGE, NULL));
  update_node_close (world->user);
  g_assert_true (mesh_update_tree_delete (staging, NULL));
  update_node_open (world->user, world->publisher, NULL);
  g_assert_cmpint (mesh_app_get_state (update_node_app (world->user)), ==,
                   MESH_UPDATE_STATE_AVAILABLE);
  g_assert_true (update_node_do (world->user, UPDATE_STAGE, NULL));
  g_assert_true (update_node_do (world->user, UPDATE_APPLY, NULL));
  update_world_assert_current (world, 2);
}

static void
test_sharing (UpdateWorld *world, gconstpointer data)
{
  g_autoptr (MeshCid) root = mesh_cid_parse (world->published[1]->root, NULL);

  update_world_install (world, 1);
  g_assert_true (mesh_store_is_shared (world->user->store, root));
  mesh_update_engine_set_sharing (world->user->engine, FALSE);
  while (mesh_store_is_shared (world->user->store, root))
    g_main_context_iteration (NULL, TRUE);
  mesh_update_engine_set_sharing (world->user->engine, TRUE);
  while (!mesh_store_is_shared (world->user->store, root))
    g_main_context_iteration (NULL, TRUE);
}

#define ADD(name, func) \
  g_test_add ("/update/open/" name, UpdateWorld, NULL, update_world_set_up, func, \
              update_world_tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("clears", test_clears);
  ADD ("staged-gone", test_staged_gone);
  ADD ("sharing", test_sharing);
  return g_test_run ();
}
