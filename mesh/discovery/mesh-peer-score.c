/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "discovery/mesh-peer-score.h"

#include <math.h>
#include <string.h>

#include "base/mesh-cursor.h"
#include "base/mesh-error.h"

#define VERSION 1
#define PRIOR_WEIGHT 2.0
#define GOOD_LATENCY_US 100e3
#define GOOD_RATE_BPS (1024.0 * 1024.0)
#define PRIOR_PRESENCE_S 3600.0
#define MAX_PRESENCE_S (90.0 * 24 * 3600)
#define MAX_BAD 64.0
#define MAX_VALUE 1e15 /* no mean can be greater: a year in us, a petabyte a second */
#define N_NUMBERS 9

static double
decay_factor (const MeshPeerScore *score, gint64 now_us)
{
  if (score->updated_us == 0 || now_us <= score->updated_us)
    return 1;
  return exp2 (-((double) now_us - (double) score->updated_us)
               / (double) MESH_PEER_SCORE_HALF_LIFE_US);
}

/* Brings all weights to the present. */
static void
age (MeshPeerScore *score, gint64 now_us)
{
  double factor = decay_factor (score, now_us);

  score->latency_us.weight *= factor;
  score->rate_bps.weight *= factor;
  score->success.weight *= factor;
  score->online_s *= factor;
  score->away_s *= factor;
  score->n_bad *= factor;
  score->updated_us = MAX (score->updated_us, now_us);
}

static void
observe (MeshPeerScoreMean *mean, double value, double max)
{
  value = CLAMP (value, 0, max);
  /* Rounding alone may carry it over its bound. */
  mean->mean = (mean->mean * mean->weight + value) / (mean->weight + 1);
  mean->mean = MIN (mean->mean, max);
  mean->weight = MIN (mean->weight + 1, MESH_PEER_SCORE_MAX_WEIGHT);
}

void
mesh_peer_score_note_latency (MeshPeerScore *score, gint64 rtt_us, gint64 now_us)
{
  age (score, now_us);
  observe (&score->latency_us, (double) rtt_us, MAX_VALUE);
}

void
mesh_peer_score_note_transfer (MeshPeerScore *score,
                               guint64 n_bytes,
                               gint64 elapsed_us,
                               gint64 now_us)
{
  age (score, now_us);
  observe (&score->rate_bps, (double) n_bytes * 1e6 / (double) MAX (elapsed_us, 1),
           MAX_VALUE);
  observe (&score->success, 1, 1);
}

void
mesh_peer_score_note_success (MeshPeerScore *score, gint64 now_us)
{
  age (score, now_us);
  observe (&score->success, 1, 1);
}

void
mesh_peer_score_note_failure (MeshPeerScore *score, gint64 now_us)
{
  age (score, now_us);
  observe (&score->success, 0, 1);
}

void
mesh_peer_score_note_bad (MeshPeerScore *score, gint64 now_us)
{
  age (score, now_us);
  score->n_bad = MIN (score->n_bad + 1, MAX_BAD);
}

void
mesh_peer_score_note_presence (MeshPeerScore *score,
                               gboolean is_online,
                               gint64 span_us,
                               gint64 now_us)
{
  double *total = is_online ? &score->online_s : &score->away_s;

  age (score, now_us);
  if (span_us > 0)
    *total = MIN (*total + (double) span_us / 1e6, MAX_PRESENCE_S);
}

/* What was seen, mixed with the neutral. */
static double
mix (double value, double weight)
{
  return (value * weight + MESH_PEER_SCORE_NEUTRAL * PRIOR_WEIGHT)
         / (weight + PRIOR_WEIGHT);
}

