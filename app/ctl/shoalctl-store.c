/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */

/* What the store keeps and shares; archives. */
#include "config.h"

#include "ctl/shoalctl-operation.h"

static const ShoalctlField pin_fields[] = {
  { "cid", "cid", "s", "CID", 0 },
  { "name", "name", "s", "Name", 0 },
  { "user", "user", "b", "By hand", 0 },
  { NULL },
};

static const ShoalctlField pinned_fields[] = {
  { "cid", "Cid", "s", "Pinned", 0 },
  { "sources", "Sources", "aa{sv}", "From", SHOALCTL_VIEW_SOURCES },
  { NULL },
};

static const ShoalctlField gc_fields[] = {
  { "removed_blocks", "removed-blocks", "t", "Removed blocks", 0 },
  { "removed_bytes", "removed-bytes", "t", "Removed", SHOALCTL_VIEW_BYTES },
  { NULL },
};

static const ShoalctlField export_fields[] = {
  { "path", "path", "s", "Path", 0 },
  { "blocks", "blocks", "t", "Blocks", 0 },
  { "size", "size", "t", "Size", SHOALCTL_VIEW_BYTES },
  { NULL },
};

static const ShoalctlField import_fields[] = {
  { "roots", "roots", "as", "Roots", 0 },
  { "blocks", "blocks", "t", "Blocks", 0 },
  { "size", "size", "t", "Size", SHOALCTL_VIEW_BYTES },
  { NULL },
};

static const ShoalctlOption pin_options[] = {
  { "name", 0, SHOALCTL_OPTION_STRING, "NAME", "What the pin is for" },
  { NULL },
};

static const ShoalctlOption export_options[] = {
  { "overwrite", 0, SHOALCTL_OPTION_FLAG, NULL, "Replace a file that is there" },
  { NULL },
};

static const ShoalctlOption import_options[] = {
  { "no-pin", 0, SHOALCTL_OPTION_FLAG, NULL, "Let garbage collection remove it" },
  { "no-share", 0, SHOALCTL_OPTION_FLAG, NULL, "Do not serve it to peers" },
  { NULL },
};

static GDBusProxy *
manager_of (ShoalctlSession *session)
{
  return G_DBUS_PROXY (shoalctl_session_get_manager (session));
}

static void
print_result (ShoalctlSession *session,
              const ShoalctlOperationEnd *end,
              const ShoalctlField *fields)
{
  if (!shoalctl_operation_check (session, end))
    return;
  shoalctl_session_print_record (session, shoalctl_json_from_dict (end->result, fields),
                                 fields);
  shoalctl_session_done (session);
}

static void
pinned (ShoalctlSession *session, const ShoalctlOperationEnd *end)
{
  if (!shoalctl_operation_check (session, end))
    return;
  shoalctl_session_print_record (
      session, shoalctl_json_from_dict (end->properties, pinned_fields), pinned_fields);
  shoalctl_session_done (session);
}

static void
run_pin (ShoalctlSession *session)
{
  static const ShoalctlOptionKey keys[] = { { "name", "name", "s" }, { NULL } };
  g_autoptr (GVariantBuilder) options = shoalctl_operation_build_options (session, keys);

  shoalctl_operation_begin (
      session, manager_of (session), "Pin",
      g_variant_new ("(sa{sv})", shoalctl_session_get_word (session, 0), options),
      pinned);
}

static void
run_unpin (ShoalctlSession *session)
{
  shoalctl_session_call_done (
      session, manager_of (session), "Unpin",
      g_variant_new ("(s)", shoalctl_session_get_word (session, 0)));
}

static void
pins_listed (ShoalctlSession *session, GVariant *reply)
{
  g_autoptr (GVariant) pins = g_variant_get_child_value (reply, 0);
  JsonArray *array = json_array_new ();

  for (gsize i = 0; i < g_variant_n_children (pins); i++)
    {
      g_autoptr (GVariant) pin = g_variant_get_child_value (pins, i);

      json_array_add_object_element (array, shoalctl_json_from_dict (pin, pin_fields));
    }
  shoalctl_session_print_list (session, array, pin_fields, "Nothing is pinned.");
  shoalctl_session_done (session);
}

static void
run_pins (ShoalctlSession *session)
{
  shoalctl_session_call (session, manager_of (session), "ListPins", NULL, pins_listed);
}

static void
set_shared (ShoalctlSession *session, gboolean is_shared)
{
  shoalctl_session_call_done (
      session, manager_of (session), "SetShared",
      g_variant_new ("(sb)", shoalctl_session_get_word (session, 0), is_shared));
}

static void
run_share (ShoalctlSession *session)
{
  set_shared (session, TRUE);
}

static void
run_unshare (ShoalctlSession *session)
{
  set_shared (session, FALSE);
}

static void
collected (ShoalctlSession *session, const ShoalctlOperationEnd *end)
{
  print_result (session, end, gc_fields);
}

static void
run_gc (ShoalctlSession *session)
{
  shoalctl_operation_begin (session, manager_of (session), "GarbageCollect",
                            g_variant_new ("(a{sv})", NULL), collected);
}

static void
exported (ShoalctlSession *session, const ShoalctlOperationEnd *end)
{
  print_result (session, end, export_fields);
}

static void
run_export (ShoalctlSession *session)
{
  static const ShoalctlOptionKey keys[] = { { "overwrite", "overwrite", "b" }, { NULL } };
  g_autofree char *path = shoalctl_session_get_path (session, 1);
  g_autoptr (GVariantBuilder) options = shoalctl_operation_build_options (session, keys);

  shoalctl_operation_begin (
      session, manager_of (session), "ExportCar",
      g_variant_new ("(ssa{sv})", shoalctl_session_get_word (session, 0), path, options),
      exported);
}

static void
imported (ShoalctlSession *session, const ShoalctlOperationEnd *end)
{
  print_result (session, end, import_fields);
}

static void
run_import (ShoalctlSession *session)
{
  static const ShoalctlOptionKey keys[]
      = { { "no-pin", "pin", "!b" }, { "no-share", "share", "!b" }, { NULL } };
  g_autofree char *path = shoalctl_session_get_path (session, 0);
  g_autoptr (GVariantBuilder) options = shoalctl_operation_build_options (session, keys);

  shoalctl_operation_begin (session, manager_of (session), "ImportCar",
                            g_variant_new ("(sa{sv})", path, options), imported);
}

const ShoalctlCommand shoalctl_store_commands[] = {
  { "pin", "CID", 1, 1, "Keep content, fetching what is missing", pin_options, run_pin },
  { "unpin", "CID", 1, 1, "Let garbage collection remove content", NULL, run_unpin },
  { "pins", "", 0, 0, "List what is kept", NULL, run_pins },
  { "share", "CID", 1, 1, "Let peers have content of the store", NULL, run_share },
  { "unshare", "CID", 1, 1, "Serve content to peers no more", NULL, run_unshare },
  { "gc", "", 0, 0, "Remove blocks that nothing needs", NULL, run_gc },
  { "car export", "CID PATH", 2, 2, "Write content as a CAR archive", export_options,
    run_export },
  { "car import", "PATH", 1, 1, "Read a CAR archive into the store", import_options,
    run_import },
  { NULL },
};
