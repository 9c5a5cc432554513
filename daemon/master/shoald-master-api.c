/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "master/shoald-master-api.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "master/shoald-master-http.h"
#include "master/shoald-master-mesh.h"

#define DEFAULT_CHANNEL "stable"
#define SEARCH_CACHE_CONTROL "public, max-age=60"
#define LATEST_CACHE_CONTROL \
  "public, no-cache" /* may be kept, must be asked for again \
                      */

struct ShoaldMasterApi
{
  SoupServer *server;           /* (owned) */
  ShoaldMasterDb *db;           /* (owned) */
  MeshWorkPool *pool;           /* (owned) */
  ShoaldMasterLimiter *limiter; /* (unowned) */
  MeshRegistry *registry;       /* (owned) (nullable) */
  grefcount refs;               /* one for each job, one for the owner */
  guint n_publishing;
};

/* What a job is given, and what it gives: one struct for the three kinds. */
typedef struct
{
  ShoaldMasterDb *db;       /* (owned) */
  char *app_id;             /* (owned) (nullable) */
  char *channel;            /* (owned) (nullable) */
  char *if_none_match;      /* (owned) (nullable) */
  MeshSemverRange *range;   /* (owned) (nullable) */
  ShoaldMasterQuery *query; /* (owned) (nullable) */
  GBytes *envelope;         /* (owned) (nullable) */
} Input;

typedef struct
{
  GBytes *body; /* (owned) */
  char *etag;   /* (owned) (nullable) */
  gboolean is_new;
} Output;

/* What waits for a job; stays in the main context. */
typedef struct
{
  ShoaldMasterApi *api;     /* (owned) */
  SoupServerMessage *msg;   /* (owned) */
  MeshRegistryQuery *query; /* (owned) (nullable): of a search, for the registry */
  GBytes *body;             /* (owned) (nullable): what master.db has */
} Waiting;

static void
api_release (ShoaldMasterApi *api)
{
  if (!g_ref_count_dec (&api->refs))
    return;
  g_clear_object (&api->server);
  g_clear_pointer (&api->db, shoald_master_db_unref);
  g_clear_object (&api->pool);
  g_clear_object (&api->registry);
  g_free (api);
}

static void
input_free (gpointer data)
{
  Input *input = data;

  g_clear_pointer (&input->db, shoald_master_db_unref);
  g_clear_pointer (&input->query, shoald_master_query_free);
  g_clear_pointer (&input->envelope, g_bytes_unref);
  g_free (input->app_id);
  g_free (input->channel);
  g_free (input->if_none_match);
  g_clear_pointer (&input->range, mesh_semver_range_free);
  g_free (input);
}

static void
output_free (gpointer data)
{
  Output *output = data;

  g_clear_pointer (&output->body, g_bytes_unref);
  g_free (output->etag);
  g_free (output);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Output, output_free)

static void
waiting_free (Waiting *waiting)
{
  g_clear_pointer (&waiting->api, api_release);
  g_clear_object (&waiting->msg);
  g_clear_pointer (&waiting->query, mesh_registry_query_free);
  g_clear_pointer (&waiting->body, g_bytes_unref);
  g_free (waiting);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Waiting, waiting_free)

static Input *
input_new (ShoaldMasterApi *api)
{
  Input *input = g_new0 (Input, 1);

  input->db = shoald_master_db_ref (api->db);
  return input;
}

static Waiting *
start_job (ShoaldMasterApi *api,
           SoupServerMessage *msg,
           MeshWorkFunc func,
           Input *input,
           GAsyncReadyCallback done)
{
  Waiting *waiting = g_new0 (Waiting, 1);

  g_ref_count_inc (&api->refs);
  waiting->api = api;
  waiting->msg = g_object_ref (msg);
  soup_server_message_pause (msg);
  mesh_work_pool_run_async (api->pool, MESH_WORK_PRIORITY_DEFAULT, func, input,
                            input_free, output_free, NULL, done, waiting);
  return waiting;
}

