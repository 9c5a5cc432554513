/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <adwaita.h>

#define SHOAL_TYPE_CONNECT_DIALOG (shoal_connect_dialog_get_type ())
G_DECLARE_FINAL_TYPE (ShoalConnectDialog,
                      shoal_connect_dialog,
                      SHOAL,
                      CONNECT_DIALOG,
                      AdwMessageDialog)

/* Asks for the address of a peer, and activates win.connect-to of its parent with it. */

/**
 * shoal_connect_dialog_new:
 * @parent: the window it belongs to
 *
 * Returns: (transfer none): the dialog, not shown yet; GTK owns it until it is closed
 */
GtkWidget *shoal_connect_dialog_new (GtkWindow *parent);
