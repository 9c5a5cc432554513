/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "content/mesh-multibase.h"

#include <string.h>

#include "base/mesh-error.h"

/* Two families: power-of-two bases pack bits as RFC 4648 does, the others (10, 36, 58)
 * are one big number with leading zero bytes kept as leading zero digits. */

#define DIGITS "0123456789"
#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

typedef struct
{
  MeshBase base;
  const char *name;     /* (unowned) */
  const char *alphabet; /* (unowned) */
  guint bits;           /* a digit; 0: not a power of two */
  gsize group;          /* digits padded to a multiple of this; 0: no padding */
  gboolean any_case;    /* letters of the other case mean the same */
} Alphabet;

static const Alphabet alphabets[] = {
  { MESH_BASE_2, "base2", "01", 1, 0, FALSE },
  { MESH_BASE_8, "base8", "01234567", 3, 0, FALSE },
  { MESH_BASE_10, "base10", DIGITS, 0, 0, FALSE },
  { MESH_BASE_16, "base16", DIGITS "abcdef", 4, 0, TRUE },
  { MESH_BASE_16_UPPER, "base16upper", DIGITS "ABCDEF", 4, 0, TRUE },
  { MESH_BASE_32_HEX, "base32hex", DIGITS "abcdefghijklmnopqrstuv", 5, 0, TRUE },
  { MESH_BASE_32_HEX_UPPER, "base32hexupper", DIGITS "ABCDEFGHIJKLMNOPQRSTUV", 5, 0,
    TRUE },
  { MESH_BASE_32_HEX_PAD, "base32hexpad", DIGITS "abcdefghijklmnopqrstuv", 5, 8, TRUE },
  { MESH_BASE_32_HEX_PAD_UPPER, "base32hexpadupper", DIGITS "ABCDEFGHIJKLMNOPQRSTUV", 5,
    8, TRUE },
  { MESH_BASE_32, "base32", LOWER "234567", 5, 0, TRUE },
  { MESH_BASE_32_UPPER, "base32upper", UPPER "234567", 5, 0, TRUE },
  { MESH_BASE_32_PAD, "base32pad", LOWER "234567", 5, 8, TRUE },
  { MESH_BASE_32_PAD_UPPER, "base32padupper", UPPER "234567", 5, 8, TRUE },
  { MESH_BASE_32_Z, "base32z", "ybndrfg8ejkmcpqxot1uwisza345h769", 5, 0, FALSE },
  { MESH_BASE_36, "base36", DIGITS LOWER, 0, 0, TRUE },
  { MESH_BASE_36_UPPER, "base36upper", DIGITS UPPER, 0, 0, TRUE },
  { MESH_BASE_58_BTC, "base58btc",
    "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz", 0, 0, FALSE },
  { MESH_BASE_58_FLICKR, "base58flickr",
    "123456789abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ", 0, 0, FALSE },
  { MESH_BASE_64, "base64", UPPER LOWER DIGITS "+/", 6, 0, FALSE },
  { MESH_BASE_64_PAD, "base64pad", UPPER LOWER DIGITS "+/", 6, 4, FALSE },
  { MESH_BASE_64_URL, "base64url", UPPER LOWER DIGITS "-_", 6, 0, FALSE },
  { MESH_BASE_64_URL_PAD, "base64urlpad", UPPER LOWER DIGITS "-_", 6, 4, FALSE },
};

static const Alphabet *
find_alphabet (char prefix)
{
  for (gsize i = 0; i < G_N_ELEMENTS (alphabets); i++)
    if ((char) alphabets[i].base == prefix)
      return &alphabets[i];
  return NULL;
}

gboolean
mesh_multibase_from_name (const char *name, MeshBase *base)
{
  for (gsize i = 0; i < G_N_ELEMENTS (alphabets); i++)
    if (strcmp (alphabets[i].name, name) == 0)
      {
        *base = alphabets[i].base;
        return TRUE;
      }
  return FALSE;
}

static void
encode_bits (const Alphabet *alphabet, const guint8 *data, gsize len, GString *text)
{
  guint mask = (1u << alphabet->bits) - 1;
  guint held = 0;
  guint n_held = 0;

  for (gsize i = 0; i < len; i++)
    {
      held = held << 8 | data[i];
      n_held += 8;
      while (n_held >= alphabet->bits)
        {
          n_held -= alphabet->bits;
          g_string_append_c (text, alphabet->alphabet[held >> n_held & mask]);
        }
      held &= (1u << n_held) - 1;
    }
  if (n_held > 0)
    g_string_append_c (text,
                       alphabet->alphabet[held << (alphabet->bits - n_held) & mask]);
  while (alphabet->group > 0 && (text->len - 1) % alphabet->group != 0)
    g_string_append_c (text, '=');
}

static void
encode_number (const Alphabet *alphabet, const guint8 *data, gsize len, GString *text)
{
  guint radix = (guint) strlen (alphabet->alphabet);
  g_autofree guint8 *digits = g_malloc (len * 3 + 1); /* least significant first */
  gsize n_digits = 0;
  gsize n_zeros = 0;

  while (n_zeros < len && data[n_zeros] == 0)
    n_zeros++;
  for (gsize i = n_zeros; i < len; i++)
    {
      guint carry = data[i];

      for (gsize j = 0; j < n_digits; j++)
        {
          carry += (guint) digits[j] << 8;
          digits[j] = (guint8) (carry % radix);
          carry /= radix;
        }
      for (; carry > 0; carry /= radix)
        digits[n_digits++] = (guint8) (carry % radix);
    }
  for (gsize i = 0; i < n_zeros; i++)
    g_string_append_c (text, alphabet->alphabet[0]);
  while (n_digits > 0)
    g_string_append_c (text, alphabet->alphabet[digits[--n_digits]]);
}

