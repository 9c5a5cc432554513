/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "widgets/shoal-mesh-layout.h"

#include <math.h>

#define FIRST SHOAL_MESH_LAYOUT_FIRST_RING
#define LAST SHOAL_MESH_LAYOUT_LAST_RING
/* The rings up to here have 2800 places, more than MAX_NODES. */
#define N_RINGS 31
/* Ten times the latency leads this many rings further out. */
#define RINGS_PER_DECADE 4
#define UNKNOWN_LATENCY_MS 250
/* How many free places around it a new peer is given, if there is room; and in how many
 * directions it looks for them. */
#define MAX_COMFORT 4
#define N_TRIES 16
#define GOLDEN 0.6180339887498949

typedef struct
{
  char *id;          /* (owned) */
  guint wanted_ring; /* of the latency for which it was placed */
  guint ring;
  guint slot;
} Node;

struct ShoalMeshLayout
{
  GHashTable *nodes;     /* (owned) (element-type utf8 Node): id, in the node */
  Node **slots[N_RINGS]; /* (owned) (nullable): places of a ring, made when first used */
  GPtrArray *order;      /* (owned) (element-type Node, unowned): clockwise */
  gboolean is_order_valid;
};

static void
node_free (Node *node)
{
  g_free (node->id);
  g_free (node);
}

ShoalMeshLayout *
shoal_mesh_layout_new (void)
{
  ShoalMeshLayout *self = g_new0 (ShoalMeshLayout, 1);

  self->nodes
      = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) node_free);
  self->order = g_ptr_array_new ();
  return self;
}

void
shoal_mesh_layout_free (ShoalMeshLayout *self)
{
  for (guint i = 0; i < N_RINGS; i++)
    g_free (self->slots[i]);
  g_ptr_array_unref (self->order);
  g_hash_table_unref (self->nodes);
  g_free (self);
}

static guint
ring_size (guint ring)
{
  return (guint) (2 * G_PI * ring);
}

/* In turns, clockwise from the top. Rings are turned against each other, so that places
 * do not stand in rays. */
static double
slot_turns (guint ring, guint slot)
{
  double turns = (slot + fmod (ring * GOLDEN, 1.0)) / ring_size (ring);

  return turns < 1.0 ? turns : turns - 1.0;
}

static guint
slot_at (guint ring, double turns)
{
  double slot = floor (turns * ring_size (ring) - fmod (ring * GOLDEN, 1.0) + 0.5);

  return (guint) ((gint64) slot + ring_size (ring)) % ring_size (ring);
}

static Node *
get_slot (ShoalMeshLayout *self, guint ring, guint slot)
{
  return self->slots[ring] != NULL ? self->slots[ring][slot] : NULL;
}

/* FNV-1a: the direction must not depend on the GLib in use. */
static double
home_turns (const char *id)
{
  guint32 hash = 2166136261U;

  for (const char *c = id; *c != '\0'; c++)
    hash = (hash ^ (guint8) *c) * 16777619U;
  hash ^= hash >> 15;
  hash *= 2246822519U;
  hash ^= hash >> 13;
  return hash / 4294967296.0;
}

guint
shoal_mesh_layout_ring_for_latency (gint64 latency_ms)
{
  double ms = latency_ms < 0 ? UNKNOWN_LATENCY_MS : (double) latency_ms;

  return MIN (FIRST + (guint) (log10 (1.0 + ms) * RINGS_PER_DECADE + 1e-9), LAST);
}

/* Whether nobody stands within @comfort places. */
static gboolean
is_free (ShoalMeshLayout *self, guint ring, guint slot, guint comfort)
{
  double turns = slot_turns (ring, slot);
  guint first = MAX (ring, FIRST + comfort) - comfort;
  guint last = MIN (ring + comfort, N_RINGS - 1);

  if (comfort == 0)
    return get_slot (self, ring, slot) == NULL;
  for (guint other = first; other <= last; other++)
    {
      guint n_slots = ring_size (other);
      guint middle = slot_at (other, turns);

      if (self->slots[other] == NULL)
        continue;
      for (guint i = 0; i <= 2 * comfort; i++)
        if (self->slots[other][(middle + n_slots - comfort + i) % n_slots] != NULL)
          return FALSE;
    }
  return TRUE;
}

