/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _MeshConnection MeshConnection;

#define MESH_TYPE_STREAM (mesh_stream_get_type ())

/**
 * MeshStream:
 *
 * One bidirectional stream of a connection, as a #GIOStream: write to
 * g_io_stream_get_output_stream(), read from g_io_stream_get_input_stream(), with the
 * async calls; the sync calls fail with %G_IO_ERROR_WOULD_BLOCK when they would wait. All
 * from the main context that owns the connection.
 *
 * A write finishes when the connection has taken the bytes (flow control of the peer
 * included), so a writer that waits for each write never queues more than its own buffer:
 * large writes (256 KiB and more) are the fast ones. The buffer must live until then. A
 * read returns what is there; at the peer's end of stream it returns 0.
 *
 * Closing: g_output_stream_close_async() says "no more from me" (FIN) and reading goes
 * on; g_io_stream_close_async() also gives up reading: what still arrives resets the
 * stream. mesh_stream_reset() drops both directions at once. Letting go of the last
 * reference of a stream that is not closed resets it. After a reset from either side, or
 * when the connection is gone, every call fails with %MESH_ERROR_CLOSED.
 *
 * Derivable because each muxer (Yamux today, QUIC later) has its own.
 */
G_DECLARE_DERIVABLE_TYPE (MeshStream, mesh_stream, MESH, STREAM, GIOStream)

struct _MeshStreamClass
{
  GIOStreamClass parent_class;

  void (*reset) (MeshStream *stream);

  gpointer padding[4];
};

/**
 * mesh_stream_get_connection:
 *
 * Returns: (transfer none) (nullable): the connection the stream belongs to; %NULL once
 * the connection is closed, and for streams in tests that have none
 */
MeshConnection *mesh_stream_get_connection (MeshStream *stream);

/**
 * mesh_stream_get_protocol:
 *
 * Returns: (transfer none) (nullable): the protocol both sides agreed on; %NULL before
 */
const char *mesh_stream_get_protocol (MeshStream *stream);

/**
 * mesh_stream_is_inbound:
 *
 * Returns: whether the peer opened it
 */
gboolean mesh_stream_is_inbound (MeshStream *stream);

/**
 * mesh_stream_reset:
 *
 * Drops the stream in both directions at once, without waiting. Pending reads and writes
 * fail with %MESH_ERROR_CLOSED from the main loop. Does nothing on a stream that is over.
 */
void mesh_stream_reset (MeshStream *stream);

/* For muxers and the host. */

/**
 * mesh_stream_set_connection:
 * @connection: (nullable): kept weakly
 */
void mesh_stream_set_connection (MeshStream *stream, MeshConnection *connection);
void mesh_stream_set_protocol (MeshStream *stream, const char *protocol);
void mesh_stream_set_inbound (MeshStream *stream, gboolean inbound);

G_END_DECLS
