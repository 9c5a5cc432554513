/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "peer/mesh-public-key.h"

#include <string.h>

#include "base/mesh-error.h"

#include "hex.h"

/* specs/peer-ids, "Test vectors" */
#define ED25519_KEY \
  "080112201ed1e8fae2c4a144b8be8fd4b47bf3d3b34b871c3cacf6010f0e42d474fce27e"
#define SECP256K1_KEY \
  "08021221037777e994e452c21604f91de093ce415f5432f701dd8cd1a7a6fea0e630bfca99"
#define ECDSA_KEY \
  "0803125b3059301306072a8648ce3d020106082a8648ce3d03010703420004de3d300fa36ae0e8f5d530" \
  "899d83abab44abf3161f162a4bc901d8e6ecda020e8b6d5f8da30525e71d6851510c098e5c47c646a597" \
  "fb" \
  "4dcec034e9f77c409e62"

static MeshPublicKey *
key_from_hex (const char *hex, GError **error)
{
  g_autoptr (GBytes) bytes = hex_bytes (hex);

  return mesh_public_key_from_bytes (g_bytes_get_data (bytes, NULL),
                                     g_bytes_get_size (bytes), error);
}

static void
test_vectors (void)
{
  static const struct
  {
    const char *hex;
    MeshKeyType type;
    gsize len;
  } cases[] = { { ED25519_KEY, MESH_KEY_TYPE_ED25519, 32 },
                { SECP256K1_KEY, MESH_KEY_TYPE_SECP256K1, 33 },
                { ECDSA_KEY, MESH_KEY_TYPE_ECDSA, 91 } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (MeshPublicKey) key = key_from_hex (cases[i].hex, &error);
      g_autoptr (GBytes) bytes = hex_bytes (cases[i].hex);
      gsize len;

      g_assert_no_error (error);
      g_assert_cmpint (mesh_public_key_get_key_type (key), ==, cases[i].type);
      g_assert_nonnull (mesh_public_key_get_data (key, &len));
      g_assert_cmpuint (len, ==, cases[i].len);
      g_assert_true (g_bytes_equal (mesh_public_key_get_bytes (key), bytes));
    }
}

static void
test_refused (void)
{
  static const struct
  {
    const char *hex;
    MeshError code;
  } cases[] = {
    { "", MESH_ERROR_INVALID },
    { "0801", MESH_ERROR_INVALID },
    { "080112201ed1e8", MESH_ERROR_INVALID },   /* cut off */
    { ED25519_KEY "1800", MESH_ERROR_INVALID }, /* another field */
    { "08011203000000", MESH_ERROR_INVALID },   /* not 32 bytes */
    { "080712021111", MESH_ERROR_UNSUPPORTED }, /* unknown kind */
    { "12021111"
      "0802",
      MESH_ERROR_INVALID }, /* out of order */
    { "0881001220"
      "1ed1e8fae2c4a144b8be8fd4b47bf3d3b34b871c3cacf6010f0e42d474fce27e",
      MESH_ERROR_INVALID },             /* a varint that is too long */
    { "08001200", MESH_ERROR_INVALID }, /* no key at all */
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (key_from_hex (cases[i].hex, &error));
      g_assert_error (error, MESH_ERROR, (int) cases[i].code);
    }
}

/* https://w3c-ccg.github.io/did-key-spec/ and RFC 8032 section 7.1, test 2 */
static void
test_did (void)
{
  static const char did[] = "did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp";
  g_autoptr (GBytes) expected
      = hex_bytes ("3b6a27bcceb6a42d62a3a8d02a6f0d73653215771de243a63ac048a18b59da29");
  g_autoptr (GError) error = NULL;
  g_autoptr (MeshPublicKey) key = mesh_public_key_from_did (did, &error);
  g_autoptr (MeshPublicKey) ecdsa = key_from_hex (ECDSA_KEY, NULL);
  g_autofree char *text = NULL;
  const guint8 *data;
  gsize len;

  g_assert_no_error (error);
  data = mesh_public_key_get_data (key, &len);
  g_assert_cmpmem (data, len, g_bytes_get_data (expected, NULL), 32);
  text = mesh_public_key_to_did (key, &error);
  g_assert_cmpstr (text, ==, did);

  g_assert_null (mesh_public_key_to_did (ecdsa, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_UNSUPPORTED);
  g_clear_error (&error);
  g_assert_null (mesh_public_key_from_did ("did:web:example.org", &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_UNSUPPORTED);
  g_clear_error (&error);
  g_assert_null (mesh_public_key_from_did (
      "did:key:z2DQVELj9TzustZ21v37bMjUNHvEb3giCmqn8U1vf1AZYEt", &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_INVALID);
}

/* RFC 8032 section 7.1, tests 1 and 2 */
static void
test_verify (void)
{
  g_autoptr (GBytes) public_bytes
      = hex_bytes ("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
  g_autoptr (GBytes) signature
      = hex_bytes ("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                   "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
  g_autoptr (MeshPublicKey) key
      = mesh_public_key_new_ed25519 (g_bytes_get_data (public_bytes, NULL));
  g_autoptr (MeshPublicKey) ecdsa = key_from_hex (ECDSA_KEY, NULL);
  g_autoptr (MeshPublicKey) secp256k1 = key_from_hex (SECP256K1_KEY, NULL);
  g_autoptr (GError) error = NULL;
  const guint8 *sig = g_bytes_get_data (signature, NULL);

  g_assert_true (mesh_public_key_verify (key, (const guint8 *) "r", 1, sig, 64, &error));
  g_assert_no_error (error);
  g_assert_false (mesh_public_key_verify (key, (const guint8 *) "s", 1, sig, 64, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_BAD_SIGNATURE);
  g_clear_error (&error);
  g_assert_false (mesh_public_key_verify (key, (const guint8 *) "r", 1, sig, 63, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_BAD_SIGNATURE);
  g_clear_error (&error);
  g_assert_false (
      mesh_public_key_verify (ecdsa, (const guint8 *) "r", 1, sig, 64, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_BAD_SIGNATURE);
  g_clear_error (&error);
  g_assert_false (
      mesh_public_key_verify (secp256k1, (const guint8 *) "r", 1, sig, 64, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_UNSUPPORTED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/peer/public-key/vectors", test_vectors);
  g_test_add_func ("/peer/public-key/refused", test_refused);
  g_test_add_func ("/peer/public-key/did", test_did);
  g_test_add_func ("/peer/public-key/verify", test_verify);
  return g_test_run ();
}
