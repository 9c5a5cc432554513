/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */

/* The stream owns its two halves; each half points back and is cut off when the stream
 * goes. Everything runs in the main context that called. Ends with close or the last
 * reference. */
#include "config.h"

#include "net/security/mesh-noise-stream.h"

#include <sodium.h>
#include <string.h>

#include "base/mesh-error.h"
#include "base/mesh-fifo.h"
#include "wire/mesh-noise.h"

/* Bytes taken from the stream below in one read: few at rest, many under load. */
#define MIN_READ_BYTES 4096
#define MAX_READ_BYTES (256u * 1024)
/* So many small reads in a row make the buffer small again. */
#define N_SMALL_READS 64
/* Plaintext encrypted at once; a bigger write is accepted in part. */
#define MAX_WRITE_BYTES (4u * MESH_NOISE_MAX_PLAIN)

#define TYPE_INPUT (noise_input_get_type ())
#define TYPE_OUTPUT (noise_output_get_type ())
G_DECLARE_FINAL_TYPE (NoiseInput, noise_input, NOISE, INPUT, GInputStream)
G_DECLARE_FINAL_TYPE (NoiseOutput, noise_output, NOISE, OUTPUT, GOutputStream)

struct _NoiseInput
{
  GInputStream parent_instance;

  MeshNoiseStream *stream; /* (unowned) (nullable): NULL once the stream is gone */
  guint8 *sealed;          /* (owned): frames from below */
  gsize size;
  gsize start;
  gsize end;
  guint n_small;
  MeshFifo plain; /* of a frame that did not fit into the caller's buffer */

  guint8 *buffer; /* (unowned): of the read in progress */
  gsize count;
};

struct _NoiseOutput
{
  GOutputStream parent_instance;

  MeshNoiseStream *stream; /* (unowned) (nullable) */
  guint8 *sealed;          /* (owned) (nullable) */
  gsize size;
  gsize n_taken; /* plaintext in the write in progress */
};

struct _MeshNoiseStream
{
  GIOStream parent_instance;

  GIOStream *base;     /* (owned) */
  MeshNoise *noise;    /* (owned) */
  NoiseInput *input;   /* (owned) */
  NoiseOutput *output; /* (owned) */
};

G_DEFINE_FINAL_TYPE (NoiseInput, noise_input, G_TYPE_INPUT_STREAM)
G_DEFINE_FINAL_TYPE (NoiseOutput, noise_output, G_TYPE_OUTPUT_STREAM)
G_DEFINE_FINAL_TYPE (MeshNoiseStream, mesh_noise_stream, G_TYPE_IO_STREAM)

static GError *
new_closed_error (void)
{
  return g_error_new_literal (MESH_ERROR, MESH_ERROR_CLOSED,
                              "The connection was closed in the middle of a message");
}

/* ---- reading ---- */

/* Makes room for at least one more byte, and for the whole frame that has begun. */
static void
make_room (NoiseInput *self)
{
  gsize len = self->end - self->start, wanted = MIN_READ_BYTES;

  if (len >= 2)
    wanted = 2 + ((gsize) self->sealed[self->start] << 8 | self->sealed[self->start + 1]);
  if (self->start > 0 && len > 0)
    memmove (self->sealed, self->sealed + self->start, len);
  self->start = 0;
  self->end = len;
  wanted = MAX (wanted, self->size);
  if (len == 0 && self->n_small >= N_SMALL_READS)
    wanted = MIN_READ_BYTES;
  if (wanted == self->size)
    return;
  self->sealed = g_realloc (self->sealed, wanted);
  self->size = wanted;
  self->n_small = 0;
}

static void
count_read (NoiseInput *self, gsize room, gsize n)
{
  if (n == room && self->size < MAX_READ_BYTES)
    {
      self->size *= 2;
      self->sealed = g_realloc (self->sealed, self->size);
    }
  self->n_small
      = n < self->size / 8 && self->size > MIN_READ_BYTES ? self->n_small + 1 : 0;
}

/* Decrypts what there is: into the caller's buffer, or aside when a frame is too big for
 * it. Returns how much of the buffer is filled, 0 when a whole frame is still missing. */