char *
mesh_multibase_encode (MeshBase base, const guint8 *data, gsize len)
{
  const Alphabet *alphabet = find_alphabet ((char) base);
  GString *text;

  g_return_val_if_fail (alphabet != NULL, NULL);
  g_return_val_if_fail (len <= MESH_MULTIBASE_MAX_BYTES, NULL);

  text = g_string_sized_new (len * 2 + 2);
  g_string_append_c (text, (char) base);
  if (alphabet->bits > 0)
    encode_bits (alphabet, data, len, text);
  else
    encode_number (alphabet, data, len, text);
  return g_string_free (text, FALSE);
}

/* The value of a digit, or -1. */
static int
digit_value (const Alphabet *alphabet, char c)
{
  const char *found;

  if (c == '\0')
    return -1;
  found = strchr (alphabet->alphabet, c);
  if (found == NULL && alphabet->any_case)
    found = strchr (alphabet->alphabet,
                    g_ascii_islower (c) ? g_ascii_toupper (c) : g_ascii_tolower (c));
  return found != NULL ? (int) (found - alphabet->alphabet) : -1;
}

/* Takes the padding off and checks that it is exactly what the digits need. */
static gboolean
strip_padding (const Alphabet *alphabet, const char *text, gsize *len)
{
  gsize n = *len;

  if (alphabet->group == 0)
    return TRUE;
  if (n % alphabet->group != 0)
    return FALSE;
  while (n > 0 && text[n - 1] == '=')
    n--;
  if (*len - n >= alphabet->group)
    return FALSE;
  *len = n;
  return TRUE;
}

static gboolean
decode_bits (const Alphabet *alphabet, const char *text, gsize len, GByteArray *out)
{
  guint held = 0;
  guint n_held = 0;

  if (!strip_padding (alphabet, text, &len))
    return FALSE;
  for (gsize i = 0; i < len; i++)
    {
      int value = digit_value (alphabet, text[i]);

      if (value < 0)
        return FALSE;
      held = held << alphabet->bits | (guint) value;
      n_held += alphabet->bits;
      if (n_held >= 8)
        {
          guint8 byte = (guint8) (held >> (n_held - 8));

          n_held -= 8;
          g_byte_array_append (out, &byte, 1);
        }
      held &= (1u << n_held) - 1;
    }
  /* A whole digit to spare, or bits that say something: not what an encoder writes. */
  return n_held < alphabet->bits && held == 0;
}

static gboolean
decode_number (const Alphabet *alphabet, const char *text, gsize len, GByteArray *out)
{
  guint radix = (guint) strlen (alphabet->alphabet);
  g_autofree guint8 *bytes = g_malloc (len + 1); /* least significant first */
  gsize n_bytes = 0;
  gsize n_zeros = 0;

  while (n_zeros < len && text[n_zeros] == alphabet->alphabet[0])
    n_zeros++;
  for (gsize i = n_zeros; i < len; i++)
    {
      int value = digit_value (alphabet, text[i]);
      guint carry;

      if (value < 0 || n_bytes > MESH_MULTIBASE_MAX_BYTES)
        return FALSE;
      carry = (guint) value;
      for (gsize j = 0; j < n_bytes; j++)
        {
          carry += bytes[j] * radix;
          bytes[j] = (guint8) carry;
          carry >>= 8;
        }
      if (carry > 0)
        bytes[n_bytes++] = (guint8) carry;
    }
  g_byte_array_set_size (out, (guint) (n_zeros + n_bytes));
  if (n_zeros > 0)
    memset (out->data, 0, n_zeros);
  for (gsize i = 0; i < n_bytes; i++)
    out->data[n_zeros + i] = bytes[n_bytes - 1 - i];
  return TRUE;
}

GBytes *
mesh_multibase_decode (const char *text, MeshBase *base, GError **error)
{
  const Alphabet *alphabet = find_alphabet (text[0]);
  g_autoptr (GByteArray) out = NULL;
  gsize len;
  gboolean is_good;

  if (text[0] == '\0' || alphabet == NULL)
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_INVALID,
                   "The text does not begin with a known multibase prefix");
      return NULL;
    }
  len = strnlen (text, MESH_MULTIBASE_MAX_CHARS + 1);
  if (len > MESH_MULTIBASE_MAX_CHARS)
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_INVALID,
                   "The multibase text is too long");
      return NULL;
    }
  out = g_byte_array_new ();
  is_good = alphabet->bits > 0 ? decode_bits (alphabet, text + 1, len - 1, out)
                               : decode_number (alphabet, text + 1, len - 1, out);
  if (!is_good || out->len > MESH_MULTIBASE_MAX_BYTES)
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_INVALID, "The text is not valid %s",
                   alphabet->name);
      return NULL;
    }
  if (base != NULL)
    *base = alphabet->base;
  return g_byte_array_free_to_bytes (g_steal_pointer (&out));
}
