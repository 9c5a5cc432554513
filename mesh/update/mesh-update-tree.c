/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "update/mesh-update-tree.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <linux/fs.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/mesh-error.h"
#include "content/mesh-unixfs.h"
#include "update/mesh-update-fault-private.h"

#define VERSIONS "versions"
#define CURRENT "current"
#define MARK "X-Shoal-App="
#define MAX_OPEN_FOLDERS 32
#define MAX_LINKS_OF_FILE 1000

typedef struct
{
  const char *staging;
  const char *old_dir; /* (nullable) */
  MeshUpdatePlan *plan;
  GArray *writes;
  gboolean can_link;
  gboolean can_clone; /* the file system shares extents, as far as is known */
} Prepare;

static gboolean
fail_errno (GError **error, int saved_errno, const char *what, const char *path)
{
  MeshError code = MESH_ERROR_IO;

  if (saved_errno == ENOSPC || saved_errno == EDQUOT)
    code = MESH_ERROR_NO_SPACE;
  g_set_error (error, MESH_ERROR, (int) code, "Can't %s “%s”: %s", what, path,
               g_strerror (saved_errno));
  return FALSE;
}

static gboolean
sync_folder (const char *path, GError **error)
{
  int fd = open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  gboolean is_synced = fd >= 0 && fsync (fd) == 0;
  int saved_errno = errno;

  if (fd >= 0)
    close (fd);
  return is_synced ? TRUE : fail_errno (error, saved_errno, "sync", path);
}

gboolean
mesh_update_tree_make_folder (const char *path, GError **error)
{
  g_autofree char *parent = g_path_get_dirname (path);

  if (g_mkdir_with_parents (path, 0755) != 0)
    return fail_errno (error, errno, "make the folder", path);
  return sync_folder (parent, error);
}

gboolean
mesh_update_tree_check_space (const char *dir, guint64 bytes, GError **error)
{
  struct statvfs info;
  guint64 available;

  if (statvfs (dir, &info) != 0)
    return fail_errno (error, errno, "look at the disk of", dir);
  available = (guint64) info.f_bavail * info.f_frsize;
  if (available >= bytes + MESH_UPDATE_TREE_SPARE_BYTES)
    return TRUE;
  g_set_error (error, MESH_ERROR, MESH_ERROR_NO_SPACE,
               "The update needs %" G_GUINT64_FORMAT " MB on the disk of “%s”, where "
               "%" G_GUINT64_FORMAT " MB are free; free some space and try again",
               (bytes + MESH_UPDATE_TREE_SPARE_BYTES) / 1000000 + 1, dir,
               available / 1000000);
  return FALSE;
}

static int
delete_one (const char *path, const struct stat *info, int kind, struct FTW *ftw)
{
  return remove (path);
}

gboolean
mesh_update_tree_delete (const char *path, GError **error)
{
  if (nftw (path, delete_one, MAX_OPEN_FOLDERS, FTW_DEPTH | FTW_PHYS) != 0
      && errno != ENOENT)
    return fail_errno (error, errno, "delete", path);
  return TRUE;
}

/* Every folder above @path, inside @staging. */
static gboolean
make_parents (const char *staging, const char *path, GError **error)
{
  g_autofree char *whole = g_build_filename (staging, path, NULL);
  g_autofree char *parent = g_path_get_dirname (whole);

  if (g_mkdir_with_parents (parent, 0755) != 0)
    return fail_errno (error, errno, "make the folder", parent);
  return TRUE;
}

static gboolean
try_clone_range (int to, guint64 to_offset, int from, guint64 from_offset, guint64 len)
{
  struct file_clone_range range = {
    .src_fd = from,
    .src_offset = from_offset,
    .src_length = len,
    .dest_offset = to_offset,
  };

  return ioctl (to, FICLONERANGE, &range) == 0;
}

/* The file is as it was installed, as far as stat() can tell, and only ours to change. */
static gboolean
is_untouched (int fd, const MeshManifestFile *file)
{
  struct stat info;

  return fstat (fd, &info) == 0 && S_ISREG (info.st_mode)
         && (info.st_mode & 07777) == file->mode && info.st_uid == geteuid ()
         && (guint64) info.st_size == file->size && info.st_nlink < MAX_LINKS_OF_FILE;
}

