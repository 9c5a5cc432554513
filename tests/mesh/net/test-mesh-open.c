/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "net/host/mesh-open.h"

#include "base/mesh-error.h"

#include "net-test.h"

#define ECHO "/echo/1.0.0"
#define LIE "/lie/1.0.0"
#define MORE "/more/1.0.0"

/* Two hosts; the second sends everything back. */
typedef struct
{
  NetTestNode a;
  NetTestNode b;
  MeshConnection *connection; /* (owned): as the first sees it */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  fixture->a = net_test_node (1, NULL, NULL);
  fixture->b = net_test_node (2, NULL, "/ip4/127.0.0.1/tcp/0");
  mesh_host_set_handler (fixture->b.host, ECHO, net_test_echo_handler, NULL, NULL);
  mesh_host_set_handler (fixture->b.host, MORE, net_test_echo_handler, NULL, NULL);
  fixture->connection = net_test_connect (&fixture->a, &fixture->b, &error);
  g_assert_no_error (error);
  net_test_wait (mesh_connection_supports (fixture->connection, ECHO));
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  g_clear_object (&fixture->connection);
  net_test_node_clear (&fixture->a);
  net_test_node_clear (&fixture->b);
}

static MeshStream *
open_with (Fixture *fixture, const char *const *protocols, GBytes *first, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  mesh_open_run_async (fixture->connection, protocols, first,
                       NET_TEST_DEADLINE_S * G_USEC_PER_SEC, NULL, net_test_result_cb,
                       &result);
  net_test_wait (result != NULL);
  return mesh_open_run_finish (result, error);
}

/* What was sent comes back once, and nothing else. */
static void
check_echo (MeshStream *stream, GBytes *first)
{
  gsize len = g_bytes_get_size (first), n;
  g_autofree guint8 *got = g_malloc (len + 1);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GIOStream *io = G_IO_STREAM (stream);

  g_output_stream_close_async (g_io_stream_get_output_stream (io), G_PRIORITY_DEFAULT,
                               NULL, NULL, NULL);
  g_input_stream_read_all_async (g_io_stream_get_input_stream (io), got, len + 1,
                                 G_PRIORITY_DEFAULT, NULL, net_test_result_cb, &result);
  net_test_wait (result != NULL);
  g_input_stream_read_all_finish (g_io_stream_get_input_stream (io), result, &n, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (got, n, g_bytes_get_data (first, NULL), len);
}

/* However it is agreed on, what we say first arrives, once: alone wanted; the better of
 * two that the peer has; only the second; longer than what is sent along. */
static void
test_first (Fixture *fixture, gconstpointer unused)
{
  static const char *const wanted[][3]
      = { { ECHO }, { MORE, ECHO }, { "/other/1.0.0", ECHO } };
  static const char *const agreed[] = { ECHO, MORE, ECHO };
  static const gsize sizes[]
      = { 0, 5, MESH_OPEN_MAX_EAGER_BYTES, MESH_OPEN_MAX_EAGER_BYTES + 1 };

  for (gsize i = 0; i < G_N_ELEMENTS (wanted) * G_N_ELEMENTS (sizes); i++)
    {
      gsize size = sizes[i / G_N_ELEMENTS (wanted)];
      g_autoptr (GBytes) first = g_bytes_new_take (g_strnfill (size, 'x'), size);
      g_autoptr (GError) error = NULL;
      g_autoptr (MeshStream) stream
          = open_with (fixture, wanted[i % G_N_ELEMENTS (wanted)], first, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (mesh_stream_get_protocol (stream), ==,
                       agreed[i % G_N_ELEMENTS (wanted)]);
      check_echo (stream, first);
    }
}

/* The same before the peer has said what it serves. */
static void
test_unidentified (Fixture *fixture, gconstpointer unused)
{
  static const char *const wanted[] = { "/other/1.0.0", ECHO, NULL };
  g_autoptr (GBytes) first = g_bytes_new_static ("hello", 5);
  g_autoptr (GError) error = NULL;
  g_autoptr (MeshStream) stream = NULL;

  mesh_connection_take_peer_info (fixture->connection, NULL);
  stream = open_with (fixture, wanted, first, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (mesh_stream_get_protocol (stream), ==, ECHO);
  check_echo (stream, first);
}

static void
test_refused (Fixture *fixture, gconstpointer unused)
{
  static const char *const wanted[] = { LIE, NULL };
  g_autoptr (GBytes) first = g_bytes_new_static ("hello", 5);
  g_autoptr (GError) error = NULL;

  g_assert_null (open_with (fixture, wanted, first, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_UNSUPPORTED);
  net_test_wait (mesh_connection_get_n_streams (fixture->connection) == 0);
}

/* What the peer said is not so, or no longer: the next protocol is found all the same. */
static void
test_lie (Fixture *fixture, gconstpointer unused)
{
  static const char *const wanted[] = { LIE, ECHO, NULL };
  static const char *const nothing[] = { LIE, "/other/1.0.0", NULL };
  const char *const told[] = { LIE, NULL };
  g_autoptr (GBytes) first = g_bytes_new_static ("hello", 5);
  g_autoptr (GError) error = NULL;
  g_autoptr (MeshStream) stream = NULL;
  MeshPeerInfo *info = g_new0 (MeshPeerInfo, 1);

  info->protocols = g_strdupv ((char **) told);
  info->listen_addrs
      = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_multiaddr_unref);
  mesh_connection_take_peer_info (fixture->connection, info);
  stream = open_with (fixture, wanted, first, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (mesh_stream_get_protocol (stream), ==, ECHO);
  check_echo (stream, first);
  g_assert_null (open_with (fixture, nothing, first, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_UNSUPPORTED);
}

#define ADD(path, func) \
  g_test_add ("/net/open/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("first", test_first);
  ADD ("unidentified", test_unidentified);
  ADD ("refused", test_refused);
  ADD ("lie", test_lie);
  return g_test_run ();
}
