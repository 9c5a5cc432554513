/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "store/mesh-store-db.h"
#include "store/mesh-store-files.h"

/* Inner part of MeshStore: opening its folder, in the pool. */

typedef struct
{
  char *dir; /* (owned) */
  MeshStoreFiles files;
  MeshStoreDb *writer; /* (owned) (nullable) */
  MeshStoreDb *reader; /* (owned) (nullable) */
  MeshStoreStats counts;
  guint64 last_use;
} MeshStoreOpen;

MeshStoreOpen *mesh_store_open_new (const char *dir) G_GNUC_WARN_UNUSED_RESULT;
void mesh_store_open_free (gpointer self);

/* Fills everything. Blocks on the disk. */
gboolean
mesh_store_open_run (MeshStoreOpen *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
