/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
/* Searches against the made-up daemon: what is shown while one is under way, and after.
 */
#include "config.h"

#include "model/shoal-search.h"

#include "app-fixture.h"
#include "model/shoal-request.h"

#define NOTES "org.example.Notes"
#define CHARTS "org.example.Charts"

static guint
count_results (ShoalSearch *search)
{
  return g_list_model_get_n_items (shoal_search_get_results (search));
}

static gboolean
is_first (ShoalSearch *search, const char *app_id)
{
  g_autoptr (ShoalListing) listing
      = g_list_model_get_item (shoal_search_get_results (search), 0);

  return listing != NULL && g_str_equal (shoal_listing_get_app_id (listing), app_id);
}

static gboolean
is_over (ShoalSearch *search, const char *state)
{
  return !app_fixture_flag (search, "is-searching")
         && g_str_equal (shoal_search_get_state (search), state);
}

static void
test_found_and_none (AppFixture *fixture, gconstpointer scenario)
{
  g_autoptr (ShoalSearch) search = shoal_search_new (fixture->client);

  g_assert_cmpstr (shoal_search_get_state (search), ==, "idle");
  shoal_search_start (search, "diagrams", "");
  g_assert_true (app_fixture_flag (search, "is-searching"));
  APP_FIXTURE_WAIT (is_over (search, "found"));
  g_assert_cmpuint (count_results (search), ==, 1);
  g_assert_true (is_first (search, CHARTS));
  g_assert_true (app_fixture_text_is (search, "text", "diagrams"));
  g_assert_true (app_fixture_text_is (search, "status-text",
                                      "Asked 5 peers, 4 answered. The server answered."));
  shoal_search_start (search, "nothing like it", "");
  APP_FIXTURE_WAIT (is_over (search, "none"));
  g_assert_cmpuint (count_results (search), ==, 0);
  shoal_search_start (search, "", "Science");
  APP_FIXTURE_WAIT (is_over (search, "found"));
  g_assert_true (is_first (search, CHARTS));
  g_assert_true (app_fixture_text_is (search, "category", "Science"));
}

/* However fast somebody types, only what was typed last counts. */
static void
test_only_the_last_counts (AppFixture *fixture, gconstpointer scenario)
{
  g_autoptr (ShoalSearch) search = shoal_search_new (fixture->client);

  app_fixture_tell ("Fail", g_variant_new ("(sss)", "StartSearch", "Protocol", "noise"));
  shoal_search_start (search, "a", "");
  shoal_search_start (search, "write", "");
  shoal_search_start (search, "diagrams", "");
  APP_FIXTURE_WAIT (is_over (search, "found"));
  g_assert_cmpuint (count_results (search), ==, 1);
  g_assert_true (is_first (search, CHARTS));
  APP_FIXTURE_WAIT (app_fixture_count_calls (fixture, "Operation.Cancel") == 1);
  g_assert_true (is_over (search, "found"));
  g_assert_true (app_fixture_text_is (search, "error-text", ""));
}

static void
test_streams (AppFixture *fixture, gconstpointer scenario)
{
  g_autoptr (ShoalSearch) search = shoal_search_new (fixture->client);

  shoal_search_start (search, "", "");
  g_assert_cmpstr (shoal_search_get_state (search), ==, "searching");
  APP_FIXTURE_WAIT (count_results (search) == 1);
  g_assert_true (is_first (search, NOTES));
  g_assert_cmpstr (shoal_search_get_state (search), ==, "found");
  g_assert_true (app_fixture_flag (search, "is-searching"));
  /* What was found stays a moment, and goes when nothing else comes. */
  shoal_search_start (search, "diagrams", "");
  g_assert_cmpuint (count_results (search), ==, 1);
  APP_FIXTURE_WAIT (count_results (search) == 0);
  g_assert_cmpstr (shoal_search_get_state (search), ==, "searching");
  APP_FIXTURE_WAIT (app_fixture_count_calls (fixture, "Operation.Cancel") == 1);
  APP_FIXTURE_WAIT (app_fixture_count_calls (fixture, "Manager.StartSearch") == 2);
  shoal_search_stop (search);
  g_assert_true (is_over (search, "idle"));
  APP_FIXTURE_WAIT (app_fixture_count_calls (fixture, "Operation.Cancel") == 2);
}

