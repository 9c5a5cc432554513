/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include <string.h>

#include "base/mesh-error.h"
#include "trust/mesh-json.h"
#include "registry/mesh-exchange.h"
#include "registry/mesh-registry-private.h"

/* A search: the local index, then peers and the Master Server at once. Answers are merged
 * as they come. */

#define PEER_ANSWER_FRESH_US (30 * G_USEC_PER_SEC)
#define MAX_CLAIMS 100 /* packages of one answer of the Master Server */
#define MAX_TEXT_LEN 4096

typedef struct
{
  MeshRegistry *registry; /* (unowned): the task's source */
  MeshRegistryQuery *query;
  GPtrArray *results;    /* (owned) (element-type MeshRegistryResult): as they came */
  GPtrArray *warnings;   /* (owned) (element-type utf8) */
  GCancellable *waiting; /* (owned): of the questions to others */
  GSource *timeout;      /* (owned) (nullable) */
  GSource *watch;        /* (owned) (nullable): the caller's cancellable */
  GError *error;         /* (owned) (nullable): of the only one there was to ask */
  MeshRegistryFoundFunc found;
  gpointer found_data;
  guint wait_ms;
  guint n_pending; /* answers; 1 more while asking */
} Find;

/* One that was asked. */
typedef struct
{
  GTask *task;  /* (owned) */
  char *source; /* (owned) */
  char *key;    /* (owned) (nullable): of the answer's cache */
} Source;

/* An announcement that is looked at. */
typedef struct
{
  GTask *task;                    /* (owned) */
  char *source;                   /* (owned) */
  MeshAnnouncement *announcement; /* (owned): not verified yet */
} Candidate;

static void
destroy_source (GSource **source)
{
  if (*source == NULL)
    return;
  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static void
free_find (gpointer data)
{
  Find *find = data;

  destroy_source (&find->timeout);
  destroy_source (&find->watch);
  mesh_registry_query_free (find->query);
  g_ptr_array_unref (find->results);
  g_ptr_array_unref (find->warnings);
  g_object_unref (find->waiting);
  g_clear_error (&find->error);
  g_free (find);
}

static void
free_source (Source *source)
{
  g_object_unref (source->task);
  g_free (source->source);
  g_free (source->key);
  g_free (source);
}

static void
free_candidate (Candidate *candidate)
{
  g_object_unref (candidate->task);
  g_free (candidate->source);
  mesh_announcement_unref (candidate->announcement);
  g_free (candidate);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Source, free_source)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Candidate, free_candidate)

static int
compare_results (gconstpointer a, gconstpointer b)
{
  return mesh_registry_result_compare (*(MeshRegistryResult *const *) a,
                                       *(MeshRegistryResult *const *) b);
}

static void
finish (GTask *task)
{
  Find *find = g_task_get_task_data (task);

  destroy_source (&find->timeout);
  destroy_source (&find->watch);
  if (g_task_return_error_if_cancelled (task))
    return;
  if (find->results->len == 0 && find->error != NULL)
    {
      g_task_return_error (task, g_steal_pointer (&find->error));
      return;
    }
  g_ptr_array_sort (find->results, compare_results);
  if (find->results->len > find->query->limit)
    g_ptr_array_set_size (find->results, (int) find->query->limit);
  g_task_return_pointer (task, g_ptr_array_ref (find->results),
                         (GDestroyNotify) g_ptr_array_unref);
}

static void
end_one (GTask *task)
{
  Find *find = g_task_get_task_data (task);

  if (--find->n_pending == 0)
    finish (task);
}

/* Results. */

/* The Master Server lists the app under these very keys, and a signature by them is
 * here. */
static gboolean
is_vouched (const MeshRegistryResult *result)
{
  if (result->announcement == NULL)
    return FALSE;
  for (gsize i = 0; result->sources[i] != NULL; i++)
    if (g_str_has_prefix (result->sources[i], "master "))
      return TRUE;
  return FALSE;
}

