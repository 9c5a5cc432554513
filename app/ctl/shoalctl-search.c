/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */

/* Finding apps, releases and content: what is asked of the mesh and of the Master Server.
 * Answers come one by one; --stream shows each as it comes, else all are shown at the
 * end. */
#include "config.h"

#include <stdio.h>

#include "terminal/shoalctl-table.h"
#include "ctl/shoalctl-operation.h"

static const ShoalctlField search_fields[] = {
  { "app", "app", "s", "App", 0 },
  { "name", "name", "s", "Name", 0 },
  { "version", "version", "s", "Version", 0 },
  { "channel", "channel", "s", NULL, 0 },
  { "size", "size", "t", "Size", SHOALCTL_VIEW_BYTES },
  { "installed", "installed", "b", "Installed", 0 },
  { "publisher", "publisher", "s", "Publisher", 0 },
  { "verified", "verified", "b", "Verified", 0 },
  { "fingerprint", "fingerprint", "s", "Fingerprint", 0 },
  { "sources", "sources", "as", "Says who", SHOALCTL_VIEW_WHO },
  { "summary", "summary", "s", "Summary", 0 },
  { "publishers", "publishers", "as", NULL, 0 },
  { "categories", "categories", "as", NULL, 0 },
  { "tags", "tags", "as", NULL, 0 },
  { "link", "link", "s", NULL, 0 },
  { "source", "source", "s", NULL, 0 },
  { "split_view", "split-view", "s", "Warning", 0 },
  { NULL },
};

static const ShoalctlField provider_fields[] = {
  { "peer", "peer", "s", "Peer", 0 },
  { "source", "source", "s", "Known by", 0 },
  { "connected", "connected", "b", "Connected", 0 },
  { "known_for_s", "known-for-s", "x", "For", SHOALCTL_VIEW_SECONDS },
  { "addresses", "addresses", "as", "Addresses", 0 },
  { NULL },
};

static const ShoalctlField answer_fields[] = {
  { "count", "count", "u", "Found", 0 },
  { "queried", "queried", "u", "Peers asked", 0 },
  { "hops", "hops", "u", "Hops", 0 },
  { "elapsed_ms", "elapsed-ms", "u", "Took", SHOALCTL_VIEW_MS },
  { NULL },
};

static const ShoalctlField show_fields[] = {
  { "app", "app", "s", "App", 0 },
  { "name", "name", "s", "Name", 0 },
  { "summary", "summary", "s", "Summary", 0 },
  { "version", "version", "s", "Version", 0 },
  { "channel", "channel", "s", "Channel", 0 },
  { "installed_version", "installed-version", "s", "Installed", 0 },
  { "size", "size", "t", "Size", SHOALCTL_VIEW_BYTES },
  { "fetch_size", "fetch-size", "t", "To fetch", SHOALCTL_VIEW_BYTES },
  { "cid", "cid", "s", "CID", 0 },
  { "publishers", "publishers", "as", "Publishers", 0 },
  { "trusted", "trusted", "b", "Known keys", 0 },
  { "source", "source", "s", "Found at", 0 },
  { "source_name", "source-name", "s", NULL, 0 },
  { "release_notes", "release-notes", "s", "Notes", 0 },
  { "split_view", "split-view", "s", "Warning", 0 },
  { NULL },
};

static const ShoalctlOption search_options[] = {
  { "category", 0, SHOALCTL_OPTION_STRING, "NAME", "Only of this category" },
  { "tag", 0, SHOALCTL_OPTION_STRING, "NAME", "Only with this tag" },
  { "limit", 0, SHOALCTL_OPTION_NUMBER, "N", "At most so many results" },
  { "wait", 0, SHOALCTL_OPTION_NUMBER, "MS",
    "Wait for slow peers so long; default: 2000" },
  { "stream", 0, SHOALCTL_OPTION_FLAG, NULL, "Show each result as it comes" },
  { NULL },
};

