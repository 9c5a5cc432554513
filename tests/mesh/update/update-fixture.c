/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "update-fixture.h"

#include <fcntl.h>
#include <ftw.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mesh-rng.h"

#define MIB (1024 * 1024)

void
update_wait_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  UpdateWait *wait = user_data;

  wait->result = g_object_ref (result);
}

GAsyncResult *
update_wait_for (UpdateWait *wait)
{
  gint64 deadline_us
      = g_get_monotonic_time () + UPDATE_FIXTURE_DEADLINE_S * G_USEC_PER_SEC;

  while (wait->result == NULL)
    {
      g_main_context_iteration (NULL, TRUE);
      g_assert_cmpint (g_get_monotonic_time (), <, deadline_us);
    }
  return wait->result;
}

char *
update_fixture_make_dir (void)
{
  g_autoptr (GError) error = NULL;
  char *dir = g_dir_make_tmp ("shoal-update-XXXXXX", &error);

  g_assert_no_error (error);
  return dir;
}

static int
delete_one (const char *path, const struct stat *info, int kind, struct FTW *ftw)
{
  return remove (path);
}

void
update_fixture_delete_dir (const char *dir)
{
  nftw (dir, delete_one, 16, FTW_DEPTH | FTW_PHYS);
}

UpdateNode *
update_node_new (const char *parent, const char *name)
{
  UpdateNode *node = g_new0 (UpdateNode, 1);

  node->dir = g_build_filename (parent, name, NULL);
  node->desktop_dir = g_build_filename (parent, name, "desktop", NULL);
  g_assert_cmpint (g_mkdir_with_parents (node->desktop_dir, 0700), ==, 0);
  return node;
}

void
update_node_free (UpdateNode *node)
{
  if (node->engine != NULL)
    update_node_close (node);
  g_free (node->dir);
  g_free (node->desktop_dir);
  g_free (node);
}

void
update_node_open (UpdateNode *node, UpdateNode *source, MeshMasterClient *master)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *blocks = g_build_filename (node->dir, "blocks", NULL);
  UpdateWait store = { NULL }, engine = { NULL };
  MeshUpdateOptions options = { .data_dir = node->dir,
                                .desktop_dir = node->desktop_dir,
                                .master = master,
                                .is_sharing = TRUE };

  mesh_store_open_async (blocks, NULL, NULL, NULL, update_wait_cb, &store);
  node->store = mesh_store_open_finish (update_wait_for (&store), &error);
  g_assert_no_error (error);
  g_object_unref (store.result);
  options.store = node->store;
  options.source = source != NULL ? MESH_BLOCK_SOURCE (source->store) : NULL;
  mesh_update_engine_open_async (&options, NULL, update_wait_cb, &engine);
  node->engine = mesh_update_engine_open_finish (update_wait_for (&engine), &error);
  g_assert_no_error (error);
  g_object_unref (engine.result);
}

void
update_node_close (UpdateNode *node)
{
  g_autoptr (GError) error = NULL;
  UpdateWait engine = { NULL }, store = { NULL };

  mesh_update_engine_stop_async (node->engine, NULL, update_wait_cb, &engine);
  g_assert_true (
      mesh_update_engine_stop_finish (node->engine, update_wait_for (&engine), &error));
  g_object_unref (engine.result);
  g_clear_object (&node->engine);
  mesh_store_close_async (node->store, NULL, update_wait_cb, &store);
  g_assert_true (mesh_store_close_finish (node->store, update_wait_for (&store), &error));
  g_object_unref (store.result);
  g_clear_object (&node->store);
}

static void
write_file (const char *dir, const char *name, gconstpointer data, gsize len, guint mode)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (dir, name, NULL);
  g_autofree char *parent = g_path_get_dirname (path);

  g_assert_cmpint (g_mkdir_with_parents (parent, 0755), ==, 0);
  g_file_set_contents (path, data, (gssize) len, &error);
  g_assert_no_error (error);
  g_assert_cmpint (g_chmod (path, (int) mode), ==, 0);
}

