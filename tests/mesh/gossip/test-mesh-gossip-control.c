/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "gossip/mesh-gossip-control.h"

#include "gossip-fixture.h"

static GPtrArray *
make_ids (guint first, guint n)
{
  GPtrArray *ids = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  for (guint64 i = first; i < first + n; i++)
    {
      const guint64 id[] = { i, 0 };

      g_ptr_array_add (ids, g_bytes_new (id, 9));
    }
  return ids;
}

static guint
count_ids (MeshGossipRpcItem item)
{
  const guint8 *id;
  gsize len;
  guint n = 0;

  while (mesh_gossip_rpc_next_id (&item, &id, &len))
    n++;
  return n;
}

/* IHAVE: what we have not seen is asked for, once. */
static void
test_ihave (void)
{
  const MeshGossipConfig config = gossip_config ();
  g_autoptr (MeshGossipMessage) msg = NULL;
  GPtrArray *ids;
  GossipFixture f;
  guint peer;

  gossip_fixture_init (&f, &config);
  peer = gossip_connect (&f);
  gossip_say_ihave (&f, peer, GOSSIP_TOPIC, make_ids (0, 3)); /* not our topic */
  g_assert_cmpuint (gossip_count (&f, peer, MESH_GOSSIP_RPC_IWANT, NULL), ==, 0);
  gossip_subscribe (&f, GOSSIP_TOPIC, FALSE);
  msg = gossip_message (&f, peer, GOSSIP_TOPIC, 1, "x");
  gossip_say_message (&f, peer, msg);
  ids = make_ids (0, 3);
  g_ptr_array_add (ids, g_bytes_ref (msg->id));                    /* seen */
  g_ptr_array_add (ids, g_bytes_ref (g_ptr_array_index (ids, 0))); /* twice */
  g_ptr_array_add (ids, g_bytes_new_take (g_malloc0 (200), 200));  /* too long */
  gossip_say_ihave (&f, peer, GOSSIP_TOPIC, ids);
  g_assert_cmpuint (count_ids (gossip_last (&f, peer, MESH_GOSSIP_RPC_IWANT)), ==, 3);
  g_assert_cmpuint (gossip_stats (&f).n_promises, ==, 1);
  gossip_fixture_clear (&f);
}

/* v1.1, Spam Protection Measures: IHAVE floods. */
static void
test_ihave_flood (void)
{
  MeshGossipConfig config = gossip_config ();
  GossipFixture f;
  guint peer, n = 0;

  config.params.max_ihave_ids = 100;
  gossip_fixture_init (&f, &config);
  gossip_subscribe (&f, GOSSIP_TOPIC, FALSE);
  peer = gossip_join (&f, FALSE, GOSSIP_TOPIC);
  for (guint i = 0; i < 50; i++)
    gossip_say_ihave (&f, peer, GOSSIP_TOPIC, make_ids (1000 * i, 15));
  g_assert_cmpuint (gossip_count (&f, peer, MESH_GOSSIP_RPC_IWANT, NULL), ==, 7);
  g_assert_cmpuint (gossip_stats (&f).iwant_ids_out, ==, 100); /* the last one in part */
  g_assert_cmpuint (gossip_stats (&f).ihave_refused, ==, 43);
  gossip_forget (&f);
  for (guint i = 0; i < 50; i++)
    gossip_say_ihave (&f, peer, GOSSIP_TOPIC, make_ids (2000 * i, 500));
  g_assert_cmpuint (gossip_count (&f, peer, MESH_GOSSIP_RPC_IWANT, NULL), ==, 0);
  /* none of it is ever sent: every heartbeat costs score, until nobody listens */
  for (guint i = 0; i < 20 && gossip_score (&f, peer) >= config.thresholds.gossip; i++)
    {
      gossip_beat (&f);
      gossip_say_ihave (&f, peer, GOSSIP_TOPIC, make_ids (100000 + 1000 * i, 100));
      n++;
    }
  g_assert_cmpuint (n, <, 10);
  g_assert_cmpuint (gossip_stats (&f).promises_broken, >, 1);
  g_assert_cmpuint (gossip_stats (&f).n_promises, <, 20);
  gossip_forget (&f);
  gossip_beat (&f);
  gossip_say_ihave (&f, peer, GOSSIP_TOPIC, make_ids (900000, 10));
  g_assert_cmpuint (gossip_count (&f, peer, MESH_GOSSIP_RPC_IWANT, NULL), ==, 0);
  g_assert_false (gossip_is_in_mesh (&f, peer, GOSSIP_TOPIC));
  gossip_fixture_clear (&f);
}

