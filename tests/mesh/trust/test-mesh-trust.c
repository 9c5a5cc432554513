/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include <string.h>

#include "base/mesh-error.h"
#include "trust-fixture.h"

static void
expect (const MeshTrustState *state, GBytes *envelope, gint64 now_s, MeshError code)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MeshSignedManifest) release
      = mesh_trust_verify_release (state, envelope, now_s, &error);

  g_assert_error (error, MESH_ERROR, (int) code);
  g_assert_null (release);
}

static void
accept (MeshTrustState *state, GBytes *envelope)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MeshSignedManifest) release
      = mesh_trust_verify_release (state, envelope, TRUST_FIXTURE_NOW_S, &error);

  g_assert_no_error (error);
  mesh_trust_state_advance (state, release);
}

/* State after release 5 (2.0.0) of the default app was seen. */
static MeshTrustState *
seen_state (void)
{
  MeshTrustState *state = mesh_trust_state_new (TRUST_FIXTURE_APP, "stable");
  TrustFixture fixture = trust_fixture_default ();
  g_autoptr (GBytes) envelope = NULL;

  fixture.counter = 5;
  fixture.version = "2.0.0";
  envelope = trust_fixture_simple (&fixture);
  accept (state, envelope);
  return state;
}

static void
test_good (void)
{
  g_autoptr (MeshTrustState) state = seen_state ();
  g_autoptr (MeshTrustState) copy = mesh_trust_state_copy (state);
  TrustFixture fixture = trust_fixture_default ();
  g_autoptr (GBytes) same = NULL;
  g_autoptr (GBytes) next = NULL;

  g_assert_cmpuint (state->counter, ==, 5);
  g_assert_cmpstr (state->version, ==, "2.0.0");
  fixture.counter = 5;
  fixture.version = "2.0.0";
  same = trust_fixture_simple (&fixture);
  accept (state, same); /* the same again is no attack */
  fixture.counter = 9;
  fixture.version = "2.0.1";
  next = trust_fixture_simple (&fixture);
  accept (state, next);
  accept (copy, next);
  g_assert_cmpuint (copy->counter, ==, 9);
}

static void
test_attacks (void)
{
  g_autoptr (MeshTrustState) state = seen_state ();

  static const struct
  {
    const char *what;
    TrustFixture fixture;
    MeshError code;
  } attacks[] = {
    { "older counter",
      { TRUST_FIXTURE_APP, "stable", "3.0.0", 4, 1, TRUST_FIXTURE_NOW_S + 9 },
      MESH_ERROR_ROLLBACK },
    { "older version",
      { TRUST_FIXTURE_APP, "stable", "1.9.9", 6, 1, TRUST_FIXTURE_NOW_S + 9 },
      MESH_ERROR_ROLLBACK },
    { "expired",
      { TRUST_FIXTURE_APP, "stable", "2.0.0", 6, 1, TRUST_FIXTURE_NOW_S - 1 },
      MESH_ERROR_EXPIRED },
    { "another app",
      { "org.example.Other", "stable", "2.0.0", 6, 1, TRUST_FIXTURE_NOW_S + 9 },
      MESH_ERROR_WRONG_APP },
    { "another channel",
      { TRUST_FIXTURE_APP, "beta", "2.0.0", 6, 1, TRUST_FIXTURE_NOW_S + 9 },
      MESH_ERROR_WRONG_CHANNEL },
    { "another key file",
      { TRUST_FIXTURE_APP, "stable", "2.0.0", 6, 2, TRUST_FIXTURE_NOW_S + 9 },
      MESH_ERROR_MIXED },
    { "two with one counter",
      { TRUST_FIXTURE_APP, "stable", "2.0.1", 5, 1, TRUST_FIXTURE_NOW_S + 9 },
      MESH_ERROR_MIXED },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (attacks); i++)
    {
      g_autoptr (GBytes) envelope = trust_fixture_simple (&attacks[i].fixture);

      g_test_message ("%s", attacks[i].what);
      expect (state, envelope, TRUST_FIXTURE_NOW_S, attacks[i].code);
    }
}

static void
test_endless (void)
{
  g_autoptr (MeshTrustState) state = seen_state ();
  gsize len = MESH_SIGNED_MANIFEST_MAX_BYTES + 1;
  g_autoptr (GBytes) endless = g_bytes_new_take (g_malloc0 (len), len);
  g_autoptr (GBytes) empty = g_bytes_new (NULL, 0);

  expect (state, endless, TRUST_FIXTURE_NOW_S, MESH_ERROR_TOO_LARGE);
  expect (state, empty, TRUST_FIXTURE_NOW_S, MESH_ERROR_INVALID);
}

