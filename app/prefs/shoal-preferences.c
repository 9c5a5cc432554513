/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "prefs/shoal-preferences.h"

#include <glib/gi18n-lib.h>

#include "widgets/shoal-toast.h"
#include "prefs/shoal-mesh-settings.h"
#include "prefs/shoal-setting-binding.h"

/* Rates are shown in kB/s and sizes in GB: powers of 1000, as everywhere in the window.
 */
#define BYTES_PER_KB 1000.0
#define BYTES_PER_GB 1e9

struct _ShoalPreferences
{
  AdwPreferencesWindow parent_instance;

  AdwComboRow *sharing_row;         /* (unowned): of the template, as the rest here */
  AdwComboRow *metered_row;         /* (unowned) */
  GtkSwitch *auto_fetch_switch;     /* (unowned) */
  GtkSpinButton *upload_spin;       /* (unowned) */
  GtkSpinButton *download_spin;     /* (unowned) */
  GtkSpinButton *cache_spin;        /* (unowned) */
  AdwEntryRow *master_row;          /* (unowned) */
  AdwEntryRow *new_peer_row;        /* (unowned) */
  AdwExpanderRow *bootstrap_row;    /* (unowned) */
  AdwActionRow *storage_row;        /* (unowned) */
  ShoalMeshSettings *mesh_settings; /* (unowned) */
  GPtrArray *peer_rows;             /* (owned) (element-type GtkWidget, unowned) */
  char **bootstrap;                 /* (owned) (nullable): what the rows show */
  ShoalNode *node;                  /* (owned) */
};

G_DEFINE_FINAL_TYPE (ShoalPreferences, shoal_preferences, ADW_TYPE_PREFERENCES_WINDOW)

static const char *const sharing_modes[] = { "on", "download-only", "off", NULL };
static const char *const metered_policies[] = { "all", "serving", "none", NULL };

static void
refused_cb (ShoalPreferences *self, const char *text)
{
  adw_preferences_window_add_toast (ADW_PREFERENCES_WINDOW (self),
                                    shoal_toast_new (text));
}

static void
restart_needed_cb (ShoalPreferences *self)
{
  adw_preferences_window_add_toast (
      ADW_PREFERENCES_WINDOW (self),
      shoal_toast_new (_ ("This takes effect when the service starts again")));
}

static void
remove_peer_cb (GtkWidget *button, ShoalPreferences *self)
{
  const char *gone = g_object_get_data (G_OBJECT (button), "address");
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) kept = NULL;

  for (guint i = 0; self->bootstrap[i] != NULL; i++)
    if (!g_str_equal (self->bootstrap[i], gone))
      g_strv_builder_add (builder, self->bootstrap[i]);
  kept = g_strv_builder_end (builder);
  g_object_set (self->node, "bootstrap", kept, NULL);
}

static GtkWidget *
create_peer_row (ShoalPreferences *self, const char *address)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *button = gtk_button_new_from_icon_name ("user-trash-symbolic");

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), address);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 0);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, _ ("Remove"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Remove"), -1);
  g_object_set_data_full (G_OBJECT (button), "address", g_strdup (address), g_free);
  g_signal_connect (button, "clicked", G_CALLBACK (remove_peer_cb), self);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
  return row;
}

/* AdwExpanderRow takes no model. The node notifies often, so only a change rebuilds. */
static void
bootstrap_changed_cb (ShoalPreferences *self)
{
  g_auto (GStrv) bootstrap = NULL;

  g_object_get (self->node, "bootstrap", &bootstrap, NULL);
  if (self->bootstrap != NULL
      && g_strv_equal ((const char *const *) self->bootstrap,
                       (const char *const *) bootstrap))
    return;
  for (guint i = 0; i < self->peer_rows->len; i++)
    adw_expander_row_remove (self->bootstrap_row, g_ptr_array_index (self->peer_rows, i));
  g_ptr_array_set_size (self->peer_rows, 0);
  for (guint i = 0; bootstrap[i] != NULL; i++)
    {
      GtkWidget *row = create_peer_row (self, bootstrap[i]);

      adw_expander_row_add_row (self->bootstrap_row, row);
      g_ptr_array_add (self->peer_rows, row);
    }
  g_strfreev (self->bootstrap);
  self->bootstrap = g_steal_pointer (&bootstrap);
}

/* Only the shape: what a multiaddr may hold is for the daemon to say. */
static gboolean
is_peer_address (const char *address)
{
  const char *id = g_strrstr (address, "/p2p/");

  return *address == '/' && id != NULL && id != address && id[strlen ("/p2p/")] != '\0';
}

static void
new_peer_changed_cb (ShoalPreferences *self)
{
  g_autofree char *address
      = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->new_peer_row))));

  if (*address == '\0' || is_peer_address (address))
    gtk_widget_remove_css_class (GTK_WIDGET (self->new_peer_row), "error");
  else
    gtk_widget_add_css_class (GTK_WIDGET (self->new_peer_row), "error");
}

