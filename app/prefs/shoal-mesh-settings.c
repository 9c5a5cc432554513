/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "prefs/shoal-mesh-settings.h"

#include <glib/gi18n-lib.h>

#include "prefs/shoal-setting-binding.h"

struct _ShoalMeshSettings
{
  AdwPreferencesGroup parent_instance;

  AdwComboRow *registry_row;  /* (unowned): of the template, as the rest here */
  AdwComboRow *dht_row;       /* (unowned) */
  GtkSwitch *mdns_switch;     /* (unowned) */
  GtkSwitch *announce_switch; /* (unowned) */
};

G_DEFINE_FINAL_TYPE (ShoalMeshSettings, shoal_mesh_settings, ADW_TYPE_PREFERENCES_GROUP)

static const char *const registry_modes[] = { "hybrid", "p2p", "central", NULL };
static const char *const dht_modes[] = { "auto", "server", "client", "off", NULL };

/* In the order of the words above. */
static const char *const registry_texts[] = {
  N_ ("The server first; when it does not answer, or knows less, the peers"),
  N_ ("Peers only: works with no server at all"),
  N_ ("The server only: peers give the files, but are not asked what there is"),
};
static const char *const dht_texts[] = {
  N_ ("Helps others find things once they can reach this computer"),
  N_ ("Always helps others find things"),
  N_ ("Only asks, which needs the least traffic"),
  N_ ("Finds only peers that are connected already"),
};

static char *
registry_text (ShoalMeshSettings *self, guint index)
{
  return g_strdup (index < G_N_ELEMENTS (registry_texts) ? _ (registry_texts[index])
                                                         : "");
}

static char *
dht_text (ShoalMeshSettings *self, guint index)
{
  return g_strdup (index < G_N_ELEMENTS (dht_texts) ? _ (dht_texts[index]) : "");
}

static void
shoal_mesh_settings_class_init (ShoalMeshSettingsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (
      widget_class, "/org/shoal/Shoal/prefs/shoal-mesh-settings.ui");
  gtk_widget_class_bind_template_child (widget_class, ShoalMeshSettings, registry_row);
  gtk_widget_class_bind_template_child (widget_class, ShoalMeshSettings, dht_row);
  gtk_widget_class_bind_template_child (widget_class, ShoalMeshSettings, mdns_switch);
  gtk_widget_class_bind_template_child (widget_class, ShoalMeshSettings, announce_switch);
  gtk_widget_class_bind_template_callback (widget_class, registry_text);
  gtk_widget_class_bind_template_callback (widget_class, dht_text);
}

static void
shoal_mesh_settings_init (ShoalMeshSettings *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
shoal_mesh_settings_bind (ShoalMeshSettings *self, ShoalNode *node)
{
  const GBindingFlags flags = G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE;

  shoal_setting_binding_words (node, "registry-mode", self->registry_row, registry_modes);
  shoal_setting_binding_words (node, "dht-mode", self->dht_row, dht_modes);
  g_object_bind_property (node, "mdns", self->mdns_switch, "active", flags);
  g_object_bind_property (node, "announce", self->announce_switch, "active", flags);
}
