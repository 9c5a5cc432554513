/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */

/* Looking for updates, fetching, applying and skipping them. `update` and `apply` work
 * through the updates one after the other; one that fails does not keep back the rest. */
#include "config.h"

#include "proxy/shoal-format.h"
#include "shoal-dbus-names.h"

#include "ctl/shoalctl-operation.h"

#define UPDATE_INTERFACE SHOAL_DBUS_INTERFACE_PREFIX "Update"

static const ShoalctlField check_fields[] = {
  { "checked", "checked", "u", "Checked", 0 },
  { "available", "available", "u", "Updates", 0 },
  { NULL },
};

static const ShoalctlField update_fields[] = {
  { "app", "AppId", "s", "App", 0 },
  { "previous_version", "PreviousVersion", "s", "From", 0 },
  { "version", "NewVersion", "s", "To", 0 },
  { "state", "State", "s", "State", 0 },
  { "bytes_total", "BytesTotal", "t", "Size", SHOALCTL_VIEW_BYTES },
  { "bytes_to_fetch", "BytesToFetch", "t", "To fetch", SHOALCTL_VIEW_BYTES },
  { "bytes_fetched", "BytesFetched", "t", "Fetched", SHOALCTL_VIEW_BYTES },
  { "bytes_saved", "BytesSaved", "t", "Saved", SHOALCTL_VIEW_BYTES },
  { "chunks_total", "ChunksTotal", "u", NULL, 0 },
  { "chunks_to_fetch", "ChunksToFetch", "u", NULL, 0 },
  { "release_notes", "ReleaseNotes", "s", NULL, 0 },
  { "error", "ErrorName", "s", NULL, 0 },
  { "error_message", "ErrorMessage", "s", NULL, 0 },
  { "sources", "", "aa{sv}", "From whom", SHOALCTL_VIEW_SOURCES },
  { NULL },
};

static const ShoalctlField source_fields[] = {
  { "sources", "Sources", "aa{sv}", NULL, 0 },
  { NULL },
};

static const ShoalctlOption update_options[] = {
  { "apply", 0, SHOALCTL_OPTION_FLAG, NULL, "Apply what is staged" },
  { "no-check", 0, SHOALCTL_OPTION_FLAG, NULL,
    "Take the updates that are known already" },
  { NULL },
};

typedef struct
{
  GPtrArray *updates; /* (owned) (element-type GDBusProxy) */
  JsonArray *results; /* (owned) (nullable): one object for each that ended */
  JsonNode *sources;  /* (owned) (nullable): of the transfer that just ended */
  double seconds;     /* that it took */
  guint i;            /* of the update at work */
  gboolean is_fetching;
  gboolean is_applying;
  gboolean has_failed; /* the one at work */
} Batch;

static void work (ShoalctlSession *session);
static void apply_one (ShoalctlSession *session);

static void
batch_free (gpointer data)
{
  Batch *batch = data;

  g_clear_pointer (&batch->updates, g_ptr_array_unref);
  g_clear_pointer (&batch->results, json_array_unref);
  g_clear_pointer (&batch->sources, json_node_unref);
  g_free (batch);
}

static GVariant *
no_options (void)
{
  return g_variant_new ("(a{sv})", NULL);
}

static void
step_over (ShoalctlSession *session, GVariant *properties)
{
  Batch *batch = shoalctl_session_get_data (session);
  JsonObject *object
      = properties != NULL
            ? shoalctl_json_from_dict (properties, update_fields)
            : shoalctl_json_from_proxy (batch->updates->pdata[batch->i], update_fields);

  if (batch->sources != NULL)
    json_object_set_member (object, "sources", g_steal_pointer (&batch->sources));
  json_object_set_double_member (object, "seconds", batch->seconds);
  json_array_add_object_element (batch->results, object);
  batch->i++;
  batch->seconds = 0;
  work (session);
}

/* A fetch that was under way already, unasked, ends before applying. */
static gboolean
is_left_staged (ShoalctlSession *session, GVariant *properties)
{
  Batch *batch = shoalctl_session_get_data (session);
  const char *state = "";

  if (!batch->is_applying || batch->has_failed || properties == NULL)
    return FALSE;
  g_variant_lookup (properties, "State", "&s", &state);
  return g_str_equal (state, "staged");
}