static void
new_peer_cb (ShoalPreferences *self)
{
  g_autofree char *address
      = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->new_peer_row))));
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) all = NULL;

  if (*address == '\0')
    return;
  if (!is_peer_address (address))
    {
      refused_cb (self, _ ("The address of a peer looks like "
                           "/ip4/192.0.2.7/tcp/4001/p2p/12D3Koo…"));
      return;
    }
  g_strv_builder_addv (builder, (const char **) self->bootstrap);
  if (!g_strv_contains ((const char *const *) self->bootstrap, address))
    g_strv_builder_add (builder, address);
  all = g_strv_builder_end (builder);
  gtk_editable_set_text (GTK_EDITABLE (self->new_peer_row), "");
  g_object_set (self->node, "bootstrap", all, NULL);
}

static void
master_apply_cb (ShoalPreferences *self)
{
  g_autofree char *url
      = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->master_row))));

  g_object_set (self->node, "master-url", url, NULL);
}

/* Not while somebody types in it: the row has the focus then. */
static void
master_changed_cb (ShoalPreferences *self)
{
  g_autofree char *url = NULL;

  if (gtk_widget_get_state_flags (GTK_WIDGET (self->master_row))
      & GTK_STATE_FLAG_FOCUS_WITHIN)
    return;
  g_object_get (self->node, "master-url", &url, NULL);
  if (!g_str_equal (gtk_editable_get_text (GTK_EDITABLE (self->master_row)), url))
    gtk_editable_set_text (GTK_EDITABLE (self->master_row), url);
}

static void
shoal_preferences_dispose (GObject *object)
{
  ShoalPreferences *self = SHOAL_PREFERENCES (object);

  g_clear_pointer (&self->peer_rows, g_ptr_array_unref);
  g_clear_pointer (&self->bootstrap, g_strfreev);
  g_clear_object (&self->node);
  G_OBJECT_CLASS (shoal_preferences_parent_class)->dispose (object);
}

static void
shoal_preferences_class_init (ShoalPreferencesClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = shoal_preferences_dispose;
  g_type_ensure (SHOAL_TYPE_MESH_SETTINGS);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/org/shoal/Shoal/prefs/shoal-preferences.ui");
  gtk_widget_class_bind_template_child (widget_class, ShoalPreferences, mesh_settings);
  gtk_widget_class_bind_template_child (widget_class, ShoalPreferences, sharing_row);
  gtk_widget_class_bind_template_child (widget_class, ShoalPreferences, metered_row);
  gtk_widget_class_bind_template_child (widget_class, ShoalPreferences,
                                        auto_fetch_switch);
  gtk_widget_class_bind_template_child (widget_class, ShoalPreferences, upload_spin);
  gtk_widget_class_bind_template_child (widget_class, ShoalPreferences, download_spin);
  gtk_widget_class_bind_template_child (widget_class, ShoalPreferences, cache_spin);
  gtk_widget_class_bind_template_child (widget_class, ShoalPreferences, master_row);
  gtk_widget_class_bind_template_child (widget_class, ShoalPreferences, new_peer_row);
  gtk_widget_class_bind_template_child (widget_class, ShoalPreferences, bootstrap_row);
  gtk_widget_class_bind_template_child (widget_class, ShoalPreferences, storage_row);
  gtk_widget_class_bind_template_callback (widget_class, master_apply_cb);
  gtk_widget_class_bind_template_callback (widget_class, new_peer_cb);
  gtk_widget_class_bind_template_callback (widget_class, new_peer_changed_cb);
}

static void
shoal_preferences_init (ShoalPreferences *self)
{
  self->peer_rows = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
bind_node (ShoalPreferences *self)
{
  static const double kb = BYTES_PER_KB;
  static const double gb = BYTES_PER_GB;
  static const struct
  {
    const char *signal;
    GCallback callback;
  } handlers[] = {
    { "notify::bootstrap", G_CALLBACK (bootstrap_changed_cb) },
    { "notify::master-url", G_CALLBACK (master_changed_cb) },
    { "refused", G_CALLBACK (refused_cb) },
    { "restart-needed", G_CALLBACK (restart_needed_cb) },
  };

  shoal_setting_binding_words (self->node, "sharing-mode", self->sharing_row,
                               sharing_modes);
  shoal_setting_binding_words (self->node, "metered-policy", self->metered_row,
                               metered_policies);
  shoal_mesh_settings_bind (self->mesh_settings, self->node);
  shoal_setting_binding_bytes (self->node, "max-upload-bps", self->upload_spin, &kb);
  shoal_setting_binding_bytes (self->node, "max-download-bps", self->download_spin, &kb);
  shoal_setting_binding_bytes (self->node, "cache-limit-bytes", self->cache_spin, &gb);
  g_object_bind_property (self->node, "auto-fetch", self->auto_fetch_switch, "active",
                          G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE);
  g_object_bind_property (self->node, "storage-text", self->storage_row, "subtitle",
                          G_BINDING_SYNC_CREATE);
  for (gsize i = 0; i < G_N_ELEMENTS (handlers); i++)
    g_signal_connect_object (self->node, handlers[i].signal, handlers[i].callback, self,
                             G_CONNECT_SWAPPED);
  bootstrap_changed_cb (self);
  master_changed_cb (self);
}

GtkWidget *
shoal_preferences_new (GtkWindow *parent, ShoalNode *node)
{
  ShoalPreferences *self
      = g_object_new (SHOAL_TYPE_PREFERENCES, "transient-for", parent, NULL);

  self->node = g_object_ref (node);
  bind_node (self);
  return GTK_WIDGET (self);
}
