/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <adwaita.h>

#include "model/shoal-split-view.h"

#define SHOAL_TYPE_SPLIT_VIEW_DIALOG (shoal_split_view_dialog_get_type ())
G_DECLARE_FINAL_TYPE (ShoalSplitViewDialog,
                      shoal_split_view_dialog,
                      SHOAL,
                      SPLIT_VIEW_DIALOG,
                      AdwWindow)

/*
 * What the Master Server and the mesh say differently, with the evidence and what to do.
 * Dismissing activates win.dismiss-split-view of the parent. Property: split-view.
 */

/**
 * shoal_split_view_dialog_new:
 * @parent: the window it belongs to
 * @split_view: what to show
 *
 * Returns: (transfer none): the dialog, not shown yet; GTK owns it until it is closed
 */
GtkWidget *shoal_split_view_dialog_new (GtkWindow *parent, ShoalSplitView *split_view);
