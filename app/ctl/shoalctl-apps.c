/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */

/* Installed apps. */
#include "config.h"

#include <string.h>

#include "proxy/shoal-format.h"
#include "shoal-dbus-names.h"

#include "ctl/shoalctl-operation.h"

#define APP_INTERFACE SHOAL_DBUS_INTERFACE_PREFIX "App"
#define UPDATE_INTERFACE SHOAL_DBUS_INTERFACE_PREFIX "Update"

static const ShoalctlField app_fields[] = {
  { "id", "Id", "s", "App", 0 },
  { "name", "Name", "s", "Name", 0 },
  { "version", "InstalledVersion", "s", "Version", 0 },
  { "update_version", "", "s", "Update", 0 },
  { "update_state", "", "s", "State of it", 0 },
  { "size", "SizeBytes", "t", "Size", SHOALCTL_VIEW_BYTES },
  { "state", "State", "s", "State", 0 },
  { "held", "Held", "b", "Held", 0 },
  { "published", "Published", "b", NULL, 0 },
  { "installed_time", "InstalledTime", "x", NULL, 0 },
  { "previous_version", "PreviousVersion", "s", NULL, 0 },
  { "skipped_version", "SkippedVersion", "s", NULL, 0 },
  { "channel", "Channel", "s", NULL, 0 },
  { "summary", "Summary", "s", NULL, 0 },
  { "publishers", "Publishers", "as", NULL, 0 },
  { "source", "Source", "s", NULL, 0 },
  { "icon_path", "IconPath", "s", NULL, 0 },
  { "desktop_id", "DesktopId", "s", NULL, 0 },
  { "release_notes", "ReleaseNotes", "s", NULL, 0 },
  { NULL },
};

static const ShoalctlField install_fields[] = {
  { "app", "app", "s", "App", 0 },
  { "version", "version", "s", "Version", 0 },
  { "bytes_fetched", "bytes-fetched", "t", "Fetched", SHOALCTL_VIEW_BYTES },
  { "bytes_saved", "bytes-saved", "t", "Saved", SHOALCTL_VIEW_BYTES },
  { "sources", "", "aa{sv}", "From", SHOALCTL_VIEW_SOURCES },
  { NULL },
};

static const ShoalctlField source_fields[] = {
  { "sources", "Sources", "aa{sv}", NULL, 0 },
  { NULL },
};

static const ShoalctlField version_fields[] = {
  { "version", "version", "s", "Version", 0 },
  { NULL },
};

static const ShoalctlField remove_fields[] = {
  { "freed_bytes", "freed-bytes", "t", "Freed", SHOALCTL_VIEW_BYTES },
  { NULL },
};

static const ShoalctlOption install_options[] = {
  { "channel", 0, SHOALCTL_OPTION_STRING, "NAME", "Release channel; default: stable" },
  { "publisher", 0, SHOALCTL_OPTION_STRING, "FINGERPRINT",
    "Key the release must be signed with, as shown by show" },
  { "stage", 0, SHOALCTL_OPTION_FLAG, NULL, "Only stage it; apply it later" },
  { NULL },
};

static GVariant *
no_options (void)
{
  return g_variant_new ("(a{sv})", NULL);
}

/* Returns: (transfer full) (nullable): the app that the first argument names; %NULL has
 * ended the session */
static GDBusProxy *
find_app (ShoalctlSession *session)
{
  const char *id = shoalctl_session_get_word (session, 0);
  GDBusProxy *app = shoalctl_session_find (session, APP_INTERFACE, "Id", id);

  if (app == NULL)
    shoalctl_session_fail_text (session, "There is no app %s here; see shoalctl list",
                                id);
  return app;
}

static void
installed (ShoalctlSession *session, const ShoalctlOperationEnd *end)
{
  g_autoptr (JsonObject) sources = NULL;
  JsonObject *object;

  if (!shoalctl_operation_check (session, end))
    return;
  object = shoalctl_json_from_dict (end->result, install_fields);
  sources = shoalctl_json_from_dict (end->properties, source_fields);
  json_object_set_member (object, "sources",
                          json_node_copy (json_object_get_member (sources, "sources")));
  json_object_set_double_member (object, "seconds", end->seconds);
  shoalctl_session_print_record (session, object, install_fields);
  shoalctl_session_done (session);
}

static void
run_install (ShoalctlSession *session)
{
  static const ShoalctlOptionKey keys[] = { { "channel", "channel", "s" },
                                            { "stage", "apply", "!b" },
                                            { "publisher", "publisher", "s" },
                                            { NULL } };
  g_autofree char *target = shoalctl_session_get_target (session, 0);
  g_autoptr (GVariantBuilder) options = shoalctl_operation_build_options (session, keys);

  shoalctl_operation_begin (
      session, G_DBUS_PROXY (shoalctl_session_get_manager (session)), "Install",
      g_variant_new ("(sa{sv})", target, options), installed);
}

