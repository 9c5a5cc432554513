/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <gio/gio.h>

/**
 * shoalctl_progress_format:
 * @properties: a{sv}, of a Transfer or an Operation
 * @width: columns of the terminal
 *
 * The one line that is redrawn while something runs: step, bar, bytes, rate, time left
 * and, as far as there is room, who gives how much.
 *
 * Returns: (transfer full): at most @width - 1 columns, without a newline
 */
char *
shoalctl_progress_format (GVariant *properties, guint width) G_GNUC_WARN_UNUSED_RESULT;
