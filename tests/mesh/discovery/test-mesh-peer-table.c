/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "discovery/mesh-peer-table.h"

#include <string.h>

#include "peer/mesh-peer-record.h"
#include "discovery/mesh-caps.h"

#define T0 (G_GINT64_CONSTANT (1800000000) * G_USEC_PER_SEC)

static MeshKeypair *
make_key (guint32 number)
{
  guint8 seed[MESH_ED25519_SEED_BYTES] = { 0 };

  memcpy (seed, &number, sizeof number);
  return mesh_keypair_new_from_seed (seed);
}

/* Ids without keys: a hash each, which is quick to make. */
static MeshPeerId *
make_id (guint32 number)
{
  guint8 bytes[34] = { 0x12, 32 };

  memcpy (bytes + 2, &number, sizeof number);
  return mesh_peer_id_from_bytes (bytes, sizeof bytes, NULL);
}

static MeshPeerTable *
make_table (void)
{
  g_autoptr (MeshPeerId) self = make_id (G_MAXUINT32);

  return mesh_peer_table_new (self, 1);
}

static MeshPeerEntry *
enter (MeshPeerTable *table, guint32 number, gint64 now_us)
{
  g_autoptr (MeshPeerId) id = make_id (number);

  return mesh_peer_table_ensure (table, id, now_us);
}

static gboolean
add (MeshPeerEntry *entry, const char *text, MeshPeerAddrRank rank)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MeshMultiaddr) addr = mesh_multiaddr_parse (text, &error);

  g_assert_no_error (error);
  return mesh_peer_table_add_addr (entry, addr, rank);
}

static void
assert_addrs (const MeshPeerEntry *entry, const char *want)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < entry->addrs->len; i++)
    g_string_append_printf (
        text, "%s%s", i > 0 ? " " : "",
        mesh_multiaddr_to_string (g_ptr_array_index (entry->addrs, i)));
  g_assert_cmpstr (text->str, ==, want);
}

static void
test_addresses (void)
{
  g_autoptr (MeshPeerTable) table = make_table ();
  MeshPeerEntry *entry = enter (table, 1, T0);

  g_assert_true (add (entry, "/ip4/1.1.1.1/tcp/1", MESH_PEER_ADDR_HEARSAY));
  g_assert_false (add (entry, "/ip4/1.1.1.1/tcp/1", MESH_PEER_ADDR_HEARSAY));
  g_assert_true (add (entry, "/ip4/2.2.2.2/tcp/1", MESH_PEER_ADDR_SIGNED));
  g_assert_true (add (entry, "/ip4/3.3.3.3/tcp/1", MESH_PEER_ADDR_SIGNED));
  g_assert_true (add (entry, "/ip4/4.4.4.4/tcp/1", MESH_PEER_ADDR_PROVEN));
  assert_addrs (entry, "/ip4/4.4.4.4/tcp/1 /ip4/2.2.2.2/tcp/1 /ip4/3.3.3.3/tcp/1 "
                       "/ip4/1.1.1.1/tcp/1");
  /* Hearsay does not lower what is proven, an answer raises what was hearsay. */
  g_assert_false (add (entry, "/ip4/4.4.4.4/tcp/1", MESH_PEER_ADDR_HEARSAY));
  g_assert_false (add (entry, "/ip4/1.1.1.1/tcp/1", MESH_PEER_ADDR_PROVEN));
  assert_addrs (entry, "/ip4/1.1.1.1/tcp/1 /ip4/4.4.4.4/tcp/1 /ip4/2.2.2.2/tcp/1 "
                       "/ip4/3.3.3.3/tcp/1");
  mesh_peer_table_clear_signed (entry);
  assert_addrs (entry, "/ip4/1.1.1.1/tcp/1 /ip4/4.4.4.4/tcp/1");
  /* Nowhere, and somebody else. */
  g_assert_false (add (entry, "/ip4/0.0.0.0/tcp/1", MESH_PEER_ADDR_SIGNED));
  g_assert_false (
      add (entry,
           "/ip4/1.2.3.4/tcp/1/p2p/12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5",
           MESH_PEER_ADDR_SIGNED));
  g_assert_cmpuint (entry->addrs->len, ==, 2);
}

