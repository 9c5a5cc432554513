/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "wire/mesh-yamux.h"

#include <string.h>

#include "base/mesh-cursor.h"
#include "base/mesh-error.h"

#define TYPE_DATA 0
#define TYPE_WINDOW 1
#define TYPE_PING 2
#define TYPE_GO_AWAY 3

#define FLAG_SYN 1
#define FLAG_ACK 2
#define FLAG_FIN 4
#define FLAG_RST 8

/* A window grows when half of it is read within so many round trips. */
#define GROWTH_ROUND_TRIPS 4
/* What the round trip counts as at least: the event loops at both ends take time too. */
#define MIN_RTT_US 10000
/* One frame yields at most this many events beside its data. */
#define MAX_QUEUED_EVENTS 4

typedef struct
{
  guint32 id;
  gboolean is_inbound;
  guint16 pending_flags;  /* SYN or ACK that the next frame must carry */
  gboolean was_announced; /* some frame went out */
  gboolean is_fin_sent;
  gboolean is_fin_received;
  gboolean is_blocked; /* write found no window */
  guint64 send_window;
  guint32 receive_window; /* what we grant at most */
  guint32 receive_credit; /* what the peer may still send */
  guint32 n_unread;       /* announced by data frames and not consumed */
  gint64 update_us;       /* of the last window update */
} Stream;

struct MeshYamux
{
  MeshYamuxConfig config;
  GHashTable *streams; /* (owned) (element-type guint32 Stream) */
  guint n_inbound;
  guint n_outbound;
  guint32 next_id;
  guint64 growth; /* beyond the initial windows, all streams */

  const guint8 *input; /* (unowned): what is left of handle_bytes */
  gsize input_len;
  guint8 header[MESH_YAMUX_HEADER_BYTES];
  gsize header_len;
  guint32 body_left; /* of the data frame being read */
  guint16 body_flags;
  guint32 body_id;
  gboolean is_in_body;

  MeshYamuxEvent events[MAX_QUEUED_EVENTS]; /* ring */
  guint first_event;
  guint n_events;

  GByteArray *control; /* (owned): frames without data */
  gboolean has_failed;
  gboolean is_refusing; /* we said go away */
  gboolean is_refused;  /* the peer did */

  gint64 now_us;
  gint64 ping_due_us;
  gint64 ping_sent_us; /* -1: none outstanding */
  guint32 ping_value;
  gint64 rtt_us;
  gint64 heard_us;
};

MeshYamux *
mesh_yamux_new (const MeshYamuxConfig *config, gint64 now_us)
{
  MeshYamux *core = g_new0 (MeshYamux, 1);

  core->config = *config;
  core->streams = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  core->next_id = config->is_client ? 1 : 2;
  core->control = g_byte_array_new ();
  core->now_us = now_us;
  core->heard_us = now_us;
  core->ping_due_us = now_us;
  core->ping_sent_us = -1;
  core->rtt_us = -1;
  return core;
}

void
mesh_yamux_free (MeshYamux *core)
{
  for (; core->n_events > 0; core->n_events--)
    {
      g_clear_error (&core->events[core->first_event].error);
      core->first_event = (core->first_event + 1) % MAX_QUEUED_EVENTS;
    }
  g_hash_table_unref (core->streams);
  g_byte_array_unref (core->control);
  g_free (core);
}

static void
set_now (MeshYamux *core, gint64 now_us)
{
  g_assert (now_us >= core->now_us);
  core->now_us = now_us;
}

static void
push_event (MeshYamux *core, MeshYamuxEvent event)
{
  g_assert (core->n_events < MAX_QUEUED_EVENTS);
  core->events[(core->first_event + core->n_events++) % MAX_QUEUED_EVENTS] = event;
}

static void
put_header (guint8 *out, guint8 type, guint16 flags, guint32 id, guint32 len)
{
  guint32 id_be = GUINT32_TO_BE (id), len_be = GUINT32_TO_BE (len);

  out[0] = 0;
  out[1] = type;
  out[2] = (guint8) (flags >> 8);
  out[3] = (guint8) flags;
  memcpy (out + 4, &id_be, sizeof id_be);
  memcpy (out + 8, &len_be, sizeof len_be);
}

