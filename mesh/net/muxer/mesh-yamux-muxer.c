/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */

/* The muxer is owned by its connection and kept by its streams, which it only points at.
 * It holds itself while a read, a write or the goodbye is in progress. Lives in the main
 * context of its creator. Ends with close, when the peer hangs up or breaks the protocol.
 */
#include "config.h"

#include "net/muxer/mesh-yamux-muxer.h"

#include "base/mesh-error.h"
#include "wire/mesh-yamux.h"
#include "net/muxer/mesh-yamux-muxer-private.h"

/* One batch of reading: few bytes at rest, many under load. */
#define MIN_READ_BYTES 4096
#define MAX_READ_BYTES (256u * 1024)
#define N_SMALL_READS 64
/* One batch of writing: four frames, each as long as one of Noise. */
#define WRITE_BYTES (4u * (MESH_YAMUX_MAX_BODY + MESH_YAMUX_HEADER_BYTES))
/* The end of a batch is not filled with splinters of frames. */
#define MIN_ROOM 4096

struct _MeshYamuxMuxer
{
  MeshMuxer parent_instance;

  GIOStream *base; /* (owned) */
  MeshYamux *core; /* (owned) */
  GHashTable
      *streams;     /* (owned) (element-type guint32 MeshYamuxStream): unowned values */
  GQueue writers;   /* (element-type MeshYamuxStream): unowned, wait for their turn */
  GQueue lingering; /* (element-type guint32): closed by us alone, oldest first */
  GCancellable *cancellable; /* (owned): ends reading and writing at the base */
  GSource *timer;            /* (owned): of the core, later of the goodbye */

  guint8 *in; /* (owned) */
  gsize in_size;
  guint n_small;
  guint8 *out; /* (owned) (nullable): the batch on its way */
  gsize out_len;
  gsize out_done;
  gboolean is_writing;
  gboolean is_reading;
  gboolean is_finished; /* the base is closed or being closed */
  guint64 bytes_in;
  guint64 bytes_out;
};

G_DEFINE_FINAL_TYPE (MeshYamuxMuxer, mesh_yamux_muxer, MESH_TYPE_MUXER)

static void pump (MeshYamuxMuxer *self);
static void read_more (MeshYamuxMuxer *self);

static void
arm_timer (MeshYamuxMuxer *self)
{
  gint64 deadline_us = mesh_yamux_next_deadline_us (self->core);

  if (!mesh_muxer_is_closed (MESH_MUXER (self)))
    g_source_set_ready_time (self->timer, deadline_us == G_MAXINT64 ? -1 : deadline_us);
}

static MeshYamuxStream *
find_stream (MeshYamuxMuxer *self, guint32 id)
{
  return g_hash_table_lookup (self->streams, GUINT_TO_POINTER (id));
}

static MeshYamuxStream *
add_stream (MeshYamuxMuxer *self, guint32 id, gboolean is_inbound)
{
  MeshYamuxStream *stream = mesh_yamux_stream_new (self, id);

  mesh_stream_set_inbound (MESH_STREAM (stream), is_inbound);
  g_hash_table_insert (self->streams, GUINT_TO_POINTER (id), stream);
  return stream;
}

/* ---- the end ---- */

static void
base_closed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (MeshYamuxMuxer) self = user_data;

  g_io_stream_close_finish (G_IO_STREAM (source), result, NULL);
  mesh_muxer_emit_drained (MESH_MUXER (self));
}

/* Closes the base, once nothing is going on there. */
static void
finish (MeshYamuxMuxer *self)
{
  if (self->is_finished)
    return;
  g_cancellable_cancel (self->cancellable);
  if (self->is_writing || self->is_reading)
    return; /* comes again when they are through */
  self->is_finished = TRUE;
  g_source_destroy (self->timer);
  g_io_stream_close_async (self->base, G_PRIORITY_DEFAULT, NULL, base_closed_cb,
                           g_object_ref (self));
}

static void
fail_streams (MeshYamuxMuxer *self, const GError *reason)
{
  g_autoptr (GError) error
      = g_error_new (MESH_ERROR, MESH_ERROR_CLOSED, "The connection is closed%s%s",
                     reason != NULL ? ": " : "", reason != NULL ? reason->message : "");
  g_autoptr (GPtrArray) streams = g_ptr_array_new_with_free_func (g_object_unref);
  GHashTableIter iter;
  gpointer stream;

  g_hash_table_iter_init (&iter, self->streams);
  while (g_hash_table_iter_next (&iter, NULL, &stream))
    g_ptr_array_add (streams, g_object_ref (stream));
  for (guint i = 0; i < streams->len; i++)
    mesh_yamux_stream_fail (g_ptr_array_index (streams, i), error, TRUE);
}

