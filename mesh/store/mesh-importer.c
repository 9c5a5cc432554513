/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "store/mesh-importer.h"

#include "base/mesh-error.h"
#include "content/mesh-chunker.h"
#include "content/mesh-fastcdc.h"
#include "content/mesh-dag-builder.h"
#include "tree/mesh-import-folders.h"
#include "tree/mesh-import-scan.h"
#include "tree/mesh-import-segment.h"

/* An import goes through its files in order. The pool reads, cuts and hashes segments of
 * some megabytes, several at once, of one file or of many; what comes back is put into
 * the store and, in order, into the tree of its file. Folders are made last, from the
 * deepest up. Bytes in flight are counted from the moment a segment is asked for until
 * its last block is stored. */

#define SEGMENT_BYTES (8u * 1024 * 1024)
#define MAX_SEGMENTS 16
#define MAX_WRITES 256
/* Small nodes waiting for a free write; more hold new segments back. */
#define MAX_WAITING 4096

typedef struct
{
  MeshImportEntry *entry;  /* (unowned) */
  MeshDagBuilder *builder; /* (owned) (nullable): until the root is known */
  GHashTable *early;       /* (owned): offset → MeshImportSegment come out of order */
  guint64 next_offset;     /* of the next segment for the builder */
  guint64 tsize;
} File;

typedef enum
{
  WRITE_BLOCK,
  WRITE_REFERENCE,
} WriteKind;

typedef struct
{
  WriteKind kind;
  MeshCid *cid;  /* (owned) */
  GBytes *block; /* (owned) (nullable) */
  char *path;    /* (owned) (nullable): of a reference */
  guint64 offset;
  gsize size;
  MeshReferenceKind reference_kind;
  gsize held_bytes; /* given back when it is done */
} Write;

typedef struct
{
  MeshStore *store; /* (owned) */
  char *path;       /* (owned) */
  MeshImportOptions options;
  MeshImportFlags flags;
  MeshChunker chunker;
  MeshImportProgress progress; /* (nullable) */
  gpointer progress_data;
  MeshStoreLease *lease; /* (owned) */
  GPtrArray *entries;    /* (owned) (nullable) (element-type MeshImportEntry) */
  GPtrArray *files;      /* (owned) (element-type File) (nullable): one for each entry */
  guint next_entry;
  guint64 next_offset; /* in that entry's file */
  gboolean is_waiting; /* for the end of a segment, to know where the next begins */
  GQueue writes;       /* (element-type Write): not begun */
  guint n_writes;      /* begun */
  guint n_segments;
  gsize bytes_in_flight;
  guint64 done_bytes;
  guint64 total_bytes;
  guint64 n_blocks;
  guint64 dag_bytes;
  gboolean is_wrapped;  /* a single file in a folder that is not there */
  gboolean has_folders; /* their job was begun */
  gboolean is_building; /* it has not ended */
  GError *error;        /* (owned) (nullable): the first */
} Import;

typedef struct
{
  GTask *task; /* (owned) */
  File *file;  /* (unowned) */
  gsize bytes;
} SegmentCall;

static void pump (GTask *task);

static void
file_free (gpointer data)
{
  File *file = data;

  if (file == NULL)
    return;
  g_clear_pointer (&file->builder, mesh_dag_builder_free);
  g_hash_table_unref (file->early);
  g_free (file);
}

static void
write_free (gpointer data)
{
  Write *item = data;

  mesh_cid_unref (item->cid);
  g_clear_pointer (&item->block, g_bytes_unref);
  g_free (item->path);
  g_free (item);
}

static void
import_free (gpointer data)
{
  Import *import = data;

  g_queue_clear_full (&import->writes, write_free);
  g_clear_pointer (&import->files, g_ptr_array_unref);
  g_clear_pointer (&import->entries, g_ptr_array_unref);
  g_clear_pointer (&import->lease, mesh_store_lease_free);
  g_clear_error (&import->error);
  g_object_unref (import->store);
  g_free (import->path);
  g_free (import);
}