static void
append_frame (MeshYamux *core, guint8 type, guint16 flags, guint32 id, guint32 len)
{
  guint8 header[MESH_YAMUX_HEADER_BYTES];

  put_header (header, type, flags, id, len);
  g_byte_array_append (core->control, header, sizeof header);
}

static void
fail (MeshYamux *core, MeshError code, const char *message)
{
  GError *error = NULL;

  if (core->has_failed)
    return;
  core->has_failed = TRUE;
  core->input_len = 0;
  if (code == MESH_ERROR_PROTOCOL)
    append_frame (core, TYPE_GO_AWAY, 0, 0, MESH_YAMUX_GO_AWAY_PROTOCOL);
  g_set_error (&error, MESH_ERROR, (int) code, "Yamux: %s", message);
  /* Whatever waits in the queue does not matter any more, only this does. */
  while (core->n_events == MAX_QUEUED_EVENTS)
    core->n_events--;
  push_event (core, (MeshYamuxEvent){ .type = MESH_YAMUX_EVENT_FAILED, .error = error });
}

/* As append_frame(), for what a peer can provoke. */
static void
answer (MeshYamux *core, guint8 type, guint16 flags, guint32 id, guint32 len)
{
  if (core->control->len > MESH_YAMUX_MAX_CONTROL_BYTES - MESH_YAMUX_HEADER_BYTES)
    fail (core, MESH_ERROR_LIMIT, "the peer asks and does not read the answers");
  else
    append_frame (core, type, flags, id, len);
}

static Stream *
find (MeshYamux *core, guint32 id)
{
  return g_hash_table_lookup (core->streams, GUINT_TO_POINTER (id));
}

static Stream *
add_stream (MeshYamux *core, guint32 id, gboolean is_inbound)
{
  Stream *stream = g_new0 (Stream, 1);

  stream->id = id;
  stream->is_inbound = is_inbound;
  stream->send_window = MESH_YAMUX_INITIAL_WINDOW;
  stream->receive_window = MESH_YAMUX_INITIAL_WINDOW;
  stream->receive_credit = MESH_YAMUX_INITIAL_WINDOW;
  stream->update_us = core->now_us;
  *(is_inbound ? &core->n_inbound : &core->n_outbound) += 1;
  g_hash_table_insert (core->streams, GUINT_TO_POINTER (id), stream);
  return stream;
}

static void
remove_stream (MeshYamux *core, Stream *stream)
{
  *(stream->is_inbound ? &core->n_inbound : &core->n_outbound) -= 1;
  core->growth -= stream->receive_window - MESH_YAMUX_INITIAL_WINDOW;
  g_hash_table_remove (core->streams, GUINT_TO_POINTER (stream->id));
}

static guint16
take_flags (Stream *stream)
{
  guint16 flags = stream->pending_flags;

  stream->pending_flags = 0;
  stream->was_announced = TRUE;
  return flags;
}

/* Returns whether the frame goes on to be handled. */
static gboolean
handle_syn (MeshYamux *core, guint32 id)
{
  if (id == 0 || (id % 2 == 1) == core->config.is_client)
    {
      fail (core, MESH_ERROR_PROTOCOL,
            "the peer opened a stream with one of our numbers");
      return FALSE;
    }
  if (find (core, id) != NULL)
    {
      fail (core, MESH_ERROR_PROTOCOL, "the peer opened the same stream twice");
      return FALSE;
    }
  if (core->is_refusing || core->n_inbound >= core->config.max_inbound_streams)
    {
      answer (core, TYPE_WINDOW, FLAG_RST, id, 0);
      return TRUE;
    }
  answer (core, TYPE_WINDOW, FLAG_ACK, id, 0);
  if (core->has_failed)
    return FALSE;
  add_stream (core, id, TRUE)->was_announced = TRUE;
  push_event (core, (MeshYamuxEvent){ .type = MESH_YAMUX_EVENT_OPENED, .id = id });
  return TRUE;
}

