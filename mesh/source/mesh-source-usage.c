/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "source/mesh-source-usage.h"

void
mesh_source_usage_free (MeshSourceUsage *usage)
{
  g_free (usage->id);
  g_free (usage);
}
