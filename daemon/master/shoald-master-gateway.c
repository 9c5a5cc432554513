/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "master/shoald-master-gateway.h"

#include <string.h>

#include "master/shoald-master-http.h"
#include "master/shoald-master-request.h"
#include "master/shoald-master-walk.h"

#define IMMUTABLE "public, max-age=29030400, immutable"

struct ShoaldMasterGateway
{
  SoupServer *server; /* (owned) (nullable): until it is freed */
  MeshStore *store;   /* (owned) */
  grefcount refs;     /* one for each answer in progress, one for the owner */
  guint n_streams;
};

/* One answer in progress: from the handler to "finished". */
typedef struct
{
  ShoaldMasterGateway *gateway; /* (owned) */
  SoupServerMessage *msg;       /* (owned) */
  ShoaldMasterRequest *request; /* (owned) */
  ShoaldMasterWalk *walk;       /* (owned) (nullable): of a CAR */
  GCancellable *cancellable;    /* (owned) */
  grefcount refs;               /* the message's, and one for each call */
  guint n_queued;               /* chunks given to the message and not written yet */
  gboolean is_fetching;
  gboolean is_complete;
} Answer;

static void
gateway_release (ShoaldMasterGateway *gateway)
{
  if (!g_ref_count_dec (&gateway->refs))
    return;
  g_clear_object (&gateway->server);
  g_clear_object (&gateway->store);
  g_free (gateway);
}

static Answer *
answer_ref (Answer *answer)
{
  g_ref_count_inc (&answer->refs);
  return answer;
}

static void
answer_unref (Answer *answer)
{
  if (!g_ref_count_dec (&answer->refs))
    return;
  if (answer->walk != NULL)
    answer->gateway->n_streams--;
  g_clear_pointer (&answer->walk, shoald_master_walk_free);
  g_clear_pointer (&answer->request, shoald_master_request_free);
  g_clear_pointer (&answer->gateway, gateway_release);
  g_clear_object (&answer->cancellable);
  g_clear_object (&answer->msg);
  g_free (answer);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Answer, answer_unref)

/* The message is over, written or broken off. */
static void
finished (SoupServerMessage *msg, gpointer user_data)
{
  Answer *answer = user_data;

  g_cancellable_cancel (answer->cancellable);
  g_signal_handlers_disconnect_by_data (msg, answer);
  answer_unref (answer);
}

static Answer *
answer_new (ShoaldMasterGateway *gateway,
            SoupServerMessage *msg,
            ShoaldMasterRequest *request)
{
  Answer *answer = g_new0 (Answer, 1);

  g_ref_count_init (&answer->refs);
  g_ref_count_inc (&gateway->refs);
  answer->gateway = gateway;
  answer->msg = g_object_ref (msg);
  answer->request = request;
  answer->cancellable = g_cancellable_new ();
  g_signal_connect (msg, "finished", G_CALLBACK (finished), answer);
  return answer;
}

static gboolean
is_head (SoupServerMessage *msg)
{
  return strcmp (soup_server_message_get_method (msg), "HEAD") == 0;
}

static void
set_headers (SoupServerMessage *msg, const ShoaldMasterRequest *request, const char *etag)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (msg);
  gboolean is_car = request->format == SHOALD_MASTER_FORMAT_CAR;
  g_autofree char *disposition = g_strdup_printf (
      "attachment; filename=\"%s.%s\"", request->cid_text, is_car ? "car" : "bin");

  soup_message_headers_replace (headers, "ETag", etag);
  soup_message_headers_replace (headers, "Cache-Control", IMMUTABLE);
  soup_message_headers_replace (headers, "Content-Type",
                                shoald_master_request_get_content_type (request));
  soup_message_headers_replace (headers, "X-Content-Type-Options", "nosniff");
  soup_message_headers_replace (headers, "X-Ipfs-Path", request->path);
  soup_message_headers_replace (headers, "Content-Disposition", disposition);
  soup_message_headers_replace (headers, "Access-Control-Allow-Origin", "*");
  soup_message_headers_replace (headers, "Accept-Ranges", "none");
  if (request->is_by_accept)
    {
      g_autofree char *location
          = g_strdup_printf ("%s?format=%s%s", request->path, is_car ? "car" : "raw",
                             request->has_duplicates ? "&car-dups=y" : "");

      soup_message_headers_replace (headers, "Vary", "Accept");
      soup_message_headers_replace (headers, "Content-Location", location);
    }
}

/* A block that cannot be read is not here, whatever the reason. */
static void
fail (SoupServerMessage *msg, const ShoaldMasterRequest *request, const GError *error)
{
  if (g_error_matches (error, MESH_ERROR, MESH_ERROR_UNSUPPORTED))
    shoald_master_http_fail_text (msg, SOUP_STATUS_NOT_IMPLEMENTED, "Unsupported",
                                  error->message);
  else
    shoald_master_http_fail (msg, error);
}

