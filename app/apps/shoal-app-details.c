/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "apps/shoal-app-details.h"

#include "widgets/shoal-app-icon.h"
#include "widgets/shoal-copy-row.h"
#include "apps/shoal-app-versions.h"

struct _ShoalAppDetails
{
  AdwBin parent_instance;

  ShoalApp *app; /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (ShoalAppDetails, shoal_app_details, ADW_TYPE_BIN)

enum
{
  PROP_APP = 1,
};

static void
shoal_app_details_get_property (GObject *object,
                                guint prop_id,
                                GValue *value,
                                GParamSpec *pspec)
{
  g_value_set_object (value, SHOAL_APP_DETAILS (object)->app);
}

static void
shoal_app_details_set_property (GObject *object,
                                guint prop_id,
                                const GValue *value,
                                GParamSpec *pspec)
{
  g_set_object (&SHOAL_APP_DETAILS (object)->app, g_value_get_object (value));
}

static void
shoal_app_details_dispose (GObject *object)
{
  g_clear_object (&SHOAL_APP_DETAILS (object)->app);
  G_OBJECT_CLASS (shoal_app_details_parent_class)->dispose (object);
}

static void
shoal_app_details_class_init (ShoalAppDetailsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = shoal_app_details_get_property;
  object_class->set_property = shoal_app_details_set_property;
  object_class->dispose = shoal_app_details_dispose;
  g_object_class_install_property (
      object_class, PROP_APP,
      g_param_spec_object ("app", NULL, NULL, SHOAL_TYPE_APP,
                           G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS));
  g_type_ensure (SHOAL_TYPE_APP_VERSIONS);
  g_type_ensure (SHOAL_TYPE_APP_ICON);
  g_type_ensure (SHOAL_TYPE_COPY_ROW);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/org/shoal/Shoal/apps/shoal-app-details.ui");
}

static void
shoal_app_details_init (ShoalAppDetails *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
