/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "source/mesh-source-chain.h"

#include "source-fixture.h"

typedef struct
{
  StubSource *peers;      /* (owned) */
  StubSource *gateway;    /* (owned) */
  MeshSourceChain *chain; /* (owned) */
  MeshCid *cid;           /* (owned) */
  GBytes *bytes;          /* (owned) */
} Chain;

static void
set_up (Chain *self, gconstpointer unused)
{
  self->peers = stub_source_new (MESH_ERROR_NOT_FOUND);
  self->gateway = stub_source_new (MESH_ERROR_NOT_FOUND);
  self->bytes = fixture_bytes (1, 1000);
  self->cid = fixture_cid (MESH_CODEC_RAW, self->bytes);
  self->chain = mesh_source_chain_new (NULL, NULL);
  g_assert_true (mesh_source_chain_add (self->chain, MESH_BLOCK_SOURCE (self->peers),
                                        MESH_SOURCE_PEERS, "peers", FALSE));
  g_assert_true (mesh_source_chain_add (self->chain, MESH_BLOCK_SOURCE (self->gateway),
                                        MESH_SOURCE_GATEWAY, "http://gateway", FALSE));
}

static void
tear_down (Chain *self, gconstpointer unused)
{
  g_assert_finalize_object (self->chain);
  g_object_unref (self->peers);
  g_object_unref (self->gateway);
  mesh_cid_unref (self->cid);
  g_bytes_unref (self->bytes);
}

static void
count_block_cb (MeshSourceChain *chain,
                MeshCid *cid,
                guint64 size,
                guint kind,
                gpointer user_data)
{
  guint *counts = user_data;

  counts[kind]++;
}

static void
test_falls_through (Chain *self, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) block = NULL;
  g_autoptr (GPtrArray) usage = NULL;
  guint counts[MESH_SOURCE_N_KINDS] = { 0 };
  MeshSourceUsage *row;

  g_signal_connect (self->chain, "block", G_CALLBACK (count_block_cb), counts);
  mesh_cid_unref (stub_source_add (self->gateway, MESH_CODEC_RAW, self->bytes));
  block = source_get (MESH_BLOCK_SOURCE (self->chain), self->cid, &error);
  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (block, self->bytes));
  g_assert_cmpuint (self->peers->n_gets, ==, 1);
  g_assert_cmpuint (counts[MESH_SOURCE_GATEWAY], ==, 1);
  g_assert_cmpuint (mesh_source_chain_get_bytes_fetched (self->chain), ==, 1000);
  usage = mesh_source_chain_get_usage (self->chain);
  g_assert_cmpuint (usage->len, ==, 1);
  row = g_ptr_array_index (usage, 0);
  g_assert_cmpstr (row->id, ==, "http://gateway");
  g_assert_cmpuint (row->bytes, ==, 1000);
}

