/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "transfers/shoal-transfer-actions.h"

#include <glib/gi18n-lib.h>

#include "model/shoal-request.h"

static void
cancel_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  ShoalClient *client = user_data;
  ShoalJob *job = shoal_objects_find_job (shoal_client_get_objects (client),
                                          g_variant_get_string (parameter, NULL));

  if (job != NULL && shoal_job_is_active (job))
    shoal_request_run (client, SHOAL_PROXY_OBJECT (job), "Cancel", NULL, NULL,
                       _ ("Could not cancel the transfer"));
}

static void
clear_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  shoal_objects_clear_ended_jobs (shoal_client_get_objects (user_data));
}

static const GActionEntry entries[] = {
  { .name = "cancel-transfer", .activate = cancel_cb, .parameter_type = "s" },
  { .name = "clear-transfers", .activate = clear_cb },
};

void
shoal_transfer_actions_add (GtkApplicationWindow *window, ShoalClient *client)
{
  g_action_map_add_action_entries (G_ACTION_MAP (window), entries, G_N_ELEMENTS (entries),
                                   client);
}
