/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "node/mesh-node.h"

#include "mesh/node/node-test.h"

typedef struct
{
  char *dir;                    /* (owned) */
  MeshNodeConfig *config;       /* (owned) */
  MeshNodeConfig *other_config; /* (owned) */
  MeshNode *node;               /* (owned): shares */
  MeshNode *other;              /* (owned): is off; node is its bootstrap peer */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->dir = node_test_make_dir ();
  fixture->config = node_test_config (fixture->dir, "a", MESH_NODE_SHARING_ON);
  fixture->node = node_test_start (fixture->config, NULL);
  fixture->other_config = node_test_config (fixture->dir, "b", MESH_NODE_SHARING_OFF);
  node_test_set_bootstrap (fixture->other_config, fixture->node);
  fixture->other = node_test_start (fixture->other_config, NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  node_test_stop (fixture->other);
  node_test_stop (fixture->node);
  mesh_node_config_free (fixture->config);
  mesh_node_config_free (fixture->other_config);
  node_test_remove_dir (fixture->dir);
  g_free (fixture->dir);
}

static void
hold (MeshNode *node, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  mesh_node_hold_async (node, NULL, node_test_result, &result);
  node_test_wait (result != NULL);
  if (!mesh_node_hold_finish (node, result, error))
    g_assert_true (*error != NULL);
}

static void
test_identity (Fixture *fixture, gconstpointer data)
{
  g_autofree char *did = mesh_node_dup_did_key (fixture->node);
  g_auto (GStrv) addresses = mesh_node_dup_listen_addresses (fixture->node);
  g_auto (GStrv) none = mesh_node_dup_listen_addresses (fixture->other);
  const char *id = mesh_peer_id_to_string (mesh_node_get_peer_id (fixture->node));

  g_assert_true (g_str_has_prefix (did, "did:key:z6Mk"));
  g_assert_cmpuint (g_strv_length (addresses), ==, 1);
  g_assert_true (g_str_has_suffix (addresses[0], id));
  g_assert_cmpuint (g_strv_length (none), ==, 0);
}

/* Off: no connection but while somebody holds the network. */
static void
test_hold (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MeshSourceChain) chain = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (node_test_count_connections (fixture->other), ==, 0);
  hold (fixture->other, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (node_test_count_connections (fixture->other), ==, 1);
  hold (fixture->other, &error);
  mesh_node_release (fixture->other);
  g_assert_cmpuint (node_test_count_connections (fixture->other), ==, 1);
  mesh_node_release (fixture->other);
  node_test_wait (node_test_count_connections (fixture->other) == 0);
  /* A source chain holds it, too. */
  chain = mesh_node_new_source (fixture->other, NULL, &error);
  g_assert_no_error (error);
  node_test_wait (node_test_count_connections (fixture->other) == 1);
  g_clear_object (&chain);
  node_test_wait (node_test_count_connections (fixture->other) == 0);
  /* No wait that is over keeps the node. */
  g_assert_cmpuint (G_OBJECT (fixture->other)->ref_count, ==, 1);
}

static void
test_reconfigure (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MeshNodeConfig) config = mesh_node_config_copy (fixture->other_config);
  g_auto (GStrv) addresses = NULL;
  g_auto (GStrv) bad = g_strsplit ("/ip4/192.0.2.1/tcp/4001", ";", -1);
  g_autoptr (GError) error = NULL;

  config->sharing = MESH_NODE_SHARING_ON;
  g_assert_true (mesh_node_reconfigure (fixture->other, config, &error));
  g_assert_no_error (error);
  addresses = mesh_node_dup_listen_addresses (fixture->other);
  g_assert_cmpuint (g_strv_length (addresses), ==, 1);
  g_assert_true (mesh_bitswap_get_serving (mesh_node_get_bitswap (fixture->other)));
  /* On a metered network it listens and serves nothing. */
  config->is_serving_paused = TRUE;
  g_assert_true (mesh_node_reconfigure (fixture->other, config, &error));
  g_assert_false (mesh_bitswap_get_serving (mesh_node_get_bitswap (fixture->other)));
  /* What can not be listened on changes nothing. */
  g_strfreev (config->listen);
  config->listen = g_steal_pointer (&bad);
  config->sharing = MESH_NODE_SHARING_ON;
  config->upload_bps = 5;
  g_assert_false (mesh_node_reconfigure (fixture->other, config, &error));
  g_assert_nonnull (error);
  g_assert_cmpuint (mesh_node_get_config (fixture->other)->upload_bps, ==, 0);
  g_clear_error (&error);
  config->sharing = MESH_NODE_SHARING_OFF;
  g_assert_true (mesh_node_reconfigure (fixture->other, config, &error));
  node_test_wait (node_test_count_connections (fixture->other) == 0);
  g_strfreev (addresses);
  addresses = mesh_node_dup_listen_addresses (fixture->other);
  g_assert_cmpuint (g_strv_length (addresses), ==, 0);
}

static void
test_master (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MeshNodeConfig) config = mesh_node_config_copy (fixture->other_config);
  g_autoptr (GError) error = NULL;

  g_assert_null (mesh_node_get_master (fixture->other));
  config->master_url = g_strdup ("http://127.0.0.1:1");
  g_assert_true (mesh_node_reconfigure (fixture->other, config, &error));
  g_assert_cmpstr (mesh_master_client_get_url (mesh_node_get_master (fixture->other)), ==,
                   "http://127.0.0.1:1");
  g_clear_pointer (&config->master_url, g_free);
  g_assert_true (mesh_node_reconfigure (fixture->other, config, &error));
  g_assert_null (mesh_node_get_master (fixture->other));
}

static void
test_traffic (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  guint64 sent;
  guint64 received;
  guint64 later_sent;

  mesh_node_get_traffic (fixture->other, &sent, &received);
  g_assert_cmpuint (sent + received, ==, 0);
  hold (fixture->other, &error);
  mesh_node_get_traffic (fixture->other, &sent, &received);
  g_assert_cmpuint (sent, >, 0);
  g_assert_cmpuint (received, >, 0);
  mesh_node_release (fixture->other);
  node_test_wait (node_test_count_connections (fixture->other) == 0);
  /* Connections that are gone still count. */
  mesh_node_get_traffic (fixture->other, &later_sent, &received);
  g_assert_cmpuint (later_sent, >=, sent);
}

#define ADD(path, func) g_test_add ("/node/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("identity", test_identity);
  ADD ("hold", test_hold);
  ADD ("reconfigure", test_reconfigure);
  ADD ("master", test_master);
  ADD ("traffic", test_traffic);
  return g_test_run ();
}
