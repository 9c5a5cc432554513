/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */

/* Owned by the node. A question under way is a GTask that keeps the service; an answer is
 * an object of its own that does. The service's cancellable ends them. */
#include "config.h"

#include "discovery/mesh-peer-exchange.h"

#include "base/mesh-error.h"
#include "base/mesh-token-bucket.h"
#include "net/host/mesh-deadline.h"
#include "net/host/mesh-host-private.h"
#include "net/iface/mesh-frame.h"
#include "peer/mesh-addr-scope.h"
#include "peer/mesh-peer-record.h"
#include "discovery/mesh-pex.h"

/* An answer costs so many tokens, of which one comes a second. */
#define TOKENS_EACH 60
#define MAX_BUCKETS 4096 /* peers whose questions are counted; more are refused */
#define MAX_SERVED 32    /* questions being answered at once */

static const char *const protocols[] = { MESH_PEER_EXCHANGE_PROTOCOL, NULL };

struct _MeshPeerExchange
{
  GObject parent_instance;

  MeshHost *host;            /* (owned) */
  MeshPeerBook *book;        /* (owned) */
  GCancellable *cancellable; /* (owned) */
  GHashTable *buckets;       /* (owned): MeshPeerId (owned) → MeshTokenBucket (owned) */
  guint n_served;
  gboolean is_serving;
};

G_DEFINE_FINAL_TYPE (MeshPeerExchange, mesh_peer_exchange, G_TYPE_OBJECT)

/* ---- answering ---- */

typedef struct
{
  MeshPeerExchange *self; /* (owned) */
  MeshStream *stream;     /* (owned) */
  MeshPeerId *peer;       /* (owned) */
  MeshMultiaddr *remote;  /* (owned) */
  MeshDeadline *deadline; /* (owned) */
  GBytes *sent;           /* (owned) (nullable) */
} Answer;

static void
answer_free (Answer *answer)
{
  answer->self->n_served--;
  g_clear_object (&answer->self);
  g_clear_object (&answer->stream);
  g_clear_pointer (&answer->peer, mesh_peer_id_unref);
  g_clear_pointer (&answer->remote, mesh_multiaddr_unref);
  g_clear_pointer (&answer->deadline, mesh_deadline_free);
  g_clear_pointer (&answer->sent, g_bytes_unref);
  g_free (answer);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Answer, answer_free)

static gboolean
is_full (gpointer peer, gpointer bucket, gpointer now_us)
{
  return mesh_token_bucket_ready_us (bucket, MESH_PEER_EXCHANGE_BURST * TOKENS_EACH,
                                     *(gint64 *) now_us)
         <= *(gint64 *) now_us;
}

static gboolean
may_ask (MeshPeerExchange *self, MeshPeerId *peer)
{
  gint64 now_us = g_get_monotonic_time ();
  MeshTokenBucket *bucket = g_hash_table_lookup (self->buckets, peer);

  if (bucket == NULL)
    {
      if (g_hash_table_size (self->buckets) >= MAX_BUCKETS)
        g_hash_table_foreach_remove (self->buckets, is_full, &now_us);
      if (g_hash_table_size (self->buckets) >= MAX_BUCKETS)
        return FALSE;
      bucket = g_new0 (MeshTokenBucket, 1);
      mesh_token_bucket_init (bucket, 1, MESH_PEER_EXCHANGE_BURST * TOKENS_EACH, now_us);
      g_hash_table_insert (self->buckets, mesh_peer_id_ref (peer), bucket);
    }
  return mesh_token_bucket_take (bucket, TOKENS_EACH, now_us);
}

/* A record is signed whole: with one address that the asker must not see it is not given.
 * Loopback addresses are the same everywhere and tell nothing; who is elsewhere leaves
 * them out. */
static gboolean
may_see (const MeshPeerRecord *record, const MeshMultiaddr *remote)
{
  MeshAddrScope from = mesh_addr_scope_of (remote);
  gboolean is_lan = mesh_addr_scope_is_lan (from) && !mesh_addr_scope_is_relayed (remote);
  const GPtrArray *addrs = mesh_peer_record_get_addrs (record);
  guint n_useful = 0;

  for (guint i = 0; i < addrs->len; i++)
    {
      MeshAddrScope scope = mesh_addr_scope_of (g_ptr_array_index (addrs, i));

      if (scope == MESH_ADDR_SCOPE_NONE)
        return FALSE;
      if (scope == MESH_ADDR_SCOPE_LOOPBACK)
        {
          n_useful += from == MESH_ADDR_SCOPE_LOOPBACK ? 1 : 0;
          continue;
        }
      if (mesh_addr_scope_is_lan (scope) && !is_lan)
        return FALSE;
      n_useful++;
    }
  return n_useful > 0;
}

