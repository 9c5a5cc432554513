/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "registry/mesh-exchange.h"

#include "base/mesh-error.h"
#include "base/mesh-varint.h"

#define READ_BYTES (64 * 1024)

typedef struct
{
  GIOStream *stream; /* (owned) */
  GCancellable *own; /* (owned): the timeout's and the caller's */
  GSource *timeout;  /* (owned) */
  GSource *watch;    /* (owned) (nullable) */
  GBytes *out;       /* (owned) (nullable): to be written first */
  GByteArray *in;    /* (owned): read so far */
  gsize max_len;     /* of the message after its length; 0: read nothing */
  gboolean is_out_of_time;
} Exchange;

static void read_more (GTask *task);

static void
free_exchange (gpointer data)
{
  Exchange *exchange = data;

  g_source_destroy (exchange->timeout);
  g_source_unref (exchange->timeout);
  if (exchange->watch != NULL)
    {
      g_source_destroy (exchange->watch);
      g_source_unref (exchange->watch);
    }
  g_object_unref (exchange->stream);
  g_object_unref (exchange->own);
  g_clear_pointer (&exchange->out, g_bytes_unref);
  g_byte_array_unref (exchange->in);
  g_free (exchange);
}

static gboolean
timeout_cb (gpointer user_data)
{
  Exchange *exchange = user_data;

  exchange->is_out_of_time = TRUE;
  g_cancellable_cancel (exchange->own);
  return G_SOURCE_REMOVE;
}

static gboolean
cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  g_cancellable_cancel (((Exchange *) user_data)->own);
  return G_SOURCE_REMOVE;
}

static GTask *
new_exchange (GIOStream *stream,
              gsize max_len,
              GCancellable *cancellable,
              gpointer tag,
              GAsyncReadyCallback callback,
              gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  GMainContext *context = g_task_get_context (task);
  Exchange *exchange = g_new0 (Exchange, 1);

  exchange->stream = g_object_ref (stream);
  exchange->own = g_cancellable_new ();
  exchange->in = g_byte_array_new ();
  exchange->max_len = max_len;
  exchange->timeout = g_timeout_source_new_seconds (MESH_EXCHANGE_TIMEOUT_S);
  g_source_set_callback (exchange->timeout, timeout_cb, exchange, NULL);
  g_source_attach (exchange->timeout, context);
  if (cancellable != NULL)
    {
      exchange->watch = g_cancellable_source_new (cancellable);
      g_source_set_callback (exchange->watch, G_SOURCE_FUNC (cancelled_cb), exchange,
                             NULL);
      g_source_attach (exchange->watch, context);
    }
  g_task_set_source_tag (task, tag);
  g_task_set_task_data (task, exchange, free_exchange);
  return task;
}

/* Either way the stream is over; what closing says does not matter any more. */
static void
end (GTask *task, GBytes *message, GError *error)
{
  Exchange *exchange = g_task_get_task_data (task);

  if (exchange->is_out_of_time && error != NULL)
    {
      g_clear_error (&error);
      error = g_error_new (MESH_ERROR, MESH_ERROR_TIMED_OUT,
                           "The peer did not answer in time");
    }
  if (error != NULL)
    {
      g_io_stream_close_async (exchange->stream, G_PRIORITY_DEFAULT, NULL, NULL, NULL);
      g_task_return_error (task, error);
      return;
    }
  g_task_return_pointer (task, message, (GDestroyNotify) g_bytes_unref);
}

static void
malformed (GTask *task, MeshError code)
{
  end (task, NULL,
       g_error_new (MESH_ERROR, (int) code,
                    "The peer sent a malformed or too long message"));
}

/* TRUE when the message is whole, or can't become so. */
static gboolean
look_at_message (GTask *task)
{
  Exchange *exchange = g_task_get_task_data (task);
  guint64 len;
  gssize n = mesh_varint_decode (exchange->in->data, exchange->in->len, &len);

  if (n == 0)
    return FALSE;
  if (n < 0 || len > exchange->max_len)
    {
      malformed (task, n < 0 ? MESH_ERROR_PROTOCOL : MESH_ERROR_TOO_LARGE);
      return TRUE;
    }
  if (exchange->in->len - (gsize) n < len)
    return FALSE;
  if (exchange->in->len - (gsize) n > len)
    malformed (task, MESH_ERROR_PROTOCOL);
  else
    end (task, g_bytes_new (exchange->in->data + n, len), NULL);
  return TRUE;
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  Exchange *exchange = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GBytes) bytes
      = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, &error);
  gsize len;
  gconstpointer data;

  if (bytes == NULL)
    {
      end (task, NULL, error);
      return;
    }
  data = g_bytes_get_data (bytes, &len);
  if (len == 0)
    {
      malformed (task, MESH_ERROR_PROTOCOL);
      return;
    }
  g_byte_array_append (exchange->in, data, (guint) len);
  if (!look_at_message (task))
    read_more (task);
}

