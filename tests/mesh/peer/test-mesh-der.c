/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "peer/mesh-der.h"

#include "hex.h"

static gboolean
read_hex (const char *hex, guint8 tag, gsize *len)
{
  g_autoptr (GBytes) bytes = hex_bytes (hex);
  MeshCursor cursor
      = mesh_cursor_init (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  MeshCursor content;
  gboolean ok = mesh_der_read (&cursor, tag, &content);

  *len = ok ? content.len : 0;
  return ok;
}

static void
test_lengths (void)
{
  static const char *const bad[] = {
    "",                                 /* nothing */
    "30",                               /* no length */
    "3001",                             /* shorter than it says */
    "3080",                             /* indefinite */
    "308101",                           /* fits the short form */
    "30820001", "3083000001", "310100", /* another tag */
  };
  g_autofree char *body = g_strnfill (2 * 256, '0');
  g_autofree char *byte_form = g_strdup_printf ("308180%.256s", body);
  g_autofree char *word_form = g_strdup_printf ("30820100%s", body);
  gsize len;

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (read_hex (bad[i], MESH_DER_SEQUENCE, &len));
  g_assert_true (read_hex ("3000", MESH_DER_SEQUENCE, &len));
  g_assert_cmpuint (len, ==, 0);
  g_assert_true (read_hex ("3001ff", MESH_DER_SEQUENCE, &len));
  g_assert_cmpuint (len, ==, 1);
  g_assert_true (read_hex (byte_form, MESH_DER_SEQUENCE, &len));
  g_assert_cmpuint (len, ==, 128);
  g_assert_true (read_hex (word_form, MESH_DER_SEQUENCE, &len));
  g_assert_cmpuint (len, ==, 256);
}

static void
test_unsigned (void)
{
  static const struct
  {
    const char *hex;
    gssize len; /* -1: refused */
  } cases[]
      = { { "020100", 0 },     { "020101", 1 },  { "02017f", 1 },    { "02020080", 1 },
          { "0200", -1 },      { "020180", -1 }, { "02020001", -1 }, { "02020000", -1 },
          { "0203010000", 3 }, { "0301ff", -1 } };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GBytes) bytes = hex_bytes (cases[i].hex);
      MeshCursor cursor
          = mesh_cursor_init (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
      const guint8 *data;
      gsize len;

      if (mesh_der_read_unsigned (&cursor, &data, &len))
        g_assert_cmpint ((gssize) len, ==, cases[i].len);
      else
        g_assert_cmpint (cases[i].len, ==, -1);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/der/lengths", test_lengths);
  g_test_add_func ("/der/unsigned", test_unsigned);
  return g_test_run ();
}
