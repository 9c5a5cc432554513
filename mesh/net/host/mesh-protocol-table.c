/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "net/host/mesh-protocol-table.h"

#include <string.h>

#include "net/host/mesh-deadline.h"
#include "net/host/mesh-negotiate.h"

typedef struct
{
  MeshHandler handler;
  gpointer user_data;     /* (unowned), or owned by way of destroy */
  GDestroyNotify destroy; /* (nullable) */
  gboolean is_service;
} Row;

struct MeshProtocolTable
{
  GHashTable *rows; /* (owned) (element-type utf8 Row) */
  MeshProtocolTableFunc func;
  gpointer user_data;        /* (unowned) */
  GCancellable *cancellable; /* (owned): negotiations in progress */
};

typedef struct
{
  MeshProtocolTable *table;  /* (unowned): valid while cancellable is not cancelled */
  GCancellable *cancellable; /* (owned) */
  MeshStream *stream;        /* (owned) */
  MeshDeadline *deadline;    /* (owned) */
} Service;

static void
row_free (Row *row)
{
  if (row->destroy != NULL)
    row->destroy (row->user_data);
  g_free (row);
}

static void
service_free (Service *service)
{
  g_object_unref (service->cancellable);
  g_object_unref (service->stream);
  mesh_deadline_free (service->deadline);
  g_free (service);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Service, service_free)

MeshProtocolTable *
mesh_protocol_table_new (MeshProtocolTableFunc func, gpointer user_data)
{
  MeshProtocolTable *table = g_new0 (MeshProtocolTable, 1);

  table->rows = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                       (GDestroyNotify) row_free);
  table->func = func;
  table->user_data = user_data;
  table->cancellable = g_cancellable_new ();
  return table;
}

void
mesh_protocol_table_free (MeshProtocolTable *table)
{
  g_cancellable_cancel (table->cancellable);
  g_object_unref (table->cancellable);
  g_hash_table_unref (table->rows);
  g_free (table);
}

gboolean
mesh_protocol_table_set (MeshProtocolTable *table,
                         const char *protocol,
                         MeshHandler handler,
                         gpointer user_data,
                         GDestroyNotify destroy,
                         gboolean is_service)
{
  Row *row;

  if (handler == NULL)
    return g_hash_table_remove (table->rows, protocol);
  row = g_new0 (Row, 1);
  row->handler = handler;
  row->user_data = user_data;
  row->destroy = destroy;
  row->is_service = is_service;
  return g_hash_table_replace (table->rows, g_strdup (protocol), row);
}

static int
compare_text (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

char **
mesh_protocol_table_dup_protocols (MeshProtocolTable *table)
{
  guint n;
  char **keys = (char **) g_hash_table_get_keys_as_array (table->rows, &n);

  qsort (keys, n, sizeof *keys, compare_text);
  for (guint i = 0; i < n; i++)
    keys[i] = g_strdup (keys[i]);
  return keys;
}

static void
serve_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Service) service = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *protocol = mesh_negotiate_run_finish (result, &error);
  Row *row;

  if (g_cancellable_is_cancelled (service->cancellable))
    return;
  row = protocol != NULL ? g_hash_table_lookup (service->table->rows, protocol) : NULL;
  if (row == NULL)
    return; /* letting go of the stream resets it */
  mesh_stream_set_protocol (service->stream, protocol);
  service->table->func (service->stream, row->is_service, service->table->user_data);
  row->handler (g_object_ref (service->stream), row->user_data);
}

void
mesh_protocol_table_serve (MeshProtocolTable *table,
                           MeshStream *stream,
                           gint64 timeout_us)
{
  Service *service = g_new0 (Service, 1);
  g_auto (GStrv) protocols = mesh_protocol_table_dup_protocols (table);

  service->table = table;
  service->cancellable = g_object_ref (table->cancellable);
  service->stream = g_object_ref (stream);
  service->deadline = mesh_deadline_new (table->cancellable, timeout_us);
  mesh_negotiate_run_async (
      G_IO_STREAM (stream),
      mesh_multistream_new_listener ((const char *const *) protocols), NULL,
      mesh_deadline_get_cancellable (service->deadline), serve_cb, service);
}
