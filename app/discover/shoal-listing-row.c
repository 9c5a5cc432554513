/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "discover/shoal-listing-row.h"

#include "widgets/shoal-app-icon.h"

struct _ShoalListingRow
{
  AdwBin parent_instance;

  ShoalListing *listing; /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (ShoalListingRow, shoal_listing_row, ADW_TYPE_BIN)

enum
{
  PROP_LISTING = 1,
};

static void
shoal_listing_row_get_property (GObject *object,
                                guint prop_id,
                                GValue *value,
                                GParamSpec *pspec)
{
  g_value_set_object (value, SHOAL_LISTING_ROW (object)->listing);
}

static void
shoal_listing_row_set_property (GObject *object,
                                guint prop_id,
                                const GValue *value,
                                GParamSpec *pspec)
{
  if (g_set_object (&SHOAL_LISTING_ROW (object)->listing, g_value_get_object (value)))
    g_object_notify_by_pspec (object, pspec);
}

static void
shoal_listing_row_dispose (GObject *object)
{
  g_clear_object (&SHOAL_LISTING_ROW (object)->listing);
  G_OBJECT_CLASS (shoal_listing_row_parent_class)->dispose (object);
}

static void
shoal_listing_row_class_init (ShoalListingRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = shoal_listing_row_get_property;
  object_class->set_property = shoal_listing_row_set_property;
  object_class->dispose = shoal_listing_row_dispose;
  g_object_class_install_property (
      object_class, PROP_LISTING,
      g_param_spec_object ("listing", NULL, NULL, SHOAL_TYPE_LISTING,
                           G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS
                               | G_PARAM_EXPLICIT_NOTIFY));
  g_type_ensure (SHOAL_TYPE_APP_ICON);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/org/shoal/Shoal/discover/shoal-listing-row.ui");
}

static void
shoal_listing_row_init (ShoalListingRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
