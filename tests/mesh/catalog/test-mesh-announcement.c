/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "catalog/mesh-announcement.h"

#include <string.h>

#include "base/mesh-error.h"
#include "base/mesh-rng.h"
#include "registry-fixture.h"

static MeshAnnouncement *
parse (GBytes *bytes, GError **error)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (bytes, &len);

  return mesh_announcement_parse (data, len, error);
}

static void
test_round_trip (void)
{
  RegistryFixture fixture = registry_fixture_default ();
  g_autoptr (MeshAnnouncement) made = registry_fixture_announcement (&fixture);
  g_autoptr (MeshSignedManifest) release = registry_fixture_release (&fixture);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = mesh_announcement_to_bytes (made, &error);
  g_autoptr (MeshAnnouncement) read = parse (bytes, &error);
  g_autoptr (GBytes) again = NULL;
  const MeshListing *listing;

  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (bytes), <, 1500);
  g_assert_true (mesh_announcement_verify (read, &error));
  g_assert_no_error (error);
  again = mesh_announcement_to_bytes (read, NULL);
  g_assert_true (g_bytes_equal (bytes, again));
  listing = mesh_announcement_get_listing (read);
  g_assert_cmpstr (listing->app_id, ==, fixture.app_id);
  g_assert_cmpstr (listing->version, ==, "1.0.0");
  g_assert_cmpstr (listing->name, ==, "Exämple Editor");
  g_assert_cmpstr (listing->publisher, ==, "Nobody Ltd");
  g_assert_cmpstr (listing->categories[0], ==, "Office");
  g_assert_cmpuint (listing->counter, ==, 1);
  g_assert_cmpuint (listing->size, ==, 1000);
  g_assert_true (
      mesh_cid_equal (listing->root, mesh_signed_manifest_get_manifest (release)->root));
  g_assert_cmpuint (strlen (mesh_announcement_get_fingerprint (read)), ==, 64);
}

/* @from in the text becomes @to; nothing else changes. */
static void
expect_refused (const char *from, const char *to, MeshError code)
{
  RegistryFixture fixture = registry_fixture_default ();
  g_autoptr (GBytes) bytes = registry_fixture_bytes (&fixture);
  g_autoptr (GString) text = g_string_new_len (g_bytes_get_data (bytes, NULL),
                                               (gssize) g_bytes_get_size (bytes));
  g_autoptr (MeshAnnouncement) read = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (g_string_replace (text, from, to, 1), ==, 1);
  read = mesh_announcement_parse ((const guint8 *) text->str, text->len, &error);
  if (read != NULL)
    g_assert_false (mesh_announcement_verify (read, &error));
  g_assert_error (error, MESH_ERROR, (int) code);
}

static void
test_forged (void)
{
  expect_refused ("\"counter\":1", "\"counter\":2", MESH_ERROR_BAD_SIGNATURE);
  expect_refused ("Writes letters", "Writes poison!", MESH_ERROR_BAD_SIGNATURE);
  expect_refused ("\"version\":\"1.0.0\"", "\"version\":\"1.0.1\"",
                  MESH_ERROR_BAD_SIGNATURE);
  expect_refused ("\"announcement\":{\"app\":\"org.example.App",
                  "\"announcement\":{\"app\":\"org.example.Bpp", MESH_ERROR_WRONG_APP);
  expect_refused ("\"key_version\":1", "\"key_version\":2", MESH_ERROR_BAD_SIGNATURE);
}

static void
test_malformed (void)
{
  expect_refused ("{\"announcement\"", "{ \"announcement\"", MESH_ERROR_INVALID);
  expect_refused ("\"tags\":", "\"tags2\":", MESH_ERROR_INVALID);
  expect_refused ("{\"app\":", "{\"aaa\":1,\"app\":", MESH_ERROR_INVALID);
  expect_refused ("Writes letters", "Writes\\nletters", MESH_ERROR_INVALID);
  expect_refused ("Writes letters",
                  "\xe2\x80\xae"
                  "sretteL",
                  MESH_ERROR_INVALID);
  expect_refused ("\"version\":\"1.0.0\"", "\"version\":\"1.0\"", MESH_ERROR_INVALID);
  expect_refused ("shoal-announcement-1", "shoal-announcement-2", MESH_ERROR_INVALID);
  expect_refused ("\"root\":\"z", "\"root\":\"!", MESH_ERROR_INVALID);
  expect_refused ("\"size\":1000", "\"size\":-1", MESH_ERROR_INVALID);
}

