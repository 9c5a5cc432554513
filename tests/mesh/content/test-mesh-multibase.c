/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "content/mesh-multibase.h"

#include <string.h>

#include "base/mesh-error.h"

typedef struct
{
  const char *name;
  const char *plain;     /* "yes mani !" */
  const char *two_zeros; /* "\0\0yes mani !" */
} Vector;

/* https://github.com/multiformats/multibase/tree/master/tests */
static const Vector vectors[] = {
  { "base2",
    "001111001011001010111001100100000011011010110000101101110011010010010000000100001",
    "000000000000000000111100101100101011100110010000001101101011000010110111001101001001"
    "0000"
    "000100001" },
  { "base8", "7362625631006654133464440102", "700000171312714403326055632220041" },
  { "base10", "9573277761329450583662625", "900573277761329450583662625" },
  { "base16", "f796573206d616e692021", "f0000796573206d616e692021" },
  { "base16upper", "F796573206D616E692021", "F0000796573206D616E692021" },
  { "base32", "bpfsxgidnmfxgsibb", "baaahszltebwwc3tjeaqq" },
  { "base32upper", "BPFSXGIDNMFXGSIBB", "BAAAHSZLTEBWWC3TJEAQQ" },
  { "base32hex", "vf5in683dc5n6i811", "v0007ipbj41mm2rj940gg" },
  { "base32hexupper", "VF5IN683DC5N6I811", "V0007IPBJ41MM2RJ940GG" },
  { "base32pad", "cpfsxgidnmfxgsibb", "caaahszltebwwc3tjeaqq====" },
  { "base32padupper", "CPFSXGIDNMFXGSIBB", "CAAAHSZLTEBWWC3TJEAQQ====" },
  { "base32hexpad", "tf5in683dc5n6i811", "t0007ipbj41mm2rj940gg====" },
  { "base32hexpadupper", "TF5IN683DC5N6I811", "T0007IPBJ41MM2RJ940GG====" },
  { "base32z", "hxf1zgedpcfzg1ebb", "hyyy813murbssn5ujryoo" },
  { "base36", "k2lcpzo5yikidynfl", "k002lcpzo5yikidynfl" },
  { "base36upper", "K2LCPZO5YIKIDYNFL", "K002LCPZO5YIKIDYNFL" },
  { "base58flickr", "Z7Pznk19XTTzBtx", "Z117Pznk19XTTzBtx" },
  { "base58btc", "z7paNL19xttacUY", "z117paNL19xttacUY" },
  { "base64", "meWVzIG1hbmkgIQ", "mAAB5ZXMgbWFuaSAh" },
  { "base64pad", "MeWVzIG1hbmkgIQ==", "MAAB5ZXMgbWFuaSAh" },
  { "base64url", "ueWVzIG1hbmkgIQ", "uAAB5ZXMgbWFuaSAh" },
  { "base64urlpad", "UeWVzIG1hbmkgIQ==", "UAAB5ZXMgbWFuaSAh" },
};

static void
check (MeshBase base, const char *text, const char *bytes, gsize len)
{
  g_autofree char *encoded = mesh_multibase_encode (base, (const guint8 *) bytes, len);
  g_autoptr (GBytes) decoded = NULL;
  MeshBase found;

  g_assert_cmpstr (encoded, ==, text);
  decoded = mesh_multibase_decode (text, &found, NULL);
  g_assert_nonnull (decoded);
  g_assert_cmpint (found, ==, base);
  g_assert_cmpmem (g_bytes_get_data (decoded, NULL), g_bytes_get_size (decoded), bytes,
                   len);
}

static void
test_vectors (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      MeshBase base;

      g_assert_true (mesh_multibase_from_name (vectors[i].name, &base));
      check (base, vectors[i].plain, "yes mani !", 10);
      check (base, vectors[i].two_zeros, "\0\0yes mani !", 12);
    }
}

