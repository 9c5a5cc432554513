/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <adwaita.h>

#include "model/shoal-client.h"

#define SHOAL_TYPE_MESH_STATUS_GROUP (shoal_mesh_status_group_get_type ())
G_DECLARE_FINAL_TYPE (ShoalMeshStatusGroup,
                      shoal_mesh_status_group,
                      SHOAL,
                      MESH_STATUS_GROUP,
                      AdwBin)

/*
 * How this node stands in the mesh, a row for each way of finding others. It asks every
 * few seconds, but only while it is on the screen. Properties: client, status
 * (#ShoalMeshStatus, read-only).
 */
