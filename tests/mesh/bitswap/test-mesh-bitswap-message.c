/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "bitswap/mesh-bitswap-message.h"

#include "base/mesh-error.h"
#include "base/mesh-rng.h"
#include "base/mesh-varint.h"

static MeshCid *
make_cid (guint8 seed, guint version)
{
  guint8 digest[32];

  memset (digest, seed, sizeof digest);
  if (version == 0)
    return mesh_cid_new_v0 (digest);
  return mesh_cid_new_v1 (MESH_CODEC_RAW, MESH_MULTIHASH_SHA2_256, digest, 32);
}

static GBytes *
join (GPtrArray *segments)
{
  GByteArray *all = g_byte_array_new ();

  for (guint i = 0; i < segments->len; i++)
    {
      gsize len;
      const guint8 *data = g_bytes_get_data (g_ptr_array_index (segments, i), &len);

      g_byte_array_append (all, data, (guint) len);
    }
  return g_byte_array_free_to_bytes (all);
}

/* Encodes, and takes the length prefix off after checking it. */
static GBytes *
encode (const MeshBitswapMessage *msg, MeshBitswapVersion version)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) segments = mesh_bitswap_message_encode (msg, version, &error);
  g_autoptr (GBytes) all = NULL;
  guint64 len;
  gssize n;

  g_assert_no_error (error);
  all = join (segments);
  n = mesh_varint_decode (g_bytes_get_data (all, NULL), g_bytes_get_size (all), &len);
  g_assert_cmpint (n, >, 0);
  g_assert_cmpuint (len, ==, g_bytes_get_size (all) - (gsize) n);
  return g_bytes_new_from_bytes (all, (gsize) n, (gsize) len);
}

static MeshBitswapMessage *
decode (GBytes *bytes)
{
  g_autoptr (GError) error = NULL;
  MeshBitswapMessage *msg = mesh_bitswap_message_decode (bytes, &error);

  g_assert_no_error (error);
  return msg;
}

/* The bytes of the specification's message, written out by hand. */
static void
test_known_bytes (void)
{
  static const guint8 head[]
      = { 0x0a, 0x32, 0x0a, 0x2e, 0x0a, 0x24, 0x01, 0x55, 0x12, 0x20 };
  static const guint8 tail[]
      = { 0x10, 0x07, 0x20, 0x01, 0x28, 0x01, 0x10, 0x01, 0x28, 0x05 };
  g_autoptr (MeshBitswapMessage) msg = mesh_bitswap_message_new ();
  g_autoptr (MeshCid) cid = make_cid (0xaa, 1);
  g_autoptr (GByteArray) want = g_byte_array_new ();
  g_autoptr (GBytes) bytes = NULL;

  mesh_bitswap_message_add_entry (msg, cid, 7, MESH_BITSWAP_WANT_HAVE, FALSE, TRUE);
  msg->is_full = TRUE;
  msg->pending_bytes = 5;
  g_byte_array_append (want, head, sizeof head);
  for (guint i = 0; i < 32; i++)
    g_byte_array_append (want, (const guint8[]){ 0xaa }, 1);
  g_byte_array_append (want, tail, sizeof tail);
  /* the length of the want-list: 2 + 44 + 2 */
  want->data[1] = 0x2e + 2;
  want->data[3] = 0x2c;
  bytes = encode (msg, MESH_BITSWAP_1_2_0);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), want->data,
                   want->len);
}

