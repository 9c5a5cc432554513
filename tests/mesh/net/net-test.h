/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <gio/gio.h>
#include <string.h>

#include "net/host/mesh-host.h"
#include "net/protocol/mesh-services.h"

/* What the tests of the net rooms share. A test that waits longer than this has failed.
 */
#define NET_TEST_DEADLINE_S G_GINT64_CONSTANT (300)

static inline gboolean
net_test_deadline_cb (gpointer user_data)
{
  g_printerr ("The condition \"%s\" did not come true in time\n",
              (const char *) user_data);
  g_assert_not_reached ();
}

/* Runs the main loop until @condition. */
#define net_test_wait(condition) \
  G_STMT_START \
  { \
    guint net_test_id = g_timeout_add_seconds ( \
        NET_TEST_DEADLINE_S, net_test_deadline_cb, (gpointer) #condition); \
    while (!(condition)) \
      g_main_context_iteration (NULL, TRUE); \
    g_source_remove (net_test_id); \
  } \
  G_STMT_END

/* Skips the test where the loopback has no IPv6. */
static inline gboolean
net_test_has (const char *listen)
{
  g_autoptr (GSocketAddress) any = NULL;
  g_autoptr (GSocket) socket = NULL;

  if (!g_str_has_prefix (listen, "/ip6/"))
    return TRUE;
  any = g_inet_socket_address_new_from_string ("::1", 0);
  socket = g_socket_new (G_SOCKET_FAMILY_IPV6, G_SOCKET_TYPE_STREAM,
                         G_SOCKET_PROTOCOL_TCP, NULL);
  if (socket != NULL && g_socket_bind (socket, any, FALSE, NULL))
    return TRUE;
  g_test_skip ("there is no IPv6 here");
  return FALSE;
}

static inline void
net_test_result_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **slot = user_data;

  g_assert_null (*slot);
  *slot = g_object_ref (result);
}

static inline MeshKeypair *
net_test_keypair (guint8 fill)
{
  guint8 seed[MESH_ED25519_SEED_BYTES];

  memset (seed, fill, sizeof seed);
  return mesh_keypair_new_from_seed (seed);
}

/* A host and its services. */
typedef struct
{
  MeshHost *host;
  MeshServices *services;
} NetTestNode;

static inline NetTestNode
net_test_node (guint8 fill, const MeshHostOptions *options, const char *listen)
{
  g_autoptr (MeshKeypair) keypair = net_test_keypair (fill);
  NetTestNode node;

  node.host = mesh_host_new (keypair, options);
  node.services = mesh_services_new (node.host);
  if (listen != NULL)
    {
      g_autoptr (MeshMultiaddr) addr = mesh_multiaddr_parse (listen, NULL);
      g_autoptr (GError) error = NULL;

      g_assert_true (mesh_host_listen (node.host, addr, &error));
      g_assert_no_error (error);
    }
  return node;
}

/* Closes and frees a node; nothing of it may be left over. */
static inline void
net_test_node_clear (NetTestNode *node)
{
  g_autoptr (GAsyncResult) result = NULL;

  mesh_services_free (node->services);
  mesh_host_close_async (node->host, NULL, net_test_result_cb, &result);
  net_test_wait (result != NULL);
  g_assert_true (mesh_host_close_finish (node->host, result, NULL));
  g_clear_object (&result);
  net_test_wait (G_OBJECT (node->host)->ref_count == 1);
  g_clear_object (&node->host);
}

static inline MeshConnection *
net_test_connect (NetTestNode *from, NetTestNode *to, GError **error)
{
  g_autoptr (GPtrArray) addrs = mesh_host_dup_addresses (to->host);
  g_autoptr (GAsyncResult) result = NULL;

  mesh_host_connect_async (from->host, NULL, addrs, NULL, net_test_result_cb, &result);
  net_test_wait (result != NULL);
  return mesh_host_connect_finish (from->host, result, error);
}

static inline MeshStream *
net_test_open (NetTestNode *from, NetTestNode *to, const char *protocol, GError **error)
{
  const char *protocols[] = { protocol, NULL };
  g_autoptr (GAsyncResult) result = NULL;

  mesh_host_open_stream_async (from->host, mesh_host_get_peer_id (to->host), protocols,
                               NULL, net_test_result_cb, &result);
  net_test_wait (result != NULL);
  return mesh_host_open_stream_finish (from->host, result, error);
}

/* Serves a protocol by sending everything back. */
typedef struct
{
  MeshStream *stream;
  guint8 *buffer;
} NetTestEcho;

#define NET_TEST_ECHO_BYTES (256u * 1024)

static inline void net_test_echo_read (NetTestEcho *echo);

static inline void
net_test_echo_free (NetTestEcho *echo)
{
  g_object_unref (echo->stream);
  g_free (echo->buffer);
  g_free (echo);
}

static inline void
net_test_echo_closed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_io_stream_close_finish (G_IO_STREAM (source), result, NULL);
  net_test_echo_free (user_data);
}

static inline void
net_test_echo_written_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  NetTestEcho *echo = user_data;

  if (g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, NULL))
    net_test_echo_read (echo);
  else
    net_test_echo_free (echo);
}

static inline void
net_test_echo_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  NetTestEcho *echo = user_data;
  gssize n = g_input_stream_read_finish (G_INPUT_STREAM (source), result, NULL);

  if (n > 0)
    g_output_stream_write_all_async (
        g_io_stream_get_output_stream (G_IO_STREAM (echo->stream)), echo->buffer,
        (gsize) n, G_PRIORITY_DEFAULT, NULL, net_test_echo_written_cb, echo);
  else if (n == 0)
    g_io_stream_close_async (G_IO_STREAM (echo->stream), G_PRIORITY_DEFAULT, NULL,
                             net_test_echo_closed_cb, echo);
  else
    net_test_echo_free (echo);
}

static inline void
net_test_echo_read (NetTestEcho *echo)
{
  g_input_stream_read_async (g_io_stream_get_input_stream (G_IO_STREAM (echo->stream)),
                             echo->buffer, NET_TEST_ECHO_BYTES, G_PRIORITY_DEFAULT, NULL,
                             net_test_echo_read_cb, echo);
}

static inline void
net_test_echo_handler (MeshStream *stream, gpointer user_data)
{
  NetTestEcho *echo = g_new0 (NetTestEcho, 1);

  echo->stream = stream;
  echo->buffer = g_malloc (NET_TEST_ECHO_BYTES);
  net_test_echo_read (echo);
}
