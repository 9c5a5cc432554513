/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "engine/shoald-engine.h"

/* Work on content of this machine: each call checks its arguments, begins a
 * job and returns it (transfer none), or %NULL with %SHOALD_ERROR_ARGUMENT, NOT_READY,
 * STOPPING or %MESH_ERROR_BUSY. What the results hold is said in
 * org.shoal.Shoal1.Manager.xml. */

typedef struct
{
  MeshImportOptions import;
  MeshBase cid_base;
  gboolean is_reference; /* references into the files in place of copies */
  gboolean is_pinned;
  gboolean is_shared;
} ShoaldLocalAddOptions;

/* Sets the defaults of the D-Bus interface. */
void shoald_local_init_add_options (ShoaldLocalAddOptions *options);

ShoaldJob *shoald_local_add (ShoaldEngine *engine,
                             const char *path,
                             const ShoaldLocalAddOptions *options,
                             GError **error);

ShoaldJob *shoald_local_collect (ShoaldEngine *engine, GError **error);
ShoaldJob *shoald_local_import_car (ShoaldEngine *engine,
                                    const char *path,
                                    gboolean is_pinned,
                                    gboolean is_shared,
                                    GError **error);

/**
 * shoald_local_unpin_async:
 *
 * Removes every pin a person made on @cid. %MESH_ERROR_NOT_FOUND when there is none.
 */
void shoald_local_unpin_async (ShoaldEngine *engine,
                               const char *cid,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
gboolean shoald_local_unpin_finish (ShoaldEngine *engine,
                                    GAsyncResult *result,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * shoald_local_set_shared_async:
 *
 * %MESH_ERROR_NOT_FOUND when the root is not in the store.
 */
void shoald_local_set_shared_async (ShoaldEngine *engine,
                                    const char *cid,
                                    gboolean is_shared,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
gboolean shoald_local_set_shared_finish (ShoaldEngine *engine,
                                         GAsyncResult *result,
                                         GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * shoald_local_list_pins:
 *
 * Returns: (transfer floating): aa{sv}; %NULL with NOT_READY or STOPPING
 */
GVariant *shoald_local_list_pins (ShoaldEngine *engine, GError **error);
