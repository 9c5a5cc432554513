/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "gossip/mesh-gossip-service.h"

#include "base/mesh-error.h"
#include "base/mesh-varint.h"
#include "gossip-node.h"
#include "gossip/mesh-gossip-rpc.h"

#define TOPIC "scm/global/updates"

/* A - B - C: what A says reaches C through B. */
static void
test_line (void)
{
  GossipNode *a = gossip_node_new (1, NULL);
  GossipNode *b = gossip_node_new (2, NULL);
  GossipNode *c = gossip_node_new (3, NULL);

  gossip_node_subscribe (b, TOPIC);
  gossip_node_connect (a, b);
  gossip_node_connect (b, c);
  gossip_node_subscribe (a, TOPIC);
  gossip_node_subscribe (c, TOPIC);
  gossip_wait (gossip_node_meshes (b, a, TOPIC) && gossip_node_meshes (b, c, TOPIC)
               && gossip_node_meshes (c, b, TOPIC));
  gossip_node_publish (a, TOPIC, "hello");
  gossip_wait (c->texts->len == 1 && b->texts->len == 1);
  g_assert_cmpstr (g_ptr_array_index (c->texts, 0), ==, "hello");
  g_assert_cmpuint (a->texts->len, ==, 0); /* not our own */
  gossip_node_publish (c, TOPIC, "and back");
  gossip_wait (a->texts->len == 1);
  g_assert_cmpstr (g_ptr_array_index (a->texts, 0), ==, "and back");
  gossip_node_free (a);
  gossip_node_free (b);
  gossip_node_free (c);
}

/* What B rejects does not come to C, and A pays for it. */
static void
test_reject (void)
{
  GossipNode *a = gossip_node_new (1, NULL);
  GossipNode *b = gossip_node_new (2, NULL);
  GossipNode *c = gossip_node_new (3, NULL);
  MeshGossipPeerStats stats;

  gossip_node_subscribe (b, TOPIC);
  gossip_node_subscribe (c, TOPIC);
  gossip_node_connect (a, b);
  gossip_node_connect (b, c);
  gossip_wait (gossip_node_knows (a, b, TOPIC) && gossip_node_meshes (b, c, TOPIC));
  b->verdict = MESH_GOSSIP_REJECT;
  gossip_node_publish (a, TOPIC, "bad"); /* it is not even subscribed */
  gossip_wait (gossip_node_stats (b).rejected == 1);
  g_assert_true (
      mesh_gossip_service_get_peer_stats (b->gossip, gossip_node_id (a), &stats));
  g_assert_cmpfloat (stats.score, <, 0);
  b->verdict = MESH_GOSSIP_ACCEPT;
  gossip_node_publish (a, TOPIC, "good");
  gossip_wait (c->texts->len == 1);
  g_assert_cmpstr (g_ptr_array_index (c->texts, 0), ==, "good");
  gossip_node_free (a);
  gossip_node_free (b);
  gossip_node_free (c);
}

static void
test_slow_validator (void)
{
  GossipNode *a = gossip_node_new (1, NULL);
  GossipNode *b = gossip_node_new (2, NULL);

  gossip_node_subscribe (b, TOPIC);
  gossip_node_connect (a, b);
  gossip_wait (gossip_node_knows (a, b, TOPIC));
  b->is_slow = TRUE;
  for (guint i = 0; i < 3; i++)
    gossip_node_publish (a, TOPIC, "x");
  gossip_wait (b->handles->len == 3);
  g_assert_cmpuint (b->texts->len, ==, 0);
  mesh_gossip_service_validated (b->gossip, g_array_index (b->handles, guint64, 0),
                                 MESH_GOSSIP_ACCEPT);
  mesh_gossip_service_validated (b->gossip, g_array_index (b->handles, guint64, 2),
                                 MESH_GOSSIP_IGNORE);
  mesh_gossip_service_validated (b->gossip, 12345, MESH_GOSSIP_ACCEPT);
  g_assert_cmpuint (b->texts->len, ==, 1);
  g_assert_cmpuint (gossip_node_stats (b).n_validations, ==, 1);
  gossip_node_free (a);
  gossip_node_free (b);
}

