/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "catalog/mesh-announcement.h"

/* What is to be done with an announcement: a pure decision from what is known, and how
 * much one author and one neighbour may bring. */

#define MESH_REGISTRY_JUDGE_MAX_TRACKED 4096  /* authors and neighbours remembered */
#define MESH_REGISTRY_JUDGE_AUTHOR_BURST 64   /* announcements of one author at once... */
#define MESH_REGISTRY_JUDGE_AUTHOR_EVERY_S 60 /* ...and then one in so many seconds */
#define MESH_REGISTRY_JUDGE_PEER_BURST 256    /* new ones that one neighbour brings... */
#define MESH_REGISTRY_JUDGE_PEER_EVERY_S 2
#define MESH_REGISTRY_JUDGE_MIN_RENEWAL_S \
  3600 /* a renewal that gains less is no news \
        */

typedef enum
{
  MESH_REGISTRY_VERDICT_ACCEPT, /* news: keep it and pass it on */
  MESH_REGISTRY_VERDICT_IGNORE, /* known, older, expired, too many: nobody's fault */
  MESH_REGISTRY_VERDICT_REJECT, /* malformed or forged: who brought it is to blame */
  MESH_REGISTRY_VERDICT_SPLIT,  /* contradicts what is known, with as good a signature:
                                   keep both as evidence and pass it on once */
} MeshRegistryVerdict;

/**
 * mesh_registry_judge_life:
 * @expires_s: of an announcement
 *
 * Returns: %FALSE when it has expired, or expires so late that its maker's clock or
 *   intention is wrong
 */
gboolean mesh_registry_judge_life (gint64 expires_s, gint64 now_s);

/**
 * mesh_registry_judge_compare:
 * @known: what the same publisher said before of this app and channel
 * @listing: what it says now
 */
MeshRegistryVerdict
mesh_registry_judge_compare (const MeshListing *known, const MeshListing *listing);

typedef struct MeshRegistryJudge MeshRegistryJudge;

MeshRegistryJudge *mesh_registry_judge_new (void) G_GNUC_WARN_UNUSED_RESULT;
void mesh_registry_judge_free (MeshRegistryJudge *judge);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshRegistryJudge, mesh_registry_judge_free)

/**
 * mesh_registry_judge_admit_author:
 * @author: as mesh_announcement_dup_author() gives it
 *
 * Returns: whether this author may say something more now
 */
gboolean mesh_registry_judge_admit_author (MeshRegistryJudge *judge,
                                           const char *author,
                                           gint64 now_us);

/* The same for a neighbour, by its peer id. */
gboolean mesh_registry_judge_admit_peer (MeshRegistryJudge *judge,
                                         const char *peer_id,
                                         gint64 now_us);
guint mesh_registry_judge_get_n_tracked (const MeshRegistryJudge *judge);
