/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "bus/shoald-bus-list.h"

typedef struct
{
  GObject *item;     /* (owned) */
  gpointer exported; /* (owned) */
} Entry;

struct ShoaldBusList
{
  GListModel *model;  /* (owned) */
  GPtrArray *entries; /* (owned) (element-type Entry): in the order of the model */
  ShoaldBusExport export_item;
  GDestroyNotify unexport;
  gpointer user_data; /* (unowned) */
  gulong changed_id;
};

static void
remove_range (ShoaldBusList *list, guint position, guint n)
{
  for (guint i = position; i < position + n; i++)
    {
      Entry *entry = g_ptr_array_index (list->entries, i);

      list->unexport (entry->exported);
      g_object_unref (entry->item);
      g_free (entry);
    }
  if (n > 0)
    g_ptr_array_remove_range (list->entries, position, n);
}

static void
items_changed_cb (GListModel *model,
                  guint position,
                  guint n_removed,
                  guint n_added,
                  gpointer user_data)
{
  ShoaldBusList *list = user_data;

  remove_range (list, position, n_removed);
  for (guint i = 0; i < n_added; i++)
    {
      Entry *entry = g_new0 (Entry, 1);

      entry->item = g_list_model_get_item (model, position + i);
      entry->exported = list->export_item (entry->item, list->user_data);
      g_ptr_array_insert (list->entries, (int) (position + i), entry);
    }
}

ShoaldBusList *
shoald_bus_list_new (GListModel *model,
                     ShoaldBusExport export_item,
                     GDestroyNotify unexport,
                     gpointer user_data)
{
  ShoaldBusList *list = g_new0 (ShoaldBusList, 1);

  list->model = g_object_ref (model);
  list->entries = g_ptr_array_new ();
  list->export_item = export_item;
  list->unexport = unexport;
  list->user_data = user_data;
  list->changed_id
      = g_signal_connect (model, "items-changed", G_CALLBACK (items_changed_cb), list);
  items_changed_cb (model, 0, 0, g_list_model_get_n_items (model), list);
  return list;
}

void
shoald_bus_list_free (ShoaldBusList *list)
{
  if (list == NULL)
    return;
  g_clear_signal_handler (&list->changed_id, list->model);
  remove_range (list, 0, list->entries->len);
  g_ptr_array_unref (list->entries);
  g_object_unref (list->model);
  g_free (list);
}
