/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "bitswap/mesh-bitswap-reader.h"

#include "base/mesh-error.h"
#include "base/mesh-varint.h"

#define FIRST_BUFFER_BYTES (64u << 10)

typedef enum
{
  IDLE,    /* waits for next() before a message */
  HEAD,    /* reads until the length is known */
  WAITING, /* the length is known, not admitted */
  BODY,
  CLOSED,
} State;

struct MeshBitswapReader
{
  gatomicrefcount ref_count;
  State state;
  MeshStream *stream; /* (owned) */
  const MeshBitswapReaderFuncs *funcs;
  gpointer user_data;
  guint8 head[64]; /* bytes read behind the last message */
  gsize head_len;
  guint8 *body; /* (owned) (nullable) */
  gsize body_capacity;
  gsize body_len; /* so far */
  gsize announced;
  gboolean is_reading;
  gboolean is_ended; /* by the peer, in good order */
  guint stall_id;
  gboolean had_bytes;        /* since the stall timer ticked */
  GCancellable *cancellable; /* (owned) */
};

static void read_more (MeshBitswapReader *reader);

static MeshBitswapReader *
reader_ref (MeshBitswapReader *reader)
{
  g_atomic_ref_count_inc (&reader->ref_count);
  return reader;
}

static void
reader_unref (MeshBitswapReader *reader)
{
  if (!g_atomic_ref_count_dec (&reader->ref_count))
    return;
  g_clear_object (&reader->stream);
  g_clear_object (&reader->cancellable);
  g_free (reader->body);
  g_free (reader);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshBitswapReader, reader_unref)

MeshBitswapReader *
mesh_bitswap_reader_new (MeshStream *stream,
                         const MeshBitswapReaderFuncs *funcs,
                         gpointer user_data)
{
  MeshBitswapReader *reader = g_new0 (MeshBitswapReader, 1);

  g_atomic_ref_count_init (&reader->ref_count);
  reader->stream = g_object_ref (stream);
  reader->funcs = funcs;
  reader->user_data = user_data;
  reader->cancellable = g_cancellable_new ();
  return reader;
}

static void
finish (MeshBitswapReader *reader)
{
  reader->state = CLOSED;
  g_clear_handle_id (&reader->stall_id, g_source_remove);
  g_clear_pointer (&reader->body, g_free);
  reader->body_capacity = 0;
}

void
mesh_bitswap_reader_close (MeshBitswapReader *reader)
{
  finish (reader);
  g_cancellable_cancel (reader->cancellable);
  if (reader->is_ended)
    g_io_stream_close_async (G_IO_STREAM (reader->stream), G_PRIORITY_DEFAULT, NULL, NULL,
                             NULL);
  else
    mesh_stream_reset (reader->stream);
  reader_unref (reader);
}

static void
fail (MeshBitswapReader *reader, const GError *error)
{
  finish (reader);
  reader->funcs->closed (reader, error, reader->user_data);
}

static void
fail_protocol (MeshBitswapReader *reader, const char *what)
{
  g_autoptr (GError) error
      = g_error_new (MESH_ERROR, MESH_ERROR_PROTOCOL, "The peer sent %s", what);

  fail (reader, error);
}

static gboolean
stall_cb (gpointer user_data)
{
  MeshBitswapReader *reader = user_data;
  g_autoptr (GError) error = NULL;

  if (reader->had_bytes || !reader->is_reading)
    {
      reader->had_bytes = FALSE;
      return G_SOURCE_CONTINUE;
    }
  reader->stall_id = 0;
  error = g_error_new (MESH_ERROR, MESH_ERROR_TIMED_OUT,
                       "The peer stopped in the middle of a message");
  fail (reader, error);
  return G_SOURCE_REMOVE;
}

static void
deliver (MeshBitswapReader *reader)
{
  g_autoptr (GBytes) bytes = g_bytes_new_take (reader->body, reader->announced);

  reader->body = NULL;
  reader->body_capacity = 0;
  reader->state = IDLE;
  g_clear_handle_id (&reader->stall_id, g_source_remove);
  reader->funcs->message (reader, bytes, reader->user_data);
}

