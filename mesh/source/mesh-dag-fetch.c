/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "source/mesh-dag-fetch.h"

#include "base/mesh-error.h"
#include "content/mesh-dag-pb.h"

/* A fetch: the blocks to get in the order of the DAG, and what was seen. A block on the
 * way keeps its place, where its children go when it comes, so that wide trees do not
 * come from the end. It ends when nothing is left, or with the first error once nothing
 * is on the way. */
typedef struct
{
  MeshDagFetchFlags flags;
  int priority;
  MeshDagFetchProgress progress; /* (nullable) */
  gpointer progress_data;
  GQueue order;     /* of Item */
  GHashTable *seen; /* (owned) (element-type MeshCid): by multihash */
  guint n_on_the_way;
  gboolean is_ending; /* failed or cancelled: nothing more is asked for */
  guint64 n_bytes;
  GError *error;             /* (owned) (nullable): the first */
  GCancellable *cancellable; /* (owned): of all gets */
  GSource *cancel_source;    /* (owned) (nullable): follows the caller's */
} Fetch;

typedef struct
{
  MeshCid *cid; /* (owned) */
  gboolean is_asked;
} Item;

typedef struct
{
  GTask *task; /* (owned) */
  GList *link; /* (unowned): the item's place in the order */
} Get;

static void advance (GTask *task);

static void
item_free (gpointer data)
{
  Item *item = data;

  mesh_cid_unref (item->cid);
  g_free (item);
}

static void
fetch_free (gpointer data)
{
  Fetch *fetch = data;

  if (fetch->cancel_source != NULL)
    {
      g_source_destroy (fetch->cancel_source);
      g_source_unref (fetch->cancel_source);
    }
  g_queue_clear_full (&fetch->order, item_free);
  g_hash_table_unref (fetch->seen);
  g_clear_error (&fetch->error);
  g_object_unref (fetch->cancellable);
  g_free (fetch);
}

static void
fail (Fetch *fetch, GError *error)
{
  if (fetch->error == NULL)
    fetch->error = error;
  else
    g_error_free (error);
  fetch->is_ending = TRUE;
  g_cancellable_cancel (fetch->cancellable);
}

/* Puts a block before @place, or at the end. */
static gboolean
push (Fetch *fetch, GList *place, MeshCid *cid)
{
  Item *item;

  if (g_hash_table_contains (fetch->seen, cid))
    return TRUE;
  if (g_hash_table_size (fetch->seen) >= MESH_DAG_FETCH_MAX_BLOCKS)
    {
      fail (fetch, g_error_new (MESH_ERROR, MESH_ERROR_LIMIT,
                                "The content has more than %u blocks",
                                MESH_DAG_FETCH_MAX_BLOCKS));
      return FALSE;
    }
  g_hash_table_add (fetch->seen, mesh_cid_ref (cid));
  item = g_new0 (Item, 1);
  item->cid = mesh_cid_ref (cid);
  g_queue_insert_before (&fetch->order, place, item);
  return TRUE;
}

static void
push_links (Fetch *fetch, GList *place, MeshCid *cid, GBytes *block)
{
  g_autoptr (GPtrArray) links = NULL;
  GError *error = NULL;
  gsize len;
  const guint8 *data = g_bytes_get_data (block, &len);

  if ((fetch->flags & MESH_DAG_FETCH_RECURSIVE) == 0
      || mesh_cid_get_codec (cid) != MESH_CODEC_DAG_PB
      || !mesh_dag_pb_may_have_links (data, len))
    return;
  links = mesh_dag_pb_get_links (MESH_CODEC_DAG_PB, data, len, &error);
  if (links == NULL)
    {
      fail (fetch, error);
      return;
    }
  for (guint i = 0; i < links->len; i++)
    if (!push (fetch, place, g_ptr_array_index (links, i)))
      return;
}

