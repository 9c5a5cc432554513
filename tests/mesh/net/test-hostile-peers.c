/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */

/* Peers that mean no good, speaking to a listening host over a plain socket: at every
 * stage the connection is closed, in time, and the host serves the next one. */
#include "config.h"

#include "net/host/mesh-host.h"

#include "base/mesh-error.h"
#include "base/mesh-rng.h"
#include "net/host/mesh-negotiate.h"
#include "net/security/mesh-noise-stream.h"

#include "net-test.h"

static const char *const noise_protocols[] = { "/noise", NULL };
static const char *const yamux_protocols[] = { "/yamux/1.0.0", NULL };
static const char *const no_muxers[] = { NULL };

/* A handshake timeout that plays no part, however slow the machine is. */
#define PATIENT_US (2 * NET_TEST_DEADLINE_S * G_USEC_PER_SEC)

static NetTestNode
make_victim (gint64 handshake_timeout_us)
{
  MeshHostOptions options = MESH_HOST_OPTIONS_DEFAULT;

  options.handshake_timeout_us = handshake_timeout_us;
  options.max_inbound_handshakes = 8;
  return net_test_node (2, &options, "/ip4/127.0.0.1/tcp/0");
}

static GIOStream *
dial (NetTestNode *victim)
{
  g_autoptr (GPtrArray) addrs = mesh_host_dup_addresses (victim->host);
  g_auto (GStrv) parts
      = g_strsplit (mesh_multiaddr_to_string (g_ptr_array_index (addrs, 0)), "/", -1);
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GSocketConnection *connection;

  g_socket_client_connect_to_host_async (client, "127.0.0.1",
                                         (guint16) g_ascii_strtoull (parts[4], NULL, 10),
                                         NULL, net_test_result_cb, &result);
  net_test_wait (result != NULL);
  connection = g_socket_client_connect_to_host_finish (client, result, &error);
  g_assert_no_error (error);
  return G_IO_STREAM (connection);
}

static void
say (GIOStream *stream, const void *data, gsize len)
{
  g_autoptr (GAsyncResult) result = NULL;

  g_output_stream_write_all_async (g_io_stream_get_output_stream (stream), data, len,
                                   G_PRIORITY_DEFAULT, NULL, net_test_result_cb, &result);
  net_test_wait (result != NULL);
  g_output_stream_write_all_finish (g_io_stream_get_output_stream (stream), result, NULL,
                                    NULL);
}

/* Reads until the victim hangs up. Returns how much it said. */
static gsize
hear_end (GIOStream *stream)
{
  gsize total = 0;
  gssize n;

  do
    {
      g_autoptr (GAsyncResult) result = NULL;
      guint8 buffer[65536];

      g_input_stream_read_async (g_io_stream_get_input_stream (stream), buffer,
                                 sizeof buffer, G_PRIORITY_DEFAULT, NULL,
                                 net_test_result_cb, &result);
      net_test_wait (result != NULL);
      n = g_input_stream_read_finish (g_io_stream_get_input_stream (stream), result,
                                      NULL);
      total += n > 0 ? (gsize) n : 0;
    }
  while (n > 0);
  return total;
}

static void
negotiate (GIOStream *stream, const char *const *protocols)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *protocol = NULL;

  mesh_negotiate_run_async (stream, mesh_multistream_new_dialer (protocols), NULL, NULL,
                            net_test_result_cb, &result);
  net_test_wait (result != NULL);
  protocol = mesh_negotiate_run_finish (result, &error);
  g_assert_no_error (error);
}

static GIOStream *
secure (GIOStream *stream)
{
  g_autoptr (MeshKeypair) keypair = net_test_keypair (66);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  MeshNoiseStream *noise;

  negotiate (stream, noise_protocols);
  mesh_noise_stream_new_async (stream, TRUE, keypair, NULL, no_muxers, NULL,
                               net_test_result_cb, &result);
  net_test_wait (result != NULL);
  noise = mesh_noise_stream_new_finish (result, &error);
  g_assert_no_error (error);
  return G_IO_STREAM (noise);
}

/* An attacker that has come as far as Yamux. */
static GIOStream *
multiplex (GIOStream *stream)
{
  GIOStream *noise = secure (stream);

  negotiate (noise, yamux_protocols);
  return noise;
}

static void
assert_still_serves (NetTestNode *victim)
{
  NetTestNode friendly = net_test_node (1, NULL, NULL);
  gint64 end_us = g_get_monotonic_time () + NET_TEST_DEADLINE_S * G_USEC_PER_SEC;
  g_autoptr (MeshConnection) connection = NULL;
  g_autoptr (GError) error = NULL;

  /* With a short handshake timeout, a slow machine needs more than one attempt. */
  while ((connection = net_test_connect (&friendly, victim, &error)) == NULL
         && g_get_monotonic_time () < end_us)
    g_clear_error (&error);
  g_assert_no_error (error);
  net_test_wait (mesh_connection_supports (connection, "/ipfs/ping/1.0.0"));
  g_clear_object (&connection);
  net_test_node_clear (&friendly);
}

/* The attacker's; the victim may notice a moment after the attacker that it is made. */
static GPtrArray *
wait_connection (NetTestNode *victim)
{
  GPtrArray *connections = mesh_host_dup_connections (victim->host);

  while (connections->len == 0)
    {
      g_main_context_iteration (NULL, TRUE);
      g_ptr_array_unref (connections);
      connections = mesh_host_dup_connections (victim->host);
    }
  g_assert_cmpuint (connections->len, ==, 1);
  return connections;
}

