/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "base/mesh-error.h"
#include "dht/mesh-dht.h"
#include "trust/mesh-manifest-request.h"
#include "registry/mesh-exchange.h"
#include "registry/mesh-registry-private.h"

/* Finding a release: first the Master Server and connected peers at once; then, when
 * there was no good answer or no Master, those whom the DHT names. Every answer is
 * verified in the pool. What contradicts another becomes evidence. */

typedef enum
{
  STEP_NEAR, /* the Master Server, connected peers, this node's own releases */
  STEP_FAR,  /* providers on the DHT */
  STEP_DONE,
} Step;

typedef struct
{
  MeshRegistry *registry;     /* (unowned): the task's source */
  MeshTrustState *trust;      /* (owned): as the caller believes */
  MeshTrustState *bar;        /* (owned): what an answer has to pass */
  MeshSemverRange *range;     /* (owned) (nullable) */
  GHashTable *asked;          /* (owned) (element-type utf8): peers */
  MeshRegistryFound *best;    /* (owned) (nullable) */
  MeshRegistryFound *masters; /* (owned) (nullable): what the Master Server said */
  MeshRegistryFound *stale; /* (owned) (nullable): the same, if below what is believed */
  GError *trust_error;      /* (owned) (nullable): the first */
  GError *other_error;      /* (owned) (nullable): the first */
  guint64 query;            /* of the DHT */
  guint n_pending;          /* answers; 1 more while asking */
  Step step;
  gboolean is_master_down;
} Resolve;

/* One question. */
typedef struct
{
  GTask *task;         /* (owned) */
  char *source;        /* (owned) */
  MeshPeerId *peer_id; /* (owned) (nullable) */
  GBytes *envelope;    /* (owned) (nullable): the answer */
  GError *error;       /* (owned) (nullable): why it is not taken */
  gboolean is_master;
  gboolean is_provider; /* the DHT is told whether it works */
} Question;

typedef struct
{
  MeshTrustState *bar;    /* (owned) */
  MeshSemverRange *range; /* (owned) (nullable) */
  GBytes *envelope;       /* (owned) */
  char *source;           /* (owned) */
} Verify;

static void advance (GTask *task);

static MeshSemverRange *
copy_range (const MeshSemverRange *range)
{
  return range != NULL
             ? mesh_semver_range_parse (mesh_semver_range_get_text (range), NULL)
             : NULL;
}

static void
free_resolve (gpointer data)
{
  Resolve *resolve = data;

  mesh_trust_state_free (resolve->trust);
  mesh_trust_state_free (resolve->bar);
  g_clear_pointer (&resolve->range, mesh_semver_range_free);
  g_hash_table_unref (resolve->asked);
  mesh_registry_found_free (resolve->best);
  mesh_registry_found_free (resolve->masters);
  mesh_registry_found_free (resolve->stale);
  g_clear_error (&resolve->trust_error);
  g_clear_error (&resolve->other_error);
  g_free (resolve);
}

static void
free_question (Question *question)
{
  g_object_unref (question->task);
  g_free (question->source);
  g_clear_pointer (&question->peer_id, mesh_peer_id_unref);
  g_clear_pointer (&question->envelope, g_bytes_unref);
  g_clear_error (&question->error);
  g_free (question);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Question, free_question)

static void
free_verify (gpointer data)
{
  Verify *verify = data;

  mesh_trust_state_free (verify->bar);
  g_clear_pointer (&verify->range, mesh_semver_range_free);
  g_bytes_unref (verify->envelope);
  g_free (verify->source);
  g_free (verify);
}

static gboolean
is_trust_error (const GError *error)
{
  return error->domain == MESH_ERROR && error->code >= MESH_ERROR_BAD_SIGNATURE
         && error->code <= MESH_ERROR_UNSAFE_PATH;
}

static guint64
counter_of (const MeshRegistryFound *found)
{
  return mesh_signed_manifest_get_manifest (found->release)->counter;
}