static void
test_address_bound (void)
{
  g_autoptr (MeshPeerTable) table = make_table ();
  MeshPeerEntry *entry = enter (table, 1, T0);

  for (guint rank = MESH_PEER_ADDR_HEARSAY + 1; rank > 0; rank--)
    for (guint i = 0; i < 50; i++)
      {
        g_autofree char *text = g_strdup_printf ("/ip4/9.9.%u.9/tcp/%u", rank, i + 1);

        add (entry, text, rank - 1);
        g_assert_cmpuint (entry->addrs->len, <=, MESH_PEER_TABLE_MAX_ADDRS);
        g_assert_cmpuint (entry->n_proven + entry->n_signed, <=, entry->addrs->len);
      }
  /* The surer ones have displaced the others, the newest proof comes first. */
  g_assert_cmpuint (entry->n_proven, ==, MESH_PEER_TABLE_MAX_PROVEN);
  g_assert_cmpuint (entry->n_signed, ==,
                    MESH_PEER_TABLE_MAX_ADDRS - MESH_PEER_TABLE_MAX_PROVEN);
  g_assert_cmpstr (mesh_multiaddr_to_string (g_ptr_array_index (entry->addrs, 0)), ==,
                   "/ip4/9.9.1.9/tcp/50");
}

static void
test_class (void)
{
  g_autoptr (MeshPeerTable) table = make_table ();
  MeshPeerEntry *entry = enter (table, 1, T0);

  g_assert_cmpint (mesh_peer_table_get_class (entry), ==, MESH_PEER_CLASS_INTERNET);
  add (entry,
       "/ip4/8.8.8.8/tcp/1/p2p/12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5/"
       "p2p-circuit",
       MESH_PEER_ADDR_HEARSAY);
  g_assert_cmpint (mesh_peer_table_get_class (entry), ==, MESH_PEER_CLASS_RELAYED);
  add (entry, "/ip4/8.8.8.8/tcp/1", MESH_PEER_ADDR_HEARSAY);
  g_assert_cmpint (mesh_peer_table_get_class (entry), ==, MESH_PEER_CLASS_INTERNET);
  add (entry, "/ip4/192.168.1.1/tcp/1", MESH_PEER_ADDR_HEARSAY);
  g_assert_cmpint (mesh_peer_table_get_class (entry), ==, MESH_PEER_CLASS_LAN);
  /* Where it really answered counts more than what else is said. */
  add (entry, "/ip4/8.8.8.8/tcp/1", MESH_PEER_ADDR_PROVEN);
  g_assert_cmpint (mesh_peer_table_get_class (entry), ==, MESH_PEER_CLASS_INTERNET);
  entry->roles = MESH_CAPS_ROLE_MINI_MASTER;
  g_assert_cmpstr (mesh_peer_table_get_class_name (mesh_peer_table_get_class (entry)), ==,
                   "mini-master");
}

static void
test_backoff (void)
{
  g_autoptr (MeshPeerTable) table = make_table ();
  MeshPeerEntry *entry = enter (table, 1, T0);
  gint64 now_us = T0, wait_us = MESH_PEER_TABLE_MIN_WAIT_US;

  add (entry, "/ip4/8.8.8.8/tcp/1", MESH_PEER_ADDR_HEARSAY);
  g_assert_true (mesh_peer_table_is_dialable (entry, now_us));
  for (guint i = 0; i < 40; i++)
    {
      mesh_peer_table_note_dial (table, entry, FALSE, now_us);
      g_assert_cmpint (entry->retry_us - now_us, >=, wait_us * 8 / 10);
      g_assert_cmpint (entry->retry_us - now_us, <=, wait_us * 12 / 10);
      g_assert_false (mesh_peer_table_is_dialable (entry, entry->retry_us - 1));
      now_us = entry->retry_us;
      g_assert_true (mesh_peer_table_is_dialable (entry, now_us));
      wait_us = MIN (wait_us * 2, MESH_PEER_TABLE_MAX_WAIT_US);
    }
  g_assert_cmpfloat (mesh_peer_score_get (&entry->score, now_us), <, 0.4);
  mesh_peer_table_note_dial (table, entry, TRUE, now_us);
  g_assert_cmpint (entry->retry_us, ==, 0);
  g_assert_cmpuint (entry->n_failures, ==, 0);
}