/* One IHAVE with as many ids as fit a megabyte is looked at no further than the bound. */
static void
test_ihave_long (void)
{
  const MeshGossipConfig config = gossip_config ();
  GossipFixture f;
  guint peer;

  gossip_fixture_init (&f, &config);
  gossip_subscribe (&f, GOSSIP_TOPIC, FALSE);
  peer = gossip_join (&f, FALSE, GOSSIP_TOPIC);
  gossip_say_ihave (&f, peer, GOSSIP_TOPIC, make_ids (0, 90000));
  g_assert_cmpuint (gossip_stats (&f).ihave_ids_in, ==, config.params.max_ihave_ids);
  g_assert_cmpuint (gossip_stats (&f).iwant_ids_out, ==, config.params.max_ihave_ids);
  g_assert_cmpuint (gossip_stats (&f).n_promises, ==, 1);
  gossip_fixture_clear (&f);
}

/* js-libp2p names messages by the key of the author. What it announces in that form is
 * known when it is; it is asked in that form, and told in that form what we have. */
static void
test_key_ids (void)
{
  const MeshGossipConfig config = gossip_config ();
  g_autoptr (MeshGossipMessage) one = NULL;
  g_autoptr (MeshGossipMessage) two = NULL;
  g_autoptr (GBytes) wanted = NULL;
  GPtrArray *ids = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  MeshGossipRpcItem item;
  const guint8 *id;
  gsize len;
  GossipFixture f;
  guint js, author;

  gossip_fixture_init (&f, &config);
  gossip_subscribe (&f, GOSSIP_TOPIC, FALSE);
  js = gossip_join (&f, FALSE, GOSSIP_TOPIC);
  author = gossip_connect (&f);
  one = gossip_message (&f, author, GOSSIP_TOPIC, 1, "x");
  two = gossip_message (&f, author, GOSSIP_TOPIC, 2, "y");
  gossip_say_message (&f, author, one);
  g_ptr_array_add (ids, mesh_gossip_message_write_id (one->id, MESH_GOSSIP_ID_OF_KEY));
  g_ptr_array_add (ids, mesh_gossip_message_write_id (two->id, MESH_GOSSIP_ID_OF_KEY));
  g_assert_cmpuint (g_bytes_get_size (g_ptr_array_index (ids, 0)), ==, 36 + 8);
  wanted = g_bytes_ref (g_ptr_array_index (ids, 1));
  gossip_say_ihave (&f, js, GOSSIP_TOPIC, ids);
  item = gossip_last (&f, js, MESH_GOSSIP_RPC_IWANT);
  g_assert_cmpuint (count_ids (item), ==, 1);
  g_assert_true (mesh_gossip_rpc_next_id (&item, &id, &len));
  g_assert_cmpmem (id, len, g_bytes_get_data (wanted, NULL), g_bytes_get_size (wanted));
  /* the promise is kept by the message, whatever its name was */
  g_assert_cmpuint (gossip_stats (&f).n_promises, ==, 1);
  gossip_say_message (&f, author, two);
  g_assert_cmpuint (gossip_stats (&f).n_promises, ==, 0);
  gossip_forget (&f);
  gossip_say_iwant (&f, js, wanted);
  g_assert_cmpuint (gossip_count (&f, js, MESH_GOSSIP_RPC_MESSAGE, NULL), ==, 1);
  mesh_gossip_set_app_score (f.gossip, f.ids[js], -1, f.now_us); /* not in the mesh */
  gossip_beat (&f);
  item = gossip_last (&f, js, MESH_GOSSIP_RPC_IHAVE);
  g_assert_true (mesh_gossip_rpc_next_id (&item, &id, &len));
  g_assert_cmpuint (len, ==, 36 + 8);
  gossip_fixture_clear (&f);
}

