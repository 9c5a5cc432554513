/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <adwaita.h>

#define SHOAL_TYPE_COPY_ROW (shoal_copy_row_get_type ())
G_DECLARE_FINAL_TYPE (ShoalCopyRow, shoal_copy_row, SHOAL, COPY_ROW, AdwActionRow)

/*
 * A row with a title, a text that can be selected, and a button that copies it. Property:
 * text.
 */

/**
 * shoal_copy_row_new:
 * @title: (nullable): what the text is
 * @text: the text
 *
 * Returns: (transfer floating): the row
 */
GtkWidget *shoal_copy_row_new (const char *title, const char *text);
