/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "update/mesh-update-publish.h"

#include <string.h>

#include "base/mesh-error.h"
#include "store/mesh-importer.h"
#include "trust/mesh-app-link.h"
#include "trust/mesh-semver.h"
#include "update/mesh-publisher-key.h"
#include "update/mesh-update-announce-private.h"
#include "update/mesh-update-stage.h"

#define DEFAULT_KEY "default"
#define PIN_PREFIX "published:"

typedef enum
{
  STEP_LOAD, /* the release published before */
  STEP_IMPORT,
  STEP_SIGN,
  STEP_PIN,
  STEP_COMMIT,
  STEP_SHARE,
  STEP_MASTER,
  STEP_ANNOUNCE,
  STEP_DONE,
} Step;

/* What is to be published: copies, used by the worker too. */
typedef struct
{
  char *dir;              /* (owned) */
  char *publisher_dir;    /* (owned) */
  MeshManifest *manifest; /* (owned): grows into the release */
  GStrv key_paths;        /* (owned) (nullable) */
  GStrv new_key_paths;    /* (owned) (nullable) */
  guint threshold;
  guint new_threshold;
  gboolean is_copying;
  MeshImportChunker chunker;
  gsize chunk_size;               /* 0: the usual one */
  MeshSignedManifest *before;     /* (owned) (nullable) */
  MeshImportResult *import;       /* (owned) (nullable) */
  MeshTrustState *trust;          /* (owned): of this node, to check what was made */
  char *publisher;                /* (owned) (nullable) */
  MeshAnnouncement *announcement; /* (owned) (nullable): made with the release */
} Work;

typedef struct
{
  MeshUpdateEngine *engine;    /* (unowned): the task's source */
  MeshUpdateEntry *entry;      /* (unowned): kept by the engine */
  GCancellable *cancellable;   /* (owned) */
  MeshStoreLease *lease;       /* (owned) */
  Work *work;                  /* (owned): the worker's while it signs */
  MeshPublishResult *result;   /* (owned) */
  MeshSignedManifest *release; /* (owned) (nullable) */
  char *pin;                   /* (owned) (nullable) */
  Step step;
} Publish;

static void advance (GTask *task);

static void
free_work (gpointer data)
{
  Work *work = data;

  g_free (work->dir);
  g_free (work->publisher_dir);
  mesh_manifest_unref (work->manifest);
  g_strfreev (work->key_paths);
  g_strfreev (work->new_key_paths);
  g_clear_pointer (&work->before, mesh_signed_manifest_free);
  g_clear_pointer (&work->import, mesh_import_result_free);
  mesh_trust_state_free (work->trust);
  g_free (work->publisher);
  g_clear_pointer (&work->announcement, mesh_announcement_unref);
  g_free (work);
}

static void
free_publish (gpointer data)
{
  Publish *publish = data;

  g_object_unref (publish->cancellable);
  mesh_store_lease_free (publish->lease);
  g_clear_pointer (&publish->work, free_work);
  mesh_publish_result_free (publish->result);
  g_clear_pointer (&publish->release, mesh_signed_manifest_free);
  g_free (publish->pin);
  g_free (publish);
}

/* Signing, in the worker. */

static gboolean
load_keys (char **paths, GPtrArray *keypairs, GError **error)
{
  for (gsize i = 0; paths != NULL && paths[i] != NULL; i++)
    {
      MeshKeypair *keypair = mesh_publisher_key_load (paths[i], error);

      if (keypair == NULL)
        return FALSE;
      g_ptr_array_add (keypairs, keypair);
    }
  return TRUE;
}

