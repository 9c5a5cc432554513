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
subscribers_changed_cb (MeshGossipService *gossip, const char *topic, gpointer user_data)
{
  mesh_registry_topics_repeat (user_data);
}

static void
subscribe (MeshRegistry *self)
{
  g_signal_connect (self->gossip, "subscribers-changed",
                    G_CALLBACK (subscribers_changed_cb), self);
  for (gsize i = 0; i < G_N_ELEMENTS (topics); i++)
    {
      g_autoptr (GError) error = NULL;

      if (!mesh_gossip_service_subscribe (self->gossip, topics[i], validate, NULL, self,
                                          NULL, &error))
        g_warning ("Announcements don't come by gossip: %s", error->message);
    }
}

static void
leave (MeshRegistry *self)
{
  g_signal_handlers_disconnect_by_func (self->gossip, subscribers_changed_cb, self);
  for (gsize i = 0; i < G_N_ELEMENTS (topics); i++)
    mesh_gossip_service_unsubscribe (self->gossip, topics[i]);
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
    leave (self);
}

guint
mesh_registry_topics_publish (MeshRegistry *self, const char *topic, GBytes *data)
{
  g_autoptr (GError) error = NULL;
  guint n_sent = 0;

  if (self->is_subscribed
      && !mesh_gossip_service_publish (self->gossip, topic, data, &n_sent, &error))
    g_message ("An announcement is not published by gossip yet: %s", error->message);
  return n_sent;
}

/* Repeating. */

static gboolean
has_subscribers (MeshRegistry *self, const char *topic)
{
  g_autoptr (GPtrArray) peers = mesh_gossip_service_dup_subscribers (self->gossip, topic);

  return peers->len > 0;
}

static void
repeat_on (MeshRegistry *self, const char *topic)
{
  gint64 now_s = mesh_registry_get_now_s ();

  for (guint i = self->publications->len; i > 0 && self->n_repeats_left > 0; i--)
    {
      MeshRegistryPublication *publication = self->publications->pdata[i - 1];

      if (publication->n_told > 0 || g_strcmp0 (publication->topic, topic) != 0
          || publication->expires_s <= now_s)
        continue;
      self->n_repeats_left--;
      publication->n_told = mesh_registry_topics_publish (self, topic, publication->data);
    }
}

void
mesh_registry_topics_repeat (MeshRegistry *self)
{
  for (gsize i = 0; self->is_subscribed && i < G_N_ELEMENTS (topics); i++)
    if (has_subscribers (self, topics[i]))
      repeat_on (self, topics[i]);
}

void
mesh_registry_topics_tick (MeshRegistry *self)
{
  self->n_repeats_left = MIN (self->n_repeats_left + 1, MESH_REGISTRY_TOPICS_MAX_REPEATS);
  mesh_registry_topics_repeat (self);
}
