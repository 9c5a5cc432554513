/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */

/* A get goes to the session; one that comes back without a block is parked while a search
 * goes on and goes to the session again with each peer that connects, and once more at
 * the end. A get keeps the source; searches and dials do not. */
#include "config.h"

#include "source/mesh-swarm-source.h"

#include "base/mesh-error.h"

typedef struct
{
  MeshPeerId *peer_id; /* (owned) */
  GPtrArray *addrs;    /* (owned) (nullable) (element-type MeshMultiaddr) */
  double score;
} Found;

struct _MeshSwarmSource
{
  GObject parent_instance;

  MeshHost *host;              /* (owned) */
  MeshBitswapSession *session; /* (owned) */
  MeshCid *root;               /* (owned) */
  MeshSwarmFind find;
  MeshSwarmVerdict verdict; /* (nullable) */
  gpointer user_data;       /* (owned) */
  GDestroyNotify destroy;   /* (nullable) */

  GPtrArray *parked;         /* (owned) (element-type GTask): gets that wait */
  guint n_gets;              /* given to the session */
  guint64 n_blocks;          /* that came */
  guint64 n_blocks_at_timer; /* when the timer was set */
  guint timer_id;

  GCancellable *search; /* (owned) (nullable): of the search under way */
  gboolean is_finding;  /* the owner still looks */
  gint64 ended_us;      /* of the last search; 0: none yet */
  GHashTable *seen;     /* (owned) (element-type MeshPeerId): of this search */
  GPtrArray *queue;     /* (owned) (element-type Found): worst first */
  guint n_dials;
};

static void mesh_swarm_source_iface_init (MeshBlockSourceInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (MeshSwarmSource,
                               mesh_swarm_source,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (MESH_TYPE_BLOCK_SOURCE,
                                                      mesh_swarm_source_iface_init))

/* One get; the task's data. */
typedef struct
{
  MeshCid *cid; /* (owned) */
  int priority;
  GSource *cancel_source; /* (owned) (nullable): while it is parked */
  GError *error;          /* (owned) (nullable): why the session gave up */
} Get;

typedef struct
{
  GWeakRef self;
  GCancellable *search; /* (owned): tells this search from a later one */
  MeshPeerId *peer_id;  /* (owned) */
} Dial;

static void ask (GTask *task);
static void dial_next (MeshSwarmSource *self);
static void check_over (MeshSwarmSource *self);

static void
found_free (gpointer data)
{
  Found *found = data;

  mesh_peer_id_unref (found->peer_id);
  g_clear_pointer (&found->addrs, g_ptr_array_unref);
  g_free (found);
}

static void
stop_watching (Get *get)
{
  if (get->cancel_source == NULL)
    return;
  g_source_destroy (get->cancel_source);
  g_clear_pointer (&get->cancel_source, g_source_unref);
}

static void
get_free (gpointer data)
{
  Get *get = data;

  stop_watching (get);
  mesh_cid_unref (get->cid);
  g_clear_error (&get->error);
  g_free (get);
}

/* The search. */

static void
begin_search (MeshSwarmSource *self, gint64 pause_s)
{
  gint64 now_us = g_get_monotonic_time ();
  g_autoptr (GCancellable) search = NULL;

  if (self->search != NULL
      || (self->ended_us != 0 && now_us - self->ended_us < pause_s * G_USEC_PER_SEC))
    return;
  g_hash_table_remove_all (self->seen);
  search = g_cancellable_new ();
  self->search = g_object_ref (search);
  self->is_finding = TRUE;
  self->find (self, self->root, search, self->user_data);
}

/* Takes the parked gets to the session again. */
static void
ask_parked (MeshSwarmSource *self)
{
  g_autoptr (GPtrArray) parked = g_steal_pointer (&self->parked);

  self->parked = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < parked->len; i++)
    ask (g_ptr_array_index (parked, i));
}

static void
fail_parked (MeshSwarmSource *self)
{
  g_autoptr (GPtrArray) parked = g_steal_pointer (&self->parked);

  self->parked = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < parked->len; i++)
    {
      GTask *task = g_ptr_array_index (parked, i);
      Get *get = g_task_get_task_data (task);

      stop_watching (get);
      g_task_return_error (task, g_steal_pointer (&get->error));
    }
}

/* Ends the search when nothing of it is left. Whatever is parked then has been asked of
 * every peer that was found. */
static void
check_over (MeshSwarmSource *self)
{
  g_autoptr (MeshSwarmSource) kept = g_object_ref (self);

  if (self->search == NULL || self->is_finding || self->n_dials > 0
      || self->queue->len > 0)
    return;
  g_clear_object (&self->search);
  self->ended_us = g_get_monotonic_time ();
  fail_parked (self);
}

void
mesh_swarm_source_searched (MeshSwarmSource *self)
{
  if (self->search == NULL || !self->is_finding)
    return;
  self->is_finding = FALSE;
  check_over (self);
}

