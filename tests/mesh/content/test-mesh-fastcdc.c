/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "content/mesh-fastcdc.h"

#include <string.h>

#include "content/mesh-murmur3.h"

#define MIB ((gsize) 1024 * 1024)
#define SEED G_GUINT64_CONSTANT (0x53686f616c434443)

static guint64
split_mix (guint64 *state)
{
  guint64 z = *state += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);

  z = (z ^ z >> 30) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  z = (z ^ z >> 27) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return z ^ z >> 31;
}

/* (transfer full): bytes that are the same in every run */
static guint8 *
noise (gsize len, guint64 seed)
{
  guint8 *data = g_malloc (len + 8);

  for (gsize i = 0; i < len; i += 8)
    {
      guint64 value = GUINT64_TO_LE (split_mix (&seed));

      memcpy (data + i, &value, 8);
    }
  return data;
}

/* (transfer full) (element-type guint64): where chunks end */
static GArray *
cut (const MeshChunker *chunker, const guint8 *data, gsize len)
{
  GArray *ends = g_array_new (FALSE, FALSE, sizeof (guint64));

  for (guint64 at = 0; at < len;)
    {
      gsize size = mesh_chunker_next (chunker, data + at, len - at, TRUE);

      g_assert_cmpuint (size, >, 0);
      at += size;
      g_array_append_val (ends, at);
    }
  return ends;
}

static void
test_table (void)
{
  guint64 state = SEED;

  for (guint i = 0; i < 256; i++)
    g_assert_cmphex (mesh_fastcdc_get_gear ((guint8) i), ==, split_mix (&state));
}

/* What is cut today is cut so tomorrow: chunks are shared by their names. */
static void
test_frozen (void)
{
  static const guint64 known[] = { 1278150, 2666095, 3550065, 4428833, 5948441,
                                   6274560, 7195789, 7677178, 8388608 };
  g_autofree guint8 *data = noise (8 * MIB, 1);
  g_autoptr (GArray) ends = NULL;
  MeshChunker chunker;

  mesh_fastcdc_init (&chunker, MESH_FASTCDC_MEAN_BYTES);
  ends = cut (&chunker, data, 8 * MIB);
  g_assert_cmpmem (ends->data, ends->len * sizeof (guint64), known, sizeof known);
}

/* Chunks are within their bounds and have the mean that was asked for. */
static void
test_sizes (void)
{
  static const gsize means[] = { 4096, 65536, MESH_FASTCDC_MEAN_BYTES };
  g_autofree guint8 *data = noise (64 * MIB, 2);

  for (gsize i = 0; i < G_N_ELEMENTS (means); i++)
    {
      gsize len = MIN (64 * MIB, means[i] * 2048);
      g_autoptr (GArray) ends = NULL;
      MeshChunker chunker;
      guint64 before = 0;
      guint n_near = 0;
      guint n_forced = 0;
      double mean;

      mesh_fastcdc_init (&chunker, means[i]);
      g_assert_cmpuint (chunker.stride, ==, 0);
      ends = cut (&chunker, data, len);
      for (guint j = 0; j < ends->len; j++)
        {
          guint64 end = g_array_index (ends, guint64, j);
          guint64 size = end - before;

          g_assert_cmpuint (size, <=, chunker.max_bytes);
          g_assert_true (size > chunker.min_bytes || end == len);
          n_near += size >= means[i] / 16 * 13 && size < means[i] / 2 * 3;
          n_forced += size == chunker.max_bytes;
          before = end;
        }
      mean = (double) len / ends->len;
      g_test_message ("mean %" G_GSIZE_FORMAT
                      ": %u chunks of %.0f bytes, %u near, %u cut "
                      "at the end",
                      means[i], ends->len, mean, n_near, n_forced);
      /* Few chunks of the largest mean fit into the test: there it is a rough figure. */
      g_assert_cmpfloat (mean, >, (double) means[i] * (ends->len > 1000 ? 0.96 : 0.85));
      g_assert_cmpfloat (mean, <, (double) means[i] * (ends->len > 1000 ? 1.04 : 1.15));
      g_assert_cmpuint (n_near * 2, >, ends->len);
      g_assert_cmpuint (n_forced * 10, <, ends->len);
    }
}

