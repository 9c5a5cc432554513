/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "gossip/mesh-gossip-promises.h"

#include <string.h>

typedef struct
{
  MeshPeerId *peer; /* (owned) */
  GBytes *id;       /* (owned) */
  gint64 until_us;
} Promise;

struct MeshGossipPromises
{
  GArray *list; /* (owned) (element-type Promise): by until_us */
  guint max;
};

static void
promise_clear (gpointer data)
{
  Promise *promise = data;

  g_clear_pointer (&promise->peer, mesh_peer_id_unref);
  g_clear_pointer (&promise->id, g_bytes_unref);
}

MeshGossipPromises *
mesh_gossip_promises_new (guint max)
{
  MeshGossipPromises *promises = g_new0 (MeshGossipPromises, 1);

  promises->list = g_array_new (FALSE, FALSE, sizeof (Promise));
  g_array_set_clear_func (promises->list, promise_clear);
  promises->max = max;
  return promises;
}

void
mesh_gossip_promises_free (MeshGossipPromises *promises)
{
  g_array_unref (promises->list);
  g_free (promises);
}

guint
mesh_gossip_promises_get_length (const MeshGossipPromises *promises)
{
  return promises->list->len;
}

static Promise *
get (const MeshGossipPromises *promises, guint i)
{
  return &g_array_index (promises->list, Promise, i);
}

static gboolean
is_of (const Promise *promise, const guint8 *id, gsize len)
{
  gsize size;
  const void *data = g_bytes_get_data (promise->id, &size);

  return size == len && memcmp (data, id, len) == 0;
}

void
mesh_gossip_promises_add (MeshGossipPromises *promises,
                          MeshPeerId *peer,
                          GBytes *id,
                          gint64 until_us)
{
  Promise promise = { .until_us = until_us };
  gsize len;
  const guint8 *data = g_bytes_get_data (id, &len);
  guint at = promises->list->len;

  if (promises->list->len >= promises->max)
    return;
  for (guint i = 0; i < promises->list->len; i++)
    if (is_of (get (promises, i), data, len)
        && mesh_peer_id_equal (get (promises, i)->peer, peer))
      return;
  while (at > 0 && get (promises, at - 1)->until_us > until_us)
    at--;
  promise.peer = mesh_peer_id_ref (peer);
  promise.id = g_bytes_ref (id);
  g_array_insert_val (promises->list, at, promise);
}

void
mesh_gossip_promises_keep (MeshGossipPromises *promises, const guint8 *id, gsize len)
{
  for (guint i = promises->list->len; i-- > 0;)
    if (is_of (get (promises, i), id, len))
      g_array_remove_index (promises->list, i);
}

void
mesh_gossip_promises_forget (MeshGossipPromises *promises, const MeshPeerId *peer)
{
  for (guint i = promises->list->len; i-- > 0;)
    if (mesh_peer_id_equal (get (promises, i)->peer, peer))
      g_array_remove_index (promises->list, i);
}

MeshPeerId *
mesh_gossip_promises_take_broken (MeshGossipPromises *promises, gint64 now_us)
{
  MeshPeerId *peer;

  if (promises->list->len == 0 || get (promises, 0)->until_us > now_us)
    return NULL;
  peer = mesh_peer_id_ref (get (promises, 0)->peer);
  g_array_remove_index (promises->list, 0);
  return peer;
}