static void
shut_down (MeshYamuxMuxer *self, const GError *reason, gboolean say_goodbye)
{
  g_autoptr (MeshYamuxMuxer) keep = g_object_ref (self);

  if (mesh_muxer_is_closed (MESH_MUXER (self)))
    return;
  g_source_set_ready_time (self->timer,
                           g_get_monotonic_time () + MESH_YAMUX_MUXER_GOODBYE_US);
  mesh_muxer_emit_closed (MESH_MUXER (self), (GError *) reason);
  fail_streams (self, reason);
  if (!say_goodbye)
    finish (self);
  else
    pump (self);
}

static void
mesh_yamux_muxer_close (MeshMuxer *muxer, GError *reason)
{
  MeshYamuxMuxer *self = MESH_YAMUX_MUXER (muxer);

  mesh_yamux_go_away (self->core,
                      g_error_matches (reason, MESH_ERROR, MESH_ERROR_PROTOCOL)
                          ? MESH_YAMUX_GO_AWAY_PROTOCOL
                          : MESH_YAMUX_GO_AWAY_NORMAL);
  shut_down (self, reason, TRUE);
}

/* ---- writing ---- */

static void
write_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (MeshYamuxMuxer) self = user_data;
  g_autoptr (GError) error = NULL;
  gssize n = g_output_stream_write_finish (G_OUTPUT_STREAM (source), result, &error);

  self->is_writing = FALSE;
  if (n < 0)
    {
      if (mesh_muxer_is_closed (MESH_MUXER (self)))
        finish (self);
      else
        shut_down (self, error, FALSE);
      return;
    }
  self->out_done += (gsize) n;
  self->bytes_out += (guint64) n;
  pump (self);
}

/* Packs one frame of each waiting stream in turn. @returned gets the writes that are
 * done. */
static void
pack_streams (MeshYamuxMuxer *self, GPtrArray *returned)
{
  while (self->writers.length > 0
         && (self->out_len == 0 || WRITE_BYTES - self->out_len >= MIN_ROOM))
    {
      MeshYamuxStream *stream = g_queue_pop_head (&self->writers);
      gsize len, n, written;
      const guint8 *data = mesh_yamux_stream_get_pending (stream, &len);
      GTask *task;

      n = mesh_yamux_write (self->core, mesh_yamux_stream_get_id (stream), data, len,
                            self->out + self->out_len, WRITE_BYTES - self->out_len,
                            &written);
      self->out_len += written;
      mesh_yamux_stream_set_queued (stream, FALSE);
      if (n == 0)
        continue; /* comes again when the window opens */
      task = mesh_yamux_stream_wrote (stream, n);
      if (task != NULL)
        g_ptr_array_add (returned, task);
      else
        {
          mesh_yamux_stream_set_queued (stream, TRUE);
          g_queue_push_tail (&self->writers, stream);
        }
    }
}

static void
start_write (MeshYamuxMuxer *self)
{
  self->is_writing = TRUE;
  g_output_stream_write_async (g_io_stream_get_output_stream (self->base),
                               self->out + self->out_done, self->out_len - self->out_done,
                               G_PRIORITY_DEFAULT, self->cancellable, write_cb,
                               g_object_ref (self));
}

/* Sends what waits, unless a batch is on its way already. */
static void
pump (MeshYamuxMuxer *self)
{
  g_autoptr (GPtrArray) returned = NULL;
  gboolean is_closed = mesh_muxer_is_closed (MESH_MUXER (self));

  if (self->is_writing || self->is_finished)
    return;
  if (self->out_done < self->out_len)
    {
      start_write (self);
      return;
    }
  self->out_len = self->out_done = 0;
  returned = g_ptr_array_new_with_free_func (g_object_unref);
  if (mesh_yamux_has_output (self->core) || self->writers.length > 0)
    {
      if (self->out == NULL)
        self->out = g_malloc (WRITE_BYTES);
      self->out_len = mesh_yamux_take_output (self->core, self->out, WRITE_BYTES);
      if (!is_closed)
        pack_streams (self, returned);
    }
  if (self->out_len > 0)
    start_write (self);
  else
    g_clear_pointer (&self->out, g_free);
  if (is_closed && !self->is_writing)
    finish (self);
  for (guint i = 0; i < returned->len; i++)
    {
      GTask *task = g_ptr_array_index (returned, i);

      g_task_return_int (task, (gssize) GPOINTER_TO_SIZE (g_task_get_task_data (task)));
    }
}

