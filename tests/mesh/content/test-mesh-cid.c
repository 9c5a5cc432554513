/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "content/mesh-cid.h"

#include <string.h>

#include "base/mesh-error.h"

/* The empty dag-pb block, https://ipld.io/specs/codecs/dag-pb/spec/ */
#define EMPTY_V0 "QmdfTbBqBPQ7VNxZEYEj14VmRuZBkqFbiwReogJgS1zR1n"
#define EMPTY_V1 "bafybeihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku"

static MeshCid *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  MeshCid *cid = mesh_cid_parse (text, &error);

  g_assert_no_error (error);
  return cid;
}

static void
test_versions (void)
{
  g_autoptr (MeshCid) v0 = parse (EMPTY_V0);
  g_autoptr (MeshCid) v1 = parse (EMPTY_V1);
  g_autoptr (MeshCid) raised = mesh_cid_to_v1 (v0);
  g_autofree char *v0_text = mesh_cid_to_string (v0, MESH_BASE_32);
  g_autofree char *v1_text = mesh_cid_to_string (v1, MESH_BASE_32);

  g_assert_cmpuint (mesh_cid_get_version (v0), ==, 0);
  g_assert_cmpuint (mesh_cid_get_codec (v0), ==, MESH_CODEC_DAG_PB);
  g_assert_cmpuint (mesh_cid_get_hash_code (v0), ==, MESH_MULTIHASH_SHA2_256);
  g_assert_cmpuint (mesh_cid_get_version (v1), ==, 1);
  g_assert_cmpstr (v0_text, ==, EMPTY_V0);
  g_assert_cmpstr (v1_text, ==, EMPTY_V1);
  g_assert_true (mesh_cid_equal (raised, v1));
  g_assert_false (mesh_cid_equal (v0, v1));
  g_assert_true (mesh_cid_equal_multihash (v0, v1));
  g_assert_cmpuint (mesh_cid_hash_multihash (v0), ==, mesh_cid_hash_multihash (v1));
  g_assert_cmpint (mesh_cid_compare (v0, v1), !=, 0);
  g_assert_true (mesh_cid_verify (v0, NULL, 0, NULL));
  g_assert_true (mesh_cid_verify (v1, NULL, 0, NULL));
}

static void
test_bases (void)
{
  static const MeshBase bases[]
      = { MESH_BASE_58_BTC, MESH_BASE_32, MESH_BASE_36, MESH_BASE_16, MESH_BASE_64_URL };
  g_autoptr (MeshCid) cid = parse (EMPTY_V1);

  for (gsize i = 0; i < G_N_ELEMENTS (bases); i++)
    {
      g_autofree char *text = mesh_cid_to_string (cid, bases[i]);
      g_autoptr (MeshCid) again = parse (text);

      g_assert_cmpint (text[0], ==, (char) bases[i]);
      g_assert_true (mesh_cid_equal (cid, again));
    }
  {
    g_autofree char *text = mesh_cid_dup_text (cid);

    g_assert_cmpint (text[0], ==, 'z');
  }
}

static void
test_refused (void)
{
  static const char *const bad[] = {
    "",
    "Qm",
    "QmdfTbBqBPQ7VNxZEYEj14VmRuZBkqFbiwReogJgS1zR1",
    "zQmdfTbBqBPQ7VNxZEYEj14VmRuZBkqFbiwReogJgS1zR1n", /* version 0 with a prefix */
    "/ipfs/" EMPTY_V1,
    "bafybeihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvy",
    "hello",
    "f0270120401020304", /* version 2 */
    "f01551202ffff",     /* sha2-256 cut to two bytes */
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (mesh_cid_parse (bad[i], &error));
      g_assert_error (error, MESH_ERROR, MESH_ERROR_INVALID);
    }
}

