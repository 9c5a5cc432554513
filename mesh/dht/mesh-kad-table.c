/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "dht/mesh-kad-table.h"

#include <stdlib.h>

/* A list of entries that grows as it is filled: most buckets of most nodes stay small. */
typedef struct
{
  MeshKadTableEntry *entries; /* (owned) (nullable) (array length=n) */
  guint8 n;
  guint8 size;
} Row;

typedef struct
{
  Row peers;
  Row waiting; /* oldest first */
  gint64 refreshed_us;
} Bucket;

struct MeshKadTable
{
  MeshKadKey self;
  guint k;
  guint max_group_bucket;
  guint max_group_table;
  guint n_peers;
  guint n_waiting;
  Bucket **buckets; /* (owned) (element-type Bucket) (nullable) */
  guint n_buckets;
};

static void
row_append (Row *row, const MeshKadTableEntry *entry)
{
  if (row->n == row->size)
    {
      row->size = (guint8) (row->size == 0 ? 4 : 2 * row->size);
      row->entries = g_renew (MeshKadTableEntry, row->entries, row->size);
    }
  row->entries[row->n++] = *entry;
}

/* The entry's references go to the caller. */
static MeshKadTableEntry
row_take (Row *row, guint i)
{
  MeshKadTableEntry entry = row->entries[i];

  for (row->n--; i < row->n; i++)
    row->entries[i] = row->entries[i + 1];
  return entry;
}

static void
entry_clear (MeshKadTableEntry *entry)
{
  mesh_kad_pool_unref_peer (entry->peer);
  mesh_kad_addrs_unref (entry->addrs);
}

static void
row_clear (Row *row)
{
  for (guint i = 0; i < row->n; i++)
    entry_clear (&row->entries[i]);
  g_free (row->entries);
}

static MeshKadTableEntry *
row_find (const Row *row, const MeshKadPeer *peer)
{
  for (guint i = 0; i < row->n; i++)
    if (row->entries[i].peer == peer)
      return &row->entries[i];
  return NULL;
}

MeshKadTable *
mesh_kad_table_new (const MeshKadKey *self,
                    guint k,
                    guint max_group_bucket,
                    guint max_group_table)
{
  MeshKadTable *table = g_new0 (MeshKadTable, 1);

  g_assert (k > 0 && k <= MESH_KAD_TABLE_MAX_K);
  table->self = *self;
  table->k = k;
  table->max_group_bucket = max_group_bucket;
  table->max_group_table = max_group_table;
  return table;
}

void
mesh_kad_table_free (MeshKadTable *table)
{
  for (guint i = 0; i < table->n_buckets; i++)
    if (table->buckets[i] != NULL)
      {
        row_clear (&table->buckets[i]->peers);
        row_clear (&table->buckets[i]->waiting);
        g_free (table->buckets[i]);
      }
  g_free (table->buckets);
  g_free (table);
}

static Bucket *
find_bucket (const MeshKadTable *table, const MeshKadPeer *peer)
{
  guint prefix = mesh_kad_key_common_prefix (&table->self, &peer->key);

  return prefix < table->n_buckets ? table->buckets[prefix] : NULL;
}

static Bucket *
ensure_bucket (MeshKadTable *table, guint prefix)
{
  if (prefix >= table->n_buckets)
    {
      table->buckets = g_renew (Bucket *, table->buckets, prefix + 1);
      while (table->n_buckets <= prefix)
        table->buckets[table->n_buckets++] = NULL;
    }
  if (table->buckets[prefix] == NULL)
    table->buckets[prefix] = g_new0 (Bucket, 1);
  return table->buckets[prefix];
}

static guint
count_group (const Row *row, guint64 group, const MeshKadPeer *except)
{
  guint n = 0;

  for (guint i = 0; i < row->n; i++)
    n += row->entries[i].group == group && row->entries[i].peer != except;
  return n;
}

