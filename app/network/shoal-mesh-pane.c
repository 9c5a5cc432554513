/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "network/shoal-mesh-pane.h"

#include <glib/gi18n-lib.h>

#include "widgets/shoal-mesh-picture.h"
#include "widgets/shoal-mesh-symbol.h"
#include "network/shoal-peer-details.h"

struct _ShoalMeshPane
{
  AdwBin parent_instance;

  ShoalMeshPicture *picture; /* (unowned): of the template */
  GtkWidget *popover;        /* (owned): our child as well */
  ShoalPeerDetails *details; /* (unowned): in the popover */
  ShoalClient *client;       /* (owned) (nullable) */
  gulong peers_id;           /* handler on the list of peers */
  GListModel *peers;         /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (ShoalMeshPane, shoal_mesh_pane, ADW_TYPE_BIN)

enum
{
  PROP_CLIENT = 1,
};

static void
activated_cb (ShoalMeshPicture *picture, GObject *item, ShoalMeshPane *self)
{
  GdkRectangle area;
  double x, y;

  if (!SHOAL_IS_PEER (item))
    return;
  shoal_mesh_picture_get_selected_area (picture, &area);
  if (!gtk_widget_translate_coordinates (GTK_WIDGET (picture), GTK_WIDGET (self), area.x,
                                         area.y, &x, &y))
    return;
  area.x = (int) x;
  area.y = (int) y;
  g_object_set (self->details, "peer", item, NULL);
  gtk_popover_set_pointing_to (GTK_POPOVER (self->popover), &area);
  gtk_popover_popup (GTK_POPOVER (self->popover));
}

/* The details are of a peer that has gone. */
static void
peers_changed_cb (ShoalMeshPane *self)
{
  g_autoptr (GObject) peer = NULL;
  guint n_peers = g_list_model_get_n_items (self->peers);

  g_object_get (self->details, "peer", &peer, NULL);
  if (peer == NULL)
    return;
  for (guint i = 0; i < n_peers; i++)
    {
      g_autoptr (GObject) other = g_list_model_get_item (self->peers, i);

      if (other == peer)
        return;
    }
  gtk_popover_popdown (GTK_POPOVER (self->popover));
  g_object_set (self->details, "peer", NULL, NULL);
}

static void
zoom_in_cb (GtkWidget *button, ShoalMeshPane *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self->picture), "mesh.zoom-in", NULL);
}

static void
zoom_out_cb (GtkWidget *button, ShoalMeshPane *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self->picture), "mesh.zoom-out", NULL);
}

static void
zoom_fit_cb (GtkWidget *button, ShoalMeshPane *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self->picture), "mesh.zoom-fit", NULL);
}

static void
set_client (ShoalMeshPane *self, ShoalClient *client)
{
  if (self->peers != NULL)
    g_clear_signal_handler (&self->peers_id, self->peers);
  g_clear_object (&self->peers);
  if (!g_set_object (&self->client, client) || client == NULL)
    return;
  self->peers
      = g_object_ref (shoal_objects_get_peers (shoal_client_get_objects (client)));
  self->peers_id = g_signal_connect_swapped (self->peers, "items-changed",
                                             G_CALLBACK (peers_changed_cb), self);
}

static void
shoal_mesh_pane_get_property (GObject *object,
                              guint prop_id,
                              GValue *value,
                              GParamSpec *pspec)
{
  g_value_set_object (value, SHOAL_MESH_PANE (object)->client);
}

static void
shoal_mesh_pane_set_property (GObject *object,
                              guint prop_id,
                              const GValue *value,
                              GParamSpec *pspec)
{
  set_client (SHOAL_MESH_PANE (object), g_value_get_object (value));
  g_object_notify_by_pspec (object, pspec);
}

static void
shoal_mesh_pane_dispose (GObject *object)
{
  ShoalMeshPane *self = SHOAL_MESH_PANE (object);

  set_client (self, NULL);
  g_clear_pointer (&self->popover, gtk_widget_unparent);
  G_OBJECT_CLASS (shoal_mesh_pane_parent_class)->dispose (object);
}

static void
shoal_mesh_pane_class_init (ShoalMeshPaneClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = shoal_mesh_pane_get_property;
  object_class->set_property = shoal_mesh_pane_set_property;
  object_class->dispose = shoal_mesh_pane_dispose;
  g_object_class_install_property (
      object_class, PROP_CLIENT,
      g_param_spec_object ("client", NULL, NULL, SHOAL_TYPE_CLIENT,
                           G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS
                               | G_PARAM_EXPLICIT_NOTIFY));
  g_type_ensure (SHOAL_TYPE_MESH_PICTURE);
  g_type_ensure (SHOAL_TYPE_MESH_SYMBOL);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/org/shoal/Shoal/network/shoal-mesh-pane.ui");
  gtk_widget_class_bind_template_child (widget_class, ShoalMeshPane, picture);
  gtk_widget_class_bind_template_callback (widget_class, activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, zoom_in_cb);
  gtk_widget_class_bind_template_callback (widget_class, zoom_out_cb);
  gtk_widget_class_bind_template_callback (widget_class, zoom_fit_cb);
}

static void
shoal_mesh_pane_init (ShoalMeshPane *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->popover = gtk_popover_new ();
  self->details = g_object_new (SHOAL_TYPE_PEER_DETAILS, NULL);
  gtk_popover_set_child (GTK_POPOVER (self->popover), GTK_WIDGET (self->details));
  gtk_widget_set_parent (self->popover, GTK_WIDGET (self));
}
