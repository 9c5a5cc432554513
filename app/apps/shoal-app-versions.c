/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "apps/shoal-app-versions.h"

struct _ShoalAppVersions
{
  AdwPreferencesGroup parent_instance;

  ShoalApp *app; /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (ShoalAppVersions, shoal_app_versions, ADW_TYPE_PREFERENCES_GROUP)

enum
{
  PROP_APP = 1,
};

static void
hold_cb (GtkSwitch *hold_switch, GParamSpec *pspec, ShoalAppVersions *self)
{
  gboolean is_held = gtk_switch_get_active (hold_switch);
  g_autofree char *app_id = NULL;

  if (self->app == NULL || shoal_app_is_held (self->app) == is_held)
    return;
  app_id = shoal_app_dup_id (self->app);
  gtk_widget_activate_action (GTK_WIDGET (self), is_held ? "win.hold" : "win.release",
                              "s", app_id);
}

static void
shoal_app_versions_get_property (GObject *object,
                                 guint prop_id,
                                 GValue *value,
                                 GParamSpec *pspec)
{
  g_value_set_object (value, SHOAL_APP_VERSIONS (object)->app);
}

static void
shoal_app_versions_set_property (GObject *object,
                                 guint prop_id,
                                 const GValue *value,
                                 GParamSpec *pspec)
{
  g_set_object (&SHOAL_APP_VERSIONS (object)->app, g_value_get_object (value));
}

static void
shoal_app_versions_dispose (GObject *object)
{
  g_clear_object (&SHOAL_APP_VERSIONS (object)->app);
  G_OBJECT_CLASS (shoal_app_versions_parent_class)->dispose (object);
}

static void
shoal_app_versions_class_init (ShoalAppVersionsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = shoal_app_versions_get_property;
  object_class->set_property = shoal_app_versions_set_property;
  object_class->dispose = shoal_app_versions_dispose;
  g_object_class_install_property (
      object_class, PROP_APP,
      g_param_spec_object ("app", NULL, NULL, SHOAL_TYPE_APP,
                           G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS));
  gtk_widget_class_set_template_from_resource (
      widget_class, "/org/shoal/Shoal/apps/shoal-app-versions.ui");
  gtk_widget_class_bind_template_callback (widget_class, hold_cb);
}

static void
shoal_app_versions_init (ShoalAppVersions *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
