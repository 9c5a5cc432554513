/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <gio/gio.h>

#include "mdns/mesh-interfaces.h"

/* A multicast DNS socket on one interface and one IP family. It is bound to the group's
 * address, so that nothing reaches it but multicast of that link. Other programs and
 * other sockets of ours share the port. */
typedef struct MeshMdnsSocket MeshMdnsSocket;

#define MESH_MDNS_SOCKET_MAX_PACKETS 32 /* read before others have their turn */

/* @source: 4 or 16 bytes */
typedef void (*MeshMdnsSocketFunc) (MeshMdnsSocket *socket,
                                    const guint8 *source,
                                    gsize source_len,
                                    const guint8 *data,
                                    gsize len,
                                    gpointer user_data);

/**
 * mesh_mdns_socket_new:
 * @family: IPv4 (224.0.0.251) or IPv6 (ff02::fb)
 * @port: 5353
 * @func: called for each packet, our own included; must not free the socket
 * @error: as from GIO
 */
MeshMdnsSocket *mesh_mdns_socket_new (const MeshInterface *interface,
                                      GSocketFamily family,
                                      guint16 port,
                                      MeshMdnsSocketFunc func,
                                      gpointer user_data,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
void mesh_mdns_socket_free (MeshMdnsSocket *socket);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshMdnsSocket, mesh_mdns_socket_free)

/**
 * mesh_mdns_socket_get_link:
 *
 * Returns: a number for this interface and family
 */
guint mesh_mdns_socket_get_link (const MeshMdnsSocket *socket);
guint mesh_mdns_socket_make_link (const MeshInterface *interface, GSocketFamily family);

/**
 * mesh_mdns_socket_send:
 *
 * To the group. A packet that can not be sent now is lost, as any may be.
 */
gboolean mesh_mdns_socket_send (MeshMdnsSocket *socket, GBytes *packet, GError **error);
