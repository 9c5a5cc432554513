/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "base/mesh-cursor.h"

static void
test_read (void)
{
  static const guint8 bytes[]
      = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0xac, 0x02, 2, 'h', 'i' };
  MeshCursor cursor = mesh_cursor_init (bytes, sizeof bytes);
  const guint8 *borrowed;
  gsize n;
  guint8 u8;
  guint16 u16;
  guint32 u32;
  guint64 u64;

  g_assert_true (mesh_cursor_read_u8 (&cursor, &u8));
  g_assert_cmpuint (u8, ==, 1);
  g_assert_true (mesh_cursor_read_u16_be (&cursor, &u16));
  g_assert_cmphex (u16, ==, 0x0203);
  g_assert_true (mesh_cursor_read_u32_be (&cursor, &u32));
  g_assert_cmphex (u32, ==, 0x04050607);
  g_assert_true (mesh_cursor_read_u64_be (&cursor, &u64));
  g_assert_cmphex (u64, ==, G_GUINT64_CONSTANT (0x08090a0b0c0d0e0f));
  g_assert_true (mesh_cursor_read_varint (&cursor, &u64));
  g_assert_cmpuint (u64, ==, 300);
  g_assert_true (mesh_cursor_read_prefixed (&cursor, &borrowed, &n));
  g_assert_cmpmem (borrowed, n, "hi", 2);
  g_assert_cmpuint (cursor.len, ==, 0);
  g_assert_false (mesh_cursor_read_u8 (&cursor, &u8));
}

static void
test_short_reads_change_nothing (void)
{
  static const guint8 bytes[] = { 3, 'h', 'i' };
  MeshCursor cursor = mesh_cursor_init (bytes, sizeof bytes);
  const guint8 *borrowed = NULL;
  gsize n = 7;
  guint32 u32 = 7;
  guint64 u64 = 7;

  g_assert_false (mesh_cursor_read_u32_be (&cursor, &u32));
  g_assert_false (mesh_cursor_read_u64_be (&cursor, &u64));
  g_assert_false (mesh_cursor_read_prefixed (&cursor, &borrowed, &n));
  g_assert_false (mesh_cursor_read_bytes (&cursor, 4, &borrowed));
  g_assert_true (cursor.data == bytes && cursor.len == sizeof bytes);
  g_assert_true (borrowed == NULL && n == 7 && u32 == 7 && u64 == 7);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/cursor/read", test_read);
  g_test_add_func ("/base/cursor/short-reads-change-nothing",
                   test_short_reads_change_nothing);
  return g_test_run ();
}
