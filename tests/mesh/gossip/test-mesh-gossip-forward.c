/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "gossip/mesh-gossip-forward.h"

#include "gossip-fixture.h"

/* N peers in the mesh, and the topic subscribed. */
static void
start (GossipFixture *f, const MeshGossipConfig *config, gboolean is_validated, guint n)
{
  gossip_fixture_init (f, config);
  gossip_subscribe (f, GOSSIP_TOPIC, is_validated);
  for (guint i = 0; i < n; i++)
    {
      guint peer = gossip_join (f, FALSE, GOSSIP_TOPIC);

      gossip_say_graft (f, peer, GOSSIP_TOPIC);
    }
  gossip_forget (f);
}

static void
judge (GossipFixture *f, MeshGossipVerdict verdict)
{
  const MeshGossipEvent *event = gossip_find_event (f, MESH_GOSSIP_EVENT_VALIDATE);

  g_assert_nonnull (event);
  mesh_gossip_validated (f->gossip, event->handle, verdict, f->now_us);
  gossip_drain (f);
}

/* Delivered once, passed on to the mesh but not to its sender or author. */
static void
test_forward (void)
{
  const MeshGossipConfig config = gossip_config ();
  g_autoptr (MeshGossipMessage) msg = NULL;
  const MeshGossipEvent *event;
  GossipFixture f;

  start (&f, &config, FALSE, 5);
  msg = gossip_message (&f, 1, GOSSIP_TOPIC, 42, "hello");
  gossip_say_message (&f, 0, msg);
  event = gossip_find_event (&f, MESH_GOSSIP_EVENT_DELIVER);
  g_assert_nonnull (event);
  g_assert_cmpstr (event->topic, ==, GOSSIP_TOPIC);
  g_assert_true (mesh_peer_id_equal (event->peer, f.ids[0]));
  g_assert_true (mesh_peer_id_equal (event->author, f.ids[1]));
  g_assert_cmpuint (event->seqno, ==, 42);
  g_assert_cmpmem (g_bytes_get_data (event->data, NULL), g_bytes_get_size (event->data),
                   "hello", 5);
  for (guint i = 0; i < 5; i++)
    g_assert_cmpuint (gossip_count (&f, i, MESH_GOSSIP_RPC_MESSAGE, NULL), ==,
                      i >= 2 ? 1 : 0);
  for (guint i = 0; i < 5; i++)
    gossip_say_message (&f, i, msg);
  g_assert_cmpuint (gossip_count_events (&f, MESH_GOSSIP_EVENT_DELIVER), ==, 1);
  g_assert_cmpuint (gossip_stats (&f).duplicates, ==, 5);
  g_assert_cmpfloat (gossip_peer (&f, 0).first, ==, 1);
  g_assert_cmpfloat (gossip_peer (&f, 1).first, ==, 0);
  gossip_fixture_clear (&f);
}

static void
test_accept (void)
{
  const MeshGossipConfig config = gossip_config ();
  g_autoptr (MeshGossipMessage) msg = NULL;
  GossipFixture f;

  start (&f, &config, TRUE, 5);
  msg = gossip_message (&f, 4, GOSSIP_TOPIC, 1, "hello");
  gossip_say_message (&f, 0, msg);
  gossip_say_message (&f, 1, msg);
  gossip_say_message (&f, 1, msg);
  g_assert_cmpuint (gossip_count_events (&f, MESH_GOSSIP_EVENT_VALIDATE), ==, 1);
  g_assert_cmpuint (gossip_count_events (&f, MESH_GOSSIP_EVENT_DELIVER), ==, 0);
  g_assert_cmpuint (gossip_count_all (&f, MESH_GOSSIP_RPC_MESSAGE), ==, 0);
  judge (&f, MESH_GOSSIP_ACCEPT);
  judge (&f, MESH_GOSSIP_ACCEPT); /* the second time it waits no more */
  g_assert_cmpuint (gossip_count_events (&f, MESH_GOSSIP_EVENT_DELIVER), ==, 1);
  /* not to those who have sent it meanwhile */
  for (guint i = 0; i < 5; i++)
    g_assert_cmpuint (gossip_count (&f, i, MESH_GOSSIP_RPC_MESSAGE, NULL), ==,
                      i == 2 || i == 3 ? 1 : 0);
  g_assert_cmpuint (gossip_stats (&f).n_validations, ==, 0);
  gossip_fixture_clear (&f);
}

