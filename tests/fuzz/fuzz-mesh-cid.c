/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "content/mesh-cid.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (MeshCid) cid = mesh_cid_from_bytes (data, size, NULL);
  g_autofree char *text = cid != NULL ? mesh_cid_to_string (cid, MESH_BASE_36) : NULL;
  g_autoptr (MeshCid) again = text != NULL ? mesh_cid_parse (text, NULL) : NULL;

  g_assert (cid == NULL || mesh_cid_equal (cid, again));
  return 0;
}
