/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "trust/mesh-manifest-json.h"

#include <string.h>

#include "base/mesh-error.h"

#define MAX_CID_TEXT 256
#define MODE_PLAIN "0644"
#define MODE_EXEC "0755"

static void
set_string (MeshJson *object, const char *name, const char *value)
{
  if (value != NULL)
    mesh_json_set (object, name, mesh_json_new_string (value));
}

static void
set_integer (MeshJson *object, const char *name, guint64 value)
{
  mesh_json_set (object, name, mesh_json_new_integer ((gint64) value));
}

static void
set_cid (MeshJson *object, const char *name, const MeshCid *cid)
{
  g_autofree char *text = mesh_cid_dup_text (cid);

  set_string (object, name, text);
}

static void
set_words (MeshJson *object, const char *name, char **words)
{
  MeshJson *array = mesh_json_new_array ();

  for (gsize i = 0; words[i] != NULL; i++)
    mesh_json_append (array, mesh_json_new_string (words[i]));
  mesh_json_set (object, name, array);
}

static MeshJson *
write_file (const MeshManifestFile *file)
{
  MeshJson *object = mesh_json_new_object ();
  MeshJson *chunks;

  set_string (object, "path", file->path);
  if (file->kind == MESH_TREE_SYMLINK)
    set_string (object, "target", file->target);
  if (file->kind != MESH_TREE_FILE)
    return object;

  chunks = mesh_json_new_array ();
  for (guint i = 0; i < file->chunks->len; i++)
    {
      const MeshManifestChunk *chunk
          = &g_array_index (file->chunks, MeshManifestChunk, i);
      MeshJson *item = mesh_json_new_object ();

      set_cid (item, "cid", chunk->cid);
      set_integer (item, "offset", chunk->offset);
      set_integer (item, "size", chunk->size);
      mesh_json_append (chunks, item);
    }
  mesh_json_set (object, "chunks", chunks);
  set_cid (object, "cid", file->cid);
  set_string (object, "mode", file->mode == 0755 ? MODE_EXEC : MODE_PLAIN);
  set_integer (object, "size", file->size);
  return object;
}

MeshJson *
mesh_manifest_json_write (const MeshManifest *manifest)
{
  MeshJson *object = mesh_json_new_object ();
  MeshJson *files = mesh_json_new_array ();

  set_string (object, "type", MESH_MANIFEST_JSON_TYPE);
  set_string (object, "app", manifest->app_id);
  set_string (object, "name", manifest->name);
  set_string (object, "summary", manifest->summary);
  set_string (object, "notes", manifest->notes);
  set_string (object, "channel", manifest->channel);
  set_string (object, "version", manifest->version);
  set_string (object, "previous", manifest->previous_version);
  set_integer (object, "counter", manifest->counter);
  set_integer (object, "expires", (guint64) manifest->expires_s);
  set_integer (object, "key_version", manifest->key_version);
  set_string (object, "exec", manifest->exec_path);
  set_string (object, "icon", manifest->icon_path);
  set_string (object, "desktop", manifest->desktop_path);
  set_words (object, "categories", manifest->categories);
  set_words (object, "tags", manifest->tags);
  set_string (object, "dag", manifest->dag);
  set_cid (object, "root", manifest->root);
  for (guint i = 0; i < manifest->files->len; i++)
    mesh_json_append (files, write_file (manifest->files->pdata[i]));
  mesh_json_set (object, "files", files);
  return object;
}

static gboolean
read_string (const MeshJson *object,
             const char *name,
             gsize max_len,
             char **out,
             GError **error)
{
  const char *text = mesh_json_read_string (object, name, max_len, error);

  if (text == NULL)
    return FALSE;
  g_free (*out);
  *out = g_strdup (text);
  return TRUE;
}

static gboolean
read_optional (const MeshJson *object,
               const char *name,
               gsize max_len,
               char **out,
               GError **error)
{
  if (mesh_json_get_member (object, name) == NULL)
    return TRUE;
  return read_string (object, name, max_len, out, error);
}

