/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "source/mesh-master-client.h"

#include <json-glib/json-glib.h>

#include "base/mesh-error.h"
#include "source/mesh-answer-cache.h"
#include "source/mesh-http.h"

struct _MeshMasterClient
{
  GObject parent_instance;

  char *url;              /* (owned) */
  SoupSession *session;   /* (owned) */
  MeshAnswerCache *cache; /* (owned) */
  int reachable;
};

G_DEFINE_FINAL_TYPE (MeshMasterClient, mesh_master_client, G_TYPE_OBJECT)

enum
{
  PROP_REACHABLE = 1,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];

/* One call: a request that is sent again after a timeout. */
typedef struct
{
  const char *method; /* (unowned): static */
  char *url;          /* (owned) */
  char *etag;         /* (owned) (nullable): sent as If-None-Match */
  GBytes *body;       /* (owned) (nullable): to be sent */
  guint n_tries;
  SoupMessage *message; /* (owned) (nullable): of the present try */
  char *answer_etag;    /* (owned) (nullable) */
  gboolean is_not_modified;
  gboolean is_stale;
  gboolean may_be_stale; /* an old answer is better than none */
} Call;

static void try_call (GTask *task);

static void
call_free (gpointer data)
{
  Call *call = data;

  g_free (call->url);
  g_free (call->etag);
  g_free (call->answer_etag);
  g_clear_pointer (&call->body, g_bytes_unref);
  g_clear_object (&call->message);
  g_free (call);
}

static void
set_reachable (MeshMasterClient *self, int reachable)
{
  if (self->reachable == reachable)
    return;
  self->reachable = reachable;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_REACHABLE]);
}

gboolean
mesh_master_client_can_fall_back (const GError *error)
{
  return g_error_matches (error, MESH_ERROR, MESH_ERROR_UNREACHABLE)
         || g_error_matches (error, MESH_ERROR, MESH_ERROR_TIMED_OUT)
         || g_error_matches (error, MESH_ERROR, MESH_ERROR_AUTH);
}

/* What the server says about a refusal: {"error": …, "message": …}. Hostile words. */
static char *
read_reason (GBytes *body)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  gsize len;
  const char *text = g_bytes_get_data (body, &len);
  const char *reason = NULL;
  JsonObject *object;

  if (len == 0 || len > 64 * 1024
      || !json_parser_load_from_data (parser, text, (gssize) len, NULL)
      || !JSON_NODE_HOLDS_OBJECT (json_parser_get_root (parser)))
    return NULL;
  object = json_node_get_object (json_parser_get_root (parser));
  reason = json_object_get_string_member_with_default (object, "message", NULL);
  return reason != NULL
             ? g_utf8_substring (reason, 0, MIN (g_utf8_strlen (reason, -1), 300))
             : NULL;
}

static GError *
check_status (MeshMasterClient *self, guint status, GBytes *body)
{
  g_autofree char *reason = NULL;
  MeshError code = MESH_ERROR_REFUSED;

  if ((status >= 200 && status < 300) || status == SOUP_STATUS_NOT_MODIFIED)
    return NULL;
  if (status == SOUP_STATUS_NOT_FOUND)
    code = MESH_ERROR_NOT_FOUND;
  else if (status == 429)
    code = MESH_ERROR_BUSY;
  else if (status >= 500)
    code = MESH_ERROR_UNREACHABLE;
  reason = read_reason (body);
  return g_error_new (MESH_ERROR, code, "%s answered %u: %s", self->url, status,
                      reason != NULL ? reason : soup_status_get_phrase (status));
}

