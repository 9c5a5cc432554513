/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "update/mesh-update-engine-private.h"

/* Between the engine and the registry: what this node has is told to the registry, what
 * the registry hears of installed apps leads to a check, and announcements of this node's
 * publisher are signed. */

/**
 * mesh_update_announce_watch:
 *
 * Listens to the registry from now on.
 */
void mesh_update_announce_watch (MeshUpdateEngine *engine);

/**
 * mesh_update_announce_track:
 *
 * After @entry's record changed: the release that peers are given is the newest that is
 * published or installed here.
 */
void mesh_update_announce_track (MeshUpdateEngine *engine, MeshUpdateEntry *entry);

/**
 * mesh_update_announce_renewed:
 * @found: what a check found
 *
 * When it is what is installed, signed again, peers are given this from now on: what was
 * signed before expires.
 */
void mesh_update_announce_renewed (MeshUpdateEngine *engine,
                                   MeshUpdateEntry *entry,
                                   const MeshRegistryFound *found);

/**
 * mesh_update_announce_sign:
 * @release: signed
 * @keypairs: (element-type MeshKeypair): that signed it
 *
 * For the worker.
 *
 * Returns: (transfer full) (nullable): %NULL, with a warning, when the release can't be
 *   announced
 */
MeshAnnouncement *
mesh_update_announce_sign (const MeshSignedManifest *release,
                           const char *publisher,
                           GPtrArray *keypairs) G_GNUC_WARN_UNUSED_RESULT;
