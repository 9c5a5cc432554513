/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <gio/gio.h>

#include "model/shoal-client.h"

#define SHOAL_TYPE_NOTIFIER (shoal_notifier_get_type ())
G_DECLARE_FINAL_TYPE (ShoalNotifier, shoal_notifier, SHOAL, NOTIFIER, GObject)

/*
 * A desktop notification, with a button that applies it, for each update that is staged;
 * taken back when the update is applied, skipped or gone.
 */

/**
 * shoal_notifier_new:
 * @application: sends the notifications; not referenced, and must live longer
 * @client: whose updates
 *
 * Returns: (transfer full): the notifier
 */
ShoalNotifier *shoal_notifier_new (GApplication *application,
                                   ShoalClient *client) G_GNUC_WARN_UNUSED_RESULT;
