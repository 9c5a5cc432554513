/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "network/shoal-peer-row.h"

struct _ShoalPeerRow
{
  AdwBin parent_instance;

  ShoalPeer *peer; /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (ShoalPeerRow, shoal_peer_row, ADW_TYPE_BIN)

enum
{
  PROP_PEER = 1,
};

static void
shoal_peer_row_get_property (GObject *object,
                             guint prop_id,
                             GValue *value,
                             GParamSpec *pspec)
{
  g_value_set_object (value, SHOAL_PEER_ROW (object)->peer);
}

static void
shoal_peer_row_set_property (GObject *object,
                             guint prop_id,
                             const GValue *value,
                             GParamSpec *pspec)
{
  if (g_set_object (&SHOAL_PEER_ROW (object)->peer, g_value_get_object (value)))
    g_object_notify_by_pspec (object, pspec);
}

static void
shoal_peer_row_dispose (GObject *object)
{
  g_clear_object (&SHOAL_PEER_ROW (object)->peer);
  G_OBJECT_CLASS (shoal_peer_row_parent_class)->dispose (object);
}

static void
shoal_peer_row_class_init (ShoalPeerRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = shoal_peer_row_get_property;
  object_class->set_property = shoal_peer_row_set_property;
  object_class->dispose = shoal_peer_row_dispose;
  g_object_class_install_property (
      object_class, PROP_PEER,
      g_param_spec_object ("peer", NULL, NULL, SHOAL_TYPE_PEER,
                           G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS
                               | G_PARAM_EXPLICIT_NOTIFY));
  gtk_widget_class_set_template_from_resource (
      widget_class, "/org/shoal/Shoal/network/shoal-peer-row.ui");
}

static void
shoal_peer_row_init (ShoalPeerRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
