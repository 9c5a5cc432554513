/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "source/mesh-dag-fetch.h"

#include "content/mesh-dag-pb.h"
#include "source-fixture.h"

static MeshCid *
add_leaf (StubSource *stub, guint32 seed, gboolean is_there)
{
  g_autoptr (GBytes) bytes = fixture_bytes (seed, 100 + seed % 50);

  if (is_there)
    return stub_source_add (stub, MESH_CODEC_RAW, bytes);
  return fixture_cid (MESH_CODEC_RAW, bytes);
}

static MeshCid *
add_node (StubSource *stub, MeshCid **children, guint n)
{
  g_auto (MeshDagPbNode) node;
  g_autoptr (GBytes) bytes = NULL;

  mesh_dag_pb_node_init (&node);
  for (guint i = 0; i < n; i++)
    mesh_dag_pb_node_add_link (&node, children[i], "", 1);
  bytes = mesh_dag_pb_encode (&node);
  return stub_source_add (stub, MESH_CODEC_DAG_PB, bytes);
}

#define N_NODES 10
#define N_LEAVES 20

/* A root of ten nodes of twenty leaves; leaf @missing is not there. */
static MeshCid *
add_tree (StubSource *stub, guint missing)
{
  MeshCid *nodes[N_NODES];
  MeshCid *root;

  for (guint i = 0; i < N_NODES; i++)
    {
      MeshCid *leaves[N_LEAVES];

      for (guint k = 0; k < N_LEAVES; k++)
        leaves[k] = add_leaf (stub, i * N_LEAVES + k, i * N_LEAVES + k != missing);
      nodes[i] = add_node (stub, leaves, N_LEAVES);
      for (guint k = 0; k < N_LEAVES; k++)
        mesh_cid_unref (leaves[k]);
    }
  root = add_node (stub, nodes, N_NODES);
  for (guint i = 0; i < N_NODES; i++)
    mesh_cid_unref (nodes[i]);
  return root;
}

static void
count_cb (MeshCid *cid, gsize size, gpointer user_data)
{
  guint64 *sum = user_data;

  *sum += size;
}

static gboolean
run (StubSource *stub,
     MeshCid **roots,
     gsize n,
     MeshDagFetchFlags flags,
     guint64 *n_bytes,
     guint64 *counted,
     GCancellable *cancellable,
     GError **error)
{
  FIXTURE_RUN (result, mesh_dag_fetch_async, MESH_BLOCK_SOURCE (stub), roots, n, flags, 0,
               count_cb, counted, cancellable);
  return mesh_dag_fetch_finish (MESH_BLOCK_SOURCE (stub), result, n_bytes, error);
}

static void
test_whole_tree (void)
{
  g_autoptr (StubSource) stub = stub_source_new (MESH_ERROR_NOT_FOUND);
  g_autoptr (MeshCid) root = add_tree (stub, G_MAXUINT);
  MeshCid *roots[] = { root, root };
  g_autoptr (GError) error = NULL;
  guint64 n_bytes, counted = 0;

  run (stub, roots, 2, MESH_DAG_FETCH_RECURSIVE, &n_bytes, &counted, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (stub->n_gets, ==, 1 + N_NODES + N_NODES * N_LEAVES);
  g_assert_cmpuint (n_bytes, ==, counted);
  for (guint i = 0; i < N_NODES * N_LEAVES; i++) /* in the order of the DAG */
    {
      g_autoptr (MeshCid) leaf = add_leaf (stub, i, FALSE);

      g_assert_true (
          mesh_cid_equal (leaf, g_ptr_array_index (stub->asked, 1 + N_NODES + i)));
    }
  g_assert_cmpuint (stub->max_in_flight, >=, 10);
  g_assert_cmpuint (stub->max_in_flight, <=, MESH_DAG_FETCH_LOOKAHEAD);
}

static void
test_blocks_alone (void)
{
  g_autoptr (StubSource) stub = stub_source_new (MESH_ERROR_NOT_FOUND);
  g_autoptr (MeshCid) root = add_tree (stub, G_MAXUINT);
  g_autoptr (GError) error = NULL;
  guint64 n_bytes, counted = 0;

  run (stub, &root, 1, MESH_DAG_FETCH_BLOCKS, &n_bytes, &counted, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (stub->n_gets, ==, 1);
  run (stub, NULL, 0, MESH_DAG_FETCH_BLOCKS, &n_bytes, &counted, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (n_bytes, ==, 0);
}

static void
test_missing_leaf (void)
{
  g_autoptr (StubSource) stub = stub_source_new (MESH_ERROR_NOT_FOUND);
  g_autoptr (MeshCid) root = add_tree (stub, 57);
  g_autoptr (GError) error = NULL;
  guint64 n_bytes, counted = 0;

  stub->delay_ms = 1;
  g_assert_false (
      run (stub, &root, 1, MESH_DAG_FETCH_RECURSIVE, &n_bytes, &counted, NULL, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_NOT_FOUND);
  g_assert_cmpuint (stub->n_in_flight, ==, 0); /* the others were awaited */
  g_assert_cmpuint (stub->n_gets, <, N_NODES * N_LEAVES / 2);
}

static gboolean
cancel_cb (gpointer user_data)
{
  g_cancellable_cancel (user_data);
  return G_SOURCE_REMOVE;
}

static void
test_cancel (void)
{
  g_autoptr (StubSource) stub = stub_source_new (-1);
  g_autoptr (MeshCid) root = add_tree (stub, 3);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  guint64 n_bytes, counted = 0;

  g_timeout_add (50, cancel_cb, cancellable);
  g_assert_false (run (stub, &root, 1, MESH_DAG_FETCH_RECURSIVE, &n_bytes, &counted,
                       cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (stub->n_in_flight, ==, 0);
}

static void
test_bad_node (void)
{
  g_autoptr (StubSource) stub = stub_source_new (MESH_ERROR_NOT_FOUND);
  g_autoptr (GBytes) rubbish = g_bytes_new_static ("\x12\x7f", 2);
  g_autoptr (MeshCid) root = stub_source_add (stub, MESH_CODEC_DAG_PB, rubbish);
  g_autoptr (GError) error = NULL;
  guint64 n_bytes, counted = 0;

  g_assert_false (
      run (stub, &root, 1, MESH_DAG_FETCH_RECURSIVE, &n_bytes, &counted, NULL, &error));
  g_assert_nonnull (error);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/source/dag-fetch/whole-tree", test_whole_tree);
  g_test_add_func ("/source/dag-fetch/blocks-alone", test_blocks_alone);
  g_test_add_func ("/source/dag-fetch/missing-leaf", test_missing_leaf);
  g_test_add_func ("/source/dag-fetch/cancel", test_cancel);
  g_test_add_func ("/source/dag-fetch/bad-node", test_bad_node);
  return g_test_run ();
}
