/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "trust/mesh-manifest.h"

#include <string.h>

#include "base/mesh-error.h"
#include "trust/mesh-manifest-json.h"
#include "trust/mesh-semver.h"

static void
clear_chunk (gpointer data)
{
  MeshManifestChunk *chunk = data;

  g_clear_pointer (&chunk->cid, mesh_cid_unref);
}

MeshManifestFile *
mesh_manifest_file_new (const char *path, MeshTreeKind kind)
{
  MeshManifestFile *file = g_new0 (MeshManifestFile, 1);

  file->path = g_strdup (path);
  file->kind = kind;
  if (kind == MESH_TREE_FILE)
    {
      file->mode = 0644;
      file->chunks = g_array_new (FALSE, TRUE, sizeof (MeshManifestChunk));
      g_array_set_clear_func (file->chunks, clear_chunk);
    }
  return file;
}

void
mesh_manifest_file_free (MeshManifestFile *file)
{
  if (file == NULL)
    return;
  g_free (file->path);
  g_clear_pointer (&file->cid, mesh_cid_unref);
  g_free (file->target);
  g_clear_pointer (&file->chunks, g_array_unref);
  g_free (file);
}

MeshManifest *
mesh_manifest_new (void)
{
  MeshManifest *manifest = g_atomic_rc_box_new0 (MeshManifest);

  manifest->name = g_strdup ("");
  manifest->summary = g_strdup ("");
  manifest->notes = g_strdup ("");
  manifest->categories = g_new0 (char *, 1);
  manifest->tags = g_new0 (char *, 1);
  manifest->files
      = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_manifest_file_free);
  return manifest;
}

static void
clear_manifest (gpointer data)
{
  MeshManifest *manifest = data;

  g_free (manifest->app_id);
  g_free (manifest->name);
  g_free (manifest->summary);
  g_free (manifest->notes);
  g_free (manifest->channel);
  g_free (manifest->version);
  g_free (manifest->previous_version);
  g_free (manifest->exec_path);
  g_free (manifest->icon_path);
  g_free (manifest->desktop_path);
  g_strfreev (manifest->categories);
  g_strfreev (manifest->tags);
  g_free (manifest->dag);
  g_clear_pointer (&manifest->root, mesh_cid_unref);
  g_ptr_array_unref (manifest->files);
}

MeshManifest *
mesh_manifest_ref (MeshManifest *manifest)
{
  return g_atomic_rc_box_acquire (manifest);
}

void
mesh_manifest_unref (MeshManifest *manifest)
{
  g_atomic_rc_box_release_full (manifest, clear_manifest);
}

static gboolean
invalid (GError **error, const char *what)
{
  g_set_error (error, MESH_ERROR, MESH_ERROR_INVALID, "Manifest: %s", what);
  return FALSE;
}

static gboolean
too_large (GError **error, const char *what)
{
  g_set_error (error, MESH_ERROR, MESH_ERROR_TOO_LARGE, "Manifest: %s", what);
  return FALSE;
}

/* One line of text for people: UTF-8 without control characters. */
static gboolean
check_line (const char *text, gsize max_len, const char *what, GError **error)
{
  if (text == NULL || strnlen (text, max_len + 1) > max_len
      || !g_utf8_validate (text, -1, NULL))
    return invalid (error, what);
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    if (g_unichar_iscntrl (g_utf8_get_char (p)))
      return invalid (error, what);
  return TRUE;
}

static gboolean
check_words (char **words, const char *what, GError **error)
{
  if (words == NULL || g_strv_length (words) > MESH_MANIFEST_MAX_TAGS)
    return invalid (error, what);
  for (gsize i = 0; words[i] != NULL; i++)
    if (words[i][0] == '\0'
        || !check_line (words[i], MESH_MANIFEST_MAX_NAME_LEN, what, error))
      return words[i][0] == '\0' ? invalid (error, what) : FALSE;
  return TRUE;
}

/* A channel becomes part of a query and of a key: letters, digits, '-', '_', '.'. */
static gboolean
is_channel (const char *channel)
{
  static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789-_.";

  return channel != NULL && channel[0] != '\0' && channel[0] != '.'
         && strnlen (channel, MESH_MANIFEST_MAX_NAME_LEN + 1)
                <= MESH_MANIFEST_MAX_NAME_LEN
         && channel[strspn (channel, allowed)] == '\0';
}

static gboolean
check_head (const MeshManifest *manifest, GError **error)
{
  if (manifest->app_id == NULL)
    return invalid (error, "it has no app id");
  if (!mesh_tree_path_check_app_id (manifest->app_id, error))
    return FALSE;
  if (manifest->name == NULL || manifest->name[0] == '\0')
    return invalid (error, "the app has no name");
  if (!check_line (manifest->name, MESH_MANIFEST_MAX_NAME_LEN, "bad name", error)
      || !check_line (manifest->summary, MESH_MANIFEST_MAX_SUMMARY_LEN, "bad summary",
                      error)
      || !check_line (manifest->dag, MESH_MANIFEST_MAX_NAME_LEN, "bad dag", error)
      || !check_words (manifest->categories, "bad categories", error)
      || !check_words (manifest->tags, "bad tags", error))
    return FALSE;
  if (manifest->notes == NULL || !g_utf8_validate (manifest->notes, -1, NULL)
      || strlen (manifest->notes) > MESH_MANIFEST_MAX_NOTES_LEN)
    return invalid (error, "bad release notes");
  if (!is_channel (manifest->channel))
    return invalid (error, "bad channel");
  if (!mesh_semver_is_valid (manifest->version)
      || (manifest->previous_version != NULL
          && !mesh_semver_is_valid (manifest->previous_version)))
    return invalid (error, "a version is not a semantic version such as 1.2.3");
  if (manifest->counter < 1 || manifest->counter > MESH_JSON_MAX_INTEGER
      || manifest->key_version < 1 || manifest->key_version > MESH_JSON_MAX_INTEGER)
    return invalid (error, "a counter is out of range");
  if (manifest->expires_s < 1 || manifest->expires_s > MESH_MANIFEST_MAX_LIFE_S)
    return invalid (error, "the expiry is out of range");
  if (manifest->root == NULL)
    return invalid (error, "it has no root");
  return TRUE;
}

