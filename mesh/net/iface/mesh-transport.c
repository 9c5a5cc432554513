/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "net/iface/mesh-transport.h"

G_DEFINE_INTERFACE (MeshTransport, mesh_transport, G_TYPE_OBJECT)

static void
mesh_transport_default_init (MeshTransportInterface *iface)
{
}

gboolean
mesh_transport_can_dial (MeshTransport *transport, const MeshMultiaddr *addr)
{
  return MESH_TRANSPORT_GET_IFACE (transport)->can_dial (transport, addr);
}

void
mesh_transport_dial_async (MeshTransport *transport,
                           MeshMultiaddr *addr,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  MESH_TRANSPORT_GET_IFACE (transport)->dial_async (transport, addr, cancellable,
                                                    callback, user_data);
}

MeshLink *
mesh_transport_dial_finish (MeshTransport *transport,
                            GAsyncResult *result,
                            GError **error)
{
  return MESH_TRANSPORT_GET_IFACE (transport)->dial_finish (transport, result, error);
}

MeshListener *
mesh_transport_listen (MeshTransport *transport,
                       MeshMultiaddr *addr,
                       MeshListenerFunc func,
                       gpointer user_data,
                       GError **error)
{
  return MESH_TRANSPORT_GET_IFACE (transport)->listen (transport, addr, func, user_data,
                                                       error);
}
