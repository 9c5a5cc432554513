/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "discover/shoal-listing-details.h"

#include "widgets/shoal-app-icon.h"
#include "widgets/shoal-copy-row.h"

struct _ShoalListingDetails
{
  AdwBin parent_instance;

  GtkEditable *version_row; /* (unowned): of the template */
  ShoalListing *listing;    /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (ShoalListingDetails, shoal_listing_details, ADW_TYPE_BIN)

enum
{
  PROP_LISTING = 1,
};

/* What a range may hold is for the daemon to say; the dialog tells when none is found. */
static void
version_apply_cb (ShoalListingDetails *self)
{
  g_autofree char *range
      = g_strstrip (g_strdup (gtk_editable_get_text (self->version_row)));
  g_autofree char *target = NULL;

  if (self->listing == NULL || *range == '\0')
    return;
  target = g_strconcat (shoal_listing_get_app_id (self->listing), "@", range, NULL);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.install-listing", "s", target);
}

static char *
trust_icon (ShoalListingDetails *self, gboolean is_verified)
{
  return g_strdup (is_verified ? "security-high-symbolic"
                               : "dialog-information-symbolic");
}

static void
shoal_listing_details_get_property (GObject *object,
                                    guint prop_id,
                                    GValue *value,
                                    GParamSpec *pspec)
{
  g_value_set_object (value, SHOAL_LISTING_DETAILS (object)->listing);
}

static void
shoal_listing_details_set_property (GObject *object,
                                    guint prop_id,
                                    const GValue *value,
                                    GParamSpec *pspec)
{
  ShoalListingDetails *self = SHOAL_LISTING_DETAILS (object);

  if (!g_set_object (&self->listing, g_value_get_object (value)))
    return;
  gtk_editable_set_text (self->version_row, "");
  g_object_notify_by_pspec (object, pspec);
}

static void
shoal_listing_details_dispose (GObject *object)
{
  g_clear_object (&SHOAL_LISTING_DETAILS (object)->listing);
  G_OBJECT_CLASS (shoal_listing_details_parent_class)->dispose (object);
}

static void
shoal_listing_details_class_init (ShoalListingDetailsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = shoal_listing_details_get_property;
  object_class->set_property = shoal_listing_details_set_property;
  object_class->dispose = shoal_listing_details_dispose;
  g_object_class_install_property (
      object_class, PROP_LISTING,
      g_param_spec_object ("listing", NULL, NULL, SHOAL_TYPE_LISTING,
                           G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS
                               | G_PARAM_EXPLICIT_NOTIFY));
  g_type_ensure (SHOAL_TYPE_APP_ICON);
  g_type_ensure (SHOAL_TYPE_COPY_ROW);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/org/shoal/Shoal/discover/shoal-listing-details.ui");
  gtk_widget_class_bind_template_child (widget_class, ShoalListingDetails, version_row);
  gtk_widget_class_bind_template_callback (widget_class, version_apply_cb);
  gtk_widget_class_bind_template_callback (widget_class, trust_icon);
}

static void
shoal_listing_details_init (ShoalListingDetails *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