static gboolean
find_spacious (ShoalMeshLayout *self, double home, guint *ring, guint *slot)
{
  const guint wanted[] = { *ring, MIN (*ring + 1, LAST), MAX (*ring - 1, FIRST) };

  for (guint comfort = MAX_COMFORT; comfort > 0; comfort--)
    for (guint i = 0; i < G_N_ELEMENTS (wanted); i++)
      for (guint try = 0; try < N_TRIES; try++)
        {
          guint at = slot_at (wanted[i], fmod (home + try * GOLDEN, 1.0));

          if (!is_free (self, wanted[i], at, comfort))
            continue;
          *ring = wanted[i];
          *slot = at;
          return TRUE;
        }
  return FALSE;
}

/* Any free place of a ring, beginning in one direction and looking to both sides. */
static gboolean
find_in_ring (ShoalMeshLayout *self, double home, guint ring, guint *slot)
{
  guint n_slots = ring_size (ring);
  guint middle = slot_at (ring, home);

  for (guint i = 0; i < n_slots; i++)
    {
      guint step = (i + 1) / 2;
      guint at = (i % 2 == 0 ? middle + step : middle + n_slots - step) % n_slots;

      if (!is_free (self, ring, at, 0))
        continue;
      *slot = at;
      return TRUE;
    }
  return FALSE;
}

/* There is always one: nodes are fewer than places. */
static void
find_any (ShoalMeshLayout *self, double home, guint *ring, guint *slot)
{
  guint wanted = *ring;

  for (guint step = 0; step < N_RINGS; step++)
    {
      *ring = wanted + step;
      if (*ring < N_RINGS && find_in_ring (self, home, *ring, slot))
        return;
      *ring = wanted - step;
      if (step > 0 && wanted >= FIRST + step && find_in_ring (self, home, *ring, slot))
        return;
    }
  g_assert_not_reached ();
}

static void
take_slot (ShoalMeshLayout *self, Node *node, double home, guint ring)
{
  node->wanted_ring = ring;
  node->ring = ring;
  if (!find_spacious (self, home, &node->ring, &node->slot))
    find_any (self, home, &node->ring, &node->slot);
  if (self->slots[node->ring] == NULL)
    self->slots[node->ring] = g_new0 (Node *, ring_size (node->ring));
  self->slots[node->ring][node->slot] = node;
  self->is_order_valid = FALSE;
}

gboolean
shoal_mesh_layout_place (ShoalMeshLayout *self, const char *id, gint64 latency_ms)
{
  Node *node = g_hash_table_lookup (self->nodes, id);
  guint ring = shoal_mesh_layout_ring_for_latency (latency_ms);
  guint distance = 0;

  if (node == NULL)
    {
      if (g_hash_table_size (self->nodes) >= SHOAL_MESH_LAYOUT_MAX_NODES)
        return FALSE;
      node = g_new0 (Node, 1);
      node->id = g_strdup (id);
      g_hash_table_insert (self->nodes, node->id, node);
      take_slot (self, node, home_turns (id), ring);
      return TRUE;
    }
  /* Compared with what it wanted, not with where it found room: else it would go on
   * looking for a better place whenever it is measured. */
  distance = MAX (ring, node->wanted_ring) - MIN (ring, node->wanted_ring);
  if (distance <= 1)
    return FALSE;
  self->slots[node->ring][node->slot] = NULL;
  take_slot (self, node, slot_turns (node->ring, node->slot), ring);
  return TRUE;
}

void
shoal_mesh_layout_remove (ShoalMeshLayout *self, const char *id)
{
  Node *node = g_hash_table_lookup (self->nodes, id);

  if (node == NULL)
    return;
  self->slots[node->ring][node->slot] = NULL;
  self->is_order_valid = FALSE;
  g_hash_table_remove (self->nodes, id);
}

static void
get_place (const Node *node, double *x, double *y)
{
  double angle = 2 * G_PI * slot_turns (node->ring, node->slot);

  *x = node->ring * sin (angle);
  *y = -(double) node->ring * cos (angle);
}

gboolean
shoal_mesh_layout_get (ShoalMeshLayout *self, const char *id, double *x, double *y)
{
  Node *node = g_hash_table_lookup (self->nodes, id);

  if (node == NULL)
    return FALSE;
  get_place (node, x, y);
  return TRUE;
}

