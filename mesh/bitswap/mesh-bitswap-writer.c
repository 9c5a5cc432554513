/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "bitswap/mesh-bitswap-writer.h"

#include "base/mesh-error.h"

const char *const mesh_bitswap_writer_protocols[]
    = { MESH_BITSWAP_PROTOCOL_1_2_0, MESH_BITSWAP_PROTOCOL_1_1_0,
        MESH_BITSWAP_PROTOCOL_1_0_0, NULL };

struct MeshBitswapWriter
{
  gatomicrefcount ref_count;
  MeshHost *host;      /* (owned) */
  MeshPeerId *peer_id; /* (owned) */
  MeshBitswapWriterOpened opened;
  MeshBitswapWriterDone done;
  gpointer user_data;
  MeshStream *stream; /* (owned) (nullable) */
  MeshBitswapVersion version;
  MeshBitswapMessage *msg; /* (owned) (nullable): waits for the stream */
  GPtrArray *segments;     /* (owned) (nullable) (element-type GBytes): being written */
  guint next_segment;
  gboolean is_closed;
  guint stall_id;
  guint n_ticks;
  GCancellable *cancellable; /* (owned): of the present message */
};

static void write_next (MeshBitswapWriter *writer);

static MeshBitswapWriter *
writer_ref (MeshBitswapWriter *writer)
{
  g_atomic_ref_count_inc (&writer->ref_count);
  return writer;
}

static void
writer_unref (MeshBitswapWriter *writer)
{
  if (!g_atomic_ref_count_dec (&writer->ref_count))
    return;
  g_clear_object (&writer->host);
  g_clear_pointer (&writer->peer_id, mesh_peer_id_unref);
  g_clear_object (&writer->stream);
  g_clear_pointer (&writer->msg, mesh_bitswap_message_free);
  g_clear_pointer (&writer->segments, g_ptr_array_unref);
  g_clear_object (&writer->cancellable);
  g_free (writer);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshBitswapWriter, writer_unref)

MeshBitswapWriter *
mesh_bitswap_writer_new (MeshHost *host,
                         MeshPeerId *peer_id,
                         MeshBitswapWriterOpened opened,
                         MeshBitswapWriterDone done,
                         gpointer user_data)
{
  MeshBitswapWriter *writer = g_new0 (MeshBitswapWriter, 1);

  g_atomic_ref_count_init (&writer->ref_count);
  writer->host = g_object_ref (host);
  writer->peer_id = mesh_peer_id_ref (peer_id);
  writer->opened = opened;
  writer->done = done;
  writer->user_data = user_data;
  return writer;
}

gboolean
mesh_bitswap_writer_is_busy (const MeshBitswapWriter *writer)
{
  return writer->msg != NULL || writer->segments != NULL;
}

static void
drop_message (MeshBitswapWriter *writer)
{
  g_clear_handle_id (&writer->stall_id, g_source_remove);
  g_clear_pointer (&writer->msg, mesh_bitswap_message_free);
  g_clear_pointer (&writer->segments, g_ptr_array_unref);
}

static void
drop_stream (MeshBitswapWriter *writer)
{
  if (writer->cancellable != NULL)
    g_cancellable_cancel (writer->cancellable);
  if (writer->stream != NULL)
    mesh_stream_reset (writer->stream);
  g_clear_object (&writer->stream);
}

void
mesh_bitswap_writer_close (MeshBitswapWriter *writer)
{
  writer->is_closed = TRUE;
  drop_stream (writer);
  drop_message (writer);
  writer_unref (writer);
}

static void
fail (MeshBitswapWriter *writer, const GError *error)
{
  drop_stream (writer);
  drop_message (writer);
  writer->done (writer, error, writer->user_data);
}

