/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "master/shoald-master-mesh.h"

#include <string.h>

#include "registry-node.h"

/* A server with a registry beside it. */

typedef struct
{
  RegistryNode node;
  SoupServer *server;           /* (owned) */
  ShoaldMasterLimiter *limiter; /* (owned) */
  ShoaldMasterMesh *mesh;       /* (owned) */
  SoupSession *session;         /* (owned) */
  char *url;                    /* (owned) */
} Fixture;

/* The guard enters addresses; here every request comes from one. */
static void
set_up (Fixture *fixture, gconstpointer unused)
{
  static const char *const more[] = {
    "/ip4/192.0.2.1/tcp/4001/p2p/12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp",
    NULL
  };
  g_autoptr (GError) error = NULL;
  GSList *uris;

  registry_node_init (&fixture->node, 61);
  fixture->server = soup_server_new (NULL, NULL);
  fixture->limiter = shoald_master_limiter_new (32);
  g_assert_true (shoald_master_limiter_enter (fixture->limiter, "127.0.0.1"));
  fixture->mesh
      = shoald_master_mesh_new (fixture->server, fixture->limiter, fixture->node.registry,
                                fixture->node.host, more);
  soup_server_listen_local (fixture->server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, &error);
  g_assert_no_error (error);
  uris = soup_server_get_uris (fixture->server);
  fixture->url = g_strdup_printf ("http://127.0.0.1:%d", g_uri_get_port (uris->data));
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  fixture->session = soup_session_new ();
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  shoald_master_mesh_free (fixture->mesh);
  soup_server_disconnect (fixture->server);
  g_object_unref (fixture->server);
  g_object_unref (fixture->session);
  shoald_master_limiter_free (fixture->limiter);
  registry_node_clear (&fixture->node);
  g_free (fixture->url);
}

static guint
ask (Fixture *fixture,
     const char *method,
     const char *path,
     GBytes *body,
     GBytes **answer)
{
  g_autofree char *url = g_strconcat (fixture->url, path, NULL);
  g_autoptr (SoupMessage) msg = soup_message_new (method, url);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  RegistryWait wait = { NULL };

  if (body != NULL)
    soup_message_set_request_body_from_bytes (msg, "application/json", body);
  soup_session_send_and_read_async (fixture->session, msg, 0, NULL, registry_wait_cb,
                                    &wait);
  bytes = soup_session_send_and_read_finish (fixture->session, registry_wait_for (&wait),
                                             &error);
  g_assert_no_error (error);
  g_clear_object (&wait.result);
  if (answer != NULL)
    *answer = g_steal_pointer (&bytes);
  return soup_message_get_status (msg);
}

static void
test_announcements (Fixture *fixture, gconstpointer unused)
{
  RegistryFixture editor = registry_fixture_now ();
  g_autoptr (GBytes) good = registry_fixture_bytes (&editor);
  g_autoptr (GBytes) bad = g_bytes_new_static ("{}", 2);
  g_autoptr (GPtrArray) results = NULL;

  g_assert_cmpuint (ask (fixture, "PUT", "/api/v1/announcements", good, NULL), ==, 202);
  g_assert_cmpuint (ask (fixture, "PUT", "/api/v1/announcements", good, NULL), ==, 202);
  g_assert_cmpuint (ask (fixture, "PUT", "/api/v1/announcements", bad, NULL), ==, 403);
  g_assert_cmpuint (ask (fixture, "GET", "/api/v1/announcements", NULL, NULL), ==, 405);
  results = registry_node_search (&fixture->node, "editor", NULL);
  g_assert_cmpuint (results->len, ==, 1);
}

static void
test_rate (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GBytes) bad = g_bytes_new_static ("{}", 2);
  guint n = 0;

  while (ask (fixture, "PUT", "/api/v1/announcements", bad, NULL) == 403)
    n++;
  g_assert_cmpuint (n, >=, SHOALD_MASTER_LIMITER_BURST);
  g_assert_cmpuint (n, <, 100);
}

/* What the other side reads of it: see mesh/discovery. */
static void
test_bootstrap (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GBytes) first = NULL;
  g_autoptr (GBytes) again = NULL;
  g_autoptr (MeshBootstrapList) list = mesh_bootstrap_list_new ();
  g_auto (GStrv) addresses = NULL;
  g_autoptr (GError) error = NULL;
  gint64 now_s = g_get_real_time () / G_USEC_PER_SEC;

  g_assert_cmpuint (ask (fixture, "GET", "/api/v1/bootstrap", NULL, &first), ==, 200);
  g_assert_cmpuint (ask (fixture, "GET", "/api/v1/bootstrap", NULL, &again), ==, 200);
  g_assert_true (g_bytes_equal (first, again));
  g_assert_true (mesh_bootstrap_list_take_signed (
      list, g_bytes_get_data (first, NULL), g_bytes_get_size (first), now_s, &error));
  g_assert_no_error (error);
  addresses = mesh_bootstrap_list_dup_addresses (list, now_s);
  g_assert_cmpuint (g_strv_length (addresses), ==, 2);
}

static void
test_merge (void)
{
  RegistryFixture editor = registry_fixture_default ();
  RegistryFixture other = registry_fixture_default ();
  g_autoptr (MeshAnnouncement) known = registry_fixture_announcement (&editor);
  g_autoptr (MeshAnnouncement) unknown = NULL;
  g_autoptr (GPtrArray) results
      = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_registry_result_unref);
  g_autofree char *text = g_strdup_printf (
      "{\"packages\":[{\"app_id\":\"%s\",\"channel\":\"stable\",\"fingerprint\":\"%s\"}],"
      "\"total\":1}",
      TRUST_FIXTURE_APP, mesh_announcement_get_fingerprint (known));
  g_autoptr (GBytes) answer = g_bytes_new (text, strlen (text));
  g_autoptr (GBytes) merged = NULL;
  g_autoptr (GBytes) full = NULL;
  g_autoptr (MeshJson) json = NULL;
  const MeshJson *packages, *first, *second;

  other.app_id = "org.example.Mesh";
  unknown = registry_fixture_announcement (&other);
  g_ptr_array_add (results, mesh_registry_result_new (known, "local", FALSE, 1));
  g_ptr_array_add (results, mesh_registry_result_new (unknown, "local", FALSE, 1));
  merged = shoald_master_mesh_merge (answer, results, 10);
  json = mesh_json_parse (g_bytes_get_data (merged, NULL), g_bytes_get_size (merged),
                          NULL);
  packages = mesh_json_get_member (json, "packages");
  g_assert_cmpuint (mesh_json_get_length (packages), ==, 2);
  first = mesh_json_get_element (packages, 0);
  second = mesh_json_get_element (packages, 1);
  g_assert_nonnull (mesh_json_get_member (first, "announcement"));
  g_assert_null (mesh_json_get_member (first, "source"));
  g_assert_cmpstr (mesh_json_get_string (mesh_json_get_member (second, "source")), ==,
                   "mesh");
  full = shoald_master_mesh_merge (answer, results, 1);
  g_clear_pointer (&json, mesh_json_free);
  json = mesh_json_parse (g_bytes_get_data (full, NULL), g_bytes_get_size (full), NULL);
  g_assert_cmpuint (mesh_json_get_length (mesh_json_get_member (json, "packages")), ==,
                    1);
}

#define ADD(name, func) \
  g_test_add ("/master/mesh/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("announcements", test_announcements);
  ADD ("rate", test_rate);
  ADD ("bootstrap", test_bootstrap);
  g_test_add_func ("/master/mesh/merge", test_merge);
  return g_test_run ();
}
