/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "sim/sim-net.h"

#include <string.h>

#include "sim/sim-random.h"

/* A toy core: answers a request with the request, remembers what came. */
typedef struct
{
  SimNet *net;   /* (unowned) */
  SimLoop *loop; /* (unowned) */
  GString *log;  /* (owned) */
  gboolean is_mute;
} World;

static void
note (World *world, const char *what, guint node, guint from, guint64 id)
{
  g_string_append_printf (world->log, "%s %u<%u %" G_GUINT64_FORMAT " @%d; ", what, node,
                          from, id, (int) (sim_loop_get_now_us (world->loop) / 1000));
}

static GBytes *
on_request (gpointer data, guint node, guint from, GBytes *bytes)
{
  World *world = data;

  note (world, "ask", node, from, g_bytes_get_size (bytes));
  return world->is_mute ? NULL : g_bytes_ref (bytes);
}

static void
on_reply (gpointer data, guint node, guint from, guint64 id, GBytes *bytes)
{
  note (data, bytes != NULL ? "answer" : "failed", node, from, id);
}

static void
on_message (gpointer data, guint node, guint from, GBytes *bytes)
{
  note (data, "message", node, from, *(const guint8 *) g_bytes_get_data (bytes, NULL));
}

static void
on_connected (gpointer data, guint node, guint peer, gboolean dialled)
{
  note (data, dialled ? "dialled" : "accepted", node, peer, 0);
}

static void
on_disconnected (gpointer data, guint node, guint peer)
{
  note (data, "closed", node, peer, 0);
}

static const SimNetHandler handler
    = { on_request, on_reply, on_message, on_connected, on_disconnected };

static const SimNetConfig plain = {
  .latency = { .kind = SIM_LATENCY_FIXED, .min_us = 10 * 1000 },
  .dial_round_trips = 2,
  .dial_timeout_us = 5 * G_USEC_PER_SEC,
  .request_timeout_us = 10 * G_USEC_PER_SEC,
  .idle_us = 60 * G_USEC_PER_SEC,
  .max_queue_us = G_USEC_PER_SEC,
};

typedef struct
{
  SimLoop *loop; /* (owned) */
  World world;
  GBytes *bytes; /* (owned): 1000 of them */
} Fixture;

static void
setup (Fixture *fixture, const SimNetConfig *config, guint n)
{
  fixture->loop = sim_loop_new (42);
  fixture->world.loop = fixture->loop;
  fixture->world.log = g_string_new (NULL);
  fixture->world.is_mute = FALSE;
  fixture->world.net = sim_net_new (fixture->loop, config, &handler, &fixture->world);
  fixture->bytes = g_bytes_new_take (g_malloc0 (1000), 1000);
  for (guint i = 0; i < n; i++)
    sim_net_add (fixture->world.net, SIM_NODE_PLAIN);
}

static void
teardown (Fixture *fixture)
{
  sim_net_free (fixture->world.net);
  g_string_free (fixture->world.log, TRUE);
  g_bytes_unref (fixture->bytes);
  sim_loop_free (fixture->loop);
}

static void
expect (Fixture *fixture, gint64 seconds, const char *log)
{
  sim_loop_run_for (fixture->loop, seconds * G_USEC_PER_SEC);
  g_assert_cmpstr (fixture->world.log->str, ==, log);
  g_string_truncate (fixture->world.log, 0);
}

static void
test_request (void)
{
  Fixture f;

  setup (&f, &plain, 2);
  /* Two round trips of the dial, then one: 60 ms; over the connection that is there 20.
   */
  sim_net_request (f.world.net, 0, 1, 7, f.bytes);
  expect (&f, 1,
          "dialled 0<1 0 @40; accepted 1<0 0 @40; ask 1<0 1000 @50; answer 0<1 7 @60; ");
  sim_net_request (f.world.net, 1, 0, 8, f.bytes);
  expect (&f, 1, "ask 0<1 1000 @1010; answer 1<0 8 @1020; ");
  f.world.is_mute = TRUE;
  sim_net_request (f.world.net, 0, 1, 9, f.bytes);
  expect (&f, 1, "ask 1<0 1000 @2010; failed 0<1 9 @2020; ");
  /* Idle for more than a minute: dialled again. */
  sim_loop_run_for (f.loop, 100 * G_USEC_PER_SEC);
  g_assert_false (sim_net_is_connected (f.world.net, 0, 1));
  f.world.is_mute = FALSE;
  sim_net_request (f.world.net, 0, 1, 10, f.bytes);
  expect (&f, 1,
          "dialled 0<1 0 @103040; accepted 1<0 0 @103040; ask 1<0 1000 @103050; "
          "answer 0<1 10 @103060; ");
  g_assert_cmpuint (sim_net_get_stats (f.world.net)->n_dials, ==, 2);
  teardown (&f);
}

