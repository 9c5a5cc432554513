/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */

/* A stream owns its two halves; each half points back and is cut off when the stream
 * goes. At most one read and one write are in progress. Lives in the muxer's main
 * context. */
#include "config.h"

#include <string.h>

#include "base/mesh-error.h"
#include "base/mesh-fifo.h"
#include "net/muxer/mesh-yamux-muxer-private.h"
#include "net/muxer/mesh-yamux-stream-private.h"

#define TYPE_INPUT (yamux_input_get_type ())
#define TYPE_OUTPUT (yamux_output_get_type ())
G_DECLARE_FINAL_TYPE (YamuxInput, yamux_input, YAMUX, INPUT, GInputStream)
G_DECLARE_FINAL_TYPE (YamuxOutput, yamux_output, YAMUX, OUTPUT, GOutputStream)

struct _YamuxInput
{
  GInputStream parent_instance;

  MeshYamuxStream *stream; /* (unowned) (nullable): NULL once the stream is gone */
};

struct _YamuxOutput
{
  GOutputStream parent_instance;

  MeshYamuxStream *stream; /* (unowned) (nullable) */
};

/* A read or write in progress. */
typedef struct
{
  GTask *task;     /* (owned) (nullable) */
  GSource *cancel; /* (owned) (nullable): wakes us when the task is cancelled */
  guint8 *data;    /* (unowned): the caller's buffer */
  gsize len;
  gsize done;
} Operation;

struct _MeshYamuxStream
{
  MeshStream parent_instance;

  MeshYamuxMuxer *muxer; /* (owned) */
  guint32 id;
  YamuxInput *input;   /* (owned) */
  YamuxOutput *output; /* (owned) */

  MeshFifo received; /* bounded by the window */
  Operation read;
  Operation write;
  GError *error; /* (owned) (nullable): why it is over */
  gboolean is_eof;
  gboolean is_read_closed;
  gboolean is_write_closed;
  gboolean is_queued; /* in the muxer's queue of writers */
};

G_DEFINE_FINAL_TYPE (YamuxInput, yamux_input, G_TYPE_INPUT_STREAM)
G_DEFINE_FINAL_TYPE (YamuxOutput, yamux_output, G_TYPE_OUTPUT_STREAM)
G_DEFINE_FINAL_TYPE (MeshYamuxStream, mesh_yamux_stream, MESH_TYPE_STREAM)

static GError *
new_closed_error (void)
{
  return g_error_new_literal (MESH_ERROR, MESH_ERROR_CLOSED, "The stream is closed");
}

/* ---- operations ---- */

static void
begin (Operation *operation, GTask *task, gpointer data, gsize len, GSourceFunc cancelled)
{
  GCancellable *cancellable = g_task_get_cancellable (task);

  *operation = (Operation){ .task = g_object_ref (task), .data = data, .len = len };
  if (cancellable == NULL)
    return;
  operation->cancel = g_cancellable_source_new (cancellable);
  g_source_set_callback (operation->cancel, cancelled, g_task_get_source_object (task),
                         NULL);
  g_source_attach (operation->cancel, g_task_get_context (task));
}

static GTask *
end (Operation *operation)
{
  GTask *task = operation->task;

  if (operation->cancel != NULL)
    {
      g_source_destroy (operation->cancel);
      g_source_unref (operation->cancel);
    }
  *operation = (Operation){ 0 };
  return task;
}

static void
end_with_error (Operation *operation, const GError *error)
{
  g_autoptr (GTask) task = NULL;

  if (operation->task == NULL)
    return;
  task = end (operation);
  g_task_return_error (task, g_error_copy (error));
}

static GError *
new_cancelled_error (void)
{
  return g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED,
                              "Operation was cancelled");
}

/* ---- reading ---- */

/* What a read can return now: bytes, 0 at the end, or -1 when it must wait. */
static gssize
take_received (MeshYamuxStream *self, guint8 *buffer, gsize count)
{
  gsize n = MIN (count, mesh_fifo_get_len (&self->received));

  if (n == 0)
    return self->is_eof ? 0 : -1;
  memcpy (buffer, mesh_fifo_peek (&self->received), n);
  mesh_fifo_skip (&self->received, n);
  mesh_yamux_muxer_consume (self->muxer, self->id, n);
  return (gssize) n;
}

