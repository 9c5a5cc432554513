/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <adwaita.h>

#include "model/shoal-client.h"

/**
 * shoal_transfer_actions_add:
 * @window: the window that gets the actions
 * @client: where they go
 *
 * Adds cancel-transfer (target: object path of a transfer) and clear-transfers.
 */
void shoal_transfer_actions_add (GtkApplicationWindow *window, ShoalClient *client);
