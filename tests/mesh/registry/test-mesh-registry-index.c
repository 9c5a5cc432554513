/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "registry/mesh-registry-index.h"

#include <string.h>

#include "registry-db-fixture.h"
#include "registry/mesh-registry-ledger.h"

typedef RegistryDbFixture Fixture;

static guint
count (Fixture *fixture, const char *text, const char *category, const char *tag)
{
  g_autoptr (GPtrArray) results
      = registry_db_fixture_search (fixture, text, category, tag);

  return results->len;
}

static void
take (Fixture *fixture, const RegistryFixture *what, MeshRegistryVerdict expected)
{
  g_assert_cmpint (registry_db_fixture_take (fixture, what, "peer a"), ==, expected);
}

static void
test_search (Fixture *fixture, gconstpointer unused)
{
  RegistryFixture editor = registry_fixture_default ();
  RegistryFixture game = registry_fixture_default ();
  g_autoptr (GPtrArray) all = NULL;
  const MeshRegistryResult *result;

  game.app_id = "org.example.Chess";
  game.name = "Chess";
  game.summary = "An old game for two";
  game.category = "Games";
  game.tag = NULL;
  game.key = 2;
  take (fixture, &editor, MESH_REGISTRY_VERDICT_ACCEPT);
  take (fixture, &game, MESH_REGISTRY_VERDICT_ACCEPT);
  g_assert_cmpuint (count (fixture, "", NULL, NULL), ==, 2);
  g_assert_cmpuint (count (fixture, "example edi", NULL, NULL), ==, 1);
  g_assert_cmpuint (count (fixture, "EXÄMPLE", NULL, NULL), ==, 2); /* its id */
  g_assert_cmpuint (count (fixture, "c", NULL, NULL), ==, 1);
  g_assert_cmpuint (count (fixture, "nobody", "games", NULL), ==, 1);
  g_assert_cmpuint (count (fixture, "", "GAMES", NULL), ==, 1);
  g_assert_cmpuint (count (fixture, "", NULL, "text"), ==, 1);
  g_assert_cmpuint (count (fixture, "", "games", "text"), ==, 0);
  g_assert_cmpuint (count (fixture, "hess", NULL, NULL), ==, 0);
  g_assert_cmpuint (count (fixture, "name:chess OR \"*", NULL, NULL), ==, 0);
  g_assert_cmpuint (count (fixture, "'; DROP TABLE listings; --", NULL, NULL), ==, 0);
  all = registry_db_fixture_search (fixture, "chess", NULL, NULL);
  result = all->pdata[0];
  g_assert_cmpstr (result->app_id, ==, "org.example.Chess");
  g_assert_cmpstr (result->sources[0], ==, "local");
  g_assert_false (result->is_verified);
  g_assert_false (result->is_disputed);
  g_assert_cmpuint (strlen (result->fingerprint), ==, 64);
}

/* What is better known stands before what is more alike in one word. */
static void
test_order (Fixture *fixture, gconstpointer unused)
{
  RegistryFixture named = registry_fixture_default ();
  RegistryFixture told = registry_fixture_default ();
  g_autoptr (GPtrArray) results = NULL;

  named.app_id = "org.example.One";
  named.name = "Letters";
  named.key = 3;
  told.key = 4;
  take (fixture, &told, MESH_REGISTRY_VERDICT_ACCEPT);
  take (fixture, &named, MESH_REGISTRY_VERDICT_ACCEPT);
  results = registry_db_fixture_search (fixture, "letters", NULL, NULL);
  g_assert_cmpuint (results->len, ==, 2);
  g_assert_cmpstr (((MeshRegistryResult *) results->pdata[0])->name, ==, "Letters");
}

