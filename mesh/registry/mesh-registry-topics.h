/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "registry/mesh-registry-private.h"

/* Announcements by gossip: the two global topics. */

#define MESH_REGISTRY_TOPICS_MAX_PENDING 256 /* being judged; more are ignored */

/**
 * mesh_registry_topics_update:
 *
 * Subscribes while the registry shares and uses the mesh, else leaves the topics. Without
 * gossip it does nothing.
 */
void mesh_registry_topics_update (MeshRegistry *registry);

/* Publishes an announcement, if the topics are subscribed. */
void mesh_registry_topics_publish (MeshRegistry *registry,
                                   const MeshAnnouncement *announcement,
                                   GBytes *data);
