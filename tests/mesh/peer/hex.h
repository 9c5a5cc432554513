/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <glib.h>

/* The bytes that the hexadecimal digits in @text stand for. */
static inline GBytes *
hex_bytes (const char *text)
{
  g_autoptr (GByteArray) array = g_byte_array_new ();

  for (; text[0] != '\0'; text += 2)
    {
      guint8 byte = (guint8) (g_ascii_xdigit_value (text[0]) << 4
                              | g_ascii_xdigit_value (text[1]));

      g_byte_array_append (array, &byte, 1);
    }
  return g_byte_array_free_to_bytes (g_steal_pointer (&array));
}
