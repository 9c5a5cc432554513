/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <gio/gio.h>

#define SHOAL_TYPE_RELEASE (shoal_release_get_type ())
G_DECLARE_FINAL_TYPE (ShoalRelease, shoal_release, SHOAL, RELEASE, GObject)

/*
 * A release that can be installed: a result of Search(), or the answer of Inspect(). A
 * value; read-only properties: app-id, name, summary, version, publishers-text,
 * size-text, source-text, trust-text, release-notes, subtitle, installed-version,
 * is-installed, is-trusted, has-notes, has-summary. What Search() says has not been
 * verified.
 */

/**
 * shoal_release_new:
 * @info: a dictionary (a{sv}) as Inspect() or Search() answers
 *
 * Returns: (transfer full): the value
 */
ShoalRelease *shoal_release_new (GVariant *info) G_GNUC_WARN_UNUSED_RESULT;

/**
 * shoal_release_get_app_id:
 * @self: a release
 *
 * Returns: the id of the app, "" when the answer had none
 */
const char *shoal_release_get_app_id (ShoalRelease *self);

/**
 * shoal_release_get_name:
 * @self: a release
 *
 * Returns: the name of the app for people, its id when it has none
 */
const char *shoal_release_get_name (ShoalRelease *self);

/**
 * shoal_release_get_publisher:
 * @self: a release
 *
 * Returns: (nullable): fingerprint of the first publisher key
 */
const char *shoal_release_get_publisher (ShoalRelease *self);
