/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "node/mesh-node-origin.h"

#include <string.h>

#include "base/mesh-error.h"
#include "discovery/mesh-bootstrap-list.h"

struct _MeshNodeOrigin
{
  GObject parent_instance;

  char *dir;                    /* (owned) */
  MeshWorkPool *pool;           /* (owned) */
  MeshNodeBootstrap *bootstrap; /* (owned) */
  MeshBootstrapList *list;      /* (owned) */
  char **own;                   /* (owned) */
  MeshMasterClient *master;     /* (owned) (nullable) */
  GCancellable *cancellable;    /* (owned): of what concerns @master */
  guint timer_id;
  gboolean is_loaded; /* the kept list of @master was read, or there is none */
  gboolean is_active;
  gboolean is_asking;
};

G_DEFINE_FINAL_TYPE (MeshNodeOrigin, mesh_node_origin, G_TYPE_OBJECT)

static void ask (MeshNodeOrigin *self);

static gint64
now_s (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

static void
tell (MeshNodeOrigin *self)
{
  g_auto (GStrv) addresses = mesh_bootstrap_list_dup_addresses (self->list, now_s ());

  mesh_node_bootstrap_set_addresses (self->bootstrap, (const char *const *) addresses);
}

static char *
dup_path (MeshNodeOrigin *self)
{
  g_autofree char *sum = g_compute_checksum_for_string (
      G_CHECKSUM_SHA256, mesh_master_client_get_url (self->master), -1);
  g_autofree char *name = g_strdup_printf ("bootstrap-%.16s.json", sum);

  return g_build_filename (self->dir, name, NULL);
}

/* Asking. */

static gboolean
timer_cb (gpointer user_data)
{
  MeshNodeOrigin *self = user_data;

  self->timer_id = 0;
  ask (self);
  return G_SOURCE_REMOVE;
}

static void
plan (MeshNodeOrigin *self, guint wait_s)
{
  g_clear_handle_id (&self->timer_id, g_source_remove);
  if (self->is_active)
    self->timer_id = g_timeout_add_seconds (wait_s, timer_cb, self);
}

typedef struct
{
  char *path;    /* (owned) */
  GBytes *bytes; /* (owned) */
} SaveJob;

static void
save_job_free (gpointer data)
{
  SaveJob *job = data;

  g_free (job->path);
  g_bytes_unref (job->bytes);
  g_free (job);
}

static gpointer
save_job (gpointer input, GCancellable *cancellable, GError **error)
{
  SaveJob *job = input;
  gsize len;
  const char *text = g_bytes_get_data (job->bytes, &len);

  (void) !g_file_set_contents_full (job->path, text, (gssize) len,
                                    G_FILE_SET_CONTENTS_CONSISTENT, 0600, error);
  return NULL;
}

static void
saved_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  (void) !mesh_work_pool_run_finish (MESH_WORK_POOL (object), result, &error);
  if (error != NULL)
    g_warning ("The list of peers to start from is not kept: %s", error->message);
}

static void
save (MeshNodeOrigin *self, GBytes *bytes)
{
  SaveJob *job = g_new0 (SaveJob, 1);

  job->path = dup_path (self);
  job->bytes = g_bytes_ref (bytes);
  mesh_work_pool_run_async (self->pool, MESH_WORK_PRIORITY_DEFAULT, save_job, job,
                            save_job_free, NULL, NULL, saved_cb, NULL);
}

/* Whether it is a list of the server; the message says who did not believe what. */
static gboolean
take (MeshNodeOrigin *self, GBytes *bytes)
{
  g_autoptr (GError) error = NULL;
  gsize len;
  const guint8 *data = g_bytes_get_data (bytes, &len);

  if (mesh_bootstrap_list_take_signed (self->list, data, len, now_s (), &error))
    {
      tell (self);
      return TRUE;
    }
  g_message ("The list of peers to start from is not used: %s", error->message);
  return FALSE;
}

static void
asked_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (MeshNodeOrigin) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes
      = mesh_master_client_bootstrap_finish (MESH_MASTER_CLIENT (object), result, &error);

  if (self->master != MESH_MASTER_CLIENT (object))
    return; /* of the server before this one */
  self->is_asking = FALSE;
  if (bytes == NULL)
    g_debug ("No list of peers to start from: %s", error->message);
  plan (self, bytes != NULL ? MESH_NODE_ORIGIN_REFRESH_S : MESH_NODE_ORIGIN_RETRY_S);
  if (bytes != NULL && take (self, bytes))
    save (self, bytes);
}

