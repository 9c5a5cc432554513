/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "base/mesh-base58.h"

#include <string.h>

#include "base/mesh-error.h"
#include "base/mesh-rng.h"

static void
assert_pair (char *encoded, const char *bytes, gsize len, const char *text)
{
  g_autofree char *owned = encoded;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) decoded = mesh_base58_decode (text, strlen (text), &error);

  g_assert_no_error (error);
  g_assert_cmpstr (owned, ==, text);
  g_assert_cmpmem (g_bytes_get_data (decoded, NULL), g_bytes_get_size (decoded), bytes,
                   len);
}

static void
assert_refused (const char *text, gsize len)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) decoded = mesh_base58_decode (text, len, &error);

  g_assert_error (error, MESH_ERROR, MESH_ERROR_INVALID);
  g_assert_null (decoded);
}

/* draft-msporny-base58, and multibase's own test vectors */
static void
test_vectors (void)
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
                 cases[i].bytes, cases[i].len, cases[i].text);
  assert_refused ("0", 1);
  assert_refused ("1l", 2);
  assert_refused ("1\0001", 3);
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
  assert_refused (too_long, MESH_BASE58_MAX_CHARS + 1);
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
      g_autofree char *text = NULL;
      g_autoptr (GBytes) back = NULL;

      mesh_rng_fill (&rng, bytes, len);
      if (len > 2 && i % 4 == 0)
        memset (bytes, 0, 2);
      text = mesh_base58_encode (bytes, len);
      back = mesh_base58_decode (text, strlen (text), NULL);
      g_assert_cmpmem (bytes, len, g_bytes_get_data (back, NULL),
                       g_bytes_get_size (back));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/base58/vectors", test_vectors);
  g_test_add_func ("/base/base58/limits", test_limits);
  g_test_add_func ("/base/base58/round-trip", test_round_trip);
  return g_test_run ();
}