static void
add_update (ShoalctlSession *session, JsonObject *object)
{
  g_autoptr (GDBusProxy) update = shoalctl_session_find (
      session, UPDATE_INTERFACE, "AppId", json_object_get_string_member (object, "id"));

  if (update == NULL)
    return;
  json_object_set_string_member (
      object, "update_version",
      shoal_dbus_update_get_new_version (SHOAL_DBUS_UPDATE (update)));
  json_object_set_string_member (
      object, "update_state", shoal_dbus_update_get_state (SHOAL_DBUS_UPDATE (update)));
}

static void
run_list (ShoalctlSession *session)
{
  g_autoptr (GPtrArray) apps = shoalctl_session_list (session, APP_INTERFACE);
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < apps->len; i++)
    {
      JsonObject *object = shoalctl_json_from_proxy (apps->pdata[i], app_fields);

      add_update (session, object);
      json_array_add_object_element (array, object);
    }
  shoalctl_session_print_list (session, array, app_fields, "No app is installed.");
  shoalctl_session_done (session);
}

static void
run_launch (ShoalctlSession *session)
{
  const char *const *words
      = shoalctl_arguments_get_words (shoalctl_session_get_arguments (session));
  const char *token = g_getenv ("XDG_ACTIVATION_TOKEN");
  g_autoptr (GDBusProxy) app = find_app (session);
  GVariantBuilder options;

  if (app == NULL)
    return;
  g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&options, "{sv}", "arguments",
                         g_variant_new_strv (words + 1, -1));
  if (token != NULL)
    g_variant_builder_add (&options, "{sv}", "activation-token",
                           g_variant_new_string (token));
  shoalctl_session_call_done (session, app, "Launch",
                              g_variant_new ("(a{sv})", &options));
}

static void
set_held (ShoalctlSession *session, gboolean is_held)
{
  g_autoptr (GDBusProxy) app = find_app (session);

  if (app != NULL)
    shoalctl_session_call_done (session, app, "Hold", g_variant_new ("(b)", is_held));
}

static void
run_hold (ShoalctlSession *session)
{
  set_held (session, TRUE);
}

static void
run_unhold (ShoalctlSession *session)
{
  set_held (session, FALSE);
}

static void
run_unskip (ShoalctlSession *session)
{
  g_autoptr (GDBusProxy) app = find_app (session);

  if (app != NULL)
    shoalctl_session_call_done (session, app, "Unskip", NULL);
}

static void
print_app_result (ShoalctlSession *session,
                  const ShoalctlOperationEnd *end,
                  const ShoalctlField *fields)
{
  JsonObject *object;

  if (!shoalctl_operation_check (session, end))
    return;
  object = shoalctl_json_from_dict (end->result, fields);
  json_object_set_string_member (object, "app", shoalctl_session_get_word (session, 0));
  json_object_set_double_member (object, "seconds", end->seconds);
  shoalctl_session_print_record (session, object, fields);
  shoalctl_session_done (session);
}

static void
rolled_back (ShoalctlSession *session, const ShoalctlOperationEnd *end)
{
  print_app_result (session, end, version_fields);
}

static void
run_rollback (ShoalctlSession *session)
{
  g_autoptr (GDBusProxy) app = find_app (session);

  if (app != NULL)
    shoalctl_operation_begin (session, app, "Rollback", no_options (), rolled_back);
}

static void
removed (ShoalctlSession *session, const ShoalctlOperationEnd *end)
{
  print_app_result (session, end, remove_fields);
}

static void
run_remove (ShoalctlSession *session)
{
  g_autoptr (GDBusProxy) app = find_app (session);

  if (app != NULL)
    shoalctl_operation_begin (session, app, "Remove", no_options (), removed);
}

const ShoalctlCommand shoalctl_apps_commands[] = {
  { "install", "TARGET", 1, 1,
    "Install an app by shoal: link, id, id@range or manifest file", install_options,
    run_install },
  { "list", "", 0, 0, "List the apps and their updates", NULL, run_list },
  { "launch", "APP [ARGUMENT…]", 1, G_MAXUINT, "Start an app", NULL, run_launch },
  { "rollback", "APP", 1, 1, "Go back to the version before", NULL, run_rollback },
  { "hold", "APP", 1, 1, "Keep an app at its version", NULL, run_hold },
  { "unhold", "APP", 1, 1, "Let an app be updated again", NULL, run_unhold },
  { "unskip", "APP", 1, 1, "Offer a skipped version again", NULL, run_unskip },
  { "remove", "APP", 1, 1, "Remove an app", NULL, run_remove },
  { NULL },
};
