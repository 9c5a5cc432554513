/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "engine/shoald-engine.h"

#define SHOALD_PROVIDERS_DEFAULT_LIMIT 20
#define SHOALD_PROVIDERS_MAX_LIMIT 200
#define SHOALD_PROVIDERS_DEFAULT_WAIT_MS 60000
#define SHOALD_PROVIDERS_MIN_WAIT_MS 1000
#define SHOALD_PROVIDERS_MAX_WAIT_MS 300000

typedef struct
{
  const char *target; /* a CID, "/ipfs/CID" or an app id */
  guint limit;        /* enough when so many are found */
  guint wait_ms;
} ShoaldProvidersOptions;

/**
 * shoald_providers_parse:
 * @target: as in the options
 * @error: %SHOALD_ERROR_ARGUMENT
 *
 * Returns: (transfer full) (nullable): the key of the hash table that is meant
 */
MeshCid *
shoald_providers_parse (const char *target, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * shoald_providers_start:
 *
 * Begins an operation of kind "providers". Fails with %SHOALD_ERROR_ARGUMENT or when the
 * node is not running; the job fails with %MESH_ERROR_WRONG_STATE (the hash table is off
 * and nobody is connected) or %MESH_ERROR_UNREACHABLE (nobody could be asked).
 *
 * Returns: (transfer none) (nullable): the job
 */
ShoaldJob *shoald_providers_start (ShoaldEngine *engine,
                                   const ShoaldProvidersOptions *options,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
