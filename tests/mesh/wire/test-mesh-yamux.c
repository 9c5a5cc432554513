/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "wire/mesh-yamux.h"

#include <string.h>

#include "base/mesh-error.h"
#include "base/mesh-rng.h"

#define FRAME(type, flags, id, len) \
  { \
    0, type, 0, flags, 0, 0, 0, id, (guint8) ((guint32) (len) >> 24), \
        (guint8) ((guint32) (len) >> 16), (guint8) ((guint32) (len) >> 8), \
        (guint8) (len) \
  }

static MeshYamux *
make (gboolean is_client)
{
  MeshYamuxConfig config = MESH_YAMUX_CONFIG_DEFAULT;

  config.is_client = is_client;
  config.max_inbound_streams = 4;
  config.max_outbound_streams = 4;
  return mesh_yamux_new (&config, 0);
}

/* The type of the next event; data must be looked at with @event. */
static int
next (MeshYamux *core, MeshYamuxEvent *event)
{
  return mesh_yamux_poll_event (core, event) ? (int) event->type : -1;
}

static gboolean
took (MeshYamux *core, const guint8 expected[MESH_YAMUX_HEADER_BYTES])
{
  guint8 frame[MESH_YAMUX_HEADER_BYTES];

  return mesh_yamux_take_output (core, frame, sizeof frame) == sizeof frame
         && memcmp (frame, expected, sizeof frame) == 0;
}

static void
test_frames (void)
{
  static const guint8 ack[] = FRAME (1, 2, 1, 0), fin[] = FRAME (0, 4, 1, 0);
  g_autoptr (MeshYamux) client = make (TRUE), server = make (FALSE);
  g_autoptr (GError) error = NULL;
  MeshYamuxEvent event;
  guint8 out[64];
  gsize n;
  guint32 id = mesh_yamux_open_stream (client, 0, &error);

  g_assert_cmpuint (id, ==, 1);
  g_assert_cmpuint (
      mesh_yamux_write (client, id, (const guint8 *) "hello", 5, out, sizeof out, &n), ==,
      5);
  g_assert_cmpmem (out, n, "\0\0\0\1\0\0\0\1\0\0\0\5hello", 17);
  /* cut in the header and in the body */
  mesh_yamux_handle_bytes (server, out, 7, 0);
  g_assert_cmpint (next (server, &event), ==, -1);
  mesh_yamux_handle_bytes (server, out + 7, 7, 0);
  g_assert_cmpint (next (server, &event), ==, MESH_YAMUX_EVENT_OPENED);
  g_assert_cmpint (next (server, &event), ==, MESH_YAMUX_EVENT_DATA);
  g_assert_cmpmem (event.data, event.len, "he", 2);
  g_assert_cmpint (next (server, &event), ==, -1);
  mesh_yamux_handle_bytes (server, out + 14, 3, 0);
  g_assert_cmpint (next (server, &event), ==, MESH_YAMUX_EVENT_DATA);
  g_assert_cmpmem (event.data, event.len, "llo", 3);
  g_assert_true (took (server, ack));
  mesh_yamux_finish (server, 1);
  g_assert_true (took (server, fin));
  mesh_yamux_handle_bytes (client, fin, sizeof fin, 0);
  g_assert_cmpint (next (client, &event), ==, MESH_YAMUX_EVENT_FINISHED);
  mesh_yamux_finish (client, 1);
  g_assert_cmpuint (mesh_yamux_get_n_streams (client), ==, 0);
  g_assert_true (took (client, fin));
  mesh_yamux_handle_bytes (server, fin, sizeof fin, 0);
  g_assert_cmpint (next (server, &event), ==, MESH_YAMUX_EVENT_FINISHED);
  g_assert_cmpuint (mesh_yamux_get_n_streams (server), ==, 0);
}

static void
test_window (void)
{
  static const guint8 update[] = FRAME (1, 0, 1, 100);
  g_autoptr (MeshYamux) client = make (TRUE);
  g_autofree guint8 *data = g_malloc0 (MESH_YAMUX_INITIAL_WINDOW + 1);
  g_autofree guint8 *out = g_malloc (MESH_YAMUX_MAX_BODY + MESH_YAMUX_HEADER_BYTES);
  guint32 id = mesh_yamux_open_stream (client, 0, NULL);
  gsize total = 0, taken, n;
  MeshYamuxEvent event;

  while (
      (taken = mesh_yamux_write (client, id, data, MESH_YAMUX_INITIAL_WINDOW + 1 - total,
                                 out, MESH_YAMUX_MAX_BODY + MESH_YAMUX_HEADER_BYTES, &n))
      > 0)
    {
      g_assert_cmpuint (n, ==, taken + MESH_YAMUX_HEADER_BYTES);
      total += taken;
    }
  g_assert_cmpuint (total, ==, MESH_YAMUX_INITIAL_WINDOW);
  mesh_yamux_handle_bytes (client, update, sizeof update, 0);
  g_assert_cmpint (next (client, &event), ==, MESH_YAMUX_EVENT_WRITABLE);
  g_assert_cmpuint (mesh_yamux_write (client, id, data, 200, out, 1000, &n), ==, 100);
}

