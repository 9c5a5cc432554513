/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "dht/mesh-kad-private.h"

/* What a node does unasked: looks for itself and for a place in each bucket now and then,
 * and announces again what it provides. A few lookups at a time. */

/* The longest prefix whose bucket is refreshed: nearer ones are found by looking for
 * ourselves. */
#define MESH_KAD_UPKEEP_MAX_PREFIX 15
/* Random places tried for one that falls into each bucket. */
#define MESH_KAD_UPKEEP_TRIES 1024
/* After the first refresh, when hardly anybody was known, there is soon another. */
#define MESH_KAD_UPKEEP_SOON_US (60 * G_USEC_PER_SEC)
/* First pause before an announcement that nobody took is tried again; doubles up to... */
#define MESH_KAD_UPKEEP_RETRY_US (G_GINT64_CONSTANT (60) * G_USEC_PER_SEC)
#define MESH_KAD_UPKEEP_MAX_RETRY_US (G_GINT64_CONSTANT (3600) * G_USEC_PER_SEC)

MeshKadUpkeep *mesh_kad_upkeep_new (MeshKad *kad) G_GNUC_WARN_UNUSED_RESULT;
void mesh_kad_upkeep_free (MeshKadUpkeep *upkeep);

/* Off: nothing begins by itself. */
void mesh_kad_upkeep_set_on (MeshKad *kad, gboolean is_on);

/* What could not be announced is due now. */
void mesh_kad_upkeep_retry (MeshKad *kad);

/* The table was empty and is not any more. */
void mesh_kad_upkeep_wake (MeshKad *kad);

/* Starts a refresh; @command ends with it. */
void mesh_kad_upkeep_refresh (MeshKad *kad, guint64 command);

/* Returns: %FALSE when there are too many keys. */
gboolean mesh_kad_upkeep_add_provided (MeshKad *kad, GBytes *key, gint64 due_us);
gboolean mesh_kad_upkeep_remove_provided (MeshKad *kad, GBytes *key);
gboolean mesh_kad_upkeep_is_provided (MeshKad *kad, GBytes *key);
guint mesh_kad_upkeep_get_n_provided (const MeshKad *kad);

/* An announcement is over, with so many holders: the key is due again accordingly. */
void mesh_kad_upkeep_note_announced (MeshKad *kad, GBytes *key, guint n_stored);

/* One of the lookups that the upkeep began is over. */
void mesh_kad_upkeep_note_done (MeshKad *kad, gboolean is_refresh);

gint64 mesh_kad_upkeep_next_deadline_us (const MeshKad *kad);
void mesh_kad_upkeep_handle_timeout (MeshKad *kad);
