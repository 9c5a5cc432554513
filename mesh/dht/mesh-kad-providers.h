/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "dht/mesh-kad-pool.h"

/* The provider records that a server keeps for others: who says that it has what. Each is
 * kept for its lifetime unless its provider renews it. Bounded for each key, for each
 * provider and as a whole; beyond a bound the record nearest to expiry makes room. */
typedef struct MeshKadProviders MeshKadProviders;

typedef struct
{
  GBytes *key;         /* (owned) */
  MeshKadPeer *peer;   /* (owned) */
  MeshKadAddrs *addrs; /* (owned) */
  gint64 expires_us;
  gint64 addrs_until_us; /* after this its addresses are not handed out */
} MeshKadProvider;

MeshKadProviders *mesh_kad_providers_new (guint max,
                                          guint max_per_key,
                                          guint max_per_peer) G_GNUC_WARN_UNUSED_RESULT;
void mesh_kad_providers_free (MeshKadProviders *providers);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshKadProviders, mesh_kad_providers_free)

/**
 * mesh_kad_providers_add:
 *
 * Adds a record or renews it.
 *
 * Returns: (transfer none): the record, until the next call
 */
const MeshKadProvider *mesh_kad_providers_add (MeshKadProviders *providers,
                                               GBytes *key,
                                               MeshKadPeer *peer,
                                               MeshKadAddrs *addrs,
                                               gint64 expires_us,
                                               gint64 addrs_until_us);

/**
 * mesh_kad_providers_get:
 * @records: (out caller-allocates) (array length=max): (transfer none), until the next
 *   call that changes something; newest first
 *
 * Returns: how many
 */
guint mesh_kad_providers_get (MeshKadProviders *providers,
                              GBytes *key,
                              guint max,
                              const MeshKadProvider **records);

/* Records that are over: poll until %FALSE. The caller clears @record. */
gboolean mesh_kad_providers_poll_dropped (MeshKadProviders *providers,
                                          gint64 now_us,
                                          MeshKadProvider *record);
void mesh_kad_providers_clear_record (MeshKadProvider *record);

/* When the next record is over; G_MAXINT64: none is kept. */
gint64 mesh_kad_providers_next_deadline_us (const MeshKadProviders *providers);
guint mesh_kad_providers_get_n (const MeshKadProviders *providers);
