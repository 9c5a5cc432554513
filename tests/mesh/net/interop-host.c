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

#include <sodium.h>
#include <stdio.h>

#include "interop-probe.h"

#define ECHO "/shoal/test/echo/1.0.0"

typedef struct
{
  MeshStream *stream; /* (owned) */
  guint8 *sent;       /* (owned) */
  guint8 *received;   /* (owned) */
  gsize len;
} EchoTest;

static MeshConnection *
find (MeshHost *host, const char *text)
{
  g_autoptr (MeshPeerId) id = mesh_peer_id_parse (text, NULL);
  MeshConnection *connection = id != NULL ? mesh_host_find_connection (host, id) : NULL;

  if (connection == NULL)
    printf ("error NotFound not connected to %s\n", text);
  return connection;
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
    interop_probe_say_error (error);
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
    interop_probe_say_error (error);
}

static void
echo_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  EchoTest *test = user_data;
  g_autoptr (GError) error = NULL;
  gsize n;

  if (!g_input_stream_read_all_finish (G_INPUT_STREAM (source), result, &n, &error))
    interop_probe_say_error (error);
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
      interop_probe_say_error (error);
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
start_echo (MeshHost *host, MeshConnection *connection, const char *text)
{
  static const char *const protocols[] = { ECHO, NULL };
  EchoTest *test = g_new0 (EchoTest, 1);

  test->len = g_ascii_strtoull (text, NULL, 10);
  test->sent = g_malloc (test->len + 1);
  test->received = g_malloc (test->len + 1);
  randombytes_buf (test->sent, test->len);
  mesh_host_open_stream_async (host, mesh_connection_get_peer_id (connection), protocols,
                               NULL, echo_opened_cb, test);
}

static void
run_command (const char *line, gpointer user_data)
{
  NetTestNode *node = user_data;
  g_auto (GStrv) words = g_strsplit (line, " ", -1);
  guint n = g_strv_length (words);
  MeshConnection *connection;

  if (n == 2 && g_str_equal (words[0], "connect"))
    {
      interop_probe_connect (node->host, words[1], FALSE);
      return;
    }
  connection = n >= 2 ? find (node->host, words[1]) : NULL;
  if (connection == NULL)
    return;
  if (n == 2 && g_str_equal (words[0], "ping"))
    mesh_ping_service_ping_async (mesh_services_get_ping (node->services), connection,
                                  NULL, ping_cb, NULL);
  else if (n == 2 && g_str_equal (words[0], "identify"))
    {
      g_signal_connect (node->host, "peer-identified", G_CALLBACK (say_identified),
                        connection);
      say_identified (node->host, connection, connection);
    }
  else if (n == 3 && g_str_equal (words[0], "echo"))
    start_echo (node->host, connection, words[2]);
}

int
main (int argc, char **argv)
{
  NetTestNode node = interop_probe_node (argv + 1);

  mesh_host_set_handler (node.host, ECHO, net_test_echo_handler, NULL, NULL);
  printf ("peer %s\n", mesh_peer_id_to_string (mesh_host_get_peer_id (node.host)));
  interop_probe_say_listening (node.host);
  interop_probe_run (run_command, &node);
  net_test_node_clear (&node);
  return 0;
}
