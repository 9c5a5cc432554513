/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "transfers/shoal-transfer-row.h"

struct _ShoalTransferRow
{
  AdwBin parent_instance;

  ShoalJob *job; /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (ShoalTransferRow, shoal_transfer_row, ADW_TYPE_BIN)

enum
{
  PROP_JOB = 1,
};

/* Of one under way always, of one that has ended when asked for. */
static gboolean
shows_sources (ShoalTransferRow *self, gboolean is_active, gboolean is_toggled)
{
  return is_active || is_toggled;
}

static gboolean
can_toggle (ShoalTransferRow *self, gboolean is_active, gboolean has_sources)
{
  return !is_active && has_sources;
}

static void
shoal_transfer_row_get_property (GObject *object,
                                 guint prop_id,
                                 GValue *value,
                                 GParamSpec *pspec)
{
  g_value_set_object (value, SHOAL_TRANSFER_ROW (object)->job);
}

static void
shoal_transfer_row_set_property (GObject *object,
                                 guint prop_id,
                                 const GValue *value,
                                 GParamSpec *pspec)
{
  if (g_set_object (&SHOAL_TRANSFER_ROW (object)->job, g_value_get_object (value)))
    g_object_notify_by_pspec (object, pspec);
}

static void
shoal_transfer_row_dispose (GObject *object)
{
  g_clear_object (&SHOAL_TRANSFER_ROW (object)->job);
  G_OBJECT_CLASS (shoal_transfer_row_parent_class)->dispose (object);
}

static void
shoal_transfer_row_class_init (ShoalTransferRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = shoal_transfer_row_get_property;
  object_class->set_property = shoal_transfer_row_set_property;
  object_class->dispose = shoal_transfer_row_dispose;
  g_object_class_install_property (object_class, PROP_JOB,
                                   g_param_spec_object ("job", NULL, NULL, SHOAL_TYPE_JOB,
                                                        G_PARAM_READWRITE
                                                            | G_PARAM_STATIC_STRINGS
                                                            | G_PARAM_EXPLICIT_NOTIFY));
  gtk_widget_class_set_template_from_resource (
      widget_class, "/org/shoal/Shoal/transfers/shoal-transfer-row.ui");
  gtk_widget_class_bind_template_callback (widget_class, shows_sources);
  gtk_widget_class_bind_template_callback (widget_class, can_toggle);
}

static void
shoal_transfer_row_init (ShoalTransferRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
