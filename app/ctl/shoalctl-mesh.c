/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */

/* How the node stands in the mesh, and what does not agree there. */
#include "config.h"

#include "ctl/shoalctl-session.h"

/* GetMeshStatus() is a dictionary of dictionaries; a part that the daemon does not know
 * is missing and then not shown. */

static const ShoalctlField registry_fields[] = {
  { "mode", "mode", "s", "Registry", 0 },
  { "announcements", "announcements", "u", "Apps known", 0 },
  { "announced", "announced", "u", "Apps announced", 0 },
  { "received", "received", "t", "Announcements", 0 },
  { "refused", "refused", "t", "Refused", 0 },
  { "last_received", "last-received", "x", "The last", SHOALCTL_VIEW_SINCE },
  { NULL },
};

static const ShoalctlField dht_fields[] = {
  { "setting", "setting", "s", "DHT is to be", 0 },
  { "mode", "mode", "s", "DHT is", 0 },
  { "provided", "provided", "u", "Provided", 0 },
  { NULL },
};

static const ShoalctlField table_fields[] = {
  { "protocol", "protocol", "s", "Protocol", 0 },
  { "mode", "mode", "s", "Mode", 0 },
  { "peers", "peers", "u", "Peers", 0 },
  { "records", "records", "u", "Records", 0 },
  { "lookups", "lookups", "t", "Lookups", 0 },
  { "failed_lookups", "failed-lookups", "t", "Failed", 0 },
  { NULL },
};

static const ShoalctlField topic_fields[] = {
  { "topic", "topic", "s", "Topic", 0 },
  { "peers", "peers", "u", "Peers", 0 },
  { "mesh", "mesh", "u", "In mesh", 0 },
  { "delivered", "delivered", "t", "Messages", 0 },
  { NULL },
};

static const ShoalctlField mdns_fields[] = {
  { "running", "running", "b", "mDNS", 0 },
  { "backend", "backend", "s", "By", 0 },
  { "found", "found", "u", "Found by it", 0 },
  { NULL },
};

static const ShoalctlField bootstrap_fields[] = {
  { "address", "address", "s", "Bootstrap", 0 },
  { "state", "state", "s", "State", 0 },
  { "origin", "origin", "s", "From", 0 },
  { NULL },
};

static const ShoalctlField peers_fields[] = {
  { "connected", "connected", "u", "Peers", 0 },
  { "lan", "lan", "u", "On the LAN", 0 },
  { "internet", "internet", "u", "Internet", 0 },
  { "relayed", "relayed", "u", "Relayed", 0 },
  { "mini_masters", "mini-masters", "u", "Mini-masters", 0 },
  { "known", "known", "u", "Ever met", 0 },
  { NULL },
};

static const ShoalctlField net_fields[] = {
  { "reachability", "reachability", "s", "Reachable", 0 },
  { "network", "network", "s", "Network", 0 },
  { "relays", "relays", "as", "Relays", SHOALCTL_VIEW_WHO },
  { NULL },
};

static const ShoalctlField warning_fields[] = {
  { "id", "id", "s", "Id", 0 },
  { "app", "app", "s", "App", 0 },
  { "channel", "channel", "s", NULL, 0 },
  { "kind", "kind", "s", "Kind", 0 },
  { "time", "time", "x", "Found", SHOALCTL_VIEW_SINCE },
  { "a_source", "a-source", "s", "One", SHOALCTL_VIEW_WHO },
  { "a_version", "a-version", "s", "Says", 0 },
  { "a_counter", "a-counter", "t", NULL, 0 },
  { "a_digest", "a-digest", "s", NULL, 0 },
  { "b_source", "b-source", "s", "Another", SHOALCTL_VIEW_WHO },
  { "b_version", "b-version", "s", "Says", 0 },
  { "b_counter", "b-counter", "t", NULL, 0 },
  { "b_digest", "b-digest", "s", NULL, 0 },
  { "message", "message", "s", "Meaning", 0 },
  { "evidence", "evidence", "s", "Evidence", 0 },
  { NULL },
};

static GDBusProxy *
manager_of (ShoalctlSession *session)
{
  return G_DBUS_PROXY (shoalctl_session_get_manager (session));
}

static void
print_part (ShoalctlSession *session,
            GVariant *status,
            const char *key,
            const ShoalctlField *fields)
{
  g_autoptr (GVariant) part
      = g_variant_lookup_value (status, key, G_VARIANT_TYPE_VARDICT);

  if (part != NULL)
    shoalctl_session_print_record (session, shoalctl_json_from_dict (part, fields),
                                   fields);
}

