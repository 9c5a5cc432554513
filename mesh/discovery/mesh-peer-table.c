/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "discovery/mesh-peer-table.h"

#include <string.h>

#include "base/mesh-cursor.h"
#include "base/mesh-varint.h"
#include "peer/mesh-addr-scope.h"
#include "peer/mesh-peer-record.h"
#include "discovery/mesh-caps.h"

#define MAX_FAILURES 32
#define MAX_REMOVED 4096 /* ids remembered as removed until they are written */

/* What is pruned at once, so that a flood does not sort the table for each name. */
#define N_PRUNED (MESH_PEER_TABLE_MAX / 50)

struct MeshPeerTable
{
  MeshPeerId *self;    /* (owned) */
  GPtrArray *entries;  /* (owned) (element-type MeshPeerEntry) */
  GHashTable *by_id;   /* (owned): MeshPeerId (unowned) → MeshPeerEntry (unowned) */
  GHashTable *removed; /* (owned): set of MeshPeerId (owned): to be taken off the disk */
  MeshRng rng;
};

static void
free_entry (gpointer data)
{
  MeshPeerEntry *entry = data;

  mesh_peer_id_unref (entry->peer_id);
  g_ptr_array_unref (entry->addrs);
  g_clear_pointer (&entry->record, g_bytes_unref);
  g_clear_pointer (&entry->remote, mesh_multiaddr_unref);
  g_free (entry);
}

void
mesh_peer_table_free_row (MeshPeerRow *row)
{
  g_clear_pointer (&row->id, g_bytes_unref);
  g_clear_pointer (&row->addrs, g_bytes_unref);
  g_clear_pointer (&row->record, g_bytes_unref);
  g_clear_pointer (&row->score, g_bytes_unref);
  g_free (row);
}

MeshPeerTable *
mesh_peer_table_new (MeshPeerId *self, guint64 seed)
{
  MeshPeerTable *table = g_new0 (MeshPeerTable, 1);

  table->self = mesh_peer_id_ref (self);
  table->entries = g_ptr_array_new_with_free_func (free_entry);
  table->by_id = g_hash_table_new (mesh_peer_id_hash, mesh_peer_id_equal);
  table->removed = g_hash_table_new_full (mesh_peer_id_hash, mesh_peer_id_equal,
                                          (GDestroyNotify) mesh_peer_id_unref, NULL);
  mesh_rng_init (&table->rng, seed);
  return table;
}

void
mesh_peer_table_free (MeshPeerTable *table)
{
  g_hash_table_unref (table->removed);
  g_hash_table_unref (table->by_id);
  g_ptr_array_unref (table->entries);
  mesh_peer_id_unref (table->self);
  g_free (table);
}

guint
mesh_peer_table_get_n_peers (const MeshPeerTable *table)
{
  return table->entries->len;
}

MeshPeerEntry *
mesh_peer_table_find (MeshPeerTable *table, const MeshPeerId *peer)
{
  return g_hash_table_lookup (table->by_id, peer);
}

/* ---- who stays ---- */

static void
remove_entry (MeshPeerTable *table, MeshPeerEntry *entry)
{
  guint index = entry->index;

  if (g_hash_table_size (table->removed) < MAX_REMOVED)
    g_hash_table_add (table->removed, mesh_peer_id_ref (entry->peer_id));
  g_hash_table_remove (table->by_id, entry->peer_id);
  g_ptr_array_remove_index_fast (table->entries, index);
  if (index < table->entries->len)
    ((MeshPeerEntry *) g_ptr_array_index (table->entries, index))->index = index;
}

typedef struct
{
  MeshPeerEntry *entry; /* (unowned) */
  double worth;
} Ranked;

/* The best first; among equals who was heard of last, then by id: nothing by chance. */
static int
compare_ranked (gconstpointer a, gconstpointer b)
{
  const Ranked *x = a, *y = b;

  if (x->worth != y->worth)
    return x->worth > y->worth ? -1 : 1;
  if (x->entry->last_heard_s != y->entry->last_heard_s)
    return x->entry->last_heard_s > y->entry->last_heard_s ? -1 : 1;
  return mesh_peer_id_compare (x->entry->peer_id, y->entry->peer_id);
}

static void
rank (GArray *array, MeshPeerEntry *entry, double worth)
{
  Ranked ranked = { entry, worth };

  g_array_append_val (array, ranked);
}

