/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "trust/mesh-tree-path.h"

#include <string.h>

#include "base/mesh-error.h"

#define MAX_LINK_COMPONENTS (MESH_TREE_PATH_MAX_LEN / 2 + 1)

typedef struct
{
  char *path;   /* (owned) */
  char *target; /* (owned) (nullable) */
  MeshTreeKind kind;
} Entry;

struct MeshTreePathSet
{
  GPtrArray *entries;  /* (owned) (element-type Entry): in the order they came */
  GHashTable *by_path; /* (owned): path → Entry */
};

static gboolean
refuse (GError **error, const char *path, const char *why)
{
  g_autofree char *valid = g_utf8_make_valid (path, strnlen (path, 200));
  g_autofree char *shown = g_strescape (valid, NULL);

  g_set_error (error, MESH_ERROR, MESH_ERROR_UNSAFE_PATH, "Unsafe path “%s”: %s", shown,
               why);
  return FALSE;
}

static gboolean
check_text (const char *path, GError **error)
{
  gsize len = strnlen (path, MESH_TREE_PATH_MAX_LEN + 1);

  if (len == 0)
    return refuse (error, path, "it is empty");
  if (len > MESH_TREE_PATH_MAX_LEN)
    return refuse (error, path, "it is too long");
  if (path[0] == '/')
    return refuse (error, path, "it is absolute");
  if (!g_utf8_validate_len (path, len, NULL))
    return refuse (error, path, "it is not UTF-8");
  for (const char *p = path; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      /* C0, DEL and C1 controls; line and paragraph separators; direction overrides that
       * make a name look like another */
      if (c < 0x20 || (c >= 0x7f && c < 0xa0) || c == '\\' || c == 0x2028 || c == 0x2029
          || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069))
        return refuse (error, path, "it has a control character or a backslash");
    }
  return TRUE;
}

gboolean
mesh_tree_path_check (const char *path, GError **error)
{
  const char *name = path;
  guint depth = 0;

  g_return_val_if_fail (path != NULL, FALSE);
  if (!check_text (path, error))
    return FALSE;
  for (;;)
    {
      gsize len = strcspn (name, "/");

      if (len == 0)
        return refuse (error, path, "it has an empty component");
      if (len > MESH_TREE_PATH_MAX_NAME_LEN)
        return refuse (error, path, "a name in it is too long");
      if (name[0] == '.' && (len == 1 || (len == 2 && name[1] == '.')))
        return refuse (error, path, "it has “.” or “..” in it");
      if (++depth > MESH_TREE_PATH_MAX_DEPTH)
        return refuse (error, path, "it has too many folders");
      if (name[len] == '\0')
        return TRUE;
      name += len + 1;
    }
}

gboolean
mesh_tree_path_check_app_id (const char *app_id, GError **error)
{
  gboolean is_valid;
  gsize n_elements = 0;

  g_return_val_if_fail (app_id != NULL, FALSE);
  is_valid
      = strnlen (app_id, MESH_TREE_PATH_MAX_NAME_LEN + 1) <= MESH_TREE_PATH_MAX_NAME_LEN;
  for (const char *p = app_id; is_valid; n_elements++)
    {
      gsize len = 0;

      while (g_ascii_isalnum (p[len]) || p[len] == '_' || p[len] == '-')
        len++;
      is_valid = len > 0 && !g_ascii_isdigit (p[0]) && p[0] != '-'
                 && (p[len] == '.' || p[len] == '\0');
      if (!is_valid || p[len] == '\0')
        {
          n_elements++;
          break;
        }
      p += len + 1;
    }
  if (!is_valid || n_elements < 2)
    {
      g_autofree char *valid = g_utf8_make_valid (app_id, strnlen (app_id, 64));
      g_autofree char *shown = g_strescape (valid, NULL);

      g_set_error (error, MESH_ERROR, MESH_ERROR_INVALID,
                   "“%s” is not an app id such as org.example.App", shown);
      return FALSE;
    }
  return TRUE;
}

static void
free_entry (gpointer data)
{
  Entry *entry = data;

  g_free (entry->path);
  g_free (entry->target);
  g_free (entry);
}

MeshTreePathSet *
mesh_tree_path_set_new (void)
{
  MeshTreePathSet *set = g_new0 (MeshTreePathSet, 1);

  set->entries = g_ptr_array_new_with_free_func (free_entry);
  set->by_path = g_hash_table_new (g_str_hash, g_str_equal);
  return set;
}

void
mesh_tree_path_set_free (MeshTreePathSet *set)
{
  if (set == NULL)
    return;
  g_hash_table_unref (set->by_path);
  g_ptr_array_unref (set->entries);
  g_free (set);
}

gboolean
mesh_tree_path_set_add (MeshTreePathSet *set,
                        const char *path,
                        MeshTreeKind kind,
                        const char *target,
                        GError **error)
{
  Entry *entry;

  g_return_val_if_fail ((kind == MESH_TREE_SYMLINK) == (target != NULL), FALSE);
  if (!mesh_tree_path_check (path, error))
    return FALSE;
  if (target != NULL && !check_text (target, error))
    {
      g_prefix_error (error, "The target of the link “%s”: ", path);
      return FALSE;
    }
  if (g_hash_table_contains (set->by_path, path))
    return refuse (error, path, "it is there twice");

  entry = g_new0 (Entry, 1);
  entry->path = g_strdup (path);
  entry->kind = kind;
  entry->target = g_strdup (target);
  g_ptr_array_add (set->entries, entry);
  g_hash_table_insert (set->by_path, entry->path, entry);
  return TRUE;
}