static void
use_peer (MeshSwarmSource *self, MeshPeerId *peer_id)
{
  mesh_bitswap_session_add_peer (self->session, peer_id);
  ask_parked (self);
}

static void
tell (MeshSwarmSource *self, MeshPeerId *peer_id, gboolean works)
{
  if (self->verdict != NULL)
    self->verdict (peer_id, works, self->user_data);
}

static void
dial_free (Dial *dial)
{
  g_weak_ref_clear (&dial->self);
  g_object_unref (dial->search);
  mesh_peer_id_unref (dial->peer_id);
  g_free (dial);
}

static void
dial_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Dial *dial = user_data;
  g_autoptr (MeshSwarmSource) self = g_weak_ref_get (&dial->self);
  g_autoptr (GError) error = NULL;
  g_autoptr (MeshConnection) connection
      = mesh_host_connect_finish (MESH_HOST (object), result, &error);

  if (self != NULL && self->search == dial->search)
    {
      self->n_dials--;
      if (connection == NULL)
        g_debug ("A holder could not be reached: %s", error->message);
      tell (self, dial->peer_id, connection != NULL);
      if (connection != NULL)
        use_peer (self, dial->peer_id);
      dial_next (self);
      check_over (self);
    }
  dial_free (dial);
}

static void
dial_next (MeshSwarmSource *self)
{
  while (self->n_dials < MESH_SWARM_SOURCE_MAX_DIALS && self->queue->len > 0)
    {
      Found *found = g_ptr_array_steal_index (self->queue, self->queue->len - 1);
      Dial *dial = g_new0 (Dial, 1);

      g_weak_ref_init (&dial->self, self);
      dial->search = g_object_ref (self->search);
      dial->peer_id = mesh_peer_id_ref (found->peer_id);
      self->n_dials++;
      mesh_host_connect_async (self->host, found->peer_id, found->addrs, self->search,
                               dial_cb, dial);
      found_free (found);
    }
}

static int
compare_found (gconstpointer a, gconstpointer b)
{
  const Found *left = *(const Found *const *) a;
  const Found *right = *(const Found *const *) b;

  return left->score < right->score ? -1 : left->score > right->score;
}

void
mesh_swarm_source_found (MeshSwarmSource *self,
                         MeshPeerId *peer,
                         GPtrArray *addrs,
                         double score)
{
  g_autoptr (MeshSwarmSource) kept = g_object_ref (self);
  Found *found;

  if (self->search == NULL || g_hash_table_contains (self->seen, peer)
      || g_hash_table_size (self->seen) >= MESH_SWARM_SOURCE_MAX_FOUND
      || mesh_peer_id_equal (peer, mesh_host_get_peer_id (self->host)))
    return;
  if (mesh_host_find_connection (self->host, peer) != NULL)
    {
      g_hash_table_add (self->seen, mesh_peer_id_ref (peer));
      tell (self, peer, TRUE);
      use_peer (self, peer);
      return;
    }
  if (addrs == NULL || addrs->len == 0)
    return; /* it may be found again with an address */
  g_hash_table_add (self->seen, mesh_peer_id_ref (peer));
  found = g_new0 (Found, 1);
  found->peer_id = mesh_peer_id_ref (peer);
  found->addrs = g_ptr_array_ref (addrs);
  found->score = score;
  g_ptr_array_add (self->queue, found);
  g_ptr_array_sort (self->queue, compare_found);
  dial_next (self);
}

/* The gets. */

static gboolean
timer_cb (gpointer user_data)
{
  MeshSwarmSource *self = user_data;
  g_autoptr (MeshSwarmSource) kept = g_object_ref (self);

  if (self->n_gets == 0)
    {
      self->timer_id = 0;
      return G_SOURCE_REMOVE;
    }
  if (self->n_blocks == self->n_blocks_at_timer)
    begin_search (self, MESH_SWARM_SOURCE_SLOW_PAUSE_S);
  self->n_blocks_at_timer = self->n_blocks;
  return G_SOURCE_CONTINUE;
}

static gboolean
parked_cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  g_autoptr (GTask) task = g_object_ref (user_data);
  MeshSwarmSource *self = g_task_get_source_object (task);

  if (g_ptr_array_remove (self->parked, task))
    {
      stop_watching (g_task_get_task_data (task));
      g_task_return_error_if_cancelled (task);
    }
  return G_SOURCE_REMOVE;
}

static void
park (MeshSwarmSource *self, GTask *task)
{
  Get *get = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);

  g_ptr_array_add (self->parked, g_object_ref (task));
  if (cancellable == NULL || get->cancel_source != NULL)
    return;
  get->cancel_source = g_cancellable_source_new (cancellable);
  g_source_set_callback (get->cancel_source, G_SOURCE_FUNC (parked_cancelled_cb), task,
                         NULL);
  g_source_attach (get->cancel_source, g_main_context_get_thread_default ());
}

