/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "content/mesh-car.h"
#include "content/mesh-dag-pb.h"
#include "store/mesh-car-service.h"

/* One block after another, since the order is the format. */

typedef struct
{
  MeshBlockSource *source; /* (owned) */
  GOutputStream *output;   /* (owned) */
  GPtrArray *stack;        /* (owned) (element-type MeshCid) */
  GHashTable *seen;        /* (owned): MeshCid */
  GBytes *pieces[2];       /* (owned) (nullable): what is being written */
  guint next_piece;
  guint64 n_blocks;
} Export;

static void export_advance (GTask *task);

static void
export_free (gpointer data)
{
  Export *export = data;

  for (guint i = 0; i < G_N_ELEMENTS (export->pieces); i++)
    g_clear_pointer (&export->pieces[i], g_bytes_unref);
  g_hash_table_unref (export->seen);
  g_ptr_array_unref (export->stack);
  g_object_unref (export->source);
  g_object_unref (export->output);
  g_free (export);
}

static void
piece_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  Export *export = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  if (!g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, &error))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  g_clear_pointer (&export->pieces[export->next_piece++], g_bytes_unref);
  export_advance (task);
}

static gboolean
push_links (Export *export, MeshCid *cid, GBytes *block, GError **error)
{
  g_autoptr (GPtrArray) links
      = mesh_dag_pb_get_links (mesh_cid_get_codec (cid), g_bytes_get_data (block, NULL),
                               g_bytes_get_size (block), error);

  if (links == NULL)
    return FALSE;
  for (guint i = links->len; i > 0; i--)
    if (!g_hash_table_contains (export->seen, g_ptr_array_index (links, i - 1)))
      g_ptr_array_add (export->stack, mesh_cid_ref (g_ptr_array_index (links, i - 1)));
  return TRUE;
}

static void
export_block_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  Export *export = g_task_get_task_data (task);
  g_autoptr (MeshCid) cid
      = g_ptr_array_steal_index (export->stack, export->stack->len - 1);
  GByteArray *head = g_byte_array_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) block
      = mesh_block_source_get_finish (MESH_BLOCK_SOURCE (source), result, &error);

  if (block == NULL || !push_links (export, cid, block, &error))
    {
      g_byte_array_unref (head);
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  export->n_blocks++;
  mesh_car_encode_section_head (cid, g_bytes_get_size (block), head);
  export->pieces[0] = g_byte_array_free_to_bytes (head);
  export->pieces[1] = g_steal_pointer (&block);
  export->next_piece = 0;
  export_advance (task);
}

static void
write_piece (GTask *task, GBytes *piece)
{
  Export *export = g_task_get_task_data (task);
  gsize len;
  const guint8 *data = g_bytes_get_data (piece, &len);

  g_output_stream_write_all_async (export->output, data, len, G_PRIORITY_DEFAULT,
                                   g_task_get_cancellable (task), piece_cb,
                                   g_object_ref (task));
}

/* Writes what waits, then fetches the next block that was not written yet. */
static void
export_advance (GTask *task)
{
  Export *export = g_task_get_task_data (task);

  if (g_task_return_error_if_cancelled (task))
    return;
  if (export->next_piece < G_N_ELEMENTS (export->pieces)
      && export->pieces[export->next_piece] != NULL)
    {
      write_piece (task, export->pieces[export->next_piece]);
      return;
    }
  while (export->stack->len > 0)
    {
      MeshCid *cid = g_ptr_array_index (export->stack, export->stack->len - 1);

      if (g_hash_table_add (export->seen, mesh_cid_ref (cid)))
        {
          mesh_block_source_get_async (export->source, cid, MESH_BLOCK_PRIORITY_DEFAULT,
                                       g_task_get_cancellable (task), export_block_cb,
                                       g_object_ref (task));
          return;
        }
      g_ptr_array_set_size (export->stack, (gint) export->stack->len - 1);
    }
  g_task_return_boolean (task, TRUE);
}

void
mesh_car_export_async (MeshBlockSource *source,
                       MeshCid *root,
                       GOutputStream *output,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  Export *export;

  g_return_if_fail (MESH_IS_BLOCK_SOURCE (source));
  g_return_if_fail (root != NULL && G_IS_OUTPUT_STREAM (output));

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, mesh_car_export_async);
  export = g_new0 (Export, 1);
  g_task_set_task_data (task, export, export_free);
  export->source = g_object_ref (source);
  export->output = g_object_ref (output);
  export->stack = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_cid_unref);
  export->seen = g_hash_table_new_full (mesh_cid_hash, mesh_cid_equal,
                                        (GDestroyNotify) mesh_cid_unref, NULL);
  g_ptr_array_add (export->stack, mesh_cid_ref (root));
  export->pieces[0] = mesh_car_encode_header (&root, 1);
  export_advance (task);
}

gboolean
mesh_car_export_finish (GAsyncResult *result, guint64 *n_blocks, GError **error)
{
  Export *export;

  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);

  export = g_task_get_task_data (G_TASK (result));
  if (n_blocks != NULL)
    *n_blocks = export->n_blocks;
  return g_task_propagate_boolean (G_TASK (result), error);
}
