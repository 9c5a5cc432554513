/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "bitswap/mesh-bitswap-serve.h"

#include "bitswap/mesh-bitswap-link.h"

/* A message whose blocks are being read. */
typedef struct
{
  MeshBitswap *bitswap; /* (owned) */
  guint64 id;
  guint64 peer;
  MeshBitswapMessage *msg; /* (owned) */
  gsize block_bytes;       /* read so far */
  guint n_pending;         /* reads, and one for the function that starts them */
} Parcel;

typedef struct
{
  Parcel *parcel; /* (unowned): lives until its last read */
  MeshCid *cid;   /* (owned) */
} Read;

static void
answer_lookup (MeshBitswap *bitswap, const MeshBitswapServerLookup *lookup)
{
  g_autoptr (GBytes) inlined = mesh_cid_get_inline (lookup->cid);
  gsize size = inlined != NULL ? g_bytes_get_size (inlined) : 0;
  gboolean is_available
      = bitswap->is_serving
        && (inlined != NULL
            || (mesh_store_is_shared (bitswap->store, lookup->cid)
                && mesh_store_get_block_size (bitswap->store, lookup->cid, &size)));

  mesh_bitswap_server_answer (bitswap->server, lookup->peer, lookup->cid, is_available,
                              size);
}

static void
finish_read (Parcel *parcel)
{
  MeshBitswapLink *link;

  if (--parcel->n_pending > 0)
    return;
  link = mesh_bitswap_find_link (parcel->bitswap, parcel->peer);
  if (link != NULL && !mesh_bitswap_message_is_empty (parcel->msg))
    mesh_bitswap_link_send (link, g_steal_pointer (&parcel->msg), parcel->id,
                            parcel->block_bytes);
  else
    mesh_bitswap_server_sent (parcel->bitswap->server, parcel->id, 0);
  g_clear_pointer (&parcel->msg, mesh_bitswap_message_free);
  g_object_unref (parcel->bitswap);
  g_free (parcel);
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Read *read = user_data;
  Parcel *parcel = read->parcel;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) data = mesh_store_get_finish (MESH_STORE (source), result, &error);

  if (data != NULL)
    {
      mesh_bitswap_message_add_block (parcel->msg, read->cid, data);
      parcel->block_bytes += g_bytes_get_size (data);
    }
  else
    {
      /* evicted meanwhile, or found to be damaged */
      g_debug ("bitswap: a block could not be read: %s", error->message);
      mesh_bitswap_message_add_presence (parcel->msg, read->cid, FALSE);
    }
  mesh_cid_unref (read->cid);
  g_free (read);
  finish_read (parcel);
}

static void
begin_parcel (MeshBitswap *bitswap, const MeshBitswapServerSend *send)
{
  Parcel *parcel = g_new0 (Parcel, 1);

  parcel->bitswap = g_object_ref (bitswap);
  parcel->id = send->id;
  parcel->peer = send->peer;
  parcel->msg = mesh_bitswap_message_new ();
  parcel->msg->pending_bytes = send->pending_bytes;
  parcel->n_pending = 1;
  for (guint i = 0; i < send->haves->len; i++)
    mesh_bitswap_message_add_presence (parcel->msg, g_ptr_array_index (send->haves, i),
                                       TRUE);
  for (guint i = 0; i < send->dont_haves->len; i++)
    mesh_bitswap_message_add_presence (parcel->msg,
                                       g_ptr_array_index (send->dont_haves, i), FALSE);
  for (guint i = 0; i < send->blocks->len; i++)
    {
      Read *read = g_new (Read, 1);

      *read = (Read){ parcel, mesh_cid_ref (g_ptr_array_index (send->blocks, i)) };
      parcel->n_pending++;
      mesh_store_get_async (bitswap->store, read->cid, NULL, read_cb, read);
    }
  finish_read (parcel);
}

/* Whether the upload limit lets another block go; if not, wakes when it does. */
static gboolean
may_send_blocks (MeshBitswap *bitswap, gint64 now_us)
{
  gint64 ready_us = mesh_token_bucket_ready_us (
      &bitswap->upload, MIN (bitswap->upload.burst, 1u << 20), now_us);

  if (ready_us <= now_us)
    return TRUE;
  mesh_bitswap_wake_at (bitswap, ready_us);
  return FALSE;
}

gboolean
mesh_bitswap_serve_pump (MeshBitswap *bitswap)
{
  gint64 now_us = g_get_monotonic_time ();
  gint64 end_us = now_us + MESH_BITSWAP_SERVE_SLICE_US;
  MeshBitswapServerLookup lookup;

  while (g_get_monotonic_time () < end_us
         && mesh_bitswap_server_poll_lookup (bitswap->server, &lookup))
    {
      answer_lookup (bitswap, &lookup);
      mesh_cid_unref (lookup.cid);
    }
  for (;;)
    {
      g_auto (MeshBitswapServerSend) send = { 0 };
      gboolean took;

      if (!mesh_bitswap_server_next (bitswap->server, may_send_blocks (bitswap, now_us),
                                     &send))
        break;
      /* The last message may be larger than what was left: it goes out whole. */
      took = mesh_token_bucket_take (
          &bitswap->upload, MIN (send.block_bytes, bitswap->upload.tokens), now_us);
      g_assert (took);
      begin_parcel (bitswap, &send);
    }
  return !mesh_bitswap_server_has_lookups (bitswap->server);
}
