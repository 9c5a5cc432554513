/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "bitswap/mesh-bitswap-private.h"

/* The serving side of the service: answers the lookups of the server core from the store,
 * reads the blocks of its messages and hands them to the links. */

/* Lookups take at most this time in one turn of the main loop. */
#define MESH_BITSWAP_SERVE_SLICE_US 2000

/**
 * mesh_bitswap_serve_pump:
 *
 * Returns: %FALSE when lookups are left for the next turn
 */
gboolean mesh_bitswap_serve_pump (MeshBitswap *bitswap);
