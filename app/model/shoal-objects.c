/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "model/shoal-objects.h"

#include "shoal-dbus-names.h"

struct _ShoalObjects
{
  GObject parent_instance;

  GListStore *apps;    /* (owned) (element-type ShoalApp) */
  GListStore *updates; /* (owned) (element-type ShoalUpdate) */
  GListStore *jobs;    /* (owned) (element-type ShoalJob): the newest first */
  GListStore *peers;   /* (owned) (element-type ShoalPeer) */
};

G_DEFINE_FINAL_TYPE (ShoalObjects, shoal_objects, G_TYPE_OBJECT)

enum
{
  SIGNAL_JOB_ENDED,
  SIGNAL_UPDATE_STAGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static gboolean
is_interface (GDBusProxy *proxy, const char *name)
{
  const char *interface = g_dbus_proxy_get_interface_name (proxy);

  return g_str_has_prefix (interface, SHOAL_DBUS_INTERFACE_PREFIX)
         && g_str_equal (interface + strlen (SHOAL_DBUS_INTERFACE_PREFIX), name);
}

static gboolean
find_by_proxy (GListStore *store, GDBusProxy *proxy, guint *position)
{
  guint n_items = g_list_model_get_n_items (G_LIST_MODEL (store));

  for (guint i = 0; i < n_items; i++)
    {
      g_autoptr (ShoalProxyObject) item = g_list_model_get_item (G_LIST_MODEL (store), i);

      if (shoal_proxy_object_get_proxy (item) == proxy)
        {
          *position = i;
          return TRUE;
        }
    }
  return FALSE;
}

static void
link_update (ShoalApp *app, ShoalUpdate *update)
{
  shoal_app_set_update (app, update);
  shoal_update_set_app (update, G_OBJECT (app));
}

/* Links every update with the app of its id. Both lists are short: tens at most. */
static void
link_all (ShoalObjects *self)
{
  guint n_apps = g_list_model_get_n_items (G_LIST_MODEL (self->apps));
  guint n_updates = g_list_model_get_n_items (G_LIST_MODEL (self->updates));

  for (guint i = 0; i < n_updates; i++)
    {
      g_autoptr (ShoalUpdate) update
          = g_list_model_get_item (G_LIST_MODEL (self->updates), i);
      g_autofree char *update_id = shoal_update_dup_app_id (update);

      for (guint j = 0; j < n_apps; j++)
        {
          g_autoptr (ShoalApp) app = g_list_model_get_item (G_LIST_MODEL (self->apps), j);
          g_autofree char *app_id = shoal_app_dup_id (app);

          if (g_str_equal (app_id, update_id))
            link_update (app, update);
        }
    }
}

static void
unlink_app (ShoalApp *app)
{
  ShoalUpdate *update = shoal_app_get_update (app);

  if (update != NULL)
    shoal_update_set_app (update, NULL);
  shoal_app_set_update (app, NULL);
}

static void
unlink_update (ShoalUpdate *update)
{
  g_autoptr (GObject) app = NULL;

  g_object_get (update, "app", &app, NULL);
  if (app != NULL && shoal_app_get_update (SHOAL_APP (app)) == update)
    shoal_app_set_update (SHOAL_APP (app), NULL);
  shoal_update_set_app (update, NULL);
}

/*
 * Filters look at an item once. When it moves from one kind to another (staged, ended,
 * installed), the list says that it was replaced by itself, so that they look again.
 */
static void
set_kind (GListStore *store, gpointer item, guint kind)
{
  guint old_kind = GPOINTER_TO_UINT (g_object_get_data (item, "kind"));
  guint position;

  g_object_set_data (item, "kind", GUINT_TO_POINTER (kind));
  if (old_kind != 0 && old_kind != kind && g_list_store_find (store, item, &position))
    g_list_model_items_changed (G_LIST_MODEL (store), position, 1, 1);
}

static void
update_kind_cb (ShoalUpdate *update, GParamSpec *pspec, ShoalObjects *self)
{
  gboolean is_ready, is_pending;

  g_object_get (update, "is-ready", &is_ready, "is-pending", &is_pending, NULL);
  set_kind (self->updates, update, is_ready ? 1 : is_pending ? 2 : 3);
}

static void
app_kind_cb (ShoalApp *app, GParamSpec *pspec, ShoalObjects *self)
{
  gboolean is_installed;

  g_object_get (app, "is-installed", &is_installed, NULL);
  set_kind (self->apps, app, is_installed ? 1 : 2);
}

static void
update_state_cb (ShoalUpdate *update, GParamSpec *pspec, ShoalObjects *self)
{
  gboolean was_staged = g_object_get_data (G_OBJECT (update), "was-staged") != NULL;
  gboolean is_staged = shoal_update_is_staged (update);

  g_object_set_data (G_OBJECT (update), "was-staged", GINT_TO_POINTER (is_staged));
  if (is_staged && !was_staged)
    g_signal_emit (self, signals[SIGNAL_UPDATE_STAGED], 0, update);
}

static void
add_update (ShoalObjects *self, GDBusProxy *proxy)
{
  g_autoptr (ShoalUpdate) update = shoal_update_new (proxy);

  g_list_store_append (self->updates, update);
  link_all (self);
  g_signal_connect_object (update, "notify::state", G_CALLBACK (update_state_cb), self,
                           0);
  g_signal_connect_object (update, "notify::state", G_CALLBACK (update_kind_cb), self, 0);
  update_kind_cb (update, NULL, self);
  update_state_cb (update, NULL, self);
}

static void
add_app (ShoalObjects *self, GDBusProxy *proxy)
{
  g_autoptr (ShoalApp) app = shoal_app_new (proxy);

  g_list_store_append (self->apps, app);
  link_all (self);
  g_signal_connect_object (app, "notify::is-installed", G_CALLBACK (app_kind_cb), self,
                           0);
  app_kind_cb (app, NULL, self);
}

/* Forgets the oldest of those that have ended. */
static void
trim_jobs (ShoalObjects *self)
{
  guint n_ended = 0;

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->jobs));)
    {
      g_autoptr (ShoalJob) job = g_list_model_get_item (G_LIST_MODEL (self->jobs), i);

      if (!shoal_job_is_active (job) && ++n_ended > SHOAL_OBJECTS_MAX_ENDED_JOBS)
        g_list_store_remove (self->jobs, i);
      else
        i++;
    }
}

