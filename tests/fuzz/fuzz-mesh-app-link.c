/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "trust/mesh-app-link.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (MeshAppLink) link = mesh_app_link_parse (text, NULL);

  if (link != NULL)
    {
      g_autofree char *again = mesh_app_link_to_string (link);
      g_autoptr (MeshAppLink) same = mesh_app_link_parse (again, NULL);

      g_assert (same != NULL);
    }
  return 0;
}
