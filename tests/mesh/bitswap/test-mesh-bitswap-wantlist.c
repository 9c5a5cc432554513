/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "bitswap/mesh-bitswap-wantlist.h"

static MeshCid *
make_cid (guint number)
{
  guint8 digest[32] = { 0 };

  memcpy (digest, &number, sizeof number);
  return mesh_cid_new_v1 (MESH_CODEC_RAW, MESH_MULTIHASH_SHA2_256, digest, 32);
}

static MeshBitswapMessage *
fill (MeshBitswapWantlist *list)
{
  MeshBitswapMessage *msg = mesh_bitswap_message_new ();

  mesh_bitswap_wantlist_fill (list, msg);
  return msg;
}

static MeshBitswapEntry *
entry_at (MeshBitswapMessage *msg, guint i)
{
  g_assert_cmpuint (i, <, msg->entries->len);
  return &g_array_index (msg->entries, MeshBitswapEntry, i);
}

static void
test_life_of_a_want (void)
{
  g_autoptr (MeshBitswapWantlist) list = mesh_bitswap_wantlist_new ();
  g_autoptr (MeshCid) cid = make_cid (1);
  g_autoptr (MeshBitswapMessage) have = NULL;
  g_autoptr (MeshBitswapMessage) block = NULL;
  g_autoptr (MeshBitswapMessage) cancel = NULL;

  g_assert_true (mesh_bitswap_wantlist_add (list, cid, MESH_BITSWAP_WANT_HAVE, 5));
  g_assert_false (mesh_bitswap_wantlist_knows (list, cid));
  have = fill (list);
  g_assert_true (have->is_full);
  g_assert_cmpint (entry_at (have, 0)->type, ==, MESH_BITSWAP_WANT_HAVE);
  g_assert_true (entry_at (have, 0)->send_dont_have);
  g_assert_true (mesh_bitswap_wantlist_knows (list, cid));

  g_assert_true (mesh_bitswap_wantlist_add (list, cid, MESH_BITSWAP_WANT_BLOCK, 5));
  block = fill (list);
  g_assert_false (block->is_full);
  g_assert_cmpint (entry_at (block, 0)->type, ==, MESH_BITSWAP_WANT_BLOCK);
  g_assert_true (mesh_bitswap_wantlist_add (list, cid, MESH_BITSWAP_WANT_HAVE, 5));
  g_assert_false (mesh_bitswap_wantlist_has_pending (list));

  mesh_bitswap_wantlist_remove (list, cid, FALSE);
  cancel = fill (list);
  g_assert_true (entry_at (cancel, 0)->is_cancel);
  g_assert_cmpuint (mesh_bitswap_wantlist_get_length (list), ==, 0);
  g_assert_true (mesh_bitswap_wantlist_knows (list, cid));
}

static void
test_withdrawn_before_it_was_told (void)
{
  g_autoptr (MeshBitswapWantlist) list = mesh_bitswap_wantlist_new ();
  g_autoptr (MeshCid) cid = make_cid (1);

  g_assert_true (mesh_bitswap_wantlist_add (list, cid, MESH_BITSWAP_WANT_BLOCK, 5));
  mesh_bitswap_wantlist_remove (list, cid, FALSE);
  g_assert_false (mesh_bitswap_wantlist_has_pending (list));
  g_assert_false (mesh_bitswap_wantlist_knows (list, cid));
}

static void
test_wanted_again_before_the_cancel (void)
{
  g_autoptr (MeshBitswapWantlist) list = mesh_bitswap_wantlist_new ();
  g_autoptr (MeshCid) cid = make_cid (1);
  g_autoptr (MeshBitswapMessage) again = NULL;

  g_assert_true (mesh_bitswap_wantlist_add (list, cid, MESH_BITSWAP_WANT_BLOCK, 5));
  mesh_bitswap_message_free (fill (list));
  mesh_bitswap_wantlist_remove (list, cid, FALSE);
  g_assert_true (mesh_bitswap_wantlist_add (list, cid, MESH_BITSWAP_WANT_BLOCK, 5));
  again = fill (list);
  g_assert_cmpuint (again->entries->len, ==, 1);
  g_assert_false (entry_at (again, 0)->is_cancel);
}