/* Ten nodes in a ring with chords: everyone hears everyone, once. */
static void
test_many (void)
{
  GossipNode *nodes[10];
  guint n = G_N_ELEMENTS (nodes);
  guint n_heard = 0;

  for (guint i = 0; i < n; i++)
    {
      nodes[i] = gossip_node_new ((guint8) (1 + i), NULL);
      gossip_node_subscribe (nodes[i], TOPIC);
    }
  for (guint i = 0; i < n; i++)
    {
      gossip_node_connect (nodes[i], nodes[(i + 1) % n]);
      gossip_node_connect (nodes[i], nodes[(i + 3) % n]);
    }
  for (guint i = 0; i < n; i++)
    gossip_wait (gossip_node_meshes (nodes[i], nodes[(i + 1) % n], TOPIC)
                 || gossip_node_meshes (nodes[i], nodes[(i + 3) % n], TOPIC));
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *text = g_strdup_printf ("from %u", i);

      gossip_node_publish (nodes[i], TOPIC, text);
    }
  for (guint i = 0; i < n; i++)
    {
      gossip_wait (nodes[i]->texts->len >= n - 1);
      n_heard += nodes[i]->texts->len;
      for (guint j = 0; j < n; j++)
        {
          g_autofree char *text = g_strdup_printf ("from %u", j);

          g_assert_true (
              g_ptr_array_find_with_equal_func (nodes[i]->texts, text, g_str_equal, NULL)
              == (i != j));
        }
    }
  g_assert_cmpuint (n_heard, ==, n * (n - 1));
  for (guint i = 0; i < n; i++)
    gossip_node_free (nodes[i]);
}

/* A peer that knows 1.0.0 only. */
static void
test_fallback (void)
{
  MeshGossipServiceOptions options = MESH_GOSSIP_SERVICE_OPTIONS_DEFAULT;
  GossipNode *a = gossip_node_new (1, NULL);
  GossipNode *b;
  MeshGossipPeerStats stats;

  options.is_1_0_0_only = TRUE;
  b = gossip_node_new (2, &options);
  gossip_node_subscribe (a, TOPIC);
  gossip_node_subscribe (b, TOPIC);
  gossip_node_connect (a, b);
  gossip_wait (gossip_node_meshes (a, b, TOPIC) && gossip_node_meshes (b, a, TOPIC));
  g_assert_true (
      mesh_gossip_service_get_peer_stats (a->gossip, gossip_node_id (b), &stats));
  g_assert_cmpint (stats.version, ==, MESH_GOSSIP_VERSION_1_0_0);
  gossip_node_publish (a, TOPIC, "one");
  gossip_node_publish (b, TOPIC, "two");
  gossip_wait (a->texts->len == 1 && b->texts->len == 1);
  gossip_node_free (a);
  gossip_node_free (b);
}

/* No topics, or nobody to talk to: no timer. */
static void
test_idle (void)
{
  GossipNode *a = gossip_node_new (1, NULL);
  GossipNode *b = gossip_node_new (2, NULL);

  g_assert_false (mesh_gossip_service_is_timer_set (a->gossip));
  gossip_node_connect (a, b);
  gossip_wait (gossip_node_stats (a).n_peers == 1 && gossip_node_stats (b).n_peers == 1);
  g_assert_false (mesh_gossip_service_is_timer_set (a->gossip));
  g_assert_cmpuint (gossip_node_stats (a).bytes_out, ==, 0);
  gossip_node_subscribe (a, TOPIC);
  g_assert_true (mesh_gossip_service_is_timer_set (a->gossip));
  mesh_host_disconnect (b->net.host, gossip_node_id (a));
  gossip_wait (gossip_node_stats (a).n_peers == 0);
  g_assert_false (mesh_gossip_service_is_timer_set (a->gossip));
  gossip_node_free (a);
  gossip_node_free (b);
}

static void
count_cb (gpointer user_data)
{
  guint *n = user_data;

  (*n)++;
}

