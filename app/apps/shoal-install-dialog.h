/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <adwaita.h>

#include "model/shoal-client.h"

#define SHOAL_TYPE_INSTALL_DIALOG (shoal_install_dialog_get_type ())
G_DECLARE_FINAL_TYPE (ShoalInstallDialog,
                      shoal_install_dialog,
                      SHOAL,
                      INSTALL_DIALOG,
                      AdwWindow)

/*
 * Finds an app by words, id or link, shows its release, and installs it when the person
 * agrees. It closes itself then.
 */

/**
 * shoal_install_dialog_new:
 * @parent: the window it belongs to
 * @client: where to look
 * @target: (nullable): a link or app id to begin with in place of the search
 *
 * Returns: (transfer none): the dialog, not shown yet; GTK owns it until it is closed
 */
GtkWidget *
shoal_install_dialog_new (GtkWindow *parent, ShoalClient *client, const char *target);

/**
 * shoal_install_dialog_is_target:
 * @text: what somebody typed or opened
 *
 * Returns: whether it is a shoal: link, an app id ("org.example.App", also with @version)
 *   or an absolute path, and not words to search for
 */
gboolean shoal_install_dialog_is_target (const char *text);
