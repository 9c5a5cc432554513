/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */

/* Owned by the node. One timer, armed for what comes first. A dial or a question under
 * way keeps the object; after it ended its answer is let go. */
#include "config.h"

#include "discovery/mesh-peer-keeper.h"

#include "peer/mesh-addr-scope.h"

/* Of two peers that find each other at the same time, the one with the greater id waits
 * so long for the other's dial. */
#define YIELD_US (300 * 1000)
#define ASK_AGAIN_US (90 * G_USEC_PER_SEC)
#define SOON_US (G_USEC_PER_SEC)

struct _MeshPeerKeeper
{
  GObject parent_instance;

  MeshHost *host;             /* (owned) */
  MeshPeerBook *book;         /* (owned) */
  MeshPeerExchange *exchange; /* (owned) (nullable) */
  GCancellable *cancellable;  /* (owned): of the dials and questions under way */
  GQueue found;               /* (element-type Found): LAN peers to be dialed */
  GHashTable *asked;          /* (owned): MeshPeerId (owned) → gint64 (owned): when */
  guint min_connections;
  guint n_dials;
  guint timer_id;
  gint64 refill_us; /* next look at the book */
  gboolean is_active;
};

G_DEFINE_FINAL_TYPE (MeshPeerKeeper, mesh_peer_keeper, G_TYPE_OBJECT)

typedef struct
{
  MeshPeerId *peer; /* (owned) */
  gint64 due_us;
} Found;

static void
found_free (gpointer data)
{
  mesh_peer_id_unref (((Found *) data)->peer);
  g_free (data);
}

static void plan (MeshPeerKeeper *self);

/* ---- dialing ---- */

static void
dialed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (MeshPeerKeeper) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (MeshConnection) connection
      = mesh_peer_book_dial_finish (MESH_PEER_BOOK (source), result, &error);

  self->n_dials--;
  if (connection == NULL)
    g_debug ("Dialing a peer of the book: %s", error->message);
  plan (self);
}

static void
dial (MeshPeerKeeper *self, MeshPeerId *peer)
{
  self->n_dials++;
  mesh_peer_book_dial_async (self->book, peer, self->cancellable, dialed_cb,
                             g_object_ref (self));
}

static guint
count_connections (MeshPeerKeeper *self, gboolean only_lan)
{
  g_autoptr (GPtrArray) connections = mesh_host_dup_connections (self->host);
  guint n = 0;

  for (guint i = 0; i < connections->len; i++)
    n += !only_lan
                 || mesh_addr_scope_is_lan (
                     mesh_addr_scope_of (mesh_connection_get_remote_addr (
                         g_ptr_array_index (connections, i))))
             ? 1
             : 0;
  return n;
}

/* ---- asking others ---- */

static void
asked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (MeshPeerKeeper) self = user_data;
  g_autoptr (GError) error = NULL;
  int n_new = mesh_peer_exchange_ask_finish (MESH_PEER_EXCHANGE (source), result, &error);

  if (n_new < 0)
    g_debug ("Peer exchange: %s", error->message);
  else if (n_new > 0)
    {
      self->refill_us = 0;
      plan (self);
    }
}

static gboolean
is_stale (gpointer peer, gpointer asked_us, gpointer now_us)
{
  return *(gint64 *) asked_us + ASK_AGAIN_US < *(gint64 *) now_us;
}

/* Asks one connected peer that was not asked lately. */
static void
ask_somebody (MeshPeerKeeper *self, gint64 now_us)
{
  g_autoptr (GPtrArray) connections = mesh_host_dup_connections (self->host);
  guint first = connections->len > 0 ? (guint) g_random_int () % connections->len : 0;

  g_hash_table_foreach_remove (self->asked, is_stale, &now_us);
  for (guint i = 0; i < connections->len; i++)
    {
      MeshConnection *connection
          = g_ptr_array_index (connections, (first + i) % connections->len);
      MeshPeerId *peer = mesh_connection_get_peer_id (connection);

      if (g_hash_table_contains (self->asked, peer)
          || !mesh_connection_supports (connection, MESH_PEER_EXCHANGE_PROTOCOL))
        continue;
      g_hash_table_insert (self->asked, mesh_peer_id_ref (peer),
                           g_memdup2 (&now_us, sizeof now_us));
      mesh_peer_exchange_ask_async (self->exchange, peer, self->cancellable, asked_cb,
                                    g_object_ref (self));
      return;
    }
}

/* ---- planning ---- */

static void
refill (MeshPeerKeeper *self, gint64 now_us)
{
  guint n = count_connections (self, FALSE) + self->n_dials;
  guint wanted = n < self->min_connections ? self->min_connections - n : 0;
  guint places = MESH_PEER_KEEPER_MAX_DIALS - self->n_dials;
  g_autoptr (GPtrArray) peers = NULL;

  self->refill_us = now_us
                    + (gint64) ((double) MESH_PEER_KEEPER_INTERVAL_US
                                * g_random_double_range (0.8, 1.2));
  if (wanted == 0)
    return;
  peers = mesh_peer_book_dup_candidates (self->book, MESH_PEER_CLASS_ANY,
                                         MIN (wanted, places));
  for (guint i = 0; i < peers->len; i++)
    dial (self, g_ptr_array_index (peers, i));
  if (peers->len < wanted && self->exchange != NULL)
    ask_somebody (self, now_us);
}

static void
dial_found (MeshPeerKeeper *self, gint64 now_us)
{
  for (GList *item = self->found.head; item != NULL;)
    {
      GList *next = item->next;
      Found *found = item->data;

      if (self->n_dials >= MESH_PEER_KEEPER_MAX_DIALS)
        return;
      if (found->due_us <= now_us)
        {
          if (mesh_peer_book_may_dial (self->book, found->peer)
              && count_connections (self, TRUE) < MESH_PEER_KEEPER_MAX_LAN)
            dial (self, found->peer);
          found_free (found);
          g_queue_delete_link (&self->found, item);
        }
      item = next;
    }
}

