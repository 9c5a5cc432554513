/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "sim/sim-net.h"

#include "sim/sim-random.h"

#define MIN_RETRANSMIT_US (200 * 1000)
#define MAX_RETRANSMITS 6

typedef struct
{
  SimNodeFlags flags;
  gboolean is_up;
  guint side;
  guint epoch;
  guint64 up_bps;
  guint64 down_bps;
  gint64 up_free_us;   /* when the uplink has sent all it was given */
  gint64 down_free_us; /* when the downlink has received all that arrived */
  guint64 n_bytes_up;
} Node;

/* Between two nodes, named by both: the lower name first. */
typedef struct
{
  gint64 key; /* first: what the table looks at */
  guint epochs[2];
  gint64 used_us;
  gint64 arrives_us[2]; /* the last message to the lower and to the higher */
  gint64 asked_us[2];   /* the last request of the lower and of the higher; 0: none */
} Conn;

typedef enum
{
  STEP_DIALLED,
  STEP_ARRIVED,
  STEP_RECEIVED,
  STEP_ANSWERED,
  STEP_GOT_ANSWER,
  STEP_FAILED,
} Step;

typedef enum
{
  FLIGHT_REQUEST,
  FLIGHT_MESSAGE,
  FLIGHT_CONNECT,
} FlightKind;

/* One request, message or dial that is under way. */
typedef struct
{
  SimNet *net; /* (unowned) */
  FlightKind kind;
  guint from;
  guint to;
  guint from_epoch;
  guint to_epoch;
  guint64 id;
  GBytes *bytes; /* (owned) (nullable) */
  gint64 began_us;
} Flight;

struct SimNet
{
  SimLoop *loop; /* (unowned) */
  SimNetConfig config;
  const SimNetHandler *handler; /* (unowned) */
  gpointer world;               /* (unowned) */
  GArray *nodes;                /* (owned) (element-type Node) */
  GHashTable *conns;            /* (owned) (element-type gint64 Conn) */
  GHashTable *flights; /* (owned) (element-type Flight): those to free at the end */
  guint sweep_at;      /* connections at which the idle ones are looked for */
  guint64 latency_seed;
  SimNetStats stats;
};

static void advance (gpointer data, guint64 step);

static Node *
node_at (const SimNet *net, guint node)
{
  g_assert (node < net->nodes->len);
  return &g_array_index (net->nodes, Node, node);
}

/* g_int64_hash() would put all pairs with one XOR together. */
static guint
hash_conn_key (gconstpointer key)
{
  return (guint) sim_random_mix ((guint64) * (const gint64 *) key);
}

static void
flight_free (gpointer data)
{
  Flight *flight = data;

  g_clear_pointer (&flight->bytes, g_bytes_unref);
  g_free (flight);
}

SimNet *
sim_net_new (SimLoop *loop,
             const SimNetConfig *config,
             const SimNetHandler *handler,
             gpointer world)
{
  SimNet *net = g_new0 (SimNet, 1);

  net->loop = loop;
  net->config = *config;
  net->handler = handler;
  net->world = world;
  net->nodes = g_array_new (FALSE, TRUE, sizeof (Node));
  net->conns = g_hash_table_new_full (hash_conn_key, g_int64_equal, NULL, g_free);
  net->flights = g_hash_table_new_full (NULL, NULL, flight_free, NULL);
  net->sweep_at = 1024;
  net->latency_seed = sim_loop_next_seed (loop);
  return net;
}

void
sim_net_free (SimNet *net)
{
  g_hash_table_unref (net->flights);
  g_hash_table_unref (net->conns);
  g_array_unref (net->nodes);
  g_free (net);
}

SimLoop *
sim_net_get_loop (SimNet *net)
{
  return net->loop;
}

const SimNetStats *
sim_net_get_stats (const SimNet *net)
{
  return &net->stats;
}

guint64
sim_net_get_bytes_up (const SimNet *net, guint node)
{
  return node_at (net, node)->n_bytes_up;
}

guint
sim_net_add (SimNet *net, SimNodeFlags flags)
{
  Node node = { .flags = flags,
                .is_up = TRUE,
                .up_bps = net->config.up_bps,
                .down_bps = net->config.down_bps };

  g_array_append_val (net->nodes, node);
  return net->nodes->len - 1;
}

guint
sim_net_get_n_nodes (const SimNet *net)
{
  return net->nodes->len;
}

void
sim_net_set_up (SimNet *net, guint node, gboolean is_up)
{
  Node *n = node_at (net, node);

  if (n->is_up == is_up)
    return;
  n->is_up = is_up;
  n->epoch++;
  sim_loop_note (net->loop, (guint64) node << 1 | (guint64) is_up);
}

