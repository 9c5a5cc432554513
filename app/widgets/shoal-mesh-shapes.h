/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <adwaita.h>

/*
 * The shapes of the picture of the mesh, one for each kind of peer: they differ in form,
 * and in colour only on top of that. The picture and its legend share them.
 */
typedef enum
{
  SHOAL_MESH_KIND_SELF,        /* disc in a ring */
  SHOAL_MESH_KIND_LAN,         /* square */
  SHOAL_MESH_KIND_INTERNET,    /* disc */
  SHOAL_MESH_KIND_RELAYED,     /* triangle, hollow */
  SHOAL_MESH_KIND_MINI_MASTER, /* diamond */
  SHOAL_MESH_N_KINDS
} ShoalMeshKind;

/* The colours of one theme: of each kind, and of lines and text. */
typedef struct
{
  GdkRGBA kinds[SHOAL_MESH_N_KINDS];
  GdkRGBA text;
  GdkRGBA accent;
} ShoalMeshColors;

/**
 * shoal_mesh_shapes_kind_for_name:
 * @name: (nullable): "self", "lan", "internet", "relayed" or "mini-master"
 *
 * Returns: the kind; internet for every other name
 */
ShoalMeshKind shoal_mesh_shapes_kind_for_name (const char *name);

/**
 * shoal_mesh_shapes_get_colors:
 * @self: colours to fill in
 * @widget: whose style has them
 */
void shoal_mesh_shapes_get_colors (ShoalMeshColors *self, GtkWidget *widget);

/**
 * shoal_mesh_shapes_draw:
 * @cr: where to draw
 * @kind: which shape
 * @color: its colour
 * @x: its middle
 * @y: its middle
 * @size: about half its width
 *
 * Draws a shape. All kinds look about as large.
 */
void shoal_mesh_shapes_draw (cairo_t *cr,
                             ShoalMeshKind kind,
                             const GdkRGBA *color,
                             double x,
                             double y,
                             double size);
