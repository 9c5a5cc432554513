/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "daemon/engine/engine-fixture.h"

#include "discover/shoald-catalog.h"

static void
changed_cb (ShoaldCatalog *catalog, gpointer user_data)
{
  guint *n = user_data;

  (*n)++;
}

/* What is published is counted. */
static void
test_size (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (ShoaldCatalog) catalog = shoald_catalog_new (fixture->engine);
  guint n_changes = 0;

  g_signal_connect (catalog, "changed", G_CALLBACK (changed_cb), &n_changes);
  g_assert_cmpuint (shoald_catalog_get_size (catalog), ==, 0);
  engine_fixture_publish (fixture, "v1", "1.0.0", 1000, 1);
  test_wait_until (shoald_catalog_get_size (catalog) == 1);
  g_assert_cmpuint (n_changes, >=, 1);
  g_assert_cmpuint (g_variant_n_children (shoald_catalog_get_split_views (catalog)), ==,
                    0);
}

static void
test_split_views (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (ShoaldCatalog) catalog = shoald_catalog_new (fixture->engine);
  static const char *const ids[] = { "1", "x", "", "-1", "99999999999999999999" };
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      g_assert_false (shoald_catalog_dismiss_split_view (catalog, ids[i], &error));
      g_assert_error (error, MESH_ERROR, MESH_ERROR_NOT_FOUND);
      g_clear_error (&error);
      g_assert_null (shoald_catalog_get_split_view (catalog, ids[i], &error));
      g_assert_error (error, MESH_ERROR, MESH_ERROR_NOT_FOUND);
      g_clear_error (&error);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/shoald/catalog/size", EngineFixture, NULL, engine_fixture_set_up,
              test_size, engine_fixture_tear_down);
  g_test_add ("/shoald/catalog/split-views", EngineFixture, NULL, engine_fixture_set_up,
              test_split_views, engine_fixture_tear_down);
  return g_test_run ();
}