static void
chunk_clear (gpointer data)
{
  g_clear_pointer (&((MeshImportChunk *) data)->cid, mesh_cid_unref);
}

static void
keep_error (Import *import, GError *error)
{
  if (import->error == NULL)
    import->error = error;
  else
    g_error_free (error);
}

/* Writing blocks and references, a bounded number at once. */

static void
write_done (GTask *task, Write *item, GError *error)
{
  Import *import = g_task_get_task_data (task);

  import->n_writes--;
  import->bytes_in_flight -= item->held_bytes;
  write_free (item);
  if (error != NULL)
    keep_error (import, error);
  pump (task);
}

typedef struct
{
  GTask *task; /* (owned) */
  Write *item; /* (owned) */
} WriteCall;

static void
block_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree WriteCall *call = user_data;
  g_autoptr (GTask) task = call->task;
  GError *error = NULL;

  if (!mesh_store_put_finish (MESH_STORE (source), result, &error))
    g_assert (error != NULL);
  write_done (task, call->item, error);
}

static void
reference_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree WriteCall *call = user_data;
  g_autoptr (GTask) task = call->task;
  GError *error = NULL;

  if (!mesh_store_add_reference_finish (MESH_STORE (source), result, &error))
    g_assert (error != NULL);
  write_done (task, call->item, error);
}

static void
dropped_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!mesh_store_drop_copy_finish (MESH_STORE (source), result, &error))
    g_debug ("A copy stays: %s", error->message);
}

static void
start_write (GTask *task, Write *item)
{
  Import *import = g_task_get_task_data (task);
  WriteCall *call = g_new0 (WriteCall, 1);

  call->task = g_object_ref (task);
  call->item = item;
  import->n_writes++;
  if (item->kind == WRITE_BLOCK)
    {
      mesh_store_put_async (import->store, item->cid, item->block,
                            MESH_STORE_PUT_VERIFIED, NULL, block_cb, call);
      return;
    }
  mesh_store_add_reference_async (import->store, item->cid, item->path, item->offset,
                                  item->size, item->reference_kind, NULL, reference_cb,
                                  call);
  /* Operations run in order, so the reference is there when the copy goes. */
  if ((import->flags & MESH_IMPORT_DROP_COPIES) != 0)
    mesh_store_drop_copy_async (import->store, item->cid, NULL, dropped_cb, NULL);
}

static void
queue_block (Import *import, MeshCid *cid, GBytes *block, gsize held_bytes)
{
  Write *item;

  import->n_blocks++;
  if ((import->flags & MESH_IMPORT_HASH_ONLY) != 0)
    {
      import->bytes_in_flight -= held_bytes;
      return;
    }
  item = g_new0 (Write, 1);
  item->kind = WRITE_BLOCK;
  item->cid = mesh_cid_ref (cid);
  item->block = g_bytes_ref (block);
  item->held_bytes = held_bytes;
  g_queue_push_tail (&import->writes, item);
}

static void
queue_reference (Import *import,
                 const MeshImportSegment *segment,
                 const MeshImportLeaf *leaf)
{
  Write *item = g_new0 (Write, 1);

  import->n_blocks++;
  item->kind = WRITE_REFERENCE;
  item->cid = mesh_cid_ref (leaf->cid);
  item->path = g_strdup (segment->path);
  item->offset = leaf->offset;
  item->size = leaf->size;
  item->reference_kind
      = segment->is_raw ? MESH_REFERENCE_RAW : MESH_REFERENCE_UNIXFS_LEAF;
  /* Its bytes are not kept. */
  import->bytes_in_flight -= leaf->size;
  g_queue_push_tail (&import->writes, item);
}

/* Files. */

static MeshUnixfsMeta
get_meta (const Import *import, const MeshImportEntry *entry)
{
  return (MeshUnixfsMeta){
    .has_mode = import->options.preserve_mode,
    .mode = entry->mode,
    .has_mtime = import->options.preserve_mtime,
    .mtime_s = entry->mtime_s,
  };
}

