/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "net/host/mesh-open.h"

#include "base/mesh-error.h"
#include "net/host/mesh-deadline.h"
#include "net/host/mesh-negotiate.h"

typedef enum
{
  STEP_NEGOTIATE,
  STEP_WRITE,
  STEP_DONE,
} Step;

typedef struct
{
  Step step;
  MeshConnection *connection; /* (owned) */
  MeshStream *stream;         /* (owned) (nullable) */
  MeshDeadline *deadline;     /* (owned) */
  GStrv protocols;            /* (owned) */
  const char *picked;         /* (unowned) (nullable): of protocols; alone proposed */
  GBytes *first;              /* (owned) (nullable) */
} Opening;

static void advance (GTask *task);

static void
opening_free (Opening *opening)
{
  g_clear_object (&opening->stream);
  g_clear_object (&opening->connection);
  g_clear_pointer (&opening->deadline, mesh_deadline_free);
  g_clear_pointer (&opening->first, g_bytes_unref);
  g_strfreev (opening->protocols);
  g_free (opening);
}

/* The one protocol that is worth proposing without asking; NULL: it is to be asked. */
static const char *
pick (const Opening *opening)
{
  if (opening->first == NULL
      || g_bytes_get_size (opening->first) > MESH_OPEN_MAX_EAGER_BYTES)
    return NULL;
  if (opening->protocols[1] == NULL)
    return opening->protocols[0];
  for (gsize i = 0; opening->protocols[i] != NULL; i++)
    if (mesh_connection_supports (opening->connection, opening->protocols[i]))
      return opening->protocols[i];
  return NULL;
}

/* What identify told is not so: the peer is asked, as if it had told nothing. */
static gboolean
can_ask_again (const Opening *opening, const GError *error)
{
  return opening->picked != NULL && opening->protocols[1] != NULL
         && g_error_matches (error, MESH_ERROR, MESH_ERROR_UNSUPPORTED);
}

static void
fail (GTask *task, GError *error)
{
  Opening *opening = g_task_get_task_data (task);

  error = mesh_deadline_explain (opening->deadline, error, "Opening a stream");
  g_task_return_error (task, error);
}

static void
negotiate_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Opening *opening = g_task_get_task_data (task);
  GError *error = NULL;
  g_autofree char *protocol = mesh_negotiate_run_finish (result, &error);

  if (protocol == NULL && can_ask_again (opening, error))
    {
      g_clear_error (&error);
      g_clear_object (&opening->stream);
      opening->picked = NULL;
      advance (task);
      return;
    }
  if (protocol == NULL)
    {
      fail (task, error);
      return;
    }
  mesh_stream_set_protocol (opening->stream, protocol);
  opening->step
      = opening->first != NULL && opening->picked == NULL ? STEP_WRITE : STEP_DONE;
  advance (task);
}

static void
written_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Opening *opening = g_task_get_task_data (task);
  GError *error = NULL;

  if (!g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, &error))
    {
      fail (task, error);
      return;
    }
  opening->step = STEP_DONE;
  advance (task);
}

static void
negotiate (GTask *task)
{
  Opening *opening = g_task_get_task_data (task);
  const char *const one[] = { opening->picked, NULL };
  GError *error = NULL;

  opening->stream
      = mesh_muxer_open_stream (mesh_connection_get_muxer (opening->connection), &error);
  if (opening->stream == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  mesh_stream_set_connection (opening->stream, opening->connection);
  mesh_negotiate_run_async (
      G_IO_STREAM (opening->stream),
      mesh_multistream_new_dialer (
          opening->picked != NULL ? one : (const char *const *) opening->protocols),
      opening->picked != NULL ? opening->first : NULL,
      mesh_deadline_get_cancellable (opening->deadline), negotiate_cb,
      g_object_ref (task));
}

/* The only place that knows the order. */
static void
advance (GTask *task)
{
  Opening *opening = g_task_get_task_data (task);
  gsize len;
  gconstpointer data;

  switch (opening->step)
    {
    case STEP_NEGOTIATE:
      negotiate (task);
      return;
    case STEP_WRITE:
      data = g_bytes_get_data (opening->first, &len);
      g_output_stream_write_all_async (
          g_io_stream_get_output_stream (G_IO_STREAM (opening->stream)), data, len,
          G_PRIORITY_DEFAULT, mesh_deadline_get_cancellable (opening->deadline),
          written_cb, g_object_ref (task));
      return;
    case STEP_DONE:
      g_task_return_pointer (task, g_steal_pointer (&opening->stream), g_object_unref);
      return;
    default:
      g_assert_not_reached ();
    }
}

void
mesh_open_run_async (MeshConnection *connection,
                     const char *const *protocols,
                     GBytes *first,
                     gint64 timeout_us,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (connection, cancellable, callback, user_data);
  Opening *opening = g_new0 (Opening, 1);

  g_task_set_source_tag (task, mesh_open_run_async);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, opening, (GDestroyNotify) opening_free);
  opening->connection = g_object_ref (connection);
  opening->protocols = g_strdupv ((char **) protocols);
  opening->first = first != NULL ? g_bytes_ref (first) : NULL;
  opening->picked = pick (opening);
  opening->deadline = mesh_deadline_new (cancellable, timeout_us);
  advance (task);
}

MeshStream *
mesh_open_run_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
