/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "discovery/mesh-peer-score.h"

#include <string.h>

#include "base/mesh-error.h"
#include "base/mesh-rng.h"

#define DAY MESH_PEER_SCORE_HALF_LIFE_US

static void
test_unknown (void)
{
  MeshPeerScore score = { 0 };
  MeshPeerScoreParts parts;

  mesh_peer_score_explain (&score, 5, &parts);
  g_assert_cmpfloat_with_epsilon (parts.score, MESH_PEER_SCORE_NEUTRAL, 1e-9);
  g_assert_cmpfloat_with_epsilon (parts.honesty, 1, 1e-9);
  g_assert_cmpint (parts.latency_us, ==, -1);
  g_assert_cmpint (parts.rate_bps, ==, -1);
}

/* What is better in one thing and equal in the rest scores better. */
static void
test_order (void)
{
  MeshPeerScore near = { 0 }, far = { 0 }, fast = { 0 }, slow = { 0 }, sure = { 0 },
                shaky = { 0 }, there = { 0 }, away = { 0 }, liar = { 0 };

  for (guint i = 0; i < 10; i++)
    {
      mesh_peer_score_note_latency (&near, 2000, 1);
      mesh_peer_score_note_latency (&far, 800000, 1);
      mesh_peer_score_note_transfer (&fast, 10 << 20, G_USEC_PER_SEC, 1);
      mesh_peer_score_note_transfer (&slow, 10 << 10, G_USEC_PER_SEC, 1);
      mesh_peer_score_note_success (&sure, 1);
      mesh_peer_score_note_failure (&shaky, 1);
      mesh_peer_score_note_transfer (&liar, 10 << 20, G_USEC_PER_SEC, 1);
    }
  mesh_peer_score_note_presence (&there, TRUE, DAY, 1);
  mesh_peer_score_note_presence (&away, FALSE, DAY, 1);
  mesh_peer_score_note_bad (&liar, 1);
  g_assert_cmpfloat (mesh_peer_score_get (&near, 1), >, 0.55);
  g_assert_cmpfloat (mesh_peer_score_get (&far, 1), <, 0.45);
  g_assert_cmpfloat (mesh_peer_score_get (&fast, 1), >, 0.65);
  g_assert_cmpfloat (mesh_peer_score_get (&slow, 1), <, mesh_peer_score_get (&fast, 1));
  g_assert_cmpfloat (mesh_peer_score_get (&sure, 1), >, 0.55);
  g_assert_cmpfloat (mesh_peer_score_get (&shaky, 1), <, 0.45);
  g_assert_cmpfloat (mesh_peer_score_get (&there, 1), >, 0.55);
  g_assert_cmpfloat (mesh_peer_score_get (&away, 1), <, 0.45);
  /* One lie costs more than all the speed brought. */
  g_assert_cmpfloat (mesh_peer_score_get (&liar, 1), <, 0.25);
}

static void
test_decay (void)
{
  MeshPeerScore score = { 0 };
  MeshPeerScoreParts before, half, after;

  for (guint i = 0; i < 4; i++)
    mesh_peer_score_note_bad (&score, 1);
  mesh_peer_score_explain (&score, 1, &before);
  mesh_peer_score_explain (&score, 1 + DAY, &half);
  mesh_peer_score_explain (&score, 1 + 30 * DAY, &after);
  g_assert_cmpfloat_with_epsilon (before.honesty, 1.0 / 25, 1e-9);
  g_assert_cmpfloat_with_epsilon (half.honesty, 1.0 / 9, 1e-9);
  g_assert_cmpfloat_with_epsilon (after.score, MESH_PEER_SCORE_NEUTRAL, 1e-6);
  /* New evidence outweighs old more quickly the older that is. */
  score = (MeshPeerScore){ 0 };
  for (guint i = 0; i < 32; i++)
    mesh_peer_score_note_failure (&score, 1);
  for (guint i = 0; i < 8; i++)
    mesh_peer_score_note_success (&score, 1 + 10 * DAY);
  mesh_peer_score_explain (&score, 1 + 10 * DAY, &after);
  g_assert_cmpfloat (after.success, >, 0.85);
}