static void
read_more (GTask *task)
{
  Exchange *exchange = g_task_get_task_data (task);

  g_input_stream_read_bytes_async (g_io_stream_get_input_stream (exchange->stream),
                                   READ_BYTES, G_PRIORITY_DEFAULT, exchange->own, read_cb,
                                   g_object_ref (task));
}

static void
closed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);

  g_io_stream_close_finish (G_IO_STREAM (source), result, NULL);
  g_task_return_pointer (task, g_bytes_new (NULL, 0), (GDestroyNotify) g_bytes_unref);
}

static void
written_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  Exchange *exchange = g_task_get_task_data (task);
  GError *error = NULL;

  if (!g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, &error))
    end (task, NULL, error);
  else if (exchange->max_len > 0)
    read_more (task);
  else
    g_io_stream_close_async (exchange->stream, G_PRIORITY_DEFAULT, NULL, closed_cb,
                             g_object_ref (task));
}

static void
write_out (GTask *task)
{
  Exchange *exchange = g_task_get_task_data (task);
  gsize len;
  gconstpointer data = g_bytes_get_data (exchange->out, &len);

  g_output_stream_write_all_async (g_io_stream_get_output_stream (exchange->stream), data,
                                   len, G_PRIORITY_DEFAULT, exchange->own, written_cb,
                                   g_object_ref (task));
}

/* @message: (nullable): after its length; %NULL: length 0 */
static GBytes *
frame (GBytes *message)
{
  GByteArray *out = g_byte_array_new ();
  gsize len = 0;
  const guint8 *data = message != NULL ? g_bytes_get_data (message, &len) : NULL;

  mesh_varint_append (out, len);
  if (len > 0)
    g_byte_array_append (out, data, (guint) len);
  return g_byte_array_free_to_bytes (out);
}

void
mesh_exchange_ask_async (GIOStream *stream,
                         GBytes *question,
                         gsize max_len,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr (GTask) task = new_exchange (stream, max_len, cancellable,
                                         mesh_exchange_ask_async, callback, user_data);
  Exchange *exchange = g_task_get_task_data (task);

  exchange->out = frame (question);
  write_out (task);
}

GBytes *
mesh_exchange_ask_finish (GAsyncResult *result, GError **error)
{
  g_autoptr (GBytes) message = NULL;

  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);
  message = g_task_propagate_pointer (G_TASK (result), error);
  if (message == NULL)
    return NULL;
  if (g_bytes_get_size (message) == 0)
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_NOT_FOUND, "The peer does not have it");
      return NULL;
    }
  return g_steal_pointer (&message);
}

void
mesh_exchange_read_async (GIOStream *stream,
                          gsize max_len,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = new_exchange (stream, max_len, cancellable,
                                         mesh_exchange_read_async, callback, user_data);

  read_more (task);
}

GBytes *
mesh_exchange_read_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
mesh_exchange_answer_async (GIOStream *stream,
                            GBytes *answer,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (GTask) task = new_exchange (stream, 0, cancellable,
                                         mesh_exchange_answer_async, callback, user_data);
  Exchange *exchange = g_task_get_task_data (task);

  exchange->out = frame (answer);
  write_out (task);
}

gboolean
mesh_exchange_answer_finish (GAsyncResult *result, GError **error)
{
  g_autoptr (GBytes) message = NULL;

  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);
  message = g_task_propagate_pointer (G_TASK (result), error);
  return message != NULL;
}

/* Asking a connected peer: a stream, and then an exchange on it. */

static void
peer_answered_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  GError *error = NULL;
  GBytes *answer = mesh_exchange_ask_finish (result, &error);

  if (answer == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, answer, (GDestroyNotify) g_bytes_unref);
}

static void
stream_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  const gsize *max_len = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (MeshStream) stream
      = mesh_host_open_stream_finish (MESH_HOST (source), result, &error);

  if (stream == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  /* The question is on its way already. */
  mesh_exchange_read_async (G_IO_STREAM (stream), *max_len, g_task_get_cancellable (task),
                            peer_answered_cb, g_object_ref (task));
}

void
mesh_exchange_ask_peer_async (MeshHost *host,
                              MeshPeerId *peer_id,
                              const char *protocol,
                              GBytes *question,
                              gsize max_len,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  GTask *task = g_task_new (host, cancellable, callback, user_data);
  const char *const protocols[] = { protocol, NULL };
  g_autoptr (GBytes) first = frame (question);

  g_task_set_source_tag (task, mesh_exchange_ask_peer_async);
  g_task_set_task_data (task, g_memdup2 (&max_len, sizeof max_len), g_free);
  mesh_host_ask_async (host, peer_id, protocols, first, cancellable, stream_cb, task);
}

GBytes *
mesh_exchange_ask_peer_finish (MeshHost *host, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, host), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
