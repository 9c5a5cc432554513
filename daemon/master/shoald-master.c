/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "master/shoald-master.h"

#include <libsoup/soup.h>
#include <string.h>

#include "master/shoald-master-api.h"
#include "master/shoald-master-db.h"
#include "master/shoald-master-gateway.h"
#include "master/shoald-master-guard.h"
#include "master/shoald-master-http.h"
#include "master/shoald-master-limiter.h"
#include "master/shoald-master-listener.h"
#include "master/shoald-master-mesh.h"

#define DB_NAME "master.db"

struct _ShoaldMaster
{
  GObject parent_instance;

  SoupServer *server;             /* (owned) */
  MeshStore *store;               /* (owned) */
  MeshWorkPool *pool;             /* (owned) */
  ShoaldMasterDb *db;             /* (owned) (nullable) */
  ShoaldMasterLimiter *limiter;   /* (owned) */
  ShoaldMasterListener *listener; /* (owned) (nullable): while it runs */
  ShoaldMasterGuard *guard;       /* (owned) (nullable): while it runs */
  MeshRegistry *registry;         /* (owned) (nullable) */
  MeshHost *host;                 /* (owned) (nullable) */
  GStrv bootstrap;                /* (owned) (nullable) */
  ShoaldMasterApi *api;           /* (owned) (nullable): while it runs */
  ShoaldMasterMesh *mesh;         /* (owned) (nullable): while it runs */
  ShoaldMasterGateway *gateway;   /* (owned) (nullable): while it runs */
  char *listen;                   /* (owned): as asked for */
  void (*collect) (ShoaldMasterMetrics *metrics, gpointer user_data);
  gpointer user_data; /* (unowned) */
};

G_DEFINE_FINAL_TYPE (ShoaldMaster, shoald_master, G_TYPE_OBJECT)

/* The order matters: the server lets go of its messages while guard and limiter live. */
static void
close_all (ShoaldMaster *self)
{
  g_clear_pointer (&self->listener, shoald_master_listener_free);
  if (self->server != NULL)
    {
      soup_server_remove_handler (self->server, NULL);
      soup_server_remove_handler (self->server, "/healthz");
      soup_server_remove_handler (self->server, "/metrics");
    }
  g_clear_pointer (&self->api, shoald_master_api_free);
  g_clear_pointer (&self->mesh, shoald_master_mesh_free);
  g_clear_pointer (&self->gateway, shoald_master_gateway_free);
  if (self->server != NULL)
    soup_server_disconnect (self->server);
  g_clear_pointer (&self->guard, shoald_master_guard_free);
}

static void
shoald_master_dispose (GObject *object)
{
  ShoaldMaster *self = SHOALD_MASTER (object);

  close_all (self);
  g_clear_object (&self->server);
  g_clear_object (&self->store);
  g_clear_object (&self->pool);
  g_clear_object (&self->registry);
  g_clear_object (&self->host);
  G_OBJECT_CLASS (shoald_master_parent_class)->dispose (object);
}

static void
shoald_master_finalize (GObject *object)
{
  ShoaldMaster *self = SHOALD_MASTER (object);

  g_clear_pointer (&self->db, shoald_master_db_unref);
  g_clear_pointer (&self->limiter, shoald_master_limiter_free);
  g_free (self->listen);
  g_strfreev (self->bootstrap);
  G_OBJECT_CLASS (shoald_master_parent_class)->finalize (object);
}

static void
shoald_master_class_init (ShoaldMasterClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = shoald_master_dispose;
  G_OBJECT_CLASS (klass)->finalize = shoald_master_finalize;
}

static void
shoald_master_init (ShoaldMaster *self)
{
}

/* Health, metrics, nothing. */

static void
handle_health (SoupServer *server,
               SoupServerMessage *msg,
               const char *path,
               GHashTable *form,
               gpointer user_data)
{
  g_autoptr (GBytes) body = g_bytes_new_static ("{\"status\":\"ok\"}\n", 16);

  soup_message_headers_replace (soup_server_message_get_response_headers (msg),
                                "Cache-Control", "no-store");
  shoald_master_http_reply (msg, SOUP_STATUS_OK, "application/json", body);
}

