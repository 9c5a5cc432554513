/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "source/mesh-source-chain.h"

#include "base/mesh-error.h"
#include "bitswap/mesh-bitswap-session.h"
#include "source/mesh-swarm-source.h"

typedef struct
{
  MeshSourceKind kind;
  char *id;                /* (owned) */
  MeshBlockSource *source; /* (owned) */
  gboolean is_preferred;
  guint n_in_flight;
  guint64 bytes;
  guint64 blocks;
  guint64 failures;
  gint64 first_us; /* when it was first asked; for the rate */
} Source;

/* One transfer's sources in the order of preference. Each wanted block is one request,
 * which goes from source to source until one gives the block. */
struct _MeshSourceChain
{
  GObject parent_instance;

  MeshSourceScores *scores; /* (owned) */
  MeshSourceStrategy strategy;
  guint ttl_ms;
  GPtrArray *sources;   /* (owned) (element-type Source) */
  GHashTable *requests; /* (owned) (element-type MeshCid Request) */
  guint64 bytes_fetched;
};

typedef struct
{
  grefcount ref_count;
  MeshSourceChain *chain; /* (unowned): each waiter holds it */
  MeshCid *cid;           /* (owned) */
  int priority;
  GPtrArray *waiters;                /* (owned) (element-type GTask) */
  GPtrArray *order;                  /* (owned) (element-type Source) */
  guint next;                        /* in order */
  guint attempt;                     /* answers to earlier ones are ignored */
  GCancellable *attempt_cancellable; /* (owned) (nullable) */
  guint ttl_id;
  gint64 asked_us;
  guint n_beside; /* requests the source had when this one was added */
  GError *error;  /* (owned) (nullable): the most telling so far */
  gboolean is_done;
} Request;

typedef struct
{
  MeshSourceChain *chain; /* (owned): a cancelled attempt may come back after the last
                             waiter has let go of it */
  Request *request;       /* (owned) */
  guint attempt;
  Source *source; /* (unowned): lives as long as the chain */
} Attempt;

typedef struct
{
  Request *request;       /* (owned): outlives the wait: a task may be answered and its
                             cancellable fire before the callback has run */
  GSource *cancel_source; /* (owned) (nullable) */
} Waiter;

