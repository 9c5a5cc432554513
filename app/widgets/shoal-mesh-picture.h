/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <adwaita.h>

#define SHOAL_TYPE_MESH_PICTURE (shoal_mesh_picture_get_type ())
G_DECLARE_FINAL_TYPE (ShoalMeshPicture,
                      shoal_mesh_picture,
                      SHOAL,
                      MESH_PICTURE,
                      GtkWidget)

/* Items that are looked at for one frame; the rest waits for the next. */
#define SHOAL_MESH_PICTURE_NODES_PER_FRAME 128
/* Edges along which moving bytes are shown by moving dots, at the same time. */
#define SHOAL_MESH_PICTURE_MAX_PULSES 32

/*
 * The mesh as a picture: this computer in the middle, around it the items of a list, the
 * nearer the lower the latency. It draws when something has changed, and only then; with
 * animations turned off nothing moves.
 *
 * Properties: model (GListModel); id-expression, kind-expression, latency-expression,
 * rate-expression, name-expression, text-expression (GtkExpression, see #ShoalMeshRole);
 * selected (GObject, an item; %NULL is this computer); selected-text (read-only: the text
 * of what is selected).
 *
 * Signal: activated (GObject item, nullable): clicked, or Enter was pressed.
 *
 * Keys: left and right walk around, up and down outward and inward, Home to the middle,
 * Enter activates, plus, minus and 0 zoom. Actions: mesh.zoom-in, mesh.zoom-out,
 * mesh.zoom-fit.
 */

/**
 * shoal_mesh_picture_get_selected_area:
 * @self: a picture
 * @area: (out): where the selected shape is, in pixels of the widget
 */
void shoal_mesh_picture_get_selected_area (ShoalMeshPicture *self, GdkRectangle *area);