static void
test_replayed (Fixture *fixture, gconstpointer unused)
{
  RegistryFixture one = registry_fixture_default ();
  RegistryFixture two = one;

  two.counter = 2;
  two.version = "1.1.0";
  take (fixture, &two, MESH_REGISTRY_VERDICT_ACCEPT);
  take (fixture, &two, MESH_REGISTRY_VERDICT_IGNORE);
  take (fixture, &one, MESH_REGISTRY_VERDICT_IGNORE);
  g_assert_cmpuint (count (fixture, "", NULL, NULL), ==, 1);
  one.expires_s = TRUST_FIXTURE_NOW_S - 1;
  one.key = 9;
  take (fixture, &one, MESH_REGISTRY_VERDICT_IGNORE);
  one.expires_s = TRUST_FIXTURE_NOW_S + MESH_ANNOUNCEMENT_MAX_LIFE_S + 10;
  take (fixture, &one, MESH_REGISTRY_VERDICT_IGNORE);
  g_assert_cmpuint (count (fixture, "", NULL, NULL), ==, 1);
}

static void
test_forged (Fixture *fixture, gconstpointer unused)
{
  RegistryFixture good = registry_fixture_default ();
  g_autoptr (GBytes) bytes = registry_fixture_bytes (&good);
  g_autoptr (GString) text = g_string_new_len (g_bytes_get_data (bytes, NULL),
                                               (gssize) g_bytes_get_size (bytes));
  g_autoptr (GBytes) forged = NULL;
  g_autoptr (GBytes) noise = g_bytes_new_static ("noise", 5);
  g_autoptr (MeshRegistryOutcome) one = NULL;
  g_autoptr (MeshRegistryOutcome) other = NULL;

  g_string_replace (text, "\"counter\":1", "\"counter\":9", 1);
  forged = g_bytes_new (text->str, text->len);
  one = registry_db_fixture_ingest (fixture, forged, "peer a");
  other = registry_db_fixture_ingest (fixture, noise, "peer a");
  g_assert_cmpint (one->verdict, ==, MESH_REGISTRY_VERDICT_REJECT);
  g_assert_cmpint (other->verdict, ==, MESH_REGISTRY_VERDICT_REJECT);
  g_assert_cmpuint (other->n_listings, ==, 0);
}

/* Another publisher of a known app stands beside it, and never in its place. */
static void
test_stranger (Fixture *fixture, gconstpointer unused)
{
  RegistryFixture ours = registry_fixture_default ();
  RegistryFixture theirs = ours;
  g_autoptr (MeshTrustState) trust = registry_fixture_trust (&ours);
  g_autoptr (GPtrArray) results = NULL;
  const MeshRegistryResult *first, *second;

  theirs.key = 7;
  theirs.counter = 100;
  theirs.version = "9.0.0";
  take (fixture, &theirs, MESH_REGISTRY_VERDICT_ACCEPT);
  take (fixture, &ours, MESH_REGISTRY_VERDICT_ACCEPT);
  mesh_registry_index_trust (fixture->index, trust);
  registry_db_fixture_flush (fixture);
  results = registry_db_fixture_search (fixture, "editor", NULL, NULL);
  g_assert_cmpuint (results->len, ==, 2);
  first = results->pdata[0];
  second = results->pdata[1];
  g_assert_true (first->is_verified);
  g_assert_cmpstr (first->version, ==, "1.0.0");
  g_assert_true (first->is_disputed);
  g_assert_false (second->is_verified);
  g_assert_cmpstr (second->version, ==, "9.0.0");
}

/* Below what was installed already nothing is news. */
static void
test_trusted_counter (Fixture *fixture, gconstpointer unused)
{
  RegistryFixture five = registry_fixture_default ();
  RegistryFixture four = five;
  g_autoptr (MeshTrustState) trust = NULL;

  five.counter = 5;
  four.counter = 4;
  trust = registry_fixture_trust (&five);
  mesh_registry_index_trust (fixture->index, trust);
  take (fixture, &four, MESH_REGISTRY_VERDICT_IGNORE);
  take (fixture, &five, MESH_REGISTRY_VERDICT_ACCEPT);
}