static gboolean
has_meta (const Import *import)
{
  return import->options.preserve_mode || import->options.preserve_mtime;
}

static File *
file_new (Import *import, MeshImportEntry *entry)
{
  File *file = g_new0 (File, 1);
  MeshUnixfsMeta meta = get_meta (import, entry);

  file->entry = entry;
  file->early = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL,
                                       mesh_import_segment_free);
  file->builder = mesh_dag_builder_new (
      import->options.max_links, import->options.cid_version, import->options.hash_code,
      has_meta (import) ? &meta : NULL);
  if ((import->flags & MESH_IMPORT_LIST_CHUNKS) != 0)
    {
      entry->chunks = g_array_new (FALSE, FALSE, sizeof (MeshImportChunk));
      g_array_set_clear_func (entry->chunks, chunk_clear);
    }
  return file;
}

static void
queue_ready_nodes (Import *import, File *file)
{
  MeshCid *cid;
  GBytes *block;

  while (mesh_dag_builder_poll_block (file->builder, &cid, &block))
    {
      queue_block (import, cid, block, 0);
      mesh_cid_unref (cid);
      g_bytes_unref (block);
    }
}

/* Adds the leaves of the segment whose turn it is to the tree. */
static void
grow_tree (Import *import, File *file, MeshImportSegment *segment)
{
  for (guint i = 0; i < segment->leaves->len; i++)
    {
      MeshImportLeaf *leaf = &g_array_index (segment->leaves, MeshImportLeaf, i);

      mesh_dag_builder_add_leaf (file->builder, leaf->cid, leaf->size, leaf->block_size);
      queue_ready_nodes (import, file);
      if (file->entry->chunks != NULL)
        {
          MeshImportChunk chunk = { mesh_cid_ref (leaf->cid), leaf->offset, leaf->size };

          g_array_append_val (file->entry->chunks, chunk);
        }
    }
  file->next_offset = segment->end;
}

static void
finish_file (Import *import, File *file)
{
  g_auto (MeshDagEntry) root = { 0 };

  mesh_dag_builder_finish (file->builder, &root);
  queue_ready_nodes (import, file);
  g_clear_pointer (&file->builder, mesh_dag_builder_free);
  file->entry->cid = mesh_cid_ref (root.cid);
  file->tsize = root.tsize;
}

static void
take_segment (GTask *task, File *file, MeshImportSegment *segment)
{
  Import *import = g_task_get_task_data (task);
  MeshImportSegment *next;

  for (guint i = 0; i < segment->leaves->len; i++)
    {
      MeshImportLeaf *leaf = &g_array_index (segment->leaves, MeshImportLeaf, i);

      import->done_bytes += leaf->size;
      if ((import->flags & MESH_IMPORT_REFERENCE_ONLY) != 0 && !segment->has_meta
          && leaf->size > 0)
        queue_reference (import, segment, leaf);
      else
        queue_block (import, leaf->cid, leaf->block, leaf->size);
      /* A segment that waits for its turn in the tree holds no blocks. */
      g_clear_pointer (&leaf->block, g_bytes_unref);
    }
  if (import->chunker.stride == 0)
    {
      import->is_waiting = FALSE;
      import->next_offset = segment->end;
      if (segment->end == file->entry->size)
        {
          import->next_entry++;
          import->next_offset = 0;
        }
    }
  g_hash_table_insert (file->early, &segment->offset, segment);
  while ((next = g_hash_table_lookup (file->early, &file->next_offset)) != NULL)
    {
      guint64 offset = next->offset;

      grow_tree (import, file, next);
      g_hash_table_remove (file->early, &offset);
      if (file->next_offset == file->entry->size)
        {
          finish_file (import, file);
          return;
        }
    }
}

