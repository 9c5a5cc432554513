/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "update/mesh-update-detect.h"

#include "base/mesh-error.h"
#include "update/mesh-manifest-exchange.h"

typedef struct
{
  MeshWorkPool *pool;    /* (owned) */
  MeshTrustState *trust; /* (owned) */
  MeshUpdateFound *best; /* (owned) (nullable) */
  GError *trust_error;   /* (owned) (nullable): the first */
  GError *other_error;   /* (owned) (nullable): the first */
  guint n_pending;       /* answers; 1 more while asking */
} Detect;

/* One question. */
typedef struct
{
  GTask *task;  /* (owned) */
  char *source; /* (owned) */
} Question;

typedef struct
{
  MeshTrustState *trust; /* (owned) */
  GBytes *envelope;      /* (owned) */
  char *source;          /* (owned) */
} VerifyJob;

void
mesh_update_detect_free_found (MeshUpdateFound *found)
{
  if (found == NULL)
    return;
  g_clear_pointer (&found->release, mesh_signed_manifest_free);
  g_clear_pointer (&found->envelope, g_bytes_unref);
  g_free (found->source);
  g_free (found);
}

static void
free_detect (gpointer data)
{
  Detect *detect = data;

  g_object_unref (detect->pool);
  mesh_trust_state_free (detect->trust);
  mesh_update_detect_free_found (detect->best);
  g_clear_error (&detect->trust_error);
  g_clear_error (&detect->other_error);
  g_free (detect);
}

static void
free_question (Question *question)
{
  g_object_unref (question->task);
  g_free (question->source);
  g_free (question);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Question, free_question)

static void
free_verify_job (gpointer data)
{
  VerifyJob *job = data;

  mesh_trust_state_free (job->trust);
  g_bytes_unref (job->envelope);
  g_free (job->source);
  g_free (job);
}

static gboolean
is_trust_error (const GError *error)
{
  return error->domain == MESH_ERROR && error->code >= MESH_ERROR_BAD_SIGNATURE
         && error->code <= MESH_ERROR_UNSAFE_PATH;
}

static void
finish (GTask *task)
{
  Detect *detect = g_task_get_task_data (task);

  if (g_task_return_error_if_cancelled (task))
    return;
  if (detect->best != NULL)
    g_task_return_pointer (task, g_steal_pointer (&detect->best),
                           (GDestroyNotify) mesh_update_detect_free_found);
  else if (detect->trust_error != NULL)
    g_task_return_error (task, g_steal_pointer (&detect->trust_error));
  else if (detect->other_error != NULL)
    g_task_return_error (task, g_steal_pointer (&detect->other_error));
  else
    g_task_return_new_error (
        task, MESH_ERROR, MESH_ERROR_NOT_FOUND,
        "Nobody who can be asked knows %s; check the name, the Master "
        "Server and the connection to peers",
        detect->trust->app_id);
}

/* @error: (transfer full) (nullable) */
static void
end_question (GTask *task, GError *error)
{
  Detect *detect = g_task_get_task_data (task);

  if (error != NULL && is_trust_error (error) && detect->trust_error == NULL)
    detect->trust_error = g_steal_pointer (&error);
  else if (error != NULL && !is_trust_error (error) && detect->other_error == NULL
           && !g_error_matches (error, MESH_ERROR, MESH_ERROR_NOT_FOUND)
           && !g_error_matches (error, MESH_ERROR, MESH_ERROR_UNSUPPORTED))
    detect->other_error = g_steal_pointer (&error);
  g_clear_error (&error);
  if (--detect->n_pending == 0)
    finish (task);
}

static guint64
counter_of (const MeshUpdateFound *found)
{
  return mesh_signed_manifest_get_manifest (found->release)->counter;
}

static gpointer
verify_job (gpointer input, GCancellable *cancellable, GError **error)
{
  VerifyJob *job = input;
  g_autoptr (MeshUpdateFound) found = g_new0 (MeshUpdateFound, 1);

  found->release = mesh_trust_verify_release (job->trust, job->envelope,
                                              g_get_real_time () / G_USEC_PER_SEC, error);
  if (found->release == NULL)
    {
      g_prefix_error (error, "From %s: ", job->source);
      return NULL;
    }
  found->envelope = g_bytes_ref (job->envelope);
  found->source = g_strdup (job->source);
  return g_steal_pointer (&found);
}

static void
verified_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  Detect *detect = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (MeshUpdateFound) found
      = mesh_work_pool_run_finish (MESH_WORK_POOL (source), result, &error);

  if (found != NULL
      && (detect->best == NULL || counter_of (found) > counter_of (detect->best)))
    {
      mesh_update_detect_free_found (detect->best);
      detect->best = g_steal_pointer (&found);
    }
  end_question (task, error);
}

