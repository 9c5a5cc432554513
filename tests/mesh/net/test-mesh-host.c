/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "net/host/mesh-host.h"

#include "base/mesh-error.h"
#include "base/mesh-rng.h"

#include "net-test.h"

#define ECHO "/shoal/test/echo/1.0.0"

static void
count_cb (MeshHost *host, MeshConnection *connection, gpointer user_data)
{
  *(guint *) user_data += 1;
}

static void
test_connect (void)
{
  NetTestNode a = net_test_node (1, NULL, NULL);
  NetTestNode b = net_test_node (2, NULL, "/ip4/127.0.0.1/tcp/0");
  g_autoptr (GError) error = NULL;
  g_autoptr (MeshConnection) connection = NULL, again = NULL;
  MeshConnection *other;
  guint n_identified = 0, n_disconnected = 0;
  const MeshPeerInfo *info;

  g_signal_connect (a.host, "peer-identified", G_CALLBACK (count_cb), &n_identified);
  g_signal_connect (b.host, "peer-identified", G_CALLBACK (count_cb), &n_identified);
  g_signal_connect (b.host, "peer-disconnected", G_CALLBACK (count_cb), &n_disconnected);
  connection = net_test_connect (&a, &b, &error);
  g_assert_no_error (error);
  g_assert_true (mesh_peer_id_equal (mesh_connection_get_peer_id (connection),
                                     mesh_host_get_peer_id (b.host)));
  g_assert_cmpint (mesh_connection_get_direction (connection), ==,
                   MESH_DIRECTION_OUTBOUND);
  again = net_test_connect (&a, &b, &error);
  g_assert_true (again == connection);

  net_test_wait (n_identified == 2);
  info = mesh_connection_get_peer_info (connection);
  g_assert_cmpstr (info->agent_version, ==, "shoal/" PACKAGE_VERSION);
  g_assert_cmpuint (info->listen_addrs->len, ==, 1);
  g_assert_nonnull (info->signed_record);
  g_assert_true (mesh_connection_supports (connection, "/ipfs/ping/1.0.0"));
  g_assert_true (mesh_multiaddr_equal (info->observed_addr,
                                       mesh_connection_get_local_addr (connection)));
  net_test_wait (mesh_connection_get_latency_us (connection) >= 0);

  other = mesh_host_find_connection (b.host, mesh_host_get_peer_id (a.host));
  g_assert_cmpint (mesh_connection_get_direction (other), ==, MESH_DIRECTION_INBOUND);
  mesh_host_disconnect (a.host, mesh_host_get_peer_id (b.host));
  g_assert_true (mesh_connection_is_closed (connection));
  net_test_wait (n_disconnected == 1);
  net_test_node_clear (&a);
  net_test_node_clear (&b);
}

/* A handler that comes later is told by a push. */
static void
test_push (void)
{
  NetTestNode a = net_test_node (1, NULL, NULL);
  NetTestNode b = net_test_node (2, NULL, "/ip4/127.0.0.1/tcp/0");
  g_autoptr (MeshConnection) connection = net_test_connect (&a, &b, NULL);

  net_test_wait (mesh_connection_supports (connection, "/ipfs/ping/1.0.0"));
  net_test_wait (mesh_connection_get_peer_info (
                     mesh_host_find_connection (b.host, mesh_host_get_peer_id (a.host)))
                 != NULL);
  g_assert_false (mesh_connection_supports (connection, ECHO));
  mesh_host_set_handler (b.host, ECHO, net_test_echo_handler, NULL, NULL);
  net_test_wait (mesh_connection_supports (connection, ECHO));
  mesh_host_set_handler (b.host, ECHO, NULL, NULL, NULL);
  net_test_wait (!mesh_connection_supports (connection, ECHO));
  net_test_node_clear (&a);
  net_test_node_clear (&b);
}

static void
write_all_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, &error);
  g_assert_no_error (error);
  g_output_stream_close_async (G_OUTPUT_STREAM (source), G_PRIORITY_DEFAULT, NULL, NULL,
                               NULL);
}