static void
segment_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree SegmentCall *call = user_data;
  g_autoptr (GTask) task = call->task;
  Import *import = g_task_get_task_data (task);
  GError *error = NULL;
  MeshImportSegment *segment
      = mesh_work_pool_run_finish (MESH_WORK_POOL (source), result, &error);

  import->n_segments--;
  if (segment == NULL)
    {
      import->bytes_in_flight -= call->bytes;
      keep_error (import, error);
      pump (task);
      return;
    }
  /* What content-defined chunking left over is read again. */
  import->bytes_in_flight -= call->bytes - (gsize) (segment->end - segment->offset);
  take_segment (task, call->file, segment);
  if (import->progress != NULL && import->error == NULL)
    import->progress (import->done_bytes, import->total_bytes, import->progress_data);
  pump (task);
}

static void
free_boxed_segment (gpointer data)
{
  MeshImportSegment **boxed = data;

  g_clear_pointer (boxed, mesh_import_segment_free);
  g_free (boxed);
}

/* How far the segment at the present place may reach. */
static gsize
get_segment_bytes (const Import *import)
{
  gsize stride = import->chunker.stride;

  if (stride == 0)
    return MAX (SEGMENT_BYTES, 2 * import->chunker.max_bytes);
  return MAX (SEGMENT_BYTES / stride, 1) * stride;
}

static void
start_segment (GTask *task, MeshImportEntry *entry, gsize bytes)
{
  Import *import = g_task_get_task_data (task);
  MeshImportSegment *segment = mesh_import_segment_new ();
  MeshImportSegment **boxed = g_new0 (MeshImportSegment *, 1);
  SegmentCall *call = g_new0 (SegmentCall, 1);

  segment->path = entry->path[0] != '\0' && !import->is_wrapped
                      ? g_build_filename (import->path, entry->path, NULL)
                      : g_strdup (import->path);
  segment->file_size = entry->size;
  segment->offset = import->next_offset;
  segment->max_bytes = get_segment_bytes (import);
  segment->chunker = import->chunker;
  segment->hash_code = import->options.hash_code;
  segment->cid_version = import->options.cid_version;
  segment->is_raw = import->options.raw_leaves;
  /* A file of one chunk has no other node to say it in. */
  segment->has_meta = has_meta (import) && entry->size <= import->chunker.max_bytes;
  segment->meta = get_meta (import, entry);
  *boxed = segment;
  if (import->files->pdata[import->next_entry] == NULL)
    import->files->pdata[import->next_entry] = file_new (import, entry);
  call->task = g_object_ref (task);
  call->file = import->files->pdata[import->next_entry];
  call->bytes = bytes;
  import->n_segments++;
  import->bytes_in_flight += bytes;
  mesh_work_pool_run_async (mesh_store_get_pool (import->store),
                            MESH_WORK_PRIORITY_DEFAULT, mesh_import_segment_run, boxed,
                            free_boxed_segment, mesh_import_segment_free,
                            g_task_get_cancellable (task), segment_cb, call);
}

/* Starts the next segment. FALSE: none is left, or the bounds are reached. */
static gboolean
start_next_segment (GTask *task)
{
  Import *import = g_task_get_task_data (task);
  MeshImportEntry *entry;
  gsize bytes;

  while (import->next_entry < import->entries->len
         && ((MeshImportEntry *) import->entries->pdata[import->next_entry])->type
                != MESH_ENTRY_FILE)
    import->next_entry++;
  if (import->next_entry == import->entries->len || import->is_waiting
      || import->n_segments == MAX_SEGMENTS || import->writes.length >= MAX_WAITING)
    return FALSE;
  entry = import->entries->pdata[import->next_entry];
  bytes = (gsize) MIN (get_segment_bytes (import), entry->size - import->next_offset);
  if (import->bytes_in_flight > 0
      && import->bytes_in_flight + bytes > MESH_IMPORT_MAX_IN_FLIGHT_BYTES)
    return FALSE;
  start_segment (task, entry, bytes);
  import->is_waiting = import->chunker.stride == 0;
  if (import->is_waiting)
    return TRUE;
  import->next_offset += bytes;
  if (import->next_offset == entry->size)
    {
      import->next_entry++;
      import->next_offset = 0;
    }
  return TRUE;
}

/* Folders and links. */

