/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "catalog/mesh-announcement.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (MeshAnnouncement) announcement = mesh_announcement_parse (data, size, NULL);
  g_autoptr (GBytes) again = NULL;

  if (announcement == NULL)
    return 0;
  again = mesh_announcement_to_bytes (announcement, NULL);
  g_assert_cmpmem (g_bytes_get_data (again, NULL), g_bytes_get_size (again), data, size);
  (void) !mesh_announcement_verify (announcement, NULL);
  return 0;
}