/* IWANT is answered from the cache, not too often, and not for ever. */
static void
test_iwant (void)
{
  MeshGossipConfig config = gossip_config ();
  g_autoptr (GBytes) data = g_bytes_new_static ("x", 1);
  g_autoptr (GBytes) id = NULL;
  GossipFixture f;
  guint peer, other;

  gossip_fixture_init (&f, &config);
  peer = gossip_connect (&f);
  other = gossip_connect (&f);
  id = mesh_gossip_publish (f.gossip, GOSSIP_TOPIC, data, f.now_us, NULL, NULL);
  for (guint i = 0; i < 10; i++)
    gossip_say_iwant (&f, peer, id);
  g_assert_cmpuint (gossip_count (&f, peer, MESH_GOSSIP_RPC_MESSAGE, NULL), ==, 3);
  g_assert_cmpuint (gossip_stats (&f).iwant_refused, ==, 7);
  mesh_gossip_set_app_score (f.gossip, f.ids[other], -11, f.now_us);
  gossip_say_iwant (&f, other, id);
  g_assert_cmpuint (gossip_count (&f, other, MESH_GOSSIP_RPC_MESSAGE, NULL), ==, 0);
  mesh_gossip_set_app_score (f.gossip, f.ids[other], 0, f.now_us);
  gossip_pass (&f, 4 * G_USEC_PER_SEC);
  gossip_say_iwant (&f, other, id);
  g_assert_cmpuint (gossip_count (&f, other, MESH_GOSSIP_RPC_MESSAGE, NULL), ==, 1);
  gossip_pass (&f, 2 * G_USEC_PER_SEC);
  gossip_say_iwant (&f, other, id);
  g_assert_cmpuint (gossip_count (&f, other, MESH_GOSSIP_RPC_MESSAGE, NULL), ==, 1);
  gossip_fixture_clear (&f);
}

/* Asking for ninety thousand things that are not there. */
static void
test_iwant_spam (void)
{
  const MeshGossipConfig config = gossip_config ();
  g_autoptr (GPtrArray) ids = make_ids (0, 90000);
  GossipFixture f;
  guint peer, n = 0;

  gossip_fixture_init (&f, &config);
  gossip_subscribe (&f, GOSSIP_TOPIC, FALSE);
  peer = gossip_join (&f, FALSE, GOSSIP_TOPIC);
  gossip_say_control (&f, peer, mesh_gossip_rpc_iwant (ids));
  g_assert_cmpuint (gossip_stats (&f).iwant_ids_in, ==, config.params.max_iwant_ids + 1);
  while (gossip_score (&f, peer) >= config.thresholds.gossip && n++ < 20)
    {
      gossip_beat (&f);
      gossip_say_control (&f, peer, mesh_gossip_rpc_iwant (ids));
    }
  g_assert_cmpuint (n, <, 10);
  g_assert_cmpuint (gossip_stats (&f).queue_bytes, ==, 0);
  gossip_fixture_clear (&f);
}

