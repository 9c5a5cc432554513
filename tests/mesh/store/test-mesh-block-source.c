/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "base/mesh-error.h"
#include "mesh/store/store-fixture.h"

static GBytes *
get (MeshBlockSource *source, MeshCid *cid, GError **error)
{
  FIXTURE_RUN (result, mesh_block_source_get_async, source, cid, MESH_BLOCK_PRIORITY_HIGH,
               NULL);

  return mesh_block_source_get_finish (source, result, error);
}

/* Any source: what it has, what it has not, and what the CID itself carries. */
static void
test_get (Fixture *fixture, gconstpointer unused)
{
  MeshBlockSource *source = MESH_BLOCK_SOURCE (fixture->store);
  g_autoptr (MeshCid) here = fixture_put_new (fixture->store, 1, 100);
  g_autoptr (GBytes) absent = fixture_bytes (2, 100);
  g_autoptr (MeshCid) missing = fixture_cid (MESH_CODEC_RAW, absent);
  g_autoptr (MeshCid) carried = mesh_cid_new_for_data (
      MESH_CODEC_RAW, MESH_MULTIHASH_IDENTITY, (const guint8 *) "hello", 5, NULL);
  g_autoptr (GBytes) got = get (source, here, NULL);
  g_autoptr (GBytes) got_carried = get (source, carried, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (g_bytes_get_size (got), ==, 100);
  g_assert_cmpmem (g_bytes_get_data (got_carried, NULL), g_bytes_get_size (got_carried),
                   "hello", 5);
  g_assert_null (get (source, missing, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_NOT_FOUND);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/store/block-source/get", Fixture, NULL, fixture_set_up, test_get,
              fixture_tear_down);
  return g_test_run ();
}
