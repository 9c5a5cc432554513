/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "catalog/mesh-listing.h"

#include <string.h>

#include "base/mesh-error.h"
#include "trust/mesh-semver.h"
#include "trust/mesh-signatures.h"
#include "trust/mesh-tree-path.h"

#define TYPE "shoal-announcement-1"
#define N_MEMBERS 15
#define MAX_CID_TEXT 128
#define DIGEST_LEN 32

static void
invalid (GError **error, const char *what)
{
  g_set_error (error, MESH_ERROR, MESH_ERROR_INVALID, "The announcement is not valid: %s",
               what);
}

/* One line that can be shown: no control characters, none that change the direction of
 * what stands around it. */
static gboolean
is_line (const char *text, gsize max_len)
{
  if (strlen (text) > max_len || !g_utf8_validate (text, -1, NULL))
    return FALSE;
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (g_unichar_iscntrl (c) || c == 0x2028 || c == 0x2029
          || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069))
        return FALSE;
    }
  return TRUE;
}

/* As much of @text as may be announced. */
static char *
cut_line (const char *text, gsize max_len)
{
  g_autoptr (GString) line = g_string_new (NULL);

  for (const char *p = text != NULL ? text : ""; *p != '\0'; p = g_utf8_next_char (p))
    {
      g_autofree char *one = g_strndup (p, (gsize) (g_utf8_next_char (p) - p));

      if (line->len + strlen (one) > max_len)
        break;
      g_string_append (line, is_line (one, max_len) ? one : " ");
    }
  return g_string_free (g_steal_pointer (&line), FALSE);
}

static char **
cut_labels (char **labels)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  guint n = 0;

  for (gsize i = 0; labels[i] != NULL && n < MESH_LISTING_MAX_LABELS; i++)
    {
      if (labels[i][0] == '\0' || !is_line (labels[i], MESH_LISTING_MAX_LABEL_LEN))
        continue;
      g_strv_builder_add (builder, labels[i]);
      n++;
    }
  return g_strv_builder_end (builder);
}

void
mesh_listing_free (MeshListing *listing)
{
  if (listing == NULL)
    return;
  g_free (listing->app_id);
  g_free (listing->channel);
  g_free (listing->version);
  g_free (listing->name);
  g_free (listing->summary);
  g_free (listing->publisher);
  g_strfreev (listing->categories);
  g_strfreev (listing->tags);
  g_clear_pointer (&listing->manifest, mesh_cid_unref);
  g_clear_pointer (&listing->root, mesh_cid_unref);
  g_free (listing);
}

MeshListing *
mesh_listing_new (const MeshManifest *manifest,
                  const char *digest,
                  const char *publisher,
                  gint64 expires_s,
                  GError **error)
{
  g_autoptr (MeshListing) listing = g_new0 (MeshListing, 1);
  guint8 bytes[DIGEST_LEN];

  if (!mesh_signatures_read_hex (digest, bytes, sizeof bytes))
    {
      invalid (error, "bad digest");
      return NULL;
    }
  if (strlen (manifest->channel) > MESH_LISTING_MAX_NAME_LEN || expires_s < 1
      || expires_s > MESH_MANIFEST_MAX_LIFE_S)
    {
      invalid (error, "the channel or the expiry is out of range");
      return NULL;
    }
  listing->app_id = g_strdup (manifest->app_id);
  listing->channel = g_strdup (manifest->channel);
  listing->version = g_strdup (manifest->version);
  listing->name = cut_line (manifest->name, MESH_LISTING_MAX_NAME_LEN);
  listing->summary = cut_line (manifest->summary, MESH_LISTING_MAX_SUMMARY_LEN);
  listing->publisher = cut_line (publisher, MESH_LISTING_MAX_NAME_LEN);
  listing->categories = cut_labels (manifest->categories);
  listing->tags = cut_labels (manifest->tags);
  listing->manifest
      = mesh_cid_new_v1 (MESH_CODEC_RAW, MESH_MULTIHASH_SHA2_256, bytes, sizeof bytes);
  listing->root = mesh_cid_ref (manifest->root);
  listing->counter = manifest->counter;
  listing->key_version = manifest->key_version;
  listing->size = manifest->size;
  listing->expires_s = expires_s;
  return g_steal_pointer (&listing);
}

MeshListing *
mesh_listing_copy (const MeshListing *listing)
{
  MeshListing *copy = g_new0 (MeshListing, 1);

  *copy = *listing;
  copy->app_id = g_strdup (listing->app_id);
  copy->channel = g_strdup (listing->channel);
  copy->version = g_strdup (listing->version);
  copy->name = g_strdup (listing->name);
  copy->summary = g_strdup (listing->summary);
  copy->publisher = g_strdup (listing->publisher);
  copy->categories = g_strdupv (listing->categories);
  copy->tags = g_strdupv (listing->tags);
  copy->manifest = mesh_cid_ref (listing->manifest);
  copy->root = mesh_cid_ref (listing->root);
  return copy;
}

static void
set_string (MeshJson *object, const char *name, const char *value)
{
  mesh_json_set (object, name, mesh_json_new_string (value));
}

static void
set_integer (MeshJson *object, const char *name, guint64 value)
{
  mesh_json_set (object, name, mesh_json_new_integer ((gint64) value));
}

static void
set_labels (MeshJson *object, const char *name, char **labels)
{
  MeshJson *array = mesh_json_new_array ();

  for (gsize i = 0; labels[i] != NULL; i++)
    mesh_json_append (array, mesh_json_new_string (labels[i]));
  mesh_json_set (object, name, array);
}

