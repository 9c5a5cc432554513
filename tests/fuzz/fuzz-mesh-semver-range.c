/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "catalog/mesh-semver-range.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (MeshSemverRange) range = mesh_semver_range_parse (text, NULL);
  g_autoptr (MeshSemverRange) split = NULL;
  g_autofree char *rest = mesh_semver_range_split (text, &split, NULL);

  if (range != NULL)
    g_assert_false (mesh_semver_range_matches (range, "1.2"));
  return 0;
}