static void
test_nobody_has_it (Chain *self, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (source_get (MESH_BLOCK_SOURCE (self->chain), self->cid, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_NOT_FOUND);
  g_clear_error (&error);
  /* What went wrong tells more than that the other lacks it. */
  self->peers->error_code = MESH_ERROR_TIMED_OUT;
  g_assert_null (source_get (MESH_BLOCK_SOURCE (self->chain), self->cid, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_TIMED_OUT);
}

static void
test_local_trouble_ends_it (Chain *self, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  self->peers->error_code = MESH_ERROR_NO_SPACE;
  mesh_cid_unref (stub_source_add (self->gateway, MESH_CODEC_RAW, self->bytes));
  g_assert_null (source_get (MESH_BLOCK_SOURCE (self->chain), self->cid, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_NO_SPACE);
  g_assert_cmpuint (self->gateway->n_gets, ==, 0);
}

static void
test_ttl (Chain *self, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) block = NULL;

  self->peers->error_code = -1; /* never answers */
  mesh_source_chain_set_ttl (self->chain, 30);
  mesh_cid_unref (stub_source_add (self->gateway, MESH_CODEC_RAW, self->bytes));
  block = source_get (MESH_BLOCK_SOURCE (self->chain), self->cid, &error);
  g_assert_no_error (error);
  while (self->peers->n_in_flight > 0) /* it was cancelled */
    g_main_context_iteration (NULL, TRUE);
}

/* A gateway that lied is not asked again, not even as the last hope. */
static void
test_liar (Chain *self, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  self->gateway->error_code = MESH_ERROR_MISMATCH;
  g_assert_null (source_get (MESH_BLOCK_SOURCE (self->chain), self->cid, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_MISMATCH);
  g_clear_error (&error);
  mesh_cid_unref (stub_source_add (self->gateway, MESH_CODEC_RAW, self->bytes));
  g_assert_null (source_get (MESH_BLOCK_SOURCE (self->chain), self->cid, &error));
  g_assert_cmpuint (self->gateway->n_gets, ==, 1);
}

static void
result_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static void
test_shared_and_cancelled (Chain *self, gconstpointer unused)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) block = NULL;
  GAsyncResult *slots[2] = { NULL, NULL };
  g_autoptr (GAsyncResult) first = NULL;
  g_autoptr (GAsyncResult) second = NULL;

  self->peers->delay_ms = 30;
  mesh_cid_unref (stub_source_add (self->peers, MESH_CODEC_RAW, self->bytes));
  mesh_block_source_get_async (MESH_BLOCK_SOURCE (self->chain), self->cid, 0, cancellable,
                               result_cb, &slots[0]);
  mesh_block_source_get_async (MESH_BLOCK_SOURCE (self->chain), self->cid, 0, NULL,
                               result_cb, &slots[1]);
  g_cancellable_cancel (cancellable);
  first = fixture_wait (&slots[0]);
  g_assert_null (
      mesh_block_source_get_finish (MESH_BLOCK_SOURCE (self->chain), first, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  second = fixture_wait (&slots[1]);
  block = mesh_block_source_get_finish (MESH_BLOCK_SOURCE (self->chain), second, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (self->peers->n_gets, ==, 1);
}

/* The last waiter's cancelling reaches the source. */
static void
test_cancel_all (Chain *self, gconstpointer unused)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  GAsyncResult *slot = NULL;

  self->peers->error_code = -1;
  mesh_block_source_get_async (MESH_BLOCK_SOURCE (self->chain), self->cid, 0, cancellable,
                               result_cb, &slot);
  g_cancellable_cancel (cancellable);
  result = fixture_wait (&slot);
  g_assert_null (
      mesh_block_source_get_finish (MESH_BLOCK_SOURCE (self->chain), result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  while (self->peers->n_in_flight > 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (self->gateway->n_gets, ==, 0);
}

static void
test_store_first (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (MeshSourceChain) chain = mesh_source_chain_new (fixture->store, NULL);
  g_autoptr (StubSource) peers = stub_source_new (MESH_ERROR_NOT_FOUND);
  g_autoptr (MeshCid) cid = fixture_put_new (fixture->store, 5, 700);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) block = NULL;

  g_assert_true (mesh_source_chain_add (chain, MESH_BLOCK_SOURCE (peers),
                                        MESH_SOURCE_PEERS, "peers", TRUE));
  block = source_get (MESH_BLOCK_SOURCE (chain), cid, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (peers->n_gets, ==, 0);
  g_assert_cmpuint (mesh_source_chain_get_bytes_fetched (chain), ==, 0);
}

static void
test_full (void)
{
  g_autoptr (MeshSourceChain) chain = mesh_source_chain_new (NULL, NULL);
  g_autoptr (StubSource) stub = stub_source_new (MESH_ERROR_NOT_FOUND);

  for (guint i = 0; i < MESH_SOURCE_CHAIN_MAX_SOURCES; i++)
    g_assert_true (mesh_source_chain_add (chain, MESH_BLOCK_SOURCE (stub),
                                          MESH_SOURCE_GATEWAY, "x", FALSE));
  g_assert_false (mesh_source_chain_add (chain, MESH_BLOCK_SOURCE (stub),
                                         MESH_SOURCE_GATEWAY, "x", FALSE));
}

#define ADD(name, func) \
  g_test_add ("/source/chain/" name, Chain, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("falls-through", test_falls_through);
  ADD ("nobody-has-it", test_nobody_has_it);
  ADD ("local-trouble-ends-it", test_local_trouble_ends_it);
  ADD ("ttl", test_ttl);
  ADD ("liar", test_liar);
  ADD ("shared-and-cancelled", test_shared_and_cancelled);
  ADD ("cancel-all", test_cancel_all);
  g_test_add ("/source/chain/store-first", Fixture, NULL, fixture_set_up,
              test_store_first, fixture_tear_down);
  g_test_add_func ("/source/chain/full", test_full);
  return g_test_run ();
}
