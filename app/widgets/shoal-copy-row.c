/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "widgets/shoal-copy-row.h"

#include "widgets/shoal-copy-button.h"

struct _ShoalCopyRow
{
  AdwActionRow parent_instance;

  char *text; /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (ShoalCopyRow, shoal_copy_row, ADW_TYPE_ACTION_ROW)

enum
{
  PROP_TEXT = 1,
};

static void
shoal_copy_row_get_property (GObject *object,
                             guint prop_id,
                             GValue *value,
                             GParamSpec *pspec)
{
  g_value_set_string (value, SHOAL_COPY_ROW (object)->text);
}

static void
shoal_copy_row_set_property (GObject *object,
                             guint prop_id,
                             const GValue *value,
                             GParamSpec *pspec)
{
  ShoalCopyRow *self = SHOAL_COPY_ROW (object);

  g_free (self->text);
  self->text = g_value_dup_string (value);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), self->text);
  g_object_notify_by_pspec (object, pspec);
}

static void
shoal_copy_row_finalize (GObject *object)
{
  g_free (SHOAL_COPY_ROW (object)->text);
  G_OBJECT_CLASS (shoal_copy_row_parent_class)->finalize (object);
}

static void
shoal_copy_row_class_init (ShoalCopyRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = shoal_copy_row_get_property;
  object_class->set_property = shoal_copy_row_set_property;
  object_class->finalize = shoal_copy_row_finalize;
  g_object_class_install_property (object_class, PROP_TEXT,
                                   g_param_spec_string ("text", NULL, NULL, NULL,
                                                        G_PARAM_READWRITE
                                                            | G_PARAM_STATIC_STRINGS
                                                            | G_PARAM_EXPLICIT_NOTIFY));
  g_type_ensure (SHOAL_TYPE_COPY_BUTTON);
  gtk_widget_class_set_template_from_resource (
      GTK_WIDGET_CLASS (klass), "/org/shoal/Shoal/widgets/shoal-copy-row.ui");
}

static void
shoal_copy_row_init (ShoalCopyRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
shoal_copy_row_new (const char *title, const char *text)
{
  return g_object_new (SHOAL_TYPE_COPY_ROW, "title", title, "text", text, NULL);
}
