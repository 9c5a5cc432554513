/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "peer/mesh-peer-id.h"

#include <string.h>

#include "base/mesh-error.h"
#include "base/mesh-rng.h"

#include "hex.h"

/* specs/peer-ids, "Decoding" */
static const char hashed[] = "QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N";
static const char hashed_cid[]
    = "bafzbeie5745rpv2m6tjyuugywy4d5ewrqgqqhfnf445he3omzpjbx5xqxe";
static const char inlined[] = "12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA";

static void
test_spec_examples (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MeshPeerId) a = mesh_peer_id_parse (hashed, &error);
  g_autoptr (MeshPeerId) b = mesh_peer_id_parse (hashed_cid, &error);
  g_autoptr (MeshPeerId) c = mesh_peer_id_parse (inlined, &error);
  g_autoptr (MeshPublicKey) key = NULL, none = NULL;
  g_autofree char *cid = NULL;

  g_assert_no_error (error);
  g_assert_true (mesh_peer_id_equal (a, b));
  g_assert_cmpuint (mesh_peer_id_hash (a), ==, mesh_peer_id_hash (b));
  g_assert_false (mesh_peer_id_equal (a, c));
  g_assert_cmpstr (mesh_peer_id_to_string (b), ==, hashed);
  cid = mesh_peer_id_to_cid_string (a);
  g_assert_cmpstr (cid, ==, hashed_cid);
  none = mesh_peer_id_dup_public_key (a);
  g_assert_null (none);
  key = mesh_peer_id_dup_public_key (c);
  g_assert_cmpint (mesh_public_key_get_key_type (key), ==, MESH_KEY_TYPE_ED25519);
  g_assert_true (mesh_peer_id_matches_public_key (c, key));
  g_assert_false (mesh_peer_id_matches_public_key (a, key));
}

/* Keys of more than 42 bytes are hashed, as go and js do it: this one is the ECDSA
 * vector. */
static void
test_hashed_key (void)
{
  g_autoptr (GBytes) bytes = hex_bytes ("0803125b3059301306072a8648ce3d020106082a8648ce3d"
                                        "03010703420004de3d300fa36ae0e8f5d530"
                                        "899d83abab44abf3161f162a4bc901d8e6ecda020e8b6d5f"
                                        "8da30525e71d6851510c098e5c47c646a597fb"
                                        "4dcec034e9f77c409e62");
  g_autoptr (MeshPublicKey) key = mesh_public_key_from_bytes (
      g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), NULL);
  g_autoptr (MeshPeerId) id = mesh_peer_id_new_from_public_key (key);
  g_autofree char *digest = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);
  g_autoptr (GBytes) expected = hex_bytes (digest);
  const guint8 *data;
  gsize len;

  g_assert_true (g_str_has_prefix (mesh_peer_id_to_string (id), "Qm"));
  data = mesh_peer_id_get_bytes (id, &len);
  g_assert_cmpuint (len, ==, 34);
  g_assert_cmpmem (data + 2, 32, g_bytes_get_data (expected, NULL), 32);
}

static void
test_refused (void)
{
  static const struct
  {
    const char *text;
    MeshError code;
  } cases[] = {
    { "", MESH_ERROR_INVALID },
    { "1", MESH_ERROR_INVALID },
    { "12D3KooW", MESH_ERROR_INVALID },
    { "QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5", MESH_ERROR_INVALID },
    { "QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx50", MESH_ERROR_INVALID },
    { "bafybeie5745rpv2m6tjyuugywy4d5ewrqgqqhfnf445he3omzpjbx5xqxe",
      MESH_ERROR_INVALID }, /* a CID of something else */
    { "k51qzi5uqu5dgutdk6i1ynyzgkqngpha5xpgia3a5qqp4jsh0u4csozksxel2r",
      MESH_ERROR_UNSUPPORTED },
    { "?", MESH_ERROR_INVALID },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (mesh_peer_id_parse (cases[i].text, &error));
      g_assert_error (error, MESH_ERROR, (int) cases[i].code);
    }
}

static void
test_property (void)
{
  MeshRng rng;

  mesh_rng_init (&rng, 2);
  for (guint i = 0; i < 10000; i++)
    {
      guint8 bytes[48];
      gsize len = mesh_rng_below (&rng, sizeof bytes + 1), n;
      g_autoptr (MeshPeerId) id = NULL, again = NULL, by_cid = NULL;
      g_autofree char *cid = NULL;
      const guint8 *data;

      mesh_rng_fill (&rng, bytes, len);
      if (i % 2 == 0 && len >= 34)
        memcpy (bytes, "\x12\x20", 2), len = 34;
      else if (len >= 38)
        memcpy (bytes, "\0\x24\x08\1\x12\x20", 6), len = 38;
      id = mesh_peer_id_from_bytes (bytes, len, NULL);
      if (id == NULL)
        continue;
      data = mesh_peer_id_get_bytes (id, &n);
      g_assert_cmpmem (bytes, len, data, n);
      again = mesh_peer_id_parse (mesh_peer_id_to_string (id), NULL);
      cid = mesh_peer_id_to_cid_string (id);
      by_cid = mesh_peer_id_parse (cid, NULL);
      g_assert_true (mesh_peer_id_equal (id, again));
      g_assert_true (mesh_peer_id_equal (id, by_cid));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/peer/peer-id/spec-examples", test_spec_examples);
  g_test_add_func ("/peer/peer-id/hashed-key", test_hashed_key);
  g_test_add_func ("/peer/peer-id/refused", test_refused);
  g_test_add_func ("/peer/peer-id/property", test_property);
  return g_test_run ();
}
