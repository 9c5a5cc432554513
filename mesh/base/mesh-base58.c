/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "base/mesh-base58.h"

#include <string.h>

#include "base/mesh-error.h"

static const char base58_alphabet[]
    = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

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
