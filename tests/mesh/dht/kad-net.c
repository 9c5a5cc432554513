/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "kad-net.h"

/* Something under way: a request, an answer, a failure, or the waking of a node. */
typedef struct
{
  enum
  {
    REQUEST,
    ANSWER,
    SENT,
    FAILURE,
  } type;
  KadNode *from;
  KadNode *to;
  guint64 request_id;
  gboolean expects_reply;
  GBytes *msg;
} Flight;

KadNet *
kad_net_new (guint64 seed)
{
  KadNet *net = g_new0 (KadNet, 1);

  g_test_message ("seed %" G_GUINT64_FORMAT, seed);
  mesh_rng_init (&net->rng, seed);
  net->pool = mesh_kad_pool_new ();
  net->nodes = g_ptr_array_new ();
  net->by_id = g_hash_table_new (mesh_peer_id_hash, mesh_peer_id_equal);
  net->flights = g_array_new (FALSE, FALSE, sizeof (Flight));
  net->heap = mesh_heap_new ();
  net->latency_us = 50000;
  return net;
}

void
kad_net_free (KadNet *net)
{
  for (guint i = 0; i < net->flights->len; i++)
    g_clear_pointer (&g_array_index (net->flights, Flight, i).msg, g_bytes_unref);
  g_array_unref (net->flights);
  mesh_heap_free (net->heap);
  for (guint i = 0; i < net->nodes->len; i++)
    {
      KadNode *node = net->nodes->pdata[i];

      g_ptr_array_unref (node->done);
      mesh_kad_free (node->kad);
      mesh_peer_id_unref (node->id);
      g_ptr_array_unref (node->addrs);
      g_free (node);
    }
  g_hash_table_unref (net->by_id);
  g_ptr_array_unref (net->nodes);
  mesh_kad_pool_unref (net->pool);
  g_free (net);
}

void
kad_net_event_free (gpointer event)
{
  mesh_kad_event_clear (event);
  g_free (event);
}

KadNode *
kad_net_get (KadNet *net, guint i)
{
  g_assert_cmpuint (i, <, net->nodes->len);
  return net->nodes->pdata[i];
}

KadNode *
kad_net_add (KadNet *net, const MeshKadConfig *config, const char *addr)
{
  KadNode *node = g_new0 (KadNode, 1);
  MeshKadConfig copy = *config;
  guint i = net->nodes->len;
  g_autofree char *own = g_strdup_printf ("/ip4/%u.%u.0.1/tcp/1", 20 + i / 250, i % 250);
  const char *const texts[] = { addr != NULL ? addr : own, NULL };

  copy.pool = net->pool;
  node->index = i;
  node->done = g_ptr_array_new_with_free_func (kad_net_event_free);
  node->id = fixture_peer_id (&net->rng);
  node->kad = mesh_kad_new (&copy, node->id, &net->rng);
  node->addrs = fixture_addrs (texts);
  mesh_rng_next (&net->rng);
  mesh_kad_set_addrs (node->kad, node->addrs);
  g_ptr_array_add (net->nodes, node);
  g_hash_table_insert (net->by_id, node->id, node);
  return node;
}

void
kad_net_introduce (KadNet *net, KadNode *node, KadNode *to)
{
  mesh_kad_add_peer (node->kad, to->id, to->addrs, net->now_us);
}

void
kad_net_fill (KadNet *net, const MeshKadConfig *config, guint n)
{
  guint first = net->nodes->len;

  for (guint i = 0; i < n; i++)
    kad_net_add (net, config, NULL);
  for (guint i = first; i < net->nodes->len; i++)
    for (guint j = first; j < net->nodes->len; j++)
      if (i != j)
        kad_net_introduce (net, kad_net_get (net, i), kad_net_get (net, j));
}

static void
fly (KadNet *net, Flight flight)
{
  mesh_heap_push (net->heap, net->now_us + net->latency_us, net->flights->len);
  g_array_append_val (net->flights, flight);
}

static void
take_events (KadNet *net, KadNode *node)
{
  MeshKadEvent event;

  while (mesh_kad_poll_event (node->kad, &event))
    {
      KadNode *to;

      if (event.type == MESH_KAD_EVENT_SEND)
        {
          to = g_hash_table_lookup (net->by_id, event.peer->id);
          if (to != NULL && !to->is_dead)
            fly (net,
                 (Flight){ to->is_unheard ? FAILURE : REQUEST, node, to, event.request_id,
                           event.expects_reply, g_bytes_ref (event.msg) });
          mesh_kad_event_clear (&event);
        }
      else if (event.type == MESH_KAD_EVENT_CANCEL)
        mesh_kad_event_clear (&event);
      else
        g_ptr_array_add (node->done, g_memdup2 (&event, sizeof event));
    }
}

static void
serve (KadNet *net, Flight *flight)
{
  Flight back = { FAILURE, flight->from, flight->to, flight->request_id, FALSE, NULL };
  g_autoptr (GBytes) reply = NULL;
  gsize len;
  const guint8 *data = g_bytes_get_data (flight->msg, &len);

  flight->to->n_served++;
  if (flight->to->answer != NULL)
    {
      reply = flight->to->answer (net, flight->to, flight->from, flight->msg);
      back.type = reply != NULL ? ANSWER : FAILURE;
    }
  else if (mesh_kad_handle_request (flight->to->kad, flight->from->id, data, len,
                                    net->now_us, &reply, NULL))
    {
      g_assert_cmpint (reply != NULL, ==, flight->expects_reply);
      back.type = reply != NULL ? ANSWER : SENT;
    }
  back.msg = g_steal_pointer (&reply);
  take_events (net, flight->to);
  fly (net, back);
}

