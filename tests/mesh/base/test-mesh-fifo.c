/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "base/mesh-fifo.h"

#include "base/mesh-rng.h"

static void
test_order (void)
{
  g_auto (MeshFifo) fifo = { 0 };
  guint64 n_in = 0, n_out = 0;
  MeshRng rng;

  mesh_rng_init (&rng, 8);
  for (guint i = 0; i < 20000; i++)
    {
      gsize n = mesh_rng_below (&rng, 3000);
      const guint8 *data;

      if (mesh_rng_below (&rng, 2) == 0)
        {
          guint8 bytes[3000];

          for (gsize k = 0; k < n; k++)
            bytes[k] = (guint8) (n_in++ * 7);
          mesh_fifo_append (&fifo, bytes, n);
        }
      else
        {
          n = MIN (n, mesh_fifo_get_len (&fifo));
          data = mesh_fifo_peek (&fifo);
          for (gsize k = 0; k < n; k++)
            g_assert_cmpuint (data[k], ==, (guint8) (n_out++ * 7));
          mesh_fifo_skip (&fifo, n);
        }
      g_assert_cmpuint (mesh_fifo_get_len (&fifo), ==, n_in - n_out);
    }
}

/* Something big that went through does not stay in memory. */
static void
test_memory (void)
{
  g_auto (MeshFifo) fifo = { 0 };

  mesh_fifo_reserve (&fifo, 1000000);
  mesh_fifo_commit (&fifo, 1000000);
  mesh_fifo_skip (&fifo, 999999);
  g_assert_cmpuint (fifo.size, >=, 1000000);
  mesh_fifo_skip (&fifo, 1);
  g_assert_cmpuint (fifo.size, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/fifo/order", test_order);
  g_test_add_func ("/base/fifo/memory", test_memory);
  return g_test_run ();
}
