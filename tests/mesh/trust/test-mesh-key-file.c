/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include <string.h>

#include "base/mesh-error.h"
#include "trust-fixture.h"
#include "trust/mesh-signatures.h"

static void
test_round_trip (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MeshKeyFile) file
      = trust_fixture_key_file (TRUST_FIXTURE_APP, 1, 2, 1, 3, 0, 0);
  g_autoptr (MeshJson) json = mesh_key_file_to_json (file);
  g_autoptr (MeshKeyFile) again = mesh_key_file_from_json (json, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (mesh_key_file_get_fingerprint (file), ==,
                   mesh_key_file_get_fingerprint (again));
  g_assert_cmpuint (strlen (mesh_key_file_get_fingerprint (file)), ==,
                    MESH_KEY_FILE_FINGERPRINT_LEN);
  g_assert_true (mesh_key_file_verify (again, NULL, &error));
  g_assert_cmpuint (mesh_key_file_get_n_keys (again), ==, 3);
  g_assert_cmpuint (mesh_key_file_get_threshold (again), ==, 2);
  for (gsize i = 0; i < 3; i++)
    g_assert_true (mesh_key_file_has_key (file, mesh_key_file_get_key (again, i)));
  g_assert_false (mesh_key_file_has_key (file, (const guint8[32]){ 0 }));
}