static gboolean
read_cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  MeshYamuxStream *self = YAMUX_INPUT (user_data)->stream;
  g_autoptr (GError) error = new_cancelled_error ();

  /* Bytes that already lie in the caller's buffer are not thrown away. */
  if (self != NULL && self->read.task != NULL && self->read.done == 0)
    end_with_error (&self->read, error);
  return G_SOURCE_REMOVE;
}

static void
yamux_input_read_async (GInputStream *stream,
                        void *buffer,
                        gsize count,
                        int io_priority,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  YamuxInput *input = YAMUX_INPUT (stream);
  MeshYamuxStream *self = input->stream;
  g_autoptr (GTask) task = g_task_new (stream, cancellable, callback, user_data);
  gssize n;

  g_task_set_source_tag (task, yamux_input_read_async);
  g_task_set_priority (task, io_priority);
  g_task_set_check_cancellable (task, FALSE);
  if (g_cancellable_is_cancelled (cancellable))
    {
      g_task_return_error (task, new_cancelled_error ());
      return;
    }
  n = self != NULL && count > 0 ? take_received (self, buffer, count) : -1;
  if (n >= 0 || count == 0)
    g_task_return_int (task, MAX (n, 0));
  else if (self == NULL || self->is_read_closed)
    g_task_return_error (task, new_closed_error ());
  else if (self->error != NULL)
    g_task_return_error (task, g_error_copy (self->error));
  else
    begin (&self->read, task, buffer, count, G_SOURCE_FUNC (read_cancelled_cb));
}

static gssize
yamux_input_read_finish (GInputStream *stream, GAsyncResult *result, GError **error)
{
  return g_task_propagate_int (G_TASK (result), error);
}

static gssize
yamux_input_read (GInputStream *stream,
                  void *buffer,
                  gsize count,
                  GCancellable *cancellable,
                  GError **error)
{
  MeshYamuxStream *self = YAMUX_INPUT (stream)->stream;
  gssize n = self != NULL ? take_received (self, buffer, count) : -1;

  if (n >= 0)
    return n;
  if (self == NULL || self->error != NULL)
    g_propagate_error (error,
                       self != NULL ? g_error_copy (self->error) : new_closed_error ());
  else
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK,
                         "Nothing has arrived on the stream yet");
  return -1;
}

static gboolean
yamux_input_close (GInputStream *stream, GCancellable *cancellable, GError **error)
{
  MeshYamuxStream *self = YAMUX_INPUT (stream)->stream;

  if (self == NULL)
    return TRUE;
  self->is_read_closed = TRUE;
  mesh_fifo_clear (&self->received);
  return TRUE;
}

static void
close_input_async (GInputStream *stream,
                   int io_priority,
                   GCancellable *cancellable,
                   GAsyncReadyCallback callback,
                   gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (stream, cancellable, callback, user_data);

  g_task_set_source_tag (task, close_input_async);
  g_task_return_boolean (task, yamux_input_close (stream, cancellable, NULL));
}

static gboolean
close_input_finish (GInputStream *stream, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
yamux_input_class_init (YamuxInputClass *klass)
{
  GInputStreamClass *input_class = G_INPUT_STREAM_CLASS (klass);

  input_class->read_fn = yamux_input_read;
  input_class->read_async = yamux_input_read_async;
  input_class->read_finish = yamux_input_read_finish;
  input_class->close_fn = yamux_input_close;
  input_class->close_async = close_input_async;
  input_class->close_finish = close_input_finish;
}

static void
yamux_input_init (YamuxInput *self)
{
}

/* ---- writing ---- */

static gboolean
write_cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  MeshYamuxStream *self = YAMUX_OUTPUT (user_data)->stream;
  g_autoptr (GTask) task = NULL;
  gsize done;

  if (self == NULL || self->write.task == NULL)
    return G_SOURCE_REMOVE;
  mesh_yamux_muxer_unqueue_write (self->muxer, self);
  done = self->write.done;
  task = end (&self->write);
  if (done > 0)
    g_task_return_int (task, (gssize) done);
  else
    g_task_return_error (task, new_cancelled_error ());
  return G_SOURCE_REMOVE;
}