/* Raw blocks. */

static void
raw_got (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Answer) answer = user_data;
  SoupServerMessage *msg = answer->msg;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = mesh_store_get_finish (MESH_STORE (source), result, &error);
  g_autofree char *etag = NULL;

  if (bytes == NULL)
    fail (msg, answer->request, error);
  else
    {
      etag = shoald_master_request_format_etag (answer->request);
      set_headers (msg, answer->request, etag);
      soup_server_message_set_status (msg, SOUP_STATUS_OK, NULL);
      /* No range requests: a part of a block proves nothing. */
      soup_message_body_set_accumulate (soup_server_message_get_response_body (msg),
                                        FALSE);
      soup_message_headers_set_content_length (
          soup_server_message_get_response_headers (msg), g_bytes_get_size (bytes));
      if (g_bytes_get_size (bytes) > 0)
        soup_message_body_append_bytes (soup_server_message_get_response_body (msg),
                                        bytes);
    }
  soup_server_message_unpause (msg);
}

static void
send_raw (Answer *answer)
{
  MeshStore *store = answer->gateway->store;
  SoupServerMessage *msg = answer->msg;
  g_autofree char *etag = NULL;
  gsize size;

  if (!is_head (msg) || !mesh_store_get_block_size (store, answer->request->cid, &size))
    {
      soup_server_message_pause (msg);
      mesh_store_get_async (store, answer->request->cid, answer->cancellable, raw_got,
                            answer_ref (answer));
      return;
    }
  etag = shoald_master_request_format_etag (answer->request);
  set_headers (msg, answer->request, etag);
  soup_message_headers_set_content_length (soup_server_message_get_response_headers (msg),
                                           size);
  soup_server_message_set_status (msg, SOUP_STATUS_OK, NULL);
}

/* CAR streams: one block at a time, the next one when it is on the wire. */

static GBytes *
section_head (const MeshCid *cid, gsize block_len)
{
  GByteArray *head = g_byte_array_new ();

  mesh_car_encode_section_head (cid, block_len, head);
  return g_byte_array_free_to_bytes (head);
}

static void
send_chunk (Answer *answer, GBytes *bytes)
{
  if (g_bytes_get_size (bytes) == 0)
    return;
  answer->n_queued++;
  soup_message_body_append_bytes (soup_server_message_get_response_body (answer->msg),
                                  bytes);
}

static void
next_got (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Answer) answer = user_data;
  SoupMessageBody *body = soup_server_message_get_response_body (answer->msg);
  g_autoptr (MeshCid) cid = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes
      = shoald_master_walk_next_finish (answer->walk, result, &cid, &error);
  g_autoptr (GBytes) head = NULL;

  answer->is_fetching = FALSE;
  if (error != NULL)
    {
      /* The head is sent: all that is left is an answer that is plainly not whole. */
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        g_debug ("CAR of %s broken off: %s", answer->request->cid_text, error->message);
      shoald_master_http_cut (answer->msg);
      /* Writing into the closed connection is what ends the message. */
      soup_message_body_append (body, SOUP_MEMORY_STATIC, "", 1);
    }
  else if (bytes == NULL)
    {
      answer->is_complete = TRUE;
      soup_message_body_complete (body);
    }
  else
    {
      head = section_head (cid, g_bytes_get_size (bytes));
      send_chunk (answer, head);
      send_chunk (answer, bytes);
    }
  soup_server_message_unpause (answer->msg);
}

static void
wrote_chunk (SoupServerMessage *msg, gpointer user_data)
{
  Answer *answer = user_data;

  if (answer->n_queued > 0)
    answer->n_queued--;
  if (answer->n_queued > 0 || answer->is_fetching || answer->is_complete)
    return;
  answer->is_fetching = TRUE;
  shoald_master_walk_next_async (answer->walk, answer->cancellable, next_got,
                                 answer_ref (answer));
}

static void
resolved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Answer) answer = user_data;
  SoupServerMessage *msg = answer->msg;
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (msg);
  SoupMessageBody *body = soup_server_message_get_response_body (msg);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) header = NULL;
  g_autofree char *etag = NULL;

  if (!shoald_master_walk_resolve_finish (answer->walk, result, &error))
    {
      fail (msg, answer->request, error);
      soup_server_message_unpause (msg);
      return;
    }
  etag = shoald_master_request_format_etag (answer->request);
  set_headers (msg, answer->request, etag);
  soup_server_message_set_status (msg, SOUP_STATUS_OK, NULL);
  soup_message_headers_set_encoding (headers, soup_server_message_get_http_version (msg)
                                                      == SOUP_HTTP_1_0
                                                  ? SOUP_ENCODING_EOF
                                                  : SOUP_ENCODING_CHUNKED);
  if (!is_head (msg))
    {
      soup_message_body_set_accumulate (body, FALSE);
      header = mesh_car_encode_header (&answer->request->cid, 1);
      g_signal_connect (msg, "wrote-chunk", G_CALLBACK (wrote_chunk), answer);
      send_chunk (answer, header);
    }
  soup_server_message_unpause (msg);
}

