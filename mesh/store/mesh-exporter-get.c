/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "base/mesh-error.h"
#include "content/mesh-file-reader.h"
#include "content/mesh-hamt.h"
#include "tree/mesh-export-disk.h"
#include "tree/mesh-export-run.h"
#include "store/mesh-exporter-place-private.h"
#include "store/mesh-exporter.h"

/* A tree is walked depth first. A node is fetched, then is a folder (made, its entries
 * join the list), a link (kept for the end) or a file (a reader of its own). Blocks that
 * are asked for or wait to be written share one window over all open files. Links and the
 * permissions of folders come last, when nothing is written any more.
 * With a store, leaves are given places in the file: those that come over the network are
 * written there by the store, the others here. The references follow the file to its
 * final name; when it is given up, what came is kept in the store first. */

#define MAX_OPEN_FILES 8

typedef struct
{
  MeshCid *cid; /* (owned) */
  char *path;   /* (owned): under the temporary name */
  guint depth;
  MeshHamtPosition hamt; /* of a part of a sharded folder; else zero */
} Node;

typedef struct
{
  MeshFileReader *reader; /* (owned) */
  char *path;             /* (owned) */
  int fd;                 /* -1 until it is open */
  guint64 offset;
  guint n_busy;       /* blocks asked for, writes begun, the opening or the closing */
  GHashTable *placed; /* (owned): offset → itself, written by the store and not polled */
  gboolean is_counted;
  gboolean is_closing;
} File;

typedef struct
{
  MeshBlockSource *source; /* (owned) */
  MeshWorkPool *pool;      /* (owned) */
  char *dest;              /* (owned) */
  char *tmp;               /* (owned) */
  guint64 max_bytes;
  MeshStore *store; /* (owned) (nullable): gives places */
  guint n_placed;
  MeshExportProgress progress; /* (nullable) */
  gpointer progress_data;
  GCancellable *cancellable; /* (owned): of the blocks; cancelled on failure */
  GQueue nodes;              /* (element-type Node): to be fetched */
  GPtrArray *files;          /* (owned) (element-type File): open */
  GQueue links;              /* (element-type MeshExportDisk): come last, but for */
  GQueue folders;            /* (element-type MeshExportDisk): their permissions */
  guint n_busy;              /* blocks asked for and disk operations begun */
  guint n_blocks;            /* of these, blocks and writes: what the window bounds */
  guint n_fetching;          /* nodes */
  guint n_entries;
  guint64 done_bytes;
  guint64 total_bytes;
  gboolean is_ending;
  gboolean has_renamed;
  GError *error; /* (owned) (nullable): the first */
} Export;

typedef struct
{
  GTask *task; /* (owned) */
  Node *node;  /* (owned) (nullable) */
  File *file;  /* (unowned) (nullable) */
  guint64 id;
  MeshStorePlace *place; /* (owned) (nullable) */
} Call;

static void pump (GTask *task);

static void
node_free (gpointer data)
{
  Node *node = data;

  mesh_cid_unref (node->cid);
  g_free (node->path);
  g_free (node);
}

static void
file_free (gpointer data)
{
  File *file = data;

  mesh_file_reader_free (file->reader);
  g_hash_table_unref (file->placed);
  g_free (file->path);
  g_free (file);
}

static void
export_free (gpointer data)
{
  Export *export = data;

  g_queue_clear_full (&export->nodes, node_free);
  g_queue_clear_full (&export->links, mesh_export_disk_free);
  g_queue_clear_full (&export->folders, mesh_export_disk_free);
  g_ptr_array_unref (export->files);
  g_clear_error (&export->error);
  g_clear_object (&export->cancellable);
  g_clear_object (&export->source);
  g_clear_object (&export->store);
  g_clear_object (&export->pool);
  g_free (export->dest);
  g_free (export->tmp);
  g_free (export);
}

static Call *
call_new (GTask *task, Node *node, File *file, guint64 id)
{
  Call *call = g_new0 (Call, 1);

  call->task = g_object_ref (task);
  call->node = node;
  call->file = file;
  call->id = id;
  return call;
}