static void
print_parts (ShoalctlSession *session,
             GVariant *status,
             const char *key,
             const ShoalctlField *fields)
{
  g_autoptr (GVariant) parts
      = g_variant_lookup_value (status, key, G_VARIANT_TYPE ("aa{sv}"));
  JsonArray *array;

  if (parts == NULL || g_variant_n_children (parts) == 0)
    return;
  array = json_array_new ();
  for (gsize i = 0; i < g_variant_n_children (parts); i++)
    {
      g_autoptr (GVariant) part = g_variant_get_child_value (parts, i);

      json_array_add_object_element (array, shoalctl_json_from_dict (part, fields));
    }
  shoalctl_session_print_text (session, "%s", "");
  shoalctl_session_print_list (session, array, fields, "");
}

/* The two tables of the DHT, one a line. */
static void
print_tables (ShoalctlSession *session, GVariant *dht)
{
  static const char *const names[] = { "wan", "lan" };
  JsonArray *array = json_array_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GVariant) table
          = g_variant_lookup_value (dht, names[i], G_VARIANT_TYPE_VARDICT);

      if (table != NULL)
        json_array_add_object_element (array,
                                       shoalctl_json_from_dict (table, table_fields));
    }
  if (json_array_get_length (array) == 0)
    {
      json_array_unref (array);
      return;
    }
  shoalctl_session_print_text (session, "%s", "");
  shoalctl_session_print_list (session, array, table_fields, "");
}

static void
print_status (ShoalctlSession *session, GVariant *status)
{
  g_autoptr (GVariant) dht
      = g_variant_lookup_value (status, "dht", G_VARIANT_TYPE_VARDICT);
  g_autoptr (GVariant) gossip
      = g_variant_lookup_value (status, "gossip", G_VARIANT_TYPE_VARDICT);

  shoalctl_session_print_record (session, shoalctl_json_from_dict (status, net_fields),
                                 net_fields);
  print_part (session, status, "peers", peers_fields);
  print_part (session, status, "registry", registry_fields);
  print_part (session, status, "mdns", mdns_fields);
  print_part (session, status, "dht", dht_fields);
  if (dht != NULL)
    print_tables (session, dht);
  if (gossip != NULL)
    print_parts (session, gossip, "topics", topic_fields);
  print_parts (session, status, "bootstrap", bootstrap_fields);
}

static void
status_got (ShoalctlSession *session, GVariant *reply)
{
  g_autoptr (GVariant) status = g_variant_get_child_value (reply, 0);

  if (shoalctl_session_is_json (session))
    {
      g_autoptr (JsonNode) node = shoalctl_json_from_variant (status);

      shoalctl_session_print_json (session, node);
    }
  else
    print_status (session, status);
  shoalctl_session_done (session);
}

static void
run_status (ShoalctlSession *session)
{
  shoalctl_session_call (session, manager_of (session), "GetMeshStatus", NULL,
                         status_got);
}

static void
run_warnings (ShoalctlSession *session)
{
  g_autoptr (GVariant) views
      = shoal_dbus_manager_dup_split_views (shoalctl_session_get_manager (session));
  JsonArray *array = json_array_new ();

  for (gsize i = 0; views != NULL && i < g_variant_n_children (views); i++)
    {
      g_autoptr (GVariant) view = g_variant_get_child_value (views, i);

      json_array_add_object_element (array,
                                     shoalctl_json_from_dict (view, warning_fields));
    }
  shoalctl_session_print_list (session, array, warning_fields,
                               "Everybody says the same about every app.");
  shoalctl_session_done (session);
}

static void
run_dismiss (ShoalctlSession *session)
{
  shoalctl_session_call_done (
      session, manager_of (session), "DismissSplitView",
      g_variant_new ("(s)", shoalctl_session_get_word (session, 0)));
}

const ShoalctlCommand shoalctl_mesh_commands[] = {
  { "p2p status", "", 0, 0, "Show how this node stands in the mesh", NULL, run_status },
  { "warnings list", "", 0, 0, "List where servers and peers contradict each other", NULL,
    run_warnings },
  { "warnings dismiss", "ID", 1, 1, "Take a warning that was read off the list", NULL,
    run_dismiss },
  { NULL },
};