/* The key that needs no thought: made when the first app is published. */
static gboolean
load_default_key (const Work *work, GPtrArray *keypairs, GError **error)
{
  g_autofree char *path
      = g_build_filename (work->publisher_dir, DEFAULT_KEY ".key", NULL);
  g_autoptr (GError) own_error = NULL;
  g_autoptr (MeshKeypair) keypair = mesh_publisher_key_load (path, &own_error);

  if (keypair == NULL && g_error_matches (own_error, MESH_ERROR, MESH_ERROR_NOT_FOUND))
    {
      g_autoptr (MeshPublisherKey) made = NULL;

      g_clear_error (&own_error);
      made = mesh_publisher_key_create (work->publisher_dir, DEFAULT_KEY, &own_error);
      if (made != NULL)
        keypair = mesh_publisher_key_load (path, &own_error);
    }
  if (keypair == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&own_error));
      return FALSE;
    }
  g_ptr_array_add (keypairs, g_steal_pointer (&keypair));
  return TRUE;
}

static const guint8 *
public_bytes (const MeshKeypair *keypair)
{
  gsize len;

  return mesh_public_key_get_data (mesh_keypair_get_public_key (keypair), &len);
}

static gboolean
sign_keys (MeshKeyFile *file, GPtrArray *keypairs, GError **error)
{
  for (guint i = 0; i < keypairs->len; i++)
    if (!mesh_key_file_sign (file, keypairs->pdata[i], error))
      return FALSE;
  return TRUE;
}

static MeshKeyFile *
new_key_file (const Work *work,
              guint64 version,
              GPtrArray *keypairs,
              guint threshold,
              GError **error)
{
  guint8 keys[MESH_KEY_FILE_MAX_KEYS][MESH_KEY_FILE_KEY_LEN];

  for (guint i = 0; i < MIN (keypairs->len, MESH_KEY_FILE_MAX_KEYS); i++)
    memcpy (keys[i], public_bytes (keypairs->pdata[i]), MESH_KEY_FILE_KEY_LEN);
  return mesh_key_file_new (
      work->manifest->app_id, version, threshold > 0 ? threshold : keypairs->len,
      (const guint8 (*)[MESH_KEY_FILE_KEY_LEN]) keys, keypairs->len,
      g_get_real_time () / G_USEC_PER_SEC + MESH_UPDATE_PUBLISH_KEYS_LIFE_S, error);
}

/* The chain so far, and one more key file at the first release and when keys change. */
static GPtrArray *
make_chain (const Work *work,
            GPtrArray *keypairs,
            GPtrArray *new_keypairs,
            GError **error)
{
  g_autoptr (GPtrArray) chain
      = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_key_file_unref);
  g_autoptr (MeshKeyFile) file = NULL;
  guint64 version = 0;

  if (work->before != NULL)
    {
      GPtrArray *old = mesh_signed_manifest_get_chain (work->before);

      for (guint i = 0; i < old->len; i++)
        g_ptr_array_add (chain, mesh_key_file_ref (old->pdata[i]));
      version = mesh_key_file_get_version (old->pdata[old->len - 1]);
      if (new_keypairs->len == 0)
        return g_steal_pointer (&chain);
    }
  if (version == 0)
    {
      file = new_key_file (work, 1, keypairs, work->threshold, error);
      if (file == NULL || !sign_keys (file, keypairs, error))
        return NULL;
      g_ptr_array_add (chain, g_steal_pointer (&file));
      version = 1;
    }
  if (new_keypairs->len > 0)
    {
      file = new_key_file (work, version + 1, new_keypairs, work->new_threshold, error);
      if (file == NULL || !sign_keys (file, keypairs, error)
          || !sign_keys (file, new_keypairs, error))
        return NULL;
      g_ptr_array_add (chain, g_steal_pointer (&file));
    }
  while (chain->len > MESH_KEY_FILE_MAX_CHAIN)
    g_ptr_array_remove_index (chain, 0);
  return g_steal_pointer (&chain);
}

/* UnixFS says nothing of empty folders that its entries do not say; a manifest lists only
 * them. */
static gboolean
is_empty_folder (const MeshImportResult *import, guint i)
{
  const MeshImportEntry *entry = import->entries->pdata[i];
  g_autofree char *prefix = g_strconcat (entry->path, "/", NULL);

  if (entry->path[0] == '\0')
    return FALSE;
  for (guint j = i + 1; j < import->entries->len; j++)
    {
      const MeshImportEntry *other = import->entries->pdata[j];

      if (g_str_has_prefix (other->path, prefix))
        return FALSE;
      if (strcmp (other->path, prefix) > 0)
        break;
    }
  return TRUE;
}

