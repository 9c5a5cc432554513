/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <gtk/gtk.h>

#define SHOAL_TYPE_COPY_BUTTON (shoal_copy_button_get_type ())
G_DECLARE_FINAL_TYPE (ShoalCopyButton, shoal_copy_button, SHOAL, COPY_BUTTON, GtkButton)

/*
 * A button that copies a text. Property: text (nullable); without one it cannot be
 * pressed. It says "Copied" for a moment by its icon and to a screen reader.
 */
