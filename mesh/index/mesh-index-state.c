/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "index/mesh-index-state.h"

#include <string.h>

static GHashTable *
cid_table (GDestroyNotify free_value)
{
  return g_hash_table_new_full (mesh_cid_hash_multihash, mesh_cid_equal_multihash,
                                (GDestroyNotify) mesh_cid_unref, free_value);
}

void
mesh_index_state_init (MeshIndexState *self)
{
  memset (self, 0, sizeof *self);
  g_mutex_init (&self->lock);
  self->touched = cid_table (g_free);
  self->reading = cid_table (NULL);
  self->doomed = cid_table (NULL);
  self->leases = g_array_new (FALSE, FALSE, sizeof (guint64));
}

void
mesh_index_state_clear (MeshIndexState *self)
{
  g_clear_pointer (&self->touched, g_hash_table_unref);
  g_clear_pointer (&self->reading, g_hash_table_unref);
  g_clear_pointer (&self->doomed, g_hash_table_unref);
  g_clear_pointer (&self->leases, g_array_unref);
  g_mutex_clear (&self->lock);
}

guint64
mesh_index_state_next_use (MeshIndexState *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return ++self->last_use;
}

/* Under the lock. */
static gboolean
touch (MeshIndexState *self, MeshCid *cid)
{
  guint64 use = self->last_use + 1;

  if (g_hash_table_contains (self->doomed, cid))
    return FALSE;
  self->last_use = use;
  g_hash_table_replace (self->touched, mesh_cid_ref (cid), g_memdup2 (&use, sizeof use));
  return TRUE;
}

gboolean
mesh_index_state_touch (MeshIndexState *self, MeshCid *cid)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return touch (self, cid);
}

gboolean
mesh_index_state_begin_read (MeshIndexState *self, MeshCid *cid)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  guint n;

  if (!touch (self, cid))
    return FALSE;
  n = GPOINTER_TO_UINT (g_hash_table_lookup (self->reading, cid));
  g_hash_table_replace (self->reading, mesh_cid_ref (cid), GUINT_TO_POINTER (n + 1));
  return TRUE;
}

void
mesh_index_state_end_read (MeshIndexState *self, MeshCid *cid)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  guint n = GPOINTER_TO_UINT (g_hash_table_lookup (self->reading, cid));

  if (n > 1)
    g_hash_table_replace (self->reading, mesh_cid_ref (cid), GUINT_TO_POINTER (n - 1));
  else
    g_hash_table_remove (self->reading, cid);
}

gboolean
mesh_index_state_doom (MeshIndexState *self, MeshCid *cid)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (g_hash_table_contains (self->reading, cid)
      || g_hash_table_contains (self->touched, cid))
    return FALSE;
  g_hash_table_add (self->doomed, mesh_cid_ref (cid));
  return TRUE;
}

gboolean
mesh_index_state_doom_unread (MeshIndexState *self, MeshCid *cid)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (g_hash_table_contains (self->reading, cid))
    return FALSE;
  g_hash_table_add (self->doomed, mesh_cid_ref (cid));
  return TRUE;
}

void
mesh_index_state_pardon_all (MeshIndexState *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  g_hash_table_remove_all (self->doomed);
}

GHashTable *
mesh_index_state_steal_touched (MeshIndexState *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  GHashTable *touched = self->touched;

  self->touched = cid_table (g_free);
  return touched;
}

guint64
mesh_index_state_begin_lease (MeshIndexState *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  guint64 number = ++self->last_use;

  g_array_append_val (self->leases, number);
  return number;
}

void
mesh_index_state_end_lease (MeshIndexState *self, guint64 number)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  for (guint i = 0; i < self->leases->len; i++)
    if (g_array_index (self->leases, guint64, i) == number)
      {
        g_array_remove_index_fast (self->leases, i);
        return;
      }
}

guint64
mesh_index_state_get_held (MeshIndexState *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  guint64 held = G_MAXINT64;

  for (guint i = 0; i < self->leases->len; i++)
    held = MIN (held, g_array_index (self->leases, guint64, i));
  return held;
}

gboolean
mesh_index_state_reserve (MeshIndexState *self, guint64 bytes, guint64 *missing)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  guint64 needed = self->stats.stored_bytes + self->stats.reserved_bytes + bytes;

  if (self->stats.limit_bytes != 0 && needed > self->stats.limit_bytes)
    {
      *missing = needed - self->stats.limit_bytes;
      return FALSE;
    }
  self->stats.reserved_bytes += bytes;
  return TRUE;
}

void
mesh_index_state_release (MeshIndexState *self, guint64 bytes)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  self->stats.reserved_bytes -= bytes;
}

void
mesh_index_state_apply (MeshIndexState *self, const MeshIndexDelta *delta)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  self->stats.n_blocks += (guint64) delta->n_blocks;
  self->stats.n_references += (guint64) delta->n_references;
  self->stats.stored_bytes += (guint64) delta->stored_bytes;
  self->stats.referenced_bytes += (guint64) delta->referenced_bytes;
  self->stats.pinned_bytes += (guint64) delta->pinned_bytes;
  self->stats.reserved_bytes += (guint64) delta->reserved_bytes;
  self->stats.n_evicted += (guint64) delta->n_evicted;
  self->stats.n_dropped += (guint64) delta->n_dropped;
}

void
mesh_index_state_set_counts (MeshIndexState *self, const MeshStoreStats *counts)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  self->stats.n_blocks = counts->n_blocks;
  self->stats.n_references = counts->n_references;
  self->stats.stored_bytes = counts->stored_bytes;
  self->stats.referenced_bytes = counts->referenced_bytes;
  self->stats.pinned_bytes = counts->pinned_bytes;
}
