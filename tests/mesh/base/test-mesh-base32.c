/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "base/mesh-base32.h"

#include <string.h>

#include "base-text.h"

static const BaseText base32 = { mesh_base32_encode, mesh_base32_decode };

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
    base_text_assert_pair (&base32, cases[i][0], strlen (cases[i][0]), cases[i][1]);
  upper = mesh_base32_decode ("MZXW6YTBOI", 10, NULL);
  g_assert_cmpmem (g_bytes_get_data (upper, NULL), g_bytes_get_size (upper), "foobar", 6);
  base_text_assert_refused (&base32, "mZxq", 4); /* mixed case */
  base_text_assert_refused (&base32, "m", 1);    /* five bits are no byte */
  base_text_assert_refused (&base32, "mz", 2);   /* a bit left over is set */
  base_text_assert_refused (&base32, "my======", 8);
  base_text_assert_refused (&base32, "m1", 2);
}

static void
test_round_trip (void)
{
  base_text_round_trip (&base32);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/base32/vectors", test_vectors);
  g_test_add_func ("/base/base32/round-trip", test_round_trip);
  return g_test_run ();
}
