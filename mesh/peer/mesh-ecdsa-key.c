/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "peer/mesh-ecdsa-key.h"

#include <nettle/bignum.h>
#include <nettle/dsa.h>
#include <nettle/ecc-curve.h>
#include <nettle/ecdsa.h>
#include <nettle/sha2.h>
#include <string.h>

#include "base/mesh-error.h"
#include "peer/mesh-der.h"

#define COORDINATE_BYTES 32

/* All of a key but its point: SEQUENCE { SEQUENCE { id-ecPublicKey, prime256v1 },
 * BIT STRING { no unused bits, uncompressed (RFC 5480 §2) */
static const guint8 head[] = { 0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48,
                               0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48,
                               0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04 };

G_STATIC_ASSERT (sizeof head + 2 * COORDINATE_BYTES == MESH_ECDSA_KEY_BYTES);

static gboolean
set_point (struct ecc_point *point, const guint8 *coordinates)
{
  mpz_t x, y;
  gboolean is_on_curve;

  nettle_mpz_init_set_str_256_u (x, COORDINATE_BYTES, coordinates);
  nettle_mpz_init_set_str_256_u (y, COORDINATE_BYTES, coordinates + COORDINATE_BYTES);
  is_on_curve = ecc_point_set (point, x, y) != 0;
  mpz_clear (x);
  mpz_clear (y);
  return is_on_curve;
}

static gboolean
is_signed (const struct ecc_point *point,
           const guint8 *data,
           gsize len,
           const guint8 *signature,
           gsize signature_len)
{
  MeshCursor cursor = mesh_cursor_init (signature, signature_len), numbers;
  guint8 digest[SHA256_DIGEST_SIZE];
  struct dsa_signature value;
  struct sha256_ctx hash;
  const guint8 *r, *s;
  gsize r_len, s_len;
  gboolean is_good;

  if (!mesh_der_read (&cursor, MESH_DER_SEQUENCE, &numbers) || cursor.len != 0
      || !mesh_der_read_unsigned (&numbers, &r, &r_len) || r_len > COORDINATE_BYTES
      || !mesh_der_read_unsigned (&numbers, &s, &s_len) || s_len > COORDINATE_BYTES
      || numbers.len != 0)
    return FALSE;
  sha256_init (&hash);
  sha256_update (&hash, len, data);
  sha256_digest (&hash, sizeof digest, digest);
  dsa_signature_init (&value);
  nettle_mpz_set_str_256_u (value.r, r_len, r);
  nettle_mpz_set_str_256_u (value.s, s_len, s);
  is_good = ecdsa_verify (point, sizeof digest, digest, &value) != 0;
  dsa_signature_clear (&value);
  return is_good;
}

gboolean
mesh_ecdsa_key_verify (const guint8 *key,
                       gsize key_len,
                       const guint8 *data,
                       gsize len,
                       const guint8 *signature,
                       gsize signature_len,
                       GError **error)
{
  struct ecc_point point;
  gboolean is_on_curve, is_good;

  if (key_len != MESH_ECDSA_KEY_BYTES || memcmp (key, head, sizeof head) != 0)
    {
      g_set_error_literal (error, MESH_ERROR, MESH_ERROR_UNSUPPORTED,
                           "Of ECDSA keys only those on the curve P-256 are taken");
      return FALSE;
    }
  ecc_point_init (&point, nettle_get_secp_256r1 ());
  is_on_curve = set_point (&point, key + sizeof head);
  is_good = is_on_curve && is_signed (&point, data, len, signature, signature_len);
  ecc_point_clear (&point);
  if (!is_on_curve)
    g_set_error_literal (error, MESH_ERROR, MESH_ERROR_INVALID,
                         "The ECDSA key is no point of its curve");
  else if (!is_good)
    g_set_error_literal (error, MESH_ERROR, MESH_ERROR_BAD_SIGNATURE,
                         "The signature was not made by this key for these bytes");
  return is_good;
}
