/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "base/mesh-heap.h"

typedef struct
{
  gint64 key;
  guint64 order;
  guint64 id;
} Entry;

struct MeshHeap
{
  GArray *entries; /* (owned) (element-type Entry) */
  guint64 next_order;
};

MeshHeap *
mesh_heap_new (void)
{
  MeshHeap *heap = g_new0 (MeshHeap, 1);

  heap->entries = g_array_new (FALSE, FALSE, sizeof (Entry));
  return heap;
}

void
mesh_heap_free (MeshHeap *heap)
{
  g_array_unref (heap->entries);
  g_free (heap);
}

guint
mesh_heap_get_length (const MeshHeap *heap)
{
  return heap->entries->len;
}

static Entry *
entry_at (const MeshHeap *heap, guint i)
{
  return &g_array_index (heap->entries, Entry, i);
}

static gboolean
is_before (const Entry *a, const Entry *b)
{
  return a->key != b->key ? a->key < b->key : a->order < b->order;
}

void
mesh_heap_push (MeshHeap *heap, gint64 key, guint64 id)
{
  Entry entry = { key, heap->next_order++, id };
  guint i = heap->entries->len;

  g_array_append_val (heap->entries, entry);
  while (i > 0 && is_before (&entry, entry_at (heap, (i - 1) / 2)))
    {
      *entry_at (heap, i) = *entry_at (heap, (i - 1) / 2);
      i = (i - 1) / 2;
    }
  *entry_at (heap, i) = entry;
}

gboolean
mesh_heap_peek (const MeshHeap *heap, gint64 *key, guint64 *id)
{
  if (heap->entries->len == 0)
    return FALSE;
  if (key != NULL)
    *key = entry_at (heap, 0)->key;
  if (id != NULL)
    *id = entry_at (heap, 0)->id;
  return TRUE;
}

gboolean
mesh_heap_pop (MeshHeap *heap, gint64 *key, guint64 *id)
{
  Entry last;
  guint i = 0, len;

  if (!mesh_heap_peek (heap, key, id))
    return FALSE;
  len = heap->entries->len - 1;
  last = *entry_at (heap, len);
  g_array_set_size (heap->entries, len);
  while (2 * i + 1 < len)
    {
      guint child = 2 * i + 1;

      if (child + 1 < len
          && is_before (entry_at (heap, child + 1), entry_at (heap, child)))
        child++;
      if (!is_before (entry_at (heap, child), &last))
        break;
      *entry_at (heap, i) = *entry_at (heap, child);
      i = child;
    }
  if (len > 0)
    *entry_at (heap, i) = last;
  return TRUE;
}
