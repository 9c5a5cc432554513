/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */

/* The daemon itself: what it is and does, its settings, its end. */
#include "config.h"

#include <string.h>

#include "ctl/shoalctl-session.h"

static const ShoalctlField status_fields[] = {
  { "state", "State", "s", "State", 0 },
  { "agent_version", "AgentVersion", "s", "Version", 0 },
  { "peer_id", "PeerId", "s", "Peer id", 0 },
  { "did_key", "DidKey", "s", NULL, 0 },
  { "listen_addresses", "ListenAddresses", "as", "Listens on", 0 },
  { "observed_addresses", "ObservedAddresses", "as", "Seen as", 0 },
  { "sharing_mode", "SharingMode", "s", "Sharing", 0 },
  { "master_url", "MasterUrl", "s", "Master", 0 },
  { "master_state", "MasterState", "s", "Master is", 0 },
  { "mini_master", "MiniMaster", "b", NULL, 0 },
  { "http_address", "HttpAddress", "s", "HTTP on", 0 },
  { "gateways", "Gateways", "as", "Gateways", 0 },
  { "bootstrap", "Bootstrap", "as", "Bootstrap", 0 },
  { "registry_mode", "RegistryMode", "s", "Registry", 0 },
  { "catalog_size", "CatalogSize", "u", "Apps known", 0 },
  { "dht_mode", "DhtMode", "s", NULL, 0 },
  { "mdns", "Mdns", "b", NULL, 0 },
  { "announce", "Announce", "b", NULL, 0 },
  { "peer_count", "PeerCount", "u", "Peers", 0 },
  { "upload_bps", "UploadBps", "t", "Upload", SHOALCTL_VIEW_RATE },
  { "download_bps", "DownloadBps", "t", "Download", SHOALCTL_VIEW_RATE },
  { "bytes_uploaded", "BytesUploaded", "t", "Uploaded", SHOALCTL_VIEW_BYTES },
  { "bytes_downloaded", "BytesDownloaded", "t", "Downloaded", SHOALCTL_VIEW_BYTES },
  { "metered", "Metered", "b", "Metered", 0 },
  { "data_dir", "DataDir", "s", "Data", 0 },
  { "storage", "StorageStats", "a{sv}", NULL, 0 },
  { "last_check", "LastCheck", "x", "Last check", SHOALCTL_VIEW_SINCE },
  { NULL },
};

static const ShoalctlField storage_fields[] = {
  { "bytes", "bytes", "t", "Stored", SHOALCTL_VIEW_BYTES },
  { "blocks", "blocks", "t", "Blocks", 0 },
  { "references", "references", "t", NULL, 0 },
  { "referenced_bytes", "referenced-bytes", "t", "In apps", SHOALCTL_VIEW_BYTES },
  { "pinned_bytes", "pinned-bytes", "t", "Pinned", SHOALCTL_VIEW_BYTES },
  { "cache_bytes", "cache-bytes", "t", "Cache", SHOALCTL_VIEW_BYTES },
  { "limit_bytes", "limit-bytes", "t", NULL, 0 },
  { "free_bytes", "free-bytes", "t", "Disk free", SHOALCTL_VIEW_BYTES },
  { "evicted", "evicted", "t", NULL, 0 },
  { "dropped", "dropped", "t", NULL, 0 },
  { NULL },
};

static JsonObject *
make_storage (ShoalDBusManager *manager)
{
  g_autoptr (GVariant) stats = shoal_dbus_manager_dup_storage_stats (manager);
  g_autoptr (GVariant) none = g_variant_ref_sink (g_variant_new ("a{sv}", NULL));

  return shoalctl_json_from_dict (stats != NULL ? stats : none, storage_fields);
}

static void
run_status (ShoalctlSession *session)
{
  ShoalDBusManager *manager = shoalctl_session_get_manager (session);
  JsonObject *object = shoalctl_json_from_proxy (G_DBUS_PROXY (manager), status_fields);
  JsonObject *storage = make_storage (manager);

  json_object_set_object_member (object, "storage", json_object_ref (storage));
  shoalctl_session_print_record (session, object, status_fields);
  if (!shoalctl_session_is_json (session))
    shoalctl_session_print_record (session, json_object_ref (storage), storage_fields);
  json_object_unref (storage);
  shoalctl_session_done (session);
}

static void
run_shutdown (ShoalctlSession *session)
{
  shoalctl_session_call_done (
      session, G_DBUS_PROXY (shoalctl_session_get_manager (session)), "Quit", NULL);
}

/* Settings. Their types are those that GetConfig() tells, so that a daemon with more
 * settings needs no new shoalctl. */

static void
print_setting (ShoalctlSession *session, const char *key, GVariant *value)
{
  g_autofree char *text = NULL;

  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    text = g_variant_dup_string (value, NULL);
  else if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING_ARRAY))
    {
      g_autofree const char **list = g_variant_get_strv (value, NULL);

      text = g_strjoinv (" ", (char **) list);
    }
  else
    text = g_variant_print (value, FALSE);
  shoalctl_session_print_text (session, "%s = %s", key, text);
}

