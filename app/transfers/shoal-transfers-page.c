/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "transfers/shoal-transfers-page.h"

#include "widgets/shoal-list-section.h"
#include "widgets/shoal-speed-graph.h"
#include "transfers/shoal-transfer-row.h"

struct _ShoalTransfersPage
{
  AdwBin parent_instance;

  ShoalClient *client; /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (ShoalTransfersPage, shoal_transfers_page, ADW_TYPE_BIN)

enum
{
  PROP_CLIENT = 1,
};

static char *
visible_child (ShoalTransfersPage *self, guint n_jobs)
{
  return g_strdup (n_jobs > 0 ? "lists" : "empty");
}

static gboolean
has_items (ShoalTransfersPage *self, guint n_items)
{
  return n_items > 0;
}

static void
shoal_transfers_page_get_property (GObject *object,
                                   guint prop_id,
                                   GValue *value,
                                   GParamSpec *pspec)
{
  g_value_set_object (value, SHOAL_TRANSFERS_PAGE (object)->client);
}

static void
shoal_transfers_page_set_property (GObject *object,
                                   guint prop_id,
                                   const GValue *value,
                                   GParamSpec *pspec)
{
  if (g_set_object (&SHOAL_TRANSFERS_PAGE (object)->client, g_value_get_object (value)))
    g_object_notify_by_pspec (object, pspec);
}

static void
shoal_transfers_page_dispose (GObject *object)
{
  g_clear_object (&SHOAL_TRANSFERS_PAGE (object)->client);
  G_OBJECT_CLASS (shoal_transfers_page_parent_class)->dispose (object);
}

static void
shoal_transfers_page_class_init (ShoalTransfersPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = shoal_transfers_page_get_property;
  object_class->set_property = shoal_transfers_page_set_property;
  object_class->dispose = shoal_transfers_page_dispose;
  g_object_class_install_property (
      object_class, PROP_CLIENT,
      g_param_spec_object ("client", NULL, NULL, SHOAL_TYPE_CLIENT,
                           G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS
                               | G_PARAM_EXPLICIT_NOTIFY));
  g_type_ensure (SHOAL_TYPE_TRANSFER_ROW);
  g_type_ensure (SHOAL_TYPE_LIST_SECTION);
  g_type_ensure (SHOAL_TYPE_SPEED_GRAPH);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/org/shoal/Shoal/transfers/shoal-transfers-page.ui");
  gtk_widget_class_bind_template_callback (widget_class, visible_child);
  gtk_widget_class_bind_template_callback (widget_class, has_items);
}

static void
shoal_transfers_page_init (ShoalTransfersPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