/* (transfer full): the chunks that are in it */
static GHashTable *
name_chunks (const MeshChunker *chunker, const guint8 *data, gsize len)
{
  GHashTable *names = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  g_autoptr (GArray) ends = cut (chunker, data, len);
  guint64 before = 0;

  for (guint i = 0; i < ends->len; i++)
    {
      guint64 end = g_array_index (ends, guint64, i);
      guint64 name = mesh_murmur3_hash64 (data + before, end - before);

      g_hash_table_add (names, g_memdup2 (&name, sizeof name));
      before = end;
    }
  return names;
}

/* A byte more in front of 64 MiB, in the middle, or one changed: two chunks at most are
 * not those there were. */
static void
test_shift (void)
{
  const gsize len = 64 * MIB;
  static const gsize places[] = { 0, 1000, 20 * MIB, 64 * MIB - 1 };
  g_autofree guint8 *data = noise (len, 3);
  g_autofree guint8 *other = g_malloc (len + 1);
  g_autoptr (GHashTable) names = NULL;
  MeshChunker chunker;

  mesh_fastcdc_init (&chunker, MESH_FASTCDC_MEAN_BYTES);
  names = name_chunks (&chunker, data, len);
  for (gsize i = 0; i < G_N_ELEMENTS (places); i++)
    {
      g_autoptr (GHashTable) changed = NULL;
      GHashTableIter iter;
      gpointer name;
      guint n_new = 0;

      memcpy (other, data, places[i]);
      other[places[i]] = 'x';
      memcpy (other + places[i] + 1, data + places[i], len - places[i]);
      changed = name_chunks (&chunker, other, len + 1);
      g_hash_table_iter_init (&iter, changed);
      while (g_hash_table_iter_next (&iter, &name, NULL))
        n_new += g_hash_table_contains (names, name) ? 0 : 1;
      g_assert_cmpuint (n_new, >=, 1);
      g_assert_cmpuint (n_new, <=, 2);
    }
}

/* However the bytes come, and from whichever boundary it goes on, cuts are the same. */
static void
test_resume (void)
{
  static const gsize steps[] = { 1000, 100 * 1024, 3 * 1024 * 1024 };
  const gsize len = 6 * MIB;
  g_autofree guint8 *data = noise (len, 4);
  g_autoptr (GArray) ends = NULL;
  MeshChunker chunker;

  mesh_fastcdc_init (&chunker, 65536);
  ends = cut (&chunker, data, len);
  for (gsize i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      gsize start = 0;
      gsize have = 0;
      guint n = 0;

      while (start < len)
        {
          gsize size
              = mesh_chunker_next (&chunker, data + start, have - start, have == len);

          if (size == 0)
            {
              g_assert_cmpuint (have - start, <, chunker.max_bytes);
              have = MIN (len, have + steps[i]);
              continue;
            }
          start += size;
          g_assert_cmpuint (start, ==, g_array_index (ends, guint64, n));
          n++;
        }
      g_assert_cmpuint (n, ==, ends->len);
    }
}

/* Bytes that never cut and files that are too short to. */
static void
test_edges (void)
{
  g_autofree guint8 *zeros = g_malloc0 (5 * MIB);
  MeshChunker chunker;

  mesh_fastcdc_init (&chunker, MESH_FASTCDC_MEAN_BYTES);
  g_assert_cmpuint (chunker.max_bytes, ==, MESH_CHUNKER_MAX_BYTES);
  g_assert_cmpuint (mesh_chunker_next (&chunker, zeros, 5 * MIB, FALSE), ==,
                    MESH_CHUNKER_MAX_BYTES);
  g_assert_cmpuint (mesh_chunker_next (&chunker, zeros, 0, TRUE), ==, 0);
  g_assert_cmpuint (mesh_chunker_next (&chunker, zeros, 1, TRUE), ==, 1);
  g_assert_cmpuint (mesh_chunker_next (&chunker, zeros, 1, FALSE), ==, 0);
  g_assert_cmpuint (mesh_chunker_next (&chunker, zeros, MIB / 4, TRUE), ==, MIB / 4);
  g_assert_cmpuint (mesh_chunker_next (&chunker, zeros, MIB, FALSE), ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/content/fastcdc/table", test_table);
  g_test_add_func ("/content/fastcdc/frozen", test_frozen);
  g_test_add_func ("/content/fastcdc/sizes", test_sizes);
  g_test_add_func ("/content/fastcdc/shift", test_shift);
  g_test_add_func ("/content/fastcdc/resume", test_resume);
  g_test_add_func ("/content/fastcdc/edges", test_edges);
  return g_test_run ();
}