/* A clock that was set back changes nothing. */
static void
test_clock_back (void)
{
  MeshPeerScore score = { 0 };
  double before;

  mesh_peer_score_note_success (&score, 100 * DAY);
  before = mesh_peer_score_get (&score, 100 * DAY);
  g_assert_cmpfloat_with_epsilon (mesh_peer_score_get (&score, 3), before, 1e-12);
  mesh_peer_score_note_success (&score, 3);
  g_assert_cmpint (score.updated_us, ==, 100 * DAY);
  g_assert_cmpfloat (mesh_peer_score_get (&score, 3), >, before);
}

static void
note_anything (MeshPeerScore *score, MeshRng *rng, gint64 now_us)
{
  guint64 n = mesh_rng_next (rng) >> mesh_rng_below (rng, 64);
  gint64 span_us = (gint64) (mesh_rng_next (rng) >> (1 + mesh_rng_below (rng, 63)));

  switch (mesh_rng_below (rng, 6))
    {
    case 0:
      mesh_peer_score_note_latency (score, span_us, now_us);
      break;
    case 1:
      mesh_peer_score_note_transfer (score, n, span_us, now_us);
      break;
    case 2:
      mesh_peer_score_note_success (score, now_us);
      break;
    case 3:
      mesh_peer_score_note_failure (score, now_us);
      break;
    case 4:
      mesh_peer_score_note_bad (score, now_us);
      break;
    default:
      mesh_peer_score_note_presence (score, n % 2 == 0, span_us, now_us);
    }
}

/* Whatever happens, every part stays in its bounds and what is written is read. */
static void
test_seeds (void)
{
  for (guint64 seed = 0; seed < 10000; seed++)
    {
      MeshPeerScore score = { 0 }, copy;
      MeshPeerScoreParts parts;
      g_autoptr (GError) error = NULL;
      guint8 data[MESH_PEER_SCORE_BYTES], again[MESH_PEER_SCORE_BYTES];
      gint64 now_us = 1;
      MeshRng rng;

      mesh_rng_init (&rng, seed);
      for (guint i = 0; i < 30; i++)
        {
          now_us += (gint64) mesh_rng_below (&rng, DAY);
          note_anything (&score, &rng, now_us);
        }
      mesh_peer_score_explain (&score, now_us + DAY, &parts);
      g_assert_true (parts.score >= 0 && parts.score <= 1);
      g_assert_true (parts.latency >= 0 && parts.latency <= 1);
      g_assert_true (parts.throughput >= 0 && parts.throughput <= 1);
      g_assert_true (parts.success >= 0 && parts.success <= 1);
      g_assert_true (parts.uptime >= 0 && parts.uptime <= 1);
      g_assert_true (parts.honesty > 0 && parts.honesty <= 1);
      mesh_peer_score_encode (&score, data);
      g_assert_true (mesh_peer_score_decode (&copy, data, sizeof data, &error));
      g_assert_no_error (error);
      mesh_peer_score_encode (&copy, again);
      g_assert_cmpmem (data, sizeof data, again, sizeof again);
    }
}

static void
test_refused (void)
{
  static const double bad[] = { -1, -0.0, 1e300, 1.0 / 0.0, 0.0 / 0.0 };
  MeshPeerScore score = { 0 };
  guint8 data[MESH_PEER_SCORE_BYTES + 1] = { 0 };

  mesh_peer_score_encode (&score, data);
  g_assert_false (mesh_peer_score_decode (&score, data, sizeof data, NULL));
  g_assert_false (mesh_peer_score_decode (&score, data, sizeof data - 2, NULL));
  for (gsize number = 0; number < 9; number++)
    for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
      {
        g_autoptr (GError) error = NULL;
        guint64 bits;

        mesh_peer_score_encode (&score, data);
        memcpy (&bits, &bad[i], sizeof bits);
        bits = GUINT64_TO_BE (bits);
        memcpy (data + 8 + 8 * number, &bits, sizeof bits);
        g_assert_false (
            mesh_peer_score_decode (&score, data, MESH_PEER_SCORE_BYTES, &error));
        g_assert_error (error, MESH_ERROR, MESH_ERROR_INVALID);
      }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/peer-score/unknown", test_unknown);
  g_test_add_func ("/peer-score/order", test_order);
  g_test_add_func ("/peer-score/decay", test_decay);
  g_test_add_func ("/peer-score/clock-back", test_clock_back);
  g_test_add_func ("/peer-score/seeds", test_seeds);
  g_test_add_func ("/peer-score/refused", test_refused);
  return g_test_run ();
}
