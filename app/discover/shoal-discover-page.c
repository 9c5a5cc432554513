/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "discover/shoal-discover-page.h"

#include <glib/gi18n-lib.h>

#include "model/shoal-category.h"
#include "widgets/shoal-list-section.h"
#include "discover/shoal-category-tile.h"
#include "discover/shoal-listing-row.h"

struct _ShoalDiscoverPage
{
  AdwBin parent_instance;

  GtkEditable *entry;     /* (unowned): of the template, as the rest here */
  GtkFlowBox *categories; /* (unowned) */
  ShoalClient *client;    /* (owned) (nullable) */
  ShoalSearch *search;    /* (owned) (nullable): as long as there is a client */
  char *category;         /* (owned): id of the one that is chosen; "": all */
  gboolean is_seen;       /* somebody has looked at the page */
  gboolean is_stale;      /* there may be more to find than when the search was started */
};

G_DEFINE_FINAL_TYPE (ShoalDiscoverPage, shoal_discover_page, ADW_TYPE_BIN)

enum
{
  PROP_CLIENT = 1,
  PROP_SEARCH,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

static gboolean
is_filled (const char *text)
{
  return text != NULL && *text != '\0';
}

static char *
visible_child (ShoalDiscoverPage *self,
               const char *state,
               const char *text,
               const char *category)
{
  if (g_strcmp0 (state, "found") == 0 || g_strcmp0 (state, "searching") == 0)
    return g_strdup (state);
  if (g_strcmp0 (state, "failed") == 0 || g_strcmp0 (state, "offline") == 0)
    return g_strdup ("failed");
  return g_strdup (is_filled (text) || is_filled (category) ? "none" : "empty");
}

static gboolean
has_category (ShoalDiscoverPage *self, const char *category)
{
  return is_filled (category);
}

static char *
category_title (ShoalDiscoverPage *self, const char *category)
{
  return shoal_category_dup_title (category != NULL ? category : "");
}

static gboolean
shows_categories (ShoalDiscoverPage *self,
                  const char *text,
                  const char *category,
                  guint64 n_apps)
{
  return !is_filled (text) && !is_filled (category) && n_apps > 0;
}

static char *
results_title (ShoalDiscoverPage *self, const char *text, const char *category)
{
  return g_strdup (is_filled (text) || is_filled (category) ? _ ("Found")
                                                            : _ ("All Apps"));
}

static char *
none_text (ShoalDiscoverPage *self, const char *status)
{
  const char *advice
      = _ ("Try other words, or fewer of them. An app that nobody announces "
           "can be installed by its shoal: link.");

  return is_filled (status) ? g_strdup_printf ("%s\n%s", status, advice)
                            : g_strdup (advice);
}

static char *
failed_icon (ShoalDiscoverPage *self, const char *state)
{
  return g_strdup (g_strcmp0 (state, "offline") == 0 ? "network-offline-symbolic"
                                                     : "dialog-warning-symbolic");
}

static char *
failed_title (ShoalDiscoverPage *self, const char *state)
{
  return g_strdup (g_strcmp0 (state, "offline") == 0 ? _ ("Nobody Can Be Reached")
                                                     : _ ("Cannot Search"));
}

/* The description of a status page is markup. */
static char *
escape (ShoalDiscoverPage *self, const char *text)
{
  return g_markup_escape_text (text != NULL ? text : "", -1);
}

static void
start (ShoalDiscoverPage *self)
{
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (self->entry)));

  if (self->search == NULL || !self->is_seen
      || !g_str_equal (shoal_client_get_state (self->client), "ready"))
    return;
  self->is_stale = FALSE;
  shoal_search_start (self->search, text, self->category);
}

static void
set_category (ShoalDiscoverPage *self, const char *category)
{
  if (g_str_equal (self->category, category))
    return;
  g_free (self->category);
  self->category = g_strdup (category);
  start (self);
}

