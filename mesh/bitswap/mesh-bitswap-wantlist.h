/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "bitswap/mesh-bitswap-message.h"

/* What one peer has been told that we want, and what it is still to be told. Changes are
 * gathered until a message can be written: a want that is withdrawn before it was sent
 * costs nothing. A pure core, one for each peer. */
typedef struct MeshBitswapWantlist MeshBitswapWantlist;

#define MESH_BITSWAP_WANTLIST_MAX 4096        /* wants of one peer; more are refused */
#define MESH_BITSWAP_WANTLIST_MAX_PAST 4096   /* ended wants remembered */
#define MESH_BITSWAP_WANTLIST_MESSAGE_MAX 512 /* entries in one message */

MeshBitswapWantlist *mesh_bitswap_wantlist_new (void) G_GNUC_WARN_UNUSED_RESULT;
void mesh_bitswap_wantlist_free (MeshBitswapWantlist *list);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshBitswapWantlist, mesh_bitswap_wantlist_free)

/**
 * mesh_bitswap_wantlist_add:
 *
 * The peer is to be asked for @cid. Asking for the block replaces asking whether it has
 * it; the other way round changes nothing.
 *
 * Returns: %FALSE when the list is full
 */
gboolean mesh_bitswap_wantlist_add (MeshBitswapWantlist *list,
                                    MeshCid *cid,
                                    MeshBitswapWantType type,
                                    gint32 priority) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_bitswap_wantlist_remove:
 * @is_answered: the peer itself ended the want by its answer; it need not be told
 */
void mesh_bitswap_wantlist_remove (MeshBitswapWantlist *list,
                                   const MeshCid *cid,
                                   gboolean is_answered);

/**
 * mesh_bitswap_wantlist_knows:
 *
 * Returns: whether the peer was told of @cid, now or in the remembered past
 */
gboolean
mesh_bitswap_wantlist_knows (const MeshBitswapWantlist *list, const MeshCid *cid);

guint mesh_bitswap_wantlist_get_length (const MeshBitswapWantlist *list);

gboolean mesh_bitswap_wantlist_has_pending (const MeshBitswapWantlist *list);

/**
 * mesh_bitswap_wantlist_reset:
 *
 * The stream to the peer was lost: all is to be told again, on a full list.
 */
void mesh_bitswap_wantlist_reset (MeshBitswapWantlist *list);

/**
 * mesh_bitswap_wantlist_fill:
 *
 * Moves up to %MESH_BITSWAP_WANTLIST_MESSAGE_MAX pending changes into @msg, oldest first.
 * The first message after creation or reset is marked as a full list.
 */
void mesh_bitswap_wantlist_fill (MeshBitswapWantlist *list, MeshBitswapMessage *msg);
