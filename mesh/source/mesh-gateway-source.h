/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <gio/gio.h>

#include "store/mesh-block-source.h"
#include "store/mesh-store.h"
#include "work/mesh-work-pool.h"

/**
 * MeshGatewaySource:
 *
 * A #MeshBlockSource over a trustless HTTP gateway
 * (https://specs.ipfs.tech/http-gateways/trustless-gateway/): each block is asked for as
 * `GET /ipfs/CID?format=raw` and verified against its CID in the worker pool. The
 * gateway need not be trusted.
 *
 * Errors: %MESH_ERROR_NOT_FOUND (404, 410), %MESH_ERROR_BUSY (429, 503),
 * %MESH_ERROR_UNREACHABLE (no connection, other 5xx), %MESH_ERROR_TIMED_OUT,
 * %MESH_ERROR_AUTH (bad TLS certificate), %MESH_ERROR_TOO_LARGE,
 * %MESH_ERROR_MISMATCH (the bytes are not the block), %MESH_ERROR_REFUSED (other 4xx).
 */
#define MESH_TYPE_GATEWAY_SOURCE (mesh_gateway_source_get_type ())
G_DECLARE_FINAL_TYPE (MeshGatewaySource,
                      mesh_gateway_source,
                      MESH,
                      GATEWAY_SOURCE,
                      GObject)

#define MESH_GATEWAY_SOURCE_MAX_BLOCK_BYTES (4u << 20)
#define MESH_GATEWAY_SOURCE_MAX_IN_FLIGHT 8 /* requests on the wire; others wait */
#define MESH_GATEWAY_SOURCE_MAX_WAITING 4096
#define MESH_GATEWAY_SOURCE_TIMEOUT_S 15 /* of silence */

/**
 * mesh_gateway_source_new:
 * @url: http or https base, for example "https://gateway.example:8443"
 * @store: (nullable): verified blocks are put there before they are returned
 *
 * Returns: (nullable): %NULL with %MESH_ERROR_INVALID when @url cannot be used
 */
MeshGatewaySource *mesh_gateway_source_new (const char *url,
                                            MeshStore *store,
                                            MeshWorkPool *pool,
                                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

const char *mesh_gateway_source_get_url (MeshGatewaySource *self);
