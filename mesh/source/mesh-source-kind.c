/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "source/mesh-source-kind.h"

static const char *const kind_names[] = { "store", "peers", "gateway", "master" };

G_STATIC_ASSERT (G_N_ELEMENTS (kind_names) == MESH_SOURCE_N_KINDS);

const char *
mesh_source_kind_get_name (MeshSourceKind kind)
{
  return kind < G_N_ELEMENTS (kind_names) ? kind_names[kind] : "";
}
