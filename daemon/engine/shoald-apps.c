/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "engine/shoald-apps.h"

#include <string.h>

struct _ShoaldApps
{
  GObject parent_instance;

  GListModel *source; /* (owned) (nullable): of MeshApp, in order of id */
  GPtrArray *items;   /* (owned) (element-type ShoaldApp): the same order */
  gboolean was_busy;
};

static void list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (ShoaldApps,
                               shoald_apps,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

enum
{
  SIGNAL_BUSY_CHANGED,
  SIGNAL_UNCLAIMED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static GType
get_item_type (GListModel *model)
{
  return SHOALD_TYPE_APP;
}

static guint
get_n_items (GListModel *model)
{
  return SHOALD_APPS (model)->items->len;
}

static gpointer
get_item (GListModel *model, guint position)
{
  ShoaldApps *apps = SHOALD_APPS (model);

  if (position >= apps->items->len)
    return NULL;
  return g_object_ref (g_ptr_array_index (apps->items, position));
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

gboolean
shoald_apps_is_busy (ShoaldApps *apps)
{
  for (guint i = 0; i < apps->items->len; i++)
    {
      ShoaldApp *app = g_ptr_array_index (apps->items, i);

      if (mesh_update_state_is_busy (mesh_app_get_state (shoald_app_get_mesh_app (app))))
        return TRUE;
    }
  return FALSE;
}

static void
check_busy (ShoaldApps *apps)
{
  gboolean is_busy = shoald_apps_is_busy (apps);

  if (is_busy == apps->was_busy)
    return;
  apps->was_busy = is_busy;
  g_signal_emit (apps, signals[SIGNAL_BUSY_CHANGED], 0);
}

static void
app_changed_cb (ShoaldApp *app, gpointer user_data)
{
  ShoaldApps *apps = user_data;
  MeshUpdateState state = mesh_app_get_state (shoald_app_get_mesh_app (app));

  if (shoald_app_get_job (app) == NULL && mesh_update_state_is_busy (state)
      && state != MESH_UPDATE_STATE_APPLYING)
    g_signal_emit (apps, signals[SIGNAL_UNCLAIMED], 0, app);
  check_busy (apps);
}

static void
items_changed_cb (GListModel *source,
                  guint position,
                  guint n_removed,
                  guint n_added,
                  gpointer user_data)
{
  ShoaldApps *apps = user_data;

  if (n_removed > 0)
    g_ptr_array_remove_range (apps->items, position, n_removed);
  for (guint i = 0; i < n_added; i++)
    {
      g_autoptr (MeshApp) mesh_app = g_list_model_get_item (source, position + i);
      ShoaldApp *app = shoald_app_new (mesh_app);

      g_signal_connect_object (app, "changed", G_CALLBACK (app_changed_cb), apps, 0);
      g_ptr_array_insert (apps->items, (int) (position + i), app);
    }
  g_list_model_items_changed (G_LIST_MODEL (apps), position, n_removed, n_added);
  check_busy (apps);
}

static void
shoald_apps_dispose (GObject *object)
{
  ShoaldApps *apps = SHOALD_APPS (object);

  g_ptr_array_set_size (apps->items, 0);
  g_clear_object (&apps->source);
  G_OBJECT_CLASS (shoald_apps_parent_class)->dispose (object);
}

static void
shoald_apps_finalize (GObject *object)
{
  g_ptr_array_unref (SHOALD_APPS (object)->items);
  G_OBJECT_CLASS (shoald_apps_parent_class)->finalize (object);
}

static void
shoald_apps_class_init (ShoaldAppsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = shoald_apps_dispose;
  G_OBJECT_CLASS (klass)->finalize = shoald_apps_finalize;
  signals[SIGNAL_BUSY_CHANGED]
      = g_signal_new ("busy-changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                      NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_UNCLAIMED]
      = g_signal_new ("unclaimed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                      NULL, NULL, G_TYPE_NONE, 1, SHOALD_TYPE_APP);
}

static void
shoald_apps_init (ShoaldApps *apps)
{
  apps->items = g_ptr_array_new_with_free_func (g_object_unref);
}

ShoaldApps *
shoald_apps_new (void)
{
  return g_object_new (SHOALD_TYPE_APPS, NULL);
}

void
shoald_apps_set_node (ShoaldApps *apps, MeshNode *node)
{
  guint n_old = apps->items->len;

  if (apps->source != NULL)
    g_signal_handlers_disconnect_by_data (apps->source, apps);
  g_clear_object (&apps->source);
  g_ptr_array_set_size (apps->items, 0);
  if (n_old > 0)
    g_list_model_items_changed (G_LIST_MODEL (apps), 0, n_old, 0);
  if (node != NULL)
    {
      apps->source
          = g_object_ref (mesh_update_engine_get_apps (mesh_node_get_updates (node)));
      g_signal_connect_object (apps->source, "items-changed",
                               G_CALLBACK (items_changed_cb), apps, 0);
      items_changed_cb (apps->source, 0, 0, g_list_model_get_n_items (apps->source),
                        apps);
    }
  check_busy (apps);
}

ShoaldApp *
shoald_apps_find (ShoaldApps *apps, const char *app_id)
{
  guint low = 0;
  guint high = apps->items->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      ShoaldApp *app = g_ptr_array_index (apps->items, middle);
      int order = strcmp (shoald_app_get_id (app), app_id);

      if (order == 0)
        return app;
      if (order < 0)
        low = middle + 1;
      else
        high = middle;
    }
  return NULL;
}

gint64
shoald_apps_get_last_check_s (ShoaldApps *apps)
{
  gint64 last_s = 0;

  for (guint i = 0; i < apps->items->len; i++)
    {
      ShoaldApp *app = g_ptr_array_index (apps->items, i);

      last_s = MAX (last_s, mesh_app_get_checked_s (shoald_app_get_mesh_app (app)));
    }
  return last_s;
}
