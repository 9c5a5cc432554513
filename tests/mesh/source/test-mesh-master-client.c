/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "source/mesh-master-client.h"

#include "source-fixture.h"

typedef struct
{
  HttpFixture http;
  MeshMasterClient *client; /* (owned) */
  guint status;
  gboolean is_silent; /* never answers */
  guint n_requests;
  char *last_query;  /* (owned) (nullable) */
  GBytes *last_put;  /* (owned) (nullable) */
  GPtrArray *silent; /* (owned) (element-type SoupServerMessage): paused */
} Master;

#define ETAG "\"v1\""
#define ENVELOPE "{\"manifest\":{}}"

static void
answer_cb (SoupServer *server,
           SoupServerMessage *message,
           const char *path,
           GHashTable *query,
           gpointer user_data)
{
  Master *self = user_data;
  const char *known = soup_message_headers_get_one (
      soup_server_message_get_request_headers (message), "If-None-Match");

  self->n_requests++;
  g_free (self->last_query);
  self->last_query = g_strdup (g_uri_get_query (soup_server_message_get_uri (message)));
  if (self->is_silent)
    {
      soup_server_message_pause (message);
      g_ptr_array_add (self->silent, g_object_ref (message));
      return;
    }
  if (self->status != 200)
    {
      const char *reason = "{\"error\":\"X\",\"message\":\"the counter is too low\"}";

      http_answer (message, self->status, reason, strlen (reason));
      return;
    }
  if (soup_server_message_get_method (message) == SOUP_METHOD_PUT)
    {
      g_clear_pointer (&self->last_put, g_bytes_unref);
      self->last_put
          = soup_message_body_flatten (soup_server_message_get_request_body (message));
      http_answer (message, 201, "{}", 2);
      return;
    }
  soup_message_headers_append (soup_server_message_get_response_headers (message), "ETag",
                               ETAG);
  if (g_strcmp0 (known, ETAG) == 0)
    soup_server_message_set_status (message, 304, NULL);
  else
    http_answer (message, 200, ENVELOPE, strlen (ENVELOPE));
}

static void
set_up (Master *self, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  http_fixture_init (&self->http, answer_cb, self);
  self->status = 200;
  self->silent = g_ptr_array_new_with_free_func (g_object_unref);
  self->client = mesh_master_client_new (self->http.url, &error);
  g_assert_no_error (error);
}

static void
tear_down (Master *self, gconstpointer unused)
{
  g_assert_finalize_object (self->client);
  g_ptr_array_unref (self->silent);
  http_fixture_clear (&self->http);
  g_free (self->last_query);
  g_clear_pointer (&self->last_put, g_bytes_unref);
}

static GBytes *
latest (Master *self,
        const char *etag,
        char **new_etag,
        gboolean *is_not_modified,
        GError **error)
{
  FIXTURE_RUN (result, mesh_master_client_latest_async, self->client,
               "org.example.App & co", "beta", etag, NULL);
  return mesh_master_client_latest_finish (self->client, result, new_etag,
                                           is_not_modified, error);
}

static GBytes *
search (Master *self, const char *words, gboolean *is_stale, GError **error)
{
  FIXTURE_RUN (result, mesh_master_client_search_async, self->client, words, NULL);
  return mesh_master_client_search_finish (self->client, result, is_stale, error);
}

static gboolean
publish (Master *self, GError **error)
{
  g_autoptr (GBytes) envelope = g_bytes_new_static (ENVELOPE, strlen (ENVELOPE));
  FIXTURE_RUN (result, mesh_master_client_publish_async, self->client, envelope, NULL);

  return mesh_master_client_publish_finish (self->client, result, error);
}

static void
test_latest (Master *self, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) first = NULL;
  g_autoptr (GBytes) again = NULL;
  g_autofree char *etag = NULL;
  g_autofree char *etag_again = NULL;
  gboolean is_not_modified;

  g_assert_cmpint (mesh_master_client_get_reachable (self->client), ==, -1);
  first = latest (self, NULL, &etag, &is_not_modified, &error);
  g_assert_no_error (error);
  g_assert_cmpint (mesh_master_client_get_reachable (self->client), ==, 1);
  g_assert_cmpstr (self->last_query, ==, "app=org.example.App%20%26%20co&channel=beta");
  g_assert_cmpmem (g_bytes_get_data (first, NULL), g_bytes_get_size (first), ENVELOPE,
                   strlen (ENVELOPE));
  g_assert_cmpstr (etag, ==, ETAG);
  g_assert_false (is_not_modified);

  again = latest (self, etag, &etag_again, &is_not_modified, &error);
  g_assert_no_error (error);
  g_assert_true (is_not_modified);
  g_assert_cmpstr (etag_again, ==, ETAG);
  g_assert_true (g_bytes_equal (first, again)); /* from the cache */
  g_assert_cmpuint (self->n_requests, ==, 2);
}

