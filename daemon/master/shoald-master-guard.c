/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "master/shoald-master-guard.h"

#include <string.h>

#include "node/mesh.h"

#include "master/shoald-master-http.h"

/* A body that is refused is read so far and thrown away, so that the client gets to read
 * the answer; then the connection is cut. */
#define MAX_DRAIN_FACTOR 2
#define MIN_DRAIN_BYTES (64u << 10)

typedef struct
{
  ShoaldMasterGuard *guard; /* (unowned) */
  SoupServerMessage *msg;   /* (owned) */
  char *address;            /* (owned) (nullable): once it has entered the limiter */
  gint64 deadline_us;       /* G_MAXINT64: none */
  gsize n_body_bytes;
  gsize max_body_bytes;
} Watch;

struct ShoaldMasterGuard
{
  SoupServer *server;           /* (owned) */
  ShoaldMasterLimiter *limiter; /* (unowned) */
  ShoaldMasterGuardLimits limits;
  GHashTable *watches;  /* (owned) (element-type SoupServerMessage Watch) */
  GHashTable *requests; /* (owned) (element-type utf8 guint64*): "ROUTE METHOD STATUS" */
  guint64 n_sent_bytes; /* of bodies */
  guint64 n_received_bytes;
  guint64 n_cut; /* deadlines passed */
  guint tick_id; /* while there are watches */
};

/* Few and fixed, so that no client can make up labels. */
static const char *
route_of (SoupServerMessage *msg)
{
  static const char *const routes[] = { "/api/v1/updates/latest",
                                        "/api/v1/updates",
                                        "/api/v1/updates/versions",
                                        "/api/v1/announcements",
                                        "/api/v1/bootstrap",
                                        "/api/v1/packages",
                                        "/healthz",
                                        "/metrics" };
  GUri *uri = soup_server_message_get_uri (msg);
  const char *path = uri != NULL ? g_uri_get_path (uri) : "";

  for (gsize i = 0; i < G_N_ELEMENTS (routes); i++)
    if (strcmp (path, routes[i]) == 0)
      return routes[i];
  return g_str_has_prefix (path, "/ipfs/") ? "/ipfs" : "other";
}

static const char *
method_of (SoupServerMessage *msg)
{
  static const char *const methods[] = { "GET", "HEAD", "PUT" };
  const char *method = soup_server_message_get_method (msg);

  for (gsize i = 0; i < G_N_ELEMENTS (methods); i++)
    if (g_strcmp0 (method, methods[i]) == 0)
      return methods[i];
  return "other";
}

static void
count (ShoaldMasterGuard *guard, SoupServerMessage *msg)
{
  g_autofree char *key = g_strdup_printf ("%s %s %u", route_of (msg), method_of (msg),
                                          soup_server_message_get_status (msg));
  guint64 *n = g_hash_table_lookup (guard->requests, key);

  if (n == NULL)
    {
      n = g_new0 (guint64, 1);
      g_hash_table_insert (guard->requests, g_steal_pointer (&key), n);
    }
  (*n)++;
}

static void
watch_free (gpointer data)
{
  Watch *watch = data;

  g_signal_handlers_disconnect_by_data (watch->msg, watch);
  if (watch->address != NULL)
    shoald_master_limiter_leave (watch->guard->limiter, watch->address);
  g_free (watch->address);
  g_clear_object (&watch->msg);
  g_free (watch);
}

static gboolean
tick (gpointer user_data)
{
  ShoaldMasterGuard *guard = user_data;
  gint64 now_us = g_get_monotonic_time ();
  GHashTableIter iter;
  Watch *watch;

  g_hash_table_iter_init (&iter, guard->watches);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &watch))
    if (now_us >= watch->deadline_us)
      {
        watch->deadline_us = G_MAXINT64;
        guard->n_cut++;
        shoald_master_http_cut (watch->msg);
      }
  return G_SOURCE_CONTINUE;
}

static gint64
deadline_in (guint seconds)
{
  return g_get_monotonic_time () + seconds * G_USEC_PER_SEC;
}