static void
reread (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GVariant) reply
      = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);
  g_autoptr (GVariant) properties
      = reply != NULL ? g_variant_get_child_value (reply, 0) : NULL;

  if (is_left_staged (user_data, properties))
    apply_one (user_data);
  else
    step_over (user_data, properties);
}

/* What the proxy has may be up to a quarter of a second old. */
static void
ended_one (ShoalctlSession *session, const ShoalctlOperationEnd *end)
{
  Batch *batch = shoalctl_session_get_data (session);
  GDBusProxy *update = batch->updates->pdata[batch->i];

  batch->has_failed = end->error != NULL;
  if (end->error != NULL)
    shoalctl_session_warn (session, end->error);
  batch->seconds += end->seconds;
  if (end->properties != NULL && batch->sources == NULL)
    {
      g_autoptr (JsonObject) object
          = shoalctl_json_from_dict (end->properties, source_fields);

      batch->sources = json_node_copy (json_object_get_member (object, "sources"));
    }
  g_dbus_connection_call (
      g_dbus_proxy_get_connection (update), g_dbus_proxy_get_name (update),
      g_dbus_proxy_get_object_path (update), "org.freedesktop.DBus.Properties", "GetAll",
      g_variant_new ("(s)", UPDATE_INTERFACE), G_VARIANT_TYPE ("(a{sv})"),
      G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL, reread, session);
}

static void
apply_one (ShoalctlSession *session)
{
  Batch *batch = shoalctl_session_get_data (session);

  shoalctl_operation_begin (session, batch->updates->pdata[batch->i], "Apply",
                            no_options (), ended_one);
}

static void
end_batch (ShoalctlSession *session)
{
  Batch *batch = shoalctl_session_get_data (session);

  shoalctl_session_print_list (session, g_steal_pointer (&batch->results), update_fields,
                               batch->is_fetching ? "Everything is up to date."
                                                  : "Nothing is staged.");
  shoalctl_session_done (session);
}

static void
work (ShoalctlSession *session)
{
  Batch *batch = shoalctl_session_get_data (session);
  GDBusProxy *update;
  g_autofree char *state = NULL;

  if (batch->i == batch->updates->len)
    {
      end_batch (session);
      return;
    }
  update = batch->updates->pdata[batch->i];
  state = shoal_dbus_update_dup_state (SHOAL_DBUS_UPDATE (update));
  if (g_strcmp0 (state, "staged") == 0 && batch->is_applying)
    apply_one (session);
  else if (g_strcmp0 (state, "staged") == 0 || g_strcmp0 (state, "applied") == 0
           || !batch->is_fetching)
    step_over (session, NULL);
  else
    {
      GVariantBuilder options;

      g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
      g_variant_builder_add (&options, "{sv}", "apply",
                             g_variant_new_boolean (batch->is_applying));
      shoalctl_operation_begin (session, update, "Fetch",
                                g_variant_new ("(a{sv})", &options), ended_one);
    }
}

static gboolean
is_wanted (ShoalctlSession *session, GDBusProxy *update)
{
  Batch *batch = shoalctl_session_get_data (session);
  const char *const *words
      = shoalctl_arguments_get_words (shoalctl_session_get_arguments (session));
  const char *state = shoal_dbus_update_get_state (SHOAL_DBUS_UPDATE (update));

  if (!batch->is_fetching && words[0] == NULL && g_strcmp0 (state, "staged") != 0)
    return FALSE;
  return words[0] == NULL
         || g_strv_contains (words,
                             shoal_dbus_update_get_app_id (SHOAL_DBUS_UPDATE (update)));
}

/* Returns: (nullable): the first app named of which there is no update */
static const char *
find_missing (ShoalctlSession *session, GPtrArray *updates)
{
  const char *const *words
      = shoalctl_arguments_get_words (shoalctl_session_get_arguments (session));

  for (; *words != NULL; words++)
    {
      gboolean is_found = FALSE;

      for (guint i = 0; i < updates->len && !is_found; i++)
        is_found
            = g_strcmp0 (shoal_dbus_update_get_app_id (updates->pdata[i]), *words) == 0;
      if (!is_found)
        return *words;
    }
  return NULL;
}

static void
collect (ShoalctlSession *session)
{
  Batch *batch = shoalctl_session_get_data (session);
  g_autoptr (GPtrArray) all = shoalctl_session_list (session, UPDATE_INTERFACE);
  const char *missing;

  for (guint i = 0; i < all->len; i++)
    if (is_wanted (session, all->pdata[i]))
      g_ptr_array_add (batch->updates, g_object_ref (all->pdata[i]));
  missing = find_missing (session, batch->updates);
  if (missing != NULL && !batch->is_fetching)
    shoalctl_session_fail_text (session,
                                "There is no staged update of %s; fetch one: shoalctl "
                                "update %s",
                                missing, missing);
  else
    work (session);
}

