/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "network/shoal-network-actions.h"

#include <glib/gi18n-lib.h>

#include "model/shoal-request.h"
#include "network/shoal-connect-dialog.h"

static ShoalClient *
get_client (gpointer window)
{
  return g_object_get_data (G_OBJECT (window), "shoal-network-client");
}

static void
connect_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  gtk_window_present (GTK_WINDOW (shoal_connect_dialog_new (GTK_WINDOW (user_data))));
}

static void
connect_to_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  ShoalClient *client = get_client (user_data);

  shoal_request_run (
      client, SHOAL_PROXY_OBJECT (shoal_client_get_node (client)), "Connect",
      g_variant_new ("(s@a{sv})", g_variant_get_string (parameter, NULL),
                     g_variant_new_array (G_VARIANT_TYPE ("{sv}"), NULL, 0)),
      _ ("Connected"), _ ("Could not connect to the peer"));
}

static void
disconnect_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  ShoalClient *client = get_client (user_data);
  ShoalPeer *peer = shoal_objects_find_peer (shoal_client_get_objects (client),
                                             g_variant_get_string (parameter, NULL));

  if (peer != NULL)
    shoal_request_run (client, SHOAL_PROXY_OBJECT (peer), "Disconnect", NULL, NULL,
                       _ ("Could not disconnect the peer"));
}

static const GActionEntry entries[] = {
  { .name = "connect", .activate = connect_cb },
  { .name = "connect-to", .activate = connect_to_cb, .parameter_type = "s" },
  { .name = "disconnect", .activate = disconnect_cb, .parameter_type = "s" },
};

void
shoal_network_actions_add (GtkApplicationWindow *window, ShoalClient *client)
{
  g_object_set_data_full (G_OBJECT (window), "shoal-network-client",
                          g_object_ref (client), g_object_unref);
  g_action_map_add_action_entries (G_ACTION_MAP (window), entries, G_N_ELEMENTS (entries),
                                   window);
}
