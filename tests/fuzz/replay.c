/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

/* Feeds a fuzz target every file of a corpus folder, every truncation of it and a few
 * seeded corruptions of it, each in memory of exactly its size so that AddressSanitizer
 * sees one byte too far. Prints what the target was given when it dies. */

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);
int LLVMFuzzerInitialize (int *argc, char ***argv) __attribute__ ((weak));

/* A file longer than this is cut at this many evenly spread places only. */
#define MAX_TRUNCATIONS 2048
#define N_CORRUPTIONS 256

static void
feed (const guint8 *data, gsize size)
{
  guint8 *copy = malloc (size); /* not NULL for 0 bytes, unlike g_malloc */

  g_assert (copy != NULL);
  if (size > 0)
    memcpy (copy, data, size);
  LLVMFuzzerTestOneInput (copy, size);
  free (copy);
}

static void
feed_truncations (const guint8 *data, gsize size)
{
  gsize step = MAX (size / MAX_TRUNCATIONS, 1);

  for (gsize len = 0; len < size; len += step)
    feed (data, len);
}

static void
feed_corruptions (const guint8 *data, gsize size, GRand *rand)
{
  if (size == 0)
    return;
  for (guint i = 0; i < N_CORRUPTIONS; i++)
    {
      g_autofree guint8 *copy = g_memdup2 (data, size);
      guint n = g_rand_int_range (rand, 1, 4);

      for (guint j = 0; j < n; j++)
        copy[g_rand_int (rand) % size] = g_rand_int (rand);
      LLVMFuzzerTestOneInput (copy, size);
    }
}

static void
replay (const char *path, guint32 seed)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  g_autoptr (GError) error = NULL;
  g_autofree char *contents = NULL;
  gsize size;

  if (!g_file_get_contents (path, &contents, &size, &error))
    {
      g_printerr ("replay: %s\n", error->message);
      exit (1);
    }
  g_print ("%s: %" G_GSIZE_FORMAT " bytes\n", path, size);
  feed ((const guint8 *) contents, size);
  feed_truncations ((const guint8 *) contents, size);
  feed_corruptions ((const guint8 *) contents, size, rand);
}

int
main (int argc, char *argv[])
{
  g_autoptr (GDir) dir = NULL;
  g_autoptr (GError) error = NULL;
  const char *name;
  guint32 seed = 1;
  guint n = 0;

  if (LLVMFuzzerInitialize != NULL)
    LLVMFuzzerInitialize (&argc, &argv);
  if (argc < 2)
    {
      g_printerr ("Usage: replay CORPUS-FOLDER [SEED]\n");
      return 2;
    }
  if (argc > 2)
    seed = (guint32) g_ascii_strtoull (argv[2], NULL, 10);
  dir = g_dir_open (argv[1], 0, &error);
  if (dir == NULL)
    {
      g_printerr ("replay: %s\n", error->message);
      return 1;
    }
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (argv[1], name, NULL);

      replay (path, seed);
      n++;
    }
  if (n == 0)
    g_printerr ("replay: %s has no file: a decoder without examples is untested\n",
                argv[1]);
  return n > 0 ? 0 : 1;
}
