/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "widgets/shoal-copy-line.h"

#include <glib/gi18n-lib.h>

#define COPIED_MS 1500

struct _ShoalCopyLine
{
  AdwBin parent_instance;

  GtkWidget *button; /* (unowned): of the template */
  char *text;        /* (owned) (nullable) */
  guint timeout_id;  /* 0: the button is as usual */
};

G_DEFINE_FINAL_TYPE (ShoalCopyLine, shoal_copy_line, ADW_TYPE_BIN)

enum
{
  PROP_TEXT = 1,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

static void
set_copied (ShoalCopyLine *self, gboolean is_copied)
{
  const char *label = is_copied ? _ ("Copied") : _ ("Copy");

  gtk_button_set_icon_name (GTK_BUTTON (self->button),
                            is_copied ? "emblem-ok-symbolic" : "edit-copy-symbolic");
  gtk_widget_set_tooltip_text (self->button, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

static gboolean
timeout_cb (gpointer user_data)
{
  ShoalCopyLine *self = user_data;

  self->timeout_id = 0;
  set_copied (self, FALSE);
  return G_SOURCE_REMOVE;
}

static void
copy_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ShoalCopyLine *self = SHOAL_COPY_LINE (widget);

  if (self->text == NULL)
    return;
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), self->text);
  set_copied (self, TRUE);
  g_clear_handle_id (&self->timeout_id, g_source_remove);
  self->timeout_id = g_timeout_add (COPIED_MS, timeout_cb, self);
}

static void
shoal_copy_line_get_property (GObject *object,
                              guint prop_id,
                              GValue *value,
                              GParamSpec *pspec)
{
  g_value_set_string (value, SHOAL_COPY_LINE (object)->text);
}

static void
shoal_copy_line_set_property (GObject *object,
                              guint prop_id,
                              const GValue *value,
                              GParamSpec *pspec)
{
  ShoalCopyLine *self = SHOAL_COPY_LINE (object);

  g_free (self->text);
  self->text = g_value_dup_string (value);
  g_object_notify_by_pspec (object, pspec);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "line.copy",
                                 self->text != NULL && *self->text != '\0');
}

static void
shoal_copy_line_dispose (GObject *object)
{
  g_clear_handle_id (&SHOAL_COPY_LINE (object)->timeout_id, g_source_remove);
  G_OBJECT_CLASS (shoal_copy_line_parent_class)->dispose (object);
}

static void
shoal_copy_line_finalize (GObject *object)
{
  g_free (SHOAL_COPY_LINE (object)->text);
  G_OBJECT_CLASS (shoal_copy_line_parent_class)->finalize (object);
}

static void
shoal_copy_line_class_init (ShoalCopyLineClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = shoal_copy_line_get_property;
  object_class->set_property = shoal_copy_line_set_property;
  object_class->dispose = shoal_copy_line_dispose;
  object_class->finalize = shoal_copy_line_finalize;
  props[PROP_TEXT] = g_param_spec_string ("text", NULL, NULL, NULL,
                                          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS
                                              | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, props);
  gtk_widget_class_install_action (widget_class, "line.copy", NULL, copy_action);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/org/shoal/Shoal/widgets/shoal-copy-line.ui");
  gtk_widget_class_bind_template_child (widget_class, ShoalCopyLine, button);
}

static void
shoal_copy_line_init (ShoalCopyLine *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "line.copy", FALSE);
}
