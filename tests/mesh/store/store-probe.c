/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "mesh/store/store-fixture.h"
#include "store/mesh-exporter.h"
#include "store/mesh-importer.h"

/* A program for the interop tests and benchmarks, with no daemon around the store:
 *
 *   store-probe add DIR PATH [--hash NAME] [--chunk N] [--links N] [--raw-leaves]
 *               [--cid-version N] [--hash-only] [--reference] [--mode]
 *               [--split-block] [--fastcdc]
 *   store-probe get DIR CID DEST
 *
 * "add" prints the root CID, base32; then, on stderr, bytes, seconds, CPU seconds, peak
 * memory. */

static char *hash_name = NULL;
static gint64 chunk_size = 1024 * 1024;
static int max_links = 174;
static int cid_version = 1;
static gboolean raw_leaves = FALSE;
static gboolean hash_only = FALSE;
static gboolean reference = FALSE;
static gboolean mode = FALSE;
static gboolean split_block = FALSE;
static gboolean fastcdc = FALSE;

static const GOptionEntry option_entries[] = {
  { "hash", 0, 0, G_OPTION_ARG_STRING, &hash_name, NULL, NULL },
  { "chunk", 0, 0, G_OPTION_ARG_INT64, &chunk_size, NULL, NULL },
  { "links", 0, 0, G_OPTION_ARG_INT, &max_links, NULL, NULL },
  { "cid-version", 0, 0, G_OPTION_ARG_INT, &cid_version, NULL, NULL },
  { "raw-leaves", 0, 0, G_OPTION_ARG_NONE, &raw_leaves, NULL, NULL },
  { "hash-only", 0, 0, G_OPTION_ARG_NONE, &hash_only, NULL, NULL },
  { "reference", 0, 0, G_OPTION_ARG_NONE, &reference, NULL, NULL },
  { "mode", 0, 0, G_OPTION_ARG_NONE, &mode, NULL, NULL },
  { "fastcdc", 0, 0, G_OPTION_ARG_NONE, &fastcdc, NULL, NULL },
  { "split-block", 0, 0, G_OPTION_ARG_NONE, &split_block, NULL, NULL },
  G_OPTION_ENTRY_NULL,
};

static double
cpu_seconds (const struct rusage *usage)
{
  return (double) usage->ru_utime.tv_sec + (double) usage->ru_utime.tv_usec * 1e-6
         + (double) usage->ru_stime.tv_sec + (double) usage->ru_stime.tv_usec * 1e-6;
}

static gboolean
add (MeshStore *store, const char *path, GError **error)
{
  MeshImportOptions options;
  MeshImportFlags flags = (hash_only ? MESH_IMPORT_HASH_ONLY : 0)
                          | (reference ? MESH_IMPORT_REFERENCE_ONLY : 0);
  gint64 start_us = g_get_monotonic_time ();
  g_autoptr (MeshImportResult) imported = NULL;
  g_autofree char *text = NULL;
  struct rusage usage;

  mesh_import_options_init (&options);
  options.chunk_size = (gsize) chunk_size;
  options.max_links = (guint) max_links;
  options.cid_version = (guint) cid_version;
  options.raw_leaves = raw_leaves;
  options.preserve_mode = mode;
  if (fastcdc && !mesh_import_options_parse_chunker (&options, "fastcdc"))
    return FALSE;
  if (split_block)
    options.split = MESH_HAMT_SPLIT_BLOCK;
  if (hash_name != NULL && !mesh_multihash_from_name (hash_name, &options.hash_code))
    return FALSE;
  {
    FIXTURE_RUN (result, mesh_importer_add_async, store, path, &options, flags, NULL,
                 NULL, NULL);
    imported = mesh_importer_add_finish (store, result, error);
  }
  if (imported == NULL)
    return FALSE;
  text = mesh_cid_to_string (imported->root, MESH_BASE_32);
  g_print ("%s\n", text);
  getrusage (RUSAGE_SELF, &usage);
  g_printerr ("%" G_GUINT64_FORMAT " %.3f %.3f %ld\n", imported->total_bytes,
              (double) (g_get_monotonic_time () - start_us) * 1e-6, cpu_seconds (&usage),
              usage.ru_maxrss);
  return TRUE;
}

static gboolean
get (MeshStore *store, const char *text, const char *dest, GError **error)
{
  g_autoptr (MeshCid) cid = mesh_cid_parse (text, error);

  if (cid == NULL)
    return FALSE;
  {
    FIXTURE_RUN (result, mesh_exporter_get_async, MESH_BLOCK_SOURCE (store),
                 mesh_store_get_pool (store), cid, dest, NULL, NULL, NULL, NULL);
    return mesh_exporter_get_finish (result, NULL, error);
  }
}

int
main (int argc, char *argv[])
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  Fixture fixture = { 0 };
  gboolean is_good = FALSE;

  g_option_context_add_main_entries (context, option_entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || argc < 4)
    return 2;
  fixture.store = fixture_open (argv[2], 0, &error);
  if (fixture.store != NULL && strcmp (argv[1], "add") == 0)
    is_good = add (fixture.store, argv[3], &error);
  else if (fixture.store != NULL && strcmp (argv[1], "get") == 0 && argc == 5)
    is_good = get (fixture.store, argv[3], argv[4], &error);
  if (!is_good)
    g_printerr ("store-probe: %s\n", error != NULL ? error->message : "wrong arguments");
  fixture_close (&fixture);
  return is_good ? 0 : 1;
}
