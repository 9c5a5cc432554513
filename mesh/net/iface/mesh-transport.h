/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <gio/gio.h>

#include "net/iface/mesh-link.h"
#include "net/iface/mesh-listener.h"

G_BEGIN_DECLS

#define MESH_TYPE_TRANSPORT (mesh_transport_get_type ())

/**
 * MeshTransport:
 *
 * A way to reach peers: one implementation for each kind of address.
 */
G_DECLARE_INTERFACE (MeshTransport, mesh_transport, MESH, TRANSPORT, GObject)

struct _MeshTransportInterface
{
  GTypeInterface parent;

  gboolean (*can_dial) (MeshTransport *transport, const MeshMultiaddr *addr);
  void (*dial_async) (MeshTransport *transport,
                      MeshMultiaddr *addr,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data);
  MeshLink *(*dial_finish) (MeshTransport *transport,
                            GAsyncResult *result,
                            GError **error);
  MeshListener *(*listen) (MeshTransport *transport,
                           MeshMultiaddr *addr,
                           MeshListenerFunc func,
                           gpointer user_data,
                           GError **error);
};

/**
 * mesh_transport_can_dial:
 *
 * Returns: whether this transport understands @addr, which may end in /p2p
 */
gboolean mesh_transport_can_dial (MeshTransport *transport, const MeshMultiaddr *addr);

/**
 * mesh_transport_dial_async:
 * @addr: an address that mesh_transport_can_dial(); names are resolved first
 *
 * No timeout of its own: the caller cancels.
 */
void mesh_transport_dial_async (MeshTransport *transport,
                                MeshMultiaddr *addr,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);

/**
 * mesh_transport_dial_finish:
 * @error: %MESH_ERROR_UNREACHABLE, %MESH_ERROR_UNSUPPORTED, or %G_IO_ERROR_CANCELLED
 *
 * Returns: (transfer full) (nullable): the link
 */
MeshLink *mesh_transport_dial_finish (MeshTransport *transport,
                                      GAsyncResult *result,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_transport_listen:
 * @addr: where, without /p2p; port 0 picks a free one
 * @func: called for each connection, from the thread-default main context of now
 * @error: %MESH_ERROR_UNSUPPORTED, %MESH_ERROR_EXISTS when the address is in use,
 *   %MESH_ERROR_IO
 *
 * Returns: (transfer full) (nullable): the listener
 */
MeshListener *mesh_transport_listen (MeshTransport *transport,
                                     MeshMultiaddr *addr,
                                     MeshListenerFunc func,
                                     gpointer user_data,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
