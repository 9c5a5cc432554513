/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "engine/shoald-peers.h"

#define SAMPLE_MS 1000

struct _ShoaldPeers
{
  GObject parent_instance;

  MeshNode *node;   /* (owned) (nullable) */
  GPtrArray *items; /* (owned) (element-type ShoaldPeer) */
  guint sample_id;
};

static void list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (ShoaldPeers,
                               shoald_peers,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static GType
get_item_type (GListModel *model)
{
  return SHOALD_TYPE_PEER;
}

static guint
get_n_items (GListModel *model)
{
  return SHOALD_PEERS (model)->items->len;
}

static gpointer
get_item (GListModel *model, guint position)
{
  ShoaldPeers *peers = SHOALD_PEERS (model);

  if (position >= peers->items->len)
    return NULL;
  return g_object_ref (g_ptr_array_index (peers->items, position));
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

ShoaldPeer *
shoald_peers_find (ShoaldPeers *peers, const MeshPeerId *peer_id)
{
  for (guint i = 0; i < peers->items->len; i++)
    {
      ShoaldPeer *peer = g_ptr_array_index (peers->items, i);

      if (mesh_peer_id_equal (shoald_peer_get_peer_id (peer), peer_id))
        return peer;
    }
  return NULL;
}

static void
update_peer (ShoaldPeers *peers, ShoaldPeer *peer)
{
  MeshPeerId *id = shoald_peer_get_peer_id (peer);
  MeshPeerBook *book = mesh_node_get_peer_book (peers->node);
  MeshCapsService *caps = mesh_node_get_caps (peers->node);
  MeshPeerBookEntry entry;

  shoald_peer_update (peer, mesh_node_is_bootstrap (peers->node, id),
                      g_get_monotonic_time ());
  if (book == NULL || caps == NULL)
    return;
  shoald_peer_set_standing (peer,
                            mesh_peer_book_lookup (book, id, &entry) ? &entry : NULL,
                            mesh_caps_service_get_caps (caps, id));
}

static gboolean
sample_cb (gpointer user_data)
{
  ShoaldPeers *peers = user_data;

  for (guint i = 0; i < peers->items->len; i++)
    update_peer (peers, g_ptr_array_index (peers->items, i));
  return G_SOURCE_CONTINUE;
}

static void
connected_cb (MeshHost *host, MeshConnection *connection, gpointer user_data)
{
  ShoaldPeers *peers = user_data;
  MeshPeerId *peer_id = mesh_connection_get_peer_id (connection);
  ShoaldPeer *peer;

  if (shoald_peers_find (peers, peer_id) != NULL)
    return;
  peer = shoald_peer_new (connection, mesh_node_is_bootstrap (peers->node, peer_id));
  g_ptr_array_add (peers->items, peer);
  update_peer (peers, peer);
  if (peers->sample_id == 0)
    peers->sample_id = g_timeout_add (SAMPLE_MS, sample_cb, peers);
  g_list_model_items_changed (G_LIST_MODEL (peers), peers->items->len - 1, 0, 1);
}

static void
identified_cb (MeshHost *host, MeshConnection *connection, gpointer user_data)
{
  ShoaldPeers *peers = user_data;
  ShoaldPeer *peer = shoald_peers_find (peers, mesh_connection_get_peer_id (connection));

  if (peer != NULL)
    update_peer (peers, peer);
}

static void
disconnected_cb (MeshHost *host, MeshConnection *connection, gpointer user_data)
{
  ShoaldPeers *peers = user_data;

  for (guint i = 0; i < peers->items->len; i++)
    {
      ShoaldPeer *peer = g_ptr_array_index (peers->items, i);

      if (shoald_peer_get_connection (peer) != connection)
        continue;
      g_ptr_array_remove_index (peers->items, i);
      if (peers->items->len == 0)
        g_clear_handle_id (&peers->sample_id, g_source_remove);
      g_list_model_items_changed (G_LIST_MODEL (peers), i, 1, 0);
      return;
    }
}

static void
shoald_peers_dispose (GObject *object)
{
  ShoaldPeers *peers = SHOALD_PEERS (object);

  g_clear_handle_id (&peers->sample_id, g_source_remove);
  g_ptr_array_set_size (peers->items, 0);
  g_clear_object (&peers->node);
  G_OBJECT_CLASS (shoald_peers_parent_class)->dispose (object);
}

static void
shoald_peers_finalize (GObject *object)
{
  g_ptr_array_unref (SHOALD_PEERS (object)->items);
  G_OBJECT_CLASS (shoald_peers_parent_class)->finalize (object);
}

static void
shoald_peers_class_init (ShoaldPeersClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = shoald_peers_dispose;
  G_OBJECT_CLASS (klass)->finalize = shoald_peers_finalize;
}

static void
shoald_peers_init (ShoaldPeers *peers)
{
  peers->items = g_ptr_array_new_with_free_func (g_object_unref);
}

ShoaldPeers *
shoald_peers_new (void)
{
  return g_object_new (SHOALD_TYPE_PEERS, NULL);
}

void
shoald_peers_set_node (ShoaldPeers *peers, MeshNode *node)
{
  guint n_old = peers->items->len;
  g_autoptr (GPtrArray) connections = NULL;
  MeshHost *host;

  if (peers->node != NULL && mesh_node_get_host (peers->node) != NULL)
    g_signal_handlers_disconnect_by_data (mesh_node_get_host (peers->node), peers);
  g_clear_handle_id (&peers->sample_id, g_source_remove);
  g_ptr_array_set_size (peers->items, 0);
  if (n_old > 0)
    g_list_model_items_changed (G_LIST_MODEL (peers), 0, n_old, 0);
  g_set_object (&peers->node, node);
  if (node == NULL)
    return;
  host = mesh_node_get_host (node);
  g_signal_connect_object (host, "peer-connected", G_CALLBACK (connected_cb), peers, 0);
  g_signal_connect_object (host, "peer-identified", G_CALLBACK (identified_cb), peers, 0);
  g_signal_connect_object (host, "peer-disconnected", G_CALLBACK (disconnected_cb), peers,
                           0);
  connections = mesh_host_dup_connections (host);
  for (guint i = 0; i < connections->len; i++)
    connected_cb (host, g_ptr_array_index (connections, i), peers);
}