/* P4 for everyone who sent it, before the verdict or after. */
static void
test_reject (void)
{
  const MeshGossipConfig config = gossip_config ();
  g_autoptr (MeshGossipMessage) msg = NULL;
  GossipFixture f;

  start (&f, &config, TRUE, 5);
  msg = gossip_message (&f, 4, GOSSIP_TOPIC, 1, "spam");
  gossip_say_message (&f, 0, msg);
  gossip_say_message (&f, 1, msg);
  judge (&f, MESH_GOSSIP_REJECT);
  gossip_say_message (&f, 2, msg);
  for (guint i = 0; i < 4; i++)
    g_assert_cmpfloat (gossip_peer (&f, i).invalid, ==, i < 3 ? 1 : 0);
  g_assert_cmpuint (gossip_count_all (&f, MESH_GOSSIP_RPC_MESSAGE), ==, 0);
  g_assert_cmpuint (gossip_stats (&f).rejected, ==, 1);
  g_assert_cmpuint (gossip_stats (&f).n_cached, ==, 0);
  gossip_beat (&f); /* out of the mesh they go */
  g_assert_cmpuint (gossip_mesh_size (&f, GOSSIP_TOPIC), ==, 2);
  gossip_fixture_clear (&f);
}

/* Nobody to blame: a lower counter, say, may be an old message on its way. */
static void
test_ignore (void)
{
  const MeshGossipConfig config = gossip_config ();
  g_autoptr (MeshGossipMessage) msg = NULL;
  GossipFixture f;

  start (&f, &config, TRUE, 5);
  msg = gossip_message (&f, 4, GOSSIP_TOPIC, 1, "old");
  gossip_say_message (&f, 0, msg);
  judge (&f, MESH_GOSSIP_IGNORE);
  gossip_say_message (&f, 1, msg);
  for (guint i = 0; i < 5; i++)
    g_assert_cmpfloat (gossip_peer (&f, i).invalid, ==, 0);
  g_assert_cmpuint (gossip_count_all (&f, MESH_GOSSIP_RPC_MESSAGE), ==, 0);
  g_assert_cmpuint (gossip_stats (&f).ignored, ==, 1);
  gossip_fixture_clear (&f);
}

/* A verdict that never comes is IGNORE; one that comes after we left the topic too. */
static void
test_late_verdict (void)
{
  const MeshGossipConfig config = gossip_config ();
  g_autoptr (MeshGossipMessage) one = NULL;
  g_autoptr (MeshGossipMessage) two = NULL;
  GossipFixture f;

  start (&f, &config, TRUE, 2);
  one = gossip_message (&f, 0, GOSSIP_TOPIC, 1, "x");
  two = gossip_message (&f, 0, GOSSIP_TOPIC, 2, "y");
  gossip_say_message (&f, 0, one);
  gossip_pass (&f, config.params.validation_timeout_us + 2 * G_USEC_PER_SEC);
  g_assert_cmpuint (gossip_stats (&f).n_validations, ==, 0);
  g_assert_cmpuint (gossip_stats (&f).ignored, ==, 1);
  gossip_say_message (&f, 0, two);
  mesh_gossip_unsubscribe (f.gossip, GOSSIP_TOPIC, f.now_us);
  judge (&f, MESH_GOSSIP_ACCEPT);
  g_assert_cmpuint (gossip_count_events (&f, MESH_GOSSIP_EVENT_DELIVER), ==, 0);
  g_assert_cmpuint (gossip_stats (&f).n_validations, ==, 0);
  gossip_fixture_clear (&f);
}

static GBytes *
forge (const MeshGossipMessage *msg)
{
  gsize len;
  guint8 *copy
      = g_memdup2 (g_bytes_get_data (msg->raw, &len), g_bytes_get_size (msg->raw));

  copy[len - 1] ^= 1; /* in the signature */
  return g_bytes_new_take (copy, len);
}

/* Forged signatures: three strikes, and a genuine message is not shut out by them. */
static void
test_forged (void)
{
  const MeshGossipConfig config = gossip_config ();
  GByteArray *rpc = g_byte_array_new ();
  g_autoptr (MeshGossipMessage) msg = NULL;
  g_autoptr (GBytes) bad = NULL;
  g_autoptr (GBytes) fragment = NULL;
  GossipFixture f;

  start (&f, &config, FALSE, 3);
  msg = gossip_message (&f, 1, GOSSIP_TOPIC, 1, "x");
  bad = forge (msg);
  fragment = mesh_gossip_rpc_message (bad);
  for (guint i = 0; i < 5000; i++)
    g_byte_array_append (rpc, g_bytes_get_data (fragment, NULL),
                         (guint) g_bytes_get_size (fragment));
  gossip_say (&f, 0, g_byte_array_free_to_bytes (rpc));
  /* the rest of the RPC was not even looked at */
  g_assert_cmpuint (gossip_stats (&f).bad_signature, ==, 3);
  g_assert_true (gossip_peer (&f, 0).is_graylisted);
  g_assert_cmpuint (gossip_stats (&f).n_seen, ==, 0);
  g_assert_cmpuint (gossip_count_events (&f, MESH_GOSSIP_EVENT_DELIVER), ==, 0);
  gossip_say_message (&f, 2, msg);
  g_assert_cmpuint (gossip_count_events (&f, MESH_GOSSIP_EVENT_DELIVER), ==, 1);
  gossip_fixture_clear (&f);
}