/* Returns: whether @msg may go on; else it is answered. */
static gboolean
check_method (SoupServerMessage *msg, const char *allow)
{
  const char *method = soup_server_message_get_method (msg);
  g_auto (GStrv) methods = g_strsplit (allow, ", ", -1);

  if (g_strv_contains ((const char *const *) methods, method))
    return TRUE;
  soup_message_headers_replace (soup_server_message_get_response_headers (msg), "Allow",
                                allow);
  shoald_master_http_fail_text (msg, SOUP_STATUS_METHOD_NOT_ALLOWED, "Unsupported",
                                "This address does not take that method");
  return FALSE;
}

/* GET /api/v1/updates/latest */

static gpointer
find_latest (gpointer data, GCancellable *cancellable, GError **error)
{
  Input *input = data;
  g_autoptr (Output) output = g_new0 (Output, 1);

  if (input->range != NULL)
    output->body = shoald_master_db_in_range (input->db, input->app_id, input->channel,
                                              input->range,
                                              g_get_real_time () / G_USEC_PER_SEC, error);
  else
    output->body = shoald_master_db_latest (input->db, input->app_id, input->channel,
                                            input->if_none_match, &output->etag, error);
  return output->body != NULL ? g_steal_pointer (&output) : NULL;
}

static void
latest_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Waiting) waiting = user_data;
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (waiting->msg);
  g_autoptr (GError) error = NULL;
  g_autoptr (Output) output
      = mesh_work_pool_run_finish (MESH_WORK_POOL (source), result, &error);

  if (output == NULL)
    shoald_master_http_fail (waiting->msg, error);
  else
    {
      if (output->etag != NULL)
        soup_message_headers_replace (headers, "ETag", output->etag);
      soup_message_headers_replace (headers, "Cache-Control", LATEST_CACHE_CONTROL);
      if (g_bytes_get_size (output->body) == 0)
        soup_server_message_set_status (waiting->msg, SOUP_STATUS_NOT_MODIFIED, NULL);
      else
        shoald_master_http_reply (waiting->msg, SOUP_STATUS_OK, "application/json",
                                  output->body);
    }
  soup_server_message_unpause (waiting->msg);
}

/* Returns: whether the request names an app well; else @msg is answered. */
static gboolean
check_app (SoupServerMessage *msg, GHashTable *form)
{
  const char *app = form != NULL ? g_hash_table_lookup (form, "app") : NULL;
  const char *channel = form != NULL ? g_hash_table_lookup (form, "channel") : NULL;

  if (app != NULL && *app != '\0' && strlen (app) <= MESH_MANIFEST_MAX_NAME_LEN * 2
      && g_utf8_validate (app, -1, NULL)
      && (channel == NULL || g_utf8_validate (channel, -1, NULL)))
    return TRUE;
  shoald_master_http_fail_text (msg, SOUP_STATUS_BAD_REQUEST, "Invalid",
                                "Say which app: ?app=ID");
  return FALSE;
}

static Input *
input_new_for_app (ShoaldMasterApi *api, GHashTable *form)
{
  Input *input = input_new (api);
  const char *channel = g_hash_table_lookup (form, "channel");

  input->app_id = g_strdup (g_hash_table_lookup (form, "app"));
  input->channel = g_strdup (channel != NULL ? channel : DEFAULT_CHANNEL);
  return input;
}

static void
handle_latest (SoupServer *server,
               SoupServerMessage *msg,
               const char *path,
               GHashTable *form,
               gpointer user_data)
{
  ShoaldMasterApi *api = user_data;
  const char *range = form != NULL ? g_hash_table_lookup (form, "range") : NULL;
  g_autoptr (MeshSemverRange) parsed = NULL;
  g_autoptr (GError) error = NULL;
  Input *input;

  if (!check_method (msg, "GET, HEAD") || !check_app (msg, form))
    return;
  if (range != NULL)
    {
      parsed = mesh_semver_range_parse (range, &error);
      if (parsed == NULL)
        {
          shoald_master_http_fail (msg, error);
          return;
        }
    }
  input = input_new_for_app (api, form);
  input->range = g_steal_pointer (&parsed);
  input->if_none_match = g_strdup (soup_message_headers_get_list (
      soup_server_message_get_request_headers (msg), "If-None-Match"));
  start_job (api, msg, find_latest, input, latest_found);
}

/* GET /api/v1/updates/versions */

