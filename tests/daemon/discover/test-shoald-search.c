/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "daemon/engine/engine-fixture.h"

#include "discover/shoald-search.h"

static GVariant *
get_first (GVariant *items)
{
  return g_variant_get_child_value (items, 0);
}

static void
assert_text (GVariant *entry, const char *key, const char *expected)
{
  const char *text = NULL;

  g_assert_true (g_variant_lookup (entry, key, "&s", &text));
  g_assert_cmpstr (text, ==, expected);
}

static gboolean
get_flag (GVariant *entry, const char *key)
{
  gboolean is_set = FALSE;

  g_assert_true (g_variant_lookup (entry, key, "b", &is_set));
  return is_set;
}

/* A claim of a server: shown, and not verified. */
static void
test_describe (void)
{
  char *categories[] = { (char *) "game", NULL };
  char *tags[] = { NULL };
  MeshRegistryClaim claim = { .app_id = "org.example.One",
                              .channel = "stable",
                              .version = "1.2.0",
                              .name = "One",
                              .summary = "First",
                              .fingerprint = "",
                              .categories = categories,
                              .tags = tags,
                              .counter = 3,
                              .size = 77 };
  g_autoptr (MeshRegistryResult) result
      = mesh_registry_result_new_claim (&claim, "master http://m.example", 5);
  g_autoptr (GVariant) entry
      = g_variant_ref_sink (shoald_search_describe (result, "12", TRUE));
  g_auto (GStrv) sources = NULL;
  g_auto (GStrv) publishers = NULL;
  guint64 size;

  assert_text (entry, "app", "org.example.One");
  assert_text (entry, "name", "One");
  assert_text (entry, "version", "1.2.0");
  assert_text (entry, "source", "http://m.example");
  assert_text (entry, "split-view", "12");
  assert_text (entry, "fingerprint", "");
  g_assert_true (get_flag (entry, "installed"));
  g_assert_false (get_flag (entry, "verified"));
  g_assert_true (g_variant_lookup (entry, "size", "t", &size));
  g_assert_cmpuint (size, ==, 77);
  g_assert_true (g_variant_lookup (entry, "sources", "^as", &sources));
  g_assert_cmpstr (sources[0], ==, "http://m.example");
  g_assert_null (sources[1]);
  g_assert_true (g_variant_lookup (entry, "publishers", "^as", &publishers));
  g_assert_cmpuint (g_strv_length (publishers), ==, 0);
}

static ShoaldJob *
search (ShoaldEngine *engine, const char *words)
{
  ShoaldSearchOptions options = { .query = words, .limit = 50, .wait_ms = 1000 };
  g_autoptr (GError) error = NULL;
  ShoaldJob *job = shoald_search_start (engine, &options, &error);

  g_assert_no_error (error);
  return job;
}

/* What was published here is found here, and by a neighbour. */
static void
test_published (EngineFixture *fixture, gconstpointer data)
{
  ShoaldEngine *other = engine_fixture_start_other (fixture, "download-only");
  g_autoptr (GVariant) entry = NULL;
  GVariant *result;
  ShoaldJob *job;
  guint count = 0;

  engine_fixture_publish (fixture, "v1", "1.0.0", 10000, 1);
  job = search (fixture->engine, "hello");
  result = engine_fixture_wait_done (job);
  g_assert_true (g_variant_lookup (result, "count", "u", &count));
  g_assert_cmpuint (count, ==, 1);
  entry = get_first (shoald_job_get_items (job));
  assert_text (entry, "app", ENGINE_FIXTURE_APP);
  assert_text (entry, "version", "1.0.0");
  g_assert_true (get_flag (entry, "verified"));
  g_assert_cmpstr (shoald_job_get_kind (job), ==, "search");
  /* The neighbour hears of it sooner or later. */
  do
    {
      job = search (other, "hel");
      engine_fixture_wait_done (job);
    }
  while (g_variant_n_children (shoald_job_get_items (job)) == 0);
  g_variant_unref (g_steal_pointer (&entry));
  entry = get_first (shoald_job_get_items (job));
  assert_text (entry, "app", ENGINE_FIXTURE_APP);
  job = search (other, "nothinglikethat");
  engine_fixture_wait_done (job);
  g_assert_cmpuint (g_variant_n_children (shoald_job_get_items (job)), ==, 0);
  engine_fixture_stop (other);
}

/* The same as one answer. */
static void
test_once (EngineFixture *fixture, gconstpointer data)
{
  ShoaldSearchOptions options = { .query = "", .limit = 50, .wait_ms = 100 };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GVariant) results = NULL;
  g_autoptr (GError) error = NULL;

  shoald_search_async (fixture->engine, &options, NULL, test_wait_result_cb, &result);
  test_wait_until (result != NULL);
  results = shoald_search_finish (fixture->engine, result, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_variant_n_children (results), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/shoald/search/describe", test_describe);
  g_test_add ("/shoald/search/published", EngineFixture, NULL, engine_fixture_set_up,
              test_published, engine_fixture_tear_down);
  g_test_add ("/shoald/search/once", EngineFixture, NULL, engine_fixture_set_up,
              test_once, engine_fixture_tear_down);
  return g_test_run ();
}
