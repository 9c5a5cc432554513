/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "window/shoal-window.h"

#include <glib/gi18n.h>

#include "apps/shoal-app-actions.h"
#include "apps/shoal-app-details.h"
#include "apps/shoal-apps-page.h"
#include "apps/shoal-install-dialog.h"
#include "discover/shoal-discover-actions.h"
#include "discover/shoal-discover-page.h"
#include "discover/shoal-listing-details.h"
#include "discover/shoal-warning-bar.h"
#include "network/shoal-network-actions.h"
#include "network/shoal-network-page.h"
#include "prefs/shoal-preferences.h"
#include "prefs/shoal-welcome-page.h"
#include "transfers/shoal-transfer-actions.h"
#include "transfers/shoal-transfers-page.h"
#include "widgets/shoal-toast.h"

#define SCHEMA_ID "org.shoal.Shoal"

struct _ShoalWindow
{
  AdwApplicationWindow parent_instance;

  AdwToastOverlay *toasts;              /* (unowned): of the template, as the rest here */
  GtkStack *root_stack;                 /* (unowned) */
  AdwStatusPage *unavailable_page;      /* (unowned) */
  AdwLeaflet *leaflet;                  /* (unowned) */
  AdwViewStack *pages;                  /* (unowned) */
  ShoalAppDetails *details;             /* (unowned) */
  ShoalDiscoverPage *discover;          /* (unowned) */
  ShoalListingDetails *listing_details; /* (unowned) */
  GSettings *settings;                  /* (owned) (nullable): %NULL when not installed */
  ShoalClient *client;                  /* (owned) */
  GtkWindow *install_dialog;            /* (weak) (nullable): the one that is open */
  char *pending_link;                   /* (owned) (nullable): waits for the daemon */
};

G_DEFINE_FINAL_TYPE (ShoalWindow, shoal_window, ADW_TYPE_APPLICATION_WINDOW)

enum
{
  PROP_CLIENT = 1,
};

static gboolean
is_main (ShoalWindow *self)
{
  return g_str_equal (gtk_stack_get_visible_child_name (self->root_stack), "main");
}

static void
set_action_enabled (ShoalWindow *self, const char *name, gboolean is_enabled)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), name);

  if (action != NULL)
    g_simple_action_set_enabled (G_SIMPLE_ACTION (action), is_enabled);
}

static void
show_install (ShoalWindow *self, const char *target)
{
  if (self->install_dialog != NULL)
    gtk_window_destroy (self->install_dialog);
  g_set_weak_pointer (
      &self->install_dialog,
      GTK_WINDOW (shoal_install_dialog_new (GTK_WINDOW (self), self->client, target)));
  gtk_window_present (self->install_dialog);
}

static void
show_page (ShoalWindow *self, const char *name)
{
  adw_leaflet_navigate (self->leaflet, ADW_NAVIGATION_DIRECTION_BACK);
  adw_view_stack_set_visible_child_name (self->pages, name);
}

static void
update_view (ShoalWindow *self)
{
  static const char *const when_main[]
      = { "install",     "install-listing", "check", "connect",
          "preferences", "show-page",       "search" };
  const char *state = shoal_client_get_state (self->client);
  gboolean is_undecided = FALSE;
  g_autofree char *link = NULL;

  g_object_get (shoal_client_get_node (self->client), "is-undecided", &is_undecided,
                NULL);
  if (!g_str_equal (state, "ready"))
    gtk_stack_set_visible_child_name (self->root_stack, state);
  else
    gtk_stack_set_visible_child_name (self->root_stack,
                                      is_undecided ? "welcome" : "main");
  for (gsize i = 0; i < G_N_ELEMENTS (when_main); i++)
    set_action_enabled (self, when_main[i], is_main (self));
  if (is_main (self) && self->pending_link != NULL)
    {
      link = g_steal_pointer (&self->pending_link);
      show_page (self, "apps");
      show_install (self, link);
    }
}

static void
error_text_cb (ShoalWindow *self)
{
  g_autofree char *text = NULL;
  g_autofree char *markup = NULL;

  g_object_get (self->client, "error-text", &text, NULL);
  markup = g_markup_escape_text (text != NULL ? text : "", -1);
  adw_status_page_set_description (self->unavailable_page, markup);
}

static void
notice_cb (ShoalWindow *self, const char *text)
{
  adw_toast_overlay_add_toast (self->toasts, shoal_toast_new (text));
}

