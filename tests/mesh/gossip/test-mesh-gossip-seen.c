/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "gossip/mesh-gossip-seen.h"

#include "gossip-fixture.h"

static const guint8 key[MESH_GOSSIP_SEEN_KEY_BYTES] = { 1, 2, 3 };

static gboolean
has (MeshGossipSeen *seen, guint number, gint64 now_us)
{
  return mesh_gossip_seen_lookup (seen, (const guint8 *) &number, sizeof number, now_us)
         != NULL;
}

static MeshGossipSeenEntry *
add (MeshGossipSeen *seen, guint number, gint64 now_us)
{
  return mesh_gossip_seen_add (seen, (const guint8 *) &number, sizeof number,
                               MESH_GOSSIP_SEEN_WAITING, now_us);
}

static void
test_expiry (void)
{
  g_autoptr (MeshGossipSeen) seen = mesh_gossip_seen_new (100, 120, key);

  g_assert_cmpint (add (seen, 1, 1000)->state, ==, MESH_GOSSIP_SEEN_WAITING);
  add (seen, 2, 1050);
  g_assert_true (has (seen, 1, 1119));
  g_assert_false (has (seen, 1, 1120));
  g_assert_true (has (seen, 2, 1120));
  g_assert_false (has (seen, 3, 1120));
  mesh_gossip_seen_expire (seen, 2000);
  g_assert_cmpuint (mesh_gossip_seen_get_length (seen), ==, 0);
}

static void
test_bound (void)
{
  g_autoptr (MeshGossipSeen) seen = mesh_gossip_seen_new (100, 120, key);

  for (guint i = 0; i < 10000; i++)
    add (seen, i, 1000);
  g_assert_cmpuint (mesh_gossip_seen_get_length (seen), ==, 100);
  g_assert_true (has (seen, 9999, 1000));
  g_assert_true (has (seen, 9900, 1000));
  g_assert_false (has (seen, 9899, 1000));
}

static void
test_ids (void)
{
  g_autoptr (MeshGossipSeen) seen = mesh_gossip_seen_new (100, 120, key);
  guint8 id[MESH_GOSSIP_MESSAGE_MAX_ID_BYTES + 1] = { 0 };

  mesh_gossip_seen_add (seen, id, sizeof id - 1, MESH_GOSSIP_SEEN_VALID, 0);
  g_assert_nonnull (mesh_gossip_seen_lookup (seen, id, sizeof id - 1, 0));
  /* a prefix, or something that can not be in there */
  g_assert_null (mesh_gossip_seen_lookup (seen, id, sizeof id - 2, 0));
  g_assert_null (mesh_gossip_seen_lookup (seen, id, sizeof id, 0));
}

static void
test_senders (void)
{
  g_autoptr (MeshGossipSeen) seen = mesh_gossip_seen_new (100, 120, key);
  g_autoptr (MeshKeypair) keypair = gossip_keypair (1);
  g_autoptr (MeshPeerId) id
      = mesh_peer_id_new_from_public_key (mesh_keypair_get_public_key (keypair));
  MeshGossipSeenEntry *entry = add (seen, 1, 0);

  g_assert_null (entry->senders);
  for (guint i = 0; i < 1000; i++)
    mesh_gossip_seen_add_sender (entry, id);
  g_assert_cmpuint (entry->senders->len, ==, MESH_GOSSIP_SEEN_MAX_SENDERS);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gossip/seen/expiry", test_expiry);
  g_test_add_func ("/gossip/seen/bound", test_bound);
  g_test_add_func ("/gossip/seen/ids", test_ids);
  g_test_add_func ("/gossip/seen/senders", test_senders);
  return g_test_run ();
}