void
update_fixture_write_app (const char *dir, int release)
{
  static const char desktop[] = "[Desktop Entry]\nType=Application\nName=Example\n"
                                "Exec=app %U\nIcon=app\nCategories=Utility;\n";
  g_autofree guint8 *data = g_malloc (5 * MIB + 12345);
  g_autofree char *script = g_strdup_printf ("#!/bin/sh\necho release %d\n", release);
  g_autofree char *link = g_build_filename (dir, "lib", "data.so", NULL);
  g_autofree char *empty = g_build_filename (dir, "var", "empty", NULL);
  MeshRng rng;

  mesh_rng_init (&rng, 7);
  mesh_rng_fill (&rng, data, 5 * MIB + 12345);
  data[3 * MIB + 5] = (guint8) release;
  write_file (dir, "bin/app", script, strlen (script), 0755);
  write_file (dir, "lib/data", data, 5 * MIB + 12345, 0644);
  write_file (dir, "share/same", data, 2 * MIB, 0644);
  write_file (dir, "share/none", "", 0, 0644);
  write_file (dir, "share/app.svg", "<svg/>", 6, 0644);
  write_file (dir, "share/app.desktop", desktop, strlen (desktop), 0644);
  unlink (link);
  g_assert_cmpint (symlink ("data", link), ==, 0);
  g_assert_cmpint (g_mkdir_with_parents (empty, 0755), ==, 0);
}

MeshPublishResult *
update_node_publish (UpdateNode *node,
                     const char *dir,
                     const char *version,
                     GError **error)
{
  UpdateWait wait = { NULL };
  MeshPublishOptions options = { .app_id = UPDATE_FIXTURE_APP,
                                 .name = "Example",
                                 .version = version,
                                 .exec_path = "bin/app",
                                 .icon_path = "share/app.svg",
                                 .desktop_path = "share/app.desktop" };
  MeshPublishResult *result;

  mesh_update_engine_publish_async (node->engine, dir, &options, NULL, update_wait_cb,
                                    &wait);
  result
      = mesh_update_engine_publish_finish (node->engine, update_wait_for (&wait), error);
  g_object_unref (wait.result);
  return result;
}

gboolean
update_node_install (UpdateNode *node, GBytes *envelope, GError **error)
{
  UpdateWait wait = { NULL };
  MeshInstallOptions options
      = { .link = envelope == NULL ? UPDATE_FIXTURE_APP : NULL, .envelope = envelope };
  gboolean is_done;

  mesh_update_engine_install_async (node->engine, &options, NULL, update_wait_cb, &wait);
  is_done
      = mesh_update_engine_install_finish (node->engine, update_wait_for (&wait), error);
  g_object_unref (wait.result);
  return is_done;
}

gboolean
update_node_offer (UpdateNode *node, GBytes *envelope, GError **error)
{
  UpdateWait wait = { NULL };
  gboolean is_done;

  mesh_update_engine_offer_async (node->engine, envelope, NULL, update_wait_cb, &wait);
  is_done
      = mesh_update_engine_offer_finish (node->engine, update_wait_for (&wait), error);
  g_object_unref (wait.result);
  return is_done;
}

gssize
update_node_check (UpdateNode *node, const char *app_id, GError **error)
{
  UpdateWait wait = { NULL };
  gssize n;

  mesh_update_engine_check_async (node->engine, app_id, NULL, update_wait_cb, &wait);
  n = mesh_update_engine_check_finish (node->engine, update_wait_for (&wait), error);
  g_object_unref (wait.result);
  return n;
}

