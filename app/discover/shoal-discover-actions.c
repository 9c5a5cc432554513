/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "discover/shoal-discover-actions.h"

#include <glib/gi18n-lib.h>

#include "model/shoal-request.h"
#include "discover/shoal-split-view-dialog.h"

static ShoalClient *
get_client (gpointer window)
{
  return g_object_get_data (G_OBJECT (window), "shoal-discover-client");
}

static ShoalSplitView *
find_split_view (ShoalClient *client, const char *id)
{
  GListModel *list = shoal_node_get_split_views (shoal_client_get_node (client));
  guint n_views = g_list_model_get_n_items (list);

  for (guint i = 0; i < n_views; i++)
    {
      g_autoptr (ShoalSplitView) view = g_list_model_get_item (list, i);

      if (g_str_equal (shoal_split_view_get_id (view), id))
        return view; /* the list keeps it */
    }
  return shoal_split_view_find (list, id);
}

static void
show_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  ShoalSplitView *view
      = find_split_view (get_client (user_data), g_variant_get_string (parameter, NULL));

  if (view != NULL)
    gtk_window_present (
        GTK_WINDOW (shoal_split_view_dialog_new (GTK_WINDOW (user_data), view)));
}

static void
dismiss_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  ShoalClient *client = get_client (user_data);

  shoal_request_run (client, SHOAL_PROXY_OBJECT (shoal_client_get_node (client)),
                     "DismissSplitView",
                     g_variant_new ("(s)", g_variant_get_string (parameter, NULL)), NULL,
                     _ ("Could not dismiss the warning"));
}

static const GActionEntry entries[] = {
  { .name = "show-split-view", .activate = show_cb, .parameter_type = "s" },
  { .name = "dismiss-split-view", .activate = dismiss_cb, .parameter_type = "s" },
};

void
shoal_discover_actions_add (GtkApplicationWindow *window, ShoalClient *client)
{
  g_object_set_data_full (G_OBJECT (window), "shoal-discover-client",
                          g_object_ref (client), g_object_unref);
  g_action_map_add_action_entries (G_ACTION_MAP (window), entries, G_N_ELEMENTS (entries),
                                   window);
}