/* The length is known: takes what was read with it and goes on to the rest. */
static void
begin_body (MeshBitswapReader *reader)
{
  gsize n = MIN (reader->head_len, reader->announced);

  reader->state = WAITING;
  switch (reader->funcs->admit (reader, reader->announced, reader->user_data))
    {
    case MESH_BITSWAP_HOLD:
      return;
    case MESH_BITSWAP_REFUSE:
      fail_protocol (reader, "a Bitswap message larger than is allowed");
      return;
    case MESH_BITSWAP_ADMIT:
    default:
      break;
    }
  reader->state = BODY;
  reader->body_capacity = MIN (MAX (reader->announced, 1), FIRST_BUFFER_BYTES);
  reader->body = g_malloc (reader->body_capacity);
  memcpy (reader->body, reader->head, n);
  reader->body_len = n;
  reader->head_len -= n;
  memmove (reader->head, reader->head + n, reader->head_len);
  if (reader->body_len == reader->announced)
    {
      deliver (reader);
      return;
    }
  reader->had_bytes = TRUE;
  reader->stall_id
      = g_timeout_add_seconds (MESH_BITSWAP_READER_STALL_S / 2, stall_cb, reader);
  read_more (reader);
}

static void
parse_head (MeshBitswapReader *reader)
{
  guint64 announced;
  gssize n = mesh_varint_decode (reader->head, reader->head_len, &announced);

  if (n == 0)
    {
      read_more (reader);
      return;
    }
  if (n < 0 || announced > G_MAXUINT32)
    {
      fail_protocol (reader, "bytes that are not a Bitswap message");
      return;
    }
  reader->announced = (gsize) announced;
  reader->head_len -= (gsize) n;
  memmove (reader->head, reader->head + n, reader->head_len);
  begin_body (reader);
}

static void
take_bytes (MeshBitswapReader *reader, gsize n)
{
  reader->had_bytes = TRUE;
  if (reader->state == HEAD)
    {
      reader->head_len += n;
      parse_head (reader);
      return;
    }
  reader->body_len += n;
  reader->funcs->progress (reader, n, reader->user_data);
  if (reader->state != BODY)
    return;
  if (reader->body_len == reader->announced)
    deliver (reader);
  else
    read_more (reader);
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (MeshBitswapReader) reader = user_data;
  g_autoptr (GError) error = NULL;
  gssize n = g_input_stream_read_finish (G_INPUT_STREAM (source), result, &error);

  reader->is_reading = FALSE;
  if (reader->state == CLOSED)
    return;
  if (n < 0)
    fail (reader, error);
  else if (n == 0 && reader->state == HEAD && reader->head_len == 0)
    {
      reader->is_ended = TRUE;
      fail (reader, NULL);
    }
  else if (n == 0)
    fail_protocol (reader, "half a Bitswap message");
  else
    take_bytes (reader, (gsize) n);
}

static void
read_more (MeshBitswapReader *reader)
{
  GInputStream *input = g_io_stream_get_input_stream (G_IO_STREAM (reader->stream));
  guint8 *to = reader->head + reader->head_len;
  gsize room = sizeof reader->head - reader->head_len;

  if (reader->state == BODY)
    {
      /* doubling costs no copy for large buffers: the pages are moved */
      if (reader->body_len == reader->body_capacity)
        {
          reader->body_capacity = MIN (2 * reader->body_capacity, reader->announced);
          reader->body = g_realloc (reader->body, reader->body_capacity);
        }
      to = reader->body + reader->body_len;
      room = reader->body_capacity - reader->body_len;
    }
  reader->is_reading = TRUE;
  g_input_stream_read_async (input, to, room, G_PRIORITY_DEFAULT, reader->cancellable,
                             read_cb, reader_ref (reader));
}

void
mesh_bitswap_reader_next (MeshBitswapReader *reader)
{
  g_autoptr (MeshBitswapReader) guard = reader_ref (reader);

  if (reader->state == WAITING)
    {
      begin_body (reader);
    }
  else if (reader->state == IDLE)
    {
      reader->state = HEAD;
      parse_head (reader);
    }
}
