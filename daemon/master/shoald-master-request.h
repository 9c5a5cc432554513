/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "node/mesh.h"

/* A request to the trustless gateway, read from path, query and Accept.
 * https://specs.ipfs.tech/http-gateways/trustless-gateway/ Pure. */

#define SHOALD_MASTER_REQUEST_MAX_LEN 4096 /* bytes of a path */
#define SHOALD_MASTER_REQUEST_MAX_SEGMENTS 64

typedef enum
{
  SHOALD_MASTER_FORMAT_RAW,
  SHOALD_MASTER_FORMAT_CAR,
} ShoaldMasterFormat;

typedef enum
{
  SHOALD_MASTER_SCOPE_BLOCK,
  SHOALD_MASTER_SCOPE_ENTITY,
  SHOALD_MASTER_SCOPE_ALL,
} ShoaldMasterScope;

typedef struct
{
  MeshCid *cid;   /* (owned) */
  char *cid_text; /* (owned): as it was asked for */
  GStrv segments; /* (owned): of the path below the CID, decoded; often empty */
  char *path;     /* (owned): "/ipfs/CID[/PATH]" as it was asked for */
  ShoaldMasterFormat format;
  ShoaldMasterScope scope;
  gboolean has_range;      /* entity-bytes */
  gint64 from;             /* negative: from the end */
  gint64 to;               /* inclusive; negative: from the end; G_MAXINT64: the end */
  gboolean has_duplicates; /* dups=y */
  gboolean is_by_accept;   /* the format is in the header alone */
} ShoaldMasterRequest;

/**
 * shoald_master_request_parse:
 * @path: of the URL, still escaped
 * @form: (nullable) (element-type utf8 utf8): the decoded query
 * @accept: (nullable): the header
 *
 * Returns: (transfer full): the request; %NULL with %MESH_ERROR_INVALID (400) or, when
 *   nothing of what @accept takes is offered here, %MESH_ERROR_UNSUPPORTED (406)
 */
ShoaldMasterRequest *
shoald_master_request_parse (const char *path,
                             GHashTable *form,
                             const char *accept,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
void shoald_master_request_free (ShoaldMasterRequest *request);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShoaldMasterRequest, shoald_master_request_free)

/**
 * shoald_master_request_format_etag:
 *
 * Returns: (transfer full): with quotes; differs whenever the bytes of the answer may
 */
char *shoald_master_request_format_etag (const ShoaldMasterRequest *request)
    G_GNUC_WARN_UNUSED_RESULT;

/**
 * shoald_master_request_get_content_type:
 *
 * Returns: (transfer none): of the answer, with all parameters
 */
const char *shoald_master_request_get_content_type (const ShoaldMasterRequest *request);