/* The details are of an app that is gone. */
static void
apps_changed_cb (ShoalWindow *self)
{
  g_autoptr (ShoalApp) app = NULL;
  GListModel *apps = shoal_objects_get_apps (shoal_client_get_objects (self->client));

  g_object_get (self->details, "app", &app, NULL);
  if (app != NULL && !g_list_store_find (G_LIST_STORE (apps), app, NULL))
    {
      adw_leaflet_navigate (self->leaflet, ADW_NAVIGATION_DIRECTION_BACK);
      g_object_set (self->details, "app", NULL, NULL);
    }
}

static void
install_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  ShoalWindow *self = user_data;

  show_page (self, "apps");
  show_install (self, NULL);
}

/* From the Discover page, which stays: it shows how the install goes. */
static void
install_listing_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  show_install (user_data, g_variant_get_string (parameter, NULL));
}

static void
show_listing_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  ShoalWindow *self = user_data;
  ShoalListing *listing
      = shoal_discover_page_find (self->discover, g_variant_get_string (parameter, NULL));

  if (listing == NULL)
    return;
  g_object_set (self->listing_details, "listing", listing, NULL);
  adw_view_stack_set_visible_child_name (self->pages, "discover");
  adw_leaflet_set_visible_child (self->leaflet, GTK_WIDGET (self->listing_details));
}

static void
search_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  ShoalWindow *self = user_data;

  show_page (self, "discover");
  shoal_discover_page_focus_search (self->discover);
}

static void
install_link_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  shoal_window_open_link (user_data, g_variant_get_string (parameter, NULL));
}

static void
show_app_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  ShoalWindow *self = user_data;
  const char *app_id = g_variant_get_string (parameter, NULL);
  ShoalApp *app
      = shoal_objects_find_app (shoal_client_get_objects (self->client), app_id);

  if (app == NULL)
    return;
  g_object_set (self->details, "app", app, NULL);
  adw_view_stack_set_visible_child_name (self->pages, "apps");
  adw_leaflet_set_visible_child (self->leaflet, GTK_WIDGET (self->details));
}

static void
back_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  ShoalWindow *self = user_data;

  adw_leaflet_navigate (self->leaflet, ADW_NAVIGATION_DIRECTION_BACK);
}

static void
retry_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  ShoalWindow *self = user_data;

  shoal_client_connect (self->client);
}

static void
set_sharing_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  ShoalWindow *self = user_data;

  shoal_node_set_sharing_mode (shoal_client_get_node (self->client),
                               g_variant_get_string (parameter, NULL));
}

static void
show_page_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  ShoalWindow *self = user_data;
  const char *name = g_variant_get_string (parameter, NULL);

  if (adw_view_stack_get_child_by_name (self->pages, name) != NULL)
    show_page (self, name);
}

static void
preferences_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  ShoalWindow *self = user_data;
  ShoalNode *node = shoal_client_get_node (self->client);

  gtk_window_present (GTK_WINDOW (shoal_preferences_new (GTK_WINDOW (self), node)));
}

static const GActionEntry entries[] = {
  { .name = "install", .activate = install_cb },
  { .name = "install-link", .activate = install_link_cb, .parameter_type = "s" },
  { .name = "install-listing", .activate = install_listing_cb, .parameter_type = "s" },
  { .name = "show-app", .activate = show_app_cb, .parameter_type = "s" },
  { .name = "show-listing", .activate = show_listing_cb, .parameter_type = "s" },
  { .name = "search", .activate = search_cb },
  { .name = "back", .activate = back_cb },
  { .name = "retry", .activate = retry_cb },
  { .name = "set-sharing", .activate = set_sharing_cb, .parameter_type = "s" },
  { .name = "show-page", .activate = show_page_cb, .parameter_type = "s" },
  { .name = "preferences", .activate = preferences_cb },
};

/* Without its schema, as in a build folder, the window has its default size. */
static void
load_size (ShoalWindow *self)
{
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchema) schema = NULL;

  if (source != NULL)
    schema = g_settings_schema_source_lookup (source, SCHEMA_ID, TRUE);
  if (schema == NULL)
    return;
  self->settings = g_settings_new_full (schema, NULL, NULL);
  gtk_window_set_default_size (GTK_WINDOW (self),
                               g_settings_get_int (self->settings, "window-width"),
                               g_settings_get_int (self->settings, "window-height"));
  if (g_settings_get_boolean (self->settings, "window-maximized"))
    gtk_window_maximize (GTK_WINDOW (self));
}

static gboolean
shoal_window_close_request (GtkWindow *window)
{
  ShoalWindow *self = SHOAL_WINDOW (window);
  int width, height;

  if (self->settings != NULL)
    {
      gtk_window_get_default_size (window, &width, &height);
      g_settings_set_int (self->settings, "window-width", width);
      g_settings_set_int (self->settings, "window-height", height);
      g_settings_set_boolean (self->settings, "window-maximized",
                              gtk_window_is_maximized (window));
    }
  return GTK_WINDOW_CLASS (shoal_window_parent_class)->close_request (window);
}