/* What is read in the middle of a frame is granted again, what is still to come of it is
 * not: that was granted with the window before. */
static void
test_window_in_frame (void)
{
  static const guint8 data[] = FRAME (0, 1, 1, 200000);
  static const guint8 update[] = FRAME (1, 0, 1, 150000),
                      rest[] = FRAME (1, 0, 1, 132144);
  static const guint8 ack[] = FRAME (1, 2, 1, 0);
  static const guint8 more[] = FRAME (0, 0, 1, 82144);
  g_autoptr (MeshYamux) server = make (FALSE);
  g_autofree guint8 *body = g_malloc0 (200000);
  MeshYamuxEvent event;

  mesh_yamux_handle_bytes (server, data, sizeof data, 0);
  g_assert_cmpint (next (server, &event), ==, MESH_YAMUX_EVENT_OPENED);
  g_assert_cmpint (next (server, &event), ==, -1);
  g_assert_true (took (server, ack));
  mesh_yamux_handle_bytes (server, body, 150000, 0);
  g_assert_cmpint (next (server, &event), ==, MESH_YAMUX_EVENT_DATA);
  g_assert_cmpint (next (server, &event), ==, -1);
  mesh_yamux_consume (server, 1, 150000, 0);
  g_assert_true (took (server, update));
  mesh_yamux_handle_bytes (server, body, 50000, 0);
  g_assert_cmpint (next (server, &event), ==, MESH_YAMUX_EVENT_DATA);
  g_assert_cmpint (next (server, &event), ==, -1);
  mesh_yamux_consume (server, 1, 50000, 0);
  g_assert_false (mesh_yamux_has_output (server));
  mesh_yamux_handle_bytes (server, more, sizeof more, 0);
  g_assert_cmpint (next (server, &event), ==, -1);
  mesh_yamux_handle_bytes (server, body, 82144, 0);
  g_assert_cmpint (next (server, &event), ==, MESH_YAMUX_EVENT_DATA);
  mesh_yamux_consume (server, 1, 82144, 0);
  g_assert_true (took (server, rest));
}

/* Half a window read quickly doubles it, read slowly does not. */
static void
test_growth (void)
{
  static const guint8 ping_ack[] = FRAME (2, 2, 0, 1);
  static const guint8 open[] = FRAME (1, 1, 1, 0);
  static const guint8 data[] = FRAME (0, 0, 1, MESH_YAMUX_INITIAL_WINDOW / 2);
  static const guint8 slow[] = FRAME (1, 0, 1, MESH_YAMUX_INITIAL_WINDOW / 2);
  static const guint8 fast[] = FRAME (1, 0, 1, MESH_YAMUX_INITIAL_WINDOW * 3 / 2);
  g_autofree guint8 *body = g_malloc0 (MESH_YAMUX_INITIAL_WINDOW / 2);

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (MeshYamux) server = make (FALSE);
      gint64 read_us = i == 0 ? 1000000 : 2200;
      MeshYamuxEvent event;
      guint8 frame[24];

      mesh_yamux_handle_timeout (server, 0);
      mesh_yamux_handle_bytes (server, ping_ack, sizeof ping_ack, 1000);
      g_assert_cmpint (next (server, &event), ==, -1);
      g_assert_cmpint (mesh_yamux_get_rtt_us (server), ==, 1000);
      mesh_yamux_handle_bytes (server, open, sizeof open, 1000);
      g_assert_cmpint (next (server, &event), ==, MESH_YAMUX_EVENT_OPENED);
      g_assert_cmpint (next (server, &event), ==, -1);
      g_assert_cmpuint (mesh_yamux_take_output (server, frame, 24), ==, 24);
      mesh_yamux_handle_bytes (server, data, sizeof data, 2000);
      g_assert_cmpint (next (server, &event), ==, -1);
      mesh_yamux_handle_bytes (server, body, MESH_YAMUX_INITIAL_WINDOW / 2, 2000);
      g_assert_cmpint (next (server, &event), ==, MESH_YAMUX_EVENT_DATA);
      mesh_yamux_consume (server, 1, event.len, read_us);
      g_assert_true (took (server, i == 0 ? slow : fast));
    }
}

