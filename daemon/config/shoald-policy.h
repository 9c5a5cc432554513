/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <gio/gio.h>

#define SHOALD_TYPE_POLICY (shoald_policy_get_type ())

/**
 * ShoaldPolicy:
 *
 * What may be done on the network as it is now. Follows #GNetworkMonitor; ends with its
 * last reference. Signal "changed": one of the answers below is new.
 */
G_DECLARE_FINAL_TYPE (ShoaldPolicy, shoald_policy, SHOALD, POLICY, GObject)

/**
 * shoald_policy_new:
 * @monitor: usually g_network_monitor_get_default()
 * @metered_policy: "none", "serving" or "all"
 */
ShoaldPolicy *shoald_policy_new (GNetworkMonitor *monitor,
                                 const char *metered_policy) G_GNUC_WARN_UNUSED_RESULT;

void shoald_policy_set_metered_policy (ShoaldPolicy *policy, const char *metered_policy);

/**
 * shoald_policy_is_metered:
 *
 * Returns: what the monitor says
 */
gboolean shoald_policy_is_metered (ShoaldPolicy *policy);

/**
 * shoald_policy_may_serve:
 *
 * Returns: whether content may be uploaded now, as far as the network is concerned
 */
gboolean shoald_policy_may_serve (ShoaldPolicy *policy);

/**
 * shoald_policy_may_fetch_unasked:
 *
 * Returns: whether updates may be fetched that nobody asked for
 */
gboolean shoald_policy_may_fetch_unasked (ShoaldPolicy *policy);
