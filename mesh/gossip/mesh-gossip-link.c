/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */

/* Every pending operation holds a reference on its part; is_closed says that the owner
 * has lost interest. */
#include "config.h"

#include "gossip/mesh-gossip-link.h"

#include <string.h>

#include "base/mesh-error.h"
#include "base/mesh-fifo.h"
#include "base/mesh-varint.h"
#include "gossip/mesh-gossip-service.h"

typedef struct
{
  grefcount ref_count;
  MeshGossipLink *link;      /* (unowned) (nullable): NULL once it is dropped */
  MeshStream *stream;        /* (owned) */
  GCancellable *cancellable; /* (owned) */
  MeshFifo fifo;
  guint stall_id;
} Inbound;

struct MeshGossipLink
{
  grefcount ref_count;
  gboolean is_closed;
  MeshHost *host;               /* (owned) */
  MeshPeerId *peer;             /* (owned) */
  const char *const *protocols; /* (unowned) */
  const MeshGossipLinkFuncs *funcs;
  gpointer user_data;
  gsize max_rpc_bytes;
  GPtrArray *inbound;        /* (owned) (element-type Inbound): oldest first */
  MeshStream *stream;        /* (owned) (nullable): outbound */
  GCancellable *cancellable; /* (owned) (nullable): of what goes on outbound */
  GBytes *rpc;               /* (owned) (nullable): to be sent, or being sent */
  guint n_failures;          /* in a row */
  guint retry_id;
  guint stall_id;
};

static void
link_unref (gpointer data)
{
  MeshGossipLink *link = data;

  if (!g_ref_count_dec (&link->ref_count))
    return;
  g_ptr_array_unref (link->inbound);
  g_clear_object (&link->stream);
  g_clear_object (&link->cancellable);
  g_clear_pointer (&link->rpc, g_bytes_unref);
  mesh_peer_id_unref (link->peer);
  g_object_unref (link->host);
  g_free (link);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshGossipLink, link_unref)

static MeshGossipLink *
link_ref (MeshGossipLink *link)
{
  g_ref_count_inc (&link->ref_count);
  return link;
}

MeshPeerId *
mesh_gossip_link_get_peer (const MeshGossipLink *link)
{
  return link->peer;
}

/* Inbound. */

static void
inbound_unref (gpointer data)
{
  Inbound *in = data;

  if (!g_ref_count_dec (&in->ref_count))
    return;
  g_assert (in->stall_id == 0);
  mesh_fifo_clear (&in->fifo);
  g_object_unref (in->cancellable);
  g_object_unref (in->stream);
  g_free (in);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Inbound, inbound_unref)

static Inbound *
inbound_ref (Inbound *in)
{
  g_ref_count_inc (&in->ref_count);
  return in;
}

/* The link has done with it. */
static void
inbound_drop (gpointer data)
{
  Inbound *in = data;

  in->link = NULL;
  g_clear_handle_id (&in->stall_id, g_source_remove);
  g_cancellable_cancel (in->cancellable);
  mesh_stream_reset (in->stream);
  inbound_unref (in);
}

static void
inbound_end (Inbound *in)
{
  if (in->link != NULL)
    g_ptr_array_remove (in->link->inbound, in);
}

static gboolean
inbound_stall_cb (gpointer user_data)
{
  Inbound *in = user_data;

  in->stall_id = 0;
  inbound_end (in);
  return G_SOURCE_REMOVE;
}

/* The clock runs only while half an RPC is here, from its first byte on. */
static void
watch_stall (Inbound *in, gboolean is_partial)
{
  if (!is_partial)
    g_clear_handle_id (&in->stall_id, g_source_remove);
  else if (in->stall_id == 0)
    in->stall_id = g_timeout_add_seconds (
        (guint) (MESH_GOSSIP_SERVICE_STALL_US / G_USEC_PER_SEC), inbound_stall_cb, in);
}

typedef enum
{
  FRAME_TAKEN,
  FRAME_PARTIAL,
  FRAME_BAD,
} FrameStep;

static FrameStep
take_frame (Inbound *in)
{
  g_autoptr (GBytes) rpc = NULL;
  guint64 len;
  gsize have = mesh_fifo_get_len (&in->fifo);
  gssize head = mesh_varint_decode (mesh_fifo_peek (&in->fifo), have, &len);

  if (head < 0 || (head > 0 && len > in->link->max_rpc_bytes))
    return FRAME_BAD;
  if (head == 0 || have - (gsize) head < len)
    return FRAME_PARTIAL;
  rpc = g_bytes_new (mesh_fifo_peek (&in->fifo) + head, (gsize) len);
  mesh_fifo_skip (&in->fifo, (gsize) head + (gsize) len);
  if (!in->link->funcs->received (in->link, rpc, in->link->user_data))
    return FRAME_BAD;
  return FRAME_TAKEN;
}