static void
prune (MeshPeerTable *table, gint64 now_us)
{
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (Ranked));
  guint kept = MESH_PEER_TABLE_MAX - N_PRUNED;

  for (guint i = 0; i < table->entries->len; i++)
    {
      MeshPeerEntry *entry = g_ptr_array_index (table->entries, i);
      double worth = mesh_peer_score_get (&entry->score, now_us);

      if (entry->remote != NULL || entry->is_dialing)
        worth += 1;
      rank (all, entry, entry->last_seen_s != 0 ? worth : worth / 2);
    }
  g_array_sort (all, compare_ranked);
  for (guint i = all->len; i > kept; i--)
    {
      MeshPeerEntry *entry = g_array_index (all, Ranked, i - 1).entry;

      if (entry->remote == NULL && !entry->is_dialing)
        remove_entry (table, entry);
    }
}

MeshPeerEntry *
mesh_peer_table_ensure (MeshPeerTable *table, MeshPeerId *peer, gint64 now_us)
{
  MeshPeerEntry *entry = mesh_peer_table_find (table, peer);

  if (mesh_peer_id_equal (peer, table->self))
    return NULL;
  if (entry == NULL)
    {
      if (table->entries->len >= MESH_PEER_TABLE_MAX)
        prune (table, now_us);
      entry = g_new0 (MeshPeerEntry, 1);
      entry->peer_id = mesh_peer_id_ref (peer);
      entry->addrs
          = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_multiaddr_unref);
      entry->index = table->entries->len;
      entry->is_dirty = TRUE;
      g_ptr_array_add (table->entries, entry);
      g_hash_table_insert (table->by_id, entry->peer_id, entry);
      g_hash_table_remove (table->removed, peer);
    }
  entry->last_heard_s = MAX (entry->last_heard_s, now_us / G_USEC_PER_SEC);
  return entry;
}

void
mesh_peer_table_expire (MeshPeerTable *table, gint64 now_us)
{
  gint64 oldest_s = now_us / G_USEC_PER_SEC - MESH_PEER_TABLE_MAX_AGE_S;

  for (guint i = table->entries->len; i > 0; i--)
    {
      MeshPeerEntry *entry = g_ptr_array_index (table->entries, i - 1);

      if (entry->remote == NULL && !entry->is_dialing && entry->last_heard_s < oldest_s)
        remove_entry (table, entry);
    }
}

/* ---- addresses ---- */

static MeshPeerAddrRank
rank_of (const MeshPeerEntry *entry, guint index)
{
  if (index < entry->n_proven)
    return MESH_PEER_ADDR_PROVEN;
  return index < entry->n_proven + entry->n_signed ? MESH_PEER_ADDR_SIGNED
                                                   : MESH_PEER_ADDR_HEARSAY;
}

static void
drop_addr (MeshPeerEntry *entry, guint index)
{
  MeshPeerAddrRank rank = rank_of (entry, index);

  entry->n_proven -= rank == MESH_PEER_ADDR_PROVEN ? 1 : 0;
  entry->n_signed -= rank == MESH_PEER_ADDR_SIGNED ? 1 : 0;
  g_ptr_array_remove_index (entry->addrs, index);
}

/* @addr without its peer; %NULL when it can not lead to this one. */
static MeshMultiaddr *
bare_addr (const MeshPeerEntry *entry, MeshMultiaddr *addr)
{
  g_autoptr (MeshPeerId) peer = mesh_multiaddr_dup_peer_id (addr);

  if (mesh_addr_scope_of (addr) == MESH_ADDR_SCOPE_NONE)
    return NULL;
  if (peer == NULL)
    return mesh_multiaddr_ref (addr);
  return mesh_peer_id_equal (peer, entry->peer_id) ? mesh_multiaddr_without_peer_id (addr)
                                                   : NULL;
}

