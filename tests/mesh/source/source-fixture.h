/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <libsoup/soup.h>

#include "base/mesh-error.h"
#include "store-fixture.h"
#include "store/mesh-block-source.h"

/* A block source that does as it is told, and an HTTP server on the loopback. */

#define STUB_TYPE_SOURCE (stub_source_get_type ())
G_DECLARE_FINAL_TYPE (StubSource, stub_source, STUB, SOURCE, GObject)

struct _StubSource
{
  GObject parent_instance;

  GHashTable *blocks; /* (owned) (element-type MeshCid GBytes) */
  int error_code;     /* for blocks it lacks; -1: it never answers those */
  guint delay_ms;
  guint n_gets;
  guint n_in_flight;
  guint max_in_flight;
  GPtrArray *asked; /* (owned) (element-type MeshCid): in order */
};

static inline void stub_source_iface_init (MeshBlockSourceInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (StubSource,
                               stub_source,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (MESH_TYPE_BLOCK_SOURCE,
                                                      stub_source_iface_init))

static inline gboolean
stub_source_answer_cb (gpointer user_data)
{
  GTask *task = user_data;
  StubSource *self = g_task_get_source_object (task);
  GBytes *block = g_hash_table_lookup (self->blocks, g_task_get_task_data (task));

  if (block == NULL && self->error_code < 0
      && !g_cancellable_is_cancelled (g_task_get_cancellable (task)))
    return G_SOURCE_CONTINUE;
  self->n_in_flight--;
  if (g_task_return_error_if_cancelled (task))
    return G_SOURCE_REMOVE;
  if (block != NULL)
    g_task_return_pointer (task, g_bytes_ref (block), (GDestroyNotify) g_bytes_unref);
  else
    g_task_return_new_error (task, MESH_ERROR, self->error_code, "The stub says so");
  return G_SOURCE_REMOVE;
}

static inline void
stub_source_get_async (MeshBlockSource *source,
                       MeshCid *cid,
                       int priority,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  StubSource *self = STUB_SOURCE (source);
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_task_data (task, mesh_cid_ref (cid), (GDestroyNotify) mesh_cid_unref);
  g_ptr_array_add (self->asked, mesh_cid_ref (cid));
  self->n_gets++;
  self->n_in_flight++;
  self->max_in_flight = MAX (self->max_in_flight, self->n_in_flight);
  g_timeout_add_full (G_PRIORITY_DEFAULT, self->delay_ms, stub_source_answer_cb, task,
                      g_object_unref);
}

static inline GBytes *
stub_source_get_finish (MeshBlockSource *source, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static inline void
stub_source_iface_init (MeshBlockSourceInterface *iface)
{
  iface->get_async = stub_source_get_async;
  iface->get_finish = stub_source_get_finish;
}

static inline void
stub_source_finalize (GObject *object)
{
  g_hash_table_unref (STUB_SOURCE (object)->blocks);
  g_ptr_array_unref (STUB_SOURCE (object)->asked);
  G_OBJECT_CLASS (stub_source_parent_class)->finalize (object);
}

static inline void
stub_source_class_init (StubSourceClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = stub_source_finalize;
}

static inline void
stub_source_init (StubSource *self)
{
  self->blocks = g_hash_table_new_full (mesh_cid_hash_multihash, mesh_cid_equal_multihash,
                                        (GDestroyNotify) mesh_cid_unref,
                                        (GDestroyNotify) g_bytes_unref);
  self->asked = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_cid_unref);
  self->error_code = MESH_ERROR_NOT_FOUND;
}

static inline StubSource *
stub_source_new (int error_code)
{
  StubSource *self = g_object_new (STUB_TYPE_SOURCE, NULL);

  self->error_code = error_code;
  return self;
}

/* (transfer full): the CID of a block the stub has from now on */
static inline MeshCid *
stub_source_add (StubSource *self, guint64 codec, GBytes *bytes)
{
  MeshCid *cid = fixture_cid (codec, bytes);

  g_hash_table_insert (self->blocks, mesh_cid_ref (cid), g_bytes_ref (bytes));
  return cid;
}

static inline GBytes *
source_get (MeshBlockSource *source, MeshCid *cid, GError **error)
{
  FIXTURE_RUN (result, mesh_block_source_get_async, source, cid, 0, NULL);

  return mesh_block_source_get_finish (source, result, error);
}

/* The server: every request goes to one handler. */
typedef struct
{
  SoupServer *server; /* (owned) */
  char *url;          /* (owned) */
} HttpFixture;

static inline void
http_fixture_init (HttpFixture *http, SoupServerCallback handler, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  GSList *uris;

  http->server = soup_server_new (NULL, NULL);
  soup_server_add_handler (http->server, NULL, handler, user_data, NULL);
  g_assert_true (
      soup_server_listen_local (http->server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, &error));
  g_assert_no_error (error);
  uris = soup_server_get_uris (http->server);
  http->url = g_uri_to_string (uris->data);
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
}

static inline void
http_fixture_clear (HttpFixture *http)
{
  soup_server_disconnect (http->server);
  g_clear_object (&http->server);
  g_clear_pointer (&http->url, g_free);
}

static inline void
http_answer (SoupServerMessage *message, guint status, const char *body, gsize len)
{
  soup_server_message_set_status (message, status, NULL);
  soup_server_message_set_response (message, "application/octet-stream", SOUP_MEMORY_COPY,
                                    body, len);
}
