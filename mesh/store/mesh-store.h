/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <gio/gio.h>

#include "content/mesh-cid.h"
#include "index/mesh-index-types.h"
#include "store/mesh-block-source.h"
#include "work/mesh-work-pool.h"

/* The block store of a node: a folder of block files in 256 shards beside an SQLite
 * index.
 *
 *   DIR/index.db          index (WAL)
 *   DIR/xx/NAME           a block; NAME is the base32 of its multihash, xx its last byte
 *   DIR/tmp/              writes in progress, emptied at open
 *
 * Blocks are keyed by multihash: CIDs that differ only in version or codec share a block.
 * A block may also be a reference, a stretch of a file that lies elsewhere (an installed
 * app), so that sharing what is installed needs no second copy.
 *
 * Reading verifies. Every block is hashed against its CID each time it is read, in the
 * worker pool. A damaged block file and a reference whose file changed are dropped from
 * the index and reported as %MESH_ERROR_NOT_FOUND; wrong bytes never leave the store.
 *
 * Durability. A block is written to tmp/ and renamed, then enters the index in a
 * transaction shared with its neighbours (group commit), so `kill -9` at any instruction
 * leaves a whole block or none. There is no fsync per block: after a power cut a file may
 * be empty or torn although the index has it. That is honest, because blocks verify
 * themselves: such a block is dropped at its first read and fetched again. What must not
 * be lost is made durable as a whole: mesh_store_pin_async() and mesh_store_sync_async()
 * flush the file system that holds the store, then commit with a full sync, before they
 * say done.
 *
 * Space. The limit is hard: bytes are reserved before a write begins, least recently used
 * blocks that are neither pinned nor in use are evicted to make room, and if that does
 * not suffice the write is refused with %MESH_ERROR_NO_SPACE, as it is on a full disk.
 * References and the index do not count.
 *
 * Threads: all functions are for the context that opened the store. Index writes run in
 * one thread of the store's own, hashing and file reads and writes in the pool.
 *
 * Ends: mesh_store_close_async() writes what is pending; without it the last reference
 * does the same, blocking for that time. */

#define MESH_TYPE_STORE (mesh_store_get_type ())
G_DECLARE_FINAL_TYPE (MeshStore, mesh_store, MESH, STORE, GObject)

/**
 * MeshStore::block-added:
 * @cid: (type MeshCid): a pointer to the #MeshCid as it was put
 *
 * A block was put that was not being held as a file before.
 */

/**
 * MeshStore::shares-changed:
 *
 * mesh_store_set_shared_finish() has just said that a root is shared, or is not any more.
 */

/* Longest name of a pin, in bytes. */
#define MESH_STORE_MAX_PIN_NAME 255
/* Most puts waiting for disk or index at once; more fail with %MESH_ERROR_BUSY. Callers
 * bound themselves far below this, since each holds its bytes. */
#define MESH_STORE_MAX_PENDING 1024

typedef struct
{
  guint64 limit_bytes; /* most bytes in block files; 0: no limit but the disk */
} MeshStoreOptions;

typedef enum
{
  MESH_STORE_PUT_NONE = 0,
  MESH_STORE_PUT_VERIFIED = 1 << 0, /* the caller has hashed the bytes against the CID */
} MeshStorePutFlags;

/**
 * mesh_store_open_async:
 * @dir: the folder, made if missing (mode 0700)
 * @pool: (nullable): the node's worker pool; %NULL makes one for this store
 * @options: (nullable): copied
 *
 * Opens the index, brings its schema up to date and removes what a crash left in tmp/. A
 * second process on the same folder is refused with %MESH_ERROR_BUSY; an index of a newer
 * schema with %MESH_ERROR_UNSUPPORTED; a damaged index is set aside and rebuilt from the
 * block files (pins are lost then, which is logged).
 */
