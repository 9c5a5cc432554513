/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "bus/shoald-bus-content.h"

#include <string.h>
#include <gio/gunixfdlist.h>
#include <glib/gstdio.h>

#include "engine/shoald-content.h"
#include "engine/shoald-local.h"
#include "bus/shoald-bus-error.h"
#include "bus/shoald-bus-options.h"
#include "bus/shoald-bus-path.h"

typedef void (*CompleteJob) (ShoalDBusManager *skeleton,
                             GDBusMethodInvocation *invocation,
                             const char *path);

/* Takes @error. */
static gboolean
reply_job (ShoalDBusManager *skeleton,
           GDBusMethodInvocation *invocation,
           ShoaldJob *job,
           GError *error,
           CompleteJob complete)
{
  g_autofree char *path = NULL;

  if (job == NULL)
    return shoald_bus_error_return (invocation, error);
  path = shoald_bus_path_for_job (job);
  complete (skeleton, invocation, path);
  return TRUE;
}

/* Add. */

static void
read_chunker (ShoaldBusOptions *reader, MeshImportOptions *import)
{
  const char *chunker = shoald_bus_options_string (reader, "chunker", NULL);

  if (chunker != NULL && !mesh_import_options_parse_chunker (import, chunker))
    shoald_bus_options_fail (reader, "chunker",
                             "write fastcdc, or size-N with N from 1024 to 2096128");
}

static void
read_split (ShoaldBusOptions *reader, MeshImportOptions *import)
{
  const char *split = shoald_bus_options_string (reader, "shard-split", "links-bytes");

  if (strcmp (split, "block-bytes") == 0)
    import->split = MESH_HAMT_SPLIT_BLOCK;
  else if (strcmp (split, "links-bytes") != 0)
    shoald_bus_options_fail (reader, "shard-split", "write links-bytes or block-bytes");
}

static void
read_hash (ShoaldBusOptions *reader, MeshImportOptions *import)
{
  static const struct
  {
    const char *name;
    guint64 code;
  } hashes[] = {
    { "sha3-256", MESH_MULTIHASH_SHA3_256 },
    { "sha2-256", MESH_MULTIHASH_SHA2_256 },
    { "sha3-512", MESH_MULTIHASH_SHA3_512 },
    { "sha2-512", MESH_MULTIHASH_SHA2_512 },
  };
  const char *hash = shoald_bus_options_string (reader, "hash", NULL);

  if (hash == NULL)
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (hashes); i++)
    if (strcmp (hashes[i].name, hash) == 0)
      {
        import->hash_code = hashes[i].code;
        return;
      }
  shoald_bus_options_fail (reader, "hash",
                           "write sha3-256, sha2-256, sha3-512 or sha2-512");
}

static void
read_base (ShoaldBusOptions *reader, ShoaldLocalAddOptions *options)
{
  const char *base = shoald_bus_options_string (reader, "cid-base", "base58btc");

  if (strcmp (base, "base58btc") != 0 && strcmp (base, "base32") != 0)
    shoald_bus_options_fail (reader, "cid-base", "write base58btc or base32");
  else
    options->cid_base = *base == 'b' && base[4] == '3' ? MESH_BASE_32 : MESH_BASE_58_BTC;
}

static gboolean
add_cb (ShoalDBusManager *skeleton,
        GDBusMethodInvocation *invocation,
        const char *path,
        GVariant *options,
        gpointer user_data)
{
  const ShoaldBusContext *context = user_data;
  ShoaldBusOptions reader;
  ShoaldLocalAddOptions add;
  ShoaldJob *job;
  GError *error = NULL;

  shoald_local_init_add_options (&add);
  shoald_bus_options_init (&reader, options);
  read_chunker (&reader, &add.import);
  read_split (&reader, &add.import);
  read_hash (&reader, &add.import);
  read_base (&reader, &add);
  add.import.raw_leaves
      = shoald_bus_options_boolean (&reader, "raw-leaves", add.import.raw_leaves);
  add.import.max_links
      = shoald_bus_options_uint (&reader, "max-links", MESH_IMPORT_MIN_LINKS,
                                 MESH_IMPORT_MAX_LINKS, add.import.max_links);
  add.import.wrap_in_directory = shoald_bus_options_boolean (&reader, "wrap", FALSE);
  add.is_reference = shoald_bus_options_boolean (&reader, "reference", FALSE);
  add.is_pinned = shoald_bus_options_boolean (&reader, "pin", TRUE);
  add.is_shared = shoald_bus_options_boolean (&reader, "share", TRUE);
  if (reader.error != NULL)
    return shoald_bus_error_return (invocation, reader.error);
  job = shoald_local_add (context->engine, path, &add, &error);
  return reply_job (skeleton, invocation, job, error, shoal_dbus_manager_complete_add);
}

