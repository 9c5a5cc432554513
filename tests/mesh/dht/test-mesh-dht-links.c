/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "dht/mesh-dht-links.h"

#include "dht-node.h"
#include "dht/mesh-dht-serve.h"

#define PROTOCOL "/test/kad/1.0.0"

/* One host that asks and one that answers, or does not. */
typedef struct
{
  NetTestNode asker;
  NetTestNode server;
  MeshDhtLinks *links;
  MeshDhtServe *serve;
  GPtrArray *addrs;
  guint n_served;
  guint n_good;
  guint n_bad;
  int last_code;
} Fixture;

static gboolean
serve_cb (MeshPeerId *from, GBytes *request, GBytes **reply, gpointer user_data)
{
  Fixture *f = user_data;
  const char *data = g_bytes_get_data (request, NULL);

  f->n_served++;
  if (data[0] == 'r')
    return FALSE;
  if (data[0] != 'n')
    *reply = g_bytes_ref (request);
  return TRUE;
}

static void
reply_cb (guint64 request_id, GBytes *reply, const GError *error, gpointer user_data)
{
  Fixture *f = user_data;

  if (error == NULL)
    f->n_good++;
  else
    {
      f->n_bad++;
      f->last_code = error->code;
    }
}

static void
set_up (Fixture *f, gconstpointer data)
{
  f->asker = net_test_node (1, NULL, NULL);
  f->server = net_test_node (2, NULL, "/ip4/127.0.0.1/tcp/0");
  f->links = mesh_dht_links_new (f->asker.host, PROTOCOL, reply_cb, f);
  f->serve = mesh_dht_serve_new (f->server.host, PROTOCOL, serve_cb, f);
  f->addrs = mesh_host_dup_addresses (f->server.host);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_clear_pointer (&f->links, mesh_dht_links_free);
  g_clear_pointer (&f->serve, mesh_dht_serve_free);
  g_ptr_array_unref (f->addrs);
  net_test_node_clear (&f->asker);
  net_test_node_clear (&f->server);
}

static void
send (Fixture *f, guint64 id, const char *text, gboolean expects_reply)
{
  g_autoptr (GBytes) msg = g_bytes_new (text, strlen (text));

  mesh_dht_links_send (f->links, id, mesh_host_get_peer_id (f->server.host), f->addrs,
                       msg, expects_reply);
}

/* Dials, asks, and asks again on the same stream. */
static void
test_reuse (Fixture *f, gconstpointer data)
{
  for (guint i = 0; i < 20; i++)
    {
      send (f, i + 1, "hello", TRUE);
      net_test_wait (f->n_good == i + 1);
    }
  g_assert_cmpuint (mesh_dht_serve_get_n_streams (f->serve), ==, 1);
  g_assert_cmpuint (f->n_served, ==, 20);
}

static void
test_many (Fixture *f, gconstpointer data)
{
  for (guint i = 0; i < 200; i++)
    send (f, i + 1, "hello", i % 4 != 0);
  net_test_wait (f->n_good == 200);
  net_test_wait (f->n_served == 200);
  g_assert_cmpuint (f->n_bad, ==, 0);
  g_assert_cmpuint (mesh_dht_serve_get_n_streams (f->serve), <=,
                    MESH_DHT_LINKS_MAX_PEER_REQUESTS);
}

static void
test_no_reply (Fixture *f, gconstpointer data)
{
  send (f, 1, "no answer", FALSE);
  net_test_wait (f->n_good == 1);
  net_test_wait (f->n_served == 1);
  net_test_wait (mesh_dht_serve_get_n_streams (f->serve) == 0);
}

/* The peer ended the stream while it was idle: nobody notices. */
static void
test_stale_stream (Fixture *f, gconstpointer data)
{
  send (f, 1, "hello", TRUE);
  net_test_wait (f->n_good == 1);
  mesh_dht_serve_free (f->serve);
  f->serve = mesh_dht_serve_new (f->server.host, PROTOCOL, serve_cb, f);
  send (f, 2, "hello", TRUE);
  net_test_wait (f->n_good == 2);
  g_assert_cmpuint (f->n_bad, ==, 0);
}

static void
test_refused (Fixture *f, gconstpointer data)
{
  send (f, 1, "reset", TRUE);
  net_test_wait (f->n_bad == 1);
  g_assert_cmpint (f->last_code, ==, MESH_ERROR_CLOSED);
  g_clear_pointer (&f->serve, mesh_dht_serve_free);
  send (f, 2, "hello", TRUE);
  net_test_wait (f->n_bad == 2);
  g_assert_cmpint (f->last_code, ==, MESH_ERROR_UNSUPPORTED);
}

static void
test_unreachable (Fixture *f, gconstpointer data)
{
  mesh_host_unlisten (f->server.host);
  send (f, 1, "hello", TRUE);
  net_test_wait (f->n_bad == 1);
  g_assert_cmpint (f->last_code, ==, MESH_ERROR_UNREACHABLE);
}

/* Those that wait are begun when the ones before them are cancelled, or cancelled while
 * they wait. */
static void
test_waiting (Fixture *f, gconstpointer data)
{
  guint n = MESH_DHT_LINKS_MAX_PEER_REQUESTS;

  for (guint i = 0; i < n; i++)
    send (f, i + 1, "no answer", TRUE);
  net_test_wait (f->n_served == n);
  send (f, 100, "hello", TRUE);
  send (f, 101, "hello", TRUE);
  send (f, 102, "hello", TRUE);
  mesh_dht_links_cancel (f->links, 101);
  mesh_dht_links_cancel (f->links, 1);
  net_test_wait (f->n_good == 2);
  g_assert_cmpuint (f->n_served, ==, n + 2);
}

/* Cancelled at each step, and by the end of the links: no call comes. */
static void
test_cancel (Fixture *f, gconstpointer data)
{
  send (f, 1, "hello", TRUE);
  mesh_dht_links_cancel (f->links, 1);
  mesh_dht_links_cancel (f->links, 1);
  send (f, 2, "no answer", TRUE);
  net_test_wait (f->n_served == 1);
  mesh_dht_links_cancel (f->links, 2);
  net_test_wait (mesh_dht_serve_get_n_streams (f->serve) == 0);
  send (f, 3, "hello", TRUE);
  net_test_wait (f->n_good == 1);
  send (f, 4, "hello", TRUE);
  send (f, 5, "no answer", TRUE);
  g_clear_pointer (&f->links, mesh_dht_links_free);
  net_test_wait (mesh_dht_serve_get_n_streams (f->serve) == 0);
  g_assert_cmpuint (f->n_good, ==, 1);
  g_assert_cmpuint (f->n_bad, ==, 0);
}

#define TEST(name) \
  g_test_add ("/dht-links/" #name, Fixture, NULL, set_up, test_##name, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  TEST (reuse);
  TEST (many);
  TEST (no_reply);
  TEST (stale_stream);
  TEST (refused);
  TEST (unreachable);
  TEST (waiting);
  TEST (cancel);
  return g_test_run ();
}