/* Whether more peers could help. */
static gboolean
is_worth_search (const GError *error)
{
  return g_error_matches (error, MESH_ERROR, MESH_ERROR_NOT_FOUND)
         || g_error_matches (error, MESH_ERROR, MESH_ERROR_TIMED_OUT);
}

static void
got_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (MeshSwarmSource) self = g_object_ref (g_task_get_source_object (task));
  Get *get = g_task_get_task_data (task);
  GError *error = NULL;
  GBytes *block
      = mesh_block_source_get_finish (MESH_BLOCK_SOURCE (object), result, &error);

  self->n_gets--;
  if (block != NULL)
    {
      self->n_blocks++;
      g_task_return_pointer (task, block, (GDestroyNotify) g_bytes_unref);
      return;
    }
  if (!is_worth_search (error))
    {
      g_task_return_error (task, error);
      return;
    }
  g_clear_error (&get->error);
  get->error = error;
  park (self, task);
  begin_search (self, MESH_SWARM_SOURCE_PAUSE_S);
  if (self->search == NULL)
    fail_parked (self); /* it was over at once, or the last one ended just now */
}

static void
ask (GTask *task)
{
  MeshSwarmSource *self = g_task_get_source_object (task);
  Get *get = g_task_get_task_data (task);

  stop_watching (get);
  self->n_gets++;
  mesh_block_source_get_async (MESH_BLOCK_SOURCE (self->session), get->cid, get->priority,
                               g_task_get_cancellable (task), got_cb,
                               g_object_ref (task));
}

static void
get_async (MeshBlockSource *source,
           MeshCid *cid,
           int priority,
           GCancellable *cancellable,
           GAsyncReadyCallback callback,
           gpointer user_data)
{
  MeshSwarmSource *self = MESH_SWARM_SOURCE (source);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Get *get = g_new0 (Get, 1);

  g_task_set_source_tag (task, get_async);
  g_task_set_check_cancellable (task, FALSE); /* a block that is here is given */
  get->cid = mesh_cid_ref (cid);
  get->priority = priority;
  g_task_set_task_data (task, get, get_free);
  if (self->timer_id == 0)
    {
      self->n_blocks_at_timer = self->n_blocks;
      self->timer_id = g_timeout_add (MESH_SWARM_SOURCE_DELAY_MS, timer_cb, self);
    }
  ask (task);
}

static GBytes *
get_finish (MeshBlockSource *source, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, source), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
mesh_swarm_source_iface_init (MeshBlockSourceInterface *iface)
{
  iface->get_async = get_async;
  iface->get_finish = get_finish;
}

/* The object. */

static void
mesh_swarm_source_dispose (GObject *object)
{
  MeshSwarmSource *self = MESH_SWARM_SOURCE (object);

  g_clear_handle_id (&self->timer_id, g_source_remove);
  if (self->search != NULL)
    g_cancellable_cancel (self->search);
  g_clear_object (&self->search);
  if (self->destroy != NULL && self->user_data != NULL)
    self->destroy (g_steal_pointer (&self->user_data));
  g_clear_object (&self->session);
  g_clear_object (&self->host);
  G_OBJECT_CLASS (mesh_swarm_source_parent_class)->dispose (object);
}

static void
mesh_swarm_source_finalize (GObject *object)
{
  MeshSwarmSource *self = MESH_SWARM_SOURCE (object);

  g_ptr_array_unref (self->parked); /* empty: each get holds the source */
  g_ptr_array_unref (self->queue);
  g_hash_table_unref (self->seen);
  mesh_cid_unref (self->root);
  G_OBJECT_CLASS (mesh_swarm_source_parent_class)->finalize (object);
}

static void
mesh_swarm_source_class_init (MeshSwarmSourceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = mesh_swarm_source_dispose;
  object_class->finalize = mesh_swarm_source_finalize;
}

static void
mesh_swarm_source_init (MeshSwarmSource *self)
{
  self->parked = g_ptr_array_new_with_free_func (g_object_unref);
  self->queue = g_ptr_array_new_with_free_func (found_free);
  self->seen = g_hash_table_new_full (mesh_peer_id_hash, mesh_peer_id_equal,
                                      (GDestroyNotify) mesh_peer_id_unref, NULL);
}

MeshSwarmSource *
mesh_swarm_source_new (MeshHost *host,
                       MeshBitswapSession *session,
                       MeshCid *root,
                       MeshSwarmFind find,
                       MeshSwarmVerdict verdict,
                       gpointer user_data,
                       GDestroyNotify destroy)
{
  MeshSwarmSource *self = g_object_new (MESH_TYPE_SWARM_SOURCE, NULL);

  self->host = g_object_ref (host);
  self->session = g_object_ref (session);
  self->root = mesh_cid_ref (root);
  self->find = find;
  self->verdict = verdict;
  self->user_data = user_data;
  self->destroy = destroy;
  return self;
}

MeshBitswapSession *
mesh_swarm_source_get_session (MeshSwarmSource *self)
{
  return self->session;
}
