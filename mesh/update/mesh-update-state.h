/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <glib.h>

/* The states of one update, their names, and which may follow which. Pure. */

typedef enum
{
  MESH_UPDATE_STATE_NONE, /* nothing newer is known */
  MESH_UPDATE_STATE_AVAILABLE,
  MESH_UPDATE_STATE_PLANNING,
  MESH_UPDATE_STATE_FETCHING,
  MESH_UPDATE_STATE_VERIFYING, /* assembling in staging/ and checking every file */
  MESH_UPDATE_STATE_STAGED,    /* whole and on disk; waits for the user */
  MESH_UPDATE_STATE_APPLYING,
  MESH_UPDATE_STATE_APPLIED,
  MESH_UPDATE_STATE_FAILED,
} MeshUpdateState;

#define MESH_UPDATE_N_STATES (MESH_UPDATE_STATE_FAILED + 1)

/**
 * mesh_update_state_get_nick:
 *
 * Returns: (transfer none): "none", "available", "planning", "fetching", "verifying",
 *   "staged", "applying", "applied" or "failed"
 */
const char *mesh_update_state_get_nick (MeshUpdateState state);

/**
 * mesh_update_state_from_nick:
 *
 * Returns: %FALSE when @nick names no state
 */
gboolean mesh_update_state_from_nick (const char *nick, MeshUpdateState *state);

/**
 * mesh_update_state_may_follow:
 *
 * Returns: whether the journal may go from @from to @to
 */
gboolean mesh_update_state_may_follow (MeshUpdateState from, MeshUpdateState to);

/**
 * mesh_update_state_is_busy:
 *
 * Returns: whether something is being done in @state
 */
gboolean mesh_update_state_is_busy (MeshUpdateState state);

/**
 * mesh_update_state_recover:
 * @found: what the journal says at start, after the process ended anywhere
 *
 * Returns: the state to go on from: a half plan, fetch or stage is `available` again (its
 *   chunks are kept), `applying` stays, because it must be finished
 */
MeshUpdateState mesh_update_state_recover (MeshUpdateState found);