guint
sim_net_get_epoch (const SimNet *net, guint node)
{
  return node_at (net, node)->epoch;
}

gboolean
sim_net_is_up (const SimNet *net, guint node)
{
  return node_at (net, node)->is_up;
}

gboolean
sim_net_is_nated (const SimNet *net, guint node)
{
  return (node_at (net, node)->flags & SIM_NODE_NATED) != 0;
}

void
sim_net_set_bandwidth (SimNet *net, guint node, guint64 up_bps, guint64 down_bps)
{
  node_at (net, node)->up_bps = up_bps;
  node_at (net, node)->down_bps = down_bps;
}

void
sim_net_set_side (SimNet *net, guint node, guint side)
{
  node_at (net, node)->side = side;
}

gboolean
sim_net_can_reach (const SimNet *net, guint from, guint to)
{
  return node_at (net, to)->is_up && node_at (net, from)->side == node_at (net, to)->side;
}

/* --- connections ------------------------------------------------------------------- */

static gint64
conn_key (guint a, guint b)
{
  return (gint64) ((guint64) MAX (a, b) << 32 | MIN (a, b));
}

static gboolean
conn_is_alive (SimNet *net, const Conn *conn)
{
  guint low = (guint) (conn->key & G_MAXUINT32),
        high = (guint) ((guint64) conn->key >> 32);

  return conn->epochs[0] == node_at (net, low)->epoch
         && conn->epochs[1] == node_at (net, high)->epoch
         && sim_loop_get_now_us (net->loop) - conn->used_us < net->config.idle_us;
}

static gboolean
conn_is_over (gpointer key, gpointer value, gpointer user_data)
{
  return !conn_is_alive (user_data, value);
}

static Conn *
find_conn (SimNet *net, guint a, guint b)
{
  gint64 key = conn_key (a, b);
  Conn *conn = g_hash_table_lookup (net->conns, &key);

  return conn != NULL && conn_is_alive (net, conn) ? conn : NULL;
}

static Conn *
add_conn (SimNet *net, guint a, guint b)
{
  Conn *conn = find_conn (net, a, b);

  if (conn != NULL)
    return conn;
  if (g_hash_table_size (net->conns) >= net->sweep_at)
    {
      g_hash_table_foreach_remove (net->conns, conn_is_over, net);
      net->sweep_at = MAX (1024, 2 * g_hash_table_size (net->conns));
    }
  conn = g_new0 (Conn, 1);
  conn->key = conn_key (a, b);
  conn->epochs[0] = node_at (net, MIN (a, b))->epoch;
  conn->epochs[1] = node_at (net, MAX (a, b))->epoch;
  conn->used_us = sim_loop_get_now_us (net->loop);
  g_hash_table_replace (net->conns, &conn->key, conn);
  return conn;
}

static void
remove_conn (SimNet *net, guint a, guint b)
{
  gint64 key = conn_key (a, b);

  g_hash_table_remove (net->conns, &key);
}

gboolean
sim_net_is_connected (SimNet *net, guint from, guint to)
{
  return find_conn (net, from, to) != NULL;
}

/* --- the road ---------------------------------------------------------------------- */

static gint64
serialise_us (gsize len, guint64 bps)
{
  return bps == 0 ? 0 : (gint64) (len * 8 * G_USEC_PER_SEC / bps);
}

/* One way, with jitter and what losses cost. */
static gint64
travel_us (SimNet *net, guint from, guint to)
{
  MeshRng *rng = sim_loop_get_rng (net->loop);
  gint64 base = sim_latency_get_us (&net->config.latency, net->latency_seed, from, to);
  gint64 us
      = base + (gint64) ((double) base * net->config.jitter * sim_random_unit (rng));

  if (net->config.loss <= 0)
    return us;
  for (guint i = 0; i < MAX_RETRANSMITS && sim_random_chance (rng, net->config.loss); i++)
    us += (MIN_RETRANSMIT_US + 2 * base) << i;
  return us;
}

/* Puts @len bytes on the uplink of @from. Returns: when they are at the door of @to; -1
 * when the queue was full. */
static gint64
transmit (SimNet *net, guint from, guint to, gsize len)
{
  Node *node = node_at (net, from);
  gint64 now_us = sim_loop_get_now_us (net->loop);
  gint64 start_us = MAX (now_us, node->up_free_us);

  len += net->config.overhead_bytes;
  if (node->up_bps > 0 && start_us - now_us > net->config.max_queue_us)
    {
      net->stats.n_dropped++;
      return -1;
    }
  node->up_free_us = start_us + serialise_us (len, node->up_bps);
  node->n_bytes_up += len;
  net->stats.n_bytes += len;
  return node->up_free_us + travel_us (net, from, to);
}