static void
test_case (void)
{
  static const char *const mixed[] = {
    "f68656c6c6f20776F726C64",   "Bnbswy3dpeB3W64TMMQ", "vd1imor3f41RMUSJCCG",
    "cnbswy3dpeB3W64TMMQ======", "kfUvrsIvVnfRbjWaJo",  "KfUVrSIVVnFRbJWAJo",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (mixed); i++)
    {
      g_autoptr (GBytes) decoded = mesh_multibase_decode (mixed[i], NULL, NULL);

      g_assert_nonnull (decoded);
      g_assert_cmpmem (g_bytes_get_data (decoded, NULL), g_bytes_get_size (decoded),
                       "hello world", 11);
    }
}

static void
test_refused (void)
{
  static const char *const bad[] = {
    "",                      /* no prefix */
    "xabc",                  /* unknown prefix */
    "z0OIl",                 /* not in the alphabet */
    "Z0",                    /* nor here */
    "f796",                  /* half a byte */
    "baaahszltebwwc3tjeaqr", /* bits left over */
    "meWVzIG1hbmkgIR",       /* bits left over */
    "MeWVzIG1hbmkgIQ=",      /* too little padding */
    "MeWVzIG1hbmkgIQ",       /* none */
    "meWVzIG1hbmkgIQ==",     /* not wanted */
    "cpfsxgidn========",     /* a group of padding only */
    "ma",                    /* a digit alone */
    "902x",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (mesh_multibase_decode (bad[i], NULL, &error));
      g_assert_error (error, MESH_ERROR, MESH_ERROR_INVALID);
    }
}

static void
test_too_long (void)
{
  g_autofree char *digits = g_strnfill (MESH_MULTIBASE_MAX_CHARS, '1');
  g_autofree char *small = g_strnfill (1 + 2 * MESH_MULTIBASE_MAX_BYTES + 2, 'f');

  digits[0] = '0';
  g_assert_null (mesh_multibase_decode (small, NULL, NULL));
  small[1 + 2 * MESH_MULTIBASE_MAX_BYTES] = '\0';
  {
    g_autoptr (GBytes) decoded = mesh_multibase_decode (small, NULL, NULL);

    g_assert_cmpuint (g_bytes_get_size (decoded), ==, MESH_MULTIBASE_MAX_BYTES);
  }
  {
    g_autoptr (GBytes) decoded = mesh_multibase_decode (digits, NULL, NULL);

    g_assert_cmpuint (g_bytes_get_size (decoded), ==, MESH_MULTIBASE_MAX_BYTES);
  }
}

static void
test_round_trips (void)
{
  for (guint round = 0; round < 10000; round++)
    {
      const Vector *vector = &vectors[g_test_rand_int_range (0, G_N_ELEMENTS (vectors))];
      gsize len = (gsize) g_test_rand_int_range (0, 70);
      guint8 bytes[70];
      g_autofree char *text = NULL;
      g_autoptr (GBytes) decoded = NULL;
      MeshBase base;

      for (gsize i = 0; i < len; i++)
        bytes[i] = (guint8) g_test_rand_int ();
      if (len > 2 && round % 3 == 0)
        memset (bytes, 0, 2);
      g_assert_true (mesh_multibase_from_name (vector->name, &base));
      text = mesh_multibase_encode (base, bytes, len);
      decoded = mesh_multibase_decode (text, NULL, NULL);
      g_assert_nonnull (decoded);
      g_assert_cmpmem (g_bytes_get_data (decoded, NULL), g_bytes_get_size (decoded),
                       bytes, len);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/content/multibase/vectors", test_vectors);
  g_test_add_func ("/content/multibase/case", test_case);
  g_test_add_func ("/content/multibase/refused", test_refused);
  g_test_add_func ("/content/multibase/too-long", test_too_long);
  g_test_add_func ("/content/multibase/round-trips", test_round_trips);
  return g_test_run ();
}
