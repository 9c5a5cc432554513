/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */

/* The publisher's side. */
#include "config.h"

#include "ctl/shoalctl-operation.h"

static const ShoalctlField publish_fields[] = {
  { "app", "app", "s", "App", 0 },
  { "version", "version", "s", "Version", 0 },
  { "cid", "cid", "s", "CID", 0 },
  { "counter", "counter", "t", "Counter", 0 },
  { "size", "size", "t", "Size", SHOALCTL_VIEW_BYTES },
  { "files", "files", "t", "Files", 0 },
  { "chunks", "chunks", "t", "Chunks", 0 },
  { "new_chunks", "new-chunks", "t", "New chunks", 0 },
  { "new_bytes", "new-bytes", "t", "New", SHOALCTL_VIEW_BYTES },
  { "fingerprint", "fingerprint", "s", "Keys", 0 },
  { "envelope", "envelope", "s", "Manifest", 0 },
  { "link", "link", "s", "Link", 0 },
  { "master", "master", "s", "Published at", 0 },
  { "announced", "announced", "b", "Announced", 0 },
  { "announced_to", "announced-to", "u", "To peers", 0 },
  { NULL },
};

static const ShoalctlField key_fields[] = {
  { "name", "name", "s", "Name", 0 },
  { "fingerprint", "fingerprint", "s", "Fingerprint", 0 },
  { "public_key", "public-key", "s", NULL, 0 },
  { NULL },
};

static const ShoalctlOption publish_options[] = {
  { "app", 0, SHOALCTL_OPTION_STRING, "ID", "App id in reverse DNS; needed", TRUE },
  { "version", 0, SHOALCTL_OPTION_STRING, "VERSION", "Semantic version; needed", TRUE },
  { "key", 0, SHOALCTL_OPTION_LIST, "NAME",
    "Publisher key that signs; may be repeated; default: default" },
  { "threshold", 0, SHOALCTL_OPTION_NUMBER, "N",
    "First release: how many of the keys must sign; default: all" },
  { "new-key", 0, SHOALCTL_OPTION_LIST, "NAME",
    "Publisher key from now on; may be repeated" },
  { "new-threshold", 0, SHOALCTL_OPTION_NUMBER, "N",
    "How many of the new keys must sign" },
  { "name", 0, SHOALCTL_OPTION_STRING, "NAME", "Name for people" },
  { "summary", 0, SHOALCTL_OPTION_STRING, "TEXT", "One line about the app" },
  { "channel", 0, SHOALCTL_OPTION_STRING, "NAME", "Release channel; default: stable" },
  { "exec", 0, SHOALCTL_OPTION_STRING, "PATH", "Program, as a path in the folder" },
  { "icon", 0, SHOALCTL_OPTION_STRING, "PATH", "Icon, as a path in the folder" },
  { "desktop-file", 0, SHOALCTL_OPTION_STRING, "PATH",
    "Desktop entry, as a path in the folder" },
  { "release-notes", 0, SHOALCTL_OPTION_STRING, "TEXT", "What changed" },
  { "category", 0, SHOALCTL_OPTION_LIST, "NAME", "Category; may be repeated" },
  { "tag", 0, SHOALCTL_OPTION_LIST, "NAME", "Tag to be found by; may be repeated" },
  { "expires", 0, SHOALCTL_OPTION_NUMBER, "SECONDS",
    "Unix time after which it is out of date" },
  { "chunker", 0, SHOALCTL_OPTION_STRING, "NAME",
    "How files are cut: size-N or fastcdc; default: size-1048576" },
  { "copy", 0, SHOALCTL_OPTION_FLAG, NULL,
    "Copy the files in place of referring to them" },
  { "output", 'o', SHOALCTL_OPTION_PATH, "PATH", "Also write the signed manifest here" },
  { NULL },
};

static GDBusProxy *
manager_of (ShoalctlSession *session)
{
  return G_DBUS_PROXY (shoalctl_session_get_manager (session));
}

static void
published (ShoalctlSession *session, const ShoalctlOperationEnd *end)
{
  JsonObject *object;

  if (!shoalctl_operation_check (session, end))
    return;
  object = shoalctl_json_from_dict (end->result, publish_fields);
  json_object_set_double_member (object, "seconds", end->seconds);
  shoalctl_session_print_record (session, object, publish_fields);
  shoalctl_session_done (session);
}

static void
run_publish (ShoalctlSession *session)
{
  static const ShoalctlOptionKey keys[] = {
    { "app", "app", "s" },
    { "version", "version", "s" },
    { "key", "keys", "as" },
    { "threshold", "threshold", "u" },
    { "new-key", "new-keys", "as" },
    { "new-threshold", "new-threshold", "u" },
    { "tag", "tags", "as" },
    { "name", "name", "s" },
    { "summary", "summary", "s" },
    { "channel", "channel", "s" },
    { "exec", "exec", "s" },
    { "icon", "icon", "s" },
    { "desktop-file", "desktop-file", "s" },
    { "release-notes", "release-notes", "s" },
    { "category", "categories", "as" },
    { "expires", "expires", "x" },
    { "chunker", "chunker", "s" },
    { "copy", "reference", "!b" },
    { "output", "output", "s" },
    { NULL },
  };
  g_autofree char *path = shoalctl_session_get_path (session, 0);
  g_autoptr (GVariantBuilder) options = shoalctl_operation_build_options (session, keys);

  shoalctl_operation_begin (session, manager_of (session), "Publish",
                            g_variant_new ("(sa{sv})", path, options), published);
}

static void
key_created (ShoalctlSession *session, GVariant *reply)
{
  JsonObject *object = json_object_new ();
  const char *fingerprint;

  g_variant_get (reply, "(&s)", &fingerprint);
  json_object_set_string_member (object, "name", shoalctl_session_get_word (session, 0));
  json_object_set_string_member (object, "fingerprint", fingerprint);
  shoalctl_session_print_record (session, object, key_fields);
  shoalctl_session_done (session);
}

static void
run_keys_create (ShoalctlSession *session)
{
  shoalctl_session_call (session, manager_of (session), "CreateKey",
                         g_variant_new ("(s)", shoalctl_session_get_word (session, 0)),
                         key_created);
}

static void
print_dicts (ShoalctlSession *session,
             GVariant *reply,
             const ShoalctlField *fields,
             const char *empty)
{
  g_autoptr (GVariant) dicts = g_variant_get_child_value (reply, 0);
  JsonArray *array = json_array_new ();

  for (gsize i = 0; i < g_variant_n_children (dicts); i++)
    {
      g_autoptr (GVariant) dict = g_variant_get_child_value (dicts, i);

      json_array_add_object_element (array, shoalctl_json_from_dict (dict, fields));
    }
  shoalctl_session_print_list (session, array, fields, empty);
  shoalctl_session_done (session);
}

static void
keys_listed (ShoalctlSession *session, GVariant *reply)
{
  print_dicts (session, reply, key_fields,
               "There is no publisher key; make one: shoalctl keys create NAME");
}

static void
run_keys_list (ShoalctlSession *session)
{
  shoalctl_session_call (session, manager_of (session), "ListKeys", NULL, keys_listed);
}

const ShoalctlCommand shoalctl_publish_commands[] = {
  { "publish", "DIR", 1, 1, "Sign a folder as a release of an app and share it",
    publish_options, run_publish },
  { "keys create", "NAME", 1, 1, "Make a publisher key", NULL, run_keys_create },
  { "keys list", "", 0, 0, "List the publisher keys of this machine", NULL,
    run_keys_list },
  { NULL },
};
