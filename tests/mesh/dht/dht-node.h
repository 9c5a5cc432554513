/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <glib/gstdio.h>

#include "base/mesh-error.h"
#include "dht/mesh-dht-private.h"
#include "dht/mesh-dht.h"

#include "kad-validator.h"
#include "net-test.h"

/* Whole nodes with a DHT, on loopback: their network is that of the LAN. */

typedef struct
{
  NetTestNode net;
  MeshDht *dht; /* (owned) (nullable) */
} DhtNode;

/* Starts @call and waits for its result. */
#define DHT_RUN(result, call, ...) \
  g_autoptr (GAsyncResult) result = NULL; \
  call (__VA_ARGS__, NULL, net_test_result_cb, &result); \
  net_test_wait (result != NULL)

static inline MeshDhtOptions
dht_test_options (void)
{
  MeshDhtOptions options = MESH_DHT_OPTIONS_DEFAULT;

  options.validators = kad_test_validators;
  options.n_validators = G_N_ELEMENTS (kad_test_validators);
  return options;
}

static inline void
dht_node_start (DhtNode *node, const MeshDhtOptions *options)
{
  g_autoptr (GError) error = NULL;

  node->dht = mesh_dht_new (node->net.host, options);
  {
    DHT_RUN (result, mesh_dht_start_async, node->dht);
    g_assert_true (mesh_dht_start_finish (node->dht, result, &error));
  }
  g_assert_no_error (error);
}

static inline void
dht_node_init (DhtNode *node, guint8 fill, const MeshDhtOptions *options)
{
  node->net = net_test_node (fill, NULL, "/ip4/127.0.0.1/tcp/0");
  dht_node_start (node, options);
}

static inline void
dht_node_stop (DhtNode *node)
{
  g_autoptr (GError) error = NULL;

  {
    DHT_RUN (result, mesh_dht_stop_async, node->dht);
    g_assert_true (mesh_dht_stop_finish (node->dht, result, &error));
  }
  g_assert_no_error (error);
  net_test_wait (G_OBJECT (node->dht)->ref_count == 1);
  g_assert_finalize_object (g_steal_pointer (&node->dht));
}

static inline void
dht_node_clear (DhtNode *node)
{
  if (node->dht != NULL)
    dht_node_stop (node);
  net_test_node_clear (&node->net);
}

static inline MeshDhtStats
dht_node_stats (DhtNode *node)
{
  MeshDhtStats stats;

  mesh_dht_get_stats (node->dht, &stats);
  return stats;
}

static inline void
dht_node_connect (DhtNode *from, DhtNode *to)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MeshConnection) connection = net_test_connect (&from->net, &to->net, &error);

  g_assert_no_error (error);
}

/* All connect to the first, which knows them all. */
static inline void
dht_node_star (DhtNode *nodes, guint n)
{
  for (guint i = 1; i < n; i++)
    dht_node_connect (&nodes[i], &nodes[0]);
  net_test_wait (dht_node_stats (&nodes[0]).lan.kad.n_peers == n - 1);
  for (guint i = 1; i < n; i++)
    net_test_wait (dht_node_stats (&nodes[i]).lan.kad.n_peers >= 1);
}

/* sha2-256, raw */
static inline MeshCid *
dht_test_cid (const char *text)
{
  g_autoptr (GError) error = NULL;
  MeshCid *cid = mesh_cid_new_for_data (MESH_CODEC_RAW, MESH_MULTIHASH_SHA2_256,
                                        (const guint8 *) text, strlen (text), &error);

  g_assert_no_error (error);
  return cid;
}

static inline gboolean
dht_node_provide (DhtNode *node, MeshCid *cid, GError **error)
{
  DHT_RUN (result, mesh_dht_provide_async, node->dht, cid);

  return mesh_dht_provide_finish (node->dht, result, error);
}

/* (transfer full) (nullable) */
static inline GPtrArray *
dht_node_find (DhtNode *node, MeshCid *cid, GError **error)
{
  DHT_RUN (result, mesh_dht_find_providers_async, node->dht, cid, 0, NULL, NULL);

  return mesh_dht_find_providers_finish (node->dht, result, error);
}
