/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "bitswap/mesh-bitswap-session.h"

#include "base/mesh-error.h"
#include "bitswap/mesh-bitswap-private.h"

struct _MeshBitswapSession
{
  GObject parent_instance;

  MeshBitswap *bitswap; /* (owned) */
  MeshCid *root;        /* (owned) (nullable) */
  guint64 number;       /* in the client core; 0: there are too many sessions */
};

static void mesh_bitswap_session_iface_init (MeshBlockSourceInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (MeshBitswapSession,
                               mesh_bitswap_session,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (MESH_TYPE_BLOCK_SOURCE,
                                                      mesh_bitswap_session_iface_init))

/* One get; the task's data. */
typedef struct
{
  MeshBitswap *bitswap; /* (owned) */
  guint64 request;
  GSource *cancel_source; /* (owned) (nullable) */
} Get;

static void
get_free (gpointer data)
{
  Get *get = data;

  if (get->cancel_source != NULL)
    {
      g_source_destroy (get->cancel_source);
      g_source_unref (get->cancel_source);
    }
  g_object_unref (get->bitswap);
  g_free (get);
}

static gboolean
cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  GTask *task = user_data;
  Get *get = g_task_get_task_data (task);
  g_autoptr (GTask) guard = g_object_ref (task);

  /* A block that is here and being stored is returned all the same. */
  if (mesh_bitswap_cancel_request (get->bitswap, get->request))
    g_task_return_error_if_cancelled (task);
  return G_SOURCE_REMOVE;
}

static void
get_async (MeshBlockSource *source,
           MeshCid *cid,
           int priority,
           GCancellable *cancellable,
           GAsyncReadyCallback callback,
           gpointer user_data)
{
  MeshBitswapSession *self = MESH_BITSWAP_SESSION (source);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Get *get;

  g_task_set_source_tag (task, get_async);
  g_task_set_check_cancellable (task, FALSE);
  if (g_task_return_error_if_cancelled (task))
    return;
  get = g_new0 (Get, 1);
  get->bitswap = g_object_ref (self->bitswap);
  g_task_set_task_data (task, get, get_free);
  get->request = mesh_bitswap_request (self->bitswap, self->number, cid, priority,
                                       g_object_ref (task));
  if (get->request == 0 || cancellable == NULL || g_task_get_completed (task))
    return;
  get->cancel_source = g_cancellable_source_new (cancellable);
  g_source_set_callback (get->cancel_source, G_SOURCE_FUNC (cancelled_cb), task, NULL);
  g_source_attach (get->cancel_source, g_main_context_get_thread_default ());
}

static GBytes *
get_finish (MeshBlockSource *source, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, source), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
mesh_bitswap_session_iface_init (MeshBlockSourceInterface *iface)
{
  iface->get_async = get_async;
  iface->get_finish = get_finish;
}

static void
mesh_bitswap_session_dispose (GObject *object)
{
  MeshBitswapSession *self = MESH_BITSWAP_SESSION (object);

  /* Each get holds a reference to the session: none is left. */
  if (self->bitswap != NULL)
    mesh_bitswap_client_close_session (self->bitswap->client, self->number,
                                       g_get_monotonic_time ());
  g_clear_object (&self->bitswap);
  G_OBJECT_CLASS (mesh_bitswap_session_parent_class)->dispose (object);
}

static void
mesh_bitswap_session_finalize (GObject *object)
{
  MeshBitswapSession *self = MESH_BITSWAP_SESSION (object);

  g_clear_pointer (&self->root, mesh_cid_unref);
  G_OBJECT_CLASS (mesh_bitswap_session_parent_class)->finalize (object);
}

static void
mesh_bitswap_session_class_init (MeshBitswapSessionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = mesh_bitswap_session_dispose;
  object_class->finalize = mesh_bitswap_session_finalize;
}

static void
mesh_bitswap_session_init (MeshBitswapSession *self)
{
}

MeshBitswapSession *
mesh_bitswap_session_new (MeshBitswap *bitswap, MeshCid *root)
{
  MeshBitswapSession *self = g_object_new (MESH_TYPE_BITSWAP_SESSION, NULL);

  self->bitswap = g_object_ref (bitswap);
  self->root = root != NULL ? mesh_cid_ref (root) : NULL;
  self->number = mesh_bitswap_client_open_session (bitswap->client);
  mesh_bitswap_session_set_timeout (self, MESH_BITSWAP_SESSION_TIMEOUT_MS);
  return self;
}

void
mesh_bitswap_session_add_peer (MeshBitswapSession *self, MeshPeerId *peer_id)
{
  mesh_bitswap_client_give_peer (self->bitswap->client, self->number,
                                 mesh_bitswap_meet (self->bitswap, peer_id)->number);
}

void
mesh_bitswap_session_set_window (MeshBitswapSession *self, guint n_chunks)
{
  mesh_bitswap_client_set_window (self->bitswap->client, self->number, n_chunks);
}

void
mesh_bitswap_session_set_timeout (MeshBitswapSession *self, guint timeout_ms)
{
  mesh_bitswap_client_set_timeout (self->bitswap->client, self->number,
                                   (gint64) timeout_ms * 1000);
}

GPtrArray *
mesh_bitswap_session_get_peer_stats (MeshBitswapSession *self)
{
  g_autoptr (GArray) rows
      = mesh_bitswap_client_get_session_stats (self->bitswap->client, self->number);
  GPtrArray *all
      = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_bitswap_peer_stats_free);

  for (guint i = 0; i < rows->len; i++)
    {
      const MeshBitswapClientStats *row
          = &g_array_index (rows, MeshBitswapClientStats, i);
      MeshBitswapPeer *peer = g_hash_table_lookup (self->bitswap->peers, &row->peer);
      MeshBitswapPeerStats *stats;

      if (peer == NULL)
        continue;
      stats = g_new0 (MeshBitswapPeerStats, 1);
      *stats = (MeshBitswapPeerStats){ .peer_id = mesh_peer_id_ref (peer->peer_id),
                                       .bytes_received = row->bytes,
                                       .blocks_received = row->blocks,
                                       .unwanted_blocks = row->unwanted_blocks,
                                       .unwanted_bytes = row->unwanted_bytes,
                                       .bad_blocks = row->bad_blocks,
                                       .timeouts = row->timeouts,
                                       .rate_bps = row->rate_bps,
                                       .latency_us = row->latency_us };
      g_ptr_array_add (all, stats);
    }
  return all;
}
