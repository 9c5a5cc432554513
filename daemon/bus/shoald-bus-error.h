/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <gio/gio.h>

/**
 * shoald_bus_error_dup_name:
 * @error: of any domain
 *
 * Returns: (transfer full): its D-Bus name
 */
char *shoald_bus_error_dup_name (const GError *error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * shoald_bus_error_name_nick:
 * @nick: (nullable): a name without its prefix, as the update engine keeps it
 *
 * Returns: (transfer full): the D-Bus name; "" for none
 */
char *shoald_bus_error_name_nick (const char *nick) G_GNUC_WARN_UNUSED_RESULT;

/**
 * shoald_bus_error_return:
 * @invocation: (transfer full): ends with the error
 * @error: (transfer full): what went wrong
 *
 * Returns: %TRUE, for handlers to return
 */
gboolean shoald_bus_error_return (GDBusMethodInvocation *invocation, GError *error);
