/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "discover/shoal-category-tile.h"

struct _ShoalCategoryTile
{
  AdwBin parent_instance;

  GtkWidget *button;       /* (unowned): of the template */
  ShoalCategory *category; /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (ShoalCategoryTile, shoal_category_tile, ADW_TYPE_BIN)

enum
{
  PROP_CATEGORY = 1,
};

static void
speech_cb (ShoalCategoryTile *self)
{
  g_autofree char *text = NULL;

  g_object_get (self->category, "speech-text", &text, NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
}

/* Once: a tile is made for one category and goes with it. */
static void
set_category (ShoalCategoryTile *self, ShoalCategory *category)
{
  if (category == NULL || !g_set_object (&self->category, category))
    return;
  g_signal_connect_object (category, "notify::speech-text", G_CALLBACK (speech_cb), self,
                           G_CONNECT_SWAPPED);
  speech_cb (self);
}

static void
shoal_category_tile_get_property (GObject *object,
                                  guint prop_id,
                                  GValue *value,
                                  GParamSpec *pspec)
{
  g_value_set_object (value, SHOAL_CATEGORY_TILE (object)->category);
}

static void
shoal_category_tile_set_property (GObject *object,
                                  guint prop_id,
                                  const GValue *value,
                                  GParamSpec *pspec)
{
  set_category (SHOAL_CATEGORY_TILE (object), g_value_get_object (value));
  g_object_notify_by_pspec (object, pspec);
}

static void
shoal_category_tile_dispose (GObject *object)
{
  g_clear_object (&SHOAL_CATEGORY_TILE (object)->category);
  G_OBJECT_CLASS (shoal_category_tile_parent_class)->dispose (object);
}

static void
shoal_category_tile_class_init (ShoalCategoryTileClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = shoal_category_tile_get_property;
  object_class->set_property = shoal_category_tile_set_property;
  object_class->dispose = shoal_category_tile_dispose;
  g_object_class_install_property (
      object_class, PROP_CATEGORY,
      g_param_spec_object ("category", NULL, NULL, SHOAL_TYPE_CATEGORY,
                           G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS
                               | G_PARAM_EXPLICIT_NOTIFY));
  gtk_widget_class_set_template_from_resource (
      widget_class, "/org/shoal/Shoal/discover/shoal-category-tile.ui");
  gtk_widget_class_bind_template_child (widget_class, ShoalCategoryTile, button);
}

static void
shoal_category_tile_init (ShoalCategoryTile *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
