/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "registry/mesh-registry-private.h"

/* Catching up: what neighbours learned while this node was away. */

#define MESH_REGISTRY_NEWS_EVERY_US (30 * G_TIME_SPAN_MINUTE) /* of one neighbour */
#define MESH_REGISTRY_NEWS_MAX_READING 2                      /* neighbours at once */
#define MESH_REGISTRY_NEWS_MAX_PAGES 20 /* of one neighbour at once */
#define MESH_REGISTRY_NEWS_MAX_REMEMBERED 1024

/**
 * mesh_registry_news_read:
 *
 * Reads the news of connected neighbours whose turn it is.
 */
void mesh_registry_news_read (MeshRegistry *registry);
