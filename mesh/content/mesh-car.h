/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "content/mesh-cid.h"

/* CAR v1: a header with roots, then blocks, each with its length and CID before it.
 * https://ipld.io/specs/transport/car/carv1/ */

/* Most roots in a header, and its longest form. */
#define MESH_CAR_MAX_ROOTS 1024u
#define MESH_CAR_MAX_HEADER (64u + MESH_CAR_MAX_ROOTS * (MESH_CID_MAX_BYTES + 8u))
/* Longest section: a CID and a block. */
#define MESH_CAR_MAX_SECTION (MESH_CID_MAX_BYTES + 2u * 1024 * 1024)

/**
 * mesh_car_encode_header:
 * @n: how many roots, at most %MESH_CAR_MAX_ROOTS
 *
 * Returns: (transfer full): what a CAR file begins with
 */
GBytes *mesh_car_encode_header (MeshCid *const *roots, gsize n) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_car_encode_section_head:
 * @block_len: length of the block
 * @out: what stands before the block is appended
 */
void mesh_car_encode_section_head (const MeshCid *cid, gsize block_len, GByteArray *out);

/* A reader to which the file is given in pieces. Holds at most one section and what was
 * given last. Blocks are not verified. */
typedef struct MeshCarReader MeshCarReader;

MeshCarReader *mesh_car_reader_new (void) G_GNUC_WARN_UNUSED_RESULT;
void mesh_car_reader_free (MeshCarReader *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshCarReader, mesh_car_reader_free)

/**
 * mesh_car_reader_handle_bytes:
 *
 * Takes further bytes; poll until empty before giving more. %MESH_ERROR_INVALID: not a
 * CAR file; the reader is of no further use.
 */
gboolean mesh_car_reader_handle_bytes (MeshCarReader *self,
                                       const guint8 *data,
                                       gsize len,
                                       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_car_reader_poll_block:
 * @cid: (out) (transfer full): set when there is a block
 * @block: (out) (transfer full): set when there is a block; %NULL when there is none yet
 *
 * Returns: %FALSE when what comes next is not a section
 */
gboolean mesh_car_reader_poll_block (MeshCarReader *self,
                                     MeshCid **cid,
                                     GBytes **block,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_car_reader_get_roots:
 *
 * Returns: (transfer none) (nullable) (element-type MeshCid): the roots; %NULL before the
 *   header has come
 */
GPtrArray *mesh_car_reader_get_roots (MeshCarReader *self);

/* Whether the file may end here: after the header or a whole section. */
gboolean mesh_car_reader_is_between_sections (const MeshCarReader *self);
