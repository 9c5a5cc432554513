/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "net/host/mesh-dials.h"

#include "base/mesh-error.h"
#include "net/host/mesh-deadline.h"
#include "net/host/mesh-dialer.h"
#include "net/host/mesh-host-private.h"

typedef struct
{
  MeshDials *dials;       /* (unowned): the dial is in its list */
  MeshPeerId *peer_id;    /* (owned) (nullable) */
  GPtrArray *transports;  /* (owned) (element-type MeshTransport) */
  GPtrArray *addrs;       /* (owned) (element-type MeshMultiaddr) */
  GPtrArray *waiters;     /* (owned) (element-type Waiter) */
  MeshDeadline *deadline; /* (owned) (nullable): while it runs */
} Dial;

typedef struct
{
  GTask *task;     /* (owned) (nullable): NULL once it has returned */
  GSource *cancel; /* (owned) (nullable) */
} Waiter;

struct MeshDials
{
  MeshHost *host;            /* (unowned) */
  MeshLimits *limits;        /* (unowned): the host's */
  GCancellable *cancellable; /* (owned) */
  MeshDialsFunc func;
  GQueue waiting; /* (element-type Dial): owned */
  GList *running; /* (owned) (element-type Dial) */
  guint n_running;
};

static void
waiter_free (Waiter *waiter)
{
  if (waiter->cancel != NULL)
    {
      g_source_destroy (waiter->cancel);
      g_source_unref (waiter->cancel);
    }
  g_clear_object (&waiter->task);
  g_free (waiter);
}

static void
dial_free (Dial *dial)
{
  g_clear_pointer (&dial->peer_id, mesh_peer_id_unref);
  g_clear_pointer (&dial->transports, g_ptr_array_unref);
  g_clear_pointer (&dial->addrs, g_ptr_array_unref);
  g_clear_pointer (&dial->waiters, g_ptr_array_unref);
  g_clear_pointer (&dial->deadline, mesh_deadline_free);
  g_free (dial);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Dial, dial_free)

/* Tells everyone who waits, and takes the dial. It is in no list any more: who is told
 * may start another one. */
static void
finish_dial (Dial *dial, MeshConnection *connection, const GError *error)
{
  g_autoptr (Dial) owned = dial;
  g_autoptr (MeshConnection) keep = connection != NULL ? g_object_ref (connection) : NULL;

  for (guint i = 0; i < dial->waiters->len; i++)
    {
      Waiter *waiter = g_ptr_array_index (dial->waiters, i);
      g_autoptr (GTask) task = g_steal_pointer (&waiter->task);

      if (task == NULL)
        continue;
      if (connection != NULL)
        g_task_return_pointer (task, g_object_ref (connection), g_object_unref);
      else
        g_task_return_error (task, g_error_copy (error));
    }
}

MeshDials *
mesh_dials_new (MeshHost *host,
                MeshLimits *limits,
                GCancellable *cancellable,
                MeshDialsFunc func)
{
  MeshDials *dials = g_new0 (MeshDials, 1);

  dials->host = host;
  dials->limits = limits;
  dials->cancellable = g_object_ref (cancellable);
  dials->func = func;
  g_queue_init (&dials->waiting);
  return dials;
}

void
mesh_dials_free (MeshDials *dials)
{
  g_autoptr (GError) error
      = g_error_new_literal (MESH_ERROR, MESH_ERROR_CLOSED, "The host is closed");
  Dial *dial;

  g_assert (dials->running == NULL);
  while ((dial = g_queue_pop_head (&dials->waiting)) != NULL)
    finish_dial (dial, NULL, error);
  g_object_unref (dials->cancellable);
  g_free (dials);
}

static void start_waiting (MeshDials *dials);