static gboolean
check_file (const MeshManifestFile *file, GError **error)
{
  guint64 offset = 0;

  if (file->kind != MESH_TREE_FILE)
    return TRUE;
  if (file->mode != 0644 && file->mode != 0755)
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_UNSAFE_PATH,
                   "“%s” has mode %04o; only 0644 and 0755 are installed", file->path,
                   file->mode);
      return FALSE;
    }
  if (file->cid == NULL)
    return invalid (error, "a file has no CID");
  for (guint i = 0; i < file->chunks->len; i++)
    {
      const MeshManifestChunk *chunk
          = &g_array_index (file->chunks, MeshManifestChunk, i);

      if (chunk->cid == NULL || chunk->offset != offset || chunk->size == 0)
        return invalid (error, "the chunks of a file do not follow each other");
      if (chunk->size > MESH_MANIFEST_MAX_CHUNK_BYTES)
        return too_large (error, "a chunk is too large");
      offset += chunk->size;
    }
  if (offset != file->size)
    return invalid (error, "the chunks of a file do not add up to its size");
  return TRUE;
}

static int
compare_files (gconstpointer a, gconstpointer b)
{
  const MeshManifestFile *const *file_a = a;
  const MeshManifestFile *const *file_b = b;

  return strcmp ((*file_a)->path, (*file_b)->path);
}

static gboolean
check_files (MeshManifest *manifest, GError **error)
{
  g_autoptr (MeshTreePathSet) set = mesh_tree_path_set_new ();
  guint64 size = 0;
  gsize n_chunks = 0;

  if (manifest->files->len > MESH_MANIFEST_MAX_FILES)
    return too_large (error, "it has too many files");
  for (guint i = 0; i < manifest->files->len; i++)
    {
      const MeshManifestFile *file = manifest->files->pdata[i];

      if (!mesh_tree_path_set_add (set, file->path, file->kind, file->target, error)
          || !check_file (file, error))
        return FALSE;
      n_chunks += file->chunks != NULL ? file->chunks->len : 0;
      if (n_chunks > MESH_MANIFEST_MAX_CHUNKS)
        return too_large (error, "it has too many chunks");
      if (!g_uint64_checked_add (&size, size, file->size)
          || size > MESH_MANIFEST_MAX_SIZE)
        return too_large (error, "the files are too large together");
    }
  if (!mesh_tree_path_set_check (set, error))
    return FALSE;
  g_ptr_array_sort (manifest->files, compare_files);
  manifest->size = size;
  return TRUE;
}

/* What the desktop gets to see must be a plain file of this very tree. */
static gboolean
check_reference (const MeshManifest *manifest, const char *path, GError **error)
{
  const MeshManifestFile *file;

  if (path == NULL)
    return TRUE;
  if (!mesh_tree_path_check (path, error))
    return FALSE;
  file = mesh_manifest_find_file (manifest, path);
  if (file == NULL || file->kind == MESH_TREE_DIRECTORY)
    {
      g_autofree char *what = g_strdup_printf ("“%s” is not one of its files", path);

      return invalid (error, what);
    }
  return TRUE;
}

gboolean
mesh_manifest_validate (MeshManifest *manifest, GError **error)
{
  g_return_val_if_fail (manifest != NULL, FALSE);
  return check_head (manifest, error) && check_files (manifest, error)
         && check_reference (manifest, manifest->exec_path, error)
         && check_reference (manifest, manifest->icon_path, error)
         && check_reference (manifest, manifest->desktop_path, error);
}

MeshJson *
mesh_manifest_to_json (const MeshManifest *manifest)
{
  return mesh_manifest_json_write (manifest);
}

MeshManifest *
mesh_manifest_from_json (const MeshJson *json, GError **error)
{
  g_autoptr (MeshManifest) manifest = mesh_manifest_json_read (json, error);

  gboolean is_sorted = TRUE;

  if (manifest == NULL)
    return NULL;
  for (guint i = 1; i < manifest->files->len && is_sorted; i++)
    is_sorted
        = compare_files (&manifest->files->pdata[i - 1], &manifest->files->pdata[i]) < 0;
  if (!mesh_manifest_validate (manifest, error))
    return NULL;
  if (!is_sorted)
    {
      invalid (error, "the files are not sorted");
      return NULL;
    }
  return g_steal_pointer (&manifest);
}

const MeshManifestFile *
mesh_manifest_find_file (const MeshManifest *manifest, const char *path)
{
  guint low = 0, high = manifest->files->len;

  while (low < high)
    {
      guint mid = low + (high - low) / 2;
      const MeshManifestFile *file = manifest->files->pdata[mid];
      int order = strcmp (path, file->path);

      if (order == 0)
        return file;
      if (order < 0)
        high = mid;
      else
        low = mid + 1;
    }
  return NULL;
}

gsize
mesh_manifest_get_n_chunks (const MeshManifest *manifest)
{
  gsize n = 0;

  for (guint i = 0; i < manifest->files->len; i++)
    {
      const MeshManifestFile *file = manifest->files->pdata[i];

      n += file->chunks != NULL ? file->chunks->len : 0;
    }
  return n;
}
