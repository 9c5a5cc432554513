/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "registry/mesh-registry-server.h"

#include <string.h>

#include "base/mesh-error.h"
#include "base/mesh-token-bucket.h"
#include "trust/mesh-manifest-request.h"
#include "registry/mesh-exchange.h"
#include "registry/mesh-registry-ledger.h"

/* What one peer may ask. */
typedef struct
{
  char *peer_id; /* (owned) */
  MeshTokenBucket bucket;
  guint n_served;
  GList link; /* in by_use */
} Guest;

struct MeshRegistryServer
{
  MeshHost *host;           /* (owned) */
  MeshRegistryDb *db;       /* (owned) */
  MeshRegistryIndex *index; /* (owned) */
  GCancellable *stopping;   /* (owned) */
  GHashTable *guests;       /* (owned) (element-type utf8 Guest) */
  GQueue by_use;            /* of Guest, the longest unused first */
  guint64 n_refused;
  guint n_served;
  gboolean is_serving;
  grefcount refs; /* one for each visit, one for the owner */
};

/* One question. */
typedef struct
{
  MeshRegistryServer *server; /* (owned) */
  GIOStream *stream;          /* (owned) */
  char *peer_id;              /* (owned) */
  guint offset;               /* of a search */
  guint limit;
} Visit;

static void
free_guest (gpointer data)
{
  Guest *guest = data;

  g_free (guest->peer_id);
  g_free (guest);
}

static void
release (MeshRegistryServer *server)
{
  if (!g_ref_count_dec (&server->refs))
    return;
  g_object_unref (server->host);
  mesh_registry_index_unref (server->index);
  mesh_registry_db_unref (server->db);
  g_object_unref (server->stopping);
  g_hash_table_unref (server->guests);
  g_free (server);
}

static void
end_visit (Visit *visit)
{
  Guest *guest = g_hash_table_lookup (visit->server->guests, visit->peer_id);

  visit->server->n_served--;
  if (guest != NULL)
    guest->n_served--;
  g_object_unref (visit->stream);
  g_free (visit->peer_id);
  release (visit->server);
  g_free (visit);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Visit, end_visit)

/* Idle ones go; with nobody idle there are more than may be served anyway. */
static gboolean
make_room (MeshRegistryServer *server)
{
  for (GList *l = server->by_use.head;
       l != NULL && server->by_use.length >= MESH_REGISTRY_SERVER_MAX_TRACKED;)
    {
      Guest *guest = l->data;

      l = l->next;
      if (guest->n_served > 0)
        continue;
      g_queue_unlink (&server->by_use, &guest->link);
      g_hash_table_remove (server->guests, guest->peer_id);
    }
  return server->by_use.length < MESH_REGISTRY_SERVER_MAX_TRACKED;
}

static Guest *
find_guest (MeshRegistryServer *server, const char *peer_id)
{
  Guest *guest = g_hash_table_lookup (server->guests, peer_id);

  if (guest != NULL)
    {
      g_queue_unlink (&server->by_use, &guest->link);
      g_queue_push_tail_link (&server->by_use, &guest->link);
      return guest;
    }
  if (!make_room (server))
    return NULL;
  guest = g_new0 (Guest, 1);
  guest->peer_id = g_strdup (peer_id);
  guest->link.data = guest;
  mesh_token_bucket_init (&guest->bucket, MESH_REGISTRY_SERVER_RATE,
                          MESH_REGISTRY_SERVER_BURST, g_get_monotonic_time ());
  g_hash_table_insert (server->guests, guest->peer_id, guest);
  g_queue_push_tail_link (&server->by_use, &guest->link);
  return guest;
}