static gssize
decrypt (NoiseInput *self, GError **error)
{
  MeshNoise *noise = self->stream->noise;
  gsize consumed, n_plain, n;
  gssize next;

  if (mesh_fifo_get_len (&self->plain) > 0)
    {
      n = MIN (self->count, mesh_fifo_get_len (&self->plain));
      memcpy (self->buffer, mesh_fifo_peek (&self->plain), n);
      mesh_fifo_skip (&self->plain, n);
      return (gssize) n;
    }
  if (!mesh_noise_decrypt (noise, self->sealed + self->start, self->end - self->start,
                           &consumed, self->buffer, self->count, &n_plain, error))
    return -1;
  self->start += consumed;
  next = mesh_noise_get_frame_len (self->sealed + self->start, self->end - self->start);
  if (n_plain > 0 || next < 0)
    return (gssize) n_plain;
  if (!mesh_noise_decrypt (noise, self->sealed + self->start, self->end - self->start,
                           &consumed, mesh_fifo_reserve (&self->plain, (gsize) next),
                           (gsize) next, &n_plain, error))
    return -1;
  self->start += consumed;
  mesh_fifo_commit (&self->plain, n_plain);
  return decrypt (self, error);
}

static void read_more (NoiseInput *self, GTask *task);

static void
read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  NoiseInput *self = g_task_get_source_object (task);
  GError *error = NULL;
  gssize n = g_input_stream_read_finish (G_INPUT_STREAM (source), result, &error);

  if (n >= 0 && self->stream == NULL)
    error = new_closed_error ();
  else if (n == 0 && self->end > self->start)
    error = new_closed_error ();
  if (error != NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  if (n == 0)
    {
      g_task_return_int (task, 0);
      return;
    }
  self->end += (gsize) n;
  count_read (self, self->size - (self->end - (gsize) n), (gsize) n);
  n = decrypt (self, &error);
  if (n < 0)
    g_task_return_error (task, error);
  else if (n > 0)
    g_task_return_int (task, n);
  else
    read_more (self, task);
}

static void
read_more (NoiseInput *self, GTask *task)
{
  make_room (self);
  g_input_stream_read_async (g_io_stream_get_input_stream (self->stream->base),
                             self->sealed + self->end, self->size - self->end,
                             g_task_get_priority (task), g_task_get_cancellable (task),
                             read_cb, g_object_ref (task));
}

static void
noise_input_read_async (GInputStream *stream,
                        void *buffer,
                        gsize count,
                        int io_priority,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  NoiseInput *self = NOISE_INPUT (stream);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  GError *error = NULL;
  gssize n;

  g_task_set_source_tag (task, noise_input_read_async);
  g_task_set_priority (task, io_priority);
  g_task_set_check_cancellable (task, FALSE);
  if (self->stream == NULL)
    {
      g_task_return_error (task, new_closed_error ());
      return;
    }
  self->buffer = buffer;
  self->count = count;
  n = decrypt (self, &error);
  if (n < 0)
    g_task_return_error (task, error);
  else if (n > 0)
    g_task_return_int (task, n);
  else
    read_more (self, task);
}

static gssize
noise_input_read_finish (GInputStream *stream, GAsyncResult *result, GError **error)
{
  return g_task_propagate_int (G_TASK (result), error);
}

static gssize
noise_input_read (GInputStream *stream,
                  void *buffer,
                  gsize count,
                  GCancellable *cancellable,
                  GError **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK,
                       "A Noise stream is read with async calls");
  return -1;
}

static void
noise_input_finalize (GObject *object)
{
  NoiseInput *self = NOISE_INPUT (object);

  g_free (self->sealed);
  mesh_fifo_clear (&self->plain);
  G_OBJECT_CLASS (noise_input_parent_class)->finalize (object);
}

static void
noise_input_class_init (NoiseInputClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = noise_input_finalize;
  G_INPUT_STREAM_CLASS (klass)->read_fn = noise_input_read;
  G_INPUT_STREAM_CLASS (klass)->read_async = noise_input_read_async;
  G_INPUT_STREAM_CLASS (klass)->read_finish = noise_input_read_finish;
}

static void
noise_input_init (NoiseInput *self)
{
}

/* ---- writing ---- */

static void
write_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  NoiseOutput *self = g_task_get_source_object (task);
  GError *error = NULL;

  /* After a quiet write a buffer from busier times is given back. */
  if (self->n_taken < MIN_READ_BYTES && self->size > 4 * MIN_READ_BYTES)
    {
      g_clear_pointer (&self->sealed, g_free);
      self->size = 0;
    }
  if (g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, &error))
    g_task_return_int (task, (gssize) self->n_taken);
  else
    g_task_return_error (task, error);
}

