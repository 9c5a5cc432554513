/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include <glib/gstdio.h>

#include "mesh/node/node-test.h"

static void
test_failures (void)
{
  g_autofree char *dir = node_test_make_dir ();
  g_autoptr (MeshNodeConfig) config = node_test_config (dir, "a", MESH_NODE_SHARING_ON);
  g_autofree char *key = g_build_filename (config->data_dir, "identity.key", NULL);
  MeshNode *node = node_test_start (config, NULL);
  g_autoptr (GError) error = NULL;

  /* The folder is taken. */
  g_assert_null (node_test_start (config, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_BUSY);
  g_clear_error (&error);
  node_test_stop (node);
  /* A late failure undoes what was built: the folder is free again. */
  g_strfreev (config->listen);
  config->listen = g_strsplit ("/ip4/192.0.2.1/tcp/4001", ";", -1);
  g_assert_null (node_test_start (config, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  config->sharing = MESH_NODE_SHARING_OFF;
  node = node_test_start (config, &error);
  g_assert_no_error (error);
  node_test_stop (node);
  g_assert_cmpint (g_chmod (key, 0644), ==, 0);
  g_assert_null (node_test_start (config, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_AUTH);
  g_clear_error (&error);
  config->max_connections = 0;
  g_assert_null (node_test_start (config, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_INVALID);
  node_test_remove_dir (dir);
}

/* Cancelled after each number of rounds of the main loop, a start ends cancelled or is
 * whole, and the folder can be used again. */
static void
test_cancelled (void)
{
  g_autofree char *dir = node_test_make_dir ();
  g_autoptr (MeshNodeConfig) config = node_test_config (dir, "a", MESH_NODE_SHARING_ON);

  for (guint n = 0; n < 20; n++)
    {
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GError) error = NULL;
      MeshNode *node;

      mesh_node_start_async (config, cancellable, node_test_result, &result);
      for (guint i = 0; i < n && result == NULL; i++)
        g_main_context_iteration (NULL, TRUE);
      g_cancellable_cancel (cancellable);
      node_test_wait (result != NULL);
      node = mesh_node_start_finish (result, &error);
      if (node != NULL)
        node_test_stop (node);
      else
        g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    }
  node_test_remove_dir (dir);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/node/start/failures", test_failures);
  g_test_add_func ("/node/start/cancelled", test_cancelled);
  return g_test_run ();
}