static MeshBitswapMessage *
make_random (MeshRng *rng)
{
  MeshBitswapMessage *msg = mesh_bitswap_message_new ();
  guint n;

  n = (guint) mesh_rng_below (rng, 5);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (MeshCid) cid
          = make_cid ((guint8) mesh_rng_next (rng), (guint) mesh_rng_below (rng, 2));
      gboolean is_cancel = mesh_rng_below (rng, 2) != 0;

      mesh_bitswap_message_add_entry (msg, cid, (gint32) (guint32) mesh_rng_next (rng),
                                      (MeshBitswapWantType) mesh_rng_below (rng, 2),
                                      is_cancel, mesh_rng_below (rng, 2) != 0);
    }
  n = (guint) mesh_rng_below (rng, 4);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (MeshCid) cid
          = make_cid ((guint8) mesh_rng_next (rng), (guint) mesh_rng_below (rng, 2));
      gsize len = (gsize) mesh_rng_below (rng, 300);
      guint8 *data = g_malloc (len + 1);
      g_autoptr (GBytes) bytes = NULL;

      mesh_rng_fill (rng, data, len);
      bytes = g_bytes_new_take (data, len);
      mesh_bitswap_message_add_block (msg, cid, bytes);
      mesh_bitswap_message_add_presence (msg, cid, mesh_rng_below (rng, 2) != 0);
    }
  msg->is_full = mesh_rng_below (rng, 2) != 0;
  msg->pending_bytes = (gint32) (guint32) mesh_rng_next (rng);
  return msg;
}

static void
test_round_trip (void)
{
  for (guint64 seed = 0; seed < 10000; seed++)
    {
      MeshRng rng;
      g_autoptr (MeshBitswapMessage) msg = NULL;
      g_autoptr (MeshBitswapMessage) again = NULL;
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (GBytes) bytes_again = NULL;

      mesh_rng_init (&rng, seed);
      msg = make_random (&rng);
      bytes = encode (msg, MESH_BITSWAP_1_2_0);
      g_assert_cmpuint (g_bytes_get_size (bytes), ==,
                        mesh_bitswap_message_get_size (msg));
      again = decode (bytes);
      g_assert_cmpuint (again->entries->len, ==, msg->entries->len);
      g_assert_cmpuint (again->blocks->len, ==, msg->blocks->len);
      g_assert_cmpuint (again->presences->len, ==, msg->presences->len);
      g_assert_cmpint (again->pending_bytes, ==, msg->pending_bytes);
      for (guint i = 0; i < msg->entries->len; i++)
        {
          MeshBitswapEntry *a = &g_array_index (msg->entries, MeshBitswapEntry, i);
          MeshBitswapEntry *b = &g_array_index (again->entries, MeshBitswapEntry, i);

          g_assert_true (mesh_cid_equal (a->cid, b->cid));
          g_assert_cmpint (a->priority, ==, b->priority);
          g_assert_cmpint (a->type, ==, b->type);
        }
      bytes_again = encode (again, MESH_BITSWAP_1_2_0);
      g_assert_true (g_bytes_equal (bytes, bytes_again));
    }
}

/* Cut or flipped, a message is refused or read, and what is read can be written again. */
static void
test_damage (void)
{
  for (guint64 seed = 0; seed < 10000; seed++)
    {
      MeshRng rng;
      g_autoptr (MeshBitswapMessage) msg = NULL;
      g_autoptr (MeshBitswapMessage) again = NULL;
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) whole = NULL;
      g_autoptr (GBytes) damaged = NULL;
      g_autofree guint8 *copy = NULL;
      gsize len;

      mesh_rng_init (&rng, seed);
      msg = make_random (&rng);
      whole = encode (msg, MESH_BITSWAP_1_2_0);
      len = g_bytes_get_size (whole);
      copy = g_memdup2 (g_bytes_get_data (whole, NULL), len);
      if (len > 0)
        copy[mesh_rng_below (&rng, len)] ^= (guint8) (1 + mesh_rng_below (&rng, 255));
      damaged = g_bytes_new (copy, len - (gsize) mesh_rng_below (&rng, len + 1));
      again = mesh_bitswap_message_decode (damaged, &error);
      if (again == NULL)
        g_assert_error (error, MESH_ERROR, MESH_ERROR_PROTOCOL);
      else
        g_bytes_unref (encode (again, MESH_BITSWAP_1_2_0));
    }
}

