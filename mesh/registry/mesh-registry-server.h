/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "net/host/mesh-host.h"
#include "registry/mesh-registry-index.h"

/* Answers peers: /shoal/search/1.0.0 from the index, /shoal/manifest/1.0.0 from the
 * releases in the ledger. */

#define MESH_REGISTRY_SERVER_MAX_SERVED 32    /* questions being answered at once... */
#define MESH_REGISTRY_SERVER_MAX_OF_PEER 4    /* ...of one peer */
#define MESH_REGISTRY_SERVER_RATE 8           /* questions of one peer each second... */
#define MESH_REGISTRY_SERVER_BURST 64         /* ...and at once */
#define MESH_REGISTRY_SERVER_MAX_TRACKED 1024 /* peers whose rate is remembered */
#define MESH_REGISTRY_SERVER_MAX_OFFSET 1000  /* how far a search goes on */

typedef struct MeshRegistryServer MeshRegistryServer;

MeshRegistryServer *
mesh_registry_server_new (MeshHost *host,
                          MeshRegistryDb *db,
                          MeshRegistryIndex *index) G_GNUC_WARN_UNUSED_RESULT;

/* Stops serving; answers under way are broken off. */
void mesh_registry_server_free (MeshRegistryServer *server);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshRegistryServer, mesh_registry_server_free)

void mesh_registry_server_set_serving (MeshRegistryServer *server, gboolean is_serving);
guint64 mesh_registry_server_get_n_refused (MeshRegistryServer *server);
