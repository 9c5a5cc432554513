/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */

/* One entry for each peer, one timer for all of them, armed for the earliest dial. Lives
 * in the main context of the host. A dial that is under way when the object ends is
 * cancelled; its callback holds only the cancellable and finds the object gone. */
#include "config.h"

#include "node/mesh-node-bootstrap.h"

#include "base/mesh-error.h"

typedef struct
{
  MeshPeerId *peer_id;       /* (owned) */
  GPtrArray *addrs;          /* (owned) (element-type MeshMultiaddr) */
  GCancellable *cancellable; /* (owned) (nullable): of the dial under way */
  guint n_failures;          /* in a row */
  gint64 next_us;            /* when to dial */
  gint64 connected_us;       /* 0: not connected */
  gboolean is_failed;        /* a dial, since active */
  gboolean is_identified;    /* so what it speaks is known */
} Entry;

struct _MeshNodeBootstrap
{
  GObject parent_instance;

  MeshHost *host;     /* (owned) */
  GPtrArray *entries; /* (owned) (element-type Entry) */
  guint timer_id;
  gboolean is_active;
  gboolean is_settled;
};

G_DEFINE_FINAL_TYPE (MeshNodeBootstrap, mesh_node_bootstrap, G_TYPE_OBJECT)

enum
{
  SIGNAL_SETTLED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

typedef struct
{
  GWeakRef self;
  MeshPeerId *peer_id;       /* (owned) */
  GCancellable *cancellable; /* (owned): tells this dial from a later one */
} Dial;

static void plan (MeshNodeBootstrap *self);

static void
free_entry (gpointer data)
{
  Entry *entry = data;

  g_cancellable_cancel (entry->cancellable);
  g_clear_object (&entry->cancellable);
  mesh_peer_id_unref (entry->peer_id);
  g_ptr_array_unref (entry->addrs);
  g_free (entry);
}

static Entry *
find (MeshNodeBootstrap *self, const MeshPeerId *peer_id)
{
  for (guint i = 0; i < self->entries->len; i++)
    {
      Entry *entry = g_ptr_array_index (self->entries, i);

      if (mesh_peer_id_equal (entry->peer_id, peer_id))
        return entry;
    }
  return NULL;
}

static gint64
wait_us (guint n_failures)
{
  gint64 wait_s = MESH_NODE_BOOTSTRAP_MIN_WAIT_S;

  for (guint i = 1; i < n_failures && wait_s < MESH_NODE_BOOTSTRAP_MAX_WAIT_S; i++)
    wait_s *= 2;
  wait_s = MIN (wait_s, MESH_NODE_BOOTSTRAP_MAX_WAIT_S);
  return (gint64) ((double) (wait_s * G_USEC_PER_SEC) * g_random_double_range (0.8, 1.2));
}

static void
check_settled (MeshNodeBootstrap *self)
{
  if (self->is_settled || !self->is_active)
    return;
  for (guint i = 0; i < self->entries->len; i++)
    {
      Entry *entry = g_ptr_array_index (self->entries, i);

      if (!entry->is_identified && !entry->is_failed)
        return;
    }
  self->is_settled = TRUE;
  g_signal_emit (self, signals[SIGNAL_SETTLED], 0);
}

static void
note_failure (Entry *entry)
{
  entry->n_failures = MIN (entry->n_failures + 1, 32);
  entry->next_us = g_get_monotonic_time () + wait_us (entry->n_failures);
}

static void
dial_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Dial *dial = user_data;
  g_autoptr (MeshNodeBootstrap) self = g_weak_ref_get (&dial->self);
  g_autoptr (GError) error = NULL;
  g_autoptr (MeshConnection) connection = NULL;
  Entry *entry = self != NULL ? find (self, dial->peer_id) : NULL;