static const char *
version_of (const MeshRegistryFound *found)
{
  return mesh_signed_manifest_get_manifest (found->release)->version;
}

static const char *
digest_of (const MeshRegistryFound *found)
{
  return mesh_signed_manifest_get_digest (found->release);
}

/* Evidence. */

static void
note_split (Resolve *resolve,
            MeshSplitViewKind kind,
            const MeshRegistryFound *a,
            const MeshRegistryFound *b)
{
  mesh_registry_evidence_note_found (resolve->registry, resolve->trust, kind, a, b);
}

/* Verifying. */

static gpointer
verify_job (gpointer input, GCancellable *cancellable, GError **error)
{
  Verify *verify = input;
  g_autoptr (MeshRegistryFound) found = g_new0 (MeshRegistryFound, 1);
  const char *version;

  found->release = mesh_trust_verify_release (verify->bar, verify->envelope,
                                              mesh_registry_get_now_s (), error);
  if (found->release == NULL)
    {
      g_prefix_error (error, "From %s: ", verify->source);
      return NULL;
    }
  version = version_of (found);
  if (verify->range != NULL && !mesh_semver_range_matches (verify->range, version))
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_NOT_FOUND,
                   "%s has version %s of %s, which is not in the range %s",
                   verify->source, version, verify->bar->app_id,
                   mesh_semver_range_get_text (verify->range));
      return NULL;
    }
  found->envelope = g_bytes_ref (verify->envelope);
  found->source = g_strdup (verify->source);
  return g_steal_pointer (&found);
}

static void
start_verify (Resolve *resolve,
              const MeshTrustState *bar,
              gboolean is_ranged,
              GBytes *envelope,
              const char *source,
              GCancellable *cancellable,
              GAsyncReadyCallback callback,
              gpointer user_data)
{
  Verify *verify = g_new0 (Verify, 1);

  verify->bar = mesh_trust_state_copy (bar);
  verify->range = is_ranged ? copy_range (resolve->range) : NULL;
  verify->envelope = g_bytes_ref (envelope);
  verify->source = g_strdup (source);
  mesh_work_pool_run_async (resolve->registry->pool, MESH_WORK_PRIORITY_DEFAULT,
                            verify_job, verify, free_verify,
                            (GDestroyNotify) mesh_registry_found_free, cancellable,
                            callback, user_data);
}

/* @error: (transfer full) (nullable) */
static void
end_question (GTask *task, GError *error)
{
  Resolve *resolve = g_task_get_task_data (task);

  if (error != NULL && is_trust_error (error) && resolve->trust_error == NULL)
    resolve->trust_error = g_steal_pointer (&error);
  else if (error != NULL && !is_trust_error (error) && resolve->other_error == NULL
           && !g_error_matches (error, MESH_ERROR, MESH_ERROR_NOT_FOUND)
           && !g_error_matches (error, MESH_ERROR, MESH_ERROR_UNSUPPORTED))
    resolve->other_error = g_steal_pointer (&error);
  g_clear_error (&error);
  if (--resolve->n_pending > 0)
    return;
  resolve->step++;
  advance (task);
}

/* @found: (transfer full) */
static void
take_found (Resolve *resolve, MeshRegistryFound *found, gboolean is_master)
{
  if (resolve->best != NULL && counter_of (resolve->best) == counter_of (found)
      && !g_str_equal (digest_of (resolve->best), digest_of (found)))
    note_split (resolve, MESH_SPLIT_VIEW_SAME_COUNTER, resolve->best, found);
  if (is_master)
    {
      resolve->masters = g_new0 (MeshRegistryFound, 1);
      resolve->masters->release
          = mesh_signed_manifest_parse (g_bytes_get_data (found->envelope, NULL),
                                        g_bytes_get_size (found->envelope), NULL);
      resolve->masters->envelope = g_bytes_ref (found->envelope);
      resolve->masters->source = g_strdup (found->source);
    }
  if (resolve->best != NULL && counter_of (resolve->best) >= counter_of (found))
    {
      mesh_registry_found_free (found);
      return;
    }
  mesh_registry_found_free (resolve->best);
  resolve->best = found;
}

