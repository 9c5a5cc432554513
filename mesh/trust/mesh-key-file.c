/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "trust/mesh-key-file.h"

#include <string.h>

#include "base/mesh-error.h"
#include "trust/mesh-signatures.h"
#include "trust/mesh-tree-path.h"

#define TYPE "shoal-keys-1"

G_STATIC_ASSERT (MESH_KEY_FILE_KEY_LEN == MESH_SIGNATURES_KEY_LEN);

struct MeshKeyFile
{
  char *app_id; /* (owned) */
  guint64 version;
  guint threshold;
  gint64 expires_s;
  gsize n_keys;
  guint8 keys[MESH_KEY_FILE_MAX_KEYS][MESH_KEY_FILE_KEY_LEN]; /* sorted */
  GArray *signatures; /* (owned) (element-type MeshSignature) */
  GBytes *bytes;      /* (owned): what is signed */
  char *fingerprint;  /* (owned) */
};

static void
clear_key_file (gpointer data)
{
  MeshKeyFile *file = data;

  g_free (file->app_id);
  g_clear_pointer (&file->signatures, g_array_unref);
  g_clear_pointer (&file->bytes, g_bytes_unref);
  g_free (file->fingerprint);
}

MeshKeyFile *
mesh_key_file_ref (MeshKeyFile *file)
{
  return g_atomic_rc_box_acquire (file);
}

void
mesh_key_file_unref (MeshKeyFile *file)
{
  g_atomic_rc_box_release_full (file, clear_key_file);
}

static int
compare_keys (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, MESH_KEY_FILE_KEY_LEN);
}

static MeshJson *
write_signed (const MeshKeyFile *file)
{
  MeshJson *object = mesh_json_new_object ();
  MeshJson *keys = mesh_json_new_array ();

  mesh_json_set (object, "type", mesh_json_new_string (TYPE));
  mesh_json_set (object, "app", mesh_json_new_string (file->app_id));
  mesh_json_set (object, "version", mesh_json_new_integer ((gint64) file->version));
  mesh_json_set (object, "threshold", mesh_json_new_integer (file->threshold));
  mesh_json_set (object, "expires", mesh_json_new_integer (file->expires_s));
  for (gsize i = 0; i < file->n_keys; i++)
    {
      g_autofree char *hex
          = mesh_signatures_dup_hex (file->keys[i], MESH_KEY_FILE_KEY_LEN);

      mesh_json_append (keys, mesh_json_new_string (hex));
    }
  mesh_json_set (object, "keys", keys);
  return object;
}

MeshKeyFile *
mesh_key_file_new (const char *app_id,
                   guint64 version,
                   guint threshold,
                   const guint8 (*keys)[MESH_KEY_FILE_KEY_LEN],
                   gsize n_keys,
                   gint64 expires_s,
                   GError **error)
{
  g_autoptr (MeshKeyFile) file = NULL;
  g_autoptr (MeshJson) json = NULL;
  gboolean is_valid = n_keys >= 1 && n_keys <= MESH_KEY_FILE_MAX_KEYS && threshold >= 1
                      && threshold <= n_keys && version >= 1
                      && version <= MESH_JSON_MAX_INTEGER && expires_s > 0
                      && expires_s <= MESH_JSON_MAX_INTEGER;

  if (!mesh_tree_path_check_app_id (app_id, error))
    return NULL;
  file = g_atomic_rc_box_new0 (MeshKeyFile);
  if (is_valid)
    {
      memcpy (file->keys, keys, n_keys * MESH_KEY_FILE_KEY_LEN);
      qsort (file->keys, n_keys, MESH_KEY_FILE_KEY_LEN, compare_keys);
    }
  for (gsize i = 1; is_valid && i < n_keys; i++)
    is_valid = compare_keys (file->keys[i - 1], file->keys[i]) != 0;
  if (!is_valid)
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_INVALID,
                   "Key file of %s: bad keys, threshold, version or expiry", app_id);
      return NULL;
    }
  file->app_id = g_strdup (app_id);
  file->version = version;
  file->threshold = threshold;
  file->expires_s = expires_s;
  file->n_keys = n_keys;
  file->signatures = mesh_signatures_new ();
  json = write_signed (file);
  file->bytes = mesh_json_to_bytes (json);
  file->fingerprint = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, file->bytes);
  return g_steal_pointer (&file);
}

