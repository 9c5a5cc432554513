/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "node-test.h"

#define SIZE (2 * 1024 * 1024 + 7)

static MeshCid *
add (MeshNode *node, const char *dir)
{
  g_autofree char *path = g_build_filename (dir, "content", NULL);
  g_autofree guint8 *bytes = g_malloc (SIZE);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GAsyncResult) shared = NULL;
  g_autoptr (MeshImportResult) imported = NULL;
  g_autoptr (GRand) rand = g_rand_new_with_seed (5);
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < SIZE; i++)
    bytes[i] = (guint8) g_rand_int (rand);
  g_assert_true (g_file_set_contents (path, (char *) bytes, SIZE, NULL));
  mesh_importer_add_async (mesh_node_get_store (node), path, NULL, MESH_IMPORT_NONE, NULL,
                           NULL, NULL, node_test_result, &result);
  node_test_wait (result != NULL);
  imported = mesh_importer_add_finish (mesh_node_get_store (node), result, &error);
  g_assert_no_error (error);
  mesh_store_set_shared_async (mesh_node_get_store (node), imported->root, TRUE, NULL,
                               node_test_result, &shared);
  node_test_wait (shared != NULL);
  g_assert_true (
      mesh_store_set_shared_finish (mesh_node_get_store (node), shared, &error));
  return mesh_cid_ref (imported->root);
}

static GBytes *
get (MeshNode *node, MeshCid *cid, GError **error)
{
  g_autoptr (MeshSourceChain) chain = mesh_node_new_source (node, cid, error);
  g_autoptr (GAsyncResult) result = NULL;

  g_assert_nonnull (chain);
  mesh_block_source_get_async (MESH_BLOCK_SOURCE (chain), cid, 0, NULL, node_test_result,
                               &result);
  node_test_wait (result != NULL);
  return mesh_block_source_get_finish (MESH_BLOCK_SOURCE (chain), result, error);
}

static gboolean
is_listed (MeshNode *node, guint n_peers)
{
  MeshDhtStats stats;

  mesh_dht_get_stats (mesh_node_get_dht (node), &stats);
  return stats.lan.kad.n_peers >= n_peers;
}

/* The author and the user know only a third one. What the author shares is found through
 * the hash table, and the user dials the author for it. */
static void
test_provider (void)
{
  g_autofree char *dir = node_test_make_dir ();
  g_autoptr (MeshNodeConfig) middle_config
      = node_test_config (dir, "middle", MESH_NODE_SHARING_ON);
  g_autoptr (MeshNodeConfig) author_config
      = node_test_config (dir, "author", MESH_NODE_SHARING_ON);
  g_autoptr (MeshNodeConfig) user_config
      = node_test_config (dir, "user", MESH_NODE_SHARING_DOWNLOAD_ONLY);
  g_autoptr (MeshCid) root = NULL;
  g_autoptr (GBytes) block = NULL;
  g_autoptr (GError) error = NULL;
  MeshNode *middle = node_test_start (middle_config, &error);
  MeshNode *author, *user;

  g_assert_no_error (error);
  node_test_set_bootstrap (author_config, middle);
  node_test_set_bootstrap (user_config, middle);
  author = node_test_start (author_config, &error);
  g_assert_no_error (error);
  node_test_wait (is_listed (middle, 1) && is_listed (author, 1));
  root = add (author, dir);
  node_test_wait (mesh_node_get_n_provided (author) == 1);
  user = node_test_start (user_config, &error);
  g_assert_no_error (error);
  node_test_wait (is_listed (user, 1));
  /* The record may still be on its way. */
  while (block == NULL)
    {
      g_clear_error (&error);
      block = get (user, root, &error);
    }
  g_assert_no_error (error);
  node_test_wait (mesh_host_find_connection (mesh_node_get_host (user),
                                             mesh_node_get_peer_id (author))
                  != NULL);
  node_test_stop (user);
  node_test_stop (author);
  node_test_stop (middle);
  node_test_remove_dir (dir);
}

/* Content that nobody has is not found, and that is said. */
static void
test_nobody (void)
{
  g_autofree char *dir = node_test_make_dir ();
  g_autoptr (MeshNodeConfig) config = node_test_config (dir, "one", MESH_NODE_SHARING_ON);
  g_autoptr (MeshCid) cid
      = mesh_cid_parse ("QmdfTbBqBPQ7VNxZEYEj14VmRuZBkqFbiwReogJgS1zR1n", NULL);
  g_autoptr (GBytes) block = NULL;
  g_autoptr (GError) error = NULL;
  MeshNode *node;

  config->dht = MESH_NODE_DHT_OFF;
  node = node_test_start (config, &error);
  g_assert_no_error (error);
  block = get (node, cid, &error);
  g_assert_null (block);
  g_assert_error (error, MESH_ERROR, MESH_ERROR_NOT_FOUND);
  node_test_stop (node);
  node_test_remove_dir (dir);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/node-swarm/provider", test_provider);
  g_test_add_func ("/node-swarm/nobody", test_nobody);
  return g_test_run ();
}