static void read_more (Inbound *in);

static void
read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Inbound) in = user_data;
  gssize n = g_input_stream_read_finish (G_INPUT_STREAM (source), result, NULL);
  FrameStep step = FRAME_TAKEN;

  if (in->link == NULL)
    return;
  if (n <= 0)
    {
      inbound_end (in);
      return;
    }
  mesh_fifo_commit (&in->fifo, (gsize) n);
  while (in->link != NULL && step == FRAME_TAKEN && mesh_fifo_get_len (&in->fifo) > 0)
    step = take_frame (in);
  if (in->link == NULL)
    return;
  if (step == FRAME_BAD)
    {
      inbound_end (in);
      return;
    }
  watch_stall (in, step == FRAME_PARTIAL);
  read_more (in);
}

static void
read_more (Inbound *in)
{
  guint8 *to = mesh_fifo_reserve (&in->fifo, MESH_GOSSIP_LINK_READ_BYTES);

  g_input_stream_read_async (g_io_stream_get_input_stream (G_IO_STREAM (in->stream)), to,
                             MESH_GOSSIP_LINK_READ_BYTES, G_PRIORITY_DEFAULT,
                             in->cancellable, read_cb, inbound_ref (in));
}

void
mesh_gossip_link_take_stream (MeshGossipLink *link, MeshStream *stream)
{
  Inbound *in = g_new0 (Inbound, 1);

  g_ref_count_init (&in->ref_count);
  in->link = link;
  in->stream = stream;
  in->cancellable = g_cancellable_new ();
  if (link->inbound->len >= MESH_GOSSIP_SERVICE_MAX_STREAMS)
    g_ptr_array_remove_index (link->inbound, 0);
  g_ptr_array_add (link->inbound, in);
  read_more (in);
}

/* Outbound. */

static void
drop_outbound (MeshGossipLink *link)
{
  g_clear_handle_id (&link->stall_id, g_source_remove);
  if (link->cancellable != NULL)
    g_cancellable_cancel (link->cancellable);
  g_clear_object (&link->cancellable);
  if (link->stream != NULL)
    mesh_stream_reset (link->stream);
  g_clear_object (&link->stream);
}

static gboolean
retry_cb (gpointer user_data)
{
  g_autoptr (MeshGossipLink) link = link_ref (user_data);

  link->retry_id = 0;
  link->funcs->lost (link, link->user_data);
  return G_SOURCE_REMOVE;
}

/* The stream is gone, or could not be opened. */
static void
fail (MeshGossipLink *link, const GError *error)
{
  drop_outbound (link);
  g_clear_pointer (&link->rpc, g_bytes_unref);
  link->n_failures++;
  if (link->n_failures > MESH_GOSSIP_SERVICE_MAX_FAILURES
      || g_error_matches (error, MESH_ERROR, MESH_ERROR_UNSUPPORTED)
      || g_error_matches (error, MESH_ERROR, MESH_ERROR_NOT_FOUND))
    {
      link->funcs->failed (link, error, link->user_data);
      return;
    }
  if (link->retry_id == 0)
    link->retry_id = g_timeout_add (MESH_GOSSIP_LINK_RETRY_MS << (link->n_failures - 1),
                                    retry_cb, link);
}

static gboolean
write_stall_cb (gpointer user_data)
{
  g_autoptr (MeshGossipLink) link = link_ref (user_data);
  g_autoptr (GError) error
      = g_error_new (MESH_ERROR, MESH_ERROR_TIMED_OUT, "%s takes no gossip",
                     mesh_peer_id_to_string (link->peer));

  link->stall_id = 0;
  fail (link, error);
  return G_SOURCE_REMOVE;
}

/* A callback of an operation that was given up. */
static gboolean
is_stale (MeshGossipLink *link, GError *error)
{
  return link->is_closed || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* An RPC with its length in front, which must live as long as the write. */
typedef struct
{
  MeshGossipLink *link; /* (owned) */
  MeshStream *stream;   /* (owned) */
  GBytes *frame;        /* (owned) */
} Write;

static void
write_free (Write *write)
{
  link_unref (write->link);
  g_object_unref (write->stream);
  g_bytes_unref (write->frame);
  g_free (write);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Write, write_free)

static void
write_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Write) write = user_data;
  MeshGossipLink *link = write->link;
  g_autoptr (GError) error = NULL;
  gboolean ok
      = g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, &error);

  if (is_stale (link, error) || link->stream != write->stream)
    return;
  g_clear_handle_id (&link->stall_id, g_source_remove);
  if (!ok)
    {
      fail (link, error);
      return;
    }
  g_clear_pointer (&link->rpc, g_bytes_unref);
  link->n_failures = 0;
  link->funcs->sent (link, link->user_data);
}

