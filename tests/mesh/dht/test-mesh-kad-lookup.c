/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "dht/mesh-kad-lookup.h"

#include "kad-fixture.h"

typedef struct
{
  MeshRng rng;
  MeshKadPool *pool;
  MeshKadKey target;
  MeshKadAddrs *one;   /* of one network... */
  MeshKadAddrs *other; /* ...and of another */
  GPtrArray *peers;    /* nearest to the target first */
} Fixture;

static int
compare_distance (gconstpointer a, gconstpointer b, gpointer target)
{
  const MeshKadPeer *x = *(MeshKadPeer *const *) a, *y = *(MeshKadPeer *const *) b;
  MeshKadKey dx, dy;

  mesh_kad_key_distance (&x->key, target, &dx);
  mesh_kad_key_distance (&y->key, target, &dy);
  return mesh_kad_key_compare (&dx, &dy);
}

static MeshKadAddrs *
new_addrs (Fixture *f, const char *text)
{
  const char *const texts[] = { text, NULL };
  g_autoptr (GPtrArray) list = fixture_addrs (texts);

  return mesh_kad_addrs_new (f->pool, list, MESH_KAD_SCOPE_ANY);
}

static void
fixture_init (Fixture *f, guint64 seed, guint n)
{
  mesh_rng_init (&f->rng, seed);
  f->pool = mesh_kad_pool_new ();
  mesh_rng_fill (&f->rng, (guint8 *) &f->target, sizeof f->target);
  f->one = new_addrs (f, "/ip4/8.8.8.8/tcp/1");
  f->other = new_addrs (f, "/ip4/9.9.9.9/tcp/1");
  f->peers = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_kad_pool_unref_peer);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (MeshPeerId) id = fixture_peer_id (&f->rng);

      g_ptr_array_add (f->peers, mesh_kad_pool_get_peer (f->pool, id));
    }
  g_ptr_array_sort_with_data (f->peers, compare_distance, &f->target);
}

static void
fixture_clear (Fixture *f)
{
  g_ptr_array_unref (f->peers);
  mesh_kad_addrs_unref (f->one);
  mesh_kad_addrs_unref (f->other);
  g_assert_cmpuint (mesh_kad_pool_get_n_peers (f->pool), ==, 0);
  mesh_kad_pool_unref (f->pool);
}

/* The rank of the peer at @i of the lookup among the fixture's. */
static guint
rank_of (Fixture *f, MeshKadLookup *lookup, guint i)
{
  guint rank = G_MAXUINT;

  g_ptr_array_find (f->peers, mesh_kad_lookup_get_peer (lookup, i)->peer, &rank);
  return rank;
}

static void
test_alpha (void)
{
  Fixture f;
  g_autoptr (MeshKadLookup) lookup = NULL;
  guint asked[10], next;

  fixture_init (&f, 1, 40);
  lookup = mesh_kad_lookup_new (&f.target, 20, 10, 3, 0);
  for (guint i = 0; i < 40; i++)
    mesh_kad_lookup_seed (lookup, f.peers->pdata[i], f.one);
  for (guint i = 0; i < 10; i++)
    {
      asked[i] = mesh_kad_lookup_next (lookup);
      g_assert_cmpuint (asked[i], !=, MESH_KAD_LOOKUP_NONE);
      g_assert_cmpuint (rank_of (&f, lookup, asked[i]), <, 12);
      for (guint j = 0; j < i; j++)
        g_assert_cmpuint (asked[i], !=, asked[j]);
    }
  g_assert_cmpuint (mesh_kad_lookup_next (lookup), ==, MESH_KAD_LOOKUP_NONE);
  /* One that is slow lets another be asked, but not without end. */
  for (guint i = 0; i < 10; i++)
    {
      mesh_kad_lookup_set_slow (lookup, asked[i]);
      g_assert_cmpuint (mesh_kad_lookup_next (lookup), !=, MESH_KAD_LOOKUP_NONE);
      g_assert_cmpuint (mesh_kad_lookup_next (lookup), ==, MESH_KAD_LOOKUP_NONE);
    }
  g_assert_false (mesh_kad_lookup_is_done (lookup));
  mesh_kad_lookup_set_answered (lookup, asked[0]);
  next = mesh_kad_lookup_next (lookup);
  g_assert_cmpuint (next, ==, MESH_KAD_LOOKUP_NONE);
  g_clear_pointer (&lookup, mesh_kad_lookup_free);
  fixture_clear (&f);
}