static void
get_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Get *get = user_data;
  g_autoptr (GTask) task = get->task;
  Item *item = get->link->data;
  Fetch *fetch = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GBytes) block
      = mesh_block_source_get_finish (MESH_BLOCK_SOURCE (source), result, &error);

  fetch->n_on_the_way--;
  if (block == NULL)
    {
      fail (fetch, error);
    }
  else if (fetch->error == NULL)
    {
      fetch->n_bytes += g_bytes_get_size (block);
      if (fetch->progress != NULL)
        fetch->progress (item->cid, g_bytes_get_size (block), fetch->progress_data);
      push_links (fetch, get->link, item->cid, block);
    }
  g_queue_delete_link (&fetch->order, get->link);
  item_free (item);
  advance (task);
}

/* The first block not asked for; those before it are on the way, so they are few. */
static GList *
find_next (Fetch *fetch)
{
  GList *link = fetch->order.head;

  while (link != NULL && ((Item *) link->data)->is_asked)
    link = link->next;
  return link;
}

static void
advance (GTask *task)
{
  Fetch *fetch = g_task_get_task_data (task);
  GList *link;

  while (!fetch->is_ending && fetch->n_on_the_way < MESH_DAG_FETCH_LOOKAHEAD
         && (link = find_next (fetch)) != NULL)
    {
      Get *get = g_new (Get, 1);
      Item *item = link->data;

      *get = (Get){ g_object_ref (task), link };
      item->is_asked = TRUE;
      fetch->n_on_the_way++;
      mesh_block_source_get_async (g_task_get_source_object (task), item->cid,
                                   fetch->priority, fetch->cancellable, get_cb, get);
    }
  if (fetch->n_on_the_way > 0 || g_task_get_completed (task))
    return;
  if (g_task_return_error_if_cancelled (task))
    return;
  if (fetch->error != NULL)
    g_task_return_error (task, g_steal_pointer (&fetch->error));
  else
    g_task_return_boolean (task, TRUE);
}

static gboolean
cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  Fetch *fetch = user_data;

  fetch->is_ending = TRUE;
  g_cancellable_cancel (fetch->cancellable);
  return G_SOURCE_REMOVE;
}

void
mesh_dag_fetch_async (MeshBlockSource *source,
                      MeshCid *const *roots,
                      gsize n,
                      MeshDagFetchFlags flags,
                      int priority,
                      MeshDagFetchProgress progress,
                      gpointer progress_data,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (source, cancellable, callback, user_data);
  Fetch *fetch = g_new0 (Fetch, 1);

  g_task_set_source_tag (task, mesh_dag_fetch_async);
  g_task_set_check_cancellable (task, FALSE);
  fetch->flags = flags;
  fetch->priority = priority;
  fetch->progress = progress;
  fetch->progress_data = progress_data;
  fetch->seen = g_hash_table_new_full (mesh_cid_hash_multihash, mesh_cid_equal_multihash,
                                       (GDestroyNotify) mesh_cid_unref, NULL);
  fetch->cancellable = g_cancellable_new ();
  g_task_set_task_data (task, fetch, fetch_free);
  for (gsize i = 0; i < n; i++)
    if (!push (fetch, NULL, roots[i]))
      break;
  if (cancellable != NULL)
    {
      fetch->cancel_source = g_cancellable_source_new (cancellable);
      g_source_set_callback (fetch->cancel_source, G_SOURCE_FUNC (cancelled_cb), fetch,
                             NULL);
      g_source_attach (fetch->cancel_source, g_main_context_get_thread_default ());
    }
  advance (task);
}

gboolean
mesh_dag_fetch_finish (MeshBlockSource *source,
                       GAsyncResult *result,
                       guint64 *n_bytes,
                       GError **error)
{
  Fetch *fetch;

  g_return_val_if_fail (g_task_is_valid (result, source), FALSE);

  fetch = g_task_get_task_data (G_TASK (result));
  if (n_bytes != NULL)
    *n_bytes = fetch->n_bytes;
  return g_task_propagate_boolean (G_TASK (result), error);
}