static void
test_malformed (void)
{
  const MeshGossipConfig config = gossip_config ();
  g_autoptr (GBytes) garbage = g_bytes_new_static ("garbage", 7);
  g_autoptr (GBytes) unsigned_message = g_bytes_new_static ("\x22\x01t", 3);
  GossipFixture f;

  start (&f, &config, FALSE, 2);
  gossip_say (&f, 0, mesh_gossip_rpc_message (garbage));
  gossip_say (&f, 0, mesh_gossip_rpc_message (unsigned_message));
  g_assert_cmpuint (gossip_stats (&f).malformed, ==, 2);
  g_assert_cmpfloat (gossip_peer (&f, 0).behaviour + gossip_peer (&f, 0).invalid, ==, 2);
  gossip_fixture_clear (&f);
}

/* v1.0 is silent about it; specs/pubsub limits the size of a message. */
static void
test_too_large (void)
{
  MeshGossipConfig config = gossip_config ();
  g_autofree char *text = g_strnfill (1001, 'x');
  g_autoptr (MeshGossipMessage) large = NULL;
  g_autoptr (MeshGossipMessage) fits = NULL;
  g_autoptr (GBytes) data = g_bytes_new (text, 1001);
  GossipFixture f;

  config.params.max_message_bytes = 1000;
  start (&f, &config, FALSE, 2);
  large = gossip_message (&f, 0, GOSSIP_TOPIC, 1, text);
  text[1000] = '\0';
  fits = gossip_message (&f, 0, GOSSIP_TOPIC, 2, text);
  gossip_say_message (&f, 0, large);
  g_assert_cmpuint (gossip_stats (&f).too_large, ==, 1);
  g_assert_cmpfloat (gossip_peer (&f, 0).invalid, ==, 1);
  gossip_say_message (&f, 0, fits);
  g_assert_cmpuint (gossip_count_events (&f, MESH_GOSSIP_EVENT_DELIVER), ==, 1);
  g_assert_null (
      mesh_gossip_publish (f.gossip, GOSSIP_TOPIC, data, f.now_us, NULL, NULL));
  gossip_fixture_clear (&f);
}

/* Of topics we are not in, and our own that come back. */
static void
test_not_ours (void)
{
  const MeshGossipConfig config = gossip_config ();
  g_autoptr (MeshGossipMessage) other = NULL;
  g_autoptr (MeshGossipMessage) own = NULL;
  g_autoptr (GBytes) data = g_bytes_new_static ("x", 1);
  GossipFixture f;

  start (&f, &config, FALSE, 2);
  other = gossip_message (&f, 0, "elsewhere", 1, "x");
  gossip_say_message (&f, 0, other);
  g_assert_cmpuint (gossip_stats (&f).off_topic, ==, 1);
  /* as if of an earlier run */
  own = mesh_gossip_message_sign (f.keypair, mesh_gossip_get_self (f.gossip),
                                  GOSSIP_TOPIC, 999, data);
  gossip_say_message (&f, 0, own);
  g_assert_cmpuint (gossip_count_events (&f, MESH_GOSSIP_EVENT_DELIVER), ==, 0);
  g_assert_cmpfloat (gossip_peer (&f, 0).invalid, ==, 0);
  gossip_fixture_clear (&f);
}

/* Replayed within two minutes: a duplicate. Later it is for the validator to know better,
 * which is asked once more. */
