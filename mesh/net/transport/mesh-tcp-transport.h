/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "net/iface/mesh-transport.h"

G_BEGIN_DECLS

#define MESH_TYPE_TCP_TRANSPORT (mesh_tcp_transport_get_type ())

/**
 * MeshTcpTransport:
 *
 * Addresses "/ip4/…/tcp/N", "/ip6/…/tcp/N" (with "/ip6zone" before it for link-local
 * ones) and "/dns/…/tcp/N", "/dns4", "/dns6", with or without "/p2p" at the end.
 */
G_DECLARE_FINAL_TYPE (MeshTcpTransport, mesh_tcp_transport, MESH, TCP_TRANSPORT, GObject)

/* A name is tried at so many of its addresses, one after the other, so long each. */
#define MESH_TCP_TRANSPORT_MAX_RESOLVED 4
#define MESH_TCP_TRANSPORT_ATTEMPT_S 4

MeshTransport *mesh_tcp_transport_new (void) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