static gboolean
timer_cb (gpointer user_data)
{
  g_autoptr (MeshPeerKeeper) self = g_object_ref (user_data);

  self->timer_id = 0;
  plan (self);
  return G_SOURCE_REMOVE;
}

static void
plan (MeshPeerKeeper *self)
{
  gint64 now_us = g_get_monotonic_time (), next_us;

  g_clear_handle_id (&self->timer_id, g_source_remove);
  if (!self->is_active)
    return;
  dial_found (self, now_us);
  if (self->refill_us <= now_us && self->n_dials < MESH_PEER_KEEPER_MAX_DIALS)
    refill (self, now_us);
  next_us = MAX (self->refill_us, now_us + SOON_US);
  /* With every place taken, the end of a dial plans again. */
  if (self->n_dials < MESH_PEER_KEEPER_MAX_DIALS)
    for (GList *item = self->found.head; item != NULL; item = item->next)
      next_us = MIN (next_us, ((Found *) item->data)->due_us);
  self->timer_id
      = g_timeout_add ((guint) (MAX (next_us - now_us, 0) / 1000 + 1), timer_cb, self);
}

static int
compare_found (gconstpointer a, gconstpointer peer)
{
  return mesh_peer_id_compare (((const Found *) a)->peer, peer);
}

void
mesh_peer_keeper_peer_found (MeshPeerKeeper *self, MeshPeerId *peer, GPtrArray *addrs)
{
  Found *found;

  mesh_peer_book_add_hearsay (self->book, peer, addrs);
  if (!self->is_active || self->found.length >= MESH_PEER_KEEPER_MAX_LAN
      || !mesh_peer_book_may_dial (self->book, peer)
      || g_queue_find_custom (&self->found, peer, compare_found) != NULL)
    return;
  found = g_new0 (Found, 1);
  found->peer = mesh_peer_id_ref (peer);
  found->due_us = g_get_monotonic_time ();
  if (mesh_peer_id_compare (mesh_host_get_peer_id (self->host), peer) > 0)
    found->due_us += YIELD_US;
  g_queue_push_tail (&self->found, found);
  plan (self);
}

/* Who this peer knows may be what is missing. */
static void
identified_cb (MeshHost *host, MeshConnection *connection, gpointer user_data)
{
  MeshPeerKeeper *self = user_data;

  if (!self->is_active || self->exchange == NULL
      || count_connections (self, FALSE) >= self->min_connections
      || g_hash_table_contains (self->asked, mesh_connection_get_peer_id (connection)))
    return;
  self->refill_us = 0;
  plan (self);
}

static void
disconnected_cb (MeshHost *host, MeshConnection *connection, gpointer user_data)
{
  MeshPeerKeeper *self = user_data;
  gint64 soon_us = g_get_monotonic_time () + SOON_US;

  if (!self->is_active || self->refill_us <= soon_us)
    return;
  self->refill_us = soon_us;
  plan (self);
}

/* ---- life ---- */

void
mesh_peer_keeper_set_active (MeshPeerKeeper *self, gboolean is_active)
{
  if (self->is_active == is_active)
    return;
  self->is_active = is_active;
  self->refill_us = 0;
  if (!is_active)
    {
      g_cancellable_cancel (self->cancellable);
      g_clear_object (&self->cancellable);
      self->cancellable = g_cancellable_new ();
      g_queue_clear_full (&self->found, found_free);
    }
  plan (self);
}

static void
mesh_peer_keeper_dispose (GObject *object)
{
  MeshPeerKeeper *self = MESH_PEER_KEEPER (object);

  self->is_active = FALSE;
  g_clear_handle_id (&self->timer_id, g_source_remove);
  g_queue_clear_full (&self->found, found_free);
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->exchange);
  g_clear_object (&self->book);
  g_clear_object (&self->host);
  G_OBJECT_CLASS (mesh_peer_keeper_parent_class)->dispose (object);
}

static void
mesh_peer_keeper_finalize (GObject *object)
{
  g_hash_table_unref (MESH_PEER_KEEPER (object)->asked);
  G_OBJECT_CLASS (mesh_peer_keeper_parent_class)->finalize (object);
}

static void
mesh_peer_keeper_class_init (MeshPeerKeeperClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = mesh_peer_keeper_dispose;
  G_OBJECT_CLASS (klass)->finalize = mesh_peer_keeper_finalize;
}

static void
mesh_peer_keeper_init (MeshPeerKeeper *self)
{
  self->cancellable = g_cancellable_new ();
  g_queue_init (&self->found);
  self->asked = g_hash_table_new_full (mesh_peer_id_hash, mesh_peer_id_equal,
                                       (GDestroyNotify) mesh_peer_id_unref, g_free);
}

MeshPeerKeeper *
mesh_peer_keeper_new (MeshHost *host,
                      MeshPeerBook *book,
                      MeshPeerExchange *exchange,
                      guint min_connections)
{
  MeshPeerKeeper *self = g_object_new (MESH_TYPE_PEER_KEEPER, NULL);

  self->host = g_object_ref (host);
  self->book = g_object_ref (book);
  self->exchange = exchange != NULL ? g_object_ref (exchange) : NULL;
  self->min_connections = min_connections;
  g_signal_connect_object (host, "peer-identified", G_CALLBACK (identified_cb), self, 0);
  g_signal_connect_object (host, "peer-disconnected", G_CALLBACK (disconnected_cb), self,
                           0);
  return self;
}
