/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "tree/mesh-import-segment.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mesh-error.h"

static void
leaf_clear (gpointer data)
{
  MeshImportLeaf *leaf = data;

  g_clear_pointer (&leaf->cid, mesh_cid_unref);
  g_clear_pointer (&leaf->block, g_bytes_unref);
}

MeshImportSegment *
mesh_import_segment_new (void)
{
  MeshImportSegment *self = g_new0 (MeshImportSegment, 1);

  self->leaves = g_array_new (FALSE, FALSE, sizeof (MeshImportLeaf));
  g_array_set_clear_func (self->leaves, leaf_clear);
  return self;
}

void
mesh_import_segment_free (gpointer data)
{
  MeshImportSegment *self = data;

  g_array_unref (self->leaves);
  g_free (self->path);
  g_free (self);
}

static gboolean
fail_changed (MeshImportSegment *self, GError **error)
{
  g_set_error (error, MESH_ERROR, MESH_ERROR_WRONG_STATE,
               "“%s” changed while it was read; try again when nobody writes to it",
               self->path);
  return FALSE;
}

static gboolean
read_exactly (MeshImportSegment *self,
              int fd,
              guint64 offset,
              guint8 *out,
              gsize len,
              GError **error)
{
  while (len > 0)
    {
      gssize n = pread (fd, out, len, (off_t) offset);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        {
          g_set_error (error, MESH_ERROR, MESH_ERROR_IO, "“%s” can not be read: %s",
                       self->path, g_strerror (errno));
          return FALSE;
        }
      if (n == 0)
        return fail_changed (self, error);
      out += n;
      offset += (guint64) n;
      len -= (gsize) n;
    }
  return TRUE;
}

/* Makes the block of a chunk whose bytes lie at @data + MESH_UNIXFS_LEAF_MAX_HEAD, with
 * room around them. Takes @data over. */
static GBytes *
frame (MeshImportSegment *self, guint8 *data, gsize size)
{
  guint8 head[MESH_UNIXFS_LEAF_MAX_HEAD];
  guint8 tail[MESH_UNIXFS_LEAF_MAX_TAIL];
  guint8 *bytes = data + MESH_UNIXFS_LEAF_MAX_HEAD;
  g_autoptr (GBytes) whole = g_bytes_new_take (data, MESH_UNIXFS_LEAF_MAX_HEAD + size
                                                         + MESH_UNIXFS_LEAF_MAX_TAIL);
  gsize n_head;
  gsize n_tail;

  if (self->has_meta)
    return mesh_unixfs_new_file_block (bytes, size, &self->meta);
  if (self->is_raw)
    return g_bytes_new_from_bytes (whole, MESH_UNIXFS_LEAF_MAX_HEAD, size);
  mesh_unixfs_leaf_frame (size, head, &n_head, tail, &n_tail);
  memcpy (bytes - n_head, head, n_head);
  memcpy (bytes + size, tail, n_tail);
  return g_bytes_new_from_bytes (whole, MESH_UNIXFS_LEAF_MAX_HEAD - n_head,
                                 n_head + size + n_tail);
}

static MeshCid *
name (MeshImportSegment *self, const guint8 *digest, gsize len)
{
  guint64 codec = self->is_raw && !self->has_meta ? MESH_CODEC_RAW : MESH_CODEC_DAG_PB;

  if (self->cid_version == 0 && codec == MESH_CODEC_DAG_PB)
    return mesh_cid_new_v0 (digest);
  return mesh_cid_new_v1 (codec, self->hash_code, digest, len);
}

