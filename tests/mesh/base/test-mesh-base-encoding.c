/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "base/mesh-base-encoding.h"

#include <string.h>

#include "base/mesh-error.h"
#include "base/mesh-rng.h"

typedef GBytes *(*Decode) (const char *text, gsize len, GError **error);

static void
assert_pair (char *encoded, Decode decode, const char *bytes, gsize len, const char *text)
{
  g_autofree char *owned = encoded;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) decoded = decode (text, strlen (text), &error);

  g_assert_no_error (error);
  g_assert_cmpstr (owned, ==, text);
  g_assert_cmpmem (g_bytes_get_data (decoded, NULL), g_bytes_get_size (decoded), bytes,
                   len);
}

static void
assert_refused (Decode decode, const char *text, gsize len)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) decoded = decode (text, len, &error);

  g_assert_error (error, MESH_ERROR, MESH_ERROR_INVALID);
  g_assert_null (decoded);
}

/* draft-msporny-base58, and multibase's own test vectors */
static void
test_base58_vectors (void)
{
  static const struct
  {
    const char *bytes;
    gsize len;
    const char *text;
  } cases[] = {
    { "", 0, "" },
    { "\0", 1, "1" },
    { "Hello World!", 12, "2NEpo7TZRRrLZSi2U" },
    { "The quick brown fox jumps over the lazy dog.", 44,
      "USm3fpXnKG5EUBx2ndxBDMPVciP5hGey2Jh4NDv6gmeo1LkMeiKrLJUUBk6Z" },
    { "\0\0\x28\x7f\xb4\xcd", 6, "11233QC4" },
    { "yes mani !", 10, "7paNL19xttacUY" },
    { "\0yes mani !", 11, "17paNL19xttacUY" },
    { "\0\0yes mani !", 12, "117paNL19xttacUY" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    assert_pair (mesh_base58_encode ((const guint8 *) cases[i].bytes, cases[i].len),
                 mesh_base58_decode, cases[i].bytes, cases[i].len, cases[i].text);
  assert_refused (mesh_base58_decode, "0", 1);
  assert_refused (mesh_base58_decode, "1l", 2);
  assert_refused (mesh_base58_decode, "1\0001", 3);
}

/* RFC 4648 section 10 */
static void
test_base32_vectors (void)
{
  static const char *cases[][2] = { { "", "" },
                                    { "f", "my" },
                                    { "fo", "mzxq" },
                                    { "foo", "mzxw6" },
                                    { "foob", "mzxw6yq" },
                                    { "fooba", "mzxw6ytb" },
                                    { "foobar", "mzxw6ytboi" } };
  g_autoptr (GBytes) upper = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    assert_pair (mesh_base32_encode ((const guint8 *) cases[i][0], strlen (cases[i][0])),
                 mesh_base32_decode, cases[i][0], strlen (cases[i][0]), cases[i][1]);
  upper = mesh_base32_decode ("MZXW6YTBOI", 10, NULL);
  g_assert_cmpmem (g_bytes_get_data (upper, NULL), g_bytes_get_size (upper), "foobar", 6);
  assert_refused (mesh_base32_decode, "mZxq", 4); /* mixed case */
  assert_refused (mesh_base32_decode, "m", 1);    /* five bits are no byte */
  assert_refused (mesh_base32_decode, "mz", 2);   /* a bit left over is set */
  assert_refused (mesh_base32_decode, "my======", 8);
  assert_refused (mesh_base32_decode, "m1", 2);
}

static void
test_limits (void)
{
  g_autofree guint8 *bytes = g_malloc (MESH_BASE58_MAX_BYTES);
  g_autofree char *text = NULL, *too_long = NULL;
  g_autoptr (GBytes) decoded = NULL;

  memset (bytes, 0xff, MESH_BASE58_MAX_BYTES);
  text = mesh_base58_encode (bytes, MESH_BASE58_MAX_BYTES);
  g_assert_cmpuint (strlen (text), ==, MESH_BASE58_MAX_CHARS);
  decoded = mesh_base58_decode (text, strlen (text), NULL);
  g_assert_cmpmem (bytes, MESH_BASE58_MAX_BYTES, g_bytes_get_data (decoded, NULL),
                   g_bytes_get_size (decoded));
  too_long = g_strnfill (MESH_BASE58_MAX_CHARS + 1, '1');
  assert_refused (mesh_base58_decode, too_long, MESH_BASE58_MAX_CHARS + 1);
}

static void
test_round_trip (void)
{
  MeshRng rng;

  mesh_rng_init (&rng, 1);
  for (guint i = 0; i < 10000; i++)
    {
      guint8 bytes[40];
      gsize len = mesh_rng_below (&rng, sizeof bytes + 1);
      g_autofree char *text58 = NULL, *text32 = NULL;
      g_autoptr (GBytes) back58 = NULL, back32 = NULL;

      mesh_rng_fill (&rng, bytes, len);
      if (len > 2 && i % 4 == 0)
        memset (bytes, 0, 2);
      text58 = mesh_base58_encode (bytes, len);
      text32 = mesh_base32_encode (bytes, len);
      back58 = mesh_base58_decode (text58, strlen (text58), NULL);
      back32 = mesh_base32_decode (text32, strlen (text32), NULL);
      g_assert_cmpmem (bytes, len, g_bytes_get_data (back58, NULL),
                       g_bytes_get_size (back58));
      g_assert_cmpmem (bytes, len, g_bytes_get_data (back32, NULL),
                       g_bytes_get_size (back32));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/base-encoding/base58-vectors", test_base58_vectors);
  g_test_add_func ("/base/base-encoding/base32-vectors", test_base32_vectors);
  g_test_add_func ("/base/base-encoding/limits", test_limits);
  g_test_add_func ("/base/base-encoding/round-trip", test_round_trip);
  return g_test_run ();
}
