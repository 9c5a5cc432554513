/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <glib.h>

/* Makes the .desktop file that goes into the menu out of the one an app brings. Pure.
 *
 * Kept: what the entry says about itself (names, comments, keywords, categories, MIME
 * types, StartupWMClass …) and the field codes of Exec. Exec and Icon are ours; TryExec,
 * Path, DBusActivatable, Actions and everything unknown is left out, so the menu can run
 * nothing but the app's own program. */

#define MESH_DESKTOP_ENTRY_MAX_BYTES (256u * 1024)

/**
 * mesh_desktop_entry_rewrite:
 * @text: (nullable): the app's own file; %NULL makes a plain one
 * @len: its length, at most %MESH_DESKTOP_ENTRY_MAX_BYTES
 * @app_id: which app it is
 * @name: its name, when @text has none
 * @exec: absolute path of the program
 * @icon: (nullable): absolute path of the icon
 *
 * Returns: (transfer full): the new file, or %NULL with %MESH_ERROR_INVALID when @text is
 *   no desktop entry of an application
 */
char *mesh_desktop_entry_rewrite (const char *text,
                                  gsize len,
                                  const char *app_id,
                                  const char *name,
                                  const char *exec,
                                  const char *icon,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
