/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <glib.h>

/* A binary min-heap of (deadline, id): the timer queue of a core. Equal keys leave in the
 * order they came in, so that two runs with the same inputs do the same things. */
typedef struct MeshHeap MeshHeap;

MeshHeap *mesh_heap_new (void) G_GNUC_WARN_UNUSED_RESULT;
void mesh_heap_free (MeshHeap *heap);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshHeap, mesh_heap_free)

guint mesh_heap_get_length (const MeshHeap *heap);

/**
 * mesh_heap_push:
 *
 * O(log n). The caller bounds how many it pushes.
 */
void mesh_heap_push (MeshHeap *heap, gint64 key, guint64 id);

/**
 * mesh_heap_peek:
 * @key: (out) (optional)
 * @id: (out) (optional)
 *
 * Returns: %FALSE when the heap is empty
 */
gboolean mesh_heap_peek (const MeshHeap *heap, gint64 *key, guint64 *id);

/**
 * mesh_heap_pop:
 *
 * Removes the entry that mesh_heap_peek() shows. O(log n).
 */
gboolean mesh_heap_pop (MeshHeap *heap, gint64 *key, guint64 *id);
