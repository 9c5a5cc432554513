/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "engine/shoald-apps.h"

#include "engine/shoald-update.h"

#include "daemon/engine/engine-fixture.h"

static void
count_cb (ShoaldApps *apps, gpointer user_data)
{
  guint *n = user_data;

  (*n)++;
}

static void
test_list (EngineFixture *fixture, gconstpointer data)
{
  ShoaldEngine *other = engine_fixture_start_other (fixture, "download-only");
  ShoaldApps *apps = shoald_engine_get_apps (other);
  g_autoptr (ShoaldApp) app = NULL;
  guint n_busy = 0;

  g_signal_connect (apps, "busy-changed", G_CALLBACK (count_cb), &n_busy);
  engine_fixture_publish (fixture, "v1", "1.0.0", 3000000, 1);
  engine_fixture_install (other);
  app = g_list_model_get_item (G_LIST_MODEL (apps), 0);
  g_assert_nonnull (app);
  g_assert_true (shoald_apps_find (apps, ENGINE_FIXTURE_APP) == app);
  g_assert_null (shoald_apps_find (apps, "org.example.Aaa"));
  g_assert_null (shoald_apps_find (apps, "org.example.Zzz"));
  g_assert_false (shoald_apps_is_busy (apps));
  /* It was busy, with fetching and with applying, and is not any more. */
  g_assert_cmpuint (n_busy, ==, 4);
  (void) engine_fixture_wait_done (shoald_update_check (other, "", NULL));
  g_assert_cmpint (shoald_apps_get_last_check_s (apps), >, 0);
  engine_fixture_stop (other);
}

/* An app is still known when the engine starts again. */
static void
test_restart (EngineFixture *fixture, gconstpointer data)
{
  ShoaldEngine *other = engine_fixture_start_other (fixture, "download-only");
  ShoaldApp *app;

  engine_fixture_publish (fixture, "v1", "1.0.0", 3000000, 1);
  engine_fixture_install (other);
  engine_fixture_stop (other);
  other = engine_fixture_start_other (fixture, "off");
  app = shoald_apps_find (shoald_engine_get_apps (other), ENGINE_FIXTURE_APP);
  g_assert_cmpstr (shoald_app_get_state_name (app), ==, "installed");
  g_assert_false (shoald_app_has_update (app));
  engine_fixture_stop (other);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/shoald/apps/list", EngineFixture, NULL, engine_fixture_set_up, test_list,
              engine_fixture_tear_down);
  g_test_add ("/shoald/apps/restart", EngineFixture, NULL, engine_fixture_set_up,
              test_restart, engine_fixture_tear_down);
  return g_test_run ();
}