static void
test_gone (void)
{
  Fixture f;

  setup (&f, &plain, 3);
  /* Not there when dialled. */
  sim_net_set_up (f.world.net, 1, FALSE);
  sim_net_request (f.world.net, 0, 1, 1, f.bytes);
  sim_net_request_nowhere (f.world.net, 0, 2);
  expect (&f, 9, "failed 0<1 1 @5000; failed 0<0 2 @5000; ");
  /* Gone in the middle of a request; and back, which does not bring the request back. */
  sim_net_set_up (f.world.net, 1, TRUE);
  sim_net_request (f.world.net, 0, 1, 3, f.bytes);
  sim_loop_run_for (f.loop, 45 * 1000);
  sim_net_set_up (f.world.net, 1, FALSE);
  sim_net_set_up (f.world.net, 1, TRUE);
  expect (&f, 11, "dialled 0<1 0 @9040; accepted 1<0 0 @9040; failed 0<1 3 @19000; ");
  /* Whoever asked and left is told nothing. */
  sim_net_request (f.world.net, 2, 1, 4, f.bytes);
  sim_net_set_up (f.world.net, 2, FALSE);
  expect (&f, 11, "");
  teardown (&f);
}

static void
test_nat (void)
{
  Fixture f;
  guint home;

  setup (&f, &plain, 1);
  home = sim_net_add (f.world.net, SIM_NODE_NATED);
  g_assert_true (sim_net_is_nated (f.world.net, home));
  sim_net_request (f.world.net, 0, home, 1, f.bytes);
  expect (&f, 6, "failed 0<1 1 @5000; ");
  sim_net_request (f.world.net, home, 0, 2, f.bytes);
  sim_loop_run_for (f.loop, G_USEC_PER_SEC);
  g_string_truncate (f.world.log, 0);
  sim_net_request (f.world.net, 0, home, 3, f.bytes);
  expect (&f, 6, "ask 1<0 1000 @7010; answer 0<1 3 @7020; ");
  teardown (&f);
}

static void
test_refusal (void)
{
  Fixture f;
  guint dead;

  setup (&f, &plain, 1);
  dead = sim_net_add (f.world.net, SIM_NODE_REFUSES);
  sim_net_set_up (f.world.net, dead, FALSE);
  sim_net_request (f.world.net, 0, dead, 1, f.bytes);
  expect (&f, 1, "failed 0<1 1 @20; ");
  teardown (&f);
}

static void
test_partition (void)
{
  Fixture f;

  setup (&f, &plain, 2);
  sim_net_connect (f.world.net, 0, 1);
  expect (&f, 1, "dialled 0<1 0 @40; accepted 1<0 0 @40; ");
  sim_net_set_side (f.world.net, 1, 1);
  sim_net_request (f.world.net, 0, 1, 1, f.bytes);
  sim_net_send (f.world.net, 1, 0, f.bytes);
  expect (&f, 11, "failed 0<1 1 @11000; ");
  sim_net_connect (f.world.net, 1, 0);
  expect (&f, 11, "");
  sim_net_set_side (f.world.net, 1, 0);
  sim_net_connect (f.world.net, 1, 0);
  expect (&f, 1, "dialled 1<0 0 @23040; accepted 0<1 0 @23040; ");
  sim_net_disconnect (f.world.net, 0, 1);
  expect (&f, 1, "closed 0<1 0 @24000; closed 1<0 0 @24000; ");
  sim_net_send (f.world.net, 1, 0, f.bytes);
  expect (&f, 1, "");
  teardown (&f);
}

/* 1000 bytes at 80 kbit/s take 100 ms, one after the other; what waits longer than a
 * second is dropped. */
