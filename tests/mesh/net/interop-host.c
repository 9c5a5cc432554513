/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */

/* A host for the interoperability tests, driven by lines on stdin:
 *   connect ADDR     → "connected PEER"
 *   ping PEER        → "rtt MICROSECONDS"
 *   identify PEER    → "identified AGENT OBSERVED SIGNED PROTOCOL…", with tabs
 *   echo PEER BYTES  → "echoed BYTES": sent, came back and compared
 * or "error CODE MESSAGE". It serves an echo, and first prints "listening ADDR" for each
 * address given as argument. Ends at the end of stdin. */
#include "config.h"

#include <gio/gunixinputstream.h>
#include <sodium.h>
#include <stdio.h>
#include <unistd.h>

#include "base/mesh-error.h"

#include "net-test.h"

#define ECHO "/shoal/test/echo/1.0.0"

typedef struct
{
  NetTestNode node;
  GMainLoop *loop;         /* (owned) */
  GDataInputStream *input; /* (owned) */
} App;

typedef struct
{
  App *app;
  MeshStream *stream; /* (owned) */
  guint8 *sent;       /* (owned) */
  guint8 *received;   /* (owned) */
  gsize len;
} EchoTest;

static void read_command (App *app);

static void
say_error (const GError *error)
{
  printf ("error %s %s\n",
          error->domain == MESH_ERROR ? mesh_error_get_nick (error->code)
                                      : g_quark_to_string (error->domain),
          error->message);
}

static MeshConnection *
find (App *app, const char *text)
{
  g_autoptr (MeshPeerId) id = mesh_peer_id_parse (text, NULL);
  MeshConnection *connection
      = id != NULL ? mesh_host_find_connection (app->node.host, id) : NULL;

  if (connection == NULL)
    printf ("error NotFound not connected to %s\n", text);
  return connection;
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
ping_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  gint64 rtt_us
      = mesh_ping_service_ping_finish (MESH_PING_SERVICE (source), result, &error);

  if (rtt_us >= 0)
    printf ("rtt %" G_GINT64_FORMAT "\n", rtt_us);
  else
    say_error (error);
}

static void
say_identified (MeshHost *host, MeshConnection *connection, gpointer wanted)
{
  const MeshPeerInfo *info = mesh_connection_get_peer_info (connection);
  g_autofree char *protocols = NULL;

  if (info == NULL || connection != wanted)
    return;
  g_signal_handlers_disconnect_by_func (host, say_identified, wanted);
  protocols = g_strjoinv ("\t", info->protocols);
  printf ("identified %s\t%s\t%s\t%s\n", info->agent_version,
          info->observed_addr != NULL ? mesh_multiaddr_to_string (info->observed_addr)
                                      : "-",
          info->signed_record != NULL ? "signed" : "unsigned", protocols);
}

static void
echo_test_free (EchoTest *test)
{
  g_clear_object (&test->stream);
  g_free (test->sent);
  g_free (test->received);
  g_free (test);
}

static void
echo_written_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, &error))
    g_output_stream_close_async (G_OUTPUT_STREAM (source), G_PRIORITY_DEFAULT, NULL, NULL,
                                 NULL);
  else
    say_error (error);
}

static void
echo_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  EchoTest *test = user_data;
  g_autoptr (GError) error = NULL;
  gsize n;

  if (!g_input_stream_read_all_finish (G_INPUT_STREAM (source), result, &n, &error))
    say_error (error);
  else if (n == test->len && memcmp (test->sent, test->received, n) == 0)
    printf ("echoed %" G_GSIZE_FORMAT "\n", n);
  else
    printf ("error Mismatch %" G_GSIZE_FORMAT " bytes came back\n", n);
  echo_test_free (test);
}

static void
echo_opened_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  EchoTest *test = user_data;
  g_autoptr (GError) error = NULL;

  test->stream = mesh_host_open_stream_finish (MESH_HOST (source), result, &error);
  if (test->stream == NULL)
    {
      say_error (error);
      echo_test_free (test);
      return;
    }
  g_output_stream_write_all_async (
      g_io_stream_get_output_stream (G_IO_STREAM (test->stream)), test->sent, test->len,
      G_PRIORITY_DEFAULT, NULL, echo_written_cb, NULL);
  g_input_stream_read_all_async (
      g_io_stream_get_input_stream (G_IO_STREAM (test->stream)), test->received,
      test->len + 1, G_PRIORITY_DEFAULT, NULL, echo_read_cb, test);
}