static void
job_state_cb (ShoalJob *job, GParamSpec *pspec, ShoalObjects *self)
{
  set_kind (self->jobs, job, shoal_job_is_active (job) ? 1 : 2);
  if (shoal_job_is_active (job)
      || g_object_get_data (G_OBJECT (job), "has-ended") != NULL)
    return;
  g_object_set_data (G_OBJECT (job), "has-ended", GINT_TO_POINTER (TRUE));
  g_signal_emit (self, signals[SIGNAL_JOB_ENDED], 0, job);
}

static void
add_job (ShoalObjects *self, GDBusProxy *proxy)
{
  g_autoptr (ShoalJob) job = shoal_job_new (proxy);

  /* One that had ended before we came is history, not news. */
  if (!shoal_job_is_active (job))
    g_object_set_data (G_OBJECT (job), "has-ended", GINT_TO_POINTER (TRUE));
  g_signal_connect_object (job, "notify::state", G_CALLBACK (job_state_cb), self, 0);
  g_list_store_insert (self->jobs, 0, job);
  set_kind (self->jobs, job, shoal_job_is_active (job) ? 1 : 2);
  trim_jobs (self);
}

static void
shoal_objects_dispose (GObject *object)
{
  ShoalObjects *self = SHOAL_OBJECTS (object);

  if (self->apps != NULL)
    shoal_objects_clear (self);
  g_clear_object (&self->apps);
  g_clear_object (&self->updates);
  g_clear_object (&self->jobs);
  g_clear_object (&self->peers);
  G_OBJECT_CLASS (shoal_objects_parent_class)->dispose (object);
}

static guint
signal_new (const char *name, GType argument)
{
  return g_signal_new (name, SHOAL_TYPE_OBJECTS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                       G_TYPE_NONE, 1, argument);
}

static void
shoal_objects_class_init (ShoalObjectsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = shoal_objects_dispose;
  signals[SIGNAL_JOB_ENDED] = signal_new ("job-ended", SHOAL_TYPE_JOB);
  signals[SIGNAL_UPDATE_STAGED] = signal_new ("update-staged", SHOAL_TYPE_UPDATE);
}

static void
shoal_objects_init (ShoalObjects *self)
{
  self->apps = g_list_store_new (SHOAL_TYPE_APP);
  self->updates = g_list_store_new (SHOAL_TYPE_UPDATE);
  self->jobs = g_list_store_new (SHOAL_TYPE_JOB);
  self->peers = g_list_store_new (SHOAL_TYPE_PEER);
}

ShoalObjects *
shoal_objects_new (void)
{
  return g_object_new (SHOAL_TYPE_OBJECTS, NULL);
}

/* What was exported while the daemon was asked what there is comes twice, and only the
 * second proxy hears of changes. What has ended keeps its state: a daemon that starts
 * again counts its transfers from the beginning. */
static gboolean
renew (GListStore *store, GDBusProxy *proxy)
{
  guint n_items = g_list_model_get_n_items (G_LIST_MODEL (store));

  for (guint i = 0; i < n_items; i++)
    {
      g_autoptr (ShoalProxyObject) item = g_list_model_get_item (G_LIST_MODEL (store), i);

      if (g_str_equal (shoal_proxy_object_get_path (item),
                       g_dbus_proxy_get_object_path (proxy)))
        {
          shoal_proxy_object_set_proxy (item, proxy);
          return TRUE;
        }
    }
  return FALSE;
}

