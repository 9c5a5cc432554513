/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "registry/mesh-registry-topics.h"

/* A message that is judged. */
typedef struct
{
  MeshGossipService *gossip; /* (owned) */
  guint64 handle;
} Judged;

static const char *const topics[]
    = { MESH_ANNOUNCEMENT_TOPIC_UPDATES, MESH_ANNOUNCEMENT_TOPIC_PLUGINS };

static MeshGossipVerdict
to_gossip (MeshRegistryVerdict verdict)
{
  switch (verdict)
    {
    case MESH_REGISTRY_VERDICT_ACCEPT:
    case MESH_REGISTRY_VERDICT_SPLIT: /* once: others must see it too */
      return MESH_GOSSIP_ACCEPT;
    case MESH_REGISTRY_VERDICT_REJECT:
      return MESH_GOSSIP_REJECT;
    default:
      return MESH_GOSSIP_IGNORE;
    }
}

static void
judged_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Judged *judged = g_steal_pointer (&user_data);
  g_autoptr (MeshGossipService) gossip = judged->gossip;
  g_autoptr (GError) error = NULL;
  g_autoptr (MeshRegistryOutcome) outcome
      = mesh_registry_intake_finish (MESH_REGISTRY (source), result, &error);

  if (outcome == NULL)
    g_debug ("An announcement was not looked at: %s", error->message);
  mesh_gossip_service_validated (gossip, judged->handle,
                                 outcome != NULL ? to_gossip (outcome->verdict)
                                                 : MESH_GOSSIP_IGNORE);
}

static gboolean
validate (MeshGossipService *gossip,
          const MeshGossipDelivery *delivery,
          MeshGossipVerdict *verdict,
          gpointer user_data)
{
  MeshRegistry *self = user_data;
  const char *from = mesh_peer_id_to_string (delivery->from);
  g_autofree char *via = NULL;
  Judged *judged;

  if (g_bytes_get_size (delivery->data) > MESH_ANNOUNCEMENT_MAX_BYTES)
    {
      self->stats.n_refused++;
      *verdict = MESH_GOSSIP_REJECT;
      return TRUE;
    }
  if (!mesh_registry_judge_admit_peer (self->judge, from, g_get_monotonic_time ()))
    {
      self->stats.n_ignored++;
      *verdict = MESH_GOSSIP_IGNORE;
      return TRUE;
    }
  judged = g_new0 (Judged, 1);
  judged->gossip = g_object_ref (gossip);
  judged->handle = delivery->handle;
  via = g_strconcat ("peer ", from, NULL);
  mesh_registry_intake_async (self, delivery->data, via, TRUE, judged_cb, judged);
  return FALSE;
}

static void
subscribe (MeshRegistry *self)
{
  for (gsize i = 0; i < G_N_ELEMENTS (topics); i++)
    {
      g_autoptr (GError) error = NULL;

      if (!mesh_gossip_service_subscribe (self->gossip, topics[i], validate, NULL, self,
                                          NULL, &error))
        g_warning ("Announcements don't come by gossip: %s", error->message);
    }
}

void
mesh_registry_topics_update (MeshRegistry *self)
{
  gboolean is_wanted = self->gossip != NULL && self->is_sharing && self->index != NULL
                       && mesh_registry_uses_mesh (self);

  if (is_wanted == self->is_subscribed)
    return;
  self->is_subscribed = is_wanted;
  if (is_wanted)
    subscribe (self);
  else
    for (gsize i = 0; i < G_N_ELEMENTS (topics); i++)
      mesh_gossip_service_unsubscribe (self->gossip, topics[i]);
}

void
mesh_registry_topics_publish (MeshRegistry *self,
                              const MeshAnnouncement *announcement,
                              GBytes *data)
{
  g_autoptr (GError) error = NULL;

  if (self->is_subscribed
      && !mesh_gossip_service_publish (
          self->gossip, mesh_announcement_get_topic (announcement), data, NULL, &error))
    g_message ("An announcement is not published by gossip yet: %s", error->message);
}
