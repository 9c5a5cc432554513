/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "base/mesh-base-encoding.h"

#include <string.h>

#include "base/mesh-error.h"

static const char base58_alphabet[]
    = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
static const char base32_alphabet[] = "abcdefghijklmnopqrstuvwxyz234567";

/* Multiplies the big-endian number in the last @used bytes before @end by @factor and
 * adds @digit, in base @base. Returns how many bytes it has now. */
static gsize
multiply_add (guint8 *end, gsize used, guint factor, guint digit, guint base)
{
  guint carry = digit;
  gsize i;

  for (i = 0; i < used || carry > 0; i++)
    {
      carry += factor * (i < used ? end[-1 - (gssize) i] : 0);
      end[-1 - (gssize) i] = (guint8) (carry % base);
      carry /= base;
    }
  return i;
}

char *
mesh_base58_encode (const guint8 *data, gsize len)
{
  guint8 digits[MESH_BASE58_MAX_CHARS + 1];
  guint8 *end = digits + sizeof digits;
  gsize used = 0, n_zeros = 0;
  char *text;

  g_return_val_if_fail (len <= MESH_BASE58_MAX_BYTES, NULL);

  while (n_zeros < len && data[n_zeros] == 0)
    n_zeros++;
  for (gsize i = n_zeros; i < len; i++)
    used = multiply_add (end, used, 256, data[i], 58);

  text = g_malloc (n_zeros + used + 1);
  memset (text, '1', n_zeros);
  for (gsize i = 0; i < used; i++)
    text[n_zeros + i] = base58_alphabet[*(end - used + i)];
  text[n_zeros + used] = '\0';
  return text;
}

GBytes *
mesh_base58_decode (const char *text, gsize len, GError **error)
{
  guint8 bytes[MESH_BASE58_MAX_CHARS + 1];
  guint8 *end = bytes + sizeof bytes;
  gsize used = 0, n_zeros = 0;
  guint8 *result;

  if (len > MESH_BASE58_MAX_CHARS)
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_INVALID,
                   "Base58 text of %" G_GSIZE_FORMAT " characters is too long", len);
      return NULL;
    }
  while (n_zeros < len && text[n_zeros] == '1')
    n_zeros++;
  for (gsize i = n_zeros; i < len; i++)
    {
      const char *digit = text[i] == '\0' ? NULL : strchr (base58_alphabet, text[i]);

      if (digit == NULL)
        {
          g_set_error (error, MESH_ERROR, MESH_ERROR_INVALID,
                       "Character %" G_GSIZE_FORMAT " is not base58", i + 1);
          return NULL;
        }
      used = multiply_add (end, used, 58, (guint) (digit - base58_alphabet), 256);
    }

  result = g_malloc0 (n_zeros + used + 1);
  memcpy (result + n_zeros, end - used, used);
  return g_bytes_new_take (result, n_zeros + used);
}

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