static void
test_bytes (void)
{
  g_autoptr (MeshCid) cid = parse (EMPTY_V1);
  g_autoptr (GByteArray) longer = g_byte_array_new ();
  g_autoptr (GByteArray) prefix = g_byte_array_new ();
  static const guint8 expected_prefix[] = { 1, 0x70, 0x12, 0x20 };
  gsize len;
  const guint8 *bytes = mesh_cid_get_bytes (cid, &len);
  g_autoptr (MeshCid) again = mesh_cid_from_bytes (bytes, len, NULL);
  g_autoptr (MeshCid) first = NULL;
  g_autoptr (GError) error = NULL;
  gsize n;

  g_assert_true (mesh_cid_equal (cid, again));
  g_byte_array_append (longer, bytes, (guint) len);
  g_byte_array_append (longer, (const guint8 *) "x", 1);
  first = mesh_cid_read (longer->data, longer->len, &n, NULL);
  g_assert_cmpuint (n, ==, len);
  g_assert_null (mesh_cid_from_bytes (longer->data, longer->len, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_INVALID);
  for (gsize i = 0; i < len; i++)
    g_assert_null (mesh_cid_from_bytes (bytes, i, NULL));
  mesh_cid_get_prefix (cid, prefix);
  g_assert_cmpmem (prefix->data, prefix->len, expected_prefix, sizeof expected_prefix);
}

static void
test_identity (void)
{
  guint8 data[MESH_MULTIHASH_MAX_DIGEST + 1] = { 1, 2, 3 };
  g_autoptr (MeshCid) cid
      = mesh_cid_new_for_data (MESH_CODEC_RAW, MESH_MULTIHASH_IDENTITY, data, 3, NULL);
  g_autoptr (GBytes) carried = mesh_cid_get_inline (cid);
  g_autoptr (MeshCid) hashed = parse (EMPTY_V1);
  g_autoptr (GError) error = NULL;

  g_assert_cmpmem (g_bytes_get_data (carried, NULL), g_bytes_get_size (carried), data, 3);
  g_assert_true (mesh_cid_verify (cid, data, 3, NULL));
  g_assert_false (mesh_cid_verify (cid, data, 2, NULL));
  g_assert_null (mesh_cid_get_inline (hashed));
  g_assert_null (mesh_cid_new_for_data (MESH_CODEC_RAW, MESH_MULTIHASH_IDENTITY, data,
                                        sizeof data, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_LIMIT);
}

static void
test_verify (void)
{
  g_autoptr (MeshCid) unknown
      = mesh_cid_new_v1 (MESH_CODEC_RAW, 0xb220, (const guint8 *) "0123456789", 10);
  MeshCid *cids[MESH_MULTIHASH_MAX_MANY];
  guint8 blocks[MESH_MULTIHASH_MAX_MANY][500];
  const guint8 *data[MESH_MULTIHASH_MAX_MANY];
  gsize len[MESH_MULTIHASH_MAX_MANY];
  gboolean is_good[MESH_MULTIHASH_MAX_MANY];
  g_autoptr (GError) error = NULL;

  g_assert_false (mesh_cid_verify (unknown, NULL, 0, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_UNSUPPORTED);
  for (guint i = 0; i < MESH_MULTIHASH_MAX_MANY; i++)
    {
      guint64 code = i % 3 == 0 ? MESH_MULTIHASH_SHA2_256 : MESH_MULTIHASH_SHA3_256;

      memset (blocks[i], (int) i, sizeof blocks[i]);
      data[i] = blocks[i];
      len[i] = sizeof blocks[i] - i;
      cids[i] = mesh_cid_new_for_data (MESH_CODEC_RAW, code, data[i], len[i], NULL);
    }
  blocks[2][100] ^= 1;
  mesh_cid_verify_many (MESH_MULTIHASH_MAX_MANY, cids, data, len, is_good);
  for (guint i = 0; i < MESH_MULTIHASH_MAX_MANY; i++)
    g_assert_cmpint (is_good[i], ==, i != 2);
  /* All of one kind: the fast way. */
  mesh_cid_verify_many (2, cids + 1, data + 1, len + 1, is_good);
  g_assert_true (is_good[0]);
  g_assert_false (is_good[1]);
  for (guint i = 0; i < MESH_MULTIHASH_MAX_MANY; i++)
    mesh_cid_unref (cids[i]);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/content/cid/versions", test_versions);
  g_test_add_func ("/content/cid/bases", test_bases);
  g_test_add_func ("/content/cid/refused", test_refused);
  g_test_add_func ("/content/cid/bytes", test_bytes);
  g_test_add_func ("/content/cid/identity", test_identity);
  g_test_add_func ("/content/cid/verify", test_verify);
  return g_test_run ();
}
