/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "apps/shoal-release-view.h"

#include "widgets/shoal-copy-row.h"

struct _ShoalReleaseView
{
  AdwBin parent_instance;

  ShoalRelease *release; /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (ShoalReleaseView, shoal_release_view, ADW_TYPE_BIN)

enum
{
  PROP_RELEASE = 1,
};

static void
shoal_release_view_get_property (GObject *object,
                                 guint prop_id,
                                 GValue *value,
                                 GParamSpec *pspec)
{
  g_value_set_object (value, SHOAL_RELEASE_VIEW (object)->release);
}

static void
shoal_release_view_set_property (GObject *object,
                                 guint prop_id,
                                 const GValue *value,
                                 GParamSpec *pspec)
{
  g_set_object (&SHOAL_RELEASE_VIEW (object)->release, g_value_get_object (value));
}

static void
shoal_release_view_dispose (GObject *object)
{
  g_clear_object (&SHOAL_RELEASE_VIEW (object)->release);
  G_OBJECT_CLASS (shoal_release_view_parent_class)->dispose (object);
}

static void
shoal_release_view_class_init (ShoalReleaseViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = shoal_release_view_get_property;
  object_class->set_property = shoal_release_view_set_property;
  object_class->dispose = shoal_release_view_dispose;
  g_object_class_install_property (
      object_class, PROP_RELEASE,
      g_param_spec_object ("release", NULL, NULL, SHOAL_TYPE_RELEASE,
                           G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS));
  g_type_ensure (SHOAL_TYPE_COPY_ROW);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/org/shoal/Shoal/apps/shoal-release-view.ui");
}

static void
shoal_release_view_init (ShoalReleaseView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
