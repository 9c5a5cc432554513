/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <libsoup/soup.h>

/* Accepts connections for a SoupServer, at most so many, each with a time-out for every
 * wait on its socket: a client that sends nothing or takes nothing is closed. */

typedef struct ShoaldMasterListener ShoaldMasterListener;

/**
 * shoald_master_listener_new:
 * @server: kept
 * @text: "ADDR:PORT", "[ADDR]:PORT"; port 0: any that is free
 * @max_connections: more are closed at once
 * @timeout_s: of one wait
 *
 * Returns: (transfer full): listening, or %NULL with %MESH_ERROR_INVALID (@text),
 *   %MESH_ERROR_BUSY (in use) or %MESH_ERROR_IO
 */
ShoaldMasterListener *
shoald_master_listener_new (SoupServer *server,
                            const char *text,
                            guint max_connections,
                            guint timeout_s,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Stops listening; connections that are open stay with the server. */
void shoald_master_listener_free (ShoaldMasterListener *listener);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShoaldMasterListener, shoald_master_listener_free)

/**
 * shoald_master_listener_get_address:
 *
 * Returns: (transfer none): "ADDR:PORT" with the real port
 */
const char *shoald_master_listener_get_address (ShoaldMasterListener *listener);

guint shoald_master_listener_get_n_connections (ShoaldMasterListener *listener);

/**
 * shoald_master_listener_get_socket:
 * @remote_address: (nullable): of a message that came through a listener
 *
 * Returns: (transfer none) (nullable): its socket
 */
GSocket *shoald_master_listener_get_socket (GSocketAddress *remote_address);
