/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */

/* Ends with mesh_dht_side_free(), which takes back signals, timer, handler and links. */
#include "config.h"

#include "dht/mesh-dht-side.h"

#include <string.h>

#include "dht/mesh-dht-links.h"
#include "dht/mesh-dht-serve.h"

struct MeshDhtSide
{
  MeshHost *host; /* (owned) */
  char *protocol; /* (owned) */
  MeshKadScope scope;
  MeshKad *kad;        /* (owned) */
  MeshDhtLinks *links; /* (owned) */
  MeshDhtServe *serve; /* (owned) (nullable): while a server */
  MeshDhtSideFunc func;
  gpointer user_data;
  gulong identified_id;
  guint timer_id; /* 0: none */
  gint64 timer_us;
  gboolean is_pumping;
};

static gboolean
timer_cb (gpointer user_data)
{
  MeshDhtSide *side = user_data;

  side->timer_id = 0;
  mesh_kad_handle_timeout (side->kad, g_get_monotonic_time ());
  mesh_dht_side_pump (side);
  return G_SOURCE_REMOVE;
}

static void
set_timer (MeshDhtSide *side)
{
  gint64 due_us = mesh_kad_next_deadline_us (side->kad);
  gint64 wait_ms;

  if (side->timer_id != 0 && side->timer_us == due_us)
    return;
  g_clear_handle_id (&side->timer_id, g_source_remove);
  if (due_us == G_MAXINT64)
    return;
  side->timer_us = due_us;
  wait_ms = MAX (due_us - g_get_monotonic_time (), 0) / 1000 + 1;
  side->timer_id = g_timeout_add ((guint) MIN (wait_ms, G_MAXINT), timer_cb, side);
}

static void
handle_event (MeshDhtSide *side, const MeshKadEvent *event)
{
  g_autoptr (GPtrArray) addrs = NULL;

  switch (event->type)
    {
    case MESH_KAD_EVENT_SEND:
      addrs = mesh_kad_addrs_dup_multiaddrs (event->addrs);
      mesh_dht_links_send (side->links, event->request_id, event->peer->id, addrs,
                           event->msg, event->expects_reply);
      return;
    case MESH_KAD_EVENT_CANCEL:
      mesh_dht_links_cancel (side->links, event->request_id);
      return;
    case MESH_KAD_EVENT_PEER:
    case MESH_KAD_EVENT_PROVIDER:
    case MESH_KAD_EVENT_VALUE:
    case MESH_KAD_EVENT_DONE:
    case MESH_KAD_EVENT_TABLE:
    case MESH_KAD_EVENT_STORE_PROVIDER:
    case MESH_KAD_EVENT_DROP_PROVIDER:
    case MESH_KAD_EVENT_STORE_VALUE:
    case MESH_KAD_EVENT_DROP_VALUE:
    case MESH_KAD_EVENT_PROVIDED:
    default:
      side->func (side, event, side->user_data);
      return;
    }
}

/* What an event leads to may change the kad again: the loop here takes that up. */
void
mesh_dht_side_pump (MeshDhtSide *side)
{
  MeshKadEvent event;

  if (side->is_pumping)
    return;
  side->is_pumping = TRUE;
  while (mesh_kad_poll_event (side->kad, &event))
    {
      handle_event (side, &event);
      mesh_kad_event_clear (&event);
    }
  side->is_pumping = FALSE;
  set_timer (side);
}

static void
reply_cb (guint64 request_id, GBytes *reply, const GError *error, gpointer user_data)
{
  MeshDhtSide *side = user_data;
  gint64 now_us = g_get_monotonic_time ();
  g_autoptr (GError) bad = NULL;

  if (error != NULL)
    {
      g_debug ("%s: a request failed: %s", side->protocol, error->message);
      mesh_kad_handle_failure (side->kad, request_id, now_us);
    }
  else if (reply == NULL)
    mesh_kad_handle_sent (side->kad, request_id, now_us);
  else if (!mesh_kad_handle_response (side->kad, request_id,
                                      g_bytes_get_data (reply, NULL),
                                      g_bytes_get_size (reply), now_us, &bad))
    g_debug ("%s: %s", side->protocol, bad->message);
  mesh_dht_side_pump (side);
}

static gboolean
request_cb (MeshPeerId *from, GBytes *request, GBytes **reply, gpointer user_data)
{
  MeshDhtSide *side = user_data;
  g_autoptr (GError) error = NULL;
  gboolean is_good = mesh_kad_handle_request (
      side->kad, from, g_bytes_get_data (request, NULL), g_bytes_get_size (request),
      g_get_monotonic_time (), reply, &error);

  if (!is_good)
    g_debug ("%s: %s: %s", side->protocol, mesh_peer_id_to_string (from), error->message);
  mesh_dht_side_pump (side);
  return is_good;
}

/* Peers. */

static gboolean
has_same_ip (const MeshMultiaddr *a, const MeshMultiaddr *b)
{
  MeshMultiaddrComponent x, y;

  mesh_multiaddr_get_component (a, 0, &x);
  mesh_multiaddr_get_component (b, 0, &y);
  return x.protocol == y.protocol && x.len == y.len
         && memcmp (x.data, y.data, x.len) == 0;
}

