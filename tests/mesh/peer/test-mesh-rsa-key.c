/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "peer/mesh-rsa-key.h"

#include <string.h>

#include "base/mesh-error.h"

#include "hex.h"

/* Made by OpenSSL: 2048 and 1024 bits, and what they say to "shoal". */
#define KEY \
  "30820122300d06092a864886f70d01010105000382010f003082010a02820101008e7decf9e2e125" \
  "4f4ddca3c0a64980cdc6af364803d9e939e5c5876f3d613cdc930fb529d447ebdc02504af4798501" \
  "a8df2d5f32c5db9345da25d43a7426bcd8f8ffe1f6338cd7548c141ab6d051db73c6da40debb90d2" \
  "f11d6133aaf191b03449e7169c67a339f552ef6ecdcea8c237d90b93263692cf81279bc59793dae9" \
  "cd4f489400a4df4898b8331f2b35756a1f48520138f98105b2766cb7b2461dbf5ab72425fc45acc4" \
  "0f3208f38ad2b6f06805ad87bd8e9b5696f7650d5c3ad1836e61f7a18350a74c5cf8e67f5a2184f9" \
  "88118200ba95351bca8594d83f28a11497cf064e8e196935336c3585952dbfaa43d7711938a0a0e6" \
  "dcfcad1acf75cc44010203010001"
#define SIGNATURE \
  "496e5806670c7f0eef9528d3c8df9d8d864ec748e5f0e1f5e0b0d1da16d27d5516df1e1261a2ba7e" \
  "e84ad56a437b14520f329dc01c870e41bacae2c39a657fbfe665aa5e205da1b634d48814cac384d7" \
  "b2c0d6acbb1867c1101fe9f2ec93504d5804f897aa05ee24f580a6fff7485b79b5cdfa1ca7f5d95c" \
  "456c86e602575a209332311cb919742d599948b0f127057c6e4120a2db7a7417ae216dc36b8a722b" \
  "a60102063f31d963c70f9937e7c9632267e5235882c45a696f82184ea31ec07298b61f2da362d8a5" \
  "222b10872802eb0599fe0b48c8497b43c1bf961606a643788432ab08d1e0611a84504f5c778d8b99" \
  "a5cbc4d0ed83f67428f5e1a7312d5a0a"
#define SHORT_KEY \
  "30819f300d06092a864886f70d010101050003818d0030818902818100effc08e69ca90f0826c3ba" \
  "f60faf2f0c9d96dd16e008b95a9cf7dae8a6100d9a9d2cb46da7738ba6105c0b15f05aedd4b27058" \
  "ccbb212e2d304eb88338ff1895cf9224f42df83113560e3ec57136d2275f4831db9025a1cac66bb1" \
  "35abde1c62ffa92d29bf8d9f1fffe2aa0155a9a4b876ef5baef094a94177f67a0cb24100e7020301" \
  "0001"
#define SHORT_SIGNATURE \
  "2f4d8a26d4ee8d228760be9a09e7b9c7dc6e3fc1c457cfab85255a6c6e89b91cb460dacb51ac6a79" \
  "07f7ff7ed7f29c939a61b719cd162df88a72f92e7c4e0831e798b40af2ea1c9deea62991606dd3cf" \
  "19d98ce2b9b42092cbf42c9d32ca914c3e1fbe14262193366442d631e2ade7eac946e7bc37be0ec2" \
  "b7c79ccff6a69c60"

static gboolean
verify (const char *key, const char *text, const char *signature, GError **error)
{
  g_autoptr (GBytes) key_bytes = hex_bytes (key);
  g_autoptr (GBytes) sig_bytes = hex_bytes (signature);

  return mesh_rsa_key_verify (g_bytes_get_data (key_bytes, NULL),
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
  g_autofree char *other = patch (SIGNATURE, 100, "0123456789");
  g_autofree char *largest = g_strnfill (2 * 256, 'f');
  g_autofree char *none = g_strnfill (2 * 256, '0');

  g_assert_true (verify (KEY, "shoal", SIGNATURE, &error));
  g_assert_no_error (error);
  refuse (KEY, "shoaL", SIGNATURE, MESH_ERROR_BAD_SIGNATURE);
  refuse (KEY, "", SIGNATURE, MESH_ERROR_BAD_SIGNATURE);
  refuse (KEY, "shoal", other, MESH_ERROR_BAD_SIGNATURE);
  refuse (KEY, "shoal", SIGNATURE "00", MESH_ERROR_BAD_SIGNATURE);
  refuse (KEY, "shoal", "00" SIGNATURE, MESH_ERROR_BAD_SIGNATURE);
  refuse (KEY, "shoal", "", MESH_ERROR_BAD_SIGNATURE);
  refuse (KEY, "shoal", largest, MESH_ERROR_BAD_SIGNATURE);
  refuse (KEY, "shoal", none, MESH_ERROR_BAD_SIGNATURE);
}

/* A key that is too short is not taken, good as its signature is; nor are numbers that
 * would keep the machine busy or break the arithmetic. */
static void
test_bounds (void)
{
  g_autofree char *even = patch (KEY, 2 * (33 + 255), "00");
  g_autofree char *exponent_0 = patch (KEY, 2 * (294 - 3), "000000");
  g_autofree char *exponent_1 = g_strndup (KEY, 2 * (294 - 5));
  g_autofree char *even_exponent = patch (KEY, 2 * (294 - 3), "010000");

  refuse (SHORT_KEY, "shoal", SHORT_SIGNATURE, MESH_ERROR_UNSUPPORTED);
  refuse (even, "shoal", SIGNATURE, MESH_ERROR_INVALID);
  refuse (exponent_0, "shoal", SIGNATURE, MESH_ERROR_INVALID);
  refuse (exponent_1, "shoal", SIGNATURE, MESH_ERROR_INVALID);
  refuse (even_exponent, "shoal", SIGNATURE, MESH_ERROR_INVALID);
}

/* Cut off anywhere, longer, or of another kind: no key. */
static void
test_malformed (void)
{
  g_autofree char *kind = patch (KEY, 2 * 15, "02");

  for (gsize len = 0; len < strlen (KEY); len += 2)
    {
      g_autofree char *cut = g_strndup (KEY, len);

      refuse (cut, "shoal", SIGNATURE, MESH_ERROR_INVALID);
    }
  refuse (KEY "00", "shoal", SIGNATURE, MESH_ERROR_INVALID);
  refuse (kind, "shoal", SIGNATURE, MESH_ERROR_INVALID);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rsa-key/verify", test_verify);
  g_test_add_func ("/rsa-key/bounds", test_bounds);
  g_test_add_func ("/rsa-key/malformed", test_malformed);
  return g_test_run ();
}