static void
test_bandwidth (void)
{
  SimNetConfig config = plain;
  Fixture f;

  config.up_bps = 80 * 1000;
  setup (&f, &config, 2);
  sim_net_connect (f.world.net, 0, 1);
  expect (&f, 1, "dialled 0<1 0 @40; accepted 1<0 0 @40; ");
  for (guint i = 0; i < 20; i++)
    sim_net_send (f.world.net, 0, 1, f.bytes);
  g_assert_cmpuint (sim_net_get_stats (f.world.net)->n_dropped, ==, 9);
  g_assert_cmpuint (sim_net_get_bytes_up (f.world.net, 0), ==, 11 * 1000);
  sim_loop_run_for (f.loop, 250 * 1000);
  expect (&f, 0, "message 1<0 0 @1110; message 1<0 0 @1210; ");
  /* The same on the way down, with the uplink open. */
  sim_loop_run_for (f.loop, 2 * G_USEC_PER_SEC);
  g_string_truncate (f.world.log, 0);
  sim_net_set_bandwidth (f.world.net, 0, 0, 0);
  sim_net_set_bandwidth (f.world.net, 1, 0, 80 * 1000);
  sim_net_send (f.world.net, 0, 1, f.bytes);
  sim_net_send (f.world.net, 0, 1, f.bytes);
  expect (&f, 1, "message 1<0 0 @3360; message 1<0 0 @3460; ");
  teardown (&f);
}

/* Losses delay; they neither drop nor reorder what one stream carries. */
static void
test_loss_keeps_order (void)
{
  SimNetConfig config = plain;
  g_autoptr (GString) wanted = g_string_new (NULL);
  Fixture f;

  config.loss = 0.3;
  config.jitter = 0.9;
  setup (&f, &config, 2);
  sim_net_connect (f.world.net, 0, 1);
  sim_loop_run_for (f.loop, 30 * G_USEC_PER_SEC);
  g_string_truncate (f.world.log, 0);
  for (guint8 i = 0; i < 100; i++)
    {
      g_autoptr (GBytes) bytes = g_bytes_new (&i, 1);

      sim_net_send (f.world.net, 0, 1, bytes);
      g_string_append_printf (wanted, "%u ", i);
    }
  sim_loop_run_for (f.loop, 30 * G_USEC_PER_SEC);
  {
    g_auto (GStrv) words = g_strsplit (f.world.log->str, " ", -1);
    g_autoptr (GString) got = g_string_new (NULL);

    for (guint i = 0; words[i] != NULL && words[i + 1] != NULL; i += 4)
      g_string_append_printf (got, "%s ", words[i + 2]);
    g_assert_cmpstr (got->str, ==, wanted->str);
  }
  teardown (&f);
}

static guint64
busy_world (guint64 seed)
{
  SimNetConfig config = SIM_NET_CONFIG_WORLD;
  g_autoptr (SimLoop) loop = sim_loop_new (seed);
  World world = { NULL, loop, g_string_new (NULL), FALSE };
  g_autoptr (SimNet) net = sim_net_new (loop, &config, &handler, &world);
  MeshRng rng;

  world.net = net;
  mesh_rng_init (&rng, sim_loop_next_seed (loop));
  for (guint i = 0; i < 50; i++)
    sim_net_add (net, mesh_rng_below (&rng, 4) == 0 ? SIM_NODE_NATED : SIM_NODE_PLAIN);
  for (guint i = 0; i < 2000; i++)
    {
      guint8 data[64];
      g_autoptr (GBytes) bytes = NULL;
      guint node = (guint) mesh_rng_below (&rng, 50);

      mesh_rng_fill (&rng, data, sizeof data);
      bytes = g_bytes_new (data, 1 + mesh_rng_below (&rng, sizeof data));
      if (mesh_rng_below (&rng, 10) == 0)
        sim_net_set_up (net, node, mesh_rng_below (&rng, 3) > 0);
      if (sim_net_is_up (net, node))
        sim_net_request (net, node, (node + 1 + (guint) mesh_rng_below (&rng, 49)) % 50,
                         i, bytes);
      sim_loop_run_for (loop, 20 * 1000);
    }
  /* Left with requests under way: nothing leaks. */
  g_assert_cmpuint (sim_net_get_stats (net)->n_failed, >, 10);
  g_assert_cmpuint (sim_net_get_stats (net)->n_messages, >, 1000);
  g_string_free (world.log, TRUE);
  return sim_loop_get_trace (loop);
}

static void
test_replay (void)
{
  g_assert_cmpuint (busy_world (1), ==, busy_world (1));
  g_assert_cmpuint (busy_world (1), !=, busy_world (2));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sim/net/request", test_request);
  g_test_add_func ("/sim/net/gone", test_gone);
  g_test_add_func ("/sim/net/nat", test_nat);
  g_test_add_func ("/sim/net/refusal", test_refusal);
  g_test_add_func ("/sim/net/partition", test_partition);
  g_test_add_func ("/sim/net/bandwidth", test_bandwidth);
  g_test_add_func ("/sim/net/loss-keeps-order", test_loss_keeps_order);
  g_test_add_func ("/sim/net/replay", test_replay);
  return g_test_run ();
}
