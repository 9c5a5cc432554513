/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "content/mesh-hamt.h"

#include <string.h>

#include "base/mesh-error.h"
#include "content/mesh-murmur3.h"

#define HASH_BITS 64u
#define FIELD_BYTES (MESH_HAMT_MAX_FANOUT / 8)

static gboolean
fail (GError **error, const char *what)
{
  g_set_error (error, MESH_ERROR, MESH_ERROR_INVALID, "A sharded folder is malformed: %s",
               what);
  return FALSE;
}

static guint
get_bits (guint fanout)
{
  return g_bit_storage (fanout) - 1;
}

guint
mesh_hamt_get_prefix_len (guint fanout)
{
  return (get_bits (fanout) + 3) / 4;
}

guint
mesh_hamt_get_max_depth (guint fanout)
{
  return HASH_BITS / get_bits (fanout);
}

guint
mesh_hamt_get_place (guint64 hash, guint fanout, guint depth)
{
  g_assert (depth < mesh_hamt_get_max_depth (fanout));

  return (guint) (hash >> (HASH_BITS - get_bits (fanout) * (depth + 1))) & (fanout - 1);
}

/* What the place adds to the path. */
static guint64
extend (const MeshHamtPosition *position, guint place)
{
  guint used = get_bits (position->fanout) * (position->depth + 1);

  return position->path | (guint64) place << (HASH_BITS - used);
}

/* Digits as they are written: upper case, all of them. */
static gboolean
read_place (const MeshHamtPosition *position, const MeshDagPbLink *link, guint *place)
{
  guint n_digits = mesh_hamt_get_prefix_len (position->fanout);

  *place = 0;
  if (link->name_len < n_digits)
    return FALSE;
  for (guint i = 0; i < n_digits; i++)
    {
      char digit = link->name[i];

      if (!g_ascii_isxdigit (digit) || g_ascii_islower (digit))
        return FALSE;
      *place = *place << 4 | (guint) g_ascii_xdigit_value (digit);
    }
  return *place < position->fanout;
}

/* Whether the name of an entry belongs to this place of this shard. */
static gboolean
is_at_home (const MeshHamtPosition *position, const MeshDagPbLink *link, guint place)
{
  guint n_digits = mesh_hamt_get_prefix_len (position->fanout);
  guint unused = HASH_BITS - get_bits (position->fanout) * (position->depth + 1);
  guint64 hash = mesh_murmur3_hash64 ((const guint8 *) link->name + n_digits,
                                      link->name_len - n_digits);

  return hash >> unused == extend (position, place) >> unused;
}

static gboolean
check_links (const MeshDagPbNode *node,
             const MeshHamtPosition *position,
             guint8 taken[FIELD_BYTES],
             GError **error)
{
  for (guint i = 0; i < node->links->len; i++)
    {
      const MeshDagPbLink *link = &g_array_index (node->links, MeshDagPbLink, i);
      MeshHamtPosition child;
      guint8 bit;
      guint place;

      if (!read_place (position, link, &place))
        return fail (error, "a link has no place");
      bit = (guint8) (1u << place % 8);
      if ((taken[place / 8] & bit) != 0)
        return fail (error, "a place is taken twice");
      taken[place / 8] |= bit;
      if (!mesh_hamt_enter (position, link, &child))
        {
          if (!is_at_home (position, link, place))
            return fail (error, "an entry is not where its name belongs");
        }
      else if (child.depth >= mesh_hamt_get_max_depth (position->fanout))
        return fail (error, "it is too deep");
    }
  return TRUE;
}

/* The field is one large number, its last byte the lowest; its first bytes may be left
 * out while they are zero. */
static gboolean
check_field (const MeshUnixfs *unixfs,
             const MeshHamtPosition *position,
             const guint8 taken[FIELD_BYTES])
{
  guint n_bytes = position->fanout / 8;

  if (unixfs->data_len > n_bytes)
    return FALSE;
  for (guint i = 0; i < n_bytes; i++)
    {
      guint8 stored = i < unixfs->data_len ? unixfs->data[unixfs->data_len - 1 - i] : 0;

      if (stored != taken[i])
        return FALSE;
    }
  return TRUE;
}

gboolean
mesh_hamt_check (const MeshDagPbNode *node,
                 const MeshUnixfs *unixfs,
                 MeshHamtPosition *position,
                 GError **error)
{
  guint8 taken[FIELD_BYTES] = { 0 };

  if (unixfs->type != MESH_UNIXFS_HAMT_SHARD)
    return fail (error, "a part of it is something else");
  if (unixfs->hash_type != MESH_HAMT_HASH_CODE)
    return fail (error, "its hash function is not known");
  if (unixfs->fanout < MESH_HAMT_MIN_FANOUT || unixfs->fanout > MESH_HAMT_MAX_FANOUT
      || (unixfs->fanout & (unixfs->fanout - 1)) != 0)
    return fail (error, "its number of places is not allowed");
  if (position->fanout == 0)
    position->fanout = (guint) unixfs->fanout;
  if (unixfs->fanout != position->fanout)
    return fail (error, "its parts have different numbers of places");
  if (position->depth >= mesh_hamt_get_max_depth (position->fanout))
    return fail (error, "it is too deep");
  if (position->depth > 0 && node->links->len == 0)
    return fail (error, "a part of it is empty");
  if (!check_links (node, position, taken, error))
    return FALSE;
  if (!check_field (unixfs, position, taken))
    return fail (error, "its bit field does not name its links");
  return TRUE;
}

gboolean
mesh_hamt_enter (const MeshHamtPosition *position,
                 const MeshDagPbLink *link,
                 MeshHamtPosition *child)
{
  guint place;

  if (link->name_len != mesh_hamt_get_prefix_len (position->fanout)
      || !read_place (position, link, &place))
    return FALSE;
  *child = (MeshHamtPosition){
    .fanout = position->fanout,
    .depth = position->depth + 1,
    .path = extend (position, place),
  };
  return TRUE;
}

const MeshDagPbLink *
mesh_hamt_find (const MeshDagPbNode *node,
                const MeshHamtPosition *position,
                const char *name,
                gsize len)
{
  guint64 hash = mesh_murmur3_hash64 ((const guint8 *) name, len);
  guint wanted = mesh_hamt_get_place (hash, position->fanout, position->depth);
  guint n_digits = mesh_hamt_get_prefix_len (position->fanout);

  for (guint i = 0; i < node->links->len; i++)
    {
      const MeshDagPbLink *link = &g_array_index (node->links, MeshDagPbLink, i);
      guint place;

      if (!read_place (position, link, &place) || place != wanted)
        continue;
      if (link->name_len == n_digits
          || (link->name_len == n_digits + len
              && memcmp (link->name + n_digits, name, len) == 0))
        return link;
      return NULL;
    }
  return NULL;
}