static void
handle_rst (MeshYamux *core, guint32 id)
{
  Stream *stream = find (core, id);

  if (stream == NULL)
    return;
  remove_stream (core, stream);
  push_event (core, (MeshYamuxEvent){ .type = MESH_YAMUX_EVENT_RESET, .id = id });
}

static void
handle_fin (MeshYamux *core, guint32 id)
{
  Stream *stream = find (core, id);

  if (stream == NULL || stream->is_fin_received)
    return;
  stream->is_fin_received = TRUE;
  push_event (core, (MeshYamuxEvent){ .type = MESH_YAMUX_EVENT_FINISHED, .id = id });
  if (stream->is_fin_sent)
    remove_stream (core, stream);
}

static void
handle_window (MeshYamux *core, guint16 flags, guint32 id, guint32 delta)
{
  Stream *stream = find (core, id);

  if (stream != NULL)
    {
      stream->send_window += delta;
      if (stream->send_window > G_MAXUINT32)
        {
          fail (core, MESH_ERROR_PROTOCOL, "the peer opened a window too far");
          return;
        }
      if (stream->is_blocked && stream->send_window > 0)
        {
          stream->is_blocked = FALSE;
          push_event (core,
                      (MeshYamuxEvent){ .type = MESH_YAMUX_EVENT_WRITABLE, .id = id });
        }
    }
  if ((flags & FLAG_FIN) != 0)
    handle_fin (core, id);
}

static void
begin_body (MeshYamux *core, guint16 flags, guint32 id, guint32 len)
{
  Stream *stream = find (core, id);

  if (stream != NULL && len > stream->receive_credit)
    {
      fail (core, MESH_ERROR_PROTOCOL, "the peer sent more than the window allows");
      return;
    }
  if (stream != NULL && stream->is_fin_received && len > 0)
    {
      fail (core, MESH_ERROR_PROTOCOL, "the peer went on after the end of a stream");
      return;
    }
  /* Data for a stream that we have reset meanwhile is skipped. */
  if (stream != NULL)
    {
      stream->receive_credit -= len;
      stream->n_unread += len;
    }
  core->is_in_body = TRUE;
  core->body_left = len;
  core->body_id = id;
  core->body_flags = flags;
}

static void
handle_ping (MeshYamux *core, guint16 flags, guint32 value)
{
  gint64 sample;

  if ((flags & FLAG_SYN) != 0)
    {
      answer (core, TYPE_PING, FLAG_ACK, 0, value);
      return;
    }
  if ((flags & FLAG_ACK) == 0 || core->ping_sent_us < 0 || value != core->ping_value)
    return;
  sample = core->now_us - core->ping_sent_us;
  core->rtt_us = core->rtt_us < 0 ? sample : (7 * core->rtt_us + sample) / 8;
  core->ping_sent_us = -1;
}

static void
handle_header (MeshYamux *core)
{
  MeshCursor cursor = mesh_cursor_init (core->header, sizeof core->header);
  guint8 version = 0, type = 0;
  guint16 flags = 0;
  guint32 id = 0, len = 0;
  gboolean is_whole = mesh_cursor_read_u8 (&cursor, &version)
                      && mesh_cursor_read_u8 (&cursor, &type)
                      && mesh_cursor_read_u16_be (&cursor, &flags)
                      && mesh_cursor_read_u32_be (&cursor, &id)
                      && mesh_cursor_read_u32_be (&cursor, &len);

  g_assert (is_whole);
  if (version != 0 || type > TYPE_GO_AWAY || (id == 0) != (type >= TYPE_PING))
    {
      fail (core, MESH_ERROR_PROTOCOL, "the peer sent something that is not Yamux");
      return;
    }
  if (type == TYPE_PING)
    handle_ping (core, flags, len);
  else if (type == TYPE_GO_AWAY)
    {
      core->is_refused = TRUE;
      push_event (core,
                  (MeshYamuxEvent){ .type = MESH_YAMUX_EVENT_GO_AWAY, .code = len });
    }
  if (type >= TYPE_PING || ((flags & FLAG_SYN) != 0 && !handle_syn (core, id)))
    return;
  if ((flags & FLAG_RST) != 0)
    handle_rst (core, id);
  if (type == TYPE_DATA)
    begin_body (core, flags, id, len);
  else
    handle_window (core, flags, id, len);
}

