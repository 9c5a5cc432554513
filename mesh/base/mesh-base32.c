/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "base/mesh-base32.h"

#include "base/mesh-error.h"

static const char base32_alphabet[] = "abcdefghijklmnopqrstuvwxyz234567";

char *
mesh_base32_encode (const guint8 *data, gsize len)
{
  gsize n_chars = len / 5 * 8 + (len % 5 * 8 + 4) / 5;
  char *text = g_malloc (n_chars + 1);
  guint64 bits = 0;
  guint n_bits = 0;
  gsize n = 0;

  for (gsize i = 0; i < len; i++)
    {
      bits = bits << 8 | data[i];
      n_bits += 8;
      for (; n_bits >= 5; n_bits -= 5)
        text[n++] = base32_alphabet[bits >> (n_bits - 5) & 31];
    }
  if (n_bits > 0)
    text[n++] = base32_alphabet[bits << (5 - n_bits) & 31];
  g_assert (n == n_chars);
  text[n] = '\0';
  return text;
}

static int
base32_digit (char c, gboolean upper)
{
  if (!upper && c >= 'a' && c <= 'z')
    return c - 'a';
  if (upper && c >= 'A' && c <= 'Z')
    return c - 'A';
  return c >= '2' && c <= '7' ? c - '2' + 26 : -1;
}

GBytes *
mesh_base32_decode (const char *text, gsize len, GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  guint64 bits = 0;
  guint n_bits = 0;
  gboolean upper = FALSE;

  for (gsize i = 0; i < len && !upper; i++)
    upper = text[i] >= 'A' && text[i] <= 'Z';
  for (gsize i = 0; i < len; i++)
    {
      int digit = base32_digit (text[i], upper);
      guint8 byte;

      if (digit < 0)
        {
          g_set_error (error, MESH_ERROR, MESH_ERROR_INVALID,
                       "Character %" G_GSIZE_FORMAT " is not base32", i + 1);
          return NULL;
        }
      bits = bits << 5 | (guint) digit;
      n_bits += 5;
      if (n_bits < 8)
        continue;
      n_bits -= 8;
      byte = (guint8) (bits >> n_bits);
      g_byte_array_append (bytes, &byte, 1);
    }
  if (n_bits >= 5 || (bits & ((1u << n_bits) - 1)) != 0)
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_INVALID,
                   "Base32 text of %" G_GSIZE_FORMAT
                   " characters is cut off or not canonical",
                   len);
      return NULL;
    }
  return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
}