const char *
mesh_key_file_get_app_id (const MeshKeyFile *file)
{
  return file->app_id;
}

guint64
mesh_key_file_get_version (const MeshKeyFile *file)
{
  return file->version;
}

guint
mesh_key_file_get_threshold (const MeshKeyFile *file)
{
  return file->threshold;
}

gint64
mesh_key_file_get_expires_s (const MeshKeyFile *file)
{
  return file->expires_s;
}

gsize
mesh_key_file_get_n_keys (const MeshKeyFile *file)
{
  return file->n_keys;
}

const guint8 *
mesh_key_file_get_key (const MeshKeyFile *file, gsize i)
{
  g_return_val_if_fail (i < file->n_keys, NULL);
  return file->keys[i];
}

gboolean
mesh_key_file_has_key (const MeshKeyFile *file, const guint8 key[MESH_KEY_FILE_KEY_LEN])
{
  return bsearch (key, file->keys, file->n_keys, MESH_KEY_FILE_KEY_LEN, compare_keys)
         != NULL;
}

const char *
mesh_key_file_get_fingerprint (const MeshKeyFile *file)
{
  return file->fingerprint;
}

gboolean
mesh_key_file_sign (MeshKeyFile *file, const MeshKeypair *keypair, GError **error)
{
  return mesh_signatures_sign (file->signatures, file->bytes, keypair, error);
}

MeshJson *
mesh_key_file_to_json (const MeshKeyFile *file)
{
  MeshJson *object = mesh_json_new_object ();

  mesh_json_set (object, "keys", write_signed (file));
  mesh_json_set (object, "signatures", mesh_signatures_to_json (file->signatures));
  return object;
}

static gboolean
read_keys (const MeshJson *object,
           guint8 (*keys)[MESH_KEY_FILE_KEY_LEN],
           gsize *n_keys,
           GError **error)
{
  const MeshJson *array = mesh_json_read_container (object, "keys", MESH_JSON_ARRAY,
                                                    MESH_KEY_FILE_MAX_KEYS, error);

  if (array == NULL)
    return FALSE;
  *n_keys = mesh_json_get_length (array);
  for (gsize i = 0; i < *n_keys; i++)
    {
      const MeshJson *item = mesh_json_get_element (array, (guint) i);

      if (mesh_json_get_kind (item) != MESH_JSON_STRING
          || !mesh_signatures_read_hex (mesh_json_get_string (item), keys[i],
                                        MESH_KEY_FILE_KEY_LEN))
        {
          g_set_error (error, MESH_ERROR, MESH_ERROR_INVALID,
                       "Key file: a key is malformed");
          return FALSE;
        }
    }
  return TRUE;
}

/* A key file has no members but these and its keys are sorted, so that what is written
 * again is what was signed. */
static gboolean
is_same (const MeshJson *object, const MeshKeyFile *file)
{
  g_autoptr (GBytes) bytes = mesh_json_to_bytes (object);

  return g_bytes_equal (bytes, file->bytes);
}