static void
land (KadNet *net, Flight *flight)
{
  KadNode *node = flight->from;

  switch (flight->type)
    {
    case REQUEST:
      serve (net, flight);
      return;
    case ANSWER:
      mesh_kad_handle_response (node->kad, flight->request_id,
                                g_bytes_get_data (flight->msg, NULL),
                                g_bytes_get_size (flight->msg), net->now_us, NULL);
      break;
    case SENT:
      mesh_kad_handle_sent (node->kad, flight->request_id, net->now_us);
      break;
    case FAILURE:
    default:
      mesh_kad_handle_failure (node->kad, flight->request_id, net->now_us);
      break;
    }
  take_events (net, node);
}

static gint64
find_next (KadNet *net, KadNode **next)
{
  gint64 next_us = G_MAXINT64;

  *next = NULL;
  mesh_heap_peek (net->heap, &next_us, NULL);
  for (guint i = 0; i < net->nodes->len; i++)
    {
      KadNode *node = net->nodes->pdata[i];
      gint64 deadline_us = mesh_kad_next_deadline_us (node->kad);

      if (!node->is_dead && deadline_us < next_us)
        {
          next_us = deadline_us;
          *next = node;
        }
    }
  return next_us;
}

static gboolean
step (KadNet *net, gint64 until_us)
{
  KadNode *node;
  gint64 next_us;
  guint64 i;
  Flight flight;

  for (guint n = 0; n < net->nodes->len; n++)
    take_events (net, net->nodes->pdata[n]);
  next_us = find_next (net, &node);
  if (next_us > until_us || next_us == G_MAXINT64)
    return FALSE;
  net->now_us = MAX (net->now_us, next_us);
  if (node != NULL)
    {
      mesh_kad_handle_timeout (node->kad, net->now_us);
      take_events (net, node);
      return TRUE;
    }
  mesh_heap_pop (net->heap, NULL, &i);
  flight = g_array_index (net->flights, Flight, i);
  g_array_index (net->flights, Flight, i).msg = NULL;
  land (net, &flight);
  g_clear_pointer (&flight.msg, g_bytes_unref);
  return TRUE;
}

void
kad_net_run (KadNet *net, gint64 until_us)
{
  while (step (net, until_us))
    ;
  if (until_us != G_MAXINT64)
    net->now_us = MAX (net->now_us, until_us);
}

static MeshKadEvent *
take_done (KadNode *node, guint64 id, MeshKadEventType type)
{
  for (guint i = 0; i < node->done->len; i++)
    {
      MeshKadEvent *event = node->done->pdata[i];

      if (event->id == id && event->type == type)
        return g_ptr_array_steal_index (node->done, i);
    }
  return NULL;
}

MeshKadEvent *
kad_net_wait (KadNet *net, KadNode *node, guint64 id, MeshKadEventType type)
{
  gint64 until_us = net->now_us + 120 * G_USEC_PER_SEC;
  MeshKadEvent *event;

  g_assert_cmpuint (id, !=, 0);
  take_events (net, node);
  while ((event = take_done (node, id, type)) == NULL)
    if (!step (net, until_us))
      break;
  if (event == NULL)
    event = take_done (node, id, type);
  g_assert_nonnull (event);
  return event;
}

GBytes *
kad_net_key (KadNet *net)
{
  guint8 key[34] = { 0x12, 0x20 };

  mesh_rng_fill (&net->rng, key + 2, 32);
  return g_bytes_new (key, sizeof key);
}

typedef struct
{
  MeshKadKey distance;
  guint index;
} Place;

static int
compare_places (gconstpointer a, gconstpointer b)
{
  return mesh_kad_key_compare (&((const Place *) a)->distance,
                               &((const Place *) b)->distance);
}

GArray *
kad_net_nearest (KadNet *net, GBytes *key, guint k)
{
  GArray *indexes = g_array_new (FALSE, FALSE, sizeof (guint));
  g_autoptr (GArray) places = g_array_new (FALSE, FALSE, sizeof (Place));
  MeshKadKey target;

  mesh_kad_key_init (&target, g_bytes_get_data (key, NULL), g_bytes_get_size (key));
  for (guint i = 0; i < net->nodes->len; i++)
    {
      KadNode *node = net->nodes->pdata[i];
      g_autoptr (MeshKadPeer) peer = mesh_kad_pool_get_peer (net->pool, node->id);
      Place place = { .index = i };

      mesh_kad_key_distance (&peer->key, &target, &place.distance);
      if (!node->is_dead && !node->is_unheard && mesh_kad_is_server (node->kad))
        g_array_append_val (places, place);
    }
  g_array_sort (places, compare_places);
  for (guint i = 0; i < MIN (k, places->len); i++)
    g_array_append_val (indexes, g_array_index (places, Place, i).index);
  return indexes;
}
