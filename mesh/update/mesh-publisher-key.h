/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <glib.h>

#include "peer/mesh-keypair.h"

/* Publisher keys on disk: one file per key, `NAME.key`, mode 0600, holding the 32 secret
 * bytes in hex and a newline. Small and rare, so these calls are not async. */

#define MESH_PUBLISHER_KEY_MAX_NAME_LEN 64
#define MESH_PUBLISHER_KEY_MAX_KEYS 256    /* listed */
#define MESH_PUBLISHER_KEY_DIR "publisher" /* in the data folder */

typedef struct
{
  char *name;                /* (owned): without ".key" */
  char *path;                /* (owned) */
  MeshPublicKey *public_key; /* (owned) */
} MeshPublisherKey;

void mesh_publisher_key_free (MeshPublisherKey *key);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshPublisherKey, mesh_publisher_key_free)

/**
 * mesh_publisher_key_create:
 * @dir: made with mode 0700 if missing
 * @name: letters, digits, '-', '_' and '.', not starting with '.'
 *
 * Draws a new key and writes it: temporary file, fsync, link, so an existing key is never
 * replaced (%MESH_ERROR_EXISTS).
 */
MeshPublisherKey *mesh_publisher_key_create (const char *dir,
                                             const char *name,
                                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_publisher_key_list:
 *
 * Returns: (transfer full) (element-type MeshPublisherKey): the keys in @dir that can be
 *   read, in order of name; empty when there is no such folder
 */
GPtrArray *
mesh_publisher_key_list (const char *dir, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_publisher_key_load:
 * @path: a key file
 *
 * Also reads a file of 32 raw bytes. %MESH_ERROR_AUTH when group or others have any right
 * to the file, %MESH_ERROR_NOT_FOUND, %MESH_ERROR_INVALID or %MESH_ERROR_IO.
 */
MeshKeypair *
mesh_publisher_key_load (const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