/* Get and cat. */

static gboolean
get_cb (ShoalDBusManager *skeleton,
        GDBusMethodInvocation *invocation,
        const char *cid,
        const char *destination,
        GVariant *options,
        gpointer user_data)
{
  const ShoaldBusContext *context = user_data;
  ShoaldBusOptions reader;
  const char *peer;
  gboolean is_overwriting;
  gboolean is_pinned;
  ShoaldJob *job;
  GError *error = NULL;

  shoald_bus_options_init (&reader, options);
  peer = shoald_bus_options_string (&reader, "peer", NULL);
  is_overwriting = shoald_bus_options_boolean (&reader, "overwrite", FALSE);
  is_pinned = shoald_bus_options_boolean (&reader, "pin", FALSE);
  if (reader.error != NULL)
    return shoald_bus_error_return (invocation, reader.error);
  job = shoald_content_get (context->engine, cid, destination, peer, is_overwriting,
                            is_pinned, &error);
  return reply_job (skeleton, invocation, job, error, shoal_dbus_manager_complete_get);
}

static gboolean
cat_cb (ShoalDBusManager *skeleton,
        GDBusMethodInvocation *invocation,
        GUnixFDList *unused,
        const char *cid,
        GVariant *options,
        gpointer user_data)
{
  const ShoaldBusContext *context = user_data;
  g_autoptr (GUnixFDList) fds = NULL;
  g_autofree char *path = NULL;
  ShoaldBusOptions reader;
  const char *peer;
  ShoaldJob *job;
  GError *error = NULL;
  int fd = -1;

  shoald_bus_options_init (&reader, options);
  peer = shoald_bus_options_string (&reader, "peer", NULL);
  if (reader.error != NULL)
    return shoald_bus_error_return (invocation, reader.error);
  job = shoald_content_cat (context->engine, cid, peer, &fd, &error);
  if (job == NULL)
    return shoald_bus_error_return (invocation, error);
  fds = g_unix_fd_list_new_from_array (&fd, 1);
  path = shoald_bus_path_for_job (job);
  shoal_dbus_manager_complete_cat (skeleton, invocation, fds, g_variant_new_handle (0),
                                   path);
  return TRUE;
}

/* Pins and sharing. */

static gboolean
list_pins_cb (ShoalDBusManager *skeleton,
              GDBusMethodInvocation *invocation,
              gpointer user_data)
{
  const ShoaldBusContext *context = user_data;
  GError *error = NULL;
  GVariant *pins = shoald_local_list_pins (context->engine, &error);

  if (pins == NULL)
    return shoald_bus_error_return (invocation, error);
  shoal_dbus_manager_complete_list_pins (skeleton, invocation, pins);
  return TRUE;
}

static gboolean
pin_cb (ShoalDBusManager *skeleton,
        GDBusMethodInvocation *invocation,
        const char *cid,
        GVariant *options,
        gpointer user_data)
{
  const ShoaldBusContext *context = user_data;
  ShoaldBusOptions reader;
  const char *name;
  ShoaldJob *job;
  GError *error = NULL;

  shoald_bus_options_init (&reader, options);
  name = shoald_bus_options_string (&reader, "name", "");
  if (reader.error != NULL)
    return shoald_bus_error_return (invocation, reader.error);
  job = shoald_content_pin (context->engine, cid, name, &error);
  return reply_job (skeleton, invocation, job, error, shoal_dbus_manager_complete_pin);
}

