/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "source/mesh-swarm-source.h"

#include "base/mesh-error.h"
#include "swap-node.h"

#define SIZE (3 * 1024 * 1024 + 17)

/* A finder that does as it is told. */
typedef struct
{
  SwapNode user;
  SwapNode holder;
  MeshCid *root; /* (owned): at the holder */
  MeshBitswapSession *session;
  MeshSwarmSource *swarm; /* (owned) */

  gboolean is_silent;  /* never says that the search is over */
  gboolean is_finding; /* names the holder at once */
  GPtrArray *extra; /* (owned) (nullable) (element-type MeshMultiaddr): of a peer that is
                       not there */
  guint n_searches;
  GCancellable *cancellable; /* (owned) (nullable): of the last search */
  GString *verdicts;         /* (owned) */
} Swarm;

#define NOBODY "12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA"

static GPtrArray *
dup_addrs (SwapNode *node)
{
  return mesh_host_dup_addresses (node->net.host);
}

static void
name_holder (Swarm *self)
{
  g_autoptr (GPtrArray) addrs = dup_addrs (&self->holder);

  mesh_swarm_source_found (self->swarm, mesh_host_get_peer_id (self->holder.net.host),
                           addrs, 0.5);
}

static void
find_cb (MeshSwarmSource *swarm,
         MeshCid *root,
         GCancellable *cancellable,
         gpointer user_data)
{
  Swarm *self = user_data;

  g_assert_true (mesh_cid_equal (root, self->root));
  self->n_searches++;
  g_set_object (&self->cancellable, cancellable);
  if (self->extra != NULL)
    {
      g_autoptr (MeshPeerId) nobody = mesh_peer_id_parse (NOBODY, NULL);

      /* The best score, but it does not answer. */
      mesh_swarm_source_found (swarm, nobody, self->extra, 0.9);
    }
  if (self->is_finding)
    name_holder (self);
  if (!self->is_silent)
    mesh_swarm_source_searched (swarm);
}

static void
verdict_cb (MeshPeerId *peer, gboolean works, gpointer user_data)
{
  Swarm *self = user_data;

  g_string_append (self->verdicts, works ? "+" : "-");
}

static void
set_up (Swarm *self, gconstpointer unused)
{
  swap_node_init (&self->user, 1, NULL);
  swap_node_init (&self->holder, 2, NULL);
  mesh_bitswap_set_serving (self->holder.bitswap, TRUE);
  self->root = swap_add (&self->holder, 7, SIZE, TRUE);
  self->session = mesh_bitswap_session_new (self->user.bitswap, self->root);
  self->verdicts = g_string_new (NULL);
  self->swarm = mesh_swarm_source_new (self->user.net.host, self->session, self->root,
                                       find_cb, verdict_cb, self, NULL);
}

static void
tear_down (Swarm *self, gconstpointer unused)
{
  if (self->swarm != NULL)
    {
      net_test_wait (G_OBJECT (self->swarm)->ref_count == 1);
      g_assert_finalize_object (self->swarm);
    }
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->extra, g_ptr_array_unref);
  g_assert_finalize_object (self->session);
  g_string_free (self->verdicts, TRUE);
  mesh_cid_unref (self->root);
  swap_node_clear (&self->user);
  swap_node_clear (&self->holder);
}

static gboolean
fetch (Swarm *self, GError **error)
{
  return swap_fetch (&self->user, MESH_BLOCK_SOURCE (self->swarm), self->root, 7, SIZE,
                     error);
}

static void
test_finds (Swarm *self, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  self->is_finding = TRUE;
  g_assert_true (fetch (self, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (self->n_searches, ==, 1);
  g_assert_cmpstr (self->verdicts->str, ==, "+");
}

/* Nobody is asked about when a connected peer has it, unless it is slow. */
static void
test_connected (Swarm *self, gconstpointer unused)
{
  gint64 start_us = g_get_monotonic_time ();
  g_autoptr (GError) error = NULL;

  swap_connect (&self->user, &self->holder.net);
  g_assert_true (fetch (self, &error));
  g_assert_no_error (error);
  if (g_get_monotonic_time () - start_us < MESH_SWARM_SOURCE_DELAY_MS * 1000)
    g_assert_cmpuint (self->n_searches, ==, 0);
  else
    g_test_message ("the machine is too slow to tell");
}

static void
test_nobody (Swarm *self, gconstpointer unused)
{
  gint64 start_us = g_get_monotonic_time ();
  g_autoptr (GError) error = NULL;

  g_assert_false (fetch (self, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_NOT_FOUND);
  g_assert_cmpuint (self->n_searches, ==, 1);
  /* Right after a search there is no other one. */
  g_clear_error (&error);
  g_assert_false (fetch (self, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_NOT_FOUND);
  if (g_get_monotonic_time () - start_us < MESH_SWARM_SOURCE_PAUSE_S * G_USEC_PER_SEC)
    g_assert_cmpuint (self->n_searches, ==, 1);
}

/* One that does not answer does not keep the others from being asked. */
static void
test_dead_first (Swarm *self, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  self->extra = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_multiaddr_unref);
  g_ptr_array_add (self->extra, mesh_multiaddr_parse ("/ip4/127.0.0.1/tcp/1", NULL));
  self->is_finding = TRUE;
  g_assert_true (fetch (self, &error));
  g_assert_no_error (error);
  net_test_wait (self->verdicts->len == 2);
  g_assert_nonnull (strchr (self->verdicts->str, '-'));
  g_assert_nonnull (strchr (self->verdicts->str, '+'));
}

static void
get_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

/* While the search goes on a get waits; a peer found later answers it. */
static void
test_waits (Swarm *self, gconstpointer unused)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GBytes) block = NULL;
  g_autoptr (GError) error = NULL;

  self->is_silent = TRUE;
  mesh_block_source_get_async (MESH_BLOCK_SOURCE (self->swarm), self->root, 0, NULL,
                               get_cb, &result);
  net_test_wait (self->n_searches == 1);
  g_assert_null (result);
  name_holder (self);
  net_test_wait (result != NULL);
  block = mesh_block_source_get_finish (MESH_BLOCK_SOURCE (self->swarm), result, &error);
  g_assert_no_error (error);
  g_assert_nonnull (block);
}

static void
test_cancel (Swarm *self, gconstpointer unused)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  self->is_silent = TRUE;
  mesh_block_source_get_async (MESH_BLOCK_SOURCE (self->swarm), self->root, 0,
                               cancellable, get_cb, &result);
  net_test_wait (self->n_searches == 1);
  g_cancellable_cancel (cancellable);
  net_test_wait (result != NULL);
  g_assert_null (
      mesh_block_source_get_finish (MESH_BLOCK_SOURCE (self->swarm), result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_object (&result);
  /* Nobody wants it any more: the end of the source ends the search. */
  net_test_wait (G_OBJECT (self->swarm)->ref_count == 1);
  g_assert_false (g_cancellable_is_cancelled (self->cancellable));
  g_assert_finalize_object (g_steal_pointer (&self->swarm));
  g_assert_true (g_cancellable_is_cancelled (self->cancellable));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) \
  g_test_add ("/swarm-source/" name, Swarm, NULL, set_up, func, tear_down)
  ADD ("finds", test_finds);
  ADD ("connected", test_connected);
  ADD ("nobody", test_nobody);
  ADD ("dead-first", test_dead_first);
  ADD ("waits", test_waits);
  ADD ("cancel", test_cancel);
  return g_test_run ();
}
