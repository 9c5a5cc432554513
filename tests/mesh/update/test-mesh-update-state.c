/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "update/mesh-update-state.h"

static void
test_nicks (void)
{
  MeshUpdateState state;

  for (int i = 0; i < MESH_UPDATE_N_STATES; i++)
    {
      g_assert_true (
          mesh_update_state_from_nick (mesh_update_state_get_nick (i), &state));
      g_assert_cmpint (state, ==, i);
    }
  g_assert_false (mesh_update_state_from_nick ("Staged", &state));
  g_assert_false (mesh_update_state_from_nick (NULL, &state));
  g_assert_cmpstr (mesh_update_state_get_nick (MESH_UPDATE_STATE_VERIFYING), ==,
                   "verifying");
}

static void
test_the_way (void)
{
  static const MeshUpdateState way[] = {
    MESH_UPDATE_STATE_NONE,     MESH_UPDATE_STATE_AVAILABLE, MESH_UPDATE_STATE_PLANNING,
    MESH_UPDATE_STATE_FETCHING, MESH_UPDATE_STATE_VERIFYING, MESH_UPDATE_STATE_STAGED,
    MESH_UPDATE_STATE_APPLYING, MESH_UPDATE_STATE_APPLIED,   MESH_UPDATE_STATE_AVAILABLE,
  };

  for (gsize i = 1; i < G_N_ELEMENTS (way); i++)
    g_assert_true (mesh_update_state_may_follow (way[i - 1], way[i]));
  g_assert_false (mesh_update_state_may_follow (MESH_UPDATE_STATE_AVAILABLE,
                                                MESH_UPDATE_STATE_STAGED));
  g_assert_false (
      mesh_update_state_may_follow (MESH_UPDATE_STATE_STAGED, MESH_UPDATE_STATE_APPLIED));
  g_assert_false (mesh_update_state_may_follow (MESH_UPDATE_STATE_APPLYING,
                                                MESH_UPDATE_STATE_AVAILABLE));
}

/* Whatever the process died in, the next one can go on from there and is not busy, but
 * for applying, which has to be finished. */
static void
test_recover (void)
{
  for (int i = 0; i < MESH_UPDATE_N_STATES; i++)
    {
      MeshUpdateState state = mesh_update_state_recover (i);

      if (i == MESH_UPDATE_STATE_APPLYING)
        g_assert_cmpint (state, ==, MESH_UPDATE_STATE_APPLYING);
      else
        g_assert_false (mesh_update_state_is_busy (state));
      if (state != (MeshUpdateState) i)
        {
          g_assert_true (mesh_update_state_is_busy (i));
          g_assert_true (mesh_update_state_may_follow (i, state));
        }
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/update/state/nicks", test_nicks);
  g_test_add_func ("/update/state/the-way", test_the_way);
  g_test_add_func ("/update/state/recover", test_recover);
  return g_test_run ();
}
