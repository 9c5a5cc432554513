/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "peer/mesh-keypair.h"

#include <string.h>

#include "base/mesh-error.h"

#include "hex.h"

/* specs/peer-ids, "Test vectors" */
#define SEED "7e0830617c4a7de83925dfb2694556b12936c477a0e1feb2e148ec9da60fee7d"
#define PUBLIC "1ed1e8fae2c4a144b8be8fd4b47bf3d3b34b871c3cacf6010f0e42d474fce27e"

static MeshKeypair *
keypair_from_hex (const char *hex, GError **error)
{
  g_autoptr (GBytes) bytes = hex_bytes (hex);

  return mesh_keypair_from_bytes (g_bytes_get_data (bytes, NULL),
                                  g_bytes_get_size (bytes), error);
}

static void
test_vector (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MeshKeypair) keypair = keypair_from_hex ("08011240" SEED PUBLIC, &error);
  g_autoptr (MeshKeypair) old = NULL;
  g_autoptr (GBytes) expected = hex_bytes ("08011240" SEED PUBLIC);
  g_autoptr (GBytes) expected_public = hex_bytes ("08011220" PUBLIC);
  g_autoptr (GBytes) bytes = NULL;

  g_assert_no_error (error);
  bytes = mesh_keypair_to_bytes (keypair);
  g_assert_true (g_bytes_equal (bytes, expected));
  g_assert_true (
      g_bytes_equal (mesh_public_key_get_bytes (mesh_keypair_get_public_key (keypair)),
                     expected_public));
  old = keypair_from_hex ("08011260" SEED PUBLIC PUBLIC, &error);
  g_assert_no_error (error);
  g_assert_true (mesh_public_key_equal (mesh_keypair_get_public_key (keypair),
                                        mesh_keypair_get_public_key (old)));
}

static void
test_refused (void)
{
  static const char *cases[] = {
    "",
    "08011220" SEED,             /* no public half */
    "08011240" PUBLIC SEED,      /* halves that do not match */
    "08011260" SEED PUBLIC SEED, /* the copy differs */
    "08011240" SEED PUBLIC "00",
  };
  g_autoptr (GError) rsa = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (keypair_from_hex (cases[i], &error));
      g_assert_error (error, MESH_ERROR, MESH_ERROR_INVALID);
    }
  g_assert_null (keypair_from_hex ("080012021111", &rsa));
  g_assert_error (rsa, MESH_ERROR, MESH_ERROR_UNSUPPORTED);
}

static void
test_sign (void)
{
  /* RFC 8032 section 7.1, test 2 */
  g_autoptr (GBytes) seed
      = hex_bytes ("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
  g_autoptr (GBytes) expected
      = hex_bytes ("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                   "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
  g_autoptr (MeshKeypair) keypair
      = mesh_keypair_new_from_seed (g_bytes_get_data (seed, NULL));
  guint8 signature[MESH_ED25519_SIGNATURE_BYTES];

  mesh_keypair_sign (keypair, (const guint8 *) "r", 1, signature);
  g_assert_cmpmem (signature, 64, g_bytes_get_data (expected, NULL), 64);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/peer/keypair/vector", test_vector);
  g_test_add_func ("/peer/keypair/refused", test_refused);
  g_test_add_func ("/peer/keypair/sign", test_sign);
  return g_test_run ();
}