static void
test_statuses (Master *self, gconstpointer unused)
{
  static const struct
  {
    guint status;
    MeshError code;
    gboolean falls_back;
  } rows[] = { { 404, MESH_ERROR_NOT_FOUND, FALSE },
               { 429, MESH_ERROR_BUSY, FALSE },
               { 409, MESH_ERROR_REFUSED, FALSE },
               { 500, MESH_ERROR_UNREACHABLE, TRUE },
               { 502, MESH_ERROR_UNREACHABLE, TRUE } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      guint n_before = self->n_requests;

      self->status = rows[i].status;
      g_assert_null (latest (self, NULL, NULL, NULL, &error));
      g_assert_error (error, MESH_ERROR, (int) rows[i].code);
      g_assert_nonnull (strstr (error->message, "the counter is too low"));
      g_assert_cmpint (mesh_master_client_can_fall_back (error), ==, rows[i].falls_back);
      g_assert_cmpint (mesh_master_client_get_reachable (self->client), ==,
                       !rows[i].falls_back);
      g_assert_cmpuint (self->n_requests, ==, n_before + 1); /* at once */
    }
}

static void
test_three_tries (Master *self, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  mesh_master_client_set_timeout (self->client, 1);
  self->is_silent = TRUE;
  g_assert_null (latest (self, NULL, NULL, NULL, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_TIMED_OUT);
  g_assert_true (mesh_master_client_can_fall_back (error));
  g_assert_cmpuint (self->n_requests, ==, MESH_MASTER_CLIENT_N_TRIES);
}

static void
test_search_is_cached (Master *self, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) first = NULL;
  g_autoptr (GBytes) again = NULL;
  gboolean is_stale = TRUE;

  first = search (self, "text editor", &is_stale, &error);
  g_assert_no_error (error);
  g_assert_false (is_stale);
  g_assert_cmpstr (self->last_query, ==, "q=text%20editor");
  again = search (self, "text editor", &is_stale, &error);
  g_assert_true (g_bytes_equal (first, again));
  g_assert_cmpuint (self->n_requests, ==, 1);
  g_clear_pointer (&again, g_bytes_unref);
  again = search (self, "other", &is_stale, &error);
  g_assert_cmpuint (self->n_requests, ==, 2);
}

static void
test_publish (Master *self, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (publish (self, &error));
  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (self->last_put, NULL),
                   g_bytes_get_size (self->last_put), ENVELOPE, strlen (ENVELOPE));
  self->status = 403;
  g_assert_false (publish (self, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_REFUSED);
  g_assert_nonnull (strstr (error->message, "the counter is too low"));
}

static void
test_no_server (Master *self, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  soup_server_disconnect (self->http.server);
  g_assert_null (latest (self, NULL, NULL, NULL, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_UNREACHABLE);
  g_assert_true (mesh_master_client_can_fall_back (error));
  g_assert_cmpint (mesh_master_client_get_reachable (self->client), ==, 0);
}

static void
large_cb (SoupServer *server,
          SoupServerMessage *message,
          const char *path,
          GHashTable *query,
          gpointer user_data)
{
  gsize len = MESH_MASTER_CLIENT_MAX_ANSWER_BYTES + 1;

  soup_server_message_set_status (message, 200, NULL);
  soup_server_message_set_response (message, "application/json", SOUP_MEMORY_TAKE,
                                    g_malloc0 (len), len);
}

static void
test_endless_answer (Master *self, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  soup_server_add_handler (self->http.server, "/api", large_cb, NULL, NULL);
  g_assert_null (search (self, "x", NULL, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_TOO_LARGE);
}

#define ADD(name, func) \
  g_test_add ("/source/master/" name, Master, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("latest", test_latest);
  ADD ("statuses", test_statuses);
  ADD ("three-tries", test_three_tries);
  ADD ("search-is-cached", test_search_is_cached);
  ADD ("publish", test_publish);
  ADD ("no-server", test_no_server);
  ADD ("endless-answer", test_endless_answer);
  return g_test_run ();
}