MeshKeyFile *
mesh_key_file_from_json (const MeshJson *json, GError **error)
{
  g_autoptr (MeshKeyFile) file = NULL;
  g_autoptr (GArray) signatures = NULL;
  const MeshJson *object
      = mesh_json_read_container (json, "keys", MESH_JSON_OBJECT, 6, error);
  guint8 keys[MESH_KEY_FILE_MAX_KEYS][MESH_KEY_FILE_KEY_LEN];
  const char *type, *app_id;
  gint64 version, threshold, expires_s;
  gsize n_keys;

  if (object == NULL || !(type = mesh_json_read_string (object, "type", 64, error))
      || !(app_id = mesh_json_read_string (object, "app", 255, error))
      || !mesh_json_read_integer (object, "version", 1, MESH_JSON_MAX_INTEGER, &version,
                                  error)
      || !mesh_json_read_integer (object, "threshold", 1, MESH_KEY_FILE_MAX_KEYS,
                                  &threshold, error)
      || !mesh_json_read_integer (object, "expires", 1, MESH_JSON_MAX_INTEGER, &expires_s,
                                  error)
      || !read_keys (object, keys, &n_keys, error))
    return NULL;
  signatures = mesh_signatures_from_json (json, error);
  if (signatures == NULL)
    return NULL;
  file = mesh_key_file_new (app_id, (guint64) version, (guint) threshold,
                            (const guint8 (*)[MESH_KEY_FILE_KEY_LEN]) keys, n_keys,
                            expires_s, error);
  if (file == NULL)
    return NULL;
  if (!g_str_equal (type, TYPE) || !is_same (object, file))
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_UNSUPPORTED,
                   "This is not a key file of a kind that this version can read");
      return NULL;
    }
  g_array_unref (file->signatures);
  file->signatures = g_steal_pointer (&signatures);
  return g_steal_pointer (&file);
}

MeshJson *
mesh_key_file_chain_to_json (const GPtrArray *chain, guint n_files)
{
  MeshJson *array = mesh_json_new_array ();

  g_assert (n_files <= chain->len);
  for (guint i = chain->len - n_files; i < chain->len; i++)
    mesh_json_append (array, mesh_key_file_to_json (chain->pdata[i]));
  return array;
}

GPtrArray *
mesh_key_file_chain_from_json (const MeshJson *object,
                               guint max_len,
                               const char *what,
                               GError **error)
{
  g_autoptr (GPtrArray) chain
      = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_key_file_unref);
  const MeshJson *array
      = mesh_json_read_container (object, "keys", MESH_JSON_ARRAY, max_len, error);

  if (array == NULL)
    return NULL;
  for (guint i = 0; i < mesh_json_get_length (array); i++)
    {
      MeshKeyFile *file
          = mesh_key_file_from_json (mesh_json_get_element (array, i), error);

      if (file == NULL)
        return NULL;
      g_ptr_array_add (chain, file);
    }
  if (chain->len > 0)
    return g_steal_pointer (&chain);
  g_set_error (error, MESH_ERROR, MESH_ERROR_INVALID, "The %s has no key file", what);
  return NULL;
}

gboolean
mesh_key_file_verify_document (const MeshKeyFile *file,
                               const GArray *signatures,
                               GBytes *message,
                               const char *what,
                               GError **error)
{
  return mesh_signatures_verify (signatures, message, file->keys, file->n_keys,
                                 file->threshold, what, error);
}

static gboolean
check_signed_by (const MeshKeyFile *file, const MeshKeyFile *by, GError **error)
{
  g_autofree char *what = g_strdup_printf ("key file %" G_GUINT64_FORMAT " of %s",
                                           file->version, file->app_id);

  return mesh_key_file_verify_document (by, file->signatures, file->bytes, what, error);
}

gboolean
mesh_key_file_verify (const MeshKeyFile *file,
                      const MeshKeyFile *previous,
                      GError **error)
{
  if (previous != NULL && !g_str_equal (previous->app_id, file->app_id))
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_WRONG_APP,
                   "A key file of %s can't follow one of %s", file->app_id,
                   previous->app_id);
      return FALSE;
    }
  if (previous != NULL && file->version != previous->version + 1)
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_MIXED,
                   "Key file %" G_GUINT64_FORMAT
                   " can't follow key file %" G_GUINT64_FORMAT,
                   file->version, previous->version);
      return FALSE;
    }
  return check_signed_by (file, file, error)
         && (previous == NULL || check_signed_by (file, previous, error));
}
