/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "peer/mesh-ecdsa-key.h"

#include <string.h>

#include "base/mesh-error.h"

#include "hex.h"

/* Made by OpenSSL: P-256, what it says to "shoal", and P-384. */
#define KEY \
  "3059301306072a8648ce3d020106082a8648ce3d0301070342000425ef5a9f6c9efd8ad8c8c536c3" \
  "374055d0d6bf950f0b103a93baabf583e2c90c7332afbd8fbb3a6493d674802c9ce7c87f796bf859" \
  "60bb955f91180bc8905ef9"
#define SIGNATURE \
  "30440220461d8f3b08799986eba2716900d6bb4e77cc94ae37d29ea14238e1899961199202206569" \
  "577a63297d4379a97c0b42aff84d5f5b039ca053d8d59fc060f0eddb512d"
#define P384_KEY \
  "3076301006072a8648ce3d020106052b8104002203620004325592853c4125d2cead849c851719e8" \
  "f63c373636bafbf44e6aa1f25214644cdab8b3d43cf32277e271bbdce6357c44bc5133b28b6ae85a" \
  "811b33c72d9286f663dfde8fb2fa02aba4800a6c2da51c4c6844b7bd61d972348434c863e237a743"

static gboolean
verify (const char *key, const char *text, const char *signature, GError **error)
{
  g_autoptr (GBytes) key_bytes = hex_bytes (key);
  g_autoptr (GBytes) sig_bytes = hex_bytes (signature);

  return mesh_ecdsa_key_verify (g_bytes_get_data (key_bytes, NULL),
                                g_bytes_get_size (key_bytes), (const guint8 *) text,
                                strlen (text), g_bytes_get_data (sig_bytes, NULL),
                                g_bytes_get_size (sig_bytes), error);
}

static void
refuse (const char *key, const char *text, const char *signature, MeshError code)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (verify (key, text, signature, &error));
  g_assert_error (error, MESH_ERROR, (int) code);
}

/* @hex with the digits from @at replaced. */
static char *
patch (const char *hex, gsize at, const char *digits)
{
  char *patched = g_strdup (hex);

  memcpy (patched + at, digits, strlen (digits));
  return patched;
}

static void
test_verify (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *other = patch (SIGNATURE, 20, "0123456789");
  g_autofree char *n_long = g_strnfill (2 * 33, '1');
  g_autofree char *too_long = g_strdup_printf ("30460221%s0221%s", n_long, n_long);

  g_assert_true (verify (KEY, "shoal", SIGNATURE, &error));
  g_assert_no_error (error);
  refuse (KEY, "shoaL", SIGNATURE, MESH_ERROR_BAD_SIGNATURE);
  refuse (KEY, "shoal", other, MESH_ERROR_BAD_SIGNATURE);
  refuse (KEY, "shoal", SIGNATURE "00", MESH_ERROR_BAD_SIGNATURE);
  refuse (KEY, "shoal", "", MESH_ERROR_BAD_SIGNATURE);
  refuse (KEY, "shoal", too_long, MESH_ERROR_BAD_SIGNATURE);
  /* r and s of 0 and 1: what a lazy verifier takes for everybody. */
  refuse (KEY, "shoal", "3006020100020100", MESH_ERROR_BAD_SIGNATURE);
  refuse (KEY, "shoal", "3006020101020100", MESH_ERROR_BAD_SIGNATURE);
  refuse (KEY, "shoal", "3006020101020101", MESH_ERROR_BAD_SIGNATURE);
}

static void
test_keys (void)
{
  g_autofree char *off_curve = patch (KEY, 2 * 60, "0102030405");
  g_autofree char *cut = g_strndup (KEY, 2 * 90);
  g_autofree char *compressed = patch (KEY, 2 * 26, "02");

  refuse (P384_KEY, "shoal", SIGNATURE, MESH_ERROR_UNSUPPORTED);
  refuse (cut, "shoal", SIGNATURE, MESH_ERROR_UNSUPPORTED);
  refuse (compressed, "shoal", SIGNATURE, MESH_ERROR_UNSUPPORTED);
  refuse ("", "shoal", SIGNATURE, MESH_ERROR_UNSUPPORTED);
  refuse (off_curve, "shoal", SIGNATURE, MESH_ERROR_INVALID);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ecdsa-key/verify", test_verify);
  g_test_add_func ("/ecdsa-key/keys", test_keys);
  return g_test_run ();
}