static void
call_free (Call *call)
{
  g_clear_pointer (&call->node, node_free);
  g_clear_pointer (&call->place, mesh_store_place_free);
  g_object_unref (call->task);
  g_free (call);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Call, call_free)

static void
keep_error (Export *export, GError *error)
{
  if (export->error != NULL)
    {
      g_error_free (error);
      return;
    }
  export->error = error;
  g_cancellable_cancel (export->cancellable);
}

static void
fail (Export *export, MeshError code, const char *message)
{
  keep_error (export, g_error_new_literal (MESH_ERROR, code, message));
}

/* Disk. */

static void
push_disk (GTask *task, MeshExportDisk *op, File *file, GAsyncReadyCallback callback)
{
  Export *export = g_task_get_task_data (task);

  export->n_busy++;
  if (file != NULL)
    file->n_busy++;
  mesh_export_run_async (export->pool, op, callback, call_new (task, NULL, file, 0));
}

/* (nullable): the operation that ended well. */
static MeshExportDisk *
disk_done (Call *call, GObject *source, GAsyncResult *result)
{
  Export *export = g_task_get_task_data (call->task);
  GError *error = NULL;
  MeshExportDisk *op = mesh_export_run_finish (source, result, &error);

  export->n_busy--;
  if (call->file != NULL)
    call->file->n_busy--;
  if (op == NULL)
    keep_error (export, error);
  return op;
}

static void
disk_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  g_autoptr (MeshExportDisk) op = disk_done (call, source, result);

  pump (call->task);
}

/* Files. */

static void
opened_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  g_autoptr (MeshExportDisk) op = disk_done (call, source, result);

  if (op != NULL)
    call->file->fd = op->fd;
  pump (call->task);
}

static void
note_written (Export *export, gsize n_bytes)
{
  export->done_bytes += n_bytes;
  if (export->progress != NULL && export->error == NULL)
    export->progress (export->done_bytes, export->total_bytes, export->progress_data);
}

static void
written_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  Export *export = g_task_get_task_data (call->task);
  g_autoptr (MeshExportDisk) op = disk_done (call, source, result);

  export->n_blocks--;
  if (op != NULL)
    note_written (export, g_bytes_get_size (op->bytes));
  pump (call->task);
}

static void
closed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  Export *export = g_task_get_task_data (call->task);
  g_autoptr (MeshExportDisk) op = disk_done (call, source, result);

  g_ptr_array_remove_fast (export->files, call->file);
  call->file = NULL;
  pump (call->task);
}

static void
block_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  Export *export = g_task_get_task_data (call->task);
  GError *error = NULL;
  g_autoptr (GBytes) block
      = mesh_block_source_get_finish (MESH_BLOCK_SOURCE (source), result, &error);

  export->n_busy--;
  export->n_blocks--;
  call->file->n_busy--;
  if (mesh_exporter_place_end (g_steal_pointer (&call->place), call->file->reader,
                               call->id, call->file->placed))
    export->n_placed++;
  if (block == NULL
      || (export->error == NULL
          && !mesh_file_reader_handle_block (call->file->reader, call->id, block,
                                             &error)))
    keep_error (export, error);
  pump (call->task);
}

static void
push_writes (GTask *task, File *file)
{
  Export *export = g_task_get_task_data (task);
  GBytes *data;

  while (file->fd >= 0 && mesh_file_reader_poll_data (file->reader, &data))
    {
      guint64 offset = file->offset;
      MeshExportDisk *op;

      file->offset += g_bytes_get_size (data);
      if (g_hash_table_remove (file->placed, &offset))
        {
          note_written (export, g_bytes_get_size (data));
          g_bytes_unref (data);
          continue;
        }
      op = mesh_export_disk_new (MESH_EXPORT_DISK_WRITE, file->path);
      op->fd = file->fd;
      op->offset = offset;
      op->bytes = data;
      export->n_blocks++;
      push_disk (task, op, file, written_cb);
    }
}

