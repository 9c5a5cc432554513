/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "net/host/mesh-host.h"

G_BEGIN_DECLS

#define MESH_TYPE_PING_SERVICE (mesh_ping_service_get_type ())

/**
 * MeshPingService:
 *
 * Echoes the pings of peers, and measures the latency of each connection every
 * ping_interval_us of the host's options; see mesh_connection_get_latency_us(). Keeps a
 * reference on the host; ends with the last reference.
 */
G_DECLARE_FINAL_TYPE (MeshPingService, mesh_ping_service, MESH, PING_SERVICE, GObject)

/* A ping without an answer for so long has failed. */
#define MESH_PING_SERVICE_TIMEOUT_US (10 * G_USEC_PER_SEC)
/* A peer may have so many ping streams to us (specs/ping). */
#define MESH_PING_SERVICE_MAX_STREAMS 2
/* An inbound ping stream that is silent for so long is dropped. */
#define MESH_PING_SERVICE_IDLE_US (60 * G_USEC_PER_SEC)

MeshPingService *mesh_ping_service_new (MeshHost *host) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_ping_service_ping_async:
 * @connection: of the service's host
 *
 * Measures one round trip now; it counts for the connection's latency.
 */
void mesh_ping_service_ping_async (MeshPingService *self,
                                   MeshConnection *connection,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);

/**
 * mesh_ping_service_ping_finish:
 * @error: %MESH_ERROR_TIMED_OUT, %MESH_ERROR_PROTOCOL, or as
 * mesh_host_open_stream_finish()
 *
 * Returns: the round-trip time, -1 on error
 */
gint64 mesh_ping_service_ping_finish (MeshPingService *self,
                                      GAsyncResult *result,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