static gboolean
read_unsigned (const MeshJson *object, const char *name, guint64 *out, GError **error)
{
  gint64 value;

  if (!mesh_json_read_integer (object, name, 0, MESH_JSON_MAX_INTEGER, &value, error))
    return FALSE;
  *out = (guint64) value;
  return TRUE;
}

static gboolean
read_cid (const MeshJson *object, const char *name, MeshCid **out, GError **error)
{
  const char *text = mesh_json_read_string (object, name, MAX_CID_TEXT, error);

  if (text == NULL)
    return FALSE;
  *out = mesh_cid_parse (text, error);
  return *out != NULL;
}

static gboolean
read_words (const MeshJson *object, const char *name, char ***out, GError **error)
{
  g_autoptr (GPtrArray) words = NULL;
  const MeshJson *array;

  if (mesh_json_get_member (object, name) == NULL)
    return TRUE;
  array = mesh_json_read_container (object, name, MESH_JSON_ARRAY, MESH_MANIFEST_MAX_TAGS,
                                    error);
  if (array == NULL)
    return FALSE;
  words = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < mesh_json_get_length (array); i++)
    {
      const MeshJson *item = mesh_json_get_element (array, i);

      if (mesh_json_get_kind (item) != MESH_JSON_STRING)
        {
          g_set_error (error, MESH_ERROR, MESH_ERROR_INVALID, "Manifest: bad %s", name);
          return FALSE;
        }
      g_ptr_array_add (words, g_strdup (mesh_json_get_string (item)));
    }
  g_ptr_array_add (words, NULL);
  g_strfreev (*out);
  *out = (char **) g_ptr_array_free (g_steal_pointer (&words), FALSE);
  return TRUE;
}