static void
unpinned_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  GDBusMethodInvocation *invocation = user_data;
  GError *error = NULL;

  if (!shoald_local_unpin_finish (SHOALD_ENGINE (object), result, &error))
    shoald_bus_error_return (invocation, error);
  else
    g_dbus_method_invocation_return_value (invocation, NULL);
}

static gboolean
unpin_cb (ShoalDBusManager *skeleton,
          GDBusMethodInvocation *invocation,
          const char *cid,
          gpointer user_data)
{
  const ShoaldBusContext *context = user_data;

  shoald_local_unpin_async (context->engine, cid, unpinned_cb, invocation);
  return TRUE;
}

static void
shared_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  GDBusMethodInvocation *invocation = user_data;
  GError *error = NULL;

  if (!shoald_local_set_shared_finish (SHOALD_ENGINE (object), result, &error))
    shoald_bus_error_return (invocation, error);
  else
    g_dbus_method_invocation_return_value (invocation, NULL);
}

static gboolean
set_shared_cb (ShoalDBusManager *skeleton,
               GDBusMethodInvocation *invocation,
               const char *cid,
               gboolean is_shared,
               gpointer user_data)
{
  const ShoaldBusContext *context = user_data;

  shoald_local_set_shared_async (context->engine, cid, is_shared, shared_cb, invocation);
  return TRUE;
}

/* The store. */

static gboolean
collect_cb (ShoalDBusManager *skeleton,
            GDBusMethodInvocation *invocation,
            GVariant *options,
            gpointer user_data)
{
  const ShoaldBusContext *context = user_data;
  GError *error = NULL;
  ShoaldJob *job = shoald_local_collect (context->engine, &error);

  return reply_job (skeleton, invocation, job, error,
                    shoal_dbus_manager_complete_garbage_collect);
}

static gboolean
export_car_cb (ShoalDBusManager *skeleton,
               GDBusMethodInvocation *invocation,
               const char *cid,
               const char *path,
               GVariant *options,
               gpointer user_data)
{
  const ShoaldBusContext *context = user_data;
  ShoaldBusOptions reader;
  gboolean is_overwriting;
  ShoaldJob *job;
  GError *error = NULL;

  shoald_bus_options_init (&reader, options);
  is_overwriting = shoald_bus_options_boolean (&reader, "overwrite", FALSE);
  if (reader.error != NULL)
    return shoald_bus_error_return (invocation, reader.error);
  job = shoald_content_export_car (context->engine, cid, path, is_overwriting, &error);
  return reply_job (skeleton, invocation, job, error,
                    shoal_dbus_manager_complete_export_car);
}

static gboolean
import_car_cb (ShoalDBusManager *skeleton,
               GDBusMethodInvocation *invocation,
               const char *path,
               GVariant *options,
               gpointer user_data)
{
  const ShoaldBusContext *context = user_data;
  ShoaldBusOptions reader;
  gboolean is_pinned;
  gboolean is_shared;
  ShoaldJob *job;
  GError *error = NULL;

  shoald_bus_options_init (&reader, options);
  is_pinned = shoald_bus_options_boolean (&reader, "pin", TRUE);
  is_shared = shoald_bus_options_boolean (&reader, "share", TRUE);
  if (reader.error != NULL)
    return shoald_bus_error_return (invocation, reader.error);
  job = shoald_local_import_car (context->engine, path, is_pinned, is_shared, &error);
  return reply_job (skeleton, invocation, job, error,
                    shoal_dbus_manager_complete_import_car);
}

void
shoald_bus_content_connect (const ShoaldBusContext *context, ShoalDBusManager *skeleton)
{
  gpointer data = (gpointer) context;

  g_object_connect (
      skeleton, "signal::handle-add", add_cb, data, "signal::handle-get", get_cb, data,
      "signal::handle-cat", cat_cb, data, "signal::handle-list-pins", list_pins_cb, data,
      "signal::handle-pin", pin_cb, data, "signal::handle-unpin", unpin_cb, data,
      "signal::handle-set-shared", set_shared_cb, data, "signal::handle-garbage-collect",
      collect_cb, data, "signal::handle-export-car", export_car_cb, data,
      "signal::handle-import-car", import_car_cb, data, NULL);
}