static void
folders_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  Import *import = g_task_get_task_data (task);
  GError *error = NULL;
  MeshImportFolders *job
      = mesh_work_pool_run_finish (MESH_WORK_POOL (source), result, &error);

  import->is_building = FALSE;
  if (job == NULL)
    keep_error (import, error);
  else
    {
      import->dag_bytes = job->dag_bytes;
      for (guint i = 0; i < job->blocks->len; i++)
        {
          MeshImportLeaf *made = &g_array_index (job->blocks, MeshImportLeaf, i);

          queue_block (import, made->cid, made->block, 0);
        }
      mesh_import_folders_free (job);
    }
  pump (task);
}

static void
free_boxed_job (gpointer data)
{
  g_clear_pointer ((MeshImportFolders **) data, mesh_import_folders_free);
  g_free (data);
}

static void
start_folders (GTask *task)
{
  Import *import = g_task_get_task_data (task);
  MeshImportFolders *job = mesh_import_folders_new (import->entries, &import->options);
  MeshImportFolders **boxed = g_new0 (MeshImportFolders *, 1);

  import->has_folders = TRUE;
  import->is_building = TRUE;
  for (guint i = 0; i < import->files->len; i++)
    if (import->files->pdata[i] != NULL)
      g_array_index (job->tsizes, guint64, i) = ((File *) import->files->pdata[i])->tsize;
  *boxed = job;
  mesh_work_pool_run_async (
      mesh_store_get_pool (import->store), MESH_WORK_PRIORITY_DEFAULT,
      mesh_import_folders_run, boxed, free_boxed_job, mesh_import_folders_free,
      g_task_get_cancellable (task), folders_cb, g_object_ref (task));
}

static void
return_result (GTask *task)
{
  Import *import = g_task_get_task_data (task);
  MeshImportResult *result = g_new0 (MeshImportResult, 1);

  result->root = mesh_cid_ref (((MeshImportEntry *) import->entries->pdata[0])->cid);
  result->entries = g_steal_pointer (&import->entries);
  result->total_bytes = import->total_bytes;
  result->dag_bytes = import->dag_bytes;
  result->n_blocks = import->n_blocks;
  g_task_return_pointer (task, result, (GDestroyNotify) mesh_import_result_free);
}

/* Begins whatever may begin; ends the task when all is done. */
static void
pump (GTask *task)
{
  Import *import = g_task_get_task_data (task);
  gboolean is_idle;

  if (import->error == NULL)
    g_cancellable_set_error_if_cancelled (g_task_get_cancellable (task), &import->error);
  while (import->error == NULL && import->n_writes < MAX_WRITES
         && import->writes.length > 0)
    start_write (task, g_queue_pop_head (&import->writes));
  while (import->error == NULL && start_next_segment (task))
    ;
  is_idle = import->n_segments == 0 && import->n_writes == 0 && !import->is_building;
  if (import->error != NULL)
    {
      if (is_idle)
        g_task_return_error (task, g_steal_pointer (&import->error));
      return;
    }
  if (import->n_segments > 0 || import->next_entry < import->entries->len)
    return;
  if (!import->has_folders)
    start_folders (task);
  else if (is_idle && import->writes.length == 0)
    return_result (task);
}

static void
free_scan (gpointer data)
{
  MeshImportScan *scan = data;

  g_clear_pointer (&scan->entries, g_ptr_array_unref);
  g_free (scan->path);
  g_free (scan);
}

static void
free_boxed_scan (gpointer data)
{
  g_clear_pointer ((MeshImportScan **) data, free_scan);
  g_free (data);
}

static gpointer
run_scan (gpointer input, GCancellable *cancellable, GError **error)
{
  MeshImportScan *scan = *(MeshImportScan **) input;

  if (!mesh_import_scan_run (scan, cancellable, error))
    return NULL;
  *(MeshImportScan **) input = NULL;
  return scan;
}

