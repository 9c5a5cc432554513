/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "engine/shoald-engine.h"

/* One address of the setting "bootstrap" at a time, so that two programs that each add
 * one do not undo each other's. */

/**
 * shoald_bootstrap_add_async:
 * @address: a multiaddr with /p2p
 *
 * Fails as shoald_engine_set_config_async(). An address that is there is no error.
 */
void shoald_bootstrap_add_async (ShoaldEngine *engine,
                                 const char *address,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);

/**
 * shoald_bootstrap_remove_async:
 *
 * Fails with %MESH_ERROR_NOT_FOUND, and as shoald_engine_set_config_async().
 */
void shoald_bootstrap_remove_async (ShoaldEngine *engine,
                                    const char *address,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);

/* Of both. */
gboolean shoald_bootstrap_finish (ShoaldEngine *engine,
                                  GAsyncResult *result,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