/* Bytes of every size there and back, several streams at once. */
static void
test_echo (gconstpointer listen)
{
  static const gsize sizes[] = { 0, 1, 65507, 65508, 1000000, 20000000 };
  NetTestNode a, b;
  g_autoptr (GError) error = NULL;
  g_autoptr (MeshConnection) connection = NULL;
  guint8 *sent[G_N_ELEMENTS (sizes)], *received[G_N_ELEMENTS (sizes)];
  MeshStream *streams[G_N_ELEMENTS (sizes)];
  GAsyncResult *results[G_N_ELEMENTS (sizes)] = { NULL };
  MeshRng rng;

  if (!net_test_has (listen))
    return;
  a = net_test_node (1, NULL, NULL);
  b = net_test_node (2, NULL, listen);
  mesh_rng_init (&rng, 9);
  mesh_host_set_handler (b.host, ECHO, net_test_echo_handler, NULL, NULL);
  connection = net_test_connect (&a, &b, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      sent[i] = g_malloc (sizes[i] + 1);
      received[i] = g_malloc (sizes[i] + 1);
      mesh_rng_fill (&rng, sent[i], sizes[i]);
      streams[i] = net_test_open (&a, &b, ECHO, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (mesh_stream_get_protocol (streams[i]), ==, ECHO);
      g_output_stream_write_all_async (
          g_io_stream_get_output_stream (G_IO_STREAM (streams[i])), sent[i], sizes[i],
          G_PRIORITY_DEFAULT, NULL, write_all_cb, NULL);
      g_input_stream_read_all_async (
          g_io_stream_get_input_stream (G_IO_STREAM (streams[i])), received[i],
          sizes[i] + 1, G_PRIORITY_DEFAULT, NULL, net_test_result_cb, &results[i]);
    }
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      gsize n;

      net_test_wait (results[i] != NULL);
      g_input_stream_read_all_finish (
          g_io_stream_get_input_stream (G_IO_STREAM (streams[i])), results[i], &n,
          &error);
      g_assert_no_error (error);
      g_assert_cmpmem (received[i], n, sent[i], sizes[i]);
      g_clear_object (&results[i]);
      g_object_unref (streams[i]);
      g_free (sent[i]);
      g_free (received[i]);
    }
  net_test_wait (mesh_connection_get_n_streams (connection) == 0);
  net_test_node_clear (&a);
  net_test_node_clear (&b);
}

static void
test_unsupported (void)
{
  NetTestNode a = net_test_node (1, NULL, NULL);
  NetTestNode b = net_test_node (2, NULL, "/ip4/127.0.0.1/tcp/0");
  g_autoptr (MeshConnection) connection = NULL;
  g_autoptr (GError) not_found = NULL, unsupported = NULL;

  g_assert_null (net_test_open (&a, &b, ECHO, &not_found));
  g_assert_error (not_found, MESH_ERROR, MESH_ERROR_NOT_FOUND);
  connection = net_test_connect (&a, &b, NULL);
  g_assert_null (net_test_open (&a, &b, ECHO, &unsupported));
  g_assert_error (unsupported, MESH_ERROR, MESH_ERROR_UNSUPPORTED);
  net_test_node_clear (&a);
  net_test_node_clear (&b);
}

/* Tries one address, given as text; "%u" in it is the port of @to. */
static MeshError
connect_error (NetTestNode *from,
               NetTestNode *to,
               MeshPeerId *peer_id,
               const char *format)
{
  g_autoptr (GPtrArray) listening = mesh_host_dup_addresses (to->host);
  g_autoptr (GPtrArray) addrs
      = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_multiaddr_unref);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) parts = NULL;
  g_autoptr (GString) text = g_string_new (format);

  if (listening->len > 0)
    {
      parts = g_strsplit (mesh_multiaddr_to_string (g_ptr_array_index (listening, 0)),
                          "/", -1);
      g_string_replace (text, "PORT", parts[4], 0);
    }
  g_ptr_array_add (addrs, mesh_multiaddr_parse (text->str, NULL));
  g_assert_nonnull (addrs->pdata[0]);
  mesh_host_connect_async (from->host, peer_id, addrs, NULL, net_test_result_cb, &result);
  net_test_wait (result != NULL);
  g_assert_null (mesh_host_connect_finish (from->host, result, &error));
  g_assert_true (error->domain == MESH_ERROR);
  g_test_message ("%s", error->message);
  return error->code;
}