static int
compare_keys (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static void
print_settings (ShoalctlSession *session, GVariant *values)
{
  g_autoptr (GPtrArray) keys = g_ptr_array_new ();
  GVariantIter iter;
  const char *key;

  g_variant_iter_init (&iter, values);
  while (g_variant_iter_next (&iter, "{&sv}", &key, NULL))
    g_ptr_array_add (keys, (gpointer) key);
  g_ptr_array_sort (keys, compare_keys);
  for (guint i = 0; i < keys->len; i++)
    {
      g_autoptr (GVariant) value = g_variant_lookup_value (values, keys->pdata[i], NULL);

      print_setting (session, keys->pdata[i], value);
    }
}

static void
print_config (ShoalctlSession *session, GVariant *values)
{
  const char *key = shoalctl_session_get_word (session, 0);
  g_autoptr (GVariant) value
      = key != NULL ? g_variant_lookup_value (values, key, NULL) : NULL;

  if (key != NULL && value == NULL)
    {
      shoalctl_session_fail_text (
          session, "There is no setting “%s”; see shoalctl config get", key);
      return;
    }
  if (shoalctl_session_is_json (session))
    {
      g_autoptr (JsonNode) node
          = shoalctl_json_from_variant (key != NULL ? value : values);

      shoalctl_session_print_json (session, node);
    }
  else if (key != NULL)
    print_setting (session, key, value);
  else
    print_settings (session, values);
  shoalctl_session_done (session);
}

static void
config_got (ShoalctlSession *session, GVariant *reply)
{
  g_autoptr (GVariant) values = g_variant_get_child_value (reply, 0);

  print_config (session, values);
}

static void
run_config_get (ShoalctlSession *session)
{
  shoalctl_session_call (session, G_DBUS_PROXY (shoalctl_session_get_manager (session)),
                         "GetConfig", NULL, config_got);
}

static void
config_set (ShoalctlSession *session, GVariant *reply)
{
  g_autofree const char **keys = NULL;
  g_autofree char *list = NULL;

  g_variant_get (reply, "(^a&s)", &keys);
  if (shoalctl_session_is_json (session))
    {
      g_autoptr (JsonNode) node = shoalctl_json_from_variant (reply);
      JsonObject *object = json_object_new ();
      g_autoptr (JsonNode) root = json_node_init_object (json_node_alloc (), object);

      json_object_set_member (
          object, "restart_needed",
          json_node_copy (json_array_get_element (json_node_get_array (node), 0)));
      json_object_unref (object);
      shoalctl_session_print_json (session, root);
    }
  list = g_strjoinv (", ", (char **) keys);
  if (*list != '\0')
    shoalctl_session_print_text (
        session, "Saved; takes effect when the daemon starts again: %s", list);
  shoalctl_session_done (session);
}

static void
send_setting (ShoalctlSession *session, const char *key, GVariant *value)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&builder, "{sv}", key, value);
  shoalctl_session_call (session, G_DBUS_PROXY (shoalctl_session_get_manager (session)),
                         "SetConfig", g_variant_new ("(a{sv})", &builder), config_set);
}

/* Returns: (transfer full) (nullable): @words read as a value of @type */
static GVariant *
parse_setting (const char *type, const char *const *words)
{
  const char *first = words[0] != NULL ? words[0] : "";
  const gboolean is_true = g_str_equal (first, "true") || g_str_equal (first, "yes")
                           || g_str_equal (first, "on");
  const gboolean is_false = g_str_equal (first, "false") || g_str_equal (first, "no")
                            || g_str_equal (first, "off");

  if (g_str_equal (type, "as"))
    return g_variant_ref_sink (g_variant_new_strv (words, -1));
  if (words[0] != NULL && words[1] != NULL)
    return NULL;
  if (g_str_equal (type, "s"))
    return g_variant_ref_sink (g_variant_new_string (first));
  if (g_str_equal (type, "b"))
    return is_true || is_false ? g_variant_ref_sink (g_variant_new_boolean (is_true))
                               : NULL;
  return g_variant_parse (G_VARIANT_TYPE (type), first, NULL, NULL, NULL);
}

static void
types_got (ShoalctlSession *session, GVariant *reply)
{
  g_autoptr (GVariant) values = g_variant_get_child_value (reply, 0);
  const char *const *words
      = shoalctl_arguments_get_words (shoalctl_session_get_arguments (session));
  g_autoptr (GVariant) old = g_variant_lookup_value (values, words[0], NULL);
  g_autoptr (GVariant) value = NULL;

  if (old == NULL)
    {
      shoalctl_session_fail_text (
          session, "There is no setting “%s”; see shoalctl config get", words[0]);
      return;
    }
  value = parse_setting (g_variant_get_type_string (old), words + 1);
  if (value == NULL)
    shoalctl_session_fail_text (session,
                                "“%s” is no value for %s; see shoalctl config get %s",
                                words[1] != NULL ? words[1] : "", words[0], words[0]);
  else
    send_setting (session, words[0], value);
}