gboolean
mesh_peer_table_add_addr (MeshPeerEntry *entry,
                          MeshMultiaddr *addr,
                          MeshPeerAddrRank rank)
{
  MeshMultiaddr *bare = bare_addr (entry, addr);
  guint index, place = 0;
  gboolean is_new;

  if (bare == NULL)
    return FALSE;
  is_new = !g_ptr_array_find_with_equal_func (entry->addrs, bare, mesh_multiaddr_equal,
                                              &index);
  if (!is_new
      && (rank_of (entry, index) < rank || (rank_of (entry, index) == rank && rank != 0)))
    {
      mesh_multiaddr_unref (bare);
      return FALSE;
    }
  if (!is_new)
    drop_addr (entry, index);
  if (rank == MESH_PEER_ADDR_PROVEN && entry->n_proven >= MESH_PEER_TABLE_MAX_PROVEN)
    drop_addr (entry, entry->n_proven - 1);
  /* The last place where it answered comes first; the rest in the order they came. */
  if (rank == MESH_PEER_ADDR_SIGNED)
    place = entry->n_proven + entry->n_signed;
  else if (rank == MESH_PEER_ADDR_HEARSAY)
    place = entry->addrs->len;
  if (place >= MESH_PEER_TABLE_MAX_ADDRS)
    {
      mesh_multiaddr_unref (bare);
      return FALSE;
    }
  if (entry->addrs->len >= MESH_PEER_TABLE_MAX_ADDRS)
    drop_addr (entry, entry->addrs->len - 1);
  g_ptr_array_insert (entry->addrs, (int) place, bare);
  entry->n_proven += rank == MESH_PEER_ADDR_PROVEN ? 1 : 0;
  entry->n_signed += rank == MESH_PEER_ADDR_SIGNED ? 1 : 0;
  entry->is_dirty = TRUE;
  return is_new;
}

void
mesh_peer_table_clear_signed (MeshPeerEntry *entry)
{
  while (entry->n_signed > 0)
    drop_addr (entry, entry->n_proven);
  entry->is_dirty = TRUE;
}

gboolean
mesh_peer_table_take_record (MeshPeerEntry *entry, GBytes *record, guint64 seq)
{
  if (entry->record != NULL && entry->record_seq >= seq)
    return FALSE;
  g_clear_pointer (&entry->record, g_bytes_unref);
  entry->record = g_bytes_ref (record);
  entry->record_seq = seq;
  entry->is_record_checked = TRUE;
  entry->is_dirty = TRUE;
  return TRUE;
}

GBytes *
mesh_peer_table_get_record (MeshPeerEntry *entry)
{
  g_autoptr (MeshPeerRecord) record = NULL;
  gsize len;
  const guint8 *data;

  if (entry->record == NULL || entry->is_record_checked)
    return entry->record;
  data = g_bytes_get_data (entry->record, &len);
  record = mesh_peer_record_open (data, len, NULL);
  entry->is_record_checked = TRUE;
  if (record == NULL
      || !mesh_peer_id_equal (mesh_peer_record_get_peer_id (record), entry->peer_id))
    {
      g_clear_pointer (&entry->record, g_bytes_unref);
      entry->record_seq = 0;
      entry->is_dirty = TRUE;
    }
  return entry->record;
}

/* ---- kinds ---- */

static MeshPeerClass
class_of_addr (const MeshMultiaddr *addr)
{
  if (mesh_addr_scope_is_relayed (addr))
    return MESH_PEER_CLASS_RELAYED;
  return mesh_addr_scope_is_lan (mesh_addr_scope_of (addr)) ? MESH_PEER_CLASS_LAN
                                                            : MESH_PEER_CLASS_INTERNET;
}

MeshPeerClass
mesh_peer_table_get_class (const MeshPeerEntry *entry)
{
  MeshPeerClass best = MESH_PEER_CLASS_RELAYED;

  if ((entry->roles & MESH_CAPS_ROLE_MINI_MASTER) != 0)
    return MESH_PEER_CLASS_MINI_MASTER;
  if (entry->remote != NULL)
    return class_of_addr (entry->remote);
  if (entry->n_proven > 0)
    return class_of_addr (g_ptr_array_index (entry->addrs, 0));
  if (entry->addrs->len == 0)
    return MESH_PEER_CLASS_INTERNET;
  for (guint i = 0; i < entry->addrs->len; i++)
    best = MIN (best, class_of_addr (g_ptr_array_index (entry->addrs, i)));
  return best;
}

const char *
mesh_peer_table_get_class_name (MeshPeerClass peer_class)
{
  switch (peer_class)
    {
    case MESH_PEER_CLASS_LAN:
      return "lan";
    case MESH_PEER_CLASS_RELAYED:
      return "relayed";
    case MESH_PEER_CLASS_MINI_MASTER:
      return "mini-master";
    case MESH_PEER_CLASS_INTERNET:
    default:
      return "internet";
    }
}

/* ---- dialing ---- */

