/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include <libsoup/soup.h>

#include "master/shoald-master-request.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* Three lines: path, query, Accept. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_auto (GStrv) lines = g_strsplit (text, "\n", 3);
  gboolean is_whole = g_strv_length (lines) == 3;
  g_autoptr (GHashTable) form = soup_form_decode (is_whole ? lines[1] : "");
  g_autoptr (ShoaldMasterRequest) request = shoald_master_request_parse (
      is_whole ? lines[0] : text, form, is_whole ? lines[2] : NULL, NULL);
  g_autofree char *etag
      = request != NULL ? shoald_master_request_format_etag (request) : NULL;

  return 0;
}
