/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */

/* A node with DHT and gossip for the tests of a mixed network, driven by lines on stdin:
 *   connect ADDR          → "connected PEER", identified
 *   tables                → "tables WAN LAN": peers in the routing tables
 *   provide CID           → "provided CID"
 *   providers CID MAX     → "providers CID PEER…"
 *   put KEY VALUE         → "put KEY"
 *   get KEY               → "got KEY VALUE"
 *   subscribe TOPIC       → "subscribed TOPIC"
 *   mesh TOPIC            → "mesh TOPIC MESH SUBSCRIBERS"
 *   publish TOPIC TEXT    → "published TOPIC TEXT"
 * or "error CODE COMMAND ARGUMENT MESSAGE". Says "message TOPIC AUTHOR TEXT" for what
 * others publish. Words have no blanks. It first prints "peer ID" and "listening ADDR"
 * for each address given as argument. Ends at the end of stdin. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/mesh-error.h"
#include "dht/mesh-dht.h"
#include "gossip/mesh-gossip-service.h"
#include "net/host/mesh-identified.h"

#include "interop-probe.h"

typedef struct
{
  NetTestNode node;
  MeshDht *dht;              /* (owned) */
  MeshGossipService *gossip; /* (owned) */
} App;

/* A command that has not been answered. */
typedef struct
{
  App *app;         /* (unowned) */
  char **words;     /* (owned) */
  MeshPeerId *peer; /* (owned) (nullable) */
} Command;

static void
command_free (Command *command)
{
  g_strfreev (command->words);
  g_clear_pointer (&command->peer, mesh_peer_id_unref);
  g_free (command);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Command, command_free)

static void
say_error (char **words, const GError *error)
{
  printf ("error %s %s %s %s\n",
          error->domain == MESH_ERROR ? mesh_error_get_nick (error->code)
                                      : g_quark_to_string (error->domain),
          words[0], words[1] != NULL ? words[1] : "-", error->message);
}

/* Values of any kind, as the peers of this test agree to. */

static gboolean
validate (const guint8 *key,
          gsize key_len,
          const guint8 *value,
          gsize value_len,
          gpointer user_data)
{
  return value_len > 0;
}

static int
prefer_neither (const guint8 *key,
                gsize key_len,
                const guint8 *a,
                gsize a_len,
                const guint8 *b,
                gsize b_len,
                gpointer user_data)
{
  return 0;
}

static const MeshKadValidator test_validator = { "test", validate, prefer_neither, NULL };

/* Connecting. */

static void
identified_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Command) command = user_data;
  g_autoptr (GError) error = NULL;

  if (mesh_identified_wait_finish (MESH_HOST (source), result, &error))
    printf ("connected %s\n", mesh_peer_id_to_string (command->peer));
  else
    say_error (command->words, error);
}

static void
connected_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Command) command = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (MeshConnection) connection
      = mesh_host_connect_finish (MESH_HOST (source), result, &error);

  if (connection == NULL)
    {
      say_error (command->words, error);
      return;
    }
  command->peer = mesh_peer_id_ref (mesh_connection_get_peer_id (connection));
  mesh_identified_wait_async (MESH_HOST (source), command->peer, 30 * G_USEC_PER_SEC,
                              NULL, identified_cb, command);
  command = NULL; /* comes back */
}

static void
run_connect (Command *command)
{
  g_autoptr (Command) owned = command;
  g_autoptr (GPtrArray) addrs
      = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_multiaddr_unref);
  g_autoptr (GError) error = NULL;
  MeshMultiaddr *addr = mesh_multiaddr_parse (command->words[1], &error);

  if (addr == NULL)
    {
      say_error (command->words, error);
      return;
    }
  g_ptr_array_add (addrs, addr);
  mesh_host_connect_async (command->app->node.host, NULL, addrs, NULL, connected_cb,
                           g_steal_pointer (&owned));
}

/* The DHT. */