static void
test_graft (void)
{
  const MeshGossipConfig config = gossip_config ();
  GossipFixture f;
  guint peer, stranger, bad;

  gossip_fixture_init (&f, &config);
  peer = gossip_join (&f, FALSE, GOSSIP_TOPIC);
  gossip_say_graft (&f, peer, GOSSIP_TOPIC);
  g_assert_cmpuint (gossip_count (&f, peer, MESH_GOSSIP_RPC_PRUNE, NULL), ==, 0);
  gossip_subscribe (&f, "other", FALSE);
  gossip_subscribe (&f, GOSSIP_TOPIC, FALSE);
  stranger = gossip_connect (&f); /* it subscribes by grafting */
  gossip_say_graft (&f, stranger, GOSSIP_TOPIC);
  g_assert_true (gossip_is_in_mesh (&f, stranger, GOSSIP_TOPIC));
  g_assert_cmpuint (gossip_peer (&f, stranger).n_topics, ==, 1);
  bad = gossip_join (&f, FALSE, "elsewhere");
  mesh_gossip_set_app_score (f.gossip, f.ids[bad], -1, f.now_us);
  gossip_say_graft (&f, bad, GOSSIP_TOPIC);
  g_assert_false (gossip_is_in_mesh (&f, bad, GOSSIP_TOPIC));
  g_assert_cmpuint (gossip_last (&f, bad, MESH_GOSSIP_RPC_PRUNE).backoff_s, ==, 60);
  gossip_fixture_clear (&f);
}

/* v1.1, Outbound Mesh Quotas: a full mesh takes only those we dialed. */
static void
test_graft_full (void)
{
  const MeshGossipConfig config = gossip_config ();
  MeshGossipRpcItem prune;
  const guint8 *id, *record;
  gsize len, record_len;
  GossipFixture f;
  guint inbound, outbound, n = 0;

  gossip_fixture_init (&f, &config);
  gossip_subscribe (&f, GOSSIP_TOPIC, FALSE);
  for (guint i = 0; i < config.params.d_hi; i++)
    {
      guint peer = gossip_join (&f, FALSE, GOSSIP_TOPIC);

      gossip_say_graft (&f, peer, GOSSIP_TOPIC);
    }
  g_assert_cmpuint (gossip_mesh_size (&f, GOSSIP_TOPIC), ==, config.params.d_hi);
  inbound = gossip_join (&f, FALSE, GOSSIP_TOPIC);
  gossip_say_graft (&f, inbound, GOSSIP_TOPIC);
  g_assert_false (gossip_is_in_mesh (&f, inbound, GOSSIP_TOPIC));
  prune = gossip_last (&f, inbound, MESH_GOSSIP_RPC_PRUNE);
  while (mesh_gossip_rpc_next_peer (&prune, &id, &len, &record, &record_len))
    n++;
  g_assert_cmpuint (n, ==, config.params.d_hi); /* it is told where else to go */
  outbound = gossip_join (&f, TRUE, GOSSIP_TOPIC);
  gossip_say_graft (&f, outbound, GOSSIP_TOPIC);
  g_assert_true (gossip_is_in_mesh (&f, outbound, GOSSIP_TOPIC));
  gossip_fixture_clear (&f);
}

/* v1.1, PRUNE Backoff: grafting within it is refused, lengthens it, and costs score. */
static void
test_graft_flood (void)
{
  const MeshGossipConfig config = gossip_config ();
  GossipFixture f;
  guint peer, n = 0;

  gossip_fixture_init (&f, &config);
  gossip_subscribe (&f, GOSSIP_TOPIC, FALSE);
  peer = gossip_join (&f, FALSE, GOSSIP_TOPIC);
  gossip_say_graft (&f, peer, GOSSIP_TOPIC);
  gossip_say_control (&f, peer, mesh_gossip_rpc_prune (GOSSIP_TOPIC, 60, NULL, NULL, 0));
  g_assert_false (gossip_is_in_mesh (&f, peer, GOSSIP_TOPIC));
  gossip_pass (&f, 30 * G_USEC_PER_SEC);
  gossip_say_graft (&f, peer, GOSSIP_TOPIC);
  g_assert_cmpfloat (gossip_peer (&f, peer).behaviour, ==, 1); /* late, but too early */
  g_assert_cmpuint (gossip_count (&f, peer, MESH_GOSSIP_RPC_PRUNE, NULL), ==, 1);
  gossip_say_graft (&f, peer, GOSSIP_TOPIC);
  g_assert_cmpfloat (gossip_peer (&f, peer).behaviour, ==, 3); /* at once: twice */
  while (!gossip_peer (&f, peer).is_graylisted && n++ < 1000)
    gossip_say_graft (&f, peer, GOSSIP_TOPIC);
  g_assert_cmpuint (n, <, 10);
  g_assert_cmpuint (gossip_stats (&f).n_backoffs, ==, 1);
  g_assert_cmpuint (gossip_stats (&f).queue_bytes, ==, 0);
  g_assert_false (gossip_is_in_mesh (&f, peer, GOSSIP_TOPIC));
  /* nor do we graft it ourselves while the backoff runs */
  gossip_forget (&f);
  gossip_pass (&f, 59 * G_USEC_PER_SEC);
  g_assert_cmpuint (gossip_count (&f, peer, MESH_GOSSIP_RPC_GRAFT, NULL), ==, 0);
  gossip_fixture_clear (&f);
}