/* Whether it has to wait for the downlink of @to; if so the flight comes again. */
static gboolean
waits_for_downlink (Flight *flight, guint to, Step next)
{
  SimNet *net = flight->net;
  Node *node = node_at (net, to);
  gint64 now_us = sim_loop_get_now_us (net->loop);
  gsize len = g_bytes_get_size (flight->bytes) + net->config.overhead_bytes;

  if (node->down_bps == 0)
    return FALSE;
  node->down_free_us
      = MAX (now_us, node->down_free_us) + serialise_us (len, node->down_bps);
  sim_loop_at (net->loop, node->down_free_us, advance, flight, next);
  return TRUE;
}

/* --- flights ----------------------------------------------------------------------- */

static Flight *
flight_new (SimNet *net, FlightKind kind, guint from, guint to, guint64 id, GBytes *bytes)
{
  Flight *flight = g_new0 (Flight, 1);

  flight->net = net;
  flight->kind = kind;
  flight->from = from;
  flight->to = to;
  flight->from_epoch = node_at (net, from)->epoch;
  flight->to_epoch = node_at (net, to)->epoch;
  flight->id = id;
  flight->bytes = bytes != NULL ? g_bytes_ref (bytes) : NULL;
  flight->began_us = sim_loop_get_now_us (net->loop);
  g_hash_table_add (net->flights, flight);
  return flight;
}

static void
finish (Flight *flight)
{
  g_hash_table_remove (flight->net->flights, flight);
}

/* Ends a flight that will not arrive, at @when_us or now if that has passed. */
static void
fail_at (Flight *flight, gint64 when_us)
{
  SimNet *net = flight->net;

  if (flight->kind != FLIGHT_REQUEST)
    {
      finish (flight);
      return;
    }
  sim_loop_at (net->loop, MAX (when_us, sim_loop_get_now_us (net->loop)), advance, flight,
               STEP_FAILED);
}

/* Nothing comes back: the connection is given up too. */
static void
fail_by_silence (Flight *flight)
{
  SimNet *net = flight->net;

  if (flight->kind == FLIGHT_REQUEST)
    remove_conn (net, flight->from, flight->to);
  fail_at (flight, flight->began_us + net->config.request_timeout_us);
}

static gboolean
target_is_there (const Flight *flight)
{
  return sim_net_can_reach (flight->net, flight->from, flight->to)
         && node_at (flight->net, flight->to)->epoch == flight->to_epoch;
}

static gboolean
origin_is_there (const Flight *flight)
{
  const Node *from = node_at (flight->net, flight->from);

  return from->is_up && from->epoch == flight->from_epoch;
}

static void
dial (Flight *flight)
{
  SimNet *net = flight->net;
  const Node *to = node_at (net, flight->to);
  gint64 now_us = sim_loop_get_now_us (net->loop), us = 0;

  net->stats.n_dials++;
  if ((to->flags & SIM_NODE_NATED) == 0
      && sim_net_can_reach (net, flight->from, flight->to))
    {
      for (guint i = 0; i < net->config.dial_round_trips; i++)
        us += travel_us (net, flight->from, flight->to)
              + travel_us (net, flight->to, flight->from);
      sim_loop_at (net->loop, now_us + us, advance, flight, STEP_DIALLED);
      return;
    }
  us = net->config.dial_timeout_us;
  if (!to->is_up && (to->flags & SIM_NODE_REFUSES) != 0)
    us = 2 * travel_us (net, flight->from, flight->to);
  fail_at (flight, now_us + us);
}

/* Over the connection that there is. */
static void
depart (Flight *flight, Conn *conn)
{
  SimNet *net = flight->net;
  gint64 at_us
      = transmit (net, flight->from, flight->to, g_bytes_get_size (flight->bytes));

  conn->used_us = sim_loop_get_now_us (net->loop);
  if (at_us < 0)
    {
      fail_by_silence (flight);
      return;
    }
  if (flight->kind == FLIGHT_MESSAGE)
    {
      gint64 *last_us = &conn->arrives_us[flight->to > flight->from];

      at_us = MAX (at_us, *last_us);
      *last_us = at_us;
    }
  sim_loop_at (net->loop, at_us, advance, flight, STEP_ARRIVED);
}

static void
dialled (Flight *flight)
{
  SimNet *net = flight->net;
  guint from = flight->from, to = flight->to;
  gboolean is_new;
  Conn *conn;

  if (!target_is_there (flight))
    {
      fail_at (flight, flight->began_us + net->config.dial_timeout_us);
      return;
    }
  is_new = find_conn (net, from, to) == NULL;
  conn = add_conn (net, from, to);
  if (flight->kind == FLIGHT_REQUEST)
    depart (flight, conn);
  else
    finish (flight);
  if (is_new && net->handler->connected != NULL)
    {
      net->handler->connected (net->world, from, to, TRUE);
      net->handler->connected (net->world, to, from, FALSE);
    }
}