static void
test_hostile (void)
{
  static const struct
  {
    const char *what;
    guint8 frames[2][MESH_YAMUX_HEADER_BYTES];
  } cases[] = {
    { "version", { { 1, 0, 0, 1, 0, 0, 0, 1 } } },
    { "type", { FRAME (4, 0, 0, 0) } },
    { "stream 0", { FRAME (0, 1, 0, 0) } },
    { "ping on a stream", { FRAME (2, 1, 1, 0) } },
    { "our own number", { FRAME (0, 1, 2, 0) } },
    { "opened twice", { FRAME (1, 1, 1, 0), FRAME (1, 1, 1, 0) } },
    { "beyond the window", { FRAME (0, 1, 1, MESH_YAMUX_INITIAL_WINDOW + 1) } },
    { "huge", { FRAME (0, 1, 1, 0xffffffff) } },
    { "window too far", { FRAME (1, 1, 1, 0), FRAME (1, 0, 1, 0xffffffff) } },
    { "after the end", { FRAME (1, 1 | 4, 1, 0), FRAME (0, 0, 1, 1) } },
  };
  static const guint8 go_away[] = FRAME (3, 0, 0, 1);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (MeshYamux) server = make (FALSE);
      g_autoptr (GError) error = NULL;
      guint8 frame[MESH_YAMUX_HEADER_BYTES], last[MESH_YAMUX_HEADER_BYTES] = { 0 };
      MeshYamuxEvent event = { 0 };
      int type;

      g_test_message ("%s", cases[i].what);
      mesh_yamux_handle_bytes (server, (const guint8 *) cases[i].frames,
                               sizeof cases[i].frames, 0);
      do
        type = next (server, &event);
      while (type != -1 && type != MESH_YAMUX_EVENT_FAILED);
      g_assert_cmpint (type, ==, MESH_YAMUX_EVENT_FAILED);
      error = event.error;
      g_assert_error (error, MESH_ERROR, MESH_ERROR_PROTOCOL);
      g_assert_cmpint (next (server, &event), ==, -1);
      while (mesh_yamux_take_output (server, frame, sizeof frame) > 0)
        memcpy (last, frame, sizeof last);
      g_assert_cmpmem (last, sizeof last, go_away, sizeof go_away);
      /* deaf from now on */
      mesh_yamux_handle_bytes (server, go_away, sizeof go_away, 0);
      g_assert_cmpint (next (server, &event), ==, -1);
      g_assert_cmpint (mesh_yamux_next_deadline_us (server), ==, G_MAXINT64);
    }
}

/* More streams than agreed are reset, and a peer that does not read that is cut off. */
static void
test_flood (void)
{
  g_autoptr (MeshYamux) server = make (FALSE);
  g_autoptr (GError) error = NULL;
  MeshYamuxEvent event = { 0 };
  guint n_opened = 0, i;
  int type = -1;

  for (i = 0; i < 20000 && type != MESH_YAMUX_EVENT_FAILED; i++)
    {
      guint8 frame[] = FRAME (1, 1, 1, 0);
      guint32 id = 2 * i + 1;

      frame[5] = (guint8) (id >> 16);
      frame[6] = (guint8) (id >> 8);
      frame[7] = (guint8) id;
      mesh_yamux_handle_bytes (server, frame, sizeof frame, 0);
      while ((type = next (server, &event)) != -1 && type != MESH_YAMUX_EVENT_FAILED)
        n_opened += type == MESH_YAMUX_EVENT_OPENED;
    }
  error = event.error;
  g_assert_error (error, MESH_ERROR, MESH_ERROR_LIMIT);
  g_assert_cmpuint (n_opened, ==, 4);
  g_assert_cmpuint (i, <=, MESH_YAMUX_MAX_CONTROL_BYTES / MESH_YAMUX_HEADER_BYTES + 1);
}

