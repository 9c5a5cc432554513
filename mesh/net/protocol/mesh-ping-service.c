/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */

/* Owned by the node's services. Each ping and each echoed stream keeps the service; the
 * cancellable ends them all. */
#include "config.h"

#include "net/protocol/mesh-ping-service.h"

#include "base/mesh-error.h"
#include "net/host/mesh-deadline.h"
#include "net/host/mesh-host-private.h"
#include "wire/mesh-ping.h"

static const char *const ping_protocols[] = { MESH_PING_PROTOCOL, NULL };

struct _MeshPingService
{
  GObject parent_instance;

  MeshHost *host;            /* (owned) */
  GCancellable *cancellable; /* (owned) */
  GSource *timer;            /* (owned) (nullable) */
  GHashTable *echoes; /* (owned) (element-type MeshConnection guint): open streams */
};

G_DEFINE_FINAL_TYPE (MeshPingService, mesh_ping_service, G_TYPE_OBJECT)

/* ---- answering ---- */

typedef struct
{
  MeshPingService *service; /* (owned) */
  gpointer connection;      /* (unowned): only a key */
  MeshStream *stream;       /* (owned) */
  MeshDeadline *deadline;   /* (owned) (nullable) */
  guint8 buffer[MESH_PING_BYTES];
} Echo;

static void read_echo (Echo *echo);

static void
echo_free (Echo *echo)
{
  guint n
      = GPOINTER_TO_UINT (g_hash_table_lookup (echo->service->echoes, echo->connection));

  if (n > 1)
    g_hash_table_insert (echo->service->echoes, echo->connection,
                         GUINT_TO_POINTER (n - 1));
  else
    g_hash_table_remove (echo->service->echoes, echo->connection);
  g_clear_pointer (&echo->deadline, mesh_deadline_free);
  g_clear_object (&echo->stream);
  g_clear_object (&echo->service);
  g_free (echo);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Echo, echo_free)

static void
echo_written_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Echo) echo = user_data;

  if (g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, NULL))
    read_echo (g_steal_pointer (&echo));
}

static void
echo_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Echo) echo = user_data;
  gsize n = 0;

  if (!g_input_stream_read_all_finish (G_INPUT_STREAM (source), result, &n, NULL))
    return;
  if (n < MESH_PING_BYTES)
    {
      g_io_stream_close (G_IO_STREAM (echo->stream), NULL, NULL);
      return;
    }
  g_output_stream_write_all_async (
      g_io_stream_get_output_stream (G_IO_STREAM (echo->stream)), echo->buffer,
      MESH_PING_BYTES, G_PRIORITY_DEFAULT, mesh_deadline_get_cancellable (echo->deadline),
      echo_written_cb, echo);
  g_steal_pointer (&echo);
}

static void
read_echo (Echo *echo)
{
  g_clear_pointer (&echo->deadline, mesh_deadline_free);
  echo->deadline
      = mesh_deadline_new (echo->service->cancellable, MESH_PING_SERVICE_IDLE_US);
  g_input_stream_read_all_async (
      g_io_stream_get_input_stream (G_IO_STREAM (echo->stream)), echo->buffer,
      MESH_PING_BYTES, G_PRIORITY_DEFAULT, mesh_deadline_get_cancellable (echo->deadline),
      echo_read_cb, echo);
}

static void
ping_handler (MeshStream *stream, gpointer user_data)
{
  MeshPingService *self = user_data;
  g_autoptr (MeshStream) owned = stream;
  MeshConnection *connection = mesh_stream_get_connection (stream);
  guint n = GPOINTER_TO_UINT (g_hash_table_lookup (self->echoes, connection));
  Echo *echo;

  if (connection == NULL || n >= MESH_PING_SERVICE_MAX_STREAMS)
    return;
  g_hash_table_insert (self->echoes, connection, GUINT_TO_POINTER (n + 1));
  echo = g_new0 (Echo, 1);
  echo->service = g_object_ref (self);
  echo->connection = connection;
  echo->stream = g_steal_pointer (&owned);
  read_echo (echo);
}

/* ---- asking ---- */

typedef struct
{
  MeshConnection *connection; /* (owned) */
  MeshStream *stream;         /* (owned) (nullable) */
  MeshDeadline *deadline;     /* (owned) */
  MeshPing core;
  guint8 buffer[MESH_PING_BYTES];
} Question;

static void
question_free (Question *question)
{
  g_clear_object (&question->connection);
  g_clear_object (&question->stream);
  g_clear_pointer (&question->deadline, mesh_deadline_free);
  g_free (question);
}

static void
return_failure (GTask *task, GError *error)
{
  Question *question = g_task_get_task_data (task);

  g_task_return_error (task,
                       mesh_deadline_explain (question->deadline, error, "The ping"));
}

static void
answer_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Question *question = g_task_get_task_data (task);
  GError *error = NULL;
  gint64 rtt_us = -1;
  gsize n = 0;

  if (!g_input_stream_read_all_finish (G_INPUT_STREAM (source), result, &n, &error)
      || !mesh_ping_handle_bytes (&question->core, question->buffer, n,
                                  g_get_monotonic_time (), &rtt_us, &error))
    {
      return_failure (task, error);
      return;
    }
  if (rtt_us < 0)
    {
      g_task_return_new_error (task, MESH_ERROR, MESH_ERROR_CLOSED,
                               "The peer hung up instead of answering a ping");
      return;
    }
  mesh_connection_add_latency (question->connection, rtt_us);
  g_io_stream_close (G_IO_STREAM (question->stream), NULL, NULL);
  g_task_return_int (task, (gssize) rtt_us);
}

