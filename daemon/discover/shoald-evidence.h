/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "node/mesh.h"

/* What each side of a split view signed, as files for people: DATA/evidence/ID/a.json and
 * b.json, as it came. A person can send them to somebody, and whoever has the publisher's
 * key file can check them. They stay when the entry is dismissed; of more than
 * SHOALD_EVIDENCE_MAX the ones with the lowest ids go. */

#define SHOALD_EVIDENCE_MAX 64

typedef struct
{
  gint64 id;
  char *folder;   /* (owned) */
  char *a_digest; /* (owned): SHA3-256 of a.json, in hexadecimal digits */
  char *b_digest; /* (owned) */
} ShoaldEvidence;

void shoald_evidence_free (ShoaldEvidence *evidence);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShoaldEvidence, shoald_evidence_free)

/**
 * shoald_evidence_keep_async:
 * @pool: where files are written
 * @data_dir: of the node
 *
 * Writes the files, also over those that are there.
 */
void shoald_evidence_keep_async (MeshWorkPool *pool,
                                 const char *data_dir,
                                 const MeshSplitView *view,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);

/**
 * shoald_evidence_keep_finish:
 * @error: of GFileError
 *
 * Returns: (transfer full) (nullable): where it is
 */
ShoaldEvidence *shoald_evidence_keep_finish (MeshWorkPool *pool,
                                             GAsyncResult *result,
                                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
