/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "engine/shoald-engine.h"

/* What a transfer needs: a network that is held, a peer that was asked for by name, and a
 * source chain. */
typedef struct ShoaldFetch ShoaldFetch;

/**
 * shoald_fetch_open_async:
 * @root: (nullable): what is fetched
 * @peer: (nullable): a multiaddr to connect to first; a failure to is the transfer's only
 *   when no other source is there, so it is logged and passed over
 *
 * Waits until the bootstrap peers have answered.
 */
void shoald_fetch_open_async (ShoaldEngine *engine,
                              MeshCid *root,
                              MeshMultiaddr *peer,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
ShoaldFetch *
shoald_fetch_open_finish (GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Gives the network back. */
void shoald_fetch_free (ShoaldFetch *fetch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShoaldFetch, shoald_fetch_free)

/* (transfer none) */
MeshBlockSource *shoald_fetch_get_source (ShoaldFetch *fetch);

/**
 * shoald_fetch_build_sources:
 *
 * Returns: (transfer floating): who gave how much, aa{sv}, as in Transfer.Sources
 */
GVariant *shoald_fetch_build_sources (ShoaldFetch *fetch);

/**
 * shoald_fetch_describe_usage:
 * @usage: (element-type MeshSourceUsage): sorted by this call, the most first
 * @peers: for their names
 *
 * Returns: (transfer floating): the same for any list
 */
GVariant *shoald_fetch_describe_usage (GPtrArray *usage, ShoaldPeers *peers);