static void
test_garbage (void)
{
  NetTestNode victim = make_victim (2 * G_USEC_PER_SEC);
  MeshRng rng;

  mesh_rng_init (&rng, 10);
  for (guint i = 0; i < 30; i++)
    {
      g_autoptr (GIOStream) plain = dial (&victim);
      g_autoptr (GIOStream) stream = NULL;
      guint8 bytes[2000];

      mesh_rng_fill (&rng, bytes, sizeof bytes);
      if (i % 3 == 1)
        negotiate (plain, noise_protocols);
      stream = i % 3 == 2 ? multiplex (plain) : g_object_ref (plain);
      say (stream, bytes, sizeof bytes);
      hear_end (stream);
    }
  assert_still_serves (&victim);
  net_test_node_clear (&victim);
}

/* One that says nothing, or a byte now and then, is out after the handshake's time; and
 * more than the limit do not even get that far. */
static void
test_slow_loris (void)
{
  NetTestNode victim = make_victim (2 * G_USEC_PER_SEC);
  GIOStream *streams[12];

  for (guint i = 0; i < G_N_ELEMENTS (streams); i++)
    {
      streams[i] = dial (&victim);
      if (i % 2 == 0)
        say (streams[i], "\x13/multistream/1.0.0\n\x07/noise\n\x00", 29 + (i % 4 == 0));
    }
  for (guint i = 0; i < G_N_ELEMENTS (streams); i++)
    {
      hear_end (streams[i]);
      g_object_unref (streams[i]);
    }
  assert_still_serves (&victim);
  net_test_node_clear (&victim);
}

/* Frames that break Yamux's rules: the connection ends, and the victim says why. */
static void
test_yamux_violations (void)
{
  static const guint8 frames[][12] = {
    { 9, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0 },             /* version */
    { 0, 7, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0 },             /* type */
    { 0, 0, 0, 1, 0, 0, 0, 1, 0xff, 0xff, 0xff, 0xff }, /* 4 GiB */
    { 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 0 },             /* the victim's number */
    { 0, 0, 0, 1, 0, 0, 0, 1, 0, 4, 0, 1 },             /* a byte beyond the window */
  };

  for (guint i = 0; i < G_N_ELEMENTS (frames); i++)
    {
      NetTestNode victim = make_victim (PATIENT_US);
      g_autoptr (GIOStream) plain = dial (&victim);
      g_autoptr (GIOStream) stream = multiplex (plain);

      say (stream, frames[i], sizeof frames[i]);
      hear_end (stream);
      g_clear_object (&stream);
      g_clear_object (&plain);
      assert_still_serves (&victim);
      net_test_node_clear (&victim);
    }
}

/* Thousands of streams, none of them read: those beyond the limit are reset, and what the
 * victim holds stays small. */
static void
test_stream_flood (void)
{
  NetTestNode victim = make_victim (PATIENT_US);
  g_autoptr (GIOStream) plain = dial (&victim);
  g_autoptr (GIOStream) stream = multiplex (plain);
  g_autofree guint8 *frames = g_malloc0 (12 * 3000);
  g_autoptr (GPtrArray) connections = NULL;
  guint n_streams;

  for (guint32 i = 0; i < 3000; i++)
    {
      guint32 id = GUINT32_TO_BE (2 * i + 1);

      frames[12 * i + 1] = 1;
      frames[12 * i + 3] = 1;
      memcpy (frames + 12 * i + 4, &id, sizeof id);
    }
  say (stream, frames, 12 * 3000);
  connections = wait_connection (&victim);
  net_test_wait (mesh_connection_get_bytes_in (g_ptr_array_index (connections, 0))
                 >= 12 * 3000);
  n_streams = mesh_connection_get_n_streams (g_ptr_array_index (connections, 0));
  /* the limit, and the victim's own question who we are */
  g_assert_cmpuint (n_streams, <=, 128 + 1);
  g_clear_pointer (&connections, g_ptr_array_unref);
  g_clear_object (&stream);
  g_clear_object (&plain);
  assert_still_serves (&victim);
  net_test_node_clear (&victim);
}

/* A reader that stops reading while it asks and asks is cut off. */
static void
test_ping_flood (void)
{
  NetTestNode victim = make_victim (PATIENT_US);
  g_autoptr (GIOStream) plain = dial (&victim);
  g_autoptr (GIOStream) stream = multiplex (plain);
  g_autofree guint8 *frames = g_malloc0 (12 * 20000);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) connections = NULL;

  for (guint i = 0; i < 20000; i++)
    {
      frames[12 * i + 1] = 2;
      frames[12 * i + 3] = 1;
    }
  connections = wait_connection (&victim);
  while (!mesh_connection_is_closed (g_ptr_array_index (connections, 0)))
    {
      g_clear_object (&result);
      g_output_stream_write_all_async (g_io_stream_get_output_stream (stream), frames,
                                       12 * 20000, G_PRIORITY_DEFAULT, cancellable,
                                       net_test_result_cb, &result);
      net_test_wait (result != NULL
                     || mesh_connection_is_closed (g_ptr_array_index (connections, 0)));
    }
  g_cancellable_cancel (cancellable);
  net_test_wait (result != NULL);
  g_clear_pointer (&connections, g_ptr_array_unref);
  g_clear_object (&stream);
  g_clear_object (&plain);
  assert_still_serves (&victim);
  net_test_node_clear (&victim);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/net/hostile-peers/garbage", test_garbage);
  g_test_add_func ("/net/hostile-peers/slow-loris", test_slow_loris);
  g_test_add_func ("/net/hostile-peers/yamux-violations", test_yamux_violations);
  g_test_add_func ("/net/hostile-peers/stream-flood", test_stream_flood);
  g_test_add_func ("/net/hostile-peers/ping-flood", test_ping_flood);
  return g_test_run ();
}
