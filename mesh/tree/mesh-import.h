/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "content/mesh-cid.h"
#include "content/mesh-hamt-builder.h"

/* What an import is asked for and what it gives. */

/* Most files, folders and links in one import. */
#define MESH_IMPORT_MAX_ENTRIES (4 * 1000 * 1000)
/* Deepest folder below the one given. */
#define MESH_IMPORT_MAX_DEPTH 64
/* Bounds of chunk_size. */
#define MESH_IMPORT_MIN_CHUNK 1024u
#define MESH_IMPORT_MAX_CHUNK (2u * 1024 * 1024 - 1024)
/* Bounds of max_links. */
#define MESH_IMPORT_MIN_LINKS 2u
#define MESH_IMPORT_MAX_LINKS 8192u

typedef enum
{
  MESH_CHUNKER_FIXED,   /* "size-N" */
  MESH_CHUNKER_FASTCDC, /* "fastcdc": where files are cut follows from what is in them */
} MeshImportChunker;

/* mesh_import_options_init() sets the project's defaults. */
typedef struct
{
  MeshImportChunker chunker;  /* fixed */
  gsize chunk_size;           /* 1 MiB; FastCDC has no other */
  guint64 hash_code;          /* sha3-256 */
  guint cid_version;          /* 1; 0 needs sha2-256 and no raw leaves */
  gboolean raw_leaves;        /* FALSE: leaves are dag-pb UnixFS file nodes */
  guint max_links;            /* 174 a node of a file */
  MeshHamtSplit split;        /* when a folder is sharded: by its links */
  gboolean preserve_mode;     /* FALSE: UnixFS nodes say nothing of permissions */
  gboolean preserve_mtime;    /* FALSE */
  gboolean wrap_in_directory; /* FALSE: a single file is its own root */
} MeshImportOptions;

void mesh_import_options_init (MeshImportOptions *options);

/**
 * mesh_import_options_parse_chunker:
 * @text: "size-N", N from %MESH_IMPORT_MIN_CHUNK to %MESH_IMPORT_MAX_CHUNK, or "fastcdc"
 *
 * Returns: %FALSE when @text is neither; @options is as it was then
 */
gboolean mesh_import_options_parse_chunker (MeshImportOptions *options,
                                            const char *text) G_GNUC_WARN_UNUSED_RESULT;

typedef enum
{
  MESH_IMPORT_NONE = 0,
  MESH_IMPORT_REFERENCE_ONLY = 1 << 0, /* leaves become references into the files */
  MESH_IMPORT_HASH_ONLY = 1 << 1,      /* store nothing: only compute the CIDs */
  MESH_IMPORT_LIST_CHUNKS = 1 << 2,    /* fill MeshImportEntry.chunks */
  MESH_IMPORT_DROP_COPIES = 1 << 3,    /* with REFERENCE_ONLY: delete the block files of
                                        * leaves that are references now */
} MeshImportFlags;

typedef enum
{
  MESH_ENTRY_FILE,
  MESH_ENTRY_DIRECTORY,
  MESH_ENTRY_SYMLINK,
} MeshEntryType;

typedef struct
{
  MeshCid *cid;   /* (owned): of the leaf block */
  guint64 offset; /* in the file */
  gsize size;     /* bytes of the file in it */
} MeshImportChunk;

typedef struct
{
  char *path; /* (owned): relative to what was imported, "" for itself; UTF-8, "/" between
               */
  MeshEntryType type;
  guint32 mode;   /* permission bits */
  gint64 mtime_s; /* seconds since 1970 */
  MeshCid *cid;   /* (owned): root of the file, directory or symlink node */
  guint64 size;   /* bytes of a file; 0 otherwise */
  char *target;   /* (owned) (nullable): of a symlink */
  GArray *chunks; /* (owned) (nullable) (element-type MeshImportChunk): in order */
} MeshImportEntry;

typedef struct
{
  MeshCid *root;       /* (owned) */
  GPtrArray *entries;  /* (owned) (element-type MeshImportEntry): sorted by path bytes */
  guint64 total_bytes; /* of all files */
  guint64 dag_bytes;   /* cumulative size of the DAG, the Tsize of the root */
  guint64 n_blocks;    /* blocks made, counting equal ones each time */
} MeshImportResult;

void mesh_import_result_free (MeshImportResult *result);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshImportResult, mesh_import_result_free)