static void
fail_call (GTask *task, GError *error)
{
  MeshMasterClient *self = g_task_get_source_object (task);
  Call *call = g_task_get_task_data (task);
  GBytes *old = NULL;

  if (mesh_master_client_can_fall_back (error))
    set_reachable (self, 0);
  if (call->may_be_stale && mesh_master_client_can_fall_back (error))
    old = mesh_answer_cache_lookup (self->cache, call->url, NULL, NULL);
  if (old == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  g_error_free (error);
  call->is_stale = TRUE;
  g_task_return_pointer (task, g_bytes_ref (old), (GDestroyNotify) g_bytes_unref);
}

static GBytes *
take_answer (MeshMasterClient *self, Call *call, GBytes *body)
{
  gboolean is_get = call->method == SOUP_METHOD_GET;
  gint64 now_us = g_get_monotonic_time ();
  GBytes *old;

  call->answer_etag = g_strdup (soup_message_headers_get_one (
      soup_message_get_response_headers (call->message), "ETag"));
  if (soup_message_get_status (call->message) != SOUP_STATUS_NOT_MODIFIED)
    {
      if (is_get)
        mesh_answer_cache_insert (self->cache, call->url, call->answer_etag, body,
                                  now_us);
      return g_bytes_ref (body);
    }
  call->is_not_modified = TRUE;
  if (call->answer_etag == NULL)
    call->answer_etag = g_strdup (call->etag);
  old = mesh_answer_cache_lookup (self->cache, call->url, call->answer_etag, NULL);
  return old != NULL ? g_bytes_ref (old) : g_bytes_new_static ("", 0);
}

static void
answer_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  MeshMasterClient *self = g_task_get_source_object (task);
  Call *call = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GBytes) body = mesh_http_send_finish (SOUP_SESSION (source), result, &error);

  if (g_error_matches (error, MESH_ERROR, MESH_ERROR_TIMED_OUT)
      && call->n_tries < MESH_MASTER_CLIENT_N_TRIES)
    {
      g_error_free (error);
      try_call (task);
      return;
    }
  if (body != NULL)
    error = check_status (self, soup_message_get_status (call->message), body);
  if (error != NULL)
    {
      if (error->domain == MESH_ERROR && error->code == MESH_ERROR_AUTH)
        g_warning ("The certificate of the Master Server does not verify: %s",
                   error->message);
      if (body != NULL && !mesh_master_client_can_fall_back (error))
        set_reachable (self, 1);
      fail_call (task, error);
      return;
    }
  set_reachable (self, 1);
  g_task_return_pointer (task, take_answer (self, call, body),
                         (GDestroyNotify) g_bytes_unref);
}

static void
try_call (GTask *task)
{
  MeshMasterClient *self = g_task_get_source_object (task);
  Call *call = g_task_get_task_data (task);

  call->n_tries++;
  g_clear_object (&call->message);
  call->message = soup_message_new (call->method, call->url);
  if (call->etag != NULL)
    soup_message_headers_append (soup_message_get_request_headers (call->message),
                                 "If-None-Match", call->etag);
  if (call->body != NULL)
    soup_message_set_request_body_from_bytes (call->message, "application/json",
                                              call->body);
  mesh_http_send_async (self->session, call->message, MESH_MASTER_CLIENT_MAX_ANSWER_BYTES,
                        g_task_get_cancellable (task), answer_cb, g_object_ref (task));
}

static Call *
call_new (const char *method, char *url)
{
  Call *call = g_new0 (Call, 1);

  call->method = method;
  call->url = url;
  return call;
}

/* A header value must not smuggle in a second header. */
static gboolean
is_header_value (const char *text)
{
  for (const char *c = text; *c != '\0'; c++)
    if (!g_ascii_isprint (*c))
      return FALSE;
  return TRUE;
}

/* Adds "&NAME=VALUE", if there is a value. */
static void
append_pair (GString *url, const char *name, const char *value)
{
  g_autofree char *text = value != NULL ? g_uri_escape_string (value, NULL, FALSE) : NULL;

  if (text != NULL)
    g_string_append_printf (url, "&%s=%s", name, text);
}

