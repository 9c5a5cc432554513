/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "update/mesh-update-state.h"

static const char *const nicks[] = {
  "none",   "available", "planning", "fetching", "verifying",
  "staged", "applying",  "applied",  "failed",
};

G_STATIC_ASSERT (G_N_ELEMENTS (nicks) == MESH_UPDATE_N_STATES);

#define TO(state) (1u << MESH_UPDATE_STATE_##state)

/* `applying` is entered from any state at rest, because rolling back and removing go
 * through it too. */
static const guint followers[] = {
  [MESH_UPDATE_STATE_NONE] = TO (AVAILABLE) | TO (APPLYING),
  [MESH_UPDATE_STATE_AVAILABLE]
  = TO (NONE) | TO (AVAILABLE) | TO (PLANNING) | TO (APPLYING) | TO (FAILED),
  [MESH_UPDATE_STATE_PLANNING] = TO (AVAILABLE) | TO (FETCHING) | TO (FAILED),
  [MESH_UPDATE_STATE_FETCHING] = TO (AVAILABLE) | TO (VERIFYING) | TO (FAILED),
  [MESH_UPDATE_STATE_VERIFYING] = TO (AVAILABLE) | TO (STAGED) | TO (FAILED),
  [MESH_UPDATE_STATE_STAGED] = TO (NONE) | TO (AVAILABLE) | TO (APPLYING),
  [MESH_UPDATE_STATE_APPLYING] = TO (APPLIED) | TO (NONE) | TO (FAILED),
  [MESH_UPDATE_STATE_APPLIED] = TO (NONE) | TO (AVAILABLE) | TO (APPLYING),
  [MESH_UPDATE_STATE_FAILED]
  = TO (NONE) | TO (AVAILABLE) | TO (PLANNING) | TO (APPLYING) | TO (FAILED),
};

G_STATIC_ASSERT (G_N_ELEMENTS (followers) == MESH_UPDATE_N_STATES);

const char *
mesh_update_state_get_nick (MeshUpdateState state)
{
  g_return_val_if_fail ((guint) state < MESH_UPDATE_N_STATES, NULL);
  return nicks[state];
}

gboolean
mesh_update_state_from_nick (const char *nick, MeshUpdateState *state)
{
  for (guint i = 0; i < G_N_ELEMENTS (nicks); i++)
    if (g_strcmp0 (nick, nicks[i]) == 0)
      {
        *state = (MeshUpdateState) i;
        return TRUE;
      }
  return FALSE;
}

gboolean
mesh_update_state_may_follow (MeshUpdateState from, MeshUpdateState to)
{
  g_return_val_if_fail ((guint) from < MESH_UPDATE_N_STATES, FALSE);
  return (followers[from] >> to & 1) != 0;
}

gboolean
mesh_update_state_is_busy (MeshUpdateState state)
{
  return state == MESH_UPDATE_STATE_PLANNING || state == MESH_UPDATE_STATE_FETCHING
         || state == MESH_UPDATE_STATE_VERIFYING || state == MESH_UPDATE_STATE_APPLYING;
}

MeshUpdateState
mesh_update_state_recover (MeshUpdateState found)
{
  if (mesh_update_state_is_busy (found) && found != MESH_UPDATE_STATE_APPLYING)
    return MESH_UPDATE_STATE_AVAILABLE;
  return found;
}
