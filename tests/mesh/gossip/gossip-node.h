/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "gossip/mesh-gossip-service.h"

#include "net-test.h"

/* Hosts on the loopback with gossip on them. A test that waits longer than this has
 * failed. */
#define GOSSIP_NODE_DEADLINE_S 300

static inline gboolean
gossip_node_deadline_cb (gpointer user_data)
{
  g_printerr ("The condition \"%s\" did not come true in time\n",
              (const char *) user_data);
  g_assert_not_reached ();
}

/* Runs the main loop until @condition. */
#define gossip_wait(condition) \
  G_STMT_START \
  { \
    guint gossip_wait_id = g_timeout_add_seconds ( \
        GOSSIP_NODE_DEADLINE_S, gossip_node_deadline_cb, (gpointer) #condition); \
    while (!(condition)) \
      g_main_context_iteration (NULL, TRUE); \
    g_source_remove (gossip_wait_id); \
  } \
  G_STMT_END

typedef struct
{
  NetTestNode net;
  MeshGossipService *gossip; /* (owned) (nullable) */
  GPtrArray *texts;          /* (owned) (element-type utf8): what was delivered */
  GArray *handles;           /* (owned) (element-type guint64): asked of the validator */
  MeshGossipVerdict verdict;
  gboolean is_slow; /* the validator answers later */
} GossipNode;

static inline GossipNode *
gossip_node_new (guint8 fill, const MeshGossipServiceOptions *options)
{
  GossipNode *node = g_new0 (GossipNode, 1);
  g_autoptr (GError) error = NULL;

  node->net = net_test_node (fill, NULL, "/ip4/127.0.0.1/tcp/0");
  node->gossip = mesh_gossip_service_new (
      node->net.host, mesh_host_get_identity (node->net.host), options, &error);
  g_assert_no_error (error);
  node->texts = g_ptr_array_new_with_free_func (g_free);
  node->handles = g_array_new (FALSE, FALSE, sizeof (guint64));
  return node;
}

/* Nothing may be left of it. */
static inline void
gossip_node_free (GossipNode *node)
{
  mesh_gossip_service_stop (node->gossip);
  g_assert_finalize_object (node->gossip);
  net_test_node_clear (&node->net);
  g_ptr_array_unref (node->texts);
  g_array_unref (node->handles);
  g_free (node);
}

static inline void
gossip_node_connect (GossipNode *from, GossipNode *to)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MeshConnection) connection = net_test_connect (&from->net, &to->net, &error);

  g_assert_no_error (error);
}

static inline MeshPeerId *
gossip_node_id (GossipNode *node)
{
  return mesh_host_get_peer_id (node->net.host);
}

static inline gboolean
gossip_node_validate (MeshGossipService *service,
                      const MeshGossipDelivery *delivery,
                      MeshGossipVerdict *verdict,
                      gpointer user_data)
{
  GossipNode *node = user_data;

  g_array_append_val (node->handles, delivery->handle);
  *verdict = node->verdict;
  return !node->is_slow;
}

static inline void
gossip_node_receive (MeshGossipService *service,
                     const MeshGossipDelivery *delivery,
                     gpointer user_data)
{
  GossipNode *node = user_data;
  gsize len;
  const char *text = g_bytes_get_data (delivery->data, &len);

  g_ptr_array_add (node->texts, g_strndup (text, len));
}

static inline void
gossip_node_subscribe (GossipNode *node, const char *topic)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (mesh_gossip_service_subscribe (node->gossip, topic, gossip_node_validate,
                                                gossip_node_receive, node, NULL, &error));
  g_assert_no_error (error);
}

static inline void
gossip_node_publish (GossipNode *node, const char *topic, const char *text)
{
  g_autoptr (GBytes) data = g_bytes_new (text, strlen (text));
  g_autoptr (GError) error = NULL;

  g_assert_true (mesh_gossip_service_publish (node->gossip, topic, data, NULL, &error));
  g_assert_no_error (error);
}

static inline gboolean
gossip_node_knows (GossipNode *node, GossipNode *other, const char *topic)
{
  g_autoptr (GPtrArray) peers = mesh_gossip_service_dup_subscribers (node->gossip, topic);

  return g_ptr_array_find_with_equal_func (peers, gossip_node_id (other),
                                           mesh_peer_id_equal, NULL);
}

static inline gboolean
gossip_node_meshes (GossipNode *node, GossipNode *other, const char *topic)
{
  g_autoptr (GPtrArray) peers = mesh_gossip_service_dup_mesh_peers (node->gossip, topic);

  return g_ptr_array_find_with_equal_func (peers, gossip_node_id (other),
                                           mesh_peer_id_equal, NULL);
}

static inline MeshGossipStats
gossip_node_stats (GossipNode *node)
{
  MeshGossipStats stats;

  mesh_gossip_service_get_stats (node->gossip, &stats);
  return stats;
}
