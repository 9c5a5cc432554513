/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "gossip/mesh-gossip.h"

#include "base/mesh-error.h"

struct MeshGossip
{
  MeshGossipConfig config;
  MeshKeypair *keypair; /* (owned) */
  MeshPeerId *self;     /* (owned) */
  MeshRng rng;
};

void
mesh_gossip_px_free (MeshGossipPx *px)
{
  g_clear_pointer (&px->peer_id, mesh_peer_id_unref);
  g_clear_pointer (&px->record, mesh_peer_record_free);
  g_free (px);
}

void
mesh_gossip_event_clear (MeshGossipEvent *event)
{
  g_clear_pointer (&event->peer, mesh_peer_id_unref);
  g_clear_pointer (&event->bytes, g_bytes_unref);
  g_clear_pointer (&event->topic, g_free);
  g_clear_pointer (&event->author, mesh_peer_id_unref);
  g_clear_pointer (&event->data, g_bytes_unref);
  g_clear_pointer (&event->id, g_bytes_unref);
  g_clear_pointer (&event->px, g_ptr_array_unref);
  event->type = MESH_GOSSIP_EVENT_NONE;
}

MeshGossip *
mesh_gossip_new (const MeshGossipConfig *config, MeshRng *rng, GError **error)
{
  MeshGossip *gossip;

  if (!mesh_gossip_params_check (&config->params, error)
      || !mesh_gossip_params_check_thresholds (&config->thresholds, error)
      || !mesh_gossip_params_check_score (&config->score, error)
      || !mesh_gossip_params_check_topic (&config->topic, error))
    return NULL;
  gossip = g_new0 (MeshGossip, 1);
  gossip->config = *config;
  gossip->keypair = mesh_keypair_ref (config->keypair);
  gossip->self
      = mesh_peer_id_new_from_public_key (mesh_keypair_get_public_key (config->keypair));
  mesh_rng_init (&gossip->rng, mesh_rng_next (rng));
  return gossip;
}

void
mesh_gossip_free (MeshGossip *gossip)
{
  mesh_keypair_unref (gossip->keypair);
  mesh_peer_id_unref (gossip->self);
  g_free (gossip);
}

MeshPeerId *
mesh_gossip_get_self (const MeshGossip *gossip)
{
  return gossip->self;
}
