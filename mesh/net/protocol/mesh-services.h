/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "net/host/mesh-host.h"
#include "net/protocol/mesh-ping-service.h"

/* What every node serves: identify, identify push and ping. Made right after the host,
 * before it listens or connects; freed before the host is let go. */
typedef struct MeshServices MeshServices;

MeshServices *mesh_services_new (MeshHost *host) G_GNUC_WARN_UNUSED_RESULT;
void mesh_services_free (MeshServices *services);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshServices, mesh_services_free)

/**
 * mesh_services_get_ping:
 *
 * Returns: (transfer none): to ping a peer now
 */
MeshPingService *mesh_services_get_ping (MeshServices *services);