static gboolean
stall_cb (gpointer user_data)
{
  MeshBitswapWriter *writer = user_data;
  g_autoptr (GError) error = NULL;

  if (++writer->n_ticks < 2)
    return G_SOURCE_CONTINUE;
  writer->stall_id = 0;
  error = g_error_new (MESH_ERROR, MESH_ERROR_TIMED_OUT,
                       "The peer takes no more bytes from us");
  fail (writer, error);
  return G_SOURCE_REMOVE;
}

static void
write_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (MeshBitswapWriter) writer = user_data;
  g_autoptr (GError) error = NULL;
  gboolean ok
      = g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, &error);

  if (writer->is_closed || writer->stream == NULL
      || source
             != G_OBJECT (g_io_stream_get_output_stream (G_IO_STREAM (writer->stream))))
    return;
  if (!ok)
    {
      fail (writer, error);
      return;
    }
  writer->n_ticks = 0;
  writer->next_segment++;
  write_next (writer);
}

static void
write_next (MeshBitswapWriter *writer)
{
  GOutputStream *output = g_io_stream_get_output_stream (G_IO_STREAM (writer->stream));
  GBytes *segment;
  const void *data;
  gsize len;

  if (writer->next_segment == writer->segments->len)
    {
      drop_message (writer);
      writer->done (writer, NULL, writer->user_data);
      return;
    }
  segment = g_ptr_array_index (writer->segments, writer->next_segment);
  data = g_bytes_get_data (segment, &len);
  g_output_stream_write_all_async (output, data, len, G_PRIORITY_DEFAULT,
                                   writer->cancellable, write_cb, writer_ref (writer));
}

static void
begin_message (MeshBitswapWriter *writer)
{
  g_autoptr (MeshBitswapMessage) msg = g_steal_pointer (&writer->msg);
  g_autoptr (GError) error = NULL;

  writer->segments = mesh_bitswap_message_encode (msg, writer->version, &error);
  if (writer->segments == NULL)
    {
      fail (writer, error);
      return;
    }
  g_set_object (&writer->cancellable, NULL);
  writer->cancellable = g_cancellable_new ();
  writer->next_segment = 0;
  writer->n_ticks = 0;
  writer->stall_id
      = g_timeout_add_seconds (MESH_BITSWAP_WRITER_STALL_S / 2, stall_cb, writer);
  write_next (writer);
}

static MeshBitswapVersion
get_version (MeshStream *stream)
{
  const char *protocol = mesh_stream_get_protocol (stream);

  if (g_strcmp0 (protocol, MESH_BITSWAP_PROTOCOL_1_1_0) == 0)
    return MESH_BITSWAP_1_1_0;
  if (g_strcmp0 (protocol, MESH_BITSWAP_PROTOCOL_1_0_0) == 0)
    return MESH_BITSWAP_1_0_0;
  return MESH_BITSWAP_1_2_0;
}

static void
open_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (MeshBitswapWriter) writer = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (MeshStream) stream
      = mesh_host_open_stream_finish (MESH_HOST (source), result, &error);

  if (writer->is_closed)
    {
      if (stream != NULL)
        mesh_stream_reset (stream);
      return;
    }
  if (stream == NULL)
    {
      fail (writer, error);
      return;
    }
  writer->stream = g_steal_pointer (&stream);
  writer->version = get_version (writer->stream);
  writer->opened (writer, writer->version, writer->user_data);
  if (!writer->is_closed)
    begin_message (writer);
}

void
mesh_bitswap_writer_send (MeshBitswapWriter *writer, MeshBitswapMessage *msg)
{
  g_return_if_fail (!mesh_bitswap_writer_is_busy (writer));

  writer->msg = msg;
  if (writer->stream != NULL)
    {
      begin_message (writer);
      return;
    }
  g_set_object (&writer->cancellable, NULL);
  writer->cancellable = g_cancellable_new ();
  mesh_host_open_stream_async (writer->host, writer->peer_id,
                               mesh_bitswap_writer_protocols, writer->cancellable,
                               open_cb, writer_ref (writer));
}
