/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "base/mesh-protobuf.h"

#include <string.h>

#include "base/mesh-rng.h"

static void
test_read (void)
{
  static const guint8 bytes[] = { 0x08, 0x96, 0x01, 0x12, 0x02, 'h',  'i', 0x19, 1, 0, 0,
                                  0,    0,    0,    0,    0x80, 0x25, 2,   0,    0, 0 };
  MeshCursor cursor = mesh_cursor_init (bytes, sizeof bytes);
  MeshProtobufField field;

  g_assert_cmpint (mesh_protobuf_next (&cursor, &field), ==, MESH_PROTOBUF_FIELD);
  g_assert_cmpuint (field.number, ==, 1);
  g_assert_cmpuint (field.value, ==, 150);
  g_assert_cmpint (mesh_protobuf_next (&cursor, &field), ==, MESH_PROTOBUF_FIELD);
  g_assert_cmpint (field.type, ==, MESH_PROTOBUF_BYTES);
  g_assert_cmpmem (field.data, field.len, "hi", 2);
  g_assert_cmpint (mesh_protobuf_next (&cursor, &field), ==, MESH_PROTOBUF_FIELD);
  g_assert_cmpuint (field.value, ==, G_GUINT64_CONSTANT (0x8000000000000001));
  g_assert_cmpint (mesh_protobuf_next (&cursor, &field), ==, MESH_PROTOBUF_FIELD);
  g_assert_cmpuint (field.value, ==, 2);
  g_assert_cmpint (mesh_protobuf_next (&cursor, &field), ==, MESH_PROTOBUF_END);
}

static void
test_malformed (void)
{
  static const struct
  {
    const char *bytes;
    gsize len;
  } cases[] = {
    { "\x08", 1 },
    { "\x00\x01", 2 },
    { "\x0b", 1 }, /* a group */
    { "\x12\x05hi", 4 },
    { "\x19\1", 2 },
    { "\x25\1", 2 },
    { "\x80", 1 },
    { "\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 11 },
    { "\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", 11 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      MeshCursor cursor
          = mesh_cursor_init ((const guint8 *) cases[i].bytes, cases[i].len);
      MeshProtobufField field;

      g_assert_cmpint (mesh_protobuf_next (&cursor, &field), ==, MESH_PROTOBUF_MALFORMED);
      g_assert_cmpuint (cursor.len, ==, cases[i].len);
    }
}

static void
test_round_trip (void)
{
  MeshRng rng;

  mesh_rng_init (&rng, 4);
  for (guint i = 0; i < 10000; i++)
    {
      g_autoptr (GByteArray) array = g_byte_array_new ();
      guint32 number = 1 + (guint32) mesh_rng_below (&rng, (1u << 29) - 1);
      guint64 value = mesh_rng_next (&rng) >> mesh_rng_below (&rng, 64);
      guint8 bytes[20];
      gsize len = mesh_rng_below (&rng, sizeof bytes + 1);
      MeshProtobufField field;
      MeshCursor cursor;

      mesh_rng_fill (&rng, bytes, len);
      mesh_protobuf_append_varint (array, number, value);
      mesh_protobuf_append_bytes (array, number, bytes, len);
      cursor = mesh_cursor_init (array->data, array->len);
      g_assert_cmpint (mesh_protobuf_next (&cursor, &field), ==, MESH_PROTOBUF_FIELD);
      g_assert_cmpuint (field.number, ==, number);
      g_assert_cmpuint (field.value, ==, value);
      g_assert_cmpint (mesh_protobuf_next (&cursor, &field), ==, MESH_PROTOBUF_FIELD);
      g_assert_cmpmem (field.data, field.len, bytes, len);
      g_assert_cmpuint (cursor.len, ==, 0);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/protobuf/read", test_read);
  g_test_add_func ("/base/protobuf/malformed", test_malformed);
  g_test_add_func ("/base/protobuf/round-trip", test_round_trip);
  return g_test_run ();
}
