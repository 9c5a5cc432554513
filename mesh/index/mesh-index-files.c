/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "index/mesh-index-files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mesh-base32.h"
#include "base/mesh-error.h"
#include "content/mesh-dag-pb.h"
#include "content/mesh-unixfs.h"

#define FOLDER_MODE 0700
#define FILE_MODE 0600
/* "xx/" and the base32 of the longest multihash. */
#define NAME_CHARS (3 + ((2 + MESH_MULTIHASH_MAX_DIGEST) * 8 + 4) / 5 + 8)
#define TMP_CHARS 16

static void
set_errno (GError **error, int code, const char *what)
{
  MeshError mapped
      = code == ENOSPC || code == EDQUOT ? MESH_ERROR_NO_SPACE : MESH_ERROR_IO;

  g_set_error (error, MESH_ERROR, mapped, "%s: %s", what, g_strerror (code));
}

static void
get_name (const MeshCid *cid, char name[NAME_CHARS])
{
  gsize len;
  const guint8 *mh = mesh_cid_get_multihash (cid, &len);
  g_autofree char *text = mesh_base32_encode (mh, len);

  g_snprintf (name, NAME_CHARS, "%02x/%s", mh[len - 1], text);
}

static void
empty_tmp (int tmp_fd)
{
  int fd = dup (tmp_fd);
  DIR *dir = fd >= 0 ? fdopendir (fd) : NULL;
  struct dirent *entry;

  if (dir == NULL)
    {
      if (fd >= 0)
        close (fd);
      return;
    }
  while ((entry = readdir (dir)) != NULL)
    if (entry->d_name[0] != '.')
      unlinkat (tmp_fd, entry->d_name, 0);
  closedir (dir);
}

gboolean
mesh_index_files_open (MeshIndexFiles *self, const char *dir, GError **error)
{
  *self = (MeshIndexFiles){ -1, -1, -1, 0 };
  if (g_mkdir_with_parents (dir, FOLDER_MODE) < 0
      || (self->dir_fd = open (dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0
      || (self->lock_fd
          = openat (self->dir_fd, "lock", O_RDWR | O_CREAT | O_CLOEXEC, FILE_MODE))
             < 0)
    {
      set_errno (error, errno, "The folder of the block store can not be opened");
      mesh_index_files_close (self);
      return FALSE;
    }
  if (flock (self->lock_fd, LOCK_EX | LOCK_NB) < 0)
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_BUSY,
                   "The block store in %s is in use by another process; stop that first",
                   dir);
      mesh_index_files_close (self);
      return FALSE;
    }
  if ((mkdirat (self->dir_fd, "tmp", FOLDER_MODE) < 0 && errno != EEXIST)
      || (self->tmp_fd = openat (self->dir_fd, "tmp", O_RDONLY | O_DIRECTORY | O_CLOEXEC))
             < 0)
    {
      set_errno (error, errno, "The folder of the block store can not be written");
      mesh_index_files_close (self);
      return FALSE;
    }
  empty_tmp (self->tmp_fd);
  return TRUE;
}

void
mesh_index_files_close (MeshIndexFiles *self)
{
  int *const fds[] = { &self->tmp_fd, &self->lock_fd, &self->dir_fd };

  for (gsize i = 0; i < G_N_ELEMENTS (fds); i++)
    {
      if (*fds[i] >= 0)
        close (*fds[i]);
      *fds[i] = -1;
    }
}

static gboolean
write_all (int fd, const guint8 *data, gsize len)
{
  while (len > 0)
    {
      gssize n = write (fd, data, len);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return FALSE;
      data += n;
      len -= (gsize) n;
    }
  return TRUE;
}

static gboolean
write_all_at (int fd, guint64 offset, const guint8 *data, gsize len)
{
  while (len > 0)
    {
      gssize n = pwrite (fd, data, len, (off_t) offset);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return FALSE;
      data += n;
      offset += (guint64) n;
      len -= (gsize) n;
    }
  return TRUE;
}

gboolean
mesh_index_files_write_tmp (MeshIndexFiles *self,
                            const guint8 *data,
                            gsize len,
                            guint *id,
                            GError **error)
{
  char name[TMP_CHARS];
  gboolean is_written;
  int saved;
  int fd;

  *id = (guint) g_atomic_int_add (&self->next_tmp, 1);
  g_snprintf (name, sizeof name, "%u", *id);
  fd = openat (self->tmp_fd, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, FILE_MODE);
  if (fd < 0)
    {
      set_errno (error, errno, "A block can not be written");
      return FALSE;
    }
  is_written = write_all (fd, data, len);
  saved = errno;
  if (close (fd) < 0 && is_written)
    {
      is_written = FALSE;
      saved = errno;
    }
  if (is_written)
    return TRUE;
  unlinkat (self->tmp_fd, name, 0);
  set_errno (error, saved, "A block can not be written");
  return FALSE;
}

