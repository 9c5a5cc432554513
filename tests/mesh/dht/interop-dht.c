/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */

/* A node with a DHT for the interoperability tests, driven by lines on stdin:
 *   connect ADDR     → "connected PEER": and identified
 *   tables           → "tables WAN LAN": peers in each
 *   provide CID      → "provided CID"
 *   providers CID    → "providers CID PEER…"
 *   put KEY VALUE    → "put KEY"
 *   get KEY          → "got KEY VALUE"
 *   find PEER        → "found PEER ADDR"
 *   closest KEY      → "closest KEY PEER…"
 * or "error CODE MESSAGE". Words have no blanks. Arguments: the mode (client or server),
 * the network (wan: "/ipfs/kad/1.0.0" with any address; lan: "/ipfs/lan/kad/1.0.0"), and
 * an address to listen at, for which it first prints "listening ADDR". Ends at the end of
 * stdin. */
#include "config.h"

#include <gio/gunixinputstream.h>
#include <sodium.h>
#include <stdio.h>
#include <unistd.h>

#include "net/host/mesh-identified.h"

#include "dht-node.h"

typedef struct
{
  DhtNode node;
  GMainLoop *loop;         /* (owned) */
  GDataInputStream *input; /* (owned) */
} App;

/* A command under way. */
typedef struct
{
  App *app;    /* (unowned) */
  char **line; /* (owned) */
} Command;

static void read_command (App *app);

static void
command_free (Command *command)
{
  g_strfreev (command->line);
  g_free (command);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Command, command_free)

static void
say_error (const GError *error)
{
  printf ("error %s %s\n",
          error->domain == MESH_ERROR ? mesh_error_get_nick (error->code)
                                      : g_quark_to_string (error->domain),
          error->message);
}

static void
say_peers (const char *answer, const char *argument, const GPtrArray *peers)
{
  printf ("%s %s", answer, argument);
  for (guint i = 0; i < peers->len; i++)
    printf (" %s", mesh_peer_id_to_string (((const MeshDhtPeer *) peers->pdata[i])->id));
  printf ("\n");
}

static void
identified_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Command) command = user_data;
  g_autoptr (GError) error = NULL;

  if (mesh_identified_wait_finish (MESH_HOST (source), result, &error))
    printf ("connected %s\n", strrchr (command->line[1], '/') + 1);
  else
    say_error (error);
}

static void
connected_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Command) command = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (MeshConnection) connection
      = mesh_host_connect_finish (MESH_HOST (source), result, &error);

  if (connection == NULL)
    say_error (error);
  else
    mesh_identified_wait_async (
        MESH_HOST (source), mesh_connection_get_peer_id (connection), 60 * G_USEC_PER_SEC,
        NULL, identified_cb, g_steal_pointer (&command));
}

static void
provided_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Command) command = user_data;
  g_autoptr (GError) error = NULL;

  if (mesh_dht_provide_finish (MESH_DHT (source), result, &error))
    printf ("provided %s\n", command->line[1]);
  else
    say_error (error);
}

static void
providers_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Command) command = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) peers
      = mesh_dht_find_providers_finish (MESH_DHT (source), result, &error);

  if (peers != NULL)
    say_peers ("providers", command->line[1], peers);
  else
    say_error (error);
}

static void
put_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Command) command = user_data;
  g_autoptr (GError) error = NULL;

  if (mesh_dht_put_value_finish (MESH_DHT (source), result, &error))
    printf ("put %s\n", command->line[1]);
  else
    say_error (error);
}

static void
got_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Command) command = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) value
      = mesh_dht_get_value_finish (MESH_DHT (source), result, &error);

  if (value != NULL)
    printf ("got %s %.*s\n", command->line[1], (int) g_bytes_get_size (value),
            (const char *) g_bytes_get_data (value, NULL));
  else
    say_error (error);
}

static void
found_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Command) command = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (MeshDhtPeer) peer
      = mesh_dht_find_peer_finish (MESH_DHT (source), result, &error);

  if (peer != NULL)
    printf ("found %s %s\n", mesh_peer_id_to_string (peer->id),
            peer->addrs->len > 0 ? mesh_multiaddr_to_string (peer->addrs->pdata[0])
                                 : "-");
  else
    say_error (error);
}

static void
closest_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Command) command = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) peers
      = mesh_dht_get_closest_finish (MESH_DHT (source), result, &error);

  if (peers != NULL)
    say_peers ("closest", command->line[1], peers);
  else
    say_error (error);
}

static void
run_connect (App *app, Command *owned)
{
  g_autoptr (Command) command = owned;
  g_autoptr (MeshMultiaddr) addr = mesh_multiaddr_parse (command->line[1], NULL);
  g_autoptr (GPtrArray) addrs = g_ptr_array_new ();

  if (addr == NULL)
    {
      printf ("error Invalid %s\n", command->line[1]);
      return;
    }
  g_ptr_array_add (addrs, addr);
  mesh_host_connect_async (app->node.net.host, NULL, addrs, NULL, connected_cb,
                           g_steal_pointer (&command));
}