static const ShoalctlOption provider_options[] = {
  { "limit", 0, SHOALCTL_OPTION_NUMBER, "N", "So many are enough; default: 20" },
  { "wait", 0, SHOALCTL_OPTION_NUMBER, "MS", "Search at most so long; default: 60000" },
  { "stream", 0, SHOALCTL_OPTION_FLAG, NULL, "Show each result as it comes" },
  { NULL },
};

static const ShoalctlOption show_options[] = {
  { "channel", 0, SHOALCTL_OPTION_STRING, "NAME", "Release channel; default: stable" },
  { NULL },
};

/* What is asked, and what --stream has shown of the answer. */
typedef struct
{
  const ShoalctlField *fields;
  const char *key;   /* member that an item is known by */
  GHashTable *shown; /* (owned): key to the line that was printed */
} Question;

static void
question_free (gpointer data)
{
  Question *question = data;

  g_hash_table_unref (question->shown);
  g_free (question);
}

static void
ask (ShoalctlSession *session, const ShoalctlField *fields, const char *key)
{
  Question *question = g_new0 (Question, 1);

  question->fields = fields;
  question->key = key;
  question->shown = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  shoalctl_session_set_data (session, question, question_free);
}

static GDBusProxy *
manager_of (ShoalctlSession *session)
{
  return G_DBUS_PROXY (shoalctl_session_get_manager (session));
}

static JsonArray *
make_items (GVariant *items, const ShoalctlField *fields)
{
  JsonArray *array = json_array_new ();

  for (gsize i = 0; items != NULL && i < g_variant_n_children (items); i++)
    {
      g_autoptr (GVariant) item = g_variant_get_child_value (items, i);

      json_array_add_object_element (array, shoalctl_json_from_dict (item, fields));
    }
  return array;
}

static GVariant *
items_of (const ShoalctlOperationEnd *end)
{
  return end->properties != NULL ? g_variant_lookup_value (end->properties, "Items",
                                                           G_VARIANT_TYPE ("aa{sv}"))
                                 : NULL;
}

/* (transfer full): one line of JSON, or the columns that are shown, with tabs between */
static char *
format_line (ShoalctlSession *session, JsonObject *object, const ShoalctlField *fields)
{
  if (shoalctl_session_is_json (session))
    {
      g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), object);

      return json_to_string (node, FALSE);
    }
  return shoalctl_table_format_line (object, fields);
}

/* A result is shown again when it has changed: a newer version, or one more who says so.
 */
static void
found (ShoalctlSession *session, GVariant *items)
{
  Question *question = shoalctl_session_get_data (session);
  g_autoptr (JsonArray) array = NULL;

  if (!shoalctl_session_has_option (session, "stream"))
    return;
  array = make_items (items, question->fields);
  shoalctl_session_show_progress (session, NULL);
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonObject *object = json_array_get_object_element (array, i);
      g_autofree char *key = g_strconcat (
          json_object_get_string_member (object, question->key), " ",
          json_object_get_string_member_with_default (object, "channel", ""), NULL);
      g_autofree char *line = format_line (session, object, question->fields);

      if (g_strcmp0 (line, g_hash_table_lookup (question->shown, key)) == 0)
        continue;
      printf ("%s\n", line);
      g_hash_table_insert (question->shown, g_steal_pointer (&key),
                           g_steal_pointer (&line));
    }
  fflush (stdout);
}