gboolean
mesh_index_files_commit_tmp (MeshIndexFiles *self,
                             guint id,
                             const MeshCid *cid,
                             GError **error)
{
  char tmp[TMP_CHARS];
  char name[NAME_CHARS];

  g_snprintf (tmp, sizeof tmp, "%u", id);
  get_name (cid, name);
  if (renameat (self->tmp_fd, tmp, self->dir_fd, name) == 0)
    return TRUE;
  if (errno == ENOENT)
    {
      char shard[3] = { name[0], name[1], '\0' };

      if (mkdirat (self->dir_fd, shard, FOLDER_MODE) < 0 && errno != EEXIST)
        {
          set_errno (error, errno, "A folder for blocks can not be made");
          return FALSE;
        }
      if (renameat (self->tmp_fd, tmp, self->dir_fd, name) == 0)
        return TRUE;
    }
  set_errno (error, errno, "A block can not be put in its place");
  return FALSE;
}

void
mesh_index_files_discard_tmp (MeshIndexFiles *self, guint id)
{
  char name[TMP_CHARS];

  g_snprintf (name, sizeof name, "%u", id);
  unlinkat (self->tmp_fd, name, 0);
}

void
mesh_index_files_delete (MeshIndexFiles *self, const MeshCid *cid)
{
  char name[NAME_CHARS];

  get_name (cid, name);
  if (unlinkat (self->dir_fd, name, 0) < 0 && errno != ENOENT)
    g_warning ("The block file %s can not be deleted: %s", name, g_strerror (errno));
}

static gboolean
read_all (int fd, guint64 offset, guint8 *out, gsize len)
{
  while (len > 0)
    {
      gssize n = pread (fd, out, len, (off_t) offset);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return FALSE;
      out += n;
      offset += (guint64) n;
      len -= (gsize) n;
    }
  return TRUE;
}

/* Opens a regular file for reading; never waits on a pipe, never follows a last symlink.
 */
