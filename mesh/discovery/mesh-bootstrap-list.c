/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "discovery/mesh-bootstrap-list.h"

#include <string.h>

#include "base/mesh-error.h"
#include "trust/mesh-json.h"
#include "trust/mesh-signatures.h"

struct MeshBootstrapList
{
  GPtrArray *own;          /* (owned) (element-type utf8): canonical multiaddrs */
  GPtrArray *signed_addrs; /* (owned) (element-type utf8) */
  GBytes *signed_bytes;    /* (owned) (nullable): the document they came in */
  guint64 counter;         /* of the newest document seen */
  gint64 expires_s;
  gboolean is_pinned;
  guint8 key[MESH_SIGNATURES_KEY_LEN];
};

MeshBootstrapList *
mesh_bootstrap_list_new (void)
{
  MeshBootstrapList *list = g_new0 (MeshBootstrapList, 1);

  list->own = g_ptr_array_new_with_free_func (g_free);
  list->signed_addrs = g_ptr_array_new_with_free_func (g_free);
  return list;
}

void
mesh_bootstrap_list_free (MeshBootstrapList *list)
{
  g_ptr_array_unref (list->own);
  g_ptr_array_unref (list->signed_addrs);
  g_clear_pointer (&list->signed_bytes, g_bytes_unref);
  g_free (list);
}

/* ---- entries ---- */

/* The canonical text of an address with a peer in it. */
static char *
canonical_text (const char *text, GError **error)
{
  g_autoptr (MeshMultiaddr) addr = mesh_multiaddr_parse (text, error);
  g_autoptr (MeshPeerId) peer = NULL;

  if (addr == NULL)
    return NULL;
  peer = mesh_multiaddr_dup_peer_id (addr);
  if (peer == NULL)
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_INVALID,
                   "%s does not say which peer is there: it must end in /p2p/ID", text);
      return NULL;
    }
  return g_strdup (mesh_multiaddr_to_string (addr));
}

static gboolean
has (const GPtrArray *texts, const char *text, guint *index)
{
  return g_ptr_array_find_with_equal_func ((GPtrArray *) texts, text, g_str_equal, index);
}

static gboolean
add_to (GPtrArray *texts, const char *text, guint max, GError **error)
{
  g_autofree char *canonical = canonical_text (text, error);

  if (canonical == NULL)
    return FALSE;
  if (has (texts, canonical, NULL))
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_EXISTS, "%s is in the list already",
                   canonical);
      return FALSE;
    }
  if (texts->len >= max)
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_LIMIT,
                   "The list holds at most %u addresses; remove one first", max);
      return FALSE;
    }
  g_ptr_array_add (texts, g_steal_pointer (&canonical));
  return TRUE;
}

gboolean
mesh_bootstrap_list_add (MeshBootstrapList *list, const char *text, GError **error)
{
  return add_to (list->own, text, MESH_BOOTSTRAP_LIST_MAX_OWN, error);
}

gboolean
mesh_bootstrap_list_remove (MeshBootstrapList *list, const char *text)
{
  g_autofree char *canonical = canonical_text (text, NULL);
  guint index;

  if (canonical == NULL || !has (list->own, canonical, &index))
    return FALSE;
  g_ptr_array_remove_index (list->own, index);
  return TRUE;
}

static GPtrArray *
read_texts (const char *const *texts, guint max, GError **error)
{
  g_autoptr (GPtrArray) array = g_ptr_array_new_with_free_func (g_free);

  for (; *texts != NULL; texts++)
    if (!add_to (array, *texts, max, error))
      return NULL;
  return g_steal_pointer (&array);
}

gboolean
mesh_bootstrap_list_set_own (MeshBootstrapList *list,
                             const char *const *texts,
                             GError **error)
{
  GPtrArray *own = read_texts (texts, MESH_BOOTSTRAP_LIST_MAX_OWN, error);

  if (own == NULL)
    return FALSE;
  g_ptr_array_unref (list->own);
  list->own = own;
  return TRUE;
}

static char **
dup_strv (const GPtrArray *texts)
{
  char **strv = g_new0 (char *, texts->len + 1);

  for (guint i = 0; i < texts->len; i++)
    strv[i] = g_strdup (g_ptr_array_index (texts, i));
  return strv;
}

char **
mesh_bootstrap_list_dup_own (const MeshBootstrapList *list)
{
  return dup_strv (list->own);
}

