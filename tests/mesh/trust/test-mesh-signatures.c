/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include <string.h>

#include "base/mesh-error.h"
#include "trust-fixture.h"
#include "trust/mesh-signatures.h"

static void
add_signature (GArray *signatures, GBytes *message, guint8 number, guint8 *key_out)
{
  g_autoptr (MeshKeypair) keypair = trust_fixture_keypair (number);
  gsize key_len;

  g_assert_true (mesh_signatures_sign (signatures, message, keypair, NULL));
  memcpy (key_out,
          mesh_public_key_get_data (mesh_keypair_get_public_key (keypair), &key_len),
          MESH_SIGNATURES_KEY_LEN);
}

static void
test_verify (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) signatures = mesh_signatures_new ();
  g_autoptr (GBytes) message = g_bytes_new_static ("message", 7);
  g_autoptr (GBytes) other = g_bytes_new_static ("Message", 7);
  guint8 keys[2][MESH_SIGNATURES_KEY_LEN] = { { 0 } };
  const guint8 (*given)[MESH_SIGNATURES_KEY_LEN]
      = (const guint8 (*)[MESH_SIGNATURES_KEY_LEN]) keys;

  g_assert_false (mesh_signatures_verify (signatures, message, given, 2, 1, "x", &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_UNKNOWN_KEY);
  g_clear_error (&error);

  add_signature (signatures, message, 1, keys[0]);
  g_assert_true (mesh_signatures_verify (signatures, message, given, 2, 1, "x", NULL));
  g_assert_false (mesh_signatures_verify (signatures, message, given, 2, 2, "x", &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_THRESHOLD);
  g_clear_error (&error);
  g_assert_false (mesh_signatures_verify (signatures, other, given, 2, 1, "x", &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_BAD_SIGNATURE);
  g_clear_error (&error);

  add_signature (signatures, message, 2, keys[1]);
  g_assert_true (mesh_signatures_verify (signatures, message, given, 2, 2, "x", NULL));
  g_assert_false (mesh_signatures_add (
      signatures, keys[1], g_array_index (signatures, MeshSignature, 0).sig, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_EXISTS);
}

static void
test_json (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) signatures = mesh_signatures_new ();
  g_autoptr (GArray) again = NULL;
  g_autoptr (GArray) twice = NULL;
  g_autoptr (MeshJson) object = mesh_json_new_object ();
  g_autoptr (MeshJson) doubled = mesh_json_new_object ();
  g_autoptr (GBytes) message = g_bytes_new_static ("message", 7);
  MeshJson *array;
  guint8 key[MESH_SIGNATURES_KEY_LEN];

  add_signature (signatures, message, 1, key);
  mesh_json_set (object, "signatures", mesh_signatures_to_json (signatures));
  again = mesh_signatures_from_json (object, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (again->len, ==, 1);
  g_assert_cmpmem (again->data, sizeof (MeshSignature), signatures->data,
                   sizeof (MeshSignature));

  add_signature (signatures, message, 2, key);
  g_array_index (signatures, MeshSignature, 1)
      = g_array_index (signatures, MeshSignature, 0);
  array = mesh_signatures_to_json (signatures);
  mesh_json_set (doubled, "signatures", array);
  twice = mesh_signatures_from_json (doubled, &error);
  g_assert_error (error, MESH_ERROR, MESH_ERROR_EXISTS);
}

static void
test_bound (void)
{
  g_autoptr (GArray) signatures = mesh_signatures_new ();
  g_autoptr (GError) error = NULL;
  const guint8 sig[MESH_SIGNATURES_SIG_LEN] = { 0 };

  for (guint8 i = 0; i < MESH_SIGNATURES_MAX; i++)
    {
      const guint8 key[MESH_SIGNATURES_KEY_LEN] = { i };

      g_assert_true (mesh_signatures_add (signatures, key, sig, NULL));
    }
  g_assert_false (mesh_signatures_add (signatures, sig + 1, sig, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_LIMIT);
}

static void
test_hex (void)
{
  guint8 out[2];
  g_autofree char *text = mesh_signatures_dup_hex ((const guint8[]){ 0x0a, 0xff }, 2);

  g_assert_cmpstr (text, ==, "0aff");
  g_assert_true (mesh_signatures_read_hex ("0aff", out, 2));
  g_assert_cmpuint (out[0], ==, 0x0a);
  g_assert_cmpuint (out[1], ==, 0xff);
  g_assert_false (mesh_signatures_read_hex ("0AFF", out, 2));
  g_assert_false (mesh_signatures_read_hex ("0af", out, 2));
  g_assert_false (mesh_signatures_read_hex ("0afff", out, 2));
  g_assert_false (mesh_signatures_read_hex ("0agf", out, 2));
  g_assert_false (mesh_signatures_read_hex (NULL, out, 2));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/trust/signatures/verify", test_verify);
  g_test_add_func ("/trust/signatures/json", test_json);
  g_test_add_func ("/trust/signatures/bound", test_bound);
  g_test_add_func ("/trust/signatures/hex", test_hex);
  return g_test_run ();
}
