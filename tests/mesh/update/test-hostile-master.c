/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */

/* Master Servers that lie, over real HTTP: each lie has an error of its own, and changes
 * nothing. */

#include "config.h"

#include <libsoup/soup.h>
#include <string.h>

#include "base/mesh-error.h"
#include "trust-fixture.h"
#include "update-fixture.h"

typedef struct
{
  char *dir;                /* (owned) */
  SoupServer *server;       /* (owned) */
  GBytes *answer;           /* (owned) (nullable): what the server says; %NULL: 404 */
  guint status;             /* other than 0: only this */
  gboolean is_endless;      /* the answer never ends */
  MeshMasterClient *master; /* (owned) */
  UpdateNode *user;         /* (owned) */
} Fixture;

static void
write_more (SoupServerMessage *msg, gpointer user_data)
{
  static const char spaces[65536] = { ' ' };

  soup_message_body_append (soup_server_message_get_response_body (msg),
                            SOUP_MEMORY_STATIC, spaces, sizeof spaces);
}

static void
serve_cb (SoupServer *server,
          SoupServerMessage *msg,
          const char *path,
          GHashTable *query,
          gpointer user_data)
{
  Fixture *fixture = user_data;

  g_assert_cmpstr (path, ==, "/api/v1/updates/latest");
  g_assert_cmpstr (g_hash_table_lookup (query, "app"), ==, TRUST_FIXTURE_APP);
  if (fixture->status != 0 || fixture->answer == NULL)
    {
      soup_server_message_set_status (
          msg, fixture->status != 0 ? fixture->status : SOUP_STATUS_NOT_FOUND, NULL);
      return;
    }
  soup_server_message_set_status (msg, SOUP_STATUS_OK, NULL);
  if (fixture->is_endless)
    {
      soup_message_headers_set_encoding (soup_server_message_get_response_headers (msg),
                                         SOUP_ENCODING_CHUNKED);
      g_signal_connect (msg, "wrote-chunk", G_CALLBACK (write_more), NULL);
      write_more (msg, NULL);
      return;
    }
  soup_server_message_set_response (msg, "application/json", SOUP_MEMORY_COPY,
                                    g_bytes_get_data (fixture->answer, NULL),
                                    g_bytes_get_size (fixture->answer));
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *url = NULL;
  GSList *uris;

  fixture->dir = update_fixture_make_dir ();
  fixture->server = soup_server_new (NULL, NULL);
  soup_server_add_handler (fixture->server, NULL, serve_cb, fixture, NULL);
  soup_server_listen_local (fixture->server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, &error);
  g_assert_no_error (error);
  uris = soup_server_get_uris (fixture->server);
  url = g_strdup_printf ("http://127.0.0.1:%d", g_uri_get_port (uris->data));
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  fixture->master = mesh_master_client_new (url, &error);
  g_assert_no_error (error);
  mesh_master_client_set_timeout (fixture->master, 1);
  fixture->user = update_node_new (fixture->dir, "user");
  update_node_open (fixture->user, NULL, fixture->master);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  update_node_free (fixture->user);
  g_object_unref (fixture->master);
  soup_server_disconnect (fixture->server);
  g_object_unref (fixture->server);
  g_clear_pointer (&fixture->answer, g_bytes_unref);
  update_fixture_delete_dir (fixture->dir);
  g_free (fixture->dir);
}

/* Releases made now are valid for a while. */
static TrustFixture
release (guint64 counter, const char *version)
{
  TrustFixture fixture = trust_fixture_default ();

  fixture.counter = counter;
  fixture.version = version;
  fixture.expires_s = g_get_real_time () / G_USEC_PER_SEC + 1000;
  return fixture;
}

static void
set_answer (Fixture *fixture, GBytes *answer)
{
  g_clear_pointer (&fixture->answer, g_bytes_unref);
  fixture->answer = answer;
}

/* Asks for the app as its owner would: what was learned is kept. The release itself can't
 * be fetched, so only finding it is tried. */