/* Topics come and go; what they were given is freed; a stopped service does nothing. */
static void
test_life (void)
{
  GossipNode *a = gossip_node_new (1, NULL);
  g_autoptr (GBytes) data = g_bytes_new_static ("x", 1);
  guint n_sent = 1;
  g_autoptr (GError) error = NULL;
  guint n_freed = 0;

  g_assert_true (mesh_gossip_service_subscribe (a->gossip, TOPIC, NULL, NULL, &n_freed,
                                                count_cb, NULL));
  g_assert_false (mesh_gossip_service_subscribe (a->gossip, TOPIC, NULL, NULL, &n_freed,
                                                 count_cb, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_EXISTS);
  g_clear_error (&error);
  g_assert_cmpuint (n_freed, ==, 0);
  mesh_gossip_service_unsubscribe (a->gossip, TOPIC);
  mesh_gossip_service_unsubscribe (a->gossip, TOPIC);
  g_assert_cmpuint (n_freed, ==, 1);
  g_assert_true (mesh_gossip_service_subscribe (a->gossip, TOPIC, NULL, NULL, &n_freed,
                                                count_cb, NULL));
  g_assert_true (mesh_gossip_service_publish (a->gossip, TOPIC, data, &n_sent, &error));
  g_assert_cmpuint (n_sent, ==, 0);
  mesh_gossip_service_stop (a->gossip);
  g_assert_cmpuint (n_freed, ==, 2);
  g_assert_false (mesh_gossip_service_publish (a->gossip, TOPIC, data, NULL, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_CLOSED);
  mesh_gossip_service_unsubscribe (a->gossip, TOPIC);
  g_assert_false (mesh_gossip_service_is_timer_set (a->gossip));
  gossip_node_free (a);
}

static void
test_refused (void)
{
  NetTestNode net = net_test_node (1, NULL, NULL);
  MeshGossipServiceOptions options = MESH_GOSSIP_SERVICE_OPTIONS_DEFAULT;
  g_autoptr (MeshKeypair) other = net_test_keypair (9);
  const char *nets[] = { "10.0.0.0/8", "office", NULL };
  g_autoptr (GError) error = NULL;

  g_assert_null (mesh_gossip_service_new (net.host, other, NULL, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_INVALID);
  g_clear_error (&error);
  options.exempt_nets = nets;
  g_assert_null (mesh_gossip_service_new (net.host, mesh_host_get_identity (net.host),
                                          &options, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_INVALID);
  g_clear_error (&error);
  options.exempt_nets = NULL;
  options.config.params.d_lo = 100;
  g_assert_null (mesh_gossip_service_new (net.host, mesh_host_get_identity (net.host),
                                          &options, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_INVALID);
  net_test_node_clear (&net);
}

/* A receiver that leaves the topic and stops the service, in the middle of it all. */
static void
stop_receiver (MeshGossipService *service,
               const MeshGossipDelivery *delivery,
               gpointer user_data)
{
  GossipNode *node = user_data;

  g_ptr_array_add (node->texts, g_strdup ("got it"));
  mesh_gossip_service_unsubscribe (service, delivery->topic);
  mesh_gossip_service_stop (service);
}

static void
test_stop_in_callback (void)
{
  GossipNode *a = gossip_node_new (1, NULL);
  GossipNode *b = gossip_node_new (2, NULL);

  g_assert_true (mesh_gossip_service_subscribe (b->gossip, TOPIC, NULL, stop_receiver, b,
                                                NULL, NULL));
  gossip_node_connect (a, b);
  gossip_wait (gossip_node_knows (a, b, TOPIC));
  gossip_node_publish (a, TOPIC, "one");
  gossip_node_publish (a, TOPIC, "two");
  gossip_wait (b->texts->len > 0);
  g_assert_cmpuint (b->texts->len, ==, 1);
  gossip_node_free (a);
  gossip_node_free (b);
}

/* Hostile peers: a host without the service, that writes what it likes. */

/* Streams the other side opened to us, kept or thrown away. */
typedef struct
{
  GPtrArray *streams; /* (owned) (element-type MeshStream) */
  guint n_resets;     /* so many of the first are reset */
} Sink;

static void
sink_handler (MeshStream *stream, gpointer user_data)
{
  Sink *sink = user_data;

  g_ptr_array_add (sink->streams, stream);
  if (sink->streams->len <= sink->n_resets)
    mesh_stream_reset (stream);
}

static void
wrote_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  gboolean *is_done = user_data;

  g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, NULL);
  *is_done = TRUE;
}

static void
write_bytes (MeshStream *stream, const GByteArray *bytes)
{
  gboolean is_done = FALSE;

  g_output_stream_write_all_async (g_io_stream_get_output_stream (G_IO_STREAM (stream)),
                                   bytes->data, bytes->len, G_PRIORITY_DEFAULT, NULL,
                                   wrote_cb, &is_done);
  gossip_wait (is_done);
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  gboolean *is_over = user_data;

  *is_over = g_input_stream_read_finish (G_INPUT_STREAM (source), result, NULL) <= 0;
  g_assert_true (*is_over);
}

/* The peer gives the stream up. */
static void
wait_reset (MeshStream *stream)
{
  gboolean is_over = FALSE;
  guint8 byte;

  g_input_stream_read_async (g_io_stream_get_input_stream (G_IO_STREAM (stream)), &byte,
                             1, G_PRIORITY_DEFAULT, NULL, read_cb, &is_over);
  gossip_wait (is_over);
}

static GByteArray *
frame (GBytes *rpc)
{
  GByteArray *array = g_byte_array_new ();
  gsize len;
  const guint8 *data = g_bytes_get_data (rpc, &len);

  mesh_varint_append (array, len);
  g_byte_array_append (array, data, (guint) len);
  return array;
}

static void
test_hostile (void)
{
  GossipNode *a = gossip_node_new (1, NULL);
  NetTestNode enemy = net_test_node (2, NULL, NULL);
  Sink sink = { g_ptr_array_new_with_free_func (g_object_unref), 0 };
  MeshPeerId *enemy_id = mesh_host_get_peer_id (enemy.host);
  g_autoptr (MeshConnection) connection = NULL;
  g_autoptr (GByteArray) huge = g_byte_array_new ();
  g_autoptr (GBytes) garbage_rpc = g_bytes_new_static ("\xff\xff\xff", 3);
  g_autoptr (GByteArray) garbage = frame (garbage_rpc);
  g_autoptr (GBytes) subscription_rpc = mesh_gossip_rpc_subscription (TOPIC, TRUE);
  g_autoptr (GByteArray) subscription = frame (subscription_rpc);
  MeshGossipPeerStats stats;

  mesh_host_set_handler (enemy.host, MESH_GOSSIP_PROTOCOL_1_1_0, sink_handler, &sink,
                         NULL);
  connection = net_test_connect (&enemy, &a->net, NULL);
  gossip_node_subscribe (a, TOPIC);
  {
    g_autoptr (MeshStream) stream
        = net_test_open (&enemy, &a->net, MESH_GOSSIP_PROTOCOL_1_1_0, NULL);

    /* in single bytes, it is still understood */
    for (guint i = 0; i < subscription->len; i++)
      {
        g_autoptr (GByteArray) byte = g_byte_array_new ();

        g_byte_array_append (byte, subscription->data + i, 1);
        write_bytes (stream, byte);
      }
    gossip_wait (mesh_gossip_service_get_peer_stats (a->gossip, enemy_id, &stats)
                 && stats.n_topics == 1);
    write_bytes (stream, garbage);
    wait_reset (stream);
  }
  g_assert_cmpuint (gossip_node_stats (a).malformed, ==, 1);
  {
    g_autoptr (MeshStream) stream
        = net_test_open (&enemy, &a->net, MESH_GOSSIP_PROTOCOL_1_1_0, NULL);

    mesh_varint_append (huge, (1 << 20) + 1);
    write_bytes (stream, huge);
    wait_reset (stream); /* the length is enough */
  }
  {
    g_autoptr (MeshStream) stream
        = net_test_open (&enemy, &a->net, MESH_GOSSIP_PROTOCOL_1_1_0, NULL);

    g_byte_array_set_size (huge, 0);
    for (guint i = 0; i < 12; i++)
      g_byte_array_append (huge, (const guint8 *) "\xff", 1);
    write_bytes (stream, huge);
    wait_reset (stream);
  }
  g_ptr_array_unref (sink.streams);
  g_clear_object (&connection);
  net_test_node_clear (&enemy);
  gossip_wait (gossip_node_stats (a).n_peers == 0);
  gossip_node_free (a);
}

/* More streams than anybody needs: the oldest give way. */
static void
test_many_streams (void)
{
  GossipNode *a = gossip_node_new (1, NULL);
  NetTestNode enemy = net_test_node (2, NULL, NULL);
  Sink sink = { g_ptr_array_new_with_free_func (g_object_unref), 0 };
  g_autoptr (MeshConnection) connection = NULL;
  MeshStream *streams[MESH_GOSSIP_SERVICE_MAX_STREAMS + 2];

  mesh_host_set_handler (enemy.host, MESH_GOSSIP_PROTOCOL_1_0_0, sink_handler, &sink,
                         NULL);
  connection = net_test_connect (&enemy, &a->net, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (streams); i++)
    streams[i] = net_test_open (&enemy, &a->net, MESH_GOSSIP_PROTOCOL_1_0_0, NULL);
  wait_reset (streams[0]);
  wait_reset (streams[1]);
  for (guint i = 0; i < G_N_ELEMENTS (streams); i++)
    g_object_unref (streams[i]);
  g_ptr_array_unref (sink.streams);
  g_clear_object (&connection);
  net_test_node_clear (&enemy);
  gossip_node_free (a);
}

/* The outbound stream is opened again, and everything said anew. */
static void
test_reopen (void)
{
  GossipNode *a = gossip_node_new (1, NULL);
  NetTestNode odd = net_test_node (2, NULL, NULL);
  Sink sink = { g_ptr_array_new_with_free_func (g_object_unref), 2 };
  g_autoptr (MeshConnection) connection = NULL;

  mesh_host_set_handler (odd.host, MESH_GOSSIP_PROTOCOL_1_1_0, sink_handler, &sink, NULL);
  gossip_node_subscribe (a, TOPIC);
  connection = net_test_connect (&odd, &a->net, NULL);
  gossip_wait (sink.streams->len == 3);
  gossip_wait (gossip_node_stats (a).rpcs_out >= 3);
  g_ptr_array_unref (sink.streams);
  g_clear_object (&connection);
  net_test_node_clear (&odd);
  gossip_node_free (a);
}

/* A peer that never reads: what waits for it is bounded. */
static void
test_back_pressure (void)
{
  MeshGossipServiceOptions options = MESH_GOSSIP_SERVICE_OPTIONS_DEFAULT;
  NetTestNode lazy = net_test_node (2, NULL, NULL);
  Sink sink = { g_ptr_array_new_with_free_func (g_object_unref), 0 };
  g_autoptr (MeshConnection) connection = NULL;
  g_autoptr (MeshStream) stream = NULL;
  g_autoptr (GBytes) data = g_bytes_new_take (g_malloc0 (60000), 60000);
  g_autoptr (GBytes) rpc = mesh_gossip_rpc_subscription (TOPIC, TRUE);
  g_autoptr (GByteArray) hello = frame (rpc);
  GossipNode *a;
  guint n = 0;

  options.config.params.max_queue_bytes = 400000;
  a = gossip_node_new (1, &options);
  mesh_host_set_handler (lazy.host, MESH_GOSSIP_PROTOCOL_1_1_0, sink_handler, &sink,
                         NULL);
  connection = net_test_connect (&lazy, &a->net, NULL);
  stream = net_test_open (&lazy, &a->net, MESH_GOSSIP_PROTOCOL_1_1_0, NULL);
  write_bytes (stream, hello);
  gossip_wait (gossip_node_stats (a).n_topics == 1);
  while (gossip_node_stats (a).dropped_messages == 0 && n++ < 2000)
    {
      g_assert_true (mesh_gossip_service_publish (a->gossip, TOPIC, data, NULL, NULL));
      g_assert_cmpuint (gossip_node_stats (a).queue_bytes, <=, 400000);
      while (g_main_context_iteration (NULL, FALSE))
        ;
    }
  g_assert_cmpuint (gossip_node_stats (a).dropped_messages, >, 0);
  g_ptr_array_unref (sink.streams);
  g_clear_object (&stream);
  g_clear_object (&connection);
  net_test_node_clear (&lazy);
  gossip_node_free (a);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gossip/service/line", test_line);
  g_test_add_func ("/gossip/service/reject", test_reject);
  g_test_add_func ("/gossip/service/slow-validator", test_slow_validator);
  g_test_add_func ("/gossip/service/many", test_many);
  g_test_add_func ("/gossip/service/fallback", test_fallback);
  g_test_add_func ("/gossip/service/idle", test_idle);
  g_test_add_func ("/gossip/service/life", test_life);
  g_test_add_func ("/gossip/service/refused", test_refused);
  g_test_add_func ("/gossip/service/stop-in-callback", test_stop_in_callback);
  g_test_add_func ("/gossip/service/hostile", test_hostile);
  g_test_add_func ("/gossip/service/many-streams", test_many_streams);
  g_test_add_func ("/gossip/service/reopen", test_reopen);
  g_test_add_func ("/gossip/service/back-pressure", test_back_pressure);
  return g_test_run ();
}
