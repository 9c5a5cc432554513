/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <gio/gio.h>

#include "net/host/mesh-host.h"
#include "registry/mesh-registry.h"
#include "source/mesh-master-client.h"
#include "source/mesh-source-chain.h"
#include "store/mesh-block-source.h"
#include "store/mesh-importer.h"
#include "store/mesh-store.h"
#include "trust/mesh-signed-manifest.h"
#include "update/mesh-app.h"

/* Publishes, finds, fetches, stages, applies and takes back releases. Everything it must
 * remember is in the journal (shoal.db) before it is said. One main context; disk,
 * hashing and SQLite in worker threads.
 *
 * On disk, below the data folder:
 *   shoal.db                        journal, trust state, publisher's counters
 *   staging/ID-VERSION-DIGEST/      a release being put together
 *   apps/ID/versions/VERSION-DIGEST/ a whole release; read-only by convention
 *   apps/ID/current                 a link to one of them, switched by one rename()
 *
 * Every _async call below can be cancelled; cancelled, an update is `available` again and
 * keeps the chunks it has. One operation at a time for an app: a second one fails with
 * %MESH_ERROR_BUSY. */

#define MESH_UPDATE_MAX_FETCHES 10       /* chunks in flight for one app */
#define MESH_UPDATE_POLL_S (6 * 60 * 60) /* between polls, ± 10 % */
#define MESH_UPDATE_MAX_APPS 4096        /* apps in the journal */
#define MESH_UPDATE_KEEP_VERSIONS 2      /* the current one and the one before */

/**
 * MeshUpdateNewSource:
 * @root: what is to be fetched
 *
 * Returns: (transfer full) (nullable): a chain for this one transfer
 */
typedef MeshSourceChain *(*MeshUpdateNewSource) (MeshCid *root,
                                                 gpointer user_data,
                                                 GError **error);

typedef struct
{
  const char *data_dir;    /* where the files above are */
  const char *desktop_dir; /* (nullable): $XDG_DATA_HOME for .desktop files and icons;
                              %NULL: link nothing */
  MeshStore *store;
  MeshUpdateNewSource new_source; /* (nullable): makes the chain of each transfer */
  gpointer new_source_data;
  MeshBlockSource *source;  /* (nullable): without new_source: asked after @store */
  MeshMasterClient *master; /* (nullable): no server */
  MeshHost *host;           /* (nullable): no peers */
  MeshRegistry *registry;   /* (nullable): finds releases; %NULL: one of its own, hybrid,
                               over @master and @host */
  guint64 poll_interval_s;  /* 0: only on demand; usually %MESH_UPDATE_POLL_S */
  gboolean is_auto_staging; /* fetch and stage what a poll finds; never applies */
  gboolean is_sharing;      /* answer peers, mark installed trees shared */
} MeshUpdateOptions;

typedef struct
{
  const char *app_id;
  const char *name;              /* (nullable): @app_id */
  const char *summary;           /* (nullable) */
  const char *notes;             /* (nullable) */
  const char *channel;           /* (nullable): "stable" */
  const char *version;           /* a semantic version above the last published */
  const char *exec_path;         /* (nullable): in the tree */
  const char *icon_path;         /* (nullable): in the tree */
  const char *desktop_path;      /* (nullable): in the tree */
  const char *const *categories; /* (nullable) */
  const char *const *tags;       /* (nullable) */
  const char *publisher;         /* (nullable): what the publisher calls itself */
  const char *const *key_paths;  /* (nullable): files of publisher keys that sign (see
                                    mesh-publisher-key.h); %NULL: publisher/default.key
                                    in the data folder, made on first use */
  guint threshold; /* first release: how many of the keys must sign; 0: all of them */
  const char *const *new_key_paths; /* (nullable): from this release on these keys sign;
                                       those of key_paths agree to it */
  guint new_threshold;              /* of new_key_paths; 0: all */
  gint64 expires_s;                 /* Unix time; 0: in 180 days */
  MeshImportChunker chunker;        /* fixed */
  gsize chunk_size;                 /* 0: 1 MiB */
  gboolean is_copying;              /* copy chunks into the store instead of referring to
                                       the folder */
} MeshPublishOptions;