char **
mesh_bootstrap_list_dup_addresses (const MeshBootstrapList *list, gint64 now_s)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new ();

  for (guint i = 0; i < list->own->len; i++)
    g_ptr_array_add (all, g_ptr_array_index (list->own, i));
  for (guint i = 0; i < list->signed_addrs->len && now_s < list->expires_s; i++)
    if (!has (all, g_ptr_array_index (list->signed_addrs, i), NULL))
      g_ptr_array_add (all, g_ptr_array_index (list->signed_addrs, i));
  return dup_strv (all);
}

/* ---- the signed list ---- */

static void
forget_signed (MeshBootstrapList *list)
{
  g_ptr_array_set_size (list->signed_addrs, 0);
  g_clear_pointer (&list->signed_bytes, g_bytes_unref);
  list->counter = 0;
  list->expires_s = 0;
}

void
mesh_bootstrap_list_pin (MeshBootstrapList *list, const guint8 *key)
{
  if (key == NULL ? list->is_pinned
                  : !list->is_pinned || memcmp (list->key, key, sizeof list->key) != 0)
    forget_signed (list);
  list->is_pinned = key != NULL;
  if (key != NULL)
    memcpy (list->key, key, sizeof list->key);
}

const guint8 *
mesh_bootstrap_list_get_pinned (const MeshBootstrapList *list)
{
  return list->is_pinned ? list->key : NULL;
}

GBytes *
mesh_bootstrap_list_get_signed (const MeshBootstrapList *list)
{
  return list->signed_bytes;
}

guint64
mesh_bootstrap_list_get_counter (const MeshBootstrapList *list)
{
  return list->counter;
}

/* A document that was read and whose signature is good. */
typedef struct
{
  GPtrArray *addrs; /* (owned) */
  gint64 counter;
  gint64 expires_s;
  guint8 key[MESH_SIGNATURES_KEY_LEN];
} Document;

static MeshJson *
parse_canonical (const guint8 *data, gsize len, GError **error)
{
  g_autoptr (MeshJson) json = NULL;
  g_autoptr (GBytes) canonical = NULL;

  if (len > MESH_BOOTSTRAP_LIST_MAX_BYTES)
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_TOO_LARGE,
                   "The bootstrap list has more than %u bytes",
                   MESH_BOOTSTRAP_LIST_MAX_BYTES);
      return NULL;
    }
  json = mesh_json_parse (data, len, error);
  if (json == NULL)
    return NULL;
  canonical = mesh_json_to_bytes (json);
  if (g_bytes_get_size (canonical) != len
      || memcmp (g_bytes_get_data (canonical, NULL), data, len) != 0)
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_INVALID,
                   "The bootstrap list is not canonical JSON (RFC 8785)");
      return NULL;
    }
  return g_steal_pointer (&json);
}

static GPtrArray *
read_addresses (const MeshJson *object, GError **error)
{
  g_autoptr (GPtrArray) addrs = g_ptr_array_new_with_free_func (g_free);
  const MeshJson *array = mesh_json_read_container (
      object, "addresses", MESH_JSON_ARRAY, MESH_BOOTSTRAP_LIST_MAX_SIGNED, error);

  for (guint i = 0; array != NULL && i < mesh_json_get_length (array); i++)
    {
      const MeshJson *item = mesh_json_get_element (array, i);

      if (mesh_json_get_kind (item) != MESH_JSON_STRING)
        {
          g_set_error (error, MESH_ERROR, MESH_ERROR_INVALID,
                       "An address in the bootstrap list is no text");
          return NULL;
        }
      if (!add_to (addrs, mesh_json_get_string (item), MESH_BOOTSTRAP_LIST_MAX_SIGNED,
                   error))
        return NULL;
    }
  return array != NULL ? g_steal_pointer (&addrs) : NULL;
}

/* Reads {"bootstrap":{...},"signatures":[...]}, signed by @key, or by its first signer.
 */
static gboolean
read_document (const MeshJson *json,
               const guint8 *key,
               Document *document,
               GError **error)
{
  g_autoptr (GArray) signatures = NULL;
  g_autoptr (GBytes) bytes = NULL;
  const MeshJson *object
      = mesh_json_read_container (json, "bootstrap", MESH_JSON_OBJECT, 16, error);
  const char *type;

  if (object == NULL)
    return FALSE;
  signatures = mesh_signatures_from_json (json, error);
  type = signatures != NULL ? mesh_json_read_string (object, "type", 64, error) : NULL;
  if (type == NULL)
    return FALSE;
  if (!g_str_equal (type, MESH_BOOTSTRAP_LIST_TYPE) || signatures->len == 0)
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_INVALID,
                   "This is not a signed bootstrap list");
      return FALSE;
    }
  memcpy (document->key,
          key != NULL ? key : g_array_index (signatures, MeshSignature, 0).key,
          sizeof document->key);
  bytes = mesh_json_to_bytes (object);
  if (!mesh_signatures_verify (
          signatures, bytes, (const guint8 (*)[MESH_SIGNATURES_KEY_LEN]) & document->key,
          1, 1, "bootstrap list", error)
      || !mesh_json_read_integer (object, "counter", 1, MESH_JSON_MAX_INTEGER,
                                  &document->counter, error)
      || !mesh_json_read_integer (object, "expires", 0, MESH_JSON_MAX_INTEGER,
                                  &document->expires_s, error))
    return FALSE;
  document->addrs = read_addresses (object, error);
  return document->addrs != NULL;
}