static void
test_connect_errors (void)
{
  NetTestNode a = net_test_node (1, NULL, "/ip4/127.0.0.1/tcp/0");
  NetTestNode b = net_test_node (2, NULL, "/ip4/127.0.0.1/tcp/0");
  g_autoptr (MeshKeypair) third = net_test_keypair (3);
  g_autoptr (MeshPeerId) stranger
      = mesh_peer_id_new_from_public_key (mesh_keypair_get_public_key (third));
  g_autofree char *named = g_strdup_printf ("/ip4/127.0.0.1/tcp/PORT/p2p/%s",
                                            mesh_peer_id_to_string (stranger));

  g_assert_cmpint (connect_error (&a, &b, stranger, "/ip4/127.0.0.1/tcp/PORT"), ==,
                   MESH_ERROR_AUTH);
  g_assert_cmpint (connect_error (&a, &b, NULL, named), ==, MESH_ERROR_AUTH);
  g_assert_cmpint (connect_error (&a, &b, mesh_host_get_peer_id (b.host), named), ==,
                   MESH_ERROR_UNSUPPORTED);
  g_assert_cmpint (connect_error (&a, &b, NULL, "/ip4/127.0.0.1/tcp/PORT/ws"), ==,
                   MESH_ERROR_UNSUPPORTED);
  g_assert_cmpint (connect_error (&a, &b, stranger, "/ip4/127.0.0.1/tcp/1"), ==,
                   MESH_ERROR_UNREACHABLE);
  /* our own address: seen only when we answer ourselves */
  g_assert_cmpint (connect_error (&a, &a, NULL, "/ip4/127.0.0.1/tcp/PORT"), ==,
                   MESH_ERROR_INVALID);
  g_assert_cmpint (
      connect_error (&a, &a, mesh_host_get_peer_id (a.host), "/ip4/127.0.0.1/tcp/1"), ==,
      MESH_ERROR_INVALID);
  net_test_node_clear (&a);
  net_test_node_clear (&b);
}

/* Both dial at once: both end with the same one connection. */
static void
test_simultaneous (void)
{
  for (guint round = 0; round < 20; round++)
    {
      NetTestNode a = net_test_node (1, NULL, "/ip4/127.0.0.1/tcp/0");
      NetTestNode b = net_test_node (2, NULL, "/ip4/127.0.0.1/tcp/0");
      g_autoptr (GPtrArray) a_addrs = mesh_host_dup_addresses (a.host);
      g_autoptr (GPtrArray) b_addrs = mesh_host_dup_addresses (b.host);
      g_autoptr (GAsyncResult) first = NULL, second = NULL;
      g_autoptr (MeshConnection) at_a = NULL, at_b = NULL;
      g_autoptr (MeshStream) stream = NULL;
      g_autoptr (GError) error = NULL;

      mesh_host_set_handler (b.host, ECHO, net_test_echo_handler, NULL, NULL);
      mesh_host_connect_async (a.host, NULL, b_addrs, NULL, net_test_result_cb, &first);
      for (guint i = 0; i < round; i++)
        g_main_context_iteration (NULL, FALSE);
      mesh_host_connect_async (b.host, NULL, a_addrs, NULL, net_test_result_cb, &second);
      net_test_wait (first != NULL && second != NULL);
      at_a = mesh_host_connect_finish (a.host, first, &error);
      g_assert_no_error (error);
      at_b = mesh_host_connect_finish (b.host, second, &error);
      g_assert_no_error (error);
      g_clear_object (&at_a);
      g_clear_object (&at_b);
      g_clear_object (&first);
      g_clear_object (&second);
      /* whichever is left is the same at both ends, and works */
      net_test_wait ((stream = net_test_open (&a, &b, ECHO, NULL)) != NULL);
      at_a = g_object_ref (
          mesh_host_find_connection (a.host, mesh_host_get_peer_id (b.host)));
      at_b = g_object_ref (
          mesh_host_find_connection (b.host, mesh_host_get_peer_id (a.host)));
      g_assert_cmpint (mesh_connection_get_direction (at_a), !=,
                       mesh_connection_get_direction (at_b));
      g_clear_object (&stream);
      net_test_node_clear (&a);
      net_test_node_clear (&b);
    }
}

static void
test_limits (void)
{
  MeshHostOptions options = MESH_HOST_OPTIONS_DEFAULT;
  NetTestNode a = net_test_node (1, NULL, NULL), c = net_test_node (3, NULL, NULL), b;
  g_autoptr (MeshConnection) first = NULL;
  g_autoptr (GError) error = NULL;

  options.max_connections_per_ip = 1;
  b = net_test_node (2, &options, "/ip4/127.0.0.1/tcp/0");
  first = net_test_connect (&a, &b, &error);
  g_assert_no_error (error);
  g_assert_null (net_test_connect (&c, &b, &error));
  g_assert_true (error->domain == MESH_ERROR);
  g_clear_error (&error);
  /* room again */
  mesh_host_disconnect (a.host, mesh_host_get_peer_id (b.host));
  net_test_wait (mesh_host_find_connection (b.host, mesh_host_get_peer_id (a.host))
                 == NULL);
  g_clear_object (&first);
  first = net_test_connect (&c, &b, &error);
  g_assert_no_error (error);
  net_test_node_clear (&a);
  net_test_node_clear (&b);
  net_test_node_clear (&c);
}

