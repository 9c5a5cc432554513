/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "dht/mesh-kad-lookup.h"

#include <string.h>

/* Different networks told apart among the k nearest of a path. */
#define MAX_GROUPS 32

struct MeshKadLookup
{
  MeshKadKey target;
  guint k;
  guint alpha;
  guint n_paths;
  guint max_group;
  GArray *peers;       /* (owned) (element-type MeshKadLookupPeer): never shrinks */
  guint16 *order;      /* (owned): indexes, nearest first */
  guint n_order;       /* those still considered */
  GHashTable *indexes; /* (owned) (element-type MeshKadPeer): to index + 1 */
  guint n_requests;
  guint n_seeds;
  guint8 quota[MESH_KAD_LOOKUP_MAX_PATHS];  /* in flight at most */
  guint8 flight[MESH_KAD_LOOKUP_MAX_PATHS]; /* asked and not slow */
  guint8 slow[MESH_KAD_LOOKUP_MAX_PATHS];   /* asked and slow */
};

static void
peer_clear (gpointer data)
{
  MeshKadLookupPeer *peer = data;

  mesh_kad_pool_unref_peer (peer->peer);
  mesh_kad_addrs_unref (peer->addrs);
}

static void
share_quota (MeshKadLookup *lookup)
{
  memset (lookup->quota, 0, sizeof lookup->quota);
  for (guint i = 0; i < lookup->alpha; i++)
    lookup->quota[i % lookup->n_paths]++;
}

MeshKadLookup *
mesh_kad_lookup_new (const MeshKadKey *target,
                     guint k,
                     guint alpha,
                     guint n_paths,
                     guint max_group)
{
  MeshKadLookup *lookup = g_new0 (MeshKadLookup, 1);

  lookup->target = *target;
  lookup->k = k;
  lookup->n_paths = CLAMP (n_paths, 1, MIN (alpha, MESH_KAD_LOOKUP_MAX_PATHS));
  lookup->max_group = max_group;
  lookup->peers = g_array_sized_new (FALSE, FALSE, sizeof (MeshKadLookupPeer), 64);
  g_array_set_clear_func (lookup->peers, peer_clear);
  lookup->order = g_new (guint16, MESH_KAD_LOOKUP_MAX_PEERS);
  lookup->indexes = g_hash_table_new (NULL, NULL);
  lookup->alpha = alpha;
  share_quota (lookup);
  return lookup;
}

void
mesh_kad_lookup_free (MeshKadLookup *lookup)
{
  g_array_unref (lookup->peers);
  g_free (lookup->order);
  g_hash_table_unref (lookup->indexes);
  g_free (lookup);
}

MeshKadLookupPeer *
mesh_kad_lookup_get_peer (MeshKadLookup *lookup, guint i)
{
  g_assert (i < lookup->peers->len);
  return &g_array_index (lookup->peers, MeshKadLookupPeer, i);
}

static MeshKadLookupPeer *
peer_in_order (MeshKadLookup *lookup, guint at)
{
  return mesh_kad_lookup_get_peer (lookup, lookup->order[at]);
}