static void
test_too_large (void)
{
  g_autofree guint8 *data = g_malloc0 (MESH_ANNOUNCEMENT_MAX_BYTES + 1);
  g_autoptr (GError) error = NULL;

  g_assert_null (mesh_announcement_parse (data, MESH_ANNOUNCEMENT_MAX_BYTES + 1, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_TOO_LARGE);
}

/* Somebody adds a signature of a key that has no say: it would be another announcement
 * to whoever compares bytes. */
static void
test_stranger_signs (void)
{
  RegistryFixture fixture = registry_fixture_default ();
  g_autoptr (MeshAnnouncement) announcement = registry_fixture_announcement (&fixture);
  g_autoptr (MeshKeypair) stranger = trust_fixture_keypair (9);
  g_autoptr (GError) error = NULL;

  g_assert_true (mesh_announcement_sign (announcement, stranger, &error));
  g_assert_false (mesh_announcement_verify (announcement, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_UNKNOWN_KEY);
}

static MeshAnnouncement *
announce_with (GPtrArray *chain, guint64 key_version, guint8 first, guint8 n)
{
  TrustFixture trust = trust_fixture_default ();
  g_autoptr (GPtrArray) owned = chain;
  g_autoptr (MeshManifest) manifest = NULL;
  g_autoptr (MeshSignedManifest) release = NULL;
  MeshAnnouncement *announcement;

  trust.key_version = key_version;
  manifest = trust_fixture_manifest (&trust);
  release = mesh_signed_manifest_new (manifest, owned);
  announcement = mesh_announcement_new (release, NULL, trust.expires_s, NULL);
  for (guint8 i = 0; i < n; i++)
    {
      g_autoptr (MeshKeypair) keypair = trust_fixture_keypair (first + i);

      g_assert_true (mesh_announcement_sign (announcement, keypair, NULL));
    }
  return announcement;
}

static void
test_threshold (void)
{
  g_autoptr (MeshAnnouncement) one = announce_with (
      trust_fixture_chain (trust_fixture_key_file (TRUST_FIXTURE_APP, 1, 2, 1, 3, 0, 0),
                           NULL, NULL),
      1, 1, 1);
  g_autoptr (MeshAnnouncement) two = announce_with (
      trust_fixture_chain (trust_fixture_key_file (TRUST_FIXTURE_APP, 1, 2, 1, 3, 0, 0),
                           NULL, NULL),
      1, 1, 2);
  g_autoptr (GError) error = NULL;

  g_assert_false (mesh_announcement_verify (one, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_THRESHOLD);
  g_clear_error (&error);
  g_assert_true (mesh_announcement_verify (two, &error));
  g_assert_no_error (error);
}

/* Whose it is: the same keys, keys that follow by consent, and strangers. */
static void
test_follows (void)
{
  g_autoptr (MeshKeyFile) first
      = trust_fixture_key_file (TRUST_FIXTURE_APP, 1, 1, 1, 1, 0, 0);
  g_autoptr (MeshKeyFile) other
      = trust_fixture_key_file (TRUST_FIXTURE_APP, 1, 1, 5, 1, 0, 0);
  g_autoptr (MeshAnnouncement) same = announce_with (
      trust_fixture_chain (mesh_key_file_ref (first), NULL, NULL), 1, 1, 1);
  g_autoptr (MeshAnnouncement) rotated = announce_with (
      trust_fixture_chain (mesh_key_file_ref (first),
                           trust_fixture_key_file (TRUST_FIXTURE_APP, 2, 1, 2, 1, 1, 1),
                           NULL),
      2, 2, 1);
  g_autoptr (MeshAnnouncement) seized = announce_with (
      trust_fixture_chain (trust_fixture_key_file (TRUST_FIXTURE_APP, 2, 1, 7, 1, 0, 0),
                           NULL, NULL),
      2, 7, 1);
  g_autoptr (GError) error = NULL;

  g_assert_true (mesh_announcement_verify (same, &error));
  g_assert_true (mesh_announcement_verify (rotated, &error));
  g_assert_true (mesh_announcement_verify (seized, &error));
  g_assert_no_error (error);
  g_assert_true (mesh_announcement_follows (same, first));
  g_assert_true (mesh_announcement_follows (rotated, first));
  g_assert_false (mesh_announcement_follows (seized, first));
  g_assert_false (mesh_announcement_follows (same, other));
  /* From the newer keys one does not get back to the older. */
  g_assert_false (mesh_announcement_follows (same, mesh_announcement_get_keys (rotated)));
}

/* What does not fit loses its oldest key files; with too many keys it can't be. */
static void
test_fits (void)
{
  g_autoptr (GPtrArray) chain
      = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_key_file_unref);
  g_autoptr (MeshAnnouncement) announcement = NULL;
  g_autoptr (MeshAnnouncement) large = NULL;
  g_autoptr (MeshAnnouncement) read = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;

  for (guint8 version = 1; version <= 4; version++)
    g_ptr_array_add (chain, trust_fixture_key_file (TRUST_FIXTURE_APP, version, 6, 1, 6,
                                                    version > 1 ? 7 : 0, 0));
  announcement = announce_with (g_ptr_array_ref (chain), 4, 1, 6);
  bytes = mesh_announcement_to_bytes (announcement, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (bytes), <=, MESH_ANNOUNCEMENT_MAX_BYTES);
  read = parse (bytes, &error);
  g_assert_true (mesh_announcement_verify (read, &error));
  g_assert_no_error (error);

  large = announce_with (
      trust_fixture_chain (trust_fixture_key_file (TRUST_FIXTURE_APP, 1, 16, 1, 16, 0, 0),
                           NULL, NULL),
      1, 1, 16);
  g_clear_pointer (&bytes, g_bytes_unref);
  bytes = mesh_announcement_to_bytes (large, &error);
  if (bytes == NULL)
    g_assert_error (error, MESH_ERROR, MESH_ERROR_TOO_LARGE);
}

static void
test_renew (void)
{
  RegistryFixture fixture = registry_fixture_default ();
  g_autoptr (MeshAnnouncement) announcement = registry_fixture_announcement (&fixture);
  g_autoptr (MeshAnnouncement) renewed
      = mesh_announcement_renew (announcement, fixture.expires_s + 500);
  g_autoptr (MeshKeypair) keypair = trust_fixture_keypair (1);

  g_assert_false (mesh_announcement_verify (renewed, NULL));
  g_assert_true (mesh_announcement_sign (renewed, keypair, NULL));
  g_assert_true (mesh_announcement_verify (renewed, NULL));
  g_assert_cmpint (mesh_announcement_get_listing (renewed)->expires_s, ==,
                   fixture.expires_s + 500);
}

static void
test_topic (void)
{
  RegistryFixture app = registry_fixture_default ();
  RegistryFixture plugin = registry_fixture_default ();
  g_autoptr (MeshAnnouncement) one = registry_fixture_announcement (&app);
  g_autoptr (MeshAnnouncement) other = NULL;

  plugin.category = "Plugin";
  other = registry_fixture_announcement (&plugin);
  g_assert_cmpstr (mesh_announcement_get_topic (one), ==, "scm/global/updates");
  g_assert_cmpstr (mesh_announcement_get_topic (other), ==, "scm/global/plugins");
}

/* One bit anywhere else: refused, by the form or by the signature. */
static void
test_flipped (void)
{
  RegistryFixture fixture = registry_fixture_default ();
  g_autoptr (GBytes) bytes = registry_fixture_bytes (&fixture);
  gsize len;
  const guint8 *data = g_bytes_get_data (bytes, &len);

  for (gsize i = 0; i < len; i++)
    {
      g_autofree guint8 *wrong = g_memdup2 (data, len);
      g_autoptr (MeshAnnouncement) read = NULL;

      wrong[i] ^= (guint8) (1u << (i % 8));
      read = mesh_announcement_parse (wrong, len, NULL);
      g_assert_true (read == NULL || !mesh_announcement_verify (read, NULL));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/registry/announcement/round-trip", test_round_trip);
  g_test_add_func ("/registry/announcement/forged", test_forged);
  g_test_add_func ("/registry/announcement/malformed", test_malformed);
  g_test_add_func ("/registry/announcement/too-large", test_too_large);
  g_test_add_func ("/registry/announcement/stranger-signs", test_stranger_signs);
  g_test_add_func ("/registry/announcement/threshold", test_threshold);
  g_test_add_func ("/registry/announcement/follows", test_follows);
  g_test_add_func ("/registry/announcement/fits", test_fits);
  g_test_add_func ("/registry/announcement/renew", test_renew);
  g_test_add_func ("/registry/announcement/topic", test_topic);
  g_test_add_func ("/registry/announcement/flipped", test_flipped);
  return g_test_run ();
}