static int
open_regular (int dir_fd, const char *name, guint64 *size)
{
  struct stat info;
  int fd = openat (dir_fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

  if (fd < 0)
    return -1;
  if (fstat (fd, &info) < 0 || !S_ISREG (info.st_mode))
    {
      close (fd);
      return -1;
    }
  *size = (guint64) info.st_size;
  return fd;
}

GBytes *
mesh_index_files_read (MeshIndexFiles *self, const MeshCid *cid, gsize size)
{
  g_autofree guint8 *data = NULL;
  char name[NAME_CHARS];
  guint64 file_size;
  gboolean is_read;
  int fd;

  get_name (cid, name);
  fd = open_regular (self->dir_fd, name, &file_size);
  if (fd < 0)
    return NULL;
  data = file_size == size ? g_try_malloc (MAX (size, 1)) : NULL;
  is_read = data != NULL && read_all (fd, 0, data, size);
  close (fd);
  return is_read ? g_bytes_new_take (g_steal_pointer (&data), size) : NULL;
}

gsize
mesh_index_files_get_reference_size (gsize size, MeshReferenceKind kind)
{
  guint8 head[MESH_UNIXFS_LEAF_MAX_HEAD];
  guint8 tail[MESH_UNIXFS_LEAF_MAX_TAIL];
  gsize n_head;
  gsize n_tail;

  if (kind == MESH_REFERENCE_RAW)
    return size;
  mesh_unixfs_leaf_frame (size, head, &n_head, tail, &n_tail);
  return n_head + size + n_tail;
}

gboolean
mesh_index_files_fits_reference (const guint8 *block,
                                 gsize len,
                                 gsize size,
                                 MeshReferenceKind kind)
{
  guint8 head[MESH_UNIXFS_LEAF_MAX_HEAD];
  guint8 tail[MESH_UNIXFS_LEAF_MAX_TAIL];
  gsize n_head;
  gsize n_tail;

  if (size > len)
    return FALSE;
  if (kind == MESH_REFERENCE_RAW)
    return size == len;
  mesh_unixfs_leaf_frame (size, head, &n_head, tail, &n_tail);
  return len == n_head + size + n_tail && memcmp (block, head, n_head) == 0
         && memcmp (block + n_head + size, tail, n_tail) == 0;
}

gboolean
mesh_index_files_write_reference (int fd,
                                  guint64 offset,
                                  gsize size,
                                  MeshReferenceKind kind,
                                  const guint8 *block,
                                  GError **error)
{
  guint8 head[MESH_UNIXFS_LEAF_MAX_HEAD];
  guint8 tail[MESH_UNIXFS_LEAF_MAX_TAIL];
  gsize n_head = 0;
  gsize n_tail;

  if (kind == MESH_REFERENCE_UNIXFS_LEAF)
    mesh_unixfs_leaf_frame (size, head, &n_head, tail, &n_tail);
  if (write_all_at (fd, offset, block + n_head, size))
    return TRUE;
  set_errno (error, errno, "A block can not be written into its file");
  return FALSE;
}

GBytes *
mesh_index_files_read_reference (const char *path,
                                 guint64 offset,
                                 gsize size,
                                 MeshReferenceKind kind)
{
  guint8 head[MESH_UNIXFS_LEAF_MAX_HEAD];
  guint8 tail[MESH_UNIXFS_LEAF_MAX_TAIL];
  gsize n_head = 0;
  gsize n_tail = 0;
  g_autofree guint8 *data = NULL;
  guint64 file_size;
  gboolean is_read;
  int fd = open_regular (AT_FDCWD, path, &file_size);

  if (fd < 0)
    return NULL;
  if (kind == MESH_REFERENCE_UNIXFS_LEAF)
    mesh_unixfs_leaf_frame (size, head, &n_head, tail, &n_tail);
  if (offset <= file_size && size <= file_size - offset && size <= MESH_BLOCK_MAX_BYTES)
    data = g_try_malloc (MAX (n_head + size + n_tail, 1));
  is_read = data != NULL && read_all (fd, offset, data + n_head, size);
  close (fd);
  if (!is_read)
    return NULL;
  memcpy (data, head, n_head);
  memcpy (data + n_head + size, tail, n_tail);
  return g_bytes_new_take (g_steal_pointer (&data), n_head + size + n_tail);
}

/* (nullable): the CID a file name stands for. */
static MeshCid *
parse_name (const char *name)
{
  g_autoptr (GBytes) bytes = mesh_base32_decode (name, strlen (name), NULL);
  MeshMultihash hash;
  const guint8 *data;
  gsize n_read;
  gsize len;

  if (bytes == NULL)
    return NULL;
  data = g_bytes_get_data (bytes, &len);
  if (!mesh_multihash_read (data, len, &hash, &n_read, NULL) || n_read != len)
    return NULL;
  return mesh_cid_new_v1 (MESH_CODEC_RAW, hash.code, hash.digest, hash.digest_len);
}

static gboolean
visit_file (int dir_fd,
            const char *name,
            MeshIndexFilesFunc func,
            gpointer user_data,
            GError **error)
{
  g_autoptr (MeshCid) cid = parse_name (name);
  guint8 first = 0;
  guint64 size;
  gssize n;
  int fd;

  if (cid == NULL)
    return TRUE;
  fd = open_regular (dir_fd, name, &size);
  if (fd < 0)
    return TRUE;
  n = pread (fd, &first, 1, 0);
  close (fd);
  if (size > MESH_BLOCK_MAX_BYTES)
    return TRUE;
  return func (cid, (gsize) size, !mesh_dag_pb_may_have_links (&first, n > 0 ? 1 : 0),
               user_data, error);
}

gboolean
mesh_index_files_for_each (MeshIndexFiles *self,
                           guint shard,
                           MeshIndexFilesFunc func,
                           gpointer user_data,
                           GError **error)
{
  char name[3];
  gboolean is_good = TRUE;
  struct dirent *entry;
  DIR *dir;
  int fd;

  g_snprintf (name, sizeof name, "%02x", shard & 0xff);
  fd = openat (self->dir_fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0)
    return TRUE;
  dir = fdopendir (fd);
  if (dir == NULL)
    {
      close (fd);
      return TRUE;
    }
  while (is_good && (entry = readdir (dir)) != NULL)
    if (entry->d_name[0] != '.')
      is_good = visit_file (dirfd (dir), entry->d_name, func, user_data, error);
  closedir (dir);
  return is_good;
}

gboolean
mesh_index_files_sync (MeshIndexFiles *self, GError **error)
{
  if (syncfs (self->dir_fd) == 0)
    return TRUE;
  set_errno (error, errno, "The block store can not be written to the disk");
  return FALSE;
}
