/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "update/mesh-update-record.h"

#include "trust-fixture.h"

static MeshUpdateRelease *
new_release (void)
{
  TrustFixture fixture = trust_fixture_default ();
  g_autoptr (GBytes) bytes = trust_fixture_simple (&fixture);
  g_autoptr (MeshSignedManifest) envelope = mesh_signed_manifest_parse (
      g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), NULL);

  return mesh_update_record_release_new (envelope);
}

static void
test_release (void)
{
  g_autoptr (MeshUpdateRelease) release = new_release ();
  g_autoptr (MeshUpdateRelease) copy = mesh_update_record_release_copy (release);

  g_assert_cmpstr (release->version, ==, "1.0.0");
  g_assert_true (g_str_has_prefix (release->dir, "1.0.0-"));
  g_assert_true (g_str_has_prefix (release->digest, release->dir + 6));
  g_assert_cmpstr (copy->root, ==, release->root);
  g_assert_cmpstr (copy->exec_path, ==, "bin/app");
  g_assert_cmpuint (copy->size, ==, 1000);
  g_assert_null (mesh_update_record_release_copy (NULL));
}

static void
test_copy (void)
{
  g_autoptr (MeshUpdateRecord) record
      = mesh_update_record_new (TRUST_FIXTURE_APP, "stable");
  g_autoptr (MeshUpdateRecord) copy = NULL;

  record->next = new_release ();
  record->skipped = g_strdup ("0.9.0");
  record->state = MESH_UPDATE_STATE_STAGED;
  record->fetch_bytes = 7;
  copy = mesh_update_record_copy (record);
  g_clear_pointer (&record, mesh_update_record_free);
  g_assert_cmpstr (copy->trust->app_id, ==, TRUST_FIXTURE_APP);
  g_assert_cmpstr (copy->next->version, ==, "1.0.0");
  g_assert_cmpstr (copy->skipped, ==, "0.9.0");
  g_assert_cmpint (copy->state, ==, MESH_UPDATE_STATE_STAGED);
  g_assert_cmpuint (copy->fetch_bytes, ==, 7);
  g_assert_null (copy->current);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/update/record/release", test_release);
  g_test_add_func ("/update/record/copy", test_copy);
  return g_test_run ();
}
