/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
/* Dismissing tells the window which warning, and closes the dialog. */
#include "config.h"

#include "discover/shoal-split-view-dialog.h"

static void
activate_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  *(char **) user_data = g_variant_dup_string (parameter, NULL);
}

static GtkWidget *
parent_new (char **dismissed)
{
  static const GActionEntry entries[] = {
    { .name = "dismiss-split-view", .activate = activate_cb, .parameter_type = "s" },
  };
  GtkWidget *parent = adw_window_new ();
  g_autoptr (GSimpleActionGroup) group = g_simple_action_group_new ();

  g_action_map_add_action_entries (G_ACTION_MAP (group), entries, 1, dismissed);
  gtk_widget_insert_action_group (parent, "win", G_ACTION_GROUP (group));
  return parent;
}

static ShoalSplitView *
view_new (GListStore *list)
{
  g_autoptr (GVariant) dicts = g_variant_ref_sink (g_variant_new_parsed (
      "[{'id': <'7'>, 'app': <'org.example.X'>, 'kind': <'stale-master'>}]"));

  shoal_split_view_update_list (list, dicts);
  return shoal_split_view_find (G_LIST_MODEL (list), "org.example.X");
}

static void
test_dismiss (void)
{
  g_autofree char *dismissed = NULL;
  g_autoptr (GListStore) list = g_list_store_new (SHOAL_TYPE_SPLIT_VIEW);
  GtkWidget *parent = parent_new (&dismissed);
  GtkWidget *dialog = shoal_split_view_dialog_new (GTK_WINDOW (parent), view_new (list));
  g_autoptr (ShoalSplitView) view = NULL;
  gpointer gone = dialog;

  gtk_window_present (GTK_WINDOW (dialog));
  g_object_get (dialog, "split-view", &view, NULL);
  g_assert_cmpstr (shoal_split_view_get_id (view), ==, "7");
  g_object_add_weak_pointer (G_OBJECT (dialog), &gone);
  /* The warning itself may have gone before somebody presses. */
  g_list_store_remove_all (list);
  g_assert_true (gtk_widget_activate_action (dialog, "dialog.dismiss", NULL));
  g_assert_cmpstr (dismissed, ==, "7");
  while (gone != NULL)
    g_main_context_iteration (NULL, TRUE);
  gtk_window_destroy (GTK_WINDOW (parent));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add_func ("/shoal-split-view-dialog/dismiss", test_dismiss);
  return g_test_run ();
}
