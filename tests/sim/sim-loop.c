/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "sim/sim-loop.h"

#include <string.h>

#include "base/mesh-heap.h"
#include "sim/sim-random.h"

typedef struct
{
  SimCallback callback;
  gpointer data; /* (unowned) */
  guint64 arg;
} Event;

struct SimLoop
{
  guint64 seed;
  MeshRng rng;
  MeshHeap *heap; /* (owned): times of slots */
  GArray *events; /* (owned) (element-type Event): slots, used again */
  GArray *unused; /* (owned) (element-type guint): free slots */
  gint64 now_us;
  guint64 n_events;
  guint64 trace;
  gboolean is_stopped;
};

SimLoop *
sim_loop_new (guint64 seed)
{
  SimLoop *loop = g_new0 (SimLoop, 1);

  loop->seed = seed;
  mesh_rng_init (&loop->rng, seed);
  loop->heap = mesh_heap_new ();
  loop->events = g_array_new (FALSE, FALSE, sizeof (Event));
  loop->unused = g_array_new (FALSE, FALSE, sizeof (guint));
  return loop;
}

void
sim_loop_free (SimLoop *loop)
{
  mesh_heap_free (loop->heap);
  g_array_unref (loop->events);
  g_array_unref (loop->unused);
  g_free (loop);
}

guint64
sim_loop_get_seed (const SimLoop *loop)
{
  return loop->seed;
}

gint64
sim_loop_get_now_us (const SimLoop *loop)
{
  return loop->now_us;
}

MeshRng *
sim_loop_get_rng (SimLoop *loop)
{
  return &loop->rng;
}

guint64
sim_loop_next_seed (SimLoop *loop)
{
  return mesh_rng_next (&loop->rng);
}

void
sim_loop_at (SimLoop *loop,
             gint64 when_us,
             SimCallback callback,
             gpointer data,
             guint64 arg)
{
  Event event = { callback, data, arg };
  guint slot = loop->events->len;

  g_assert (when_us >= loop->now_us);
  if (loop->unused->len > 0)
    {
      slot = g_array_index (loop->unused, guint, loop->unused->len - 1);
      g_array_set_size (loop->unused, loop->unused->len - 1);
      g_array_index (loop->events, Event, slot) = event;
    }
  else
    g_array_append_val (loop->events, event);
  mesh_heap_push (loop->heap, when_us, slot);
}

void
sim_loop_after (SimLoop *loop,
                gint64 delay_us,
                SimCallback callback,
                gpointer data,
                guint64 arg)
{
  sim_loop_at (loop, loop->now_us + delay_us, callback, data, arg);
}

static void
run_next (SimLoop *loop)
{
  gint64 when_us;
  guint64 id;
  guint slot;
  Event event;

  mesh_heap_pop (loop->heap, &when_us, &id);
  slot = (guint) id;
  event = g_array_index (loop->events, Event, slot);
  g_array_append_val (loop->unused, slot);
  loop->now_us = when_us;
  loop->n_events++;
  event.callback (event.data, event.arg);
}

gboolean
sim_loop_run_until (SimLoop *loop, gint64 until_us)
{
  gint64 when_us;

  loop->is_stopped = FALSE;
  while (mesh_heap_peek (loop->heap, &when_us, NULL) && when_us <= until_us)
    {
      run_next (loop);
      if (loop->is_stopped)
        return FALSE;
    }
  loop->now_us = MAX (loop->now_us, until_us);
  return TRUE;
}

gboolean
sim_loop_run_for (SimLoop *loop, gint64 duration_us)
{
  return sim_loop_run_until (loop, loop->now_us + duration_us);
}

void
sim_loop_stop (SimLoop *loop)
{
  loop->is_stopped = TRUE;
}

guint64
sim_loop_get_n_events (const SimLoop *loop)
{
  return loop->n_events;
}

void
sim_loop_note (SimLoop *loop, guint64 fact)
{
  loop->trace = sim_random_mix (loop->trace ^ fact);
}

void
sim_loop_note_bytes (SimLoop *loop, GBytes *bytes)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (bytes, &len);
  guint64 hash = sim_random_mix (len);

  for (; len >= 8; data += 8, len -= 8)
    {
      guint64 word;

      memcpy (&word, data, 8);
      hash = (hash ^ word) * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
      hash ^= hash >> 29;
    }
  for (; len > 0; data++, len--)
    hash = (hash ^ *data) * G_GUINT64_CONSTANT (0x100000001b3);
  sim_loop_note (loop, hash);
}

guint64
sim_loop_get_trace (const SimLoop *loop)
{
  return loop->trace;
}
