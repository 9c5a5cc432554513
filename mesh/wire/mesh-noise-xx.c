/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "wire/mesh-noise-xx.h"

#include <sodium.h>
#include <string.h>

#include "base/mesh-error.h"

#define PROTOCOL_NAME "Noise_XX_25519_ChaChaPoly_SHA256"
#define HASH_BYTES crypto_hash_sha256_BYTES
#define MAX_PAYLOAD 60000
#define N_MESSAGES 3

G_STATIC_ASSERT (sizeof PROTOCOL_NAME - 1 == HASH_BYTES);
G_STATIC_ASSERT (MESH_NOISE_KEY_BYTES == crypto_scalarmult_curve25519_BYTES);
G_STATIC_ASSERT (MESH_NOISE_KEY_BYTES == crypto_aead_chacha20poly1305_ietf_KEYBYTES);
G_STATIC_ASSERT (MESH_NOISE_TAG_BYTES == crypto_aead_chacha20poly1305_ietf_ABYTES);

struct MeshNoiseXx
{
  gboolean is_initiator;
  guint n_messages; /* that are through */

  /* SymmetricState, section 5.2 */
  guint8 h[HASH_BYTES];
  guint8 ck[HASH_BYTES];
  guint8 k[MESH_NOISE_KEY_BYTES];
  gboolean has_key;
  guint64 n;

  guint8 s_secret[MESH_NOISE_KEY_BYTES];
  guint8 s_public[MESH_NOISE_KEY_BYTES];
  guint8 e_secret[MESH_NOISE_KEY_BYTES];
  guint8 e_public[MESH_NOISE_KEY_BYTES];
  guint8 remote_s[MESH_NOISE_KEY_BYTES];
  guint8 remote_e[MESH_NOISE_KEY_BYTES];
};

void
mesh_noise_xx_nonce (guint64 counter, guint8 nonce[12])
{
  guint64 little = GUINT64_TO_LE (counter);

  memset (nonce, 0, 4);
  memcpy (nonce + 4, &little, sizeof little);
}

static void
mix_hash (MeshNoiseXx *xx, const guint8 *data, gsize len)
{
  crypto_hash_sha256_state state;

  crypto_hash_sha256_init (&state);
  crypto_hash_sha256_update (&state, xx->h, HASH_BYTES);
  if (len > 0)
    crypto_hash_sha256_update (&state, data, len);
  crypto_hash_sha256_final (&state, xx->h);
}

static void
hmac (const guint8 key[HASH_BYTES], const guint8 *data, gsize len, guint8 out[HASH_BYTES])
{
  crypto_auth_hmacsha256_state state;

  crypto_auth_hmacsha256_init (&state, key, HASH_BYTES);
  if (len > 0)
    crypto_auth_hmacsha256_update (&state, data, len);
  crypto_auth_hmacsha256_final (&state, out);
  sodium_memzero (&state, sizeof state);
}

/* HKDF with two outputs, section 4.3 */
static void
hkdf (const guint8 ck[HASH_BYTES],
      const guint8 *input,
      gsize len,
      guint8 first[HASH_BYTES],
      guint8 second[HASH_BYTES])
{
  guint8 temp[HASH_BYTES], block[HASH_BYTES + 1];

  hmac (ck, input, len, temp);
  hmac (temp, (const guint8 *) "\x01", 1, first);
  memcpy (block, first, HASH_BYTES);
  block[HASH_BYTES] = 2;
  hmac (temp, block, sizeof block, second);
  sodium_memzero (temp, sizeof temp);
  sodium_memzero (block, sizeof block);
}

static gboolean
mix_dh (MeshNoiseXx *xx, const guint8 *secret, const guint8 *public_key, GError **error)
{
  guint8 shared[MESH_NOISE_KEY_BYTES], ck[HASH_BYTES];

  if (crypto_scalarmult_curve25519 (shared, secret, public_key) != 0)
    {
      g_set_error_literal (error, MESH_ERROR, MESH_ERROR_PROTOCOL,
                           "Noise handshake: the peer sent a weak key");
      return FALSE;
    }
  hkdf (xx->ck, shared, sizeof shared, ck, xx->k);
  memcpy (xx->ck, ck, sizeof ck);
  xx->has_key = TRUE;
  xx->n = 0;
  sodium_memzero (shared, sizeof shared);
  sodium_memzero (ck, sizeof ck);
  return TRUE;
}

