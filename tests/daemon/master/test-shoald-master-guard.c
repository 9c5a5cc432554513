/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "master/shoald-master-guard.h"

#include <string.h>

#include "master-fixture.h"
#include "prometheus.h"
#include "master/shoald-master-listener.h"

/* A time-out that plays no part, however slow the machine is. */
#define PATIENCE_S 300

/* A server with small limits and a raw client, so that bad clients can be played. */
typedef struct
{
  SoupServer *server;             /* (owned) */
  ShoaldMasterLimiter *limiter;   /* (owned) */
  ShoaldMasterGuard *guard;       /* (owned) */
  ShoaldMasterListener *listener; /* (owned) */
  GPtrArray *held;                /* (owned) (element-type SoupServerMessage): paused */
} Fixture;

static void
handle (SoupServer *server,
        SoupServerMessage *msg,
        const char *path,
        GHashTable *form,
        gpointer user_data)
{
  Fixture *fixture = user_data;

  soup_server_message_set_status (msg, 200, NULL);
  if (strcmp (path, "/hold") == 0)
    {
      soup_server_message_pause (msg);
      g_ptr_array_add (fixture->held, g_object_ref (msg));
    }
}

/* @timeout_s: of heads and bodies */
static void
set_up (Fixture *fixture, gconstpointer timeout_s)
{
  const ShoaldMasterGuardLimits limits
      = { .max_requests = 3,
          .header_timeout_s = GPOINTER_TO_UINT (timeout_s),
          .body_timeout_s = GPOINTER_TO_UINT (timeout_s),
          .max_publish_bytes = 10 };
  g_autoptr (GError) error = NULL;

  fixture->server = soup_server_new (NULL, NULL);
  fixture->limiter = shoald_master_limiter_new (2);
  fixture->guard = shoald_master_guard_new (fixture->server, fixture->limiter, &limits);
  fixture->held = g_ptr_array_new_with_free_func (g_object_unref);
  soup_server_add_handler (fixture->server, NULL, handle, fixture, NULL);
  fixture->listener = shoald_master_listener_new (fixture->server, "127.0.0.1:0", 100,
                                                  PATIENCE_S, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  g_clear_pointer (&fixture->listener, shoald_master_listener_free);
  g_clear_pointer (&fixture->held, g_ptr_array_unref);
  soup_server_disconnect (fixture->server);
  g_clear_pointer (&fixture->guard, shoald_master_guard_free);
  g_clear_pointer (&fixture->limiter, shoald_master_limiter_free);
  g_clear_object (&fixture->server);
}

static GSocketConnection *
dial (Fixture *fixture, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GAsyncResult) written = NULL;
  GSocketConnection *connection;
  GOutputStream *output;

  g_socket_client_connect_to_host_async (
      client, shoald_master_listener_get_address (fixture->listener), 0, NULL,
      master_fixture_got_result, &result);
  master_fixture_wait ((gpointer *) &result);
  connection = g_socket_client_connect_to_host_finish (client, result, &error);
  g_assert_no_error (error);
  output = g_io_stream_get_output_stream (G_IO_STREAM (connection));
  g_output_stream_write_all_async (output, text, strlen (text), 0, NULL,
                                   master_fixture_got_result, &written);
  master_fixture_wait ((gpointer *) &written);
  g_output_stream_write_all_finish (output, written, NULL, NULL);
  return connection;
}

/* Everything the server says until it closes, or until "\r\n\r\n". */
static char *
read_answer (GSocketConnection *connection, gboolean is_head_enough)
{
  GInputStream *input = g_io_stream_get_input_stream (G_IO_STREAM (connection));
  g_autoptr (GString) text = g_string_new (NULL);

  for (;;)
    {
      g_autoptr (GAsyncResult) result = NULL;
      char buf[4096];
      gssize n;

      g_input_stream_read_async (input, buf, sizeof buf, 0, NULL,
                                 master_fixture_got_result, &result);
      master_fixture_wait ((gpointer *) &result);
      n = g_input_stream_read_finish (input, result, NULL);
      if (n > 0)
        g_string_append_len (text, buf, n);
      if (n <= 0 || (is_head_enough && strstr (text->str, "\r\n\r\n") != NULL))
        return g_string_free (g_steal_pointer (&text), FALSE);
    }
}

static void
check_status (Fixture *fixture, const char *request, const char *expected)
{
  g_autoptr (GSocketConnection) connection = dial (fixture, request);
  g_autofree char *answer = read_answer (connection, TRUE);

  g_test_message ("%s", answer);
  g_assert_nonnull (strstr (answer, expected));
}

static void
test_sizes (Fixture *fixture, gconstpointer unused)
{
  check_status (fixture, "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 200");
  check_status (
      fixture,
      "PUT /api/v1/updates HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n0123456789",
      "HTTP/1.1 200");
  check_status (
      fixture,
      "PUT /api/v1/updates HTTP/1.1\r\nHost: x\r\nContent-Length: 11\r\n\r\n01234567890",
      "HTTP/1.1 413");
  check_status (fixture,
                "PUT /api/v1/updates HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked"
                "\r\n\r\nb\r\n01234567890\r\n0\r\n\r\n",
                "HTTP/1.1 413");
  check_status (fixture,
                "PUT /api/v1/updates HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000"
                "\r\nExpect: 100-continue\r\n\r\n",
                "HTTP/1.1 413");
  check_status (fixture, "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n0",
                "HTTP/1.1 413");
}

