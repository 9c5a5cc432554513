/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "widgets/shoal-list-section.h"

struct _ShoalListSection
{
  AdwBin parent_instance;

  GtkListView *view;           /* (unowned): of the template */
  char *title;                 /* (owned) (nullable) */
  GListModel *model;           /* (owned) (nullable) */
  GtkListItemFactory *factory; /* (owned) (nullable) */
  gulong changed_id;
};

G_DEFINE_FINAL_TYPE (ShoalListSection, shoal_list_section, ADW_TYPE_BIN)

enum
{
  PROP_TITLE = 1,
  PROP_MODEL,
  PROP_FACTORY,
  N_PROPS
};

static GParamSpec *props[N_PROPS];
static guint activated_signal;

static void
items_changed_cb (ShoalListSection *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self),
                          self->model != NULL
                              && g_list_model_get_n_items (self->model) > 0);
}

static void
set_model (ShoalListSection *self, GListModel *model)
{
  if (self->model != NULL)
    g_clear_signal_handler (&self->changed_id, self->model);
  if (!g_set_object (&self->model, model))
    return;
  if (model != NULL)
    self->changed_id = g_signal_connect_swapped (model, "items-changed",
                                                 G_CALLBACK (items_changed_cb), self);
  items_changed_cb (self);
}

static void
activate_cb (GtkListView *view, guint position, ShoalListSection *self)
{
  g_autoptr (GObject) item = g_list_model_get_item (self->model, position);

  if (item != NULL)
    g_signal_emit (self, activated_signal, 0, item);
}

static void
shoal_list_section_get_property (GObject *object,
                                 guint prop_id,
                                 GValue *value,
                                 GParamSpec *pspec)
{
  ShoalListSection *self = SHOAL_LIST_SECTION (object);

  if (prop_id == PROP_TITLE)
    g_value_set_string (value, self->title);
  else if (prop_id == PROP_MODEL)
    g_value_set_object (value, self->model);
  else
    g_value_set_object (value, self->factory);
}

static void
shoal_list_section_set_property (GObject *object,
                                 guint prop_id,
                                 const GValue *value,
                                 GParamSpec *pspec)
{
  ShoalListSection *self = SHOAL_LIST_SECTION (object);

  if (prop_id == PROP_TITLE)
    {
      g_free (self->title);
      self->title = g_value_dup_string (value);
    }
  else if (prop_id == PROP_MODEL)
    set_model (self, g_value_get_object (value));
  else
    g_set_object (&self->factory, g_value_get_object (value));
}

static void
shoal_list_section_dispose (GObject *object)
{
  ShoalListSection *self = SHOAL_LIST_SECTION (object);

  if (self->model != NULL)
    g_clear_signal_handler (&self->changed_id, self->model);
  g_clear_object (&self->model);
  g_clear_object (&self->factory);
  G_OBJECT_CLASS (shoal_list_section_parent_class)->dispose (object);
}

static void
shoal_list_section_finalize (GObject *object)
{
  g_free (SHOAL_LIST_SECTION (object)->title);
  G_OBJECT_CLASS (shoal_list_section_parent_class)->finalize (object);
}

static void
shoal_list_section_class_init (ShoalListSectionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = shoal_list_section_get_property;
  object_class->set_property = shoal_list_section_set_property;
  object_class->dispose = shoal_list_section_dispose;
  object_class->finalize = shoal_list_section_finalize;
  props[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, flags);
  props[PROP_MODEL] = g_param_spec_object ("model", NULL, NULL, G_TYPE_LIST_MODEL, flags);
  props[PROP_FACTORY]
      = g_param_spec_object ("factory", NULL, NULL, GTK_TYPE_LIST_ITEM_FACTORY, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
  activated_signal
      = g_signal_new ("activated", SHOAL_TYPE_LIST_SECTION, G_SIGNAL_RUN_LAST, 0, NULL,
                      NULL, NULL, G_TYPE_NONE, 1, G_TYPE_OBJECT);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/org/shoal/Shoal/widgets/shoal-list-section.ui");
  gtk_widget_class_bind_template_child (widget_class, ShoalListSection, view);
  gtk_widget_class_bind_template_callback (widget_class, activate_cb);
}

static void
shoal_list_section_init (ShoalListSection *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}
