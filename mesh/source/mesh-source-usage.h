/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "source/mesh-source-kind.h"

/* Who gave how much; a value. */
typedef struct
{
  MeshSourceKind kind;
  char *id; /* (owned): peer id text for peers, URL for servers, "store" */
  guint64 bytes;
  guint64 blocks;
  guint64 failures; /* requests that failed, bad blocks and timeouts included */
  guint64 rate_bps; /* bytes a second; 0: unknown */
} MeshSourceUsage;

void mesh_source_usage_free (MeshSourceUsage *usage);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshSourceUsage, mesh_source_usage_free)