static void
test_split (Fixture *fixture, gconstpointer unused)
{
  RegistryFixture one = registry_fixture_default ();
  RegistryFixture other = one;
  g_autoptr (GBytes) first = registry_fixture_bytes (&one);
  g_autoptr (GBytes) second = NULL;
  g_autoptr (MeshRegistryOutcome) outcome = NULL;
  g_autoptr (MeshRegistryOutcome) again = NULL;
  g_autoptr (GPtrArray) results = NULL;

  other.version = "1.0.1";
  second = registry_fixture_bytes (&other);
  take (fixture, &one, MESH_REGISTRY_VERDICT_ACCEPT);
  outcome = registry_db_fixture_ingest (fixture, second, "peer b");
  g_assert_cmpint (outcome->verdict, ==, MESH_REGISTRY_VERDICT_SPLIT);
  g_assert_cmpint (outcome->split_view->kind, ==, MESH_SPLIT_VIEW_SAME_COUNTER);
  g_assert_true (g_bytes_equal (outcome->split_view->a_proof, first));
  g_assert_true (g_bytes_equal (outcome->split_view->b_proof, second));
  g_assert_cmpstr (outcome->split_view->b_source, ==, "peer b");
  /* Once: then it is known. */
  again = registry_db_fixture_ingest (fixture, second, "peer c");
  g_assert_cmpint (again->verdict, ==, MESH_REGISTRY_VERDICT_IGNORE);
  results = registry_db_fixture_search (fixture, "", NULL, NULL);
  g_assert_cmpuint (results->len, ==, 1);
  g_assert_cmpstr (((MeshRegistryResult *) results->pdata[0])->version, ==, "1.0.0");
}

static char *
app_number (guint i)
{
  return g_strdup_printf ("org.example.App%u", i);
}

static void
flood (Fixture *fixture, guint from, guint n, guint8 key, const char *via)
{
  for (guint i = from; i < from + n; i++)
    {
      RegistryFixture spam = registry_fixture_default ();
      g_autofree char *app_id = app_number (i);

      spam.app_id = app_id;
      spam.key = key;
      registry_db_fixture_take (fixture, &spam, via);
    }
}

/* Who floods the index pushes out its own flood: what others brought and what is trusted
 * stays, and there are never more rows or bytes than allowed. */
static void
test_spam (Fixture *fixture, gconstpointer unused)
{
  MeshRegistryIndexLimits limits = { 20, 1 << 20, 1000 };
  RegistryFixture trusted = registry_fixture_default ();
  RegistryFixture honest = registry_fixture_default ();
  g_autoptr (MeshTrustState) trust = registry_fixture_trust (&trusted);

  registry_db_fixture_close (fixture);
  registry_db_fixture_open (fixture, &limits);
  honest.app_id = "org.example.Honest";
  honest.name = "Honest";
  honest.key = 3;
  mesh_registry_index_trust (fixture->index, trust);
  g_assert_cmpint (registry_db_fixture_take (fixture, &trusted, "peer a"), ==,
                   MESH_REGISTRY_VERDICT_ACCEPT);
  g_assert_cmpint (registry_db_fixture_take (fixture, &honest, "peer b"), ==,
                   MESH_REGISTRY_VERDICT_ACCEPT);
  for (guint8 key = 10; key < 20; key++)
    flood (fixture, key * 10u, 5, key, "peer evil");
  g_assert_cmpuint (count (fixture, "", NULL, NULL), ==, 20);
  g_assert_cmpuint (count (fixture, "honest", NULL, NULL), ==, 1);
  g_assert_cmpuint (count (fixture, "org.example.App editor", NULL, NULL), >=, 1);
  {
    g_autoptr (GPtrArray) results = registry_db_fixture_search (fixture, "", NULL, NULL);

    g_assert_true (((MeshRegistryResult *) results->pdata[0])->is_verified);
  }
}

static void
test_bytes_bounded (Fixture *fixture, gconstpointer unused)
{
  MeshRegistryIndexLimits limits = { 1000, 10000, 1000 };

  registry_db_fixture_close (fixture);
  registry_db_fixture_open (fixture, &limits);
  flood (fixture, 0, 30, 5, "peer a");
  g_assert_cmpuint (count (fixture, "", NULL, NULL), <=, 10);
  g_assert_cmpuint (count (fixture, "", NULL, NULL), >=, 4);
}