static MeshManifestFile *
describe (const MeshImportEntry *entry)
{
  MeshManifestFile *file;

  if (entry->type == MESH_ENTRY_SYMLINK)
    {
      file = mesh_manifest_file_new (entry->path, MESH_TREE_SYMLINK);
      file->target = g_strdup (entry->target);
      return file;
    }
  if (entry->type == MESH_ENTRY_DIRECTORY)
    return mesh_manifest_file_new (entry->path, MESH_TREE_DIRECTORY);
  file = mesh_manifest_file_new (entry->path, MESH_TREE_FILE);
  file->mode = (entry->mode & 0111) != 0 ? 0755 : 0644;
  file->cid = mesh_cid_ref (entry->cid);
  file->size = entry->size;
  for (guint i = 0; entry->chunks != NULL && i < entry->chunks->len; i++)
    {
      const MeshImportChunk *chunk = &g_array_index (entry->chunks, MeshImportChunk, i);
      MeshManifestChunk copy = { NULL, chunk->offset, chunk->size };

      if (chunk->size == 0)
        continue;
      copy.cid = mesh_cid_ref (chunk->cid);
      g_array_append_val (file->chunks, copy);
    }
  return file;
}

static void
list_files (Work *work)
{
  for (guint i = 0; i < work->import->entries->len; i++)
    {
      const MeshImportEntry *entry = work->import->entries->pdata[i];

      if (entry->type != MESH_ENTRY_DIRECTORY || is_empty_folder (work->import, i))
        g_ptr_array_add (work->manifest->files, describe (entry));
    }
  work->manifest->root = mesh_cid_ref (work->import->root);
}

/* After the release before: a higher counter, and a higher version unless the very same
 * tree is signed again before it expires. */
static gboolean
follow_before (Work *work, GError **error)
{
  MeshManifest *manifest = work->manifest;
  MeshManifest *before;
  int order;

  manifest->counter = 1;
  if (work->before == NULL)
    return TRUE;
  before = mesh_signed_manifest_get_manifest (work->before);
  order = mesh_semver_compare_text (manifest->version, before->version);
  if (order < 0 || (order == 0 && !mesh_cid_equal (manifest->root, before->root)))
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_ROLLBACK,
                   "Version %s is not above %s, which was published already",
                   manifest->version, before->version);
      return FALSE;
    }
  manifest->counter = before->counter + 1;
  manifest->previous_version
      = g_strdup (order > 0 ? before->version : before->previous_version);
  return TRUE;
}

static gpointer
sign_job (gpointer input, GCancellable *cancellable, GError **error)
{
  Work *work = input;
  g_autoptr (GPtrArray) keypairs
      = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_keypair_unref);
  g_autoptr (GPtrArray) new_keypairs
      = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_keypair_unref);
  g_autoptr (GPtrArray) chain = NULL;
  g_autoptr (MeshSignedManifest) release = NULL;
  g_autoptr (GBytes) envelope = NULL;
  GPtrArray *signers;

  if (!load_keys (work->key_paths, keypairs, error)
      || !load_keys (work->new_key_paths, new_keypairs, error)
      || (keypairs->len == 0 && !load_default_key (work, keypairs, error)))
    return NULL;
  chain = make_chain (work, keypairs, new_keypairs, error);
  if (chain == NULL)
    return NULL;
  work->manifest->key_version = mesh_key_file_get_version (chain->pdata[chain->len - 1]);
  list_files (work);
  if (!follow_before (work, error) || !mesh_manifest_validate (work->manifest, error))
    return NULL;

  release = mesh_signed_manifest_new (work->manifest, chain);
  signers = new_keypairs->len > 0 ? new_keypairs : keypairs;
  for (guint i = 0; i < signers->len; i++)
    if (!mesh_signed_manifest_sign (release, signers->pdata[i], error))
      return NULL;
  work->announcement = mesh_update_announce_sign (release, work->publisher, signers);
  envelope = mesh_signed_manifest_to_bytes (release);
  /* Read with the eyes of a user: nobody could believe what fails here. */
  return mesh_trust_verify_release (work->trust, envelope,
                                    g_get_real_time () / G_USEC_PER_SEC, error);
}