static void
test_versions (void)
{
  g_autoptr (MeshBitswapMessage) msg = mesh_bitswap_message_new ();
  g_autoptr (MeshBitswapMessage) v1_1 = NULL;
  g_autoptr (MeshBitswapMessage) v1_0 = NULL;
  g_autoptr (MeshCid) cid0 = make_cid (1, 0);
  g_autoptr (MeshCid) cid1 = make_cid (2, 1);
  g_autoptr (GBytes) data = g_bytes_new_static ("shoal", 5);
  g_autoptr (GBytes) bytes_1_1 = NULL;
  g_autoptr (GBytes) bytes_1_0 = NULL;
  MeshBitswapBlock *block;

  mesh_bitswap_message_add_entry (msg, cid0, 1, MESH_BITSWAP_WANT_BLOCK, FALSE, TRUE);
  mesh_bitswap_message_add_entry (msg, cid1, 1, MESH_BITSWAP_WANT_BLOCK, FALSE, TRUE);
  mesh_bitswap_message_add_entry (msg, cid1, 1, MESH_BITSWAP_WANT_HAVE, FALSE, TRUE);
  mesh_bitswap_message_add_block (msg, cid0, data);
  mesh_bitswap_message_add_block (msg, cid1, data);
  mesh_bitswap_message_add_presence (msg, cid0, TRUE);
  msg->pending_bytes = 9;

  bytes_1_1 = encode (msg, MESH_BITSWAP_1_1_0);
  v1_1 = decode (bytes_1_1);
  g_assert_cmpuint (v1_1->entries->len, ==, 2);
  g_assert_cmpuint (v1_1->blocks->len, ==, 2);
  g_assert_cmpuint (v1_1->presences->len, ==, 0);
  g_assert_cmpint (v1_1->pending_bytes, ==, 0);

  bytes_1_0 = encode (msg, MESH_BITSWAP_1_0_0);
  v1_0 = decode (bytes_1_0);
  g_assert_cmpuint (v1_0->entries->len, ==, 1);
  g_assert_cmpuint (v1_0->blocks->len, ==, 1);
  block = &g_array_index (v1_0->blocks, MeshBitswapBlock, 0);
  g_assert_cmpuint (block->prefix.version, ==, 0);
  g_assert_true (g_bytes_equal (block->data, data));
}

/* Blocks are not copied, neither on the way out nor on the way in. */
static void
test_no_copies (void)
{
  g_autoptr (MeshBitswapMessage) msg = mesh_bitswap_message_new ();
  g_autoptr (MeshBitswapMessage) again = NULL;
  g_autoptr (MeshCid) cid = make_cid (1, 1);
  g_autoptr (GBytes) data = g_bytes_new_take (g_malloc0 (1 << 20), 1 << 20);
  g_autoptr (GPtrArray) segments = NULL;
  g_autoptr (GBytes) bytes = NULL;
  const guint8 *start, *block;

  mesh_bitswap_message_add_block (msg, cid, data);
  segments = mesh_bitswap_message_encode (msg, MESH_BITSWAP_1_2_0, NULL);
  g_assert_cmpuint (segments->len, ==, 2);
  g_assert_true (g_ptr_array_index (segments, 1) == data);

  bytes = encode (msg, MESH_BITSWAP_1_2_0);
  start = g_bytes_get_data (bytes, NULL);
  again = decode (bytes);
  block
      = g_bytes_get_data (g_array_index (again->blocks, MeshBitswapBlock, 0).data, NULL);
  g_assert_true (block > start && block < start + 100);
}