/* How much body a request may have. */
static gsize
max_body_of (ShoaldMasterGuard *guard, SoupServerMessage *msg)
{
  if (strcmp (method_of (msg), "PUT") != 0)
    return SHOALD_MASTER_GUARD_MAX_OTHER_BODY;
  if (strcmp (route_of (msg), "/api/v1/updates") == 0)
    return guard->limits.max_publish_bytes;
  if (strcmp (route_of (msg), "/api/v1/announcements") == 0)
    return MESH_ANNOUNCEMENT_MAX_BYTES;
  return SHOALD_MASTER_GUARD_MAX_OTHER_BODY;
}

/* Refuses before the body is read. */
static void
refuse (SoupServerMessage *msg, guint status, const char *nick, const char *message)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (msg);

  if (status != SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE)
    soup_message_headers_replace (headers, "Retry-After", "1");
  soup_message_headers_replace (headers, "Connection", "close");
  shoald_master_http_fail_text (msg, status, nick, message);
}

static void
got_headers (SoupServerMessage *msg, gpointer user_data)
{
  Watch *watch = user_data;
  ShoaldMasterGuard *guard = watch->guard;
  const char *address = shoald_master_http_get_address (msg);
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (msg);

  watch->deadline_us = deadline_in (guard->limits.body_timeout_s);
  watch->max_body_bytes = max_body_of (guard, msg);
  soup_message_body_set_accumulate (soup_server_message_get_request_body (msg),
                                    watch->max_body_bytes > 0);
  if (soup_server_message_get_status (msg) != 0)
    return;
  if (shoald_master_limiter_get_n_in_flight (guard->limiter)
      >= guard->limits.max_requests)
    refuse (msg, SOUP_STATUS_SERVICE_UNAVAILABLE, "Busy",
            "Too many requests at once; try again in a moment");
  else if (!shoald_master_limiter_enter (guard->limiter, address))
    refuse (msg, SHOALD_MASTER_HTTP_TOO_MANY_REQUESTS, "Busy",
            "Too many requests from your address at once; try again in a moment");
  else
    watch->address = g_strdup (address);
  if (soup_message_headers_get_encoding (headers) == SOUP_ENCODING_CONTENT_LENGTH
      && soup_message_headers_get_content_length (headers)
             > (goffset) watch->max_body_bytes)
    refuse (msg, SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE, "TooLarge",
            "The body is larger than this server takes");
  if (soup_server_message_get_status (msg) != 0)
    soup_message_body_set_accumulate (soup_server_message_get_request_body (msg), FALSE);
}

static void
got_chunk (SoupServerMessage *msg, GBytes *chunk, gpointer user_data)
{
  Watch *watch = user_data;

  watch->n_body_bytes += g_bytes_get_size (chunk);
  watch->guard->n_received_bytes += g_bytes_get_size (chunk);
  if (watch->n_body_bytes <= watch->max_body_bytes)
    return;
  soup_message_body_set_accumulate (soup_server_message_get_request_body (msg), FALSE);
  soup_message_body_truncate (soup_server_message_get_request_body (msg));
  if (soup_server_message_get_status (msg) == 0)
    refuse (msg, SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE, "TooLarge",
            "The body is larger than this server takes");
  if (watch->n_body_bytes
      > MAX (watch->max_body_bytes * MAX_DRAIN_FACTOR, MIN_DRAIN_BYTES))
    shoald_master_http_cut (msg);
}

/* From here on the answer is worked at or written; a write that stalls ends by the
 * time-out of the socket. */
static void
got_body (SoupServerMessage *msg, gpointer user_data)
{
  Watch *watch = user_data;

  watch->deadline_us = G_MAXINT64;
}

static void
wrote_body_data (SoupServerMessage *msg, guint n_bytes, gpointer user_data)
{
  Watch *watch = user_data;

  watch->guard->n_sent_bytes += n_bytes;
}

static void
request_started (SoupServer *server, SoupServerMessage *msg, gpointer user_data)
{
  ShoaldMasterGuard *guard = user_data;
  Watch *watch = g_new0 (Watch, 1);

  watch->guard = guard;
  watch->msg = g_object_ref (msg);
  watch->deadline_us = deadline_in (guard->limits.header_timeout_s);
  g_hash_table_insert (guard->watches, msg, watch);
  g_signal_connect (msg, "got-headers", G_CALLBACK (got_headers), watch);
  g_signal_connect (msg, "got-chunk", G_CALLBACK (got_chunk), watch);
  g_signal_connect (msg, "got-body", G_CALLBACK (got_body), watch);
  g_signal_connect (msg, "wrote-body-data", G_CALLBACK (wrote_body_data), watch);
  if (guard->tick_id == 0)
    guard->tick_id = g_timeout_add (1000, tick, guard);
}