static gboolean
set_flag_cb (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
  return G_SOURCE_REMOVE;
}

/* A stream in use keeps a connection, the services do not. */
static void
test_idle (void)
{
  MeshHostOptions options = MESH_HOST_OPTIONS_DEFAULT;
  NetTestNode a, b = net_test_node (2, NULL, "/ip4/127.0.0.1/tcp/0");
  g_autoptr (MeshConnection) connection = NULL;
  g_autoptr (MeshStream) stream = NULL;
  gboolean is_late = FALSE;

  options.idle_timeout_us = 1500 * 1000;
  a = net_test_node (1, &options, NULL);
  mesh_host_set_handler (b.host, ECHO, net_test_echo_handler, NULL, NULL);
  connection = net_test_connect (&a, &b, NULL);
  stream = net_test_open (&a, &b, ECHO, NULL);
  g_timeout_add (3000, set_flag_cb, &is_late);
  net_test_wait (is_late || mesh_connection_is_closed (connection));
  g_assert_false (mesh_connection_is_closed (connection));
  g_clear_object (&stream);
  net_test_wait (mesh_connection_is_closed (connection));
  net_test_node_clear (&a);
  net_test_node_clear (&b);
}

/* Everything that is going on ends when the host is closed. */
static void
test_close (void)
{
  NetTestNode a = net_test_node (1, NULL, NULL);
  NetTestNode b = net_test_node (2, NULL, "/ip4/127.0.0.1/tcp/0");
  g_autoptr (MeshConnection) connection = net_test_connect (&a, &b, NULL);
  g_autoptr (MeshStream) stream = NULL;
  g_autoptr (GAsyncResult) read = NULL, late = NULL, refused = NULL;
  g_autoptr (GPtrArray) none = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (MeshPeerId) a_id = mesh_peer_id_ref (mesh_host_get_peer_id (a.host));
  guint8 byte;

  mesh_host_set_handler (b.host, ECHO, net_test_echo_handler, NULL, NULL);
  stream = net_test_open (&a, &b, ECHO, NULL);
  g_input_stream_read_async (g_io_stream_get_input_stream (G_IO_STREAM (stream)), &byte,
                             1, G_PRIORITY_DEFAULT, NULL, net_test_result_cb, &read);
  mesh_services_free (a.services);
  mesh_host_close_async (a.host, NULL, net_test_result_cb, &late);
  net_test_wait (late != NULL && read != NULL);
  g_assert_cmpint (g_input_stream_read_finish (
                       g_io_stream_get_input_stream (G_IO_STREAM (stream)), read, &error),
                   ==, -1);
  g_assert_error (error, MESH_ERROR, MESH_ERROR_CLOSED);
  g_clear_error (&error);
  mesh_host_connect_async (a.host, NULL, none, NULL, net_test_result_cb, &refused);
  net_test_wait (refused != NULL);
  g_assert_null (mesh_host_connect_finish (a.host, refused, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_CLOSED);
  g_clear_object (&late);
  g_clear_object (&refused);
  g_clear_object (&stream);
  g_object_unref (a.host);
  net_test_wait (mesh_host_find_connection (b.host, a_id) == NULL);
  net_test_node_clear (&b);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/net/host/connect", test_connect);
  g_test_add_func ("/net/host/push", test_push);
  g_test_add_data_func ("/net/host/echo/ip4", "/ip4/127.0.0.1/tcp/0", test_echo);
  g_test_add_data_func ("/net/host/echo/ip6", "/ip6/::1/tcp/0", test_echo);
  g_test_add_func ("/net/host/unsupported", test_unsupported);
  g_test_add_func ("/net/host/connect-errors", test_connect_errors);
  g_test_add_func ("/net/host/simultaneous", test_simultaneous);
  g_test_add_func ("/net/host/limits", test_limits);
  g_test_add_func ("/net/host/idle", test_idle);
  g_test_add_func ("/net/host/close", test_close);
  return g_test_run ();
}