void mesh_store_open_async (const char *dir,
                            MeshWorkPool *pool,
                            const MeshStoreOptions *options,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
MeshStore *
mesh_store_open_finish (GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_store_close_async:
 *
 * Finishes what was begun, commits, closes. Every later call fails with
 * %MESH_ERROR_CLOSED.
 */
void mesh_store_close_async (MeshStore *self,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
gboolean mesh_store_close_finish (MeshStore *self, GAsyncResult *result, GError **error);

/**
 * mesh_store_get_pool:
 *
 * Returns: (transfer none): the worker pool this store uses
 */
MeshWorkPool *mesh_store_get_pool (MeshStore *self);

/* The limit may change at any time; a smaller one evicts in the background. */
void mesh_store_set_limit (MeshStore *self, guint64 limit_bytes);

/**
 * mesh_store_put_async:
 * @cid: the name; identity CIDs succeed without being stored
 * @bytes: at most %MESH_BLOCK_MAX_BYTES
 *
 * Stores a block. Done means: it will be found, by this process and by the next one after
 * a `kill -9`. A block that is already there as a file only counts as used. Bytes that do
 * not hash to @cid: %MESH_ERROR_MISMATCH.
 */
void mesh_store_put_async (MeshStore *self,
                           MeshCid *cid,
                           GBytes *bytes,
                           MeshStorePutFlags flags,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data);
gboolean mesh_store_put_finish (MeshStore *self,
                                GAsyncResult *result,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_store_get_async:
 *
 * The same as mesh_block_source_get_async() on the store, at default priority. The block
 * counts as used and can not be evicted while it is read.
 */
void mesh_store_get_async (MeshStore *self,
                           MeshCid *cid,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data);
void mesh_store_get_with_priority_async (MeshStore *self,
                                         MeshCid *cid,
                                         int priority,
                                         GCancellable *cancellable,
                                         GAsyncReadyCallback callback,
                                         gpointer user_data);
GBytes *mesh_store_get_finish (MeshStore *self,
                               GAsyncResult *result,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_store_has:
 *
 * Whether the index has the block: one indexed lookup, tens of microseconds. A file that
 * changed behind the store's back is only noticed when it is read.
 */
gboolean mesh_store_has (MeshStore *self, const MeshCid *cid);

/**
 * mesh_store_get_block_size:
 * @size: (out): the block's length in bytes
 *
 * Returns: %FALSE when the store does not have it
 */
gboolean mesh_store_get_block_size (MeshStore *self,
                                    const MeshCid *cid,
                                    gsize *size) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_store_delete_async:
 *
 * Removes one block unless it is pinned or in use (%MESH_ERROR_BUSY). The files that
 * references point at are not touched.
 */
void mesh_store_delete_async (MeshStore *self,
                              MeshCid *cid,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
gboolean mesh_store_delete_finish (MeshStore *self, GAsyncResult *result, GError **error);

/* References. */

/**
 * mesh_store_add_reference_async:
 * @cid: the block
 * @path: (type filename): absolute path of a regular file
 * @offset: where its bytes begin
 * @size: how many bytes of the file
 * @kind: how the block is made from them
 *
 * Says where the bytes of @cid lie. They are not read now: the first read checks them. A
 * block may have many references; the first that verifies is used. When the block also
 * has a file in the store that file stays.
 */
void mesh_store_add_reference_async (MeshStore *self,
                                     MeshCid *cid,
                                     const char *path,
                                     guint64 offset,
                                     gsize size,
                                     MeshReferenceKind kind,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
gboolean mesh_store_add_reference_finish (MeshStore *self,
                                          GAsyncResult *result,
                                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_store_drop_copy_async:
 *
 * Deletes the block file of a block that also has a reference, so that its bytes are on
 * the disk once. %MESH_ERROR_BUSY: it is being read. Nothing happens without a reference.
 */
void mesh_store_drop_copy_async (MeshStore *self,
                                 MeshCid *cid,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
gboolean
mesh_store_drop_copy_finish (MeshStore *self, GAsyncResult *result, GError **error);

/**
 * mesh_store_remove_references_async:
 * @path: (type filename): a file or a folder
 *
 * Forgets all references into @path or below it, as before an app is removed.
 */
void mesh_store_remove_references_async (MeshStore *self,
                                         const char *path,
                                         GCancellable *cancellable,
                                         GAsyncReadyCallback callback,
                                         gpointer user_data);
gboolean mesh_store_remove_references_finish (MeshStore *self,
                                              GAsyncResult *result,
                                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_store_rename_references_async:
 * @old_path: (type filename): a file or a folder
 * @new_path: (type filename): where it went
 *
 * Follows a rename (a staged version that becomes the installed one). References below
 * @new_path end, unless there are none below @old_path: what they name is checked when it
 * is read, and may be in the new file as well.
 */
void mesh_store_rename_references_async (MeshStore *self,
                                         const char *old_path,
                                         const char *new_path,
                                         GCancellable *cancellable,
                                         GAsyncReadyCallback callback,
                                         gpointer user_data);
gboolean mesh_store_rename_references_finish (MeshStore *self,
                                              GAsyncResult *result,
                                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_store_adopt_references_async:
 * @path: (type filename): a file or a folder that is about to go
 * @max_bytes: most bytes copied
 *
 * Copies blocks that only lie in those files into the store, within its limit, and then
 * forgets all references to them, also when some could not be copied.
 */
void mesh_store_adopt_references_async (MeshStore *self,
                                        const char *path,
                                        guint64 max_bytes,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data);
gboolean mesh_store_adopt_references_finish (MeshStore *self,
                                             GAsyncResult *result,
                                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * MeshStorePlace:
 *
 * Where the bytes of a block that is on its way are to lie. While it lives, a put of the
 * block writes them into that file and enters a reference to them instead of making a
 * block file: what is fetched in order to be written out is written once.
 *
 * The block is used like any other: verified before it is written and each time it is
 * read. When it is not what the place is for (a leaf of exactly that size), is here
 * already or is being put by somebody else, the place stays empty and its owner writes
 * the bytes.
 */
typedef struct MeshStorePlace MeshStorePlace;

/**
 * mesh_store_place_new:
 * @cid: the block; a raw one, or the dag-pb node of a UnixFS leaf
 * @path: (type filename): absolute path of a file
 * @fd: that file, open for writing, for as long as the place lives
 * @offset: where the bytes begin in the file
 * @size: how many bytes of the file
 *
 * Returns: (transfer full) (nullable): %NULL when the block has a place already
 */
MeshStorePlace *mesh_store_place_new (MeshStore *self,
                                      MeshCid *cid,
                                      const char *path,
                                      int fd,
                                      guint64 offset,
                                      guint64 size) G_GNUC_WARN_UNUSED_RESULT;
/* A put that has begun to use it goes on, but enters the block as if there were none. */
void mesh_store_place_free (MeshStorePlace *place);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshStorePlace, mesh_store_place_free)

/* Whether the bytes are in the file, and the reference in the index. */
gboolean mesh_store_place_is_filled (const MeshStorePlace *place);

/* Pins: a named hold on a whole DAG. */

/**
 * mesh_store_pin_async:
 * @name: who holds it: "app:org.example.App@1.2"; at most %MESH_STORE_MAX_PIN_NAME bytes
 * @root: the root
 *
 * Pins @root and everything below it against eviction and garbage collection. The same
 * @name and @root again raises a count that mesh_store_unpin_async() lowers. Every block
 * must be here: %MESH_ERROR_NOT_FOUND names the first that is missing. Done means
 * durable, also over a power cut.
 */
void mesh_store_pin_async (MeshStore *self,
                           const char *name,
                           MeshCid *root,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data);
gboolean mesh_store_pin_finish (MeshStore *self,
                                GAsyncResult *result,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* %MESH_ERROR_NOT_FOUND when there is no such pin. */
void mesh_store_unpin_async (MeshStore *self,
                             const char *name,
                             MeshCid *root,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
gboolean mesh_store_unpin_finish (MeshStore *self,
                                  GAsyncResult *result,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_store_is_pinned:
 *
 * Returns: whether any pin holds this block, as root or below one; one indexed lookup
 */
gboolean mesh_store_is_pinned (MeshStore *self, const MeshCid *cid);

typedef struct
{
  char *name;    /* (owned) */
  MeshCid *root; /* (owned) */
  guint count;
} MeshStorePin;

void mesh_store_pin_free (MeshStorePin *pin);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshStorePin, mesh_store_pin_free)

/**
 * mesh_store_dup_pins:
 *
 * Returns: (transfer full) (element-type MeshStorePin): all pins, sorted by name
 */
GPtrArray *mesh_store_dup_pins (MeshStore *self) G_GNUC_WARN_UNUSED_RESULT;

/* Sharing: what other peers may have. Nothing is served that is not shared. */

/**
 * mesh_store_set_shared_async:
 * @root: the root of a DAG
 * @is_shared: whether peers may have its blocks
 *
 * Marks what is here of the DAG. Parts that arrive later are marked by calling again, or
 * one by one with mesh_store_share_block().
 */
void mesh_store_set_shared_async (MeshStore *self,
                                  MeshCid *root,
                                  gboolean is_shared,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
gboolean mesh_store_set_shared_finish (MeshStore *self,
                                       GAsyncResult *result,
                                       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_store_share_block:
 * @root: a root given to mesh_store_set_shared_async() before
 * @cid: a block below it that has just been stored
 *
 * Lets a node serve what it is still fetching. Takes effect within the next commit.
 */
void mesh_store_share_block (MeshStore *self, MeshCid *root, MeshCid *cid);

/**
 * mesh_store_is_shared:
 *
 * Returns: whether the block is in a shared DAG: one indexed lookup. Identity CIDs are.
 */
gboolean mesh_store_is_shared (MeshStore *self, const MeshCid *cid);

/**
 * mesh_store_dup_shared_roots:
 *
 * Returns: (transfer full) (element-type MeshCid): all shared roots, sorted
 */
GPtrArray *mesh_store_dup_shared_roots (MeshStore *self) G_GNUC_WARN_UNUSED_RESULT;

/* Operations in progress. */

/**
 * MeshStoreLease:
 *
 * While it lives, no block read or written since it was taken is evicted, collected or
 * deleted. An install, import or export takes one, so that its blocks stay until they are
 * pinned.
 */
typedef struct MeshStoreLease MeshStoreLease;

MeshStoreLease *mesh_store_lease_new (MeshStore *self) G_GNUC_WARN_UNUSED_RESULT;
void mesh_store_lease_free (MeshStoreLease *lease);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshStoreLease, mesh_store_lease_free)

/* Upkeep. */

/**
 * mesh_store_gc_async:
 *
 * Deletes every block file that no pin and no lease holds and nobody is reading, drops
 * references whose file is gone, and adopts or removes files the index does not know.
 */
void mesh_store_gc_async (MeshStore *self,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data);
/**
 * mesh_store_gc_finish:
 * @freed_bytes: (out) (optional): bytes of block files deleted
 */
gboolean mesh_store_gc_finish (MeshStore *self,
                               GAsyncResult *result,
                               guint64 *freed_bytes,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_store_sync_async:
 *
 * Done means: everything put before the call survives a power cut.
 */
void mesh_store_sync_async (MeshStore *self,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
gboolean mesh_store_sync_finish (MeshStore *self,
                                 GAsyncResult *result,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_store_get_stats:
 *
 * Counters kept up to date as blocks come and go: O(1).
 */
void mesh_store_get_stats (MeshStore *self, MeshStoreStats *stats);
