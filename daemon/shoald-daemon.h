/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "shoald-options.h"

/* The life of the process: bus, name, engine and mini-master up in this order and down in
 * the other. Owned by main; lives in its main context. */
typedef struct ShoaldDaemon ShoaldDaemon;

/**
 * shoald_daemon_new:
 * @options: (transfer full)
 */
ShoaldDaemon *shoald_daemon_new (ShoaldOptions *options) G_GNUC_WARN_UNUSED_RESULT;
void shoald_daemon_free (ShoaldDaemon *daemon);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShoaldDaemon, shoald_daemon_free)

/**
 * ShoaldDaemonEnded:
 * @error: (nullable): why, unless it was asked to end; (transfer none)
 */
typedef void (*ShoaldDaemonEnded) (const GError *error, gpointer user_data);

/**
 * shoald_daemon_run:
 * @ended: called once, when everything is down: after a signal, Quit(), idleness or a
 *   failure
 */
void
shoald_daemon_run (ShoaldDaemon *daemon, ShoaldDaemonEnded ended, gpointer user_data);
