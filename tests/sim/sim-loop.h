/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <glib.h>

#include "base/mesh-rng.h"

/* Virtual time: a queue of what happens when, and the trace of what has happened. Nothing
 * here or in what it runs reads a clock, so a run is decided by its seed alone. Events of
 * the same instant happen in the order they were planned in. */
typedef struct SimLoop SimLoop;

/* What a planned event does; @arg is the number it was planned with. */
typedef void (*SimCallback) (gpointer data, guint64 arg);

SimLoop *sim_loop_new (guint64 seed) G_GNUC_WARN_UNUSED_RESULT;
void sim_loop_free (SimLoop *loop);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimLoop, sim_loop_free)

guint64 sim_loop_get_seed (const SimLoop *loop);
gint64 sim_loop_get_now_us (const SimLoop *loop);

/* The random numbers of the world; a core gets one of its own, of sim_loop_next_seed().
 */
MeshRng *sim_loop_get_rng (SimLoop *loop);
guint64 sim_loop_next_seed (SimLoop *loop);

/**
 * sim_loop_at:
 * @when_us: not before now
 * @data: (unowned): lives until then
 *
 * There is no way to take an event back: what may have become void by then is told by
 * @arg, for instance a generation.
 */
void sim_loop_at (SimLoop *loop,
                  gint64 when_us,
                  SimCallback callback,
                  gpointer data,
                  guint64 arg);
void sim_loop_after (SimLoop *loop,
                     gint64 delay_us,
                     SimCallback callback,
                     gpointer data,
                     guint64 arg);

/**
 * sim_loop_run_until:
 *
 * Runs what is planned up to @until_us; then it is @until_us. Ends early, at the time of
 * the event that did it, by sim_loop_stop().
 *
 * Returns: whether it ended at @until_us
 */
gboolean sim_loop_run_until (SimLoop *loop, gint64 until_us);
gboolean sim_loop_run_for (SimLoop *loop, gint64 duration_us);
void sim_loop_stop (SimLoop *loop);

guint64 sim_loop_get_n_events (const SimLoop *loop);

/* Mixes a fact into the trace: two runs are the same when their traces are. */
void sim_loop_note (SimLoop *loop, guint64 fact);
void sim_loop_note_bytes (SimLoop *loop, GBytes *bytes);
guint64 sim_loop_get_trace (const SimLoop *loop);