gboolean
update_node_do (UpdateNode *node, UpdateAction action, GError **error)
{
  static const struct
  {
    void (*start) (MeshUpdateEngine *,
                   const char *,
                   GCancellable *,
                   GAsyncReadyCallback,
                   gpointer);
    gboolean (*finish) (MeshUpdateEngine *, GAsyncResult *, GError **);
  } actions[] = {
    [UPDATE_STAGE] = { mesh_update_engine_stage_async, mesh_update_engine_stage_finish },
    [UPDATE_APPLY] = { mesh_update_engine_apply_async, mesh_update_engine_apply_finish },
    [UPDATE_ROLLBACK]
    = { mesh_update_engine_rollback_async, mesh_update_engine_rollback_finish },
    [UPDATE_REMOVE]
    = { mesh_update_engine_remove_async, mesh_update_engine_remove_finish },
  };
  UpdateWait wait = { NULL };
  gboolean is_done;

  actions[action].start (node->engine, UPDATE_FIXTURE_APP, NULL, update_wait_cb, &wait);
  is_done = actions[action].finish (node->engine, update_wait_for (&wait), error);
  g_object_unref (wait.result);
  return is_done;
}

MeshApp *
update_node_app (UpdateNode *node)
{
  return mesh_update_engine_lookup (node->engine, UPDATE_FIXTURE_APP);
}

char *
update_node_path (UpdateNode *node, const char *path)
{
  return g_build_filename (node->dir, "apps", UPDATE_FIXTURE_APP, "current", path, NULL);
}

static char *
describe_tree (const char *dir)
{
  const char *const argv[] = {
    "/bin/sh", "-c",
    "cd \"$0/.\" && find . -mindepth 1 \\( -type f -printf '%p %m ' -exec sha256sum {} "
    "\\; "
    "-o -type l -printf '%p -> %l\\n' -o -type d -empty -printf '%p/\\n' \\) | sort",
    dir, NULL
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process
      = g_subprocess_newv (argv, G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error);
  char *text = NULL;

  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, NULL, NULL, &text, NULL, &error);
  g_assert_no_error (error);
  return text;
}

gboolean
update_fixture_is_same_tree (const char *a, const char *b)
{
  g_autofree char *text_a = describe_tree (a);
  g_autofree char *text_b = describe_tree (b);

  if (text_a[0] != '\0' && g_str_equal (text_a, text_b))
    return TRUE;
  g_test_message ("%s:\n%s\n%s:\n%s", a, text_a, b, text_b);
  return FALSE;
}

void
update_world_set_up (UpdateWorld *world, gconstpointer data)
{
  static const char *const versions[] = { "", "1.0.0", "2.0.0" };
  g_autoptr (GError) error = NULL;

  world->dir = update_fixture_make_dir ();
  world->publisher = update_node_new (world->dir, "publisher");
  world->user = update_node_new (world->dir, "user");
  update_node_open (world->publisher, NULL, NULL);
  update_node_open (world->user, world->publisher, NULL);
  for (int i = 1; i <= 2; i++)
    {
      world->release[i] = g_build_filename (world->dir, versions[i], NULL);
      update_fixture_write_app (world->release[i], i);
      world->published[i] = update_node_publish (world->publisher, world->release[i],
                                                 versions[i], &error);
      g_assert_no_error (error);
    }
}

void
update_world_tear_down (UpdateWorld *world, gconstpointer data)
{
  update_node_free (world->user);
  update_node_free (world->publisher);
  for (int i = 1; i <= 2; i++)
    {
      g_free (world->release[i]);
      mesh_publish_result_free (world->published[i]);
    }
  update_fixture_delete_dir (world->dir);
  g_free (world->dir);
}

void
update_world_assert_current (UpdateWorld *world, int release)
{
  g_autofree char *current = update_node_path (world->user, NULL);

  g_assert_true (update_fixture_is_same_tree (current, world->release[release]));
}

void
update_world_install (UpdateWorld *world, int release)
{
  g_autoptr (GError) error = NULL;

  update_node_install (world->user, world->published[1]->envelope, &error);
  g_assert_no_error (error);
  if (release == 2)
    {
      update_node_offer (world->user, world->published[2]->envelope, &error);
      g_assert_no_error (error);
      update_node_do (world->user, UPDATE_STAGE, &error);
      g_assert_no_error (error);
      update_node_do (world->user, UPDATE_APPLY, &error);
      g_assert_no_error (error);
    }
  update_world_assert_current (world, release);
}
