/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "sim/sim-loop.h"

#include <string.h>

typedef struct
{
  SimLoop *loop; /* (unowned) */
  GString *log;  /* (owned) */
} World;

static void
log_event (gpointer data, guint64 arg)
{
  World *world = data;

  g_string_append_printf (world->log, "%" G_GUINT64_FORMAT "@%" G_GINT64_FORMAT " ", arg,
                          sim_loop_get_now_us (world->loop));
  if (arg == 2)
    sim_loop_after (world->loop, 0, log_event, world, 20);
  if (arg == 9)
    sim_loop_stop (world->loop);
}

static void
test_order (void)
{
  g_autoptr (SimLoop) loop = sim_loop_new (1);
  g_autoptr (GString) log = g_string_new (NULL);
  World world = { loop, log };

  sim_loop_at (loop, 50, log_event, &world, 3);
  sim_loop_at (loop, 10, log_event, &world, 1);
  sim_loop_at (loop, 10, log_event, &world, 2);
  sim_loop_at (loop, 10, log_event, &world, 4);
  sim_loop_at (loop, 70, log_event, &world, 9);
  sim_loop_at (loop, 80, log_event, &world, 5);
  g_assert_true (sim_loop_run_until (loop, 60));
  g_assert_cmpstr (log->str, ==, "1@10 2@10 4@10 20@10 3@50 ");
  g_assert_cmpint (sim_loop_get_now_us (loop), ==, 60);
  g_assert_false (sim_loop_run_for (loop, 1000));
  g_assert_cmpint (sim_loop_get_now_us (loop), ==, 70);
  g_assert_true (sim_loop_run_until (loop, 1000));
  g_assert_cmpstr (log->str, ==, "1@10 2@10 4@10 20@10 3@50 9@70 5@80 ");
  g_assert_cmpuint (sim_loop_get_n_events (loop), ==, 7);
}

static guint64
trace_of (guint64 seed, const char *text)
{
  g_autoptr (SimLoop) loop = sim_loop_new (seed);
  g_autoptr (GBytes) bytes = g_bytes_new_static (text, strlen (text));

  sim_loop_note (loop, sim_loop_next_seed (loop));
  sim_loop_note_bytes (loop, bytes);
  return sim_loop_get_trace (loop);
}

static void
test_trace (void)
{
  g_assert_cmpuint (trace_of (7, "twelve bytes"), ==, trace_of (7, "twelve bytes"));
  g_assert_cmpuint (trace_of (7, "twelve bytes"), !=, trace_of (8, "twelve bytes"));
  g_assert_cmpuint (trace_of (7, "twelve bytes"), !=, trace_of (7, "twelve bytez"));
  g_assert_cmpuint (trace_of (7, "twelve bytes"), !=, trace_of (7, "Twelve bytes"));
  g_assert_cmpuint (trace_of (7, ""), !=, trace_of (7, "\1"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sim/loop/order", test_order);
  g_test_add_func ("/sim/loop/trace", test_trace);
  return g_test_run ();
}
