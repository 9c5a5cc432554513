/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "node/mesh-node-figures.h"

/* What the book was told already; by peer. */
typedef struct
{
  guint64 bytes;
  guint64 timeouts;
} Told;

struct MeshNodeFigures
{
  MeshBitswap *bitswap; /* (owned) */
  MeshPeerBook *book;   /* (owned) */
  GHashTable *told;     /* (owned) (element-type MeshPeerId Told) */
  guint timer_id;
};

static Told *
ensure_told (GHashTable *table, MeshPeerId *peer)
{
  Told *told = g_hash_table_lookup (table, peer);

  if (told == NULL)
    {
      told = g_new0 (Told, 1);
      g_hash_table_insert (table, mesh_peer_id_ref (peer), told);
    }
  return told;
}

static GHashTable *
new_table (void)
{
  return g_hash_table_new_full (mesh_peer_id_hash, mesh_peer_id_equal,
                                (GDestroyNotify) mesh_peer_id_unref, g_free);
}

void
mesh_node_figures_run (MeshNodeFigures *self)
{
  g_autoptr (GPtrArray) all = mesh_bitswap_get_peer_stats (self->bitswap);
  g_autoptr (GHashTable) old = g_steal_pointer (&self->told);

  /* Made anew, so that peers bitswap has forgotten are forgotten here. */
  self->told = new_table ();
  for (guint i = 0; i < all->len; i++)
    {
      const MeshBitswapPeerStats *stats = g_ptr_array_index (all, i);
      const Told *before = ensure_told (old, stats->peer_id);
      Told *told = ensure_told (self->told, stats->peer_id);

      told->bytes = stats->bytes_received;
      told->timeouts = stats->timeouts;
      if (told->bytes > before->bytes && stats->rate_bps > 0)
        {
          double seconds
              = (double) (told->bytes - before->bytes) / (double) stats->rate_bps;

          mesh_peer_book_note_transfer (self->book, stats->peer_id,
                                        told->bytes - before->bytes,
                                        (gint64) (seconds * G_USEC_PER_SEC) + 1);
        }
      for (guint64 n = MIN (told->timeouts - before->timeouts, 8); n > 0; n--)
        mesh_peer_book_note_failure (self->book, stats->peer_id);
    }
}

static gboolean
run_cb (gpointer user_data)
{
  mesh_node_figures_run (user_data);
  return G_SOURCE_CONTINUE;
}

void
mesh_node_figures_set_active (MeshNodeFigures *self, gboolean is_active)
{
  if (is_active == (self->timer_id != 0))
    return;
  if (is_active)
    {
      self->timer_id = g_timeout_add_seconds (MESH_NODE_FIGURES_INTERVAL_S, run_cb, self);
      return;
    }
  g_clear_handle_id (&self->timer_id, g_source_remove);
  mesh_node_figures_run (self);
}

MeshNodeFigures *
mesh_node_figures_new (MeshBitswap *bitswap, MeshPeerBook *book)
{
  MeshNodeFigures *self = g_new0 (MeshNodeFigures, 1);

  self->bitswap = g_object_ref (bitswap);
  self->book = g_object_ref (book);
  self->told = new_table ();
  return self;
}

void
mesh_node_figures_free (MeshNodeFigures *self)
{
  if (self == NULL)
    return;
  g_clear_handle_id (&self->timer_id, g_source_remove);
  g_hash_table_unref (self->told);
  g_object_unref (self->book);
  g_object_unref (self->bitswap);
  g_free (self);
}
