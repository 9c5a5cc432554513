/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <libsoup/soup.h>

#include "master/shoald-master-limiter.h"
#include "master/shoald-master-metrics.h"

/* Watches every request of a SoupServer from its first byte to its last: deadlines for
 * head and body, size of the body, how many at once; and counts them for /metrics. */

#define SHOALD_MASTER_GUARD_MAX_OTHER_BODY 0 /* of anything but PUT /api/v1/updates */

typedef struct ShoaldMasterGuard ShoaldMasterGuard;

typedef struct
{
  guint max_requests;      /* in flight; more: 503 */
  guint header_timeout_s;  /* from the first byte to the end of the head */
  guint body_timeout_s;    /* of the whole body */
  gsize max_publish_bytes; /* body of PUT /api/v1/updates; more: 413 */
} ShoaldMasterGuardLimits;

/**
 * shoald_master_guard_new:
 * @server: watched as long as the guard lives
 * @limiter: not owned; outlives the guard
 */
ShoaldMasterGuard *
shoald_master_guard_new (SoupServer *server,
                         ShoaldMasterLimiter *limiter,
                         const ShoaldMasterGuardLimits *limits) G_GNUC_WARN_UNUSED_RESULT;
void shoald_master_guard_free (ShoaldMasterGuard *guard);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShoaldMasterGuard, shoald_master_guard_free)

void shoald_master_guard_collect (ShoaldMasterGuard *guard, ShoaldMasterMetrics *metrics);
