/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "network/shoal-peers-page.h"

#include <glib/gi18n-lib.h>

#include "widgets/shoal-copy-line.h"
#include "widgets/shoal-copy-row.h"
#include "widgets/shoal-list-section.h"
#include "network/shoal-peer-row.h"

struct _ShoalPeersPage
{
  AdwBin parent_instance;

  ShoalClient *client;      /* (owned) (nullable) */
  GtkStringList *addresses; /* (owned) */
};

G_DEFINE_FINAL_TYPE (ShoalPeersPage, shoal_peers_page, ADW_TYPE_BIN)

enum
{
  PROP_CLIENT = 1,
};

/* Always the same list, changed only where the addresses did: the node notifies often. */
static GListModel *
address_list (ShoalPeersPage *self, char **addresses)
{
  guint n_old = g_list_model_get_n_items (G_LIST_MODEL (self->addresses));
  guint n_same = 0;

  while (addresses != NULL && addresses[n_same] != NULL && n_same < n_old
         && g_str_equal (addresses[n_same],
                         gtk_string_list_get_string (self->addresses, n_same)))
    n_same++;
  if (n_same < n_old || (addresses != NULL && addresses[n_same] != NULL))
    gtk_string_list_splice (self->addresses, n_same, n_old - n_same,
                            addresses != NULL ? (const char *const *) &addresses[n_same]
                                              : NULL);
  return g_object_ref (G_LIST_MODEL (self->addresses));
}

static gboolean
has_none (ShoalPeersPage *self, guint n_items)
{
  return n_items == 0;
}

static char *
sharing_text (ShoalPeersPage *self, const char *mode)
{
  if (g_strcmp0 (mode, "on") == 0)
    return g_strdup (_ ("Sharing is on: peers can fetch from this computer."));
  if (g_strcmp0 (mode, "download-only") == 0)
    return g_strdup (
        _ ("Download only: this computer fetches and serves nobody, so it has "
           "no address of its own."));
  return g_strdup (_ ("Sharing is off: there are connections only while something is "
                      "being fetched."));
}

static void
shoal_peers_page_get_property (GObject *object,
                               guint prop_id,
                               GValue *value,
                               GParamSpec *pspec)
{
  g_value_set_object (value, SHOAL_PEERS_PAGE (object)->client);
}

static void
shoal_peers_page_set_property (GObject *object,
                               guint prop_id,
                               const GValue *value,
                               GParamSpec *pspec)
{
  if (g_set_object (&SHOAL_PEERS_PAGE (object)->client, g_value_get_object (value)))
    g_object_notify_by_pspec (object, pspec);
}

static void
shoal_peers_page_dispose (GObject *object)
{
  g_clear_object (&SHOAL_PEERS_PAGE (object)->client);
  g_clear_object (&SHOAL_PEERS_PAGE (object)->addresses);
  G_OBJECT_CLASS (shoal_peers_page_parent_class)->dispose (object);
}

static void
shoal_peers_page_class_init (ShoalPeersPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = shoal_peers_page_get_property;
  object_class->set_property = shoal_peers_page_set_property;
  object_class->dispose = shoal_peers_page_dispose;
  g_object_class_install_property (
      object_class, PROP_CLIENT,
      g_param_spec_object ("client", NULL, NULL, SHOAL_TYPE_CLIENT,
                           G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS
                               | G_PARAM_EXPLICIT_NOTIFY));
  g_type_ensure (SHOAL_TYPE_PEER_ROW);
  g_type_ensure (SHOAL_TYPE_COPY_LINE);
  g_type_ensure (SHOAL_TYPE_COPY_ROW);
  g_type_ensure (SHOAL_TYPE_LIST_SECTION);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/org/shoal/Shoal/network/shoal-peers-page.ui");
  gtk_widget_class_bind_template_callback (widget_class, address_list);
  gtk_widget_class_bind_template_callback (widget_class, has_none);
  gtk_widget_class_bind_template_callback (widget_class, sharing_text);
}

static void
shoal_peers_page_init (ShoalPeersPage *self)
{
  self->addresses = gtk_string_list_new (NULL);
  gtk_widget_init_template (GTK_WIDGET (self));
}
