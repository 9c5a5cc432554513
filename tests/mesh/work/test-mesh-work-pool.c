/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "work/mesh-work-pool.h"

#include "base/mesh-error.h"

#define DEADLINE_S 300

static gboolean
late_cb (gpointer unused)
{
  g_assert_not_reached (); /* the job did not end in time */
  return G_SOURCE_REMOVE;
}

static void
result_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_assert_true (g_main_context_is_owner (g_main_context_default ()));
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static GAsyncResult *
wait_for (GAsyncResult **slot)
{
  guint deadline = g_timeout_add_seconds (DEADLINE_S, late_cb, NULL);

  while (*slot == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (deadline);
  return g_steal_pointer (slot);
}

static GThread *main_thread;

static gpointer
square (gpointer input, GCancellable *cancellable, GError **error)
{
  int value = GPOINTER_TO_INT (input);

  g_assert_true (g_thread_self () != main_thread);
  if (value < 0)
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_INVALID, "negative");
      return NULL;
    }
  return GINT_TO_POINTER (value * value);
}

static void
test_results (void)
{
  enum
  {
    N = 500
  };
  g_autoptr (MeshWorkPool) pool = mesh_work_pool_new (2);
  GAsyncResult *slots[N] = { NULL };

  g_assert_cmpuint (mesh_work_pool_get_n_threads (pool), ==, 2);
  for (int i = 0; i < N; i++)
    mesh_work_pool_run_async (pool, MESH_WORK_PRIORITY_DEFAULT, square,
                              GINT_TO_POINTER (i - 1), NULL, NULL, NULL, result_cb,
                              &slots[i]);
  for (int i = 0; i < N; i++)
    {
      g_autoptr (GAsyncResult) result = wait_for (&slots[i]);
      g_autoptr (GError) error = NULL;
      gpointer value = mesh_work_pool_run_finish (pool, result, &error);

      if (i == 0)
        g_assert_error (error, MESH_ERROR, MESH_ERROR_INVALID);
      else
        g_assert_no_error (error);
      g_assert_cmpint (GPOINTER_TO_INT (value), ==, i == 0 ? 0 : (i - 1) * (i - 1));
    }
}

/* Holds the only thread until it is let go. */
typedef struct
{
  GMutex lock;
  GCond cond;
  gboolean has_begun;
  gboolean may_go;
  GString *order;
} Gate;

static gpointer
hold_gate (gpointer input, GCancellable *cancellable, GError **error)
{
  Gate *gate = input;

  g_mutex_lock (&gate->lock);
  gate->has_begun = TRUE;
  g_cond_broadcast (&gate->cond);
  while (!gate->may_go)
    g_cond_wait (&gate->cond, &gate->lock);
  g_mutex_unlock (&gate->lock);
  return NULL;
}

static void
close_gate (Gate *gate, MeshWorkPool *pool, GAsyncResult **slot)
{
  g_mutex_init (&gate->lock);
  g_cond_init (&gate->cond);
  gate->order = g_string_new (NULL);
  mesh_work_pool_run_async (pool, MESH_WORK_PRIORITY_HIGH, hold_gate, gate, NULL, NULL,
                            NULL, result_cb, slot);
  g_mutex_lock (&gate->lock);
  while (!gate->has_begun)
    g_cond_wait (&gate->cond, &gate->lock);
  g_mutex_unlock (&gate->lock);
}

static void
open_gate (Gate *gate, GAsyncResult **slot)
{
  g_autoptr (GAsyncResult) result = NULL;

  g_mutex_lock (&gate->lock);
  gate->may_go = TRUE;
  g_cond_broadcast (&gate->cond);
  g_mutex_unlock (&gate->lock);
  result = wait_for (slot);
}

static void
clear_gate (Gate *gate)
{
  g_string_free (gate->order, TRUE);
  g_mutex_clear (&gate->lock);
  g_cond_clear (&gate->cond);
}

typedef struct
{
  Gate *gate;
  char letter;
} Letter;

static gpointer
write_letter (gpointer input, GCancellable *cancellable, GError **error)
{
  Letter *letter = input;

  g_mutex_lock (&letter->gate->lock);
  g_string_append_c (letter->gate->order, letter->letter);
  g_mutex_unlock (&letter->gate->lock);
  return NULL;
}