/* NULL when the peer asks too much: its stream is reset. */
static Visit *
begin_visit (MeshRegistryServer *server, MeshStream *stream)
{
  MeshConnection *connection = mesh_stream_get_connection (stream);
  const char *peer_id = NULL;
  Guest *guest = NULL;
  Visit *visit;

  /* The connection may be gone before its stream is served. */
  if (connection != NULL)
    peer_id = mesh_peer_id_to_string (mesh_connection_get_peer_id (connection));
  if (peer_id != NULL && server->n_served < MESH_REGISTRY_SERVER_MAX_SERVED)
    guest = find_guest (server, peer_id);
  if (guest == NULL || guest->n_served >= MESH_REGISTRY_SERVER_MAX_OF_PEER
      || !mesh_token_bucket_take (&guest->bucket, 1, g_get_monotonic_time ()))
    {
      server->n_refused++;
      mesh_stream_reset (stream);
      g_object_unref (stream);
      return NULL;
    }
  guest->n_served++;
  server->n_served++;
  g_ref_count_inc (&server->refs);
  visit = g_new0 (Visit, 1);
  visit->server = server;
  visit->stream = G_IO_STREAM (stream);
  visit->peer_id = g_strdup (peer_id);
  return visit;
}

static void
answered_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Visit) visit = g_steal_pointer (&user_data);
  g_autoptr (GError) error = NULL;

  if (!mesh_exchange_answer_finish (result, &error))
    g_debug ("A peer did not take its answer: %s", error->message);
}

static void
answer (Visit *visit, GBytes *bytes)
{
  mesh_exchange_answer_async (visit->stream, bytes, visit->server->stopping, answered_cb,
                              visit);
}

/* The end of a visit whose question was none. */
static void
turn_away (Visit *visit, GError *error)
{
  g_debug ("A peer asked nothing that can be answered: %s", error->message);
  g_error_free (error);
  visit->server->n_refused++;
  mesh_stream_reset (MESH_STREAM (visit->stream));
  end_visit (visit);
}

/* Releases. */

static void
release_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GBytes) envelope = mesh_registry_ledger_find_release_finish (result, NULL);

  answer (user_data, envelope);
}

static void
release_asked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Visit *visit = g_steal_pointer (&user_data);
  GError *error = NULL;
  g_autoptr (GBytes) question = mesh_exchange_read_finish (result, &error);
  MeshManifestRequest request = { NULL, NULL, NULL };

  if (question == NULL
      || !mesh_manifest_request_decode (g_bytes_get_data (question, NULL),
                                        g_bytes_get_size (question), &request, &error))
    {
      turn_away (visit, error);
      return;
    }
  mesh_registry_ledger_find_release_async (
      visit->server->db, request.app_id, request.channel, request.range,
      g_get_real_time () / G_USEC_PER_SEC, release_cb, visit);
  mesh_manifest_request_clear (&request);
}

static void
release_visit_cb (MeshStream *stream, gpointer user_data)
{
  Visit *visit = begin_visit (user_data, stream);

  if (visit != NULL)
    mesh_exchange_read_async (visit->stream, MESH_MANIFEST_REQUEST_MAX_LEN,
                              visit->server->stopping, release_asked_cb, visit);
}

/* Listings. The cursor of a search is how many were given, in four bytes. */

static guint
read_offset (GBytes *cursor)
{
  guint32 offset = 0;

  if (g_bytes_get_size (cursor) == sizeof offset)
    memcpy (&offset, g_bytes_get_data (cursor, NULL), sizeof offset);
  return MIN (GUINT32_FROM_BE (offset), MESH_REGISTRY_SERVER_MAX_OFFSET);
}

static GBytes *
write_offset (const Visit *visit, guint n_found)
{
  guint32 offset = GUINT32_TO_BE (visit->offset + n_found);

  if (n_found < visit->limit
      || visit->offset + n_found >= MESH_REGISTRY_SERVER_MAX_OFFSET)
    return g_bytes_new (NULL, 0);
  return g_bytes_new (&offset, sizeof offset);
}

static void
send_listings (Visit *visit, MeshSearchAnswer *found)
{
  g_autoptr (GBytes) bytes = mesh_search_message_encode_answer (found);

  mesh_search_message_clear_answer (found);
  answer (visit, bytes);
}