void
mesh_yamux_muxer_queue_write (MeshYamuxMuxer *self, MeshYamuxStream *stream)
{
  if (mesh_yamux_stream_get_queued (stream))
    return;
  mesh_yamux_stream_set_queued (stream, TRUE);
  g_queue_push_tail (&self->writers, stream);
  pump (self);
}

void
mesh_yamux_muxer_unqueue_write (MeshYamuxMuxer *self, MeshYamuxStream *stream)
{
  if (!mesh_yamux_stream_get_queued (stream))
    return;
  mesh_yamux_stream_set_queued (stream, FALSE);
  g_queue_remove (&self->writers, stream);
}

/* ---- reading ---- */

typedef struct
{
  GPtrArray *opened;  /* (owned) (element-type MeshYamuxStream) */
  GPtrArray *touched; /* (owned) (element-type MeshYamuxStream) */
  GError *failure;    /* (owned) (nullable) */
} Batch;

static void
handle_stream_event (MeshYamuxMuxer *self, const MeshYamuxEvent *event, Batch *batch)
{
  MeshYamuxStream *stream = find_stream (self, event->id);
  g_autoptr (GError) error = NULL;

  if (stream == NULL)
    {
      /* We have given it up: the peer learns that when it goes on. */
      if (event->type == MESH_YAMUX_EVENT_DATA)
        mesh_yamux_reset (self->core, event->id);
      return;
    }
  switch (event->type)
    {
    case MESH_YAMUX_EVENT_DATA:
      if (!mesh_yamux_stream_deliver (stream, event->data, event->len))
        {
          mesh_stream_reset (MESH_STREAM (stream));
          return;
        }
      break;
    case MESH_YAMUX_EVENT_FINISHED:
      mesh_yamux_stream_set_eof (stream);
      break;
    case MESH_YAMUX_EVENT_RESET:
      error = g_error_new_literal (MESH_ERROR, MESH_ERROR_CLOSED,
                                   "The peer has reset the stream");
      mesh_yamux_stream_fail (stream, error, FALSE);
      return;
    case MESH_YAMUX_EVENT_WRITABLE:
      if (!mesh_yamux_stream_get_queued (stream))
        {
          mesh_yamux_stream_set_queued (stream, TRUE);
          g_queue_push_tail (&self->writers, stream);
        }
      return;
    default:
      return;
    }
  if (batch->touched->len == 0
      || g_ptr_array_index (batch->touched, batch->touched->len - 1) != stream)
    g_ptr_array_add (batch->touched, g_object_ref (stream));
}

static void
handle_events (MeshYamuxMuxer *self, Batch *batch)
{
  MeshYamuxEvent event;

  while (mesh_yamux_poll_event (self->core, &event))
    {
      if (event.type == MESH_YAMUX_EVENT_OPENED)
        g_ptr_array_add (batch->opened, add_stream (self, event.id, TRUE));
      else if (event.type == MESH_YAMUX_EVENT_FAILED)
        batch->failure = event.error;
      else
        handle_stream_event (self, &event, batch);
    }
}

static void
handle_batch (MeshYamuxMuxer *self, gsize n)
{
  Batch batch = { .opened = g_ptr_array_new_with_free_func (g_object_unref),
                  .touched = g_ptr_array_new_with_free_func (g_object_unref) };

  if (n > 0)
    mesh_yamux_handle_bytes (self->core, self->in, n, g_get_monotonic_time ());
  handle_events (self, &batch);
  for (guint i = 0; i < batch.opened->len; i++)
    mesh_muxer_emit_incoming_stream (MESH_MUXER (self),
                                     g_ptr_array_index (batch.opened, i));
  for (guint i = 0; i < batch.touched->len; i++)
    mesh_yamux_stream_flush (g_ptr_array_index (batch.touched, i));
  g_ptr_array_unref (batch.opened);
  g_ptr_array_unref (batch.touched);
  if (batch.failure != NULL)
    shut_down (self, batch.failure, TRUE);
  g_clear_error (&batch.failure);
  pump (self);
  arm_timer (self);
}