/* The best are picked, of the right kind, and some places are the newcomers'. */
static void
test_pick (void)
{
  g_autoptr (MeshPeerTable) table = make_table ();
  g_autoptr (GPtrArray) picked = NULL, lan = NULL, none = NULL;
  g_autoptr (MeshPeerId) best = make_id (99);
  guint n_fresh = 0;

  for (guint32 i = 0; i < 200; i++)
    {
      MeshPeerEntry *entry = enter (table, i, T0);

      add (entry, i % 2 == 0 ? "/ip4/10.0.0.1/tcp/1" : "/ip4/8.8.8.8/tcp/1",
           MESH_PEER_ADDR_HEARSAY);
      if (i >= 100)
        continue;
      entry->last_seen_s = 5;
      mesh_peer_score_note_latency (&entry->score, (200 - (gint64) i) * 1000, T0);
    }
  picked = mesh_peer_table_pick (table, MESH_PEER_CLASS_ANY, 20, T0);
  g_assert_cmpuint (picked->len, ==, 20);
  g_assert_true (mesh_peer_id_equal (g_ptr_array_index (picked, 0), best));
  for (guint i = 0; i < picked->len; i++)
    n_fresh
        += mesh_peer_table_find (table, g_ptr_array_index (picked, i))->last_seen_s == 0;
  g_assert_cmpuint (n_fresh, ==, 2);
  lan = mesh_peer_table_pick (table, MESH_PEER_CLASS_LAN, 1000, T0);
  g_assert_cmpuint (lan->len, ==, 100);
  for (guint i = 0; i < lan->len; i++)
    g_assert_cmpint (mesh_peer_table_get_class (
                         mesh_peer_table_find (table, g_ptr_array_index (lan, i))),
                     ==, MESH_PEER_CLASS_LAN);
  none = mesh_peer_table_pick (table, MESH_PEER_CLASS_MINI_MASTER, 5, T0);
  g_assert_cmpuint (none->len, ==, 0);
}

/* A flood of names displaces other names, not the peers that are known. */
static void
test_flood (void)
{
  g_autoptr (MeshPeerTable) table = make_table ();
  g_autoptr (MeshMultiaddr) remote = mesh_multiaddr_parse ("/ip4/8.8.8.8/tcp/1", NULL);
  g_autoptr (GPtrArray) rows = NULL;

  for (guint32 i = 0; i < 100; i++)
    {
      MeshPeerEntry *entry = enter (table, i, T0);

      entry->last_seen_s = 1;
      if (i % 2 == 0)
        mesh_peer_score_note_failure (&entry->score, T0);
    }
  /* A connected one stays, however bad it is. */
  enter (table, 500, T0)->remote = mesh_multiaddr_ref (remote);
  for (guint k = 0; k < 5; k++)
    mesh_peer_score_note_bad (&enter (table, 500, T0)->score, T0);
  for (guint32 i = 1000; i < 1000 + 3 * MESH_PEER_TABLE_MAX; i++)
    {
      enter (table, i, T0 + i);
      g_assert_cmpuint (mesh_peer_table_get_n_peers (table), <=, MESH_PEER_TABLE_MAX);
    }
  for (guint32 i = 0; i < 100; i++)
    {
      g_autoptr (MeshPeerId) id = make_id (i);

      g_assert_nonnull (mesh_peer_table_find (table, id));
    }
  g_assert_true (enter (table, 500, T0)->remote != NULL);
  rows = mesh_peer_table_take_rows (table);
  g_assert_cmpuint (rows->len, <=, MESH_PEER_TABLE_MAX + 4096);
}

static void
test_expire (void)
{
  g_autoptr (MeshPeerTable) table = make_table ();
  gint64 later_us = T0 + (MESH_PEER_TABLE_MAX_AGE_S + 10) * (gint64) G_USEC_PER_SEC;

  enter (table, 1, T0);
  enter (table, 2, later_us);
  mesh_peer_table_expire (table, later_us);
  g_assert_cmpuint (mesh_peer_table_get_n_peers (table), ==, 1);
}

static void
test_self (void)
{
  g_autoptr (MeshPeerTable) table = make_table ();

  g_assert_null (enter (table, G_MAXUINT32, T0));
  g_assert_cmpuint (mesh_peer_table_get_n_peers (table), ==, 0);
}