static void
write_rpc (MeshGossipLink *link)
{
  GByteArray *frame = g_byte_array_new ();
  Write *write = g_new0 (Write, 1);
  const void *data;
  gsize len;

  data = g_bytes_get_data (link->rpc, &len);
  mesh_varint_append (frame, len);
  g_byte_array_append (frame, data, (guint) len);
  write->link = link_ref (link);
  write->stream = g_object_ref (link->stream);
  write->frame = g_byte_array_free_to_bytes (frame);
  link->stall_id = g_timeout_add_seconds (
      (guint) (MESH_GOSSIP_SERVICE_STALL_US / G_USEC_PER_SEC), write_stall_cb, link);
  data = g_bytes_get_data (write->frame, &len);
  g_output_stream_write_all_async (
      g_io_stream_get_output_stream (G_IO_STREAM (link->stream)), data, len,
      G_PRIORITY_DEFAULT, link->cancellable, write_cb, write);
}

/* Nothing is to be read from the outbound stream; that it was reset is noticed here,
 * before the next RPC is lost on it. */
typedef struct
{
  MeshGossipLink *link; /* (owned) */
  MeshStream *stream;   /* (owned) */
  guint8 byte;
} Watch;

static void
watch_free (Watch *watch)
{
  link_unref (watch->link);
  g_object_unref (watch->stream);
  g_free (watch);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Watch, watch_free)

static void
watch_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Watch) watch = user_data;
  MeshGossipLink *link = watch->link;
  g_autoptr (GError) error = NULL;
  gssize n = g_input_stream_read_finish (G_INPUT_STREAM (source), result, &error);

  /* The end of its side is no loss: some peers close what they do not use. */
  if (n < 0 && !is_stale (link, error) && link->stream == watch->stream)
    fail (link, error);
}

static void
watch_stream (MeshGossipLink *link)
{
  Watch *watch = g_new0 (Watch, 1);

  watch->link = link_ref (link);
  watch->stream = g_object_ref (link->stream);
  g_input_stream_read_async (g_io_stream_get_input_stream (G_IO_STREAM (link->stream)),
                             &watch->byte, 1, G_PRIORITY_DEFAULT, link->cancellable,
                             watch_cb, watch);
}

static void
open_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (MeshGossipLink) link = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (MeshStream) stream
      = mesh_host_open_stream_finish (MESH_HOST (source), result, &error);
  MeshGossipVersion version = MESH_GOSSIP_VERSION_1_1_0;

  if (is_stale (link, error))
    {
      if (stream != NULL)
        mesh_stream_reset (stream);
      return;
    }
  if (stream == NULL)
    {
      fail (link, error);
      return;
    }
  if (g_strcmp0 (mesh_stream_get_protocol (stream), MESH_GOSSIP_PROTOCOL_1_0_0) == 0)
    version = MESH_GOSSIP_VERSION_1_0_0;
  link->stream = g_steal_pointer (&stream);
  link->funcs->opened (link, version, link->user_data);
  if (link->is_closed)
    return;
  watch_stream (link);
  write_rpc (link);
}

void
mesh_gossip_link_send (MeshGossipLink *link, GBytes *rpc)
{
  g_return_if_fail (link->rpc == NULL && !link->is_closed);

  link->rpc = g_bytes_ref (rpc);
  if (link->stream != NULL)
    {
      write_rpc (link);
      return;
    }
  g_clear_object (&link->cancellable);
  link->cancellable = g_cancellable_new ();
  mesh_host_open_stream_async (link->host, link->peer, link->protocols, link->cancellable,
                               open_cb, link_ref (link));
}

/* Life. */

MeshGossipLink *
mesh_gossip_link_new (MeshHost *host,
                      MeshPeerId *peer,
                      const char *const *protocols,
                      gsize max_rpc_bytes,
                      const MeshGossipLinkFuncs *funcs,
                      gpointer user_data)
{
  MeshGossipLink *link = g_new0 (MeshGossipLink, 1);

  g_ref_count_init (&link->ref_count);
  link->host = g_object_ref (host);
  link->peer = mesh_peer_id_ref (peer);
  link->protocols = protocols;
  link->max_rpc_bytes = max_rpc_bytes;
  link->funcs = funcs;
  link->user_data = user_data;
  link->inbound = g_ptr_array_new_with_free_func (inbound_drop);
  return link;
}

void
mesh_gossip_link_close (MeshGossipLink *link)
{
  link->is_closed = TRUE;
  g_clear_handle_id (&link->retry_id, g_source_remove);
  drop_outbound (link);
  g_ptr_array_set_size (link->inbound, 0);
  link_unref (link);
}
