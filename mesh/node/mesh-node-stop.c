/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */

/* The order in which a node is taken down: the reverse of mesh-node-start.c. Every step
 * runs whatever the one before said. */
#include "config.h"

#include "base/mesh-error.h"
#include "node/mesh-node-mesh.h"
#include "node/mesh-node-private.h"

typedef enum
{
  STEP_UPDATES,
  STEP_REGISTRY,
  STEP_MESH,
  STEP_BOOK,
  STEP_BITSWAP,
  STEP_HOST,
  STEP_STORE,
  STEP_DONE,
} Step;

typedef struct
{
  Step step;
  GError *error; /* (owned) (nullable): the first */
} StopData;

static void advance (GTask *task);

static void
stop_data_free (gpointer user_data)
{
  StopData *data = user_data;

  g_clear_error (&data->error);
  g_free (data);
}

static void
step_done (GTask *task, Step next, GError *error)
{
  StopData *data = g_task_get_task_data (task);

  if (error != NULL && data->error == NULL)
    data->error = error;
  else
    g_clear_error (&error);
  data->step = next;
  advance (task);
}

static void
updates_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  GError *error = NULL;

  (void) mesh_update_engine_stop_finish (MESH_UPDATE_ENGINE (object), result, &error);
  step_done (task, STEP_REGISTRY, error);
}

static void
registry_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  GError *error = NULL;

  (void) mesh_registry_stop_finish (MESH_REGISTRY (object), result, &error);
  step_done (task, STEP_MESH, error);
}

static void
dht_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  GError *error = NULL;

  (void) mesh_dht_stop_finish (MESH_DHT (object), result, &error);
  step_done (task, STEP_BOOK, error);
}

static void
book_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  GError *error = NULL;

  (void) mesh_peer_book_close_finish (MESH_PEER_BOOK (object), result, &error);
  step_done (task, STEP_BITSWAP, error);
}

static void
bitswap_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  GError *error = NULL;

  if (!mesh_bitswap_stop_finish (MESH_BITSWAP (object), result, &error))
    g_debug ("Bitswap did not stop in order: %s", error->message);
  step_done (task, STEP_HOST, error);
}

static void
host_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  GError *error = NULL;

  (void) mesh_host_close_finish (MESH_HOST (object), result, &error);
  step_done (task, STEP_STORE, error);
}

static void
store_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  GError *error = NULL;

  (void) mesh_store_close_finish (MESH_STORE (object), result, &error);
  step_done (task, STEP_DONE, error);
}

static void
finish (GTask *task)
{
  MeshNode *node = g_task_get_source_object (task);
  StopData *data = g_task_get_task_data (task);
  g_autoptr (GPtrArray) waiting = g_steal_pointer (&node->stop_tasks);

  g_clear_pointer (&node->lock, mesh_node_lock_free);
  for (guint i = 0; i < waiting->len; i++)
    {
      GTask *other = g_ptr_array_index (waiting, i);

      if (data->error != NULL)
        g_task_return_error (other, g_error_copy (data->error));
      else
        g_task_return_boolean (other, TRUE);
    }
}

static void
advance (GTask *task)
{
  MeshNode *node = g_task_get_source_object (task);
  StopData *data = g_task_get_task_data (task);

  switch (data->step)
    {
    case STEP_UPDATES:
      if (node->updates == NULL)
        break;
      mesh_update_engine_stop_async (node->updates, NULL, updates_cb,
                                     g_object_ref (task));
      return;
    case STEP_REGISTRY:
      g_clear_object (&node->updates);
      if (node->registry == NULL)
        break;
      mesh_registry_stop_async (node->registry, NULL, registry_cb, g_object_ref (task));
      return;
    case STEP_MESH:
      g_clear_object (&node->registry);
      mesh_node_mesh_tear_down (node);
      if (node->dht != NULL)
        {
          mesh_dht_stop_async (node->dht, NULL, dht_cb, g_object_ref (task));
          return;
        }
      break;
    case STEP_BOOK:
      g_clear_object (&node->dht);
      if (node->book == NULL)
        break;
      mesh_peer_book_close_async (node->book, book_cb, g_object_ref (task));
      return;
    case STEP_BITSWAP:
      g_clear_object (&node->book);
      if (node->bitswap == NULL)
        break;
      mesh_bitswap_stop_async (node->bitswap, bitswap_cb, g_object_ref (task));
      return;
    case STEP_HOST:
      if (node->origin != NULL)
        mesh_node_origin_stop (node->origin);
      g_clear_object (&node->origin);
      g_clear_object (&node->bootstrap);
      if (node->host == NULL)
        break;
      mesh_host_close_async (node->host, NULL, host_cb, g_object_ref (task));
      return;
    case STEP_STORE:
      mesh_node_unwatch_private (node);
      g_clear_object (&node->bitswap);
      g_clear_pointer (&node->services, mesh_services_free);
      g_clear_object (&node->host);
      g_ptr_array_set_size (node->gateways, 0);
      g_clear_object (&node->fallback);
      g_clear_object (&node->master);
      if (node->store == NULL)
        break;
      mesh_store_close_async (node->store, NULL, store_cb, g_object_ref (task));
      return;
    case STEP_DONE:
      g_clear_object (&node->store);
      finish (task);
      return;
    default:
      g_assert_not_reached ();
    }
  data->step++;
  advance (task);
}

void
mesh_node_stop_async (MeshNode *node, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (node, NULL, callback, user_data);
  g_autoptr (GTask) driver = NULL;

  g_task_set_source_tag (task, mesh_node_stop_async);
  if (node->lock == NULL)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  if (node->stop_tasks != NULL)
    {
      g_ptr_array_add (node->stop_tasks, g_steal_pointer (&task));
      return;
    }
  node->is_running = FALSE;
  mesh_node_lock_set_leaving (node->lock, TRUE);
  node->stop_tasks = g_ptr_array_new_with_free_func (g_object_unref);
  g_ptr_array_add (node->stop_tasks, g_steal_pointer (&task));
  mesh_node_fail_holders_private (node);

  /* Not returned to anyone: it only carries the steps. */
  driver = g_task_new (node, NULL, NULL, NULL);
  g_task_set_source_tag (driver, mesh_node_stop_async);
  g_task_set_task_data (driver, g_new0 (StopData, 1), stop_data_free);
  advance (driver);
}

gboolean
mesh_node_stop_finish (MeshNode *node, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, node), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
