/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <adwaita.h>

/**
 * shoal_toast_new:
 * @text: a sentence, which may hold what others have said: it is no markup
 *
 * Returns: (transfer full): a toast that stays long enough to be read
 */
AdwToast *shoal_toast_new (const char *text) G_GNUC_WARN_UNUSED_RESULT;