static void
searched (ShoalctlSession *session, const ShoalctlOperationEnd *end)
{
  g_autoptr (GVariant) items = items_of (end);
  guint n_asked = 0, n_answered = 0;
  const char *master = "none";

  if (!shoalctl_operation_check (session, end))
    return;
  if (!shoalctl_session_has_option (session, "stream"))
    shoalctl_session_print_list (session, make_items (items, search_fields),
                                 search_fields, "Nothing was found.");
  g_variant_lookup (end->result, "asked", "u", &n_asked);
  g_variant_lookup (end->result, "answered", "u", &n_answered);
  g_variant_lookup (end->result, "master", "&s", &master);
  if (n_answered < n_asked)
    shoalctl_session_print_text (session, "%u of %u peers answered in time.", n_answered,
                                 n_asked);
  if (!g_str_equal (master, "none") && !g_str_equal (master, "ok"))
    shoalctl_session_print_text (
        session, "The Master Server did not answer (%s); this is what the mesh knows.",
        master);
  shoalctl_session_done (session);
}

static void
run_search (ShoalctlSession *session)
{
  static const ShoalctlOptionKey keys[] = { { "limit", "limit", "u" },
                                            { "category", "category", "s" },
                                            { "tag", "tag", "s" },
                                            { "wait", "wait-ms", "u" },
                                            { NULL } };
  g_autofree char *query = g_strjoinv (
      " ",
      (char **) shoalctl_arguments_get_words (shoalctl_session_get_arguments (session)));
  g_autoptr (GVariantBuilder) options = shoalctl_operation_build_options (session, keys);

  ask (session, search_fields, "app");
  shoalctl_operation_begin_question (session, manager_of (session), "StartSearch",
                                     g_variant_new ("(sa{sv})", query, options), found,
                                     searched);
}

static void
providers_found (ShoalctlSession *session, const ShoalctlOperationEnd *end)
{
  g_autoptr (GVariant) items = items_of (end);
  JsonObject *object;

  if (!shoalctl_operation_check (session, end))
    return;
  if (shoalctl_session_has_option (session, "stream"))
    {
      shoalctl_session_done (session);
      return;
    }
  object = shoalctl_json_from_dict (end->result, answer_fields);
  if (!shoalctl_session_is_json (session))
    shoalctl_session_print_list (session, make_items (items, provider_fields),
                                 provider_fields, "Nobody who was asked has it.");
  json_object_set_array_member (object, "providers", make_items (items, provider_fields));
  shoalctl_session_print_record (session, object, answer_fields);
  shoalctl_session_done (session);
}

static void
run_providers (ShoalctlSession *session)
{
  static const ShoalctlOptionKey keys[]
      = { { "limit", "limit", "u" }, { "wait", "wait-ms", "u" }, { NULL } };
  g_autoptr (GVariantBuilder) options = shoalctl_operation_build_options (session, keys);

  ask (session, provider_fields, "peer");
  shoalctl_operation_begin_question (
      session, manager_of (session), "FindProviders",
      g_variant_new ("(sa{sv})", shoalctl_session_get_word (session, 0), options), found,
      providers_found);
}

static void
inspected (ShoalctlSession *session, GVariant *reply)
{
  g_autoptr (GVariant) info = g_variant_get_child_value (reply, 0);

  shoalctl_session_print_record (session, shoalctl_json_from_dict (info, show_fields),
                                 show_fields);
  shoalctl_session_done (session);
}

static void
run_show (ShoalctlSession *session)
{
  static const ShoalctlOptionKey keys[] = { { "channel", "channel", "s" }, { NULL } };
  g_autofree char *target = shoalctl_session_get_target (session, 0);
  g_autoptr (GVariantBuilder) options = shoalctl_operation_build_options (session, keys);

  shoalctl_session_call (session, manager_of (session), "Inspect",
                         g_variant_new ("(sa{sv})", target, options), inspected);
}

const ShoalctlCommand shoalctl_search_commands[] = {
  { "search", "[WORD…]", 0, G_MAXUINT, "Search apps in the mesh and on the Master Server",
    search_options, run_search },
  { "show", "TARGET", 1, 1, "Find and verify a release without fetching it", show_options,
    run_show },
  { "providers", "CID|APP", 1, 1, "Find out who has content, or releases of an app",
    provider_options, run_providers },
  { NULL },
};
