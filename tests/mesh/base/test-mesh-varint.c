/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "base/mesh-varint.h"

static void
test_vectors (void)
{
  /* https://github.com/multiformats/unsigned-varint, table of examples */
  static const struct
  {
    guint64 value;
    gsize len;
    guint8 bytes[MESH_VARINT_MAX_LEN];
  } vectors[] = {
    { 0, 1, { 0x00 } },
    { 1, 1, { 0x01 } },
    { 127, 1, { 0x7f } },
    { 128, 2, { 0x80, 0x01 } },
    { 255, 2, { 0xff, 0x01 } },
    { 300, 2, { 0xac, 0x02 } },
    { 16384, 3, { 0x80, 0x80, 0x01 } },
    { G_MAXINT64, 9, { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f } },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      guint8 buf[MESH_VARINT_MAX_LEN];
      guint64 value = 42;
      gsize len = mesh_varint_encode (vectors[i].value, buf);

      g_assert_cmpmem (buf, len, vectors[i].bytes, vectors[i].len);
      g_assert_cmpuint (mesh_varint_len (vectors[i].value), ==, len);
      g_assert_cmpint (mesh_varint_decode (buf, len, &value), ==, (gssize) len);
      g_assert_cmpuint (value, ==, vectors[i].value);
      for (gsize cut = 0; cut < len; cut++)
        g_assert_cmpint (mesh_varint_decode (buf, cut, &value), ==, 0);
    }
}

static void
test_bad (void)
{
  static const guint8 not_minimal[] = { 0x81, 0x00 };
  static const guint8 too_long[]
      = { 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01 };
  guint64 value;

  g_assert_cmpint (mesh_varint_decode (not_minimal, sizeof not_minimal, &value), ==, -1);
  g_assert_cmpint (mesh_varint_decode (too_long, sizeof too_long, &value), ==, -1);
  g_assert_cmpint (mesh_varint_decode (too_long, 9, &value), ==, -1);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/varint/vectors", test_vectors);
  g_test_add_func ("/base/varint/bad", test_bad);
  return g_test_run ();
}
