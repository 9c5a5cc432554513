/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "net/host/mesh-host.h"

/* For the services in net/protocol. */

/**
 * mesh_host_open_stream_on_async:
 *
 * @first: (nullable): as in mesh_host_ask_async()
 *
 * As mesh_host_open_stream_async() on one connection; the stream does not keep it from
 * being idle. Finish with mesh_host_open_stream_finish().
 */
void mesh_host_open_stream_on_async (MeshHost *host,
                                     MeshConnection *connection,
                                     const char *const *protocols,
                                     GBytes *first,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);

/**
 * mesh_host_set_service_handler:
 *
 * As mesh_host_set_handler(), for streams that do not keep a connection from being idle.
 */
void mesh_host_set_service_handler (MeshHost *host,
                                    const char *protocol,
                                    MeshHandler handler,
                                    gpointer user_data);

/* Emits "peer-identified". */
void mesh_host_emit_identified (MeshHost *host, MeshConnection *connection);
const MeshHostOptions *mesh_host_get_options (MeshHost *host);