static gboolean
is_diverse (const MeshKadTable *table,
            const Bucket *bucket,
            guint64 group,
            const MeshKadPeer *peer)
{
  guint n = 0;

  if (table->max_group_bucket > 0
      && count_group (&bucket->peers, group, peer) >= table->max_group_bucket)
    return FALSE;
  if (table->max_group_table == 0)
    return TRUE;
  for (guint i = 0; i < table->n_buckets; i++)
    if (table->buckets[i] != NULL)
      n += count_group (&table->buckets[i]->peers, group, peer);
  return n < table->max_group_table;
}

static void
renew (MeshKadTableEntry *entry, MeshKadAddrs *addrs, gint64 now_us)
{
  if (mesh_kad_addrs_get_n (addrs) > 0 && addrs != entry->addrs)
    {
      mesh_kad_addrs_unref (entry->addrs);
      entry->addrs = mesh_kad_addrs_ref (addrs);
      entry->group = mesh_kad_addrs_get_group (addrs);
    }
  entry->seen_us = now_us;
  entry->n_failures = 0;
  entry->is_probed = FALSE;
}

/* Fills free places with those who wait, newest first: they were heard from last. */
static void
promote (MeshKadTable *table, Bucket *bucket)
{
  for (guint i = bucket->waiting.n; i-- > 0 && bucket->peers.n < table->k;)
    {
      MeshKadTableEntry entry = row_take (&bucket->waiting, i);

      table->n_waiting--;
      if (!is_diverse (table, bucket, entry.group, NULL))
        {
          entry_clear (&entry);
          continue;
        }
      row_append (&bucket->peers, &entry);
      table->n_peers++;
    }
}

static void
drop (MeshKadTable *table, Bucket *bucket, MeshKadTableEntry *entry)
{
  MeshKadTableEntry gone
      = row_take (&bucket->peers, (guint) (entry - bucket->peers.entries));

  table->n_peers--;
  entry_clear (&gone);
}

static MeshKadTableEntry *
find_failing (Bucket *bucket)
{
  for (guint i = 0; i < bucket->peers.n; i++)
    if (bucket->peers.entries[i].n_failures > 0)
      return &bucket->peers.entries[i];
  return NULL;
}

static void
wait_for_place (MeshKadTable *table, Bucket *bucket, const MeshKadTableEntry *entry)
{
  MeshKadTableEntry *old = row_find (&bucket->waiting, entry->peer);
  MeshKadTableEntry gone;

  if (old == NULL && bucket->waiting.n == table->k)
    old = &bucket->waiting.entries[0];
  if (old != NULL)
    {
      gone = row_take (&bucket->waiting, (guint) (old - bucket->waiting.entries));
      entry_clear (&gone);
      table->n_waiting--;
    }
  row_append (&bucket->waiting, entry);
  table->n_waiting++;
}

static void
forget_waiting (MeshKadTable *table, Bucket *bucket, const MeshKadPeer *peer)
{
  MeshKadTableEntry *waiting = row_find (&bucket->waiting, peer);
  MeshKadTableEntry gone;

  if (waiting == NULL)
    return;
  gone = row_take (&bucket->waiting, (guint) (waiting - bucket->waiting.entries));
  entry_clear (&gone);
  table->n_waiting--;
}

MeshKadTableVerdict
mesh_kad_table_add (MeshKadTable *table,
                    MeshKadPeer *peer,
                    MeshKadAddrs *addrs,
                    gint64 now_us)
{
  guint prefix = mesh_kad_key_common_prefix (&table->self, &peer->key);
  MeshKadTableEntry entry = { .seen_us = now_us };
  MeshKadTableEntry *old;
  Bucket *bucket;

  if (prefix == MESH_KAD_KEY_BITS)
    return MESH_KAD_TABLE_REFUSED;
  bucket = ensure_bucket (table, prefix);
  old = row_find (&bucket->peers, peer);
  if (old != NULL)
    {
      renew (old, addrs, now_us);
      return MESH_KAD_TABLE_RENEWED;
    }
  entry.group = mesh_kad_addrs_get_group (addrs);
  if (!is_diverse (table, bucket, entry.group, peer))
    return MESH_KAD_TABLE_REFUSED;
  entry.peer = mesh_kad_pool_ref_peer (peer);
  entry.addrs = mesh_kad_addrs_ref (addrs);
  old = find_failing (bucket);
  if (bucket->peers.n == table->k && old == NULL)
    {
      wait_for_place (table, bucket, &entry);
      return MESH_KAD_TABLE_WAITING;
    }
  if (bucket->peers.n == table->k)
    drop (table, bucket, old);
  forget_waiting (table, bucket, peer);
  row_append (&bucket->peers, &entry);
  table->n_peers++;
  return MESH_KAD_TABLE_ADDED;
}

