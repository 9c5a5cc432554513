/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "work/mesh-work-batch.h"

#include "base/mesh-error.h"

#define DEADLINE_S 300
#define MAX_GROUP 4

static guint largest_group;
static gint n_items_run;
static gint n_groups_run;

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
  g_atomic_int_inc (&n_groups_run);
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

/* However many threads are idle, a burst is not torn apart. */
static void
test_burst (void)
{
  g_autoptr (MeshWorkPool) pool = mesh_work_pool_new (4);
  g_autoptr (MeshWorkBatch) batch = mesh_work_batch_new (pool, double_all, MAX_GROUP);
  guint deadline = g_timeout_add_seconds (DEADLINE_S, late_cb, NULL);

  n_groups_run = 0;
  for (guint burst = 1; burst <= 50; burst++)
    {
      GAsyncResult *slots[MAX_GROUP] = { NULL };

      for (guint i = 0; i < MAX_GROUP; i++)
        mesh_work_batch_run_async (batch, MESH_WORK_PRIORITY_DEFAULT, g_new0 (int, 1),
                                   g_free, NULL, result_cb, &slots[i]);
      for (guint i = 0; i < MAX_GROUP; i++)
        {
          while (slots[i] == NULL)
            g_main_context_iteration (NULL, TRUE);
          g_free (mesh_work_batch_run_finish (batch, slots[i], NULL));
          g_object_unref (slots[i]);
        }
      g_assert_cmpint (g_atomic_int_get (&n_groups_run), ==, burst);
    }
  g_source_remove (deadline);
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

static GMutex lock;
static guint n_delivered;

static void
delivered_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  n_delivered++;
}

static gpointer
wait_for_lock (gpointer input, GCancellable *cancellable, GError **error)
{
  g_mutex_lock (input);
  g_mutex_unlock (input);
  return NULL;
}

/* A pool that takes no more work: who asked is told so, and all come back. */
static void
test_refused (void)
{
  enum
  {
    N = 10
  };
  g_autoptr (MeshWorkPool) pool = mesh_work_pool_new (1);
  g_autoptr (MeshWorkBatch) batch = mesh_work_batch_new (pool, double_all, MAX_GROUP);
  GAsyncResult *slots[N] = { NULL };
  guint deadline = g_timeout_add_seconds (DEADLINE_S, late_cb, NULL);
  guint n_pushed = 0;

  g_mutex_lock (&lock);
  for (; mesh_work_pool_get_n_queued (pool) < MESH_WORK_POOL_MAX_QUEUED; n_pushed++)
    mesh_work_pool_run_async (pool, MESH_WORK_PRIORITY_DEFAULT, wait_for_lock, &lock,
                              NULL, NULL, NULL, delivered_cb, NULL);
  for (guint i = 0; i < N; i++)
    mesh_work_batch_run_async (batch, MESH_WORK_PRIORITY_DEFAULT, g_new0 (int, 1), g_free,
                               NULL, result_cb, &slots[i]);
  for (guint i = 0; i < N; i++)
    {
      g_autoptr (GError) error = NULL;

      while (slots[i] == NULL)
        g_main_context_iteration (NULL, TRUE);
      g_assert_null (mesh_work_batch_run_finish (batch, slots[i], &error));
      g_assert_error (error, MESH_ERROR, MESH_ERROR_BUSY);
      g_object_unref (slots[i]);
    }
  g_mutex_unlock (&lock);
  while (n_delivered < n_pushed)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (deadline);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/work/batch/groups", test_groups);
  g_test_add_func ("/work/batch/burst", test_burst);
  g_test_add_func ("/work/batch/refused", test_refused);
  g_test_add_func ("/work/batch/cancel", test_cancel);
  return g_test_run ();
}
