/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "engine/shoald-job.h"

/* Where objects are on the bus. All (transfer full). */

/**
 * shoald_bus_path_escape:
 * @id: any text
 *
 * Returns: @id with every byte but letters and digits written _XX; "_" when it is empty
 */
char *shoald_bus_path_escape (const char *id) G_GNUC_WARN_UNUSED_RESULT;
char *shoald_bus_path_for_app (const char *app_id) G_GNUC_WARN_UNUSED_RESULT;
char *shoald_bus_path_for_update (const char *app_id) G_GNUC_WARN_UNUSED_RESULT;
char *shoald_bus_path_for_peer (const char *peer_id) G_GNUC_WARN_UNUSED_RESULT;
char *shoald_bus_path_for_job (ShoaldJob *job) G_GNUC_WARN_UNUSED_RESULT;