/* @result: (transfer full) */
static void
add_result (GTask *task, MeshRegistryResult *result)
{
  Find *find = g_task_get_task_data (task);
  MeshRegistryResult *old = NULL, *merged;
  guint i;

  for (i = 0; i < find->results->len; i++)
    if (mesh_registry_result_is_same_app (find->results->pdata[i], result))
      break;
  if (i < find->results->len)
    old = find->results->pdata[i];
  if (old == NULL && find->results->len >= MESH_REGISTRY_INDEX_MAX_RESULTS)
    {
      mesh_registry_result_unref (result);
      return;
    }
  merged = mesh_registry_result_merge (old, result);
  mesh_registry_result_unref (result);
  if (merged == old)
    {
      mesh_registry_result_unref (merged);
      return;
    }
  /* Nobody else has it yet: it was made a moment ago, or is the one just given. */
  if (is_vouched (merged))
    merged->is_verified = TRUE;
  if (old == NULL)
    g_ptr_array_add (find->results, merged);
  else
    {
      find->results->pdata[i] = merged;
      mesh_registry_result_unref (old);
    }
  if (find->found != NULL)
    find->found (merged, find->found_data);
}

static void
looked_at_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Candidate) candidate = g_steal_pointer (&user_data);
  Find *find = g_task_get_task_data (candidate->task);
  MeshAnnouncement *announcement = candidate->announcement;
  g_autoptr (MeshRegistryOutcome) outcome
      = mesh_registry_intake_finish (find->registry, result, NULL);

  if (outcome != NULL && outcome->announcement != NULL)
    add_result (candidate->task,
                mesh_registry_result_new (
                    announcement, candidate->source, outcome->is_verified,
                    mesh_registry_query_score (
                        find->query, mesh_announcement_get_listing (announcement))));
  end_one (candidate->task);
}

/* An announcement that somebody gave as an answer. What does not answer the question is
 * not looked at: nobody gets a listing in by that. */
static void
take_announcement (GTask *task, GBytes *data, const char *source)
{
  Find *find = g_task_get_task_data (task);
  MeshAnnouncement *announcement = mesh_announcement_parse (
      g_bytes_get_data (data, NULL), g_bytes_get_size (data), NULL);
  Candidate *candidate;

  if (announcement == NULL)
    return;
  if (mesh_registry_query_score (find->query,
                                 mesh_announcement_get_listing (announcement))
      == 0)
    {
      mesh_announcement_unref (announcement);
      return;
    }
  candidate = g_new0 (Candidate, 1);
  candidate->task = g_object_ref (task);
  candidate->source = g_strdup (source);
  candidate->announcement = announcement;
  find->n_pending++;
  mesh_registry_intake_async (find->registry, data, source, FALSE, looked_at_cb,
                              candidate);
}

/* Peers. */

static void
take_answer (GTask *task, GBytes *bytes, const char *source)
{
  MeshSearchAnswer answer = { NULL, NULL };

  if (!mesh_search_message_decode_answer (g_bytes_get_data (bytes, NULL),
                                          g_bytes_get_size (bytes), &answer, NULL))
    return;
  for (guint i = 0; i < answer.announcements->len; i++)
    take_announcement (task, answer.announcements->pdata[i], source);
  mesh_search_message_clear_answer (&answer);
}

static void
peer_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Source) source = g_steal_pointer (&user_data);
  Find *find = g_task_get_task_data (source->task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) answer
      = mesh_exchange_ask_peer_finish (MESH_HOST (object), result, &error);

  if (answer != NULL)
    {
      mesh_answer_cache_insert (find->registry->answers, source->key, NULL, answer,
                                g_get_monotonic_time ());
      take_answer (source->task, answer, source->source);
    }
  else
    g_debug ("%s did not answer a search: %s", source->source, error->message);
  end_one (source->task);
}

