/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include <string.h>

#include "base/mesh-error.h"
#include "content/mesh-unixfs.h"
#include "mesh/store/store-fixture.h"
#include "store/mesh-car-service.h"

static MeshCid *
put_tree (MeshStore *store)
{
  g_auto (MeshDagPbNode) node = { 0 };
  g_autoptr (MeshCid) one = fixture_put_new (store, 1, 100000);
  g_autoptr (MeshCid) two = fixture_put_new (store, 2, 10);
  g_autoptr (GBytes) block = NULL;
  MeshCid *root;

  mesh_dag_pb_node_init (&node);
  mesh_dag_pb_node_add_link (&node, one, "a", 1);
  mesh_dag_pb_node_add_link (&node, two, "b", 1);
  mesh_dag_pb_node_add_link (&node, one, "c", 1);
  block = mesh_unixfs_new_directory_block (&node, NULL, NULL);
  root = fixture_cid (MESH_CODEC_DAG_PB, block);
  g_assert_true (fixture_put (store, root, block, NULL));
  return root;
}

static gboolean
export_car (MeshStore *store, MeshCid *root, GBytes **car, guint64 *n, GError **error)
{
  g_autoptr (GOutputStream) output = g_memory_output_stream_new_resizable ();
  FIXTURE_RUN (result, mesh_car_export_async, MESH_BLOCK_SOURCE (store), root, output,
               NULL);

  if (!mesh_car_export_finish (result, n, error))
    return FALSE;
  g_assert_true (g_output_stream_close (output, NULL, NULL));
  *car = g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (output));
  return TRUE;
}

/* Out of one store and into another; a block that is linked twice travels once. */
static void
test_round_trip (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *dir = g_build_filename (fixture->dir, "other", NULL);
  g_autoptr (MeshCid) root = put_tree (fixture->store);
  g_autoptr (MeshStore) other = fixture_open (dir, 0, NULL);
  g_autoptr (GBytes) car = NULL;
  g_autoptr (GPtrArray) roots = NULL;
  g_autoptr (GInputStream) input = NULL;
  g_autoptr (GError) error = NULL;
  guint64 n;

  g_assert_true (export_car (fixture->store, root, &car, &n, &error));
  g_assert_cmpuint (n, ==, 3);
  input = g_memory_input_stream_new_from_bytes (car);
  {
    FIXTURE_RUN (result, mesh_car_import_async, other, input, NULL);
    roots = mesh_car_import_finish (other, result, &n, &error);
  }
  g_assert_no_error (error);
  g_assert_cmpuint (n, ==, 3);
  g_assert_cmpuint (roots->len, ==, 1);
  g_assert_true (mesh_cid_equal (g_ptr_array_index (roots, 0), root));
  g_assert_true (fixture_pin (other, "all", root, &error));
}

static void
test_missing (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GBytes) absent = fixture_bytes (7, 7);
  g_autoptr (MeshCid) cid = fixture_cid (MESH_CODEC_RAW, absent);
  g_autoptr (GError) error = NULL;
  GBytes *car;

  g_assert_false (export_car (fixture->store, cid, &car, NULL, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_NOT_FOUND);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/store/car-export/round-trip", Fixture, NULL, fixture_set_up,
              test_round_trip, fixture_tear_down);
  g_test_add ("/store/car-export/missing", Fixture, NULL, fixture_set_up, test_missing,
              fixture_tear_down);
  return g_test_run ();
}
