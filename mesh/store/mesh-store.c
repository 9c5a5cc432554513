/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "store/mesh-store.h"

#include <string.h>

#include "base/mesh-error.h"
#include "index/mesh-index-roots.h"
#include "store/mesh-store-private.h"

/* Reads between two writes of the uses to the index. */
#define TOUCHES_PER_FLUSH 256

static void mesh_store_block_source_init (MeshBlockSourceInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (MeshStore,
                               mesh_store,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (MESH_TYPE_BLOCK_SOURCE,
                                                      mesh_store_block_source_init))

enum
{
  BLOCK_ADDED,
  SHARES_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* Arguments of an operation. */
typedef struct
{
  MeshCid *cid;  /* (owned) (nullable) */
  MeshCid *root; /* (owned) (nullable) */
  char *text;    /* (owned) (nullable): path or name */
  char *other;   /* (owned) (nullable): new path */
  guint64 offset;
  gsize size;
  MeshReferenceKind kind;
  gboolean is_shared;
} Args;

static void
args_free (gpointer data)
{
  Args *args = data;

  g_clear_pointer (&args->cid, mesh_cid_unref);
  g_clear_pointer (&args->root, mesh_cid_unref);
  g_free (args->text);
  g_free (args->other);
  g_free (args);
}

static Args *
args_copy (const Args *args)
{
  Args *copy = g_memdup2 (args, sizeof *args);

  if (args->cid != NULL)
    mesh_cid_ref (args->cid);
  if (args->root != NULL)
    mesh_cid_ref (args->root);
  copy->text = g_strdup (args->text);
  copy->other = g_strdup (args->other);
  return copy;
}

/* Life. */

static void
write_uses (MeshStore *self)
{
  MeshIndex index = { .db = self->writer, .files = &self->files, .state = &self->state };
  g_autoptr (GError) error = NULL;

  if (!mesh_index_db_run (self->writer, &error, "BEGIN", "")
      || !mesh_index_flush_uses (&index, &error)
      || !mesh_index_db_run (self->writer, &error, "COMMIT", ""))
    g_warning ("The last uses of blocks are lost: %s", error->message);
}

static void
close_all (MeshStore *self)
{
  if (self->thread == NULL)
    return;
  mesh_index_thread_stop (g_steal_pointer (&self->thread));
  write_uses (self);
  g_clear_pointer (&self->reader, mesh_index_db_free);
  g_clear_pointer (&self->writer, mesh_index_db_free);
  mesh_index_files_close (&self->files);
}

static void
mesh_store_dispose (GObject *object)
{
  MeshStore *self = MESH_STORE (object);

  close_all (self);
  g_clear_object (&self->reads);
  g_clear_object (&self->writes);
  g_clear_object (&self->pool);
  G_OBJECT_CLASS (mesh_store_parent_class)->dispose (object);
}

static void
mesh_store_finalize (GObject *object)
{
  MeshStore *self = MESH_STORE (object);

  g_hash_table_unref (self->puts);
  g_hash_table_unref (self->places); /* empty: each place holds the store */
  mesh_index_state_clear (&self->state);
  G_OBJECT_CLASS (mesh_store_parent_class)->finalize (object);
}

static void
mesh_store_class_init (MeshStoreClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = mesh_store_dispose;
  object_class->finalize = mesh_store_finalize;
  signals[BLOCK_ADDED]
      = g_signal_new ("block-added", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                      NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[SHARES_CHANGED]
      = g_signal_new ("shares-changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                      NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
mesh_store_init (MeshStore *self)
{
  self->files = (MeshIndexFiles){ -1, -1, -1, 0 };
  self->puts = g_hash_table_new (mesh_cid_hash_multihash, mesh_cid_equal_multihash);
  self->places = g_hash_table_new (mesh_cid_hash_multihash, mesh_cid_equal_multihash);
  mesh_index_state_init (&self->state);
}

static void
source_get_async (MeshBlockSource *source,
                  MeshCid *cid,
                  int priority,
                  GCancellable *cancellable,
                  GAsyncReadyCallback callback,
                  gpointer user_data)
{
  mesh_store_get_with_priority_async (MESH_STORE (source), cid, priority, cancellable,
                                      callback, user_data);
}

static GBytes *
source_get_finish (MeshBlockSource *source, GAsyncResult *result, GError **error)
{
  return mesh_store_get_finish (MESH_STORE (source), result, error);
}

static void
mesh_store_block_source_init (MeshBlockSourceInterface *iface)
{
  iface->get_async = source_get_async;
  iface->get_finish = source_get_finish;
}

static void
close_if_idle (MeshStore *self)
{
  g_autoptr (GTask) task = NULL;

  if (self->n_active > 0 || self->closing == NULL)
    return;
  task = g_steal_pointer (&self->closing);
  close_all (self);
  g_task_return_boolean (task, TRUE);
}

/* The index thread has done everything that was pushed before. */
static void
drained_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  mesh_store_release (MESH_STORE (source));
}

static gboolean
flush_uses (MeshIndex *index, gpointer data, GError **error)
{
  return mesh_index_flush_uses (index, error);
}

void
mesh_store_close_async (MeshStore *self,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  GTask *drain;

  g_return_if_fail (MESH_IS_STORE (self));

  task
      = mesh_store_begin (self, mesh_store_close_async, cancellable, callback, user_data);
  if (task == NULL)
    return;
  self->is_closing = TRUE;
  self->closing = g_steal_pointer (&task);
  mesh_store_hold (self);
  drain = g_task_new (self, NULL, drained_cb, NULL);
  g_task_set_source_tag (drain, mesh_store_close_async);
  mesh_index_thread_push (self->thread, flush_uses, MESH_INDEX_OP_DURABLE,
                          g_task_get_task_data (drain), drain);
}

gboolean
mesh_store_close_finish (MeshStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* For the other files of the store. */

GTask *
mesh_store_begin (MeshStore *self,
                  gpointer tag,
                  GCancellable *cancellable,
                  GAsyncReadyCallback callback,
                  gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, tag);
  if (!self->is_closing)
    return g_steal_pointer (&task);
  g_task_return_new_error (task, MESH_ERROR, MESH_ERROR_CLOSED,
                           "The block store is closed");
  return NULL;
}

void
mesh_store_hold (MeshStore *self)
{
  self->n_active++;
}

void
mesh_store_release (MeshStore *self)
{
  g_assert (self->n_active > 0);
  self->n_active--;
  close_if_idle (self);
}

void
mesh_store_lookup (MeshStore *self, const MeshCid *cid, MeshIndexBlock *block)
{
  g_autoptr (GError) error = NULL;

  *block = (MeshIndexBlock){ 0 };
  if (self->reader == NULL)
    return;
  if (!mesh_index_block_lookup (block, self->reader, cid, &error))
    g_warning ("%s", error->message);
}

static void
flushed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    g_warning ("The uses of blocks could not be written: %s", error->message);
}

void
mesh_store_note_touch (MeshStore *self)
{
  GTask *task;

  if (++self->n_touches < TOUCHES_PER_FLUSH)
    return;
  self->n_touches = 0;
  task = g_task_new (self, NULL, flushed_cb, NULL);
  g_task_set_source_tag (task, mesh_store_note_touch);
  mesh_index_thread_push (self->thread, flush_uses, MESH_INDEX_OP_NONE,
                          g_task_get_task_data (task), task);
}

/* Questions answered at once. */

MeshWorkPool *
mesh_store_get_pool (MeshStore *self)
{
  g_return_val_if_fail (MESH_IS_STORE (self), NULL);

  return self->pool;
}

static gboolean
is_inline (const MeshCid *cid)
{
  return mesh_cid_get_hash_code (cid) == MESH_MULTIHASH_IDENTITY;
}

gboolean
mesh_store_has (MeshStore *self, const MeshCid *cid)
{
  gsize size;

  return mesh_store_get_block_size (self, cid, &size);
}

gboolean
mesh_store_get_block_size (MeshStore *self, const MeshCid *cid, gsize *size)
{
  g_auto (MeshIndexBlock) block = { 0 };

  g_return_val_if_fail (MESH_IS_STORE (self), FALSE);
  g_return_val_if_fail (cid != NULL, FALSE);

  if (is_inline (cid))
    {
      mesh_cid_get_digest (cid, size);
      return TRUE;
    }
  mesh_store_lookup (self, cid, &block);
  *size = block.size;
  return mesh_index_block_is_available (&block);
}

gboolean
mesh_store_is_pinned (MeshStore *self, const MeshCid *cid)
{
  g_auto (MeshIndexBlock) block = { 0 };

  g_return_val_if_fail (MESH_IS_STORE (self), FALSE);

  mesh_store_lookup (self, cid, &block);
  return block.n_pins > 0;
}

gboolean
mesh_store_is_shared (MeshStore *self, const MeshCid *cid)
{
  g_auto (MeshIndexBlock) block = { 0 };

  g_return_val_if_fail (MESH_IS_STORE (self), FALSE);

  if (is_inline (cid))
    return TRUE;
  mesh_store_lookup (self, cid, &block);
  return block.n_shares > 0;
}

void
mesh_store_pin_free (MeshStorePin *pin)
{
  g_free (pin->name);
  mesh_cid_unref (pin->root);
  g_free (pin);
}

/* (element-type MeshIndexRoot) */
static GPtrArray *
list_roots (MeshStore *self, MeshIndexRootKind kind)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *roots
      = self->reader != NULL ? mesh_index_roots_list (self->reader, kind, &error) : NULL;

  if (error != NULL)
    g_warning ("%s", error->message);
  return roots != NULL ? roots : g_ptr_array_new ();
}

GPtrArray *
mesh_store_dup_pins (MeshStore *self)
{
  g_autoptr (GPtrArray) roots = NULL;
  GPtrArray *pins = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_store_pin_free);

  g_return_val_if_fail (MESH_IS_STORE (self), pins);

  roots = list_roots (self, MESH_INDEX_ROOT_PIN);
  for (guint i = 0; i < roots->len; i++)
    {
      MeshIndexRoot *root = g_ptr_array_index (roots, i);
      MeshStorePin *pin = g_new0 (MeshStorePin, 1);

      pin->name = g_steal_pointer (&root->name);
      pin->root = mesh_cid_ref (root->cid);
      pin->count = root->count;
      g_ptr_array_add (pins, pin);
    }
  return pins;
}

GPtrArray *
mesh_store_dup_shared_roots (MeshStore *self)
{
  g_autoptr (GPtrArray) roots = NULL;
  GPtrArray *cids = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_cid_unref);

  g_return_val_if_fail (MESH_IS_STORE (self), cids);

  roots = list_roots (self, MESH_INDEX_ROOT_SHARE);
  for (guint i = 0; i < roots->len; i++)
    g_ptr_array_add (
        cids, mesh_cid_ref (((MeshIndexRoot *) g_ptr_array_index (roots, i))->cid));
  return cids;
}

