/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "master/shoald-master-archive.h"

#include <string.h>

#include "master-fixture.h"
#include "master/shoald-master-db.h"

/* Older releases through the real server. */

static void
publish (MasterFixture *fixture, guint64 counter, const char *version)
{
  TrustFixture wanted = trust_fixture_default ();
  g_autoptr (GBytes) envelope = NULL;
  g_autoptr (MasterAnswer) answer = NULL;

  wanted.counter = counter;
  wanted.version = version;
  wanted.expires_s = g_get_real_time () / G_USEC_PER_SEC + 100000;
  envelope = trust_fixture_simple (&wanted);
  answer = master_fixture_ask (fixture, "PUT", "/api/v1/updates", envelope, NULL);
  g_assert_cmpuint (answer->status, ==, 201);
}

static void
expect (MasterFixture *fixture, const char *range, const char *version)
{
  g_autofree char *escaped = g_uri_escape_string (range, NULL, FALSE);
  g_autofree char *target = g_strconcat (
      "/api/v1/updates/latest?app=" TRUST_FIXTURE_APP "&range=", escaped, NULL);
  g_autoptr (MasterAnswer) answer
      = master_fixture_ask (fixture, "GET", target, NULL, NULL);
  g_autoptr (MeshSignedManifest) release = NULL;

  if (version == NULL)
    {
      master_answer_assert_error (answer, 404, "NotFound");
      return;
    }
  g_assert_cmpuint (answer->status, ==, 200);
  release = mesh_signed_manifest_parse (g_bytes_get_data (answer->body, NULL),
                                        g_bytes_get_size (answer->body), NULL);
  g_assert_cmpstr (mesh_signed_manifest_get_manifest (release)->version, ==, version);
}

static void
test_ranges (MasterFixture *fixture, gconstpointer unused)
{
  publish (fixture, 1, "1.0.0");
  publish (fixture, 2, "1.2.0");
  publish (fixture, 3, "2.0.0");
  expect (fixture, "^1", "1.2.0");
  expect (fixture, "~1.0", "1.0.0");
  expect (fixture, "*", "2.0.0");
  expect (fixture, ">2", NULL);
  master_fixture_restart (fixture);
  expect (fixture, "<2", "1.2.0");
}

static void
test_bad_range (MasterFixture *fixture, gconstpointer unused)
{
  g_autoptr (MasterAnswer) answer = master_fixture_ask (
      fixture, "GET", "/api/v1/updates/latest?app=a.b&range=hello", NULL, NULL);

  master_answer_assert_error (answer, 400, "Invalid");
}

/* The same version signed again takes the place of what was signed before, and there are
 * never more than so many. */
static void
test_bounded (MasterFixture *fixture, gconstpointer unused)
{
  g_autoptr (MasterAnswer) answer = NULL;
  g_autofree char *text = NULL;

  publish (fixture, 1, "1.0.0");
  publish (fixture, 2, "1.0.0");
  for (guint i = 3; i < 3 + SHOALD_MASTER_ARCHIVE_MAX_RELEASES - 1; i++)
    {
      g_autofree char *version = g_strdup_printf ("1.%u.0", i);

      publish (fixture, i, version);
    }
  expect (fixture, "1.0.x", "1.0.0");
  answer = master_fixture_ask (
      fixture, "GET", "/api/v1/updates/versions?app=" TRUST_FIXTURE_APP, NULL, NULL);
  g_assert_cmpuint (answer->status, ==, 200);
  text = g_strndup (g_bytes_get_data (answer->body, NULL),
                    g_bytes_get_size (answer->body));
  g_assert_nonnull (strstr (text, "\"counter\":2"));
  g_assert_null (strstr (text, "\"counter\":1,"));
}

/* More than the bound, straight into the database: publishing over HTTP has a rate. */
static void
test_oldest_goes (MasterFixture *fixture, gconstpointer unused)
{
  g_autofree char *path = g_build_filename (fixture->dir, "more.db", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (ShoaldMasterDb) db = shoald_master_db_open (path, &error);
  g_autoptr (MeshSemverRange) first = mesh_semver_range_parse ("1.1.0", NULL);
  g_autoptr (MeshSemverRange) last = mesh_semver_range_parse ("1.20.0", NULL);
  g_autoptr (GBytes) found = NULL;

  for (guint i = 1; i <= 20; i++)
    {
      g_autofree char *version = g_strdup_printf ("1.%u.0", i);
      TrustFixture wanted = trust_fixture_default ();
      g_autoptr (GBytes) envelope = NULL;
      g_autoptr (ShoaldMasterDbPublished) published = NULL;

      wanted.counter = i;
      wanted.version = version;
      envelope = trust_fixture_simple (&wanted);
      published = shoald_master_db_publish (db, envelope, TRUST_FIXTURE_NOW_S, &error);
      g_assert_no_error (error);
      g_assert_true (published->is_new);
    }
  g_assert_null (shoald_master_db_in_range (db, TRUST_FIXTURE_APP, "stable", first,
                                            TRUST_FIXTURE_NOW_S, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_NOT_FOUND);
  g_clear_error (&error);
  found = shoald_master_db_in_range (db, TRUST_FIXTURE_APP, "stable", last,
                                     TRUST_FIXTURE_NOW_S, &error);
  g_assert_no_error (error);
  g_assert_null (shoald_master_db_in_range (db, TRUST_FIXTURE_APP, "stable", last,
                                            TRUST_FIXTURE_NOW_S + 100000, NULL));
}

#define ADD(name, func) \
  g_test_add ("/master/archive/" name, MasterFixture, NULL, master_fixture_set_up, func, \
              master_fixture_tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("ranges", test_ranges);
  ADD ("bad-range", test_bad_range);
  ADD ("bounded", test_bounded);
  ADD ("oldest-goes", test_oldest_goes);
  return g_test_run ();
}
