/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "bus/shoald-bus-list.h"

/* Exports are marks: each says which item it stands for and whether it is still there. */
typedef struct
{
  GObject *item; /* (unowned) */
  GPtrArray *alive;
} Mark;

static gpointer
export_cb (GObject *item, gpointer user_data)
{
  Mark *mark = g_new0 (Mark, 1);

  mark->item = item;
  mark->alive = user_data;
  g_ptr_array_add (mark->alive, item);
  return mark;
}

static void
unexport_cb (gpointer data)
{
  Mark *mark = data;

  /* The item is still there when its export goes. */
  g_assert_true (G_IS_OBJECT (mark->item));
  g_assert_true (g_ptr_array_remove (mark->alive, mark->item));
  g_free (mark);
}

static void
test_follow (void)
{
  g_autoptr (GListStore) store = g_list_store_new (G_TYPE_OBJECT);
  g_autoptr (GPtrArray) alive = g_ptr_array_new ();
  g_autoptr (GRand) rand = g_rand_new_with_seed (5);
  ShoaldBusList *list;

  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (GObject) item = g_object_new (G_TYPE_OBJECT, NULL);

      g_list_store_append (store, item);
    }
  list = shoald_bus_list_new (G_LIST_MODEL (store), export_cb, unexport_cb, alive);
  g_assert_cmpuint (alive->len, ==, 3);
  for (guint i = 0; i < 1000; i++)
    {
      guint n = g_list_model_get_n_items (G_LIST_MODEL (store));
      guint at = (guint) g_rand_int_range (rand, 0, (gint32) n + 1);

      if (at < n && g_rand_boolean (rand))
        g_list_store_remove (store, at);
      else
        {
          g_autoptr (GObject) item = g_object_new (G_TYPE_OBJECT, NULL);

          g_list_store_insert (store, at, item);
        }
      n = g_list_model_get_n_items (G_LIST_MODEL (store));
      g_assert_cmpuint (alive->len, ==, n);
      for (guint j = 0; j < n; j++)
        {
          g_autoptr (GObject) item = g_list_model_get_item (G_LIST_MODEL (store), j);

          g_assert_true (g_ptr_array_find (alive, item, NULL));
        }
    }
  g_list_store_remove_all (store);
  g_assert_cmpuint (alive->len, ==, 0);
  shoald_bus_list_free (list);
}

static void
test_free (void)
{
  g_autoptr (GListStore) store = g_list_store_new (G_TYPE_OBJECT);
  g_autoptr (GPtrArray) alive = g_ptr_array_new ();
  g_autoptr (GObject) item = g_object_new (G_TYPE_OBJECT, NULL);
  ShoaldBusList *list
      = shoald_bus_list_new (G_LIST_MODEL (store), export_cb, unexport_cb, alive);

  g_list_store_append (store, item);
  g_assert_cmpuint (alive->len, ==, 1);
  shoald_bus_list_free (list);
  g_assert_cmpuint (alive->len, ==, 0);
  /* Nobody listens any more. */
  g_list_store_append (store, item);
  g_assert_cmpuint (alive->len, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/shoald/bus-list/follow", test_follow);
  g_test_add_func ("/shoald/bus-list/free", test_free);
  return g_test_run ();
}