static gboolean
check_fresh (const MeshBootstrapList *list,
             const Document *document,
             GBytes *bytes,
             gint64 now_s,
             GError **error)
{
  if ((guint64) document->counter < list->counter)
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_ROLLBACK,
                   "The bootstrap list has number %" G_GINT64_FORMAT
                   ", one with %" G_GUINT64_FORMAT " was seen already",
                   document->counter, list->counter);
      return FALSE;
    }
  if ((guint64) document->counter == list->counter && list->signed_bytes != NULL
      && !g_bytes_equal (bytes, list->signed_bytes))
    {
      g_set_error (
          error, MESH_ERROR, MESH_ERROR_MIXED,
          "There are two different bootstrap lists with number %" G_GINT64_FORMAT,
          document->counter);
      return FALSE;
    }
  if (document->expires_s <= now_s)
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_EXPIRED,
                   "The bootstrap list is out of date");
      return FALSE;
    }
  if (document->expires_s > now_s + MESH_BOOTSTRAP_LIST_MAX_LIFE_S)
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_INVALID,
                   "The bootstrap list is valid for more than %d days",
                   MESH_BOOTSTRAP_LIST_MAX_LIFE_S / (24 * 3600));
      return FALSE;
    }
  return TRUE;
}

gboolean
mesh_bootstrap_list_take_signed (MeshBootstrapList *list,
                                 const guint8 *data,
                                 gsize len,
                                 gint64 now_s,
                                 GError **error)
{
  g_autoptr (MeshJson) json = parse_canonical (data, len, error);
  g_autoptr (GBytes) bytes = NULL;
  Document document = { NULL };

  if (json == NULL
      || !read_document (json, list->is_pinned ? list->key : NULL, &document, error))
    return FALSE;
  bytes = g_bytes_new (data, len);
  if (!check_fresh (list, &document, bytes, now_s, error))
    {
      g_ptr_array_unref (document.addrs);
      return FALSE;
    }
  mesh_bootstrap_list_pin (list, document.key);
  forget_signed (list);
  g_ptr_array_unref (list->signed_addrs);
  list->signed_addrs = document.addrs;
  list->signed_bytes = g_steal_pointer (&bytes);
  list->counter = (guint64) document.counter;
  list->expires_s = document.expires_s;
  return TRUE;
}

GBytes *
mesh_bootstrap_list_sign (const MeshKeypair *keypair,
                          const char *const *addresses,
                          guint64 counter,
                          gint64 expires_s,
                          GError **error)
{
  g_autoptr (GPtrArray) texts
      = read_texts (addresses, MESH_BOOTSTRAP_LIST_MAX_SIGNED, error);
  g_autoptr (MeshJson) document = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GArray) signatures = mesh_signatures_new ();
  MeshJson *object, *array;

  if (texts == NULL)
    return NULL;
  if (counter < 1 || counter > (guint64) MESH_JSON_MAX_INTEGER || expires_s < 0
      || expires_s > MESH_JSON_MAX_INTEGER)
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_INVALID,
                   "A bootstrap list needs a number from 1 and a time when it expires");
      return NULL;
    }
  document = mesh_json_new_object ();
  object = mesh_json_new_object ();
  array = mesh_json_new_array ();
  for (guint i = 0; i < texts->len; i++)
    mesh_json_append (array, mesh_json_new_string (g_ptr_array_index (texts, i)));
  mesh_json_set (object, "addresses", array);
  mesh_json_set (object, "counter", mesh_json_new_integer ((gint64) counter));
  mesh_json_set (object, "expires", mesh_json_new_integer (expires_s));
  mesh_json_set (object, "type", mesh_json_new_string (MESH_BOOTSTRAP_LIST_TYPE));
  bytes = mesh_json_to_bytes (object);
  mesh_json_set (document, "bootstrap", object);
  if (!mesh_signatures_sign (signatures, bytes, keypair, error))
    return NULL;
  mesh_json_set (document, "signatures", mesh_signatures_to_json (signatures));
  return mesh_json_to_bytes (document);
}