static void
push_wants (GTask *task, File *file)
{
  Export *export = g_task_get_task_data (task);
  guint64 id;
  MeshCid *cid;

  /* Places are in open files only. */
  if (export->store != NULL && file->fd < 0)
    return;

  /* A file with nothing under way may always ask for one: no file starves. */
  while ((export->n_blocks < MESH_EXPORT_WINDOW || file->n_busy == 0)
         && mesh_file_reader_poll_want (file->reader, &cid, &id))
    {
      Call *call = call_new (task, NULL, file, id);

      export->n_busy++;
      export->n_blocks++;
      file->n_busy++;
      call->place = mesh_exporter_place_new (export->store, file->reader, id, cid,
                                             file->path, file->fd);
      mesh_block_source_get_async (export->source, cid, MESH_BLOCK_PRIORITY_DEFAULT,
                                   export->cancellable, block_cb, call);
    }
}

/* Counts the size a file claims, before a byte of it is written. */
static void
count_file (Export *export, File *file)
{
  guint64 size;

  if (file->is_counted || !mesh_file_reader_get_size (file->reader, &size))
    return;
  file->is_counted = TRUE;
  if (!g_uint64_checked_add (&export->total_bytes, export->total_bytes, size)
      || (export->max_bytes != 0 && export->total_bytes > export->max_bytes))
    fail (export, MESH_ERROR_TOO_LARGE, "There is more data than was allowed for");
}

static void
pump_file (GTask *task, File *file)
{
  Export *export = g_task_get_task_data (task);
  MeshExportDisk *op;

  count_file (export, file);
  if (export->error != NULL)
    return;
  push_writes (task, file);
  push_wants (task, file);
  if (file->fd < 0 || file->n_busy > 0 || file->is_closing
      || !mesh_file_reader_is_done (file->reader))
    return;
  file->is_closing = TRUE;
  op = mesh_export_disk_new (MESH_EXPORT_DISK_CLOSE, file->path);
  op->fd = file->fd;
  op->meta = *mesh_file_reader_get_meta (file->reader);
  file->fd = -1;
  push_disk (task, op, file, closed_cb);
}

static void
start_file (GTask *task, Node *node, GBytes *block)
{
  Export *export = g_task_get_task_data (task);
  File *file = g_new0 (File, 1);
  GError *error = NULL;
  guint64 id = 0;
  MeshCid *cid;

  file->reader = mesh_file_reader_new (node->cid, MESH_EXPORT_WINDOW);
  file->path = g_strdup (node->path);
  file->fd = -1;
  file->placed = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  g_ptr_array_add (export->files, file);
  /* Its root is here already. */
  if (!mesh_file_reader_poll_want (file->reader, &cid, &id)
      || !mesh_file_reader_handle_block (file->reader, id, block, &error))
    {
      keep_error (export, error);
      return;
    }
  push_disk (task, mesh_export_disk_new (MESH_EXPORT_DISK_OPEN, file->path), file,
             opened_cb);
}

/* Folders and links. */

static void
keep_end (Export *export,
          MeshExportDiskKind kind,
          const char *path,
          const MeshUnixfs *unixfs)
{
  MeshExportDisk *op = mesh_export_disk_new (kind, path);

  op->meta = unixfs->meta;
  if (kind == MESH_EXPORT_DISK_SYMLINK)
    op->text = g_strndup ((const char *) unixfs->data, unixfs->data_len);
  /* The deepest folders come first: the walk meets parents first. */
  g_queue_push_head (kind == MESH_EXPORT_DISK_SYMLINK ? &export->links : &export->folders,
                     op);
}

