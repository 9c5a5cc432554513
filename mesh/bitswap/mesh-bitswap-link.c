/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "bitswap/mesh-bitswap-link.h"

#include "base/mesh-error.h"
#include "bitswap/mesh-bitswap-reader.h"
#include "bitswap/mesh-bitswap-writer.h"

typedef struct
{
  MeshBitswapLink *link;     /* (unowned) */
  MeshBitswapReader *reader; /* (owned) */
  gboolean is_held;          /* reader waits for mesh_bitswap_reader_next() */
  gsize admitted;            /* bytes of the message being read */
} Inbound;

typedef struct
{
  MeshBitswapMessage *msg; /* (owned) */
  guint64 send_id;
  gsize block_bytes;
  guint n_blocks;
} Outbound;

struct MeshBitswapLink
{
  gatomicrefcount ref_count;
  MeshBitswap *bitswap;      /* (unowned) (nullable): %NULL once closed */
  MeshBitswapPeer *peer;     /* (unowned) (nullable): likewise */
  GPtrArray *inbound;        /* (owned) (element-type Inbound) */
  MeshBitswapWriter *writer; /* (owned) (nullable) */
  GQueue outbox;             /* of Outbound */
  Outbound *writing;         /* (owned) (nullable): what the server sent, being written */
  gsize receive_bytes;       /* of messages admitted and not done with */
  gint64 asked_us;           /* when something was last asked of the peer */
  guint n_failures;          /* of the outgoing stream, in a row */
};

/* A message being worked on: counted as received until its last block is in the store. */
typedef struct
{
  grefcount ref_count;
  MeshBitswap *bitswap;  /* (owned) */
  MeshBitswapLink *link; /* (owned) */
  guint64 number;
  gsize len;
} Batch;

typedef struct
{
  Batch *batch;     /* (owned) */
  MeshCid *cid;     /* (owned) */
  GBytes *data;     /* (owned) */
  GPtrArray *tasks; /* (owned) (element-type GTask): who wants it */
} Put;

static void
outbound_free (gpointer data)
{
  Outbound *out = data;

  g_clear_pointer (&out->msg, mesh_bitswap_message_free);
  g_free (out);
}

static MeshBitswapLink *
link_ref (MeshBitswapLink *link)
{
  g_atomic_ref_count_inc (&link->ref_count);
  return link;
}

void
mesh_bitswap_link_unref (MeshBitswapLink *link)
{
  if (!g_atomic_ref_count_dec (&link->ref_count))
    return;
  g_assert (link->bitswap == NULL);
  g_ptr_array_unref (link->inbound);
  g_free (link);
}

static void
inbound_free (gpointer data)
{
  Inbound *in = data;

  in->link->receive_bytes -= in->admitted;
  if (in->link->bitswap != NULL)
    in->link->bitswap->receive_bytes -= in->admitted;
  g_clear_pointer (&in->reader, mesh_bitswap_reader_close);
  g_free (in);
}

/* Receiving. */

static void
release_bytes (MeshBitswap *bitswap, MeshBitswapLink *link, gsize len)
{
  bitswap->receive_bytes -= len;
  link->receive_bytes -= len;
  mesh_bitswap_settle (bitswap); /* goes on reading */
}

static Batch *
batch_new (MeshBitswapLink *link, gsize len)
{
  Batch *batch = g_new (Batch, 1);

  g_ref_count_init (&batch->ref_count);
  batch->bitswap = g_object_ref (link->bitswap);
  batch->link = link_ref (link);
  batch->number = link->peer->number;
  batch->len = len;
  return batch;
}

static Batch *
batch_ref (Batch *batch)
{
  g_ref_count_inc (&batch->ref_count);
  return batch;
}

static void
batch_unref (gpointer data)
{
  Batch *batch = data;

  if (!g_ref_count_dec (&batch->ref_count))
    return;
  release_bytes (batch->bitswap, batch->link, batch->len);
  mesh_bitswap_link_unref (batch->link);
  g_object_unref (batch->bitswap);
  g_free (batch);
}

static void
put_free (Put *put)
{
  mesh_cid_unref (put->cid);
  g_bytes_unref (put->data);
  g_ptr_array_unref (put->tasks);
  batch_unref (put->batch);
  g_free (put);
}

