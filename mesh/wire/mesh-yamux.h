/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <glib.h>

/* Yamux: many streams over one ordered byte stream (specs/yamux). The core keeps windows
 * and states, not the data: what arrives is lent out in events, what leaves is copied
 * from the caller straight behind its header into the caller's buffer. */
typedef struct MeshYamux MeshYamux;

#define MESH_YAMUX_PROTOCOL "/yamux/1.0.0"
#define MESH_YAMUX_HEADER_BYTES 12
#define MESH_YAMUX_INITIAL_WINDOW (256u * 1024)
/* A stream's receive window doubles up to this while its reader is fast enough ... */
#define MESH_YAMUX_MAX_WINDOW (16u * 1024 * 1024)
/* ... and all streams of a connection together grow by no more than this. */
#define MESH_YAMUX_MAX_GROWTH (32u * 1024 * 1024)
/* Most data in a frame that we send: with its header it fills one Noise frame. */
#define MESH_YAMUX_MAX_BODY (65535u - 16 - MESH_YAMUX_HEADER_BYTES)
/* Answers waiting to be sent. A peer that makes us answer and does not read is cut off.
 */
#define MESH_YAMUX_MAX_CONTROL_BYTES (64u * 1024)

typedef struct
{
  gboolean is_client;         /* whether we dialed */
  guint max_inbound_streams;  /* more are reset */
  guint max_outbound_streams; /* more can not be opened */
  gint64 ping_interval_us;    /* how often the round trip is measured */
  gint64 timeout_us;          /* a ping with no sign of life for so long: failed */
} MeshYamuxConfig;

#define MESH_YAMUX_CONFIG_DEFAULT \
  { \
    .max_inbound_streams = 128, .max_outbound_streams = 256, \
    .ping_interval_us = 30 * G_USEC_PER_SEC, .timeout_us = 20 * G_USEC_PER_SEC \
  }

typedef enum
{
  MESH_YAMUX_EVENT_OPENED,   /* the peer opened stream id */
  MESH_YAMUX_EVENT_DATA,     /* bytes for stream id: say mesh_yamux_consume() when read */
  MESH_YAMUX_EVENT_FINISHED, /* the peer sends no more on stream id */
  MESH_YAMUX_EVENT_RESET,    /* stream id is gone */
  MESH_YAMUX_EVENT_WRITABLE, /* mesh_yamux_write() had no window for stream id, now it has
                              */
  MESH_YAMUX_EVENT_GO_AWAY,  /* the peer wants no new streams; code says why */
  MESH_YAMUX_EVENT_FAILED,   /* error: the connection is to be closed; nothing follows */
} MeshYamuxEventType;

typedef enum
{
  MESH_YAMUX_GO_AWAY_NORMAL = 0,
  MESH_YAMUX_GO_AWAY_PROTOCOL = 1,
  MESH_YAMUX_GO_AWAY_INTERNAL = 2,
} MeshYamuxGoAway;

typedef struct
{
  MeshYamuxEventType type;
  guint32 id;
  const guint8 *data; /* (unowned): inside what was passed to handle_bytes */
  gsize len;
  guint32 code;
  GError *error; /* (owned) (nullable): the receiver frees it */
} MeshYamuxEvent;

MeshYamux *
mesh_yamux_new (const MeshYamuxConfig *config, gint64 now_us) G_GNUC_WARN_UNUSED_RESULT;
void mesh_yamux_free (MeshYamux *core);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshYamux, mesh_yamux_free)

/**
 * mesh_yamux_handle_bytes:
 * @data: bytes of the peer; must stay until mesh_yamux_poll_event() said %FALSE
 * @len: their number
 *
 * Call mesh_yamux_poll_event() until it says %FALSE before the next bytes.
 */
void
mesh_yamux_handle_bytes (MeshYamux *core, const guint8 *data, gsize len, gint64 now_us);

/**
 * mesh_yamux_poll_event:
 * @event: (out caller-allocates): what happened
 *
 * Returns: %FALSE when nothing is left of the bytes
 */
gboolean mesh_yamux_poll_event (MeshYamux *core, MeshYamuxEvent *event);

/**
 * mesh_yamux_open_stream:
 * @error: %MESH_ERROR_BUSY when too many are open, %MESH_ERROR_CLOSED when the peer wants
 * none
 *
 * Returns: its id, 0 on error
 */
guint32 mesh_yamux_open_stream (MeshYamux *core,
                                gint64 now_us,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_yamux_write:
 * @id: an open stream that is not finished
 * @data: what to send
 * @out: where the frame goes
 * @out_size: room there
 * @written: (out): length of the frame, 0 when none was written
 *
 * Makes at most one frame, as long as window and room allow. When the window is shut,
 * %MESH_YAMUX_EVENT_WRITABLE follows once it opens.
 *
 * Returns: how many bytes of @data it holds
 */
gsize mesh_yamux_write (MeshYamux *core,
                        guint32 id,
                        const guint8 *data,
                        gsize len,
                        guint8 *out,
                        gsize out_size,
                        gsize *written);

/**
 * mesh_yamux_take_output:
 * @out: where waiting frames without data go: send them before those of
 * mesh_yamux_write()
 *
 * Returns: how many bytes were written there; only whole frames
 */
gsize mesh_yamux_take_output (MeshYamux *core, guint8 *out, gsize out_size);
gboolean mesh_yamux_has_output (const MeshYamux *core);

/**
 * mesh_yamux_consume:
 * @n: bytes of stream @id that its reader took: the peer may send as many more
 */
void mesh_yamux_consume (MeshYamux *core, guint32 id, gsize n, gint64 now_us);

/**
 * mesh_yamux_finish:
 *
 * We send no more on stream @id, once everything written has been written.
 */
void mesh_yamux_finish (MeshYamux *core, guint32 id);

/**
 * mesh_yamux_reset:
 *
 * Drops stream @id. No event follows. Does nothing when it is over.
 */
void mesh_yamux_reset (MeshYamux *core, guint32 id);

void mesh_yamux_go_away (MeshYamux *core, MeshYamuxGoAway code);

guint mesh_yamux_get_n_streams (const MeshYamux *core);

/**
 * mesh_yamux_get_rtt_us:
 *
 * Returns: smoothed round-trip time, -1 while unknown
 */
gint64 mesh_yamux_get_rtt_us (const MeshYamux *core);

gint64 mesh_yamux_next_deadline_us (const MeshYamux *core);
void mesh_yamux_handle_timeout (MeshYamux *core, gint64 now_us);