/* @hamt: of the folder when it is sharded, else zero */
static gboolean
add_entry (Export *export,
           const Node *folder,
           const MeshDagPbLink *link,
           const MeshHamtPosition *hamt)
{
  MeshHamtPosition child = { 0 };
  gboolean is_sharded = hamt->fanout > 0;
  gboolean is_shard = is_sharded && mesh_hamt_enter (hamt, link, &child);
  guint prefix = is_sharded ? mesh_hamt_get_prefix_len (hamt->fanout) : 0;
  const char *name = link->name != NULL ? link->name + prefix : "";
  gsize len = link->name_len - prefix;
  Node *node;

  if (!is_shard && !mesh_export_disk_is_safe_name (name, len))
    {
      fail (export, MESH_ERROR_UNSAFE_PATH, "A name in the folder is not safe to write");
      return FALSE;
    }
  if (++export->n_entries > MESH_EXPORT_MAX_ENTRIES
      || folder->depth >= MESH_EXPORT_MAX_DEPTH)
    {
      fail (export, MESH_ERROR_LIMIT, "There are too many or too deep folders and files");
      return FALSE;
    }
  node = g_new0 (Node, 1);
  node->cid = mesh_cid_ref (link->cid);
  node->path
      = is_shard ? g_strdup (folder->path) : g_build_filename (folder->path, name, NULL);
  /* Shards are not folders: they have a bound of their own. */
  node->depth = folder->depth + (is_shard ? 0 : 1);
  node->hamt = child;
  g_queue_push_head (&export->nodes, node);
  return TRUE;
}

typedef struct
{
  GTask *task;           /* (owned) */
  Node *node;            /* (owned) */
  MeshDagPbNode links;   /* (owned) */
  MeshHamtPosition hamt; /* where the shard hangs; zero when it is none */
} FolderCall;

static void
folder_call_free (FolderCall *call)
{
  mesh_dag_pb_node_clear (&call->links);
  node_free (call->node);
  g_object_unref (call->task);
  g_free (call);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FolderCall, folder_call_free)

/* The folder is there: its entries may be made. Backwards, since each goes to the head.
 */
static void
enter_folder (FolderCall *call)
{
  Export *export = g_task_get_task_data (call->task);
  GArray *links = call->links.links;

  for (guint i = links->len; i > 0; i--)
    if (!add_entry (export, call->node, &g_array_index (links, MeshDagPbLink, i - 1),
                    &call->hamt))
      return;
}

static void
folder_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (FolderCall) call = user_data;
  Export *export = g_task_get_task_data (call->task);
  GError *error = NULL;
  g_autoptr (MeshExportDisk) op = mesh_export_run_finish (source, result, &error);

  export->n_busy--;
  if (op == NULL)
    keep_error (export, error);
  else if (export->error == NULL)
    enter_folder (call);
  pump (call->task);
}

/* Takes the node and its links; a shard has been checked. */
static void
start_folder (GTask *task,
              Node *node,
              MeshDagPbNode *links,
              const MeshUnixfs *unixfs,
              const MeshHamtPosition *hamt)
{
  Export *export = g_task_get_task_data (task);
  FolderCall *call = g_new0 (FolderCall, 1);

  call->task = g_object_ref (task);
  call->node = node;
  call->links = *links;
  *links = (MeshDagPbNode){ 0 };
  call->hamt = *hamt;
  if (node->hamt.fanout > 0)
    {
      /* A part of a folder that was made with its first part. */
      enter_folder (call);
      folder_call_free (call);
      return;
    }
  keep_end (export, MESH_EXPORT_DISK_META, node->path, unixfs);
  export->n_busy++;
  mesh_export_run_async (export->pool,
                         mesh_export_disk_new (MESH_EXPORT_DISK_MKDIR, node->path),
                         folder_cb, call);
}

/* Nodes. */