static void mesh_source_chain_iface_init (MeshBlockSourceInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (MeshSourceChain,
                               mesh_source_chain,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (MESH_TYPE_BLOCK_SOURCE,
                                                      mesh_source_chain_iface_init))

enum
{
  BLOCK,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void ask_next (Request *request);

static void
source_free (gpointer data)
{
  Source *source = data;

  g_free (source->id);
  g_object_unref (source->source);
  g_free (source);
}

static Request *
request_ref (Request *request)
{
  g_ref_count_inc (&request->ref_count);
  return request;
}

static void
request_unref (Request *request)
{
  if (!g_ref_count_dec (&request->ref_count))
    return;
  mesh_cid_unref (request->cid);
  g_ptr_array_unref (request->waiters);
  g_ptr_array_unref (request->order);
  g_clear_object (&request->attempt_cancellable);
  g_clear_error (&request->error);
  g_free (request);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Request, request_unref)

static void
waiter_free (gpointer data)
{
  Waiter *waiter = data;

  request_unref (waiter->request);
  if (waiter->cancel_source != NULL)
    {
      g_source_destroy (waiter->cancel_source);
      g_source_unref (waiter->cancel_source);
    }
  g_free (waiter);
}

/* Forgets what was asked last; its answer will be ignored. */
static void
end_attempt (Request *request)
{
  request->attempt++;
  g_clear_handle_id (&request->ttl_id, g_source_remove);
  if (request->attempt_cancellable != NULL)
    g_cancellable_cancel (request->attempt_cancellable);
  g_clear_object (&request->attempt_cancellable);
}

/* Takes the request out of the chain. Its waiters may be answered then. */
static void
finish (Request *request)
{
  request->is_done = TRUE;
  end_attempt (request);
  g_hash_table_remove (request->chain->requests, request->cid);
}

static void
succeed (Request *request, Source *source, GBytes *block)
{
  g_autoptr (Request) guard = request_ref (request);
  g_autoptr (MeshSourceChain) chain = g_object_ref (request->chain);
  gsize len = g_bytes_get_size (block);

  source->bytes += len;
  source->blocks++;
  if (source->kind != MESH_SOURCE_STORE)
    chain->bytes_fetched += len;
  finish (request);
  g_signal_emit (chain, signals[BLOCK], 0, request->cid, (guint64) len,
                 (guint) source->kind);
  for (guint i = 0; i < request->waiters->len; i++)
    g_task_return_pointer (g_ptr_array_index (request->waiters, i), g_bytes_ref (block),
                           (GDestroyNotify) g_bytes_unref);
  g_ptr_array_set_size (request->waiters, 0); /* they hold the request, it held them */
}

static void
give_up (Request *request)
{
  g_autoptr (Request) guard = request_ref (request);
  g_autoptr (GError) error = g_steal_pointer (&request->error);
  g_autofree char *name = mesh_cid_dup_text (request->cid);

  if (error == NULL)
    error = g_error_new (MESH_ERROR, MESH_ERROR_NOT_FOUND,
                         "There is no source to ask for blocks");
  g_prefix_error (&error, "Cannot get block %s: ", name);
  finish (request);
  for (guint i = 0; i < request->waiters->len; i++)
    g_task_return_error (g_ptr_array_index (request->waiters, i), g_error_copy (error));
  g_ptr_array_set_size (request->waiters, 0);
}

/* No other source can help. */
static gboolean
is_local_trouble (const GError *error)
{
  return g_error_matches (error, MESH_ERROR, MESH_ERROR_NO_SPACE)
         || g_error_matches (error, MESH_ERROR, MESH_ERROR_IO)
         || g_error_matches (error, MESH_ERROR, MESH_ERROR_LIMIT);
}

static void
keep_error (Request *request, const GError *error)
{
  if (request->error != NULL
      && !g_error_matches (request->error, MESH_ERROR, MESH_ERROR_NOT_FOUND))
    return;
  g_clear_error (&request->error);
  request->error = g_error_copy (error);
}

static void
note_error (Request *request, Source *source, const GError *error)
{
  gint64 now_us = g_get_monotonic_time ();

  keep_error (request, error);
  if (source->kind == MESH_SOURCE_STORE)
    return;
  if (g_error_matches (error, MESH_ERROR, MESH_ERROR_NOT_FOUND))
    {
      mesh_source_scores_note_missing (request->chain->scores, source->id, now_us);
      return;
    }
  source->failures++;
  /* Among peers the liar alone is dropped; the others go on. */
  mesh_source_scores_note_failure (
      request->chain->scores, source->id,
      source->kind != MESH_SOURCE_PEERS
          && g_error_matches (error, MESH_ERROR, MESH_ERROR_MISMATCH),
      now_us);
}

static void
attempt_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autofree Attempt *attempt = user_data;
  g_autoptr (MeshSourceChain) chain = attempt->chain; /* goes last */
  g_autoptr (Request) request = attempt->request;
  Source *source = attempt->source;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) block
      = mesh_block_source_get_finish (MESH_BLOCK_SOURCE (object), result, &error);
  gint64 now_us = g_get_monotonic_time ();

  source->n_in_flight--;
  if (request->is_done || attempt->attempt != request->attempt)
    return;
  if (block != NULL)
    {
      /* Requests beside each other share the source: each counts for its part. */
      if (source->kind != MESH_SOURCE_STORE)
        mesh_source_scores_note_success (
            chain->scores, source->id, g_bytes_get_size (block),
            (now_us - request->asked_us) / MAX (request->n_beside, 1), now_us);
      succeed (request, source, block);
      return;
    }
  note_error (request, source, error);
  if (is_local_trouble (error))
    give_up (request);
  else
    ask_next (request);
}

static gboolean
ttl_cb (gpointer user_data)
{
  Request *request = user_data;
  Source *source = g_ptr_array_index (request->order, request->next - 1);
  g_autoptr (GError) error = g_error_new (
      MESH_ERROR, MESH_ERROR_TIMED_OUT, "%s did not send the block in time", source->id);

  request->ttl_id = 0;
  note_error (request, source, error);
  ask_next (request);
  return G_SOURCE_REMOVE;
}

static void
ask_next (Request *request)
{
  g_autoptr (Request) guard = request_ref (request);
  MeshSourceChain *chain = request->chain;
  Attempt *attempt;
  Source *source;

  end_attempt (request);
  request->asked_us = g_get_monotonic_time ();
  while (request->next < request->order->len)
    {
      source = g_ptr_array_index (request->order, request->next);
      if (!mesh_source_scores_is_lying (chain->scores, source->id, request->asked_us))
        break;
      request->next++;
    }
  if (request->next == request->order->len)
    {
      give_up (request);
      return;
    }
  source = g_ptr_array_index (request->order, request->next++);
  request->n_beside = ++source->n_in_flight;
  if (source->first_us == 0)
    source->first_us = request->asked_us;
  request->attempt_cancellable = g_cancellable_new ();
  if (source->kind != MESH_SOURCE_STORE)
    request->ttl_id = g_timeout_add (chain->ttl_ms, ttl_cb, request);
  attempt = g_new (Attempt, 1);
  *attempt = (Attempt){ g_object_ref (chain), request_ref (request), request->attempt,
                        source };
  mesh_block_source_get_async (source->source, request->cid, request->priority,
                               request->attempt_cancellable, attempt_cb, attempt);
}