static gboolean
read_chunks (const MeshJson *object, GArray *chunks, GError **error)
{
  const MeshJson *array = mesh_json_read_container (object, "chunks", MESH_JSON_ARRAY,
                                                    MESH_MANIFEST_MAX_CHUNKS, error);

  if (array == NULL)
    return FALSE;
  for (guint i = 0; i < mesh_json_get_length (array); i++)
    {
      const MeshJson *item = mesh_json_get_element (array, i);
      MeshManifestChunk chunk = { NULL };

      if (!read_cid (item, "cid", &chunk.cid, error))
        return FALSE;
      g_array_append_val (chunks, chunk);
      if (!read_unsigned (item, "offset",
                          &g_array_index (chunks, MeshManifestChunk, i).offset, error)
          || !read_unsigned (item, "size",
                             &g_array_index (chunks, MeshManifestChunk, i).size, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
read_mode (const MeshJson *object, guint *mode, GError **error)
{
  const char *text = mesh_json_read_string (object, "mode", 16, error);

  if (text == NULL)
    return FALSE;
  if (!g_str_equal (text, MODE_PLAIN) && !g_str_equal (text, MODE_EXEC))
    {
      g_autofree char *shown = g_strescape (text, NULL);

      g_set_error (error, MESH_ERROR, MESH_ERROR_UNSAFE_PATH,
                   "A file has mode “%s”; only " MODE_PLAIN " and " MODE_EXEC
                   " are installed",
                   shown);
      return FALSE;
    }
  *mode = g_str_equal (text, MODE_EXEC) ? 0755 : 0644;
  return TRUE;
}

/* An entry with a target is a link, one with a CID a file, one with neither a folder. */
static MeshManifestFile *
read_file (const MeshJson *object, GError **error)
{
  g_autoptr (MeshManifestFile) file = NULL;
  MeshTreeKind kind = MESH_TREE_DIRECTORY;
  const char *path
      = mesh_json_read_string (object, "path", MESH_TREE_PATH_MAX_LEN, error);

  if (path == NULL)
    return NULL;
  if (mesh_json_get_member (object, "target") != NULL)
    kind = MESH_TREE_SYMLINK;
  if (mesh_json_get_member (object, "cid") != NULL)
    {
      if (kind == MESH_TREE_SYMLINK)
        {
          g_set_error (error, MESH_ERROR, MESH_ERROR_INVALID,
                       "Manifest: an entry is a file and a link");
          return NULL;
        }
      kind = MESH_TREE_FILE;
    }
  file = mesh_manifest_file_new (path, kind);
  if (kind == MESH_TREE_SYMLINK
      && !read_string (object, "target", MESH_TREE_PATH_MAX_LEN, &file->target, error))
    return NULL;
  if (kind == MESH_TREE_FILE
      && (!read_mode (object, &file->mode, error)
          || !read_cid (object, "cid", &file->cid, error)
          || !read_unsigned (object, "size", &file->size, error)
          || !read_chunks (object, file->chunks, error)))
    return NULL;
  return g_steal_pointer (&file);
}

static gboolean
read_files (const MeshJson *object, GPtrArray *files, GError **error)
{
  const MeshJson *array = mesh_json_read_container (object, "files", MESH_JSON_ARRAY,
                                                    MESH_MANIFEST_MAX_FILES, error);

  if (array == NULL)
    return FALSE;
  for (guint i = 0; i < mesh_json_get_length (array); i++)
    {
      MeshManifestFile *file = read_file (mesh_json_get_element (array, i), error);

      if (file == NULL)
        return FALSE;
      g_ptr_array_add (files, file);
    }
  return TRUE;
}

static gboolean
read_head (const MeshJson *json, MeshManifest *manifest, GError **error)
{
  guint64 expires;

  if (!read_string (json, "app", 255, &manifest->app_id, error)
      || !read_string (json, "name", MESH_MANIFEST_MAX_NAME_LEN, &manifest->name, error)
      || !read_string (json, "summary", MESH_MANIFEST_MAX_SUMMARY_LEN, &manifest->summary,
                       error)
      || !read_string (json, "notes", MESH_MANIFEST_MAX_NOTES_LEN, &manifest->notes,
                       error)
      || !read_string (json, "channel", MESH_MANIFEST_MAX_NAME_LEN, &manifest->channel,
                       error)
      || !read_string (json, "version", MESH_MANIFEST_MAX_NAME_LEN, &manifest->version,
                       error)
      || !read_optional (json, "previous", MESH_MANIFEST_MAX_NAME_LEN,
                         &manifest->previous_version, error)
      || !read_unsigned (json, "counter", &manifest->counter, error)
      || !read_unsigned (json, "expires", &expires, error)
      || !read_unsigned (json, "key_version", &manifest->key_version, error))
    return FALSE;
  manifest->expires_s = (gint64) expires;
  return read_optional (json, "exec", MESH_TREE_PATH_MAX_LEN, &manifest->exec_path, error)
         && read_optional (json, "icon", MESH_TREE_PATH_MAX_LEN, &manifest->icon_path,
                           error)
         && read_optional (json, "desktop", MESH_TREE_PATH_MAX_LEN,
                           &manifest->desktop_path, error)
         && read_words (json, "categories", &manifest->categories, error)
         && read_words (json, "tags", &manifest->tags, error)
         && read_string (json, "dag", MESH_MANIFEST_MAX_NAME_LEN, &manifest->dag, error)
         && read_cid (json, "root", &manifest->root, error);
}

MeshManifest *
mesh_manifest_json_read (const MeshJson *json, GError **error)
{
  g_autoptr (MeshManifest) manifest = mesh_manifest_new ();
  const char *type = mesh_json_read_string (json, "type", 64, error);

  if (type == NULL)
    return NULL;
  if (!g_str_equal (type, MESH_MANIFEST_JSON_TYPE))
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_UNSUPPORTED,
                   "This is not a manifest of a kind that this version can read");
      return NULL;
    }
  if (!read_head (json, manifest, error) || !read_files (json, manifest->files, error))
    return NULL;
  return g_steal_pointer (&manifest);
}