static void
start_dag_pb (GTask *task, Node *node, GBytes *block)
{
  Export *export = g_task_get_task_data (task);
  g_auto (MeshDagPbNode) links = { 0 };
  g_auto (MeshUnixfs) unixfs = { 0 };
  MeshHamtPosition hamt = node->hamt;
  GError *error = NULL;
  gsize len;
  const guint8 *data = g_bytes_get_data (block, &len);

  /* Below a shard there is nothing but shards. */
  if (!mesh_dag_pb_decode (data, len, &links, &error)
      || !mesh_unixfs_decode (links.data, links.data_len, &unixfs, &error)
      || ((unixfs.type == MESH_UNIXFS_HAMT_SHARD || hamt.fanout > 0)
          && !mesh_hamt_check (&links, &unixfs, &hamt, &error)))
    {
      keep_error (export, error);
      node_free (node);
      return;
    }
  switch (unixfs.type)
    {
    case MESH_UNIXFS_DIRECTORY:
    case MESH_UNIXFS_HAMT_SHARD:
      start_folder (task, node, &links, &unixfs, &hamt);
      return;
    case MESH_UNIXFS_SYMLINK:
      if (unixfs.data_len == 0 || memchr (unixfs.data, '\0', unixfs.data_len) != NULL)
        fail (export, MESH_ERROR_UNSAFE_PATH, "A link has no usable target");
      else
        keep_end (export, MESH_EXPORT_DISK_SYMLINK, node->path, &unixfs);
      break;
    case MESH_UNIXFS_FILE:
    case MESH_UNIXFS_RAW:
      start_file (task, node, block);
      break;
    case MESH_UNIXFS_METADATA:
    default:
      fail (export, MESH_ERROR_UNSUPPORTED, "A node is neither file nor folder nor link");
      break;
    }
  node_free (node);
}

static void
node_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  Export *export = g_task_get_task_data (call->task);
  GError *error = NULL;
  g_autoptr (GBytes) block
      = mesh_block_source_get_finish (MESH_BLOCK_SOURCE (source), result, &error);

  export->n_busy--;
  export->n_blocks--;
  export->n_fetching--;
  if (block == NULL)
    keep_error (export, error);
  else if (export->error == NULL)
    {
      if (mesh_cid_get_codec (call->node->cid) == MESH_CODEC_DAG_PB)
        start_dag_pb (call->task, g_steal_pointer (&call->node), block);
      else if (call->node->hamt.fanout > 0)
        fail (export, MESH_ERROR_INVALID,
              "A sharded folder is malformed: a part of it is something else");
      else
        start_file (call->task, call->node, block);
    }
  pump (call->task);
}

static void
push_nodes (GTask *task)
{
  Export *export = g_task_get_task_data (task);

  while (export->nodes.length > 0 && export->n_blocks < MESH_EXPORT_WINDOW
         && export->files->len + export->n_fetching < MAX_OPEN_FILES)
    {
      Node *node = g_queue_pop_head (&export->nodes);

      export->n_busy++;
      export->n_blocks++;
      export->n_fetching++;
      mesh_block_source_get_async (export->source, node->cid, MESH_BLOCK_PRIORITY_DEFAULT,
                                   export->cancellable, node_cb,
                                   call_new (task, node, NULL, 0));
    }
}

/* The end: links, permissions, the name; or, after a failure, nothing at all. */

static void
removed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  Export *export = g_task_get_task_data (call->task);
  g_autoptr (MeshExportDisk) op = disk_done (call, source, result);

  g_task_return_error (call->task, g_steal_pointer (&export->error));
}

static void
adopted_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Export *export = g_task_get_task_data (task);

  if (source != NULL
      && !mesh_store_adopt_references_finish (MESH_STORE (source), result, NULL))
    g_debug ("Not all that came for “%s” could be kept", export->dest);
  push_disk (task, mesh_export_disk_new (MESH_EXPORT_DISK_REMOVE, export->tmp), NULL,
             removed_cb);
}

static void
moved_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;

  /* The file is whole; what the store does not find there it fetches again. */
  if (!mesh_store_rename_references_finish (MESH_STORE (source), result, NULL))
    g_debug ("References into a new file are lost");
  g_task_return_boolean (task, TRUE);
}

static void
close_files (Export *export)
{
  for (guint i = 0; i < export->files->len; i++)
    {
      File *file = g_ptr_array_index (export->files, i);

      if (file->fd >= 0 && !g_close (file->fd, NULL))
        g_debug ("A file could not be closed");
      file->fd = -1;
    }
}