static void
test_answered_needs_no_cancel (void)
{
  g_autoptr (MeshBitswapWantlist) list = mesh_bitswap_wantlist_new ();
  g_autoptr (MeshCid) cid = make_cid (1);

  g_assert_true (mesh_bitswap_wantlist_add (list, cid, MESH_BITSWAP_WANT_BLOCK, 5));
  mesh_bitswap_message_free (fill (list));
  mesh_bitswap_wantlist_remove (list, cid, TRUE);
  g_assert_false (mesh_bitswap_wantlist_has_pending (list));
  g_assert_true (mesh_bitswap_wantlist_knows (list, cid));
  /* and can be wanted anew */
  g_assert_true (mesh_bitswap_wantlist_add (list, cid, MESH_BITSWAP_WANT_BLOCK, 5));
  g_assert_true (mesh_bitswap_wantlist_has_pending (list));
}

static void
test_reset_tells_all_again (void)
{
  g_autoptr (MeshBitswapWantlist) list = mesh_bitswap_wantlist_new ();
  g_autoptr (MeshBitswapMessage) msg = NULL;

  for (guint i = 0; i < 20; i++)
    {
      g_autoptr (MeshCid) cid = make_cid (i);

      g_assert_true (
          mesh_bitswap_wantlist_add (list, cid, MESH_BITSWAP_WANT_BLOCK, (gint32) i));
    }
  mesh_bitswap_message_free (fill (list));
  for (guint i = 0; i < 10; i++)
    {
      g_autoptr (MeshCid) cid = make_cid (i);

      mesh_bitswap_wantlist_remove (list, cid, FALSE);
    }
  mesh_bitswap_wantlist_reset (list);
  msg = fill (list);
  g_assert_true (msg->is_full);
  g_assert_cmpuint (msg->entries->len, ==, 10);
  for (guint i = 0; i < 10; i++)
    {
      g_assert_false (entry_at (msg, i)->is_cancel);
      g_assert_cmpint (entry_at (msg, i)->priority, ==, 19 - (gint32) i);
    }
}

static void
test_bounds (void)
{
  g_autoptr (MeshBitswapWantlist) list = mesh_bitswap_wantlist_new ();
  g_autoptr (MeshCid) first = make_cid (0);
  g_autoptr (MeshCid) more = make_cid (MESH_BITSWAP_WANTLIST_MAX);

  for (guint i = 0; i < MESH_BITSWAP_WANTLIST_MAX; i++)
    {
      g_autoptr (MeshCid) cid = make_cid (i);

      g_assert_true (mesh_bitswap_wantlist_add (list, cid, MESH_BITSWAP_WANT_BLOCK, 1));
    }
  g_assert_false (mesh_bitswap_wantlist_add (list, more, MESH_BITSWAP_WANT_BLOCK, 1));
  while (mesh_bitswap_wantlist_has_pending (list))
    {
      g_autoptr (MeshBitswapMessage) msg = fill (list);

      g_assert_cmpuint (msg->entries->len, <=, MESH_BITSWAP_WANTLIST_MESSAGE_MAX);
    }
  /* The past is bounded too: the oldest is forgotten. */
  for (guint i = 0; i < MESH_BITSWAP_WANTLIST_MAX_PAST + 1; i++)
    {
      g_autoptr (MeshCid) cid = make_cid (i);

      if (i >= MESH_BITSWAP_WANTLIST_MAX)
        {
          g_assert_true (
              mesh_bitswap_wantlist_add (list, cid, MESH_BITSWAP_WANT_BLOCK, 1));
          mesh_bitswap_message_free (fill (list));
        }
      mesh_bitswap_wantlist_remove (list, cid, TRUE);
    }
  g_assert_false (mesh_bitswap_wantlist_knows (list, first));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bitswap/wantlist/life-of-a-want", test_life_of_a_want);
  g_test_add_func ("/bitswap/wantlist/withdrawn-before-it-was-told",
                   test_withdrawn_before_it_was_told);
  g_test_add_func ("/bitswap/wantlist/wanted-again-before-the-cancel",
                   test_wanted_again_before_the_cancel);
  g_test_add_func ("/bitswap/wantlist/answered-needs-no-cancel",
                   test_answered_needs_no_cancel);
  g_test_add_func ("/bitswap/wantlist/reset-tells-all-again", test_reset_tells_all_again);
  g_test_add_func ("/bitswap/wantlist/bounds", test_bounds);
  return g_test_run ();
}