static void
ask_peer (GTask *task, MeshPeerId *peer_id, GBytes *question)
{
  Find *find = g_task_get_task_data (task);
  MeshRegistry *registry = find->registry;
  g_autofree char *query = mesh_registry_query_to_key (find->query);
  g_autoptr (Source) source = g_new0 (Source, 1);
  gint64 stored_us;
  GBytes *cached;

  source->task = g_object_ref (task);
  source->source = g_strconcat ("peer ", mesh_peer_id_to_string (peer_id), NULL);
  source->key = g_strconcat (source->source, "\n", query, NULL);
  cached = mesh_answer_cache_lookup (registry->answers, source->key, NULL, &stored_us);
  if (cached != NULL && stored_us >= g_get_monotonic_time () - PEER_ANSWER_FRESH_US)
    {
      take_answer (task, cached, source->source);
      return;
    }
  find->n_pending++;
  mesh_exchange_ask_peer_async (registry->host, peer_id, MESH_SEARCH_MESSAGE_PROTOCOL,
                                question, MESH_SEARCH_MESSAGE_MAX_ANSWER_LEN,
                                find->waiting, peer_cb, g_steal_pointer (&source));
}

static void
ask_peers (GTask *task)
{
  Find *find = g_task_get_task_data (task);
  g_autoptr (GPtrArray) peers = mesh_registry_dup_peers (
      find->registry, MESH_SEARCH_MESSAGE_PROTOCOL, MESH_REGISTRY_MAX_PEERS);
  g_autoptr (GBytes) none = g_bytes_new (NULL, 0);
  g_autoptr (GBytes) question = NULL;
  MeshSearchQuestion search = {
    .kind = MESH_SEARCH_MESSAGE_SEARCH,
    .limit = MIN (find->query->limit, MESH_SEARCH_MESSAGE_MAX_RESULTS),
    .text = find->query->text,
    .category = find->query->category != NULL ? find->query->category : (char *) "",
    .tag = find->query->tag != NULL ? find->query->tag : (char *) "",
    .cursor = none,
  };

  question = mesh_search_message_encode_question (&search);
  for (guint i = 0; i < peers->len; i++)
    ask_peer (task, peers->pdata[i], question);
}

/* The Master Server. */

static const char *
get_text (const MeshJson *object, const char *member)
{
  const MeshJson *value = mesh_json_get_member (object, member);
  const char *text;

  if (value == NULL || mesh_json_get_kind (value) != MESH_JSON_STRING)
    return "";
  text = mesh_json_get_string (value);
  return strlen (text) <= MAX_TEXT_LEN ? text : "";
}

static guint64
get_number (const MeshJson *object, const char *member)
{
  const MeshJson *value = mesh_json_get_member (object, member);

  if (value == NULL || mesh_json_get_kind (value) != MESH_JSON_INTEGER)
    return 0;
  return (guint64) MAX (mesh_json_get_integer (value), 0);
}

static char **
dup_labels (const MeshJson *object, const char *member)
{
  const MeshJson *list = mesh_json_get_member (object, member);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  if (list == NULL || mesh_json_get_kind (list) != MESH_JSON_ARRAY)
    return g_strv_builder_end (builder);
  for (guint i = 0; i < MIN (mesh_json_get_length (list), 2 * MESH_LISTING_MAX_LABELS);
       i++)
    {
      const MeshJson *entry = mesh_json_get_element (list, i);

      if (mesh_json_get_kind (entry) == MESH_JSON_STRING
          && strlen (mesh_json_get_string (entry)) <= MAX_TEXT_LEN)
        g_strv_builder_add (builder, mesh_json_get_string (entry));
    }
  return g_strv_builder_end (builder);
}

/* The server chose by its own rules; only the order among others is ours. */
static guint
score_claim (const MeshRegistryQuery *query, const MeshRegistryClaim *claim)
{
  MeshListing listing = {
    .app_id = (char *) claim->app_id,
    .name = (char *) claim->name,
    .summary = (char *) claim->summary,
    .publisher = (char *) "",
    .categories = claim->categories,
    .tags = claim->tags,
  };

  return MAX (mesh_registry_query_score (query, &listing), 1);
}

static gboolean
has_labels (const Find *find, const MeshRegistryClaim *claim)
{
  MeshRegistryQuery only = { .text = (char *) "",
                             .words = (char *[]){ NULL },
                             .category = find->query->category,
                             .tag = find->query->tag };
  MeshListing listing = { .categories = claim->categories, .tags = claim->tags };

  return mesh_registry_query_score (&only, &listing) > 0;
}

