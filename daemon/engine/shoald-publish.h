/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "engine/shoald-engine.h"

/* What an author does: keys and releases. */

typedef struct
{
  MeshPublishOptions publish;  /* key_paths and new_key_paths are not used */
  const char *const *keys;     /* (nullable): names of keys; %NULL: "default" */
  const char *const *new_keys; /* (nullable): names of the keys from now on */
  const char *output;          /* (nullable): where the signed manifest is written too */
} ShoaldPublishOptions;

/**
 * shoald_publish:
 * @directory: absolute path
 * @options: copied
 * @error: %SHOALD_ERROR_ARGUMENT, NOT_READY, STOPPING, %MESH_ERROR_BUSY
 *
 * Returns: (transfer none) (nullable): the job
 */
ShoaldJob *shoald_publish (ShoaldEngine *engine,
                           const char *directory,
                           const ShoaldPublishOptions *options,
                           GError **error);

/**
 * shoald_publish_create_key:
 * @error: %SHOALD_ERROR_ARGUMENT (the name), %MESH_ERROR_EXISTS, %MESH_ERROR_IO
 *
 * Returns: (transfer full) (nullable): the fingerprint of the new key
 */
char *shoald_publish_create_key (ShoaldEngine *engine,
                                 const char *name,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * shoald_publish_list_keys:
 *
 * Returns: (transfer floating) (nullable): aa{sv} as Manager.ListKeys() gives it
 */
GVariant *shoald_publish_list_keys (ShoaldEngine *engine, GError **error);
