/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */

/* search-bench fill PATH LISTINGS: a registry.db with that many signed listings.
 * search-bench search PATH TEXT TIMES: searches it TIMES times, one after the other, from
 * the question to the list of results in the main loop. Prints how many were found and,
 * in microseconds, the median, the 99th percentile and what one costs in CPU, all
 * threads. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "registry/mesh-registry-index.h"
#include "registry-fixture.h"
#include "registry-wait.h"

#define APPS_OF_ONE_KEY 500 /* below what one author may have */

static MeshRegistryDb *
open_db (const char *path)
{
  RegistryWait wait = { NULL };
  g_autoptr (GError) error = NULL;
  MeshRegistryDb *db;

  mesh_registry_db_open_async (path, NULL, registry_wait_cb, &wait);
  db = mesh_registry_db_open_finish (registry_wait_for (&wait), &error);
  g_assert_no_error (error);
  g_clear_object (&wait.result);
  return db;
}

/* Each with a word that all have, one that a hundredth has, and one of its own. */
static void
take (MeshRegistryIndex *index, guint i)
{
  g_autofree char *app_id = g_strdup_printf ("org.example.App%u", i);
  g_autofree char *name = g_strdup_printf ("Editor Number%u", i);
  g_autofree char *summary
      = g_strdup_printf ("Writes letters and much else, of the kind Sort%u", i % 100);
  RegistryFixture fixture = registry_fixture_now ();
  RegistryWait wait = { NULL };
  g_autoptr (MeshRegistryOutcome) outcome = NULL;
  g_autoptr (GBytes) data = NULL;

  fixture.app_id = app_id;
  fixture.name = name;
  fixture.summary = summary;
  fixture.key = (guint8) (1 + i / APPS_OF_ONE_KEY);
  data = registry_fixture_bytes (&fixture);
  mesh_registry_index_ingest_async (index, data, "peer a", FALSE,
                                    g_get_real_time () / G_USEC_PER_SEC, registry_wait_cb,
                                    &wait);
  outcome = mesh_registry_index_ingest_finish (index, registry_wait_for (&wait), NULL);
  g_assert_cmpint (outcome->verdict, ==, MESH_REGISTRY_VERDICT_ACCEPT);
  g_clear_object (&wait.result);
}

static int
compare_times (gconstpointer a, gconstpointer b)
{
  gint64 left = *(const gint64 *) a, right = *(const gint64 *) b;

  return left < right ? -1 : left > right;
}

static guint
search_once (MeshRegistryIndex *index, const char *text, gint64 *took_us)
{
  gint64 start_us = g_get_monotonic_time ();
  g_autoptr (MeshRegistryQuery) query = mesh_registry_query_new (text, NULL, NULL, 0);
  RegistryWait wait = { NULL };
  g_autoptr (GPtrArray) results = NULL;

  mesh_registry_index_search_async (index, query, 0, g_get_real_time () / G_USEC_PER_SEC,
                                    registry_wait_cb, &wait);
  results = mesh_registry_index_search_finish (registry_wait_for (&wait), NULL);
  *took_us = g_get_monotonic_time () - start_us;
  g_clear_object (&wait.result);
  return results->len;
}

static gint64
get_cpu_us (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * G_USEC_PER_SEC
         + usage.ru_utime.tv_usec + usage.ru_stime.tv_usec;
}

static void
search (MeshRegistryIndex *index, const char *text, guint n_times)
{
  g_autofree gint64 *times = g_new (gint64, n_times);
  guint n_found = search_once (index, text, &times[0]); /* the first one warms up */
  gint64 cpu_us = get_cpu_us ();

  for (guint i = 0; i < n_times; i++)
    search_once (index, text, &times[i]);
  cpu_us = (get_cpu_us () - cpu_us) / n_times;
  qsort (times, n_times, sizeof *times, compare_times);
  printf ("%u %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT "\n", n_found,
          times[n_times / 2], times[n_times * 99 / 100], cpu_us);
}

int
main (int argc, char *argv[])
{
  g_autoptr (MeshRegistryDb) db = NULL;
  g_autoptr (MeshRegistryIndex) index = NULL;

  if (argc == 4 && g_str_equal (argv[1], "fill"))
    {
      guint n = (guint) strtoul (argv[3], NULL, 10);

      db = open_db (argv[2]);
      index = mesh_registry_index_new (db, NULL);
      for (guint i = 0; i < n; i++)
        take (index, i);
      return 0;
    }
  if (argc == 5 && g_str_equal (argv[1], "search"))
    {
      db = open_db (argv[2]);
      index = mesh_registry_index_new (db, NULL);
      search (index, argv[3], MAX (1u, (guint) strtoul (argv[4], NULL, 10)));
      return 0;
    }
  fprintf (stderr, "Usage: search-bench fill PATH LISTINGS | search PATH TEXT TIMES\n");
  return 2;
}
