/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "content/mesh-dag-pb.h"

#include <string.h>

#include "base/mesh-error.h"

/* Blocks of https://github.com/ipld/codec-fixtures (fixtures/dagpb_*), with their CIDs,
 * and the blocks its negative-fixtures/dag-pb/decode/edges.json says must be refused. */
typedef struct
{
  const char *cid;
  const char *hex;
} Fixture;

static const Fixture good[] = {
  { "bafybeie7xh3zqqmeedkotykfsnj2pi4sacvvsjq6zddvcff4pq7dvyenhu",
    "122a0a2212205822d187bd40b04cc8ae7437888ebf844efac1729e098c8816d585d0fcc42b5b1200"
    "188e8010122a0a2212200b79badee10dc3f7781a7a9d0f020cc0f710b328c4975c2dbc30a170cd18"
    "8e2c1200188e8010122a0a22122022ad631c69ee983095b5b8acd029ff94aff1dc6c48837878589a"
    "92b90dfea3171200188e8010122a0a221220df7fd08c4784fe6938c640df473646e4f16c7d0c6567"
    "ab79ec6981767fc3f01a1200188e8010122a0a22122000888c815ad7d055377bdb7b7779fc9740e5"
    "48cb5dac90c71b9af9f51a879c2d1200188e8010122a0a221220766db372d015c5c700f538336556"
    "370165c889334791487a5e48d6080f1c99ea1200188e8010122a0a2212202f533004ceed74279b32"
    "c58eb0e3d2a23bc27ba14ab07298406c42bab8d543211200188e8010122a0a2212204c50cfdefa02"
    "09766f885919ac8ffc258e9253c3001ac23814f875d414d394731200188e8010122a0a2212200089"
    "4611dfa192853020cbbade1a9a0a3f359d26e0d38caf4d72b9b306ff5a0b1200188e8010122a0a22"
    "1220730ddba83e3147bbe10780b97ff0718c74c36037b97b3b79b45c4511806545811200188e8010"
    "122a0a22122048ea9d5d423f678d83d559d2349be8325527290b070c90fc1acd968f0bf70a061200"
    "188e80100a09736f6d652064617461" },
  { "bafybeihyivpglm6o6wrafbe36fp5l67abmewk7i2eob5wacdbhz7as5obe",
    "12240a2212207521fe19c374a97759226dc5c0c8e674e73950e81b211f7dd3b6b30883a08a51" },
  { "bafybeibh647pmxyksmdm24uad6b5f7tx4dhvilzbg2fiqgzll4yek7g7y4",
    "12340a2212208ab7a6c5e74737878ac73863cb76739d15d4666de44e5756bf55a2f9e9ab5f431209"
    "736f6d65206c696e6b1880c2d72f12370a2212208ab7a6c5e74737878ac73863cb76739d15d4666d"
    "e44e5756bf55a2f9e9ab5f44120f736f6d65206f74686572206c696e6b18080a09736f6d65206461"
    "7461" },
  { "bafybeigcsevw74ssldzfwhiijzmg7a35lssfmjkuoj2t5qs5u5aztj47tq",
    "12390a221220b4397c02da5513563d33eef894bf68f2ccdf1bdfc14a976956ab3d1c72f735a0120e"
    "617564696f5f6f6e6c792e6d346118cda88f0b12310a221220025c13fcd1a885df444f64a4a82a26"
    "aea867b1148c68cb671e83589f971149321208636861742e74787418e40712340a2212205d44a305"
    "b9b328ab80451d0daa72a12a7bf2763c5f8bbe327597a31ee40d1e48120c706c61796261636b2e6d"
    "3375187412360a2212202539ed6e85f2a6f9097db9d76cffd49bf3042eb2e3e8e9af4a3ce842d49d"
    "ea22120a7a6f6f6d5f302e6d70341897fb8592010a020801" },
  { "bafybeibfhhww5bpsu34qs7nz25wp7ve36mcc5mxd5du26sr45bbnjhpkei",
    "122b0a2212203f29086b59b9e046b362b4b19c9371e834a9f5a80597af83be6d8b7d1a5ad33b1200"
    "18aed4e015122b0a221220ae1a5afd7c770507dddf17f92bba7a326974af8ae5277c198cf1320637"
    "3f7263120018aed4e015122b0a22122022ab2ebf9c3523077bd6a171d516ea0e1be1beb132d85377"
    "8bcc62cd208e77f1120018aed4e015122b0a22122040a77fe7bc69bbef2491f7633b7c462d0bce96"
    "8868f88e2cbcaae9d0996997e8120018aed4e015122b0a2212206ae1979b14dd43966b0241ebe80a"
    "c2a04ad48959078dc5affa12860648356ef6120018aed4e015122b0a221220a957d1f89eb9a86159"
    "3bfcd19e0637b5c957699417e2b7f23c88653a240836c4120018aed4e015122b0a221220345f9c21"
    "37a2cd76d7b876af4bfecd01f80b7dd125f375cb0d56f8a2f96de2c31200189bfec10f0a2b080218"
    "cbc1819201208080e015208080e015208080e015208080e015208080e015208080e01520cbc1c10f" },
  { "bafybeibazl2z4vqp2tmwcfag6wirmtpnomxknqcgrauj7m2yisrz3qjbom", "0a050001020304" },
  { "bafybeiaqfni3s5s2k2r6rgpxz4hohdsskh44ka5tk6ztbjerqpvxwfkwaq", "0a00" },
  { "bafybeia53f5n75ituvc3yupuf7tdnxf6fqetrmo2alc6g6iljkmk7ys5mm",
    "120b0a09015500050001020304" },
  { "bafybeifq4hcxma3kjljrpxtunnljtc6tvbkgsy3vldyfpfbx2lij76niyu",
    "12160a090155000500010203041209736f6d65206e616d65" },
  { "bafybeie7fstnkm4yshfwnmpp7d3mlh4f4okmk7a54d6c3ffr755q7qzk44",
    "120d0a090155000500010203041200" },
  { "bafybeiezymjvhwfuharanxmzxwuomzjjuzqjewjolr4phaiyp6l7qfwo64",
    "12140a0901550005000102030418ffffffffffffff0f" },
  { "bafybeichjs5otecmbvwh5azdr4jc45mp2qcofh2fr54wjdxhz4znahod2i",
    "120d0a090155000500010203041800" },
  { "bafybeihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku", "" },
  { "bafybeia2qk4u55f2qj7zimmtpulejgz7urp7rzs44cvledcaj42gltkk3u", "0a03010203" },
  { "bafybeiahfgovhod2uvww72vwdgatl5r6qkoeegg7at2bghiokupfphqcku",
    "120b0a0901550005000102030412100a09015500050001020304120362617212100a090155000500"
    "010203041203666f6f" },
  { "bafybeidrg2f6slbv4yzydqtgmsi2vzojajnt7iufcreynfpxndca4z5twm",
    "120b0a09015500050001020304120e0a09015500050001020304120161120e0a0901550005000102"
    "0304120161" },
  { "bafybeieube7zxmzoc5bgttub2aqofi6xdzimv5munkjseeqccn36a6v6j4",
    "120e0a09015500050001020304120161120e0a09015500050001020304120161" },
};