void
mesh_peer_score_explain (const MeshPeerScore *score,
                         gint64 now_us,
                         MeshPeerScoreParts *parts)
{
  double factor = decay_factor (score, now_us);
  double lies = 1 + score->n_bad * factor;
  double online_s = score->online_s * factor, away_s = score->away_s * factor;

  parts->latency = mix (1 / (1 + score->latency_us.mean / GOOD_LATENCY_US),
                        score->latency_us.weight * factor);
  parts->throughput = mix (score->rate_bps.mean / (score->rate_bps.mean + GOOD_RATE_BPS),
                           score->rate_bps.weight * factor);
  parts->success = mix (score->success.mean, score->success.weight * factor);
  parts->uptime = (online_s + MESH_PEER_SCORE_NEUTRAL * PRIOR_PRESENCE_S)
                  / (online_s + away_s + PRIOR_PRESENCE_S);
  parts->honesty = 1 / (lies * lies);
  parts->score = parts->honesty
                 * (0.25 * parts->latency + 0.25 * parts->throughput
                    + 0.3 * parts->success + 0.2 * parts->uptime);
  parts->latency_us = score->latency_us.weight > 0 ? (gint64) score->latency_us.mean : -1;
  parts->rate_bps = score->rate_bps.weight > 0 ? (gint64) score->rate_bps.mean : -1;
}

double
mesh_peer_score_get (const MeshPeerScore *score, gint64 now_us)
{
  MeshPeerScoreParts parts;

  mesh_peer_score_explain (score, now_us, &parts);
  return parts.score;
}

/* ---- on disk: a version, seven bytes of zero, nine doubles and the time, big-endian
 * ----
 */

G_STATIC_ASSERT (8 + N_NUMBERS * 8 + 8 == MESH_PEER_SCORE_BYTES);

static void
put_u64 (guint8 *out, guint64 value)
{
  value = GUINT64_TO_BE (value);
  memcpy (out, &value, sizeof value);
}

void
mesh_peer_score_encode (const MeshPeerScore *score, guint8 out[MESH_PEER_SCORE_BYTES])
{
  double numbers[N_NUMBERS] = { score->latency_us.mean,
                                score->latency_us.weight,
                                score->rate_bps.mean,
                                score->rate_bps.weight,
                                score->success.mean,
                                score->success.weight,
                                score->online_s,
                                score->away_s,
                                score->n_bad };

  memset (out, 0, 8);
  out[0] = VERSION;
  for (guint i = 0; i < N_NUMBERS; i++)
    {
      guint64 bits;

      memcpy (&bits, &numbers[i], sizeof bits);
      put_u64 (out + 8 + 8 * i, bits);
    }
  put_u64 (out + 8 + 8 * N_NUMBERS, (guint64) score->updated_us);
}

gboolean
mesh_peer_score_decode (MeshPeerScore *score,
                        const guint8 *data,
                        gsize len,
                        GError **error)
{
  static const double most[N_NUMBERS] = {
    MAX_VALUE, MESH_PEER_SCORE_MAX_WEIGHT, MAX_VALUE,      MESH_PEER_SCORE_MAX_WEIGHT,
    1,         MESH_PEER_SCORE_MAX_WEIGHT, MAX_PRESENCE_S, MAX_PRESENCE_S,
    MAX_BAD
  };
  double numbers[N_NUMBERS];
  MeshCursor cursor = mesh_cursor_init (data, len);
  guint64 head, updated;
  gboolean is_sound = len == MESH_PEER_SCORE_BYTES
                      && mesh_cursor_read_u64_be (&cursor, &head)
                      && head == (guint64) VERSION << 56;

  for (guint i = 0; i < N_NUMBERS && is_sound; i++)
    {
      guint64 bits;

      is_sound = mesh_cursor_read_u64_be (&cursor, &bits);
      if (is_sound)
        memcpy (&numbers[i], &bits, sizeof bits);
      /* NaN fails both; minus zero would not encode back to what computing gives. */
      is_sound
          = is_sound && numbers[i] >= 0 && numbers[i] <= most[i] && !signbit (numbers[i]);
    }
  is_sound
      = is_sound && mesh_cursor_read_u64_be (&cursor, &updated) && updated <= G_MAXINT64;
  if (!is_sound)
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_INVALID,
                   "This is not the score of a peer");
      return FALSE;
    }
  *score = (MeshPeerScore){ .latency_us = { numbers[0], numbers[1] },
                            .rate_bps = { numbers[2], numbers[3] },
                            .success = { numbers[4], numbers[5] },
                            .online_s = numbers[6],
                            .away_s = numbers[7],
                            .n_bad = numbers[8],
                            .updated_us = (gint64) updated };
  return TRUE;
}