static void
test_publisher_bounded (Fixture *fixture, gconstpointer unused)
{
  MeshRegistryIndexLimits limits = { 1000, 1 << 20, 4 };

  registry_db_fixture_close (fixture);
  registry_db_fixture_open (fixture, &limits);
  flood (fixture, 0, 12, 5, "peer a");
  flood (fixture, 100, 2, 6, "peer a");
  g_assert_cmpuint (count (fixture, "", NULL, NULL), ==, 6);
}

/* Many publishers claim one app: the first ones stay, and a trusted one gets in. */
static void
test_app_bounded (Fixture *fixture, gconstpointer unused)
{
  RegistryFixture claim = registry_fixture_default ();
  g_autoptr (MeshTrustState) trust = NULL;
  g_autoptr (GPtrArray) results = NULL;

  for (guint8 key = 1; key <= MESH_REGISTRY_INDEX_MAX_OF_APP; key++)
    {
      claim.key = key;
      take (fixture, &claim, MESH_REGISTRY_VERDICT_ACCEPT);
    }
  claim.key = 50;
  take (fixture, &claim, MESH_REGISTRY_VERDICT_IGNORE);
  trust = registry_fixture_trust (&claim);
  mesh_registry_index_trust (fixture->index, trust);
  take (fixture, &claim, MESH_REGISTRY_VERDICT_ACCEPT);
  results = registry_db_fixture_search (fixture, "", NULL, NULL);
  g_assert_cmpuint (results->len, ==, MESH_REGISTRY_INDEX_MAX_OF_APP);
  g_assert_true (((MeshRegistryResult *) results->pdata[0])->is_verified);
}

static void
test_expire (Fixture *fixture, gconstpointer unused)
{
  RegistryFixture one = registry_fixture_default ();
  RegistryFixture two = one;

  two.app_id = "org.example.Longer";
  two.expires_s += 5000;
  two.key = 2;
  take (fixture, &one, MESH_REGISTRY_VERDICT_ACCEPT);
  take (fixture, &two, MESH_REGISTRY_VERDICT_ACCEPT);
  mesh_registry_index_expire (fixture->index, one.expires_s + 1);
  registry_db_fixture_flush (fixture);
  g_assert_cmpuint (count (fixture, "", NULL, NULL), ==, 1);
  g_assert_cmpuint (count (fixture, "longer", NULL, NULL), ==, 1);
}

static GPtrArray *
news (Fixture *fixture, GBytes **cursor, guint limit)
{
  RegistryWait wait = { NULL };
  MeshSearchAnswer answer = { NULL, NULL };
  g_autoptr (GError) error = NULL;
  GPtrArray *list;

  mesh_registry_index_news_async (fixture->index, *cursor, limit, TRUST_FIXTURE_NOW_S,
                                  registry_wait_cb, &wait);
  g_assert_true (
      mesh_registry_index_news_finish (registry_wait_for (&wait), &answer, &error));
  g_assert_no_error (error);
  g_clear_object (&wait.result);
  g_bytes_unref (*cursor);
  *cursor = g_bytes_ref (answer.cursor);
  list = g_ptr_array_ref (answer.announcements);
  mesh_search_message_clear_answer (&answer);
  return list;
}

