/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "dht/mesh-dht-serve.h"

#include "dht-node.h"
#include "net/iface/mesh-frame.h"

#define PROTOCOL "/test/kad/1.0.0"
/* More than the tokens of a minute. */
#define N_FLOOD 8000

typedef struct
{
  NetTestNode asker;
  NetTestNode server;
  MeshDhtServe *serve;
  guint n_served;
} Fixture;

static gboolean
serve_cb (MeshPeerId *from, GBytes *request, GBytes **reply, gpointer user_data)
{
  Fixture *f = user_data;

  f->n_served++;
  *reply = g_bytes_ref (request);
  return TRUE;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (MeshConnection) connection = NULL;
  g_autoptr (GError) error = NULL;

  f->asker = net_test_node (1, NULL, NULL);
  f->server = net_test_node (2, NULL, "/ip4/127.0.0.1/tcp/0");
  f->serve = mesh_dht_serve_new (f->server.host, PROTOCOL, serve_cb, f);
  connection = net_test_connect (&f->asker, &f->server, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_clear_pointer (&f->serve, mesh_dht_serve_free);
  net_test_node_clear (&f->asker);
  net_test_node_clear (&f->server);
}

static MeshStream *
open_stream (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  MeshStream *stream = net_test_open (&f->asker, &f->server, PROTOCOL, &error);

  g_assert_no_error (error);
  return stream;
}

static void
write_bytes (MeshStream *stream, const guint8 *data, gsize len)
{
  g_autoptr (GAsyncResult) result = NULL;

  g_output_stream_write_all_async (g_io_stream_get_output_stream (G_IO_STREAM (stream)),
                                   data, len, G_PRIORITY_DEFAULT, NULL,
                                   net_test_result_cb, &result);
  net_test_wait (result != NULL);
}

/* NULL when the stream was reset or ended. */
static GBytes *
read_reply (MeshStream *stream)
{
  g_autoptr (GAsyncResult) result = NULL;

  mesh_frame_read_async (g_io_stream_get_input_stream (G_IO_STREAM (stream)), 1 << 20,
                         NULL, net_test_result_cb, &result);
  net_test_wait (result != NULL);
  return mesh_frame_read_finish (result, NULL);
}

static void
test_sequence (Fixture *f, gconstpointer data)
{
  g_autoptr (MeshStream) stream = open_stream (f);
  static const guint8 requests[] = { 3, 'a', 'b', 'c', 1, 'd' };

  for (guint round = 0; round < 3; round++)
    {
      g_autoptr (GBytes) first = NULL, second = NULL;

      write_bytes (stream, requests, sizeof requests);
      first = read_reply (stream);
      second = read_reply (stream);
      g_assert_cmpmem (g_bytes_get_data (first, NULL), g_bytes_get_size (first), "abc",
                       3);
      g_assert_cmpmem (g_bytes_get_data (second, NULL), g_bytes_get_size (second), "d",
                       1);
    }
  g_assert_cmpuint (mesh_dht_serve_get_n_streams (f->serve), ==, 1);
}

static void
test_too_large (Fixture *f, gconstpointer data)
{
  g_autoptr (MeshStream) stream = open_stream (f);
  static const guint8 announced[] = { 0x81, 0x80, 0x02 }; /* 32 KiB + 1 */

  write_bytes (stream, announced, sizeof announced);
  g_assert_null (read_reply (stream));
  net_test_wait (mesh_dht_serve_get_n_streams (f->serve) == 0);
  g_assert_cmpuint (f->n_served, ==, 0);
}

/* More streams than a peer may have are reset, the others go on. */
static void
test_too_many_streams (Fixture *f, gconstpointer data)
{
  g_autoptr (GPtrArray) streams = g_ptr_array_new_with_free_func (g_object_unref);
  static const guint8 request[] = { 1, 'a' };
  guint n_good = 0;

  for (guint i = 0; i < MESH_DHT_SERVE_MAX_PEER_STREAMS + 4; i++)
    g_ptr_array_add (streams, open_stream (f));
  for (guint i = 0; i < streams->len; i++)
    {
      g_autoptr (GBytes) reply = NULL;

      write_bytes (streams->pdata[i], request, sizeof request);
      reply = read_reply (streams->pdata[i]);
      n_good += reply != NULL;
    }
  g_assert_cmpuint (n_good, ==, MESH_DHT_SERVE_MAX_PEER_STREAMS);
}

/* A peer that asks without end is cut off, and opening another stream does not help. */
static void
test_rate (Fixture *f, gconstpointer data)
{
  g_autofree guint8 *flood = g_malloc (2 * N_FLOOD);

  for (guint i = 0; i < N_FLOOD; i++)
    {
      flood[2 * i] = 1;
      flood[2 * i + 1] = 'a';
    }
  for (guint round = 0; round < 2; round++)
    {
      g_autoptr (MeshStream) stream = open_stream (f);
      guint n_answers = 0;

      write_bytes (stream, flood, 2 * N_FLOOD);
      for (;;)
        {
          g_autoptr (GBytes) reply = read_reply (stream);

          if (reply == NULL)
            break;
          n_answers++;
        }
      g_assert_cmpuint (n_answers, <, N_FLOOD);
      net_test_wait (mesh_dht_serve_get_n_streams (f->serve) == 0);
    }
  g_assert_cmpuint (f->n_served, >=, MESH_DHT_SERVE_BURST);
}

static void
test_gone (Fixture *f, gconstpointer data)
{
  g_autoptr (MeshStream) stream = open_stream (f);
  static const guint8 part[] = { 3, 'a' };
  g_autoptr (GError) error = NULL;
  g_autoptr (MeshStream) none = NULL;

  write_bytes (stream, part, sizeof part);
  net_test_wait (mesh_dht_serve_get_n_streams (f->serve) == 1);
  g_clear_pointer (&f->serve, mesh_dht_serve_free);
  g_assert_null (read_reply (stream));
  none = net_test_open (&f->asker, &f->server, PROTOCOL, &error);
  g_assert_error (error, MESH_ERROR, MESH_ERROR_UNSUPPORTED);
}

#define TEST(name) \
  g_test_add ("/dht-serve/" #name, Fixture, NULL, set_up, test_##name, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  TEST (sequence);
  TEST (too_large);
  TEST (too_many_streams);
  TEST (rate);
  TEST (gone);
  return g_test_run ();
}