static void
test_replay (void)
{
  const MeshGossipConfig config = gossip_config ();
  g_autoptr (MeshGossipMessage) msg = NULL;
  GossipFixture f;

  start (&f, &config, TRUE, 2);
  msg = gossip_message (&f, 1, GOSSIP_TOPIC, 1, "x");
  gossip_say_message (&f, 0, msg);
  judge (&f, MESH_GOSSIP_ACCEPT);
  for (guint i = 0; i < 119; i++)
    {
      gossip_pass (&f, G_USEC_PER_SEC);
      gossip_say_message (&f, 0, msg);
    }
  g_assert_cmpuint (gossip_count_events (&f, MESH_GOSSIP_EVENT_VALIDATE), ==, 1);
  g_assert_cmpuint (gossip_stats (&f).n_seen, ==, 1);
  gossip_pass (&f, G_USEC_PER_SEC);
  gossip_say_message (&f, 0, msg);
  g_assert_cmpuint (gossip_count_events (&f, MESH_GOSSIP_EVENT_VALIDATE), ==, 2);
  judge (&f, MESH_GOSSIP_IGNORE);
  g_assert_cmpuint (gossip_count_events (&f, MESH_GOSSIP_EVENT_DELIVER), ==, 1);
  gossip_fixture_clear (&f);
}

/* An author who talks too much is not passed on; if it is our neighbour, it pays. */
static void
test_author_rate (void)
{
  MeshGossipConfig config = gossip_config ();
  GossipFixture f;

  config.params.author_per_minute = 60;
  config.params.author_burst = 10;
  start (&f, &config, FALSE, 4);
  for (guint i = 0; i < 50; i++)
    {
      g_autoptr (MeshGossipMessage) msg = gossip_message (&f, 3, GOSSIP_TOPIC, i, "x");

      gossip_say_message (&f, 0, msg);
    }
  g_assert_cmpuint (gossip_count_events (&f, MESH_GOSSIP_EVENT_DELIVER), ==, 10);
  g_assert_cmpuint (gossip_stats (&f).rate_limited, ==, 40);
  g_assert_cmpfloat (gossip_peer (&f, 0).behaviour, ==, 0);
  g_assert_cmpfloat (gossip_peer (&f, 0).invalid, ==, 0);
  for (guint i = 100; i < 150; i++)
    {
      g_autoptr (MeshGossipMessage) msg = gossip_message (&f, 3, GOSSIP_TOPIC, i, "x");

      gossip_say_message (&f, 3, msg);
    }
  g_assert_true (gossip_peer (&f, 3).is_graylisted);
  /* others are not touched */
  for (guint i = 0; i < 10; i++)
    {
      g_autoptr (MeshGossipMessage) msg = gossip_message (&f, 1, GOSSIP_TOPIC, i, "x");

      gossip_say_message (&f, 0, msg);
    }
  g_assert_cmpuint (gossip_count_events (&f, MESH_GOSSIP_EVENT_DELIVER), ==, 20);
  gossip_fixture_clear (&f);
}

/* As many authors as a spammer likes: one neighbour brings in so much, and no more. */
static void
test_peer_rate (void)
{
  MeshGossipConfig config = gossip_config ();
  GossipFixture f;

  config.params.peer_per_second = 10;
  config.params.peer_burst = 20;
  config.params.max_authors = 8;
  start (&f, &config, FALSE, 2);
  for (guint i = 0; i < 200; i++)
    {
      g_autoptr (MeshKeypair) keypair = gossip_keypair (2000 + i);
      g_autoptr (MeshPeerId) id
          = mesh_peer_id_new_from_public_key (mesh_keypair_get_public_key (keypair));
      g_autoptr (GBytes) data = g_bytes_new_static ("x", 1);
      g_autoptr (MeshGossipMessage) msg
          = mesh_gossip_message_sign (keypair, id, GOSSIP_TOPIC, 1, data);

      gossip_say_message (&f, 0, msg);
    }
  g_assert_cmpuint (gossip_stats (&f).delivered, ==, 20);
  g_assert_cmpuint (gossip_stats (&f).throttled, ==, 180);
  g_assert_cmpuint (gossip_stats (&f).n_authors, ==, 8);
  gossip_fixture_clear (&f);
}

/* Validators that do not answer: the queue is bounded, for each peer and in all. */
static void
test_validation_bound (void)
{
  MeshGossipConfig config = gossip_config ();
  GossipFixture f;

  config.params.max_validations = 10;
  config.params.max_peer_validations = 4;
  config.params.author_per_minute = 0;
  start (&f, &config, TRUE, 4);
  for (guint i = 0; i < 40; i++)
    {
      g_autoptr (MeshGossipMessage) msg = gossip_message (&f, 3, GOSSIP_TOPIC, i, "x");

      gossip_say_message (&f, i / 10, msg);
    }
  g_assert_cmpuint (gossip_stats (&f).n_validations, ==, 10);
  g_assert_cmpuint (gossip_stats (&f).throttled, ==, 30);
  /* what was turned away can come again */
  g_assert_cmpuint (gossip_stats (&f).n_seen, ==, 10);
  judge (&f, MESH_GOSSIP_ACCEPT);
  g_assert_cmpuint (gossip_stats (&f).n_validations, ==, 9);
  gossip_fixture_clear (&f);
}

