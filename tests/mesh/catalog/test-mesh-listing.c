/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "catalog/mesh-listing.h"

#include <string.h>

#include "base/mesh-error.h"
#include "trust-fixture.h"

static const char digest[]
    = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

static MeshListing *
make (MeshManifest *manifest, const char *publisher)
{
  g_autoptr (GError) error = NULL;
  MeshListing *listing = mesh_listing_new (manifest, digest, publisher, 1000, &error);

  g_assert_no_error (error);
  return listing;
}

/* What is too long is cut between characters; what can't be shown is left out. */
static void
test_cut (void)
{
  TrustFixture fixture = trust_fixture_default ();
  g_autoptr (MeshManifest) manifest = trust_fixture_manifest (&fixture);
  g_autoptr (GString) name = g_string_new ("a");
  g_autoptr (MeshListing) listing = NULL;
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  while (name->len < 200)
    g_string_append (name, "ä");
  for (guint i = 0; i < 30; i++)
    g_strv_builder_add (builder, "label");
  g_strfreev (manifest->tags);
  manifest->tags = g_strv_builder_end (builder);
  listing = make (manifest, name->str);
  g_assert_cmpuint (strlen (listing->publisher), ==, 127);
  g_assert_true (g_utf8_validate (listing->publisher, -1, NULL));
  g_assert_cmpuint (g_strv_length (listing->tags), ==, MESH_LISTING_MAX_LABELS);
}

static void
test_round_trip (void)
{
  TrustFixture fixture = trust_fixture_default ();
  g_autoptr (MeshManifest) manifest = trust_fixture_manifest (&fixture);
  g_autoptr (MeshListing) listing = make (manifest, NULL);
  g_autoptr (MeshListing) copy = mesh_listing_copy (listing);
  g_autoptr (MeshJson) json = mesh_listing_to_json (copy);
  g_autoptr (GError) error = NULL;
  g_autoptr (MeshListing) read = mesh_listing_from_json (json, &error);
  g_autofree char *cid = NULL;

  g_assert_no_error (error);
  g_assert_cmpstr (read->publisher, ==, "");
  g_assert_true (mesh_cid_equal (read->manifest, listing->manifest));
  g_assert_true (mesh_cid_equal (read->root, manifest->root));
  g_assert_cmpuint (read->size, ==, 1000);
  g_assert_cmpint (read->expires_s, ==, 1000);
}

static void
test_refused (void)
{
  TrustFixture fixture = trust_fixture_default ();
  g_autoptr (MeshManifest) manifest = trust_fixture_manifest (&fixture);
  g_autoptr (MeshJson) array = mesh_json_new_array ();
  g_autoptr (MeshJson) empty = mesh_json_new_object ();
  g_autoptr (GError) error = NULL;

  g_assert_null (mesh_listing_new (manifest, "ab", NULL, 1000, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_null (mesh_listing_new (manifest, digest, NULL, 0, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_null (mesh_listing_from_json (array, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_null (mesh_listing_from_json (empty, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_INVALID);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/registry/listing/cut", test_cut);
  g_test_add_func ("/registry/listing/round-trip", test_round_trip);
  g_test_add_func ("/registry/listing/refused", test_refused);
  return g_test_run ();
}
