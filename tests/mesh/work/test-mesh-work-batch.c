/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "work/mesh-work-batch.h"

#define DEADLINE_S 60
#define MAX_GROUP 4

static guint largest_group;
static gint n_items_run;

static void
double_all (gpointer *items, guint n_items)
{
  g_assert_cmpuint (n_items, >=, 1);
  g_assert_cmpuint (n_items, <=, MAX_GROUP);
  if (n_items > largest_group)
    largest_group = n_items;
  for (guint i = 0; i < n_items; i++)
    *(int *) items[i] *= 2;
  g_atomic_int_add (&n_items_run, (gint) n_items);
}

static void
result_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static gboolean
late_cb (gpointer unused)
{
  g_assert_not_reached (); /* the items did not come back in time */
  return G_SOURCE_REMOVE;
}

static void
test_groups (void)
{
  enum
  {
    N = 300
  };
  g_autoptr (MeshWorkPool) pool = mesh_work_pool_new (1);
  g_autoptr (MeshWorkBatch) batch = mesh_work_batch_new (pool, double_all, MAX_GROUP);
  GAsyncResult *slots[N] = { NULL };
  guint deadline = g_timeout_add_seconds (DEADLINE_S, late_cb, NULL);

  for (int i = 0; i < N; i++)
    mesh_work_batch_run_async (batch, MESH_WORK_PRIORITY_DEFAULT,
                               g_memdup2 (&i, sizeof i), g_free, NULL, result_cb,
                               &slots[i]);
  for (int i = 0; i < N; i++)
    {
      g_autoptr (GAsyncResult) result = NULL;
      g_autofree int *item = NULL;

      while (slots[i] == NULL)
        g_main_context_iteration (NULL, TRUE);
      result = slots[i];
      item = mesh_work_batch_run_finish (batch, result, NULL);
      g_assert_cmpint (*item, ==, 2 * i);
    }
  g_source_remove (deadline);
  /* One thread and all items there at once: they can only have come in groups. */
  g_assert_cmpuint (largest_group, ==, MAX_GROUP);
  g_assert_cmpint (n_items_run, ==, N);
}

/* Who has cancelled is told so; the item is freed. */
static void
test_cancel (void)
{
  g_autoptr (MeshWorkPool) pool = mesh_work_pool_new (1);
  g_autoptr (MeshWorkBatch) batch = mesh_work_batch_new (pool, double_all, MAX_GROUP);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  GAsyncResult *slot = NULL;
  guint deadline = g_timeout_add_seconds (DEADLINE_S, late_cb, NULL);

  g_cancellable_cancel (cancellable);
  mesh_work_batch_run_async (batch, MESH_WORK_PRIORITY_DEFAULT, g_new0 (int, 1), g_free,
                             cancellable, result_cb, &slot);
  while (slot == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (deadline);
  result = slot;
  g_assert_null (mesh_work_batch_run_finish (batch, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/work/batch/groups", test_groups);
  g_test_add_func ("/work/batch/cancel", test_cancel);
  return g_test_run ();
}