/* The name a file system that ignores case and normal forms would see. */
static char *
fold (const char *path)
{
  g_autofree char *normal = NULL;
  gboolean is_ascii = TRUE;

  for (const char *p = path; *p != '\0' && is_ascii; p++)
    is_ascii = (guchar) *p < 0x80;
  if (is_ascii)
    return g_ascii_strdown (path, -1);
  normal = g_utf8_normalize (path, -1, G_NORMALIZE_NFD);
  return g_utf8_casefold (normal, -1);
}

/* Folded path → what must not be shadowed there: the entry, if it isn't a directory. */
static GHashTable *
collect_leaves (const MeshTreePathSet *set, GError **error)
{
  g_autoptr (GHashTable) leaves
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < set->entries->len; i++)
    {
      Entry *entry = set->entries->pdata[i];
      g_autofree char *folded = NULL;
      const Entry *other;

      if (entry->kind == MESH_TREE_DIRECTORY)
        continue;
      folded = fold (entry->path);
      other = g_hash_table_lookup (leaves, folded);
      if (other != NULL
          && (other->kind == MESH_TREE_SYMLINK || entry->kind == MESH_TREE_SYMLINK))
        {
          refuse (error, entry->path, "a link has the same name but for case or accents");
          return NULL;
        }
      if (other == NULL)
        g_hash_table_insert (leaves, g_steal_pointer (&folded), entry);
    }
  return g_steal_pointer (&leaves);
}

/* No parent of @entry may be a file or a link; a directory may not be one itself. */
static gboolean
check_parents (GHashTable *leaves, const Entry *entry, GError **error)
{
  g_autofree char *folded = fold (entry->path);

  if (entry->kind == MESH_TREE_DIRECTORY && g_hash_table_contains (leaves, folded))
    return refuse (error, entry->path, "it is a folder and also something else");
  for (char *slash = strrchr (folded, '/'); slash != NULL; slash = strrchr (folded, '/'))
    {
      *slash = '\0';
      if (g_hash_table_contains (leaves, folded))
        return refuse (error, entry->path, "it lies below a file or a link");
    }
  return TRUE;
}

/* Pushes the components of @path, first on top. */
static gboolean
push_components (GPtrArray *stack, const char *path)
{
  g_auto (GStrv) names = g_strsplit (path, "/", -1);
  gsize n = g_strv_length (names);

  if (stack->len + n > MAX_LINK_COMPONENTS)
    return FALSE;
  for (gsize i = n; i > 0; i--)
    g_ptr_array_add (stack, g_strdup (names[i - 1]));
  return TRUE;
}

/* Follows one link as the kernel would, inside the tree of the set only. */
static gboolean
check_link (const MeshTreePathSet *set, const Entry *link, GError **error)
{
  g_autoptr (GPtrArray) stack = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GString) here = g_string_new (link->path);
  const char *slash = strrchr (link->path, '/');
  guint n_hops = 0;

  g_string_truncate (here, slash != NULL ? (gsize) (slash - link->path) : 0);
  if (!push_components (stack, link->target))
    return refuse (error, link->path, "its target is too long");
  while (stack->len > 0)
    {
      g_autofree char *name = g_ptr_array_steal_index (stack, stack->len - 1);
      const Entry *found;
      gsize parent_len = here->len;

      if (*name == '\0' || g_str_equal (name, "."))
        continue;
      if (g_str_equal (name, ".."))
        {
          if (here->len == 0)
            return refuse (error, link->path, "the link leads out of the app's folder");
          slash = strrchr (here->str, '/');
          g_string_truncate (here, slash != NULL ? (gsize) (slash - here->str) : 0);
          continue;
        }
      if (here->len > 2 * MESH_TREE_PATH_MAX_LEN)
        return refuse (error, link->path, "its target is too long");
      g_string_append_printf (here, "%s%s", here->len > 0 ? "/" : "", name);
      found = g_hash_table_lookup (set->by_path, here->str);
      if (found == NULL || found->kind != MESH_TREE_SYMLINK)
        continue;
      if (++n_hops > MESH_TREE_PATH_MAX_HOPS || !push_components (stack, found->target))
        return refuse (error, link->path, "the link goes round in a circle");
      g_string_truncate (here, parent_len);
    }
  return TRUE;
}

gboolean
mesh_tree_path_set_check (const MeshTreePathSet *set, GError **error)
{
  g_autoptr (GHashTable) leaves = collect_leaves (set, error);

  if (leaves == NULL)
    return FALSE;
  for (guint i = 0; i < set->entries->len; i++)
    {
      const Entry *entry = set->entries->pdata[i];

      if (!check_parents (leaves, entry, error)
          || (entry->kind == MESH_TREE_SYMLINK && !check_link (set, entry, error)))
        return FALSE;
    }
  return TRUE;
}