static void
take_claim (GTask *task, const MeshJson *object, const char *source)
{
  Find *find = g_task_get_task_data (task);
  g_auto (GStrv) categories = dup_labels (object, "categories");
  g_auto (GStrv) tags = dup_labels (object, "tags");
  const char *channel = get_text (object, "channel");
  const char *announcement = get_text (object, "announcement");
  MeshRegistryClaim claim = {
    .app_id = get_text (object, "app_id"),
    .channel = *channel != '\0' ? channel : "stable",
    .version = get_text (object, "version"),
    .name = get_text (object, "name"),
    .summary = get_text (object, "summary"),
    .fingerprint = get_text (object, "fingerprint"),
    .categories = categories,
    .tags = tags,
    .counter = get_number (object, "counter"),
    .size = get_number (object, "size"),
  };

  if (*claim.app_id == '\0' || !has_labels (find, &claim))
    return;
  add_result (task, mesh_registry_result_new_claim (&claim, source,
                                                    score_claim (find->query, &claim)));
  if (*announcement != '\0')
    {
      g_autoptr (GBytes) data = g_bytes_new (announcement, strlen (announcement));

      take_announcement (task, data, source);
    }
}

static gboolean
take_packages (GTask *task, GBytes *bytes, const char *source)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (bytes, &len);
  g_autoptr (MeshJson) root = mesh_json_parse (data, len, NULL);
  const MeshJson *packages = NULL;

  if (root != NULL && mesh_json_get_kind (root) == MESH_JSON_OBJECT)
    packages = mesh_json_get_member (root, "packages");
  if (packages == NULL || mesh_json_get_kind (packages) != MESH_JSON_ARRAY)
    return FALSE;
  for (guint i = 0; i < MIN (mesh_json_get_length (packages), MAX_CLAIMS); i++)
    if (mesh_json_get_kind (mesh_json_get_element (packages, i)) == MESH_JSON_OBJECT)
      take_claim (task, mesh_json_get_element (packages, i), source);
  return TRUE;
}

static void
warn (Find *find, const char *source, const GError *error)
{
  gboolean is_alone = find->registry->mode == MESH_REGISTRY_MODE_CENTRAL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_ptr_array_add (find->warnings,
                       g_strdup_printf ("%s did not answer in time", source));
      return;
    }
  g_ptr_array_add (find->warnings, is_alone
                                       ? g_strdup (error->message)
                                       : g_strdup_printf ("%s. The mesh is asked instead",
                                                          error->message));
  if (is_alone)
    find->error = g_error_copy (error);
}

static void
master_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Source) source = g_steal_pointer (&user_data);
  Find *find = g_task_get_task_data (source->task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = mesh_master_client_search_finish (
      MESH_MASTER_CLIENT (object), result, NULL, &error);

  mesh_registry_note_master (find->registry, error);
  if (bytes != NULL && !take_packages (source->task, bytes, source->source))
    g_set_error (&error, MESH_ERROR, MESH_ERROR_PROTOCOL,
                 "%s did not answer with a list of packages", source->source);
  if (error != NULL)
    warn (find, source->source, error);
  end_one (source->task);
}

static void
ask_master (GTask *task)
{
  Find *find = g_task_get_task_data (task);
  MeshMasterClient *master = find->registry->master;
  g_autofree char *words = g_strjoinv (" ", find->query->words);
  gboolean is_alone = find->registry->mode == MESH_REGISTRY_MODE_CENTRAL;
  Source *source = g_new0 (Source, 1);

  source->task = g_object_ref (task);
  source->source = g_strconcat ("master ", mesh_master_client_get_url (master), NULL);
  find->n_pending++;
  mesh_master_client_browse_async (
      master, words, find->query->category, find->query->tag,
      MIN (find->query->limit, MAX_CLAIMS),
      is_alone ? g_task_get_cancellable (task) : find->waiting, master_cb, source);
}

/* The sequence. */

static gboolean
timeout_cb (gpointer user_data)
{
  Find *find = user_data;

  g_cancellable_cancel (find->waiting);
  return G_SOURCE_REMOVE;
}

