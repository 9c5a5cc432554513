/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "net/host/mesh-negotiate.h"

#include "base/mesh-error.h"

typedef struct
{
  GIOStream *stream;     /* (owned) */
  MeshMultistream *core; /* (owned) */
  GBytes *output;        /* (owned) (nullable): being written */
  GBytes *first;         /* (owned) (nullable): to be written with it */
  guint8 input[MESH_MULTISTREAM_MAX_MESSAGE];
} Negotiation;

static void
negotiation_free (Negotiation *negotiation)
{
  g_clear_object (&negotiation->stream);
  g_clear_pointer (&negotiation->core, mesh_multistream_free);
  g_clear_pointer (&negotiation->output, g_bytes_unref);
  g_clear_pointer (&negotiation->first, g_bytes_unref);
  g_free (negotiation);
}

static void advance (GTask *task);

static void
write_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, &error))
    advance (task);
  else
    g_task_return_error (task, error);
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Negotiation *negotiation = g_task_get_task_data (task);
  GError *error = NULL;
  gssize n = g_input_stream_read_finish (G_INPUT_STREAM (source), result, &error);

  if (n == 0)
    error = g_error_new_literal (MESH_ERROR, MESH_ERROR_CLOSED,
                                 "The peer hung up while a protocol was negotiated");
  if (error == NULL
      && mesh_multistream_handle_bytes (negotiation->core, negotiation->input, (gsize) n,
                                        &error))
    advance (task);
  else
    g_task_return_error (task, error);
}

/* One write, so that it leaves as one frame. */
static GBytes *
join (GBytes *a, GBytes *b)
{
  GByteArray *array = g_byte_array_new ();

  g_byte_array_append (array, g_bytes_get_data (a, NULL), (guint) g_bytes_get_size (a));
  g_byte_array_append (array, g_bytes_get_data (b, NULL), (guint) g_bytes_get_size (b));
  g_bytes_unref (a);
  g_bytes_unref (b);
  return g_byte_array_free_to_bytes (array);
}

static void
advance (GTask *task)
{
  Negotiation *negotiation = g_task_get_task_data (task);
  GBytes *output = mesh_multistream_take_output (negotiation->core);

  if (output != NULL && negotiation->first != NULL)
    output = join (output, g_steal_pointer (&negotiation->first));

  if (output != NULL)
    {
      g_clear_pointer (&negotiation->output, g_bytes_unref);
      negotiation->output = output;
      g_output_stream_write_all_async (
          g_io_stream_get_output_stream (negotiation->stream),
          g_bytes_get_data (output, NULL), g_bytes_get_size (output), G_PRIORITY_DEFAULT,
          g_task_get_cancellable (task), write_cb, g_object_ref (task));
      return;
    }
  if (mesh_multistream_get_wanted (negotiation->core) == 0)
    {
      g_task_return_pointer (
          task, g_strdup (mesh_multistream_get_protocol (negotiation->core)), g_free);
      return;
    }
  g_input_stream_read_async (
      g_io_stream_get_input_stream (negotiation->stream), negotiation->input,
      mesh_multistream_get_wanted (negotiation->core), G_PRIORITY_DEFAULT,
      g_task_get_cancellable (task), read_cb, g_object_ref (task));
}

void
mesh_negotiate_run_async (GIOStream *stream,
                          MeshMultistream *core,
                          GBytes *first,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Negotiation *negotiation = g_new0 (Negotiation, 1);

  g_task_set_source_tag (task, mesh_negotiate_run_async);
  g_task_set_task_data (task, negotiation, (GDestroyNotify) negotiation_free);
  negotiation->stream = g_object_ref (stream);
  negotiation->core = core;
  negotiation->first = first != NULL ? g_bytes_ref (first) : NULL;
  advance (task);
}

char *
mesh_negotiate_run_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
