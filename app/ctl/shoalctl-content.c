/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */

/* Files and folders by CID: add, cat, get. */
#include "config.h"

#include <gio/gunixinputstream.h>
#include <gio/gunixoutputstream.h>
#include <gio/gunixfdlist.h>
#include <string.h>
#include <unistd.h>

#include "ctl/shoalctl-operation.h"

static const ShoalctlField add_fields[] = {
  { "cid", "cid", "s", "CID", 0 },
  { "size", "size", "t", "Size", SHOALCTL_VIEW_BYTES },
  { "blocks", "blocks", "t", "Blocks", 0 },
  { "new_bytes", "new-bytes", "t", "New", SHOALCTL_VIEW_BYTES },
  { NULL },
};

static const ShoalctlField get_fields[] = {
  { "path", "path", "s", "Path", 0 },
  { "size", "size", "t", "Size", SHOALCTL_VIEW_BYTES },
  { NULL },
};

static const ShoalctlField source_fields[] = {
  { "sources", "Sources", "aa{sv}", "From", SHOALCTL_VIEW_SOURCES },
  { NULL },
};

static const ShoalctlOption add_options[] = {
  { "chunker", 0, SHOALCTL_OPTION_STRING, "NAME",
    "How files are cut: size-N or fastcdc; default: size-1048576" },
  { "hash", 0, SHOALCTL_OPTION_STRING, "NAME",
    "sha3-256, sha2-256, sha3-512 or sha2-512" },
  { "raw-leaves", 0, SHOALCTL_OPTION_FLAG, NULL, "Make leaves raw blocks" },
  { "max-links", 0, SHOALCTL_OPTION_NUMBER, "N", "Links in a node: 174 or 1024" },
  { "shard-split", 0, SHOALCTL_OPTION_STRING, "NAME",
    "What of a folder may have 256 KiB: links-bytes or block-bytes" },
  { "cid-base", 0, SHOALCTL_OPTION_STRING, "BASE", "Write CIDs in base58btc or base32" },
  { "reference", 0, SHOALCTL_OPTION_FLAG, NULL,
    "Refer to the files in place of copying" },
  { "wrap", 0, SHOALCTL_OPTION_FLAG, NULL, "Wrap a file in a folder with its name" },
  { "no-pin", 0, SHOALCTL_OPTION_FLAG, NULL, "Let garbage collection remove it" },
  { "no-share", 0, SHOALCTL_OPTION_FLAG, NULL, "Do not serve it to peers" },
  { NULL },
};

static const ShoalctlOption cat_options[] = {
  { "peer", 0, SHOALCTL_OPTION_STRING, "MULTIADDR",
    "Connect to this peer and ask it first" },
  { NULL },
};

static const ShoalctlOption get_options[] = {
  { "output", 'o', SHOALCTL_OPTION_PATH, "PATH", "Where to write; default: ./CID" },
  { "peer", 0, SHOALCTL_OPTION_STRING, "MULTIADDR",
    "Connect to this peer and ask it first" },
  { "overwrite", 0, SHOALCTL_OPTION_FLAG, NULL, "Replace a file that is there" },
  { "pin", 0, SHOALCTL_OPTION_FLAG, NULL, "Keep it in the store" },
  { NULL },
};

static void
add_ended (ShoalctlSession *session, const ShoalctlOperationEnd *end)
{
  JsonObject *object;

  if (!shoalctl_operation_check (session, end))
    return;
  object = shoalctl_json_from_dict (end->result, add_fields);
  json_object_set_double_member (object, "seconds", end->seconds);
  shoalctl_session_print_record (session, object, add_fields);
  shoalctl_session_done (session);
}

static void
run_add (ShoalctlSession *session)
{
  static const ShoalctlOptionKey keys[] = {
    { "chunker", "chunker", "s" },
    { "hash", "hash", "s" },
    { "raw-leaves", "raw-leaves", "b" },
    { "max-links", "max-links", "u" },
    { "shard-split", "shard-split", "s" },
    { "cid-base", "cid-base", "s" },
    { "reference", "reference", "b" },
    { "wrap", "wrap", "b" },
    { "no-pin", "pin", "!b" },
    { "no-share", "share", "!b" },
    { NULL },
  };
  g_autofree char *path = shoalctl_session_get_path (session, 0);
  g_autoptr (GVariantBuilder) options = shoalctl_operation_build_options (session, keys);

  shoalctl_operation_begin (session,
                            G_DBUS_PROXY (shoalctl_session_get_manager (session)), "Add",
                            g_variant_new ("(sa{sv})", path, options), add_ended);
}

