/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <libsoup/soup.h>

#include "node/mesh.h"

/* /ipfs: a trustless gateway to what this node shares. It never looks elsewhere: what is
 * not here, or not shared, is 404. */

#define SHOALD_MASTER_GATEWAY_MAX_STREAMS 32 /* CAR answers at once; more: 503 */

typedef struct ShoaldMasterGateway ShoaldMasterGateway;

ShoaldMasterGateway *
shoald_master_gateway_new (SoupServer *server,
                           MeshStore *store) G_GNUC_WARN_UNUSED_RESULT;

/* Answers in progress end when the server cuts their connections. */
void shoald_master_gateway_free (ShoaldMasterGateway *gateway);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShoaldMasterGateway, shoald_master_gateway_free)
