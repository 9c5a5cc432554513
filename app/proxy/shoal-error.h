/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <gio/gio.h>

/*
 * Sentences for people out of what the daemon and the bus report. The window shows
 * nothing else: a D-Bus error name never reaches the screen.
 */

/**
 * shoal_error_is:
 * @error: (nullable): any error
 * @name: last part of a daemon's error name, "NoSpace"
 *
 * Returns: whether @error is org.shoal.Shoal1.Error.@name
 */
gboolean shoal_error_is (const GError *error, const char *name);

/**
 * shoal_error_text:
 * @error: any error
 *
 * Returns: (transfer full): a translated sentence with its full stop
 */
char *shoal_error_text (const GError *error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * shoal_error_text_for_name:
 * @name: (nullable): a full D-Bus error name
 * @message: (nullable): what came with it
 *
 * Returns: (transfer full): a translated sentence for a known @name, else @message, else
 * a general sentence
 */
char *shoal_error_text_for_name (const char *name,
                                 const char *message) G_GNUC_WARN_UNUSED_RESULT;

/**
 * shoal_error_new_for_name:
 * @name: (nullable): a full D-Bus error name
 * @message: (nullable): what came with it
 *
 * Returns: (transfer full): the error as if a call had ended with it
 */
GError *shoal_error_new_for_name (const char *name,
                                  const char *message) G_GNUC_WARN_UNUSED_RESULT;
