/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "bitswap/mesh-bitswap-client.h"

/* A client core with one session, driven by hand. */
typedef struct
{
  MeshBitswapClient *client; /* (owned) */
  guint64 session;
  gint64 now_us;
  MeshCid *cids[64]; /* (owned) */
} ClientFixture;

static inline void
client_fixture_set_up (ClientFixture *self, gconstpointer unused)
{
  MeshRng rng;

  mesh_rng_init (&rng, 1);
  self->client = mesh_bitswap_client_new (&rng);
  self->session = mesh_bitswap_client_open_session (self->client);
  self->now_us = G_USEC_PER_SEC;
  for (guint i = 0; i < G_N_ELEMENTS (self->cids); i++)
    {
      guint8 digest[32] = { 1, (guint8) i };

      self->cids[i]
          = mesh_cid_new_v1 (MESH_CODEC_RAW, MESH_MULTIHASH_SHA2_256, digest, 32);
    }
}

static inline void
client_fixture_tear_down (ClientFixture *self, gconstpointer unused)
{
  mesh_bitswap_client_free (self->client);
  for (guint i = 0; i < G_N_ELEMENTS (self->cids); i++)
    mesh_cid_unref (self->cids[i]);
}

static inline void
client_fixture_add_peers (ClientFixture *self, guint n)
{
  for (guint64 peer = 1; peer <= n; peer++)
    g_assert_true (mesh_bitswap_client_add_peer (self->client, peer, MESH_BITSWAP_1_2_0,
                                                 self->now_us));
}

static inline guint64
client_fixture_request (ClientFixture *self, guint number)
{
  guint64 request = mesh_bitswap_client_request (self->client, self->session,
                                                 self->cids[number], 0, self->now_us);

  g_assert_cmpuint (request, !=, 0);
  return request;
}

/* How many entries of a kind the peer is told now; the message is kept in nothing. */
typedef struct
{
  guint n_blocks, n_haves, n_cancels;
} Told;

static inline Told
client_fixture_tell (ClientFixture *self, guint64 peer)
{
  g_autoptr (MeshBitswapMessage) msg = mesh_bitswap_message_new ();
  Told told = { 0 };

  mesh_bitswap_client_fill (self->client, peer, msg);
  for (guint i = 0; i < msg->entries->len; i++)
    {
      const MeshBitswapEntry *entry = &g_array_index (msg->entries, MeshBitswapEntry, i);

      if (entry->is_cancel)
        told.n_cancels++;
      else if (entry->type == MESH_BITSWAP_WANT_BLOCK)
        told.n_blocks++;
      else
        told.n_haves++;
    }
  return told;
}

/* The next event but WANTS; its type, or -1. */
static inline int
client_fixture_next (ClientFixture *self, guint64 *request)
{
  MeshBitswapClientEvent event;

  *request = 0;
  while (mesh_bitswap_client_poll_event (self->client, &event))
    if (event.type != MESH_BITSWAP_CLIENT_WANTS)
      {
        *request = event.request;
        return (int) event.type;
      }
  return -1;
}

/* Lets time pass, with all timers on their way. */
static inline void
client_fixture_pass (ClientFixture *self, gint64 us)
{
  gint64 end_us = self->now_us + us;

  while (mesh_bitswap_client_next_deadline_us (self->client) <= end_us)
    {
      self->now_us
          = MAX (self->now_us, mesh_bitswap_client_next_deadline_us (self->client));
      mesh_bitswap_client_handle_timeout (self->client, self->now_us);
    }
  self->now_us = end_us;
}