static GPtrArray *
make_order (MeshSourceChain *self)
{
  MeshSourceCandidate candidates[MESH_SOURCE_CHAIN_MAX_SOURCES + 1];
  GPtrArray *order = g_ptr_array_new ();

  for (guint i = 0; i < self->sources->len; i++)
    {
      const Source *source = g_ptr_array_index (self->sources, i);

      candidates[i]
          = (MeshSourceCandidate){ source->kind, source->id, source->is_preferred };
    }
  mesh_source_scores_order (self->scores, self->strategy, candidates, self->sources->len,
                            g_get_monotonic_time ());
  for (guint i = 0; i < self->sources->len; i++)
    for (guint k = 0; k < self->sources->len; k++)
      {
        Source *source = g_ptr_array_index (self->sources, k);

        if (source->id == candidates[i].id) /* the same string, not an equal one */
          g_ptr_array_add (order, source);
      }
  return order;
}

static gboolean
cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  g_autoptr (GTask) task = g_object_ref (user_data);
  Waiter *waiter = g_task_get_task_data (task);
  g_autoptr (Request) request = NULL;

  if (g_task_get_completed (task))
    return G_SOURCE_REMOVE;
  request = request_ref (waiter->request);
  if (!request->is_done)
    {
      g_ptr_array_remove (request->waiters, task);
      if (request->waiters->len == 0)
        finish (request);
      g_task_return_error_if_cancelled (task);
    }
  return G_SOURCE_REMOVE;
}

static void
wait_for (Request *request, GTask *task, GCancellable *cancellable)
{
  Waiter *waiter = g_new0 (Waiter, 1);

  waiter->request = request_ref (request);
  if (cancellable != NULL)
    {
      waiter->cancel_source = g_cancellable_source_new (cancellable);
      g_source_set_callback (waiter->cancel_source, G_SOURCE_FUNC (cancelled_cb), task,
                             NULL);
      g_source_attach (waiter->cancel_source, g_main_context_get_thread_default ());
    }
  g_task_set_task_data (task, waiter, waiter_free);
  g_ptr_array_add (request->waiters, g_object_ref (task));
}

static void
get_async (MeshBlockSource *source,
           MeshCid *cid,
           int priority,
           GCancellable *cancellable,
           GAsyncReadyCallback callback,
           gpointer user_data)
{
  MeshSourceChain *self = MESH_SOURCE_CHAIN (source);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Request *request = g_hash_table_lookup (self->requests, cid);

  g_task_set_source_tag (task, get_async);
  g_task_set_check_cancellable (task, FALSE);
  if (g_task_return_error_if_cancelled (task))
    return;
  if (request != NULL)
    {
      wait_for (request, task, cancellable);
      return;
    }
  if (g_hash_table_size (self->requests) >= MESH_SOURCE_CHAIN_MAX_REQUESTS)
    {
      g_task_return_new_error (task, MESH_ERROR, MESH_ERROR_BUSY,
                               "Too many blocks are wanted at once");
      return;
    }
  request = g_new0 (Request, 1);
  g_ref_count_init (&request->ref_count);
  request->chain = self;
  request->cid = mesh_cid_ref (cid);
  request->priority = priority;
  request->waiters = g_ptr_array_new_with_free_func (g_object_unref);
  request->order = make_order (self);
  g_hash_table_insert (self->requests, request->cid, request);
  wait_for (request, task, cancellable);
  ask_next (request);
}

static GBytes *
get_finish (MeshBlockSource *source, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, source), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
mesh_source_chain_iface_init (MeshBlockSourceInterface *iface)
{
  iface->get_async = get_async;
  iface->get_finish = get_finish;
}

gboolean
mesh_source_chain_add (MeshSourceChain *self,
                       MeshBlockSource *block_source,
                       MeshSourceKind kind,
                       const char *id,
                       gboolean is_preferred)
{
  Source *source;

  if (self->sources->len >= MESH_SOURCE_CHAIN_MAX_SOURCES)
    return FALSE;
  source = g_new0 (Source, 1);
  source->kind = kind;
  source->id = g_strdup (id);
  source->source = g_object_ref (block_source);
  source->is_preferred = is_preferred;
  g_ptr_array_add (self->sources, source);
  return TRUE;
}