static void
test_rows (void)
{
  g_autoptr (MeshPeerTable) table = make_table ();
  g_autoptr (MeshPeerTable) copy = make_table ();
  g_autoptr (MeshKeypair) key = make_key (7);
  g_autoptr (MeshPeerId) id
      = mesh_peer_id_new_from_public_key (mesh_keypair_get_public_key (key));
  g_autoptr (MeshPeerId) gone = make_id (3);
  g_autoptr (GPtrArray) addrs
      = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_multiaddr_unref);
  g_autoptr (GPtrArray) rows = NULL, none = NULL, last = NULL;
  g_autoptr (GBytes) record = NULL;
  MeshPeerEntry *entry = mesh_peer_table_ensure (table, id, T0), *loaded;

  g_ptr_array_add (addrs, mesh_multiaddr_parse ("/ip4/8.8.8.8/tcp/1", NULL));
  record = mesh_peer_record_seal (key, 5, addrs);
  g_assert_true (mesh_peer_table_take_record (entry, record, 5));
  g_assert_false (mesh_peer_table_take_record (entry, record, 5));
  add (entry, "/ip4/8.8.8.8/tcp/1", MESH_PEER_ADDR_HEARSAY);
  add (entry, "/ip4/9.9.9.9/tcp/1", MESH_PEER_ADDR_PROVEN);
  entry->roles = 3;
  entry->last_seen_s = 1234;
  mesh_peer_score_note_latency (&entry->score, 5000, T0);
  enter (table, 3, T0);
  rows = mesh_peer_table_take_rows (table);
  g_assert_cmpuint (rows->len, ==, 2);
  for (guint i = 0; i < rows->len; i++)
    g_assert_true (mesh_peer_table_load (copy, g_ptr_array_index (rows, i), T0));
  loaded = mesh_peer_table_find (copy, id);
  g_assert_nonnull (loaded);
  assert_addrs (loaded, "/ip4/9.9.9.9/tcp/1 /ip4/8.8.8.8/tcp/1");
  g_assert_cmpuint (loaded->roles, ==, 3);
  g_assert_cmpint (loaded->last_seen_s, ==, 1234);
  g_assert_cmpint (loaded->last_heard_s, ==, T0 / G_USEC_PER_SEC);
  g_assert_cmpmem (&loaded->score, sizeof loaded->score, &entry->score,
                   sizeof entry->score);
  g_assert_true (g_bytes_equal (mesh_peer_table_get_record (loaded), record));
  g_assert_cmpuint (loaded->record_seq, ==, 5);
  /* Nothing is new: nothing is written; what goes is. */
  none = mesh_peer_table_take_rows (table);
  g_assert_cmpuint (none->len, ==, 0);
  mesh_peer_table_ensure (table, id, T0 * 2);
  mesh_peer_table_expire (table, T0 * 2);
  last = mesh_peer_table_take_rows (table);
  g_assert_cmpuint (last->len, ==, 1);
  g_assert_true (((MeshPeerRow *) g_ptr_array_index (last, 0))->is_removed);
  g_assert_null (mesh_peer_table_find (table, gone));
}

static MeshPeerRow *
make_row (void)
{
  g_autoptr (MeshPeerTable) table = make_table ();
  g_autoptr (GPtrArray) rows = NULL;

  add (enter (table, 1, T0), "/ip4/8.8.8.8/tcp/1", MESH_PEER_ADDR_HEARSAY);
  rows = mesh_peer_table_take_rows (table);
  return g_ptr_array_steal_index (rows, 0);
}

static void
replace (GBytes **field, const char *data, gsize len)
{
  g_clear_pointer (field, g_bytes_unref);
  *field = g_bytes_new (data, len);
}

/* A file that somebody has played with. */
static void
test_bad_rows (void)
{
  for (guint kind = 0; kind < 8; kind++)
    {
      g_autoptr (MeshPeerTable) table = make_table ();
      MeshPeerRow *row = make_row ();
      gboolean is_good = kind >= 4;
      MeshPeerEntry *entry;

      if (kind == 0)
        replace (&row->id, "x", 1);
      else if (kind == 1)
        replace (&row->score, "x", 1);
      else if (kind == 2)
        row->last_seen_s = -1;
      else if (kind == 3)
        row->last_heard_s = G_MININT64;
      else if (kind == 4)
        replace (&row->addrs, "\xff\xff\xff\x7f", 4);
      else if (kind == 5)
        replace (&row->record, "junk", 4);
      else if (kind == 6)
        row->n_proven = row->n_signed = G_MAXUINT;
      else
        row->last_seen_s = row->last_heard_s = G_MAXINT64;
      g_assert_cmpint (mesh_peer_table_load (table, row, T0), ==, is_good);
      g_assert_cmpuint (mesh_peer_table_get_n_peers (table), ==, is_good ? 1 : 0);
      entry = is_good ? enter (table, 1, T0) : NULL;
      if (kind == 5)
        g_assert_null (mesh_peer_table_get_record (entry));
      if (entry != NULL)
        g_assert_cmpint (entry->last_heard_s, ==, T0 / G_USEC_PER_SEC);
      /* Twice the same peer. */
      g_assert_false (mesh_peer_table_load (table, row, T0));
      mesh_peer_table_free_row (row);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/peer-table/addresses", test_addresses);
  g_test_add_func ("/peer-table/address-bound", test_address_bound);
  g_test_add_func ("/peer-table/class", test_class);
  g_test_add_func ("/peer-table/backoff", test_backoff);
  g_test_add_func ("/peer-table/pick", test_pick);
  g_test_add_func ("/peer-table/flood", test_flood);
  g_test_add_func ("/peer-table/expire", test_expire);
  g_test_add_func ("/peer-table/self", test_self);
  g_test_add_func ("/peer-table/rows", test_rows);
  g_test_add_func ("/peer-table/bad-rows", test_bad_rows);
  return g_test_run ();
}
