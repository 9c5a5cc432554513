/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "tree/mesh-import-scan.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mesh-error.h"
#include "content/mesh-unixfs.h"

/* A folder waiting to be listed. */
typedef struct
{
  char *path;   /* (owned): absolute or as given */
  char *inside; /* (owned): relative to the root */
  guint depth;
} Folder;

static void
folder_free (gpointer data)
{
  Folder *folder = data;

  g_free (folder->path);
  g_free (folder->inside);
  g_free (folder);
}

void
mesh_import_scan_free_entry (gpointer data)
{
  MeshImportEntry *entry = data;

  g_free (entry->path);
  g_free (entry->target);
  g_clear_pointer (&entry->cid, mesh_cid_unref);
  g_clear_pointer (&entry->chunks, g_array_unref);
  g_free (entry);
}

static gboolean
fail_errno (GError **error, const char *path)
{
  int code = errno;

  g_set_error (error, MESH_ERROR, code == ENOENT ? MESH_ERROR_NOT_FOUND : MESH_ERROR_IO,
               "“%s” can not be read: %s", path, g_strerror (code));
  return FALSE;
}

static gboolean
fail_kind (GError **error, const char *path, const char *why)
{
  g_autofree char *shown = g_utf8_make_valid (path, -1);

  g_set_error (error, MESH_ERROR, MESH_ERROR_UNSUPPORTED, "“%s” can not be added: %s",
               shown, why);
  return FALSE;
}

static gboolean
read_target (MeshImportEntry *entry, const char *path, gsize size, GError **error)
{
  gsize room = MAX (size, 1) + 1;
  g_autofree char *target = g_malloc (room + 1);
  gssize n = readlink (path, target, room);

  if (n < 0)
    return fail_errno (error, path);
  target[n] = '\0';
  if (!g_utf8_validate (target, n, NULL))
    return fail_kind (error, path, "the target of the link is not UTF-8");
  entry->target = g_steal_pointer (&target);
  return TRUE;
}

/* Adds one entry; a folder also goes on the list of those to be looked into. */
static gboolean
add (GPtrArray *entries,
     GQueue *folders,
     const char *path,
     char *inside,
     guint depth,
     GError **error)
{
  MeshImportEntry *entry = g_new0 (MeshImportEntry, 1);
  struct stat info;

  entry->path = inside;
  g_ptr_array_add (entries, entry);
  if (entries->len > MESH_IMPORT_MAX_ENTRIES)
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_LIMIT, "There are too many files");
      return FALSE;
    }
  if (lstat (path, &info) < 0)
    return fail_errno (error, path);
  entry->mode = info.st_mode & MESH_UNIXFS_MODE_MASK;
  entry->mtime_s = info.st_mtim.tv_sec;
  switch (info.st_mode & S_IFMT)
    {
    case S_IFREG:
      entry->type = MESH_ENTRY_FILE;
      entry->size = (guint64) info.st_size;
      return TRUE;
    case S_IFLNK:
      entry->type = MESH_ENTRY_SYMLINK;
      return read_target (entry, path, (gsize) info.st_size, error);
    case S_IFDIR:
      {
        Folder *folder = g_new0 (Folder, 1);

        entry->type = MESH_ENTRY_DIRECTORY;
        folder->path = g_strdup (path);
        folder->inside = g_strdup (inside);
        folder->depth = depth;
        g_queue_push_tail (folders, folder);
        return TRUE;
      }
    default:
      return fail_kind (error, path, "it is neither a file nor a folder nor a link");
    }
}

static gboolean
list_folder (GPtrArray *entries, GQueue *folders, const Folder *folder, GError **error)
{
  gboolean is_good = TRUE;
  struct dirent *found;
  DIR *dir;
  int fd = open (folder->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);

  if (folder->depth >= MESH_IMPORT_MAX_DEPTH)
    is_good = fail_kind (error, folder->path, "it lies too deep");
  dir = fd >= 0 ? fdopendir (fd) : NULL;
  if (dir == NULL)
    {
      is_good = is_good && fail_errno (error, folder->path);
      if (fd >= 0)
        close (fd);
      return is_good;
    }
  while (is_good && (found = readdir (dir)) != NULL)
    {
      g_autofree char *path = NULL;
      char *inside;

      if (strcmp (found->d_name, ".") == 0 || strcmp (found->d_name, "..") == 0)
        continue;
      path = g_build_filename (folder->path, found->d_name, NULL);
      if (!g_utf8_validate (found->d_name, -1, NULL))
        {
          is_good = fail_kind (error, path, "its name is not UTF-8; rename it");
          break;
        }
      inside = folder->inside[0] != '\0'
                   ? g_strconcat (folder->inside, "/", found->d_name, NULL)
                   : g_strdup (found->d_name);
      is_good = add (entries, folders, path, inside, folder->depth + 1, error);
    }
  closedir (dir);
  return is_good;
}

static int
compare_entries (gconstpointer a, gconstpointer b)
{
  const MeshImportEntry *left = *(const MeshImportEntry *const *) a;
  const MeshImportEntry *right = *(const MeshImportEntry *const *) b;

  return strcmp (left->path, right->path);
}

/* A folder that is not there around a single file. */
static void
wrap_single (MeshImportScan *self)
{
  MeshImportEntry *single = g_ptr_array_index (self->entries, 0);
  MeshImportEntry *root = g_new0 (MeshImportEntry, 1);

  g_free (single->path);
  single->path = g_path_get_basename (self->path);
  root->path = g_strdup ("");
  root->type = MESH_ENTRY_DIRECTORY;
  root->mode = MESH_UNIXFS_DEFAULT_DIRECTORY_MODE;
  root->mtime_s = single->mtime_s;
  g_ptr_array_add (self->entries, root);
  self->is_wrapped = TRUE;
}

gboolean
mesh_import_scan_run (MeshImportScan *self, GCancellable *cancellable, GError **error)
{
  GQueue folders = G_QUEUE_INIT;
  gboolean is_good;

  self->entries = g_ptr_array_new_with_free_func (mesh_import_scan_free_entry);
  is_good = add (self->entries, &folders, self->path, g_strdup (""), 0, error);
  if (is_good && self->wrap && folders.length == 0)
    wrap_single (self);
  while (is_good && folders.length > 0)
    {
      Folder *folder = g_queue_pop_head (&folders);

      is_good = !g_cancellable_set_error_if_cancelled (cancellable, error)
                && list_folder (self->entries, &folders, folder, error);
      folder_free (folder);
    }
  g_queue_clear_full (&folders, folder_free);
  g_ptr_array_sort (self->entries, compare_entries);
  return is_good;
}