static void
ask (MeshNodeOrigin *self)
{
  if (self->master == NULL || !self->is_loaded || !self->is_active || self->is_asking
      || self->timer_id != 0)
    return;
  self->is_asking = TRUE;
  mesh_master_client_bootstrap_async (self->master, self->cancellable, asked_cb,
                                      g_object_ref (self));
}

static void
loaded_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (MeshNodeOrigin) self = user_data;
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  gsize len;

  if (g_file_load_contents_finish (G_FILE (object), result, &text, &len, NULL, &error))
    {
      bytes = g_bytes_new_take (g_steal_pointer (&text), len);
      (void) take (self, bytes);
    }
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      return;
    }
  self->is_loaded = TRUE;
  ask (self);
}

/* What it is told. */

static void
renew_list (MeshNodeOrigin *self)
{
  g_clear_pointer (&self->list, mesh_bootstrap_list_free);
  self->list = mesh_bootstrap_list_new ();
  for (char **address = self->own; *address != NULL; address++)
    {
      g_autoptr (GError) error = NULL;

      if (!mesh_bootstrap_list_add (self->list, *address, &error))
        g_debug ("Not to start from: %s", error->message);
    }
}

void
mesh_node_origin_set_own (MeshNodeOrigin *self, const char *const *addresses)
{
  g_autoptr (GBytes) kept = NULL;

  if (mesh_bootstrap_list_get_signed (self->list) != NULL)
    kept = g_bytes_ref (mesh_bootstrap_list_get_signed (self->list));
  g_strfreev (self->own);
  self->own = g_strdupv ((char **) addresses);
  renew_list (self);
  if (kept == NULL || !take (self, kept))
    tell (self);
}

void
mesh_node_origin_set_master (MeshNodeOrigin *self, MeshMasterClient *master)
{
  g_autofree char *path = NULL;
  g_autoptr (GFile) file = NULL;

  if (self->master == master)
    return;
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  g_clear_handle_id (&self->timer_id, g_source_remove);
  self->is_asking = FALSE;
  self->is_loaded = FALSE;
  if (self->master != NULL)
    {
      renew_list (self);
      tell (self);
    }
  g_set_object (&self->master, master);
  if (master == NULL)
    return;
  path = dup_path (self);
  file = g_file_new_for_path (path);
  g_file_load_contents_async (file, self->cancellable, loaded_cb, g_object_ref (self));
}

void
mesh_node_origin_set_active (MeshNodeOrigin *self, gboolean is_active)
{
  if (self->is_active == is_active)
    return;
  self->is_active = is_active;
  g_clear_handle_id (&self->timer_id, g_source_remove);
  ask (self);
}

void
mesh_node_origin_stop (MeshNodeOrigin *self)
{
  self->is_active = FALSE;
  mesh_node_origin_set_master (self, NULL);
}

char **
mesh_node_origin_dup_addresses (MeshNodeOrigin *self)
{
  return mesh_bootstrap_list_dup_addresses (self->list, now_s ());
}

/* The object. */

static void
mesh_node_origin_dispose (GObject *object)
{
  MeshNodeOrigin *self = MESH_NODE_ORIGIN (object);

  g_clear_handle_id (&self->timer_id, g_source_remove);
  g_clear_object (&self->master);
  g_clear_object (&self->bootstrap);
  g_clear_object (&self->pool);
  G_OBJECT_CLASS (mesh_node_origin_parent_class)->dispose (object);
}

static void
mesh_node_origin_finalize (GObject *object)
{
  MeshNodeOrigin *self = MESH_NODE_ORIGIN (object);

  g_object_unref (self->cancellable);
  mesh_bootstrap_list_free (self->list);
  g_strfreev (self->own);
  g_free (self->dir);
  G_OBJECT_CLASS (mesh_node_origin_parent_class)->finalize (object);
}

static void
mesh_node_origin_class_init (MeshNodeOriginClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = mesh_node_origin_dispose;
  G_OBJECT_CLASS (klass)->finalize = mesh_node_origin_finalize;
}

static void
mesh_node_origin_init (MeshNodeOrigin *self)
{
  self->cancellable = g_cancellable_new ();
  self->list = mesh_bootstrap_list_new ();
  self->own = g_new0 (char *, 1);
}

MeshNodeOrigin *
mesh_node_origin_new (const char *dir, MeshWorkPool *pool, MeshNodeBootstrap *bootstrap)
{
  MeshNodeOrigin *self = g_object_new (MESH_TYPE_NODE_ORIGIN, NULL);

  self->dir = g_strdup (dir);
  self->pool = g_object_ref (pool);
  self->bootstrap = g_object_ref (bootstrap);
  return self;
}
