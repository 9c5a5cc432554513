/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "base/mesh-base32.h"

#include <string.h>

#include "base/mesh-error.h"
#include "base/mesh-rng.h"

static void
assert_pair (char *encoded, const char *bytes, gsize len, const char *text)
{
  g_autofree char *owned = encoded;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) decoded = mesh_base32_decode (text, strlen (text), &error);

  g_assert_no_error (error);
  g_assert_cmpstr (owned, ==, text);
  g_assert_cmpmem (g_bytes_get_data (decoded, NULL), g_bytes_get_size (decoded), bytes,
                   len);
}

static void
assert_refused (const char *text, gsize len)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) decoded = mesh_base32_decode (text, len, &error);

  g_assert_error (error, MESH_ERROR, MESH_ERROR_INVALID);
  g_assert_null (decoded);
}

/* RFC 4648 section 10 */
static void
test_vectors (void)
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
                 cases[i][0], strlen (cases[i][0]), cases[i][1]);
  upper = mesh_base32_decode ("MZXW6YTBOI", 10, NULL);
  g_assert_cmpmem (g_bytes_get_data (upper, NULL), g_bytes_get_size (upper), "foobar", 6);
  assert_refused ("mZxq", 4); /* mixed case */
  assert_refused ("m", 1);    /* five bits are no byte */
  assert_refused ("mz", 2);   /* a bit left over is set */
  assert_refused ("my======", 8);
  assert_refused ("m1", 2);
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
      text = mesh_base32_encode (bytes, len);
      back = mesh_base32_decode (text, strlen (text), NULL);
      g_assert_cmpmem (bytes, len, g_bytes_get_data (back, NULL),
                       g_bytes_get_size (back));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/base32/vectors", test_vectors);
  g_test_add_func ("/base/base32/round-trip", test_round_trip);
  return g_test_run ();
}