static void
noise_output_write_async (GOutputStream *stream,
                          const void *buffer,
                          gsize count,
                          int io_priority,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  NoiseOutput *self = NOISE_OUTPUT (stream);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  gsize n = MIN (count, MAX_WRITE_BYTES), wanted, n_sealed = 0;

  g_task_set_source_tag (task, noise_output_write_async);
  g_task_set_check_cancellable (task, FALSE);
  if (self->stream == NULL)
    {
      g_task_return_error (task, new_closed_error ());
      return;
    }
  wanted = n + (n / MESH_NOISE_MAX_PLAIN + 1) * MESH_NOISE_FRAME_OVERHEAD;
  if (wanted > self->size)
    {
      g_free (self->sealed);
      self->sealed = g_malloc (wanted);
      self->size = wanted;
    }
  self->n_taken = mesh_noise_encrypt (self->stream->noise, buffer, n, self->sealed,
                                      self->size, &n_sealed);
  if (self->n_taken == 0 && count > 0)
    {
      g_task_return_error (task, new_closed_error ());
      return;
    }
  g_output_stream_write_all_async (g_io_stream_get_output_stream (self->stream->base),
                                   self->sealed, n_sealed, io_priority, cancellable,
                                   write_cb, g_object_ref (task));
}

static gssize
noise_output_write_finish (GOutputStream *stream, GAsyncResult *result, GError **error)
{
  return g_task_propagate_int (G_TASK (result), error);
}

static gssize
noise_output_write (GOutputStream *stream,
                    const void *buffer,
                    gsize count,
                    GCancellable *cancellable,
                    GError **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK,
                       "A Noise stream is written with async calls");
  return -1;
}

static void
noise_output_finalize (GObject *object)
{
  g_free (NOISE_OUTPUT (object)->sealed);
  G_OBJECT_CLASS (noise_output_parent_class)->finalize (object);
}

static void
noise_output_class_init (NoiseOutputClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = noise_output_finalize;
  G_OUTPUT_STREAM_CLASS (klass)->write_fn = noise_output_write;
  G_OUTPUT_STREAM_CLASS (klass)->write_async = noise_output_write_async;
  G_OUTPUT_STREAM_CLASS (klass)->write_finish = noise_output_write_finish;
}

static void
noise_output_init (NoiseOutput *self)
{
}

/* ---- the stream ---- */

static GInputStream *
mesh_noise_stream_get_input_stream (GIOStream *stream)
{
  return G_INPUT_STREAM (MESH_NOISE_STREAM (stream)->input);
}

static GOutputStream *
mesh_noise_stream_get_output_stream (GIOStream *stream)
{
  return G_OUTPUT_STREAM (MESH_NOISE_STREAM (stream)->output);
}

static gboolean
mesh_noise_stream_close (GIOStream *stream, GCancellable *cancellable, GError **error)
{
  return g_io_stream_close (MESH_NOISE_STREAM (stream)->base, cancellable, error);
}