void
mesh_peer_table_note_dial (MeshPeerTable *table,
                           MeshPeerEntry *entry,
                           gboolean is_good,
                           gint64 now_us)
{
  gint64 wait_us = MESH_PEER_TABLE_MIN_WAIT_US;

  entry->is_dirty = TRUE;
  if (is_good)
    {
      entry->n_failures = 0;
      entry->retry_us = 0;
      entry->failed_us = 0;
      return;
    }
  for (guint i = 0; i < entry->n_failures && wait_us < MESH_PEER_TABLE_MAX_WAIT_US; i++)
    wait_us *= 2;
  wait_us = MIN (wait_us, MESH_PEER_TABLE_MAX_WAIT_US);
  wait_us
      += (gint64) mesh_rng_below (&table->rng, (guint64) (wait_us * 2 / 5)) - wait_us / 5;
  mesh_peer_score_note_failure (&entry->score, now_us);
  if (entry->failed_us != 0)
    mesh_peer_score_note_presence (&entry->score, FALSE, now_us - entry->failed_us,
                                   now_us);
  entry->n_failures = MIN (entry->n_failures + 1, MAX_FAILURES);
  entry->failed_us = now_us;
  entry->retry_us = now_us + wait_us;
}

gboolean
mesh_peer_table_is_dialable (const MeshPeerEntry *entry, gint64 now_us)
{
  return entry->remote == NULL && !entry->is_dialing && entry->addrs->len > 0
         && entry->retry_us <= now_us;
}

static void
take_best (GPtrArray *picked, GArray *ranked, guint n)
{
  g_array_sort (ranked, compare_ranked);
  n = MIN (n, ranked->len);
  for (guint i = 0; i < n; i++)
    g_ptr_array_add (picked,
                     mesh_peer_id_ref (g_array_index (ranked, Ranked, i).entry->peer_id));
  g_array_remove_range (ranked, 0, n);
}

GPtrArray *
mesh_peer_table_pick (MeshPeerTable *table, guint classes, guint max, gint64 now_us)
{
  GPtrArray *picked
      = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_peer_id_unref);
  g_autoptr (GArray) tried = g_array_new (FALSE, FALSE, sizeof (Ranked));
  g_autoptr (GArray) fresh = g_array_new (FALSE, FALSE, sizeof (Ranked));
  guint n_fresh;

  for (guint i = 0; i < table->entries->len; i++)
    {
      MeshPeerEntry *entry = g_ptr_array_index (table->entries, i);

      if (!mesh_peer_table_is_dialable (entry, now_us)
          || (mesh_peer_table_get_class (entry) & classes) == 0)
        continue;
      if (entry->last_seen_s != 0 || entry->n_failures > 0)
        rank (tried, entry, mesh_peer_score_get (&entry->score, now_us));
      else
        rank (fresh, entry, (double) (mesh_rng_next (&table->rng) >> 12));
    }
  n_fresh = max >= 2 ? MIN ((max + 9) / 10, fresh->len) : 0;
  take_best (picked, tried, max - n_fresh);
  take_best (picked, fresh, max - picked->len);
  return picked;
}

GPtrArray *
mesh_peer_table_best (MeshPeerTable *table, gint64 now_us)
{
  GPtrArray *best = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_peer_id_unref);
  g_autoptr (GArray) ranked = g_array_new (FALSE, FALSE, sizeof (Ranked));

  for (guint i = 0; i < table->entries->len; i++)
    {
      MeshPeerEntry *entry = g_ptr_array_index (table->entries, i);

      if (entry->record != NULL && entry->last_seen_s != 0)
        rank (ranked, entry, mesh_peer_score_get (&entry->score, now_us));
    }
  take_best (best, ranked, ranked->len);
  return best;
}

/* ---- the disk ---- */

static GBytes *
encode_addrs (const MeshPeerEntry *entry)
{
  g_autoptr (GByteArray) array = g_byte_array_new ();

  for (guint i = 0; i < entry->addrs->len; i++)
    {
      gsize len;
      const guint8 *data = g_bytes_get_data (
          mesh_multiaddr_get_bytes (g_ptr_array_index (entry->addrs, i)), &len);

      mesh_varint_append (array, len);
      g_byte_array_append (array, data, (guint) len);
    }
  return g_byte_array_free_to_bytes (g_steal_pointer (&array));
}

