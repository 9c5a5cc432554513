/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "node/mesh-node-lock.h"

#include <string.h>
#include <unistd.h>

#include "mesh/node/node-test.h"

static void
test_exclusive (void)
{
  g_autofree char *dir = node_test_make_dir ();
  g_autofree char *inner = g_build_filename (dir, "a", "b", NULL);
  g_autofree char *pid = g_strdup_printf ("%d", (int) getpid ());
  g_autoptr (MeshNodeLock) lock = NULL;
  g_autoptr (GError) error = NULL;

  lock = mesh_node_lock_take (inner, &error);
  g_assert_no_error (error);
  g_assert_null (mesh_node_lock_take (inner, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_BUSY);
  g_assert_nonnull (strstr (error->message, pid));
  g_assert_nonnull (strstr (error->message, inner));
  g_clear_error (&error);
  /* Whether it is worth waiting for. */
  mesh_node_lock_set_leaving (lock, TRUE);
  g_assert_null (mesh_node_lock_take (inner, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_CLOSED);
  g_assert_nonnull (strstr (error->message, pid));
  g_clear_error (&error);
  mesh_node_lock_set_leaving (lock, FALSE);
  g_assert_null (mesh_node_lock_take (inner, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_BUSY);
  g_clear_error (&error);
  g_clear_pointer (&lock, mesh_node_lock_free);
  lock = mesh_node_lock_take (inner, &error);
  g_assert_no_error (error);
  node_test_remove_dir (dir);
}

static void
test_no_folder (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (mesh_node_lock_take ("/proc/none", &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_IO);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/node/lock/exclusive", test_exclusive);
  g_test_add_func ("/node/lock/no-folder", test_no_folder);
  return g_test_run ();
}
