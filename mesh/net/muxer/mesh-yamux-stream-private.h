/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "net/iface/mesh-stream.h"

G_BEGIN_DECLS

typedef struct _MeshYamuxMuxer MeshYamuxMuxer;

#define MESH_TYPE_YAMUX_STREAM (mesh_yamux_stream_get_type ())

/* One stream of a Yamux muxer. It keeps its muxer alive, not the other way round. */
G_DECLARE_FINAL_TYPE (MeshYamuxStream, mesh_yamux_stream, MESH, YAMUX_STREAM, MeshStream)

MeshYamuxStream *
mesh_yamux_stream_new (MeshYamuxMuxer *muxer, guint32 id) G_GNUC_WARN_UNUSED_RESULT;
guint32 mesh_yamux_stream_get_id (MeshYamuxStream *self);

/**
 * mesh_yamux_stream_deliver:
 *
 * Copies what arrived to the waiting reader, or aside. The read finishes with
 * mesh_yamux_stream_flush().
 *
 * Returns: %FALSE when nobody will read it
 */
gboolean mesh_yamux_stream_deliver (MeshYamuxStream *self, const guint8 *data, gsize len);
void mesh_yamux_stream_set_eof (MeshYamuxStream *self);

/**
 * mesh_yamux_stream_flush:
 *
 * Finishes the waiting read when there is something for it.
 */
void mesh_yamux_stream_flush (MeshYamuxStream *self);

/**
 * mesh_yamux_stream_fail:
 * @keep_data: whether what arrived may still be read
 */
void
mesh_yamux_stream_fail (MeshYamuxStream *self, const GError *error, gboolean keep_data);

/**
 * mesh_yamux_stream_get_pending:
 * @len: (out): how much is left of the write in progress, 0 when there is none
 *
 * Returns: (transfer none): it
 */
const guint8 *mesh_yamux_stream_get_pending (MeshYamuxStream *self, gsize *len);

/**
 * mesh_yamux_stream_wrote:
 * @n: bytes of the pending write were taken
 *
 * Returns: (transfer full) (nullable): the write's task when that was all of it, for the
 *   caller to return g_task_get_task_data() bytes from
 */
GTask *mesh_yamux_stream_wrote (MeshYamuxStream *self, gsize n);

gboolean mesh_yamux_stream_get_queued (MeshYamuxStream *self);
void mesh_yamux_stream_set_queued (MeshYamuxStream *self, gboolean is_queued);

G_END_DECLS