static void
get_ended (ShoalctlSession *session, const ShoalctlOperationEnd *end)
{
  g_autoptr (JsonObject) sources = NULL;
  JsonObject *object;

  if (!shoalctl_operation_check (session, end))
    return;
  object = shoalctl_json_from_dict (end->result, get_fields);
  sources = shoalctl_json_from_dict (end->properties, source_fields);
  json_object_set_member (object, "sources",
                          json_node_copy (json_object_get_member (sources, "sources")));
  json_object_set_double_member (object, "seconds", end->seconds);
  shoalctl_session_print_record (session, json_object_ref (object), get_fields);
  if (!shoalctl_session_is_json (session))
    shoalctl_session_print_record (session, json_object_ref (object), source_fields);
  json_object_unref (object);
  shoalctl_session_done (session);
}

static void
run_get (ShoalctlSession *session)
{
  static const ShoalctlOptionKey keys[] = {
    { "peer", "peer", "s" },
    { "overwrite", "overwrite", "b" },
    { "pin", "pin", "b" },
    { NULL },
  };
  const char *cid = shoalctl_session_get_word (session, 0);
  const char *output = shoalctl_session_get_option (session, "output");
  const char *slash = strrchr (cid, '/');
  g_autofree char *path = g_canonicalize_filename (output != NULL  ? output
                                                   : slash != NULL ? slash + 1
                                                                   : cid,
                                                   NULL);
  g_autoptr (GVariantBuilder) options = shoalctl_operation_build_options (session, keys);

  shoalctl_operation_begin (session,
                            G_DBUS_PROXY (shoalctl_session_get_manager (session)), "Get",
                            g_variant_new ("(ssa{sv})", cid, path, options), get_ended);
}

/* cat: the bytes come through a pipe; whether they are all says the transfer. */

static void
cat_ended (ShoalctlSession *session, const ShoalctlOperationEnd *end)
{
  if (shoalctl_operation_check (session, end))
    shoalctl_session_done (session);
}

static void
spliced (GObject *source, GAsyncResult *result, gpointer user_data)
{
  ShoalctlSession *session = user_data;
  g_autoptr (GError) error = NULL;

  if (g_output_stream_splice_finish (G_OUTPUT_STREAM (source), result, &error) < 0)
    {
      g_prefix_error (&error, "Cannot write the content: ");
      shoalctl_session_fail (session, g_steal_pointer (&error));
      return;
    }
  shoalctl_operation_follow (session, shoalctl_session_get_data (session), cat_ended);
}

static void
cat_began (GObject *source, GAsyncResult *result, gpointer user_data)
{
  ShoalctlSession *session = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GUnixFDList) fds = NULL;
  g_autoptr (GVariant) handle = NULL;
  g_autoptr (GInputStream) input = NULL;
  g_autoptr (GOutputStream) output = NULL;
  g_autofree char *path = NULL;
  int fd = -1;

  if (shoal_dbus_manager_call_cat_finish (SHOAL_DBUS_MANAGER (source), &handle, &path,
                                          &fds, result, &error))
    fd = fds == NULL ? -1
                     : g_unix_fd_list_get (fds, g_variant_get_handle (handle), &error);
  if (fd < 0)
    {
      if (error == NULL)
        g_set_error_literal (&error, G_IO_ERROR, G_IO_ERROR_FAILED,
                             "The daemon gave no pipe to read from");
      shoalctl_session_fail (session, g_steal_pointer (&error));
      return;
    }
  shoalctl_session_set_data (session, g_steal_pointer (&path), g_free);
  input = g_unix_input_stream_new (fd, TRUE);
  output = g_unix_output_stream_new (STDOUT_FILENO, FALSE);
  g_output_stream_splice_async (
      output, input, G_OUTPUT_STREAM_SPLICE_CLOSE_SOURCE, G_PRIORITY_DEFAULT,
      shoalctl_session_get_cancellable (session), spliced, session);
}

static void
run_cat (ShoalctlSession *session)
{
  static const ShoalctlOptionKey keys[] = { { "peer", "peer", "s" }, { NULL } };
  g_autoptr (GVariantBuilder) options = shoalctl_operation_build_options (session, keys);

  shoal_dbus_manager_call_cat (
      shoalctl_session_get_manager (session), shoalctl_session_get_word (session, 0),
      g_variant_builder_end (options), G_DBUS_CALL_FLAGS_NONE, G_MAXINT, NULL,
      shoalctl_session_get_cancellable (session), cat_began, session);
}

const ShoalctlCommand shoalctl_content_commands[] = {
  { "add", "PATH", 1, 1, "Put a file or folder into the store", add_options, run_add },
  { "cat", "CID", 1, 1, "Write a file to standard output", cat_options, run_cat },
  { "get", "CID", 1, 1, "Fetch a file or folder", get_options, run_get },
  { NULL },
};
