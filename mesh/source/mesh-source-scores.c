/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "source/mesh-source-scores.h"

#define FIRST_PAUSE_US G_USEC_PER_SEC
#define MAX_PAUSE_US (300 * G_USEC_PER_SEC)
#define LIE_PAUSE_US (G_GINT64_CONSTANT (3600) * G_USEC_PER_SEC)
#define TYPICAL_BLOCK_BYTES (1u << 20)

typedef struct
{
  char *id;         /* (owned) */
  gdouble time_us;  /* smoothed, for a block of typical size; 0: unknown */
  gdouble failures; /* smoothed share of requests */
  gdouble missing;  /* the same, of blocks it lacked */
  guint n_failures; /* in a row */
  gint64 usable_us; /* not to be used before */
  gint64 lied_until_us;
  GList link; /* in scores->by_use */
} Score;

struct MeshSourceScores
{
  grefcount ref_count;
  GHashTable *table; /* (owned) (element-type utf8 Score) */
  GQueue by_use;     /* of Score, the longest unused first */
};

/* Lower is asked sooner. Performance has no order of kinds: it measures. */
static const guint8 ranks[MESH_SOURCE_N_STRATEGIES][MESH_SOURCE_N_KINDS] = {
  [MESH_SOURCE_STRATEGY_PERFORMANCE] = { 0, 1, 1, 1 },
  [MESH_SOURCE_STRATEGY_TRUST] = { 0, 1, 3, 2 },
  [MESH_SOURCE_STRATEGY_PRIVACY] = { 0, 1, 3, 2 },
  [MESH_SOURCE_STRATEGY_COST] = { 0, 1, 2, 3 },
};

/* What an unknown source is taken for, µs: peers are tried before servers. */
static const gdouble default_time_us[MESH_SOURCE_N_KINDS] = { 0, 200e3, 500e3, 600e3 };

static void
score_free (gpointer data)
{
  Score *score = data;

  g_free (score->id);
  g_free (score);
}

MeshSourceScores *
mesh_source_scores_new (void)
{
  MeshSourceScores *scores = g_new0 (MeshSourceScores, 1);

  g_ref_count_init (&scores->ref_count);
  scores->table = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, score_free);
  return scores;
}

MeshSourceScores *
mesh_source_scores_ref (MeshSourceScores *scores)
{
  g_ref_count_inc (&scores->ref_count);
  return scores;
}

void
mesh_source_scores_unref (MeshSourceScores *scores)
{
  if (!g_ref_count_dec (&scores->ref_count))
    return;
  g_hash_table_unref (scores->table);
  g_free (scores);
}

static Score *
use_score (MeshSourceScores *scores, const char *id)
{
  Score *score = g_hash_table_lookup (scores->table, id);

  if (score != NULL)
    {
      g_queue_unlink (&scores->by_use, &score->link);
      g_queue_push_tail_link (&scores->by_use, &score->link);
      return score;
    }
  if (scores->by_use.length >= MESH_SOURCE_SCORES_MAX)
    {
      Score *oldest = scores->by_use.head->data;

      g_queue_unlink (&scores->by_use, &oldest->link);
      g_hash_table_remove (scores->table, oldest->id);
    }
  score = g_new0 (Score, 1);
  score->id = g_strdup (id);
  score->link.data = score;
  g_hash_table_insert (scores->table, score->id, score);
  g_queue_push_tail_link (&scores->by_use, &score->link);
  return score;
}

static void
smooth (gdouble *average, gdouble sample)
{
  *average += (sample - *average) / 8;
}

void
mesh_source_scores_note_success (MeshSourceScores *scores,
                                 const char *id,
                                 gsize len,
                                 gint64 elapsed_us,
                                 gint64 now_us)
{
  Score *score = use_score (scores, id);
  /* Half of the time of a small block is latency: it does not scale with size. */
  gdouble scale = len >= TYPICAL_BLOCK_BYTES
                      ? (gdouble) TYPICAL_BLOCK_BYTES / (gdouble) len
                      : MIN ((gdouble) TYPICAL_BLOCK_BYTES / MAX ((gdouble) len, 1), 4);
  gdouble sample = MAX ((gdouble) elapsed_us, 1) * scale;

  if (score->time_us <= 0)
    score->time_us = sample;
  else
    smooth (&score->time_us, sample);
  smooth (&score->failures, 0);
  smooth (&score->missing, 0);
  score->n_failures = 0;
  score->usable_us = 0;
}