static void
pump_end (GTask *task)
{
  Export *export = g_task_get_task_data (task);
  MeshExportDisk *op = g_queue_pop_head (&export->links);

  if (op == NULL)
    op = g_queue_pop_head (&export->folders);
  if (op == NULL && export->has_renamed)
    {
      if (export->n_placed > 0)
        mesh_store_rename_references_async (export->store, export->tmp, export->dest,
                                            NULL, moved_cb, g_object_ref (task));
      else
        g_task_return_boolean (task, TRUE);
      return;
    }
  if (op == NULL)
    {
      op = mesh_export_disk_new (MESH_EXPORT_DISK_RENAME, export->tmp);
      op->text = g_strdup (export->dest);
      export->has_renamed = TRUE;
    }
  push_disk (task, op, NULL, disk_cb);
}

static void
pump (GTask *task)
{
  Export *export = g_task_get_task_data (task);

  if (export->error == NULL
      && g_cancellable_set_error_if_cancelled (g_task_get_cancellable (task),
                                               &export->error))
    g_cancellable_cancel (export->cancellable);
  if (export->error == NULL)
    {
      for (guint i = 0; i < export->files->len; i++)
        pump_file (task, g_ptr_array_index (export->files, i));
      push_nodes (task);
    }
  if (export->n_busy > 0)
    return;
  if (export->error == NULL)
    {
      g_assert (export->files->len == 0 && export->nodes.length == 0);
      pump_end (task);
      return;
    }
  if (export->is_ending)
    return;
  export->is_ending = TRUE;
  close_files (export);
  if (export->n_placed > 0)
    mesh_store_adopt_references_async (export->store, export->tmp,
                                       MESH_EXPORT_MAX_KEPT_BYTES, adopted_cb,
                                       g_object_ref (task));
  else
    adopted_cb (NULL, NULL, g_object_ref (task));
}

void
mesh_exporter_get_async (MeshBlockSource *source,
                         MeshWorkPool *pool,
                         MeshCid *cid,
                         const char *dest,
                         const MeshExportOptions *options,
                         MeshExportProgress progress,
                         gpointer progress_data,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  Export *export;
  GStatBuf info;
  Node *root;

  g_return_if_fail (MESH_IS_BLOCK_SOURCE (source));
  g_return_if_fail (cid != NULL && dest != NULL);

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, mesh_exporter_get_async);
  export = g_new0 (Export, 1);
  g_task_set_task_data (task, export, export_free);
  export->source = g_object_ref (source);
  export->pool = pool != NULL ? g_object_ref (pool) : mesh_work_pool_new (0);
  export->dest = g_canonicalize_filename (dest, NULL);
  export->tmp = g_strdup_printf ("%s.shoal-%08x", export->dest, g_random_int ());
  if (options != NULL)
    {
      export->max_bytes = options->max_bytes;
      g_set_object (&export->store, options->store);
    }
  export->progress = progress;
  export->progress_data = progress_data;
  export->cancellable = g_cancellable_new ();
  export->files = g_ptr_array_new_with_free_func (file_free);
  /* Said before any work; the rename at the end checks again. */
  if (g_lstat (export->dest, &info) == 0)
    {
      g_task_return_new_error (task, MESH_ERROR, MESH_ERROR_EXISTS,
                               "“%s” is already there", export->dest);
      return;
    }
  root = g_new0 (Node, 1);
  root->cid = mesh_cid_ref (cid);
  root->path = g_strdup (export->tmp);
  g_queue_push_tail (&export->nodes, root);
  pump (task);
}

gboolean
mesh_exporter_get_finish (GAsyncResult *result, guint64 *n_bytes, GError **error)
{
  Export *export;

  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);

  export = g_task_get_task_data (G_TASK (result));
  if (n_bytes != NULL)
    *n_bytes = export->done_bytes;
  return g_task_propagate_boolean (G_TASK (result), error);
}
