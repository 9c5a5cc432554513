/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "network/shoal-mesh-status-group.h"

#include "model/shoal-mesh-status.h"

#define REFRESH_S 3

struct _ShoalMeshStatusGroup
{
  AdwBin parent_instance;

  ShoalClient *client;     /* (owned) (nullable) */
  ShoalMeshStatus *status; /* (owned) */
  guint timeout_id;        /* 0: not on the screen */
};

G_DEFINE_FINAL_TYPE (ShoalMeshStatusGroup, shoal_mesh_status_group, ADW_TYPE_BIN)

enum
{
  PROP_CLIENT = 1,
  PROP_STATUS,
};

static gboolean
refresh_cb (gpointer user_data)
{
  ShoalMeshStatusGroup *self = user_data;

  if (self->client != NULL
      && g_str_equal (shoal_client_get_state (self->client), "ready"))
    shoal_mesh_status_refresh (self->status, self->client);
  return G_SOURCE_CONTINUE;
}

static void
shoal_mesh_status_group_map (GtkWidget *widget)
{
  ShoalMeshStatusGroup *self = SHOAL_MESH_STATUS_GROUP (widget);

  GTK_WIDGET_CLASS (shoal_mesh_status_group_parent_class)->map (widget);
  refresh_cb (self);
  if (self->timeout_id == 0)
    self->timeout_id = g_timeout_add_seconds (REFRESH_S, refresh_cb, self);
}

static void
shoal_mesh_status_group_unmap (GtkWidget *widget)
{
  g_clear_handle_id (&SHOAL_MESH_STATUS_GROUP (widget)->timeout_id, g_source_remove);
  GTK_WIDGET_CLASS (shoal_mesh_status_group_parent_class)->unmap (widget);
}

static void
shoal_mesh_status_group_get_property (GObject *object,
                                      guint prop_id,
                                      GValue *value,
                                      GParamSpec *pspec)
{
  ShoalMeshStatusGroup *self = SHOAL_MESH_STATUS_GROUP (object);

  if (prop_id == PROP_CLIENT)
    g_value_set_object (value, self->client);
  else
    g_value_set_object (value, self->status);
}

static void
shoal_mesh_status_group_set_property (GObject *object,
                                      guint prop_id,
                                      const GValue *value,
                                      GParamSpec *pspec)
{
  if (g_set_object (&SHOAL_MESH_STATUS_GROUP (object)->client,
                    g_value_get_object (value)))
    g_object_notify_by_pspec (object, pspec);
}

static void
shoal_mesh_status_group_dispose (GObject *object)
{
  ShoalMeshStatusGroup *self = SHOAL_MESH_STATUS_GROUP (object);

  g_clear_handle_id (&self->timeout_id, g_source_remove);
  g_clear_object (&self->client);
  g_clear_object (&self->status);
  G_OBJECT_CLASS (shoal_mesh_status_group_parent_class)->dispose (object);
}

static void
shoal_mesh_status_group_class_init (ShoalMeshStatusGroupClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = shoal_mesh_status_group_get_property;
  object_class->set_property = shoal_mesh_status_group_set_property;
  object_class->dispose = shoal_mesh_status_group_dispose;
  widget_class->map = shoal_mesh_status_group_map;
  widget_class->unmap = shoal_mesh_status_group_unmap;
  g_object_class_install_property (
      object_class, PROP_CLIENT,
      g_param_spec_object ("client", NULL, NULL, SHOAL_TYPE_CLIENT,
                           G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS
                               | G_PARAM_EXPLICIT_NOTIFY));
  g_object_class_install_property (
      object_class, PROP_STATUS,
      g_param_spec_object ("status", NULL, NULL, SHOAL_TYPE_MESH_STATUS,
                           G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
  gtk_widget_class_set_template_from_resource (
      widget_class, "/org/shoal/Shoal/network/shoal-mesh-status-group.ui");
}

static void
shoal_mesh_status_group_init (ShoalMeshStatusGroup *self)
{
  self->status = shoal_mesh_status_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}