static void
request_ended (SoupServer *server, SoupServerMessage *msg, gpointer user_data)
{
  ShoaldMasterGuard *guard = user_data;

  if (g_hash_table_lookup (guard->watches, msg) == NULL)
    return;
  if (soup_server_message_get_method (msg) != NULL)
    count (guard, msg);
  g_hash_table_remove (guard->watches, msg);
  if (g_hash_table_size (guard->watches) == 0)
    g_clear_handle_id (&guard->tick_id, g_source_remove);
}

ShoaldMasterGuard *
shoald_master_guard_new (SoupServer *server,
                         ShoaldMasterLimiter *limiter,
                         const ShoaldMasterGuardLimits *limits)
{
  ShoaldMasterGuard *guard = g_new0 (ShoaldMasterGuard, 1);

  guard->server = g_object_ref (server);
  guard->limiter = limiter;
  guard->limits = *limits;
  guard->watches = g_hash_table_new_full (NULL, NULL, NULL, watch_free);
  guard->requests = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_signal_connect (server, "request-started", G_CALLBACK (request_started), guard);
  g_signal_connect (server, "request-finished", G_CALLBACK (request_ended), guard);
  g_signal_connect (server, "request-aborted", G_CALLBACK (request_ended), guard);
  return guard;
}

void
shoald_master_guard_free (ShoaldMasterGuard *guard)
{
  g_signal_handlers_disconnect_by_data (guard->server, guard);
  g_clear_handle_id (&guard->tick_id, g_source_remove);
  g_clear_pointer (&guard->watches, g_hash_table_unref);
  g_clear_pointer (&guard->requests, g_hash_table_unref);
  g_clear_object (&guard->server);
  g_free (guard);
}

static int
compare_keys (gconstpointer a, gconstpointer b)
{
  return strcmp (a, b);
}

void
shoald_master_guard_collect (ShoaldMasterGuard *guard, ShoaldMasterMetrics *metrics)
{
  GList *keys = g_hash_table_get_keys (guard->requests);

  keys = g_list_sort (keys, compare_keys);
  shoald_master_metrics_declare (metrics, "shoal_http_requests_total",
                                 SHOALD_MASTER_METRIC_COUNTER,
                                 "HTTP requests answered or broken off");
  for (GList *l = keys; l != NULL; l = l->next)
    {
      g_auto (GStrv) parts = g_strsplit (l->data, " ", 3);
      guint64 *n = g_hash_table_lookup (guard->requests, l->data);

      shoald_master_metrics_add (metrics, *n, "route", parts[0], "method", parts[1],
                                 "status", parts[2], NULL);
    }
  g_list_free (keys);
  shoald_master_metrics_declare (metrics, "shoal_http_requests_in_flight",
                                 SHOALD_MASTER_METRIC_GAUGE,
                                 "HTTP requests being answered");
  shoald_master_metrics_add (
      metrics, shoald_master_limiter_get_n_in_flight (guard->limiter), NULL);
  shoald_master_metrics_declare (metrics, "shoal_http_sent_bytes_total",
                                 SHOALD_MASTER_METRIC_COUNTER,
                                 "Bytes of response bodies sent");
  shoald_master_metrics_add (metrics, guard->n_sent_bytes, NULL);
  shoald_master_metrics_declare (metrics, "shoal_http_received_bytes_total",
                                 SHOALD_MASTER_METRIC_COUNTER,
                                 "Bytes of request bodies received");
  shoald_master_metrics_add (metrics, guard->n_received_bytes, NULL);
  shoald_master_metrics_declare (metrics, "shoal_http_deadlines_total",
                                 SHOALD_MASTER_METRIC_COUNTER,
                                 "Connections cut because a request took too long");
  shoald_master_metrics_add (metrics, guard->n_cut, NULL);
}