/* The whole file from the installed version: shared extents, or else the same inode. */
static gboolean
reuse_file (Prepare *prepare, const MeshManifestFile *file, int to, const char *whole)
{
  const char *old_path = mesh_update_plan_find_file (prepare->plan, file);
  g_autofree char *old_whole = NULL;
  gboolean is_reused = FALSE;
  int from;

  if (old_path == NULL || prepare->old_dir == NULL || file->size == 0)
    return FALSE;
  old_whole = g_build_filename (prepare->old_dir, old_path, NULL);
  from = open (old_whole, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
  if (from < 0)
    return FALSE;
  if (prepare->can_clone)
    is_reused = ioctl (to, FICLONE, from) == 0;
  prepare->can_clone = prepare->can_clone && is_reused;
  if (!is_reused && prepare->can_link && is_untouched (from, file))
    {
      g_autofree char *temp = g_strconcat (whole, ".link", NULL);

      is_reused = link (old_whole, temp) == 0 && rename (temp, whole) == 0;
      if (!is_reused)
        unlink (temp);
    }
  close (from);
  return is_reused;
}

static void
add_write (Prepare *prepare, const MeshManifestFile *file, guint i)
{
  MeshUpdateTreeWrite write
      = { file->path, &g_array_index (file->chunks, MeshManifestChunk, i) };

  g_array_append_val (prepare->writes, write);
}

static gboolean
clone_chunk (Prepare *prepare, const MeshManifestChunk *chunk, int to)
{
  MeshUpdatePlanPlace place;
  g_autofree char *old_whole = NULL;
  gboolean is_cloned;
  int from;

  if (!prepare->can_clone || prepare->old_dir == NULL
      || !mesh_update_plan_find_chunk (prepare->plan, chunk->cid, &place))
    return FALSE;
  old_whole = g_build_filename (prepare->old_dir, place.path, NULL);
  from = open (old_whole, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
  if (from < 0)
    return FALSE;
  is_cloned = try_clone_range (to, chunk->offset, from, place.offset, chunk->size);
  close (from);
  return is_cloned;
}

static gboolean
prepare_file (Prepare *prepare, const MeshManifestFile *file, GError **error)
{
  g_autofree char *whole = g_build_filename (prepare->staging, file->path, NULL);
  int fd = open (whole, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  int saved_errno = 0;

  if (fd < 0)
    return fail_errno (error, errno, "make", whole);
  if (reuse_file (prepare, file, fd, whole))
    {
      close (fd);
      return TRUE;
    }
  if (ftruncate (fd, (off_t) file->size) != 0)
    saved_errno = errno;
  for (guint i = 0; saved_errno == 0 && i < file->chunks->len; i++)
    if (!clone_chunk (prepare, &g_array_index (file->chunks, MeshManifestChunk, i), fd))
      add_write (prepare, file, i);
  close (fd);
  return saved_errno == 0 ? TRUE : fail_errno (error, saved_errno, "write", whole);
}

GArray *
mesh_update_tree_prepare (const char *staging,
                          MeshUpdatePlan *plan,
                          const char *old_dir,
                          gboolean is_reusing,
                          GCancellable *cancellable,
                          GError **error)
{
  g_autoptr (GArray) writes = g_array_new (FALSE, FALSE, sizeof (MeshUpdateTreeWrite));
  MeshManifest *manifest = mesh_update_plan_get_manifest (plan);
  Prepare prepare = { staging, old_dir, plan, writes, is_reusing, is_reusing };

  if (!mesh_update_tree_delete (staging, error)
      || !mesh_update_tree_make_folder (staging, error))
    return NULL;
  for (guint i = 0; i < manifest->files->len; i++)
    {
      const MeshManifestFile *file = manifest->files->pdata[i];

      if (g_cancellable_set_error_if_cancelled (cancellable, error)
          || !make_parents (staging, file->path, error))
        return NULL;
      if (file->kind == MESH_TREE_DIRECTORY)
        {
          g_autofree char *whole = g_build_filename (staging, file->path, NULL);

          if (mkdir (whole, 0755) != 0 && errno != EEXIST)
            {
              fail_errno (error, errno, "make the folder", whole);
              return NULL;
            }
        }
      else if (file->kind == MESH_TREE_FILE && !prepare_file (&prepare, file, error))
        return NULL;
    }
  mesh_update_fault_reach ("tree-prepared");
  return g_steal_pointer (&writes);
}

/* The bytes of the file inside the block of a leaf. */
static const guint8 *
unwrap (const MeshManifestChunk *chunk, GBytes *block)
{
  guint8 head[MESH_UNIXFS_LEAF_MAX_HEAD], tail[MESH_UNIXFS_LEAF_MAX_TAIL];
  gsize n_head = 0, n_tail = 0, len;
  const guint8 *data = g_bytes_get_data (block, &len);

  if (mesh_cid_get_codec (chunk->cid) == MESH_CODEC_DAG_PB)
    mesh_unixfs_leaf_frame (chunk->size, head, &n_head, tail, &n_tail);
  if (len != n_head + chunk->size + n_tail
      || (n_head > 0 && memcmp (data, head, n_head) != 0)
      || (n_tail > 0 && memcmp (data + n_head + chunk->size, tail, n_tail) != 0))
    return NULL;
  return data + n_head;
}

static gboolean
write_fully (int fd, const guint8 *data, gsize len, guint64 offset)
{
  while (len > 0)
    {
      ssize_t n = pwrite (fd, data, len, (off_t) offset);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return FALSE;
      data += n;
      len -= (gsize) n;
      offset += (guint64) n;
    }
  return TRUE;
}

gboolean
mesh_update_tree_write (const char *staging,
                        const MeshUpdateTreeWrite *write,
                        GBytes *block,
                        GError **error)
{
  const guint8 *data = unwrap (write->chunk, block);
  g_autofree char *whole = g_build_filename (staging, write->path, NULL);
  gboolean is_written;
  int saved_errno;
  int fd;

  if (data == NULL)
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_MISMATCH,
                   "A chunk of “%s” is not what the release says it is", write->path);
      return FALSE;
    }
  fd = open (whole, O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0)
    return fail_errno (error, errno, "write", whole);
  is_written = write_fully (fd, data, write->chunk->size, write->chunk->offset);
  saved_errno = errno;
  close (fd);
  return is_written ? TRUE : fail_errno (error, saved_errno, "write", whole);
}

static gboolean
seal_entry (const char *staging, const MeshManifestFile *file, GError **error)
{
  g_autofree char *whole = g_build_filename (staging, file->path, NULL);
  struct stat info;

  if (file->kind == MESH_TREE_SYMLINK)
    {
      if (symlink (file->target, whole) != 0)
        return fail_errno (error, errno, "make the link", whole);
      return TRUE;
    }
  if (file->kind == MESH_TREE_DIRECTORY)
    return TRUE;
  if (lstat (whole, &info) != 0 || !S_ISREG (info.st_mode))
    return fail_errno (error, ENOENT, "find", whole);
  if ((info.st_mode & 07777) != file->mode && chmod (whole, file->mode) != 0)
    return fail_errno (error, errno, "set the mode of", whole);
  return TRUE;
}

gboolean
mesh_update_tree_seal (const char *staging, MeshManifest *manifest, GError **error)
{
  gboolean is_synced;
  int saved_errno;
  int fd;

  for (guint i = 0; i < manifest->files->len; i++)
    if (!seal_entry (staging, manifest->files->pdata[i], error))
      return FALSE;
  mesh_update_fault_reach ("tree-sealing");
  /* One syncfs() for the thousands of fsync() that an app's files and folders would be;
   * it reports write errors of them all (Linux 5.8). */
  fd = open (staging, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  is_synced = fd >= 0 && syncfs (fd) == 0;
  saved_errno = errno;
  if (fd >= 0)
    close (fd);
  return is_synced ? TRUE : fail_errno (error, saved_errno, "sync", staging);
}

static gboolean
move_staged (const char *staged,
             const char *versions,
             const char *version,
             GError **error)
{
  g_autofree char *target = g_build_filename (versions, version, NULL);
  g_autofree char *parent = g_path_get_dirname (staged);
  struct stat info;

  if (lstat (staged, &info) != 0)
    return TRUE; /* moved before a crash; the caller looks whether it is there */
  if (lstat (target, &info) == 0 && !mesh_update_tree_delete (target, error))
    return FALSE;
  if (rename (staged, target) != 0)
    return fail_errno (error, errno, "install", target);
  mesh_update_fault_reach ("tree-moved");
  return sync_folder (versions, error) && sync_folder (parent, error);
}

static gboolean
switch_link (const char *app_dir, const char *version, GError **error)
{
  g_autofree char *target = g_build_filename (VERSIONS, version, NULL);
  g_autofree char *temp = g_build_filename (app_dir, ".current.new", NULL);
  g_autofree char *current = g_build_filename (app_dir, CURRENT, NULL);

  if (unlink (temp) != 0 && errno != ENOENT)
    return fail_errno (error, errno, "delete", temp);
  if (symlink (target, temp) != 0)
    return fail_errno (error, errno, "make the link", temp);
  mesh_update_fault_reach ("tree-switching");
  if (rename (temp, current) != 0)
    return fail_errno (error, errno, "switch", current);
  mesh_update_fault_reach ("tree-switched");
  return sync_folder (app_dir, error);
}

gboolean
mesh_update_tree_switch (const char *app_dir,
                         const char *staged,
                         const char *version,
                         GError **error)
{
  g_autofree char *versions = g_build_filename (app_dir, VERSIONS, NULL);
  g_autofree char *target = g_build_filename (versions, version, NULL);
  struct stat info;

  if (!mesh_update_tree_make_folder (app_dir, error)
      || !mesh_update_tree_make_folder (versions, error))
    return FALSE;
  if (staged != NULL && !move_staged (staged, versions, version, error))
    return FALSE;
  if (lstat (target, &info) != 0 || !S_ISDIR (info.st_mode))
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_NOT_FOUND,
                   "The version in “%s” is gone; install the app again", target);
      return FALSE;
    }
  return switch_link (app_dir, version, error);
}