static GBytes *
id_bytes (const MeshPeerId *peer)
{
  gsize len;
  const guint8 *data = mesh_peer_id_get_bytes (peer, &len);

  return g_bytes_new (data, len);
}

static MeshPeerRow *
make_row (const MeshPeerEntry *entry)
{
  MeshPeerRow *row = g_new0 (MeshPeerRow, 1);
  guint8 score[MESH_PEER_SCORE_BYTES];

  mesh_peer_score_encode (&entry->score, score);
  row->id = id_bytes (entry->peer_id);
  row->addrs = encode_addrs (entry);
  row->record = entry->record != NULL ? g_bytes_ref (entry->record) : NULL;
  row->record_seq = entry->record_seq;
  row->score = g_bytes_new (score, sizeof score);
  row->n_proven = entry->n_proven;
  row->n_signed = entry->n_signed;
  row->roles = entry->roles;
  row->last_seen_s = entry->last_seen_s;
  row->last_heard_s = entry->last_heard_s;
  return row;
}

static int
compare_rows (gconstpointer a, gconstpointer b)
{
  MeshPeerRow *const *x = a, *const *y = b;

  return g_bytes_compare ((*x)->id, (*y)->id);
}

GPtrArray *
mesh_peer_table_take_rows (MeshPeerTable *table)
{
  GPtrArray *rows
      = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_peer_table_free_row);
  GHashTableIter iter;
  gpointer peer;

  g_hash_table_iter_init (&iter, table->removed);
  while (g_hash_table_iter_next (&iter, &peer, NULL))
    {
      MeshPeerRow *row = g_new0 (MeshPeerRow, 1);

      row->id = id_bytes (peer);
      row->is_removed = TRUE;
      g_ptr_array_add (rows, row);
    }
  g_hash_table_remove_all (table->removed);
  g_ptr_array_sort (rows, compare_rows);
  for (guint i = 0; i < table->entries->len; i++)
    {
      MeshPeerEntry *entry = g_ptr_array_index (table->entries, i);

      if (entry->is_dirty)
        g_ptr_array_add (rows, make_row (entry));
      entry->is_dirty = FALSE;
    }
  return rows;
}

static void
load_addrs (MeshPeerEntry *entry, const MeshPeerRow *row)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (row->addrs, &len);
  MeshCursor cursor = mesh_cursor_init (data, len);

  for (guint i = 0; mesh_cursor_read_prefixed (&cursor, &data, &len); i++)
    {
      g_autoptr (MeshMultiaddr) addr = mesh_multiaddr_from_bytes (data, len, NULL);
      MeshPeerAddrRank rank = MESH_PEER_ADDR_HEARSAY;

      /* Proven ones come back as signed: they go to the front again when they answer. */
      if (i < row->n_proven || i - row->n_proven < row->n_signed)
        rank = MESH_PEER_ADDR_SIGNED;
      if (addr != NULL)
        mesh_peer_table_add_addr (entry, addr, rank);
    }
}

gboolean
mesh_peer_table_load (MeshPeerTable *table, const MeshPeerRow *row, gint64 now_us)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (row->id, &len);
  g_autoptr (MeshPeerId) peer = mesh_peer_id_from_bytes (data, len, NULL);
  gint64 now_s = now_us / G_USEC_PER_SEC;
  MeshPeerEntry *entry;
  MeshPeerScore score;

  data = g_bytes_get_data (row->score, &len);
  if (peer == NULL || mesh_peer_table_find (table, peer) != NULL
      || table->entries->len >= MESH_PEER_TABLE_MAX
      || !mesh_peer_score_decode (&score, data, len, NULL) || row->last_seen_s < 0
      || row->last_heard_s < 0)
    return FALSE;
  entry = mesh_peer_table_ensure (table, peer, 0);
  if (entry == NULL)
    return FALSE;
  /* A clock that was ahead when this was written. */
  score.updated_us = MIN (score.updated_us, now_us);
  entry->score = score;
  entry->roles = row->roles;
  entry->last_seen_s = MIN (row->last_seen_s, now_s);
  entry->last_heard_s = MIN (row->last_heard_s, now_s);
  load_addrs (entry, row);
  if (row->record != NULL
      && g_bytes_get_size (row->record) <= MESH_PEER_TABLE_MAX_RECORD_BYTES)
    {
      entry->record = g_bytes_ref (row->record);
      entry->record_seq = row->record_seq;
    }
  entry->is_dirty = FALSE;
  return TRUE;
}