static void
collect_store (MeshStore *store, ShoaldMasterMetrics *metrics)
{
  MeshStoreStats stats;
  const struct
  {
    const char *name;
    const char *help;
  } gauges[] = {
    { "shoal_store_blocks", "Blocks in the store" },
    { "shoal_store_bytes", "Bytes of block files in the store" },
    { "shoal_store_referenced_bytes", "Bytes of blocks that lie in other files" },
    { "shoal_store_pinned_bytes", "Bytes of block files held by pins" },
  };
  guint64 values[G_N_ELEMENTS (gauges)];

  mesh_store_get_stats (store, &stats);
  values[0] = stats.n_blocks;
  values[1] = stats.stored_bytes;
  values[2] = stats.referenced_bytes;
  values[3] = stats.pinned_bytes;
  for (gsize i = 0; i < G_N_ELEMENTS (gauges); i++)
    {
      shoald_master_metrics_declare (metrics, gauges[i].name, SHOALD_MASTER_METRIC_GAUGE,
                                     gauges[i].help);
      shoald_master_metrics_add (metrics, values[i], NULL);
    }
}

typedef struct
{
  guint64 n_apps;
  guint64 n_releases;
} Counts;

typedef struct
{
  ShoaldMaster *self;     /* (owned) */
  SoupServerMessage *msg; /* (owned) */
} Waiting;

static gpointer
count (gpointer data, GCancellable *cancellable, GError **error)
{
  g_autofree Counts *counts = g_new0 (Counts, 1);

  if (!shoald_master_db_count (data, &counts->n_apps, &counts->n_releases, error))
    return NULL;
  return g_steal_pointer (&counts);
}

static void
write_metrics (ShoaldMaster *self, SoupServerMessage *msg, const Counts *counts)
{
  g_autoptr (ShoaldMasterMetrics) metrics = shoald_master_metrics_new ();
  g_autoptr (GBytes) body = NULL;
  char *page;

  shoald_master_metrics_declare (metrics, "shoal_master_apps", SHOALD_MASTER_METRIC_GAUGE,
                                 "Apps published here");
  shoald_master_metrics_add (metrics, counts->n_apps, NULL);
  shoald_master_metrics_declare (metrics, "shoal_master_releases",
                                 SHOALD_MASTER_METRIC_GAUGE,
                                 "Newest releases kept, one for each app and channel");
  shoald_master_metrics_add (metrics, counts->n_releases, NULL);
  shoald_master_metrics_declare (metrics, "shoal_http_connections",
                                 SHOALD_MASTER_METRIC_GAUGE, "Open HTTP connections");
  shoald_master_metrics_add (
      metrics, shoald_master_listener_get_n_connections (self->listener), NULL);
  shoald_master_guard_collect (self->guard, metrics);
  collect_store (self->store, metrics);
  if (self->collect != NULL)
    self->collect (metrics, self->user_data);
  page = shoald_master_metrics_finish (metrics);
  body = g_bytes_new_take (page, strlen (page));
  soup_message_headers_replace (soup_server_message_get_response_headers (msg),
                                "Cache-Control", "no-store");
  shoald_master_http_reply (msg, SOUP_STATUS_OK,
                            "text/plain; version=0.0.4; charset=utf-8", body);
}

static void
counted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Waiting *waiting = user_data;
  g_autoptr (ShoaldMaster) self = waiting->self;
  g_autoptr (SoupServerMessage) msg = waiting->msg;
  g_autoptr (GError) error = NULL;
  g_autofree Counts *counts
      = mesh_work_pool_run_finish (MESH_WORK_POOL (source), result, &error);

  if (counts == NULL)
    shoald_master_http_fail (msg, error);
  else if (self->listener != NULL)
    write_metrics (self, msg, counts);
  soup_server_message_unpause (msg);
}

static void
handle_metrics (SoupServer *server,
                SoupServerMessage *msg,
                const char *path,
                GHashTable *form,
                gpointer user_data)
{
  ShoaldMaster *self = user_data;
  Waiting *waiting = g_new0 (Waiting, 1);

  waiting->self = g_object_ref (self);
  waiting->msg = g_object_ref (msg);
  soup_server_message_pause (msg);
  mesh_work_pool_run_async (
      self->pool, MESH_WORK_PRIORITY_DEFAULT, count, shoald_master_db_ref (self->db),
      (GDestroyNotify) shoald_master_db_unref, g_free, NULL, counted, waiting);
}

