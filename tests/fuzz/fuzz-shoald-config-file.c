/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include <string.h>

#include "config/shoald-config-file.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (ShoaldConfig) config = shoald_config_new ();
  g_autoptr (ShoaldConfig) again = shoald_config_new ();
  g_autofree char *old_text = NULL;
  g_autofree char *text = NULL;

  if (!shoald_config_file_parse (config, "f", (const char *) data, size, NULL))
    return 0;
  old_text = g_strndup ((const char *) data, size);
  text = shoald_config_file_to_text (config, size % 2 == 0 ? old_text : NULL);
  g_assert_true (shoald_config_file_parse (again, "f", text, strlen (text), NULL));
  return 0;
}