static GPtrArray *
choose (Answer *answer, guint max)
{
  g_autoptr (GPtrArray) best = mesh_peer_book_dup_best (answer->self->book);
  GPtrArray *records = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  for (guint i = 0; i < best->len && records->len < max; i++)
    {
      g_autoptr (MeshPeerRecord) record = NULL;
      MeshPeerBookEntry entry;
      const guint8 *data;
      gsize len;

      if (mesh_peer_id_equal (g_ptr_array_index (best, i), answer->peer)
          || !mesh_peer_book_lookup (answer->self->book, g_ptr_array_index (best, i),
                                     &entry)
          || entry.signed_record == NULL
          || entry.score.score < MESH_PEER_EXCHANGE_MIN_SCORE)
        continue;
      data = g_bytes_get_data (entry.signed_record, &len);
      record = mesh_peer_record_open (data, len, NULL);
      if (record != NULL && may_see (record, answer->remote))
        g_ptr_array_add (records, g_bytes_ref (entry.signed_record));
    }
  return records;
}

static void
closed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_io_stream_close_finish (G_IO_STREAM (source), result, NULL);
  answer_free (user_data);
}

static void
answered_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Answer) answer = user_data;
  GIOStream *stream = G_IO_STREAM (answer->stream);

  if (g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, NULL))
    g_io_stream_close_async (stream, G_PRIORITY_DEFAULT, NULL, closed_cb,
                             g_steal_pointer (&answer));
}

/* Takes over both. */
static void
send_answer (Answer *answer, GBytes *frame)
{
  answer->sent = frame;
  g_output_stream_write_all_async (
      g_io_stream_get_output_stream (G_IO_STREAM (answer->stream)),
      g_bytes_get_data (frame, NULL), g_bytes_get_size (frame), G_PRIORITY_DEFAULT,
      mesh_deadline_get_cancellable (answer->deadline), answered_cb, answer);
}

static void
asked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Answer) answer = user_data;
  g_autoptr (GBytes) request = mesh_frame_read_finish (result, NULL);
  g_autoptr (GPtrArray) records = NULL;
  g_autoptr (GBytes) message = NULL;
  const guint8 *data;
  gsize len;
  guint max;

  if (request == NULL || g_cancellable_is_cancelled (answer->self->cancellable))
    return;
  data = g_bytes_get_data (request, &len);
  if (!mesh_pex_decode_request (data, len, &max, NULL))
    return;
  if (answer->self->is_serving && may_ask (answer->self, answer->peer))
    records = choose (answer, max);
  message = mesh_pex_encode_response (records);
  send_answer (g_steal_pointer (&answer), mesh_frame_wrap (message));
}

static void
pex_handler (MeshStream *stream, gpointer user_data)
{
  g_autoptr (MeshStream) owned = stream;
  MeshPeerExchange *self = user_data;
  MeshConnection *connection = mesh_stream_get_connection (stream);
  Answer *answer;

  if (connection == NULL || self->n_served >= MAX_SERVED)
    return;
  answer = g_new0 (Answer, 1);
  answer->self = g_object_ref (self);
  answer->stream = g_steal_pointer (&owned);
  answer->peer = mesh_peer_id_ref (mesh_connection_get_peer_id (connection));
  answer->remote = mesh_multiaddr_ref (mesh_connection_get_remote_addr (connection));
  answer->deadline = mesh_deadline_new (self->cancellable, MESH_PEER_EXCHANGE_TIMEOUT_US);
  self->n_served++;
  mesh_frame_read_async (
      g_io_stream_get_input_stream (G_IO_STREAM (stream)), MESH_PEX_MAX_REQUEST_BYTES,
      mesh_deadline_get_cancellable (answer->deadline), asked_cb, answer);
}

/* ---- asking ---- */

typedef struct
{
  MeshPeerId *peer;       /* (owned) */
  MeshDeadline *deadline; /* (owned) */
  MeshStream *stream;     /* (owned) (nullable) */
  MeshMultiaddr *remote;  /* (owned) */
} Question;

static void
question_free (gpointer data)
{
  Question *question = data;

  mesh_peer_id_unref (question->peer);
  mesh_multiaddr_unref (question->remote);
  mesh_deadline_free (question->deadline);
  g_clear_object (&question->stream);
  g_free (question);
}

static void
return_failure (GTask *task, GError *error)
{
  Question *question = g_task_get_task_data (task);

  g_task_return_error (
      task, mesh_deadline_explain (question->deadline, error, "Asking for other peers"));
}

static int
take_records (MeshPeerExchange *self, const Question *question, GPtrArray *records)
{
  int n_new = 0;

  for (guint i = 0; i < records->len; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (MeshPeerId) peer = mesh_peer_book_add_record (
          self->book, g_ptr_array_index (records, i), question->remote, &error);

      if (peer != NULL)
        n_new++;
      else if (!g_error_matches (error, MESH_ERROR, MESH_ERROR_ROLLBACK)
               && !g_error_matches (error, MESH_ERROR, MESH_ERROR_UNSUPPORTED))
        {
          /* Once is enough: the rest of the message is not looked at. */
          g_debug ("%s: %s", mesh_peer_id_to_string (question->peer), error->message);
          mesh_peer_book_note_bad (self->book, question->peer);
          break;
        }
    }
  return n_new;
}