static void
begin_batch (ShoalctlSession *session, gboolean is_fetching, gboolean is_applying)
{
  Batch *batch = g_new0 (Batch, 1);

  batch->updates = g_ptr_array_new_with_free_func (g_object_unref);
  batch->results = json_array_new ();
  batch->is_fetching = is_fetching;
  batch->is_applying = is_applying;
  shoalctl_session_set_data (session, batch, batch_free);
}

/* Whoever is told Busy need not look: an update is found already, and on its way. */
static gboolean
is_busy (const GError *error)
{
  g_autofree char *name = NULL;

  if (error == NULL || !g_dbus_error_is_remote_error (error))
    return FALSE;
  name = g_dbus_error_get_remote_error (error);
  return g_str_equal (name, SHOAL_DBUS_ERROR_PREFIX "Busy");
}

static void
checked_first (ShoalctlSession *session, const ShoalctlOperationEnd *end)
{
  if (is_busy (end->error) || shoalctl_operation_check (session, end))
    collect (session);
}

static void
run_update (ShoalctlSession *session)
{
  const char *const *words
      = shoalctl_arguments_get_words (shoalctl_session_get_arguments (session));
  const gboolean is_one = words[0] != NULL && words[1] == NULL;

  begin_batch (session, TRUE, shoalctl_session_has_option (session, "apply"));
  if (shoalctl_session_has_option (session, "no-check"))
    {
      collect (session);
      return;
    }
  shoalctl_operation_begin (
      session, G_DBUS_PROXY (shoalctl_session_get_manager (session)), "Check",
      g_variant_new ("(sa{sv})", is_one ? words[0] : "", NULL), checked_first);
}

static void
run_apply (ShoalctlSession *session)
{
  begin_batch (session, FALSE, TRUE);
  collect (session);
}

static void
checked (ShoalctlSession *session, const ShoalctlOperationEnd *end)
{
  g_autoptr (GPtrArray) updates = NULL;
  JsonArray *array = json_array_new ();
  JsonObject *object;

  if (!shoalctl_operation_check (session, end))
    {
      json_array_unref (array);
      return;
    }
  updates = shoalctl_session_list (session, UPDATE_INTERFACE);
  for (guint i = 0; i < updates->len; i++)
    json_array_add_object_element (
        array, shoalctl_json_from_proxy (updates->pdata[i], update_fields));
  object = shoalctl_json_from_dict (end->result, check_fields);
  json_object_set_array_member (object, "updates", json_array_ref (array));
  shoalctl_session_print_record (session, object, check_fields);
  if (!shoalctl_session_is_json (session) && updates->len > 0)
    shoalctl_session_print_list (session, json_array_ref (array), update_fields, "");
  json_array_unref (array);
  shoalctl_session_done (session);
}

static void
run_check (ShoalctlSession *session)
{
  const char *app = shoalctl_session_get_word (session, 0);

  shoalctl_operation_begin (
      session, G_DBUS_PROXY (shoalctl_session_get_manager (session)), "Check",
      g_variant_new ("(sa{sv})", app != NULL ? app : "", NULL), checked);
}

static void
run_skip (ShoalctlSession *session)
{
  const char *app = shoalctl_session_get_word (session, 0);
  g_autoptr (GDBusProxy) update
      = shoalctl_session_find (session, UPDATE_INTERFACE, "AppId", app);

  if (update == NULL)
    shoalctl_session_fail_text (
        session, "There is no update of %s to skip; see shoalctl list", app);
  else
    shoalctl_session_call_done (session, update, "Skip", NULL);
}

const ShoalctlCommand shoalctl_updates_commands[] = {
  { "check", "[APP]", 0, 1, "Look for updates now", NULL, run_check },
  { "update", "[APP…]", 0, G_MAXUINT, "Look for updates, fetch and stage them",
    update_options, run_update },
  { "apply", "[APP…]", 0, G_MAXUINT, "Switch to the staged versions", NULL, run_apply },
  { "skip", "APP", 1, 1, "Do not offer this update again", NULL, run_skip },
  { NULL },
};
