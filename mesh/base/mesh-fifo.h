/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <glib.h>

/* Bytes that are appended at one end and taken at the other: a caller-owned value, all
 * zero when empty. Appending and taking are O(1) amortised for each byte. The caller
 * bounds it. */
typedef struct
{
  guint8 *data; /* (owned) (nullable) */
  gsize start;
  gsize end;
  gsize size;
} MeshFifo;

void mesh_fifo_clear (MeshFifo *fifo);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MeshFifo, mesh_fifo_clear)

static inline gsize
mesh_fifo_get_len (const MeshFifo *fifo)
{
  return fifo->end - fifo->start;
}

/**
 * mesh_fifo_peek:
 *
 * Returns: (transfer none): the bytes, until the fifo is changed
 */
static inline const guint8 *
mesh_fifo_peek (const MeshFifo *fifo)
{
  return fifo->data + fifo->start;
}

/**
 * mesh_fifo_reserve:
 * @room: at least 1
 *
 * Returns: (transfer none): where @room bytes may be written before mesh_fifo_commit()
 */
guint8 *mesh_fifo_reserve (MeshFifo *fifo, gsize room);
void mesh_fifo_commit (MeshFifo *fifo, gsize n);
void mesh_fifo_append (MeshFifo *fifo, const guint8 *data, gsize len);

/**
 * mesh_fifo_skip:
 * @n: at most the length
 *
 * Drops the first bytes; an empty fifo gives its memory back when that is more than 64
 * KiB.
 */
void mesh_fifo_skip (MeshFifo *fifo, gsize n);
