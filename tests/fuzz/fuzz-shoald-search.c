/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "engine/shoald-search.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (GVariant) results
      = shoald_search_parse (bytes, "http://m.example", NULL, 10, NULL, NULL, NULL);

  if (results != NULL)
    g_variant_ref_sink (results);
  return 0;
}