/* Announcements have a limit of their own: the largest that is legal is taken. */
static void
test_announcement_size (Fixture *fixture, gconstpointer unused)
{
  for (gsize more = 0; more < 2; more++)
    {
      gsize len = MESH_ANNOUNCEMENT_MAX_BYTES + more;
      g_autofree char *body = g_strnfill (len, 'x');
      g_autofree char *request
          = g_strdup_printf ("PUT /api/v1/announcements HTTP/1.1\r\nHost: x\r\n"
                             "Content-Length: %" G_GSIZE_FORMAT "\r\n\r\n%s",
                             len, body);

      check_status (fixture, request, more == 0 ? "HTTP/1.1 200" : "HTTP/1.1 413");
    }
}

/* A body without end is cut off. */
static void
test_endless_body (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *junk = g_strnfill (200000, 'x');
  g_autofree char *request = g_strconcat ("PUT /api/v1/updates HTTP/1.1\r\nHost: x\r\n"
                                          "Transfer-Encoding: chunked\r\n\r\nffffff\r\n",
                                          junk, NULL);
  g_autoptr (GSocketConnection) connection = dial (fixture, request);
  g_autofree char *answer = read_answer (connection, FALSE);

  g_assert_null (strstr (answer, "HTTP/1.1 200"));
}

/* Heads and bodies that come too slowly are cut off. */
static void
test_slow_clients (Fixture *fixture, gconstpointer unused)
{
  static const char *const requests[]
      = { "GET / HT", "GET / HTTP/1.1\r\nHost: x\r\nX-A: b\r\n",
          "PUT /api/v1/updates HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n0123" };
  g_autoptr (ShoaldMasterMetrics) metrics = shoald_master_metrics_new ();
  g_autofree char *page = NULL;
  g_autoptr (GHashTable) samples = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (requests); i++)
    {
      g_autoptr (GSocketConnection) connection = dial (fixture, requests[i]);
      g_autofree char *answer = read_answer (connection, FALSE);

      g_assert_null (strstr (answer, "HTTP/1.1 200"));
    }
  shoald_master_guard_collect (fixture->guard, metrics);
  page = shoald_master_metrics_finish (metrics);
  samples = prometheus_parse (page);
  g_assert_cmpfloat (prometheus_get (samples, "shoal_http_deadlines_total"), ==,
                     G_N_ELEMENTS (requests));
}

static void
test_huge_head (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *junk = g_strnfill (1 << 20, 'x');
  g_autofree char *request
      = g_strconcat ("GET / HTTP/1.1\r\nHost: x\r\nX-Junk: ", junk, NULL);
  g_autoptr (GSocketConnection) connection = dial (fixture, request);
  g_autofree char *answer = read_answer (connection, FALSE);

  g_assert_null (strstr (answer, "HTTP/1.1 200"));
}

static void
test_in_flight (Fixture *fixture, gconstpointer unused)
{
  const char *hold = "GET /hold HTTP/1.1\r\nHost: x\r\n\r\n";
  g_autoptr (GSocketConnection) first = dial (fixture, hold);
  g_autoptr (GSocketConnection) second = dial (fixture, hold);
  g_autofree char *answer = NULL;

  while (fixture->held->len < 2)
    g_main_context_iteration (NULL, TRUE);
  check_status (fixture, "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 429");
  soup_server_message_unpause (fixture->held->pdata[0]);
  answer = read_answer (first, TRUE);
  g_assert_nonnull (strstr (answer, "HTTP/1.1 200"));
  check_status (fixture, "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 200");
  soup_server_message_unpause (fixture->held->pdata[1]);
}

/* A client that goes away leaves nothing behind. */
static void
test_gone_client (Fixture *fixture, gconstpointer unused)
{
  const char *hold = "GET /hold HTTP/1.1\r\nHost: x\r\n\r\n";
  GSocketConnection *client = dial (fixture, hold);

  while (fixture->held->len < 1)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (shoald_master_limiter_get_n_in_flight (fixture->limiter), ==, 1);
  g_io_stream_close (G_IO_STREAM (client), NULL, NULL);
  g_object_unref (client);
  soup_server_message_unpause (fixture->held->pdata[0]);
  while (shoald_master_limiter_get_n_in_flight (fixture->limiter) > 0)
    g_main_context_iteration (NULL, TRUE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, timeout_s, func) \
  g_test_add ("/master/guard/" path, Fixture, GUINT_TO_POINTER (timeout_s), set_up, \
              func, tear_down)
  ADD ("sizes", PATIENCE_S, test_sizes);
  ADD ("announcement-size", PATIENCE_S, test_announcement_size);
  ADD ("endless-body", PATIENCE_S, test_endless_body);
  ADD ("slow-clients", 1, test_slow_clients);
  ADD ("huge-head", PATIENCE_S, test_huge_head);
  ADD ("in-flight", PATIENCE_S, test_in_flight);
  ADD ("gone-client", PATIENCE_S, test_gone_client);
  return g_test_run ();
}