static void
send_car (Answer *answer)
{
  ShoaldMasterGateway *gateway = answer->gateway;

  if (gateway->n_streams >= SHOALD_MASTER_GATEWAY_MAX_STREAMS)
    {
      soup_message_headers_replace (
          soup_server_message_get_response_headers (answer->msg), "Retry-After", "1");
      shoald_master_http_fail_text (
          answer->msg, SOUP_STATUS_SERVICE_UNAVAILABLE, "Busy",
          "Too many CAR streams at once; try again in a moment");
      return;
    }
  gateway->n_streams++;
  answer->walk
      = shoald_master_walk_new (MESH_BLOCK_SOURCE (gateway->store), answer->request);
  soup_server_message_pause (answer->msg);
  shoald_master_walk_resolve_async (answer->walk, answer->cancellable, resolved,
                                    answer_ref (answer));
}

/* Returns: whether there is content to send; else @msg is answered. */
static gboolean
check_content (ShoaldMasterGateway *gateway,
               SoupServerMessage *msg,
               const ShoaldMasterRequest *request)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (msg);
  const char *cache = soup_message_headers_get_list (headers, "Cache-Control");
  g_autofree char *etag = NULL;
  gboolean is_inline = mesh_cid_get_hash_code (request->cid) == MESH_MULTIHASH_IDENTITY;

  if (!mesh_store_is_shared (gateway->store, request->cid)
      || (!is_inline && !mesh_store_has (gateway->store, request->cid)))
    {
      gboolean is_cached_only = cache != NULL && strstr (cache, "only-if-cached") != NULL;

      shoald_master_http_fail_text (
          msg, is_cached_only ? SOUP_STATUS_PRECONDITION_FAILED : SOUP_STATUS_NOT_FOUND,
          "NotFound", "This node does not share that content");
      return FALSE;
    }
  etag = shoald_master_request_format_etag (request);
  if (!shoald_master_http_etag_matches (
          soup_message_headers_get_list (headers, "If-None-Match"), etag))
    return TRUE;
  set_headers (msg, request, etag);
  soup_server_message_set_status (msg, SOUP_STATUS_NOT_MODIFIED, NULL);
  return FALSE;
}

static void
handle (SoupServer *server,
        SoupServerMessage *msg,
        const char *path,
        GHashTable *form,
        gpointer user_data)
{
  ShoaldMasterGateway *gateway = user_data;
  const char *method = soup_server_message_get_method (msg);
  g_autoptr (GError) error = NULL;
  g_autoptr (ShoaldMasterRequest) request = NULL;
  Answer *answer;

  if (strcmp (method, "GET") != 0 && strcmp (method, "HEAD") != 0)
    {
      soup_message_headers_replace (soup_server_message_get_response_headers (msg),
                                    "Allow", "GET, HEAD");
      shoald_master_http_fail_text (msg, SOUP_STATUS_METHOD_NOT_ALLOWED, "Unsupported",
                                    "Content can only be read here");
      return;
    }
  request = shoald_master_request_parse (
      path, form,
      soup_message_headers_get_list (soup_server_message_get_request_headers (msg),
                                     "Accept"),
      &error);
  if (g_error_matches (error, MESH_ERROR, MESH_ERROR_UNSUPPORTED))
    shoald_master_http_fail_text (msg, SOUP_STATUS_NOT_ACCEPTABLE, "Unsupported",
                                  error->message);
  else if (request == NULL)
    shoald_master_http_fail (msg, error);
  else if (check_content (gateway, msg, request))
    {
      answer = answer_new (gateway, msg, g_steal_pointer (&request));
      if (answer->request->format == SHOALD_MASTER_FORMAT_RAW)
        send_raw (answer);
      else
        send_car (answer);
    }
}

ShoaldMasterGateway *
shoald_master_gateway_new (SoupServer *server, MeshStore *store)
{
  ShoaldMasterGateway *gateway = g_new0 (ShoaldMasterGateway, 1);

  g_ref_count_init (&gateway->refs);
  gateway->server = g_object_ref (server);
  gateway->store = g_object_ref (store);
  soup_server_add_handler (server, "/ipfs", handle, gateway, NULL);
  return gateway;
}

void
shoald_master_gateway_free (ShoaldMasterGateway *gateway)
{
  soup_server_remove_handler (gateway->server, "/ipfs");
  gateway_release (gateway);
}
