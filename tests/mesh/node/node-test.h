/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <gio/gio.h>

#include "node/mesh.h"

/* Nodes in folders of their own, and waiting for them without napping. */

#define NODE_TEST_WAIT_S 300

static inline gboolean
node_test_tick (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

#define node_test_wait(condition) \
  G_STMT_START \
  { \
    gint64 node_test_end_us \
        = g_get_monotonic_time () + NODE_TEST_WAIT_S * G_USEC_PER_SEC; \
    guint node_test_id = g_timeout_add (20, node_test_tick, NULL); \
\
    while (!(condition)) \
      { \
        if (g_get_monotonic_time () > node_test_end_us) \
          g_assertion_message (G_LOG_DOMAIN, __FILE__, __LINE__, G_STRFUNC, \
                               "never so: " #condition); \
        g_main_context_iteration (NULL, TRUE); \
      } \
    g_source_remove (node_test_id); \
  } \
  G_STMT_END

static inline void
node_test_result (GObject *object, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static inline char *
node_test_make_dir (void)
{
  g_autoptr (GError) error = NULL;
  char *dir = g_dir_make_tmp ("mesh-node-XXXXXX", &error);

  g_assert_no_error (error);
  return dir;
}

static inline void
node_test_remove_dir (const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileEnumerator) children = g_file_enumerate_children (
      file, "standard::name", G_FILE_QUERY_INFO_NOFOLLOW_SYMLINKS, NULL, NULL);
  GFile *child;

  while (children != NULL
         && g_file_enumerator_iterate (children, NULL, &child, NULL, NULL)
         && child != NULL)
    {
      g_autofree char *child_path = g_file_get_path (child);

      node_test_remove_dir (child_path);
    }
  g_file_delete (file, NULL, NULL);
}

static inline MeshNodeConfig *
node_test_config (const char *dir, const char *name, MeshNodeSharing sharing)
{
  g_autofree char *data_dir = g_build_filename (dir, name, NULL);
  MeshNodeConfig *config = mesh_node_config_new (data_dir);
  const char *const listen[] = { "/ip4/127.0.0.1/tcp/0", NULL };

  g_strfreev (config->listen);
  config->listen = g_strdupv ((char **) listen);
  config->sharing = sharing;
  return config;
}

static inline MeshNode *
node_test_start (const MeshNodeConfig *config, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  mesh_node_start_async (config, NULL, node_test_result, &result);
  node_test_wait (result != NULL);
  return mesh_node_start_finish (result, error);
}

/* Stops it and checks that nothing keeps it. */
static inline void
node_test_stop (MeshNode *node)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  gpointer weak = node;

  mesh_node_stop_async (node, node_test_result, &result);
  node_test_wait (result != NULL);
  g_assert_true (mesh_node_stop_finish (node, result, &error));
  g_assert_no_error (error);
  g_clear_object (&result);
  g_object_add_weak_pointer (G_OBJECT (node), &weak);
  g_object_unref (node);
  node_test_wait (weak == NULL);
}

static inline void
node_test_set_bootstrap (MeshNodeConfig *config, MeshNode *node)
{
  g_strfreev (config->bootstrap);
  config->bootstrap = mesh_node_dup_listen_addresses (node);
}

static inline guint
node_test_count_connections (MeshNode *node)
{
  g_autoptr (GPtrArray) connections
      = mesh_host_dup_connections (mesh_node_get_host (node));

  return connections->len;
}
