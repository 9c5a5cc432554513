/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <adwaita.h>

#include "model/shoal-client.h"

/**
 * shoal_network_actions_add:
 * @window: the window that gets the actions, and over which the dialog is shown
 * @client: where they go; it lives as long as the window
 *
 * Adds connect (opens the dialog), connect-to (target: a multiaddr) and disconnect
 * (target: a peer id).
 */
void shoal_network_actions_add (GtkApplicationWindow *window, ShoalClient *client);
