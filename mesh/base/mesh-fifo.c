/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "base/mesh-fifo.h"

#include <string.h>

#define MIN_SIZE 256
#define KEEP_SIZE (64u * 1024)

void
mesh_fifo_clear (MeshFifo *fifo)
{
  g_free (fifo->data);
  *fifo = (MeshFifo){ 0 };
}

guint8 *
mesh_fifo_reserve (MeshFifo *fifo, gsize room)
{
  gsize len = mesh_fifo_get_len (fifo), wanted;

  if (fifo->size - fifo->end >= room)
    return fifo->data + fifo->end;
  if (!g_size_checked_add (&wanted, len, room))
    g_assert_not_reached ();
  /* Moving what is left costs no more than what was taken before it. */
  if (fifo->start >= len && fifo->size >= wanted)
    memcpy (fifo->data, fifo->data + fifo->start, len);
  else
    {
      gsize size = MAX (MIN_SIZE, fifo->size);
      guint8 *data;

      while (size < wanted || size - len < len)
        size *= 2;
      data = g_malloc (size);
      if (len > 0)
        memcpy (data, fifo->data + fifo->start, len);
      g_free (fifo->data);
      fifo->data = data;
      fifo->size = size;
    }
  fifo->start = 0;
  fifo->end = len;
  return fifo->data + len;
}

void
mesh_fifo_commit (MeshFifo *fifo, gsize n)
{
  g_assert (n <= fifo->size - fifo->end);
  fifo->end += n;
}

void
mesh_fifo_append (MeshFifo *fifo, const guint8 *data, gsize len)
{
  if (len == 0)
    return;
  memcpy (mesh_fifo_reserve (fifo, len), data, len);
  fifo->end += len;
}

void
mesh_fifo_skip (MeshFifo *fifo, gsize n)
{
  g_assert (n <= mesh_fifo_get_len (fifo));
  fifo->start += n;
  if (fifo->start < fifo->end)
    return;
  fifo->start = fifo->end = 0;
  if (fifo->size > KEEP_SIZE)
    mesh_fifo_clear (fifo);
}