  connection = mesh_host_connect_finish (MESH_HOST (object), result, &error);
  if (entry != NULL && entry->cancellable == dial->cancellable)
    {
      g_clear_object (&entry->cancellable);
      if (connection == NULL)
        {
          entry->is_failed = TRUE;
          g_debug ("Bootstrap peer %s: %s", mesh_peer_id_to_string (entry->peer_id),
                   error->message);
          note_failure (entry);
        }
      plan (self);
      check_settled (self);
    }
  g_weak_ref_clear (&dial->self);
  mesh_peer_id_unref (dial->peer_id);
  g_object_unref (dial->cancellable);
  g_free (dial);
}

static void
start_dial (MeshNodeBootstrap *self, Entry *entry)
{
  Dial *dial = g_new0 (Dial, 1);

  g_weak_ref_init (&dial->self, self);
  dial->peer_id = mesh_peer_id_ref (entry->peer_id);
  entry->cancellable = g_cancellable_new ();
  dial->cancellable = g_object_ref (entry->cancellable);
  mesh_host_connect_async (self->host, entry->peer_id, entry->addrs, entry->cancellable,
                           dial_cb, dial);
}

static gboolean
timer_cb (gpointer user_data)
{
  MeshNodeBootstrap *self = user_data;

  self->timer_id = 0;
  plan (self);
  return G_SOURCE_REMOVE;
}

/* Dials what is due and arms the timer for the rest. */
static void
plan (MeshNodeBootstrap *self)
{
  gint64 now_us = g_get_monotonic_time ();
  gint64 next_us = G_MAXINT64;

  g_clear_handle_id (&self->timer_id, g_source_remove);
  if (!self->is_active)
    return;
  for (guint i = 0; i < self->entries->len; i++)
    {
      Entry *entry = g_ptr_array_index (self->entries, i);

      if (entry->connected_us != 0 || entry->cancellable != NULL)
        continue;
      if (entry->next_us <= now_us)
        start_dial (self, entry);
      else
        next_us = MIN (next_us, entry->next_us);
    }
  if (next_us != G_MAXINT64)
    self->timer_id
        = g_timeout_add ((guint) ((next_us - now_us) / 1000 + 1), timer_cb, self);
}

static void
connected_cb (MeshHost *host, MeshConnection *connection, gpointer user_data)
{
  MeshNodeBootstrap *self = user_data;
  Entry *entry = find (self, mesh_connection_get_peer_id (connection));

  if (entry == NULL)
    return;
  entry->connected_us = g_get_monotonic_time ();
}

static void
identified_cb (MeshHost *host, MeshConnection *connection, gpointer user_data)
{
  MeshNodeBootstrap *self = user_data;
  Entry *entry = find (self, mesh_connection_get_peer_id (connection));

  if (entry == NULL)
    return;
  entry->is_identified = TRUE;
  check_settled (self);
}

static void
disconnected_cb (MeshHost *host, MeshConnection *connection, gpointer user_data)
{
  MeshNodeBootstrap *self = user_data;
  Entry *entry = find (self, mesh_connection_get_peer_id (connection));
  gint64 lasted_us;

  if (entry == NULL)
    return;
  lasted_us = g_get_monotonic_time () - entry->connected_us;
  if (entry->connected_us != 0
      && lasted_us > MESH_NODE_BOOTSTRAP_STABLE_S * G_USEC_PER_SEC)
    entry->n_failures = 0;
  entry->connected_us = 0;
  entry->is_identified = FALSE;
  entry->is_failed = TRUE;
  note_failure (entry);
  plan (self);
  check_settled (self);
}

static void
mesh_node_bootstrap_dispose (GObject *object)
{
  MeshNodeBootstrap *self = MESH_NODE_BOOTSTRAP (object);

  g_clear_handle_id (&self->timer_id, g_source_remove);
  g_clear_pointer (&self->entries, g_ptr_array_unref);
  g_clear_object (&self->host);
  G_OBJECT_CLASS (mesh_node_bootstrap_parent_class)->dispose (object);
}