/* EncryptAndHash */
static void
append_encrypted (MeshNoiseXx *xx, const guint8 *plain, gsize len, GByteArray *message)
{
  guint start = message->len;
  guint8 nonce[12];

  if (!xx->has_key)
    {
      if (len > 0)
        g_byte_array_append (message, plain, (guint) len);
    }
  else
    {
      g_byte_array_set_size (message, start + (guint) len + MESH_NOISE_TAG_BYTES);
      mesh_noise_xx_nonce (xx->n++, nonce);
      crypto_aead_chacha20poly1305_ietf_encrypt (message->data + start, NULL, plain, len,
                                                 xx->h, HASH_BYTES, NULL, nonce, xx->k);
    }
  mix_hash (xx, message->data + start, message->len - start);
}

/* DecryptAndHash: @len counts the tag when there is a key. */
static gboolean
append_decrypted (MeshNoiseXx *xx,
                  const guint8 *data,
                  gsize len,
                  GByteArray *plain,
                  GError **error)
{
  guint start = plain->len;
  guint8 nonce[12];

  if (!xx->has_key)
    {
      if (len > 0)
        g_byte_array_append (plain, data, (guint) len);
      mix_hash (xx, data, len);
      return TRUE;
    }
  if (len >= MESH_NOISE_TAG_BYTES)
    {
      g_byte_array_set_size (plain, start + (guint) len - MESH_NOISE_TAG_BYTES);
      mesh_noise_xx_nonce (xx->n++, nonce);
      if (crypto_aead_chacha20poly1305_ietf_decrypt (
              plain->data + start, NULL, NULL, data, len, xx->h, HASH_BYTES, nonce, xx->k)
          == 0)
        {
          mix_hash (xx, data, len);
          return TRUE;
        }
    }
  g_set_error_literal (
      error, MESH_ERROR, MESH_ERROR_PROTOCOL,
      "Noise handshake: a message was damaged or made for somebody else");
  return FALSE;
}

MeshNoiseXx *
mesh_noise_xx_new (gboolean is_initiator,
                   const guint8 static_secret[MESH_NOISE_KEY_BYTES],
                   const guint8 ephemeral_secret[MESH_NOISE_KEY_BYTES],
                   const guint8 *prologue,
                   gsize prologue_len)
{
  MeshNoiseXx *xx = g_new0 (MeshNoiseXx, 1);

  xx->is_initiator = is_initiator;
  memcpy (xx->h, PROTOCOL_NAME, HASH_BYTES);
  memcpy (xx->ck, xx->h, HASH_BYTES);
  mix_hash (xx, prologue, prologue_len);
  memcpy (xx->s_secret, static_secret, MESH_NOISE_KEY_BYTES);
  memcpy (xx->e_secret, ephemeral_secret, MESH_NOISE_KEY_BYTES);
  crypto_scalarmult_curve25519_base (xx->s_public, xx->s_secret);
  crypto_scalarmult_curve25519_base (xx->e_public, xx->e_secret);
  return xx;
}

void
mesh_noise_xx_free (MeshNoiseXx *xx)
{
  sodium_memzero (xx, sizeof *xx);
  g_free (xx);
}

gboolean
mesh_noise_xx_may_write (const MeshNoiseXx *xx)
{
  return xx->n_messages < N_MESSAGES && (xx->n_messages % 2 == 0) == xx->is_initiator;
}

gboolean
mesh_noise_xx_may_read (const MeshNoiseXx *xx)
{
  return xx->n_messages < N_MESSAGES && (xx->n_messages % 2 == 0) != xx->is_initiator;
}

