/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "node/mesh-node-identity.h"

#include <string.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "mesh/node/node-test.h"

static void
assert_error (const char *path, int code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (mesh_node_identity_load (path, &error));
  g_assert_error (error, MESH_ERROR, code);
  g_assert_nonnull (strstr (error->message, path));
}

static void
test_create (void)
{
  g_autofree char *dir = node_test_make_dir ();
  g_autofree char *path = g_build_filename (dir, "identity.key", NULL);
  g_autoptr (MeshKeypair) first = mesh_node_identity_load (path, NULL);
  g_autoptr (MeshKeypair) second = mesh_node_identity_load (path, NULL);
  g_autoptr (GDir) files = NULL;
  g_autoptr (GError) error = NULL;
  GStatBuf st;

  g_assert_true (mesh_public_key_equal (mesh_keypair_get_public_key (first),
                                        mesh_keypair_get_public_key (second)));
  g_assert_cmpint (g_stat (path, &st), ==, 0);
  g_assert_cmpuint (st.st_mode & 07777, ==, 0600);
  g_assert_null (mesh_node_identity_create (path, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_EXISTS);
  /* No temporary file is left. */
  files = g_dir_open (dir, 0, NULL);
  g_assert_cmpstr (g_dir_read_name (files), ==, "identity.key");
  g_assert_null (g_dir_read_name (files));
  node_test_remove_dir (dir);
}

static void
test_refused (void)
{
  g_autofree char *dir = node_test_make_dir ();
  g_autofree char *path = g_build_filename (dir, "identity.key", NULL);
  g_autofree char *huge = g_malloc0 (MESH_NODE_IDENTITY_MAX_BYTES + 1);
  g_autoptr (MeshKeypair) key = mesh_node_identity_load (path, NULL);

  g_assert_cmpint (g_chmod (path, 0640), ==, 0);
  assert_error (path, MESH_ERROR_AUTH);
  g_assert_cmpint (g_chmod (path, 0600), ==, 0);
  g_assert_cmpint (truncate (path, 10), ==, 0);
  assert_error (path, MESH_ERROR_CORRUPT);
  g_assert_true (g_file_set_contents_full (path, huge, MESH_NODE_IDENTITY_MAX_BYTES + 1,
                                           G_FILE_SET_CONTENTS_NONE, 0600, NULL));
  assert_error (path, MESH_ERROR_CORRUPT);
  g_unlink (path);
  g_assert_cmpint (symlink ("/etc/hostname", path), ==, 0);
  assert_error (path, MESH_ERROR_IO);
  node_test_remove_dir (dir);
}

static gpointer
race_thread (gpointer path)
{
  return mesh_node_identity_load (path, NULL);
}

/* Of many that start at once all have the same key. */
static void
test_race (void)
{
  g_autofree char *dir = node_test_make_dir ();
  g_autofree char *path = g_build_filename (dir, "identity.key", NULL);
  GThread *threads[8];
  g_autoptr (MeshKeypair) first = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("race", race_thread, path);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    {
      g_autoptr (MeshKeypair) key = g_thread_join (threads[i]);

      g_assert_nonnull (key);
      if (first == NULL)
        first = mesh_keypair_ref (key);
      g_assert_true (mesh_public_key_equal (mesh_keypair_get_public_key (first),
                                            mesh_keypair_get_public_key (key)));
    }
  node_test_remove_dir (dir);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/node/identity/create", test_create);
  g_test_add_func ("/node/identity/refused", test_refused);
  g_test_add_func ("/node/identity/race", test_race);
  return g_test_run ();
}