static void
test_keys (void)
{
  g_autoptr (MeshTrustState) state = seen_state ();
  g_autoptr (MeshTrustState) fresh = mesh_trust_state_new (TRUST_FIXTURE_APP, "stable");
  TrustFixture fixture = trust_fixture_default ();
  g_autoptr (GBytes) other = NULL;
  g_autoptr (GBytes) unsigned_bytes = NULL;
  g_autoptr (GBytes) stranger = NULL;
  g_autoptr (GBytes) too_few = NULL;

  fixture.counter = 6;
  fixture.version = "2.1.0";
  /* a chain of the attacker's own */
  other = trust_fixture_envelope (
      &fixture,
      trust_fixture_chain (trust_fixture_key_file (TRUST_FIXTURE_APP, 1, 1, 7, 1, 0, 0),
                           NULL, NULL),
      7, 1);
  expect (state, other, TRUST_FIXTURE_NOW_S, MESH_ERROR_UNKNOWN_KEY);
  /* the right chain, nobody's signature */
  unsigned_bytes = trust_fixture_envelope (
      &fixture,
      trust_fixture_chain (trust_fixture_key_file (TRUST_FIXTURE_APP, 1, 1, 1, 1, 0, 0),
                           NULL, NULL),
      1, 0);
  expect (state, unsigned_bytes, TRUST_FIXTURE_NOW_S, MESH_ERROR_UNKNOWN_KEY);
  /* the right chain, a stranger's signature */
  stranger = trust_fixture_envelope (
      &fixture,
      trust_fixture_chain (trust_fixture_key_file (TRUST_FIXTURE_APP, 1, 1, 1, 1, 0, 0),
                           NULL, NULL),
      7, 1);
  expect (state, stranger, TRUST_FIXTURE_NOW_S, MESH_ERROR_UNKNOWN_KEY);
  /* one of two */
  too_few = trust_fixture_envelope (
      &fixture,
      trust_fixture_chain (trust_fixture_key_file (TRUST_FIXTURE_APP, 1, 2, 1, 3, 0, 0),
                           NULL, NULL),
      2, 1);
  expect (fresh, too_few, TRUST_FIXTURE_NOW_S, MESH_ERROR_THRESHOLD);
}

static void
test_bad_signature (void)
{
  g_autoptr (MeshTrustState) state = seen_state ();
  TrustFixture fixture = trust_fixture_default ();
  g_autoptr (GBytes) good = NULL;
  g_autoptr (GBytes) bad = NULL;
  g_autofree char *text = NULL;
  gsize len;
  char *place;

  fixture.counter = 6;
  fixture.version = "2.1.0";
  good = trust_fixture_simple (&fixture);
  text = g_strndup (g_bytes_get_data (good, NULL), g_bytes_get_size (good));
  len = strlen (text);
  place = strstr (text, "\"size\":1000"); /* of the chunk; and of the file */
  g_assert_nonnull (place);
  place[strlen ("\"size\":")] = '2';
  place = strstr (place + 1, "\"size\":1000");
  place[strlen ("\"size\":")] = '2';
  bad = g_bytes_new (text, len);
  expect (state, bad, TRUST_FIXTURE_NOW_S, MESH_ERROR_BAD_SIGNATURE);
}

static void
test_pin (void)
{
  g_autoptr (MeshTrustState) state = mesh_trust_state_new (TRUST_FIXTURE_APP, "stable");
  g_autoptr (MeshKeyFile) file
      = trust_fixture_key_file (TRUST_FIXTURE_APP, 1, 1, 1, 1, 0, 0);
  TrustFixture fixture = trust_fixture_default ();
  g_autoptr (GBytes) envelope = trust_fixture_simple (&fixture);

  state->pin = g_strnfill (MESH_KEY_FILE_FINGERPRINT_LEN, '0');
  expect (state, envelope, TRUST_FIXTURE_NOW_S, MESH_ERROR_UNKNOWN_KEY);
  g_free (state->pin);
  state->pin = g_strdup (mesh_key_file_get_fingerprint (file));
  accept (state, envelope);
}

/* Rotation 1 (2 of 3: keys 1-3) → 2 (2 of 3: keys 4-6) → 3 (1 of 1: key 9). */
static MeshKeyFile *
generation (guint64 version)
{
  if (version == 1)
    return trust_fixture_key_file (TRUST_FIXTURE_APP, 1, 2, 1, 3, 0, 0);
  if (version == 2)
    return trust_fixture_key_file (TRUST_FIXTURE_APP, 2, 2, 4, 3, 2, 2);
  return trust_fixture_key_file (TRUST_FIXTURE_APP, 3, 1, 9, 1, 4, 2);
}

