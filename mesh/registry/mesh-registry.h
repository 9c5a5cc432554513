/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <gio/gio.h>

#include "dht/mesh-dht.h"
#include "gossip/mesh-gossip-service.h"
#include "net/host/mesh-host.h"
#include "source/mesh-master-client.h"
#include "trust/mesh-trust.h"
#include "work/mesh-work-pool.h"
#include "catalog/mesh-announcement.h"
#include "registry/mesh-registry-index.h"
#include "catalog/mesh-registry-query.h"
#include "catalog/mesh-registry-result.h"
#include "catalog/mesh-semver-range.h"
#include "catalog/mesh-split-view.h"

G_BEGIN_DECLS

/**
 * MeshRegistry:
 *
 * Which apps there are, who publishes them and where a release is found: from the Master
 * Server, from the mesh, or from both. Owned by the node; lives in the main context it
 * was opened in; ends with mesh_registry_stop_async(). SQLite and signatures are worked
 * at in one thread of its own and in the pool.
 *
 * Signals:
 *  - "announced" (MeshAnnouncement *announcement, gboolean is_verified): a listing is new
 *    or newer; verified: by keys trusted on this machine
 *  - "announcement-due" (MeshAnnouncement *announcement, const char *keys): an
 *    announcement of this node's publisher expires soon: sign it again; @keys is what
 *    mesh_registry_announce_async() was given
 *  - "split-view" (MeshSplitView *view): new evidence; also in
 *    mesh_registry_dup_split_views()
 *  - "split-views-changed": the list is another
 * Properties:
 *  - "master-warning" (string, nullable, notified): why the Master Server is not trusted
 *    now (its certificate does not verify), for people
 */
#define MESH_TYPE_REGISTRY (mesh_registry_get_type ())
G_DECLARE_FINAL_TYPE (MeshRegistry, mesh_registry, MESH, REGISTRY, GObject)

#define MESH_REGISTRY_MAX_PEERS 8      /* asked for one search or release */
#define MESH_REGISTRY_MAX_PROVIDERS 8  /* dialled for one release */
#define MESH_REGISTRY_MAX_TRACKED 4096 /* apps whose releases this node has */
#define MESH_REGISTRY_WAIT_MS 3000     /* for peers, when a search does not say */
#define MESH_REGISTRY_MAX_WAIT_MS 30000
#define MESH_REGISTRY_KEEP_RELEASES 8 /* envelopes of older releases of a channel */

/* Who is asked. The Master Server's failures: see docs/protocols/registry.md */
typedef enum
{
  MESH_REGISTRY_MODE_CENTRAL, /* the Master Server alone */
  MESH_REGISTRY_MODE_P2P,     /* the mesh alone */
  MESH_REGISTRY_MODE_HYBRID,  /* the Master Server first; the mesh beside it and when it
                                 fails */
} MeshRegistryMode;

/* "central", "p2p", "hybrid" */
const char *mesh_registry_mode_get_nick (MeshRegistryMode mode);
gboolean mesh_registry_mode_from_nick (const char *nick, MeshRegistryMode *mode);

typedef struct
{
  const char *data_dir; /* where registry.db is */
  MeshWorkPool *pool;
  MeshHost *host;            /* (nullable): no peers */
  MeshMasterClient *master;  /* (nullable): no server */
  MeshDht *dht;              /* (nullable): only connected peers are asked */
  MeshGossipService *gossip; /* (nullable): announcements neither come nor go */
  MeshRegistryMode mode;
  gboolean is_sharing; /* answer peers, announce */
} MeshRegistryOptions;

/**
 * mesh_registry_open_async:
 * @options: copied, its objects referenced
 *
 * Fails with %MESH_ERROR_UNSUPPORTED (a database from a newer version),
 * %MESH_ERROR_NO_SPACE or %MESH_ERROR_IO. A damaged registry.db is set aside and begun
 * anew: all in it can be learned again.
 */