static void
test_limits (void)
{
  static const guint8 go_away[] = FRAME (3, 0, 0, 0);
  g_autoptr (MeshYamux) client = make (TRUE);
  g_autoptr (GError) busy = NULL, closed = NULL;
  MeshYamuxEvent event;

  for (guint i = 0; i < 4; i++)
    g_assert_cmpuint (mesh_yamux_open_stream (client, 0, NULL), ==, 2 * i + 1);
  g_assert_cmpuint (mesh_yamux_open_stream (client, 0, &busy), ==, 0);
  g_assert_error (busy, MESH_ERROR, MESH_ERROR_BUSY);
  /* nobody has heard of it, so nobody is told */
  mesh_yamux_reset (client, 1);
  g_assert_false (mesh_yamux_has_output (client));
  mesh_yamux_handle_bytes (client, go_away, sizeof go_away, 0);
  g_assert_cmpint (next (client, &event), ==, MESH_YAMUX_EVENT_GO_AWAY);
  g_assert_cmpuint (mesh_yamux_open_stream (client, 0, &closed), ==, 0);
  g_assert_error (closed, MESH_ERROR, MESH_ERROR_CLOSED);
}

static void
test_keepalive (void)
{
  static const guint8 ping[] = FRAME (2, 1, 0, 1), pong[] = FRAME (2, 2, 0, 9);
  static const guint8 theirs[] = FRAME (2, 1, 0, 9);
  g_autoptr (MeshYamux) core = make (TRUE);
  g_autoptr (GError) error = NULL;
  MeshYamuxEvent event;

  mesh_yamux_handle_bytes (core, theirs, sizeof theirs, 0);
  g_assert_cmpint (next (core, &event), ==, -1);
  g_assert_true (took (core, pong));
  g_assert_cmpint (mesh_yamux_next_deadline_us (core), ==, 0);
  mesh_yamux_handle_timeout (core, 0);
  g_assert_true (took (core, ping));
  g_assert_cmpint (mesh_yamux_next_deadline_us (core), ==, 20 * G_USEC_PER_SEC);
  mesh_yamux_handle_timeout (core, 20 * G_USEC_PER_SEC);
  g_assert_cmpint (next (core, &event), ==, MESH_YAMUX_EVENT_FAILED);
  error = event.error;
  g_assert_error (error, MESH_ERROR, MESH_ERROR_TIMED_OUT);
}

/* Two cores, a pipe that cuts anywhere, streams that are opened, written, read, finished
 * and reset at random: the bytes of a stream arrive in order, and no core ever complains.
 */
typedef struct
{
  MeshYamux *core;
  GByteArray *wire; /* to the other side */
  guint64 n_sent[64];
  guint64 n_received[64];
  guint64 n_unread[64];
  gboolean is_finished[64];
  gboolean is_dead[64];
} Side;

static guint8
pattern (guint32 id, guint64 offset)
{
  return (guint8) (id * 31 + offset * 7 + (offset >> 8));
}

static void
handle_events (Side *side)
{
  MeshYamuxEvent event;

  while (mesh_yamux_poll_event (side->core, &event))
    {
      g_assert_cmpint (event.type, !=, MESH_YAMUX_EVENT_FAILED);
      if (event.type == MESH_YAMUX_EVENT_RESET)
        side->is_dead[event.id] = TRUE;
      if (event.type != MESH_YAMUX_EVENT_DATA)
        continue;
      for (gsize i = 0; i < event.len; i++)
        g_assert_cmpuint (event.data[i], ==,
                          pattern (event.id, side->n_received[event.id] + i));
      side->n_received[event.id] += event.len;
      side->n_unread[event.id] += event.len;
    }
}

static void
deliver (Side *from, Side *to, gsize n, gint64 now_us)
{
  n = MIN (n, from->wire->len);
  mesh_yamux_handle_bytes (to->core, from->wire->data, n, now_us);
  handle_events (to);
  g_byte_array_remove_range (from->wire, 0, (guint) n);
}

static void
flush (Side *side)
{
  guint8 out[1200];
  gsize n;

  while ((n = mesh_yamux_take_output (side->core, out, sizeof out)) > 0)
    g_byte_array_append (side->wire, out, (guint) n);
}

