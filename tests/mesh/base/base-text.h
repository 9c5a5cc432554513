/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <string.h>

#include "base/mesh-error.h"
#include "base/mesh-rng.h"

/* What holds for every way to write bytes as text. */

typedef struct
{
  char *(*encode) (const guint8 *data, gsize len);
  GBytes *(*decode) (const char *text, gsize len, GError **error);
} BaseText;

static inline void
base_text_assert_pair (const BaseText *base,
                       const char *bytes,
                       gsize len,
                       const char *text)
{
  g_autofree char *encoded = base->encode ((const guint8 *) bytes, len);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) decoded = base->decode (text, strlen (text), &error);

  g_assert_no_error (error);
  g_assert_cmpstr (encoded, ==, text);
  g_assert_cmpmem (g_bytes_get_data (decoded, NULL), g_bytes_get_size (decoded), bytes,
                   len);
}

static inline void
base_text_assert_refused (const BaseText *base, const char *text, gsize len)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) decoded = base->decode (text, len, &error);

  g_assert_error (error, MESH_ERROR, MESH_ERROR_INVALID);
  g_assert_null (decoded);
}

/* Random bytes come back as they were, those with zeros in front too. */
static inline void
base_text_round_trip (const BaseText *base)
{
  MeshRng rng;

  mesh_rng_init (&rng, 1);
  for (guint i = 0; i < 10000; i++)
    {
      guint8 bytes[40];
      gsize len = mesh_rng_below (&rng, sizeof bytes + 1);
      g_autofree char *text = NULL;
      g_autoptr (GBytes) back = NULL;

      mesh_rng_fill (&rng, bytes, len);
      if (len > 2 && i % 4 == 0)
        memset (bytes, 0, 2);
      text = base->encode (bytes, len);
      back = base->decode (text, strlen (text), NULL);
      g_assert_cmpmem (bytes, len, g_bytes_get_data (back, NULL),
                       g_bytes_get_size (back));
    }
}