static void
heard_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Question *question = g_task_get_task_data (task);
  g_autoptr (GPtrArray) records = NULL;
  GError *error = NULL;
  g_autoptr (GBytes) response = mesh_frame_read_finish (result, &error);

  if (response != NULL)
    {
      gsize len;
      const guint8 *data = g_bytes_get_data (response, &len);

      records = mesh_pex_decode_response (data, len, &error);
    }
  if (records == NULL)
    {
      return_failure (task, error);
      return;
    }
  g_io_stream_close_async (G_IO_STREAM (question->stream), G_PRIORITY_DEFAULT, NULL, NULL,
                           NULL);
  g_task_return_int (task,
                     take_records (g_task_get_source_object (task), question, records));
}

static void
opened_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Question *question = g_task_get_task_data (task);
  GError *error = NULL;

  question->stream = mesh_host_open_stream_finish (MESH_HOST (source), result, &error);
  if (question->stream == NULL)
    {
      return_failure (task, error);
      return;
    }
  mesh_frame_read_async (g_io_stream_get_input_stream (G_IO_STREAM (question->stream)),
                         MESH_PEX_MAX_RESPONSE_BYTES,
                         mesh_deadline_get_cancellable (question->deadline), heard_cb,
                         g_steal_pointer (&task));
}

void
mesh_peer_exchange_ask_async (MeshPeerExchange *self,
                              MeshPeerId *peer,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  MeshConnection *connection = mesh_host_find_connection (self->host, peer);
  g_autoptr (GBytes) message = NULL;
  g_autoptr (GBytes) sent = NULL;
  Question *question;

  g_task_set_source_tag (task, mesh_peer_exchange_ask_async);
  g_task_set_check_cancellable (task, FALSE);
  if (connection == NULL)
    {
      g_task_return_new_error (task, MESH_ERROR, MESH_ERROR_CLOSED,
                               "The peer %s is not connected",
                               mesh_peer_id_to_string (peer));
      return;
    }
  message = mesh_pex_encode_request (MESH_PEX_MAX_RECORDS);
  sent = mesh_frame_wrap (message);
  question = g_new0 (Question, 1);
  question->peer = mesh_peer_id_ref (peer);
  question->remote = mesh_multiaddr_ref (mesh_connection_get_remote_addr (connection));
  question->deadline
      = mesh_deadline_new (cancellable != NULL ? cancellable : self->cancellable,
                           MESH_PEER_EXCHANGE_TIMEOUT_US);
  g_task_set_task_data (task, question, question_free);
  mesh_host_open_stream_on_async (self->host, connection, protocols, sent,
                                  mesh_deadline_get_cancellable (question->deadline),
                                  opened_cb, g_steal_pointer (&task));
}

int
mesh_peer_exchange_ask_finish (MeshPeerExchange *self,
                               GAsyncResult *result,
                               GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), -1);

  return (int) g_task_propagate_int (G_TASK (result), error);
}

/* ---- life ---- */

void
mesh_peer_exchange_set_serving (MeshPeerExchange *self, gboolean is_serving)
{
  self->is_serving = is_serving;
}

static void
mesh_peer_exchange_dispose (GObject *object)
{
  MeshPeerExchange *self = MESH_PEER_EXCHANGE (object);

  g_cancellable_cancel (self->cancellable);
  if (self->host != NULL)
    mesh_host_set_service_handler (self->host, MESH_PEER_EXCHANGE_PROTOCOL, NULL, NULL);
  g_clear_object (&self->host);
  g_clear_object (&self->book);
  G_OBJECT_CLASS (mesh_peer_exchange_parent_class)->dispose (object);
}

static void
mesh_peer_exchange_finalize (GObject *object)
{
  MeshPeerExchange *self = MESH_PEER_EXCHANGE (object);

  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->buckets, g_hash_table_unref);
  G_OBJECT_CLASS (mesh_peer_exchange_parent_class)->finalize (object);
}

static void
mesh_peer_exchange_class_init (MeshPeerExchangeClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = mesh_peer_exchange_dispose;
  G_OBJECT_CLASS (klass)->finalize = mesh_peer_exchange_finalize;
}

static void
mesh_peer_exchange_init (MeshPeerExchange *self)
{
  self->cancellable = g_cancellable_new ();
  self->buckets = g_hash_table_new_full (mesh_peer_id_hash, mesh_peer_id_equal,
                                         (GDestroyNotify) mesh_peer_id_unref, g_free);
}

MeshPeerExchange *
mesh_peer_exchange_new (MeshHost *host, MeshPeerBook *book, gboolean is_serving)
{
  MeshPeerExchange *self = g_object_new (MESH_TYPE_PEER_EXCHANGE, NULL);

  self->host = g_object_ref (host);
  self->book = g_object_ref (book);
  self->is_serving = is_serving;
  mesh_host_set_service_handler (host, MESH_PEER_EXCHANGE_PROTOCOL, pex_handler, self);
  return self;
}