/* Everybody answers and names five others at random: at the end the k nearest of all that
 * were named have answered, each was asked once, and the bounds are kept. */
static void
test_property (void)
{
  for (guint64 seed = 0; seed < 2000; seed++)
    {
      Fixture f;
      g_autoptr (MeshKadLookup) lookup = NULL;
      g_autoptr (GHashTable) asked = g_hash_table_new (NULL, NULL);
      guint k = 1 + seed % 20, n, indexes[20], next, rank;

      fixture_init (&f, seed, 60);
      lookup = mesh_kad_lookup_new (&f.target, k, 10, 1 + seed % 4, 0);
      for (guint i = 0; i < 1 + seed % 7; i++)
        mesh_kad_lookup_seed (lookup, f.peers->pdata[59 - i], f.one);
      while ((next = mesh_kad_lookup_next (lookup)) != MESH_KAD_LOOKUP_NONE)
        {
          g_assert_true (
              g_hash_table_add (asked, mesh_kad_lookup_get_peer (lookup, next)->peer));
          if (mesh_rng_below (&f.rng, 5) == 0)
            {
              mesh_kad_lookup_set_failed (lookup, next);
              continue;
            }
          mesh_kad_lookup_set_answered (lookup, next);
          for (guint i = 0; i < 5; i++)
            mesh_kad_lookup_add (lookup, next,
                                 f.peers->pdata[mesh_rng_below (&f.rng, 60)], f.one);
        }
      g_assert_true (mesh_kad_lookup_is_done (lookup));
      n = mesh_kad_lookup_get_closest (lookup, k, indexes);
      for (guint i = 0, last = 0; i < n; i++, last = rank)
        {
          rank = rank_of (&f, lookup, indexes[i]);
          g_assert_true (i == 0 || rank > last);
        }
      g_clear_pointer (&lookup, mesh_kad_lookup_free);
      fixture_clear (&f);
    }
}

/* What one path's liar names does not become what the others ask. */
static void
test_disjoint (void)
{
  Fixture f;
  g_autoptr (MeshKadLookup) lookup = NULL;
  guint liar = MESH_KAD_LOOKUP_NONE, next;
  guint8 path;

  fixture_init (&f, 3, 60);
  lookup = mesh_kad_lookup_new (&f.target, 10, 6, 3, 0);
  for (guint i = 40; i < 60; i++)
    mesh_kad_lookup_seed (lookup, f.peers->pdata[i], f.one);
  liar = mesh_kad_lookup_next (lookup);
  path = mesh_kad_lookup_get_peer (lookup, liar)->path;
  mesh_kad_lookup_set_answered (lookup, liar);
  for (guint i = 0; i < 20; i++)
    mesh_kad_lookup_add (lookup, liar, f.peers->pdata[i], f.one);
  while ((next = mesh_kad_lookup_next (lookup)) != MESH_KAD_LOOKUP_NONE)
    {
      const MeshKadLookupPeer *peer = mesh_kad_lookup_get_peer (lookup, next);

      if (rank_of (&f, lookup, next) < 20)
        g_assert_cmpuint (peer->path, ==, path);
      g_assert_cmpuint (peer->depth, ==, rank_of (&f, lookup, next) < 20 ? 2 : 1);
    }
  g_clear_pointer (&lookup, mesh_kad_lookup_free);
  fixture_clear (&f);
}

/* The twenty nearest are all of one network: three of them are asked. */
static void
test_groups (void)
{
  Fixture f;
  g_autoptr (MeshKadLookup) lookup = NULL;
  guint n_one = 0, next;

  fixture_init (&f, 4, 60);
  lookup = mesh_kad_lookup_new (&f.target, 20, 10, 1, 3);
  for (guint i = 0; i < 60; i++)
    {
      g_autofree char *text = g_strdup_printf ("/ip4/%u.1.1.1/tcp/1", 20 + i);
      g_autoptr (MeshKadAddrs) own = new_addrs (&f, text);

      mesh_kad_lookup_seed (lookup, f.peers->pdata[i], i < 20 ? f.one : own);
    }
  while ((next = mesh_kad_lookup_next (lookup)) != MESH_KAD_LOOKUP_NONE)
    {
      n_one += mesh_kad_lookup_get_peer (lookup, next)->addrs == f.one;
      mesh_kad_lookup_set_answered (lookup, next);
    }
  g_assert_cmpuint (n_one, ==, 3);
  g_assert_cmpuint (mesh_kad_lookup_get_n_requests (lookup), ==, 20);
  g_assert_true (mesh_kad_lookup_is_done (lookup));
  g_clear_pointer (&lookup, mesh_kad_lookup_free);
  fixture_clear (&f);
}