char *
mesh_update_tree_read_current (const char *app_dir)
{
  g_autofree char *current = g_build_filename (app_dir, CURRENT, NULL);
  g_autofree char *target = g_file_read_link (current, NULL);

  if (target == NULL || !g_str_has_prefix (target, VERSIONS "/"))
    return NULL;
  return g_strdup (target + strlen (VERSIONS "/"));
}

/* A file in the menu folder that we may replace or delete. */
static gboolean
is_ours (const char *path, const char *app_id)
{
  g_autofree char *text = NULL;
  g_autofree char *mark = g_strdup_printf ("\n" MARK "%s\n", app_id);

  return g_file_get_contents (path, &text, NULL, NULL) && strstr (text, mark) != NULL;
}

static char *
menu_path (const char *desktop_dir, const char *app_id)
{
  g_autofree char *name = g_strconcat (app_id, ".desktop", NULL);

  return g_build_filename (desktop_dir, "applications", name, NULL);
}

static char *
icon_path (const char *desktop_dir, const char *app_id, const char *suffix)
{
  g_autofree char *name = g_strconcat (app_id, suffix, NULL);
  const char *size = g_str_equal (suffix, ".svg") ? "scalable" : "256x256";

  return g_build_filename (desktop_dir, "icons", "hicolor", size, "apps", name, NULL);
}