static const char *const bad[] = {
  "1200",                                         /* link with no Hash */
  "12000a050001020304",                           /* data, and link with no Hash */
  "12020a00",                                     /* link with zero Hash */
  "12021200",                                     /* link with just empty Name */
  "120b1209736f6d65206e616d65",                   /* link with just some Name */
  "12021800",                                     /* link with just zero Tsize */
  "120318f207",                                   /* link with just nonzero Tsize */
  "12240a221220cf92fdefcdc34cac009c8b05eb662be06" /* data between links */
  "18db9de55ecd42785e9ec6712f8df650a040802180612240a221220cf92fdefcdc34cac009c8b05eb"
  "662be0618db9de55ecd42785e9ec6712f8df65",
  /* The rest is ours: each a rule of the specification's "Protobuf strictness". */
  "0a000a00",                                 /* Data twice */
  "1a00",                                     /* unknown field */
  "0800",                                     /* wrong wire type for Data */
  "12120a090155000500010203040a050155000100", /* Hash twice */
  "120d12000a09015500050001020304",           /* Name before Hash */
  "120f0a0901550005000102030418001200",       /* Tsize before Name */
  "120f0a0901550005000102030418001800",       /* Tsize twice */
  "120d0a090155000500010203042000",           /* unknown field in a link */
  "120b0a090155000500010203",                 /* cut short */
  "0a05000102",                               /* cut short */
  "0a8500",                                   /* a length that is not minimal */
  "120e0a0901550005000102030418ff",           /* Tsize cut short */
  "120b0a0902550005000102030",                /* CID version 2 */
};

static GByteArray *
from_hex (const char *hex)
{
  GByteArray *bytes = g_byte_array_new ();

  for (; hex[0] != '\0' && hex[1] != '\0'; hex += 2)
    {
      guint8 byte
          = (guint8) (g_ascii_xdigit_value (hex[0]) << 4 | g_ascii_xdigit_value (hex[1]));

      g_byte_array_append (bytes, &byte, 1);
    }
  return bytes;
}

static void
test_good (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr (GByteArray) bytes = from_hex (good[i].hex);
      g_autoptr (MeshCid) cid = mesh_cid_parse (good[i].cid, NULL);
      g_auto (MeshDagPbNode) node = { 0 };
      g_autoptr (GBytes) again = NULL;
      g_autoptr (GPtrArray) links = NULL;
      g_autoptr (GError) error = NULL;

      g_assert_true (mesh_cid_verify (cid, bytes->data, bytes->len, NULL));
      g_assert_true (mesh_dag_pb_decode (bytes->data, bytes->len, &node, &error));
      g_assert_no_error (error);
      again = mesh_dag_pb_encode (&node);
      g_assert_cmpmem (g_bytes_get_data (again, NULL), g_bytes_get_size (again),
                       bytes->data, bytes->len);
      links = mesh_dag_pb_get_links (MESH_CODEC_DAG_PB, bytes->data, bytes->len, NULL);
      g_assert_cmpuint (links->len, ==, node.links->len);
      g_assert_cmpint (mesh_dag_pb_may_have_links (bytes->data, bytes->len), ==,
                       links->len > 0);
    }
}

