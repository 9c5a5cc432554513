/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "proxy/shoal-proxy-object.h"

#define SHOAL_TYPE_UPDATE (shoal_update_get_type ())
G_DECLARE_FINAL_TYPE (ShoalUpdate, shoal_update, SHOAL, UPDATE, ShoalProxyObject)

/*
 * A release on its way to an app, or the first install of one.
 *
 * Read-only properties. Texts for people: name, version-text, status-text, saved-text,
 * error-text, release-notes. Plain: app-id, icon-path, new-version, state, is-staged,
 * is-pending (anything but staged and applied), is-failed, is-first, can-fetch,
 * can-retry, can-cancel, can-apply, can-skip, has-progress, has-notes, progress (0.0
 * to 1.0), target (the app id, for actions), and app, the #ShoalApp once there is one.
 */

/**
 * shoal_update_new:
 * @proxy: the org.shoal.Shoal1.Update
 *
 * Returns: (transfer full): the model
 */
ShoalUpdate *shoal_update_new (GDBusProxy *proxy) G_GNUC_WARN_UNUSED_RESULT;

/**
 * shoal_update_set_app:
 * @self: an update
 * @app: (nullable): the app it belongs to. App and update keep each other alive: who
 * links them (the client) also unlinks them
 */
void shoal_update_set_app (ShoalUpdate *self, GObject *app);

char *shoal_update_dup_app_id (ShoalUpdate *self) G_GNUC_WARN_UNUSED_RESULT;
char *shoal_update_dup_name (ShoalUpdate *self) G_GNUC_WARN_UNUSED_RESULT;
char *shoal_update_dup_new_version (ShoalUpdate *self) G_GNUC_WARN_UNUSED_RESULT;
gboolean shoal_update_is_staged (ShoalUpdate *self);
