/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "network/shoal-peer-details.h"

#include "widgets/shoal-copy-line.h"

struct _ShoalPeerDetails
{
  AdwBin parent_instance;

  ShoalPeer *peer; /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (ShoalPeerDetails, shoal_peer_details, ADW_TYPE_BIN)

enum
{
  PROP_PEER = 1,
};

static void
shoal_peer_details_get_property (GObject *object,
                                 guint prop_id,
                                 GValue *value,
                                 GParamSpec *pspec)
{
  g_value_set_object (value, SHOAL_PEER_DETAILS (object)->peer);
}

static void
shoal_peer_details_set_property (GObject *object,
                                 guint prop_id,
                                 const GValue *value,
                                 GParamSpec *pspec)
{
  if (g_set_object (&SHOAL_PEER_DETAILS (object)->peer, g_value_get_object (value)))
    g_object_notify_by_pspec (object, pspec);
}

static void
shoal_peer_details_dispose (GObject *object)
{
  g_clear_object (&SHOAL_PEER_DETAILS (object)->peer);
  G_OBJECT_CLASS (shoal_peer_details_parent_class)->dispose (object);
}

static void
shoal_peer_details_class_init (ShoalPeerDetailsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = shoal_peer_details_get_property;
  object_class->set_property = shoal_peer_details_set_property;
  object_class->dispose = shoal_peer_details_dispose;
  g_object_class_install_property (
      object_class, PROP_PEER,
      g_param_spec_object ("peer", NULL, NULL, SHOAL_TYPE_PEER,
                           G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS
                               | G_PARAM_EXPLICIT_NOTIFY));
  g_type_ensure (SHOAL_TYPE_COPY_LINE);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/org/shoal/Shoal/network/shoal-peer-details.ui");
}

static void
shoal_peer_details_init (ShoalPeerDetails *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