static void
test_news (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GBytes) cursor = g_bytes_new (NULL, 0);
  g_autoptr (GBytes) foreign = g_bytes_new ("0123456789abcdef", 16);
  g_autoptr (GPtrArray) first = NULL;
  g_autoptr (GPtrArray) second = NULL;
  g_autoptr (GPtrArray) third = NULL;
  g_autoptr (GPtrArray) fourth = NULL;

  flood (fixture, 0, 5, 5, "peer a");
  first = news (fixture, &cursor, 3);
  g_assert_cmpuint (first->len, ==, 3);
  second = news (fixture, &cursor, 3);
  g_assert_cmpuint (second->len, ==, 2);
  third = news (fixture, &cursor, 3);
  g_assert_cmpuint (third->len, ==, 0);
  flood (fixture, 9, 1, 6, "peer a");
  registry_db_fixture_close (fixture);
  registry_db_fixture_open (fixture, NULL);
  {
    g_autoptr (GPtrArray) later = news (fixture, &cursor, 3);

    g_assert_cmpuint (later->len, ==, 1);
  }
  /* Of another index: from the beginning. */
  fourth = news (fixture, &foreign, 50);
  g_assert_cmpuint (fourth->len, ==, 6);
}

static void
test_categories (Fixture *fixture, gconstpointer unused)
{
  RegistryFixture editor = registry_fixture_default ();
  RegistryFixture game = registry_fixture_default ();
  RegistryWait wait = { NULL };
  g_autoptr (GPtrArray) categories = NULL;

  flood (fixture, 0, 2, 5, "peer a");
  game.app_id = "org.example.Chess";
  game.category = "Games";
  take (fixture, &editor, MESH_REGISTRY_VERDICT_ACCEPT);
  take (fixture, &game, MESH_REGISTRY_VERDICT_ACCEPT);
  mesh_registry_index_categories_async (fixture->index, TRUST_FIXTURE_NOW_S,
                                        registry_wait_cb, &wait);
  categories = mesh_registry_index_categories_finish (registry_wait_for (&wait), NULL);
  g_clear_object (&wait.result);
  g_assert_cmpuint (categories->len, ==, 2);
  g_assert_cmpstr (((MeshRegistryCategory *) categories->pdata[0])->name, ==, "office");
  g_assert_cmpuint (((MeshRegistryCategory *) categories->pdata[0])->n_apps, ==, 3);
  g_assert_cmpstr (((MeshRegistryCategory *) categories->pdata[1])->name, ==, "games");
}

#define N_SEARCHES 64

/* The announcements that searches share go from thread to thread: while more are taken
 * in, after the index is gone, and after the last search that had them. */
static void
test_searches_at_once (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (MeshRegistryQuery) query = mesh_registry_query_new ("", NULL, NULL, 0);
  RegistryWait waits[N_SEARCHES] = { 0 };
  RegistryFixture late = registry_fixture_default ();
  g_autoptr (GBytes) data = NULL;
  RegistryWait wait = { NULL };

  late.app_id = "org.example.Late";
  data = registry_fixture_bytes (&late);
  flood (fixture, 0, 20, 5, "peer a");
  for (guint i = 0; i < N_SEARCHES; i++)
    {
      mesh_registry_index_search_async (fixture->index, query, 0, TRUST_FIXTURE_NOW_S,
                                        registry_wait_cb, &waits[i]);
      if (i == N_SEARCHES / 2)
        mesh_registry_index_ingest_async (fixture->index, data, "peer a", FALSE,
                                          TRUST_FIXTURE_NOW_S, registry_wait_cb, &wait);
    }
  for (guint i = 0; i < N_SEARCHES; i++)
    {
      g_autoptr (GPtrArray) results
          = mesh_registry_index_search_finish (registry_wait_for (&waits[i]), NULL);

      if (i == 0) /* the others are under way */
        g_clear_pointer (&fixture->index, mesh_registry_index_unref);
      g_assert_cmpuint (results->len, >=, 20);
      for (guint j = 0; j < results->len; j++)
        g_assert_cmpstr (((MeshRegistryResult *) results->pdata[j])->version, ==,
                         "1.0.0");
      g_clear_object (&waits[i].result);
    }
  registry_wait_for (&wait);
  g_clear_object (&wait.result);
}

/* A listing that took the place of another is the one that is found, also by who found
 * the other before. */
