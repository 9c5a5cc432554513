/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "peer/mesh-rsa-key.h"

#include <nettle/bignum.h>
#include <nettle/rsa.h>
#include <string.h>

#include "base/mesh-error.h"
#include "peer/mesh-der.h"

/* AlgorithmIdentifier: rsaEncryption, NULL (RFC 3279 §2.3.1) */
static const guint8 algorithm[]
    = { 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00 };

typedef struct
{
  const guint8 *modulus;
  const guint8 *exponent;
  gsize modulus_len;
  gsize exponent_len;
} Numbers;

static gboolean
is_algorithm (const MeshCursor *cursor)
{
  return cursor->len == sizeof algorithm
         && memcmp (cursor->data, algorithm, sizeof algorithm) == 0;
}

static gboolean
read_numbers (const guint8 *key, gsize key_len, Numbers *numbers)
{
  MeshCursor cursor = mesh_cursor_init (key, key_len), info, identifier, bits, sequence;
  guint8 n_unused;

  return mesh_der_read (&cursor, MESH_DER_SEQUENCE, &info) && cursor.len == 0
         && mesh_der_read (&info, MESH_DER_SEQUENCE, &identifier)
         && is_algorithm (&identifier)
         && mesh_der_read (&info, MESH_DER_BIT_STRING, &bits) && info.len == 0
         && mesh_cursor_read_u8 (&bits, &n_unused) && n_unused == 0
         && mesh_der_read (&bits, MESH_DER_SEQUENCE, &sequence) && bits.len == 0
         && mesh_der_read_unsigned (&sequence, &numbers->modulus, &numbers->modulus_len)
         && mesh_der_read_unsigned (&sequence, &numbers->exponent, &numbers->exponent_len)
         && sequence.len == 0;
}

static gsize
count_bits (const guint8 *data, gsize len)
{
  return len == 0 ? 0 : 8 * (len - 1) + g_bit_storage (data[0]);
}

/* What the arithmetic below may be given: odd numbers of bounded length. */
static gboolean
check_numbers (const Numbers *numbers, GError **error)
{
  gsize n_bits = count_bits (numbers->modulus, numbers->modulus_len);
  gsize n_exponent_bits = count_bits (numbers->exponent, numbers->exponent_len);

  if (n_bits < MESH_RSA_KEY_MIN_BITS || n_bits > MESH_RSA_KEY_MAX_BITS)
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_UNSUPPORTED,
                   "An RSA key of %" G_GSIZE_FORMAT " bits is not taken: from %d to %d",
                   n_bits, MESH_RSA_KEY_MIN_BITS, MESH_RSA_KEY_MAX_BITS);
      return FALSE;
    }
  if ((numbers->modulus[numbers->modulus_len - 1] & 1) == 0 || n_exponent_bits < 2
      || n_exponent_bits > MESH_RSA_KEY_MAX_EXPONENT_BITS
      || (numbers->exponent[numbers->exponent_len - 1] & 1) == 0)
    {
      g_set_error_literal (error, MESH_ERROR, MESH_ERROR_INVALID,
                           "The numbers of the RSA key can not be those of one");
      return FALSE;
    }
  return TRUE;
}

static gboolean
is_signed (const Numbers *numbers,
           const guint8 *data,
           gsize len,
           const guint8 *signature,
           gsize signature_len)
{
  struct rsa_public_key key;
  struct sha256_ctx hash;
  gboolean is_good;
  mpz_t number;

  if (signature_len != numbers->modulus_len)
    return FALSE;
  sha256_init (&hash);
  sha256_update (&hash, len, data);
  rsa_public_key_init (&key);
  nettle_mpz_set_str_256_u (key.n, numbers->modulus_len, numbers->modulus);
  nettle_mpz_set_str_256_u (key.e, numbers->exponent_len, numbers->exponent);
  nettle_mpz_init_set_str_256_u (number, signature_len, signature);
  is_good = rsa_public_key_prepare (&key) != 0
            && rsa_sha256_verify (&key, &hash, number) != 0;
  mpz_clear (number);
  rsa_public_key_clear (&key);
  return is_good;
}

gboolean
mesh_rsa_key_verify (const guint8 *key,
                     gsize key_len,
                     const guint8 *data,
                     gsize len,
                     const guint8 *signature,
                     gsize signature_len,
                     GError **error)
{
  Numbers numbers = { NULL };

  if (!read_numbers (key, key_len, &numbers))
    {
      g_set_error_literal (error, MESH_ERROR, MESH_ERROR_INVALID,
                           "Not the encoding of an RSA key");
      return FALSE;
    }
  if (!check_numbers (&numbers, error))
    return FALSE;
  if (is_signed (&numbers, data, len, signature, signature_len))
    return TRUE;
  g_set_error_literal (error, MESH_ERROR, MESH_ERROR_BAD_SIGNATURE,
                       "The signature was not made by this key for these bytes");
  return FALSE;
}