gboolean
mesh_kad_table_remove (MeshKadTable *table, const MeshKadPeer *peer)
{
  Bucket *bucket = find_bucket (table, peer);
  MeshKadTableEntry *entry;

  if (bucket == NULL)
    return FALSE;
  entry = row_find (&bucket->peers, peer);
  if (entry == NULL)
    {
      forget_waiting (table, bucket, peer);
      return FALSE;
    }
  drop (table, bucket, entry);
  promote (table, bucket);
  return TRUE;
}

gboolean
mesh_kad_table_fail (MeshKadTable *table, const MeshKadPeer *peer)
{
  Bucket *bucket = find_bucket (table, peer);
  MeshKadTableEntry *entry;

  if (bucket == NULL)
    return FALSE;
  entry = row_find (&bucket->peers, peer);
  if (entry == NULL)
    {
      forget_waiting (table, bucket, peer);
      return FALSE;
    }
  entry->is_probed = FALSE;
  entry->n_failures++;
  if (entry->n_failures < MESH_KAD_TABLE_MAX_FAILURES && bucket->waiting.n == 0)
    return FALSE;
  drop (table, bucket, entry);
  promote (table, bucket);
  return TRUE;
}

MeshKadTableEntry *
mesh_kad_table_find (MeshKadTable *table, const MeshKadPeer *peer)
{
  Bucket *bucket = find_bucket (table, peer);

  return bucket != NULL ? row_find (&bucket->peers, peer) : NULL;
}

MeshKadTableEntry *
mesh_kad_table_get_stale (MeshKadTable *table, const MeshKadPeer *peer, gint64 before_us)
{
  Bucket *bucket = find_bucket (table, peer);
  MeshKadTableEntry *stale = NULL;

  if (bucket == NULL || bucket->waiting.n == 0)
    return NULL;
  for (guint i = 0; i < bucket->peers.n; i++)
    {
      MeshKadTableEntry *entry = &bucket->peers.entries[i];

      if (entry->is_probed)
        return NULL;
      if (stale == NULL || entry->seen_us < stale->seen_us)
        stale = entry;
    }
  return stale != NULL && stale->seen_us < before_us ? stale : NULL;
}

/* Whom get_closest() has to choose from, with the distance's first word: it nearly always
 * decides. */
typedef struct
{
  guint64 word;
  const MeshKadTableEntry *entry;
} Choice;

typedef struct
{
  const MeshKadKey *key;
  const MeshKadPeer *except;
  gboolean is_failing; /* look at those that failed, else at the others */
  const MeshKadTableEntry **entries;
  guint max;
  guint n;
} Search;

static gboolean
is_nearer (const Choice *a, const Choice *b, const MeshKadKey *key)
{
  MeshKadKey x, y;

  if (a->word != b->word)
    return a->word < b->word;
  mesh_kad_key_distance (&a->entry->peer->key, key, &x);
  mesh_kad_key_distance (&b->entry->peer->key, key, &y);
  return mesh_kad_key_compare (&x, &y) < 0;
}

/* Insertion into a short sorted list. */
static void
choose (Search *search, Choice *choices, guint *n, guint max, const Row *row)
{
  for (guint i = 0; i < row->n; i++)
    {
      const MeshKadTableEntry *entry = &row->entries[i];
      Choice choice = { entry->peer->key.words[0] ^ search->key->words[0], entry };
      guint at;

      if (entry->peer == search->except || (entry->n_failures > 0) != search->is_failing)
        continue;
      if (*n == max && !is_nearer (&choice, &choices[max - 1], search->key))
        continue;
      for (at = *n < max ? (*n)++ : max - 1;
           at > 0 && is_nearer (&choice, &choices[at - 1], search->key); at--)
        choices[at] = choices[at - 1];
      choices[at] = choice;
    }
}

