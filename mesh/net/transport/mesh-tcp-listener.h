/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "net/iface/mesh-transport.h"

G_BEGIN_DECLS

#define MESH_TYPE_TCP_LISTENER (mesh_tcp_listener_get_type ())

/* A listening TCP socket. Accepts at most 32 connections in one turn of the main loop;
 * when the system has no more descriptors it pauses for a second. */
G_DECLARE_FINAL_TYPE (MeshTcpListener,
                      mesh_tcp_listener,
                      MESH,
                      TCP_LISTENER,
                      MeshListener)

/**
 * mesh_tcp_listener_new:
 * @address: where
 * @error: %MESH_ERROR_EXISTS when the address is in use, %MESH_ERROR_IO
 *
 * Returns: (transfer full) (nullable): the listener
 */
MeshListener *mesh_tcp_listener_new (GInetSocketAddress *address,
                                     MeshListenerFunc func,
                                     gpointer user_data,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_tcp_listener_multiaddr:
 * @address: an IP address and port
 *
 * Returns: (transfer full) (nullable): "/ip4/…/tcp/N" or "/ip6/…/tcp/N"; an IPv4 address
 *   mapped into IPv6 is written as IPv4
 */
MeshMultiaddr *
mesh_tcp_listener_multiaddr (GSocketAddress *address) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
