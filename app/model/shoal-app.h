/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "proxy/shoal-proxy-object.h"
#include "model/shoal-split-view.h"
#include "model/shoal-update.h"

#define SHOAL_TYPE_APP (shoal_app_get_type ())
G_DECLARE_FINAL_TYPE (ShoalApp, shoal_app, SHOAL, APP, ShoalProxyObject)

/*
 * An app that is installed, or about to be.
 *
 * Read-only properties. Texts for people: name, summary, subtitle, status-text,
 * size-text, installed-text, publishers-text, source-text, release-notes, warning-text.
 * Plain: id, icon-path, installed-version, previous-version, skipped-version, channel,
 * is-installed, is-busy, is-held, can-launch, can-roll-back, can-remove, can-check,
 * has-summary, has-notes, has-skipped, has-warning, target (the id, for actions), update,
 * the #ShoalUpdate if there is one, and split-view, the #ShoalSplitView about it if there
 * is.
 */

/**
 * shoal_app_new:
 * @proxy: the org.shoal.Shoal1.App
 *
 * Returns: (transfer full): the model
 */
ShoalApp *shoal_app_new (GDBusProxy *proxy) G_GNUC_WARN_UNUSED_RESULT;

/**
 * shoal_app_set_update:
 * @self: an app
 * @update: (nullable): its update; see shoal_update_set_app() on who unlinks them
 */
void shoal_app_set_update (ShoalApp *self, ShoalUpdate *update);

/**
 * shoal_app_get_update:
 * @self: an app
 *
 * Returns: (transfer none) (nullable): its update
 */
ShoalUpdate *shoal_app_get_update (ShoalApp *self);

char *shoal_app_dup_id (ShoalApp *self) G_GNUC_WARN_UNUSED_RESULT;
char *shoal_app_dup_name (ShoalApp *self) G_GNUC_WARN_UNUSED_RESULT;
gboolean shoal_app_is_held (ShoalApp *self);

/**
 * shoal_app_set_split_view:
 * @self: an app
 * @split_view: (nullable): what there is to warn of
 */
void shoal_app_set_split_view (ShoalApp *self, ShoalSplitView *split_view);