static void
scan_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  Import *import = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  MeshImportScan *scan
      = mesh_work_pool_run_finish (MESH_WORK_POOL (source), result, &error);

  if (scan == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  import->entries = g_steal_pointer (&scan->entries);
  import->is_wrapped = scan->is_wrapped;
  free_scan (scan);
  import->files = g_ptr_array_new_full (import->entries->len, file_free);
  for (guint i = 0; i < import->entries->len; i++)
    {
      import->total_bytes += ((MeshImportEntry *) import->entries->pdata[i])->size;
      g_ptr_array_add (import->files, NULL);
    }
  pump (task);
}

static void
start_scan (GTask *task)
{
  Import *import = g_task_get_task_data (task);
  MeshImportScan **boxed = g_new0 (MeshImportScan *, 1);

  *boxed = g_new0 (MeshImportScan, 1);
  (*boxed)->path = g_strdup (import->path);
  (*boxed)->wrap = import->options.wrap_in_directory;
  mesh_work_pool_run_async (mesh_store_get_pool (import->store),
                            MESH_WORK_PRIORITY_DEFAULT, run_scan, boxed, free_boxed_scan,
                            free_scan, g_task_get_cancellable (task), scan_cb,
                            g_object_ref (task));
}

static gboolean
check_options (const MeshImportOptions *options, GError **error)
{
  if (options->chunk_size < MESH_IMPORT_MIN_CHUNK
      || options->chunk_size > MESH_IMPORT_MAX_CHUNK)
    g_set_error (error, MESH_ERROR, MESH_ERROR_INVALID,
                 "The chunk size must be from %u to %u bytes", MESH_IMPORT_MIN_CHUNK,
                 MESH_IMPORT_MAX_CHUNK);
  else if (options->chunker == MESH_CHUNKER_FASTCDC
           && options->chunk_size != MESH_FASTCDC_MEAN_BYTES)
    g_set_error (error, MESH_ERROR, MESH_ERROR_INVALID,
                 "The chunker fastcdc has no other mean size than %u bytes",
                 MESH_FASTCDC_MEAN_BYTES);
  else if (options->max_links < MESH_IMPORT_MIN_LINKS
           || options->max_links > MESH_IMPORT_MAX_LINKS)
    g_set_error (error, MESH_ERROR, MESH_ERROR_INVALID,
                 "The number of links must be from %u to %u", MESH_IMPORT_MIN_LINKS,
                 MESH_IMPORT_MAX_LINKS);
  else if (mesh_multihash_get_length (options->hash_code) == 0)
    g_set_error (error, MESH_ERROR, MESH_ERROR_UNSUPPORTED,
                 "This hash can not be used to add files");
  else if (options->cid_version > 1
           || (options->cid_version == 0
               && options->hash_code != MESH_MULTIHASH_SHA2_256))
    g_set_error (error, MESH_ERROR, MESH_ERROR_INVALID, "CID version 0 needs sha2-256");
  else
    return TRUE;
  return FALSE;
}

void
mesh_importer_add_async (MeshStore *store,
                         const char *path,
                         const MeshImportOptions *options,
                         MeshImportFlags flags,
                         MeshImportProgress progress,
                         gpointer progress_data,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  Import *import = g_new0 (Import, 1);
  GError *error = NULL;

  g_return_if_fail (MESH_IS_STORE (store));

  task = g_task_new (store, cancellable, callback, user_data);
  g_task_set_source_tag (task, mesh_importer_add_async);
  g_task_set_task_data (task, import, import_free);
  import->store = g_object_ref (store);
  import->path = g_canonicalize_filename (path, NULL);
  mesh_import_options_init (&import->options);
  if (options != NULL)
    import->options = *options;
  import->flags = flags;
  import->progress = progress;
  import->progress_data = progress_data;
  if (!check_options (&import->options, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  if (import->options.chunker == MESH_CHUNKER_FASTCDC)
    mesh_fastcdc_init (&import->chunker, MESH_FASTCDC_MEAN_BYTES);
  else
    mesh_chunker_init_fixed (&import->chunker, import->options.chunk_size);
  import->lease = mesh_store_lease_new (store);
  start_scan (task);
}

MeshImportResult *
mesh_importer_add_finish (MeshStore *store, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, store), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