static void
test_bounds (void)
{
  g_autoptr (MeshBitswapMessage) msg = mesh_bitswap_message_new ();
  g_autoptr (MeshBitswapMessage) wants = mesh_bitswap_message_new ();
  g_autoptr (MeshBitswapMessage) again = NULL;
  g_autoptr (MeshCid) cid = make_cid (1, 1);
  g_autoptr (GBytes) data = g_bytes_new_take (g_malloc0 (1048590), 1048590);
  g_autoptr (GBytes) large = g_bytes_new_take (g_malloc0 (5 << 20), 5 << 20);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 3; i++)
    mesh_bitswap_message_add_block (msg, cid, data);
  g_ptr_array_unref (mesh_bitswap_message_encode (msg, MESH_BITSWAP_1_2_0, &error));
  g_assert_no_error (error);
  mesh_bitswap_message_add_block (msg, cid, data); /* the fourth of 1 MiB + 14 */
  g_assert_null (mesh_bitswap_message_encode (msg, MESH_BITSWAP_1_2_0, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_LIMIT);
  g_clear_error (&error);
  g_assert_null (mesh_bitswap_message_decode (large, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_PROTOCOL);

  for (guint i = 0; i < MESH_BITSWAP_MESSAGE_MAX_ENTRIES + 10; i++)
    mesh_bitswap_message_add_entry (wants, cid, 1, MESH_BITSWAP_WANT_BLOCK, FALSE, TRUE);
  bytes = encode (wants, MESH_BITSWAP_1_2_0);
  again = decode (bytes);
  g_assert_cmpuint (again->entries->len, ==, MESH_BITSWAP_MESSAGE_MAX_ENTRIES);
  g_assert_cmpuint (again->n_skipped, ==, 10);
}

static void
test_refused (void)
{
  static const struct
  {
    const char *bytes;
    gsize len;
  } bad[] = {
    { "\x0a", 1 },                             /* no length */
    { "\x0a\x05\x00", 3 },                     /* longer than the message */
    { "\x0a\x02\x0a\x00", 4 },                 /* an entry without a CID */
    { "\x0a\x05\x0a\x03\x0a\x01\x01", 7 },     /* half a CID */
    { "\x1a\x02\x0a\x00", 4 },                 /* a block with an empty prefix */
    { "\x1a\x06\x0a\x04\x02\x55\x12\x20", 8 }, /* CID version 2 */
    { "\x1a\x06\x0a\x04\x00\x55\x12\x20", 8 }, /* CIDv0 of codec raw */
    { "\x2b", 1 },                             /* a group */
    { "\x00\x00", 2 },                         /* field 0 */
    { "\x28\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f", 11 }, /* 70 bits */
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GBytes) bytes = g_bytes_new_static (bad[i].bytes, bad[i].len);
      g_autoptr (GError) error = NULL;

      g_assert_null (mesh_bitswap_message_decode (bytes, &error));
      g_assert_error (error, MESH_ERROR, MESH_ERROR_PROTOCOL);
    }
}

static void
test_unknown_fields_are_skipped (void)
{
  static const guint8 data[] = { 0x30, 0x96, 0x01,           /* field 6: 150 */
                                 0x3a, 0x03, 'a',  'b', 'c', /* field 7 */
                                 0x45, 1,    2,    3,   4,   /* field 8, fixed32 */
                                 0x49, 1,    2,    3,   4,   5, 6, 7, 8, /* field 9 */
                                 0x28, 0x07 };
  g_autoptr (GBytes) bytes = g_bytes_new_static (data, sizeof data);
  g_autoptr (MeshBitswapMessage) msg = decode (bytes);

  g_assert_true (mesh_bitswap_message_is_empty (msg));
  g_assert_cmpint (msg->pending_bytes, ==, 7);
}

static void
test_prefix_makes_cid (void)
{
  for (guint version = 0; version < 2; version++)
    {
      g_autoptr (MeshBitswapMessage) msg = mesh_bitswap_message_new ();
      g_autoptr (MeshCid) cid = make_cid (3, version);
      g_autoptr (MeshCid) made = NULL;
      g_autoptr (GBytes) data = g_bytes_new_static ("x", 1);
      gsize len;

      mesh_bitswap_message_add_block (msg, cid, data);
      made = mesh_bitswap_message_make_cid (
          &g_array_index (msg->blocks, MeshBitswapBlock, 0).prefix,
          mesh_cid_get_digest (cid, &len));
      g_assert_true (mesh_cid_equal (cid, made));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bitswap/message/known-bytes", test_known_bytes);
  g_test_add_func ("/bitswap/message/round-trip", test_round_trip);
  g_test_add_func ("/bitswap/message/damage", test_damage);
  g_test_add_func ("/bitswap/message/versions", test_versions);
  g_test_add_func ("/bitswap/message/no-copies", test_no_copies);
  g_test_add_func ("/bitswap/message/bounds", test_bounds);
  g_test_add_func ("/bitswap/message/refused", test_refused);
  g_test_add_func ("/bitswap/message/unknown-fields-are-skipped",
                   test_unknown_fields_are_skipped);
  g_test_add_func ("/bitswap/message/prefix-makes-cid", test_prefix_makes_cid);
  return g_test_run ();
}
