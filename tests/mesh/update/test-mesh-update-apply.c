/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "update/mesh-update-apply.h"

#include <string.h>
#include <unistd.h>

#include "base/mesh-error.h"
#include "update-fixture.h"

static guint
count_versions (UpdateWorld *world)
{
  g_autofree char *versions
      = g_build_filename (world->user->dir, "apps", UPDATE_FIXTURE_APP, "versions", NULL);
  g_autoptr (GDir) dir = g_dir_open (versions, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static void
forget_skipped (UpdateWorld *world)
{
  UpdateWait wait = { NULL };

  mesh_update_engine_skip_async (world->user->engine, UPDATE_FIXTURE_APP, NULL, NULL,
                                 update_wait_cb, &wait);
  g_assert_true (mesh_update_engine_skip_finish (world->user->engine,
                                                 update_wait_for (&wait), NULL));
  g_object_unref (wait.result);
}

/* The version that was left by rolling back is applied again: its folder is the one that
 * is kept, and must not be cleared away as the version before. */
static void
test_back_and_forth (UpdateWorld *world, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  update_world_install (world, 2);
  for (guint i = 0; i < 3; i++)
    {
      update_node_do (world->user, UPDATE_ROLLBACK, &error);
      g_assert_no_error (error);
      update_world_assert_current (world, 1);
      forget_skipped (world);
      update_node_offer (world->user, world->published[2]->envelope, &error);
      g_assert_no_error (error);
      update_node_do (world->user, UPDATE_STAGE, &error);
      g_assert_no_error (error);
      update_node_do (world->user, UPDATE_APPLY, &error);
      g_assert_no_error (error);
      update_world_assert_current (world, 2);
    }
  g_assert_cmpuint (count_versions (world), ==, 2);
}

/* Rolled back twice is where it began. */
static void
test_rollback_twice (UpdateWorld *world, gconstpointer data)
{
  update_world_install (world, 2);
  g_assert_true (update_node_do (world->user, UPDATE_ROLLBACK, NULL));
  update_world_assert_current (world, 1);
  g_assert_true (update_node_do (world->user, UPDATE_ROLLBACK, NULL));
  update_world_assert_current (world, 2);
}

/* Somebody else's menu entry of that name: installed, but not in the menu. */
static void
test_menu_taken (UpdateWorld *world, gconstpointer data)
{
  g_autofree char *folder
      = g_build_filename (world->user->desktop_dir, "applications", NULL);
  g_autofree char *path = g_build_filename (folder, UPDATE_FIXTURE_APP ".desktop", NULL);
  g_autofree char *text = NULL;

  g_assert_cmpint (g_mkdir_with_parents (folder, 0755), ==, 0);
  g_assert_true (g_file_set_contents (path, "mine", -1, NULL));
  update_world_install (world, 1);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "mine");
  g_assert_null (mesh_app_get_desktop_id (update_node_app (world->user)));
}

/* Removed: nothing on the disk, nothing pinned, nothing shared; and it can come back. */
static void
test_remove (UpdateWorld *world, gconstpointer data)
{
  g_autofree char *dir
      = g_build_filename (world->user->dir, "apps", UPDATE_FIXTURE_APP, NULL);
  g_autoptr (GPtrArray) pins = NULL;
  g_autoptr (GPtrArray) roots = NULL;

  update_world_install (world, 2);
  g_assert_true (update_node_do (world->user, UPDATE_REMOVE, NULL));
  g_assert_cmpint (access (dir, F_OK), !=, 0);
  pins = mesh_store_dup_pins (world->user->store);
  roots = mesh_store_dup_shared_roots (world->user->store);
  g_assert_cmpuint (pins->len, ==, 0);
  g_assert_cmpuint (roots->len, ==, 0);
  g_assert_true (update_node_install (world->user, world->published[2]->envelope, NULL));
  update_world_assert_current (world, 2);
}

#define ADD(name, func) \
  g_test_add ("/update/apply/" name, UpdateWorld, NULL, update_world_set_up, func, \
              update_world_tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("back-and-forth", test_back_and_forth);
  ADD ("rollback-twice", test_rollback_twice);
  ADD ("menu-taken", test_menu_taken);
  ADD ("remove", test_remove);
  return g_test_run ();
}