/* The sequence. */

static void
next_step (GTask *task)
{
  Publish *publish = g_task_get_task_data (task);

  publish->step++;
  advance (task);
}

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  Publish *publish = g_task_get_task_data (task);
  GError *error = NULL;

  publish->work->before
      = mesh_update_engine_load_manifest_finish (publish->engine, result, &error);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    next_step (task);
}

static void
imported_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  Publish *publish = g_task_get_task_data (task);
  GError *error = NULL;

  publish->work->import = mesh_importer_add_finish (MESH_STORE (source), result, &error);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    next_step (task);
}

static void
import (GTask *task)
{
  Publish *publish = g_task_get_task_data (task);
  MeshImportFlags flags = MESH_IMPORT_LIST_CHUNKS;
  MeshImportOptions options;

  mesh_import_options_init (&options);
  options.chunker = publish->work->chunker;
  if (publish->work->chunk_size > 0)
    options.chunk_size = publish->work->chunk_size;
  publish->work->manifest->dag = mesh_update_stage_format_dag (&options);
  if (!publish->work->is_copying)
    flags |= MESH_IMPORT_REFERENCE_ONLY;
  mesh_importer_add_async (publish->engine->store, publish->work->dir, &options, flags,
                           NULL, NULL, publish->cancellable, imported_cb,
                           g_object_ref (task));
}

static void
add_chunks (GHashTable *set, const MeshManifest *manifest)
{
  for (guint i = 0; i < manifest->files->len; i++)
    {
      const MeshManifestFile *file = manifest->files->pdata[i];

      for (guint j = 0; file->chunks != NULL && j < file->chunks->len; j++)
        g_hash_table_add (set, g_array_index (file->chunks, MeshManifestChunk, j).cid);
    }
}

static void
count (MeshPublishResult *result,
       const MeshManifest *manifest,
       MeshSignedManifest *before)
{
  g_autoptr (GHashTable) known = g_hash_table_new (mesh_cid_hash, mesh_cid_equal);

  if (before != NULL)
    add_chunks (known, mesh_signed_manifest_get_manifest (before));
  for (guint i = 0; i < manifest->files->len; i++)
    {
      const MeshManifestFile *file = manifest->files->pdata[i];

      result->n_files += file->kind == MESH_TREE_FILE ? 1 : 0;
      for (guint j = 0; file->chunks != NULL && j < file->chunks->len; j++)
        {
          const MeshManifestChunk *chunk
              = &g_array_index (file->chunks, MeshManifestChunk, j);

          result->n_chunks++;
          if (!g_hash_table_add (known, chunk->cid))
            continue;
          result->n_new_chunks++;
          result->n_new_bytes += chunk->size;
        }
    }
  result->n_bytes = manifest->size;
}

static void
fill_result (Publish *publish, MeshSignedManifest *before)
{
  MeshPublishResult *result = publish->result;
  const MeshManifest *manifest = mesh_signed_manifest_get_manifest (publish->release);
  GPtrArray *chain = mesh_signed_manifest_get_chain (publish->release);
  MeshAppLink link = { manifest->app_id, manifest->channel, NULL };

  result->app_id = g_strdup (manifest->app_id);
  result->version = g_strdup (manifest->version);
  result->root = mesh_cid_dup_text (manifest->root);
  result->fingerprint
      = g_strdup (mesh_key_file_get_fingerprint (chain->pdata[chain->len - 1]));
  link.fingerprint = result->fingerprint;
  result->link = mesh_app_link_to_string (&link);
  result->counter = manifest->counter;
  result->envelope = mesh_signed_manifest_to_bytes (publish->release);
  count (result, manifest, before);
}