static void
shoal_window_get_property (GObject *object,
                           guint prop_id,
                           GValue *value,
                           GParamSpec *pspec)
{
  g_value_set_object (value, SHOAL_WINDOW (object)->client);
}

static void
shoal_window_set_property (GObject *object,
                           guint prop_id,
                           const GValue *value,
                           GParamSpec *pspec)
{
  if (g_set_object (&SHOAL_WINDOW (object)->client, g_value_get_object (value)))
    g_object_notify_by_pspec (object, pspec);
}

static void
shoal_window_dispose (GObject *object)
{
  ShoalWindow *self = SHOAL_WINDOW (object);

  g_clear_weak_pointer (&self->install_dialog);
  g_clear_pointer (&self->pending_link, g_free);
  g_clear_object (&self->settings);
  g_clear_object (&self->client);
  G_OBJECT_CLASS (shoal_window_parent_class)->dispose (object);
}

static void
shoal_window_class_init (ShoalWindowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = shoal_window_get_property;
  object_class->set_property = shoal_window_set_property;
  object_class->dispose = shoal_window_dispose;
  GTK_WINDOW_CLASS (klass)->close_request = shoal_window_close_request;
  g_object_class_install_property (
      object_class, PROP_CLIENT,
      g_param_spec_object ("client", NULL, NULL, SHOAL_TYPE_CLIENT,
                           G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS
                               | G_PARAM_EXPLICIT_NOTIFY));
  g_type_ensure (SHOAL_TYPE_APPS_PAGE);
  g_type_ensure (SHOAL_TYPE_APP_DETAILS);
  g_type_ensure (SHOAL_TYPE_DISCOVER_PAGE);
  g_type_ensure (SHOAL_TYPE_LISTING_DETAILS);
  g_type_ensure (SHOAL_TYPE_WARNING_BAR);
  g_type_ensure (SHOAL_TYPE_TRANSFERS_PAGE);
  g_type_ensure (SHOAL_TYPE_NETWORK_PAGE);
  g_type_ensure (SHOAL_TYPE_WELCOME_PAGE);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/shoal/Shoal/window/shoal-window.ui");
  gtk_widget_class_bind_template_child (widget_class, ShoalWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, ShoalWindow, root_stack);
  gtk_widget_class_bind_template_child (widget_class, ShoalWindow, unavailable_page);
  gtk_widget_class_bind_template_child (widget_class, ShoalWindow, leaflet);
  gtk_widget_class_bind_template_child (widget_class, ShoalWindow, pages);
  gtk_widget_class_bind_template_child (widget_class, ShoalWindow, details);
  gtk_widget_class_bind_template_child (widget_class, ShoalWindow, discover);
  gtk_widget_class_bind_template_child (widget_class, ShoalWindow, listing_details);
}

static void
shoal_window_init (ShoalWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  load_size (self);
}

GtkWidget *
shoal_window_new (GtkApplication *application, ShoalClient *client)
{
  ShoalWindow *self = g_object_new (SHOAL_TYPE_WINDOW, "application", application,
                                    "client", client, NULL);
  GtkApplicationWindow *window = GTK_APPLICATION_WINDOW (self);
  GObject *node = G_OBJECT (shoal_client_get_node (client));
  GListModel *apps = shoal_objects_get_apps (shoal_client_get_objects (client));
  const struct
  {
    gpointer object;
    const char *signal;
    GCallback callback;
  } handlers[] = {
    { client, "notify::state", G_CALLBACK (update_view) },
    { client, "notify::error-text", G_CALLBACK (error_text_cb) },
    { client, "notice", G_CALLBACK (notice_cb) },
    { node, "notify::is-undecided", G_CALLBACK (update_view) },
    { apps, "items-changed", G_CALLBACK (apps_changed_cb) },
  };

  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries),
                                   self);
  shoal_app_actions_add (window, client);
  shoal_discover_actions_add (window, client);
  shoal_transfer_actions_add (window, client);
  shoal_network_actions_add (window, client);
  for (gsize i = 0; i < G_N_ELEMENTS (handlers); i++)
    g_signal_connect_object (handlers[i].object, handlers[i].signal, handlers[i].callback,
                             self, G_CONNECT_SWAPPED);
  error_text_cb (self);
  update_view (self);
  return GTK_WIDGET (self);
}

void
shoal_window_open_link (ShoalWindow *self, const char *link)
{
  g_free (self->pending_link);
  self->pending_link = g_strdup (link);
  update_view (self);
}
