/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "registry/mesh-registry-private.h"

/* Announcements by gossip: the two global topics. */

#define MESH_REGISTRY_TOPICS_MAX_PENDING 256 /* being judged; more are ignored */

/* Repeated at once, and then one at each upkeep: what every listener grants one author
 * (MESH_REGISTRY_JUDGE_AUTHOR_BURST) must do for new announcements as well. */
#define MESH_REGISTRY_TOPICS_MAX_REPEATS 16

/**
 * mesh_registry_topics_update:
 *
 * Subscribes while the registry shares and uses the mesh, else leaves the topics. Without
 * gossip it does nothing.
 */
void mesh_registry_topics_update (MeshRegistry *registry);

/* Publishes an announcement, if the topics are subscribed. Returns: to how many peers. */
guint
mesh_registry_topics_publish (MeshRegistry *registry, const char *topic, GBytes *data);

/**
 * mesh_registry_topics_repeat:
 *
 * Publishes again those of our own announcements that no one has been sent, the newest
 * first, while their topics have subscribers: called when one appears. A publication that
 * someone was sent is not repeated; who comes later asks for the news. At most
 * %MESH_REGISTRY_TOPICS_MAX_REPEATS at once.
 */
void mesh_registry_topics_repeat (MeshRegistry *registry);

/* Upkeep: one more may be repeated. */
void mesh_registry_topics_tick (MeshRegistry *registry);
