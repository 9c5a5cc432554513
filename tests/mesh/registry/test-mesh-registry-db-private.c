/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "registry/mesh-registry-db-private.h"

#include <glib/gstdio.h>

#include "registry-db-fixture.h"

static gpointer
fail_job (sqlite3 *db, gpointer input, GError **error)
{
  if (mesh_registry_db_exec (db, "INSERT INTO cursors VALUES ('p', x'00', 1)", error))
    g_set_error (error, MESH_ERROR, MESH_ERROR_IO, "on purpose");
  return NULL;
}

static gpointer
count_job (sqlite3 *db, gpointer input, GError **error)
{
  sqlite3_stmt *stmt
      = mesh_registry_db_prepare (db, "SELECT count (*) FROM cursors", error);
  int n = -1;

  if (stmt != NULL && mesh_registry_db_step (&stmt, error))
    n = sqlite3_column_int (stmt, 0);
  sqlite3_finalize (stmt);
  return GINT_TO_POINTER (n);
}

static int
count (RegistryDbFixture *fixture)
{
  RegistryWait wait = { NULL };
  int n;

  mesh_registry_db_read_async (fixture->db, count_job, NULL, NULL, NULL, registry_wait_cb,
                               &wait);
  n = GPOINTER_TO_INT (mesh_registry_db_finish (registry_wait_for (&wait), NULL));
  g_clear_object (&wait.result);
  return n;
}

/* A job that fails has done nothing. */
static void
test_undone (RegistryDbFixture *fixture, gconstpointer unused)
{
  RegistryWait wait = { NULL };
  g_autoptr (GError) error = NULL;

  mesh_registry_db_write_async (fixture->db, fail_job, NULL, NULL, NULL, registry_wait_cb,
                                &wait);
  g_assert_null (mesh_registry_db_finish (registry_wait_for (&wait), &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_IO);
  g_clear_object (&wait.result);
  g_assert_cmpint (count (fixture), ==, 0);
}

static gpointer
age_job (sqlite3 *db, gpointer input, GError **error)
{
  (void) !mesh_registry_db_exec (db, "PRAGMA user_version = 99", error);
  return NULL;
}

static void
test_newer (RegistryDbFixture *fixture, gconstpointer unused)
{
  RegistryWait aged = { NULL }, wait = { NULL };
  g_autoptr (GError) error = NULL;

  mesh_registry_db_write_async (fixture->db, age_job, NULL, NULL, NULL, registry_wait_cb,
                                &aged);
  mesh_registry_db_finish (registry_wait_for (&aged), &error);
  g_assert_no_error (error);
  g_clear_object (&aged.result);
  registry_db_fixture_close (fixture);
  mesh_registry_db_open_async (fixture->path, NULL, registry_wait_cb, &wait);
  g_assert_null (mesh_registry_db_open_finish (registry_wait_for (&wait), &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_UNSUPPORTED);
  g_clear_object (&wait.result);
}

/* A damaged file is set aside, and a new one begun. */
static void
test_damaged (RegistryDbFixture *fixture, gconstpointer unused)
{
  g_autofree char *aside = g_strconcat (fixture->path, ".damaged", NULL);
  g_autofree char *noise = g_strnfill (8192, 'x');

  registry_db_fixture_close (fixture);
  g_assert_true (g_file_set_contents (fixture->path, noise, 8192, NULL));
  g_test_expect_message (NULL, G_LOG_LEVEL_WARNING, "*begun anew*");
  registry_db_fixture_open (fixture, NULL);
  g_test_assert_expected_messages ();
  g_assert_cmpint (count (fixture), ==, 0);
  g_assert_cmpint (g_access (aside, F_OK), ==, 0);
}

#define ADD(name, func) \
  g_test_add ("/registry/db/" name, RegistryDbFixture, NULL, registry_db_fixture_set_up, \
              func, registry_db_fixture_tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("undone", test_undone);
  ADD ("newer", test_newer);
  ADD ("damaged", test_damaged);
  return g_test_run ();
}