static gboolean
cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  g_cancellable_cancel (((Find *) user_data)->waiting);
  return G_SOURCE_REMOVE;
}

static void
ask_others (GTask *task)
{
  Find *find = g_task_get_task_data (task);
  MeshRegistry *registry = find->registry;

  if (registry->host != NULL && mesh_registry_uses_mesh (registry))
    ask_peers (task);
  if (registry->master != NULL && mesh_registry_uses_master (registry))
    ask_master (task);
  else if (registry->mode == MESH_REGISTRY_MODE_CENTRAL)
    find->error
        = g_error_new (MESH_ERROR, MESH_ERROR_NOT_FOUND,
                       "No Master Server is set. Set one, or search the mesh as well");
  if (find->n_pending == 0)
    return;
  find->timeout = g_timeout_source_new (find->wait_ms);
  g_source_set_callback (find->timeout, timeout_cb, find, NULL);
  g_source_attach (find->timeout, g_task_get_context (task));
}

static void
local_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  Find *find = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) results = mesh_registry_index_search_finish (result, &error);

  for (guint i = 0; results != NULL && i < results->len; i++)
    add_result (task, mesh_registry_result_ref (results->pdata[i]));
  if (error != NULL)
    g_ptr_array_add (find->warnings, g_strdup (error->message));
  ask_others (task);
  end_one (task);
}

void
mesh_registry_search_async (MeshRegistry *self,
                            const MeshRegistryQuery *query,
                            guint wait_ms,
                            MeshRegistryFoundFunc found,
                            gpointer found_data,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Find *find = g_new0 (Find, 1);

  find->registry = self;
  find->query = mesh_registry_query_copy (query);
  find->results
      = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_registry_result_unref);
  find->warnings = g_ptr_array_new_with_free_func (g_free);
  find->waiting = g_cancellable_new ();
  find->found = found;
  find->found_data = found_data;
  find->wait_ms
      = wait_ms > 0 ? MIN (wait_ms, MESH_REGISTRY_MAX_WAIT_MS) : MESH_REGISTRY_WAIT_MS;
  find->n_pending = 1;
  g_task_set_source_tag (task, mesh_registry_search_async);
  g_task_set_task_data (task, find, free_find);
  if (self->index == NULL)
    {
      g_task_return_new_error (task, MESH_ERROR, MESH_ERROR_CLOSED,
                               "Shoal is being stopped");
      return;
    }
  if (cancellable != NULL)
    {
      find->watch = g_cancellable_source_new (cancellable);
      g_source_set_callback (find->watch, G_SOURCE_FUNC (cancelled_cb), find, NULL);
      g_source_attach (find->watch, g_task_get_context (task));
    }
  if (mesh_registry_uses_mesh (self))
    {
      mesh_registry_index_search_async (self->index, query, 0, mesh_registry_get_now_s (),
                                        local_cb, g_steal_pointer (&task));
      return;
    }
  ask_others (task);
  end_one (task);
}

GPtrArray *
mesh_registry_search_finish (MeshRegistry *self,
                             GAsyncResult *result,
                             GStrv *warnings,
                             GError **error)
{
  Find *find;

  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  find = g_task_get_task_data (G_TASK (result));
  if (warnings != NULL)
    {
      g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

      for (guint i = 0; i < find->warnings->len; i++)
        g_strv_builder_add (builder, find->warnings->pdata[i]);
      *warnings = g_strv_builder_end (builder);
    }
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
mesh_registry_search_local_async (MeshRegistry *self,
                                  const MeshRegistryQuery *query,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  if (self->index == NULL)
    g_task_report_new_error (NULL, callback, user_data, mesh_registry_search_local_async,
                             MESH_ERROR, MESH_ERROR_CLOSED, "Shoal is being stopped");
  else
    mesh_registry_index_search_async (self->index, query, 0, mesh_registry_get_now_s (),
                                      callback, user_data);
}

GPtrArray *
mesh_registry_search_local_finish (MeshRegistry *self,
                                   GAsyncResult *result,
                                   GError **error)
{
  return mesh_registry_index_search_finish (result, error);
}
