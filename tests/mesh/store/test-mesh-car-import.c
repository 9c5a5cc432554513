/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include <string.h>

#include "base/mesh-error.h"
#include "content/mesh-car.h"
#include "mesh/store/store-fixture.h"
#include "store/mesh-car-service.h"

enum
{
  N_BLOCKS = 100
};

static GByteArray *
make_car (void)
{
  GByteArray *car = g_byte_array_new ();
  g_autoptr (GBytes) header = mesh_car_encode_header (NULL, 0);

  g_byte_array_append (car, g_bytes_get_data (header, NULL),
                       (guint) g_bytes_get_size (header));
  for (guint i = 0; i < N_BLOCKS; i++)
    {
      g_autoptr (GBytes) block = fixture_bytes (i, 30000);
      g_autoptr (MeshCid) cid = fixture_cid (MESH_CODEC_RAW, block);

      mesh_car_encode_section_head (cid, 30000, car);
      g_byte_array_append (car, g_bytes_get_data (block, NULL), 30000);
    }
  return car;
}

static gboolean
import_car (Fixture *fixture, GByteArray *car, guint64 *n, GError **error)
{
  g_autoptr (GInputStream) input
      = g_memory_input_stream_new_from_data (car->data, (gssize) car->len, NULL);
  g_autoptr (GPtrArray) roots = NULL;
  FIXTURE_RUN (result, mesh_car_import_async, fixture->store, input, NULL);

  roots = mesh_car_import_finish (fixture->store, result, n, error);
  return roots != NULL;
}

static void
test_many (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GByteArray) car = make_car ();
  g_autoptr (GError) error = NULL;
  MeshStoreStats stats;
  guint64 n;

  g_assert_true (import_car (fixture, car, &n, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (n, ==, N_BLOCKS);
  mesh_store_get_stats (fixture->store, &stats);
  g_assert_cmpuint (stats.n_blocks, ==, N_BLOCKS);
}

static void
test_bad (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GByteArray) car = make_car ();
  g_autoptr (GError) error = NULL;

  car->data[car->len - 5] ^= 1;
  g_assert_false (import_car (fixture, car, NULL, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_MISMATCH);
  g_clear_error (&error);
  car->data[car->len - 5] ^= 1;
  g_byte_array_set_size (car, car->len - 1);
  g_assert_false (import_car (fixture, car, NULL, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_INVALID);
  g_clear_error (&error);
  g_byte_array_set_size (car, 0);
  g_assert_false (import_car (fixture, car, NULL, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_INVALID);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/store/car-import/many", Fixture, NULL, fixture_set_up, test_many,
              fixture_tear_down);
  g_test_add ("/store/car-import/bad", Fixture, NULL, fixture_set_up, test_bad,
              fixture_tear_down);
  return g_test_run ();
}