static void
test_rotation (void)
{
  g_autoptr (MeshTrustState) state = mesh_trust_state_new (TRUST_FIXTURE_APP, "stable");
  g_autoptr (MeshTrustState) late = mesh_trust_state_new (TRUST_FIXTURE_APP, "stable");
  g_autoptr (MeshKeyFile) second = generation (2);
  TrustFixture fixture = trust_fixture_default ();
  g_autoptr (GBytes) first = NULL;
  g_autoptr (GBytes) third = NULL;
  g_autoptr (GBytes) gap = NULL;
  g_autoptr (GBytes) old = NULL;

  first = trust_fixture_envelope (&fixture,
                                  trust_fixture_chain (generation (1), NULL, NULL), 2, 2);
  accept (state, first);

  fixture.key_version = 3;
  fixture.counter = 2;
  third = trust_fixture_envelope (
      &fixture, trust_fixture_chain (generation (1), generation (2), generation (3)), 9,
      1);
  gap = trust_fixture_envelope (
      &fixture, trust_fixture_chain (generation (1), generation (3), NULL), 9, 1);
  expect (state, gap, TRUST_FIXTURE_NOW_S, MESH_ERROR_UNKNOWN_KEY);
  accept (state, third); /* two rotations at once */
  g_assert_cmpuint (mesh_key_file_get_version (state->keys), ==, 3);

  /* pinned to the second generation: belief begins there */
  late->pin = g_strdup (mesh_key_file_get_fingerprint (second));
  accept (late, third);

  /* thieves of the first keys come too late */
  fixture.key_version = 1;
  fixture.counter = 3;
  old = trust_fixture_envelope (&fixture,
                                trust_fixture_chain (generation (1), NULL, NULL), 2, 2);
  expect (state, old, TRUST_FIXTURE_NOW_S, MESH_ERROR_ROLLBACK);
}

static void
test_bad_rotation (void)
{
  g_autoptr (MeshTrustState) state = mesh_trust_state_new (TRUST_FIXTURE_APP, "stable");
  TrustFixture fixture = trust_fixture_default ();
  g_autoptr (GBytes) first = NULL;
  g_autoptr (GBytes) no_consent = NULL;
  g_autoptr (GBytes) half_consent = NULL;
  g_autoptr (GBytes) expired = NULL;
  g_autoptr (GBytes) foreign = NULL;

  first = trust_fixture_envelope (&fixture,
                                  trust_fixture_chain (generation (1), NULL, NULL), 1, 2);
  accept (state, first);

  fixture.key_version = 2;
  fixture.counter = 2;
  no_consent = trust_fixture_envelope (
      &fixture,
      trust_fixture_chain (generation (1),
                           trust_fixture_key_file (TRUST_FIXTURE_APP, 2, 1, 4, 1, 0, 0),
                           NULL),
      4, 1);
  expect (state, no_consent, TRUST_FIXTURE_NOW_S, MESH_ERROR_UNKNOWN_KEY);
  half_consent = trust_fixture_envelope (
      &fixture,
      trust_fixture_chain (generation (1),
                           trust_fixture_key_file (TRUST_FIXTURE_APP, 2, 1, 4, 1, 2, 1),
                           NULL),
      4, 1);
  expect (state, half_consent, TRUST_FIXTURE_NOW_S, MESH_ERROR_THRESHOLD);
  foreign = trust_fixture_envelope (
      &fixture,
      trust_fixture_chain (generation (1),
                           trust_fixture_key_file ("org.example.Other", 2, 1, 4, 1, 1, 2),
                           NULL),
      4, 1);
  expect (state, foreign, TRUST_FIXTURE_NOW_S, MESH_ERROR_WRONG_APP);

  fixture.key_version = 1;
  fixture.expires_s = TRUST_FIXTURE_NOW_S + 100000;
  expired = trust_fixture_envelope (
      &fixture, trust_fixture_chain (generation (1), NULL, NULL), 1, 2);
  expect (state, expired, TRUST_FIXTURE_NOW_S + 5001, MESH_ERROR_EXPIRED);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/trust/trust/good", test_good);
  g_test_add_func ("/trust/trust/attacks", test_attacks);
  g_test_add_func ("/trust/trust/endless", test_endless);
  g_test_add_func ("/trust/trust/keys", test_keys);
  g_test_add_func ("/trust/trust/bad-signature", test_bad_signature);
  g_test_add_func ("/trust/trust/pin", test_pin);
  g_test_add_func ("/trust/trust/rotation", test_rotation);
  g_test_add_func ("/trust/trust/bad-rotation", test_bad_rotation);
  return g_test_run ();
}
