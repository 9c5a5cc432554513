/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "bus/shoald-bus-context.h"

/* org.shoal.Shoal1.Peer. */
typedef struct ShoaldBusPeer ShoaldBusPeer;

/**
 * shoald_bus_peer_new:
 *
 * Exports @peer.
 */
ShoaldBusPeer *shoald_bus_peer_new (const ShoaldBusContext *context,
                                    ShoaldPeer *peer) G_GNUC_WARN_UNUSED_RESULT;

/* Takes it from the bus. */
void shoald_bus_peer_free (ShoaldBusPeer *self);
