/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "dht/mesh-kad-table.h"

#include "kad-fixture.h"

#define K 20

typedef struct
{
  MeshRng rng;
  MeshKadPool *pool;
  MeshKadKey self;
  MeshKadTable *table;
} Fixture;

static void
fixture_init (Fixture *f, guint64 seed, guint max_group_bucket, guint max_group_table)
{
  mesh_rng_init (&f->rng, seed);
  f->pool = mesh_kad_pool_new ();
  mesh_rng_fill (&f->rng, (guint8 *) &f->self, sizeof f->self);
  f->table = mesh_kad_table_new (&f->self, K, max_group_bucket, max_group_table);
}

static void
fixture_clear (Fixture *f)
{
  mesh_kad_table_free (f->table);
  g_assert_cmpuint (mesh_kad_pool_get_n_peers (f->pool), ==, 0);
  mesh_kad_pool_unref (f->pool);
}

static MeshKadPeer *
new_peer (Fixture *f)
{
  g_autoptr (MeshPeerId) id = fixture_peer_id (&f->rng);

  return mesh_kad_pool_get_peer (f->pool, id);
}

/* One that shares exactly @prefix bits with us. */
static MeshKadPeer *
new_peer_at (Fixture *f, guint prefix)
{
  for (;;)
    {
      MeshKadPeer *peer = new_peer (f);

      if (mesh_kad_key_common_prefix (&peer->key, &f->self) == prefix)
        return peer;
      mesh_kad_pool_unref_peer (peer);
    }
}

static MeshKadAddrs *
new_addrs (Fixture *f, const char *text)
{
  const char *const texts[] = { text, NULL };
  g_autoptr (GPtrArray) list = fixture_addrs (texts);

  return mesh_kad_addrs_new (f->pool, list, MESH_KAD_SCOPE_ANY);
}

/* Adds @n peers with @prefix at time @now_us; returns the first. */
static MeshKadPeer *
fill (Fixture *f, guint prefix, guint n, gint64 now_us)
{
  g_autoptr (MeshKadAddrs) addrs = new_addrs (f, "/ip4/8.8.8.8/tcp/1");
  MeshKadPeer *first = NULL;

  for (guint i = 0; i < n; i++)
    {
      MeshKadPeer *peer = new_peer_at (f, prefix);

      g_assert_cmpint (mesh_kad_table_add (f->table, peer, addrs, now_us + i), ==,
                       MESH_KAD_TABLE_ADDED);
      if (first == NULL)
        first = peer;
      else
        mesh_kad_pool_unref_peer (peer);
    }
  return first;
}

/* A newcomer waits while the bucket is full, and takes the place of one that is dead. */
static void
test_old_ones_stay (void)
{
  Fixture f;
  g_autoptr (MeshKadPeer) oldest = NULL, newcomer = NULL, newer = NULL;
  g_autoptr (MeshKadAddrs) addrs = NULL;
  MeshKadTableEntry *stale;

  fixture_init (&f, 1, 0, 0);
  addrs = new_addrs (&f, "/ip4/8.8.8.8/tcp/1");
  oldest = fill (&f, 1, K, 100);
  newcomer = new_peer_at (&f, 1);
  newer = new_peer_at (&f, 1);
  g_assert_null (mesh_kad_table_get_stale (f.table, newcomer, 1000));
  g_assert_cmpint (mesh_kad_table_add (f.table, newcomer, addrs, 200), ==,
                   MESH_KAD_TABLE_WAITING);
  g_assert_cmpint (mesh_kad_table_add (f.table, newer, addrs, 201), ==,
                   MESH_KAD_TABLE_WAITING);
  g_assert_cmpuint (mesh_kad_table_get_n_peers (f.table), ==, K);
  g_assert_cmpuint (mesh_kad_table_get_n_waiting (f.table), ==, 2);

  g_assert_null (mesh_kad_table_get_stale (f.table, newcomer, 100));
  stale = mesh_kad_table_get_stale (f.table, newcomer, 150);
  g_assert_true (stale->peer == oldest);
  stale->is_probed = TRUE;
  g_assert_null (mesh_kad_table_get_stale (f.table, newcomer, 150));
  /* It answers: it stays, and is no longer the oldest. */
  g_assert_cmpint (mesh_kad_table_add (f.table, oldest, addrs, 300), ==,
                   MESH_KAD_TABLE_RENEWED);
  g_assert_true (mesh_kad_table_get_stale (f.table, newcomer, 150)->peer != oldest);
  /* It does not: the newest of those that wait has its place. */
  g_assert_true (mesh_kad_table_fail (f.table, oldest));
  g_assert_null (mesh_kad_table_find (f.table, oldest));
  g_assert_nonnull (mesh_kad_table_find (f.table, newer));
  g_assert_null (mesh_kad_table_find (f.table, newcomer));
  g_assert_cmpuint (mesh_kad_table_get_n_waiting (f.table), ==, 1);
  g_clear_pointer (&oldest, mesh_kad_pool_unref_peer);
  g_clear_pointer (&newcomer, mesh_kad_pool_unref_peer);
  g_clear_pointer (&newer, mesh_kad_pool_unref_peer);
  fixture_clear (&f);
}