static void
put_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Put *put = user_data;
  g_autoptr (GError) error = NULL;
  gboolean ok = mesh_store_put_finish (MESH_STORE (source), result, &error);

  if (!ok)
    g_prefix_error (&error, "A block came but could not be stored: ");
  for (guint i = 0; i < put->tasks->len; i++)
    {
      GTask *task = g_ptr_array_index (put->tasks, i);

      if (ok)
        g_task_return_pointer (task, g_bytes_ref (put->data),
                               (GDestroyNotify) g_bytes_unref);
      else
        g_task_return_error (task, g_error_copy (error));
    }
  if (ok)
    {
      mesh_bitswap_server_notify (put->batch->bitswap->server, put->cid);
      mesh_bitswap_settle (put->batch->bitswap);
    }
  put_free (put);
}

static void
store_block (Batch *batch, MeshCid *cid, GBytes *data)
{
  MeshBitswap *bitswap = batch->bitswap;
  Put *put = g_new0 (Put, 1);

  put->batch = batch_ref (batch);
  put->cid = mesh_cid_ref (cid);
  put->data = g_bytes_ref (data);
  put->tasks = g_steal_pointer (&bitswap->got);
  bitswap->got = g_ptr_array_new_with_free_func (g_object_unref);
  mesh_store_put_async (bitswap->store, cid, data, MESH_STORE_PUT_VERIFIED, NULL, put_cb,
                        put);
}

static void
hashed_cb (MeshCid *cid, GBytes *data, gpointer user_data)
{
  Batch *batch = user_data;
  MeshBitswap *bitswap = batch->bitswap;
  MeshBitswapLink *link = batch->link;
  gint64 now_us = g_get_monotonic_time ();

  if (link->bitswap == NULL || data == NULL)
    return; /* the peer went, or the pool is full: it will be asked for again */
  if (cid == NULL)
    {
      mesh_bitswap_client_handle_bad_block (bitswap->client, batch->number, now_us);
    }
  else if (mesh_bitswap_client_handle_block (bitswap->client, batch->number, cid,
                                             g_bytes_get_size (data), now_us)
           == MESH_BITSWAP_VERDICT_WANTED)
    {
      mesh_bitswap_ledger_note_received (bitswap->ledger, link->peer->text,
                                         g_bytes_get_size (data));
      mesh_bitswap_settle (bitswap); /* fills bitswap->got */
      store_block (batch, cid, data);
      return;
    }
  mesh_bitswap_settle (bitswap);
}

static void
handle_message (MeshBitswapLink *link, const MeshBitswapMessage *msg, gsize len)
{
  MeshBitswap *bitswap = link->bitswap;
  guint64 number = link->peer->number;
  gint64 now_us = g_get_monotonic_time ();
  Batch *batch = batch_new (link, len);

  mesh_bitswap_server_handle_wants (bitswap->server, number, msg);
  for (guint i = 0; i < msg->presences->len; i++)
    {
      const MeshBitswapPresence *presence
          = &g_array_index (msg->presences, MeshBitswapPresence, i);

      mesh_bitswap_client_handle_presence (bitswap->client, number, presence->cid,
                                           presence->has, now_us);
    }
  for (guint i = 0; i < msg->blocks->len; i++)
    mesh_bitswap_hasher_add (bitswap->hasher,
                             &g_array_index (msg->blocks, MeshBitswapBlock, i), hashed_cb,
                             batch_ref (batch), batch_unref);
  batch_unref (batch);
  mesh_bitswap_settle (bitswap);
}

static gboolean
may_read (MeshBitswapLink *link)
{
  return link->receive_bytes < MESH_BITSWAP_LINK_MAX_BYTES
         && mesh_bitswap_server_get_n_lookups (link->bitswap->server, link->peer->number)
                == 0;
}

static void
reader_message (MeshBitswapReader *reader, GBytes *bytes, gpointer user_data)
{
  Inbound *in = user_data;
  g_autoptr (MeshBitswapLink) link = link_ref (in->link);
  g_autoptr (MeshBitswapMessage) msg = NULL;
  g_autoptr (GError) error = NULL;

  in->is_held = TRUE;
  in->admitted = 0; /* passes to the batch */
  msg = mesh_bitswap_message_decode (bytes, &error);
  if (msg != NULL)
    {
      handle_message (link, msg, g_bytes_get_size (bytes));
      return;
    }
  release_bytes (link->bitswap, link, g_bytes_get_size (bytes));
  mesh_bitswap_drop (link->bitswap, link->peer->number, error);
}