static void
stale_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Question) question = g_steal_pointer (&user_data);
  Resolve *resolve = g_task_get_task_data (question->task);

  resolve->stale = mesh_work_pool_run_finish (MESH_WORK_POOL (source), result, NULL);
  end_question (question->task, g_steal_pointer (&question->error));
}

/* What the Master Server said is older than what is believed: it is no answer, but if it
 * is well signed the peers' answers are held against it. */
static void
keep_stale (Question *question, GError *error)
{
  Resolve *resolve = g_task_get_task_data (question->task);
  g_autoptr (MeshTrustState) bar = mesh_registry_evidence_forget_counter (resolve->trust);

  question->error = error;
  start_verify (resolve, bar, FALSE, question->envelope, question->source,
                g_task_get_cancellable (question->task), stale_cb, question);
}

static void
verified_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Question) question = g_steal_pointer (&user_data);
  GTask *task = question->task;
  Resolve *resolve = g_task_get_task_data (task);
  GError *error = NULL;
  MeshRegistryFound *found
      = mesh_work_pool_run_finish (MESH_WORK_POOL (source), result, &error);

  if (question->is_provider && resolve->registry->dht != NULL)
    mesh_dht_report_provider (resolve->registry->dht, resolve->query, question->peer_id,
                              found != NULL);
  if (found != NULL)
    take_found (resolve, found, question->is_master);
  else if (g_error_matches (error, MESH_ERROR, MESH_ERROR_MIXED))
    mesh_registry_evidence_contradicted (resolve->registry, resolve->trust,
                                         MESH_SPLIT_VIEW_SAME_COUNTER, question->envelope,
                                         question->source);
  else if (question->is_master
           && g_error_matches (error, MESH_ERROR, MESH_ERROR_ROLLBACK))
    {
      mesh_registry_evidence_contradicted (resolve->registry, resolve->trust,
                                           MESH_SPLIT_VIEW_STALE_MASTER,
                                           question->envelope, question->source);
      keep_stale (g_steal_pointer (&question), error);
      return;
    }
  end_question (task, error);
}

/* @envelope: (transfer full) (nullable) */
static void
answered (Question *question, GBytes *envelope, GError *error)
{
  Resolve *resolve = g_task_get_task_data (question->task);

  if (envelope == NULL)
    {
      if (question->is_provider && resolve->registry->dht != NULL)
        mesh_dht_report_provider (resolve->registry->dht, resolve->query,
                                  question->peer_id, FALSE);
      end_question (question->task, error);
      free_question (question);
      return;
    }
  question->envelope = envelope;
  start_verify (resolve, resolve->bar, TRUE, envelope, question->source,
                g_task_get_cancellable (question->task), verified_cb, question);
}

/* Asking. */

static Question *
new_question (GTask *task, char *source)
{
  Resolve *resolve = g_task_get_task_data (task);
  Question *question = g_new0 (Question, 1);

  question->task = g_object_ref (task);
  question->source = source;
  resolve->n_pending++;
  return question;
}

static const char *
range_text (const Resolve *resolve)
{
  if (resolve->range == NULL || mesh_semver_range_is_any (resolve->range))
    return NULL;
  return mesh_semver_range_get_text (resolve->range);
}

static void
master_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Question *question = g_steal_pointer (&user_data);
  Resolve *resolve = g_task_get_task_data (question->task);
  GError *error = NULL;
  GBytes *envelope = mesh_master_client_latest_finish (MESH_MASTER_CLIENT (source),
                                                       result, NULL, NULL, &error);

  mesh_registry_note_master (resolve->registry, error);
  resolve->is_master_down = error != NULL && mesh_master_client_can_fall_back (error);
  answered (question, envelope, error);
}

