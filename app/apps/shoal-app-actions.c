/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "apps/shoal-app-actions.h"

#include <glib/gi18n-lib.h>

#include "model/shoal-request.h"

/* What an action calls on the daemon, and how to say that it failed. */
typedef struct
{
  const char *name;        /* of the action */
  gboolean is_of_update;   /* else of the app */
  const char *method;      /* on D-Bus */
  char args;               /* 'n'one, 'o'ptions, 't'rue, 'f'alse */
  const char *done_text;   /* (nullable): %s is the name of the app */
  const char *failed_text; /* %s is the name of the app */
} Command;

static const Command commands[] = {
  /* Translators: in all of these, %s is the name of an app */
  { "fetch", TRUE, "Fetch", 'o', NULL, N_ ("Could not download the update of “%s”") },
  { "cancel-fetch", TRUE, "Cancel", 'n', NULL,
    N_ ("Could not stop the download of “%s”") },
  { "apply", TRUE, "Apply", 'o', N_ ("“%s” is up to date now"),
    N_ ("Could not apply the update of “%s”") },
  { "skip", TRUE, "Skip", 'n', N_ ("This version of “%s” will not be offered again"),
    N_ ("Could not skip the update of “%s”") },
  { "unskip", FALSE, "Unskip", 'n',
    N_ ("“%s” will be offered that version again at the next check"),
    N_ ("Could not change “%s”") },
  { "roll-back", FALSE, "Rollback", 'o', N_ ("“%s” is back at its previous version"),
    N_ ("Could not roll back “%s”") },
  { "hold", FALSE, "Hold", 't', N_ ("“%s” stays at this version"),
    N_ ("Could not hold “%s”") },
  { "release", FALSE, "Hold", 'f', N_ ("“%s” gets updates again"),
    N_ ("Could not release “%s”") },
  { "check-app", FALSE, "Check", 'o', NULL, N_ ("Could not check “%s” for updates") },
};

static const Command remove_command = {
  "remove", FALSE, "Remove", 'o', N_ ("“%s” was removed"), N_ ("Could not remove “%s”")
};

static GVariant *
no_options (void)
{
  return g_variant_new_array (G_VARIANT_TYPE ("{sv}"), NULL, 0);
}

static GVariant *
command_args (const Command *command)
{
  if (command->args == 'n')
    return NULL;
  if (command->args == 'o')
    return g_variant_new ("(@a{sv})", no_options ());
  return g_variant_new ("(b)", command->args == 't');
}

/* The table above is the only source of these formats; each has one %s. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
static char *
format_name (const char *format, const char *name)
{
  return format != NULL ? g_strdup_printf (_ (format), name) : NULL;
}
#pragma GCC diagnostic pop

static void
run_command (ShoalClient *client, const Command *command, const char *app_id)
{
  ShoalObjects *objects = shoal_client_get_objects (client);
  ShoalApp *app = shoal_objects_find_app (objects, app_id);
  ShoalUpdate *update = shoal_objects_find_update (objects, app_id);
  gpointer object = command->is_of_update ? (gpointer) update : (gpointer) app;
  g_autofree char *name = NULL;
  g_autofree char *done_text = NULL;
  g_autofree char *failed_text = NULL;

  if (object == NULL)
    {
      shoal_client_notice (client, _ ("The app or its update is no longer there."));
      return;
    }
  name
      = command->is_of_update ? shoal_update_dup_name (update) : shoal_app_dup_name (app);
  done_text = format_name (command->done_text, name);
  failed_text = format_name (command->failed_text, name);
  shoal_request_run (client, SHOAL_PROXY_OBJECT (object), command->method,
                     command_args (command), done_text, failed_text);
}

static ShoalClient *
get_client (GSimpleAction *action)
{
  return g_object_get_data (G_OBJECT (action), "client");
}

static void
command_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  const Command *command = user_data;

  run_command (get_client (action), command, g_variant_get_string (parameter, NULL));
}

static char *
dup_activation_token (void)
{
  GdkDisplay *display = gdk_display_get_default ();
  g_autoptr (GdkAppLaunchContext) context = NULL;
  g_autoptr (GAppInfo) info = NULL;

  context = gdk_display_get_app_launch_context (display);
  info = g_app_info_create_from_commandline (
      "true", NULL, G_APP_INFO_CREATE_SUPPORTS_STARTUP_NOTIFICATION, NULL);
  return g_app_launch_context_get_startup_notify_id (G_APP_LAUNCH_CONTEXT (context), info,
                                                     NULL);
}

static void
launch_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  ShoalClient *client = get_client (action);
  const char *app_id = g_variant_get_string (parameter, NULL);
  ShoalApp *app = shoal_objects_find_app (shoal_client_get_objects (client), app_id);
  g_autofree char *token = dup_activation_token ();
  g_autofree char *name = NULL;
  g_autofree char *failed_text = NULL;
  GVariantBuilder options;

  if (app == NULL)
    return;
  name = shoal_app_dup_name (app);
  /* Translators: %s is the name of an app */
  failed_text = g_strdup_printf (_ ("Could not launch “%s”"), name);
  g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
  if (token != NULL)
    g_variant_builder_add (&options, "{sv}", "activation-token",
                           g_variant_new_string (token));
  shoal_request_run (client, SHOAL_PROXY_OBJECT (app), "Launch",
                     g_variant_new ("(a{sv})", &options), NULL, failed_text);
}

