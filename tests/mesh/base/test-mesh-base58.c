/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "base/mesh-base58.h"

#include <string.h>

#include "base-text.h"

static const BaseText base58 = { mesh_base58_encode, mesh_base58_decode };

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
    base_text_assert_pair (&base58, cases[i].bytes, cases[i].len, cases[i].text);
  base_text_assert_refused (&base58, "0", 1);
  base_text_assert_refused (&base58, "1l", 2);
  base_text_assert_refused (&base58, "1\0001", 3);
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
  base_text_assert_refused (&base58, too_long, MESH_BASE58_MAX_CHARS + 1);
}

static void
test_round_trip (void)
{
  base_text_round_trip (&base58);
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