static void
get_latest (MeshMasterClient *self,
            const char *app,
            const char *channel,
            const char *range,
            const char *etag,
            GCancellable *cancellable,
            GAsyncReadyCallback callback,
            gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autofree char *app_text = g_uri_escape_string (app, NULL, FALSE);
  GString *url = g_string_new (self->url);
  Call *call;

  g_task_set_source_tag (task, mesh_master_client_latest_async);
  g_string_append_printf (url, "/api/v1/updates/latest?app=%s", app_text);
  append_pair (url, "channel", channel);
  append_pair (url, "range", range);
  call = call_new (SOUP_METHOD_GET, g_string_free (url, FALSE));
  if (etag != NULL && is_header_value (etag))
    call->etag = g_strdup (etag);
  g_task_set_task_data (task, call, call_free);
  try_call (task);
}

void
mesh_master_client_latest_async (MeshMasterClient *self,
                                 const char *app,
                                 const char *channel,
                                 const char *etag,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  get_latest (self, app, channel, NULL, etag, cancellable, callback, user_data);
}

void
mesh_master_client_latest_in_range_async (MeshMasterClient *self,
                                          const char *app,
                                          const char *channel,
                                          const char *range,
                                          GCancellable *cancellable,
                                          GAsyncReadyCallback callback,
                                          gpointer user_data)
{
  get_latest (self, app, channel, range, NULL, cancellable, callback, user_data);
}

GBytes *
mesh_master_client_latest_finish (MeshMasterClient *self,
                                  GAsyncResult *result,
                                  char **etag,
                                  gboolean *is_not_modified,
                                  GError **error)
{
  Call *call;

  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  call = g_task_get_task_data (G_TASK (result));
  if (etag != NULL)
    *etag = g_strdup (call->answer_etag);
  if (is_not_modified != NULL)
    *is_not_modified = call->is_not_modified;
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
get_cached (GTask *task, char *url)
{
  MeshMasterClient *self = g_task_get_source_object (task);
  gint64 fresh_us = g_get_monotonic_time () - MESH_MASTER_CLIENT_CACHE_S * G_USEC_PER_SEC;
  gint64 stored_us;
  GBytes *cached;
  Call *call = call_new (SOUP_METHOD_GET, url);

  call->may_be_stale = TRUE;
  g_task_set_task_data (task, call, call_free);
  cached = mesh_answer_cache_lookup (self->cache, call->url, NULL, &stored_us);
  if (cached != NULL && stored_us >= fresh_us)
    g_task_return_pointer (task, g_bytes_ref (cached), (GDestroyNotify) g_bytes_unref);
  else
    try_call (task);
}

void
mesh_master_client_search_async (MeshMasterClient *self,
                                 const char *query,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  mesh_master_client_browse_async (self, query, NULL, NULL, 0, cancellable, callback,
                                   user_data);
}

void
mesh_master_client_browse_async (MeshMasterClient *self,
                                 const char *query,
                                 const char *category,
                                 const char *tag,
                                 guint limit,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autofree char *query_text = g_uri_escape_string (query, NULL, FALSE);
  GString *url = g_string_new (self->url);

  g_task_set_source_tag (task, mesh_master_client_search_async);
  g_string_append_printf (url, "/api/v1/packages?q=%s", query_text);
  append_pair (url, "category", category);
  append_pair (url, "tag", tag);
  if (limit > 0)
    g_string_append_printf (url, "&limit=%u", limit);
  get_cached (task, g_string_free (url, FALSE));
}

GBytes *
mesh_master_client_search_finish (MeshMasterClient *self,
                                  GAsyncResult *result,
                                  gboolean *is_stale,
                                  GError **error)
{
  g_autoptr (GBytes) body = NULL;
  Call *call;

  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  call = g_task_get_task_data (G_TASK (result));
  body = g_task_propagate_pointer (G_TASK (result), error);
  if (body == NULL)
    return NULL;
  if (!g_utf8_validate (g_bytes_get_data (body, NULL), (gssize) g_bytes_get_size (body),
                        NULL))
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_PROTOCOL,
                   "%s answered with something that is not text", self->url);
      return NULL;
    }
  if (is_stale != NULL)
    *is_stale = call->is_stale;
  return g_steal_pointer (&body);
}

