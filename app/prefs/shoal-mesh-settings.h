/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <adwaita.h>

#include "model/shoal-node.h"

#define SHOAL_TYPE_MESH_SETTINGS (shoal_mesh_settings_get_type ())
G_DECLARE_FINAL_TYPE (ShoalMeshSettings,
                      shoal_mesh_settings,
                      SHOAL,
                      MESH_SETTINGS,
                      AdwPreferencesGroup)

/*
 * The settings of how peers and apps are found: who is asked, the local network, the part
 * in the distributed directory, announcing.
 */

/**
 * shoal_mesh_settings_bind:
 * @self: the group
 * @node: whose settings it shows and changes
 *
 * Call it once.
 */
void shoal_mesh_settings_bind (ShoalMeshSettings *self, ShoalNode *node);