static gsize
get_max_message (const MeshBitswapLink *link, gint64 now_us)
{
  if (mesh_bitswap_client_is_asking (link->bitswap->client, link->peer->number)
      || now_us < link->asked_us + MESH_BITSWAP_LINK_ASKED_US)
    return MESH_BITSWAP_MESSAGE_MAX_BYTES;
  return MESH_BITSWAP_LINK_MAX_UNASKED_BYTES;
}

static MeshBitswapAdmission
reader_admit (MeshBitswapReader *reader, gsize len, gpointer user_data)
{
  Inbound *in = user_data;
  MeshBitswapLink *link = in->link;
  MeshBitswap *bitswap = link->bitswap;
  gint64 now_us = g_get_monotonic_time ();
  gsize tokens = MIN (len, bitswap->download.burst);
  /* Everyone may read one message, so that the slow do not shut out the others. */
  gsize limit = (link->receive_bytes == 0 ? 2 : 1) * MESH_BITSWAP_MAX_RECEIVE_BYTES;

  if (len > get_max_message (link, now_us))
    return MESH_BITSWAP_REFUSE;
  if (bitswap->receive_bytes + len > limit)
    {
      in->is_held = TRUE;
      return MESH_BITSWAP_HOLD;
    }
  if (!mesh_token_bucket_take (&bitswap->download, tokens, now_us))
    {
      in->is_held = TRUE;
      mesh_bitswap_wake_at (
          bitswap, mesh_token_bucket_ready_us (&bitswap->download, tokens, now_us));
      return MESH_BITSWAP_HOLD;
    }
  bitswap->receive_bytes += len;
  link->receive_bytes += len;
  in->admitted = len;
  return MESH_BITSWAP_ADMIT;
}

static void
reader_progress (MeshBitswapReader *reader, gsize len, gpointer user_data)
{
  Inbound *in = user_data;
  MeshBitswapLink *link = in->link;

  mesh_bitswap_client_handle_progress (link->bitswap->client, link->peer->number, len,
                                       g_get_monotonic_time ());
}

static void
reader_closed (MeshBitswapReader *reader, const GError *error, gpointer user_data)
{
  Inbound *in = user_data;
  g_autoptr (MeshBitswapLink) link = link_ref (in->link);

  if (g_error_matches (error, MESH_ERROR, MESH_ERROR_PROTOCOL))
    {
      mesh_bitswap_drop (link->bitswap, link->peer->number, error);
      return;
    }
  g_ptr_array_remove_fast (link->inbound, in);
}

static const MeshBitswapReaderFuncs reader_funcs
    = { reader_admit, reader_progress, reader_message, reader_closed };

void
mesh_bitswap_link_take_stream (MeshBitswapLink *link, MeshStream *stream)
{
  Inbound *in;

  if (link->bitswap == NULL || link->inbound->len >= MESH_BITSWAP_LINK_MAX_STREAMS)
    {
      mesh_stream_reset (stream);
      return;
    }
  in = g_new0 (Inbound, 1);
  in->link = link;
  in->is_held = TRUE;
  in->reader = mesh_bitswap_reader_new (stream, &reader_funcs, in);
  g_ptr_array_add (link->inbound, in);
  mesh_bitswap_settle (link->bitswap);
}

void
mesh_bitswap_link_resume (MeshBitswapLink *link)
{
  g_autoptr (MeshBitswapLink) guard = link_ref (link);

  /* A reader may end while it is resumed, and another take its place. */
  for (guint i = 0; link->bitswap != NULL && i < link->inbound->len; i++)
    {
      Inbound *in = g_ptr_array_index (link->inbound, i);

      if (!in->is_held || !may_read (link))
        continue;
      in->is_held = FALSE;
      mesh_bitswap_reader_next (in->reader);
    }
}

/* Sending. */

static void
report_sent (MeshBitswapLink *link, const Outbound *out, gboolean is_sent)
{
  MeshBitswap *bitswap = link->bitswap;
  gsize bytes = is_sent ? out->block_bytes : 0;

  if (is_sent)
    {
      link->peer->bytes_sent += bytes;
      link->peer->blocks_sent += out->n_blocks;
    }
  mesh_bitswap_server_sent (bitswap->server, out->send_id, bytes);
}

