/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "widgets/shoal-copy-line.h"

#include "widgets/shoal-copy-button.h"

struct _ShoalCopyLine
{
  AdwBin parent_instance;

  char *text; /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (ShoalCopyLine, shoal_copy_line, ADW_TYPE_BIN)

enum
{
  PROP_TEXT = 1,
};

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

  object_class->get_property = shoal_copy_line_get_property;
  object_class->set_property = shoal_copy_line_set_property;
  object_class->finalize = shoal_copy_line_finalize;
  g_object_class_install_property (object_class, PROP_TEXT,
                                   g_param_spec_string ("text", NULL, NULL, NULL,
                                                        G_PARAM_READWRITE
                                                            | G_PARAM_STATIC_STRINGS
                                                            | G_PARAM_EXPLICIT_NOTIFY));
  g_type_ensure (SHOAL_TYPE_COPY_BUTTON);
  gtk_widget_class_set_template_from_resource (
      GTK_WIDGET_CLASS (klass), "/org/shoal/Shoal/widgets/shoal-copy-line.ui");
}

static void
shoal_copy_line_init (ShoalCopyLine *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
