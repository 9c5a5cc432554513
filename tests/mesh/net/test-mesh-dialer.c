/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "net/host/mesh-dialer.h"

#include "base/mesh-error.h"
#include "net/transport/mesh-tcp-transport.h"

#include "fake-resolver.h"
#include "net-test.h"

static MeshConnection *
dial (GPtrArray *addrs, gint64 dial_timeout_us, GCancellable *cancellable, GError **error)
{
  MeshHostOptions options = MESH_HOST_OPTIONS_DEFAULT;
  g_autoptr (GPtrArray) transports = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (MeshKeypair) keypair = net_test_keypair (1);
  g_autoptr (GAsyncResult) result = NULL;

  options.dial_timeout_us = dial_timeout_us;
  g_ptr_array_add (transports, mesh_tcp_transport_new ());
  mesh_dialer_run_async (transports, keypair, NULL, addrs, &options, cancellable,
                         net_test_result_cb, &result);
  if (cancellable != NULL)
    g_cancellable_cancel (cancellable);
  net_test_wait (result != NULL);
  return mesh_dialer_run_finish (result, error);
}

static GPtrArray *
make_addrs (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_multiaddr_unref);
}

/* A socket that accepts and says nothing. */
static GSocketListener *
make_silence (GPtrArray *addrs)
{
  GSocketListener *listener = g_socket_listener_new ();
  guint16 port = g_socket_listener_add_any_inet_port (listener, NULL, NULL);
  g_autofree char *text = g_strdup_printf ("/ip4/127.0.0.1/tcp/%u", port);

  g_ptr_array_add (addrs, mesh_multiaddr_parse (text, NULL));
  return listener;
}

/* The dead and the silent address do not hold up the good one behind them. */
static void
test_race (void)
{
  NetTestNode b = net_test_node (2, NULL, "/ip4/127.0.0.1/tcp/0");
  g_autoptr (GPtrArray) addrs = make_addrs (), good = mesh_host_dup_addresses (b.host);
  g_autoptr (GSocketListener) silence = make_silence (addrs);
  g_autoptr (GError) error = NULL;
  g_autoptr (MeshConnection) connection = NULL;

  g_ptr_array_add (addrs, mesh_multiaddr_parse ("/ip4/127.0.0.1/tcp/1", NULL));
  g_ptr_array_add (addrs, mesh_multiaddr_ref (good->pdata[0]));
  /* Waiting for the silent one would outlast the test. */
  connection = dial (addrs, 2 * NET_TEST_DEADLINE_S * G_USEC_PER_SEC, NULL, &error);
  g_assert_no_error (error);
  mesh_connection_close (connection, NULL);
  net_test_wait (mesh_muxer_is_drained (mesh_connection_get_muxer (connection)));
  net_test_node_clear (&b);
}

static void
test_timeout (void)
{
  g_autoptr (GPtrArray) addrs = make_addrs ();
  g_autoptr (GSocketListener) silence = make_silence (addrs);
  g_autoptr (GError) error = NULL;

  g_assert_null (dial (addrs, 50 * 1000, NULL, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_TIMED_OUT);
}

static void
test_cancel (void)
{
  g_autoptr (GPtrArray) addrs = make_addrs ();
  g_autoptr (GSocketListener) silence = make_silence (addrs);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_assert_null (dial (addrs, 10 * G_USEC_PER_SEC, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_nothing (void)
{
  g_autoptr (GPtrArray) addrs = make_addrs ();
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (addrs, mesh_multiaddr_parse ("/ip4/127.0.0.1/udp/1/quic-v1", NULL));
  g_assert_null (dial (addrs, G_USEC_PER_SEC, NULL, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_UNSUPPORTED);
}

/* The address of a peer that is behind a name, beside one that says nothing; and a name
 * that leads nowhere does not spoil what works. */
static void
test_dnsaddr (void)
{
  NetTestNode b = net_test_node (2, NULL, "/ip4/127.0.0.1/tcp/0");
  g_autoptr (FakeResolver) resolver = fake_resolver_new ();
  g_autoptr (GPtrArray) addrs = make_addrs (), good = mesh_host_dup_addresses (b.host);
  g_autoptr (GSocketListener) silence = make_silence (addrs);
  g_autofree char *records
      = g_strdup_printf ("[(['dnsaddr=/ip4/127.0.0.1/udp/1/quic-v1'],),"
                         " (['dnsaddr=/ip4/127.0.0.1/tcp/1'],), (['dnsaddr=%s'],)]",
                         mesh_multiaddr_to_string (good->pdata[0]));
  g_autoptr (GError) error = NULL;
  g_autoptr (MeshConnection) connection = NULL;

  fake_resolver_set (resolver, "_dnsaddr.peer.example", records);
  g_ptr_array_add (addrs, mesh_multiaddr_parse ("/dnsaddr/peer.example", NULL));
  g_ptr_array_add (addrs, mesh_multiaddr_parse ("/dnsaddr/nobody.example", NULL));
  connection = dial (addrs, 10 * NET_TEST_DEADLINE_S * G_USEC_PER_SEC, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (resolver->asked->len, ==, 2);
  mesh_connection_close (connection, NULL);
  net_test_wait (mesh_muxer_is_drained (mesh_connection_get_muxer (connection)));
  net_test_node_clear (&b);
}

/* Why a name does not lead there is said: no records, none that can be dialed, silence.
 */
static void
test_dnsaddr_failures (void)
{
  g_autoptr (FakeResolver) resolver = fake_resolver_new ();
  g_autoptr (GPtrArray) addrs = make_addrs ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (addrs, mesh_multiaddr_parse ("/dnsaddr/peer.example", NULL));
  g_assert_null (dial (addrs, 10 * G_USEC_PER_SEC, NULL, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_UNREACHABLE);
  g_clear_error (&error);
  fake_resolver_set (resolver, "_dnsaddr.peer.example",
                     "[(['dnsaddr=/ip4/127.0.0.1/udp/1/quic-v1'],)]");
  g_assert_null (dial (addrs, 10 * G_USEC_PER_SEC, NULL, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_UNSUPPORTED);
  g_clear_error (&error);
  resolver->is_silent = TRUE;
  g_assert_null (dial (addrs, 50 * 1000, NULL, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_TIMED_OUT);
  g_clear_error (&error);
  g_assert_null (dial (addrs, 10 * G_USEC_PER_SEC, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/net/dialer/race", test_race);
  g_test_add_func ("/net/dialer/timeout", test_timeout);
  g_test_add_func ("/net/dialer/cancel", test_cancel);
  g_test_add_func ("/net/dialer/nothing", test_nothing);
  g_test_add_func ("/net/dialer/dnsaddr", test_dnsaddr);
  g_test_add_func ("/net/dialer/dnsaddr-failures", test_dnsaddr_failures);
  return g_test_run ();
}