static void
test_failures (AppFixture *fixture, gconstpointer scenario)
{
  static const struct
  {
    const char *method;
    const char *error;
    const char *state;
    const char *text;
  } failures[] = {
    { "search", "Unreachable", "offline",
      "No peer or server could be reached. Check the network connection." },
    { "search", "Protocol", "failed", "The server answered with noise." },
    { "StartSearch", "NotFound", "failed",
      "Only the server may be asked, but none is set. Enter its address in the "
      "preferences, or let peers be asked as well." },
  };
  g_autoptr (ShoalSearch) search = shoal_search_new (fixture->client);

  for (gsize i = 0; i < G_N_ELEMENTS (failures); i++)
    {
      app_fixture_tell ("Fail",
                        g_variant_new ("(sss)", failures[i].method, failures[i].error,
                                       "the server answered with noise"));
      shoal_search_start (search, "zebra", "");
      APP_FIXTURE_WAIT (is_over (search, failures[i].state));
      g_assert_true (app_fixture_text_is (search, "error-text", failures[i].text));
      g_assert_cmpuint (count_results (search), ==, 0);
    }
}

static void
test_daemon_goes (AppFixture *fixture, gconstpointer scenario)
{
  g_autoptr (ShoalSearch) search = shoal_search_new (fixture->client);

  shoal_search_start (search, "zebra", "");
  APP_FIXTURE_WAIT (app_fixture_count_calls (fixture, "Manager.StartSearch") == 1);
  app_fixture_tell ("Vanish", NULL);
  app_fixture_wait_end (fixture);
  APP_FIXTURE_WAIT (is_over (search, "failed"));
  APP_FIXTURE_WAIT (
      g_str_equal (shoal_client_get_state (fixture->client), "unavailable"));
  shoal_search_start (search, "again", "");
  g_assert_true (is_over (search, "idle"));
}

static void
test_follows_installs (AppFixture *fixture, gconstpointer scenario)
{
  g_autoptr (ShoalSearch) search = shoal_search_new (fixture->client);
  g_autoptr (ShoalListing) listing = NULL;

  shoal_search_start (search, "diagrams", "");
  APP_FIXTURE_WAIT (is_over (search, "found"));
  listing = g_list_model_get_item (shoal_search_get_results (search), 0);
  g_assert_true (app_fixture_flag (listing, "can-install"));
  shoal_request_install (fixture->client, CHARTS, NULL);
  APP_FIXTURE_WAIT (app_fixture_flag (listing, "is-installing"));
  app_fixture_put ("Apps/charts", "App", "Id", g_variant_new_string (CHARTS));
  app_fixture_put ("Apps/charts", "App", "InstalledVersion", g_variant_new_string ("1"));
  app_fixture_put ("Transfers/1", "Transfer", "State", g_variant_new_string ("done"));
  APP_FIXTURE_WAIT (app_fixture_text_is (listing, "state-text", "Installed: 1"));
  g_assert_false (app_fixture_flag (listing, "is-installing"));
  g_assert_false (app_fixture_flag (listing, "can-install"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, scenario, function) \
  g_test_add ("/shoal-search/" name, AppFixture, scenario, app_fixture_set_up, function, \
              app_fixture_tear_down)
  ADD ("found-and-none", "empty", test_found_and_none);
  ADD ("only-the-last-counts", "empty", test_only_the_last_counts);
  ADD ("streams", "slow_search", test_streams);
  ADD ("failures", "empty", test_failures);
  ADD ("daemon-goes", "slow_search", test_daemon_goes);
  ADD ("follows-installs", "empty", test_follows_installs);
  return g_test_run ();
}