MeshJson *
mesh_listing_to_json (const MeshListing *listing)
{
  MeshJson *object = mesh_json_new_object ();
  g_autofree char *manifest = mesh_cid_dup_text (listing->manifest);
  g_autofree char *root = mesh_cid_dup_text (listing->root);

  set_string (object, "app", listing->app_id);
  set_labels (object, "categories", listing->categories);
  set_string (object, "channel", listing->channel);
  set_integer (object, "counter", listing->counter);
  set_integer (object, "expires", (guint64) listing->expires_s);
  set_integer (object, "key_version", listing->key_version);
  set_string (object, "manifest", manifest);
  set_string (object, "name", listing->name);
  set_string (object, "publisher", listing->publisher);
  set_string (object, "root", root);
  set_integer (object, "size", listing->size);
  set_string (object, "summary", listing->summary);
  set_labels (object, "tags", listing->tags);
  set_string (object, "type", TYPE);
  set_string (object, "version", listing->version);
  return object;
}

static char *
read_line (const MeshJson *object, const char *name, gsize max_len, GError **error)
{
  const char *text = mesh_json_read_string (object, name, max_len, error);

  if (text == NULL)
    return NULL;
  if (is_line (text, max_len))
    return g_strdup (text);
  invalid (error, name);
  return NULL;
}

static char **
read_labels (const MeshJson *object, const char *name, GError **error)
{
  const MeshJson *array = mesh_json_read_container (object, name, MESH_JSON_ARRAY,
                                                    MESH_LISTING_MAX_LABELS, error);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  if (array == NULL)
    return NULL;
  for (guint i = 0; i < mesh_json_get_length (array); i++)
    {
      const MeshJson *item = mesh_json_get_element (array, i);

      if (mesh_json_get_kind (item) != MESH_JSON_STRING
          || mesh_json_get_string (item)[0] == '\0'
          || !is_line (mesh_json_get_string (item), MESH_LISTING_MAX_LABEL_LEN))
        {
          invalid (error, name);
          return NULL;
        }
      g_strv_builder_add (builder, mesh_json_get_string (item));
    }
  return g_strv_builder_end (builder);
}

/* Only in the one way this project writes CIDs, so that one listing has one form. */
static MeshCid *
read_cid (const MeshJson *object, const char *name, GError **error)
{
  const char *text = mesh_json_read_string (object, name, MAX_CID_TEXT, error);
  g_autoptr (MeshCid) cid = text != NULL ? mesh_cid_parse (text, error) : NULL;
  g_autofree char *again = cid != NULL ? mesh_cid_dup_text (cid) : NULL;

  if (cid == NULL)
    return NULL;
  if (g_strcmp0 (again, text) == 0)
    return g_steal_pointer (&cid);
  invalid (error, name);
  return NULL;
}

static gboolean
read_texts (const MeshJson *json, MeshListing *listing, GError **error)
{
  return (listing->app_id = read_line (json, "app", MESH_TREE_PATH_MAX_NAME_LEN, error))
         && (listing->channel
             = read_line (json, "channel", MESH_LISTING_MAX_NAME_LEN, error))
         && (listing->version = read_line (json, "version", MESH_SEMVER_MAX_LEN, error))
         && (listing->name = read_line (json, "name", MESH_LISTING_MAX_NAME_LEN, error))
         && (listing->summary
             = read_line (json, "summary", MESH_LISTING_MAX_SUMMARY_LEN, error))
         && (listing->publisher
             = read_line (json, "publisher", MESH_LISTING_MAX_NAME_LEN, error))
         && (listing->categories = read_labels (json, "categories", error))
         && (listing->tags = read_labels (json, "tags", error))
         && (listing->manifest = read_cid (json, "manifest", error))
         && (listing->root = read_cid (json, "root", error));
}

static gboolean
read_numbers (const MeshJson *json, MeshListing *listing, GError **error)
{
  gint64 counter, key_version, size;

  if (!mesh_json_read_integer (json, "counter", 1, MESH_JSON_MAX_INTEGER, &counter, error)
      || !mesh_json_read_integer (json, "key_version", 1, MESH_JSON_MAX_INTEGER,
                                  &key_version, error)
      || !mesh_json_read_integer (json, "size", 0, MESH_MANIFEST_MAX_SIZE, &size, error)
      || !mesh_json_read_integer (json, "expires", 1, MESH_MANIFEST_MAX_LIFE_S,
                                  &listing->expires_s, error))
    return FALSE;
  listing->counter = (guint64) counter;
  listing->key_version = (guint64) key_version;
  listing->size = (guint64) size;
  return TRUE;
}

static gboolean
check (const MeshJson *json, const MeshListing *listing, GError **error)
{
  const char *type = mesh_json_read_string (json, "type", 64, error);

  if (type == NULL || !mesh_tree_path_check_app_id (listing->app_id, error))
    return FALSE;
  if (!g_str_equal (type, TYPE) || mesh_json_get_length (json) != N_MEMBERS)
    invalid (error, "it is of another kind");
  else if (!mesh_semver_is_valid (listing->version))
    invalid (error, "the version is not a semantic version");
  else if (listing->name[0] == '\0' || listing->channel[0] == '\0')
    invalid (error, "it has no name or channel");
  else
    return TRUE;
  return FALSE;
}

MeshListing *
mesh_listing_from_json (const MeshJson *json, GError **error)
{
  g_autoptr (MeshListing) listing = g_new0 (MeshListing, 1);

  if (mesh_json_get_kind (json) != MESH_JSON_OBJECT)
    {
      invalid (error, "it is no object");
      return NULL;
    }
  if (!read_texts (json, listing, error) || !read_numbers (json, listing, error)
      || !check (json, listing, error))
    return NULL;
  return g_steal_pointer (&listing);
}