/* -> e
 * <- e, ee, s, es
 * -> s, se */
gboolean
mesh_noise_xx_write (MeshNoiseXx *xx,
                     const guint8 *payload,
                     gsize len,
                     GByteArray *message,
                     GError **error)
{
  g_return_val_if_fail (mesh_noise_xx_may_write (xx), FALSE);
  g_return_val_if_fail (len <= MAX_PAYLOAD, FALSE);

  if (xx->n_messages < 2)
    {
      g_byte_array_append (message, xx->e_public, MESH_NOISE_KEY_BYTES);
      mix_hash (xx, xx->e_public, MESH_NOISE_KEY_BYTES);
    }
  if (xx->n_messages == 1 && !mix_dh (xx, xx->e_secret, xx->remote_e, error))
    return FALSE;
  if (xx->n_messages >= 1)
    {
      append_encrypted (xx, xx->s_public, MESH_NOISE_KEY_BYTES, message);
      if (!mix_dh (xx, xx->s_secret, xx->remote_e, error))
        return FALSE;
    }
  append_encrypted (xx, payload, len, message);
  xx->n_messages++;
  return TRUE;
}

/* Takes @n bytes off the front. */
static gboolean
take (const guint8 **data, gsize *len, gsize n, const guint8 **taken, GError **error)
{
  if (*len < n)
    {
      g_set_error_literal (error, MESH_ERROR, MESH_ERROR_PROTOCOL,
                           "Noise handshake: a message is too short");
      return FALSE;
    }
  *taken = *data;
  *data += n;
  *len -= n;
  return TRUE;
}

static gboolean
read_static (MeshNoiseXx *xx, const guint8 **data, gsize *len, GError **error)
{
  g_autoptr (GByteArray) plain = g_byte_array_new ();
  const guint8 *sealed;

  if (!take (data, len, MESH_NOISE_KEY_BYTES + MESH_NOISE_TAG_BYTES, &sealed, error)
      || !append_decrypted (xx, sealed, MESH_NOISE_KEY_BYTES + MESH_NOISE_TAG_BYTES,
                            plain, error))
    return FALSE;
  memcpy (xx->remote_s, plain->data, MESH_NOISE_KEY_BYTES);
  return mix_dh (xx, xx->e_secret, xx->remote_s, error);
}

gboolean
mesh_noise_xx_read (MeshNoiseXx *xx,
                    const guint8 *data,
                    gsize len,
                    GByteArray *payload,
                    GError **error)
{
  const guint8 *e;

  g_return_val_if_fail (mesh_noise_xx_may_read (xx), FALSE);

  if (xx->n_messages < 2)
    {
      if (!take (&data, &len, MESH_NOISE_KEY_BYTES, &e, error))
        return FALSE;
      memcpy (xx->remote_e, e, MESH_NOISE_KEY_BYTES);
      mix_hash (xx, e, MESH_NOISE_KEY_BYTES);
    }
  if (xx->n_messages == 1 && !mix_dh (xx, xx->e_secret, xx->remote_e, error))
    return FALSE;
  if (xx->n_messages >= 1 && !read_static (xx, &data, &len, error))
    return FALSE;
  if (!append_decrypted (xx, data, len, payload, error))
    return FALSE;
  xx->n_messages++;
  return TRUE;
}

const guint8 *
mesh_noise_xx_get_static_public (const MeshNoiseXx *xx)
{
  return xx->s_public;
}

const guint8 *
mesh_noise_xx_get_remote_static (const MeshNoiseXx *xx)
{
  return xx->remote_s;
}

void
mesh_noise_xx_split (const MeshNoiseXx *xx,
                     guint8 send_key[MESH_NOISE_KEY_BYTES],
                     guint8 receive_key[MESH_NOISE_KEY_BYTES])
{
  g_return_if_fail (xx->n_messages == N_MESSAGES);

  if (xx->is_initiator)
    hkdf (xx->ck, NULL, 0, send_key, receive_key);
  else
    hkdf (xx->ck, NULL, 0, receive_key, send_key);
}