static void
test_invalid (void)
{
  guint8 keys[MESH_KEY_FILE_MAX_KEYS + 1][MESH_KEY_FILE_KEY_LEN]
      = { { 1 }, { 2 }, { 1 } };
  const guint8 (*given)[MESH_KEY_FILE_KEY_LEN]
      = (const guint8 (*)[MESH_KEY_FILE_KEY_LEN]) keys;
  static const struct
  {
    guint64 version;
    guint threshold;
    gsize n_keys;
    gint64 expires_s;
  } bad[] = {
    { 0, 1, 1, 1 }, { 1, 0, 1, 1 }, { 1, 2, 1, 1 },  { 1, 1, 0, 1 },
    { 1, 1, 1, 0 }, { 1, 1, 3, 1 }, { 1, 1, 17, 1 }, { G_MAXUINT64, 1, 1, 1 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (mesh_key_file_new (TRUST_FIXTURE_APP, bad[i].version,
                                        bad[i].threshold, given, bad[i].n_keys,
                                        bad[i].expires_s, &error));
      g_assert_error (error, MESH_ERROR, MESH_ERROR_INVALID);
    }
  g_assert_null (mesh_key_file_new ("nope", 1, 1, given, 1, 1, NULL));
}

static void
test_not_canonical (void)
{
  g_autoptr (MeshKeyFile) file
      = trust_fixture_key_file (TRUST_FIXTURE_APP, 1, 1, 1, 2, 0, 0);
  static const char *const replacements[][2] = {
    { "\"version\":1", "\"version\":1,\"extra\":1" }, /* not what its keys would sign */
    { "shoal-keys-1", "shoal-keys-9" },
    { "\"threshold\":1", "\"threshold\":3" },
    { "\"signatures\":[{\"key\"", "\"signatures\":[{\"kex\"" },
  };
  g_autoptr (MeshJson) json = mesh_key_file_to_json (file);
  g_autoptr (GBytes) bytes = mesh_json_to_bytes (json);

  for (gsize i = 0; i < G_N_ELEMENTS (replacements); i++)
    {
      g_autoptr (GString) text = g_string_new_len (g_bytes_get_data (bytes, NULL),
                                                   (gssize) g_bytes_get_size (bytes));
      g_autoptr (MeshJson) changed = NULL;

      g_assert_cmpuint (
          g_string_replace (text, replacements[i][0], replacements[i][1], 1), ==, 1);
      changed = mesh_json_parse ((const guint8 *) text->str, text->len, NULL);
      g_assert_nonnull (changed);
      g_assert_null (mesh_key_file_from_json (changed, NULL));
    }
}

static void
test_verify (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MeshKeyFile) one
      = trust_fixture_key_file (TRUST_FIXTURE_APP, 1, 2, 1, 3, 0, 0);
  g_autoptr (MeshKeyFile) two
      = trust_fixture_key_file (TRUST_FIXTURE_APP, 2, 1, 7, 1, 1, 2);
  g_autoptr (MeshKeyFile) three
      = trust_fixture_key_file (TRUST_FIXTURE_APP, 3, 1, 8, 1, 1, 2);
  g_autoptr (MeshKeyFile) foreign
      = trust_fixture_key_file ("org.example.Other", 2, 1, 7, 1, 1, 2);

  g_assert_true (mesh_key_file_verify (one, NULL, NULL));
  g_assert_true (mesh_key_file_verify (two, one, NULL));
  g_assert_false (mesh_key_file_verify (three, one, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_MIXED);
  g_clear_error (&error);
  g_assert_false (mesh_key_file_verify (three, two, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_UNKNOWN_KEY);
  g_clear_error (&error);
  g_assert_false (mesh_key_file_verify (foreign, one, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_WRONG_APP);
}

static void
test_chain (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) chain = trust_fixture_chain (
      trust_fixture_key_file (TRUST_FIXTURE_APP, 1, 2, 1, 3, 0, 0),
      trust_fixture_key_file (TRUST_FIXTURE_APP, 2, 1, 7, 1, 1, 2), NULL);

  for (guint n = 0; n <= 2; n++)
    {
      g_autoptr (MeshJson) object = mesh_json_new_object ();
      g_autoptr (GPtrArray) again = NULL;

      mesh_json_set (object, "keys", mesh_key_file_chain_to_json (chain, n));
      again = mesh_key_file_chain_from_json (object, 2, "letter", &error);
      if (n == 0)
        {
          g_assert_null (again);
          g_assert_error (error, MESH_ERROR, MESH_ERROR_INVALID);
          g_assert_cmpstr (error->message, ==, "The letter has no key file");
          g_clear_error (&error);
          continue;
        }
      g_assert_no_error (error);
      g_assert_cmpuint (again->len, ==, n);
      for (guint i = 0; i < n; i++) /* the newest, in their order */
        g_assert_cmpstr (mesh_key_file_get_fingerprint (again->pdata[i]), ==,
                         mesh_key_file_get_fingerprint (chain->pdata[2 - n + i]));
      /* No more than are allowed. */
      g_assert_null (mesh_key_file_chain_from_json (object, n - 1, "letter", NULL));
    }
}

/* k of n: of those of the key file, each once, and none of anybody else. */
static void
test_verify_document (void)
{
  g_autoptr (MeshKeyFile) file
      = trust_fixture_key_file (TRUST_FIXTURE_APP, 1, 2, 1, 3, 0, 0);
  g_autoptr (GArray) signatures = mesh_signatures_new ();
  g_autoptr (GBytes) message = g_bytes_new_static ("message", 7);
  g_autoptr (GBytes) other = g_bytes_new_static ("Message", 7);
  static const struct
  {
    guint8 key;
    int code; /* -1: none */
  } steps[] = { { 9, MESH_ERROR_UNKNOWN_KEY }, { 1, MESH_ERROR_THRESHOLD }, { 3, -1 } };

  for (gsize i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      g_autoptr (MeshKeypair) keypair = trust_fixture_keypair (steps[i].key);
      g_autoptr (GError) error = NULL;
      gboolean is_good;

      g_assert_true (mesh_signatures_sign (signatures, message, keypair, NULL));
      is_good
          = mesh_key_file_verify_document (file, signatures, message, "letter", &error);
      g_assert_true (is_good == (steps[i].code < 0));
      if (!is_good)
        g_assert_error (error, MESH_ERROR, steps[i].code);
      g_assert_false (
          mesh_key_file_verify_document (file, signatures, other, "letter", NULL));
      g_assert_false (mesh_signatures_sign (signatures, message, keypair, NULL));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/trust/key-file/round-trip", test_round_trip);
  g_test_add_func ("/trust/key-file/invalid", test_invalid);
  g_test_add_func ("/trust/key-file/not-canonical", test_not_canonical);
  g_test_add_func ("/trust/key-file/verify", test_verify);
  g_test_add_func ("/trust/key-file/chain", test_chain);
  g_test_add_func ("/trust/key-file/verify-document", test_verify_document);
  return g_test_run ();
}
