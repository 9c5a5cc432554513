/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <glib.h>

/* Who gave us how much and got how much from us, by peer id. It outlives connections and
 * runs (MeshBitswap keeps it in a file) and decides how large a share of the upload a
 * peer gets while others wait too. A pure core. */
typedef struct MeshBitswapLedger MeshBitswapLedger;

#define MESH_BITSWAP_LEDGER_MAX_PEERS 4096 /* the one longest unused is forgotten */
#define MESH_BITSWAP_LEDGER_MAX_ID_LEN 128
#define MESH_BITSWAP_LEDGER_MAX_TEXT_BYTES (1u << 20)
#define MESH_BITSWAP_LEDGER_MAX_WEIGHT 16

typedef struct
{
  guint64 bytes_sent;
  guint64 bytes_received;
} MeshBitswapLedgerEntry;

MeshBitswapLedger *mesh_bitswap_ledger_new (void) G_GNUC_WARN_UNUSED_RESULT;
void mesh_bitswap_ledger_free (MeshBitswapLedger *ledger);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshBitswapLedger, mesh_bitswap_ledger_free)

guint mesh_bitswap_ledger_get_length (const MeshBitswapLedger *ledger);

void
mesh_bitswap_ledger_note_sent (MeshBitswapLedger *ledger, const char *peer_id, gsize len);
void mesh_bitswap_ledger_note_received (MeshBitswapLedger *ledger,
                                        const char *peer_id,
                                        gsize len);

/**
 * mesh_bitswap_ledger_lookup:
 *
 * Returns: what is on record; zeros for an unknown peer
 */
MeshBitswapLedgerEntry
mesh_bitswap_ledger_lookup (const MeshBitswapLedger *ledger, const char *peer_id);

/**
 * mesh_bitswap_ledger_get_weight:
 *
 * How dear a byte to this peer is: 1 for one that gave at least as much as it took, more
 * by one each time its debt ratio doubles, up to %MESH_BITSWAP_LEDGER_MAX_WEIGHT. The
 * first 64 MiB are on trust. While several peers wait, their shares are as the inverse
 * of their weights: who only takes is slowed gradually and never shut out.
 */
guint
mesh_bitswap_ledger_get_weight (const MeshBitswapLedger *ledger, const char *peer_id);

/**
 * mesh_bitswap_ledger_to_text:
 *
 * Returns: (transfer full): the ledger as lines, the longest unused peer first
 */
GBytes *
mesh_bitswap_ledger_to_text (const MeshBitswapLedger *ledger) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_bitswap_ledger_from_text:
 *
 * Returns: (transfer full): a ledger, or %NULL with %MESH_ERROR_CORRUPT when the bytes
 *   are not one written by mesh_bitswap_ledger_to_text()
 */
MeshBitswapLedger *
mesh_bitswap_ledger_from_text (const guint8 *data,
                               gsize len,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