static void
asked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Question *question = g_task_get_task_data (task);
  GError *error = NULL;

  if (!g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, &error))
    {
      return_failure (task, error);
      return;
    }
  g_input_stream_read_all_async (
      g_io_stream_get_input_stream (G_IO_STREAM (question->stream)), question->buffer,
      MESH_PING_BYTES, G_PRIORITY_DEFAULT,
      mesh_deadline_get_cancellable (question->deadline), answer_cb,
      g_steal_pointer (&task));
}

static void
opened_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Question *question = g_task_get_task_data (task);
  GError *error = NULL;
  guint8 payload[MESH_PING_BYTES];

  question->stream = mesh_host_open_stream_finish (MESH_HOST (source), result, &error);
  if (question->stream == NULL)
    {
      return_failure (task, error);
      return;
    }
  for (gsize i = 0; i < sizeof payload; i++)
    payload[i] = (guint8) g_random_int ();
  mesh_ping_start (&question->core, payload, g_get_monotonic_time ());
  g_output_stream_write_all_async (
      g_io_stream_get_output_stream (G_IO_STREAM (question->stream)), question->core.sent,
      MESH_PING_BYTES, G_PRIORITY_DEFAULT,
      mesh_deadline_get_cancellable (question->deadline), asked_cb,
      g_steal_pointer (&task));
}

void
mesh_ping_service_ping_async (MeshPingService *self,
                              MeshConnection *connection,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  Question *question;

  g_return_if_fail (MESH_IS_PING_SERVICE (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, mesh_ping_service_ping_async);
  g_task_set_check_cancellable (task, FALSE);
  question = g_new0 (Question, 1);
  question->connection = g_object_ref (connection);
  question->deadline
      = mesh_deadline_new (cancellable != NULL ? cancellable : self->cancellable,
                           MESH_PING_SERVICE_TIMEOUT_US);
  g_task_set_task_data (task, question, (GDestroyNotify) question_free);
  mesh_host_open_stream_on_async (self->host, connection, ping_protocols, NULL,
                                  mesh_deadline_get_cancellable (question->deadline),
                                  opened_cb, g_steal_pointer (&task));
}

gint64
mesh_ping_service_ping_finish (MeshPingService *self,
                               GAsyncResult *result,
                               GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), -1);

  return g_task_propagate_int (G_TASK (result), error);
}

/* ---- the service ---- */

static gboolean
timer_cb (gpointer user_data)
{
  MeshPingService *self = user_data;
  g_autoptr (GPtrArray) connections = mesh_host_dup_connections (self->host);

  for (guint i = 0; i < connections->len; i++)
    {
      MeshConnection *connection = g_ptr_array_index (connections, i);

      if (mesh_connection_supports (connection, MESH_PING_PROTOCOL))
        mesh_ping_service_ping_async (self, connection, self->cancellable, NULL, NULL);
    }
  return G_SOURCE_CONTINUE;
}

static void
identified_cb (MeshHost *host, MeshConnection *connection, gpointer user_data)
{
  MeshPingService *self = user_data;

  /* Once at the beginning; from then on the timer does it. */
  if (mesh_host_get_options (host)->ping_interval_us > 0
      && !g_cancellable_is_cancelled (self->cancellable)
      && mesh_connection_supports (connection, MESH_PING_PROTOCOL)
      && g_object_get_data (G_OBJECT (connection), "mesh-pinged") == NULL)
    {
      g_object_set_data (G_OBJECT (connection), "mesh-pinged", self);
      mesh_ping_service_ping_async (self, connection, self->cancellable, NULL, NULL);
    }
}

static void
mesh_ping_service_dispose (GObject *object)
{
  MeshPingService *self = MESH_PING_SERVICE (object);

  g_cancellable_cancel (self->cancellable);
  if (self->timer != NULL)
    g_source_destroy (self->timer);
  g_clear_pointer (&self->timer, g_source_unref);
  if (self->host != NULL)
    mesh_host_set_service_handler (self->host, MESH_PING_PROTOCOL, NULL, NULL);
  g_clear_object (&self->host);
  G_OBJECT_CLASS (mesh_ping_service_parent_class)->dispose (object);
}

static void
mesh_ping_service_finalize (GObject *object)
{
  MeshPingService *self = MESH_PING_SERVICE (object);

  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->echoes, g_hash_table_unref);
  G_OBJECT_CLASS (mesh_ping_service_parent_class)->finalize (object);
}

static void
mesh_ping_service_class_init (MeshPingServiceClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = mesh_ping_service_dispose;
  G_OBJECT_CLASS (klass)->finalize = mesh_ping_service_finalize;
}

static void
mesh_ping_service_init (MeshPingService *self)
{
  self->cancellable = g_cancellable_new ();
  self->echoes = g_hash_table_new (NULL, NULL);
}

MeshPingService *
mesh_ping_service_new (MeshHost *host)
{
  MeshPingService *self = g_object_new (MESH_TYPE_PING_SERVICE, NULL);
  gint64 interval_us = mesh_host_get_options (host)->ping_interval_us;

  self->host = g_object_ref (host);
  mesh_host_set_service_handler (host, MESH_PING_PROTOCOL, ping_handler, self);
  g_signal_connect_object (host, "peer-identified", G_CALLBACK (identified_cb), self, 0);
  if (interval_us > 0)
    {
      self->timer = g_timeout_source_new ((guint) (interval_us / 1000));
      g_source_set_callback (self->timer, timer_cb, self, NULL);
      g_source_attach (self->timer, g_main_context_get_thread_default ());
    }
  return self;
}
