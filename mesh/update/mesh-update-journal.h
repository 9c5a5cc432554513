/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <gio/gio.h>

#include "update/mesh-update-record.h"

/* The journal, shoal.db: what the engine must remember. One row for each app, one for
 * each release that is installed, staged, offered or published. WAL with
 * synchronous=FULL: a save that was reported is there after a power cut. All SQLite calls
 * are made by one worker thread of its own, in the order of the calls. */

#define MESH_UPDATE_JOURNAL_MAX_APPS 4096

typedef struct MeshUpdateJournal MeshUpdateJournal;

/**
 * mesh_update_journal_open_async:
 * @path: the file, made with mode 0600 if missing
 *
 * Fails with %MESH_ERROR_UNSUPPORTED (written by a newer version), %MESH_ERROR_CORRUPT,
 * %MESH_ERROR_NO_SPACE or %MESH_ERROR_IO.
 */
void mesh_update_journal_open_async (const char *path,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
MeshUpdateJournal *
mesh_update_journal_open_finish (GAsyncResult *result,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
MeshUpdateJournal *mesh_update_journal_ref (MeshUpdateJournal *journal);
void mesh_update_journal_unref (MeshUpdateJournal *journal);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshUpdateJournal, mesh_update_journal_unref)

/**
 * mesh_update_journal_load_async:
 *
 * Finishes with (transfer full) (element-type MeshUpdateRecord): all records by app id.
 */
void mesh_update_journal_load_async (MeshUpdateJournal *journal,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
GPtrArray *mesh_update_journal_load_finish (MeshUpdateJournal *journal,
                                            GAsyncResult *result,
                                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_update_journal_save_async:
 * @record: copied
 * @envelope: (nullable): the signed manifest of a release that @record names for the
 * first time
 *
 * One transaction: the record, the release, and the removal of the app's releases that
 * the record no longer names. Not cancellable: done or not done.
 */
void mesh_update_journal_save_async (MeshUpdateJournal *journal,
                                     const MeshUpdateRecord *record,
                                     GBytes *envelope,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
gboolean mesh_update_journal_save_finish (MeshUpdateJournal *journal,
                                          GAsyncResult *result,
                                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_update_journal_get_envelope_async:
 *
 * Finishes with the signed manifest called @digest, %MESH_ERROR_NOT_FOUND if there is
 * none.
 */
void mesh_update_journal_get_envelope_async (MeshUpdateJournal *journal,
                                             const char *digest,
                                             GAsyncReadyCallback callback,
                                             gpointer user_data);
GBytes *
mesh_update_journal_get_envelope_finish (MeshUpdateJournal *journal,
                                         GAsyncResult *result,
                                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