static void
adapt_buffer (MeshYamuxMuxer *self, gsize n)
{
  gsize size = self->in_size;

  self->n_small = n < size / 8 && size > MIN_READ_BYTES ? self->n_small + 1 : 0;
  if (n == size && size < MAX_READ_BYTES)
    size *= 2;
  else if (self->n_small >= N_SMALL_READS)
    size = MIN_READ_BYTES;
  if (size == self->in_size)
    return;
  g_free (self->in);
  self->in = g_malloc (size);
  self->in_size = size;
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (MeshYamuxMuxer) self = user_data;
  g_autoptr (GError) error = NULL;
  gssize n = g_input_stream_read_finish (G_INPUT_STREAM (source), result, &error);

  self->is_reading = FALSE;
  if (mesh_muxer_is_closed (MESH_MUXER (self)))
    {
      /* While the goodbye leaves, what comes in is not looked at. */
      if (n > 0 && !g_cancellable_is_cancelled (self->cancellable))
        read_more (self);
      else
        finish (self);
      return;
    }
  if (n <= 0)
    {
      if (n == 0)
        error = g_error_new_literal (MESH_ERROR, MESH_ERROR_CLOSED, "The peer hung up");
      shut_down (self, error, FALSE);
      return;
    }
  self->bytes_in += (guint64) n;
  handle_batch (self, (gsize) n);
  adapt_buffer (self, (gsize) n);
  if (!self->is_finished)
    read_more (self);
}

static void
read_more (MeshYamuxMuxer *self)
{
  self->is_reading = TRUE;
  g_input_stream_read_async (g_io_stream_get_input_stream (self->base), self->in,
                             self->in_size, G_PRIORITY_DEFAULT, self->cancellable,
                             read_cb, g_object_ref (self));
}

/* ---- what streams ask for ---- */

void
mesh_yamux_muxer_consume (MeshYamuxMuxer *self, guint32 id, gsize n)
{
  mesh_yamux_consume (self->core, id, n, g_get_monotonic_time ());
  pump (self);
}

void
mesh_yamux_muxer_finish (MeshYamuxMuxer *self, guint32 id)
{
  if (mesh_muxer_is_closed (MESH_MUXER (self)))
    return;
  mesh_yamux_finish (self->core, id);
  pump (self);
}

void
mesh_yamux_muxer_reset (MeshYamuxMuxer *self, guint32 id)
{
  if (mesh_muxer_is_closed (MESH_MUXER (self)))
    return;
  mesh_yamux_reset (self->core, id);
  pump (self);
}

void
mesh_yamux_muxer_forget (MeshYamuxMuxer *self, guint32 id, gboolean is_clean)
{
  g_hash_table_remove (self->streams, GUINT_TO_POINTER (id));
  if (!is_clean || mesh_muxer_is_closed (MESH_MUXER (self)))
    return;
  g_queue_push_tail (&self->lingering, GUINT_TO_POINTER (id));
  if (self->lingering.length <= MESH_YAMUX_MUXER_MAX_LINGERING)
    return;
  /* Most are over by now, and then this does nothing. */
  mesh_yamux_reset (self->core, GPOINTER_TO_UINT (g_queue_pop_head (&self->lingering)));
  pump (self);
}

/* ---- the muxer ---- */

static void
mesh_yamux_muxer_start (MeshMuxer *muxer)
{
  MeshYamuxMuxer *self = MESH_YAMUX_MUXER (muxer);

  arm_timer (self);
  if (!self->is_reading && !mesh_muxer_is_closed (muxer))
    read_more (self);
}

static MeshStream *
mesh_yamux_muxer_open_stream (MeshMuxer *muxer, GError **error)
{
  MeshYamuxMuxer *self = MESH_YAMUX_MUXER (muxer);
  guint32 id = mesh_yamux_open_stream (self->core, g_get_monotonic_time (), error);

  return id != 0 ? MESH_STREAM (add_stream (self, id, FALSE)) : NULL;
}

static guint
mesh_yamux_muxer_get_n_streams (MeshMuxer *muxer)
{
  return mesh_yamux_get_n_streams (MESH_YAMUX_MUXER (muxer)->core);
}

