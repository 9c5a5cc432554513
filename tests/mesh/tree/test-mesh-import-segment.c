/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "tree/mesh-import-segment.h"

#include <string.h>

#include "base/mesh-error.h"
#include "mesh/tree/tree-fixture.h"

/* Cuts after every byte "." but not before 1024: a chunker whose boundaries nobody knows
 * beforehand. */
static gsize
next_dot (const MeshChunker *self, const guint8 *data, gsize len, gboolean is_last)
{
  for (gsize i = self->min_bytes; i < len; i++)
    if (data[i] == '.')
      return i + 1;
  return is_last ? len : 0;
}

static MeshImportSegment *
run (const char *path,
     gsize size,
     gsize offset,
     const MeshChunker *chunker,
     GError **error)
{
  MeshImportSegment *segment = mesh_import_segment_new ();
  MeshImportSegment *boxed = segment;

  segment->path = g_strdup (path);
  segment->file_size = size;
  segment->offset = offset;
  segment->max_bytes = 4096;
  segment->chunker = *chunker;
  segment->hash_code = MESH_MULTIHASH_SHA3_256;
  segment->cid_version = 1;
  segment->is_raw = TRUE;
  if (mesh_import_segment_run (&boxed, NULL, error) != NULL)
    return segment;
  mesh_import_segment_free (segment);
  return NULL;
}

static char *
write_lines (Fixture *fixture, gsize size)
{
  g_autofree char *text = g_malloc (size + 1);

  for (gsize i = 0; i < size; i++)
    text[i] = i % 500 == 499 ? '.' : (char) ('a' + i % 17);
  text[size] = '\0';
  return fixture_write (fixture, "file", text);
}

/* Segments follow each other without a gap and end at the end, whatever the chunker. */
static void
check_all (Fixture *fixture, const MeshChunker *chunker, gsize size)
{
  g_autofree char *path = write_lines (fixture, size);
  g_autofree char *contents = NULL;
  gsize offset = 0;

  g_assert_true (g_file_get_contents (path, &contents, NULL, NULL));
  do
    {
      MeshImportSegment *segment = run (path, size, offset, chunker, NULL);

      g_assert_nonnull (segment);
      g_assert_cmpuint (segment->leaves->len, >=, 1);
      for (guint i = 0; i < segment->leaves->len; i++)
        {
          MeshImportLeaf *leaf = &g_array_index (segment->leaves, MeshImportLeaf, i);

          g_assert_cmpuint (leaf->offset, ==, offset);
          g_assert_cmpmem (g_bytes_get_data (leaf->block, NULL),
                           g_bytes_get_size (leaf->block), contents + offset, leaf->size);
          g_assert_true (mesh_cid_verify (leaf->cid, (const guint8 *) contents + offset,
                                          leaf->size, NULL));
          offset += leaf->size;
        }
      g_assert_cmpuint (segment->end, ==, offset);
      mesh_import_segment_free (segment);
    }
  while (offset < size);
}

static void
test_cuts (Fixture *fixture, gconstpointer unused)
{
  static const gsize sizes[] = { 0, 1, 1023, 1024, 4096, 4097, 20000 };
  MeshChunker fixed;
  MeshChunker dots = { .next = next_dot, .min_bytes = 1024, .max_bytes = 1524 };

  mesh_chunker_init_fixed (&fixed, 1024);
  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      check_all (fixture, &fixed, sizes[i]);
      check_all (fixture, &dots, sizes[i]);
    }
}

/* What is said of a file is said once: in its only leaf, or in none, however short the
 * file is that a chunker cuts in two. */
static void
test_meta (Fixture *fixture, gconstpointer unused)
{
  static const struct
  {
    gsize size;
    guint n_leaves;
    gboolean has_meta;
  } cases[] = { { 1400, 1, TRUE }, { 2000, 2, FALSE } };
  MeshChunker dots = { .next = next_dot, .min_bytes = 1024, .max_bytes = 4000 };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = write_lines (fixture, cases[i].size);
      MeshImportSegment *segment = mesh_import_segment_new ();
      MeshImportSegment *boxed = segment;

      segment->path = g_strdup (path);
      segment->file_size = cases[i].size;
      segment->max_bytes = 4096;
      segment->chunker = dots;
      segment->hash_code = MESH_MULTIHASH_SHA3_256;
      segment->cid_version = 1;
      segment->is_raw = TRUE;
      segment->has_meta = TRUE;
      segment->meta = (MeshUnixfsMeta){ .has_mode = TRUE, .mode = 0755 };
      g_assert_true (mesh_import_segment_run (&boxed, NULL, NULL) == segment);
      g_assert_cmpuint (segment->leaves->len, ==, cases[i].n_leaves);
      g_assert_cmpint (segment->has_meta, ==, cases[i].has_meta);
      for (guint j = 0; j < segment->leaves->len; j++)
        g_assert_cmpuint (
            mesh_cid_get_codec (g_array_index (segment->leaves, MeshImportLeaf, j).cid),
            ==, cases[i].has_meta ? MESH_CODEC_DAG_PB : MESH_CODEC_RAW);
      mesh_import_segment_free (segment);
    }
}

static void
test_changed (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *path = write_lines (fixture, 5000);
  g_autoptr (GError) error = NULL;
  MeshChunker fixed;

  mesh_chunker_init_fixed (&fixed, 1024);
  g_assert_null (run (path, 4000, 0, &fixed, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_WRONG_STATE);
  g_clear_error (&error);
  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_null (run (path, 5000, 0, &fixed, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_IO);
}

static void
add (const char *path, void (*func) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, NULL, fixture_set_up, func, fixture_tear_down);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  add ("/tree/import-segment/cuts", test_cuts);
  add ("/tree/import-segment/meta", test_meta);
  add ("/tree/import-segment/changed", test_changed);
  return g_test_run ();
}
