/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "trust/mesh-signatures.h"

#include <string.h>

#include "base/mesh-error.h"
#include "peer/mesh-public-key.h"

G_STATIC_ASSERT (MESH_SIGNATURES_KEY_LEN == MESH_ED25519_PUBLIC_BYTES);
G_STATIC_ASSERT (MESH_SIGNATURES_SIG_LEN == MESH_ED25519_SIGNATURE_BYTES);

GArray *
mesh_signatures_new (void)
{
  return g_array_new (FALSE, TRUE, sizeof (MeshSignature));
}

gboolean
mesh_signatures_add (GArray *signatures,
                     const guint8 key[MESH_SIGNATURES_KEY_LEN],
                     const guint8 sig[MESH_SIGNATURES_SIG_LEN],
                     GError **error)
{
  MeshSignature signature;

  if (signatures->len >= MESH_SIGNATURES_MAX)
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_LIMIT,
                   "More than %d signatures on one document", MESH_SIGNATURES_MAX);
      return FALSE;
    }
  for (guint i = 0; i < signatures->len; i++)
    if (memcmp (g_array_index (signatures, MeshSignature, i).key, key,
                MESH_SIGNATURES_KEY_LEN)
        == 0)
      {
        g_set_error (error, MESH_ERROR, MESH_ERROR_EXISTS, "This key has signed already");
        return FALSE;
      }
  memcpy (signature.key, key, sizeof (signature.key));
  memcpy (signature.sig, sig, sizeof (signature.sig));
  g_array_append_val (signatures, signature);
  return TRUE;
}

gboolean
mesh_signatures_read_hex (const char *text, guint8 *out, gsize len)
{
  static const char digits[] = "0123456789abcdef";

  if (text == NULL || strlen (text) != 2 * len || strspn (text, digits) != 2 * len)
    return FALSE;
  for (gsize i = 0; i < len; i++)
    out[i] = (guint8) (g_ascii_xdigit_value (text[2 * i]) << 4
                       | g_ascii_xdigit_value (text[2 * i + 1]));
  return TRUE;
}

char *
mesh_signatures_dup_hex (const guint8 *data, gsize len)
{
  static const char digits[] = "0123456789abcdef";
  char *text = g_malloc (2 * len + 1);

  for (gsize i = 0; i < len; i++)
    {
      text[2 * i] = digits[data[i] >> 4];
      text[2 * i + 1] = digits[data[i] & 15];
    }
  text[2 * len] = '\0';
  return text;
}

gboolean
mesh_signatures_sign (GArray *signatures,
                      GBytes *message,
                      const MeshKeypair *keypair,
                      GError **error)
{
  guint8 sig[MESH_SIGNATURES_SIG_LEN];
  gsize len, key_len;
  const guint8 *data = g_bytes_get_data (message, &len);
  const guint8 *key
      = mesh_public_key_get_data (mesh_keypair_get_public_key (keypair), &key_len);

  g_assert (key_len == MESH_SIGNATURES_KEY_LEN);
  mesh_keypair_sign (keypair, data, len, sig);
  return mesh_signatures_add (signatures, key, sig, error);
}

MeshJson *
mesh_signatures_to_json (const GArray *signatures)
{
  MeshJson *array = mesh_json_new_array ();

  for (guint i = 0; i < signatures->len; i++)
    {
      const MeshSignature *signature = &g_array_index (signatures, MeshSignature, i);
      g_autofree char *key
          = mesh_signatures_dup_hex (signature->key, sizeof (signature->key));
      g_autofree char *sig
          = mesh_signatures_dup_hex (signature->sig, sizeof (signature->sig));
      MeshJson *item = mesh_json_new_object ();

      mesh_json_set (item, "key", mesh_json_new_string (key));
      mesh_json_set (item, "sig", mesh_json_new_string (sig));
      mesh_json_append (array, item);
    }
  return array;
}

GArray *
mesh_signatures_from_json (const MeshJson *object, GError **error)
{
  g_autoptr (GArray) signatures = mesh_signatures_new ();
  const MeshJson *array = mesh_json_read_container (object, "signatures", MESH_JSON_ARRAY,
                                                    MESH_SIGNATURES_MAX, error);

  if (array == NULL)
    return NULL;
  for (guint i = 0; i < mesh_json_get_length (array); i++)
    {
      const MeshJson *item = mesh_json_get_element (array, i);
      guint8 key[MESH_SIGNATURES_KEY_LEN], sig[MESH_SIGNATURES_SIG_LEN];
      const char *key_text = mesh_json_read_string (item, "key", 2 * sizeof key, error);
      const char *sig_text
          = key_text ? mesh_json_read_string (item, "sig", 2 * sizeof sig, error) : NULL;

      if (key_text == NULL || sig_text == NULL)
        return NULL;
      if (!mesh_signatures_read_hex (key_text, key, sizeof key)
          || !mesh_signatures_read_hex (sig_text, sig, sizeof sig))
        {
          g_set_error (error, MESH_ERROR, MESH_ERROR_INVALID, "A signature is malformed");
          return NULL;
        }
      if (!mesh_signatures_add (signatures, key, sig, error))
        return NULL;
    }
  return g_steal_pointer (&signatures);
}

static gboolean
is_among (const guint8 (*keys)[MESH_SIGNATURES_KEY_LEN], gsize n_keys, const guint8 *key)
{
  for (gsize i = 0; i < n_keys; i++)
    if (memcmp (keys[i], key, MESH_SIGNATURES_KEY_LEN) == 0)
      return TRUE;
  return FALSE;
}

gboolean
mesh_signatures_verify (const GArray *signatures,
                        GBytes *message,
                        const guint8 (*keys)[MESH_SIGNATURES_KEY_LEN],
                        gsize n_keys,
                        guint threshold,
                        const char *what,
                        GError **error)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (message, &len);
  guint n_valid = 0;

  for (guint i = 0; i < signatures->len; i++)
    {
      const MeshSignature *signature = &g_array_index (signatures, MeshSignature, i);
      g_autoptr (MeshPublicKey) key = NULL;

      if (!is_among (keys, n_keys, signature->key))
        continue;
      key = mesh_public_key_new_ed25519 (signature->key);
      if (!mesh_public_key_verify (key, data, len, signature->sig,
                                   sizeof (signature->sig), error))
        {
          g_prefix_error (error, "The %s: ", what);
          return FALSE;
        }
      n_valid++;
    }
  if (n_valid == 0)
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_UNKNOWN_KEY,
                   "The %s is not signed by any key that is trusted for this app", what);
      return FALSE;
    }
  if (n_valid < threshold)
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_THRESHOLD,
                   "The %s has %u of the %u signatures it needs", what, n_valid,
                   threshold);
      return FALSE;
    }
  return TRUE;
}
