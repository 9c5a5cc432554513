/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "tree/mesh-import.h"

#include <string.h>

#include "content/mesh-fastcdc.h"

/* The values an import takes and gives. */

void
mesh_import_options_init (MeshImportOptions *options)
{
  *options = (MeshImportOptions){
    .chunker = MESH_CHUNKER_FIXED,
    .chunk_size = 1024 * 1024,
    .hash_code = MESH_MULTIHASH_SHA3_256,
    .cid_version = 1,
    .max_links = 174,
    .split = MESH_HAMT_SPLIT_LINKS,
  };
}

gboolean
mesh_import_options_parse_chunker (MeshImportOptions *options, const char *text)
{
  guint64 size;

  if (strcmp (text, "fastcdc") == 0)
    {
      options->chunker = MESH_CHUNKER_FASTCDC;
      options->chunk_size = MESH_FASTCDC_MEAN_BYTES;
      return TRUE;
    }
  if (!g_str_has_prefix (text, "size-")
      || !g_ascii_string_to_unsigned (text + strlen ("size-"), 10, MESH_IMPORT_MIN_CHUNK,
                                      MESH_IMPORT_MAX_CHUNK, &size, NULL))
    return FALSE;
  options->chunker = MESH_CHUNKER_FIXED;
  options->chunk_size = (gsize) size;
  return TRUE;
}

void
mesh_import_result_free (MeshImportResult *result)
{
  g_clear_pointer (&result->root, mesh_cid_unref);
  g_clear_pointer (&result->entries, g_ptr_array_unref);
  g_free (result);
}