/* Lends out what there is of a data frame. Returns whether that made an event. */
static gboolean
read_body (MeshYamux *core, MeshYamuxEvent *event)
{
  gsize n = MIN (core->body_left, core->input_len);
  Stream *stream = find (core, core->body_id);

  *event = (MeshYamuxEvent){
    .type = MESH_YAMUX_EVENT_DATA, .id = core->body_id, .data = core->input, .len = n
  };
  core->input += n;
  core->input_len -= n;
  core->body_left -= (guint32) n;
  if (core->body_left == 0)
    {
      core->is_in_body = FALSE;
      if ((core->body_flags & FLAG_FIN) != 0)
        handle_fin (core, core->body_id);
    }
  return stream != NULL && n > 0;
}

void
mesh_yamux_handle_bytes (MeshYamux *core, const guint8 *data, gsize len, gint64 now_us)
{
  g_return_if_fail (core->input_len == 0);

  set_now (core, now_us);
  if (core->has_failed)
    return;
  core->heard_us = now_us;
  core->input = data;
  core->input_len = len;
}

static void
read_header (MeshYamux *core)
{
  gsize n = MIN (sizeof core->header - core->header_len, core->input_len);

  memcpy (core->header + core->header_len, core->input, n);
  core->header_len += n;
  core->input += n;
  core->input_len -= n;
  if (core->header_len < sizeof core->header)
    return;
  core->header_len = 0;
  handle_header (core);
}

gboolean
mesh_yamux_poll_event (MeshYamux *core, MeshYamuxEvent *event)
{
  for (;;)
    {
      if (core->n_events > 0)
        {
          *event = core->events[core->first_event];
          core->first_event = (core->first_event + 1) % MAX_QUEUED_EVENTS;
          core->n_events--;
          return TRUE;
        }
      if (core->has_failed || (core->input_len == 0 && !core->is_in_body))
        return FALSE;
      if (!core->is_in_body)
        read_header (core);
      else if (core->input_len == 0 && core->body_left > 0)
        return FALSE;
      else if (read_body (core, event))
        return TRUE;
    }
}

guint32
mesh_yamux_open_stream (MeshYamux *core, gint64 now_us, GError **error)
{
  Stream *stream;

  set_now (core, now_us);
  if (core->has_failed || core->is_refused || core->next_id > G_MAXINT32)
    {
      g_set_error_literal (error, MESH_ERROR, MESH_ERROR_CLOSED,
                           "The connection takes no new streams");
      return 0;
    }
  if (core->n_outbound >= core->config.max_outbound_streams)
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_BUSY,
                   "%u streams to this peer are open already", core->n_outbound);
      return 0;
    }
  stream = add_stream (core, core->next_id, FALSE);
  stream->pending_flags = FLAG_SYN;
  core->next_id += 2;
  return stream->id;
}

gsize
mesh_yamux_write (MeshYamux *core,
                  guint32 id,
                  const guint8 *data,
                  gsize len,
                  guint8 *out,
                  gsize out_size,
                  gsize *written)
{
  Stream *stream = find (core, id);
  gsize n = MIN (len, MESH_YAMUX_MAX_BODY);

  *written = 0;
  if (stream == NULL || out_size <= MESH_YAMUX_HEADER_BYTES)
    return 0;
  g_return_val_if_fail (!stream->is_fin_sent, 0);

  n = MIN (n, stream->send_window);
  n = MIN (n, out_size - MESH_YAMUX_HEADER_BYTES);
  if (n == 0)
    {
      stream->is_blocked = len > 0;
      return 0;
    }
  put_header (out, TYPE_DATA, take_flags (stream), id, (guint32) n);
  memcpy (out + MESH_YAMUX_HEADER_BYTES, data, n);
  stream->send_window -= n;
  *written = MESH_YAMUX_HEADER_BYTES + n;
  return n;
}