static void
signed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  Publish *publish = g_task_get_task_data (task);
  GError *error = NULL;

  publish->release = mesh_work_pool_run_finish (MESH_WORK_POOL (source), result, &error);
  if (publish->release == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  fill_result (publish, publish->work->before);
  next_step (task);
}

static void
pinned_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  GError *error = NULL;

  if (!mesh_store_pin_finish (MESH_STORE (source), result, &error))
    g_task_return_error (task, error);
  else
    next_step (task);
}

static void
committed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  Publish *publish = g_task_get_task_data (task);
  GError *error = NULL;

  if (!mesh_update_engine_commit_finish (publish->engine, result, &error))
    g_task_return_error (task, error);
  else
    next_step (task);
}

static void
commit (GTask *task)
{
  Publish *publish = g_task_get_task_data (task);
  MeshUpdateRecord *draft = mesh_update_record_copy (publish->entry->record);

  mesh_update_record_release_free (draft->published);
  draft->published = mesh_update_record_release_new (publish->release);
  mesh_trust_state_advance (draft->trust, publish->release);
  mesh_update_engine_commit_async (publish->engine, publish->entry, draft,
                                   publish->result->envelope, committed_cb,
                                   g_object_ref (task));
}

static void
shared_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  GError *error = NULL;

  if (!mesh_store_set_shared_finish (MESH_STORE (source), result, &error))
    g_task_return_error (task, error);
  else
    next_step (task);
}

static void
master_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  Publish *publish = g_task_get_task_data (task);

  (void) !mesh_master_client_publish_finish (MESH_MASTER_CLIENT (source), result,
                                             &publish->result->master_error);
  next_step (task);
}

static void
announced_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  Publish *publish = g_task_get_task_data (task);
  const MeshManifest *manifest = mesh_signed_manifest_get_manifest (publish->release);
  g_autoptr (GError) error = NULL;

  /* The release is there and is found by its name all the same. */
  if (mesh_registry_announce_finish (MESH_REGISTRY (source), result, &error))
    publish->result->n_told = mesh_registry_count_told (
        MESH_REGISTRY (source), manifest->app_id, manifest->channel);
  else
    g_warning ("The release is not announced: %s", error->message);
  next_step (task);
}

static void
announce (GTask *task)
{
  Publish *publish = g_task_get_task_data (task);
  const Work *work = publish->work;
  char **paths = work->new_key_paths != NULL ? work->new_key_paths : work->key_paths;
  g_autofree char *keys = paths != NULL ? g_strjoinv ("\n", paths) : NULL;

  /* Before it is announced, and so before this is done, peers are given it. */
  mesh_registry_track (publish->engine->registry, publish->entry->record->trust,
                       mesh_signed_manifest_get_manifest (publish->release)->root,
                       publish->result->envelope);
  if (work->announcement == NULL)
    next_step (task);
  else
    mesh_registry_announce_async (publish->engine->registry, work->announcement, keys,
                                  announced_cb, g_object_ref (task));
}

static gboolean
wants_master (MeshUpdateEngine *engine)
{
  return engine->master != NULL
         && mesh_registry_get_mode (engine->registry) != MESH_REGISTRY_MODE_P2P;
}