static void
yamux_output_write_async (GOutputStream *stream,
                          const void *buffer,
                          gsize count,
                          int io_priority,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  MeshYamuxStream *self = YAMUX_OUTPUT (stream)->stream;
  g_autoptr (GTask) task = g_task_new (stream, cancellable, callback, user_data);

  g_task_set_source_tag (task, yamux_output_write_async);
  g_task_set_priority (task, io_priority);
  g_task_set_check_cancellable (task, FALSE);
  if (g_cancellable_is_cancelled (cancellable))
    g_task_return_error (task, new_cancelled_error ());
  else if (self == NULL || self->is_write_closed)
    g_task_return_error (task, new_closed_error ());
  else if (self->error != NULL)
    g_task_return_error (task, g_error_copy (self->error));
  else if (count == 0)
    g_task_return_int (task, 0);
  else
    {
      begin (&self->write, task, (gpointer) buffer, count,
             G_SOURCE_FUNC (write_cancelled_cb));
      mesh_yamux_muxer_queue_write (self->muxer, self);
    }
}

static gssize
yamux_output_write_finish (GOutputStream *stream, GAsyncResult *result, GError **error)
{
  return g_task_propagate_int (G_TASK (result), error);
}

static gssize
yamux_output_write (GOutputStream *stream,
                    const void *buffer,
                    gsize count,
                    GCancellable *cancellable,
                    GError **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK,
                       "A stream is written with async calls");
  return -1;
}

static gboolean
yamux_output_close (GOutputStream *stream, GCancellable *cancellable, GError **error)
{
  MeshYamuxStream *self = YAMUX_OUTPUT (stream)->stream;

  if (self == NULL || self->is_write_closed)
    return TRUE;
  self->is_write_closed = TRUE;
  if (self->error == NULL)
    mesh_yamux_muxer_finish (self->muxer, self->id);
  return TRUE;
}

static void
close_output_async (GOutputStream *stream,
                    int io_priority,
                    GCancellable *cancellable,
                    GAsyncReadyCallback callback,
                    gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (stream, cancellable, callback, user_data);

  g_task_set_source_tag (task, close_output_async);
  g_task_return_boolean (task, yamux_output_close (stream, cancellable, NULL));
}

