/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "network/shoal-network-page.h"

#include <glib/gi18n-lib.h>

#include "widgets/shoal-copy-line.h"
#include "widgets/shoal-copy-row.h"
#include "widgets/shoal-list-section.h"
#include "network/shoal-mesh-pane.h"
#include "network/shoal-mesh-status-group.h"
#include "network/shoal-peer-row.h"

struct _ShoalNetworkPage
{
  AdwBin parent_instance;

  GtkStack *views;          /* (unowned): of the template, as the rest here */
  ShoalListSection *list;   /* (unowned) */
  GtkWidget *more_button;   /* (unowned) */
  ShoalClient *client;      /* (owned) (nullable) */
  GListModel *peers;        /* (owned) (nullable): of the client */
  GtkSliceListModel *rows;  /* (owned): those of them that the list shows */
  GtkStringList *addresses; /* (owned) */
  char *view;               /* (owned) */
};

G_DEFINE_FINAL_TYPE (ShoalNetworkPage, shoal_network_page, ADW_TYPE_BIN)

enum
{
  PROP_CLIENT = 1,
  PROP_VIEW,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

/* Always the same list, changed only where the addresses did: the node notifies often. */
static GListModel *
address_list (ShoalNetworkPage *self, char **addresses)
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

static char *
count_text (ShoalNetworkPage *self, guint n_peers)
{
  if (n_peers == 0)
    return g_strdup (_ ("The Mesh"));
  return g_strdup_printf (ngettext ("The Mesh: %u Peer", "The Mesh: %u Peers", n_peers),
                          n_peers);
}

static char *
sharing_text (ShoalNetworkPage *self, const char *mode)
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

/* A list of hundreds of rows is made only for somebody who looks at it. */
static void
update_view (ShoalNetworkPage *self)
{
  gboolean is_list = g_str_equal (self->view, "list");
  guint n_peers = self->peers != NULL ? g_list_model_get_n_items (self->peers) : 0;
  guint n_rows = g_list_model_get_n_items (G_LIST_MODEL (self->rows));

  gtk_stack_set_visible_child_name (self->views, n_peers == 0 ? "empty" : self->view);
  g_object_set (self->list, "model", is_list ? self->rows : NULL, NULL);
  gtk_widget_set_visible (self->more_button, n_rows < n_peers);
}

static void
more_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ShoalNetworkPage *self = SHOAL_NETWORK_PAGE (widget);

  gtk_slice_list_model_set_size (self->rows, gtk_slice_list_model_get_size (self->rows)
                                                 + SHOAL_NETWORK_PAGE_ROWS);
  update_view (self);
}

static void
set_client (ShoalNetworkPage *self, ShoalClient *client)
{
  if (self->peers != NULL)
    g_signal_handlers_disconnect_by_data (self->peers, self);
  g_clear_object (&self->peers);
  g_set_object (&self->client, client);
  if (client != NULL)
    {
      GtkExpression *agent = gtk_property_expression_new (SHOAL_TYPE_PEER, NULL, "agent");
      GtkSorter *sorter = GTK_SORTER (gtk_string_sorter_new (agent));
      g_autoptr (GtkSortListModel) sorted = NULL;

      self->peers
          = g_object_ref (shoal_objects_get_peers (shoal_client_get_objects (client)));
      sorted = gtk_sort_list_model_new (g_object_ref (self->peers), sorter);
      gtk_slice_list_model_set_model (self->rows, G_LIST_MODEL (sorted));
      g_signal_connect_swapped (self->peers, "items-changed", G_CALLBACK (update_view),
                                self);
    }
  update_view (self);
}

static void
shoal_network_page_get_property (GObject *object,
                                 guint prop_id,
                                 GValue *value,
                                 GParamSpec *pspec)
{
  ShoalNetworkPage *self = SHOAL_NETWORK_PAGE (object);

  if (prop_id == PROP_CLIENT)
    g_value_set_object (value, self->client);
  else
    g_value_set_string (value, self->view);
}

static void
shoal_network_page_set_property (GObject *object,
                                 guint prop_id,
                                 const GValue *value,
                                 GParamSpec *pspec)
{
  ShoalNetworkPage *self = SHOAL_NETWORK_PAGE (object);
  const char *view;

  if (prop_id == PROP_CLIENT)
    set_client (self, g_value_get_object (value));
  else
    {
      view = g_value_get_string (value);
      if (g_strcmp0 (view, "list") != 0)
        view = "picture";
      g_free (self->view);
      self->view = g_strdup (view);
      update_view (self);
    }
  g_object_notify_by_pspec (object, pspec);
}

static void
shoal_network_page_dispose (GObject *object)
{
  ShoalNetworkPage *self = SHOAL_NETWORK_PAGE (object);

  if (self->peers != NULL)
    g_signal_handlers_disconnect_by_data (self->peers, self);
  g_clear_object (&self->peers);
  g_clear_object (&self->client);
  g_clear_object (&self->rows);
  g_clear_object (&self->addresses);
  G_OBJECT_CLASS (shoal_network_page_parent_class)->dispose (object);
}

static void
shoal_network_page_finalize (GObject *object)
{
  g_free (SHOAL_NETWORK_PAGE (object)->view);
  G_OBJECT_CLASS (shoal_network_page_parent_class)->finalize (object);
}

static void
shoal_network_page_class_init (ShoalNetworkPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags
      = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = shoal_network_page_get_property;
  object_class->set_property = shoal_network_page_set_property;
  object_class->dispose = shoal_network_page_dispose;
  object_class->finalize = shoal_network_page_finalize;
  props[PROP_CLIENT]
      = g_param_spec_object ("client", NULL, NULL, SHOAL_TYPE_CLIENT, flags);
  props[PROP_VIEW] = g_param_spec_string ("view", NULL, NULL, "picture", flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
  g_type_ensure (SHOAL_TYPE_PEER_ROW);
  g_type_ensure (SHOAL_TYPE_MESH_PANE);
  g_type_ensure (SHOAL_TYPE_MESH_STATUS_GROUP);
  g_type_ensure (SHOAL_TYPE_COPY_LINE);
  g_type_ensure (SHOAL_TYPE_COPY_ROW);
  g_type_ensure (SHOAL_TYPE_LIST_SECTION);
  gtk_widget_class_install_property_action (widget_class, "network.view", "view");
  gtk_widget_class_install_action (widget_class, "network.more", NULL, more_action);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/org/shoal/Shoal/network/shoal-network-page.ui");
  gtk_widget_class_bind_template_child (widget_class, ShoalNetworkPage, views);
  gtk_widget_class_bind_template_child (widget_class, ShoalNetworkPage, list);
  gtk_widget_class_bind_template_child (widget_class, ShoalNetworkPage, more_button);
  gtk_widget_class_bind_template_callback (widget_class, address_list);
  gtk_widget_class_bind_template_callback (widget_class, count_text);
  gtk_widget_class_bind_template_callback (widget_class, sharing_text);
}

static void
shoal_network_page_init (ShoalNetworkPage *self)
{
  self->view = g_strdup ("picture");
  self->addresses = gtk_string_list_new (NULL);
  self->rows = gtk_slice_list_model_new (NULL, 0, SHOAL_NETWORK_PAGE_ROWS);
  gtk_widget_init_template (GTK_WIDGET (self));
}