static void
run_tables (Command *command)
{
  g_autoptr (Command) owned = command;
  MeshDhtStats stats;

  mesh_dht_get_stats (command->app->dht, &stats);
  printf ("tables %u %u\n", (guint) stats.wan.kad.n_peers, (guint) stats.lan.kad.n_peers);
}

static void
provided_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Command) command = user_data;
  g_autoptr (GError) error = NULL;

  if (mesh_dht_provide_finish (MESH_DHT (source), result, &error))
    printf ("provided %s\n", command->words[1]);
  else
    say_error (command->words, error);
}

static void
providers_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Command) command = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) found
      = mesh_dht_find_providers_finish (MESH_DHT (source), result, &error);
  g_autoptr (GString) line = g_string_new (NULL);

  if (found == NULL)
    {
      say_error (command->words, error);
      return;
    }
  for (guint i = 0; i < found->len; i++)
    {
      const MeshDhtPeer *peer = g_ptr_array_index (found, i);

      g_string_append_printf (line, " %s", mesh_peer_id_to_string (peer->id));
    }
  printf ("providers %s%s\n", command->words[1], line->str);
}

static void
run_cid (Command *command, gboolean is_providing)
{
  g_autoptr (Command) owned = command;
  g_autoptr (GError) error = NULL;
  g_autoptr (MeshCid) cid = mesh_cid_parse (command->words[1], &error);
  MeshDht *dht = command->app->dht;

  if (cid == NULL)
    say_error (command->words, error);
  else if (is_providing)
    mesh_dht_provide_async (dht, cid, NULL, provided_cb, g_steal_pointer (&owned));
  else
    mesh_dht_find_providers_async (
        dht, cid, (guint) g_ascii_strtoull (command->words[2], NULL, 10), NULL, NULL,
        NULL, providers_cb, g_steal_pointer (&owned));
}

static void
put_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Command) command = user_data;
  g_autoptr (GError) error = NULL;

  if (mesh_dht_put_value_finish (MESH_DHT (source), result, &error))
    printf ("put %s\n", command->words[1]);
  else
    say_error (command->words, error);
}

static void
got_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Command) command = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) value
      = mesh_dht_get_value_finish (MESH_DHT (source), result, &error);

  if (value == NULL)
    say_error (command->words, error);
  else
    printf ("got %s %.*s\n", command->words[1], (int) g_bytes_get_size (value),
            (const char *) g_bytes_get_data (value, NULL));
}

static void
run_value (Command *command, gboolean is_putting)
{
  g_autoptr (GBytes) key = g_bytes_new (command->words[1], strlen (command->words[1]));
  g_autoptr (GBytes) value = NULL;

  if (is_putting)
    {
      value = g_bytes_new (command->words[2], strlen (command->words[2]));
      mesh_dht_put_value_async (command->app->dht, key, value, NULL, put_cb, command);
    }
  else
    mesh_dht_get_value_async (command->app->dht, key, NULL, got_cb, command);
}

/* Gossip. */

static void
message_cb (MeshGossipService *service,
            const MeshGossipDelivery *delivery,
            gpointer user_data)
{
  printf ("message %s %s %.*s\n", delivery->topic,
          mesh_peer_id_to_string (delivery->author),
          (int) g_bytes_get_size (delivery->data),
          (const char *) g_bytes_get_data (delivery->data, NULL));
}

static void
run_subscribe (Command *command)
{
  g_autoptr (Command) owned = command;
  g_autoptr (GError) error = NULL;

  if (mesh_gossip_service_subscribe (command->app->gossip, command->words[1], NULL,
                                     message_cb, NULL, NULL, &error))
    printf ("subscribed %s\n", command->words[1]);
  else
    say_error (command->words, error);
}

static void
run_mesh (Command *command)
{
  g_autoptr (Command) owned = command;
  g_autoptr (GPtrArray) mesh
      = mesh_gossip_service_dup_mesh_peers (command->app->gossip, command->words[1]);
  g_autoptr (GPtrArray) subscribers
      = mesh_gossip_service_dup_subscribers (command->app->gossip, command->words[1]);

  printf ("mesh %s %u %u\n", command->words[1], mesh->len, subscribers->len);
}

