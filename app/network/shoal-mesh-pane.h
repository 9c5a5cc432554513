/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <adwaita.h>

#include "model/shoal-client.h"

#define SHOAL_TYPE_MESH_PANE (shoal_mesh_pane_get_type ())
G_DECLARE_FINAL_TYPE (ShoalMeshPane, shoal_mesh_pane, SHOAL, MESH_PANE, AdwBin)

/*
 * The picture of the mesh with what belongs to it: buttons to zoom, a line about what is
 * selected, the legend, and the details of a peer over it. Property: client.
 */
