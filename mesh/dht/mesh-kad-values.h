/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "dht/mesh-kad-key.h"

/* The values a node keeps: those it was sent and those it put itself. Bounded; beyond the
 * bound the one farthest from our place makes room, which is the one others are least
 * likely to ask us for. */
typedef struct MeshKadValues MeshKadValues;

typedef struct
{
  GBytes *key;   /* (owned) */
  GBytes *value; /* (owned) */
  gint64 received_us;
  gint64 expires_us;
} MeshKadValue;

MeshKadValues *
mesh_kad_values_new (const MeshKadKey *self, guint max) G_GNUC_WARN_UNUSED_RESULT;
void mesh_kad_values_free (MeshKadValues *values);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshKadValues, mesh_kad_values_free)

/**
 * mesh_kad_values_put:
 *
 * Replaces what was there. O(number kept) when full.
 *
 * Returns: %FALSE when the store is full of nearer ones
 */
gboolean mesh_kad_values_put (MeshKadValues *values,
                              GBytes *key,
                              GBytes *value,
                              gint64 received_us,
                              gint64 expires_us);

/* Returns: (transfer none) (nullable): until the next call */
const MeshKadValue *mesh_kad_values_get (MeshKadValues *values, GBytes *key);

/* Values that are over or were pushed out: poll until %NULL. Returns: (transfer full)
 * (nullable): the key. O(number kept) when something expires. */
GBytes *mesh_kad_values_poll_dropped (MeshKadValues *values,
                                      gint64 now_us) G_GNUC_WARN_UNUSED_RESULT;
gint64 mesh_kad_values_next_deadline_us (const MeshKadValues *values);
guint mesh_kad_values_get_n (const MeshKadValues *values);
