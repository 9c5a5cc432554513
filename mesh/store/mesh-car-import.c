/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "base/mesh-error.h"
#include "content/mesh-car.h"
#include "store/mesh-car-service.h"

/* Reads, cuts into blocks, puts several at once. */

#define READ_BYTES (256u * 1024)
/* Blocks being put at once; reading waits beyond. */
#define MAX_PUTS 16

typedef struct
{
  MeshStore *store;      /* (owned) */
  GInputStream *input;   /* (owned) */
  MeshCarReader *reader; /* (owned) */
  MeshStoreLease *lease; /* (owned) */
  guint n_puts;
  guint64 n_blocks;
  gboolean is_reading;
  gboolean is_at_end;
  GError *error; /* (owned) (nullable): the first */
} Import;

static void import_pump (GTask *task);

static void
import_free (gpointer data)
{
  Import *import = data;

  mesh_store_lease_free (import->lease);
  mesh_car_reader_free (import->reader);
  g_clear_error (&import->error);
  g_object_unref (import->input);
  g_object_unref (import->store);
  g_free (import);
}

static void
keep_error (Import *import, GError *error)
{
  if (import->error == NULL)
    import->error = error;
  else
    g_error_free (error);
}

static void
put_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  Import *import = g_task_get_task_data (task);
  GError *error = NULL;

  import->n_puts--;
  if (mesh_store_put_finish (MESH_STORE (source), result, &error))
    import->n_blocks++;
  else
    keep_error (import, error);
  import_pump (task);
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  Import *import = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GBytes) bytes
      = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, &error);

  import->is_reading = FALSE;
  if (bytes == NULL)
    keep_error (import, error);
  else if (g_bytes_get_size (bytes) == 0)
    import->is_at_end = TRUE;
  else if (!mesh_car_reader_handle_bytes (import->reader, g_bytes_get_data (bytes, NULL),
                                          g_bytes_get_size (bytes), &error))
    keep_error (import, error);
  import_pump (task);
}

/* Puts what has come. FALSE: more bytes are needed before the next block. */
static gboolean
put_next (GTask *task)
{
  Import *import = g_task_get_task_data (task);
  g_autoptr (MeshCid) cid = NULL;
  g_autoptr (GBytes) block = NULL;
  GError *error = NULL;

  if (!mesh_car_reader_poll_block (import->reader, &cid, &block, &error))
    {
      keep_error (import, error);
      return FALSE;
    }
  if (block == NULL)
    return FALSE;
  import->n_puts++;
  mesh_store_put_async (import->store, cid, block, MESH_STORE_PUT_NONE, NULL, put_cb,
                        g_object_ref (task));
  return TRUE;
}

static void
import_return (GTask *task)
{
  Import *import = g_task_get_task_data (task);

  if (import->error == NULL && !mesh_car_reader_is_between_sections (import->reader))
    g_set_error (&import->error, MESH_ERROR, MESH_ERROR_INVALID,
                 "The CAR file ends too early");
  if (import->error != NULL)
    g_task_return_error (task, g_steal_pointer (&import->error));
  else
    g_task_return_pointer (task,
                           g_ptr_array_ref (mesh_car_reader_get_roots (import->reader)),
                           (GDestroyNotify) g_ptr_array_unref);
}

static void
import_pump (GTask *task)
{
  Import *import = g_task_get_task_data (task);

  if (import->error == NULL)
    g_cancellable_set_error_if_cancelled (g_task_get_cancellable (task), &import->error);
  while (import->error == NULL && import->n_puts < MAX_PUTS && put_next (task))
    ;
  if (import->error == NULL && !import->is_at_end && !import->is_reading
      && import->n_puts < MAX_PUTS)
    {
      import->is_reading = TRUE;
      g_input_stream_read_bytes_async (import->input, READ_BYTES, G_PRIORITY_DEFAULT,
                                       g_task_get_cancellable (task), read_cb,
                                       g_object_ref (task));
    }
  if (import->n_puts == 0 && !import->is_reading
      && (import->is_at_end || import->error != NULL))
    import_return (task);
}

void
mesh_car_import_async (MeshStore *store,
                       GInputStream *input,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  Import *import;

  g_return_if_fail (MESH_IS_STORE (store));
  g_return_if_fail (G_IS_INPUT_STREAM (input));

  task = g_task_new (store, cancellable, callback, user_data);
  g_task_set_source_tag (task, mesh_car_import_async);
  import = g_new0 (Import, 1);
  g_task_set_task_data (task, import, import_free);
  import->store = g_object_ref (store);
  import->input = g_object_ref (input);
  import->reader = mesh_car_reader_new ();
  import->lease = mesh_store_lease_new (store);
  import_pump (task);
}

GPtrArray *
mesh_car_import_finish (MeshStore *store,
                        GAsyncResult *result,
                        guint64 *n_blocks,
                        GError **error)
{
  Import *import;

  g_return_val_if_fail (g_task_is_valid (result, store), NULL);

  import = g_task_get_task_data (G_TASK (result));
  if (n_blocks != NULL)
    *n_blocks = import->n_blocks;
  return g_task_propagate_pointer (G_TASK (result), error);
}
