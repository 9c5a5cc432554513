/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "node/mesh-node-origin.h"

#include <string.h>

#include "discovery/mesh-bootstrap-list.h"

#include "net-test.h"
#include "source-fixture.h"

#define OWN \
  "/ip4/127.0.0.1/tcp/1/p2p/12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA"
#define OTHER \
  "/ip4/127.0.0.1/tcp/2/p2p/12D3KooWPJy9po6KdjSLDT8NUsiL5T7sq6mEu2Z61DHUdiaZ78T6"

typedef struct
{
  char *dir; /* (owned) */
  NetTestNode net;
  HttpFixture http;
  MeshWorkPool *pool; /* (owned) */
  GBytes *answer;     /* (owned) (nullable): %NULL: 503 */
  guint n_asked;
} Origin;

static void
handler (SoupServer *server,
         SoupServerMessage *message,
         const char *path,
         GHashTable *query,
         gpointer user_data)
{
  Origin *test = user_data;
  gsize len;
  const char *body;

  g_assert_cmpstr (path, ==, "/api/v1/bootstrap");
  test->n_asked++;
  if (test->answer == NULL)
    {
      soup_server_message_set_status (message, 503, NULL);
      return;
    }
  body = g_bytes_get_data (test->answer, &len);
  http_answer (message, 200, body, len);
}

static void
set_up (Origin *test, gconstpointer unused)
{
  test->dir = g_dir_make_tmp ("origin-XXXXXX", NULL);
  test->pool = mesh_work_pool_new (1);
  test->net = net_test_node (1, NULL, NULL);
  http_fixture_init (&test->http, handler, test);
}

static void
tear_down (Origin *test, gconstpointer unused)
{
  g_autoptr (GDir) dir = g_dir_open (test->dir, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (test->dir, name, NULL);

      g_remove (path);
    }
  g_rmdir (test->dir);
  g_free (test->dir);
  http_fixture_clear (&test->http);
  net_test_node_clear (&test->net);
  net_test_wait (G_OBJECT (test->pool)->ref_count == 1);
  g_object_unref (test->pool);
  g_clear_pointer (&test->answer, g_bytes_unref);
}

static GBytes *
sign (guint8 fill, guint64 counter)
{
  g_autoptr (MeshKeypair) keypair = net_test_keypair (fill);
  const char *const addresses[] = { OTHER, NULL };
  g_autoptr (GError) error = NULL;
  GBytes *list = mesh_bootstrap_list_sign (
      keypair, addresses, counter, g_get_real_time () / G_USEC_PER_SEC + 3600, &error);

  g_assert_no_error (error);
  return list;
}

static gboolean
says (MeshNodeOrigin *origin, const char *expected)
{
  g_auto (GStrv) addresses = mesh_node_origin_dup_addresses (origin);
  g_autofree char *text = g_strjoinv (" ", addresses);

  return strcmp (text, expected) == 0;
}

static MeshNodeOrigin *
begin (Origin *test, MeshNodeBootstrap *bootstrap)
{
  const char *const own[] = { OWN, NULL };
  g_autoptr (MeshMasterClient) master = mesh_master_client_new (test->http.url, NULL);
  MeshNodeOrigin *origin = mesh_node_origin_new (test->dir, test->pool, bootstrap);

  mesh_node_origin_set_own (origin, own);
  mesh_node_origin_set_master (origin, master);
  return origin;
}

static void
end (MeshNodeOrigin *origin)
{
  mesh_node_origin_stop (origin);
  net_test_wait (G_OBJECT (origin)->ref_count == 1);
  g_object_unref (origin);
}

static gboolean
has_kept (Origin *test)
{
  g_autoptr (GDir) dir = g_dir_open (test->dir, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_prefix (name, "bootstrap-") && g_str_has_suffix (name, ".json"))
      return TRUE;
  return FALSE;
}

/* Asked for once the network may be used; kept for a start without the server. */
static void
test_signed (Origin *test, gconstpointer unused)
{
  g_autoptr (MeshNodeBootstrap) bootstrap = mesh_node_bootstrap_new (test->net.host);
  g_autoptr (MeshPeerId) other
      = mesh_peer_id_parse ("12D3KooWPJy9po6KdjSLDT8NUsiL5T7sq6mEu2Z61DHUdiaZ78T6", NULL);
  MeshNodeOrigin *origin;

  test->answer = sign (9, 1);
  origin = begin (test, bootstrap);
  g_assert_true (says (origin, OWN));
  mesh_node_origin_set_active (origin, TRUE);
  net_test_wait (says (origin, OWN " " OTHER));
  g_assert_true (mesh_node_bootstrap_contains (bootstrap, other));
  net_test_wait (has_kept (test));
  end (origin);
  g_assert_cmpuint (test->n_asked, ==, 1);

  g_clear_pointer (&test->answer, g_bytes_unref);
  origin = begin (test, bootstrap);
  net_test_wait (says (origin, OWN " " OTHER));
  /* Another server, another list. */
  mesh_node_origin_set_master (origin, NULL);
  g_assert_true (says (origin, OWN));
  g_assert_false (mesh_node_bootstrap_contains (bootstrap, other));
  end (origin);
}

/* A list signed by somebody else is not used, the one that is there stays. */
static void
test_forged (Origin *test, gconstpointer unused)
{
  g_autoptr (MeshNodeBootstrap) bootstrap = mesh_node_bootstrap_new (test->net.host);
  MeshNodeOrigin *origin;

  test->answer = sign (9, 1);
  origin = begin (test, bootstrap);
  mesh_node_origin_set_active (origin, TRUE);
  net_test_wait (says (origin, OWN " " OTHER));
  net_test_wait (has_kept (test));
  end (origin);

  g_bytes_unref (test->answer);
  test->answer = sign (10, 2);
  origin = begin (test, bootstrap);
  mesh_node_origin_set_active (origin, TRUE);
  net_test_wait (test->n_asked == 2);
  net_test_wait (says (origin, OWN " " OTHER));
  end (origin);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/node-origin/signed", Origin, NULL, set_up, test_signed, tear_down);
  g_test_add ("/node-origin/forged", Origin, NULL, set_up, test_forged, tear_down);
  return g_test_run ();
}