/* The first place in the order that is not nearer than @distance. */
static guint
find_place (MeshKadLookup *lookup, const MeshKadKey *distance)
{
  guint low = 0, high = lookup->n_order;

  while (low < high)
    {
      guint middle = (low + high) / 2;

      if (mesh_kad_key_compare (&peer_in_order (lookup, middle)->distance, distance) < 0)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

/* The farthest that was not asked, if it is not nearer than what belongs at @at, leaves
 * the order. Returns: its index, to be used again */
static guint
make_room (MeshKadLookup *lookup, guint at)
{
  for (guint i = lookup->n_order; i-- > at;)
    {
      guint index = lookup->order[i];
      MeshKadLookupPeer *peer = mesh_kad_lookup_get_peer (lookup, index);

      if (peer->state != MESH_KAD_LOOKUP_HEARD_OF)
        continue;
      lookup->n_order--;
      memmove (lookup->order + i, lookup->order + i + 1,
               (lookup->n_order - i) * sizeof *lookup->order);
      g_hash_table_remove (lookup->indexes, peer->peer);
      peer_clear (peer);
      return index;
    }
  return MESH_KAD_LOOKUP_NONE;
}

static void
insert (MeshKadLookup *lookup,
        MeshKadPeer *peer,
        MeshKadAddrs *addrs,
        guint path,
        guint depth)
{
  MeshKadLookupPeer entry = { .paths = (guint8) (1u << path), .depth = (guint16) depth };
  guint at, index = lookup->peers->len;

  mesh_kad_key_distance (&peer->key, &lookup->target, &entry.distance);
  at = find_place (lookup, &entry.distance);
  if (lookup->n_order == MESH_KAD_LOOKUP_MAX_PEERS)
    index = make_room (lookup, at);
  if (index == MESH_KAD_LOOKUP_NONE)
    return;
  entry.peer = mesh_kad_pool_ref_peer (peer);
  entry.addrs = mesh_kad_addrs_ref (addrs);
  entry.group = mesh_kad_addrs_get_group (addrs);
  if (index == lookup->peers->len)
    g_array_append_val (lookup->peers, entry);
  else
    *mesh_kad_lookup_get_peer (lookup, index) = entry;
  memmove (lookup->order + at + 1, lookup->order + at,
           (lookup->n_order - at) * sizeof *lookup->order);
  lookup->order[at] = (guint16) index;
  lookup->n_order++;
  g_hash_table_insert (lookup->indexes, peer, GUINT_TO_POINTER (index + 1));
}

static void
hear_of (MeshKadLookup *lookup,
         MeshKadPeer *peer,
         MeshKadAddrs *addrs,
         guint path,
         guint depth)
{
  guint index = GPOINTER_TO_UINT (g_hash_table_lookup (lookup->indexes, peer));
  MeshKadLookupPeer *known;

  if (index == 0)
    {
      insert (lookup, peer, addrs, path, depth);
      return;
    }
  known = mesh_kad_lookup_get_peer (lookup, index - 1);
  known->paths |= (guint8) (1u << path);
  if (known->state != MESH_KAD_LOOKUP_HEARD_OF)
    return;
  known->depth = (guint16) MIN (known->depth, depth);
  if (mesh_kad_addrs_get_n (known->addrs) == 0 && mesh_kad_addrs_get_n (addrs) > 0)
    {
      mesh_kad_addrs_unref (known->addrs);
      known->addrs = mesh_kad_addrs_ref (addrs);
      known->group = mesh_kad_addrs_get_group (addrs);
    }
}

void
mesh_kad_lookup_seed (MeshKadLookup *lookup, MeshKadPeer *peer, MeshKadAddrs *addrs)
{
  hear_of (lookup, peer, addrs, lookup->n_seeds++ % lookup->n_paths, 1);
}

void
mesh_kad_lookup_add (MeshKadLookup *lookup,
                     guint from,
                     MeshKadPeer *peer,
                     MeshKadAddrs *addrs)
{
  const MeshKadLookupPeer *source = mesh_kad_lookup_get_peer (lookup, from);

  hear_of (lookup, peer, addrs, source->path, source->depth + 1u);
}

/* How often each network came up on a walk along a path. */
typedef struct
{
  guint64 groups[MAX_GROUPS];
  guint8 counts[MAX_GROUPS];
  guint n;
} Census;

static guint
count_in (Census *census, guint64 group)
{
  guint i = 0;

  while (i < census->n && census->groups[i] != group)
    i++;
  if (i == MAX_GROUPS)
    return 0;
  if (i == census->n)
    {
      census->groups[census->n++] = group;
      census->counts[i] = 0;
    }
  return ++census->counts[i];
}

/* Whether a peer is passed over because its network is well represented already. Those
 * that were asked are counted, never passed over. */
static gboolean
is_crowded (const MeshKadLookup *lookup, Census *census, const MeshKadLookupPeer *peer)
{
  return lookup->max_group > 0 && peer->group != 0
         && count_in (census, peer->group) > lookup->max_group
         && peer->state == MESH_KAD_LOOKUP_HEARD_OF;
}

/* Along the k nearest of the path, those that failed left out, and those that are slow as
 * long as there are others. Returns: the first to be asked, or NONE */
static guint
walk (MeshKadLookup *lookup, guint path, gboolean *is_waiting)
{
  Census census;
  guint n_live = 0, n_slow = 0;

  census.n = 0;
  *is_waiting = FALSE;
  for (guint i = 0; i < lookup->n_order && n_live < lookup->k; i++)
    {
      const MeshKadLookupPeer *peer = peer_in_order (lookup, i);

      if ((peer->paths & 1u << path) == 0 || peer->state == MESH_KAD_LOOKUP_FAILED
          || is_crowded (lookup, &census, peer))
        continue;
      if (peer->state == MESH_KAD_LOOKUP_HEARD_OF)
        return lookup->order[i];
      if (peer->state == MESH_KAD_LOOKUP_SLOW)
        {
          n_slow++;
          continue;
        }
      if (peer->state == MESH_KAD_LOOKUP_ASKED)
        *is_waiting = TRUE;
      n_live++;
    }
  if (n_live < lookup->k && n_slow > 0)
    *is_waiting = TRUE;
  return MESH_KAD_LOOKUP_NONE;
}

guint
mesh_kad_lookup_next (MeshKadLookup *lookup)
{
  gboolean is_waiting;

  /* A path that begins with nobody is none. */
  if (lookup->n_requests == 0 && lookup->n_seeds < lookup->n_paths)
    {
      lookup->n_paths = MAX (lookup->n_seeds, 1);
      share_quota (lookup);
    }
  for (guint path = 0; path < lookup->n_paths; path++)
    {
      MeshKadLookupPeer *peer;
      guint i;

      if (lookup->n_requests == MESH_KAD_LOOKUP_MAX_REQUESTS)
        break;
      if (lookup->flight[path] >= lookup->quota[path]
          || lookup->flight[path] + lookup->slow[path] >= 2 * lookup->quota[path])
        continue;
      i = walk (lookup, path, &is_waiting);
      if (i == MESH_KAD_LOOKUP_NONE)
        continue;
      peer = mesh_kad_lookup_get_peer (lookup, i);
      peer->state = MESH_KAD_LOOKUP_ASKED;
      peer->path = (guint8) path;
      lookup->flight[path]++;
      lookup->n_requests++;
      return i;
    }
  return MESH_KAD_LOOKUP_NONE;
}

static void
leave_flight (MeshKadLookup *lookup, const MeshKadLookupPeer *peer)
{
  if (peer->state == MESH_KAD_LOOKUP_ASKED)
    lookup->flight[peer->path]--;
  else if (peer->state == MESH_KAD_LOOKUP_SLOW)
    lookup->slow[peer->path]--;
}

void
mesh_kad_lookup_set_slow (MeshKadLookup *lookup, guint i)
{
  MeshKadLookupPeer *peer = mesh_kad_lookup_get_peer (lookup, i);

  if (peer->state != MESH_KAD_LOOKUP_ASKED)
    return;
  leave_flight (lookup, peer);
  peer->state = MESH_KAD_LOOKUP_SLOW;
  lookup->slow[peer->path]++;
}

void
mesh_kad_lookup_set_answered (MeshKadLookup *lookup, guint i)
{
  MeshKadLookupPeer *peer = mesh_kad_lookup_get_peer (lookup, i);

  leave_flight (lookup, peer);
  peer->state = MESH_KAD_LOOKUP_ANSWERED;
}

void
mesh_kad_lookup_set_failed (MeshKadLookup *lookup, guint i)
{
  MeshKadLookupPeer *peer = mesh_kad_lookup_get_peer (lookup, i);

  leave_flight (lookup, peer);
  peer->state = MESH_KAD_LOOKUP_FAILED;
}

gboolean
mesh_kad_lookup_is_done (MeshKadLookup *lookup)
{
  gboolean is_spent = lookup->n_requests == MESH_KAD_LOOKUP_MAX_REQUESTS;

  for (guint path = 0; path < lookup->n_paths; path++)
    {
      gboolean is_waiting;
      guint next = walk (lookup, path, &is_waiting);

      if (is_spent ? lookup->flight[path] + lookup->slow[path] > 0
                   : is_waiting || next != MESH_KAD_LOOKUP_NONE)
        return FALSE;
    }
  return TRUE;
}

guint
mesh_kad_lookup_get_n_peers (const MeshKadLookup *lookup)
{
  return lookup->n_order;
}

guint
mesh_kad_lookup_get_n_requests (const MeshKadLookup *lookup)
{
  return lookup->n_requests;
}

guint
mesh_kad_lookup_get_closest (MeshKadLookup *lookup, guint max, guint *indexes)
{
  guint n = 0;

  for (guint i = 0; i < lookup->n_order && n < max; i++)
    {
      const MeshKadLookupPeer *peer = peer_in_order (lookup, i);

      if (peer->state == MESH_KAD_LOOKUP_ANSWERED)
        indexes[n++] = lookup->order[i];
    }
  return n;
}