static void
remove_response_cb (AdwMessageDialog *dialog, const char *response, gpointer user_data)
{
  GSimpleAction *action = user_data;

  if (g_str_equal (response, "remove"))
    run_command (get_client (action), &remove_command,
                 g_object_get_data (G_OBJECT (dialog), "app-id"));
}

static void
remove_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  GtkWindow *window = g_object_get_data (G_OBJECT (action), "window");
  const char *app_id = g_variant_get_string (parameter, NULL);
  ShoalObjects *objects = shoal_client_get_objects (get_client (action));
  ShoalApp *app = shoal_objects_find_app (objects, app_id);
  g_autofree char *name = NULL;
  AdwMessageDialog *dialog;

  if (app == NULL)
    return;
  name = shoal_app_dup_name (app);
  dialog = ADW_MESSAGE_DIALOG (adw_message_dialog_new (window, NULL, NULL));
  /* Translators: %s is the name of an app */
  adw_message_dialog_format_heading (dialog, _ ("Remove “%s”?"), name);
  adw_message_dialog_set_body (
      dialog, _ ("All its versions and its menu entry go. Files you made "
                 "with it stay."));
  adw_message_dialog_add_responses (dialog, "cancel", _ ("_Cancel"), "remove",
                                    _ ("_Remove"), NULL);
  adw_message_dialog_set_response_appearance (dialog, "remove", ADW_RESPONSE_DESTRUCTIVE);
  g_object_set_data_full (G_OBJECT (dialog), "app-id", g_strdup (app_id), g_free);
  g_signal_connect_object (dialog, "response", G_CALLBACK (remove_response_cb), action,
                           0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
check_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  ShoalClient *client = get_client (action);

  shoal_request_run (client, SHOAL_PROXY_OBJECT (shoal_client_get_node (client)), "Check",
                     g_variant_new ("(s@a{sv})", "", no_options ()),
                     _ ("Checked for updates"), _ ("Could not check for updates"));
}

static void
add_action (GtkApplicationWindow *window,
            ShoalClient *client,
            const char *name,
            const GVariantType *type,
            GCallback callback,
            gpointer user_data)
{
  g_autoptr (GSimpleAction) action = g_simple_action_new (name, type);

  g_object_set_data_full (G_OBJECT (action), "client", g_object_ref (client),
                          g_object_unref);
  g_object_set_data (G_OBJECT (action), "window", window);
  g_signal_connect (action, "activate", callback, user_data);
  g_action_map_add_action (G_ACTION_MAP (window), G_ACTION (action));
}

void
shoal_app_actions_add (GtkApplicationWindow *window, ShoalClient *client)
{
  const GVariantType *string = G_VARIANT_TYPE_STRING;

  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    add_action (window, client, commands[i].name, string, G_CALLBACK (command_cb),
                (gpointer) &commands[i]);
  add_action (window, client, "launch", string, G_CALLBACK (launch_cb), NULL);
  add_action (window, client, "remove", string, G_CALLBACK (remove_cb), NULL);
  add_action (window, client, "check", NULL, G_CALLBACK (check_cb), NULL);
}

static void
append (GMenu *menu, const char *label, const char *action, const char *app_id)
{
  g_autoptr (GMenuItem) item = g_menu_item_new (label, NULL);

  g_menu_item_set_action_and_target (item, action, "s", app_id);
  g_menu_append_item (menu, item);
}

static gboolean
flag (gpointer object, const char *property)
{
  gboolean value = FALSE;

  if (object != NULL)
    g_object_get (object, property, &value, NULL);
  return value;
}

GMenuModel *
shoal_app_actions_create_menu (ShoalApp *app, ShoalUpdate *update)
{
  g_autoptr (GMenu) first = g_menu_new ();
  g_autoptr (GMenu) last = g_menu_new ();
  g_autofree char *app_id = NULL;
  GMenu *menu = g_menu_new ();

  app_id = app != NULL ? shoal_app_dup_id (app) : shoal_update_dup_app_id (update);
  if (app != NULL)
    append (first, _ ("_Details"), "win.show-app", app_id);
  if (flag (app, "can-launch") && update != NULL)
    append (first, _ ("_Launch"), "win.launch", app_id);
  if (flag (update, "can-skip"))
    append (first, _ ("_Skip This Version"), "win.skip", app_id);
  if (flag (app, "can-check") && update == NULL)
    append (first, _ ("_Check for Updates"), "win.check-app", app_id);
  if (flag (app, "can-roll-back") && update == NULL)
    append (first, _ ("Roll _Back"), "win.roll-back", app_id);
  if (flag (app, "can-hold") && flag (app, "is-installed"))
    append (first,
            flag (app, "is-held") ? _ ("_Get Updates Again")
                                  : _ ("_Hold at This Version"),
            flag (app, "is-held") ? "win.release" : "win.hold", app_id);
  if (flag (app, "can-remove") && update == NULL)
    append (last, _ ("_Remove…"), "win.remove", app_id);
  g_menu_append_section (menu, NULL, G_MENU_MODEL (first));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (last));
  return G_MENU_MODEL (menu);
}
