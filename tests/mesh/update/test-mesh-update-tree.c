/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "update/mesh-update-tree.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mesh-error.h"
#include "update-fixture.h"

typedef struct
{
  char *dir;     /* (owned) */
  char *staging; /* (owned) */
  char *app_dir; /* (owned) */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->dir = update_fixture_make_dir ();
  fixture->staging = g_build_filename (fixture->dir, "staging", "x", NULL);
  fixture->app_dir = g_build_filename (fixture->dir, "apps", "a.b", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  update_fixture_delete_dir (fixture->dir);
  g_free (fixture->staging);
  g_free (fixture->app_dir);
  g_free (fixture->dir);
}

static MeshCid *
raw_cid (const char *text)
{
  return mesh_cid_new_for_data (MESH_CODEC_RAW, MESH_MULTIHASH_SHA3_256,
                                (const guint8 *) text, strlen (text), NULL);
}

/* One file "d/file" of one raw chunk, one link "link" to it. */
static MeshManifest *
new_manifest (const char *content)
{
  MeshManifest *manifest = mesh_manifest_new ();
  MeshManifestFile *file = mesh_manifest_file_new ("d/file", MESH_TREE_FILE);
  MeshManifestChunk chunk = { raw_cid (content), 0, strlen (content) };

  file->mode = 0755;
  file->size = chunk.size;
  file->cid = raw_cid (content);
  g_array_append_val (file->chunks, chunk);
  g_ptr_array_add (manifest->files, file);
  file = mesh_manifest_file_new ("link", MESH_TREE_SYMLINK);
  file->target = g_strdup ("d/file");
  g_ptr_array_add (manifest->files, file);
  manifest->size = strlen (content);
  return manifest;
}

/* Stages @content; how many chunks had to be written. */
static guint
stage (Fixture *fixture, const char *content, MeshManifest *old, const char *old_dir)
{
  g_autoptr (MeshManifest) manifest = new_manifest (content);
  g_autoptr (MeshUpdatePlan) plan = mesh_update_plan_new (manifest, old);
  g_autoptr (GBytes) block = g_bytes_new (content, strlen (content));
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) writes
      = mesh_update_tree_prepare (fixture->staging, plan, old_dir, TRUE, NULL, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < writes->len; i++)
    {
      g_assert_true (mesh_update_tree_write (
          fixture->staging, &g_array_index (writes, MeshUpdateTreeWrite, i), block,
          &error));
      g_assert_no_error (error);
    }
  g_assert_true (mesh_update_tree_seal (fixture->staging, manifest, &error));
  g_assert_no_error (error);
  return writes->len;
}

static char *
read_current (Fixture *fixture, const char *name)
{
  g_autofree char *path = g_build_filename (fixture->app_dir, "current", name, NULL);
  char *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  return text;
}

