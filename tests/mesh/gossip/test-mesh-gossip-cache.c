/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "gossip/mesh-gossip-cache.h"

#include "gossip-fixture.h"

static MeshGossipMessage *
make (const char *topic, guint64 seqno, gsize len)
{
  g_autoptr (MeshKeypair) keypair = gossip_keypair (1);
  g_autoptr (MeshPeerId) id
      = mesh_peer_id_new_from_public_key (mesh_keypair_get_public_key (keypair));
  g_autoptr (GBytes) data = g_bytes_new_take (g_malloc0 (len), len);

  return mesh_gossip_message_sign (keypair, id, topic, seqno, data);
}

static MeshGossipCacheAnswer
take (MeshGossipCache *cache, const MeshGossipMessage *msg, guint64 peer)
{
  MeshGossipMessage *found = NULL;
  gsize len;
  const guint8 *id = g_bytes_get_data (msg->id, &len);
  MeshGossipCacheAnswer answer = mesh_gossip_cache_take (cache, id, len, peer, 3, &found);

  g_assert_true (answer != MESH_GOSSIP_CACHE_FOUND || found == msg);
  return answer;
}

static guint
count_ids (MeshGossipCache *cache, const char *topic)
{
  g_autoptr (GPtrArray) ids = mesh_gossip_cache_dup_ids (cache, topic);

  return ids->len;
}

/* v1.0, Message Cache: five windows to ask for, three to announce. */
static void
test_windows (void)
{
  g_autoptr (MeshGossipCache) cache = mesh_gossip_cache_new (5, 3, 100, 1 << 20);
  g_autoptr (MeshGossipMessage) a = make ("a", 1, 10);
  g_autoptr (MeshGossipMessage) b = make ("b", 2, 10);

  mesh_gossip_cache_put (cache, a);
  mesh_gossip_cache_put (cache, a);
  mesh_gossip_cache_put (cache, b);
  g_assert_cmpuint (mesh_gossip_cache_get_length (cache), ==, 2);
  for (guint i = 0; i < 6; i++)
    {
      g_assert_cmpuint (count_ids (cache, "a"), ==, i < 3 ? 1 : 0);
      g_assert_cmpint (take (cache, a, 100 + i), ==,
                       i < 5 ? MESH_GOSSIP_CACHE_FOUND : MESH_GOSSIP_CACHE_MISSING);
      mesh_gossip_cache_shift (cache, 1);
    }
  g_assert_cmpuint (mesh_gossip_cache_get_length (cache), ==, 0);
  g_assert_cmpuint (mesh_gossip_cache_get_bytes (cache), ==, 0);
  /* after a pause all is gone at once */
  mesh_gossip_cache_put (cache, a);
  mesh_gossip_cache_shift (cache, 1000);
  g_assert_cmpuint (mesh_gossip_cache_get_length (cache), ==, 0);
}

static void
test_times (void)
{
  g_autoptr (MeshGossipCache) cache = mesh_gossip_cache_new (5, 3, 100, 1 << 20);
  g_autoptr (MeshGossipMessage) a = make ("a", 1, 10);

  mesh_gossip_cache_put (cache, a);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpint (take (cache, a, 1), ==, MESH_GOSSIP_CACHE_FOUND);
  g_assert_cmpint (take (cache, a, 1), ==, MESH_GOSSIP_CACHE_TOO_OFTEN);
  g_assert_cmpint (take (cache, a, 2), ==, MESH_GOSSIP_CACHE_FOUND);
}

static void
test_bounds (void)
{
  g_autoptr (MeshGossipCache) cache = mesh_gossip_cache_new (5, 3, 10, 5000);

  for (guint i = 0; i < 100; i++)
    {
      g_autoptr (MeshGossipMessage) msg = make ("a", i, 1);

      mesh_gossip_cache_put (cache, msg);
    }
  g_assert_cmpuint (mesh_gossip_cache_get_length (cache), ==, 10);
  for (guint i = 0; i < 100; i++)
    {
      g_autoptr (MeshGossipMessage) msg = make ("a", 1000 + i, 1000);

      mesh_gossip_cache_put (cache, msg);
      g_assert_cmpuint (mesh_gossip_cache_get_bytes (cache), <=, 5000);
    }
  g_assert_cmpuint (mesh_gossip_cache_get_length (cache), ==, 4);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gossip/cache/windows", test_windows);
  g_test_add_func ("/gossip/cache/times", test_times);
  g_test_add_func ("/gossip/cache/bounds", test_bounds);
  return g_test_run ();
}
