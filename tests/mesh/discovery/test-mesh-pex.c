/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "discovery/mesh-pex.h"

#include <string.h>

#include "base/mesh-error.h"

static void
test_request (void)
{
  static const struct
  {
    const char *data;
    gsize len;
    guint max; /* 0: refused */
  } cases[] = {
    { "\x08\x05", 2, 5 }, { "\x08\x10", 2, 16 }, { "\x08\x11", 2, 16 },
    { "\x08\x00", 2, 1 }, { "", 0, 16 },         { "\x08\xff\xff\xff\xff\x0f", 6, 16 },
    { "\x08", 1, 0 },     { "\x0a\x7f", 2, 0 },
  };
  g_autoptr (GBytes) bytes = mesh_pex_encode_request (5);

  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), "\x08\x05",
                   2);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      guint max = 0;

      g_assert_cmpint (mesh_pex_decode_request ((const guint8 *) cases[i].data,
                                                cases[i].len, &max, &error),
                       ==, cases[i].max != 0);
      g_assert_cmpuint (max, ==, cases[i].max);
      if (cases[i].max == 0)
        g_assert_error (error, MESH_ERROR, MESH_ERROR_INVALID);
    }
}

static GPtrArray *
make_records (guint n, gsize len)
{
  GPtrArray *records = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  for (guint i = 0; i < n; i++)
    {
      guint8 *data = g_malloc (len);

      memset (data, (int) i, len);
      g_ptr_array_add (records, g_bytes_new_take (data, len));
    }
  return records;
}

static void
test_response (void)
{
  static const guint counts[] = { 0, 1, 15, 16, 17, 40 };

  for (gsize i = 0; i < G_N_ELEMENTS (counts); i++)
    {
      g_autoptr (GPtrArray) records = make_records (counts[i], MESH_PEX_MAX_RECORD_BYTES);
      g_autoptr (GPtrArray) copy = NULL;
      g_autoptr (GBytes) bytes = mesh_pex_encode_response (records);
      g_autoptr (GError) error = NULL;

      g_assert_cmpuint (g_bytes_get_size (bytes), <=, MESH_PEX_MAX_RESPONSE_BYTES);
      copy = mesh_pex_decode_response (g_bytes_get_data (bytes, NULL),
                                       g_bytes_get_size (bytes), &error);
      g_assert_no_error (error);
      g_assert_cmpuint (copy->len, ==, MIN (counts[i], MESH_PEX_MAX_RECORDS));
      for (guint k = 0; k < copy->len; k++)
        g_assert_true (
            g_bytes_equal (g_ptr_array_index (copy, k), g_ptr_array_index (records, k)));
    }
}

/* Records that are too long for the other side are left out, not sent. */
static void
test_long_record (void)
{
  g_autoptr (GPtrArray) records = make_records (3, MESH_PEX_MAX_RECORD_BYTES + 1);
  g_autoptr (GBytes) bytes = mesh_pex_encode_response (records);
  g_autoptr (GPtrArray) copy = mesh_pex_decode_response (g_bytes_get_data (bytes, NULL),
                                                         g_bytes_get_size (bytes), NULL);

  g_assert_nonnull (copy);
  g_assert_cmpuint (copy->len, ==, 0);
}

static void
check_refused (const guint8 *data, gsize len, int code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (mesh_pex_decode_response (data, len, &error));
  g_assert_error (error, MESH_ERROR, code);
}

static void
test_hostile (void)
{
  g_autoptr (GBytes) refused = mesh_pex_encode_response (NULL);
  g_autoptr (GByteArray) array = g_byte_array_new ();
  static const guint8 cut[] = { 0x12, 0x05, 0x01 };
  static const guint8 odd[] = { 0x08, 0x09 };

  check_refused (g_bytes_get_data (refused, NULL), g_bytes_get_size (refused),
                 MESH_ERROR_REFUSED);
  check_refused (cut, sizeof cut, MESH_ERROR_INVALID);
  check_refused (odd, sizeof odd, MESH_ERROR_REFUSED);
  for (guint i = 0; i <= MESH_PEX_MAX_RECORDS; i++)
    g_byte_array_append (array, (const guint8 *) "\x12\x01x", 3);
  check_refused (array->data, array->len, MESH_ERROR_LIMIT);
  g_byte_array_set_size (array, 0);
  g_byte_array_append (array, (const guint8 *) "\x12\x81\x10", 3);
  g_byte_array_set_size (array, 3 + MESH_PEX_MAX_RECORD_BYTES + 1);
  check_refused (array->data, array->len, MESH_ERROR_LIMIT);
  g_byte_array_set_size (array, MESH_PEX_MAX_RESPONSE_BYTES + 1);
  check_refused (array->data, array->len, MESH_ERROR_LIMIT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pex/request", test_request);
  g_test_add_func ("/pex/response", test_response);
  g_test_add_func ("/pex/long-record", test_long_record);
  g_test_add_func ("/pex/hostile", test_hostile);
  return g_test_run ();
}
