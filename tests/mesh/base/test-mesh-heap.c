/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "base/mesh-heap.h"
#include "base/mesh-rng.h"

static void
test_sorted_and_stable (void)
{
  for (guint64 seed = 0; seed < 200; seed++)
    {
      g_autoptr (MeshHeap) heap = mesh_heap_new ();
      gint64 last_key = G_MININT64, key;
      guint64 last_id = 0, id;
      MeshRng rng;

      mesh_rng_init (&rng, seed);
      for (guint64 i = 0; i < 300; i++)
        mesh_heap_push (heap, (gint64) mesh_rng_below (&rng, 40), i);
      g_assert_cmpuint (mesh_heap_get_length (heap), ==, 300);
      while (mesh_heap_pop (heap, &key, &id))
        {
          g_assert_true (key > last_key || (key == last_key && id > last_id));
          last_key = key;
          last_id = id;
        }
      g_assert_cmpuint (mesh_heap_get_length (heap), ==, 0);
      g_assert_false (mesh_heap_peek (heap, NULL, NULL));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/heap/sorted-and-stable", test_sorted_and_stable);
  return g_test_run ();
}