static gboolean
link_icon (const char *desktop_dir, const char *app_id, const char *icon, GError **error)
{
  const char *suffix = g_str_has_suffix (icon, ".svg") ? ".svg" : ".png";
  g_autofree char *path = icon_path (desktop_dir, app_id, suffix);
  g_autofree char *parent = g_path_get_dirname (path);
  struct stat info;

  if (lstat (path, &info) == 0 && !S_ISLNK (info.st_mode))
    return TRUE; /* somebody's own icon for it */
  if (g_mkdir_with_parents (parent, 0755) != 0)
    return fail_errno (error, errno, "make the folder", parent);
  unlink (path);
  if (symlink (icon, path) != 0)
    return fail_errno (error, errno, "make the link", path);
  return TRUE;
}

gboolean
mesh_update_tree_link_desktop (const char *desktop_dir,
                               const char *app_id,
                               const char *text,
                               const char *icon,
                               GError **error)
{
  g_autofree char *path = menu_path (desktop_dir, app_id);
  g_autofree char *parent = g_path_get_dirname (path);
  g_autoptr (GError) own_error = NULL;
  struct stat info;

  if (lstat (path, &info) == 0 && !is_ours (path, app_id))
    {
      g_set_error (
          error, MESH_ERROR, MESH_ERROR_EXISTS,
          "“%s” is there already and not from Shoal; the app is installed but not "
          "in the menu",
          path);
      return FALSE;
    }
  if (g_mkdir_with_parents (parent, 0755) != 0)
    return fail_errno (error, errno, "make the folder", parent);
  if (!g_file_set_contents_full (
          path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
          0644, &own_error))
    {
      g_set_error (error, MESH_ERROR,
                   g_error_matches (own_error, G_FILE_ERROR, G_FILE_ERROR_NOSPC)
                       ? MESH_ERROR_NO_SPACE
                       : MESH_ERROR_IO,
                   "%s", own_error->message);
      return FALSE;
    }
  return icon == NULL || link_icon (desktop_dir, app_id, icon, error);
}

void
mesh_update_tree_unlink_desktop (const char *desktop_dir, const char *app_id)
{
  static const char *const suffixes[] = { ".svg", ".png" };
  g_autofree char *path = menu_path (desktop_dir, app_id);

  if (is_ours (path, app_id))
    unlink (path);
  for (gsize i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *icon = icon_path (desktop_dir, app_id, suffixes[i]);
      struct stat info;

      if (lstat (icon, &info) == 0 && S_ISLNK (info.st_mode))
        unlink (icon);
    }
}
