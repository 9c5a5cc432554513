/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <glib.h>

#include "peer/mesh-keypair.h"
#include "peer/mesh-multiaddr.h"

/* Where to begin: the user's own addresses and those a Master Server signed
 * (docs/protocols/discovery.md). A value without a clock; time is Unix time in seconds.
 *
 * The user's entries always count and are never touched by a signed list. A signed list
 * replaces the one before of the same key when its counter is not lower and it has not
 * expired; once it expires its entries are no longer given. */
typedef struct MeshBootstrapList MeshBootstrapList;

#define MESH_BOOTSTRAP_LIST_MAX_OWN 64       /* entries of the user */
#define MESH_BOOTSTRAP_LIST_MAX_SIGNED 64    /* addresses in a signed list */
#define MESH_BOOTSTRAP_LIST_MAX_BYTES 32768u /* of a signed list */
#define MESH_BOOTSTRAP_LIST_MAX_LIFE_S \
  (90 * 24 * 3600) /* expiry is at most so far off \
                    */
#define MESH_BOOTSTRAP_LIST_TYPE "shoal-bootstrap-1"

MeshBootstrapList *mesh_bootstrap_list_new (void) G_GNUC_WARN_UNUSED_RESULT;
void mesh_bootstrap_list_free (MeshBootstrapList *list);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshBootstrapList, mesh_bootstrap_list_free)

/**
 * mesh_bootstrap_list_add:
 * @text: a multiaddr that ends in /p2p/ID
 * @error: %MESH_ERROR_INVALID, %MESH_ERROR_UNSUPPORTED, %MESH_ERROR_EXISTS,
 *   %MESH_ERROR_LIMIT
 *
 * Adds an entry of the user.
 */
gboolean mesh_bootstrap_list_add (MeshBootstrapList *list,
                                  const char *text,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_bootstrap_list_remove:
 *
 * Returns: whether the user had such an entry
 */
gboolean mesh_bootstrap_list_remove (MeshBootstrapList *list, const char *text);

/**
 * mesh_bootstrap_list_set_own:
 * @texts: (array zero-terminated=1): replaces all entries of the user, or, with @error
 *   as mesh_bootstrap_list_add(), none
 */
gboolean mesh_bootstrap_list_set_own (MeshBootstrapList *list,
                                      const char *const *texts,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_bootstrap_list_dup_own:
 *
 * Returns: (transfer full): the user's entries in their order
 */
char **
mesh_bootstrap_list_dup_own (const MeshBootstrapList *list) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_bootstrap_list_pin:
 * @key: (nullable): 32 bytes: whose signed lists count; %NULL: the first one's, from then
 *   on. Another key drops the list that is there.
 */
void mesh_bootstrap_list_pin (MeshBootstrapList *list, const guint8 *key);

/**
 * mesh_bootstrap_list_get_pinned:
 *
 * Returns: (transfer none) (nullable): 32 bytes, for the caller to keep
 */
const guint8 *mesh_bootstrap_list_get_pinned (const MeshBootstrapList *list);

/**
 * mesh_bootstrap_list_take_signed:
 * @data: the answer of GET /api/v1/bootstrap, or what
 *   mesh_bootstrap_list_get_signed() gave in an earlier run
 * @error: %MESH_ERROR_INVALID, %MESH_ERROR_TOO_LARGE, %MESH_ERROR_BAD_SIGNATURE,
 *   %MESH_ERROR_UNKNOWN_KEY when it is not signed by the pinned key,
 *   %MESH_ERROR_EXPIRED, %MESH_ERROR_ROLLBACK when its counter is lower than one seen,
 *   %MESH_ERROR_MIXED when another list with the same counter was seen
 *
 * Pins the signing key if none is. On failure the list is as before.
 */
gboolean mesh_bootstrap_list_take_signed (MeshBootstrapList *list,
                                          const guint8 *data,
                                          gsize len,
                                          gint64 now_s,
                                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_bootstrap_list_get_signed:
 *
 * Returns: (transfer none) (nullable): the bytes taken last, to be kept over a restart
 */
GBytes *mesh_bootstrap_list_get_signed (const MeshBootstrapList *list);
guint64 mesh_bootstrap_list_get_counter (const MeshBootstrapList *list);

/**
 * mesh_bootstrap_list_dup_addresses:
 *
 * Returns: (transfer full): what to dial at @now_s: the user's entries, then those signed
 *   ones that are not among them
 */
char **mesh_bootstrap_list_dup_addresses (const MeshBootstrapList *list,
                                          gint64 now_s) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_bootstrap_list_sign:
 * @addresses: (array zero-terminated=1): multiaddrs that end in /p2p/ID, at most
 *   %MESH_BOOTSTRAP_LIST_MAX_SIGNED
 * @counter: goes up with each list that differs, from 1
 * @expires_s: Unix time
 *
 * The Master's side.
 *
 * Returns: (transfer full) (nullable): the canonical document, with
 *   %MESH_ERROR_INVALID or %MESH_ERROR_LIMIT
 */
GBytes *mesh_bootstrap_list_sign (const MeshKeypair *keypair,
                                  const char *const *addresses,
                                  guint64 counter,
                                  gint64 expires_s,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