static void
act (Side *side, MeshRng *rng, gint64 now_us)
{
  guint32 id = 1 + (guint32) mesh_rng_below (rng, 12);
  static guint8 data[70000], out[70000];
  gsize n, len = 1 + mesh_rng_below (rng, sizeof data);

  switch (mesh_rng_below (rng, 12))
    {
    case 0:
      if (mesh_yamux_open_stream (side->core, now_us, NULL) > 60)
        g_assert_not_reached ();
      break;
    case 1:
      if (side->n_sent[id] > 0 && mesh_rng_below (rng, 4) == 0)
        {
          mesh_yamux_finish (side->core, id);
          side->is_finished[id] = TRUE;
        }
      break;
    case 2:
      if (side->n_received[id] > 0 && mesh_rng_below (rng, 8) == 0)
        {
          mesh_yamux_reset (side->core, id);
          side->is_dead[id] = TRUE;
        }
      break;
    case 3:
    case 4:
    case 5:
    case 6:
      mesh_yamux_consume (side->core, id, side->n_unread[id], now_us);
      side->n_unread[id] = 0;
      break;
    default:
      if (side->is_finished[id])
        break;
      for (gsize i = 0; i < len; i++)
        data[i] = pattern (id, side->n_sent[id] + i);
      flush (side);
      side->n_sent[id]
          += mesh_yamux_write (side->core, id, data, len, out, sizeof out, &n);
      g_byte_array_append (side->wire, out, (guint) n);
    }
  flush (side);
}

static void
test_property (void)
{
  for (guint64 seed = 0; seed < 300; seed++)
    {
      MeshRng rng;
      Side a = { .core = make (TRUE), .wire = g_byte_array_new () };
      Side b = { .core = make (FALSE), .wire = g_byte_array_new () };
      gint64 now_us = 0;

      mesh_rng_init (&rng, seed);
      for (guint step = 0; step < 200; step++)
        {
          now_us += (gint64) mesh_rng_below (&rng, 2000);
          act (&a, &rng, now_us);
          act (&b, &rng, now_us);
          deliver (&a, &b, mesh_rng_below (&rng, 150000), now_us);
          deliver (&b, &a, mesh_rng_below (&rng, 150000), now_us);
        }
      /* drained, what lives has arrived whole */
      for (guint i = 0; i < 4; i++)
        {
          flush (&a);
          flush (&b);
          deliver (&a, &b, G_MAXSIZE, now_us);
          deliver (&b, &a, G_MAXSIZE, now_us);
        }
      for (guint32 id = 0; id < 64; id++)
        if (!a.is_dead[id] && !b.is_dead[id])
          {
            g_assert_cmpuint (a.n_sent[id], ==, b.n_received[id]);
            g_assert_cmpuint (b.n_sent[id], ==, a.n_received[id]);
          }
      mesh_yamux_free (a.core);
      mesh_yamux_free (b.core);
      g_byte_array_unref (a.wire);
      g_byte_array_unref (b.wire);
    }
}

/* Whatever comes in, the core stays in its bounds and fails once at most. */
static void
test_garbage (void)
{
  for (guint64 seed = 0; seed < 10000; seed++)
    {
      g_autoptr (MeshYamux) core = make (seed % 2 == 0);
      guint8 bytes[240];
      MeshRng rng;
      MeshYamuxEvent event;
      guint n_failed = 0;

      mesh_rng_init (&rng, seed);
      mesh_rng_fill (&rng, bytes, sizeof bytes);
      for (gsize i = 0; i + 12 <= sizeof bytes; i += 12)
        {
          memset (bytes + i, 0, 8);
          bytes[i + 1] = (guint8) mesh_rng_below (&rng, 4);
          bytes[i + 3] = (guint8) mesh_rng_below (&rng, 16);
          bytes[i + 7] = (guint8) mesh_rng_below (&rng, 6);
          if (mesh_rng_below (&rng, 8) > 0)
            memset (bytes + i + 8, 0, 3);
        }
      mesh_yamux_handle_bytes (core, bytes, sizeof bytes, 0);
      while (mesh_yamux_poll_event (core, &event))
        {
          g_assert_cmpuint (n_failed, ==, 0);
          n_failed += event.type == MESH_YAMUX_EVENT_FAILED;
          g_clear_error (&event.error);
        }
      g_assert_cmpuint (mesh_yamux_get_n_streams (core), <=, 8);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/yamux/frames", test_frames);
  g_test_add_func ("/wire/yamux/window", test_window);
  g_test_add_func ("/wire/yamux/window-in-frame", test_window_in_frame);
  g_test_add_func ("/wire/yamux/growth", test_growth);
  g_test_add_func ("/wire/yamux/hostile", test_hostile);
  g_test_add_func ("/wire/yamux/flood", test_flood);
  g_test_add_func ("/wire/yamux/limits", test_limits);
  g_test_add_func ("/wire/yamux/keepalive", test_keepalive);
  g_test_add_func ("/wire/yamux/property", test_property);
  g_test_add_func ("/wire/yamux/garbage", test_garbage);
  return g_test_run ();
}