static gpointer
list_versions (gpointer data, GCancellable *cancellable, GError **error)
{
  Input *input = data;
  g_autoptr (Output) output = g_new0 (Output, 1);
  char *json = shoald_master_db_versions (input->db, input->app_id, input->channel,
                                          g_get_real_time () / G_USEC_PER_SEC, error);

  if (json == NULL)
    return NULL;
  output->body = g_bytes_new_take (json, strlen (json));
  return g_steal_pointer (&output);
}

static void
handle_versions (SoupServer *server,
                 SoupServerMessage *msg,
                 const char *path,
                 GHashTable *form,
                 gpointer user_data)
{
  ShoaldMasterApi *api = user_data;

  if (check_method (msg, "GET, HEAD") && check_app (msg, form))
    start_job (api, msg, list_versions, input_new_for_app (api, form), latest_found);
}

/* GET /api/v1/packages */

static gpointer
search (gpointer data, GCancellable *cancellable, GError **error)
{
  Input *input = data;
  g_autoptr (Output) output = g_new0 (Output, 1);
  char *json = shoald_master_db_search (input->db, input->query, error);

  if (json == NULL)
    return NULL;
  output->body = g_bytes_new_take (json, strlen (json));
  return g_steal_pointer (&output);
}

static void
reply_search (Waiting *waiting, GBytes *body)
{
  soup_message_headers_replace (soup_server_message_get_response_headers (waiting->msg),
                                "Cache-Control", SEARCH_CACHE_CONTROL);
  shoald_master_http_reply (waiting->msg, SOUP_STATUS_OK, "application/json", body);
}

static void
mesh_searched (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Waiting) waiting = user_data;
  g_autoptr (GPtrArray) results
      = mesh_registry_search_local_finish (waiting->api->registry, result, NULL);
  g_autoptr (GBytes) merged = NULL;

  if (results != NULL)
    merged = shoald_master_mesh_merge (waiting->body, results, waiting->query->limit);
  reply_search (waiting, merged != NULL ? merged : waiting->body);
  soup_server_message_unpause (waiting->msg);
}

static void
searched (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Waiting) waiting = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (Output) output
      = mesh_work_pool_run_finish (MESH_WORK_POOL (source), result, &error);

  if (output == NULL)
    shoald_master_http_fail (waiting->msg, error);
  else if (waiting->query != NULL)
    {
      waiting->body = g_bytes_ref (output->body);
      mesh_registry_search_local_async (waiting->api->registry, waiting->query,
                                        mesh_searched, waiting);
      waiting = NULL; /* mesh_searched() brings it back */
      return;
    }
  else
    reply_search (waiting, output->body);
  soup_server_message_unpause (waiting->msg);
}

static void
handle_packages (SoupServer *server,
                 SoupServerMessage *msg,
                 const char *path,
                 GHashTable *form,
                 gpointer user_data)
{
  ShoaldMasterApi *api = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ShoaldMasterQuery) query = NULL;
  gboolean is_first;
  guint limit;
  Waiting *waiting;
  Input *input;

  if (!check_method (msg, "GET, HEAD"))
    return;
  query = shoald_master_query_parse (form, &error);
  if (query == NULL)
    {
      shoald_master_http_fail (msg, error);
      return;
    }
  input = input_new (api);
  is_first = query->offset == 0;
  limit = query->limit;
  input->query = g_steal_pointer (&query);
  waiting = start_job (api, msg, search, input, searched);
  if (api->registry != NULL && is_first)
    waiting->query = mesh_registry_query_new (
        form != NULL ? g_hash_table_lookup (form, "q") : NULL,
        form != NULL ? g_hash_table_lookup (form, "category") : NULL,
        form != NULL ? g_hash_table_lookup (form, "tag") : NULL, limit);
}

/* PUT /api/v1/updates */

static char *
describe (const ShoaldMasterDbPublished *published)
{
  g_autoptr (JsonObject) object = json_object_new ();
  g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), object);

  json_object_set_string_member (object, "app_id", published->app_id);
  json_object_set_string_member (object, "channel", published->channel);
  json_object_set_string_member (object, "version", published->version);
  json_object_set_int_member (object, "counter", MIN (published->counter, G_MAXINT64));
  return json_to_string (node, FALSE);
}