/* Without somebody to take its place it has a second chance, but is named last. */
static void
test_failing (void)
{
  Fixture f;
  g_autoptr (MeshKadPeer) first = NULL;
  const MeshKadTableEntry *nearest[K];
  guint n;

  fixture_init (&f, 2, 0, 0);
  first = fill (&f, 0, 5, 1);
  g_assert_false (mesh_kad_table_fail (f.table, first));
  n = mesh_kad_table_get_closest (f.table, &first->key, K, NULL, nearest);
  g_assert_cmpuint (n, ==, 5);
  g_assert_true (nearest[4]->peer == first);
  n = mesh_kad_table_get_closest (f.table, &first->key, 4, NULL, nearest);
  for (guint i = 0; i < n; i++)
    g_assert_true (nearest[i]->peer != first);
  g_assert_true (mesh_kad_table_fail (f.table, first));
  g_assert_cmpuint (mesh_kad_table_get_n_peers (f.table), ==, 4);
  g_clear_pointer (&first, mesh_kad_pool_unref_peer);
  fixture_clear (&f);
}

static void
test_diversity (void)
{
  Fixture f;
  g_autoptr (MeshKadAddrs) one = NULL, other = NULL;

  fixture_init (&f, 3, 2, 5);
  one = new_addrs (&f, "/ip4/8.8.8.8/tcp/1");
  other = new_addrs (&f, "/ip4/9.9.9.9/tcp/1");
  for (guint prefix = 0; prefix < 4; prefix++)
    for (guint i = 0; i < 4; i++)
      {
        g_autoptr (MeshKadPeer) peer = new_peer_at (&f, prefix);
        gboolean is_room = i < 2 && 2 * prefix + i < 5;

        g_assert_cmpint (mesh_kad_table_add (f.table, peer, one, 1), ==,
                         is_room ? MESH_KAD_TABLE_ADDED : MESH_KAD_TABLE_REFUSED);
        if (is_room) /* what is there may be renewed */
          g_assert_cmpint (mesh_kad_table_add (f.table, peer, one, 2), ==,
                           MESH_KAD_TABLE_RENEWED);
      }
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (MeshKadPeer) peer = new_peer_at (&f, 3);

      g_assert_cmpint (mesh_kad_table_add (f.table, peer, other, 1), ==,
                       MESH_KAD_TABLE_ADDED);
    }
  g_clear_pointer (&one, mesh_kad_addrs_unref);
  g_clear_pointer (&other, mesh_kad_addrs_unref);
  fixture_clear (&f);
}

static int
compare_distance (gconstpointer a, gconstpointer b, gpointer target)
{
  const MeshKadPeer *x = *(MeshKadPeer *const *) a, *y = *(MeshKadPeer *const *) b;
  MeshKadKey dx, dy;

  mesh_kad_key_distance (&x->key, target, &dx);
  mesh_kad_key_distance (&y->key, target, &dy);
  return mesh_kad_key_compare (&dx, &dy);
}

/* get_closest() finds what sorting all of them finds. */
static void
test_closest (void)
{
  for (guint64 seed = 0; seed < 10000; seed++)
    {
      Fixture f;
      g_autoptr (GPtrArray) peers
          = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_kad_pool_unref_peer);
      g_autoptr (MeshKadAddrs) addrs = NULL;
      const MeshKadTableEntry *nearest[K];
      const MeshKadPeer *except = NULL;
      MeshKadKey target;
      guint n, max, size;

      fixture_init (&f, seed, 0, 0);
      addrs = new_addrs (&f, "/ip4/8.8.8.8/tcp/1");
      size = (guint) mesh_rng_below (&f.rng, 60);
      for (guint i = 0; i < size; i++)
        {
          MeshKadPeer *peer = new_peer (&f);

          if (mesh_kad_table_add (f.table, peer, addrs, 1) == MESH_KAD_TABLE_ADDED)
            g_ptr_array_add (peers, peer);
          else
            mesh_kad_pool_unref_peer (peer);
        }
      mesh_rng_fill (&f.rng, (guint8 *) &target, sizeof target);
      if (seed % 3 == 0) /* near to us */
        target.words[0] = f.self.words[0];
      if (seed % 2 == 0 && peers->len > 0)
        except = peers->pdata[mesh_rng_below (&f.rng, peers->len)];
      max = (guint) mesh_rng_below (&f.rng, K + 1);
      n = mesh_kad_table_get_closest (f.table, &target, max, except, nearest);
      g_ptr_array_sort_with_data (peers, compare_distance, &target);
      g_assert_cmpuint (mesh_kad_table_get_n_peers (f.table), ==, peers->len);
      for (guint i = 0, j = 0; i < n; i++, j++)
        {
          j += peers->pdata[j] == except;
          g_assert_true (nearest[i]->peer == peers->pdata[j]);
        }
      g_assert_cmpuint (n, ==, MIN (max, peers->len - (except != NULL)));
      g_clear_pointer (&peers, g_ptr_array_unref);
      g_clear_pointer (&addrs, mesh_kad_addrs_unref);
      fixture_clear (&f);
    }
}