/* The entry also says so a moment after it was made, with no words in it. */
static void
search_changed_cb (ShoalDiscoverPage *self)
{
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (self->entry)));
  g_autofree char *old = NULL;

  if (self->search == NULL)
    return;
  g_object_get (self->search, "text", &old, NULL);
  if (!g_str_equal (text, old))
    start (self);
}

/* Escape: first the words, then the category. */
static void
stop_search_cb (ShoalDiscoverPage *self)
{
  if (*gtk_editable_get_text (self->entry) != '\0')
    gtk_editable_set_text (self->entry, "");
  else
    set_category (self, "");
}

static void
entry_activate_cb (ShoalDiscoverPage *self)
{
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (self->entry)));

  if (g_str_has_prefix (text, "shoal:"))
    gtk_widget_activate_action (GTK_WIDGET (self), "win.install-listing", "s", text);
  else
    start (self);
}

static void
listing_activated_cb (GtkWidget *section, ShoalListing *listing, ShoalDiscoverPage *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.show-listing", "s",
                              shoal_listing_get_app_id (listing));
}

static void
category_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  set_category (SHOAL_DISCOVER_PAGE (widget), g_variant_get_string (parameter, NULL));
}

static void
retry_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  start (SHOAL_DISCOVER_PAGE (widget));
}

static GtkWidget *
create_tile (gpointer item, gpointer user_data)
{
  return g_object_new (SHOAL_TYPE_CATEGORY_TILE, "category", item, NULL);
}

/* Not while a search is under way, which would begin again and again while apps become
 * known, and not while nobody looks. */
static void
refresh (ShoalDiscoverPage *self)
{
  gboolean is_searching = FALSE;

  if (!self->is_stale || !gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  g_object_get (self->search, "is-searching", &is_searching, NULL);
  if (!is_searching)
    start (self);
}

/* The daemon has learned of more apps, or has come back. */
static void
catalog_changed_cb (ShoalDiscoverPage *self)
{
  self->is_stale = TRUE;
  refresh (self);
}

static void
set_client (ShoalDiscoverPage *self, ShoalClient *client)
{
  ShoalNode *node;

  if (self->client == client || client == NULL)
    return;
  g_set_object (&self->client, client);
  node = shoal_client_get_node (client);
  self->search = shoal_search_new (client);
  self->is_stale = TRUE;
  g_signal_connect_object (self->search, "notify::is-searching", G_CALLBACK (refresh),
                           self, G_CONNECT_SWAPPED);
  gtk_flow_box_bind_model (self->categories, shoal_node_get_categories (node),
                           create_tile, self, NULL);
  g_signal_connect_object (client, "notify::state", G_CALLBACK (catalog_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (shoal_node_get_categories (node), "items-changed",
                           G_CALLBACK (catalog_changed_cb), self, G_CONNECT_SWAPPED);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SEARCH]);
}

static void
shoal_discover_page_map (GtkWidget *widget)
{
  ShoalDiscoverPage *self = SHOAL_DISCOVER_PAGE (widget);

  GTK_WIDGET_CLASS (shoal_discover_page_parent_class)->map (widget);
  self->is_seen = TRUE;
  if (self->search != NULL
      && !g_str_equal (shoal_search_get_state (self->search), "found"))
    self->is_stale = TRUE;
  if (self->search != NULL)
    refresh (self);
}

static void
shoal_discover_page_get_property (GObject *object,
                                  guint prop_id,
                                  GValue *value,
                                  GParamSpec *pspec)
{
  ShoalDiscoverPage *self = SHOAL_DISCOVER_PAGE (object);

  if (prop_id == PROP_CLIENT)
    g_value_set_object (value, self->client);
  else
    g_value_set_object (value, self->search);
}

static void
shoal_discover_page_set_property (GObject *object,
                                  guint prop_id,
                                  const GValue *value,
                                  GParamSpec *pspec)
{
  set_client (SHOAL_DISCOVER_PAGE (object), g_value_get_object (value));
  g_object_notify_by_pspec (object, pspec);
}

static void
shoal_discover_page_dispose (GObject *object)
{
  ShoalDiscoverPage *self = SHOAL_DISCOVER_PAGE (object);

  if (self->search != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->search, self);
      shoal_search_stop (self->search);
    }
  g_clear_object (&self->search);
  g_clear_object (&self->client);
  G_OBJECT_CLASS (shoal_discover_page_parent_class)->dispose (object);
}

