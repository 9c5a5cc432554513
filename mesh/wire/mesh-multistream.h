/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <glib.h>

/* multistream-select 1.0.0: two sides agree on a protocol. Neither side reads past the
 * end of the negotiation, so what follows belongs to the protocol. */
typedef struct MeshMultistream MeshMultistream;

/* The longest message accepted, newline included. */
#define MESH_MULTISTREAM_MAX_MESSAGE 1024
/* A protocol id, so that its message fits. */
#define MESH_MULTISTREAM_MAX_PROTOCOL 255
/* A dialer that proposes more than this is cut off. */
#define MESH_MULTISTREAM_MAX_PROPOSALS 64

/**
 * mesh_multistream_new_dialer:
 * @protocols: (array zero-terminated=1): what we want, best first, not empty; copied
 *
 * The first proposal goes out together with the greeting. When there is only one, the
 * caller may send the protocol's own bytes right behind it and read the answer later.
 */
MeshMultistream *
mesh_multistream_new_dialer (const char *const *protocols) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_multistream_new_listener:
 * @protocols: (array zero-terminated=1): what we serve; copied
 */
MeshMultistream *
mesh_multistream_new_listener (const char *const *protocols) G_GNUC_WARN_UNUSED_RESULT;

void mesh_multistream_free (MeshMultistream *core);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshMultistream, mesh_multistream_free)

/**
 * mesh_multistream_get_wanted:
 *
 * Returns: how many bytes are surely part of the negotiation: read so many and no more; 0
 *   when it is over
 */
gsize mesh_multistream_get_wanted (const MeshMultistream *core);

/**
 * mesh_multistream_handle_bytes:
 * @data: bytes of the peer
 * @len: at most mesh_multistream_get_wanted()
 * @error: %MESH_ERROR_PROTOCOL, or %MESH_ERROR_UNSUPPORTED when the listener serves none
 * of the wanted protocols; the negotiation is then over
 */
gboolean mesh_multistream_handle_bytes (MeshMultistream *core,
                                        const guint8 *data,
                                        gsize len,
                                        GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_multistream_take_output:
 *
 * Returns: (transfer full) (nullable): bytes for the peer, %NULL when there are none
 */
GBytes *mesh_multistream_take_output (MeshMultistream *core) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_multistream_get_protocol:
 *
 * Returns: (transfer none) (nullable): what was agreed on, %NULL before
 */
const char *mesh_multistream_get_protocol (const MeshMultistream *core);
