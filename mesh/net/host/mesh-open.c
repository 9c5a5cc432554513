/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "net/host/mesh-open.h"

#include "net/host/mesh-deadline.h"
#include "net/host/mesh-negotiate.h"

typedef struct
{
  MeshStream *stream;     /* (owned) (nullable) */
  MeshDeadline *deadline; /* (owned) */
} Opening;

static void
opening_free (Opening *opening)
{
  g_clear_object (&opening->stream);
  g_clear_pointer (&opening->deadline, mesh_deadline_free);
  g_free (opening);
}

static void
negotiate_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Opening *opening = g_task_get_task_data (task);
  GError *error = NULL;
  g_autofree char *protocol = mesh_negotiate_run_finish (result, &error);

  if (protocol == NULL)
    {
      error = mesh_deadline_explain (opening->deadline, error, "Opening a stream");
      g_task_return_error (task, error);
      return;
    }
  mesh_stream_set_protocol (opening->stream, protocol);
  g_task_return_pointer (task, g_steal_pointer (&opening->stream), g_object_unref);
}

void
mesh_open_run_async (MeshConnection *connection,
                     const char *const *protocols,
                     gint64 timeout_us,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (connection, cancellable, callback, user_data);
  MeshMuxer *muxer = mesh_connection_get_muxer (connection);
  GError *error = NULL;
  MeshStream *stream = mesh_muxer_open_stream (muxer, &error);
  Opening *opening;

  g_task_set_source_tag (task, mesh_open_run_async);
  g_task_set_check_cancellable (task, FALSE);
  if (stream == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  mesh_stream_set_connection (stream, connection);
  opening = g_new0 (Opening, 1);
  opening->stream = stream;
  opening->deadline = mesh_deadline_new (cancellable, timeout_us);
  g_task_set_task_data (task, opening, (GDestroyNotify) opening_free);
  mesh_negotiate_run_async (G_IO_STREAM (stream), mesh_multistream_new_dialer (protocols),
                            mesh_deadline_get_cancellable (opening->deadline),
                            negotiate_cb, g_steal_pointer (&task));
}

MeshStream *
mesh_open_run_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
