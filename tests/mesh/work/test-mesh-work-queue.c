/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "work/mesh-work-queue.h"

#include "base/mesh-error.h"

#define DEADLINE_S 300
#define N_TASKS 1000

typedef struct
{
  GThread *thread;
  GArray *order; /* (element-type int): only the queue's thread writes it */
  guint n_groups;
} Log;

static void
work (GTask *const *tasks, GError **errors, guint n, gpointer user_data)
{
  Log *log = user_data;

  g_assert_true (log->thread == NULL || log->thread == g_thread_self ());
  log->thread = g_thread_self ();
  log->n_groups++;
  g_assert_cmpuint (n, >=, 1);
  g_assert_cmpuint (n, <=, MESH_WORK_QUEUE_MAX_GROUP);
  for (guint i = 0; i < n; i++)
    {
      int value = GPOINTER_TO_INT (g_task_get_task_data (tasks[i]));

      g_array_append_val (log->order, value);
      if (value % 10 == 3)
        g_set_error (&errors[i], MESH_ERROR, MESH_ERROR_INVALID, "three");
    }
}

static guint n_done;

static void
done_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  int value = GPOINTER_TO_INT (user_data);
  gboolean is_good = g_task_propagate_boolean (G_TASK (result), &error);

  g_assert_cmpint (is_good, ==, value % 10 != 3);
  if (!is_good)
    g_assert_error (error, MESH_ERROR, MESH_ERROR_INVALID);
  g_assert_cmpuint (n_done, ==, (guint) value); /* in order */
  n_done++;
}

static gboolean
late_cb (gpointer unused)
{
  g_assert_not_reached (); /* the tasks did not return in time */
  return G_SOURCE_REMOVE;
}

static void
test_order (void)
{
  Log log = { .order = g_array_new (FALSE, FALSE, sizeof (int)) };
  MeshWorkQueue *queue = mesh_work_queue_start ("test", work, &log);
  guint deadline = g_timeout_add_seconds (DEADLINE_S, late_cb, NULL);

  for (int i = 0; i < N_TASKS; i++)
    {
      GTask *task = g_task_new (NULL, NULL, done_cb, GINT_TO_POINTER (i));

      g_task_set_task_data (task, GINT_TO_POINTER (i), NULL);
      mesh_work_queue_push (queue, task);
    }
  /* Stopping runs what is queued; answers come afterwards. */
  mesh_work_queue_stop (queue);
  g_assert_cmpuint (log.order->len, ==, N_TASKS);
  for (int i = 0; i < N_TASKS; i++)
    g_assert_cmpint (g_array_index (log.order, int, i), ==, i);
  g_assert_true (log.thread != g_thread_self ());
  g_assert_cmpuint (n_done, ==, 0);
  while (n_done < N_TASKS)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (deadline);
  g_array_unref (log.order);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/work/queue/order", test_order);
  return g_test_run ();
}
