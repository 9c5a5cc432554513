/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <gtk/gtk.h>

#include "widgets/shoal-mesh-shapes.h"
#include "widgets/shoal-mesh-layout.h"

#define SHOAL_TYPE_MESH_NODES (shoal_mesh_nodes_get_type ())
G_DECLARE_FINAL_TYPE (ShoalMeshNodes, shoal_mesh_nodes, SHOAL, MESH_NODES, GObject)

/*
 * The items of any list as nodes with a place. What is an item's id, kind, latency, rate
 * or name is said by an expression on the item, so this knows no model.
 *
 * Changes are only noted when they are told, however many; shoal_mesh_nodes_update()
 * looks at them, a bounded number each time. Signal: changed (), once until the next
 * update.
 */

typedef enum
{
  SHOAL_MESH_ROLE_ID,      /* string; must stay the same */
  SHOAL_MESH_ROLE_KIND,    /* string, see shoal_mesh_shapes_kind_for_name() */
  SHOAL_MESH_ROLE_LATENCY, /* gint64, ms; negative: not known */
  SHOAL_MESH_ROLE_RATE,    /* guint64, bytes per second in both directions */
  SHOAL_MESH_ROLE_NAME,    /* string: a few letters to stand beside the shape */
  SHOAL_MESH_ROLE_TEXT,    /* string: a line about it, for the label and screen readers */
  SHOAL_MESH_N_ROLES
} ShoalMeshRole;

typedef struct
{
  GObject *item; /* (owned) */
  char *id;      /* (owned) */
  ShoalMeshKind kind;
  guint64 rate_bps;
  double x, y;             /* its place, in units of the layout */
  double old_x, old_y;     /* the picture's: where it began to move */
  double shown_x, shown_y; /* the picture's: where it is drawn now */
  gboolean is_placed;
  gboolean is_dirty;
} ShoalMeshNode;

typedef enum
{
  SHOAL_MESH_CHANGED_LOOKS = 1 << 0,
  SHOAL_MESH_CHANGED_PLACES = 1 << 1,
  SHOAL_MESH_CHANGED_MORE = 1 << 2, /* there is more to look at: call again */
} ShoalMeshChange;

ShoalMeshNodes *shoal_mesh_nodes_new (void) G_GNUC_WARN_UNUSED_RESULT;

/**
 * shoal_mesh_nodes_set_model:
 * @self: the nodes
 * @model: (nullable): a list of GObjects
 */
void shoal_mesh_nodes_set_model (ShoalMeshNodes *self, GListModel *model);

/**
 * shoal_mesh_nodes_set_expression:
 * @self: the nodes
 * @role: what the expression says
 * @expression: (nullable): evaluated with an item as this
 */
void shoal_mesh_nodes_set_expression (ShoalMeshNodes *self,
                                      ShoalMeshRole role,
                                      GtkExpression *expression);

/**
 * shoal_mesh_nodes_update:
 * @self: the nodes
 * @max_nodes: how many to look at
 *
 * Returns: what has changed by it, as bits of #ShoalMeshChange
 */
guint shoal_mesh_nodes_update (ShoalMeshNodes *self, guint max_nodes);

/* Whether there is something to look at. */
gboolean shoal_mesh_nodes_is_changed (ShoalMeshNodes *self);

/* The nodes in the order of the list; not all are placed yet. O(1). */
guint shoal_mesh_nodes_get_n_nodes (ShoalMeshNodes *self);
ShoalMeshNode *shoal_mesh_nodes_get_node (ShoalMeshNodes *self, guint index);

ShoalMeshLayout *shoal_mesh_nodes_get_layout (ShoalMeshNodes *self); /* (transfer none) */

/* (nullable): the node with an id. O(1). */
ShoalMeshNode *shoal_mesh_nodes_find (ShoalMeshNodes *self, const char *id);

/* (nullable): the node of an item. O(1). */
ShoalMeshNode *shoal_mesh_nodes_find_item (ShoalMeshNodes *self, gpointer item);

/**
 * shoal_mesh_nodes_dup_text:
 * @self: the nodes
 * @node: one of them
 * @role: which of the texts
 *
 * Returns: (transfer full): what the expression says, "" if there is nothing
 */
char *shoal_mesh_nodes_dup_text (ShoalMeshNodes *self,
                                 ShoalMeshNode *node,
                                 ShoalMeshRole role) G_GNUC_WARN_UNUSED_RESULT;