typedef struct
{
  char *app_id;      /* (owned) */
  char *version;     /* (owned) */
  char *root;        /* (owned): CID text */
  char *fingerprint; /* (owned): of the key file */
  char *link;        /* (owned): shoal:APP?key=FINGERPRINT */
  guint64 counter;
  guint64 n_files;
  guint64 n_chunks;
  guint64 n_bytes;
  guint64 n_new_chunks; /* that the previous version does not have */
  guint64 n_new_bytes;
  GBytes *envelope;     /* (owned): the signed manifest */
  GError *master_error; /* (owned) (nullable): why the Master did not take it; the release
                           is seeded all the same */
  guint n_told;         /* subscribers that the announcement was sent to; more hear of it
                           from those, and the first that comes if it was nobody */
} MeshPublishResult;

static inline void
mesh_publish_result_free (MeshPublishResult *result)
{
  if (result == NULL)
    return;
  g_free (result->app_id);
  g_free (result->version);
  g_free (result->root);
  g_free (result->fingerprint);
  g_free (result->link);
  g_clear_pointer (&result->envelope, g_bytes_unref);
  g_clear_error (&result->master_error);
  g_free (result);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshPublishResult, mesh_publish_result_free)

#define MESH_TYPE_UPDATE_ENGINE (mesh_update_engine_get_type ())
G_DECLARE_FINAL_TYPE (MeshUpdateEngine, mesh_update_engine, MESH, UPDATE_ENGINE, GObject)

/**
 * mesh_update_engine_open_async:
 * @options: copied, its objects referenced
 *
 * Opens the journal, finishes or undoes what the last run left half done, and starts to
 * poll. Fails with %MESH_ERROR_CORRUPT, %MESH_ERROR_UNSUPPORTED (a journal from a newer
 * version), %MESH_ERROR_NO_SPACE or %MESH_ERROR_IO.
 */