static void
run_publish (Command *command)
{
  g_autoptr (Command) owned = command;
  g_autoptr (GBytes) data = g_bytes_new (command->words[2], strlen (command->words[2]));
  g_autoptr (GError) error = NULL;

  if (mesh_gossip_service_publish (command->app->gossip, command->words[1], data, NULL,
                                   &error))
    printf ("published %s %s\n", command->words[1], command->words[2]);
  else
    say_error (command->words, error);
}

/* @command: (transfer full) */
static void
dispatch (Command *command)
{
  const char *name = command->words[0];
  const guint n = g_strv_length (command->words);

  if (n == 2 && g_str_equal (name, "connect"))
    run_connect (command);
  else if (n == 1 && g_str_equal (name, "tables"))
    run_tables (command);
  else if (n == 2 && g_str_equal (name, "provide"))
    run_cid (command, TRUE);
  else if (n == 3 && g_str_equal (name, "providers"))
    run_cid (command, FALSE);
  else if (n == 3 && g_str_equal (name, "put"))
    run_value (command, TRUE);
  else if (n == 2 && g_str_equal (name, "get"))
    run_value (command, FALSE);
  else if (n == 2 && g_str_equal (name, "subscribe"))
    run_subscribe (command);
  else if (n == 2 && g_str_equal (name, "mesh"))
    run_mesh (command);
  else if (n == 3 && g_str_equal (name, "publish"))
    run_publish (command);
  else
    {
      printf ("error Invalid %s - no such command\n", n > 0 ? name : "-");
      command_free (command);
    }
}

static void
run_command (const char *line, gpointer user_data)
{
  Command *command = g_new0 (Command, 1);

  command->app = user_data;
  command->words = g_strsplit (line, " ", -1);
  dispatch (command);
}

static gboolean
start_dht (App *app, GError **error)
{
  MeshDhtOptions options = MESH_DHT_OPTIONS_DEFAULT;
  g_autoptr (GAsyncResult) result = NULL;

  options.mode = MESH_DHT_MODE_SERVER;
  options.validators = &test_validator;
  options.n_validators = 1;
  app->dht = mesh_dht_new (app->node.host, &options);
  mesh_dht_start_async (app->dht, NULL, net_test_result_cb, &result);
  net_test_wait (result != NULL);
  if (!mesh_dht_start_finish (app->dht, result, error))
    return FALSE;
  mesh_dht_set_active (app->dht, TRUE);
  return TRUE;
}

static gboolean
start_gossip (App *app, GError **error)
{
  static const char *const this_machine[] = { "127.0.0.0/8", NULL };
  MeshGossipServiceOptions options = MESH_GOSSIP_SERVICE_OPTIONS_DEFAULT;

  options.exempt_nets = this_machine;
  app->gossip = mesh_gossip_service_new (
      app->node.host, mesh_host_get_identity (app->node.host), &options, error);
  return app->gossip != NULL;
}

static void
stop (App *app)
{
  g_autoptr (GAsyncResult) stopped = NULL;

  mesh_gossip_service_stop (app->gossip);
  mesh_dht_stop_async (app->dht, NULL, net_test_result_cb, &stopped);
  net_test_wait (stopped != NULL);
  g_clear_object (&stopped); /* it keeps the DHT, which keeps the host */
  g_clear_object (&app->gossip);
  g_clear_object (&app->dht);
  net_test_node_clear (&app->node);
}

int
main (int argc, char **argv)
{
  App app = { .node = interop_probe_node (argv + 1) };
  g_autoptr (GError) error = NULL;

  if (!start_dht (&app, &error) || !start_gossip (&app, &error))
    {
      g_printerr ("%s\n", error->message);
      return 2;
    }
  printf ("peer %s\n", mesh_peer_id_to_string (mesh_host_get_peer_id (app.node.host)));
  interop_probe_say_listening (app.node.host);
  interop_probe_run (run_command, &app);
  stop (&app);
  return 0;
}
