/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */

/* A gossip node for the interoperability tests, driven by lines on stdin:
 *   connect ADDR                  → "connected PEER"
 *   subscribe TOPIC VERDICT       → "subscribed TOPIC"; accept, reject or ignore
 *   unsubscribe TOPIC             → "unsubscribed TOPIC"
 *   publish TOPIC TEXT            → "published TOPIC"
 *   stats TOPIC                   → "stats NAME=NUMBER…"
 *   peer ID                       → "peer VERSION SCORE", or "error NotFound …"
 * or "error CODE MESSAGE". Says "message TOPIC AUTHOR TEXT" for what others publish and
 * was accepted, "px PEER ADDRESSES" for peers named in a PRUNE. The first argument is
 * "1.1.0", "1.0.0", or "shy" for a node that is in no mesh and only announces what it
 * has; the others are addresses to listen on, each answered by "listening ADDR". Ends at
 * the end of stdin. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "interop-probe.h"
#include "gossip/mesh-gossip-service.h"

typedef struct
{
  NetTestNode node;
  MeshGossipService *gossip; /* (owned) */
  MeshGossipVerdict verdict;
} App;

static gboolean
validate (MeshGossipService *service,
          const MeshGossipDelivery *delivery,
          MeshGossipVerdict *verdict,
          gpointer user_data)
{
  *verdict = ((App *) user_data)->verdict;
  return TRUE;
}

static void
receive (MeshGossipService *service,
         const MeshGossipDelivery *delivery,
         gpointer user_data)
{
  gsize len;
  const char *text = g_bytes_get_data (delivery->data, &len);

  printf ("message %s %s %.*s\n", delivery->topic,
          mesh_peer_id_to_string (delivery->author), (int) len, text);
}

static void
run_subscribe (App *app, char **words)
{
  g_autoptr (GError) error = NULL;

  app->verdict = g_str_equal (words[2], "reject")   ? MESH_GOSSIP_REJECT
                 : g_str_equal (words[2], "ignore") ? MESH_GOSSIP_IGNORE
                                                    : MESH_GOSSIP_ACCEPT;
  if (mesh_gossip_service_subscribe (app->gossip, words[1], validate, receive, app, NULL,
                                     &error))
    printf ("subscribed %s\n", words[1]);
  else
    interop_probe_say_error (error);
}

static void
run_publish (App *app, char **words)
{
  g_autoptr (GBytes) data = g_bytes_new (words[2], strlen (words[2]));
  g_autoptr (GError) error = NULL;

  if (mesh_gossip_service_publish (app->gossip, words[1], data, NULL, &error))
    printf ("published %s\n", words[1]);
  else
    interop_probe_say_error (error);
}

static void
run_stats (App *app, char **words)
{
  g_autoptr (GPtrArray) mesh = mesh_gossip_service_dup_mesh_peers (app->gossip, words[1]);
  g_autoptr (GPtrArray) subscribers
      = mesh_gossip_service_dup_subscribers (app->gossip, words[1]);
  MeshGossipStats stats;

  mesh_gossip_service_get_stats (app->gossip, &stats);
  printf ("stats mesh=%u subscribers=%u peers=%u delivered=%" G_GUINT64_FORMAT
          " rejected=%" G_GUINT64_FORMAT " forged=%" G_GUINT64_FORMAT
          " malformed=%" G_GUINT64_FORMAT " graft=%" G_GUINT64_FORMAT
          " prune=%" G_GUINT64_FORMAT " ihave=%" G_GUINT64_FORMAT
          " iwant=%" G_GUINT64_FORMAT " received=%" G_GUINT64_FORMAT "\n",
          mesh->len, subscribers->len, stats.n_peers, stats.delivered, stats.rejected,
          stats.bad_signature, stats.malformed, stats.graft_in, stats.prune_in,
          stats.ihave_in, stats.iwant_in, stats.received);
}

static void
run_peer (App *app, char **words)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MeshPeerId) id = mesh_peer_id_parse (words[1], &error);
  MeshGossipPeerStats stats;

  if (id == NULL)
    interop_probe_say_error (error);
  else if (mesh_gossip_service_get_peer_stats (app->gossip, id, &stats))
    printf ("peer %s %.1f\n",
            stats.version == MESH_GOSSIP_VERSION_1_0_0 ? "1.0.0" : "1.1.0", stats.score);
  else
    printf ("error NotFound %s is no gossip peer\n", words[1]);
}

static void
px_cb (MeshGossipService *service, const char *topic, GPtrArray *peers, gpointer unused)
{
  for (guint i = 0; i < peers->len; i++)
    {
      const MeshGossipPx *px = g_ptr_array_index (peers, i);

      printf ("px %s %u\n", mesh_peer_id_to_string (px->peer_id),
              px->record != NULL ? mesh_peer_record_get_addrs (px->record)->len : 0);
    }
}

static void
run_command (const char *line, gpointer user_data)
{
  App *app = user_data;
  g_auto (GStrv) words = g_strsplit (line, " ", 3);
  guint n = g_strv_length (words);

  if (n == 2 && g_str_equal (words[0], "connect"))
    interop_probe_connect (app->node.host, words[1], FALSE);
  else if (n == 3 && g_str_equal (words[0], "subscribe"))
    run_subscribe (app, words);
  else if (n == 3 && g_str_equal (words[0], "publish"))
    run_publish (app, words);
  else if (n == 2 && g_str_equal (words[0], "stats"))
    run_stats (app, words);
  else if (n == 2 && g_str_equal (words[0], "peer"))
    run_peer (app, words);
  else if (n == 2 && g_str_equal (words[0], "unsubscribe"))
    {
      mesh_gossip_service_unsubscribe (app->gossip, words[1]);
      printf ("unsubscribed %s\n", words[1]);
    }
  else
    printf ("error Invalid no such command: %s\n", line);
}

static MeshGossipServiceOptions
make_options (const char *kind)
{
  MeshGossipServiceOptions options = MESH_GOSSIP_SERVICE_OPTIONS_DEFAULT;
  MeshGossipParams *params = &options.config.params;

  options.is_1_0_0_only = g_str_equal (kind, "1.0.0");
  options.config.thresholds.accept_px = 0; /* these peers have no past */
  if (g_str_equal (kind, "shy"))
    {
      params->d = params->d_lo = params->d_hi = params->d_score = params->d_out = 0;
      params->is_flood_publish = FALSE;
    }
  return options;
}

int
main (int argc, char *argv[])
{
  g_autoptr (GError) error = NULL;
  MeshGossipServiceOptions options;
  App app = { 0 };

  if (argc < 2)
    {
      g_printerr ("Usage: gossip-probe 1.1.0|1.0.0|shy [ADDRESS…]\n");
      return 2;
    }
  options = make_options (argv[1]);
  app.node = interop_probe_node (argv + 2);
  app.gossip = mesh_gossip_service_new (
      app.node.host, mesh_host_get_identity (app.node.host), &options, &error);
  if (app.gossip == NULL)
    {
      g_printerr ("gossip-probe: %s\n", error->message);
      return 1;
    }
  g_signal_connect (app.gossip, "peer-exchange", G_CALLBACK (px_cb), NULL);
  interop_probe_say_listening (app.node.host);
  interop_probe_run (run_command, &app);
  mesh_gossip_service_stop (app.gossip);
  g_object_unref (app.gossip);
  net_test_node_clear (&app.node);
  return 0;
}
