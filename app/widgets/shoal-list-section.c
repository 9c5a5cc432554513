/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "widgets/shoal-list-section.h"

struct _ShoalListSection
{
  AdwBin parent_instance;

  GtkListBox *box;   /* (unowned): of the template */
  char *title;       /* (owned) (nullable) */
  GListModel *model; /* (owned) (nullable) */
  GType row_type;
  char *item_property;  /* (owned) (nullable) */
  char *label_property; /* (owned) (nullable) */
  gboolean is_activatable;
  gulong changed_id;
};

G_DEFINE_FINAL_TYPE (ShoalListSection, shoal_list_section, ADW_TYPE_BIN)

enum
{
  PROP_TITLE = 1,
  PROP_MODEL,
  PROP_ROW_TYPE,
  PROP_ITEM_PROPERTY,
  PROP_LABEL_PROPERTY,
  PROP_IS_ACTIVATABLE,
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
label_cb (GtkWidget *row, GParamSpec *pspec, GObject *item)
{
  g_autofree char *label = NULL;

  g_object_get (item, pspec->name, &label, NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  label != NULL ? label : "", -1);
}

/* What a screen reader says of a row, in place of all its parts one by one. */
static void
bind_label (ShoalListSection *self, GtkWidget *row, GObject *item)
{
  g_autofree char *signal = g_strconcat ("notify::", self->label_property, NULL);
  GParamSpec *pspec
      = g_object_class_find_property (G_OBJECT_GET_CLASS (item), self->label_property);

  g_return_if_fail (pspec != NULL);
  g_signal_connect_object (item, signal, G_CALLBACK (label_cb), row, G_CONNECT_SWAPPED);
  label_cb (row, pspec, item);
}

static GtkWidget *
create_row (gpointer item, gpointer user_data)
{
  ShoalListSection *self = user_data;
  GtkWidget *child = g_object_new (self->row_type, NULL);
  GtkWidget *row = gtk_list_box_row_new ();

  if (GTK_IS_STRING_OBJECT (item))
    g_object_set (child, self->item_property, gtk_string_object_get_string (item), NULL);
  else
    g_object_set (child, self->item_property, item, NULL);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), child);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), self->is_activatable);
  if (self->label_property != NULL)
    bind_label (self, row, item);
  return row;
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
  gtk_list_box_bind_model (self->box, model, create_row, self, NULL);
  items_changed_cb (self);
}

static void
row_activated_cb (GtkListBox *box, GtkListBoxRow *row, ShoalListSection *self)
{
  g_autoptr (GObject) item
      = g_list_model_get_item (self->model, gtk_list_box_row_get_index (row));

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

  switch (prop_id)
    {
    case PROP_TITLE:
      g_value_set_string (value, self->title);
      break;
    case PROP_MODEL:
      g_value_set_object (value, self->model);
      break;
    case PROP_ROW_TYPE:
      g_value_set_gtype (value, self->row_type);
      break;
    case PROP_ITEM_PROPERTY:
      g_value_set_string (value, self->item_property);
      break;
    case PROP_LABEL_PROPERTY:
      g_value_set_string (value, self->label_property);
      break;
    case PROP_IS_ACTIVATABLE:
      g_value_set_boolean (value, self->is_activatable);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
shoal_list_section_set_property (GObject *object,
                                 guint prop_id,
                                 const GValue *value,
                                 GParamSpec *pspec)
{
  ShoalListSection *self = SHOAL_LIST_SECTION (object);

  switch (prop_id)
    {
    case PROP_TITLE:
      g_free (self->title);
      self->title = g_value_dup_string (value);
      break;
    case PROP_MODEL:
      set_model (self, g_value_get_object (value));
      break;
    case PROP_ROW_TYPE:
      self->row_type = g_value_get_gtype (value);
      break;
    case PROP_ITEM_PROPERTY:
      g_free (self->item_property);
      self->item_property = g_value_dup_string (value);
      break;
    case PROP_LABEL_PROPERTY:
      g_free (self->label_property);
      self->label_property = g_value_dup_string (value);
      break;
    case PROP_IS_ACTIVATABLE:
      self->is_activatable = g_value_get_boolean (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
shoal_list_section_dispose (GObject *object)
{
  ShoalListSection *self = SHOAL_LIST_SECTION (object);

  if (self->model != NULL)
    g_clear_signal_handler (&self->changed_id, self->model);
  g_clear_object (&self->model);
  G_OBJECT_CLASS (shoal_list_section_parent_class)->dispose (object);
}

static void
shoal_list_section_finalize (GObject *object)
{
  g_free (SHOAL_LIST_SECTION (object)->title);
  g_free (SHOAL_LIST_SECTION (object)->item_property);
  g_free (SHOAL_LIST_SECTION (object)->label_property);
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
  props[PROP_ROW_TYPE]
      = g_param_spec_gtype ("row-type", NULL, NULL, GTK_TYPE_WIDGET, flags);
  props[PROP_ITEM_PROPERTY]
      = g_param_spec_string ("item-property", NULL, NULL, NULL, flags);
  props[PROP_LABEL_PROPERTY]
      = g_param_spec_string ("label-property", NULL, NULL, NULL, flags);
  props[PROP_IS_ACTIVATABLE]
      = g_param_spec_boolean ("is-activatable", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
  activated_signal
      = g_signal_new ("activated", SHOAL_TYPE_LIST_SECTION, G_SIGNAL_RUN_LAST, 0, NULL,
                      NULL, NULL, G_TYPE_NONE, 1, G_TYPE_OBJECT);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/org/shoal/Shoal/widgets/shoal-list-section.ui");
  gtk_widget_class_bind_template_child (widget_class, ShoalListSection, box);
  gtk_widget_class_bind_template_callback (widget_class, row_activated_cb);
}

static void
shoal_list_section_init (ShoalListSection *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}
