/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "registry/mesh-registry-rows-private.h"

#include "registry-db-fixture.h"

/* What test-mesh-registry-index.c sees from outside; here what a row is. */

typedef struct
{
  MeshRegistryRows *rows;         /* (unowned) */
  MeshAnnouncement *announcement; /* (unowned) */
  GBytes *data;                   /* (unowned) */
} Input;

static gpointer
keep_job (sqlite3 *db, gpointer data, GError **error)
{
  Input *input = data;
  MeshRegistryRow none = { 0 };
  g_autoptr (GPtrArray) found = NULL;
  gboolean is_kept, is_here, is_verified;
  const MeshListing *listing = mesh_announcement_get_listing (input->announcement);

  g_assert_true (mesh_registry_rows_load (input->rows, db, error));
  g_assert_true (mesh_registry_rows_replace (input->rows, db, &none, input->announcement,
                                             input->data, "peer a", TRUE,
                                             TRUST_FIXTURE_NOW_S, &is_kept, error));
  g_assert_true (is_kept);
  g_assert_cmpuint (mesh_registry_rows_get_n_listings (input->rows), ==, 1);
  g_assert_true (mesh_registry_rows_has (db, input->announcement, input->data, &is_here,
                                         &is_verified, error));
  g_assert_true (is_here && is_verified);
  found = mesh_registry_rows_of_app (db, listing->app_id, listing->channel, error);
  g_assert_cmpuint (found->len, ==, 1);
  g_assert_cmpstr (((MeshRegistryRow *) found->pdata[0])->via, ==, "peer a");
  g_assert_true (mesh_registry_rows_expire (input->rows, db, listing->expires_s, error));
  g_assert_cmpuint (mesh_registry_rows_get_n_listings (input->rows), ==, 0);
  return NULL;
}

static void
test_row (RegistryDbFixture *fixture, gconstpointer unused)
{
  MeshRegistryIndexLimits limits = { 5, 10000, 5 };
  RegistryFixture editor = registry_fixture_default ();
  g_autoptr (MeshAnnouncement) announcement = registry_fixture_announcement (&editor);
  g_autoptr (GBytes) data = registry_fixture_bytes (&editor);
  Input input = { mesh_registry_rows_new (&limits), announcement, data };
  RegistryWait wait = { NULL };
  g_autoptr (GError) error = NULL;

  mesh_registry_db_write_async (fixture->db, keep_job, &input, NULL, NULL,
                                registry_wait_cb, &wait);
  mesh_registry_db_finish (registry_wait_for (&wait), &error);
  g_assert_no_error (error);
  g_clear_object (&wait.result);
  mesh_registry_rows_unref (input.rows);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/registry/rows/row", RegistryDbFixture, NULL, registry_db_fixture_set_up,
              test_row, registry_db_fixture_tear_down);
  return g_test_run ();
}
