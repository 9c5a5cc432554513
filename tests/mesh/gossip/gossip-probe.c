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

#include <gio/gunixinputstream.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/mesh-error.h"
#include "net/protocol/mesh-services.h"
#include "gossip/mesh-gossip-service.h"

typedef struct
{
  MeshHost *host;            /* (owned) */
  MeshServices *services;    /* (owned) */
  MeshGossipService *gossip; /* (owned) */
  GMainLoop *loop;           /* (owned) */
  GDataInputStream *input;   /* (owned) */
  MeshGossipVerdict verdict;
} App;

static void read_command (App *app);

static void
say_error (const GError *error)
{
  printf ("error %s %s\n",
          error->domain == MESH_ERROR ? mesh_error_get_nick (error->code)
                                      : g_quark_to_string (error->domain),
          error->message);
}

static void
connect_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MeshConnection) connection
      = mesh_host_connect_finish (MESH_HOST (source), result, &error);

  if (connection != NULL)
    printf ("connected %s\n",
            mesh_peer_id_to_string (mesh_connection_get_peer_id (connection)));
  else
    say_error (error);
}

static void
run_connect (App *app, char **words)
{
  g_autoptr (GPtrArray) addrs
      = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_multiaddr_unref);
  g_autoptr (GError) error = NULL;
  MeshMultiaddr *addr = mesh_multiaddr_parse (words[1], &error);

  if (addr == NULL)
    {
      say_error (error);
      return;
    }
  g_ptr_array_add (addrs, addr);
  mesh_host_connect_async (app->host, NULL, addrs, NULL, connect_cb, NULL);
}

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
    say_error (error);
}

static void
run_publish (App *app, char **words)
{
  g_autoptr (GBytes) data = g_bytes_new (words[2], strlen (words[2]));
  g_autoptr (GError) error = NULL;

  if (mesh_gossip_service_publish (app->gossip, words[1], data, NULL, &error))
    printf ("published %s\n", words[1]);
  else
    say_error (error);
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
    say_error (error);
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
run_command (App *app, const char *line)
{
  g_auto (GStrv) words = g_strsplit (line, " ", 3);
  guint n = g_strv_length (words);

  if (n == 2 && g_str_equal (words[0], "connect"))
    run_connect (app, words);
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

static void
line_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  App *app = user_data;
  g_autofree char *line = g_data_input_stream_read_line_finish (
      G_DATA_INPUT_STREAM (source), result, NULL, NULL);

  if (line == NULL)
    {
      g_main_loop_quit (app->loop);
      return;
    }
  run_command (app, line);
  read_command (app);
}

static void
read_command (App *app)
{
  g_data_input_stream_read_line_async (app->input, G_PRIORITY_DEFAULT, NULL, line_cb,
                                       app);
}

static gboolean
listen_on (App *app, const char *text)
{
  g_autoptr (MeshMultiaddr) addr = mesh_multiaddr_parse (text, NULL);
  g_autoptr (GPtrArray) addrs = NULL;
  g_autoptr (GError) error = NULL;

  if (addr == NULL || !mesh_host_listen (app->host, addr, &error))
    {
      g_printerr ("gossip-probe: can not listen on %s\n", text);
      return FALSE;
    }
  addrs = mesh_host_dup_addresses (app->host);
  for (guint i = 0; i < addrs->len; i++)
    printf ("listening %s\n", mesh_multiaddr_to_string (g_ptr_array_index (addrs, i)));
  return TRUE;
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
  g_autoptr (MeshKeypair) keypair = NULL;
  g_autoptr (GInputStream) standard_input = g_unix_input_stream_new (STDIN_FILENO, FALSE);
  g_autoptr (GError) error = NULL;
  MeshGossipServiceOptions options;
  guint8 seed[MESH_ED25519_SEED_BYTES];
  App app = { 0 };

  if (argc < 2)
    {
      g_printerr ("Usage: gossip-probe 1.1.0|1.0.0|shy [ADDRESS…]\n");
      return 2;
    }
  setvbuf (stdout, NULL, _IOLBF, 0);
  randombytes_buf (seed, sizeof seed);
  keypair = mesh_keypair_new_from_seed (seed);
  options = make_options (argv[1]);
  app.loop = g_main_loop_new (NULL, FALSE);
  app.host = mesh_host_new (keypair, NULL);
  app.services = mesh_services_new (app.host);
  app.gossip = mesh_gossip_service_new (app.host, keypair, &options, &error);
  if (app.gossip == NULL)
    {
      g_printerr ("gossip-probe: %s\n", error->message);
      return 1;
    }
  g_signal_connect (app.gossip, "peer-exchange", G_CALLBACK (px_cb), NULL);
  for (int i = 2; i < argc; i++)
    if (!listen_on (&app, argv[i]))
      return 1;
  app.input = g_data_input_stream_new (standard_input);
  read_command (&app);
  g_main_loop_run (app.loop);
  mesh_gossip_service_stop (app.gossip);
  g_object_unref (app.gossip);
  mesh_services_free (app.services);
  g_object_unref (app.host);
  g_object_unref (app.input);
  g_main_loop_unref (app.loop);
  return 0;
}