static void
run_with_cid (App *app, Command *owned)
{
  g_autoptr (Command) command = owned;
  g_autoptr (GError) error = NULL;
  g_autoptr (MeshCid) cid = mesh_cid_parse (command->line[1], &error);

  if (cid == NULL)
    say_error (error);
  else if (g_str_equal (command->line[0], "provide"))
    mesh_dht_provide_async (app->node.dht, cid, NULL, provided_cb,
                            g_steal_pointer (&command));
  else
    mesh_dht_find_providers_async (app->node.dht, cid, 0, NULL, NULL, NULL, providers_cb,
                                   g_steal_pointer (&command));
}

static void
run_with_key (App *app, Command *owned)
{
  g_autoptr (Command) command = owned;
  const char *verb = command->line[0], *text = command->line[2];
  g_autoptr (GBytes) key = g_bytes_new (command->line[1], strlen (command->line[1]));
  g_autoptr (GBytes) value = NULL;

  if (g_str_equal (verb, "put") && text != NULL)
    {
      value = g_bytes_new (text, strlen (text));
      mesh_dht_put_value_async (app->node.dht, key, value, NULL, put_cb,
                                g_steal_pointer (&command));
    }
  else if (g_str_equal (verb, "get"))
    mesh_dht_get_value_async (app->node.dht, key, NULL, got_cb,
                              g_steal_pointer (&command));
  else
    mesh_dht_get_closest_async (app->node.dht, key, NULL, closest_cb,
                                g_steal_pointer (&command));
}

static void
run_find (App *app, Command *owned)
{
  g_autoptr (Command) command = owned;
  g_autoptr (GError) error = NULL;
  g_autoptr (MeshPeerId) id = mesh_peer_id_parse (command->line[1], &error);

  if (id == NULL)
    say_error (error);
  else
    mesh_dht_find_peer_async (app->node.dht, id, NULL, found_cb,
                              g_steal_pointer (&command));
}

static void
run_command (App *app, const char *text)
{
  g_autoptr (Command) command = g_new0 (Command, 1);
  MeshDhtStats stats = dht_node_stats (&app->node);
  const char *verb;

  command->app = app;
  command->line = g_strsplit (text, " ", 3);
  verb = command->line[0];
  if (verb != NULL && g_str_equal (verb, "tables"))
    printf ("tables %u %u\n", stats.wan.kad.n_peers, stats.lan.kad.n_peers);
  else if (verb == NULL || command->line[1] == NULL)
    printf ("error Invalid %s\n", text);
  else if (g_str_equal (verb, "connect"))
    run_connect (app, g_steal_pointer (&command));
  else if (g_str_equal (verb, "provide") || g_str_equal (verb, "providers"))
    run_with_cid (app, g_steal_pointer (&command));
  else if (g_str_equal (verb, "find"))
    run_find (app, g_steal_pointer (&command));
  else if (g_str_equal (verb, "put") || g_str_equal (verb, "get")
           || g_str_equal (verb, "closest"))
    run_with_key (app, g_steal_pointer (&command));
  else
    printf ("error Invalid %s\n", text);
}

static void
command_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  App *app = user_data;
  g_autofree char *text = g_data_input_stream_read_line_finish (
      G_DATA_INPUT_STREAM (source), result, NULL, NULL);

  if (text == NULL)
    {
      g_main_loop_quit (app->loop);
      return;
    }
  run_command (app, text);
  read_command (app);
}

static void
read_command (App *app)
{
  g_data_input_stream_read_line_async (app->input, G_PRIORITY_DEFAULT, NULL, command_cb,
                                       app);
}

/* With a key of its own: several run at once. */
static NetTestNode
make_node (const char *listen)
{
  guint8 seed[MESH_ED25519_SEED_BYTES];
  g_autoptr (MeshKeypair) keypair = NULL;
  g_autoptr (MeshMultiaddr) addr = mesh_multiaddr_parse (listen, NULL);
  g_autoptr (GError) error = NULL;
  NetTestNode node;

  randombytes_buf (seed, sizeof seed);
  keypair = mesh_keypair_new_from_seed (seed);
  node.host = mesh_host_new (keypair, NULL);
  node.services = mesh_services_new (node.host);
  g_assert_true (mesh_host_listen (node.host, addr, &error));
  g_assert_no_error (error);
  return node;
}

int
main (int argc, char **argv)
{
  App app = { 0 };
  MeshDhtOptions options = dht_test_options ();
  g_autoptr (GInputStream) raw = g_unix_input_stream_new (STDIN_FILENO, FALSE);
  g_autoptr (GPtrArray) addrs = NULL;
  gboolean is_wan;

  if (argc != 4 || sodium_init () < 0)
    return 2;
  setvbuf (stdout, NULL, _IOLBF, 0);
  is_wan = g_str_equal (argv[2], "wan");
  options.mode
      = g_str_equal (argv[1], "client") ? MESH_DHT_MODE_CLIENT : MESH_DHT_MODE_SERVER;
  options.use_wan = options.is_closed = is_wan;
  options.use_lan = !is_wan;
  app.loop = g_main_loop_new (NULL, FALSE);
  app.input = g_data_input_stream_new (raw);
  app.node.net = make_node (argv[3]);
  dht_node_start (&app.node, &options);
  addrs = mesh_host_dup_addresses (app.node.net.host);
  for (guint i = 0; i < addrs->len; i++)
    printf ("listening %s\n", mesh_multiaddr_to_string (addrs->pdata[i]));
  read_command (&app);
  g_main_loop_run (app.loop);
  g_main_loop_unref (app.loop);
  g_object_unref (app.input);
  dht_node_clear (&app.node);
  return 0;
}
