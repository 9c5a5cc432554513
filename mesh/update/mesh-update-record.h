/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <glib.h>

#include "trust/mesh-trust.h"
#include "update/mesh-update-state.h"

/* What the journal keeps of one app: plain values, pure. */

/* The head of a release; the whole of it, the envelope, stays in the journal. */
typedef struct
{
  char *digest;       /* (owned): names it */
  char *dir;          /* (owned): name of its folder: VERSION-DIGEST */
  char *version;      /* (owned) */
  char *root;         /* (owned): CID text */
  char *name;         /* (owned) */
  char *summary;      /* (owned) */
  char *notes;        /* (owned) */
  char *exec_path;    /* (owned) (nullable) */
  char *icon_path;    /* (owned) (nullable) */
  char *desktop_path; /* (owned) (nullable) */
  guint64 counter;
  guint64 size;
} MeshUpdateRelease;

typedef enum
{
  MESH_UPDATE_KIND_UPDATE,   /* put `next` in place of `current` */
  MESH_UPDATE_KIND_ROLLBACK, /* go back to `previous` */
  MESH_UPDATE_KIND_REMOVE,
} MeshUpdateKind;

typedef struct
{
  MeshTrustState *trust;        /* (owned): app id, channel, keys, counter */
  MeshUpdateRelease *current;   /* (owned) (nullable): installed */
  MeshUpdateRelease *previous;  /* (owned) (nullable): kept to roll back to */
  MeshUpdateRelease *next;      /* (owned) (nullable): offered, staged or being applied */
  MeshUpdateRelease *published; /* (owned) (nullable): by this node */
  char *skipped;                /* (owned) (nullable): version not to be offered */
  char *source;                 /* (owned) (nullable): where `next` was found */
  char *error_name;             /* (owned) (nullable) */
  char *error_message;          /* (owned) (nullable) */
  char *desktop_id;             /* (owned) (nullable): file in the menu */
  MeshUpdateState state;
  MeshUpdateKind kind;
  gboolean is_held;
  gint64 checked_s;
  gint64 installed_s;
  guint64 saved_bytes; /* of the update in `state` */
  guint64 fetch_bytes;
  guint n_fetch_chunks;
  guint n_saved_chunks;
} MeshUpdateRecord;

MeshUpdateRelease *
mesh_update_record_release_new (const MeshSignedManifest *signed_manifest)
    G_GNUC_WARN_UNUSED_RESULT;
MeshUpdateRelease *mesh_update_record_release_copy (const MeshUpdateRelease *release)
    G_GNUC_WARN_UNUSED_RESULT;
void mesh_update_record_release_free (MeshUpdateRelease *release);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshUpdateRelease, mesh_update_record_release_free)

MeshUpdateRecord *mesh_update_record_new (const char *app_id,
                                          const char *channel) G_GNUC_WARN_UNUSED_RESULT;
MeshUpdateRecord *
mesh_update_record_copy (const MeshUpdateRecord *record) G_GNUC_WARN_UNUSED_RESULT;
void mesh_update_record_free (MeshUpdateRecord *record);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshUpdateRecord, mesh_update_record_free)
