/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "content/mesh-murmur3.h"

#include <string.h>

/* As the package @multiformats/murmur3 gives them. */
static void
test_known (void)
{
  static const struct
  {
    const char *text;
    guint64 hash;
  } known[] = {
    { "", 0 },
    { "a", G_GUINT64_CONSTANT (0x85555565f6597889) },
    { "470.txt", G_GUINT64_CONSTANT (0x006e88df5847e67c) },
    { "12345678", G_GUINT64_CONSTANT (0x3b4a640638b1419c) },
    { "123456789", G_GUINT64_CONSTANT (0x3c84645edb66cca4) },
    { "0123456789abcdef", G_GUINT64_CONSTANT (0x4be06d94cf4ad1a7) },
    { "0123456789abcdef0", G_GUINT64_CONSTANT (0xeb24ae8785a5c075) },
    { "The quick brown fox jumps over the lazy dog",
      G_GUINT64_CONSTANT (0xe34bbc7bbc071b6c) },
    { "\xc3\xa9", G_GUINT64_CONSTANT (0xc9187aa411d463e8) },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (known); i++)
    g_assert_cmphex (
        mesh_murmur3_hash64 ((const guint8 *) known[i].text, strlen (known[i].text)), ==,
        known[i].hash);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/content/murmur3/known", test_known);
  return g_test_run ();
}