void mesh_registry_open_async (const MeshRegistryOptions *options,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
MeshRegistry *mesh_registry_open_finish (GAsyncResult *result,
                                         GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_registry_stop_async:
 *
 * Stops answering, asking and announcing and closes the database.
 */
void mesh_registry_stop_async (MeshRegistry *registry,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
gboolean
mesh_registry_stop_finish (MeshRegistry *registry, GAsyncResult *result, GError **error);

MeshRegistryMode mesh_registry_get_mode (MeshRegistry *registry);
void mesh_registry_set_mode (MeshRegistry *registry, MeshRegistryMode mode);

/**
 * mesh_registry_set_master:
 * @master: (nullable)
 */
void mesh_registry_set_master (MeshRegistry *registry, MeshMasterClient *master);

/**
 * mesh_registry_set_sharing:
 *
 * Starts or stops answering peers, announcing, and being found on the DHT.
 */
void mesh_registry_set_sharing (MeshRegistry *registry, gboolean is_sharing);

/**
 * mesh_registry_get_master_warning:
 *
 * Returns: (transfer none) (nullable): the property
 */
const char *mesh_registry_get_master_warning (MeshRegistry *registry);

/* Searching. */

/**
 * MeshRegistryFoundFunc:
 * @result: new, or an earlier one (same app, channel, fingerprint) that another source
 * has confirmed or made newer
 */
typedef void (*MeshRegistryFoundFunc) (MeshRegistryResult *result, gpointer user_data);

/**
 * mesh_registry_search_async:
 * @query: copied
 * @wait_ms: how long peers are waited for; 0: %MESH_REGISTRY_WAIT_MS
 * @found: (nullable): called for each result as it comes, before the callback
 * @found_data: for @found
 *
 * Asks the local index, connected peers and the Master Server at once, as the mode says.
 * What a peer or the Master says without a signature is a claim; what a signature proves
 * is kept in the local index.
 */
void mesh_registry_search_async (MeshRegistry *registry,
                                 const MeshRegistryQuery *query,
                                 guint wait_ms,
                                 MeshRegistryFoundFunc found,
                                 gpointer found_data,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);

/**
 * mesh_registry_search_finish:
 * @warnings: (out) (optional) (transfer full): sentences about who did not answer
 *
 * Fails only when nobody could be asked: %MESH_ERROR_UNREACHABLE and the like in mode
 * central.
 *
 * Returns: (transfer full) (element-type MeshRegistryResult): best first, at most the
 *   query's limit
 */
GPtrArray *mesh_registry_search_finish (MeshRegistry *registry,
                                        GAsyncResult *result,
                                        GStrv *warnings,
                                        GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_registry_search_local_async:
 *
 * Asks nobody: what the local index has, for whoever answers others. Finishes as
 * mesh_registry_search_local_finish() says: (element-type MeshRegistryResult), best
 * first.
 */
void mesh_registry_search_local_async (MeshRegistry *registry,
                                       const MeshRegistryQuery *query,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);
GPtrArray *mesh_registry_search_local_finish (MeshRegistry *registry,
                                              GAsyncResult *result,
                                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_registry_list_categories_async:
 *
 * Finishes with (element-type MeshRegistryCategory): the categories of the local index,
 * most apps first, at most 64.
 */
void mesh_registry_list_categories_async (MeshRegistry *registry,
                                          GCancellable *cancellable,
                                          GAsyncReadyCallback callback,
                                          gpointer user_data);
GPtrArray *
mesh_registry_list_categories_finish (MeshRegistry *registry,
                                      GAsyncResult *result,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Finding a release. */

typedef struct
{
  MeshSignedManifest *release; /* (owned): verified */
  GBytes *envelope;            /* (owned) */
  char *source;                /* (owned): "master URL", "peer ID", "local" or "file" */
} MeshRegistryFound;

void mesh_registry_found_free (MeshRegistryFound *found);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshRegistryFound, mesh_registry_found_free)

/**
 * mesh_registry_resolve_async:
 * @trust: what is believed about the app; copied
 * @range: (nullable): which versions will do; %NULL: the newest. Copied
 * @is_first_install: nothing of the app is installed, so a release older than the newest
 * that was seen may be taken when @range asks for it; expired ones never are
 *
 * Asks, as the mode says, the Master Server, connected peers, and peers that the DHT
 * names as providers of the app; verifies each answer and takes the good one with the
 * highest counter. When there is none, fails with the first trust error, else the first
 * other error, else %MESH_ERROR_NOT_FOUND.
 */
void mesh_registry_resolve_async (MeshRegistry *registry,
                                  const MeshTrustState *trust,
                                  const MeshSemverRange *range,
                                  gboolean is_first_install,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);

/**
 * mesh_registry_verify_async:
 * @envelope: a signed manifest from anywhere, such as a file
 * @source: who had it
 *
 * The same with a release that is at hand: nobody is asked.
 */
void mesh_registry_verify_async (MeshRegistry *registry,
                                 const MeshTrustState *trust,
                                 GBytes *envelope,
                                 const char *source,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);

/* Of both of the above. */
MeshRegistryFound *
mesh_registry_resolve_finish (MeshRegistry *registry,
                              GAsyncResult *result,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What this node has. */

/**
 * mesh_registry_package_cid:
 *
 * Returns: (transfer full): where an app is found on the DHT: the CID (raw, sha2-256) of
 *   the text "shoal:package:ID"
 */
MeshCid *mesh_registry_package_cid (const char *app_id) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_registry_track:
 * @trust: what is believed about an app that is installed or published here
 * @root: (nullable): the tree this node can serve
 * @envelope: (nullable): its signed manifest, verified: peers that ask get it, and those
 * before it while there are not more than %MESH_REGISTRY_KEEP_RELEASES
 *
 * From now on announcements by those keys are verified, and while sharing this node is
 * found on the DHT as a provider of the app and of @root.
 */
void mesh_registry_track (MeshRegistry *registry,
                          const MeshTrustState *trust,
                          MeshCid *root,
                          GBytes *envelope);

/**
 * mesh_registry_untrack:
 *
 * The app was removed: it is not served or provided any more. Its keys stay trusted.
 */
void mesh_registry_untrack (MeshRegistry *registry, const char *app_id);

/**
 * mesh_registry_announce_async:
 * @announcement: signed by this node's publisher
 * @keys: (nullable): text given back by "announcement-due"
 *
 * Keeps it and, while sharing, publishes it by gossip; again when it starts to share,
 * and, as long as nobody was there to hear it, when somebody comes.
 */
void mesh_registry_announce_async (MeshRegistry *registry,
                                   MeshAnnouncement *announcement,
                                   const char *keys,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
gboolean mesh_registry_announce_finish (MeshRegistry *registry,
                                        GAsyncResult *result,
                                        GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_registry_count_told:
 *
 * Returns: how many subscribers the announcement of this app and channel that was made
 *   here was sent to; 0: nobody yet, or there is none
 */
guint mesh_registry_count_told (MeshRegistry *registry,
                                const char *app_id,
                                const char *channel);

/**
 * mesh_registry_take_announcement_async:
 * @data: an announcement from anyone, such as a client of the mini-master
 *
 * Judges it as if gossip had brought it, and passes it on when it is news.
 */
void mesh_registry_take_announcement_async (MeshRegistry *registry,
                                            GBytes *data,
                                            const char *source,
                                            GAsyncReadyCallback callback,
                                            gpointer user_data);

/**
 * mesh_registry_take_announcement_finish:
 *
 * Returns: whether it is good, be it news or not; %FALSE with %MESH_ERROR_BAD_SIGNATURE
 *   when it is malformed or forged
 */
gboolean
mesh_registry_take_announcement_finish (MeshRegistry *registry,
                                        GAsyncResult *result,
                                        GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Split views. */

/**
 * mesh_registry_dup_split_views:
 *
 * Returns: (transfer full) (element-type MeshSplitView): evidence that was not
 *   dismissed, newest first
 */
GPtrArray *
mesh_registry_dup_split_views (MeshRegistry *registry) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_registry_dismiss_split_view:
 *
 * Returns: %FALSE when there is none with this id
 */
gboolean mesh_registry_dismiss_split_view (MeshRegistry *registry, gint64 id);

typedef struct
{
  guint64 n_listings;    /* in the index, when it last changed */
  guint64 n_announced;   /* announcements taken in since the start */
  guint64 n_refused;     /* malformed or forged */
  guint64 n_ignored;     /* known, older, expired or too many */
  guint64 n_turned_away; /* questions of peers that asked too much or nothing */
  guint n_split_views;
} MeshRegistryStats;

void mesh_registry_get_stats (MeshRegistry *registry, MeshRegistryStats *stats);

G_END_DECLS