/* Where the peer may be reached, first where it was met: of a peer we dialed that is
 * where we dialed it; a peer that dialed us must name an address of the host it came
 * from, or in a table of the internet it could pretend to be anywhere. NULL: it may not
 * enter. */
static GPtrArray *
get_addrs (MeshDhtSide *side, MeshConnection *connection, const MeshPeerInfo *info)
{
  GPtrArray *addrs
      = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_multiaddr_unref);
  MeshMultiaddr *remote = mesh_connection_get_remote_addr (connection);

  if (mesh_connection_get_direction (connection) == MESH_DIRECTION_OUTBOUND)
    g_ptr_array_add (addrs, mesh_multiaddr_ref (remote));
  for (guint pass = 0; pass < 2; pass++)
    {
      for (guint i = 0; i < info->listen_addrs->len; i++)
        if (has_same_ip (info->listen_addrs->pdata[i], remote) == (pass == 0))
          g_ptr_array_add (addrs, mesh_multiaddr_ref (info->listen_addrs->pdata[i]));
      if (pass == 0 && addrs->len == 0 && side->scope == MESH_KAD_SCOPE_WAN)
        {
          g_ptr_array_unref (addrs);
          return NULL;
        }
    }
  return addrs;
}

static void
identified_cb (MeshHost *host, MeshConnection *connection, MeshDhtSide *side)
{
  const MeshPeerInfo *info = mesh_connection_get_peer_info (connection);
  MeshPeerId *id = mesh_connection_get_peer_id (connection);
  g_autoptr (GPtrArray) addrs = NULL;
  gint64 now_us = g_get_monotonic_time ();

  if (info == NULL)
    return;
  if (!mesh_connection_supports (connection, side->protocol))
    mesh_kad_remove_peer (side->kad, id, now_us);
  else
    {
      addrs = get_addrs (side, connection, info);
      if (addrs != NULL)
        mesh_kad_add_peer (side->kad, id, addrs, now_us);
    }
  mesh_dht_side_pump (side);
}

void
mesh_dht_side_take_in_connected (MeshDhtSide *side)
{
  g_autoptr (GPtrArray) connections = mesh_host_dup_connections (side->host);

  for (guint i = 0; i < connections->len; i++)
    identified_cb (side->host, connections->pdata[i], side);
}

MeshDhtSide *
mesh_dht_side_new (MeshHost *host,
                   const char *protocol,
                   const MeshKadConfig *config,
                   guint64 seed,
                   MeshDhtSideFunc func,
                   gpointer user_data)
{
  MeshDhtSide *side = g_new0 (MeshDhtSide, 1);
  MeshKadConfig copy = *config;
  MeshRng rng;

  mesh_rng_init (&rng, seed);
  copy.is_server = FALSE;
  side->host = g_object_ref (host);
  side->protocol = g_strdup (protocol);
  side->scope = config->scope;
  side->kad = mesh_kad_new (&copy, mesh_host_get_peer_id (host), &rng);
  side->links = mesh_dht_links_new (host, protocol, reply_cb, side);
  side->func = func;
  side->user_data = user_data;
  mesh_kad_set_upkeep (side->kad, FALSE);
  side->identified_id
      = g_signal_connect (host, "peer-identified", G_CALLBACK (identified_cb), side);
  return side;
}

void
mesh_dht_side_free (MeshDhtSide *side)
{
  g_clear_signal_handler (&side->identified_id, side->host);
  g_clear_handle_id (&side->timer_id, g_source_remove);
  g_clear_pointer (&side->serve, mesh_dht_serve_free);
  mesh_dht_links_free (side->links);
  mesh_kad_free (side->kad);
  g_object_unref (side->host);
  g_free (side->protocol);
  g_free (side);
}

MeshKad *
mesh_dht_side_get_kad (MeshDhtSide *side)
{
  return side->kad;
}

const char *
mesh_dht_side_get_protocol (MeshDhtSide *side)
{
  return side->protocol;
}

MeshKadScope
mesh_dht_side_get_scope (MeshDhtSide *side)
{
  return side->scope;
}

void
mesh_dht_side_set_server (MeshDhtSide *side, gboolean is_server)
{
  if (is_server == (side->serve != NULL))
    return;
  mesh_kad_set_server (side->kad, is_server);
  if (is_server)
    side->serve = mesh_dht_serve_new (side->host, side->protocol, request_cb, side);
  else
    g_clear_pointer (&side->serve, mesh_dht_serve_free);
}

gboolean
mesh_dht_side_is_server (const MeshDhtSide *side)
{
  return side->serve != NULL;
}

void
mesh_dht_side_set_active (MeshDhtSide *side, gboolean is_active)
{
  mesh_kad_set_upkeep (side->kad, is_active);
  mesh_dht_side_pump (side);
}

void
mesh_dht_side_set_addrs (MeshDhtSide *side, GPtrArray *addrs)
{
  mesh_kad_set_addrs (side->kad, addrs);
  mesh_dht_side_pump (side);
}