/* v1.1, Flood Publishing: our own go to all, but to those below the threshold. */
static void
test_flood_publish (void)
{
  const MeshGossipConfig config = gossip_config ();
  g_autoptr (GBytes) data = g_bytes_new_static ("x", 1);
  g_autoptr (GBytes) id = NULL;
  GossipFixture f;
  guint n_sent;

  gossip_fixture_init (&f, &config);
  for (guint i = 0; i < 30; i++)
    gossip_join (&f, FALSE, GOSSIP_TOPIC);
  gossip_join (&f, FALSE, "elsewhere");
  mesh_gossip_set_app_score (f.gossip, f.ids[0], -51, f.now_us);
  mesh_gossip_set_app_score (f.gossip, f.ids[1], -49, f.now_us);
  id = mesh_gossip_publish (f.gossip, GOSSIP_TOPIC, data, f.now_us, &n_sent, NULL);
  g_assert_cmpuint (n_sent, ==, 29);
  gossip_drain (&f);
  g_assert_cmpuint (gossip_count_all (&f, MESH_GOSSIP_RPC_MESSAGE), ==, 29);
  g_assert_cmpuint (gossip_count (&f, 0, MESH_GOSSIP_RPC_MESSAGE, NULL), ==, 0);
  g_assert_cmpuint (gossip_count (&f, 30, MESH_GOSSIP_RPC_MESSAGE, NULL), ==, 0);
  g_assert_cmpuint (gossip_stats (&f).n_topics, ==, 2);
  gossip_fixture_clear (&f);
}

/* P3, for a topic that has it on: near-first copies count once for each peer. */
static void
test_near_first (void)
{
  MeshGossipConfig config = gossip_config ();
  g_autoptr (MeshGossipMessage) msg = NULL;
  GossipFixture f;

  config.topic.mesh_weight = -1;
  config.topic.mesh_threshold = 4;
  config.topic.mesh_cap = 10;
  config.topic.mesh_decay = 0.999999;
  config.topic.mesh_activation_us = G_USEC_PER_SEC;
  start (&f, &config, TRUE, 4);
  msg = gossip_message (&f, 3, GOSSIP_TOPIC, 1, "x");
  gossip_say_message (&f, 0, msg);
  for (guint i = 0; i < 10; i++)
    gossip_say_message (&f, 1, msg);
  judge (&f, MESH_GOSSIP_ACCEPT);
  for (guint i = 0; i < 10; i++)
    gossip_say_message (&f, 2, msg);
  f.now_us += 2 * G_USEC_PER_SEC;
  /* one delivery each where four were due: nine, and one for the time and the first */
  g_assert_cmpfloat_with_epsilon (gossip_score (&f, 0), -9 + 1, 0.01);
  g_assert_cmpfloat_with_epsilon (gossip_score (&f, 1), -9, 0.01);
  g_assert_cmpfloat_with_epsilon (gossip_score (&f, 2), -9, 0.01);
  g_assert_cmpfloat_with_epsilon (gossip_score (&f, 3), -16, 0.01);
  gossip_fixture_clear (&f);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gossip/forward/forward", test_forward);
  g_test_add_func ("/gossip/forward/accept", test_accept);
  g_test_add_func ("/gossip/forward/reject", test_reject);
  g_test_add_func ("/gossip/forward/ignore", test_ignore);
  g_test_add_func ("/gossip/forward/late-verdict", test_late_verdict);
  g_test_add_func ("/gossip/forward/forged", test_forged);
  g_test_add_func ("/gossip/forward/malformed", test_malformed);
  g_test_add_func ("/gossip/forward/too-large", test_too_large);
  g_test_add_func ("/gossip/forward/not-ours", test_not_ours);
  g_test_add_func ("/gossip/forward/replay", test_replay);
  g_test_add_func ("/gossip/forward/author-rate", test_author_rate);
  g_test_add_func ("/gossip/forward/peer-rate", test_peer_rate);
  g_test_add_func ("/gossip/forward/validation-bound", test_validation_bound);
  g_test_add_func ("/gossip/forward/flood-publish", test_flood_publish);
  g_test_add_func ("/gossip/forward/near-first", test_near_first);
  return g_test_run ();
}
