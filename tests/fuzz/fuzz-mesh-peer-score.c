/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "discovery/mesh-peer-score.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  guint8 out[MESH_PEER_SCORE_BYTES];
  MeshPeerScore score;
  double value;

  if (!mesh_peer_score_decode (&score, data, size, NULL))
    return 0;
  mesh_peer_score_encode (&score, out);
  g_assert_cmpmem (out, sizeof out, data, size);
  value = mesh_peer_score_get (&score, G_MAXINT64);
  g_assert_true (value >= 0 && value <= 1);
  return 0;
}
