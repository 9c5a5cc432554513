/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <glib/gstdio.h>

#include "index/mesh-index-files.h"

/* The files of a store in a temporary folder, without a store. */
typedef struct
{
  char *dir; /* (owned) */
  MeshIndexFiles files;
} Fixture;

static inline void
fixture_set_up (Fixture *self, gconstpointer unused)
{
  self->dir = g_dir_make_tmp ("shoal-files-XXXXXX", NULL);
  g_assert_true (mesh_index_files_open (&self->files, self->dir, NULL));
}

static inline void
fixture_tear_down (Fixture *self, gconstpointer unused)
{
  g_autofree char *command = g_strdup_printf ("rm -rf '%s'", self->dir);

  mesh_index_files_close (&self->files);
  g_assert_true (g_spawn_command_line_sync (command, NULL, NULL, NULL, NULL));
  g_free (self->dir);
}

/* (transfer full): the name of a block that was given its place */
static inline MeshCid *
fixture_store (Fixture *self, const char *text, gsize len)
{
  MeshCid *cid = mesh_cid_new_for_data (MESH_CODEC_RAW, MESH_MULTIHASH_SHA3_256,
                                        (const guint8 *) text, len, NULL);
  guint id;

  g_assert_true (
      mesh_index_files_write_tmp (&self->files, (const guint8 *) text, len, &id, NULL));
  g_assert_true (mesh_index_files_commit_tmp (&self->files, id, cid, NULL));
  return cid;
}