/* Anything in any order: the counts stay right and nobody is in it twice. */
static void
test_property (void)
{
  for (guint64 seed = 0; seed < 300; seed++)
    {
      Fixture f;
      MeshKadPeer *peers[80];
      MeshKadAddrs *addrs[3];
      guint n = 0;

      fixture_init (&f, seed, seed % 3, seed % 5 == 0 ? 0 : 10);
      addrs[0] = new_addrs (&f, "/ip4/8.8.8.8/tcp/1");
      addrs[1] = new_addrs (&f, "/ip4/9.9.9.9/tcp/1");
      addrs[2] = new_addrs (&f, "/ip6/2a00:1450:4001::1/tcp/1");
      for (guint i = 0; i < G_N_ELEMENTS (peers); i++)
        peers[i] = new_peer (&f);
      for (guint i = 0; i < 1000; i++)
        {
          MeshKadPeer *peer = peers[mesh_rng_below (&f.rng, G_N_ELEMENTS (peers))];
          guint64 what = mesh_rng_below (&f.rng, 10);

          if (what < 7)
            mesh_kad_table_add (f.table, peer, addrs[what % 3], i);
          else if (what < 9)
            mesh_kad_table_fail (f.table, peer);
          else
            mesh_kad_table_remove (f.table, peer);
        }
      for (guint i = 0; i < G_N_ELEMENTS (peers); i++)
        n += mesh_kad_table_find (f.table, peers[i]) != NULL;
      g_assert_cmpuint (mesh_kad_table_get_n_peers (f.table), ==, n);
      for (guint i = 0; i < mesh_kad_table_get_n_buckets (f.table); i++)
        {
          guint in_bucket;
          const MeshKadTableEntry *entries
              = mesh_kad_table_get_bucket (f.table, i, &in_bucket);

          g_assert_cmpuint (in_bucket, <=, K);
          for (guint j = 0; j < in_bucket; j++)
            g_assert_cmpuint (mesh_kad_key_common_prefix (&entries[j].peer->key, &f.self),
                              ==, i);
          n -= in_bucket;
        }
      g_assert_cmpuint (n, ==, 0);
      for (guint i = 0; i < G_N_ELEMENTS (peers); i++)
        mesh_kad_pool_unref_peer (peers[i]);
      for (guint i = 0; i < G_N_ELEMENTS (addrs); i++)
        mesh_kad_addrs_unref (addrs[i]);
      fixture_clear (&f);
    }
}

static void
test_estimate (void)
{
  static const guint sizes[] = { 100, 1000, 10000 };

  for (guint s = 0; s < G_N_ELEMENTS (sizes); s++)
    {
      double sum = 0;

      for (guint64 seed = 0; seed < 10; seed++)
        {
          Fixture f;
          g_autoptr (MeshKadAddrs) addrs = NULL;

          fixture_init (&f, seed, 0, 0);
          addrs = new_addrs (&f, "/ip4/8.8.8.8/tcp/1");
          g_assert_cmpfloat (mesh_kad_table_estimate_size (f.table), ==, 0);
          for (guint i = 0; i < sizes[s]; i++)
            {
              g_autoptr (MeshKadPeer) peer = new_peer (&f);

              mesh_kad_table_add (f.table, peer, addrs, 1);
            }
          sum += mesh_kad_table_estimate_size (f.table);
          g_clear_pointer (&addrs, mesh_kad_addrs_unref);
          fixture_clear (&f);
        }
      g_assert_cmpfloat (sum / 10, >, sizes[s] * 0.6);
      g_assert_cmpfloat (sum / 10, <, sizes[s] * 1.6);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/kad-table/old-ones-stay", test_old_ones_stay);
  g_test_add_func ("/kad-table/failing", test_failing);
  g_test_add_func ("/kad-table/diversity", test_diversity);
  g_test_add_func ("/kad-table/closest", test_closest);
  g_test_add_func ("/kad-table/property", test_property);
  g_test_add_func ("/kad-table/estimate", test_estimate);
  return g_test_run ();
}