/* Many GRAFTs in one RPC: no more answers than the bound. */
static void
test_graft_many (void)
{
  const MeshGossipConfig config = gossip_config ();
  GByteArray *rpc = g_byte_array_new ();
  g_autoptr (GByteArray) control = g_byte_array_new ();
  g_autoptr (GBytes) graft = mesh_gossip_rpc_graft (GOSSIP_TOPIC);
  GossipFixture f;
  guint peer;

  gossip_fixture_init (&f, &config);
  gossip_subscribe (&f, GOSSIP_TOPIC, FALSE);
  peer = gossip_join (&f, FALSE, GOSSIP_TOPIC);
  for (guint i = 0; i < 10000; i++)
    g_byte_array_append (control, g_bytes_get_data (graft, NULL),
                         (guint) g_bytes_get_size (graft));
  mesh_gossip_rpc_append_control (rpc, control);
  gossip_say (&f, peer, g_byte_array_free_to_bytes (rpc));
  g_assert_cmpuint (gossip_stats (&f).graft_in, ==, config.params.max_control);
  gossip_fixture_clear (&f);
}

static void
test_prune (void)
{
  const MeshGossipConfig config = gossip_config ();
  GossipFixture f;
  guint peer;

  gossip_fixture_init (&f, &config);
  gossip_subscribe (&f, GOSSIP_TOPIC, FALSE);
  peer = gossip_join (&f, FALSE, GOSSIP_TOPIC);
  gossip_beat (&f);
  g_assert_true (gossip_is_in_mesh (&f, peer, GOSSIP_TOPIC));
  gossip_forget (&f);
  gossip_say_control (&f, peer, mesh_gossip_rpc_prune (GOSSIP_TOPIC, 5, NULL, NULL, 0));
  g_assert_false (gossip_is_in_mesh (&f, peer, GOSSIP_TOPIC));
  gossip_pass (&f, 5 * G_USEC_PER_SEC);
  g_assert_cmpuint (gossip_count (&f, peer, MESH_GOSSIP_RPC_GRAFT, NULL), ==, 0);
  gossip_pass (&f, 3 * G_USEC_PER_SEC);
  g_assert_cmpuint (gossip_count (&f, peer, MESH_GOSSIP_RPC_GRAFT, NULL), ==, 1);
  /* a backoff of a century is one of an hour */
  gossip_say_control (&f, peer,
                      mesh_gossip_rpc_prune (GOSSIP_TOPIC, G_MAXUINT64, NULL, NULL, 0));
  gossip_pass (&f, 3602 * G_GINT64_CONSTANT (1000000));
  g_assert_true (gossip_is_in_mesh (&f, peer, GOSSIP_TOPIC));
  gossip_fixture_clear (&f);
}

