/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <glib.h>

/* How good a peer has been to us: one number from 0 to 1, with the parts it is made of.
 * A value without a clock; all zero is a peer nothing is known of.
 *
 * Each part is the mean of what was seen, mixed with a neutral 0.5 that weighs as much as
 * two observations; what was seen loses half its weight with each
 * %MESH_PEER_SCORE_HALF_LIFE_US. So one lucky answer makes no star, and a peer that was
 * bad last week gets its chance.
 *
 *   latency     1 / (1 + L / 100 ms)         L: mean round trip
 *   throughput  R / (R + 1 MiB/s)            R: mean rate
 *   success     answered / asked
 *   uptime      online / (online + away)     while we looked
 *   honesty     1 / (1 + bad)^2              bad: blocks that did not match, decayed
 *
 *   score = honesty * (0.25 latency + 0.25 throughput + 0.3 success + 0.2 uptime) */

#define MESH_PEER_SCORE_HALF_LIFE_US (G_TIME_SPAN_DAY)
#define MESH_PEER_SCORE_NEUTRAL 0.5   /* of a peer that is not known */
#define MESH_PEER_SCORE_MAX_WEIGHT 64 /* observations a part remembers at most */
#define MESH_PEER_SCORE_BYTES 88      /* of the serialised form */

/* A mean of observations whose weight decays. */
typedef struct
{
  double mean;
  double weight; /* 0 to MESH_PEER_SCORE_MAX_WEIGHT */
} MeshPeerScoreMean;

typedef struct
{
  MeshPeerScoreMean latency_us;
  MeshPeerScoreMean rate_bps; /* bytes a second */
  MeshPeerScoreMean success;  /* 1 answered, 0 not */
  double online_s;            /* decayed */
  double away_s;              /* decayed */
  double n_bad;               /* decayed, at most 64 */
  gint64 updated_us;          /* all of this was decayed until then; 0: never */
} MeshPeerScore;

/* Each from 0 to 1. */
typedef struct
{
  double score;
  double latency;
  double throughput;
  double success;
  double uptime;
  double honesty;
  gint64 latency_us; /* the mean; -1 unknown */
  gint64 rate_bps;   /* the mean; -1 unknown */
} MeshPeerScoreParts;

/* All of them: @now_us is any clock that all calls share. A time before an earlier one
 * counts as that one. */
void mesh_peer_score_note_latency (MeshPeerScore *score, gint64 rtt_us, gint64 now_us);

/**
 * mesh_peer_score_note_transfer:
 * @n_bytes: verified bytes that came; also counts as a success
 * @elapsed_us: from the request to the last of them
 */
void mesh_peer_score_note_transfer (MeshPeerScore *score,
                                    guint64 n_bytes,
                                    gint64 elapsed_us,
                                    gint64 now_us);
void mesh_peer_score_note_success (MeshPeerScore *score, gint64 now_us);
void mesh_peer_score_note_failure (MeshPeerScore *score, gint64 now_us);

/* Bytes that do not match their CID, or a signature that does not verify. */
void mesh_peer_score_note_bad (MeshPeerScore *score, gint64 now_us);

/**
 * mesh_peer_score_note_presence:
 * @span_us: for so long, until now, the peer was connected (or, when not @is_online, was
 *   wanted and did not answer)
 */
void mesh_peer_score_note_presence (MeshPeerScore *score,
                                    gboolean is_online,
                                    gint64 span_us,
                                    gint64 now_us);

/**
 * mesh_peer_score_get:
 *
 * Returns: the score at @now_us, from 0 to 1
 */
double mesh_peer_score_get (const MeshPeerScore *score, gint64 now_us);

/**
 * mesh_peer_score_explain:
 * @parts: (out caller-allocates): the score and what it is made of, for people
 */
void mesh_peer_score_explain (const MeshPeerScore *score,
                              gint64 now_us,
                              MeshPeerScoreParts *parts);

/**
 * mesh_peer_score_encode:
 * @out: (out caller-allocates): what mesh_peer_score_decode() reads
 */
void
mesh_peer_score_encode (const MeshPeerScore *score, guint8 out[MESH_PEER_SCORE_BYTES]);

/**
 * mesh_peer_score_decode:
 * @error: %MESH_ERROR_INVALID: not of this form, or a number out of its bounds
 */
gboolean mesh_peer_score_decode (MeshPeerScore *score,
                                 const guint8 *data,
                                 gsize len,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
