/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "base/mesh-cursor.h"

/* The little of ASN.1 DER (X.690) that public keys and signatures are written in: strict,
 * one form for one value. Each function moves the cursor past the element it read and, on
 * %FALSE, leaves it where it may be. */

#define MESH_DER_INTEGER 0x02
#define MESH_DER_BIT_STRING 0x03
#define MESH_DER_SEQUENCE 0x30

/* The longest element read. */
#define MESH_DER_MAX_BYTES 65535

/**
 * mesh_der_read:
 * @tag: what must come next
 * @content: (out caller-allocates): what is in it, inside the same bytes
 *
 * Returns: %FALSE when something else comes, or its length is not written in DER
 */
gboolean mesh_der_read (MeshCursor *cursor,
                        guint8 tag,
                        MeshCursor *content) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_der_read_unsigned:
 * @data: (out): inside the same bytes, without leading zeros
 * @len: (out): 0 for zero
 *
 * Returns: %FALSE when no INTEGER comes, or a negative one, or one not in its shortest
 *   form
 */
gboolean mesh_der_read_unsigned (MeshCursor *cursor,
                                 const guint8 **data,
                                 gsize *len) G_GNUC_WARN_UNUSED_RESULT;
