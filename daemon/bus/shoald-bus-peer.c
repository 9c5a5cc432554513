/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "bus/shoald-bus-peer.h"

#include "bus/shoald-bus-error.h"
#include "bus/shoald-bus-path.h"

#define VERSION 2

struct ShoaldBusPeer
{
  const ShoaldBusContext *context; /* (unowned) */
  ShoaldPeer *peer;                /* (owned) */
  ShoalDBusPeer *skeleton;         /* (owned) */
};

static void
mirror (ShoaldBusPeer *self)
{
  ShoalDBusPeer *to = self->skeleton;
  ShoaldPeer *from = self->peer;
  const char *addresses[] = { shoald_peer_get_address (from), NULL };

  shoal_dbus_peer_set_agent (to, shoald_peer_get_agent (from));
  shoal_dbus_peer_set_addresses (to, addresses);
  shoal_dbus_peer_set_latency_ms (to, shoald_peer_get_latency_ms (from));
  shoal_dbus_peer_set_bytes_up (to, shoald_peer_get_bytes_up (from));
  shoal_dbus_peer_set_bytes_down (to, shoald_peer_get_bytes_down (from));
  shoal_dbus_peer_set_rate_up_bps (to, shoald_peer_get_rate_up_bps (from));
  shoal_dbus_peer_set_rate_down_bps (to, shoald_peer_get_rate_down_bps (from));
  shoal_dbus_peer_set_protocols (to, shoald_peer_get_protocols (from));
  shoal_dbus_peer_set_is_bootstrap (to, shoald_peer_is_bootstrap (from));
  shoal_dbus_peer_set_kind (to, shoald_peer_get_kind (from));
  shoal_dbus_peer_set_score (to, shoald_peer_get_score (from));
  shoal_dbus_peer_set_score_parts (to, shoald_peer_get_score_parts (from));
  shoal_dbus_peer_set_roles (to, shoald_peer_get_roles (from));
  shoal_dbus_peer_set_caps (to, shoald_peer_get_caps (from));
}

static void
changed_cb (ShoaldPeer *peer, gpointer user_data)
{
  mirror (user_data);
}

static gboolean
disconnect_cb (ShoalDBusPeer *skeleton,
               GDBusMethodInvocation *invocation,
               gpointer user_data)
{
  ShoaldBusPeer *self = user_data;
  GError *error = NULL;

  if (!shoald_engine_disconnect (self->context->engine, shoald_peer_get_id (self->peer),
                                 &error))
    return shoald_bus_error_return (invocation, error);
  shoal_dbus_peer_complete_disconnect (skeleton, invocation);
  return TRUE;
}

ShoaldBusPeer *
shoald_bus_peer_new (const ShoaldBusContext *context, ShoaldPeer *peer)
{
  ShoaldBusPeer *self = g_new0 (ShoaldBusPeer, 1);

  self->context = context;
  self->peer = g_object_ref (peer);
  self->skeleton = shoal_dbus_peer_skeleton_new ();
  shoal_dbus_peer_set_version (self->skeleton, VERSION);
  shoal_dbus_peer_set_peer_id (self->skeleton, shoald_peer_get_id (peer));
  shoal_dbus_peer_set_direction (self->skeleton, shoald_peer_get_direction (peer));
  shoal_dbus_peer_set_transport (self->skeleton, shoald_peer_get_transport (peer));
  shoal_dbus_peer_set_connected_since (self->skeleton, shoald_peer_get_since_s (peer));
  mirror (self);
  g_signal_connect (self->skeleton, "handle-disconnect", G_CALLBACK (disconnect_cb),
                    self);
  g_signal_connect (peer, "changed", G_CALLBACK (changed_cb), self);
  shoald_bus_context_export (context,
                             shoald_bus_path_for_peer (shoald_peer_get_id (peer)),
                             G_DBUS_INTERFACE_SKELETON (self->skeleton));
  return self;
}

void
shoald_bus_peer_free (ShoaldBusPeer *self)
{
  g_signal_handlers_disconnect_by_data (self->peer, self);
  g_signal_handlers_disconnect_by_data (self->skeleton, self);
  shoald_bus_context_unexport (self->context, G_DBUS_INTERFACE_SKELETON (self->skeleton));
  g_object_unref (self->skeleton);
  g_object_unref (self->peer);
  g_free (self);
}
