/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

/* master.db, as numbered migrations: step i leads from user_version i to i + 1. A step
 * that was released is never changed. */

#define SHOALD_MASTER_SCHEMA_VERSION 2

extern const char *const shoald_master_schema_steps[SHOALD_MASTER_SCHEMA_VERSION];