static void
ask_master (GTask *task)
{
  Resolve *resolve = g_task_get_task_data (task);
  MeshMasterClient *master = resolve->registry->master;
  Question *question = new_question (
      task, g_strconcat ("master ", mesh_master_client_get_url (master), NULL));

  question->is_master = TRUE;
  mesh_master_client_latest_in_range_async (
      master, resolve->trust->app_id, resolve->trust->channel, range_text (resolve),
      g_task_get_cancellable (task), master_cb, question);
}

static void
peer_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Question *question = g_steal_pointer (&user_data);
  GError *error = NULL;
  GBytes *envelope = mesh_exchange_ask_peer_finish (MESH_HOST (source), result, &error);

  answered (question, envelope, error);
}

static void
ask (Question *question)
{
  Resolve *resolve = g_task_get_task_data (question->task);
  g_autoptr (GBytes) request = mesh_manifest_request_encode (
      resolve->trust->app_id, resolve->trust->channel, range_text (resolve));

  mesh_exchange_ask_peer_async (
      resolve->registry->host, question->peer_id, MESH_MANIFEST_REQUEST_PROTOCOL, request,
      MESH_SIGNED_MANIFEST_MAX_BYTES, g_task_get_cancellable (question->task), peer_cb,
      question);
}

/* NULL when this peer was asked already. */
static Question *
new_peer_question (GTask *task, MeshPeerId *peer_id)
{
  Resolve *resolve = g_task_get_task_data (task);
  const char *text = mesh_peer_id_to_string (peer_id);
  Question *question;

  if (!g_hash_table_add (resolve->asked, g_strdup (text)))
    return NULL;
  question = new_question (task, g_strconcat ("peer ", text, NULL));
  question->peer_id = mesh_peer_id_ref (peer_id);
  return question;
}

static void
ask_connected (GTask *task)
{
  Resolve *resolve = g_task_get_task_data (task);
  g_autoptr (GPtrArray) peers = mesh_registry_dup_peers (
      resolve->registry, MESH_MANIFEST_REQUEST_PROTOCOL, MESH_REGISTRY_MAX_PEERS);

  for (guint i = 0; i < peers->len; i++)
    {
      Question *question = new_peer_question (task, peers->pdata[i]);

      if (question != NULL)
        ask (question);
    }
}

/* What this node keeps can answer for a range when nobody else does. */
static void
own_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;
  GBytes *envelope = mesh_registry_ledger_find_release_finish (result, &error);

  answered (user_data, envelope, error);
}

static void
ask_self (GTask *task)
{
  Resolve *resolve = g_task_get_task_data (task);

  mesh_registry_ledger_find_release_async (
      resolve->registry->db, resolve->trust->app_id, resolve->trust->channel,
      range_text (resolve), mesh_registry_get_now_s (), own_cb,
      new_question (task, g_strdup (MESH_REGISTRY_INDEX_LOCAL)));
}

/* Providers on the DHT. */

static void
dialled_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Question *question = g_steal_pointer (&user_data);
  GError *error = NULL;
  g_autoptr (MeshConnection) connection
      = mesh_host_connect_finish (MESH_HOST (source), result, &error);

  if (connection == NULL)
    answered (question, NULL, error);
  else
    ask (question);
}

static void
provider_cb (MeshDht *dht, guint64 query, const MeshDhtPeer *provider, gpointer user_data)
{
  GTask *task = user_data;
  Resolve *resolve = g_task_get_task_data (task);
  MeshHost *host = resolve->registry->host;
  Question *question = NULL;

  resolve->query = query;
  if (g_hash_table_size (resolve->asked)
          < MESH_REGISTRY_MAX_PEERS + MESH_REGISTRY_MAX_PROVIDERS
      && !mesh_peer_id_equal (provider->id, mesh_host_get_peer_id (host)))
    question = new_peer_question (task, provider->id);
  if (question == NULL)
    {
      mesh_dht_report_provider (dht, query, provider->id, FALSE);
      return;
    }
  question->is_provider = TRUE;
  if (mesh_host_find_connection (host, provider->id) != NULL)
    ask (question);
  else
    mesh_host_connect_async (host, provider->id, provider->addrs,
                             g_task_get_cancellable (task), dialled_cb, question);
}

