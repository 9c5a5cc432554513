/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "dht/mesh-kad.h"

struct MeshKad
{
  MeshKadConfig config;
  MeshKadPool *pool; /* (owned) */
  MeshKadPeer *self; /* (owned) */
  MeshRng rng;
};

MeshKad *
mesh_kad_new (const MeshKadConfig *config, MeshPeerId *self, const MeshRng *rng)
{
  MeshKad *kad = g_new0 (MeshKad, 1);

  kad->config = *config;
  kad->rng = *rng;
  kad->pool
      = config->pool != NULL ? mesh_kad_pool_ref (config->pool) : mesh_kad_pool_new ();
  kad->self = mesh_kad_pool_get_peer (kad->pool, self);
  return kad;
}

void
mesh_kad_free (MeshKad *kad)
{
  mesh_kad_pool_unref_peer (kad->self);
  mesh_kad_pool_unref (kad->pool);
  g_free (kad);
}
