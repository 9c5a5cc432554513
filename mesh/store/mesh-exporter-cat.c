/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "content/mesh-file-reader.h"
#include "store/mesh-exporter.h"

/* Blocks come in any order within the window; bytes go out in order, one write at once.
 */

typedef struct
{
  MeshBlockSource *source;   /* (owned) */
  GOutputStream *output;     /* (owned) */
  MeshFileReader *reader;    /* (owned) */
  GCancellable *cancellable; /* (owned): of the blocks asked for; cancelled on failure */
  MeshExportProgress progress; /* (nullable) */
  gpointer progress_data;
  GBytes *writing; /* (owned) (nullable) */
  guint n_wanted;
  guint64 done_bytes;
  GError *error; /* (owned) (nullable): the first */
} Cat;

typedef struct
{
  GTask *task; /* (owned) */
  guint64 id;
} Want;

static void pump (GTask *task);

static void
cat_free (gpointer data)
{
  Cat *cat = data;

  g_clear_pointer (&cat->reader, mesh_file_reader_free);
  g_clear_pointer (&cat->writing, g_bytes_unref);
  g_clear_error (&cat->error);
  g_clear_object (&cat->cancellable);
  g_clear_object (&cat->source);
  g_clear_object (&cat->output);
  g_free (cat);
}

static void
keep_error (Cat *cat, GError *error)
{
  if (cat->error != NULL)
    {
      g_error_free (error);
      return;
    }
  cat->error = error;
  g_cancellable_cancel (cat->cancellable);
}

static void
block_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Want *want = user_data;
  g_autoptr (GTask) task = want->task;
  Cat *cat = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GBytes) block
      = mesh_block_source_get_finish (MESH_BLOCK_SOURCE (source), result, &error);

  cat->n_wanted--;
  if (block == NULL
      || (cat->error == NULL
          && !mesh_file_reader_handle_block (cat->reader, want->id, block, &error)))
    keep_error (cat, error);
  pump (task);
}

static void
written_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  Cat *cat = g_task_get_task_data (task);
  GError *error = NULL;
  gsize n;

  if (!g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, &n, &error))
    keep_error (cat, error);
  cat->done_bytes += n;
  g_clear_pointer (&cat->writing, g_bytes_unref);
  pump (task);
}

static void
start_write (GTask *task)
{
  Cat *cat = g_task_get_task_data (task);
  gsize len;
  const guint8 *data = g_bytes_get_data (cat->writing, &len);

  g_output_stream_write_all_async (cat->output, data, len, G_PRIORITY_DEFAULT,
                                   g_task_get_cancellable (task), written_cb,
                                   g_object_ref (task));
}

static void
pump (GTask *task)
{
  Cat *cat = g_task_get_task_data (task);
  guint64 id;
  guint64 total;
  MeshCid *cid;

  if (cat->error == NULL
      && g_cancellable_set_error_if_cancelled (g_task_get_cancellable (task),
                                               &cat->error))
    g_cancellable_cancel (cat->cancellable);
  if (cat->error != NULL)
    {
      if (cat->n_wanted == 0 && cat->writing == NULL)
        g_task_return_error (task, g_steal_pointer (&cat->error));
      return;
    }
  if (cat->writing == NULL && mesh_file_reader_poll_data (cat->reader, &cat->writing))
    start_write (task);
  while (mesh_file_reader_poll_want (cat->reader, &cid, &id))
    {
      Want *want = g_new0 (Want, 1);

      want->task = g_object_ref (task);
      want->id = id;
      cat->n_wanted++;
      mesh_block_source_get_async (cat->source, cid, MESH_BLOCK_PRIORITY_DEFAULT,
                                   cat->cancellable, block_cb, want);
    }
  if (cat->progress != NULL && mesh_file_reader_get_size (cat->reader, &total))
    cat->progress (cat->done_bytes, total, cat->progress_data);
  if (cat->writing == NULL && mesh_file_reader_is_done (cat->reader))
    g_task_return_boolean (task, TRUE);
}

void
mesh_exporter_cat_async (MeshBlockSource *source,
                         MeshCid *cid,
                         GOutputStream *output,
                         MeshExportProgress progress,
                         gpointer progress_data,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  Cat *cat;

  g_return_if_fail (MESH_IS_BLOCK_SOURCE (source));
  g_return_if_fail (cid != NULL && G_IS_OUTPUT_STREAM (output));

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, mesh_exporter_cat_async);
  cat = g_new0 (Cat, 1);
  g_task_set_task_data (task, cat, cat_free);
  cat->source = g_object_ref (source);
  cat->output = g_object_ref (output);
  cat->reader = mesh_file_reader_new (cid, MESH_EXPORT_WINDOW);
  cat->cancellable = g_cancellable_new ();
  cat->progress = progress;
  cat->progress_data = progress_data;
  pump (task);
}

gboolean
mesh_exporter_cat_finish (GAsyncResult *result, guint64 *n_bytes, GError **error)
{
  Cat *cat;

  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);

  cat = g_task_get_task_data (G_TASK (result));
  if (n_bytes != NULL)
    *n_bytes = cat->done_bytes;
  return g_task_propagate_boolean (G_TASK (result), error);
}
