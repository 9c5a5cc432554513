/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <glib.h>

#include "content/mesh-cid.h"
#include "trust/mesh-json.h"
#include "trust/mesh-tree-path.h"

/* A release: what an app is called, which version this is and every file of it, down to
 * the chunks. Canonical JSON (RFC 8785); what is signed is exactly those bytes.
 *
 * A plain value: fill the fields of a new one (every pointer is owned by it), check it
 * with mesh_manifest_validate(), and from then on treat it as immutable and share it by
 * reference. */

#define MESH_MANIFEST_MAX_BYTES (8u * 1024 * 1024)
#define MESH_MANIFEST_MAX_FILES 100000
#define MESH_MANIFEST_MAX_CHUNKS 200000                  /* of all files together */
#define MESH_MANIFEST_MAX_CHUNK_BYTES (2u * 1024 * 1024) /* of file data in one chunk */
#define MESH_MANIFEST_MAX_SIZE \
  (G_GUINT64_CONSTANT (1) << 40)       /* of all files together \
                                        */
#define MESH_MANIFEST_MAX_NAME_LEN 128 /* of name, channel, tags */
#define MESH_MANIFEST_MAX_SUMMARY_LEN 512
#define MESH_MANIFEST_MAX_NOTES_LEN (64u * 1024)
#define MESH_MANIFEST_MAX_TAGS 32
#define MESH_MANIFEST_MAX_LIFE_S (G_GINT64_CONSTANT (1) << 40) /* greatest Unix time */

typedef struct
{
  MeshCid *cid;   /* (owned): of the leaf block */
  guint64 offset; /* in the file */
  guint64 size;   /* of file data, not of the block */
} MeshManifestChunk;

typedef struct
{
  char *path; /* (owned) */
  MeshTreeKind kind;
  guint mode;     /* 0644 or 0755 for a file, else 0 */
  MeshCid *cid;   /* (owned) (nullable): of a file */
  guint64 size;   /* of a file */
  char *target;   /* (owned) (nullable): of a link */
  GArray *chunks; /* (owned) (nullable) (element-type MeshManifestChunk): of a file, in
                     order and without holes; empty for an empty file */
} MeshManifestFile;

typedef struct
{
  char *app_id;           /* (owned) */
  char *name;             /* (owned) */
  char *summary;          /* (owned): "" when there is none */
  char *notes;            /* (owned): release notes, plain text; "" when there are none */
  char *channel;          /* (owned): "stable" */
  char *version;          /* (owned): a semantic version */
  char *previous_version; /* (owned) (nullable) */
  guint64 counter;        /* goes up by at least one with every release of a channel */
  gint64 expires_s;       /* Unix time after which this is not the newest any more */
  guint64 key_version;    /* of the key file the signers are in */
  char *exec_path;        /* (owned) (nullable): file to run */
  char *icon_path;        /* (owned) (nullable): file */
  char *desktop_path;     /* (owned) (nullable): .desktop file */
  char **categories;      /* (owned): for searching; never %NULL */
  char **tags;            /* (owned): for searching; never %NULL */
  char *dag;              /* (owned): how the DAG is built: "fixed-1048576,sha3-256,
                             dag-pb,174" (chunker, also "fastcdc-1048576", hash, leaves,
                             links a node) */
  MeshCid *root;          /* (owned): of the whole tree */
  GPtrArray *files;       /* (owned) (element-type MeshManifestFile): sorted by path */
  guint64 size;           /* sum of the files' sizes; set by mesh_manifest_validate() */
} MeshManifest;

void mesh_manifest_file_free (MeshManifestFile *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshManifestFile, mesh_manifest_file_free)

/**
 * mesh_manifest_file_new:
 * @path: copied
 * @kind: what it is; a file starts without chunks
 */
MeshManifestFile *
mesh_manifest_file_new (const char *path, MeshTreeKind kind) G_GNUC_WARN_UNUSED_RESULT;

MeshManifest *mesh_manifest_new (void) G_GNUC_WARN_UNUSED_RESULT;
MeshManifest *mesh_manifest_ref (MeshManifest *manifest);
void mesh_manifest_unref (MeshManifest *manifest);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshManifest, mesh_manifest_unref)

/**
 * mesh_manifest_validate:
 *
 * Sorts the files, then checks every field against the bounds above and the tree with
 * mesh_tree_path_set_check().
 *
 * Returns: %FALSE with %MESH_ERROR_UNSAFE_PATH (a path, link or mode),
 * %MESH_ERROR_TOO_LARGE (a bound is passed) or %MESH_ERROR_INVALID
 */
gboolean
mesh_manifest_validate (MeshManifest *manifest, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_manifest_to_json:
 * @manifest: a valid manifest
 *
 * Returns: (transfer full): the document
 */
MeshJson *mesh_manifest_to_json (const MeshManifest *manifest) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_manifest_from_json:
 *
 * Reads and validates. Members it does not know are ignored.
 */
MeshManifest *
mesh_manifest_from_json (const MeshJson *json, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_manifest_find_file:
 *
 * O(log n).
 *
 * Returns: (nullable) (transfer none): the entry at @path
 */
const MeshManifestFile *
mesh_manifest_find_file (const MeshManifest *manifest, const char *path);

/**
 * mesh_manifest_get_n_chunks:
 *
 * Returns: how many chunks all files have together, counting one that is used twice twice
 */
gsize mesh_manifest_get_n_chunks (const MeshManifest *manifest);