guint
shoal_mesh_layout_get_n_nodes (ShoalMeshLayout *self)
{
  return g_hash_table_size (self->nodes);
}

static gint
compare_nodes (gconstpointer a, gconstpointer b)
{
  const Node *one = *(const Node *const *) a;
  const Node *other = *(const Node *const *) b;
  double turns = slot_turns (one->ring, one->slot);
  double other_turns = slot_turns (other->ring, other->slot);

  if (turns != other_turns)
    return turns < other_turns ? -1 : 1;
  return (gint) one->ring - (gint) other->ring;
}

/* Sorted by place, and places are unique: the order of the table does not matter. */
static void
sort_nodes (ShoalMeshLayout *self)
{
  GHashTableIter iter;
  gpointer node;

  if (self->is_order_valid)
    return;
  g_ptr_array_set_size (self->order, 0);
  g_hash_table_iter_init (&iter, self->nodes);
  while (g_hash_table_iter_next (&iter, NULL, &node))
    g_ptr_array_add (self->order, node);
  g_ptr_array_sort (self->order, compare_nodes);
  self->is_order_valid = TRUE;
}

double
shoal_mesh_layout_get_radius (ShoalMeshLayout *self)
{
  guint ring = LAST;

  sort_nodes (self);
  for (guint i = 0; i < self->order->len; i++)
    ring = MAX (ring, ((Node *) g_ptr_array_index (self->order, i))->ring);
  return ring + 0.5;
}

/* How far it is from a place to a node of a ring further out or in. */
static double
walking_distance (const Node *from, const Node *to)
{
  double fraction
      = fabs (slot_turns (from->ring, from->slot) - slot_turns (to->ring, to->slot));
  double across = MIN (fraction, 1.0 - fraction) * 2 * G_PI * from->ring;
  double along = MAX (from->ring, to->ring) - MIN (from->ring, to->ring);

  return across * 2 + along;
}

static const Node *
walk_across (ShoalMeshLayout *self, const Node *from, gboolean is_outward)
{
  const Node *best = NULL;

  for (guint i = 0; i < self->order->len; i++)
    {
      const Node *node = g_ptr_array_index (self->order, i);

      if (from == NULL && (best == NULL || node->ring < best->ring))
        best = node;
      if (from == NULL
          || (is_outward ? node->ring <= from->ring : node->ring >= from->ring))
        continue;
      if (best == NULL || walking_distance (from, node) < walking_distance (from, best))
        best = node;
    }
  return best;
}

const char *
shoal_mesh_layout_walk (ShoalMeshLayout *self,
                        const char *id,
                        ShoalMeshDirection direction)
{
  const Node *from = id != NULL ? g_hash_table_lookup (self->nodes, id) : NULL;
  const Node *to = NULL;
  guint n = 0;
  guint index = 0;

  sort_nodes (self);
  n = self->order->len;
  if (n == 0 || (from == NULL && direction == SHOAL_MESH_INWARD))
    return NULL;
  if (direction == SHOAL_MESH_OUTWARD || direction == SHOAL_MESH_INWARD)
    {
      to = walk_across (self, from, direction == SHOAL_MESH_OUTWARD);
      if (to == NULL && direction == SHOAL_MESH_OUTWARD)
        to = from;
      return to != NULL ? to->id : NULL;
    }
  if (from == NULL)
    index = direction == SHOAL_MESH_CLOCKWISE ? 0 : n - 1;
  else
    {
      g_ptr_array_find (self->order, from, &index);
      index = (direction == SHOAL_MESH_CLOCKWISE ? index + 1 : index + n - 1) % n;
    }
  to = g_ptr_array_index (self->order, index);
  return to->id;
}

const char *
shoal_mesh_layout_find (ShoalMeshLayout *self, double x, double y, double distance)
{
  const char *best = NULL;

  sort_nodes (self);
  for (guint i = 0; i < self->order->len; i++)
    {
      const Node *node = g_ptr_array_index (self->order, i);
      double node_x, node_y;

      get_place (node, &node_x, &node_y);
      if (hypot (node_x - x, node_y - y) > distance)
        continue;
      distance = hypot (node_x - x, node_y - y);
      best = node->id;
    }
  return best;
}
