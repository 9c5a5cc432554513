/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
/* Places of the picture: no two alike, the same each time, and nobody moves for another.
 */
#include "config.h"

#include "widgets/shoal-mesh-layout.h"

#include <math.h>

#define N_MANY 500

static char *
peer_id (guint i)
{
  return g_strdup_printf ("12D3KooW%u", i * 7919);
}

static gint64
peer_latency (guint i)
{
  return i % 11 == 0 ? -1 : (gint64) (i * i) % 900;
}

static ShoalMeshLayout *
new_filled (guint n_peers)
{
  ShoalMeshLayout *layout = shoal_mesh_layout_new ();

  for (guint i = 0; i < n_peers; i++)
    {
      g_autofree char *id = peer_id (i);

      g_assert_true (shoal_mesh_layout_place (layout, id, peer_latency (i)));
    }
  return layout;
}

/* As text, so that two layouts can be compared. */
static char *
describe (ShoalMeshLayout *layout, guint n_peers, guint skipped)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < n_peers; i++)
    {
      g_autofree char *id = peer_id (i);
      double x, y;

      if (i == skipped)
        continue;
      g_assert_true (shoal_mesh_layout_get (layout, id, &x, &y));
      g_string_append_printf (text, "%s %.9f %.9f\n", id, x, y);
    }
  return g_string_free (text, FALSE);
}

static void
test_apart (void)
{
  g_autoptr (ShoalMeshLayout) layout = new_filled (N_MANY);
  double xs[N_MANY], ys[N_MANY];

  g_assert_cmpuint (shoal_mesh_layout_get_n_nodes (layout), ==, N_MANY);
  for (guint i = 0; i < N_MANY; i++)
    {
      g_autofree char *id = peer_id (i);

      g_assert_true (shoal_mesh_layout_get (layout, id, &xs[i], &ys[i]));
      g_assert_cmpfloat (hypot (xs[i], ys[i]), <=, shoal_mesh_layout_get_radius (layout));
      for (guint j = 0; j < i; j++)
        g_assert_cmpfloat (hypot (xs[i] - xs[j], ys[i] - ys[j]), >, 0.7);
    }
}

static void
test_same_each_time (void)
{
  g_autoptr (ShoalMeshLayout) one = new_filled (N_MANY);
  g_autoptr (ShoalMeshLayout) other = new_filled (N_MANY);
  g_autofree char *text = describe (one, N_MANY, N_MANY);
  g_autofree char *other_text = describe (other, N_MANY, N_MANY);

  g_assert_cmpstr (text, ==, other_text);
}

/* One comes, goes, or changes: for each of many, all others stay. */
static void
test_nobody_else_moves (void)
{
  g_autoptr (ShoalMeshLayout) layout = new_filled (N_MANY);

  for (guint i = 0; i < N_MANY; i += 7)
    {
      g_autofree char *id = peer_id (i);
      g_autofree char *before = describe (layout, N_MANY, i);
      g_autofree char *changed = NULL;
      g_autofree char *back = NULL;

      g_assert_true (
          shoal_mesh_layout_place (layout, id, peer_latency (i) > 30 ? 0 : 9000));
      changed = describe (layout, N_MANY, i);
      g_assert_cmpstr (before, ==, changed);
      shoal_mesh_layout_remove (layout, id);
      g_assert_cmpuint (shoal_mesh_layout_get_n_nodes (layout), ==, N_MANY - 1);
      g_assert_true (shoal_mesh_layout_place (layout, id, peer_latency (i)));
      back = describe (layout, N_MANY, i);
      g_assert_cmpstr (before, ==, back);
    }
}

/* Latency is never the same twice; the place must be. */
static void
test_wavering_latency (void)
{
  g_autoptr (ShoalMeshLayout) layout = new_filled (N_MANY);
  g_autofree char *before = describe (layout, N_MANY, N_MANY);
  g_autofree char *after = NULL;

  for (guint round = 0; round < 20; round++)
    for (guint i = 0; i < N_MANY; i++)
      {
        g_autofree char *id = peer_id (i);
        gint64 latency_ms = peer_latency (i);

        if (latency_ms > 0)
          latency_ms += latency_ms * (round % 3) / 10;
        g_assert_false (shoal_mesh_layout_place (layout, id, latency_ms));
      }
  after = describe (layout, N_MANY, N_MANY);
  g_assert_cmpstr (before, ==, after);
}

static void
test_near_is_near (void)
{
  g_autoptr (ShoalMeshLayout) layout = shoal_mesh_layout_new ();
  const gint64 latencies[] = { 0, 10, 100, 1000 };
  double last = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (latencies); i++)
    {
      g_autofree char *id = peer_id ((guint) i);
      double x, y;

      g_assert_true (shoal_mesh_layout_place (layout, id, latencies[i]));
      g_assert_true (shoal_mesh_layout_get (layout, id, &x, &y));
      g_assert_cmpfloat (hypot (x, y), >, last);
      last = hypot (x, y);
    }
  g_assert_cmpuint (shoal_mesh_layout_ring_for_latency (0), ==,
                    SHOAL_MESH_LAYOUT_FIRST_RING);
  g_assert_cmpuint (shoal_mesh_layout_ring_for_latency (G_MAXINT64), ==,
                    SHOAL_MESH_LAYOUT_LAST_RING);
  g_assert_cmpuint (shoal_mesh_layout_ring_for_latency (-1), >,
                    shoal_mesh_layout_ring_for_latency (50));
}

