/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "store/mesh-store-private.h"

struct MeshStoreLease
{
  MeshStore *store; /* (owned) */
  guint64 number;
};

MeshStoreLease *
mesh_store_lease_new (MeshStore *self)
{
  MeshStoreLease *lease;

  g_return_val_if_fail (MESH_IS_STORE (self), NULL);

  lease = g_new0 (MeshStoreLease, 1);
  lease->store = g_object_ref (self);
  lease->number = mesh_index_state_begin_lease (&self->state);
  return lease;
}

void
mesh_store_lease_free (MeshStoreLease *lease)
{
  mesh_index_state_end_lease (&lease->store->state, lease->number);
  g_object_unref (lease->store);
  g_free (lease);
}
