/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <adwaita.h>

#define SHOAL_TYPE_MESH_SYMBOL (shoal_mesh_symbol_get_type ())
G_DECLARE_FINAL_TYPE (ShoalMeshSymbol, shoal_mesh_symbol, SHOAL, MESH_SYMBOL, GtkWidget)

/*
 * One shape of the picture of the mesh, for a legend or a row. Property: kind (a name
 * that shoal_mesh_shapes_kind_for_name() knows). It says nothing to a screen reader: what
 * it means stands beside it.
 */
