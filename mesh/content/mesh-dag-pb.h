/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "content/mesh-cid.h"

/* The dag-pb codec: a node is a list of links and some data. Strict as the IPLD
 * specification asks (ipld.io/specs/codecs/dag-pb/spec), so that one value has one form:
 * unknown fields, repeated fields, wrong wire types, links without a CID and varints that
 * are not minimal are refused. Data before links is accepted, as such blocks exist, but
 * never written. */

/* Most links in one node. */
#define MESH_DAG_PB_MAX_LINKS 65536u
/* Longest block that is looked at. */
#define MESH_DAG_PB_MAX_BYTES (4u * 1024 * 1024)

typedef struct
{
  MeshCid *cid; /* (owned) */
  char *name;   /* (owned) (nullable): NULL when absent; NUL-terminated after name_len */
  gsize name_len; /* may hold NUL bytes when it came from outside */
  gboolean has_tsize;
  guint64 tsize; /* cumulative size of the block and all below it; a claim, not a fact */
} MeshDagPbLink;

typedef struct
{
  GArray *links;      /* (owned) (element-type MeshDagPbLink) */
  const guint8 *data; /* (unowned) (nullable): NULL when absent */
  gsize data_len;
} MeshDagPbNode;

/* An empty node: no data, no links. End with mesh_dag_pb_node_clear(). */
void mesh_dag_pb_node_init (MeshDagPbNode *node);
void mesh_dag_pb_node_clear (MeshDagPbNode *node);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MeshDagPbNode, mesh_dag_pb_node_clear)

/**
 * mesh_dag_pb_node_add_link:
 * @name: (nullable): copied; %NULL leaves the field out, "" writes an empty one
 *
 * Appends a link with a Tsize.
 */
void mesh_dag_pb_node_add_link (MeshDagPbNode *node,
                                MeshCid *cid,
                                const char *name,
                                guint64 tsize);

/**
 * mesh_dag_pb_decode:
 * @data: a block; the node borrows its data from it
 * @node: initialised or zeroed by the caller; filled on success, empty otherwise
 *
 * Links keep the order they have in the block.
 */
gboolean mesh_dag_pb_decode (const guint8 *data,
                             gsize len,
                             MeshDagPbNode *node,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_dag_pb_encode:
 *
 * Writes the canonical form: links first, stably sorted by the bytes of their names, then
 * data.
 *
 * Returns: (transfer full): the block
 */
GBytes *mesh_dag_pb_encode (const MeshDagPbNode *node) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_dag_pb_name_block:
 * @cid_version: 0 or 1; 0 needs sha2-256
 * @hash_code: a known hash other than identity
 *
 * Returns: (transfer full): the name of a dag-pb block
 */
MeshCid *mesh_dag_pb_name_block (guint cid_version,
                                 guint64 hash_code,
                                 GBytes *block) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_dag_pb_get_links:
 * @codec: how @data is to be read; anything but dag-pb has no links
 *
 * Returns: (transfer full) (element-type MeshCid): the CIDs a block links to, in order,
 *   repeated ones too; %NULL when it is not good dag-pb
 */
GPtrArray *mesh_dag_pb_get_links (guint64 codec,
                                  const guint8 *data,
                                  gsize len,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_dag_pb_may_have_links:
 *
 * A look at the first byte: canonical dag-pb with links begins with one.
 *
 * Returns: %FALSE when the block, read as canonical dag-pb, surely has none
 */
gboolean mesh_dag_pb_may_have_links (const guint8 *data, gsize len);