void mesh_update_engine_open_async (const MeshUpdateOptions *options,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
MeshUpdateEngine *
mesh_update_engine_open_finish (GAsyncResult *result,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_update_engine_stop_async:
 *
 * Cancels everything, waits for it and closes the journal. The engine is of no use then.
 */
void mesh_update_engine_stop_async (MeshUpdateEngine *engine,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
gboolean mesh_update_engine_stop_finish (MeshUpdateEngine *engine,
                                         GAsyncResult *result,
                                         GError **error);

/**
 * mesh_update_engine_get_apps:
 *
 * Returns: (transfer none): a list of #MeshApp, in order of id
 */
GListModel *mesh_update_engine_get_apps (MeshUpdateEngine *engine);

/**
 * mesh_update_engine_lookup:
 *
 * Returns: (nullable) (transfer none): the app called @app_id
 */
MeshApp *mesh_update_engine_lookup (MeshUpdateEngine *engine, const char *app_id);

/**
 * mesh_update_engine_publish_async:
 * @dir: absolute path of the folder to release
 * @options: copied
 *
 * Imports the folder, signs the manifest, keeps it, puts it to the Master, shares the
 * tree and announces it to the mesh. The folder must stay as it is while it is shared by
 * reference: changed files are noticed and not served. Fails with %MESH_ERROR_INVALID,
 * %MESH_ERROR_UNSAFE_PATH, %MESH_ERROR_ROLLBACK (version not above the last),
 * %MESH_ERROR_AUTH (a key file others can read) or store errors.
 */
void mesh_update_engine_publish_async (MeshUpdateEngine *engine,
                                       const char *dir,
                                       const MeshPublishOptions *options,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);
MeshPublishResult *
mesh_update_engine_publish_finish (MeshUpdateEngine *engine,
                                   GAsyncResult *result,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_update_engine_check_async:
 * @app_id: (nullable): one app, or %NULL for every installed one
 *
 * Asks the Master and connected peers and verifies every answer; the newest good one
 * wins. Finishes with the number of apps that have an update. When nobody had a good
 * answer, the first trust error is returned, else the first other error.
 */
void mesh_update_engine_check_async (MeshUpdateEngine *engine,
                                     const char *app_id,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
gssize mesh_update_engine_check_finish (MeshUpdateEngine *engine,
                                        GAsyncResult *result,
                                        GError **error);

/**
 * MeshUpdateInspection:
 *
 * What a link or envelope stands for, before anything is done with it.
 */
typedef struct
{
  MeshSignedManifest *release; /* (owned): verified */
  char *fingerprint;           /* (owned): of the key file in force */
  char *source;                /* (owned): who had it: "master URL", "peer ID", "file" */
  gboolean is_known_key;       /* the key was seen before or is the link's */
  guint64 fetch_bytes;         /* of chunks that are not on this machine */
} MeshUpdateInspection;

static inline void
mesh_update_inspection_free (MeshUpdateInspection *inspection)
{
  if (inspection == NULL)
    return;
  g_clear_pointer (&inspection->release, mesh_signed_manifest_free);
  g_free (inspection->fingerprint);
  g_free (inspection->source);
  g_free (inspection);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshUpdateInspection, mesh_update_inspection_free)

/**
 * mesh_update_engine_inspect_async:
 * @link: (nullable): "shoal:APP?key=FINGERPRINT", "shoal:APP" or an app id, each with
 * "@RANGE" behind the app id if only certain versions will do
 * @envelope: (nullable): a signed manifest; one of the two must be given
 *
 * Finds and verifies the newest release and changes nothing.
 */
void mesh_update_engine_inspect_async (MeshUpdateEngine *engine,
                                       const char *link,
                                       GBytes *envelope,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);
MeshUpdateInspection *
mesh_update_engine_inspect_finish (MeshUpdateEngine *engine,
                                   GAsyncResult *result,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef struct
{
  const char *link;         /* (nullable): "shoal:APP?key=FINGERPRINT" or an app id */
  GBytes *envelope;         /* (nullable): install this release instead of asking */
  const char *fingerprint;  /* (nullable): the key file there must be, like a link's */
  const char *range;        /* (nullable): versions that will do, as npm writes them; also
                               in the link, behind an '@': "org.example.App@^1.2" */
  gboolean is_staging_only; /* stop at `staged`; apply_async() goes on */
} MeshInstallOptions;

/**
 * mesh_update_engine_install_async:
 * @options: copied
 *
 * First install: finds the newest release, trusts the link's key (or, without one, the
 * first key seen), fetches, stages and applies. The #MeshApp is in the list from the
 * moment the release is found. Fails with %MESH_ERROR_EXISTS when it is installed.
 *
 * With a range an older release may be installed than the newest that was seen, because
 * it was asked for and there is nothing to roll back; never an expired one, and never one
 * by keys that were replaced since. What was seen stays remembered, so the newest is
 * offered as an update at once.
 */
void mesh_update_engine_install_async (MeshUpdateEngine *engine,
                                       const MeshInstallOptions *options,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);
gboolean mesh_update_engine_install_finish (MeshUpdateEngine *engine,
                                            GAsyncResult *result,
                                            GError **error);

/**
 * mesh_update_engine_offer_async:
 * @envelope: a signed manifest from anywhere (a file, gossip)
 *
 * Verifies a release as if a check had found it. For an app that is not known it is an
 * error, %MESH_ERROR_NOT_FOUND.
 */
void mesh_update_engine_offer_async (MeshUpdateEngine *engine,
                                     GBytes *envelope,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
gboolean mesh_update_engine_offer_finish (MeshUpdateEngine *engine,
                                          GAsyncResult *result,
                                          GError **error);

/**
 * mesh_update_engine_stage_async:
 *
 * Legal in `available` and `failed`: plans, fetches, assembles and verifies; ends in
 * `staged` or `failed`. Fails with %MESH_ERROR_NO_SPACE before anything is written when
 * the disk is too full, and with source, store and trust errors.
 */
void mesh_update_engine_stage_async (MeshUpdateEngine *engine,
                                     const char *app_id,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
gboolean mesh_update_engine_stage_finish (MeshUpdateEngine *engine,
                                          GAsyncResult *result,
                                          GError **error);

/**
 * mesh_update_engine_apply_async:
 *
 * Legal in `staged`: switches `current` and links desktop file and icon. The old version
 * is kept. A running app keeps its files.
 */
void mesh_update_engine_apply_async (MeshUpdateEngine *engine,
                                     const char *app_id,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
gboolean mesh_update_engine_apply_finish (MeshUpdateEngine *engine,
                                          GAsyncResult *result,
                                          GError **error);

/**
 * mesh_update_engine_rollback_async:
 *
 * Switches `current` to the version before and holds the app there: the version rolled
 * back from is skipped. %MESH_ERROR_NOT_FOUND when no other version is kept.
 */
void mesh_update_engine_rollback_async (MeshUpdateEngine *engine,
                                        const char *app_id,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data);
gboolean mesh_update_engine_rollback_finish (MeshUpdateEngine *engine,
                                             GAsyncResult *result,
                                             GError **error);

/**
 * mesh_update_engine_hold_async:
 * @is_held: whether updates of the app are left alone
 */
void mesh_update_engine_hold_async (MeshUpdateEngine *engine,
                                    const char *app_id,
                                    gboolean is_held,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
gboolean mesh_update_engine_hold_finish (MeshUpdateEngine *engine,
                                         GAsyncResult *result,
                                         GError **error);

/**
 * mesh_update_engine_skip_async:
 * @version: (nullable): the version not to offer again; %NULL forgets the skipped one
 */
void mesh_update_engine_skip_async (MeshUpdateEngine *engine,
                                    const char *app_id,
                                    const char *version,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
gboolean mesh_update_engine_skip_finish (MeshUpdateEngine *engine,
                                         GAsyncResult *result,
                                         GError **error);

/**
 * mesh_update_engine_remove_async:
 *
 * Unlinks the app from the desktop, deletes its versions and stops sharing them. What was
 * learned about its keys is kept.
 */
void mesh_update_engine_remove_async (MeshUpdateEngine *engine,
                                      const char *app_id,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
gboolean mesh_update_engine_remove_finish (MeshUpdateEngine *engine,
                                           GAsyncResult *result,
                                           GError **error);

/**
 * mesh_update_engine_cancel:
 *
 * Cancels whatever is being done with the app, whoever started it.
 *
 * Returns: %FALSE when nothing is
 */
gboolean mesh_update_engine_cancel (MeshUpdateEngine *engine, const char *app_id);

void
mesh_update_engine_set_auto_staging (MeshUpdateEngine *engine, gboolean is_auto_staging);

/**
 * mesh_update_engine_set_sharing:
 *
 * Starts or stops answering peers and sharing installed trees.
 */
void mesh_update_engine_set_sharing (MeshUpdateEngine *engine, gboolean is_sharing);

/**
 * mesh_update_engine_get_registry:
 *
 * Returns: (transfer none): what finds releases
 */
MeshRegistry *mesh_update_engine_get_registry (MeshUpdateEngine *engine);

/* These change what open_async() was told. */
void mesh_update_engine_set_poll_interval (MeshUpdateEngine *engine, guint64 interval_s);
void mesh_update_engine_set_master (MeshUpdateEngine *engine, MeshMasterClient *master);
