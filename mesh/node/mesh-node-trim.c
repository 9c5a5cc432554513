/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "node/mesh-node-trim.h"

struct MeshNodeTrim
{
  MeshHost *host;     /* (owned) */
  MeshPeerBook *book; /* (owned) */
  MeshNodeTrimKeeps keeps;
  gpointer user_data; /* (unowned) */
  gulong handler_id;
  guint low;
  guint high;
  guint timer_id;
};

typedef struct
{
  MeshPeerId *peer; /* (unowned): of a connection that is held meanwhile */
  gboolean is_lan;
  double score;
} Candidate;

static int
compare (gconstpointer a, gconstpointer b)
{
  const Candidate *left = a;
  const Candidate *right = b;

  if (left->is_lan != right->is_lan)
    return left->is_lan ? 1 : -1;
  return left->score < right->score ? -1 : left->score > right->score;
}

static GArray *
list_candidates (MeshNodeTrim *self, GPtrArray *connections, gint64 now_us)
{
  GArray *candidates = g_array_new (FALSE, FALSE, sizeof (Candidate));

  for (guint i = 0; i < connections->len; i++)
    {
      MeshConnection *connection = g_ptr_array_index (connections, i);
      MeshPeerId *peer = mesh_connection_get_peer_id (connection);
      Candidate candidate = { .peer = peer };
      MeshPeerBookEntry entry;

      if (now_us - mesh_connection_get_opened_us (connection)
              < MESH_NODE_TRIM_GRACE_S * G_USEC_PER_SEC
          || mesh_connection_get_n_streams (connection) > MESH_NODE_TRIM_QUIET
          || self->keeps (peer, self->user_data))
        continue;
      if (mesh_peer_book_lookup (self->book, peer, &entry))
        candidate.is_lan = entry.peer_class == MESH_PEER_CLASS_LAN;
      candidate.score = mesh_peer_book_get_score (self->book, peer);
      g_array_append_val (candidates, candidate);
    }
  g_array_sort (candidates, compare);
  return candidates;
}

guint
mesh_node_trim_run (MeshNodeTrim *self, gint64 now_us)
{
  g_autoptr (GPtrArray) connections = mesh_host_dup_connections (self->host);
  g_autoptr (GArray) candidates = NULL;
  guint n_closed = 0;

  if (connections->len <= self->high)
    return 0;
  candidates = list_candidates (self, connections, now_us);
  while (n_closed < candidates->len && connections->len - n_closed > self->low)
    mesh_host_disconnect (self->host,
                          g_array_index (candidates, Candidate, n_closed++).peer);
  if (n_closed > 0)
    g_debug ("%u of %u connections were too many", n_closed, connections->len);
  return n_closed;
}

static gboolean
run_cb (gpointer user_data)
{
  MeshNodeTrim *self = user_data;

  mesh_node_trim_run (self, g_get_monotonic_time ());
  self->timer_id = 0;
  return G_SOURCE_REMOVE;
}

static void
connected_cb (MeshHost *host, MeshConnection *connection, gpointer user_data)
{
  MeshNodeTrim *self = user_data;
  g_autoptr (GPtrArray) connections = mesh_host_dup_connections (host);

  if (connections->len > self->high && self->timer_id == 0)
    self->timer_id = g_timeout_add_seconds (MESH_NODE_TRIM_DELAY_S, run_cb, self);
}

MeshNodeTrim *
mesh_node_trim_new (MeshHost *host,
                    MeshPeerBook *book,
                    MeshNodeTrimKeeps keeps,
                    gpointer user_data)
{
  MeshNodeTrim *self = g_new0 (MeshNodeTrim, 1);

  self->host = g_object_ref (host);
  self->book = g_object_ref (book);
  self->keeps = keeps;
  self->user_data = user_data;
  self->low = MESH_NODE_TRIM_LOW;
  self->high = MESH_NODE_TRIM_HIGH;
  self->handler_id
      = g_signal_connect (host, "peer-connected", G_CALLBACK (connected_cb), self);
  return self;
}

void
mesh_node_trim_free (MeshNodeTrim *self)
{
  if (self == NULL)
    return;
  g_clear_handle_id (&self->timer_id, g_source_remove);
  g_signal_handler_disconnect (self->host, self->handler_id);
  g_object_unref (self->book);
  g_object_unref (self->host);
  g_free (self);
}

void
mesh_node_trim_set_marks (MeshNodeTrim *self, guint low, guint high)
{
  self->low = low;
  self->high = MAX (low, high);
}