gsize
mesh_yamux_take_output (MeshYamux *core, guint8 *out, gsize out_size)
{
  gsize n = MIN (core->control->len, out_size);

  n -= n % MESH_YAMUX_HEADER_BYTES;
  if (n == 0)
    return 0;
  memcpy (out, core->control->data, n);
  g_byte_array_remove_range (core->control, 0, (guint) n);
  return n;
}

gboolean
mesh_yamux_has_output (const MeshYamux *core)
{
  return core->control->len > 0;
}

/* The reader took half a window in a short time: the window may be what holds it back. */
static void
grow_window (MeshYamux *core, Stream *stream)
{
  gint64 rtt_us = MAX (core->rtt_us, MIN_RTT_US);
  guint32 more
      = MIN (stream->receive_window, MESH_YAMUX_MAX_WINDOW - stream->receive_window);

  if (core->rtt_us < 0 || core->now_us - stream->update_us >= GROWTH_ROUND_TRIPS * rtt_us
      || core->growth + more > MESH_YAMUX_MAX_GROWTH)
    return;
  stream->receive_window += more;
  core->growth += more;
}

void
mesh_yamux_consume (MeshYamux *core, guint32 id, gsize n, gint64 now_us)
{
  Stream *stream = find (core, id);
  guint32 held;

  set_now (core, now_us);
  if (stream == NULL || n == 0)
    return;
  g_return_if_fail (n <= stream->n_unread);

  stream->n_unread -= (guint32) n;
  held = stream->n_unread + stream->receive_credit;
  g_assert (held <= stream->receive_window);
  if (stream->is_fin_received
      || stream->receive_window - held < stream->receive_window / 2)
    return;
  grow_window (core, stream);
  append_frame (core, TYPE_WINDOW, take_flags (stream), id,
                stream->receive_window - held);
  stream->receive_credit += stream->receive_window - held;
  stream->update_us = now_us;
}

void
mesh_yamux_finish (MeshYamux *core, guint32 id)
{
  Stream *stream = find (core, id);

  if (stream == NULL || stream->is_fin_sent)
    return;
  append_frame (core, TYPE_DATA, take_flags (stream) | FLAG_FIN, id, 0);
  stream->is_fin_sent = TRUE;
  if (stream->is_fin_received)
    remove_stream (core, stream);
}

void
mesh_yamux_reset (MeshYamux *core, guint32 id)
{
  Stream *stream = find (core, id);

  if (stream == NULL)
    return;
  if (stream->was_announced && !core->has_failed)
    append_frame (core, TYPE_WINDOW, FLAG_RST, id, 0);
  remove_stream (core, stream);
}

void
mesh_yamux_go_away (MeshYamux *core, MeshYamuxGoAway code)
{
  if (core->is_refusing)
    return;
  core->is_refusing = TRUE;
  append_frame (core, TYPE_GO_AWAY, 0, 0, code);
}

guint
mesh_yamux_get_n_streams (const MeshYamux *core)
{
  return g_hash_table_size (core->streams);
}

gint64
mesh_yamux_get_rtt_us (const MeshYamux *core)
{
  return core->rtt_us;
}

gint64
mesh_yamux_next_deadline_us (const MeshYamux *core)
{
  if (core->has_failed)
    return G_MAXINT64;
  if (core->ping_sent_us >= 0)
    return MAX (core->ping_sent_us, core->heard_us) + core->config.timeout_us;
  return core->ping_due_us;
}

void
mesh_yamux_handle_timeout (MeshYamux *core, gint64 now_us)
{
  set_now (core, now_us);
  if (now_us < mesh_yamux_next_deadline_us (core))
    return;
  if (core->ping_sent_us >= 0)
    {
      fail (core, MESH_ERROR_TIMED_OUT, "the peer has fallen silent");
      return;
    }
  append_frame (core, TYPE_PING, FLAG_SYN, 0, ++core->ping_value);
  core->ping_sent_us = now_us;
  core->ping_due_us = now_us + core->config.ping_interval_us;
}