void
shoal_objects_add (ShoalObjects *self, GDBusProxy *proxy)
{
  GListStore *stores[] = { self->apps, self->updates, self->jobs, self->peers };

  for (gsize i = 0; i < G_N_ELEMENTS (stores); i++)
    if (renew (stores[i], proxy))
      return;
  if (is_interface (proxy, "App"))
    add_app (self, proxy);
  else if (is_interface (proxy, "Update"))
    add_update (self, proxy);
  else if (is_interface (proxy, "Transfer"))
    add_job (self, proxy);
  else if (is_interface (proxy, "Peer"))
    {
      g_autoptr (ShoalPeer) peer = shoal_peer_new (proxy);

      g_list_store_append (self->peers, peer);
    }
}

void
shoal_objects_remove (ShoalObjects *self, GDBusProxy *proxy)
{
  g_autoptr (ShoalProxyObject) item = NULL;
  GListStore *stores[] = { self->apps, self->updates, self->peers };
  guint position;

  if (find_by_proxy (self->jobs, proxy, &position))
    {
      item = g_list_model_get_item (G_LIST_MODEL (self->jobs), position);
      shoal_job_end (SHOAL_JOB (item));
      return;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (stores) && item == NULL; i++)
    {
      if (!find_by_proxy (stores[i], proxy, &position))
        continue;
      item = g_list_model_get_item (G_LIST_MODEL (stores[i]), position);
      if (SHOAL_IS_APP (item))
        unlink_app (SHOAL_APP (item));
      else if (SHOAL_IS_UPDATE (item))
        unlink_update (SHOAL_UPDATE (item));
      g_list_store_remove (stores[i], position);
    }
}

void
shoal_objects_clear (ShoalObjects *self)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->apps)); i++)
    {
      g_autoptr (ShoalApp) app = g_list_model_get_item (G_LIST_MODEL (self->apps), i);

      unlink_app (app);
    }
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->jobs)); i++)
    {
      g_autoptr (ShoalJob) job = g_list_model_get_item (G_LIST_MODEL (self->jobs), i);

      shoal_job_end (job);
    }
  g_list_store_remove_all (self->apps);
  g_list_store_remove_all (self->updates);
  g_list_store_remove_all (self->peers);
}

void
shoal_objects_clear_ended_jobs (ShoalObjects *self)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->jobs));)
    {
      g_autoptr (ShoalJob) job = g_list_model_get_item (G_LIST_MODEL (self->jobs), i);

      if (shoal_job_is_active (job))
        i++;
      else
        g_list_store_remove (self->jobs, i);
    }
}

GListModel *
shoal_objects_get_apps (ShoalObjects *self)
{
  return G_LIST_MODEL (self->apps);
}

GListModel *
shoal_objects_get_updates (ShoalObjects *self)
{
  return G_LIST_MODEL (self->updates);
}

GListModel *
shoal_objects_get_jobs (ShoalObjects *self)
{
  return G_LIST_MODEL (self->jobs);
}

GListModel *
shoal_objects_get_peers (ShoalObjects *self)
{
  return G_LIST_MODEL (self->peers);
}

typedef char *(*DupId) (gpointer item);

/* The list keeps the item alive for the caller, who uses it at once. */
static gpointer
find_by_id (GListModel *list, DupId dup_id, const char *wanted)
{
  guint n_items = g_list_model_get_n_items (list);

  for (guint i = 0; i < n_items; i++)
    {
      g_autoptr (GObject) item = g_list_model_get_item (list, i);
      g_autofree char *id = dup_id (item);

      if (g_str_equal (id, wanted))
        return item;
    }
  return NULL;
}

ShoalApp *
shoal_objects_find_app (ShoalObjects *self, const char *app_id)
{
  return find_by_id (G_LIST_MODEL (self->apps), (DupId) shoal_app_dup_id, app_id);
}

ShoalUpdate *
shoal_objects_find_update (ShoalObjects *self, const char *app_id)
{
  return find_by_id (G_LIST_MODEL (self->updates), (DupId) shoal_update_dup_app_id,
                     app_id);
}

ShoalJob *
shoal_objects_find_job (ShoalObjects *self, const char *path)
{
  return find_by_id (G_LIST_MODEL (self->jobs), (DupId) shoal_job_dup_id, path);
}

ShoalPeer *
shoal_objects_find_peer (ShoalObjects *self, const char *peer_id)
{
  return find_by_id (G_LIST_MODEL (self->peers), (DupId) shoal_peer_dup_id, peer_id);
}

ShoalJob *
shoal_objects_find_install (ShoalObjects *self, const char *app_id)
{
  guint n_jobs = g_list_model_get_n_items (G_LIST_MODEL (self->jobs));

  for (guint i = 0; i < n_jobs; i++)
    {
      g_autoptr (ShoalJob) job = g_list_model_get_item (G_LIST_MODEL (self->jobs), i);
      g_autofree char *job_app_id = NULL;

      g_object_get (job, "app-id", &job_app_id, NULL);
      if (shoal_job_is_active (job) && g_str_equal (shoal_job_get_kind (job), "install")
          && g_str_equal (job_app_id, app_id))
        return job; /* the list keeps it */
    }
  return NULL;
}
