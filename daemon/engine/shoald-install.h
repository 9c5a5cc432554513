/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "engine/shoald-engine.h"

/* From a link, an id or a file to an installed app. */

typedef struct
{
  const char *channel;     /* (nullable): that of the link, or "stable" */
  const char *fingerprint; /* (nullable): which the key file must have */
  gboolean is_applying;    /* FALSE: stop when it is staged */
} ShoaldInstallOptions;

/**
 * shoald_install:
 * @target: "shoal:" link, app id, "id@version" or absolute path of a signed manifest
 * @error: %SHOALD_ERROR_ARGUMENT, %MESH_ERROR_WRONG_STATE when the app is installed
 *
 * Returns: (transfer none) (nullable): the job
 */
ShoaldJob *shoald_install (ShoaldEngine *engine,
                           const char *target,
                           const ShoaldInstallOptions *options,
                           GError **error);

/**
 * shoald_install_inspect_async:
 * @channel: (nullable)
 *
 * Finds and verifies what shoald_install() would install.
 */
void shoald_install_inspect_async (ShoaldEngine *engine,
                                   const char *target,
                                   const char *channel,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);

/**
 * shoald_install_inspect_finish:
 *
 * Returns: (transfer full) (nullable): a{sv} as Manager.Inspect() gives it
 */
GVariant *shoald_install_inspect_finish (ShoaldEngine *engine,
                                         GAsyncResult *result,
                                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
