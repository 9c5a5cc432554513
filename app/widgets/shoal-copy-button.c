/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "widgets/shoal-copy-button.h"

#include <glib/gi18n-lib.h>

#define COPIED_MS 1500

struct _ShoalCopyButton
{
  GtkButton parent_instance;

  char *text;       /* (owned) (nullable) */
  guint timeout_id; /* 0: the button is as usual */
};

G_DEFINE_FINAL_TYPE (ShoalCopyButton, shoal_copy_button, GTK_TYPE_BUTTON)

enum
{
  PROP_TEXT = 1,
};

static void
set_copied (ShoalCopyButton *self, gboolean is_copied)
{
  const char *label = is_copied ? _ ("Copied") : _ ("Copy");

  gtk_button_set_icon_name (GTK_BUTTON (self),
                            is_copied ? "emblem-ok-symbolic" : "edit-copy-symbolic");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  label, -1);
}

static gboolean
timeout_cb (gpointer user_data)
{
  ShoalCopyButton *self = user_data;

  self->timeout_id = 0;
  set_copied (self, FALSE);
  return G_SOURCE_REMOVE;
}

static void
shoal_copy_button_clicked (GtkButton *button)
{
  ShoalCopyButton *self = SHOAL_COPY_BUTTON (button);

  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), self->text);
  set_copied (self, TRUE);
  g_clear_handle_id (&self->timeout_id, g_source_remove);
  self->timeout_id = g_timeout_add (COPIED_MS, timeout_cb, self);
}

static void
set_text (ShoalCopyButton *self, const char *text)
{
  if (g_strcmp0 (text, self->text) == 0)
    return;
  g_free (self->text);
  self->text = g_strdup (text);
  gtk_widget_set_sensitive (GTK_WIDGET (self), text != NULL && *text != '\0');
  g_object_notify (G_OBJECT (self), "text");
}

static void
shoal_copy_button_get_property (GObject *object,
                                guint prop_id,
                                GValue *value,
                                GParamSpec *pspec)
{
  g_value_set_string (value, SHOAL_COPY_BUTTON (object)->text);
}

static void
shoal_copy_button_set_property (GObject *object,
                                guint prop_id,
                                const GValue *value,
                                GParamSpec *pspec)
{
  set_text (SHOAL_COPY_BUTTON (object), g_value_get_string (value));
}

static void
shoal_copy_button_dispose (GObject *object)
{
  g_clear_handle_id (&SHOAL_COPY_BUTTON (object)->timeout_id, g_source_remove);
  G_OBJECT_CLASS (shoal_copy_button_parent_class)->dispose (object);
}

static void
shoal_copy_button_finalize (GObject *object)
{
  g_free (SHOAL_COPY_BUTTON (object)->text);
  G_OBJECT_CLASS (shoal_copy_button_parent_class)->finalize (object);
}

static void
shoal_copy_button_class_init (ShoalCopyButtonClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = shoal_copy_button_get_property;
  object_class->set_property = shoal_copy_button_set_property;
  object_class->dispose = shoal_copy_button_dispose;
  object_class->finalize = shoal_copy_button_finalize;
  GTK_BUTTON_CLASS (klass)->clicked = shoal_copy_button_clicked;
  g_object_class_install_property (object_class, PROP_TEXT,
                                   g_param_spec_string ("text", NULL, NULL, NULL,
                                                        G_PARAM_READWRITE
                                                            | G_PARAM_STATIC_STRINGS
                                                            | G_PARAM_EXPLICIT_NOTIFY));
}

static void
shoal_copy_button_init (ShoalCopyButton *self)
{
  gtk_widget_add_css_class (GTK_WIDGET (self), "flat");
  gtk_widget_set_valign (GTK_WIDGET (self), GTK_ALIGN_CENTER);
  gtk_widget_set_sensitive (GTK_WIDGET (self), FALSE);
  set_copied (self, FALSE);
}
