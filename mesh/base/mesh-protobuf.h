/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "base/mesh-cursor.h"

/* The protobuf wire format by hand, for the few messages whose encoding must be canonical
 * (keys, envelopes, peer records) or must not be copied. Fields are borrowed. */

typedef enum
{
  MESH_PROTOBUF_VARINT = 0,
  MESH_PROTOBUF_FIXED64 = 1,
  MESH_PROTOBUF_BYTES = 2,
  MESH_PROTOBUF_FIXED32 = 5,
} MeshProtobufType;

typedef struct
{
  guint32 number;
  MeshProtobufType type;
  guint64 value;      /* of a varint or fixed number */
  const guint8 *data; /* (unowned) (nullable): of a bytes field */
  gsize len;
} MeshProtobufField;

typedef enum
{
  MESH_PROTOBUF_END,       /* nothing is left */
  MESH_PROTOBUF_FIELD,     /* a field was read */
  MESH_PROTOBUF_MALFORMED, /* the message is broken here */
} MeshProtobufStep;

/**
 * mesh_protobuf_next:
 * @cursor: over one message; advanced on %MESH_PROTOBUF_FIELD
 * @field: (out caller-allocates): the next field
 *
 * Groups are malformed. A field may come again: for a field that is not repeated the last
 * one counts.
 */
MeshProtobufStep mesh_protobuf_next (MeshCursor *cursor, MeshProtobufField *field);

void mesh_protobuf_append_varint (GByteArray *array, guint32 number, guint64 value);
void mesh_protobuf_append_bytes (GByteArray *array,
                                 guint32 number,
                                 const guint8 *data,
                                 gsize len);
