/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */

/* A search lives as long as the hash table answers; it holds the source weakly, as the
 * source may end at any time. */
#include "config.h"

#include "node/mesh-node-swarm.h"

#include "base/mesh-error.h"
#include "node/mesh-node-private.h"

/* What the source is given; ends with it. */
typedef struct
{
  MeshNode *node; /* (owned) */
  guint64 query;  /* of the search under way; 0: none yet */
} Swarm;

typedef struct
{
  GWeakRef swarm;
  MeshNode *node;            /* (owned) */
  MeshCid *root;             /* (owned) */
  GCancellable *cancellable; /* (owned) */
  Swarm *data;               /* (unowned): as long as the source lives */
  gint64 until_us;           /* to begin again when nobody can be asked */
} Search;

static void ask (Search *search);

static void
swarm_free (gpointer data)
{
  Swarm *swarm = data;

  g_object_unref (swarm->node);
  g_free (swarm);
}

static void
search_free (Search *search)
{
  g_weak_ref_clear (&search->swarm);
  g_object_unref (search->node);
  mesh_cid_unref (search->root);
  g_object_unref (search->cancellable);
  g_free (search);
}

static void
end (Search *search)
{
  g_autoptr (MeshSwarmSource) swarm = g_weak_ref_get (&search->swarm);

  if (swarm != NULL && !g_cancellable_is_cancelled (search->cancellable))
    mesh_swarm_source_searched (swarm);
  search_free (search);
}

static double
get_score (MeshNode *node, MeshPeerId *peer)
{
  return node->book != NULL ? mesh_peer_book_get_score (node->book, peer)
                            : MESH_PEER_SCORE_NEUTRAL;
}

static void
provider_cb (MeshDht *dht, guint64 query, const MeshDhtPeer *provider, gpointer user_data)
{
  Search *search = user_data;
  g_autoptr (MeshSwarmSource) swarm = g_weak_ref_get (&search->swarm);

  if (swarm == NULL || g_cancellable_is_cancelled (search->cancellable))
    return;
  search->data->query = query;
  mesh_swarm_source_found (swarm, provider->id, provider->addrs,
                           get_score (search->node, provider->id));
}

static gboolean
again_cb (gpointer user_data)
{
  Search *search = user_data;

  if (g_cancellable_is_cancelled (search->cancellable) || search->node->dht == NULL)
    end (search);
  else
    ask (search);
  return G_SOURCE_REMOVE;
}

static void
found_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Search *search = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) providers
      = mesh_dht_find_providers_finish (MESH_DHT (object), result, &error);

  if (providers == NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_debug ("Who has it is not known: %s", error->message);
  /* The bootstrap peers may still be on their way. */
  if (g_error_matches (error, MESH_ERROR, MESH_ERROR_UNREACHABLE)
      && g_get_monotonic_time () < search->until_us)
    g_timeout_add (500, again_cb, search);
  else
    end (search);
}

static void
ask (Search *search)
{
  mesh_dht_find_providers_async (search->node->dht, search->root,
                                 MESH_NODE_SWARM_MAX_PROVIDERS, provider_cb, search,
                                 search->cancellable, found_cb, search);
}

/* Connected peers whose filter has the root. */
static GPtrArray *
dup_holders (MeshNode *node, MeshCid *root)
{
  const guint8 *multihash;
  gsize len;

  if (node->caps == NULL)
    return g_ptr_array_new ();
  multihash = mesh_cid_get_multihash (root, &len);
  return mesh_caps_service_dup_holders (node->caps, multihash, len);
}

static void
find_cb (MeshSwarmSource *swarm,
         MeshCid *root,
         GCancellable *cancellable,
         gpointer user_data)
{
  Swarm *data = user_data;
  g_autoptr (GPtrArray) holders = dup_holders (data->node, root);
  Search *search;

  for (guint i = 0; i < holders->len; i++)
    mesh_swarm_source_found (swarm, g_ptr_array_index (holders, i), NULL, 1);
  if (data->node->dht == NULL || data->node->config->dht == MESH_NODE_DHT_OFF)
    {
      mesh_swarm_source_searched (swarm);
      return;
    }
  search = g_new0 (Search, 1);
  g_weak_ref_init (&search->swarm, swarm);
  search->node = g_object_ref (data->node);
  search->root = mesh_cid_ref (root);
  search->cancellable = g_object_ref (cancellable);
  search->data = data;
  search->until_us = g_get_monotonic_time () + MESH_NODE_SWARM_RETRY_S * G_USEC_PER_SEC;
  ask (search);
}

static void
verdict_cb (MeshPeerId *peer, gboolean works, gpointer user_data)
{
  Swarm *data = user_data;

  if (data->query != 0 && data->node->dht != NULL)
    mesh_dht_report_provider (data->node->dht, data->query, peer, works);
  if (!works && data->node->book != NULL)
    mesh_peer_book_note_failure (data->node->book, peer);
}

static int
compare_scores (gconstpointer a, gconstpointer b, gpointer user_data)
{
  double left = get_score (user_data, *(MeshPeerId *const *) a);
  double right = get_score (user_data, *(MeshPeerId *const *) b);

  return left > right ? -1 : left < right;
}

MeshSwarmSource *
mesh_node_swarm_new (MeshNode *node, MeshBitswapSession *session, MeshCid *root)
{
  g_autoptr (GPtrArray) holders = dup_holders (node, root);
  Swarm *data = g_new0 (Swarm, 1);

  g_ptr_array_sort_with_data (holders, compare_scores, node);
  for (guint i = 0; i < holders->len; i++)
    mesh_bitswap_session_add_peer (session, g_ptr_array_index (holders, i));
  data->node = g_object_ref (node);
  return mesh_swarm_source_new (node->host, session, root, find_cb, verdict_cb, data,
                                swarm_free);
}
