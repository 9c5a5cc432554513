/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "net/iface/mesh-connection.h"

struct _MeshConnection
{
  GObject parent_instance;

  MeshMuxer *muxer;           /* (owned) */
  MeshPeerId *peer_id;        /* (owned) */
  MeshMultiaddr *local_addr;  /* (owned) (nullable) */
  MeshMultiaddr *remote_addr; /* (owned) */
  MeshDirection direction;
  gint64 opened_us;
  gint64 latency_us;
  MeshPeerInfo *info; /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (MeshConnection, mesh_connection, G_TYPE_OBJECT)

static void
mesh_connection_finalize (GObject *object)
{
  MeshConnection *self = MESH_CONNECTION (object);

  g_clear_object (&self->muxer);
  g_clear_pointer (&self->peer_id, mesh_peer_id_unref);
  g_clear_pointer (&self->local_addr, mesh_multiaddr_unref);
  g_clear_pointer (&self->remote_addr, mesh_multiaddr_unref);
  g_clear_pointer (&self->info, mesh_peer_info_free);
  G_OBJECT_CLASS (mesh_connection_parent_class)->finalize (object);
}

static void
mesh_connection_class_init (MeshConnectionClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mesh_connection_finalize;
}

static void
mesh_connection_init (MeshConnection *self)
{
  self->latency_us = -1;
}

MeshConnection *
mesh_connection_new (MeshMuxer *muxer,
                     MeshPeerId *peer_id,
                     MeshMultiaddr *local_addr,
                     MeshMultiaddr *remote_addr,
                     MeshDirection direction)
{
  MeshConnection *self = g_object_new (MESH_TYPE_CONNECTION, NULL);

  self->muxer = g_object_ref (muxer);
  self->peer_id = mesh_peer_id_ref (peer_id);
  self->local_addr = local_addr != NULL ? mesh_multiaddr_ref (local_addr) : NULL;
  self->remote_addr = mesh_multiaddr_ref (remote_addr);
  self->direction = direction;
  self->opened_us = g_get_monotonic_time ();
  return self;
}

MeshMuxer *
mesh_connection_get_muxer (MeshConnection *connection)
{
  return connection->muxer;
}

MeshPeerId *
mesh_connection_get_peer_id (MeshConnection *connection)
{
  g_return_val_if_fail (MESH_IS_CONNECTION (connection), NULL);

  return connection->peer_id;
}

MeshMultiaddr *
mesh_connection_get_remote_addr (MeshConnection *connection)
{
  g_return_val_if_fail (MESH_IS_CONNECTION (connection), NULL);

  return connection->remote_addr;
}

MeshMultiaddr *
mesh_connection_get_local_addr (MeshConnection *connection)
{
  g_return_val_if_fail (MESH_IS_CONNECTION (connection), NULL);

  return connection->local_addr;
}

MeshDirection
mesh_connection_get_direction (MeshConnection *connection)
{
  return connection->direction;
}

gboolean
mesh_connection_is_closed (MeshConnection *connection)
{
  g_return_val_if_fail (MESH_IS_CONNECTION (connection), TRUE);

  return mesh_muxer_is_closed (connection->muxer);
}

gint64
mesh_connection_get_opened_us (MeshConnection *connection)
{
  return connection->opened_us;
}

gint64
mesh_connection_get_latency_us (MeshConnection *connection)
{
  g_return_val_if_fail (MESH_IS_CONNECTION (connection), -1);

  return connection->latency_us >= 0 ? connection->latency_us
                                     : mesh_muxer_get_rtt_us (connection->muxer);
}

void
mesh_connection_add_latency (MeshConnection *connection, gint64 sample_us)
{
  connection->latency_us = connection->latency_us < 0
                               ? sample_us
                               : (7 * connection->latency_us + sample_us) / 8;
}

guint64
mesh_connection_get_bytes_in (MeshConnection *connection)
{
  guint64 in, out;

  mesh_muxer_get_traffic (connection->muxer, &in, &out);
  return in;
}

guint64
mesh_connection_get_bytes_out (MeshConnection *connection)
{
  guint64 in, out;

  mesh_muxer_get_traffic (connection->muxer, &in, &out);
  return out;
}

guint
mesh_connection_get_n_streams (MeshConnection *connection)
{
  return mesh_muxer_get_n_streams (connection->muxer);
}

const MeshPeerInfo *
mesh_connection_get_peer_info (MeshConnection *connection)
{
  return connection->info;
}

void
mesh_connection_take_peer_info (MeshConnection *connection, MeshPeerInfo *info)
{
  g_clear_pointer (&connection->info, mesh_peer_info_free);
  connection->info = info;
}

gboolean
mesh_connection_supports (MeshConnection *connection, const char *protocol)
{
  return connection->info != NULL
         && g_strv_contains ((const char *const *) connection->info->protocols, protocol);
}

void
mesh_connection_close (MeshConnection *connection, GError *reason)
{
  g_return_if_fail (MESH_IS_CONNECTION (connection));

  mesh_muxer_close (connection->muxer, reason);
}
