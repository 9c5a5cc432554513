/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "source/mesh-source-scores.h"

#include "base/mesh-rng.h"

#define SECOND ((gint64) G_USEC_PER_SEC)
#define MIB (1u << 20)

static const MeshSourceCandidate all[] = {
  { MESH_SOURCE_GATEWAY, "gateway", FALSE },
  { MESH_SOURCE_MASTER, "master", FALSE },
  { MESH_SOURCE_PEERS, "peers", FALSE },
  { MESH_SOURCE_STORE, "store", FALSE },
};

static void
expect (MeshSourceScores *scores,
        MeshSourceStrategy strategy,
        gint64 now_us,
        const char *order)
{
  MeshSourceCandidate candidates[4];
  g_autofree char *text = NULL;

  memcpy (candidates, all, sizeof all);
  mesh_source_scores_order (scores, strategy, candidates, 4, now_us);
  text = g_strjoin (" ", candidates[0].id, candidates[1].id, candidates[2].id,
                    candidates[3].id, NULL);
  g_assert_cmpstr (text, ==, order);
}

static void
test_strategies (void)
{
  g_autoptr (MeshSourceScores) scores = mesh_source_scores_new ();

  expect (scores, MESH_SOURCE_STRATEGY_PERFORMANCE, 0, "store peers gateway master");
  expect (scores, MESH_SOURCE_STRATEGY_TRUST, 0, "store peers master gateway");
  expect (scores, MESH_SOURCE_STRATEGY_PRIVACY, 0, "store peers master gateway");
  expect (scores, MESH_SOURCE_STRATEGY_COST, 0, "store peers gateway master");
}

static void
test_performance_is_measured (void)
{
  g_autoptr (MeshSourceScores) scores = mesh_source_scores_new ();

  for (guint i = 0; i < 20; i++)
    {
      mesh_source_scores_note_success (scores, "peers", MIB, 2 * SECOND, 0);
      mesh_source_scores_note_success (scores, "master", MIB, SECOND / 20, 0);
    }
  expect (scores, MESH_SOURCE_STRATEGY_PERFORMANCE, 0, "store master gateway peers");
  expect (scores, MESH_SOURCE_STRATEGY_COST, 0, "store peers gateway master");
  /* A fast source that mostly lacks the block is not fast. */
  for (guint i = 0; i < 100; i++)
    {
      mesh_source_scores_note_success (scores, "gateway", MIB, SECOND / 25, 0);
      mesh_source_scores_note_missing (scores, "gateway", 0);
      mesh_source_scores_note_missing (scores, "gateway", 0);
    }
  expect (scores, MESH_SOURCE_STRATEGY_PERFORMANCE, 0, "store master gateway peers");
}

static void
test_failures_pause (void)
{
  g_autoptr (MeshSourceScores) scores = mesh_source_scores_new ();
  gint64 now_us = 0;

  for (guint i = 0; i < 20; i++)
    {
      gint64 end_us = now_us;

      mesh_source_scores_note_failure (scores, "peers", FALSE, now_us);
      /* others that were on their way fail too: that is one failure */
      mesh_source_scores_note_failure (scores, "peers", FALSE, now_us);
      expect (scores, MESH_SOURCE_STRATEGY_COST, now_us, "store gateway master peers");
      while (!mesh_source_scores_is_usable (scores, "peers", end_us))
        end_us += SECOND;
      g_assert_cmpint (end_us - now_us, >=, MIN (SECOND << MIN (i, 8), 300 * SECOND));
      g_assert_cmpint (end_us - now_us, <=, 301 * SECOND);
      g_assert_false (mesh_source_scores_is_lying (scores, "peers", now_us));
      now_us = end_us;
    }
  mesh_source_scores_note_success (scores, "peers", MIB, SECOND, now_us);
  g_assert_true (mesh_source_scores_is_usable (scores, "peers", now_us));
}

static void
test_liar (void)
{
  g_autoptr (MeshSourceScores) scores = mesh_source_scores_new ();

  mesh_source_scores_note_failure (scores, "gateway", TRUE, 0);
  g_assert_true (mesh_source_scores_is_lying (scores, "gateway", 3599 * SECOND));
  g_assert_false (mesh_source_scores_is_usable (scores, "gateway", 3599 * SECOND));
  g_assert_false (mesh_source_scores_is_lying (scores, "gateway", 3600 * SECOND));
}

static void
test_preferred (void)
{
  g_autoptr (MeshSourceScores) scores = mesh_source_scores_new ();
  MeshSourceCandidate candidates[4];

  memcpy (candidates, all, sizeof all);
  candidates[0].is_preferred = TRUE; /* the gateway */
  mesh_source_scores_order (scores, MESH_SOURCE_STRATEGY_TRUST, candidates, 4, 0);
  g_assert_cmpstr (candidates[0].id, ==, "store");
  g_assert_cmpstr (candidates[1].id, ==, "gateway");
}

static void
test_bounded (void)
{
  g_autoptr (MeshSourceScores) scores = mesh_source_scores_new ();

  mesh_source_scores_note_failure (scores, "first", TRUE, 0);
  for (guint i = 0; i < MESH_SOURCE_SCORES_MAX; i++)
    {
      g_autofree char *id = g_strdup_printf ("%u", i);

      mesh_source_scores_note_missing (scores, id, 0);
    }
  g_assert_true (mesh_source_scores_is_usable (scores, "first", 0)); /* forgotten */
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/source/scores/strategies", test_strategies);
  g_test_add_func ("/source/scores/performance-is-measured",
                   test_performance_is_measured);
  g_test_add_func ("/source/scores/failures-pause", test_failures_pause);
  g_test_add_func ("/source/scores/liar", test_liar);
  g_test_add_func ("/source/scores/preferred", test_preferred);
  g_test_add_func ("/source/scores/bounded", test_bounded);
  return g_test_run ();
}