static void
learn (Fixture *fixture)
{
  TrustFixture good = release (5, "2.0.0");
  g_autoptr (GError) error = NULL;

  set_answer (fixture, trust_fixture_simple (&good));
  g_assert_false (update_node_install (fixture->user, NULL, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_NOT_FOUND); /* its chunks */
  g_assert_cmpstr (mesh_app_get_available_version (update_node_app (fixture->user)), ==,
                   "2.0.0");
}

static void
expect (Fixture *fixture, GBytes *answer, MeshError code)
{
  g_autoptr (GError) error = NULL;
  MeshApp *app = update_node_app (fixture->user);
  g_autofree char *fingerprint = g_strdup (mesh_app_get_fingerprint (app));

  set_answer (fixture, answer);
  g_assert_cmpint (update_node_check (fixture->user, TRUST_FIXTURE_APP, &error), ==, -1);
  g_assert_error (error, MESH_ERROR, (int) code);
  g_assert_cmpstr (mesh_app_get_available_version (app), ==, "2.0.0");
  g_assert_cmpstr (mesh_app_get_fingerprint (app), ==, fingerprint);
}

static void
test_rolled_back (Fixture *fixture, gconstpointer data)
{
  TrustFixture old = release (4, "2.0.0");
  TrustFixture older = release (6, "1.0.0");

  learn (fixture);
  expect (fixture, trust_fixture_simple (&old), MESH_ERROR_ROLLBACK);
  expect (fixture, trust_fixture_simple (&older), MESH_ERROR_ROLLBACK);
}

static void
test_frozen (Fixture *fixture, gconstpointer data)
{
  TrustFixture frozen = release (6, "2.1.0");

  frozen.expires_s = g_get_real_time () / G_USEC_PER_SEC - 10;
  learn (fixture);
  expect (fixture, trust_fixture_simple (&frozen), MESH_ERROR_EXPIRED);
}

static void
test_mixed (Fixture *fixture, gconstpointer data)
{
  TrustFixture twin = release (5, "2.0.1");
  TrustFixture other_keys = release (6, "2.1.0");

  other_keys.key_version = 2;
  learn (fixture);
  expect (fixture, trust_fixture_simple (&twin), MESH_ERROR_MIXED);
  expect (fixture, trust_fixture_simple (&other_keys), MESH_ERROR_MIXED);
}

static void
test_wrong_app_and_channel (Fixture *fixture, gconstpointer data)
{
  TrustFixture app = release (6, "2.1.0");
  TrustFixture channel = release (6, "2.1.0");

  app.app_id = "org.example.Other";
  channel.channel = "beta";
  learn (fixture);
  expect (fixture, trust_fixture_simple (&app), MESH_ERROR_WRONG_APP);
  expect (fixture, trust_fixture_simple (&channel), MESH_ERROR_WRONG_CHANNEL);
}

static void
test_endless (Fixture *fixture, gconstpointer data)
{
  learn (fixture);
  fixture->is_endless = TRUE;
  expect (fixture, g_bytes_new_static (" ", 1), MESH_ERROR_TOO_LARGE);
}

static void
test_keys (Fixture *fixture, gconstpointer data)
{
  TrustFixture next = release (6, "2.1.0");
  MeshKeyFile *strangers = trust_fixture_key_file (TRUST_FIXTURE_APP, 1, 1, 7, 1, 0, 0);
  MeshKeyFile *right = trust_fixture_key_file (TRUST_FIXTURE_APP, 1, 1, 1, 1, 0, 0);

  learn (fixture);
  expect (
      fixture,
      trust_fixture_envelope (&next, trust_fixture_chain (strangers, NULL, NULL), 7, 1),
      MESH_ERROR_UNKNOWN_KEY);
  expect (fixture,
          trust_fixture_envelope (&next, trust_fixture_chain (right, NULL, NULL), 7, 1),
          MESH_ERROR_UNKNOWN_KEY);
}

static void
test_bad_signature (Fixture *fixture, gconstpointer data)
{
  TrustFixture next = release (6, "2.1.0");
  g_autoptr (GBytes) good = trust_fixture_simple (&next);
  g_autoptr (GString) text = g_string_new_len (g_bytes_get_data (good, NULL),
                                               (gssize) g_bytes_get_size (good));

  learn (fixture);
  g_assert_cmpuint (g_string_replace (text, "\"counter\":6", "\"counter\":7", 1), ==, 1);
  expect (fixture, g_bytes_new (text->str, text->len), MESH_ERROR_BAD_SIGNATURE);
}

/* A first release of an app, by a thief of one key of two. */
static void
test_threshold (Fixture *fixture, gconstpointer data)
{
  TrustFixture first = release (1, "1.0.0");
  MeshKeyFile *two_of_three
      = trust_fixture_key_file (TRUST_FIXTURE_APP, 1, 2, 1, 3, 0, 0);
  g_autoptr (GError) error = NULL;

  set_answer (fixture, trust_fixture_envelope (
                           &first, trust_fixture_chain (two_of_three, NULL, NULL), 1, 1));
  g_assert_false (update_node_install (fixture->user, NULL, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_THRESHOLD);
  g_assert_null (update_node_app (fixture->user));
}

static void
test_unsafe_path (Fixture *fixture, gconstpointer data)
{
  TrustFixture next = release (6, "2.1.0");
  g_autoptr (GBytes) good = trust_fixture_simple (&next);
  g_autoptr (GString) text = g_string_new_len (g_bytes_get_data (good, NULL),
                                               (gssize) g_bytes_get_size (good));

  learn (fixture);
  g_assert_cmpuint (
      g_string_replace (text, "\"target\":\"app\"", "\"target\":\"../../x\"", 1), ==, 1);
  expect (fixture, g_bytes_new (text->str, text->len), MESH_ERROR_UNSAFE_PATH);
}

/* Trouble that is no lie. */
static void
test_silent (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) none = NULL;
  g_autoptr (GError) broken = NULL;

  learn (fixture);
  set_answer (fixture, NULL);
  g_assert_cmpint (update_node_check (fixture->user, TRUST_FIXTURE_APP, &none), ==, -1);
  g_assert_error (none, MESH_ERROR, MESH_ERROR_NOT_FOUND);
  fixture->status = SOUP_STATUS_INTERNAL_SERVER_ERROR;
  g_assert_cmpint (update_node_check (fixture->user, TRUST_FIXTURE_APP, &broken), ==, -1);
  g_assert_error (broken, MESH_ERROR, MESH_ERROR_UNREACHABLE);
}

static void
test_honest (Fixture *fixture, gconstpointer data)
{
  TrustFixture next = release (6, "2.1.0");
  g_autoptr (GError) error = NULL;
  MeshApp *app;

  learn (fixture);
  set_answer (fixture, trust_fixture_simple (&next));
  g_assert_cmpint (update_node_check (fixture->user, TRUST_FIXTURE_APP, &error), ==, 1);
  g_assert_no_error (error);
  app = update_node_app (fixture->user);
  g_assert_cmpstr (mesh_app_get_available_version (app), ==, "2.1.0");
  g_assert_true (g_str_has_prefix (mesh_app_get_source (app), "master http://127.0.0.1"));
  g_assert_cmpint (mesh_app_get_checked_s (app), >, 0);
}

#define ADD(name, func) \
  g_test_add ("/update/hostile-master/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("rolled-back", test_rolled_back);
  ADD ("frozen", test_frozen);
  ADD ("mixed", test_mixed);
  ADD ("wrong-app-and-channel", test_wrong_app_and_channel);
  ADD ("endless", test_endless);
  ADD ("keys", test_keys);
  ADD ("bad-signature", test_bad_signature);
  ADD ("threshold", test_threshold);
  ADD ("unsafe-path", test_unsafe_path);
  ADD ("silent", test_silent);
  ADD ("honest", test_honest);
  return g_test_run ();
}