/* Those that are slow are not waited for once k others have answered, and are if there
 * are no k others. */
static void
test_slow (void)
{
  for (guint n = 5; n <= 40; n += 35)
    {
      Fixture f;
      g_autoptr (MeshKadLookup) lookup = NULL;
      guint slow[3], next;

      fixture_init (&f, 5, n);
      lookup = mesh_kad_lookup_new (&f.target, 20, 10, 1, 0);
      for (guint i = 0; i < n; i++)
        mesh_kad_lookup_seed (lookup, f.peers->pdata[i], f.one);
      for (guint i = 0; i < 3; i++)
        {
          slow[i] = mesh_kad_lookup_next (lookup);
          mesh_kad_lookup_set_slow (lookup, slow[i]);
        }
      while ((next = mesh_kad_lookup_next (lookup)) != MESH_KAD_LOOKUP_NONE)
        mesh_kad_lookup_set_answered (lookup, next);
      g_assert_cmpint (mesh_kad_lookup_is_done (lookup), ==, n == 40);
      for (guint i = 0; i < 3; i++)
        mesh_kad_lookup_set_failed (lookup, slow[i]);
      g_assert_true (mesh_kad_lookup_is_done (lookup));
      g_clear_pointer (&lookup, mesh_kad_lookup_free);
      fixture_clear (&f);
    }
}

/* More peers than are remembered: the nearest are, and those asked are never forgotten.
 */
static void
test_bounds (void)
{
  Fixture f;
  g_autoptr (MeshKadLookup) lookup = NULL;
  guint first;

  fixture_init (&f, 6, 1500);
  lookup = mesh_kad_lookup_new (&f.target, 20, 10, 1, 0);
  mesh_kad_lookup_seed (lookup, f.peers->pdata[1499], f.one);
  first = mesh_kad_lookup_next (lookup);
  mesh_kad_lookup_set_answered (lookup, first);
  for (guint i = 0; i < 1499; i++)
    mesh_kad_lookup_add (lookup, first, f.peers->pdata[(i * 7) % 1499], f.one);
  g_assert_cmpuint (mesh_kad_lookup_get_n_peers (lookup), ==, MESH_KAD_LOOKUP_MAX_PEERS);
  g_assert_true (mesh_kad_lookup_get_peer (lookup, first)->peer == f.peers->pdata[1499]);
  for (guint i = 0; i < 20; i++)
    {
      guint next = mesh_kad_lookup_next (lookup);

      g_assert_cmpuint (rank_of (&f, lookup, next), ==, i);
      mesh_kad_lookup_set_answered (lookup, next);
    }
  g_assert_true (mesh_kad_lookup_is_done (lookup));
  g_clear_pointer (&lookup, mesh_kad_lookup_free);
  fixture_clear (&f);
}

/* Every answer names somebody nearer: it ends all the same. */
static void
test_endless (void)
{
  Fixture f;
  g_autoptr (MeshKadLookup) lookup = NULL;
  guint n = 0, next;

  fixture_init (&f, 7, 400);
  lookup = mesh_kad_lookup_new (&f.target, 20, 10, 3, 0);
  mesh_kad_lookup_seed (lookup, f.peers->pdata[399], f.one);
  while ((next = mesh_kad_lookup_next (lookup)) != MESH_KAD_LOOKUP_NONE)
    {
      n++;
      mesh_kad_lookup_set_answered (lookup, next);
      mesh_kad_lookup_add (lookup, next, f.peers->pdata[399 - n], f.one);
    }
  g_assert_cmpuint (n, ==, MESH_KAD_LOOKUP_MAX_REQUESTS);
  g_assert_true (mesh_kad_lookup_is_done (lookup));
  g_clear_pointer (&lookup, mesh_kad_lookup_free);
  fixture_clear (&f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/kad-lookup/alpha", test_alpha);
  g_test_add_func ("/kad-lookup/property", test_property);
  g_test_add_func ("/kad-lookup/disjoint", test_disjoint);
  g_test_add_func ("/kad-lookup/groups", test_groups);
  g_test_add_func ("/kad-lookup/slow", test_slow);
  g_test_add_func ("/kad-lookup/bounds", test_bounds);
  g_test_add_func ("/kad-lookup/endless", test_endless);
  return g_test_run ();
}
