/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "config/shoald-config.h"

/* The key file: one group [shoald], `key=value`, lists with ";" between entries. */

#define SHOALD_CONFIG_FILE_GROUP "shoald"
#define SHOALD_CONFIG_FILE_MAX_BYTES 65536

/**
 * shoald_config_file_parse:
 * @config: gets the values
 * @name: what errors call the text, the path
 * @text: the text, any bytes
 * @len: its length
 * @error: %SHOALD_ERROR_CONFIG: "NAME:LINE: …" with the key
 *
 * Unknown keys, unknown groups and keys given twice are errors: they are typing mistakes.
 * @config may be half changed on failure.
 */
gboolean shoald_config_file_parse (ShoaldConfig *config,
                                   const char *name,
                                   const char *text,
                                   gsize len,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * shoald_config_file_load:
 * @path: a file; one that is not there changes nothing
 * @error: as above, and %MESH_ERROR_IO
 *
 * Blocks on the disk: at start only.
 */
gboolean shoald_config_file_load (ShoaldConfig *config,
                                  const char *path,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * shoald_config_file_to_text:
 * @old_text: (nullable): what the file says now
 *
 * Pure. Comments, order and writing of @old_text stay; lines whose value is another now
 * are replaced, new settings come at the end. Lines of settings that are not saved (the
 * command line overrules them) stay as they are.
 *
 * Returns: (transfer full): the saved settings, as shoald_config_file_parse() reads them
 */
char *shoald_config_file_to_text (const ShoaldConfig *config,
                                  const char *old_text) G_GNUC_WARN_UNUSED_RESULT;

/**
 * shoald_config_file_save_async:
 * @pool: writes
 *
 * Writes the saved settings by temporary file, flush and rename, folder mode 0700.
 * The rest of the file stays, see shoald_config_file_to_text(). Fails with
 * %MESH_ERROR_IO, %MESH_ERROR_NO_SPACE.
 */
void shoald_config_file_save_async (const ShoaldConfig *config,
                                    const char *path,
                                    MeshWorkPool *pool,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
gboolean shoald_config_file_save_finish (GAsyncResult *result,
                                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
