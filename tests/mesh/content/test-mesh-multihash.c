/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "content/mesh-multihash.h"

#include <string.h>

#include "base/mesh-error.h"

static void
test_names (void)
{
  static const char *const names[]
      = { "identity", "sha2-256", "sha2-512", "sha3-512", "sha3-256" };
  guint64 code;

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_assert_true (mesh_multihash_from_name (names[i], &code));
      g_assert_cmpstr (mesh_multihash_get_name (code), ==, names[i]);
      g_assert_true (mesh_multihash_is_known (code));
    }
  g_assert_false (mesh_multihash_from_name ("md5", &code));
  g_assert_null (mesh_multihash_get_name (0xd5));
  g_assert_cmpuint (mesh_multihash_get_length (0xd5), ==, 0);
}

static void
check_digest (guint64 code, const char *hex)
{
  guint8 digest[MESH_MULTIHASH_MAX_HASH];
  gsize n = mesh_multihash_digest (code, (const guint8 *) "abc", 3, digest);
  GString *text = g_string_new (NULL);

  for (gsize i = 0; i < n; i++)
    g_string_append_printf (text, "%02x", digest[i]);
  g_assert_cmpstr (text->str, ==, hex);
  g_string_free (text, TRUE);
}

/* FIPS 180-4 and 202, the message "abc". */
static void
test_digests (void)
{
  guint8 digest[MESH_MULTIHASH_MAX_HASH];

  check_digest (MESH_MULTIHASH_SHA2_256,
                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  check_digest (MESH_MULTIHASH_SHA2_512,
                "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
  check_digest (MESH_MULTIHASH_SHA3_256,
                "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532");
  g_assert_cmpuint (
      mesh_multihash_digest (MESH_MULTIHASH_IDENTITY, (const guint8 *) "a", 1, digest),
      ==, 0);
  g_assert_cmpuint (mesh_multihash_digest (0x99, (const guint8 *) "a", 1, digest), ==, 0);
}

static void
test_many_is_as_one (void)
{
  static const guint64 codes[] = { MESH_MULTIHASH_SHA2_256, MESH_MULTIHASH_SHA2_512,
                                   MESH_MULTIHASH_SHA3_256, MESH_MULTIHASH_SHA3_512 };
  guint8 bytes[3000];

  for (gsize i = 0; i < sizeof bytes; i++)
    bytes[i] = (guint8) (i * 7 + i / 256);
  for (gsize c = 0; c < G_N_ELEMENTS (codes); c++)
    for (gsize n = 0; n <= MESH_MULTIHASH_MAX_MANY; n++)
      {
        const guint8 *data[MESH_MULTIHASH_MAX_MANY];
        gsize len[MESH_MULTIHASH_MAX_MANY];
        guint8 many[MESH_MULTIHASH_MAX_MANY][MESH_MULTIHASH_MAX_HASH];
        gsize n_digest;

        for (gsize i = 0; i < n; i++)
          {
            data[i] = bytes + i;
            len[i] = i * 331;
          }
        n_digest = mesh_multihash_digest_many (codes[c], n, data, len, many);
        g_assert_cmpuint (n_digest, ==, mesh_multihash_get_length (codes[c]));
        for (gsize i = 0; i < n; i++)
          {
            guint8 one[MESH_MULTIHASH_MAX_HASH];

            mesh_multihash_digest (codes[c], data[i], len[i], one);
            g_assert_cmpmem (many[i], n_digest, one, n_digest);
          }
      }
}

static gboolean
read_bytes (const guint8 *bytes, gsize len, MeshMultihash *hash, gsize *n)
{
  g_autoptr (GError) error = NULL;
  gboolean is_good = mesh_multihash_read (bytes, len, hash, n, &error);

  if (!is_good)
    g_assert_error (error, MESH_ERROR, MESH_ERROR_INVALID);
  return is_good;
}

static void
test_read (void)
{
  guint8 good[36] = { 0x16, 0x20 };
  static const guint8 unknown[] = { 0xd5, 0x01, 3, 1, 2, 3, 9 };
  static const guint8 truncated[] = { 0x12, 4, 1, 2, 3, 4 };
  guint8 huge[2 + 2 + 200] = { 0x00, 0xc8, 0x01 };
  g_autoptr (GByteArray) again = g_byte_array_new ();
  MeshMultihash hash;
  gsize n;

  g_assert_true (read_bytes (good, sizeof good, &hash, &n));
  g_assert_cmpuint (n, ==, 34);
  g_assert_cmpuint (hash.code, ==, MESH_MULTIHASH_SHA3_256);
  mesh_multihash_append (again, &hash);
  g_assert_cmpmem (again->data, again->len, good, 34);
  g_assert_true (read_bytes (unknown, sizeof unknown, &hash, &n));
  g_assert_cmpuint (n, ==, 6);
  for (gsize len = 0; len < 34; len++)
    g_assert_false (read_bytes (good, len, &hash, &n));
  g_assert_false (read_bytes (truncated, sizeof truncated, &hash, &n));
  g_assert_false (read_bytes (huge, sizeof huge, &hash, &n));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/content/multihash/names", test_names);
  g_test_add_func ("/content/multihash/digests", test_digests);
  g_test_add_func ("/content/multihash/many-is-as-one", test_many_is_as_one);
  g_test_add_func ("/content/multihash/read", test_read);
  return g_test_run ();
}
