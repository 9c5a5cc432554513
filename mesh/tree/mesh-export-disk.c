/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "tree/mesh-export-disk.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mesh-error.h"

/* Permissions while a tree is being made, and which ones a DAG may ask for. */
#define WORK_DIR_MODE 0700
#define WORK_FILE_MODE 0600
#define ALLOWED_MODE 0777
#define MAX_NAME 255

MeshExportDisk *
mesh_export_disk_new (MeshExportDiskKind kind, const char *path)
{
  MeshExportDisk *self = g_new0 (MeshExportDisk, 1);

  self->kind = kind;
  self->path = g_strdup (path);
  self->fd = -1;
  return self;
}

void
mesh_export_disk_free (gpointer data)
{
  MeshExportDisk *self = data;

  g_free (self->path);
  g_free (self->text);
  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_free (self);
}

static gboolean
fail (MeshExportDisk *self, const char *path, GError **error)
{
  int code = errno;
  MeshError mapped = code == ENOSPC || code == EDQUOT ? MESH_ERROR_NO_SPACE
                     : code == EEXIST                 ? MESH_ERROR_EXISTS
                                                      : MESH_ERROR_IO;

  g_set_error (error, MESH_ERROR, mapped, "“%s” can not be written: %s",
               path != NULL ? path : self->path, g_strerror (code));
  return FALSE;
}

static gboolean
write_all (int fd, guint64 offset, const guint8 *data, gsize len)
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

static gboolean
apply_meta (int fd, const MeshUnixfsMeta *meta, mode_t absent)
{
  struct timespec times[2] = {
    { .tv_nsec = UTIME_OMIT },
    { .tv_sec = (time_t) meta->mtime_s, .tv_nsec = (long) meta->mtime_ns },
  };
  mode_t mode = meta->has_mode ? meta->mode & ALLOWED_MODE : absent;

  return fchmod (fd, mode) == 0 && (!meta->has_mtime || futimens (fd, times) == 0);
}

static gboolean
close_file (MeshExportDisk *self, GError **error)
{
  gboolean is_good = apply_meta (self->fd, &self->meta, MESH_UNIXFS_DEFAULT_FILE_MODE);

  if (!is_good)
    fail (self, NULL, error);
  if (close (self->fd) < 0 && is_good)
    is_good = fail (self, NULL, error);
  return is_good;
}

static gboolean
finish_folder (MeshExportDisk *self, GError **error)
{
  int fd = open (self->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  gboolean is_good = fd >= 0;

  if (is_good)
    {
      is_good = apply_meta (fd, &self->meta, MESH_UNIXFS_DEFAULT_DIRECTORY_MODE);
      close (fd);
    }
  return is_good || fail (self, NULL, error);
}

/* Depth first, without recursion: an empty folder goes, a full one first loses its
 * entries. The tree is at most as deep as the exporter made it. */
static void
remove_tree (const char *path)
{
  g_autoptr (GPtrArray) stack = g_ptr_array_new_with_free_func (g_free);

  g_ptr_array_add (stack, g_strdup (path));
  while (stack->len > 0)
    {
      const char *top = g_ptr_array_index (stack, stack->len - 1);
      g_autoptr (GDir) dir = NULL;
      const char *name;
      guint before = stack->len;

      if (unlink (top) == 0 || rmdir (top) == 0 || errno == ENOENT)
        {
          g_ptr_array_set_size (stack, (gint) stack->len - 1);
          continue;
        }
      chmod (top, WORK_DIR_MODE);
      dir = g_dir_open (top, 0, NULL);
      while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
        g_ptr_array_add (stack, g_build_filename (top, name, NULL));
      if (stack->len == before)
        {
          g_warning ("“%s” could not be removed", top);
          g_ptr_array_set_size (stack, (gint) stack->len - 1);
        }
    }
}

static gboolean
rename_over_nothing (const char *from, const char *to)
{
  struct stat info;

  if (renameat2 (AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
    return TRUE;
  if (errno != EINVAL && errno != ENOSYS)
    return FALSE;
  /* A file system that can not: look first. */
  if (lstat (to, &info) == 0)
    {
      errno = EEXIST;
      return FALSE;
    }
  return rename (from, to) == 0;
}

gboolean
mesh_export_disk_run (MeshExportDisk *self, GError **error)
{
  switch (self->kind)
    {
    case MESH_EXPORT_DISK_MKDIR:
      return mkdir (self->path, WORK_DIR_MODE) == 0 || fail (self, NULL, error);
    case MESH_EXPORT_DISK_OPEN:
      self->fd = open (self->path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                       WORK_FILE_MODE);
      return self->fd >= 0 || fail (self, NULL, error);
    case MESH_EXPORT_DISK_WRITE:
      return write_all (self->fd, self->offset, g_bytes_get_data (self->bytes, NULL),
                        g_bytes_get_size (self->bytes))
             || fail (self, NULL, error);
    case MESH_EXPORT_DISK_CLOSE:
      return close_file (self, error);
    case MESH_EXPORT_DISK_SYMLINK:
      return symlink (self->text, self->path) == 0 || fail (self, NULL, error);
    case MESH_EXPORT_DISK_META:
      return finish_folder (self, error);
    case MESH_EXPORT_DISK_RENAME:
      return rename_over_nothing (self->path, self->text)
             || fail (self, self->text, error);
    case MESH_EXPORT_DISK_REMOVE:
      remove_tree (self->path);
      return TRUE;
    default:
      g_assert_not_reached ();
    }
}

gboolean
mesh_export_disk_is_safe_name (const char *name, gsize len)
{
  if (len == 0 || len > MAX_NAME || memchr (name, '/', len) != NULL
      || memchr (name, '\0', len) != NULL)
    return FALSE;
  return !(len == 1 && name[0] == '.') && !(len == 2 && name[0] == '.' && name[1] == '.');
}
