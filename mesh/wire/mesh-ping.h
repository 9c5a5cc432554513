/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <glib.h>

/* libp2p's ping (specs/ping): 32 bytes there and back. */

#define MESH_PING_PROTOCOL "/ipfs/ping/1.0.0"
#define MESH_PING_BYTES 32

/* The asking side: one round trip at a time, a caller-owned value. */
typedef struct
{
  guint8 sent[MESH_PING_BYTES];
  guint8 received[MESH_PING_BYTES];
  gsize n_received;
  gint64 sent_us;
  gboolean is_waiting;
} MeshPing;

/**
 * mesh_ping_start:
 * @payload: random bytes, to be sent to the peer now
 *
 * Only when no answer is awaited.
 */
void
mesh_ping_start (MeshPing *ping, const guint8 payload[MESH_PING_BYTES], gint64 now_us);

/**
 * mesh_ping_get_wanted:
 *
 * Returns: how many bytes of the answer are missing, 0 when none is awaited
 */
gsize mesh_ping_get_wanted (const MeshPing *ping);

/**
 * mesh_ping_handle_bytes:
 * @len: at most mesh_ping_get_wanted()
 * @rtt_us: (out): the round-trip time once the answer is whole, else -1
 * @error: %MESH_ERROR_PROTOCOL when the peer answers something else
 */
gboolean mesh_ping_handle_bytes (MeshPing *ping,
                                 const guint8 *data,
                                 gsize len,
                                 gint64 now_us,
                                 gint64 *rtt_us,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
