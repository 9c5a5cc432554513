/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "dht/mesh-kad-providers.h"

#include "kad-fixture.h"

typedef struct
{
  MeshRng rng;
  MeshKadPool *pool;
  MeshKadAddrs *addrs;
  MeshKadPeer *peers[10];
  GBytes *keys[10];
} Fixture;

static void
fixture_init (Fixture *f)
{
  g_autoptr (GPtrArray) none = fixture_addrs (NULL);

  mesh_rng_init (&f->rng, 1);
  f->pool = mesh_kad_pool_new ();
  f->addrs = mesh_kad_addrs_new (f->pool, none, MESH_KAD_SCOPE_ANY);
  for (guint i = 0; i < G_N_ELEMENTS (f->peers); i++)
    {
      g_autoptr (MeshPeerId) id = fixture_peer_id (&f->rng);

      f->peers[i] = mesh_kad_pool_get_peer (f->pool, id);
      f->keys[i] = g_bytes_new (&i, sizeof i);
    }
}

static void
fixture_clear (Fixture *f)
{
  for (guint i = 0; i < G_N_ELEMENTS (f->peers); i++)
    {
      mesh_kad_pool_unref_peer (f->peers[i]);
      g_bytes_unref (f->keys[i]);
    }
  g_assert_cmpuint (mesh_kad_pool_get_n_peers (f->pool), ==, 0);
  mesh_kad_addrs_unref (f->addrs);
  mesh_kad_pool_unref (f->pool);
}

static void
add (MeshKadProviders *providers, Fixture *f, guint key, guint peer, gint64 expires_us)
{
  const MeshKadProvider *record = mesh_kad_providers_add (
      providers, f->keys[key], f->peers[peer], f->addrs, expires_us, expires_us);

  g_assert_true (record->peer == f->peers[peer]);
  g_assert_cmpint (record->expires_us, ==, expires_us);
}

/* What is dropped by @now_us, as "key:peer key:peer". */
static char *
poll (MeshKadProviders *providers, Fixture *f, gint64 now_us)
{
  g_autoptr (GString) text = g_string_new (NULL);
  MeshKadProvider record;

  while (mesh_kad_providers_poll_dropped (providers, now_us, &record))
    {
      guint key = *(const guint *) g_bytes_get_data (record.key, NULL);

      for (guint i = 0; i < G_N_ELEMENTS (f->peers); i++)
        if (f->peers[i] == record.peer)
          g_string_append_printf (text, "%s%u:%u", text->len > 0 ? " " : "", key, i);
      mesh_kad_providers_clear_record (&record);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

#define assert_dropped(providers, now_us, expected) \
  G_STMT_START \
  { \
    g_autofree char *dropped = poll (providers, &f, now_us); \
    g_assert_cmpstr (dropped, ==, expected); \
  } \
  G_STMT_END

static void
test_expiry (void)
{
  Fixture f;
  g_autoptr (MeshKadProviders) providers = mesh_kad_providers_new (100, 100, 100);
  const MeshKadProvider *records[10];

  fixture_init (&f);
  g_assert_cmpint (mesh_kad_providers_next_deadline_us (providers), ==, G_MAXINT64);
  add (providers, &f, 1, 1, 100);
  add (providers, &f, 1, 2, 50); /* restored: earlier than what is there */
  add (providers, &f, 2, 1, 70);
  g_assert_cmpint (mesh_kad_providers_next_deadline_us (providers), ==, 50);
  assert_dropped (providers, 49, "");
  assert_dropped (providers, 50, "1:2");
  add (providers, &f, 2, 1, 200); /* renewed */
  assert_dropped (providers, 150, "1:1");
  g_assert_cmpuint (mesh_kad_providers_get (providers, f.keys[1], 10, records), ==, 0);
  g_assert_cmpuint (mesh_kad_providers_get (providers, f.keys[2], 10, records), ==, 1);
  assert_dropped (providers, 200, "2:1");
  g_assert_cmpuint (mesh_kad_providers_get_n (providers), ==, 0);
  fixture_clear (&f);
}

static void
test_newest_first (void)
{
  Fixture f;
  g_autoptr (MeshKadProviders) providers = mesh_kad_providers_new (100, 100, 100);
  const MeshKadProvider *records[2];

  fixture_init (&f);
  for (guint i = 0; i < 5; i++)
    add (providers, &f, 0, i, 100 + i);
  add (providers, &f, 0, 1, 200);
  g_assert_cmpuint (mesh_kad_providers_get (providers, f.keys[0], 2, records), ==, 2);
  g_assert_true (records[0]->peer == f.peers[1]);
  g_assert_true (records[1]->peer == f.peers[4]);
  g_clear_pointer (&providers, mesh_kad_providers_free);
  fixture_clear (&f);
}

static void
test_bounds (void)
{
  Fixture f;
  g_autoptr (MeshKadProviders) providers = mesh_kad_providers_new (6, 3, 4);

  fixture_init (&f);
  for (guint i = 0; i < 4; i++) /* one key */
    add (providers, &f, 0, i, 100 + i);
  assert_dropped (providers, 0, "0:0");
  for (guint i = 1; i < 5; i++) /* one provider: it has 0:3 too; and all together */
    add (providers, &f, i, 3, 200 + i);
  assert_dropped (providers, 0, "0:3");
  g_assert_cmpuint (mesh_kad_providers_get_n (providers), ==, 6);
  add (providers, &f, 7, 7, 300);
  assert_dropped (providers, 0, "0:1");
  g_assert_cmpuint (mesh_kad_providers_get_n (providers), ==, 6);
  g_clear_pointer (&providers, mesh_kad_providers_free);
  fixture_clear (&f);
}

/* Any sequence keeps the bounds and loses no record without saying so. */
static void
test_property (void)
{
  Fixture f;

  fixture_init (&f);
  for (guint seed = 0; seed < 1000; seed++)
    {
      g_autoptr (MeshKadProviders) providers = mesh_kad_providers_new (20, 5, 7);
      guint n_added = 0, n_dropped = 0;
      gint64 now_us = 0;

      mesh_rng_init (&f.rng, seed);
      for (guint i = 0; i < 100; i++)
        {
          guint before = mesh_kad_providers_get_n (providers);
          guint key = (guint) mesh_rng_below (&f.rng, 10);
          g_autofree char *text = NULL;
          const MeshKadProvider *records[20];
          gboolean is_new = TRUE;
          guint n, peer = (guint) mesh_rng_below (&f.rng, 10);

          n = mesh_kad_providers_get (providers, f.keys[key], 20, records);
          g_assert_cmpuint (n, <=, 5);
          for (guint j = 0; j < n; j++)
            is_new = is_new && records[j]->peer != f.peers[peer];
          add (providers, &f, key, peer, now_us + 50);
          n_added += is_new;
          text = poll (providers, &f, now_us);
          for (const char *p = text; *p != '\0'; p++)
            n_dropped += *p == ':';
          g_assert_cmpuint (mesh_kad_providers_get_n (providers), <=, 20);
          g_assert_cmpuint (mesh_kad_providers_get_n (providers), ==,
                            n_added - n_dropped);
          g_assert_cmpuint (before, <=, 20);
          now_us += (gint64) mesh_rng_below (&f.rng, 5);
        }
    }
  fixture_clear (&f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/kad-providers/expiry", test_expiry);
  g_test_add_func ("/kad-providers/newest-first", test_newest_first);
  g_test_add_func ("/kad-providers/bounds", test_bounds);
  g_test_add_func ("/kad-providers/property", test_property);
  return g_test_run ();
}