static void
put (MeshMasterClient *self,
     const char *path,
     GBytes *body,
     GCancellable *cancellable,
     GAsyncReadyCallback callback,
     gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Call *call = call_new (SOUP_METHOD_PUT, g_strconcat (self->url, path, NULL));

  g_task_set_source_tag (task, mesh_master_client_publish_async);
  call->body = g_bytes_ref (body);
  g_task_set_task_data (task, call, call_free);
  try_call (task);
}

void
mesh_master_client_publish_async (MeshMasterClient *self,
                                  GBytes *envelope,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  put (self, "/api/v1/updates", envelope, cancellable, callback, user_data);
}

void
mesh_master_client_announce_async (MeshMasterClient *self,
                                   GBytes *announcement,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  put (self, "/api/v1/announcements", announcement, cancellable, callback, user_data);
}

void
mesh_master_client_bootstrap_async (MeshMasterClient *self,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, mesh_master_client_bootstrap_async);
  get_cached (task, g_strconcat (self->url, "/api/v1/bootstrap", NULL));
}

GBytes *
mesh_master_client_bootstrap_finish (MeshMasterClient *self,
                                     GAsyncResult *result,
                                     GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

gboolean
mesh_master_client_publish_finish (MeshMasterClient *self,
                                   GAsyncResult *result,
                                   GError **error)
{
  g_autoptr (GBytes) body = NULL;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  body = g_task_propagate_pointer (G_TASK (result), error);
  return body != NULL;
}

const char *
mesh_master_client_get_url (MeshMasterClient *self)
{
  return self->url;
}

int
mesh_master_client_get_reachable (MeshMasterClient *self)
{
  return self->reachable;
}

void
mesh_master_client_set_timeout (MeshMasterClient *self, guint timeout_s)
{
  soup_session_set_timeout (self->session, CLAMP (timeout_s, 1, 60));
}

static void
mesh_master_client_get_property (GObject *object,
                                 guint id,
                                 GValue *value,
                                 GParamSpec *pspec)
{
  switch (id)
    {
    case PROP_REACHABLE:
      g_value_set_int (value, MESH_MASTER_CLIENT (object)->reachable);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
mesh_master_client_finalize (GObject *object)
{
  MeshMasterClient *self = MESH_MASTER_CLIENT (object);

  g_free (self->url);
  g_clear_object (&self->session);
  mesh_answer_cache_free (self->cache);
  G_OBJECT_CLASS (mesh_master_client_parent_class)->finalize (object);
}

static void
mesh_master_client_class_init (MeshMasterClientClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = mesh_master_client_get_property;
  object_class->finalize = mesh_master_client_finalize;
  props[PROP_REACHABLE] = g_param_spec_int ("reachable", NULL, NULL, -1, 1, -1,
                                            G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
mesh_master_client_init (MeshMasterClient *self)
{
  self->reachable = -1;
  self->session = mesh_http_session_new (MESH_MASTER_CLIENT_TIMEOUT_S);
  self->cache = mesh_answer_cache_new (MESH_MASTER_CLIENT_MAX_CACHE_ENTRIES,
                                       MESH_MASTER_CLIENT_MAX_CACHE_BYTES);
}

MeshMasterClient *
mesh_master_client_new (const char *url, GError **error)
{
  g_autofree char *base = mesh_http_parse_base (url, error);
  MeshMasterClient *self;

  if (base == NULL)
    return NULL;
  self = g_object_new (MESH_TYPE_MASTER_CLIENT, NULL);
  self->url = g_steal_pointer (&base);
  return self;
}
