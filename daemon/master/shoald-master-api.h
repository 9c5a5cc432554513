/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <libsoup/soup.h>

#include "node/mesh.h"

#include "master/shoald-master-db.h"
#include "master/shoald-master-limiter.h"

/* /api/v1: releases in, releases and search results out. Each request is one job in the
 * worker pool. */

#define SHOALD_MASTER_API_MAX_PUBLISHING 4 /* at once; more: 503 */

typedef struct ShoaldMasterApi ShoaldMasterApi;

/**
 * shoald_master_api_new:
 * @server: gets the handlers
 * @limiter: not owned; outlives the server's requests
 * @registry: (nullable): whose listings a search finds too
 */
ShoaldMasterApi *shoald_master_api_new (SoupServer *server,
                                        ShoaldMasterDb *db,
                                        MeshWorkPool *pool,
                                        ShoaldMasterLimiter *limiter,
                                        MeshRegistry *registry) G_GNUC_WARN_UNUSED_RESULT;

/* Jobs in the pool go on and their answers are dropped. */
void shoald_master_api_free (ShoaldMasterApi *api);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShoaldMasterApi, shoald_master_api_free)
