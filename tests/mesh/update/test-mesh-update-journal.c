/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "update/mesh-update-journal.h"

#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mesh-error.h"
#include "trust-fixture.h"
#include "update-fixture.h"

typedef struct
{
  char *dir;  /* (owned) */
  char *path; /* (owned) */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->dir = update_fixture_make_dir ();
  fixture->path = g_build_filename (fixture->dir, "shoal.db", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  update_fixture_delete_dir (fixture->dir);
  g_free (fixture->path);
  g_free (fixture->dir);
}

static MeshUpdateJournal *
open_journal (Fixture *fixture, GError **error)
{
  UpdateWait wait = { NULL };
  MeshUpdateJournal *journal;

  mesh_update_journal_open_async (fixture->path, NULL, update_wait_cb, &wait);
  journal = mesh_update_journal_open_finish (update_wait_for (&wait), error);
  g_object_unref (wait.result);
  return journal;
}

static GPtrArray *
load (MeshUpdateJournal *journal, GError **error)
{
  UpdateWait wait = { NULL };
  GPtrArray *records;

  mesh_update_journal_load_async (journal, update_wait_cb, &wait);
  records = mesh_update_journal_load_finish (journal, update_wait_for (&wait), error);
  g_object_unref (wait.result);
  return records;
}

static void
save (MeshUpdateJournal *journal, const MeshUpdateRecord *record, GBytes *envelope)
{
  UpdateWait wait = { NULL };
  g_autoptr (GError) error = NULL;

  mesh_update_journal_save_async (journal, record, envelope, update_wait_cb, &wait);
  g_assert_true (
      mesh_update_journal_save_finish (journal, update_wait_for (&wait), &error));
  g_assert_no_error (error);
  g_object_unref (wait.result);
}

static GBytes *
get_envelope (MeshUpdateJournal *journal, const char *digest, GError **error)
{
  UpdateWait wait = { NULL };
  GBytes *envelope;

  mesh_update_journal_get_envelope_async (journal, digest, update_wait_cb, &wait);
  envelope
      = mesh_update_journal_get_envelope_finish (journal, update_wait_for (&wait), error);
  g_object_unref (wait.result);
  return envelope;
}

/* A record with a `next` and what was learned from it. */
static MeshUpdateRecord *
new_record (GBytes **envelope, const char *version)
{
  MeshUpdateRecord *record = mesh_update_record_new (TRUST_FIXTURE_APP, "stable");
  TrustFixture fixture = trust_fixture_default ();
  g_autoptr (MeshSignedManifest) release = NULL;

  fixture.version = version;
  *envelope = trust_fixture_simple (&fixture);
  release = mesh_signed_manifest_parse (g_bytes_get_data (*envelope, NULL),
                                        g_bytes_get_size (*envelope), NULL);
  record->next = mesh_update_record_release_new (release);
  record->state = MESH_UPDATE_STATE_AVAILABLE;
  record->source = g_strdup ("master x");
  record->is_held = TRUE;
  record->n_saved_chunks = 9;
  mesh_trust_state_advance (record->trust, release);
  return record;
}

static void
test_round_trip (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) envelope = NULL;
  g_autoptr (GBytes) again = NULL;
  g_autoptr (MeshUpdateRecord) record = new_record (&envelope, "1.0.0");
  g_autoptr (GPtrArray) records = NULL;
  MeshUpdateJournal *journal = open_journal (fixture, &error);
  const MeshUpdateRecord *loaded;
  struct stat info;

  g_assert_no_error (error);
  save (journal, record, envelope);
  mesh_update_journal_unref (journal);
  g_assert_cmpint (stat (fixture->path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);

  journal = open_journal (fixture, &error);
  g_assert_no_error (error);
  records = load (journal, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (records->len, ==, 1);
  loaded = records->pdata[0];
  g_assert_cmpstr (loaded->trust->app_id, ==, TRUST_FIXTURE_APP);
  g_assert_cmpstr (mesh_key_file_get_fingerprint (loaded->trust->keys), ==,
                   mesh_key_file_get_fingerprint (record->trust->keys));
  g_assert_cmpuint (loaded->trust->counter, ==, 1);
  g_assert_cmpint (loaded->state, ==, MESH_UPDATE_STATE_AVAILABLE);
  g_assert_true (loaded->is_held);
  g_assert_cmpuint (loaded->n_saved_chunks, ==, 9);
  g_assert_cmpstr (loaded->source, ==, "master x");
  g_assert_cmpstr (loaded->next->dir, ==, record->next->dir);
  g_assert_null (loaded->current);
  again = get_envelope (journal, record->next->digest, &error);
  g_assert_true (g_bytes_equal (again, envelope));
  mesh_update_journal_unref (journal);
}

/* A release the record no longer names is gone with the same save. */
static void
test_forgets (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) first = NULL;
  g_autoptr (GBytes) second = NULL;
  g_autoptr (GBytes) gone = NULL;
  g_autoptr (MeshUpdateRecord) one = new_record (&first, "1.0.0");
  g_autoptr (MeshUpdateRecord) two = new_record (&second, "2.0.0");
  MeshUpdateJournal *journal = open_journal (fixture, &error);

  save (journal, one, first);
  save (journal, two, second);
  gone = get_envelope (journal, one->next->digest, &error);
  g_assert_error (error, MESH_ERROR, MESH_ERROR_NOT_FOUND);
  g_assert_null (gone);
  mesh_update_journal_unref (journal);
}

static void
run_sql (Fixture *fixture, const char *sql)
{
  sqlite3 *db;

  g_assert_cmpint (sqlite3_open (fixture->path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);
}

static void
test_newer (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  run_sql (fixture, "PRAGMA user_version = 99");
  g_assert_null (open_journal (fixture, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_UNSUPPORTED);
}

static void
test_damaged (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) no_database = NULL;
  g_autofree char *noise = g_strnfill (8192, 'x');

  g_assert_true (g_file_set_contents (fixture->path, noise, 8192, NULL));
  g_assert_null (open_journal (fixture, &no_database));
  g_assert_error (no_database, MESH_ERROR, MESH_ERROR_CORRUPT);
}

/* Rows that say what no journal would: refused, not believed. */
static void
test_hostile_rows (Fixture *fixture, gconstpointer data)
{
  static const char *const bad[] = {
    "UPDATE releases SET dir = '../../etc'",
    "UPDATE releases SET digest = 'x', app = 'y'",
    "UPDATE apps SET app = '../x'",
    "UPDATE apps SET keys = x'7b7d'",
    "DELETE FROM releases",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) envelope = NULL;
      g_autoptr (MeshUpdateRecord) record = new_record (&envelope, "1.0.0");
      MeshUpdateJournal *journal = open_journal (fixture, NULL);

      save (journal, record, envelope);
      mesh_update_journal_unref (journal);
      run_sql (fixture, bad[i]);
      journal = open_journal (fixture, NULL);
      g_assert_null (load (journal, &error));
      g_assert_nonnull (error);
      mesh_update_journal_unref (journal);
      run_sql (fixture, "DELETE FROM apps; DELETE FROM releases");
    }
}

#define ADD(name, func) \
  g_test_add ("/update/journal/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("round-trip", test_round_trip);
  ADD ("forgets", test_forgets);
  ADD ("newer", test_newer);
  ADD ("damaged", test_damaged);
  ADD ("hostile-rows", test_hostile_rows);
  return g_test_run ();
}
