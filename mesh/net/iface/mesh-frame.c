/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "net/iface/mesh-frame.h"

#include "base/mesh-error.h"
#include "base/mesh-varint.h"

#define STEP_BYTES 4096u

typedef struct
{
  GByteArray *received; /* (owned): of the message */
  gsize max;
  gsize len; /* of the message, once known */
  gboolean is_len_known;
  guint8 prefix[MESH_VARINT_MAX_LEN];
  gsize n_prefix;
  guint8 buffer[STEP_BYTES];
} Reading;

static void
reading_free (gpointer data)
{
  Reading *reading = data;

  g_clear_pointer (&reading->received, g_byte_array_unref);
  g_free (reading);
}

static void read_more (GTask *task);

/* Returns FALSE when the length is no good. */
static gboolean
take_prefix (Reading *reading)
{
  guint64 len;
  gssize n;

  reading->prefix[reading->n_prefix++] = reading->buffer[0];
  n = mesh_varint_decode (reading->prefix, reading->n_prefix, &len);
  if (n < 0 || (n > 0 && len > reading->max))
    return FALSE;
  reading->is_len_known = n > 0;
  reading->len = n > 0 ? (gsize) len : 0;
  return TRUE;
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Reading *reading = g_task_get_task_data (task);
  GError *error = NULL;
  gssize n = g_input_stream_read_finish (G_INPUT_STREAM (source), result, &error);

  if (n < 0)
    {
      g_task_return_error (task, error);
      return;
    }
  if (n == 0)
    {
      if (reading->n_prefix == 0)
        g_task_return_new_error (task, MESH_ERROR, MESH_ERROR_CLOSED,
                                 "The peer said nothing");
      else
        g_task_return_new_error (task, MESH_ERROR, MESH_ERROR_PROTOCOL,
                                 "The peer stopped in the middle of a message");
      return;
    }
  if (reading->is_len_known)
    g_byte_array_append (reading->received, reading->buffer, (guint) n);
  else if (!take_prefix (reading))
    {
      g_task_return_new_error (
          task, MESH_ERROR, MESH_ERROR_PROTOCOL,
          "The peer's message has more than %" G_GSIZE_FORMAT " bytes", reading->max);
      return;
    }
  read_more (g_steal_pointer (&task));
}

/* Takes over @task. */
static void
read_more (GTask *task)
{
  Reading *reading = g_task_get_task_data (task);
  GInputStream *stream = g_task_get_source_object (task);
  gsize n = 1;

  if (reading->is_len_known && reading->received->len == reading->len)
    {
      g_task_return_pointer (
          task, g_byte_array_free_to_bytes (g_steal_pointer (&reading->received)),
          (GDestroyNotify) g_bytes_unref);
      g_object_unref (task);
      return;
    }
  if (reading->is_len_known)
    n = MIN (reading->len - reading->received->len, STEP_BYTES);
  g_input_stream_read_async (stream, reading->buffer, n, g_task_get_priority (task),
                             g_task_get_cancellable (task), read_cb, task);
}

void
mesh_frame_read_async (GInputStream *stream,
                       gsize max,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  GTask *task = g_task_new (stream, cancellable, callback, user_data);
  Reading *reading = g_new0 (Reading, 1);

  g_task_set_source_tag (task, mesh_frame_read_async);
  g_task_set_task_data (task, reading, reading_free);
  reading->received = g_byte_array_new ();
  reading->max = max;
  read_more (task);
}

GBytes *
mesh_frame_read_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

GBytes *
mesh_frame_wrap (GBytes *message)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (message, &len);
  g_autoptr (GByteArray) array
      = g_byte_array_sized_new ((guint) len + MESH_VARINT_MAX_LEN);

  mesh_varint_append (array, len);
  g_byte_array_append (array, data, (guint) len);
  return g_byte_array_free_to_bytes (g_steal_pointer (&array));
}