static gboolean
close_output_finish (GOutputStream *stream, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
yamux_output_class_init (YamuxOutputClass *klass)
{
  GOutputStreamClass *output_class = G_OUTPUT_STREAM_CLASS (klass);

  output_class->write_fn = yamux_output_write;
  output_class->write_async = yamux_output_write_async;
  output_class->write_finish = yamux_output_write_finish;
  output_class->close_fn = yamux_output_close;
  output_class->close_async = close_output_async;
  output_class->close_finish = close_output_finish;
}

static void
yamux_output_init (YamuxOutput *self)
{
}

/* ---- the stream ---- */

static GInputStream *
mesh_yamux_stream_get_input_stream (GIOStream *stream)
{
  return G_INPUT_STREAM (MESH_YAMUX_STREAM (stream)->input);
}

static GOutputStream *
mesh_yamux_stream_get_output_stream (GIOStream *stream)
{
  return G_OUTPUT_STREAM (MESH_YAMUX_STREAM (stream)->output);
}

static void
mesh_yamux_stream_reset (MeshStream *stream)
{
  MeshYamuxStream *self = MESH_YAMUX_STREAM (stream);
  g_autoptr (GError) error = new_closed_error ();

  if (self->error != NULL)
    return;
  mesh_yamux_muxer_reset (self->muxer, self->id);
  mesh_yamux_stream_fail (self, error, FALSE);
}

static void
mesh_yamux_stream_dispose (GObject *object)
{
  MeshYamuxStream *self = MESH_YAMUX_STREAM (object);
  gboolean is_clean = self->is_write_closed && (self->is_read_closed || self->is_eof);

  if (self->muxer != NULL)
    {
      if (!is_clean)
        mesh_yamux_stream_reset (MESH_STREAM (self));
      mesh_yamux_muxer_unqueue_write (self->muxer, self);
      mesh_yamux_muxer_forget (self->muxer, self->id, is_clean);
    }
  G_OBJECT_CLASS (mesh_yamux_stream_parent_class)->dispose (object);
  if (self->input != NULL)
    self->input->stream = NULL;
  if (self->output != NULL)
    self->output->stream = NULL;
  g_clear_object (&self->input);
  g_clear_object (&self->output);
  g_clear_object (&self->muxer);
}

static void
mesh_yamux_stream_finalize (GObject *object)
{
  MeshYamuxStream *self = MESH_YAMUX_STREAM (object);

  mesh_fifo_clear (&self->received);
  g_clear_error (&self->error);
  G_OBJECT_CLASS (mesh_yamux_stream_parent_class)->finalize (object);
}

static void
mesh_yamux_stream_class_init (MeshYamuxStreamClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = mesh_yamux_stream_dispose;
  G_OBJECT_CLASS (klass)->finalize = mesh_yamux_stream_finalize;
  G_IO_STREAM_CLASS (klass)->get_input_stream = mesh_yamux_stream_get_input_stream;
  G_IO_STREAM_CLASS (klass)->get_output_stream = mesh_yamux_stream_get_output_stream;
  MESH_STREAM_CLASS (klass)->reset = mesh_yamux_stream_reset;
}

static void
mesh_yamux_stream_init (MeshYamuxStream *self)
{
  self->input = g_object_new (TYPE_INPUT, NULL);
  self->input->stream = self;
  self->output = g_object_new (TYPE_OUTPUT, NULL);
  self->output->stream = self;
}

MeshYamuxStream *
mesh_yamux_stream_new (MeshYamuxMuxer *muxer, guint32 id)
{
  MeshYamuxStream *self = g_object_new (MESH_TYPE_YAMUX_STREAM, NULL);

  self->muxer = g_object_ref (muxer);
  self->id = id;
  return self;
}

guint32
mesh_yamux_stream_get_id (MeshYamuxStream *self)
{
  return self->id;
}

gboolean
mesh_yamux_stream_deliver (MeshYamuxStream *self, const guint8 *data, gsize len)
{
  Operation *read = &self->read;
  gsize n = 0;

  if (self->is_read_closed)
    return FALSE;
  if (read->task != NULL && mesh_fifo_get_len (&self->received) == 0)
    {
      n = MIN (len, read->len - read->done);
      memcpy (read->data + read->done, data, n);
      read->done += n;
    }
  mesh_fifo_append (&self->received, data + n, len - n);
  return TRUE;
}

void
mesh_yamux_stream_set_eof (MeshYamuxStream *self)
{
  self->is_eof = TRUE;
}

void
mesh_yamux_stream_flush (MeshYamuxStream *self)
{
  g_autoptr (GTask) task = NULL;
  gsize done = self->read.done;

  if (self->read.task == NULL || (done == 0 && !self->is_eof))
    return;
  task = end (&self->read);
  mesh_yamux_muxer_consume (self->muxer, self->id, done);
  g_task_return_int (task, (gssize) done);
}

void
mesh_yamux_stream_fail (MeshYamuxStream *self, const GError *error, gboolean keep_data)
{
  g_autoptr (MeshYamuxStream) keep = NULL;

  if (self->error != NULL)
    return;
  /* Nobody may be left to hold us once the tasks have told their callers; in dispose
   * itself a reference changes nothing. */
  keep = g_object_ref (self);
  self->error = g_error_copy (error);
  if (!keep_data)
    mesh_fifo_clear (&self->received);
  mesh_yamux_muxer_unqueue_write (self->muxer, self);
  mesh_yamux_stream_flush (self);
  end_with_error (&self->read, error);
  end_with_error (&self->write, error);
}

const guint8 *
mesh_yamux_stream_get_pending (MeshYamuxStream *self, gsize *len)
{
  *len = self->write.len - self->write.done;
  return self->write.data + self->write.done;
}

GTask *
mesh_yamux_stream_wrote (MeshYamuxStream *self, gsize n)
{
  gsize len = self->write.len;
  GTask *task;

  self->write.done += n;
  if (self->write.done < len)
    return NULL;
  task = end (&self->write);
  g_task_set_task_data (task, GSIZE_TO_POINTER (len), NULL);
  return task;
}

gboolean
mesh_yamux_stream_get_queued (MeshYamuxStream *self)
{
  return self->is_queued;
}

void
mesh_yamux_stream_set_queued (MeshYamuxStream *self, gboolean is_queued)
{
  self->is_queued = is_queued;
}