static void
test_bad (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GByteArray) bytes = from_hex (bad[i]);
      g_auto (MeshDagPbNode) node = { 0 };
      g_autoptr (GError) error = NULL;

      g_assert_false (mesh_dag_pb_decode (bytes->data, bytes->len, &node, &error));
      g_assert_error (error, MESH_ERROR, MESH_ERROR_INVALID);
      g_assert_cmpuint (node.links->len, ==, 0);
    }
}

/* Blocks exist with data before links: read, but written the canonical way. */
static void
test_data_first (void)
{
  g_autoptr (GByteArray) bytes = from_hex ("0a0301020312"
                                           "0b0a09015500050001020304");
  g_autoptr (GByteArray) canonical = from_hex ("120b0a09015500050001020304"
                                               "0a03010203");
  g_auto (MeshDagPbNode) node = { 0 };
  g_autoptr (GBytes) again = NULL;

  g_assert_true (mesh_dag_pb_decode (bytes->data, bytes->len, &node, NULL));
  again = mesh_dag_pb_encode (&node);
  g_assert_cmpmem (g_bytes_get_data (again, NULL), g_bytes_get_size (again),
                   canonical->data, canonical->len);
}

/* By the bytes of names, the shorter first, stable among equals. */
static void
test_sorting (void)
{
  static const char *const names[] = { "b", "", "ab", "a", "\xc3\xa9", "", "B", "a" };
  static const char *const sorted[] = { "", "", "B", "a", "a", "ab", "b", "\xc3\xa9" };
  static const guint64 origins[] = { 1, 5, 6, 3, 7, 2, 0, 4 };
  g_auto (MeshDagPbNode) node = { 0 };
  g_auto (MeshDagPbNode) decoded = { 0 };
  g_autoptr (MeshCid) cid
      = mesh_cid_new_for_data (MESH_CODEC_RAW, MESH_MULTIHASH_SHA3_256, NULL, 0, NULL);
  g_autoptr (GBytes) block = NULL;

  mesh_dag_pb_node_init (&node);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    mesh_dag_pb_node_add_link (&node, cid, names[i], i);
  block = mesh_dag_pb_encode (&node);
  g_assert_true (mesh_dag_pb_decode (g_bytes_get_data (block, NULL),
                                     g_bytes_get_size (block), &decoded, NULL));
  for (guint i = 0; i < decoded.links->len; i++)
    {
      MeshDagPbLink *link = &g_array_index (decoded.links, MeshDagPbLink, i);

      g_assert_cmpstr (link->name, ==, sorted[i]);
      g_assert_cmpuint (link->tsize, ==, origins[i]);
    }
}

static void
test_other_codecs_have_no_links (void)
{
  g_autoptr (GPtrArray) links
      = mesh_dag_pb_get_links (MESH_CODEC_RAW, (const guint8 *) "\x12\x00", 2, NULL);

  g_assert_cmpuint (links->len, ==, 0);
  g_assert_null (
      mesh_dag_pb_get_links (MESH_CODEC_DAG_PB, (const guint8 *) "\x12\x00", 2, NULL));
}

/* Whatever decodes encodes to something that decodes to the same. */
static void
test_mutations (void)
{
  for (guint round = 0; round < 20000; round++)
    {
      const Fixture *fixture = &good[g_test_rand_int_range (0, G_N_ELEMENTS (good))];
      g_autoptr (GByteArray) bytes = from_hex (fixture->hex);
      g_auto (MeshDagPbNode) node = { 0 };
      g_autoptr (GBytes) once = NULL;
      g_autoptr (GBytes) twice = NULL;

      for (int i = g_test_rand_int_range (0, 4); i > 0 && bytes->len > 0; i--)
        bytes->data[g_test_rand_int_range (0, (gint32) bytes->len)]
            = (guint8) g_test_rand_int ();
      if (!mesh_dag_pb_decode (bytes->data, bytes->len, &node, NULL))
        continue;
      once = mesh_dag_pb_encode (&node);
      {
        g_auto (MeshDagPbNode) other = { 0 };

        g_assert_true (mesh_dag_pb_decode (g_bytes_get_data (once, NULL),
                                           g_bytes_get_size (once), &other, NULL));
        twice = mesh_dag_pb_encode (&other);
      }
      g_assert_true (g_bytes_equal (once, twice));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/content/dag-pb/good", test_good);
  g_test_add_func ("/content/dag-pb/bad", test_bad);
  g_test_add_func ("/content/dag-pb/data-first", test_data_first);
  g_test_add_func ("/content/dag-pb/sorting", test_sorting);
  g_test_add_func ("/content/dag-pb/other-codecs-have-no-links",
                   test_other_codecs_have_no_links);
  g_test_add_func ("/content/dag-pb/mutations", test_mutations);
  return g_test_run ();
}
