/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "catalog/mesh-split-view.h"

typedef struct
{
  MeshSplitView view; /* first: what callers see */
  gatomicrefcount refs;
} Counted;

const char *
mesh_split_view_get_nick (MeshSplitViewKind kind)
{
  return kind == MESH_SPLIT_VIEW_STALE_MASTER ? "stale-master" : "same-counter";
}

static char *
make_sentence (const MeshSplitView *view)
{
  if (view->kind == MESH_SPLIT_VIEW_STALE_MASTER)
    return g_strdup_printf (
        "%s offers %s %s as the newest, but %s has %s, signed by the same publisher. The "
        "server may be behind, or may be holding updates back",
        view->a_source, view->app_id, view->a_version, view->b_source, view->b_version);
  return g_strdup_printf (
      "Two different releases of %s (%s and %s) bear the same number %" G_GUINT64_FORMAT
      " and the same publisher's signature: one from %s, one from %s. The publisher's "
      "keys may be stolen, or somebody is shown another app than you",
      view->app_id, view->a_version, view->b_version, view->a_counter, view->a_source,
      view->b_source);
}

MeshSplitView *
mesh_split_view_new (MeshSplitViewKind kind,
                     const char *app_id,
                     const char *channel,
                     const MeshSplitViewSide *a,
                     const MeshSplitViewSide *b,
                     gint64 seen_s)
{
  Counted *counted = g_new0 (Counted, 1);
  MeshSplitView *view = &counted->view;

  g_atomic_ref_count_init (&counted->refs);
  view->kind = kind;
  view->app_id = g_strdup (app_id);
  view->channel = g_strdup (channel);
  view->a_source = g_strdup (a->source);
  view->b_source = g_strdup (b->source);
  view->a_version = g_strdup (a->version);
  view->b_version = g_strdup (b->version);
  view->a_proof = g_bytes_ref (a->proof);
  view->b_proof = g_bytes_ref (b->proof);
  view->a_counter = a->counter;
  view->b_counter = b->counter;
  view->seen_s = seen_s;
  view->sentence = make_sentence (view);
  return view;
}

MeshSplitView *
mesh_split_view_ref (MeshSplitView *view)
{
  g_atomic_ref_count_inc (&((Counted *) view)->refs);
  return view;
}

void
mesh_split_view_unref (MeshSplitView *view)
{
  if (!g_atomic_ref_count_dec (&((Counted *) view)->refs))
    return;
  g_free (view->app_id);
  g_free (view->channel);
  g_free (view->sentence);
  g_free (view->a_source);
  g_free (view->b_source);
  g_free (view->a_version);
  g_free (view->b_version);
  g_bytes_unref (view->a_proof);
  g_bytes_unref (view->b_proof);
  g_free (view);
}