void
mesh_source_chain_set_strategy (MeshSourceChain *self, MeshSourceStrategy strategy)
{
  g_return_if_fail (strategy < MESH_SOURCE_N_STRATEGIES);

  self->strategy = strategy;
}

void
mesh_source_chain_set_ttl (MeshSourceChain *self, guint ttl_ms)
{
  self->ttl_ms = MAX (ttl_ms, 1);
}

static void
add_usage (GPtrArray *all, MeshSourceUsage usage, const char *id)
{
  MeshSourceUsage *copy = g_memdup2 (&usage, sizeof usage);

  copy->id = g_strdup (id);
  g_ptr_array_add (all, copy);
}

static void
add_peers (GPtrArray *all, MeshBitswapSession *session)
{
  g_autoptr (GPtrArray) peers = mesh_bitswap_session_get_peer_stats (session);

  for (guint i = 0; i < peers->len; i++)
    {
      const MeshBitswapPeerStats *stats = g_ptr_array_index (peers, i);

      add_usage (all,
                 (MeshSourceUsage){ .kind = MESH_SOURCE_PEERS,
                                    .bytes = stats->bytes_received,
                                    .blocks = stats->blocks_received,
                                    .failures = stats->bad_blocks + stats->timeouts,
                                    .rate_bps = stats->rate_bps },
                 mesh_peer_id_to_string (stats->peer_id));
    }
}

static MeshBitswapSession *
get_session (MeshBlockSource *source)
{
  if (MESH_IS_SWARM_SOURCE (source))
    return mesh_swarm_source_get_session (MESH_SWARM_SOURCE (source));
  return MESH_IS_BITSWAP_SESSION (source) ? MESH_BITSWAP_SESSION (source) : NULL;
}

GPtrArray *
mesh_source_chain_get_usage (MeshSourceChain *self)
{
  GPtrArray *all
      = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_source_usage_free);
  gint64 now_us = g_get_monotonic_time ();

  for (guint i = 0; i < self->sources->len; i++)
    {
      const Source *source = g_ptr_array_index (self->sources, i);
      gint64 elapsed_ms = MAX ((now_us - source->first_us) / 1000, 1);
      MeshBitswapSession *session = get_session (source->source);

      if (session != NULL)
        add_peers (all, session);
      else if (source->blocks > 0 || source->failures > 0)
        add_usage (
            all,
            (MeshSourceUsage){ .kind = source->kind,
                               .bytes = source->bytes,
                               .blocks = source->blocks,
                               .failures = source->failures,
                               .rate_bps = source->bytes * 1000 / (guint64) elapsed_ms },
            source->id);
    }
  return all;
}

guint64
mesh_source_chain_get_bytes_fetched (MeshSourceChain *self)
{
  return self->bytes_fetched;
}

static void
mesh_source_chain_finalize (GObject *object)
{
  MeshSourceChain *self = MESH_SOURCE_CHAIN (object);

  g_hash_table_unref (self->requests); /* empty: each waiter holds the chain */
  g_ptr_array_unref (self->sources);
  mesh_source_scores_unref (self->scores);
  G_OBJECT_CLASS (mesh_source_chain_parent_class)->finalize (object);
}

static void
mesh_source_chain_class_init (MeshSourceChainClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mesh_source_chain_finalize;
  signals[BLOCK]
      = g_signal_new ("block", MESH_TYPE_SOURCE_CHAIN, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                      NULL, G_TYPE_NONE, 3, G_TYPE_POINTER, G_TYPE_UINT64, G_TYPE_UINT);
}

static void
mesh_source_chain_init (MeshSourceChain *self)
{
  self->ttl_ms = MESH_SOURCE_CHAIN_TTL_MS;
  self->sources = g_ptr_array_new_with_free_func (source_free);
  self->requests
      = g_hash_table_new_full (mesh_cid_hash_multihash, mesh_cid_equal_multihash, NULL,
                               (GDestroyNotify) request_unref);
}

MeshSourceChain *
mesh_source_chain_new (MeshStore *store, MeshSourceScores *scores)
{
  MeshSourceChain *self = g_object_new (MESH_TYPE_SOURCE_CHAIN, NULL);

  self->scores
      = scores != NULL ? mesh_source_scores_ref (scores) : mesh_source_scores_new ();
  if (store != NULL)
    mesh_source_chain_add (self, MESH_BLOCK_SOURCE (store), MESH_SOURCE_STORE, "store",
                           FALSE);
  return self;
}
