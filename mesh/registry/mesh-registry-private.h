/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "source/mesh-answer-cache.h"
#include "registry/mesh-registry-ledger.h"
#include "registry/mesh-registry-server.h"
#include "registry/mesh-registry.h"

/* What the parts of the registry share: find, resolve, topics, news. All of it belongs to
 * the registry's main context. */

/* The newest verified announcement of a tracked app: what the Master Server's answer is
 * held against. */
typedef struct
{
  MeshAnnouncement *announcement; /* (owned) */
  char *via;                      /* (owned) */
} MeshRegistryNewest;

struct _MeshRegistry
{
  GObject parent;

  MeshRegistryDb *db;         /* (owned) (nullable): until stopped */
  MeshRegistryIndex *index;   /* (owned) (nullable): likewise */
  MeshRegistryServer *server; /* (owned) (nullable): likewise */
  MeshWorkPool *pool;         /* (owned) */
  MeshHost *host;             /* (owned) (nullable) */
  MeshMasterClient *master;   /* (owned) (nullable) */
  MeshDht *dht;               /* (owned) (nullable) */
  MeshGossipService *gossip;  /* (owned) (nullable) */
  MeshAnswerCache *answers;   /* (owned): of peers to searches */
  MeshRegistryJudge *judge;   /* (owned): what neighbours may bring */
  GHashTable *tracked;        /* (owned) (element-type utf8 Tracked) */
  GHashTable *newest;         /* (owned) (element-type utf8 MeshRegistryNewest) */
  GPtrArray *publications;    /* (owned) (element-type MeshRegistryPublication) */
  GPtrArray *split_views;     /* (owned) (element-type MeshSplitView): newest first */
  GHashTable *read_news;      /* (owned) (element-type utf8 gint64): peer, when, in us */
  GCancellable *stopping;     /* (owned) */
  char *master_warning;       /* (owned) (nullable) */
  MeshRegistryStats stats;
  MeshRegistryMode mode;
  gint64 upkeep_us;     /* when expired listings were last looked for */
  guint timer_id;       /* 0: none */
  guint n_reading;      /* peers whose news are being read */
  guint n_repeats_left; /* own announcements that may be repeated now */
  gboolean is_sharing;
  gboolean is_subscribed;
};

gint64 mesh_registry_get_now_s (void);
gboolean mesh_registry_uses_mesh (MeshRegistry *self);
gboolean mesh_registry_uses_master (MeshRegistry *self);

/* mesh-registry-intake.c: looks at an announcement; what follows from it (signals,
 * evidence) is done before the callback. Finishes as mesh_registry_index_ingest_async().
 */
void mesh_registry_intake_async (MeshRegistry *self,
                                 GBytes *data,
                                 const char *via,
                                 gboolean is_gossip,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
MeshRegistryOutcome *
mesh_registry_intake_finish (MeshRegistry *self,
                             GAsyncResult *result,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

GHashTable *mesh_registry_intake_new_table (void) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_registry_intake_find_newest:
 *
 * Returns: (transfer none) (nullable): what was announced of an app that is tracked
 */
const MeshRegistryNewest *mesh_registry_intake_find_newest (MeshRegistry *self,
                                                            const char *app_id,
                                                            const char *channel);

/* mesh-registry-evidence.c: split views. */

/**
 * mesh_registry_evidence_note:
 * @view: both sides verified; kept if it is new
 */
void mesh_registry_evidence_note (MeshRegistry *self,
                                  MeshSplitView *view,
                                  const char *a_version,
                                  const char *b_version);

/* The same for two releases that were found; of a stale Master @a is the Master's. */
void mesh_registry_evidence_note_found (MeshRegistry *self,
                                        const MeshTrustState *trust,
                                        MeshSplitViewKind kind,
                                        const MeshRegistryFound *a,
                                        const MeshRegistryFound *b);

/* Returns: (transfer full): believes the keys, but not which release was the newest */
MeshTrustState *mesh_registry_evidence_forget_counter (const MeshTrustState *trust)
    G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_registry_evidence_contradicted:
 * @envelope: refused, because of @trust: it bears the number of another release, or one
 *   below it
 *
 * If it is well signed, it and the release that is believed become evidence.
 */
void mesh_registry_evidence_contradicted (MeshRegistry *self,
                                          const MeshTrustState *trust,
                                          MeshSplitViewKind kind,
                                          GBytes *envelope,
                                          const char *source);

/* Tells of what is in the database already. */
void mesh_registry_evidence_add (MeshRegistry *self, MeshSplitView *view);

/* The Master offers the newest again: what was held against it is settled. */
void
mesh_registry_evidence_settle (MeshRegistry *self, const char *app_id, guint64 counter);
GPtrArray *mesh_registry_evidence_dup (MeshRegistry *self) G_GNUC_WARN_UNUSED_RESULT;
gboolean mesh_registry_evidence_dismiss (MeshRegistry *self, gint64 id);

/* mesh-registry-presence.c: being found. */
GHashTable *mesh_registry_presence_new_table (void) G_GNUC_WARN_UNUSED_RESULT;
gboolean mesh_registry_presence_is_found (MeshRegistry *self);

/* After the mode or sharing changed; @was_found as it was before. */
void mesh_registry_presence_update (MeshRegistry *self, gboolean was_found);
void mesh_registry_presence_track (MeshRegistry *self,
                                   const MeshTrustState *trust,
                                   MeshCid *root,
                                   GBytes *envelope);
void mesh_registry_presence_untrack (MeshRegistry *self, const char *app_id);

/* mesh-registry-resolve.c: mesh_registry_verify_async() */
void mesh_registry_resolve_at_hand_async (MeshRegistry *self,
                                          const MeshTrustState *trust,
                                          GBytes *envelope,
                                          const char *source,
                                          GCancellable *cancellable,
                                          GAsyncReadyCallback callback,
                                          gpointer user_data);

/**
 * mesh_registry_note_master:
 * @error: (nullable): what a request of the Master failed with
 *
 * Keeps the property "master-warning".
 */
void mesh_registry_note_master (MeshRegistry *self, const GError *error);

/**
 * mesh_registry_dup_peers:
 *
 * Returns: (transfer full) (element-type MeshPeerId): connected peers that speak
 *   @protocol, or have not said yet what they speak; at most @max, the nearest first
 */
GPtrArray *mesh_registry_dup_peers (MeshRegistry *self,
                                    const char *protocol,
                                    guint max) G_GNUC_WARN_UNUSED_RESULT;