static void
providers_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Question) question = g_steal_pointer (&user_data);
  GError *error = NULL;
  g_autoptr (GPtrArray) providers
      = mesh_dht_find_providers_finish (MESH_DHT (source), result, &error);

  mesh_dht_release (MESH_DHT (source));
  /* A DHT without peers is no reason of its own: nobody has it, as far as one can see. */
  if (g_error_matches (error, MESH_ERROR, MESH_ERROR_UNREACHABLE))
    g_clear_error (&error);
  end_question (question->task, error);
}

static void
ask_dht (GTask *task)
{
  Resolve *resolve = g_task_get_task_data (task);
  MeshDht *dht = resolve->registry->dht;
  g_autoptr (MeshCid) cid = mesh_registry_package_cid (resolve->trust->app_id);
  Question *question = new_question (task, g_strdup ("DHT"));

  mesh_dht_hold (dht);
  mesh_dht_find_providers_async (dht, cid, MESH_REGISTRY_MAX_PROVIDERS, provider_cb, task,
                                 g_task_get_cancellable (task), providers_cb, question);
}

/* The sequence. */

static guint64
get_announced (const Resolve *resolve)
{
  const MeshRegistryNewest *newest = mesh_registry_intake_find_newest (
      resolve->registry, resolve->trust->app_id, resolve->trust->channel);

  return newest != NULL ? mesh_announcement_get_listing (newest->announcement)->counter
                        : 0;
}

/* Nobody had the release itself, but it was announced by the publisher's keys. */
static void
note_announced (Resolve *resolve)
{
  const MeshRegistryNewest *newest = mesh_registry_intake_find_newest (
      resolve->registry, resolve->trust->app_id, resolve->trust->channel);
  const MeshListing *listing = mesh_announcement_get_listing (newest->announcement);
  g_autoptr (GBytes) proof = mesh_announcement_to_bytes (newest->announcement, NULL);
  const MeshRegistryFound *masters = resolve->masters;
  MeshSplitViewSide a = { masters->source, version_of (masters), masters->envelope,
                          counter_of (masters) };
  MeshSplitViewSide b = { newest->via, listing->version, proof, listing->counter };
  g_autoptr (MeshSplitView) view = NULL;

  if (proof == NULL)
    return;
  view = mesh_split_view_new (MESH_SPLIT_VIEW_STALE_MASTER, listing->app_id,
                              listing->channel, &a, &b, mesh_registry_get_now_s ());
  mesh_registry_evidence_note (resolve->registry, view, a.version, b.version);
}

static void
compare_with_master (Resolve *resolve)
{
  if (range_text (resolve) != NULL)
    return;
  if (resolve->stale != NULL && counter_of (resolve->stale) < counter_of (resolve->best))
    note_split (resolve, MESH_SPLIT_VIEW_STALE_MASTER, resolve->stale, resolve->best);
  if (resolve->masters == NULL)
    return;
  if (counter_of (resolve->best) < get_announced (resolve))
    note_announced (resolve);
  else if (counter_of (resolve->masters) < counter_of (resolve->best))
    note_split (resolve, MESH_SPLIT_VIEW_STALE_MASTER, resolve->masters, resolve->best);
  else
    mesh_registry_evidence_settle (resolve->registry, resolve->trust->app_id,
                                   counter_of (resolve->masters));
}