static void
searched_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Visit *visit = g_steal_pointer (&user_data);
  g_autoptr (GPtrArray) results = mesh_registry_index_search_finish (result, NULL);
  MeshSearchAnswer found = { NULL, NULL };

  found.announcements = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  for (guint i = 0; results != NULL && i < results->len; i++)
    {
      const MeshRegistryResult *one = results->pdata[i];
      GBytes *bytes = mesh_announcement_to_bytes (one->announcement, NULL);

      if (bytes != NULL)
        g_ptr_array_add (found.announcements, bytes);
    }
  found.cursor = write_offset (visit, found.announcements->len);
  send_listings (visit, &found);
}

static void
news_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Visit *visit = g_steal_pointer (&user_data);
  MeshSearchAnswer found = { NULL, NULL };

  if (!mesh_registry_index_news_finish (result, &found, NULL))
    answer (visit, NULL);
  else
    send_listings (visit, &found);
}

static void
look_up (Visit *visit, const MeshSearchQuestion *question)
{
  gint64 now_s = g_get_real_time () / G_USEC_PER_SEC;
  g_autoptr (MeshRegistryQuery) query = NULL;

  visit->limit = question->limit;
  if (question->kind == MESH_SEARCH_MESSAGE_NEWS)
    {
      mesh_registry_index_news_async (visit->server->index, question->cursor,
                                      question->limit, now_s, news_cb, visit);
      return;
    }
  visit->offset = read_offset (question->cursor);
  query = mesh_registry_query_new (question->text, question->category, question->tag,
                                   question->limit);
  mesh_registry_index_search_async (visit->server->index, query, visit->offset, now_s,
                                    searched_cb, visit);
}

static void
search_asked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Visit *visit = g_steal_pointer (&user_data);
  GError *error = NULL;
  g_autoptr (GBytes) bytes = mesh_exchange_read_finish (result, &error);
  MeshSearchQuestion question = { 0 };

  if (bytes == NULL
      || !mesh_search_message_decode_question (
          g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), &question, &error))
    {
      turn_away (visit, error);
      return;
    }
  look_up (visit, &question);
  mesh_search_message_clear_question (&question);
}

static void
search_visit_cb (MeshStream *stream, gpointer user_data)
{
  Visit *visit = begin_visit (user_data, stream);

  if (visit != NULL)
    mesh_exchange_read_async (visit->stream, MESH_SEARCH_MESSAGE_MAX_QUESTION_LEN,
                              visit->server->stopping, search_asked_cb, visit);
}

void
mesh_registry_server_set_serving (MeshRegistryServer *server, gboolean is_serving)
{
  if (server->is_serving == is_serving)
    return;
  server->is_serving = is_serving;
  mesh_host_set_handler (server->host, MESH_MANIFEST_REQUEST_PROTOCOL,
                         is_serving ? release_visit_cb : NULL, server, NULL);
  mesh_host_set_handler (server->host, MESH_SEARCH_MESSAGE_PROTOCOL,
                         is_serving ? search_visit_cb : NULL, server, NULL);
}

guint64
mesh_registry_server_get_n_refused (MeshRegistryServer *server)
{
  return server->n_refused;
}

MeshRegistryServer *
mesh_registry_server_new (MeshHost *host, MeshRegistryDb *db, MeshRegistryIndex *index)
{
  MeshRegistryServer *server = g_new0 (MeshRegistryServer, 1);

  server->host = g_object_ref (host);
  server->db = mesh_registry_db_ref (db);
  server->index = mesh_registry_index_ref (index);
  server->stopping = g_cancellable_new ();
  server->guests = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, free_guest);
  g_queue_init (&server->by_use);
  g_ref_count_init (&server->refs);
  return server;
}

void
mesh_registry_server_free (MeshRegistryServer *server)
{
  mesh_registry_server_set_serving (server, FALSE);
  g_cancellable_cancel (server->stopping);
  release (server);
}
