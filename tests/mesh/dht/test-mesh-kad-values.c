/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "dht/mesh-kad-values.h"

#include "base/mesh-rng.h"

static GBytes *
key_of (guint i)
{
  return g_bytes_new (&i, sizeof i);
}

static void
put (MeshKadValues *values, guint i, gint64 expires_us, gboolean is_kept)
{
  g_autoptr (GBytes) key = key_of (i);
  g_autoptr (GBytes) value = g_bytes_new (&expires_us, sizeof expires_us);

  g_assert_cmpint (mesh_kad_values_put (values, key, value, 0, expires_us), ==, is_kept);
}

static void
test_expiry (void)
{
  MeshKadKey self = { { 0 } };
  g_autoptr (MeshKadValues) values = mesh_kad_values_new (&self, 10);
  g_autoptr (GBytes) one = key_of (1), two = key_of (2);
  GBytes *dropped;

  put (values, 1, 100, TRUE);
  put (values, 2, 50, TRUE);
  put (values, 1, 200, TRUE);
  g_assert_cmpint (mesh_kad_values_next_deadline_us (values), ==, 50);
  g_assert_cmpint (mesh_kad_values_get (values, one)->expires_us, ==, 200);
  dropped = mesh_kad_values_poll_dropped (values, 50);
  g_assert_true (g_bytes_equal (dropped, two));
  g_bytes_unref (dropped);
  g_assert_null (mesh_kad_values_poll_dropped (values, 150));
  g_assert_null (mesh_kad_values_get (values, two));
  dropped = mesh_kad_values_poll_dropped (values, 200);
  g_assert_true (g_bytes_equal (dropped, one));
  g_bytes_unref (dropped);
  g_assert_cmpuint (mesh_kad_values_get_n (values), ==, 0);
  g_assert_cmpint (mesh_kad_values_next_deadline_us (values), ==, G_MAXINT64);
}

/* Of all that ever came the nearest to us are kept. */
static void
test_nearest_stay (void)
{
  MeshKadKey self;
  g_autoptr (MeshKadValues) values = NULL;
  MeshKadKey farthest_kept = { { 0 } }, nearest_gone;
  guint n_dropped = 0;
  GBytes *dropped;

  mesh_kad_key_init (&self, (const guint8 *) "self", 4);
  for (guint i = 0; i < 4; i++)
    nearest_gone.words[i] = G_MAXUINT64;
  values = mesh_kad_values_new (&self, 10);
  for (guint i = 0; i < 200; i++)
    {
      g_autoptr (GBytes) key = key_of (i);

      mesh_kad_values_put (values, key, key, 0, 100);
      g_assert_cmpuint (mesh_kad_values_get_n (values), <=, 10);
    }
  for (guint i = 0; i < 200; i++)
    {
      g_autoptr (GBytes) key = key_of (i);
      MeshKadKey place, distance;

      mesh_kad_key_init (&place, g_bytes_get_data (key, NULL), sizeof i);
      mesh_kad_key_distance (&place, &self, &distance);
      if (mesh_kad_values_get (values, key) != NULL)
        {
          if (mesh_kad_key_compare (&distance, &farthest_kept) > 0)
            farthest_kept = distance;
        }
      else if (mesh_kad_key_compare (&distance, &nearest_gone) < 0)
        nearest_gone = distance;
    }
  g_assert_cmpint (mesh_kad_key_compare (&farthest_kept, &nearest_gone), <, 0);
  while ((dropped = mesh_kad_values_poll_dropped (values, 0)) != NULL)
    {
      g_bytes_unref (dropped);
      n_dropped++;
    }
  g_assert_cmpuint (n_dropped, >, 0);
  g_assert_cmpuint (mesh_kad_values_get_n (values), ==, 10);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/kad-values/expiry", test_expiry);
  g_test_add_func ("/kad-values/nearest-stay", test_nearest_stay);
  return g_test_run ();
}