void
mesh_store_get_stats (MeshStore *self, MeshStoreStats *stats)
{
  g_autoptr (GMutexLocker) locker = NULL;

  g_return_if_fail (MESH_IS_STORE (self));

  locker = g_mutex_locker_new (&self->state.lock);
  *stats = self->state.stats;
}

static void
limited_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!mesh_store_gc_evict_finish (MESH_STORE (source), result, NULL, &error))
    g_warning ("Blocks could not be evicted: %s", error->message);
  mesh_store_release (MESH_STORE (source));
}

void
mesh_store_set_limit (MeshStore *self, guint64 limit_bytes)
{
  guint64 over = 0;

  g_return_if_fail (MESH_IS_STORE (self));

  g_mutex_lock (&self->state.lock);
  self->state.stats.limit_bytes = limit_bytes;
  if (limit_bytes != 0 && self->state.stats.stored_bytes > limit_bytes)
    over = self->state.stats.stored_bytes - limit_bytes;
  g_mutex_unlock (&self->state.lock);
  if (over == 0 || self->is_closing)
    return;
  mesh_store_hold (self);
  mesh_store_gc_evict_async (self, over, NULL, limited_cb, NULL);
}

/* Operations of the index thread. Each finish is the same. */

static gboolean
finish_op (MeshStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static gboolean
run_delete (MeshIndex *index, gpointer data, GError **error)
{
  return mesh_index_delete (index, ((Args *) data)->cid, error);
}

static gboolean
run_drop_copy (MeshIndex *index, gpointer data, GError **error)
{
  return mesh_index_drop_copy (index, ((Args *) data)->cid, error);
}

static gboolean
run_add_reference (MeshIndex *index, gpointer data, GError **error)
{
  Args *args = data;

  return mesh_index_add_reference (index, args->cid, args->text, args->offset, args->size,
                                   args->kind, error);
}

static gboolean
run_remove_references (MeshIndex *index, gpointer data, GError **error)
{
  return mesh_index_remove_references (index, ((Args *) data)->text, error);
}

static gboolean
run_rename_references (MeshIndex *index, gpointer data, GError **error)
{
  Args *args = data;

  return mesh_index_rename_references (index, args->text, args->other, error);
}

static gboolean
run_pin (MeshIndex *index, gpointer data, GError **error)
{
  Args *args = data;

  return mesh_index_roots_add (index, MESH_INDEX_ROOT_PIN, args->text, args->root, error);
}

static gboolean
run_unpin (MeshIndex *index, gpointer data, GError **error)
{
  Args *args = data;

  return mesh_index_roots_remove (index, MESH_INDEX_ROOT_PIN, args->text, args->root,
                                  error);
}

static gboolean
run_set_shared (MeshIndex *index, gpointer data, GError **error)
{
  Args *args = data;
  g_autoptr (GError) local = NULL;

  if (args->is_shared)
    return mesh_index_roots_add (index, MESH_INDEX_ROOT_SHARE, "", args->root, error);
  if (mesh_index_roots_remove (index, MESH_INDEX_ROOT_SHARE, "", args->root, &local)
      || g_error_matches (local, MESH_ERROR, MESH_ERROR_NOT_FOUND))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static gboolean
run_share_block (MeshIndex *index, gpointer data, GError **error)
{
  Args *args = data;

  return mesh_index_roots_add_member (index, MESH_INDEX_ROOT_SHARE, args->root, args->cid,
                                      error);
}

/* Runs an operation in the index thread. Copies @args. */
static void
push_op (MeshStore *self,
         MeshIndexOpFunc func,
         MeshIndexOpFlags flags,
         const Args *args,
         GCancellable *cancellable,
         GAsyncReadyCallback callback,
         gpointer user_data)
{
  GTask *task = mesh_store_begin (self, func, cancellable, callback, user_data);

  if (task == NULL)
    return;
  g_task_set_task_data (task, args_copy (args), args_free);
  mesh_index_thread_push (self->thread, func, flags, g_task_get_task_data (task), task);
}

void
mesh_store_delete_async (MeshStore *self,
                         MeshCid *cid,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  Args args = { .cid = cid };

  g_return_if_fail (MESH_IS_STORE (self));
  g_return_if_fail (cid != NULL);

  push_op (self, run_delete, MESH_INDEX_OP_NONE, &args, cancellable, callback, user_data);
}

gboolean
mesh_store_delete_finish (MeshStore *self, GAsyncResult *result, GError **error)
{
  return finish_op (self, result, error);
}

void
mesh_store_add_reference_async (MeshStore *self,
                                MeshCid *cid,
                                const char *path,
                                guint64 offset,
                                gsize size,
                                MeshReferenceKind kind,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  Args args = {
    .cid = cid, .text = (char *) path, .offset = offset, .size = size, .kind = kind
  };

  g_return_if_fail (MESH_IS_STORE (self));
  g_return_if_fail (cid != NULL && g_path_is_absolute (path));
  g_return_if_fail (offset <= G_MAXINT64 && size <= MESH_BLOCK_MAX_BYTES);

  push_op (self, run_add_reference, MESH_INDEX_OP_NONE, &args, cancellable, callback,
           user_data);
}

gboolean
mesh_store_add_reference_finish (MeshStore *self, GAsyncResult *result, GError **error)
{
  return finish_op (self, result, error);
}

void
mesh_store_drop_copy_async (MeshStore *self,
                            MeshCid *cid,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  Args args = { .cid = cid };

  g_return_if_fail (MESH_IS_STORE (self));

  push_op (self, run_drop_copy, MESH_INDEX_OP_NONE, &args, cancellable, callback,
           user_data);
}

gboolean
mesh_store_drop_copy_finish (MeshStore *self, GAsyncResult *result, GError **error)
{
  return finish_op (self, result, error);
}

void
mesh_store_remove_references_async (MeshStore *self,
                                    const char *path,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data)
{
  Args args = { .text = (char *) path };

  g_return_if_fail (MESH_IS_STORE (self));
  g_return_if_fail (g_path_is_absolute (path));

  push_op (self, run_remove_references, MESH_INDEX_OP_NONE, &args, cancellable, callback,
           user_data);
}

gboolean
mesh_store_remove_references_finish (MeshStore *self,
                                     GAsyncResult *result,
                                     GError **error)
{
  return finish_op (self, result, error);
}

void
mesh_store_rename_references_async (MeshStore *self,
                                    const char *old_path,
                                    const char *new_path,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data)
{
  Args args = { .text = (char *) old_path, .other = (char *) new_path };

  g_return_if_fail (MESH_IS_STORE (self));
  g_return_if_fail (g_path_is_absolute (old_path) && g_path_is_absolute (new_path));

  push_op (self, run_rename_references, MESH_INDEX_OP_NONE, &args, cancellable, callback,
           user_data);
}

gboolean
mesh_store_rename_references_finish (MeshStore *self,
                                     GAsyncResult *result,
                                     GError **error)
{
  return finish_op (self, result, error);
}

void
mesh_store_pin_async (MeshStore *self,
                      const char *name,
                      MeshCid *root,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  Args args = { .text = (char *) name, .root = root };

  g_return_if_fail (MESH_IS_STORE (self));
  g_return_if_fail (strlen (name) <= MESH_STORE_MAX_PIN_NAME);

  push_op (self, run_pin, MESH_INDEX_OP_DURABLE, &args, cancellable, callback, user_data);
}

gboolean
mesh_store_pin_finish (MeshStore *self, GAsyncResult *result, GError **error)
{
  return finish_op (self, result, error);
}

void
mesh_store_unpin_async (MeshStore *self,
                        const char *name,
                        MeshCid *root,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  Args args = { .text = (char *) name, .root = root };

  g_return_if_fail (MESH_IS_STORE (self));

  push_op (self, run_unpin, MESH_INDEX_OP_NONE, &args, cancellable, callback, user_data);
}

gboolean
mesh_store_unpin_finish (MeshStore *self, GAsyncResult *result, GError **error)
{
  return finish_op (self, result, error);
}

void
mesh_store_set_shared_async (MeshStore *self,
                             MeshCid *root,
                             gboolean is_shared,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  Args args = { .root = root, .is_shared = is_shared };

  g_return_if_fail (MESH_IS_STORE (self));
  g_return_if_fail (root != NULL);

  push_op (self, run_set_shared, MESH_INDEX_OP_NONE, &args, cancellable, callback,
           user_data);
}

gboolean
mesh_store_set_shared_finish (MeshStore *self, GAsyncResult *result, GError **error)
{
  if (!finish_op (self, result, error))
    return FALSE;
  g_signal_emit (self, signals[SHARES_CHANGED], 0);
  return TRUE;
}

static void
shared_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!finish_op (MESH_STORE (source), result, &error)
      && !g_error_matches (error, MESH_ERROR, MESH_ERROR_CLOSED))
    g_warning ("A block could not be shared: %s", error->message);
}

void
mesh_store_share_block (MeshStore *self, MeshCid *root, MeshCid *cid)
{
  Args args = { .root = root, .cid = cid };

  g_return_if_fail (MESH_IS_STORE (self));

  push_op (self, run_share_block, MESH_INDEX_OP_NONE, &args, NULL, shared_cb, NULL);
}

void
mesh_store_sync_async (MeshStore *self,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  Args args = { .size = 0 };

  g_return_if_fail (MESH_IS_STORE (self));

  push_op (self, flush_uses, MESH_INDEX_OP_DURABLE, &args, cancellable, callback,
           user_data);
}

gboolean
mesh_store_sync_finish (MeshStore *self, GAsyncResult *result, GError **error)
{
  return finish_op (self, result, error);
}
