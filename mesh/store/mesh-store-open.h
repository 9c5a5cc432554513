/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "index/mesh-index-db.h"
#include "index/mesh-index-files.h"

/* opening its folder, in the pool. */

typedef struct
{
  char *dir; /* (owned) */
  MeshIndexFiles files;
  MeshIndexDb *writer; /* (owned) (nullable) */
  MeshIndexDb *reader; /* (owned) (nullable) */
  MeshStoreStats counts;
  guint64 last_use;
} MeshStoreOpen;

MeshStoreOpen *mesh_store_open_new (const char *dir) G_GNUC_WARN_UNUSED_RESULT;
void mesh_store_open_free (gpointer self);

/* Fills everything. Blocks on the disk. */
gboolean
mesh_store_open_run (MeshStoreOpen *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