static void
mesh_node_bootstrap_class_init (MeshNodeBootstrapClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = mesh_node_bootstrap_dispose;
  signals[SIGNAL_SETTLED]
      = g_signal_new ("settled", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                      NULL, NULL, G_TYPE_NONE, 0);
}

static void
mesh_node_bootstrap_init (MeshNodeBootstrap *self)
{
  self->entries = g_ptr_array_new_with_free_func (free_entry);
}

MeshNodeBootstrap *
mesh_node_bootstrap_new (MeshHost *host)
{
  MeshNodeBootstrap *self = g_object_new (MESH_TYPE_NODE_BOOTSTRAP, NULL);

  self->host = g_object_ref (host);
  g_signal_connect_object (host, "peer-connected", G_CALLBACK (connected_cb), self, 0);
  g_signal_connect_object (host, "peer-identified", G_CALLBACK (identified_cb), self, 0);
  g_signal_connect_object (host, "peer-disconnected", G_CALLBACK (disconnected_cb), self,
                           0);
  return self;
}

static Entry *
ensure_entry (MeshNodeBootstrap *self, MeshPeerId *peer_id)
{
  Entry *entry = find (self, peer_id);
  MeshConnection *connection;

  if (entry != NULL)
    return entry;
  entry = g_new0 (Entry, 1);
  entry->peer_id = mesh_peer_id_ref (peer_id);
  entry->addrs = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_multiaddr_unref);
  connection = mesh_host_find_connection (self->host, peer_id);
  if (connection != NULL)
    {
      entry->connected_us = mesh_connection_get_opened_us (connection);
      entry->is_identified = mesh_connection_get_peer_info (connection) != NULL;
    }
  g_ptr_array_add (self->entries, entry);
  return entry;
}

void
mesh_node_bootstrap_set_addresses (MeshNodeBootstrap *self, const char *const *addresses)
{
  g_ptr_array_set_size (self->entries, 0);
  for (; *addresses != NULL; addresses++)
    {
      g_autoptr (MeshMultiaddr) addr = mesh_multiaddr_parse (*addresses, NULL);
      g_autoptr (MeshPeerId) peer_id
          = addr != NULL ? mesh_multiaddr_dup_peer_id (addr) : NULL;

      if (peer_id == NULL
          || mesh_peer_id_equal (peer_id, mesh_host_get_peer_id (self->host)))
        continue;
      g_ptr_array_add (ensure_entry (self, peer_id)->addrs, g_steal_pointer (&addr));
    }
  self->is_settled = FALSE;
  plan (self);
  check_settled (self);
}

void
mesh_node_bootstrap_set_active (MeshNodeBootstrap *self, gboolean is_active)
{
  if (self->is_active == is_active)
    return;
  self->is_active = is_active;
  self->is_settled = FALSE;
  for (guint i = 0; i < self->entries->len; i++)
    {
      Entry *entry = g_ptr_array_index (self->entries, i);

      entry->is_failed = FALSE;
      entry->next_us = 0;
      entry->n_failures = 0;
      if (!is_active)
        {
          g_cancellable_cancel (entry->cancellable);
          g_clear_object (&entry->cancellable);
        }
    }
  plan (self);
  check_settled (self);
}

void
mesh_node_bootstrap_retry (MeshNodeBootstrap *self)
{
  for (guint i = 0; i < self->entries->len; i++)
    {
      Entry *entry = g_ptr_array_index (self->entries, i);

      entry->next_us = 0;
      entry->n_failures = 0;
    }
  plan (self);
}

gboolean
mesh_node_bootstrap_is_settled (MeshNodeBootstrap *self)
{
  return self->is_settled;
}

gboolean
mesh_node_bootstrap_contains (MeshNodeBootstrap *self, MeshPeerId *peer_id)
{
  return find (self, peer_id) != NULL;
}
