/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "catalog/mesh-announcement.h"

/* Evidence that two parties were told different things about an app. Pure; a counted
 * value. */

typedef enum
{
  MESH_SPLIT_VIEW_SAME_COUNTER, /* two manifests bear the same counter */
  MESH_SPLIT_VIEW_STALE_MASTER, /* the Master Server offers less than peers have seen */
} MeshSplitViewKind;

typedef struct
{
  gint64 id; /* in the index */
  MeshSplitViewKind kind;
  char *app_id;    /* (owned) */
  char *channel;   /* (owned) */
  char *sentence;  /* (owned): for people */
  char *a_source;  /* (owned): who said... */
  char *b_source;  /* (owned) */
  char *a_version; /* (owned) */
  char *b_version; /* (owned) */
  GBytes *a_proof; /* (owned): ...this: a signed announcement or envelope */
  GBytes *b_proof; /* (owned): and this */
  guint64 a_counter;
  guint64 b_counter;
  gint64 seen_s; /* Unix time */
} MeshSplitView;

/* "same-counter", "stale-master" */
const char *mesh_split_view_get_nick (MeshSplitViewKind kind);

/* Who said what. */
typedef struct
{
  const char *source;
  const char *version;
  GBytes *proof;
  guint64 counter;
} MeshSplitViewSide;

/**
 * mesh_split_view_new:
 * @a: of a stale Master: what the Master said
 * @b: the other side
 *
 * Returns: (transfer full): with its sentence; the id is the index's to set
 */
MeshSplitView *mesh_split_view_new (MeshSplitViewKind kind,
                                    const char *app_id,
                                    const char *channel,
                                    const MeshSplitViewSide *a,
                                    const MeshSplitViewSide *b,
                                    gint64 seen_s) G_GNUC_WARN_UNUSED_RESULT;
MeshSplitView *mesh_split_view_ref (MeshSplitView *view);
void mesh_split_view_unref (MeshSplitView *view);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshSplitView, mesh_split_view_unref)