static GBytes *
make_record (guint number)
{
  g_autoptr (MeshKeypair) keypair = gossip_keypair (number);
  g_autoptr (GPtrArray) addrs
      = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_multiaddr_unref);

  g_ptr_array_add (addrs, mesh_multiaddr_parse ("/ip4/192.0.2.1/tcp/4001", NULL));
  return mesh_peer_record_seal (keypair, 1, addrs);
}

static GBytes *
make_id (guint number)
{
  g_autoptr (MeshKeypair) keypair = gossip_keypair (number);
  g_autoptr (MeshPeerId) id
      = mesh_peer_id_new_from_public_key (mesh_keypair_get_public_key (keypair));
  gsize len;
  const guint8 *bytes = mesh_peer_id_get_bytes (id, &len);

  return g_bytes_new (bytes, len);
}

/* Peer exchange: only from those we believe, only what each peer signed of itself. */
static void
test_px (void)
{
  const MeshGossipConfig config = gossip_config ();
  g_autoptr (GBytes) good_id = make_id (500);
  g_autoptr (GBytes) bare_id = make_id (501);
  g_autoptr (GBytes) lied_id = make_id (502);
  g_autoptr (GBytes) known_id = make_id (0);
  g_autoptr (GBytes) bad_id = g_bytes_new_static ("nobody", 6);
  g_autoptr (GBytes) record = make_record (500);
  g_autoptr (GBytes) garbage = g_bytes_new_static ("garbage", 7);
  GBytes *ids[] = { good_id, bare_id, lied_id, lied_id, known_id, bad_id };
  GBytes *records[] = { record, NULL, record, garbage, NULL, NULL };
  const MeshGossipPx *px;
  const MeshGossipEvent *event;
  GossipFixture f;
  guint peer;

  gossip_fixture_init (&f, &config);
  gossip_subscribe (&f, GOSSIP_TOPIC, FALSE);
  peer = gossip_join (&f, FALSE, GOSSIP_TOPIC);
  g_assert_cmpuint (peer, ==, 0);
  gossip_say_control (&f, peer,
                      mesh_gossip_rpc_prune (GOSSIP_TOPIC, 60, ids, records, 6));
  g_assert_null (gossip_find_event (&f, MESH_GOSSIP_EVENT_PX)); /* no credit yet */
  mesh_gossip_set_app_score (f.gossip, f.ids[peer], config.thresholds.accept_px,
                             f.now_us);
  gossip_say_control (&f, peer,
                      mesh_gossip_rpc_prune (GOSSIP_TOPIC, 60, ids, records, 6));
  event = gossip_find_event (&f, MESH_GOSSIP_EVENT_PX);
  g_assert_nonnull (event);
  g_assert_cmpstr (event->topic, ==, GOSSIP_TOPIC);
  g_assert_cmpuint (event->px->len, ==, 2);
  px = g_ptr_array_index (event->px, 0);
  g_assert_cmpuint (mesh_peer_record_get_addrs (px->record)->len, ==, 1);
  px = g_ptr_array_index (event->px, 1);
  g_assert_null (px->record);
  gossip_fixture_clear (&f);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gossip/control/ihave", test_ihave);
  g_test_add_func ("/gossip/control/ihave-flood", test_ihave_flood);
  g_test_add_func ("/gossip/control/ihave-long", test_ihave_long);
  g_test_add_func ("/gossip/control/key-ids", test_key_ids);
  g_test_add_func ("/gossip/control/iwant", test_iwant);
  g_test_add_func ("/gossip/control/iwant-spam", test_iwant_spam);
  g_test_add_func ("/gossip/control/graft", test_graft);
  g_test_add_func ("/gossip/control/graft-full", test_graft_full);
  g_test_add_func ("/gossip/control/graft-flood", test_graft_flood);
  g_test_add_func ("/gossip/control/graft-many", test_graft_many);
  g_test_add_func ("/gossip/control/prune", test_prune);
  g_test_add_func ("/gossip/control/px", test_px);
  return g_test_run ();
}