static void
test_search_again (Fixture *fixture, gconstpointer unused)
{
  for (guint64 counter = 1; counter <= 3; counter++)
    {
      g_autofree char *version = g_strdup_printf ("%" G_GUINT64_FORMAT ".0.0", counter);
      RegistryFixture editor = registry_fixture_default ();

      editor.counter = counter;
      editor.version = version;
      take (fixture, &editor, MESH_REGISTRY_VERDICT_ACCEPT);
      for (guint i = 0; i < 2; i++)
        {
          g_autoptr (GPtrArray) results
              = registry_db_fixture_search (fixture, "editor", NULL, NULL);

          g_assert_cmpuint (results->len, ==, 1);
          g_assert_cmpstr (((MeshRegistryResult *) results->pdata[0])->version, ==,
                           version);
        }
    }
}

/* What an author may say by gossip is limited; what is asked for is not. */
static void
test_rate (Fixture *fixture, gconstpointer unused)
{
  guint n_accepted = 0;

  for (guint64 counter = 1; counter <= 2 * MESH_REGISTRY_JUDGE_AUTHOR_BURST; counter++)
    {
      RegistryFixture chatty = registry_fixture_default ();
      g_autoptr (GBytes) data = NULL;
      g_autoptr (MeshRegistryOutcome) outcome = NULL;
      RegistryWait wait = { NULL };

      chatty.counter = counter;
      data = registry_fixture_bytes (&chatty);
      mesh_registry_index_ingest_async (fixture->index, data, "peer a", TRUE,
                                        TRUST_FIXTURE_NOW_S, registry_wait_cb, &wait);
      outcome = mesh_registry_index_ingest_finish (fixture->index,
                                                   registry_wait_for (&wait), NULL);
      g_clear_object (&wait.result);
      if (outcome->verdict == MESH_REGISTRY_VERDICT_ACCEPT)
        n_accepted++;
      else
        g_assert_cmpint (outcome->verdict, ==, MESH_REGISTRY_VERDICT_IGNORE);
    }
  g_assert_cmpuint (n_accepted, >=, MESH_REGISTRY_JUDGE_AUTHOR_BURST);
  g_assert_cmpuint (n_accepted, <, 2 * MESH_REGISTRY_JUDGE_AUTHOR_BURST);
}

static void
count_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  guint *counts = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (MeshRegistryOutcome) outcome
      = mesh_registry_index_ingest_finish (NULL, result, &error);

  counts[outcome != NULL ? 0 : 1]++;
  if (error != NULL)
    g_assert_error (error, MESH_ERROR, MESH_ERROR_BUSY);
}

static void
test_busy (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GBytes) noise = g_bytes_new_static ("noise", 5);
  guint counts[2] = { 0, 0 };

  for (guint i = 0; i < MESH_REGISTRY_INDEX_MAX_PENDING + 5; i++)
    mesh_registry_index_ingest_async (fixture->index, noise, "peer a", FALSE,
                                      TRUST_FIXTURE_NOW_S, count_cb, counts);
  registry_wait_until (counts[0] + counts[1] == MESH_REGISTRY_INDEX_MAX_PENDING + 5);
  g_assert_cmpuint (counts[1], ==, 5);
}

#define ADD(name, func) \
  g_test_add ("/registry/index/" name, Fixture, NULL, registry_db_fixture_set_up, func, \
              registry_db_fixture_tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("search", test_search);
  ADD ("search-again", test_search_again);
  ADD ("searches-at-once", test_searches_at_once);
  ADD ("order", test_order);
  ADD ("replayed", test_replayed);
  ADD ("forged", test_forged);
  ADD ("stranger", test_stranger);
  ADD ("trusted-counter", test_trusted_counter);
  ADD ("split", test_split);
  ADD ("spam", test_spam);
  ADD ("bytes-bounded", test_bytes_bounded);
  ADD ("publisher-bounded", test_publisher_bounded);
  ADD ("app-bounded", test_app_bounded);
  ADD ("expire", test_expire);
  ADD ("news", test_news);
  ADD ("categories", test_categories);
  ADD ("rate", test_rate);
  ADD ("busy", test_busy);
  return g_test_run ();
}