/* Hashes all leaves, as many at once as there are lanes. */
static void
hash_leaves (MeshImportSegment *self)
{
  for (guint start = 0; start < self->leaves->len; start += MESH_MULTIHASH_MAX_MANY)
    {
      guint n = MIN (MESH_MULTIHASH_MAX_MANY, self->leaves->len - start);
      MeshImportLeaf *leaves = &g_array_index (self->leaves, MeshImportLeaf, start);
      const guint8 *data[MESH_MULTIHASH_MAX_MANY];
      gsize len[MESH_MULTIHASH_MAX_MANY];
      guint8 digests[MESH_MULTIHASH_MAX_MANY][MESH_MULTIHASH_MAX_HASH];
      gsize n_digest;

      for (guint i = 0; i < n; i++)
        data[i] = g_bytes_get_data (leaves[i].block, &len[i]);
      n_digest = mesh_multihash_digest_many (self->hash_code, n, data, len, digests);
      for (guint i = 0; i < n; i++)
        leaves[i].cid = name (self, digests[i], n_digest);
    }
}

/* Where every boundary is known beforehand chunks are read one by one, each into the
 * buffer that becomes its block: no byte is copied. */
static gboolean
read_strided (MeshImportSegment *self, int fd, GError **error)
{
  guint64 limit = MIN (self->file_size, self->offset + self->max_bytes);

  self->end = self->offset;
  do
    {
      gsize size = (gsize) MIN (self->chunker.stride, limit - self->end);
      guint8 *data
          = g_malloc (MESH_UNIXFS_LEAF_MAX_HEAD + size + MESH_UNIXFS_LEAF_MAX_TAIL);
      MeshImportLeaf leaf = { .offset = self->end, .size = size };

      if (!read_exactly (self, fd, self->end, data + MESH_UNIXFS_LEAF_MAX_HEAD, size,
                         error))
        {
          g_free (data);
          return FALSE;
        }
      leaf.block = frame (self, data, size);
      leaf.block_size = g_bytes_get_size (leaf.block);
      g_array_append_val (self->leaves, leaf);
      self->end += size;
    }
  while (self->end < limit);
  return TRUE;
}

/* Where boundaries depend on the bytes these are read first and then cut. */
static gboolean
read_and_cut (MeshImportSegment *self, int fd, GError **error)
{
  gsize len = (gsize) MIN (self->max_bytes, self->file_size - self->offset);
  g_autofree guint8 *bytes = g_malloc (MAX (len, 1));
  gboolean is_last = self->offset + len == self->file_size;
  gsize start = 0;

  if (!read_exactly (self, fd, self->offset, bytes, len, error))
    return FALSE;
  do
    {
      gsize size
          = mesh_chunker_next (&self->chunker, bytes + start, len - start, is_last);
      MeshImportLeaf leaf = { .offset = self->offset + start, .size = size };
      guint8 *data;

      if (size == 0 && !(is_last && len == 0))
        break;
      /* Only now it is known whether there are more chunks than one. */
      self->has_meta = self->has_meta && size == self->file_size;
      data = g_malloc (MESH_UNIXFS_LEAF_MAX_HEAD + size + MESH_UNIXFS_LEAF_MAX_TAIL);
      memcpy (data + MESH_UNIXFS_LEAF_MAX_HEAD, bytes + start, size);
      leaf.block = frame (self, data, size);
      leaf.block_size = g_bytes_get_size (leaf.block);
      g_array_append_val (self->leaves, leaf);
      start += size;
    }
  while (start < len);
  self->end = self->offset + start;
  return TRUE;
}

static gboolean
run (MeshImportSegment *self, GError **error)
{
  int fd = open (self->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  struct stat info;
  gboolean is_good;

  if (fd < 0)
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_IO, "“%s” can not be opened: %s",
                   self->path, g_strerror (errno));
      return FALSE;
    }
  if (fstat (fd, &info) < 0 || !S_ISREG (info.st_mode)
      || (guint64) info.st_size != self->file_size)
    is_good = fail_changed (self, error);
  else
    is_good = self->chunker.stride > 0 ? read_strided (self, fd, error)
                                       : read_and_cut (self, fd, error);
  close (fd);
  if (is_good)
    hash_leaves (self);
  return is_good;
}

gpointer
mesh_import_segment_run (gpointer input, GCancellable *cancellable, GError **error)
{
  MeshImportSegment *self = *(MeshImportSegment **) input;

  if (!run (self, error))
    return NULL;
  *(MeshImportSegment **) input = NULL;
  return self;
}
