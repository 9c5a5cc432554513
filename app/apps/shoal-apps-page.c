/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "apps/shoal-apps-page.h"

#include "widgets/shoal-list-section.h"
#include "apps/shoal-app-row.h"
#include "apps/shoal-update-row.h"

struct _ShoalAppsPage
{
  AdwBin parent_instance;

  ShoalClient *client; /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (ShoalAppsPage, shoal_apps_page, ADW_TYPE_BIN)

enum
{
  PROP_CLIENT = 1,
};

static char *
visible_child (ShoalAppsPage *self, guint n_ready, guint n_pending, guint n_installed)
{
  return g_strdup (n_ready + n_pending + n_installed > 0 ? "lists" : "empty");
}

static void
app_activated_cb (GtkWidget *section, ShoalApp *app, ShoalAppsPage *self)
{
  g_autofree char *app_id = shoal_app_dup_id (app);

  gtk_widget_activate_action (GTK_WIDGET (self), "win.show-app", "s", app_id);
}

static void
update_activated_cb (GtkWidget *section, ShoalUpdate *update, ShoalAppsPage *self)
{
  g_autofree char *app_id = shoal_update_dup_app_id (update);

  gtk_widget_activate_action (GTK_WIDGET (self), "win.show-app", "s", app_id);
}

static void
shoal_apps_page_get_property (GObject *object,
                              guint prop_id,
                              GValue *value,
                              GParamSpec *pspec)
{
  g_value_set_object (value, SHOAL_APPS_PAGE (object)->client);
}

static void
shoal_apps_page_set_property (GObject *object,
                              guint prop_id,
                              const GValue *value,
                              GParamSpec *pspec)
{
  g_set_object (&SHOAL_APPS_PAGE (object)->client, g_value_get_object (value));
}

static void
shoal_apps_page_dispose (GObject *object)
{
  g_clear_object (&SHOAL_APPS_PAGE (object)->client);
  G_OBJECT_CLASS (shoal_apps_page_parent_class)->dispose (object);
}

static void
shoal_apps_page_class_init (ShoalAppsPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = shoal_apps_page_get_property;
  object_class->set_property = shoal_apps_page_set_property;
  object_class->dispose = shoal_apps_page_dispose;
  g_object_class_install_property (
      object_class, PROP_CLIENT,
      g_param_spec_object ("client", NULL, NULL, SHOAL_TYPE_CLIENT,
                           G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS));
  g_type_ensure (SHOAL_TYPE_LIST_SECTION);
  g_type_ensure (SHOAL_TYPE_APP_ROW);
  g_type_ensure (SHOAL_TYPE_UPDATE_ROW);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/org/shoal/Shoal/apps/shoal-apps-page.ui");
  gtk_widget_class_bind_template_callback (widget_class, visible_child);
  gtk_widget_class_bind_template_callback (widget_class, app_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, update_activated_cb);
}

static void
shoal_apps_page_init (ShoalAppsPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