static void
note_arrival (Flight *flight, guint where)
{
  SimNet *net = flight->net;

  net->stats.n_messages++;
  sim_loop_note (net->loop, (guint64) sim_loop_get_now_us (net->loop));
  sim_loop_note (net->loop,
                 (guint64) flight->from << 33 | (guint64) flight->to << 1 | where);
  sim_loop_note_bytes (net->loop, flight->bytes);
}

static void
received (Flight *flight)
{
  SimNet *net = flight->net;
  g_autoptr (GBytes) answer = NULL;
  gint64 at_us;

  note_arrival (flight, 0);
  if (flight->kind == FLIGHT_MESSAGE)
    {
      net->handler->message (net->world, flight->to, flight->from, flight->bytes);
      finish (flight);
      return;
    }
  answer = net->handler->request (net->world, flight->to, flight->from, flight->bytes);
  if (answer == NULL)
    {
      fail_at (flight, sim_loop_get_now_us (net->loop)
                           + travel_us (net, flight->to, flight->from));
      return;
    }
  g_bytes_unref (flight->bytes);
  flight->bytes = g_steal_pointer (&answer);
  at_us = transmit (net, flight->to, flight->from, g_bytes_get_size (flight->bytes));
  if (at_us < 0 || at_us > flight->began_us + net->config.request_timeout_us)
    fail_by_silence (flight);
  else
    sim_loop_at (net->loop, at_us, advance, flight, STEP_ANSWERED);
}

static void
got_answer (Flight *flight)
{
  SimNet *net = flight->net;

  note_arrival (flight, 1);
  net->handler->reply (net->world, flight->from, flight->to, flight->id, flight->bytes);
  finish (flight);
}

static void
failed (Flight *flight)
{
  SimNet *net = flight->net;

  net->stats.n_failed++;
  sim_loop_note (net->loop, (guint64) sim_loop_get_now_us (net->loop) ^ flight->id);
  net->handler->reply (net->world, flight->from, flight->to, flight->id, NULL);
  finish (flight);
}

static void
advance (gpointer data, guint64 step)
{
  Flight *flight = data;

  if (!origin_is_there (flight))
    {
      finish (flight);
      return;
    }
  switch ((Step) step)
    {
    case STEP_DIALLED:
      dialled (flight);
      return;
    case STEP_ARRIVED:
    case STEP_RECEIVED:
      if (!target_is_there (flight))
        fail_by_silence (flight);
      else if (step == STEP_RECEIVED
               || !waits_for_downlink (flight, flight->to, STEP_RECEIVED))
        received (flight);
      return;
    case STEP_ANSWERED:
    case STEP_GOT_ANSWER:
      if (node_at (flight->net, flight->from)->side
          != node_at (flight->net, flight->to)->side)
        fail_by_silence (flight);
      else if (step == STEP_GOT_ANSWER
               || !waits_for_downlink (flight, flight->from, STEP_GOT_ANSWER))
        got_answer (flight);
      return;
    case STEP_FAILED:
    default:
      failed (flight);
      return;
    }
}

/* --- what nodes ask for ------------------------------------------------------------ */

void
sim_net_request (SimNet *net, guint from, guint to, guint64 id, GBytes *bytes)
{
  Flight *flight = flight_new (net, FLIGHT_REQUEST, from, to, id, bytes);
  Conn *conn = find_conn (net, from, to);

  if (conn != NULL)
    depart (flight, conn);
  else
    dial (flight);
}

void
sim_net_request_nowhere (SimNet *net, guint from, guint64 id)
{
  Flight *flight = flight_new (net, FLIGHT_REQUEST, from, from, id, NULL);

  net->stats.n_dials++;
  fail_at (flight, flight->began_us + net->config.dial_timeout_us);
}

void
sim_net_connect (SimNet *net, guint from, guint to)
{
  if (!sim_net_is_connected (net, from, to))
    dial (flight_new (net, FLIGHT_CONNECT, from, to, 0, NULL));
}

void
sim_net_disconnect (SimNet *net, guint from, guint to)
{
  if (!sim_net_is_connected (net, from, to))
    return;
  remove_conn (net, from, to);
  if (net->handler->disconnected == NULL)
    return;
  net->handler->disconnected (net->world, from, to);
  net->handler->disconnected (net->world, to, from);
}

void
sim_net_send (SimNet *net, guint from, guint to, GBytes *bytes)
{
  Conn *conn = find_conn (net, from, to);

  if (conn != NULL)
    depart (flight_new (net, FLIGHT_MESSAGE, from, to, 0, bytes), conn);
}