/* The only place that knows the order. */
static void
advance (GTask *task)
{
  Publish *publish = g_task_get_task_data (task);
  const MeshUpdateRelease *before = publish->entry->record->published;
  MeshUpdateEngine *engine = publish->engine;

  switch (publish->step)
    {
    case STEP_LOAD:
      if (before == NULL)
        next_step (task);
      else
        mesh_update_engine_load_manifest_async (
            engine, before->digest, publish->cancellable, loaded_cb, g_object_ref (task));
      return;
    case STEP_IMPORT:
      import (task);
      return;
    case STEP_SIGN:
      mesh_work_pool_run_async (engine->pool, MESH_WORK_PRIORITY_DEFAULT, sign_job,
                                publish->work, NULL,
                                (GDestroyNotify) mesh_signed_manifest_free, NULL,
                                signed_cb, g_object_ref (task));
      return;
    case STEP_PIN:
      publish->pin = g_strconcat (PIN_PREFIX, publish->result->app_id, NULL);
      mesh_store_pin_async (engine->store, publish->pin,
                            mesh_signed_manifest_get_manifest (publish->release)->root,
                            publish->cancellable, pinned_cb, g_object_ref (task));
      return;
    case STEP_COMMIT:
      commit (task);
      return;
    case STEP_SHARE:
      mesh_store_set_shared_async (
          engine->store, mesh_signed_manifest_get_manifest (publish->release)->root, TRUE,
          NULL, shared_cb, g_object_ref (task));
      return;
    case STEP_MASTER:
      if (!wants_master (engine))
        next_step (task);
      else
        mesh_master_client_publish_async (engine->master, publish->result->envelope,
                                          publish->cancellable, master_cb,
                                          g_object_ref (task));
      return;
    case STEP_ANNOUNCE:
      announce (task);
      return;
    case STEP_DONE:
      g_task_return_pointer (task, g_steal_pointer (&publish->result),
                             (GDestroyNotify) mesh_publish_result_free);
      return;
    default:
      g_assert_not_reached ();
    }
}

static void
set_text (char **field, const char *value)
{
  if (value == NULL)
    return;
  g_free (*field);
  *field = g_strdup (value);
}

static void
set_words (char ***field, const char *const *words)
{
  if (words == NULL)
    return;
  g_strfreev (*field);
  *field = g_strdupv ((char **) words);
}

static Work *
new_work (MeshUpdateEngine *engine,
          const MeshUpdateEntry *entry,
          const char *dir,
          const MeshPublishOptions *options)
{
  Work *work = g_new0 (Work, 1);
  MeshManifest *manifest = mesh_manifest_new ();

  manifest->app_id = g_strdup (options->app_id);
  set_text (&manifest->name, options->name != NULL ? options->name : options->app_id);
  set_text (&manifest->summary, options->summary);
  set_text (&manifest->notes, options->notes);
  manifest->channel = g_strdup (entry->record->trust->channel);
  manifest->version = g_strdup (options->version);
  set_text (&manifest->exec_path, options->exec_path);
  set_text (&manifest->icon_path, options->icon_path);
  set_text (&manifest->desktop_path, options->desktop_path);
  set_words (&manifest->categories, options->categories);
  set_words (&manifest->tags, options->tags);
  manifest->expires_s = options->expires_s > 0 ? options->expires_s
                                               : mesh_update_engine_get_now_s ()
                                                     + MESH_UPDATE_PUBLISH_LIFE_S;
  work->manifest = manifest;
  work->dir = g_strdup (dir);
  work->publisher_dir = g_build_filename (engine->data_dir, MESH_PUBLISHER_KEY_DIR, NULL);
  work->key_paths = g_strdupv ((char **) options->key_paths);
  work->new_key_paths = g_strdupv ((char **) options->new_key_paths);
  work->threshold = options->threshold;
  work->new_threshold = options->new_threshold;
  work->is_copying = options->is_copying;
  work->chunker = options->chunker;
  work->chunk_size = options->chunk_size;
  work->publisher = g_strdup (options->publisher);
  work->trust = mesh_trust_state_copy (entry->record->trust);
  return work;
}

void
mesh_update_publish_async (MeshUpdateEngine *engine,
                           MeshUpdateEntry *entry,
                           const char *dir,
                           const MeshPublishOptions *options,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (engine, NULL, callback, user_data);
  Publish *publish = g_new0 (Publish, 1);

  publish->engine = engine;
  publish->entry = entry;
  publish->cancellable = g_object_ref (entry->running);
  publish->lease = mesh_store_lease_new (engine->store);
  publish->work = new_work (engine, entry, dir, options);
  publish->result = g_new0 (MeshPublishResult, 1);
  g_task_set_source_tag (task, mesh_update_publish_async);
  g_task_set_task_data (task, publish, free_publish);
  advance (task);
}

MeshPublishResult *
mesh_update_publish_finish (MeshUpdateEngine *engine,
                            GAsyncResult *result,
                            GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, engine), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