static void
handle_other (SoupServer *server,
              SoupServerMessage *msg,
              const char *path,
              GHashTable *form,
              gpointer user_data)
{
  shoald_master_http_fail_text (msg, SOUP_STATUS_NOT_FOUND, "NotFound",
                                "There is nothing at this address");
}

/* Starting. */

static gpointer
open_db (gpointer data, GCancellable *cancellable, GError **error)
{
  return shoald_master_db_open (data, error);
}

static gboolean
serve (ShoaldMaster *self, GError **error)
{
  const ShoaldMasterGuardLimits limits = {
    .max_requests = SHOALD_MASTER_MAX_REQUESTS,
    .header_timeout_s = SHOALD_MASTER_HEADER_TIMEOUT_S,
    .body_timeout_s = SHOALD_MASTER_BODY_TIMEOUT_S,
    .max_publish_bytes = MESH_SIGNED_MANIFEST_MAX_BYTES,
  };

  self->server = soup_server_new ("raw-paths", TRUE, "server-header",
                                  "shoal/" PACKAGE_VERSION, NULL);
  self->guard = shoald_master_guard_new (self->server, self->limiter, &limits);
  soup_server_add_handler (self->server, NULL, handle_other, self, NULL);
  soup_server_add_handler (self->server, "/healthz", handle_health, self, NULL);
  soup_server_add_handler (self->server, "/metrics", handle_metrics, self, NULL);
  self->api = shoald_master_api_new (self->server, self->db, self->pool, self->limiter,
                                     self->registry);
  self->mesh = shoald_master_mesh_new (self->server, self->limiter, self->registry,
                                       self->host, (const char *const *) self->bootstrap);
  self->gateway = shoald_master_gateway_new (self->server, self->store);
  self->listener = shoald_master_listener_new (self->server, self->listen,
                                               SHOALD_MASTER_MAX_CONNECTIONS,
                                               SHOALD_MASTER_STALL_TIMEOUT_S, error);
  return self->listener != NULL;
}

static void
db_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  ShoaldMaster *self = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  self->db = mesh_work_pool_run_finish (MESH_WORK_POOL (source), result, &error);
  if (self->db == NULL || !serve (self, &error))
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_pointer (task, g_object_ref (self), g_object_unref);
}

void
shoald_master_start_async (const ShoaldMasterOptions *options,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  ShoaldMaster *self = g_object_new (SHOALD_TYPE_MASTER, NULL);

  g_task_set_source_tag (task, shoald_master_start_async);
  g_task_set_task_data (task, self, g_object_unref);
  self->store = g_object_ref (options->store);
  self->pool = g_object_ref (options->pool);
  self->limiter = shoald_master_limiter_new (SHOALD_MASTER_MAX_REQUESTS_PER_ADDRESS);
  self->listen = g_strdup (options->listen);
  g_set_object (&self->registry, options->registry);
  g_set_object (&self->host, options->host);
  self->bootstrap = g_strdupv ((char **) options->bootstrap);
  self->collect = options->collect;
  self->user_data = options->user_data;
  mesh_work_pool_run_async (self->pool, MESH_WORK_PRIORITY_DEFAULT, open_db,
                            g_build_filename (options->data_dir, DB_NAME, NULL), g_free,
                            (GDestroyNotify) shoald_master_db_unref, cancellable,
                            db_opened, g_object_ref (task));
}

ShoaldMaster *
shoald_master_start_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* A job that owns the last reference closes the database. */
static gpointer
close_db (gpointer data, GCancellable *cancellable, GError **error)
{
  return NULL;
}

static void
db_closed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;

  if (mesh_work_pool_run_finish (MESH_WORK_POOL (source), result, &error) == NULL
      && error != NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_boolean (task, TRUE);
}

void
shoald_master_stop_async (ShoaldMaster *self,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, shoald_master_stop_async);
  close_all (self);
  if (self->db == NULL)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  mesh_work_pool_run_async (self->pool, MESH_WORK_PRIORITY_DEFAULT, close_db,
                            g_steal_pointer (&self->db),
                            (GDestroyNotify) shoald_master_db_unref, NULL, NULL,
                            db_closed, g_object_ref (task));
}

gboolean
shoald_master_stop_finish (ShoaldMaster *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

const char *
shoald_master_get_address (ShoaldMaster *self)
{
  return shoald_master_listener_get_address (self->listener);
}
