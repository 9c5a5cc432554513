/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "net/host/mesh-identified.h"

#include "base/mesh-error.h"

/* The task keeps the host; the signals and sources are gone when it has returned. */
typedef struct
{
  MeshPeerId *peer_id; /* (owned) */
  gulong identified_id;
  gulong disconnected_id;
  GSource *timeout;   /* (owned) */
  GSource *cancelled; /* (owned) (nullable) */
  GSource *closed;    /* (owned) (nullable): looks whether it was replaced */
} Wait;

static void
wait_free (gpointer data)
{
  Wait *wait = data;

  mesh_peer_id_unref (wait->peer_id);
  g_clear_pointer (&wait->timeout, g_source_unref);
  g_clear_pointer (&wait->cancelled, g_source_unref);
  g_clear_pointer (&wait->closed, g_source_unref);
  g_free (wait);
}

/* @error: (transfer full) (nullable) */
static void
end (GTask *task, GError *error)
{
  g_autoptr (GTask) kept = g_object_ref (task);
  Wait *wait = g_task_get_task_data (task);
  MeshHost *host = g_task_get_source_object (task);

  g_clear_signal_handler (&wait->identified_id, host);
  g_clear_signal_handler (&wait->disconnected_id, host);
  g_source_destroy (wait->timeout);
  if (wait->cancelled != NULL)
    g_source_destroy (wait->cancelled);
  if (wait->closed != NULL)
    g_source_destroy (wait->closed);
  if (error != NULL)
    g_task_return_error (kept, error);
  else
    g_task_return_boolean (kept, TRUE);
}

static void
identified_cb (MeshHost *host, MeshConnection *connection, gpointer user_data)
{
  Wait *wait = g_task_get_task_data (user_data);

  if (mesh_peer_id_equal (mesh_connection_get_peer_id (connection), wait->peer_id))
    end (user_data, NULL);
}

static GError *
new_closed_error (void)
{
  return g_error_new_literal (MESH_ERROR, MESH_ERROR_CLOSED,
                              "The peer closed the connection before it said who it is");
}

static gboolean
closed_cb (gpointer user_data)
{
  Wait *wait = g_task_get_task_data (user_data);
  MeshHost *host = g_task_get_source_object (user_data);

  g_clear_pointer (&wait->closed, g_source_unref);
  if (mesh_host_find_connection (host, wait->peer_id) == NULL)
    end (user_data, new_closed_error ());
  return G_SOURCE_REMOVE;
}

/* When both have dialed, the connection that is kept comes right after the other ends. */
static void
disconnected_cb (MeshHost *host, MeshConnection *connection, gpointer user_data)
{
  Wait *wait = g_task_get_task_data (user_data);

  if (wait->closed != NULL
      || !mesh_peer_id_equal (mesh_connection_get_peer_id (connection), wait->peer_id))
    return;
  wait->closed = g_idle_source_new ();
  g_source_set_callback (wait->closed, closed_cb, g_object_ref (user_data),
                         g_object_unref);
  g_source_attach (wait->closed, g_task_get_context (user_data));
}

static gboolean
timeout_cb (gpointer user_data)
{
  end (user_data, g_error_new_literal (MESH_ERROR, MESH_ERROR_TIMED_OUT,
                                       "The peer did not say who it is in time"));
  return G_SOURCE_REMOVE;
}

static gboolean
cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  end (user_data, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "Cancelled"));
  return G_SOURCE_REMOVE;
}

static void
watch (GTask *task, MeshHost *host, gint64 timeout_us)
{
  Wait *wait = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);
  GMainContext *context = g_task_get_context (task);

  wait->identified_id
      = g_signal_connect_data (host, "peer-identified", G_CALLBACK (identified_cb),
                               g_object_ref (task), (GClosureNotify) g_object_unref, 0);
  wait->disconnected_id
      = g_signal_connect_data (host, "peer-disconnected", G_CALLBACK (disconnected_cb),
                               g_object_ref (task), (GClosureNotify) g_object_unref, 0);
  wait->timeout = g_timeout_source_new ((guint) (timeout_us / 1000));
  g_source_set_callback (wait->timeout, timeout_cb, g_object_ref (task), g_object_unref);
  g_source_attach (wait->timeout, context);
  if (cancellable == NULL)
    return;
  wait->cancelled = g_cancellable_source_new (cancellable);
  g_source_set_callback (wait->cancelled, G_SOURCE_FUNC (cancelled_cb),
                         g_object_ref (task), g_object_unref);
  g_source_attach (wait->cancelled, context);
}

void
mesh_identified_wait_async (MeshHost *host,
                            MeshPeerId *peer_id,
                            gint64 timeout_us,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  MeshConnection *connection;
  Wait *wait;

  g_return_if_fail (MESH_IS_HOST (host));
  g_return_if_fail (peer_id != NULL);

  task = g_task_new (host, cancellable, callback, user_data);
  g_task_set_source_tag (task, mesh_identified_wait_async);
  connection = mesh_host_find_connection (host, peer_id);
  if (connection == NULL)
    {
      g_task_return_error (task, new_closed_error ());
      return;
    }
  if (mesh_connection_get_peer_info (connection) != NULL)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  wait = g_new0 (Wait, 1);
  wait->peer_id = mesh_peer_id_ref (peer_id);
  g_task_set_task_data (task, wait, wait_free);
  watch (task, host, timeout_us);
}

gboolean
mesh_identified_wait_finish (MeshHost *host, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, host), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