static gint64
mesh_yamux_muxer_get_rtt_us (MeshMuxer *muxer)
{
  return mesh_yamux_get_rtt_us (MESH_YAMUX_MUXER (muxer)->core);
}

static void
mesh_yamux_muxer_get_traffic (MeshMuxer *muxer, guint64 *bytes_in, guint64 *bytes_out)
{
  *bytes_in = MESH_YAMUX_MUXER (muxer)->bytes_in;
  *bytes_out = MESH_YAMUX_MUXER (muxer)->bytes_out;
}

static gboolean
timer_cb (gpointer user_data)
{
  g_autoptr (MeshYamuxMuxer) self = g_object_ref (user_data);

  g_source_set_ready_time (self->timer, -1);
  if (mesh_muxer_is_closed (MESH_MUXER (self)))
    {
      finish (self);
      return G_SOURCE_CONTINUE;
    }
  mesh_yamux_handle_timeout (self->core, g_get_monotonic_time ());
  handle_batch (self, 0);
  return G_SOURCE_CONTINUE;
}

static gboolean
dispatch_timer (GSource *source, GSourceFunc callback, gpointer user_data)
{
  return callback (user_data);
}

static GSourceFuncs timer_funcs = { .dispatch = dispatch_timer };

static void
mesh_yamux_muxer_dispose (GObject *object)
{
  MeshYamuxMuxer *self = MESH_YAMUX_MUXER (object);

  if (self->timer != NULL)
    g_source_destroy (self->timer);
  g_clear_pointer (&self->timer, g_source_unref);
  G_OBJECT_CLASS (mesh_yamux_muxer_parent_class)->dispose (object);
}

static void
mesh_yamux_muxer_finalize (GObject *object)
{
  MeshYamuxMuxer *self = MESH_YAMUX_MUXER (object);

  g_queue_clear (&self->writers);
  g_queue_clear (&self->lingering);
  g_clear_pointer (&self->streams, g_hash_table_unref);
  g_clear_pointer (&self->core, mesh_yamux_free);
  g_clear_object (&self->base);
  g_clear_object (&self->cancellable);
  g_free (self->in);
  g_free (self->out);
  G_OBJECT_CLASS (mesh_yamux_muxer_parent_class)->finalize (object);
}

static void
mesh_yamux_muxer_class_init (MeshYamuxMuxerClass *klass)
{
  MeshMuxerClass *muxer_class = MESH_MUXER_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mesh_yamux_muxer_dispose;
  G_OBJECT_CLASS (klass)->finalize = mesh_yamux_muxer_finalize;
  muxer_class->start = mesh_yamux_muxer_start;
  muxer_class->open_stream = mesh_yamux_muxer_open_stream;
  muxer_class->close = mesh_yamux_muxer_close;
  muxer_class->get_n_streams = mesh_yamux_muxer_get_n_streams;
  muxer_class->get_rtt_us = mesh_yamux_muxer_get_rtt_us;
  muxer_class->get_traffic = mesh_yamux_muxer_get_traffic;
}

static void
mesh_yamux_muxer_init (MeshYamuxMuxer *self)
{
  self->streams = g_hash_table_new (NULL, NULL);
  g_queue_init (&self->writers);
  g_queue_init (&self->lingering);
  self->cancellable = g_cancellable_new ();
  self->in = g_malloc (MIN_READ_BYTES);
  self->in_size = MIN_READ_BYTES;
}

MeshMuxer *
mesh_yamux_muxer_new (GIOStream *base,
                      gboolean is_client,
                      guint max_inbound_streams,
                      guint max_outbound_streams)
{
  MeshYamuxMuxer *self = g_object_new (MESH_TYPE_YAMUX_MUXER, NULL);
  MeshYamuxConfig config = MESH_YAMUX_CONFIG_DEFAULT;

  config.is_client = is_client;
  config.max_inbound_streams = max_inbound_streams;
  config.max_outbound_streams = max_outbound_streams;
  self->base = g_object_ref (base);
  self->core = mesh_yamux_new (&config, g_get_monotonic_time ());
  self->timer = g_source_new (&timer_funcs, sizeof (GSource));
  g_source_set_callback (self->timer, timer_cb, self, NULL);
  g_source_attach (self->timer, g_main_context_get_thread_default ());
  return MESH_MUXER (self);
}