static void
start_echo (App *app, MeshConnection *connection, const char *text)
{
  static const char *const protocols[] = { ECHO, NULL };
  EchoTest *test = g_new0 (EchoTest, 1);

  test->app = app;
  test->len = g_ascii_strtoull (text, NULL, 10);
  test->sent = g_malloc (test->len + 1);
  test->received = g_malloc (test->len + 1);
  randombytes_buf (test->sent, test->len);
  mesh_host_open_stream_async (app->node.host, mesh_connection_get_peer_id (connection),
                               protocols, NULL, echo_opened_cb, test);
}

static void
run_command (App *app, char **words)
{
  guint n = g_strv_length (words);
  MeshConnection *connection;

  if (n == 2 && g_str_equal (words[0], "connect"))
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
      mesh_host_connect_async (app->node.host, NULL, addrs, NULL, connect_cb, NULL);
      return;
    }
  connection = n >= 2 ? find (app, words[1]) : NULL;
  if (connection == NULL)
    return;
  if (n == 2 && g_str_equal (words[0], "ping"))
    mesh_ping_service_ping_async (mesh_services_get_ping (app->node.services), connection,
                                  NULL, ping_cb, NULL);
  else if (n == 2 && g_str_equal (words[0], "identify"))
    {
      g_signal_connect (app->node.host, "peer-identified", G_CALLBACK (say_identified),
                        connection);
      say_identified (app->node.host, connection, connection);
    }
  else if (n == 3 && g_str_equal (words[0], "echo"))
    start_echo (app, connection, words[2]);
}

static void
command_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  App *app = user_data;
  g_autofree char *line
      = g_data_input_stream_read_line_finish (app->input, result, NULL, NULL);
  g_auto (GStrv) words = NULL;

  if (line == NULL)
    {
      g_main_loop_quit (app->loop);
      return;
    }
  words = g_strsplit (line, " ", -1);
  run_command (app, words);
  read_command (app);
}

static void
read_command (App *app)
{
  g_data_input_stream_read_line_async (app->input, G_PRIORITY_DEFAULT, NULL, command_cb,
                                       app);
}

int
main (int argc, char **argv)
{
  App app = { .loop = g_main_loop_new (NULL, FALSE) };
  g_autoptr (MeshKeypair) keypair = NULL;
  g_autoptr (GInputStream) stdin_stream = g_unix_input_stream_new (STDIN_FILENO, FALSE);
  g_autoptr (GPtrArray) addrs = NULL;
  guint8 seed[MESH_ED25519_SEED_BYTES];

  setvbuf (stdout, NULL, _IOLBF, 0);
  randombytes_buf (seed, sizeof seed);
  keypair = mesh_keypair_new_from_seed (seed);
  app.node.host = mesh_host_new (keypair, NULL);
  app.node.services = mesh_services_new (app.node.host);
  app.input = g_data_input_stream_new (stdin_stream);
  mesh_host_set_handler (app.node.host, ECHO, net_test_echo_handler, NULL, NULL);
  for (int i = 1; i < argc; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (MeshMultiaddr) addr = mesh_multiaddr_parse (argv[i], &error);

      if (addr == NULL || !mesh_host_listen (app.node.host, addr, &error))
        {
          g_printerr ("%s\n", error->message);
          return 2;
        }
    }
  printf ("peer %s\n", mesh_peer_id_to_string (mesh_host_get_peer_id (app.node.host)));
  addrs = mesh_host_dup_addresses (app.node.host);
  for (guint i = 0; i < addrs->len; i++)
    printf ("listening %s\n", mesh_multiaddr_to_string (g_ptr_array_index (addrs, i)));
  read_command (&app);
  g_main_loop_run (app.loop);
  net_test_node_clear (&app.node);
  g_clear_object (&app.input);
  g_main_loop_unref (app.loop);
  return 0;
}