static void
verify (GTask *task, GBytes *envelope, const char *source)
{
  Detect *detect = g_task_get_task_data (task);
  VerifyJob *job = g_new0 (VerifyJob, 1);

  job->trust = mesh_trust_state_copy (detect->trust);
  job->envelope = g_bytes_ref (envelope);
  job->source = g_strdup (source);
  mesh_work_pool_run_async (
      detect->pool, MESH_WORK_PRIORITY_DEFAULT, verify_job, job, free_verify_job,
      (GDestroyNotify) mesh_update_detect_free_found, g_task_get_cancellable (task),
      verified_cb, g_object_ref (task));
}

static void
answered (Question *question, GBytes *envelope, GError *error)
{
  if (envelope != NULL)
    verify (question->task, envelope, question->source);
  else
    end_question (question->task, error);
}

static void
master_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Question) question = g_steal_pointer (&user_data);
  GError *error = NULL;
  g_autoptr (GBytes) envelope = mesh_master_client_latest_finish (
      MESH_MASTER_CLIENT (source), result, NULL, NULL, &error);

  if (g_error_matches (error, MESH_ERROR, MESH_ERROR_AUTH))
    g_warning ("The Master Server can't prove who it is; asking peers instead: %s",
               error->message);
  answered (question, envelope, error);
}

static void
peer_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Question) question = g_steal_pointer (&user_data);
  GError *error = NULL;
  g_autoptr (GBytes) envelope = mesh_manifest_exchange_ask_finish (result, &error);

  answered (question, envelope, error);
}

static void
stream_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Question) question = g_steal_pointer (&user_data);
  Detect *detect = g_task_get_task_data (question->task);
  GError *error = NULL;
  g_autoptr (MeshStream) stream
      = mesh_host_open_stream_finish (MESH_HOST (source), result, &error);

  if (stream == NULL)
    {
      answered (question, NULL, error);
      return;
    }
  mesh_manifest_exchange_ask_async (
      G_IO_STREAM (stream), detect->trust->app_id, detect->trust->channel,
      g_task_get_cancellable (question->task), peer_cb, question);
  question = NULL; /* the answer brings it back */
}

static Question *
new_question (GTask *task, char *source)
{
  Detect *detect = g_task_get_task_data (task);
  Question *question = g_new0 (Question, 1);

  question->task = g_object_ref (task);
  question->source = source;
  detect->n_pending++;
  return question;
}

/* Who has not said yet what it speaks is asked too: it may be the one that knows. */
static gboolean
may_know (MeshConnection *connection)
{
  return mesh_connection_get_peer_info (connection) == NULL
         || mesh_connection_supports (connection, MESH_MANIFEST_REQUEST_PROTOCOL);
}

static void
ask_peers (GTask *task, MeshHost *host)
{
  static const char *const protocols[] = { MESH_MANIFEST_REQUEST_PROTOCOL, NULL };
  g_autoptr (GPtrArray) connections = mesh_host_dup_connections (host);
  guint n_asked = 0;

  for (guint i = 0; i < connections->len && n_asked < MESH_UPDATE_DETECT_MAX_PEERS; i++)
    {
      MeshConnection *connection = connections->pdata[i];
      MeshPeerId *peer_id = mesh_connection_get_peer_id (connection);
      const char *text;

      if (!may_know (connection))
        continue;
      n_asked++;
      text = mesh_peer_id_to_string (peer_id);
      mesh_host_open_stream_async (
          host, peer_id, protocols, g_task_get_cancellable (task), stream_cb,
          new_question (task, g_strconcat ("peer ", text, NULL)));
    }
}

void
mesh_update_detect_async (MeshWorkPool *pool,
                          const MeshTrustState *trust,
                          MeshMasterClient *master,
                          MeshHost *host,
                          GBytes *envelope,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Detect *detect = g_new0 (Detect, 1);

  detect->pool = g_object_ref (pool);
  detect->trust = mesh_trust_state_copy (trust);
  detect->n_pending = 1; /* until everybody was asked */
  g_task_set_source_tag (task, mesh_update_detect_async);
  g_task_set_task_data (task, detect, free_detect);
  if (envelope != NULL)
    {
      detect->n_pending++;
      verify (task, envelope, "file");
    }
  else if (master != NULL)
    mesh_master_client_latest_async (
        master, trust->app_id, trust->channel, NULL, cancellable, master_cb,
        new_question (
            task, g_strconcat ("master ", mesh_master_client_get_url (master), NULL)));
  if (envelope == NULL && host != NULL)
    ask_peers (task, host);
  end_question (task, NULL);
}

MeshUpdateFound *
mesh_update_detect_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