static void
test_priorities (void)
{
  static const int priorities[] = { MESH_WORK_PRIORITY_LOW, MESH_WORK_PRIORITY_DEFAULT,
                                    MESH_WORK_PRIORITY_DEFAULT, MESH_WORK_PRIORITY_HIGH };
  g_autoptr (MeshWorkPool) pool = mesh_work_pool_new (1);
  Letter letters[G_N_ELEMENTS (priorities)];
  GAsyncResult *slots[G_N_ELEMENTS (priorities)] = { NULL };
  GAsyncResult *gate_slot = NULL;
  Gate gate = { 0 };

  close_gate (&gate, pool, &gate_slot);
  for (gsize i = 0; i < G_N_ELEMENTS (priorities); i++)
    {
      letters[i] = (Letter){ &gate, (char) ('a' + i) };
      mesh_work_pool_run_async (pool, priorities[i], write_letter, &letters[i], NULL,
                                NULL, NULL, result_cb, &slots[i]);
    }
  g_assert_cmpuint (mesh_work_pool_get_n_queued (pool), ==, G_N_ELEMENTS (priorities));
  open_gate (&gate, &gate_slot);
  for (gsize i = 0; i < G_N_ELEMENTS (priorities); i++)
    {
      g_autoptr (GAsyncResult) result = wait_for (&slots[i]);
    }
  g_assert_cmpstr (gate.order->str, ==, "dbca");
  clear_gate (&gate);
}

static void
count_free (gpointer data)
{
  g_atomic_int_inc ((gint *) data);
}

static gpointer
must_not_run (gpointer input, GCancellable *cancellable, GError **error)
{
  g_assert_not_reached ();
}

/* Cancelled before it began: not run, but its input is freed. */
static void
test_cancel (void)
{
  g_autoptr (MeshWorkPool) pool = mesh_work_pool_new (1);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GAsyncResult *slot = NULL;
  GAsyncResult *gate_slot = NULL;
  Gate gate = { 0 };
  gint n_freed = 0;

  close_gate (&gate, pool, &gate_slot);
  mesh_work_pool_run_async (pool, MESH_WORK_PRIORITY_DEFAULT, must_not_run, &n_freed,
                            count_free, NULL, cancellable, result_cb, &slot);
  g_cancellable_cancel (cancellable);
  open_gate (&gate, &gate_slot);
  result = wait_for (&slot);
  g_assert_null (mesh_work_pool_run_finish (pool, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (n_freed, ==, 1);
  clear_gate (&gate);
}

/* Some work whose input is an address and whose result nobody looks at. */
static gpointer
pass_on (gpointer input, GCancellable *cancellable, GError **error)
{
  return input;
}

static void
test_bound (void)
{
  g_autoptr (MeshWorkPool) pool = mesh_work_pool_new (1);
  GAsyncResult *gate_slot = NULL;
  GAsyncResult **slots = g_new0 (GAsyncResult *, MESH_WORK_POOL_MAX_QUEUED + 1);
  Gate gate = { 0 };
  gint n_freed = 0;
  guint n_busy = 0;

  close_gate (&gate, pool, &gate_slot);
  for (guint i = 0; i <= MESH_WORK_POOL_MAX_QUEUED; i++)
    mesh_work_pool_run_async (pool, MESH_WORK_PRIORITY_DEFAULT, pass_on, &n_freed,
                              count_free, NULL, NULL, result_cb, &slots[i]);
  open_gate (&gate, &gate_slot);
  for (guint i = 0; i <= MESH_WORK_POOL_MAX_QUEUED; i++)
    {
      g_autoptr (GAsyncResult) result = wait_for (&slots[i]);
      g_autoptr (GError) error = NULL;

      if (mesh_work_pool_run_finish (pool, result, &error) == NULL
          && g_error_matches (error, MESH_ERROR, MESH_ERROR_BUSY))
        n_busy++;
    }
  g_assert_cmpuint (n_busy, ==, 1);
  g_clear_object (&pool);
  g_assert_cmpint (n_freed, ==, MESH_WORK_POOL_MAX_QUEUED + 1);
  g_free (slots);
  clear_gate (&gate);
}

int
main (int argc, char *argv[])
{
  main_thread = g_thread_self ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/work/pool/results", test_results);
  g_test_add_func ("/work/pool/priorities", test_priorities);
  g_test_add_func ("/work/pool/cancel", test_cancel);
  g_test_add_func ("/work/pool/bound", test_bound);
  return g_test_run ();
}
