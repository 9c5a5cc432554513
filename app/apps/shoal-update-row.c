/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "apps/shoal-update-row.h"

#include "model/shoal-app.h"
#include "widgets/shoal-app-icon.h"
#include "apps/shoal-app-actions.h"

struct _ShoalUpdateRow
{
  AdwBin parent_instance;

  GtkWidget *menu_button; /* (unowned): of the template */
  ShoalUpdate *update;    /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (ShoalUpdateRow, shoal_update_row, ADW_TYPE_BIN)

enum
{
  PROP_UPDATE = 1,
};

static void
create_popup_cb (GtkMenuButton *button, gpointer user_data)
{
  ShoalUpdateRow *self = user_data;
  g_autoptr (GMenuModel) menu = NULL;
  g_autoptr (GObject) app = NULL;

  if (self->update == NULL)
    return;
  g_object_get (self->update, "app", &app, NULL);
  menu = shoal_app_actions_create_menu (app != NULL ? SHOAL_APP (app) : NULL,
                                        self->update);
  gtk_menu_button_set_menu_model (button, menu);
}

static void
shoal_update_row_get_property (GObject *object,
                               guint prop_id,
                               GValue *value,
                               GParamSpec *pspec)
{
  g_value_set_object (value, SHOAL_UPDATE_ROW (object)->update);
}

static void
shoal_update_row_set_property (GObject *object,
                               guint prop_id,
                               const GValue *value,
                               GParamSpec *pspec)
{
  if (g_set_object (&SHOAL_UPDATE_ROW (object)->update, g_value_get_object (value)))
    g_object_notify_by_pspec (object, pspec);
}

static void
shoal_update_row_dispose (GObject *object)
{
  g_clear_object (&SHOAL_UPDATE_ROW (object)->update);
  G_OBJECT_CLASS (shoal_update_row_parent_class)->dispose (object);
}

static void
shoal_update_row_class_init (ShoalUpdateRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = shoal_update_row_get_property;
  object_class->set_property = shoal_update_row_set_property;
  object_class->dispose = shoal_update_row_dispose;
  g_object_class_install_property (
      object_class, PROP_UPDATE,
      g_param_spec_object ("update", NULL, NULL, SHOAL_TYPE_UPDATE,
                           G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS
                               | G_PARAM_EXPLICIT_NOTIFY));
  g_type_ensure (SHOAL_TYPE_APP_ICON);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/org/shoal/Shoal/apps/shoal-update-row.ui");
  gtk_widget_class_bind_template_child (widget_class, ShoalUpdateRow, menu_button);
}

static void
shoal_update_row_init (ShoalUpdateRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_menu_button_set_create_popup_func (GTK_MENU_BUTTON (self->menu_button),
                                         create_popup_cb, self, NULL);
}
