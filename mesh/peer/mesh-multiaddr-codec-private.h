/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "peer/mesh-multiaddr.h"

/* The value of one component between its text and its bytes. */

typedef enum
{
  MESH_MULTIADDR_VALUE_NONE,
  MESH_MULTIADDR_VALUE_FIXED,    /* a fixed number of bytes */
  MESH_MULTIADDR_VALUE_PREFIXED, /* a length, then so many bytes */
  MESH_MULTIADDR_VALUE_PATH,     /* prefixed; in text, all the rest with its slashes */
} MeshMultiaddrValue;

typedef struct
{
  MeshMultiaddrProtocol protocol;
  const char *name; /* (unowned) */
  MeshMultiaddrValue value;
  gsize n_bytes; /* of a fixed value */
  gboolean (*parse) (const char *text, GByteArray *bytes);
  char *(*print) (const guint8 *data, gsize len); /* NULL when the bytes are malformed */
} MeshMultiaddrCodec;

/**
 * mesh_multiaddr_codec_find:
 *
 * Returns: (transfer none) (nullable): how @code is written
 */
const MeshMultiaddrCodec *mesh_multiaddr_codec_find (guint64 code);

/**
 * mesh_multiaddr_codec_find_name:
 * @len: of @name, which is not terminated
 */
const MeshMultiaddrCodec *mesh_multiaddr_codec_find_name (const char *name, gsize len);
