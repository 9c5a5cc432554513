/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include <string.h>

#include "base/mesh-error.h"
#include "base/mesh-rng.h"
#include "trust-fixture.h"

static void
test_round_trip (void)
{
  TrustFixture fixture = trust_fixture_default ();
  g_autoptr (GBytes) bytes = trust_fixture_simple (&fixture);
  g_autoptr (GBytes) again = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (MeshSignedManifest) envelope = mesh_signed_manifest_parse (
      g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), &error);

  g_assert_no_error (error);
  again = mesh_signed_manifest_to_bytes (envelope);
  g_assert_true (g_bytes_equal (bytes, again));
  g_assert_cmpuint (mesh_signed_manifest_get_chain (envelope)->len, ==, 1);
  g_assert_cmpuint (strlen (mesh_signed_manifest_get_digest (envelope)), ==, 64);
}

static void
test_not_canonical (void)
{
  TrustFixture fixture = trust_fixture_default ();
  g_autoptr (GBytes) bytes = trust_fixture_simple (&fixture);
  g_autofree char *text
      = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  g_autofree char *spaced = g_strconcat (text, "\n", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (
      mesh_signed_manifest_parse ((const guint8 *) spaced, strlen (spaced), &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_INVALID);
}

static void
test_sign_twice (void)
{
  TrustFixture fixture = trust_fixture_default ();
  g_autoptr (GBytes) bytes = trust_fixture_simple (&fixture);
  g_autoptr (MeshSignedManifest) envelope = mesh_signed_manifest_parse (
      g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), NULL);
  g_autoptr (MeshKeypair) keypair = trust_fixture_keypair (1);
  g_autoptr (GError) error = NULL;

  g_assert_false (mesh_signed_manifest_sign (envelope, keypair, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_EXISTS);
}

/* No damage of one byte goes unnoticed. */
static void
test_damage (void)
{
  TrustFixture fixture = trust_fixture_default ();
  g_autoptr (GBytes) bytes = trust_fixture_simple (&fixture);
  g_autoptr (MeshTrustState) state = mesh_trust_state_new (fixture.app_id, "stable");
  g_autoptr (MeshKeyFile) keys
      = trust_fixture_key_file (fixture.app_id, 1, 1, 1, 1, 0, 0);
  gsize len;
  const guint8 *data = g_bytes_get_data (bytes, &len);
  MeshRng rng;

  mesh_rng_init (&rng, 1);
  state->pin = g_strdup (mesh_key_file_get_fingerprint (keys));
  for (gsize i = 0; i < len; i++)
    {
      guint8 *copy = g_memdup2 (data, len);
      g_autoptr (GBytes) damaged = g_bytes_new_take (copy, len);
      g_autoptr (MeshSignedManifest) release = NULL;

      copy[i] ^= (guint8) (1 + mesh_rng_below (&rng, 255));
      release = mesh_trust_verify_release (state, damaged, TRUST_FIXTURE_NOW_S, NULL);
      g_assert_null (release);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/trust/signed-manifest/round-trip", test_round_trip);
  g_test_add_func ("/trust/signed-manifest/not-canonical", test_not_canonical);
  g_test_add_func ("/trust/signed-manifest/sign-twice", test_sign_twice);
  g_test_add_func ("/trust/signed-manifest/damage", test_damage);
  return g_test_run ();
}