static void
close_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (g_io_stream_close_finish (G_IO_STREAM (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
mesh_noise_stream_close_async (GIOStream *stream,
                               int io_priority,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (stream, cancellable, callback, user_data);

  g_task_set_source_tag (task, mesh_noise_stream_close_async);
  g_io_stream_close_async (MESH_NOISE_STREAM (stream)->base, io_priority, cancellable,
                           close_cb, g_steal_pointer (&task));
}

static gboolean
mesh_noise_stream_close_finish (GIOStream *stream, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
mesh_noise_stream_dispose (GObject *object)
{
  MeshNoiseStream *self = MESH_NOISE_STREAM (object);

  G_OBJECT_CLASS (mesh_noise_stream_parent_class)->dispose (object);
  if (self->input != NULL)
    self->input->stream = NULL;
  if (self->output != NULL)
    self->output->stream = NULL;
  g_clear_object (&self->input);
  g_clear_object (&self->output);
  g_clear_object (&self->base);
}

static void
mesh_noise_stream_finalize (GObject *object)
{
  g_clear_pointer (&MESH_NOISE_STREAM (object)->noise, mesh_noise_free);
  G_OBJECT_CLASS (mesh_noise_stream_parent_class)->finalize (object);
}

static void
mesh_noise_stream_class_init (MeshNoiseStreamClass *klass)
{
  GIOStreamClass *stream_class = G_IO_STREAM_CLASS (klass);

  /* Without it libsodium works, at a fifth of its speed: this is where it looks for AVX2.
   */
  if (sodium_init () < 0)
    g_critical ("libsodium finds no source of randomness");

  G_OBJECT_CLASS (klass)->dispose = mesh_noise_stream_dispose;
  G_OBJECT_CLASS (klass)->finalize = mesh_noise_stream_finalize;
  stream_class->get_input_stream = mesh_noise_stream_get_input_stream;
  stream_class->get_output_stream = mesh_noise_stream_get_output_stream;
  stream_class->close_fn = mesh_noise_stream_close;
  stream_class->close_async = mesh_noise_stream_close_async;
  stream_class->close_finish = mesh_noise_stream_close_finish;
}

static void
mesh_noise_stream_init (MeshNoiseStream *self)
{
  self->input = g_object_new (TYPE_INPUT, NULL);
  self->input->stream = self;
  self->input->size = MIN_READ_BYTES;
  self->input->sealed = g_malloc (MIN_READ_BYTES);
  self->output = g_object_new (TYPE_OUTPUT, NULL);
  self->output->stream = self;
}

/* ---- the handshake ---- */

static void advance (GTask *task);

static void
handshake_write_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, &error))
    advance (task);
  else
    g_task_return_error (task, error);
}

static void
handshake_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  MeshNoiseStream *self = g_task_get_task_data (task);
  NoiseInput *input = self->input;
  GError *error = NULL;
  gssize n = g_input_stream_read_finish (G_INPUT_STREAM (source), result, &error);
  gsize consumed;

  if (n == 0)
    error = g_error_new_literal (MESH_ERROR, MESH_ERROR_CLOSED,
                                 "The other side hung up during the Noise handshake");
  if (n <= 0)
    {
      g_task_return_error (task, error);
      return;
    }
  input->end += (gsize) n;
  if (!mesh_noise_handshake (self->noise, input->sealed + input->start,
                             input->end - input->start, &consumed, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  input->start += consumed;
  advance (task);
}

static void
advance (GTask *task)
{
  MeshNoiseStream *self = g_task_get_task_data (task);
  GBytes *output;
  g_autoptr (GBytes) owned = NULL;
  gsize len;

  if (g_task_return_error_if_cancelled (task))
    return;
  output = owned = mesh_noise_take_output (self->noise);
  if (output != NULL)
    {
      const guint8 *data = g_bytes_get_data (output, &len);

      /* The task keeps the bytes until the next ones replace them. */
      g_object_set_data_full (G_OBJECT (task), "output", g_steal_pointer (&owned),
                              (GDestroyNotify) g_bytes_unref);
      g_output_stream_write_all_async (
          g_io_stream_get_output_stream (self->base), data, len, G_PRIORITY_DEFAULT,
          g_task_get_cancellable (task), handshake_write_cb, g_object_ref (task));
      return;
    }
  if (mesh_noise_is_done (self->noise))
    {
      g_task_return_pointer (task, g_object_ref (self), g_object_unref);
      return;
    }
  make_room (self->input);
  g_input_stream_read_async (
      g_io_stream_get_input_stream (self->base), self->input->sealed + self->input->end,
      self->input->size - self->input->end, G_PRIORITY_DEFAULT,
      g_task_get_cancellable (task), handshake_read_cb, g_object_ref (task));
}

void
mesh_noise_stream_new_async (GIOStream *base,
                             gboolean is_initiator,
                             MeshKeypair *identity,
                             MeshPeerId *expected,
                             const char *const *muxers,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  MeshNoiseStream *self = g_object_new (MESH_TYPE_NOISE_STREAM, NULL);
  guint8 secrets[2][MESH_NOISE_KEY_BYTES];
  GError *error = NULL;
  gsize consumed;

  g_task_set_source_tag (task, mesh_noise_stream_new_async);
  g_task_set_task_data (task, self, g_object_unref);
  randombytes_buf (secrets, sizeof secrets);
  self->base = g_object_ref (base);
  self->noise
      = mesh_noise_new (is_initiator, identity, expected, secrets[0], secrets[1], muxers);
  sodium_memzero (secrets, sizeof secrets);
  if (mesh_noise_handshake (self->noise, NULL, 0, &consumed, &error))
    advance (task);
  else
    g_task_return_error (task, error);
}

MeshNoiseStream *
mesh_noise_stream_new_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

MeshPeerId *
mesh_noise_stream_get_peer_id (MeshNoiseStream *self)
{
  return mesh_noise_get_peer_id (self->noise);
}

const char *
mesh_noise_stream_get_muxer (MeshNoiseStream *self)
{
  return mesh_noise_get_muxer (self->noise);
}