static void
finish (GTask *task)
{
  Resolve *resolve = g_task_get_task_data (task);

  if (g_task_return_error_if_cancelled (task))
    return;
  if (resolve->best != NULL)
    {
      compare_with_master (resolve);
      g_task_return_pointer (task, g_steal_pointer (&resolve->best),
                             (GDestroyNotify) mesh_registry_found_free);
    }
  else if (resolve->trust_error != NULL)
    g_task_return_error (task, g_steal_pointer (&resolve->trust_error));
  else if (resolve->other_error != NULL)
    g_task_return_error (task, g_steal_pointer (&resolve->other_error));
  else if (range_text (resolve) != NULL)
    g_task_return_new_error (task, MESH_ERROR, MESH_ERROR_NOT_FOUND,
                             "Nobody who can be asked has a version of %s in the range "
                             "%s; try another range",
                             resolve->trust->app_id, range_text (resolve));
  else
    g_task_return_new_error (
        task, MESH_ERROR, MESH_ERROR_NOT_FOUND,
        "Nobody who can be asked knows %s; check the name, the Master "
        "Server and the connection to peers",
        resolve->trust->app_id);
}

static void
ask_near (GTask *task)
{
  Resolve *resolve = g_task_get_task_data (task);
  MeshRegistry *registry = resolve->registry;

  if (registry->master != NULL && mesh_registry_uses_master (registry))
    ask_master (task);
  if (registry->host != NULL && mesh_registry_uses_mesh (registry))
    ask_connected (task);
  if (registry->db != NULL && range_text (resolve) != NULL)
    ask_self (task);
}

/* The DHT is the long way: it is gone when the near ones had nothing or less than was
 * announced, and always without a Master Server, which should know the newest. */
static gboolean
wants_far (const Resolve *resolve)
{
  const MeshRegistry *registry = resolve->registry;

  if (registry->dht == NULL || registry->host == NULL
      || registry->mode == MESH_REGISTRY_MODE_CENTRAL)
    return FALSE;
  return resolve->best == NULL || resolve->masters == NULL
         || counter_of (resolve->best) < get_announced (resolve);
}

/* The only place that knows the order. */
static void
advance (GTask *task)
{
  Resolve *resolve = g_task_get_task_data (task);

  if (resolve->step == STEP_FAR && !wants_far (resolve))
    resolve->step = STEP_DONE;
  switch (resolve->step)
    {
    case STEP_NEAR:
    case STEP_FAR:
      resolve->n_pending = 1; /* until everybody was asked */
      if (resolve->step == STEP_NEAR)
        ask_near (task);
      else
        ask_dht (task);
      end_question (task, NULL);
      return;
    case STEP_DONE:
      finish (task);
      return;
    default:
      g_assert_not_reached ();
    }
}

void
mesh_registry_resolve_async (MeshRegistry *self,
                             const MeshTrustState *trust,
                             const MeshSemverRange *range,
                             gboolean is_first_install,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Resolve *resolve = g_new0 (Resolve, 1);

  resolve->registry = self;
  resolve->trust = mesh_trust_state_copy (trust);
  resolve->range = copy_range (range);
  resolve->bar = is_first_install && range_text (resolve) != NULL
                     ? mesh_registry_evidence_forget_counter (trust)
                     : mesh_trust_state_copy (trust);
  resolve->asked = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_task_set_source_tag (task, mesh_registry_resolve_async);
  g_task_set_task_data (task, resolve, free_resolve);
  advance (task);
}

MeshRegistryFound *
mesh_registry_resolve_finish (MeshRegistry *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
mesh_registry_resolve_at_hand_async (MeshRegistry *self,
                                     const MeshTrustState *trust,
                                     GBytes *envelope,
                                     const char *source,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Resolve *resolve = g_new0 (Resolve, 1);
  Question *question;

  resolve->registry = self;
  resolve->trust = mesh_trust_state_copy (trust);
  resolve->bar = mesh_trust_state_copy (trust);
  resolve->asked = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  resolve->step = STEP_FAR; /* nobody is asked */
  g_task_set_source_tag (task, mesh_registry_resolve_async);
  g_task_set_task_data (task, resolve, free_resolve);
  question = new_question (task, g_strdup (source));
  g_object_unref (task);
  answered (question, g_bytes_ref (envelope), NULL);
}
