/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "base/mesh-error.h"
#include "store/mesh-store-private.h"

/* One block after the other: the index names some that lie in the files, each is read,
 * which verifies it, and put. What can not be read is not worth keeping. When that is
 * done, or goes no further, the references are forgotten. */

typedef enum
{
  STEP_LIST,
  STEP_GET,
  STEP_PUT,
  STEP_FORGET,
} AdoptStep;

typedef struct
{
  char *path; /* (owned) */
  guint64 bytes_left;
  gint64 cursor;
  GPtrArray
      *cids;     /* (owned) (nullable) (element-type MeshCid): to be copied, last first */
  GBytes *bytes; /* (owned) (nullable): of the last */
  AdoptStep step;
  GError *error; /* (owned) (nullable): why not all of them could be kept */
} Adopt;

static void advance (GTask *task);

static void
adopt_free (gpointer data)
{
  Adopt *adopt = data;

  g_clear_pointer (&adopt->cids, g_ptr_array_unref);
  g_clear_pointer (&adopt->bytes, g_bytes_unref);
  g_free (adopt->path);
  g_free (adopt);
}

static gboolean
run_list (MeshIndex *index, gpointer data, GError **error)
{
  Adopt *adopt = data;

  g_clear_pointer (&adopt->cids, g_ptr_array_unref);
  adopt->cids = mesh_index_list_referenced (index, adopt->path, &adopt->cursor, error);
  return adopt->cids != NULL;
}

static void
list_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Adopt *adopt = g_task_get_task_data (task);

  if (!g_task_propagate_boolean (G_TASK (result), &adopt->error) || adopt->cids->len == 0)
    adopt->step = STEP_FORGET;
  else
    adopt->step = STEP_GET;
  advance (task);
}

static void
get_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Adopt *adopt = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  adopt->bytes = mesh_store_get_finish (MESH_STORE (source), result, &error);
  adopt->step = STEP_PUT;
  if (adopt->bytes == NULL)
    {
      g_debug ("A block is not kept: %s", error->message);
      g_ptr_array_set_size (adopt->cids, (int) adopt->cids->len - 1);
      adopt->step = adopt->cids->len > 0 ? STEP_GET : STEP_LIST;
    }
  else if (g_bytes_get_size (adopt->bytes) > adopt->bytes_left)
    adopt->step = STEP_FORGET;
  advance (task);
}

static void
put_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Adopt *adopt = g_task_get_task_data (task);

  if (!mesh_store_put_finish (MESH_STORE (source), result, &adopt->error))
    {
      adopt->step = STEP_FORGET;
      advance (task);
      return;
    }
  adopt->bytes_left -= g_bytes_get_size (adopt->bytes);
  g_clear_pointer (&adopt->bytes, g_bytes_unref);
  g_ptr_array_set_size (adopt->cids, (int) adopt->cids->len - 1);
  adopt->step = adopt->cids->len > 0 ? STEP_GET : STEP_LIST;
  advance (task);
}

static void
forgotten_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Adopt *adopt = g_task_get_task_data (task);
  GError *error = NULL;

  if (!mesh_store_remove_references_finish (MESH_STORE (source), result, &error))
    g_task_return_error (task, error);
  else if (adopt->error != NULL)
    g_task_return_error (task, g_steal_pointer (&adopt->error));
  else
    g_task_return_boolean (task, TRUE);
}

static void
push_list (GTask *task)
{
  MeshStore *self = g_task_get_source_object (task);
  GTask *list = mesh_store_begin (self, run_list, NULL, list_cb, g_object_ref (task));

  if (list != NULL)
    mesh_index_thread_push (self->thread, run_list, MESH_INDEX_OP_NONE,
                            g_task_get_task_data (task), list);
}

static void
advance (GTask *task)
{
  MeshStore *self = g_task_get_source_object (task);
  Adopt *adopt = g_task_get_task_data (task);

  switch (adopt->step)
    {
    case STEP_LIST:
      push_list (task);
      return;
    case STEP_GET:
      mesh_store_get_async (self, g_ptr_array_index (adopt->cids, adopt->cids->len - 1),
                            NULL, get_cb, g_object_ref (task));
      return;
    case STEP_PUT:
      mesh_store_put_async (self, g_ptr_array_index (adopt->cids, adopt->cids->len - 1),
                            adopt->bytes, MESH_STORE_PUT_VERIFIED, NULL, put_cb,
                            g_object_ref (task));
      return;
    case STEP_FORGET:
      mesh_store_remove_references_async (self, adopt->path, NULL, forgotten_cb,
                                          g_object_ref (task));
      return;
    default:
      g_assert_not_reached ();
    }
}

void
mesh_store_adopt_references_async (MeshStore *self,
                                   const char *path,
                                   guint64 max_bytes,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  Adopt *adopt;

  g_return_if_fail (MESH_IS_STORE (self));
  g_return_if_fail (g_path_is_absolute (path));

  task = mesh_store_begin (self, mesh_store_adopt_references_async, NULL, callback,
                           user_data);
  if (task == NULL)
    return;
  adopt = g_new0 (Adopt, 1);
  adopt->path = g_strdup (path);
  adopt->bytes_left = max_bytes;
  g_task_set_task_data (task, adopt, adopt_free);
  advance (task);
}

gboolean
mesh_store_adopt_references_finish (MeshStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