static void
test_switch (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MeshManifest) old = new_manifest ("one");
  g_autofree char *old_dir = g_build_filename (fixture->app_dir, "versions", "1", NULL);
  g_autofree char *current = NULL;
  g_autofree char *one = NULL;
  g_autofree char *two = NULL;
  g_autofree char *path = g_build_filename (fixture->staging, "d", "file", NULL);
  struct stat info;

  g_assert_cmpuint (stage (fixture, "one", NULL, NULL), ==, 1);
  g_assert_cmpint (stat (path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 07777, ==, 0755);
  g_assert_true (
      mesh_update_tree_switch (fixture->app_dir, fixture->staging, "1", &error));
  one = read_current (fixture, "link");
  g_assert_cmpstr (one, ==, "one");
  /* the same again, as after a crash */
  g_assert_true (
      mesh_update_tree_switch (fixture->app_dir, fixture->staging, "1", &error));

  g_assert_cmpuint (stage (fixture, "one", old, old_dir), ==, 0); /* taken over */
  g_assert_cmpuint (stage (fixture, "two", old, old_dir), ==, 1);
  g_assert_true (
      mesh_update_tree_switch (fixture->app_dir, fixture->staging, "2", &error));
  two = read_current (fixture, "d/file");
  g_assert_cmpstr (two, ==, "two");
  current = mesh_update_tree_read_current (fixture->app_dir);
  g_assert_cmpstr (current, ==, "2");
  g_assert_false (mesh_update_tree_switch (fixture->app_dir, NULL, "3", &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_NOT_FOUND);
}

/* A block that is not what the manifest says is written nowhere. */
static void
test_wrong_block (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MeshManifest) manifest = new_manifest ("content");
  g_autoptr (MeshUpdatePlan) plan = mesh_update_plan_new (manifest, NULL);
  g_autoptr (GBytes) block = g_bytes_new_static ("much more content", 17);
  g_autoptr (GArray) writes
      = mesh_update_tree_prepare (fixture->staging, plan, NULL, TRUE, NULL, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_false (mesh_update_tree_write (
      fixture->staging, &g_array_index (writes, MeshUpdateTreeWrite, 0), block, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_MISMATCH);
}

/* What lies outside stays, whatever links lead there. */
static void
test_delete (Fixture *fixture, gconstpointer data)
{
  g_autofree char *outside = g_build_filename (fixture->dir, "outside", NULL);
  g_autofree char *kept = g_build_filename (outside, "kept", NULL);
  g_autofree char *link = g_build_filename (fixture->staging, "link", NULL);

  g_assert_cmpint (g_mkdir_with_parents (outside, 0700), ==, 0);
  g_assert_cmpint (g_mkdir_with_parents (fixture->staging, 0700), ==, 0);
  g_assert_true (g_file_set_contents (kept, "x", 1, NULL));
  g_assert_cmpint (symlink (outside, link), ==, 0);
  g_assert_true (mesh_update_tree_delete (fixture->staging, NULL));
  g_assert_cmpint (access (fixture->staging, F_OK), !=, 0);
  g_assert_cmpint (access (kept, F_OK), ==, 0);
  g_assert_true (mesh_update_tree_delete (fixture->staging, NULL));
}

static void
test_space (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (mesh_update_tree_check_space (fixture->dir, 1, NULL));
  g_assert_false (
      mesh_update_tree_check_space (fixture->dir, G_GUINT64_CONSTANT (1) << 50, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_NO_SPACE);
}

static void
test_menu (Fixture *fixture, gconstpointer data)
{
  static const char ours[] = "[Desktop Entry]\nX-Shoal-App=a.b\n";
  g_autofree char *path
      = g_build_filename (fixture->dir, "applications", "a.b.desktop", NULL);
  g_autofree char *icon
      = g_build_filename (fixture->dir, "icons/hicolor/scalable/apps/a.b.svg", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (
      mesh_update_tree_link_desktop (fixture->dir, "a.b", ours, "/x/i.svg", NULL));
  g_assert_true (
      mesh_update_tree_link_desktop (fixture->dir, "a.b", ours, "/x/i.svg", NULL));
  g_assert_true (g_file_test (icon, G_FILE_TEST_IS_SYMLINK));
  mesh_update_tree_unlink_desktop (fixture->dir, "a.b");
  g_assert_cmpint (access (path, F_OK), !=, 0);
  g_assert_false (g_file_test (icon, G_FILE_TEST_IS_SYMLINK));

  /* somebody else's entry of that name is left alone */
  g_assert_true (g_file_set_contents (path, "[Desktop Entry]\n", -1, NULL));
  g_assert_false (
      mesh_update_tree_link_desktop (fixture->dir, "a.b", ours, NULL, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_EXISTS);
  mesh_update_tree_unlink_desktop (fixture->dir, "a.b");
  g_assert_cmpint (access (path, F_OK), ==, 0);
}

#define ADD(name, func) \
  g_test_add ("/update/tree/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("switch", test_switch);
  ADD ("wrong-block", test_wrong_block);
  ADD ("delete", test_delete);
  ADD ("space", test_space);
  ADD ("menu", test_menu);
  return g_test_run ();
}
