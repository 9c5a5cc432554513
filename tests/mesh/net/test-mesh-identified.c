/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "net/host/mesh-identified.h"

#include "base/mesh-error.h"

#include "net-test.h"

#define LISTEN "/ip4/127.0.0.1/tcp/0"

/* Two hosts that are connected; @b says who it is only when its services begin. */
typedef struct
{
  MeshHost *a;          /* (owned) */
  MeshServices *asking; /* (owned) (nullable): of a */
  MeshHost *b;          /* (owned) */
  GAsyncResult *result; /* (owned) (nullable) */
} Fixture;

static MeshHost *
make_host (guint8 fill, const char *listen)
{
  g_autoptr (MeshKeypair) keypair = net_test_keypair (fill);
  MeshHost *host = mesh_host_new (keypair, NULL);

  if (listen != NULL)
    {
      g_autoptr (MeshMultiaddr) addr = mesh_multiaddr_parse (listen, NULL);

      g_assert_true (mesh_host_listen (host, addr, NULL));
    }
  return host;
}

static void
connect_hosts (Fixture *fixture)
{
  NetTestNode a = { fixture->a, NULL }, b = { fixture->b, NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (MeshConnection) connection = net_test_connect (&a, &b, &error);

  g_assert_no_error (error);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->a = make_host (1, NULL);
  fixture->b = make_host (2, LISTEN);
  connect_hosts (fixture);
}

static void
close_host (MeshHost *host)
{
  g_autoptr (GAsyncResult) result = NULL;

  mesh_host_close_async (host, NULL, net_test_result_cb, &result);
  net_test_wait (result != NULL);
  g_clear_object (&result);
  net_test_wait (G_OBJECT (host)->ref_count == 1);
  g_object_unref (host);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_object (&fixture->result);
  g_clear_pointer (&fixture->asking, mesh_services_free);
  close_host (fixture->a);
  close_host (fixture->b);
}

static void
begin (Fixture *fixture, gint64 timeout_us, GCancellable *cancellable)
{
  mesh_identified_wait_async (fixture->a, mesh_host_get_peer_id (fixture->b), timeout_us,
                              cancellable, net_test_result_cb, &fixture->result);
}

static void
expect (Fixture *fixture, GQuark domain, int code)
{
  g_autoptr (GError) error = NULL;

  net_test_wait (fixture->result != NULL);
  g_assert_false (mesh_identified_wait_finish (fixture->a, fixture->result, &error));
  g_assert_error (error, domain, code);
}

/* Nothing is known until the other side begins to answer. */
static void
test_waits (Fixture *fixture, gconstpointer data)
{
  MeshServices *answering;
  MeshConnection *connection;
  g_autoptr (GError) error = NULL;

  begin (fixture, NET_TEST_DEADLINE_S * G_USEC_PER_SEC, NULL);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_null (fixture->result);

  /* The services ask whom they see coming, so the connection is made once more. */
  mesh_host_disconnect (fixture->a, mesh_host_get_peer_id (fixture->b));
  expect (fixture, MESH_ERROR, MESH_ERROR_CLOSED);
  g_clear_object (&fixture->result);
  net_test_wait (
      mesh_host_find_connection (fixture->b, mesh_host_get_peer_id (fixture->a)) == NULL);
  fixture->asking = mesh_services_new (fixture->a);
  answering = mesh_services_new (fixture->b);
  connect_hosts (fixture);
  begin (fixture, NET_TEST_DEADLINE_S * G_USEC_PER_SEC, NULL);
  net_test_wait (fixture->result != NULL);
  g_assert_true (mesh_identified_wait_finish (fixture->a, fixture->result, &error));
  g_assert_no_error (error);
  connection = mesh_host_find_connection (fixture->a, mesh_host_get_peer_id (fixture->b));
  g_assert_true (mesh_connection_supports (connection, "/ipfs/ping/1.0.0"));

  /* And at once when it is known. */
  g_clear_object (&fixture->result);
  begin (fixture, 0, NULL);
  net_test_wait (fixture->result != NULL);
  g_assert_true (mesh_identified_wait_finish (fixture->a, fixture->result, &error));
  mesh_services_free (answering);
}

static void
test_silent (Fixture *fixture, gconstpointer data)
{
  begin (fixture, 1000, NULL);
  expect (fixture, MESH_ERROR, MESH_ERROR_TIMED_OUT);
  g_assert_nonnull (
      mesh_host_find_connection (fixture->a, mesh_host_get_peer_id (fixture->b)));
}

static void
test_cancelled (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  begin (fixture, NET_TEST_DEADLINE_S * G_USEC_PER_SEC, cancellable);
  g_cancellable_cancel (cancellable);
  expect (fixture, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_closed (Fixture *fixture, gconstpointer data)
{
  begin (fixture, NET_TEST_DEADLINE_S * G_USEC_PER_SEC, NULL);
  mesh_host_disconnect (fixture->b, mesh_host_get_peer_id (fixture->a));
  expect (fixture, MESH_ERROR, MESH_ERROR_CLOSED);

  g_clear_object (&fixture->result);
  begin (fixture, NET_TEST_DEADLINE_S * G_USEC_PER_SEC, NULL);
  expect (fixture, MESH_ERROR, MESH_ERROR_CLOSED);
}

#define ADD(name, func) \
  g_test_add ("/net/identified/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("waits", test_waits);
  ADD ("silent", test_silent);
  ADD ("cancelled", test_cancelled);
  ADD ("closed", test_closed);
  return g_test_run ();
}
