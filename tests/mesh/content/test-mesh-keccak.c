/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "content/mesh-keccak.h"

#include <nettle/sha3.h>
#include <string.h>

static char *
to_hex (const guint8 *bytes, gsize len)
{
  GString *text = g_string_new (NULL);

  for (gsize i = 0; i < len; i++)
    g_string_append_printf (text, "%02x", bytes[i]);
  return g_string_free (text, FALSE);
}

typedef struct
{
  const char *message;
  guint n_times;
  gsize digest_len;
  const char *digest;
} Vector;

/* NIST: FIPS 202 example values and CAVP; the million "a" of the classic set. */
static const Vector vectors[] = {
  { "", 1, 32, "a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a" },
  { "abc", 1, 32, "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532" },
  { "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1, 32,
    "41c0dba2a9d6240849100376a8235e2c82e1b9998a999e21db32dd97496d3376" },
  { "a", 1000000, 32,
    "5c8875ae474a3634ba4fd55ec85bffd661f32aca75c6d699d0cdcb6c115891c1" },
  { "", 1, 64,
    "a69f73cca23a9ac5c8b567dc185a756e97c982164fe25859e0d1dcc1475c80a6"
    "15b2123af1f5f94c11e3e9402c3ac558f500199d95b6d3e301758586281dcd26" },
  { "abc", 1, 64,
    "b751850b1a57168a5693cd924b6b096e08f621827444f70d884f5d0240d2712e"
    "10e116e9192af3c91a7ec57647e3934057340b4cf408d5a56592f8274eec53f0" },
};

static void
test_vectors (void)
{
  for (int kernel = 0; kernel < MESH_KECCAK_N_KERNELS; kernel++)
    for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
      {
        g_autoptr (GString) message = g_string_new (NULL);
        guint8 digest[MESH_KECCAK_MAX_DIGEST];
        const guint8 *data;
        guint8 *out = digest;
        g_autofree char *hex = NULL;

        if (!mesh_keccak_is_supported ((MeshKeccakKernel) kernel))
          continue;
        for (guint n = 0; n < vectors[i].n_times; n++)
          g_string_append (message, vectors[i].message);
        data = (const guint8 *) message->str;
        mesh_keccak_sha3_with ((MeshKeccakKernel) kernel, vectors[i].digest_len, 1, &data,
                               &message->len, &out);
        hex = to_hex (digest, vectors[i].digest_len);
        g_assert_cmpstr (hex, ==, vectors[i].digest);
      }
}

static void
nettle_sha3 (gsize digest_len, const guint8 *data, gsize len, guint8 *out)
{
  struct sha3_256_ctx short_ctx;
  struct sha3_512_ctx long_ctx;

  if (digest_len == 32)
    {
      sha3_256_init (&short_ctx);
      sha3_256_update (&short_ctx, len, data);
      sha3_256_digest (&short_ctx, 32, out);
      return;
    }
  sha3_512_init (&long_ctx);
  sha3_512_update (&long_ctx, len, data);
  sha3_512_digest (&long_ctx, 64, out);
}

static gsize
pick_length (GRand *rand)
{
  /* Around the rates (72 and 136), nothing at all, and long. */
  static const gsize edges[] = { 0, 1, 71, 72, 73, 135, 136, 137, 272, 1360 };

  return g_rand_boolean (rand) ? edges[g_rand_int_range (rand, 0, G_N_ELEMENTS (edges))]
                               : (gsize) g_rand_int_range (rand, 0, 6000);
}

/* Any number of messages of any lengths, unaligned, agrees with an implementation that is
 * not ours. */
static void
test_against_nettle (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (g_test_rand_int ());

  for (guint round = 0; round < 3000; round++)
    {
      gsize digest_len = g_rand_boolean (rand) ? 32 : 64;
      gsize n = (gsize) g_rand_int_range (rand, 1, MESH_KECCAK_LANES + 1);
      guint8 *bytes[MESH_KECCAK_LANES];
      const guint8 *data[MESH_KECCAK_LANES];
      gsize len[MESH_KECCAK_LANES];
      guint8 expected[MESH_KECCAK_LANES][MESH_KECCAK_MAX_DIGEST];
      guint8 got[MESH_KECCAK_LANES][MESH_KECCAK_MAX_DIGEST];
      guint8 *out[MESH_KECCAK_LANES];

      for (gsize i = 0; i < n; i++)
        {
          len[i] = pick_length (rand);
          bytes[i] = g_malloc (len[i] + 8);
          for (gsize j = 0; j < len[i] + 8; j++)
            bytes[i][j] = (guint8) g_rand_int (rand);
          data[i] = bytes[i] + g_rand_int_range (rand, 0, 8);
          nettle_sha3 (digest_len, data[i], len[i], expected[i]);
          out[i] = got[i];
        }
      for (int kernel = 0; kernel < MESH_KECCAK_N_KERNELS; kernel++)
        {
          if (!mesh_keccak_is_supported ((MeshKeccakKernel) kernel))
            continue;
          memset (got, 0, sizeof got);
          mesh_keccak_sha3_with ((MeshKeccakKernel) kernel, digest_len, n, data, len,
                                 out);
          for (gsize i = 0; i < n; i++)
            g_assert_cmpmem (got[i], digest_len, expected[i], digest_len);
        }
      memset (got, 0, sizeof got);
      mesh_keccak_sha3 (digest_len, n, data, len, out);
      for (gsize i = 0; i < n; i++)
        {
          g_assert_cmpmem (got[i], digest_len, expected[i], digest_len);
          g_free (bytes[i]);
        }
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/content/keccak/vectors", test_vectors);
  g_test_add_func ("/content/keccak/against-nettle", test_against_nettle);
  return g_test_run ();
}
