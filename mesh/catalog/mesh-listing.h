/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "content/mesh-cid.h"
#include "trust/mesh-json.h"
#include "trust/mesh-manifest.h"

/* What an announcement says of a release: enough to list it, to compare it and to ask for
 * it. A plain value; texts are UTF-8 in one line, without control characters. */

#define MESH_LISTING_MAX_LABELS 16 /* categories; and as many tags */
#define MESH_LISTING_MAX_LABEL_LEN 64
#define MESH_LISTING_MAX_NAME_LEN 128 /* of name, publisher, channel */
#define MESH_LISTING_MAX_SUMMARY_LEN 512

typedef struct
{
  char *app_id;      /* (owned) */
  char *channel;     /* (owned) */
  char *version;     /* (owned): a semantic version */
  char *name;        /* (owned) */
  char *summary;     /* (owned): "" when there is none */
  char *publisher;   /* (owned): what the publisher calls itself; "": nothing */
  char **categories; /* (owned): never %NULL */
  char **tags;       /* (owned): never %NULL */
  MeshCid *manifest; /* (owned): raw, SHA2-256 of the canonical manifest */
  MeshCid *root;     /* (owned): of the tree */
  guint64 counter;   /* the manifest's */
  guint64 key_version;
  guint64 size;     /* of the files, in bytes */
  gint64 expires_s; /* Unix time */
} MeshListing;

/**
 * mesh_listing_new:
 * @manifest: a valid manifest; what it says is copied, cut at the bounds above
 * @digest: of @manifest, SHA-256 in hex
 * @publisher: (nullable): cut as well
 * @expires_s: Unix time
 *
 * Returns: (transfer full): the listing, or %NULL with %MESH_ERROR_INVALID
 */
MeshListing *mesh_listing_new (const MeshManifest *manifest,
                               const char *digest,
                               const char *publisher,
                               gint64 expires_s,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
MeshListing *mesh_listing_copy (const MeshListing *listing) G_GNUC_WARN_UNUSED_RESULT;
void mesh_listing_free (MeshListing *listing);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshListing, mesh_listing_free)

MeshJson *mesh_listing_to_json (const MeshListing *listing) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_listing_from_json:
 *
 * Strict: a member too many, a text too long or with control characters, a CID that is
 * not written as this project writes them: all %MESH_ERROR_INVALID.
 */
MeshListing *
mesh_listing_from_json (const MeshJson *json, GError **error) G_GNUC_WARN_UNUSED_RESULT;