static void
writer_opened (MeshBitswapWriter *writer, MeshBitswapVersion version, gpointer user_data)
{
  MeshBitswapLink *link = user_data;

  mesh_bitswap_client_set_version (link->bitswap->client, link->peer->number, version,
                                   g_get_monotonic_time ());
}

static void
writer_done (MeshBitswapWriter *writer, const GError *error, gpointer user_data)
{
  g_autoptr (MeshBitswapLink) link = link_ref (user_data);
  MeshBitswap *bitswap = link->bitswap;

  if (link->writing != NULL)
    report_sent (link, link->writing, error == NULL);
  g_clear_pointer (&link->writing, outbound_free);
  if (g_error_matches (error, MESH_ERROR, MESH_ERROR_UNSUPPORTED))
    {
      mesh_bitswap_drop (bitswap, link->peer->number, NULL);
      return;
    }
  if (error != NULL)
    {
      g_debug ("bitswap: lost the stream to %s: %s", link->peer->text, error->message);
      link->n_failures++;
      if (link->n_failures > MESH_BITSWAP_LINK_MAX_FAILURES)
        {
          mesh_bitswap_drop (bitswap, link->peer->number, NULL);
          return;
        }
      mesh_bitswap_client_reset_peer (bitswap->client, link->peer->number);
    }
  else
    {
      link->n_failures = 0;
    }
  mesh_bitswap_settle (bitswap);
  mesh_bitswap_link_pump (link);
}

void
mesh_bitswap_link_send (MeshBitswapLink *link,
                        MeshBitswapMessage *msg,
                        guint64 send_id,
                        gsize block_bytes)
{
  Outbound *out = g_new0 (Outbound, 1);

  out->msg = msg;
  out->send_id = send_id;
  out->block_bytes = block_bytes;
  out->n_blocks = msg->blocks->len;
  g_queue_push_tail (&link->outbox, out);
  mesh_bitswap_link_pump (link);
}

void
mesh_bitswap_link_pump (MeshBitswapLink *link)
{
  g_autoptr (MeshBitswapMessage) msg = NULL;

  if (link->bitswap == NULL || mesh_bitswap_writer_is_busy (link->writer))
    return;
  /* What we want first: it is small, and the peer can work on it meanwhile. */
  msg = mesh_bitswap_message_new ();
  mesh_bitswap_client_fill (link->bitswap->client, link->peer->number, msg);
  if (msg->entries->len > 0)
    {
      link->asked_us = g_get_monotonic_time ();
      mesh_bitswap_writer_send (link->writer, g_steal_pointer (&msg));
      return;
    }
  link->writing = g_queue_pop_head (&link->outbox);
  if (link->writing != NULL)
    mesh_bitswap_writer_send (link->writer, g_steal_pointer (&link->writing->msg));
}

/* Life. */

MeshBitswapLink *
mesh_bitswap_link_new (MeshBitswap *bitswap, MeshBitswapPeer *peer)
{
  MeshBitswapLink *link = g_new0 (MeshBitswapLink, 1);

  g_atomic_ref_count_init (&link->ref_count);
  link->bitswap = bitswap;
  link->peer = peer;
  link->inbound = g_ptr_array_new_with_free_func (inbound_free);
  link->asked_us = -MESH_BITSWAP_LINK_ASKED_US;
  link->writer = mesh_bitswap_writer_new (bitswap->host, peer->peer_id, writer_opened,
                                          writer_done, link);
  return link;
}

void
mesh_bitswap_link_close (MeshBitswapLink *link)
{
  Outbound *out;

  if (link->bitswap == NULL)
    return;
  g_ptr_array_set_size (link->inbound, 0);
  g_clear_pointer (&link->writer, mesh_bitswap_writer_close);
  if (link->writing != NULL)
    report_sent (link, link->writing, FALSE);
  g_clear_pointer (&link->writing, outbound_free);
  while ((out = g_queue_pop_head (&link->outbox)) != NULL)
    {
      report_sent (link, out, FALSE);
      outbound_free (out);
    }
  link->bitswap = NULL;
  link->peer = NULL;
}
