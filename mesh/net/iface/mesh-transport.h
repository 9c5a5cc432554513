/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <gio/gio.h>

#include "net/iface/mesh-muxer.h"
#include "peer/mesh-multiaddr.h"

G_BEGIN_DECLS

/**
 * MeshLink:
 *
 * What a transport yields for one connection: a byte stream that still has to be secured
 * and multiplexed (TCP), or a muxer that is both already (QUIC).
 */
typedef struct
{
  GIOStream *stream;          /* (owned) (nullable): raw bytes to upgrade */
  MeshMuxer *muxer;           /* (owned) (nullable): when there is nothing to upgrade */
  MeshPeerId *peer_id;        /* (owned) (nullable): proven peer; set with muxer */
  MeshMultiaddr *local_addr;  /* (owned) (nullable) */
  MeshMultiaddr *remote_addr; /* (owned): without /p2p */
} MeshLink;

MeshLink *mesh_link_new (MeshMultiaddr *local_addr, MeshMultiaddr *remote_addr);
void mesh_link_free (MeshLink *link);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshLink, mesh_link_free)

#define MESH_TYPE_LISTENER (mesh_listener_get_type ())

/**
 * MeshListener:
 *
 * A listening transport. It stops when mesh_listener_close() is called or the last
 * reference goes.
 */
G_DECLARE_DERIVABLE_TYPE (MeshListener, mesh_listener, MESH, LISTENER, GObject)

struct _MeshListenerClass
{
  GObjectClass parent_class;

  GPtrArray *(*dup_addresses) (MeshListener *listener);
  void (*close) (MeshListener *listener);

  gpointer padding[4];
};

/**
 * MeshListenerFunc:
 * @link: (transfer full): a new incoming connection
 */
typedef void (*MeshListenerFunc) (MeshListener *listener,
                                  MeshLink *link,
                                  gpointer user_data);

/**
 * mesh_listener_dup_addresses:
 *
 * Returns: (transfer full) (element-type MeshMultiaddr): where others can dial: an
 *   unspecified address is expanded into those of the interfaces, port 0 is the real one
 */
GPtrArray *mesh_listener_dup_addresses (MeshListener *listener) G_GNUC_WARN_UNUSED_RESULT;
void mesh_listener_close (MeshListener *listener);

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
