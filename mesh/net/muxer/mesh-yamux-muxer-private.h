/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "net/muxer/mesh-yamux-muxer.h"
#include "net/muxer/mesh-yamux-stream-private.h"

/* What a stream asks of its muxer. */

/* The stream has something to write. */
void mesh_yamux_muxer_queue_write (MeshYamuxMuxer *self, MeshYamuxStream *stream);
void mesh_yamux_muxer_unqueue_write (MeshYamuxMuxer *self, MeshYamuxStream *stream);

/* @n bytes were read. */
void mesh_yamux_muxer_consume (MeshYamuxMuxer *self, guint32 id, gsize n);
void mesh_yamux_muxer_finish (MeshYamuxMuxer *self, guint32 id);
void mesh_yamux_muxer_reset (MeshYamuxMuxer *self, guint32 id);

/* The stream goes away; @is_clean when it was closed and not reset. */
void mesh_yamux_muxer_forget (MeshYamuxMuxer *self, guint32 id, gboolean is_clean);