static void
dialed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Dial *dial = user_data;
  MeshDials *dials = dial->dials;
  g_autoptr (MeshHost) host = dials->host; /* the reference of start_dial() */
  g_autoptr (GError) error = NULL;
  g_autoptr (MeshConnection) connection = mesh_dialer_run_finish (result, &error);
  MeshConnection *counts;

  dials->running = g_list_remove (dials->running, dial);
  dials->n_running--;
  if (connection == NULL)
    {
      mesh_limits_drop_outbound (dials->limits);
      error = mesh_deadline_explain (dial->deadline, g_steal_pointer (&error),
                                     "Connecting");
    }
  counts = dials->func (connection, dial->peer_id, &error, host);
  finish_dial (dial, counts, error);
  start_waiting (dials);
}

static void
start_dial (MeshDials *dials, Dial *dial)
{
  const MeshHostOptions *options = mesh_host_get_options (dials->host);
  g_autoptr (GError) error = NULL;

  if (g_cancellable_set_error_if_cancelled (dials->cancellable, &error)
      || !mesh_limits_admit_outbound (dials->limits, &error))
    {
      finish_dial (dial, NULL, error);
      return;
    }
  dial->deadline = mesh_deadline_new (dials->cancellable, options->connect_timeout_us);
  dials->running = g_list_prepend (dials->running, dial);
  dials->n_running++;
  g_object_ref (dials->host);
  mesh_dialer_run_async (dial->transports, mesh_host_get_identity (dials->host),
                         dial->peer_id, dial->addrs, options,
                         mesh_deadline_get_cancellable (dial->deadline), dialed_cb, dial);
}

static void
start_waiting (MeshDials *dials)
{
  while (dials->waiting.length > 0
         && dials->n_running < mesh_host_get_options (dials->host)->max_dials)
    start_dial (dials, g_queue_pop_head (&dials->waiting));
}

static Dial *
find_in (GList *list, const MeshPeerId *peer_id)
{
  for (; list != NULL; list = list->next)
    {
      Dial *dial = list->data;

      if (dial->peer_id != NULL && mesh_peer_id_equal (dial->peer_id, peer_id))
        return dial;
    }
  return NULL;
}

static gboolean
waiter_cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  Waiter *waiter = user_data;
  g_autoptr (GTask) task = g_steal_pointer (&waiter->task);

  if (task != NULL)
    g_task_return_error_if_cancelled (task);
  return G_SOURCE_REMOVE;
}

static Waiter *
make_waiter (GTask *task)
{
  Waiter *waiter = g_new0 (Waiter, 1);
  GCancellable *cancellable = g_task_get_cancellable (task);

  waiter->task = g_object_ref (task);
  if (cancellable == NULL)
    return waiter;
  waiter->cancel = g_cancellable_source_new (cancellable);
  g_source_set_callback (waiter->cancel, G_SOURCE_FUNC (waiter_cancelled_cb), waiter,
                         NULL);
  g_source_attach (waiter->cancel, g_task_get_context (task));
  return waiter;
}

void
mesh_dials_add (MeshDials *dials,
                GPtrArray *transports,
                MeshPeerId *peer_id,
                GPtrArray *addrs,
                GTask *task)
{
  Dial *dial = NULL;

  if (peer_id != NULL)
    dial = find_in (dials->running, peer_id);
  if (peer_id != NULL && dial == NULL)
    dial = find_in (dials->waiting.head, peer_id);
  if (dial != NULL)
    {
      g_ptr_array_add (dial->waiters, make_waiter (task));
      return;
    }
  dial = g_new0 (Dial, 1);
  dial->dials = dials;
  dial->peer_id = peer_id != NULL ? mesh_peer_id_ref (peer_id) : NULL;
  dial->transports = g_ptr_array_ref (transports);
  dial->addrs = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_multiaddr_unref);
  for (guint i = 0; i < addrs->len; i++)
    g_ptr_array_add (dial->addrs, mesh_multiaddr_ref (g_ptr_array_index (addrs, i)));
  dial->waiters = g_ptr_array_new_with_free_func ((GDestroyNotify) waiter_free);
  g_ptr_array_add (dial->waiters, make_waiter (task));
  g_queue_push_tail (&dials->waiting, dial);
  start_waiting (dials);
}