static void
run_config_set (ShoalctlSession *session)
{
  shoalctl_session_call (session, G_DBUS_PROXY (shoalctl_session_get_manager (session)),
                         "GetConfig", NULL, types_got);
}

/* Lists grow and shrink by one value; the daemon itself does it for bootstrap peers, so
 * that none is lost when two programs do it at once. */

/* Returns: (transfer full) (nullable): @list with @value added or removed; %NULL: it was
 *   not there */
static GVariant *
edit_list (GVariant *list, const char *value, gboolean is_adding)
{
  g_autofree const char **words = g_variant_get_strv (list, NULL);
  g_autoptr (GPtrArray) edited = g_ptr_array_new ();
  gboolean was_there = FALSE;

  for (gsize i = 0; words[i] != NULL; i++)
    if (g_str_equal (words[i], value))
      was_there = TRUE;
    else
      g_ptr_array_add (edited, (gpointer) words[i]);
  if (!is_adding && !was_there)
    return NULL;
  if (is_adding)
    g_ptr_array_add (edited, (gpointer) value);
  return g_variant_ref_sink (
      g_variant_new_strv ((const char *const *) edited->pdata, (gssize) edited->len));
}

static void
edit_setting (ShoalctlSession *session, GVariant *reply, gboolean is_adding)
{
  g_autoptr (GVariant) values = g_variant_get_child_value (reply, 0);
  const char *key = shoalctl_session_get_word (session, 0);
  const char *value = shoalctl_session_get_word (session, 1);
  g_autoptr (GVariant) list
      = g_variant_lookup_value (values, key, G_VARIANT_TYPE_STRING_ARRAY);
  g_autoptr (GVariant) edited = NULL;

  if (list == NULL)
    {
      shoalctl_session_fail_text (
          session, "There is no setting “%s” that is a list; see shoalctl config get",
          key);
      return;
    }
  edited = edit_list (list, value, is_adding);
  if (edited == NULL)
    shoalctl_session_fail_text (session, "“%s” is not in %s; see shoalctl config get %s",
                                value, key, key);
  else
    send_setting (session, key, edited);
}

static void
list_got_to_add (ShoalctlSession *session, GVariant *reply)
{
  edit_setting (session, reply, TRUE);
}

static void
list_got_to_remove (ShoalctlSession *session, GVariant *reply)
{
  edit_setting (session, reply, FALSE);
}

static void
bootstrap_edited (ShoalctlSession *session, GVariant *reply)
{
  g_autoptr (GVariant) none = g_variant_ref_sink (g_variant_new_parsed ("(@as [],)"));

  config_set (session, none);
}

static void
begin_edit (ShoalctlSession *session, gboolean is_adding)
{
  GDBusProxy *manager = G_DBUS_PROXY (shoalctl_session_get_manager (session));

  if (g_str_equal (shoalctl_session_get_word (session, 0), "bootstrap"))
    shoalctl_session_call (
        session, manager, is_adding ? "AddBootstrap" : "RemoveBootstrap",
        g_variant_new ("(s)", shoalctl_session_get_word (session, 1)), bootstrap_edited);
  else
    shoalctl_session_call (session, manager, "GetConfig", NULL,
                           is_adding ? list_got_to_add : list_got_to_remove);
}

static void
run_config_add (ShoalctlSession *session)
{
  begin_edit (session, TRUE);
}

static void
run_config_remove (ShoalctlSession *session)
{
  begin_edit (session, FALSE);
}

static void
run_sharing (ShoalctlSession *session)
{
  const char *mode = shoalctl_session_get_word (session, 0);
  static const ShoalctlField fields[]
      = { { "sharing_mode", "SharingMode", "s", "Sharing", 0 }, { NULL } };

  if (mode != NULL)
    {
      g_autoptr (GVariant) value = g_variant_ref_sink (g_variant_new_string (mode));

      send_setting (session, "sharing-mode", value);
      return;
    }
  shoalctl_session_print_record (
      session,
      shoalctl_json_from_proxy (G_DBUS_PROXY (shoalctl_session_get_manager (session)),
                                fields),
      fields);
  shoalctl_session_done (session);
}

const ShoalctlCommand shoalctl_status_commands[] = {
  { "status", "", 0, 0, "Show what the daemon is and does", NULL, run_status },
  { "sharing", "[on|off|download-only]", 0, 1,
    "Show or choose whether content is shared with peers", NULL, run_sharing },
  { "config get", "[KEY]", 0, 1, "Show the settings, or one of them", NULL,
    run_config_get },
  { "config set", "KEY [VALUE…]", 1, G_MAXUINT, "Change a setting", NULL,
    run_config_set },
  { "config add", "KEY VALUE", 2, 2, "Add to a setting that is a list, as bootstrap",
    NULL, run_config_add },
  { "config remove", "KEY VALUE", 2, 2, "Take out of a setting that is a list", NULL,
    run_config_remove },
  { "shutdown", "", 0, 0, "Stop the daemon", NULL, run_shutdown },
  { NULL },
};
