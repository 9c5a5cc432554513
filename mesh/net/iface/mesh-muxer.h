/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <gio/gio.h>

#include "net/iface/mesh-stream.h"

G_BEGIN_DECLS

#define MESH_TYPE_MUXER (mesh_muxer_get_type ())

/**
 * MeshMuxer:
 *
 * Many streams over one authenticated channel: what Yamux makes of a secured stream, and
 * what QUIC is by itself. No protocol is negotiated on its streams yet: that is the
 * host's. Ends when closed from either side; then every stream of it fails with
 * %MESH_ERROR_CLOSED.
 *
 * Derivable because each muxer has its own.
 */
G_DECLARE_DERIVABLE_TYPE (MeshMuxer, mesh_muxer, MESH, MUXER, GObject)

struct _MeshMuxerClass
{
  GObjectClass parent_class;

  void (*start) (MeshMuxer *muxer);
  MeshStream *(*open_stream) (MeshMuxer *muxer, GError **error);
  void (*close) (MeshMuxer *muxer, GError *reason);
  guint (*get_n_streams) (MeshMuxer *muxer);
  gint64 (*get_rtt_us) (MeshMuxer *muxer);
  void (*get_traffic) (MeshMuxer *muxer, guint64 *bytes_in, guint64 *bytes_out);

  gpointer padding[4];
};

/**
 * MeshMuxer::incoming-stream:
 * @stream: opened by the peer; whoever handles it takes its own reference, else it is
 * reset
 *
 * MeshMuxer::closed:
 * @reason: (nullable): the #GError that ended it, %NULL for an orderly end
 *
 * Emitted once.
 *
 * MeshMuxer::drained:
 *
 * After "closed", once: the goodbye has left, or there was no sending it.
 */

/**
 * mesh_muxer_start:
 *
 * Begins to read what the peer says, once the signals are connected.
 */
void mesh_muxer_start (MeshMuxer *muxer);

/**
 * mesh_muxer_open_stream:
 * @error: %MESH_ERROR_CLOSED, or %MESH_ERROR_BUSY when too many streams are open
 *
 * Does not wait: the peer learns of the stream with the first bytes written to it.
 *
 * Returns: (transfer full) (nullable): a new stream
 */
MeshStream *
mesh_muxer_open_stream (MeshMuxer *muxer, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_muxer_close:
 * @reason: (nullable): why; decides what the peer is told (%MESH_ERROR_PROTOCOL or not)
 *
 * Says goodbye and closes at once, without waiting for what streams still wanted to
 * write. "closed" is emitted from within. Does nothing on a closed muxer.
 */
void mesh_muxer_close (MeshMuxer *muxer, GError *reason);

gboolean mesh_muxer_is_closed (MeshMuxer *muxer);
gboolean mesh_muxer_is_drained (MeshMuxer *muxer);
guint mesh_muxer_get_n_streams (MeshMuxer *muxer);

/**
 * mesh_muxer_get_rtt_us:
 *
 * Returns: smoothed round-trip time, -1 while unknown
 */
gint64 mesh_muxer_get_rtt_us (MeshMuxer *muxer);

/**
 * mesh_muxer_get_traffic:
 * @bytes_in: (out): bytes of this channel read so far, encryption included
 * @bytes_out: (out): bytes written so far
 */
void mesh_muxer_get_traffic (MeshMuxer *muxer, guint64 *bytes_in, guint64 *bytes_out);

/* For subclasses. */

void mesh_muxer_emit_incoming_stream (MeshMuxer *muxer, MeshStream *stream);

/**
 * mesh_muxer_emit_closed:
 *
 * Marks the muxer closed and emits "closed", once.
 */
void mesh_muxer_emit_closed (MeshMuxer *muxer, GError *reason);
void mesh_muxer_emit_drained (MeshMuxer *muxer);

G_END_DECLS