static void
test_bound (void)
{
  g_autoptr (ShoalMeshLayout) layout = new_filled (SHOAL_MESH_LAYOUT_MAX_NODES);
  double x, y;

  g_assert_false (shoal_mesh_layout_place (layout, "one more", 5));
  g_assert_false (shoal_mesh_layout_get (layout, "one more", &x, &y));
  g_assert_cmpfloat (shoal_mesh_layout_get_radius (layout), <, 31.0);
  shoal_mesh_layout_remove (layout, "nobody");
  g_assert_cmpuint (shoal_mesh_layout_get_n_nodes (layout), ==,
                    SHOAL_MESH_LAYOUT_MAX_NODES);
}

static void
test_walk_around (gconstpointer user_data)
{
  const ShoalMeshDirection direction = GPOINTER_TO_INT (user_data);
  g_autoptr (ShoalMeshLayout) layout = new_filled (N_MANY);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  const char *id = NULL;

  for (guint i = 0; i < N_MANY; i++)
    {
      id = shoal_mesh_layout_walk (layout, id, direction);
      g_assert_nonnull (id);
      g_assert_true (g_hash_table_add (seen, (gpointer) id));
    }
  id = shoal_mesh_layout_walk (layout, id, direction);
  g_assert_true (g_hash_table_contains (seen, id));
}

static void
test_walk_across (void)
{
  g_autoptr (ShoalMeshLayout) layout = new_filled (N_MANY);
  const char *id = shoal_mesh_layout_walk (layout, NULL, SHOAL_MESH_OUTWARD);
  const char *next;
  double last = 0;
  double x, y;

  for (next = id; next != NULL;)
    {
      g_assert_true (shoal_mesh_layout_get (layout, next, &x, &y));
      id = next;
      if (hypot (x, y) <= last + 0.5)
        break;
      last = hypot (x, y);
      next = shoal_mesh_layout_walk (layout, id, SHOAL_MESH_OUTWARD);
    }
  g_assert_cmpstr (next, ==, id); /* there is nothing further out: it stays */
  for (guint i = 0; id != NULL; i++)
    {
      g_assert_cmpuint (i, <, 32);
      id = shoal_mesh_layout_walk (layout, id, SHOAL_MESH_INWARD);
    }
  g_assert_null (shoal_mesh_layout_walk (layout, NULL, SHOAL_MESH_INWARD));
}

static void
test_empty (void)
{
  g_autoptr (ShoalMeshLayout) layout = shoal_mesh_layout_new ();

  for (int i = SHOAL_MESH_CLOCKWISE; i <= SHOAL_MESH_INWARD; i++)
    g_assert_null (shoal_mesh_layout_walk (layout, NULL, (ShoalMeshDirection) i));
  g_assert_null (shoal_mesh_layout_find (layout, 0, 0, 100));
  g_assert_cmpfloat (shoal_mesh_layout_get_radius (layout), ==,
                     SHOAL_MESH_LAYOUT_LAST_RING + 0.5);
}

static void
test_find (void)
{
  g_autoptr (ShoalMeshLayout) layout = new_filled (N_MANY);

  for (guint i = 0; i < N_MANY; i += 13)
    {
      g_autofree char *id = peer_id (i);
      double x, y;

      g_assert_true (shoal_mesh_layout_get (layout, id, &x, &y));
      g_assert_cmpstr (shoal_mesh_layout_find (layout, x + 0.1, y - 0.1, 0.5), ==, id);
    }
  g_assert_null (shoal_mesh_layout_find (layout, 0, 0, 2.0));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/shoal-mesh-layout/apart", test_apart);
  g_test_add_func ("/shoal-mesh-layout/same-each-time", test_same_each_time);
  g_test_add_func ("/shoal-mesh-layout/nobody-else-moves", test_nobody_else_moves);
  g_test_add_func ("/shoal-mesh-layout/wavering-latency", test_wavering_latency);
  g_test_add_func ("/shoal-mesh-layout/near-is-near", test_near_is_near);
  g_test_add_func ("/shoal-mesh-layout/bound", test_bound);
  g_test_add_data_func ("/shoal-mesh-layout/clockwise",
                        GINT_TO_POINTER (SHOAL_MESH_CLOCKWISE), test_walk_around);
  g_test_add_data_func ("/shoal-mesh-layout/anticlockwise",
                        GINT_TO_POINTER (SHOAL_MESH_ANTICLOCKWISE), test_walk_around);
  g_test_add_func ("/shoal-mesh-layout/walk-across", test_walk_across);
  g_test_add_func ("/shoal-mesh-layout/empty", test_empty);
  g_test_add_func ("/shoal-mesh-layout/find", test_find);
  return g_test_run ();
}
