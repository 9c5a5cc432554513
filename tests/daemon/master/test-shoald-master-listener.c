/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "master/shoald-master-listener.h"

#include "node/mesh.h"

#include "master-fixture.h"

static ShoaldMasterListener *
listen_on (SoupServer *server, const char *text, guint max, guint timeout_s)
{
  g_autoptr (GError) error = NULL;
  ShoaldMasterListener *listener
      = shoald_master_listener_new (server, text, max, timeout_s, &error);

  g_assert_no_error (error);
  return listener;
}

static GSocketConnection *
dial (ShoaldMasterListener *listener)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GAsyncResult) result = NULL;
  GSocketConnection *connection;

  g_socket_client_connect_to_host_async (client,
                                         shoald_master_listener_get_address (listener), 0,
                                         NULL, master_fixture_got_result, &result);
  master_fixture_wait ((gpointer *) &result);
  connection = g_socket_client_connect_to_host_finish (client, result, &error);
  g_assert_no_error (error);
  return connection;
}

/* Waits until the other side closes. */
static void
expect_closed (GSocketConnection *connection)
{
  g_autoptr (GAsyncResult) result = NULL;
  char byte;

  g_input_stream_read_async (g_io_stream_get_input_stream (G_IO_STREAM (connection)),
                             &byte, 1, 0, NULL, master_fixture_got_result, &result);
  master_fixture_wait ((gpointer *) &result);
  g_assert_cmpint (
      g_input_stream_read_finish (g_io_stream_get_input_stream (G_IO_STREAM (connection)),
                                  result, NULL),
      <=, 0);
}

static void
test_addresses (void)
{
  static const char *const bad[] = { "",
                                     "8080",
                                     "127.0.0.1",
                                     "localhost:80",
                                     "127.0.0.1:x",
                                     "127.0.0.1:99999",
                                     "[::1]",
                                     "http://127.0.0.1:80",
                                     "127.0.0.1:" };
  g_autoptr (SoupServer) server = soup_server_new (NULL, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", bad[i]);
      g_assert_null (shoald_master_listener_new (server, bad[i], 1, 1, &error));
      g_assert_error (error, MESH_ERROR, MESH_ERROR_INVALID);
    }
}

static void
test_in_use (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SoupServer) server = soup_server_new (NULL, NULL);
  g_autoptr (ShoaldMasterListener) listener = listen_on (server, "127.0.0.1:0", 4, 30);
  const char *address = shoald_master_listener_get_address (listener);

  g_assert_true (g_str_has_prefix (address, "127.0.0.1:"));
  g_assert_false (g_str_has_suffix (address, ":0"));
  g_assert_null (shoald_master_listener_new (server, address, 1, 1, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_BUSY);
}

static void
test_connection_limit (void)
{
  g_autoptr (SoupServer) server = soup_server_new (NULL, NULL);
  g_autoptr (ShoaldMasterListener) listener = listen_on (server, "127.0.0.1:0", 2, 30);
  g_autoptr (GSocketConnection) first = dial (listener);
  g_autoptr (GSocketConnection) second = dial (listener);
  g_autoptr (GSocketConnection) third = dial (listener);

  expect_closed (third);
  g_assert_cmpuint (shoald_master_listener_get_n_connections (listener), ==, 2);
  g_io_stream_close (G_IO_STREAM (first), NULL, NULL);
  while (shoald_master_listener_get_n_connections (listener) == 2)
    g_main_context_iteration (NULL, TRUE);
  soup_server_disconnect (server);
}

/* A client that never says anything is closed by the time-out of its socket. */
static void
test_silent_client (void)
{
  g_autoptr (SoupServer) server = soup_server_new (NULL, NULL);
  g_autoptr (ShoaldMasterListener) listener = listen_on (server, "127.0.0.1:0", 2, 1);
  g_autoptr (GSocketConnection) silent = dial (listener);

  expect_closed (silent);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/master/listener/addresses", test_addresses);
  g_test_add_func ("/master/listener/in-use", test_in_use);
  g_test_add_func ("/master/listener/connection-limit", test_connection_limit);
  g_test_add_func ("/master/listener/silent-client", test_silent_client);
  return g_test_run ();
}
