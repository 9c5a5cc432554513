/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "net/host/mesh-host.h"

G_BEGIN_DECLS

#define MESH_TYPE_IDENTIFY_SERVICE (mesh_identify_service_get_type ())

/**
 * MeshIdentifyService:
 *
 * Asks each new peer who it is, answers the same question, and pushes what changed when
 * protocols or addresses of the host change. What a peer said is found in
 * mesh_connection_get_peer_info(). A peer that claims another key than it has proven is
 * disconnected. Keeps a reference on the host; ends with the last reference.
 */
G_DECLARE_FINAL_TYPE (MeshIdentifyService,
                      mesh_identify_service,
                      MESH,
                      IDENTIFY_SERVICE,
                      GObject)

/* Asking and answering may take so long. */
#define MESH_IDENTIFY_SERVICE_TIMEOUT_US (10 * G_USEC_PER_SEC)

MeshIdentifyService *mesh_identify_service_new (MeshHost *host) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