void
mesh_source_scores_note_missing (MeshSourceScores *scores, const char *id, gint64 now_us)
{
  Score *score = use_score (scores, id);

  smooth (&score->missing, 1);
  score->n_failures = 0;
}

void
mesh_source_scores_note_failure (MeshSourceScores *scores,
                                 const char *id,
                                 gboolean is_malicious,
                                 gint64 now_us)
{
  Score *score = use_score (scores, id);
  gint64 pause_us = (gint64) FIRST_PAUSE_US << MIN (score->n_failures, 9);

  smooth (&score->failures, 1);
  if (now_us >= score->usable_us) /* requests in flight together fail together */
    score->n_failures++;
  score->usable_us = MAX (score->usable_us, now_us + MIN (pause_us, MAX_PAUSE_US));
  if (is_malicious)
    score->usable_us = score->lied_until_us = now_us + LIE_PAUSE_US;
}

gboolean
mesh_source_scores_is_usable (MeshSourceScores *scores, const char *id, gint64 now_us)
{
  const Score *score = g_hash_table_lookup (scores->table, id);

  return score == NULL || now_us >= score->usable_us;
}

gboolean
mesh_source_scores_is_lying (MeshSourceScores *scores, const char *id, gint64 now_us)
{
  const Score *score = g_hash_table_lookup (scores->table, id);

  return score != NULL && now_us < score->lied_until_us;
}

/* A candidate with what it is sorted by. */
typedef struct
{
  MeshSourceCandidate candidate;
  gsize index;
  gint64 usable_us; /* 0: now */
  guint rank;
  gdouble cost;
} Entry;

static int
compare_entries (const void *a, const void *b)
{
  const Entry *x = a, *y = b;
  gboolean x_is_store = x->candidate.kind == MESH_SOURCE_STORE;
  gboolean y_is_store = y->candidate.kind == MESH_SOURCE_STORE;

  if (x_is_store != y_is_store)
    return x_is_store ? -1 : 1;
  if (x->usable_us != y->usable_us)
    return x->usable_us < y->usable_us ? -1 : 1;
  if (x->candidate.is_preferred != y->candidate.is_preferred)
    return x->candidate.is_preferred ? -1 : 1;
  if (x->rank != y->rank)
    return x->rank < y->rank ? -1 : 1;
  if (x->cost < y->cost || x->cost > y->cost)
    return x->cost < y->cost ? -1 : 1;
  return x->index < y->index ? -1 : 1;
}

void
mesh_source_scores_order (MeshSourceScores *scores,
                          MeshSourceStrategy strategy,
                          MeshSourceCandidate *candidates,
                          gsize n,
                          gint64 now_us)
{
  g_autofree Entry *entries = g_new0 (Entry, n);

  for (gsize i = 0; i < n; i++)
    {
      const Score *score = g_hash_table_lookup (scores->table, candidates[i].id);
      gdouble time_us = score != NULL && score->time_us > 0
                            ? score->time_us
                            : default_time_us[candidates[i].kind];
      gdouble failures = score != NULL ? score->failures : 0;
      gdouble missing = score != NULL ? score->missing : 0;

      entries[i] = (Entry){
        .candidate = candidates[i],
        .index = i,
        .usable_us = score != NULL && now_us < score->usable_us ? score->usable_us : 0,
        .rank = ranks[strategy][candidates[i].kind],
        .cost = time_us * (1 + 8 * failures + 2 * missing),
      };
    }
  if (n > 0)
    qsort (entries, n, sizeof *entries, compare_entries);
  for (gsize i = 0; i < n; i++)
    candidates[i] = entries[i].candidate;
}