static gpointer
publish (gpointer data, GCancellable *cancellable, GError **error)
{
  Input *input = data;
  g_autoptr (ShoaldMasterDbPublished) published = shoald_master_db_publish (
      input->db, input->envelope, g_get_real_time () / G_USEC_PER_SEC, error);
  g_autoptr (Output) output = NULL;
  char *json;

  if (published == NULL)
    return NULL;
  output = g_new0 (Output, 1);
  json = describe (published);
  output->body = g_bytes_new_take (json, strlen (json));
  output->etag = g_strdup (published->etag);
  output->is_new = published->is_new;
  return g_steal_pointer (&output);
}

static void
published (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Waiting) waiting = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (Output) output
      = mesh_work_pool_run_finish (MESH_WORK_POOL (source), result, &error);

  waiting->api->n_publishing--;
  if (output == NULL)
    shoald_master_http_fail (waiting->msg, error);
  else
    {
      soup_message_headers_replace (
          soup_server_message_get_response_headers (waiting->msg), "ETag", output->etag);
      shoald_master_http_reply (waiting->msg,
                                output->is_new ? SOUP_STATUS_CREATED : SOUP_STATUS_OK,
                                "application/json", output->body);
    }
  soup_server_message_unpause (waiting->msg);
}

/* Returns: whether this address may publish now; else @msg is answered. */
static gboolean
check_rate (ShoaldMasterApi *api, SoupServerMessage *msg)
{
  guint retry_after_s = 1;
  g_autofree char *text = NULL;
  gboolean is_full = api->n_publishing >= SHOALD_MASTER_API_MAX_PUBLISHING;

  if (!is_full
      && shoald_master_limiter_take (api->limiter, shoald_master_http_get_address (msg),
                                     g_get_monotonic_time (), &retry_after_s))
    return TRUE;
  text = g_strdup_printf ("%u", retry_after_s);
  soup_message_headers_replace (soup_server_message_get_response_headers (msg),
                                "Retry-After", text);
  shoald_master_http_fail_text (
      msg,
      is_full ? SOUP_STATUS_SERVICE_UNAVAILABLE : SHOALD_MASTER_HTTP_TOO_MANY_REQUESTS,
      "Busy",
      is_full ? "Other releases are being checked; try again in a moment"
              : "Too many releases from your address; try again later");
  return FALSE;
}

static void
handle_updates (SoupServer *server,
                SoupServerMessage *msg,
                const char *path,
                GHashTable *form,
                gpointer user_data)
{
  ShoaldMasterApi *api = user_data;
  Input *input;

  if (strcmp (path, "/api/v1/updates") != 0)
    {
      shoald_master_http_fail_text (msg, SOUP_STATUS_NOT_FOUND, "NotFound",
                                    "There is nothing at this address");
      return;
    }
  if (!check_method (msg, "PUT") || !check_rate (api, msg))
    return;
  api->n_publishing++;
  input = input_new (api);
  input->envelope
      = soup_message_body_flatten (soup_server_message_get_request_body (msg));
  start_job (api, msg, publish, input, published);
}

ShoaldMasterApi *
shoald_master_api_new (SoupServer *server,
                       ShoaldMasterDb *db,
                       MeshWorkPool *pool,
                       ShoaldMasterLimiter *limiter,
                       MeshRegistry *registry)
{
  ShoaldMasterApi *api = g_new0 (ShoaldMasterApi, 1);

  g_ref_count_init (&api->refs);
  api->server = g_object_ref (server);
  api->db = shoald_master_db_ref (db);
  api->pool = g_object_ref (pool);
  api->limiter = limiter;
  g_set_object (&api->registry, registry);
  soup_server_add_handler (server, "/api/v1/updates/latest", handle_latest, api, NULL);
  soup_server_add_handler (server, "/api/v1/updates/versions", handle_versions, api,
                           NULL);
  soup_server_add_handler (server, "/api/v1/updates", handle_updates, api, NULL);
  soup_server_add_handler (server, "/api/v1/packages", handle_packages, api, NULL);
  return api;
}

void
shoald_master_api_free (ShoaldMasterApi *api)
{
  soup_server_remove_handler (api->server, "/api/v1/updates/latest");
  soup_server_remove_handler (api->server, "/api/v1/updates/versions");
  soup_server_remove_handler (api->server, "/api/v1/updates");
  soup_server_remove_handler (api->server, "/api/v1/packages");
  api_release (api);
}