static void
shoal_discover_page_finalize (GObject *object)
{
  g_free (SHOAL_DISCOVER_PAGE (object)->category);
  G_OBJECT_CLASS (shoal_discover_page_parent_class)->finalize (object);
}

static void
bind_template (GtkWidgetClass *klass)
{
  gtk_widget_class_set_template_from_resource (
      klass, "/org/shoal/Shoal/discover/shoal-discover-page.ui");
  gtk_widget_class_bind_template_child (klass, ShoalDiscoverPage, entry);
  gtk_widget_class_bind_template_child (klass, ShoalDiscoverPage, categories);
  gtk_widget_class_bind_template_callback (klass, search_changed_cb);
  gtk_widget_class_bind_template_callback (klass, stop_search_cb);
  gtk_widget_class_bind_template_callback (klass, entry_activate_cb);
  gtk_widget_class_bind_template_callback (klass, listing_activated_cb);
  gtk_widget_class_bind_template_callback (klass, visible_child);
  gtk_widget_class_bind_template_callback (klass, has_category);
  gtk_widget_class_bind_template_callback (klass, category_title);
  gtk_widget_class_bind_template_callback (klass, shows_categories);
  gtk_widget_class_bind_template_callback (klass, results_title);
  gtk_widget_class_bind_template_callback (klass, none_text);
  gtk_widget_class_bind_template_callback (klass, failed_icon);
  gtk_widget_class_bind_template_callback (klass, failed_title);
  gtk_widget_class_bind_template_callback (klass, escape);
}

static void
shoal_discover_page_class_init (ShoalDiscoverPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = shoal_discover_page_get_property;
  object_class->set_property = shoal_discover_page_set_property;
  object_class->dispose = shoal_discover_page_dispose;
  object_class->finalize = shoal_discover_page_finalize;
  widget_class->map = shoal_discover_page_map;
  props[PROP_CLIENT] = g_param_spec_object ("client", NULL, NULL, SHOAL_TYPE_CLIENT,
                                            G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS
                                                | G_PARAM_EXPLICIT_NOTIFY);
  props[PROP_SEARCH] = g_param_spec_object ("search", NULL, NULL, SHOAL_TYPE_SEARCH,
                                            G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  g_type_ensure (SHOAL_TYPE_LIST_SECTION);
  g_type_ensure (SHOAL_TYPE_LISTING_ROW);
  gtk_widget_class_install_action (widget_class, "discover.category", "s",
                                   category_action);
  gtk_widget_class_install_action (widget_class, "discover.retry", NULL, retry_action);
  bind_template (widget_class);
}

static void
shoal_discover_page_init (ShoalDiscoverPage *self)
{
  self->category = g_strdup ("");
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_search_entry_set_key_capture_widget (GTK_SEARCH_ENTRY (self->entry),
                                           GTK_WIDGET (self));
}

void
shoal_discover_page_focus_search (ShoalDiscoverPage *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
}

ShoalListing *
shoal_discover_page_find (ShoalDiscoverPage *self, const char *app_id)
{
  GListModel *results = shoal_search_get_results (self->search);
  guint n_results = g_list_model_get_n_items (results);

  for (guint i = 0; i < n_results; i++)
    {
      g_autoptr (ShoalListing) listing = g_list_model_get_item (results, i);

      if (g_str_equal (shoal_listing_get_app_id (listing), app_id))
        return listing; /* the list keeps it */
    }
  return NULL;
}