/* Adds the nearest of buckets @from to @to less one, which are all nearer than those not
 * yet searched. */
static void
search_buckets (const MeshKadTable *table, Search *search, guint from, guint to)
{
  Choice choices[MESH_KAD_TABLE_MAX_K];
  guint n = 0, max = MIN (search->max - search->n, MESH_KAD_TABLE_MAX_K);

  if (max == 0)
    return;
  for (guint i = from; i < MIN (to, table->n_buckets); i++)
    if (table->buckets[i] != NULL)
      choose (search, choices, &n, max, &table->buckets[i]->peers);
  for (guint i = 0; i < n; i++)
    search->entries[search->n++] = choices[i].entry;
}

/* Peers in the bucket of @key share more with it than we do, those in the buckets above
 * just as much as we do, and those below the less the lower the bucket. */
static void
search_table (const MeshKadTable *table, Search *search)
{
  guint prefix = mesh_kad_key_common_prefix (&table->self, search->key);

  search_buckets (table, search, prefix, prefix + 1);
  search_buckets (table, search, prefix + 1, G_MAXUINT);
  for (guint i = MIN (prefix, table->n_buckets); i-- > 0 && search->n < search->max;)
    search_buckets (table, search, i, i + 1);
}

guint
mesh_kad_table_get_closest (MeshKadTable *table,
                            const MeshKadKey *key,
                            guint max,
                            const MeshKadPeer *except,
                            const MeshKadTableEntry **entries)
{
  Search search = { key, except, FALSE, entries, max, 0 };

  g_assert (max <= MESH_KAD_TABLE_MAX_K);
  search_table (table, &search);
  if (search.n < max)
    {
      search.is_failing = TRUE;
      search_table (table, &search);
    }
  return search.n;
}

guint
mesh_kad_table_get_n_peers (const MeshKadTable *table)
{
  return table->n_peers;
}

guint
mesh_kad_table_get_n_waiting (const MeshKadTable *table)
{
  return table->n_waiting;
}

guint
mesh_kad_table_get_n_buckets (const MeshKadTable *table)
{
  return table->n_buckets;
}

const MeshKadTableEntry *
mesh_kad_table_get_bucket (const MeshKadTable *table, guint prefix, guint *n)
{
  const Bucket *bucket = prefix < table->n_buckets ? table->buckets[prefix] : NULL;

  *n = bucket != NULL ? bucket->peers.n : 0;
  return bucket != NULL ? bucket->peers.entries : NULL;
}

gint64
mesh_kad_table_get_refreshed_us (const MeshKadTable *table, guint prefix)
{
  const Bucket *bucket = prefix < table->n_buckets ? table->buckets[prefix] : NULL;

  return bucket != NULL ? bucket->refreshed_us : 0;
}

void
mesh_kad_table_note_refreshed (MeshKadTable *table, guint prefix, gint64 now_us)
{
  if (prefix < table->n_buckets && table->buckets[prefix] != NULL)
    table->buckets[prefix]->refreshed_us = now_us;
}

/* Of n places spread evenly, the i-th nearest to ours is at i / (n + 1) of the keyspace:
 * the line through the origin that fits our k nearest best (least squares). */
double
mesh_kad_table_estimate_size (MeshKadTable *table)
{
  const MeshKadTableEntry *nearest[MESH_KAD_TABLE_MAX_K];
  guint n = mesh_kad_table_get_closest (table, &table->self, table->k, NULL, nearest);
  double ii = 0, id = 0;

  if (n < table->k)
    return n;
  for (guint i = 0; i < n; i++)
    {
      MeshKadKey distance;

      mesh_kad_key_distance (&nearest[i]->peer->key, &table->self, &distance);
      ii += (double) (i + 1) * (i + 1);
      id += (double) (i + 1) * mesh_kad_key_to_fraction (&distance);
    }
  return id > 0 ? ii / id : 0;
}
