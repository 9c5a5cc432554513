/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "mdns/mesh-mdns-core.h"

#include <string.h>

#include "base/mesh-error.h"
#include "base/mesh-rng.h"
#include "mdns/mesh-dns-message.h"
#include "mdns/mesh-mdns-cache.h"

#define MS ((gint64) 1000)
#define S ((gint64) G_USEC_PER_SEC)
#define LINK 4
#define LATENCY_US (1 * MS)

/* A network in one process: what one node sends, all of them hear a millisecond later,
 * itself included. Time is virtual. */
typedef struct
{
  MeshMdnsCore *core; /* (owned) (nullable) */
  MeshPeerId *peer;   /* (owned) */
  GHashTable *known;  /* (owned): MeshPeerId (owned) → gint64 (owned): found when */
  guint n_found;
  guint n_sent;
  gsize n_bytes;
} Node;

typedef struct
{
  gint64 due_us;
  GBytes *packet; /* (owned) */
} Flight;

typedef struct
{
  GPtrArray *nodes; /* (owned) (element-type Node) */
  GQueue flights;   /* (element-type Flight), in order */
  gint64 now_us;
  MeshRng rng;
} Net;

static void
free_node (gpointer data)
{
  Node *node = data;

  g_clear_pointer (&node->core, mesh_mdns_core_free);
  mesh_peer_id_unref (node->peer);
  g_hash_table_unref (node->known);
  g_free (node);
}

static void
net_init (Net *net, guint64 seed)
{
  memset (net, 0, sizeof *net);
  net->nodes = g_ptr_array_new_with_free_func (free_node);
  g_queue_init (&net->flights);
  net->now_us = 1000 * S;
  mesh_rng_init (&net->rng, seed);
}

static void
free_flight (gpointer data)
{
  g_bytes_unref (((Flight *) data)->packet);
  g_free (data);
}

static void
net_clear (Net *net)
{
  g_ptr_array_unref (net->nodes);
  g_queue_clear_full (&net->flights, free_flight);
}

static void
drain (Net *net, Node *node)
{
  MeshMdnsEvent event;

  while (mesh_mdns_core_poll_event (node->core, &event))
    {
      if (event.kind == MESH_MDNS_EVENT_SEND)
        {
          Flight *flight = g_new0 (Flight, 1);

          g_assert_cmpuint (event.link, ==, LINK);
          g_assert_cmpuint (g_bytes_get_size (event.packet), <=, 1472);
          flight->due_us = net->now_us + LATENCY_US;
          flight->packet = g_bytes_ref (event.packet);
          g_queue_push_tail (&net->flights, flight);
          node->n_sent++;
          node->n_bytes += g_bytes_get_size (event.packet);
        }
      else if (event.kind == MESH_MDNS_EVENT_FOUND)
        {
          g_assert_false (mesh_peer_id_equal (event.peer, node->peer));
          g_assert_cmpuint (event.addrs->len, >, 0);
          node->n_found++;
          if (!g_hash_table_contains (node->known, event.peer))
            g_hash_table_insert (node->known, mesh_peer_id_ref (event.peer),
                                 g_memdup2 (&net->now_us, sizeof net->now_us));
        }
      else
        g_assert_true (g_hash_table_remove (node->known, event.peer));
      mesh_mdns_core_clear_event (&event);
    }
}

static void
hear (Net *net, Node *node, const guint8 *data, gsize len)
{
  static const guint8 source[4] = { 10, 0, 0, 9 };
  g_autoptr (GError) error = NULL;

  if (node->core == NULL)
    return;
  mesh_mdns_core_handle_packet (node->core, LINK, source, sizeof source, data, len,
                                net->now_us, &error);
  drain (net, node);
}

static void
deliver (Net *net)
{
  Flight *flight;

  while ((flight = g_queue_peek_head (&net->flights)) != NULL
         && flight->due_us <= net->now_us)
    {
      gsize len;
      const guint8 *data = g_bytes_get_data (flight->packet, &len);

      g_queue_pop_head (&net->flights);
      for (guint i = 0; i < net->nodes->len; i++)
        hear (net, g_ptr_array_index (net->nodes, i), data, len);
      free_flight (flight);
    }
}

/* Lets time pass until @until_us. */
static void
run (Net *net, gint64 until_us)
{
  for (;;)
    {
      Flight *flight = g_queue_peek_head (&net->flights);
      gint64 next_us = flight != NULL ? flight->due_us : G_MAXINT64;

      for (guint i = 0; i < net->nodes->len; i++)
        {
          Node *node = g_ptr_array_index (net->nodes, i);

          if (node->core != NULL)
            next_us = MIN (next_us, mesh_mdns_core_next_deadline_us (node->core));
        }
      if (next_us > until_us)
        break;
      /* A core that wants to be called again and again at one instant would hang here. */
      net->now_us = MAX (net->now_us, next_us);
      deliver (net);
      for (guint i = 0; i < net->nodes->len; i++)
        {
          Node *node = g_ptr_array_index (net->nodes, i);

          if (node->core != NULL
              && mesh_mdns_core_next_deadline_us (node->core) <= net->now_us)
            {
              mesh_mdns_core_handle_timeout (node->core, net->now_us);
              g_assert_cmpint (mesh_mdns_core_next_deadline_us (node->core), >,
                               net->now_us);
              drain (net, node);
            }
        }
    }
  net->now_us = until_us;
}

static MeshPeerId *
make_id (guint32 number)
{
  guint8 bytes[34] = { 0x12, 32 };

  memcpy (bytes + 2, &number, sizeof number);
  return mesh_peer_id_from_bytes (bytes, sizeof bytes, NULL);
}

static void
set_port (Net *net, Node *node, guint port)
{
  g_autoptr (GPtrArray) addrs
      = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_multiaddr_unref);
  g_autofree char *text = g_strdup_printf ("/ip4/10.0.0.1/tcp/%u", port);
  g_autoptr (MeshMultiaddr) bare = mesh_multiaddr_parse (text, NULL);

  if (port != 0)
    g_ptr_array_add (addrs, mesh_multiaddr_with_peer_id (bare, node->peer));
  mesh_mdns_core_set_addresses (node->core, addrs, net->now_us);
  drain (net, node);
}

static Node *
join (Net *net, guint port)
{
  Node *node = g_new0 (Node, 1);
  g_autofree char *name = g_strdup_printf ("node%u", net->nodes->len);
  g_autoptr (GError) error = NULL;
  MeshMdnsCoreConfig config = { .service = "_p2p._udp.local",
                                .peer_name = name,
                                .max_interval_us = 60 * S,
                                .seed = mesh_rng_next (&net->rng) };

  node->peer = config.self = make_id (net->nodes->len);
  node->known = g_hash_table_new_full (mesh_peer_id_hash, mesh_peer_id_equal,
                                       (GDestroyNotify) mesh_peer_id_unref, g_free);
  node->core = mesh_mdns_core_new (&config, &error);
  g_assert_no_error (error);
  g_ptr_array_add (net->nodes, node);
  set_port (net, node, port);
  g_assert_true (mesh_mdns_core_add_link (node->core, LINK, net->now_us));
  drain (net, node);
  return node;
}

/* Whenever a node joins, it and all others know each other within half a second. */
static void
test_join (void)
{
  for (guint64 seed = 0; seed < 50; seed++)
    {
      Net net;

      net_init (&net, seed);
      for (guint i = 0; i < 8; i++)
        {
          join (&net, 4000 + i);
          run (&net, net.now_us + 200 * MS + (gint64) mesh_rng_below (&net.rng, 2 * S));
        }
      run (&net, net.now_us + 500 * MS);
      for (guint i = 0; i < net.nodes->len; i++)
        g_assert_cmpuint (
            g_hash_table_size (((Node *) g_ptr_array_index (net.nodes, i))->known), ==,
            net.nodes->len - 1);
      net_clear (&net);
    }
}

static void
test_newcomer (void)
{
  for (guint64 seed = 0; seed < 200; seed++)
    {
      Net net;
      Node *first, *last;

      net_init (&net, seed);
      first = join (&net, 4001);
      join (&net, 4002);
      run (&net, net.now_us + (gint64) mesh_rng_below (&net.rng, 100 * S));
      last = join (&net, 4003);
      run (&net, net.now_us + 400 * MS);
      g_assert_cmpuint (g_hash_table_size (last->known), ==, 2);
      g_assert_true (g_hash_table_contains (first->known, last->peer));
      net_clear (&net);
    }
}

/* After an hour everybody is still known, and the network is quiet. */
static void
test_quiet (void)
{
  enum
  {
    N = 20
  };
  Net net;
  gsize n_bytes = 0;

  net_init (&net, 3);
  for (guint i = 0; i < N; i++)
    join (&net, 4000 + i);
  run (&net, net.now_us + 120 * S);
  for (guint i = 0; i < N; i++)
    ((Node *) g_ptr_array_index (net.nodes, i))->n_bytes = 0;
  run (&net, net.now_us + 3600 * S);
  for (guint i = 0; i < N; i++)
    {
      Node *node = g_ptr_array_index (net.nodes, i);

      g_assert_cmpuint (g_hash_table_size (node->known), ==, N - 1);
      n_bytes += node->n_bytes;
    }
  /* One query and one answer of each a minute, not twenty. */
  g_test_message ("%" G_GSIZE_FORMAT " bytes a second on the network of %d nodes",
                  n_bytes / 3600, N);
  g_assert_cmpuint (n_bytes / 3600, <, 5000);
  net_clear (&net);
}

static void
test_change (void)
{
  Net net;
  Node *a, *b;
  guint n_found;

  net_init (&net, 4);
  a = join (&net, 4001);
  b = join (&net, 0);
  run (&net, net.now_us + 30 * S);
  /* Who listens nowhere asks, and is not seen. */
  g_assert_true (g_hash_table_contains (b->known, a->peer));
  g_assert_cmpuint (g_hash_table_size (a->known), ==, 0);
  set_port (&net, b, 4002);
  run (&net, net.now_us + 100 * MS);
  g_assert_true (g_hash_table_contains (a->known, b->peer));
  n_found = a->n_found;
  set_port (&net, b, 4003);
  run (&net, net.now_us + 100 * MS);
  g_assert_cmpuint (a->n_found, ==, n_found + 1);
  /* It stops listening: goodbye. */
  set_port (&net, b, 0);
  run (&net, net.now_us + 100 * MS);
  g_assert_cmpuint (g_hash_table_size (a->known), ==, 0);
  net_clear (&net);
}

static void
test_goodbye (void)
{
  Net net;
  Node *a, *b, *c;

  net_init (&net, 5);
  a = join (&net, 4001);
  b = join (&net, 4002);
  c = join (&net, 4003);
  run (&net, net.now_us + 10 * S);
  mesh_mdns_core_stop (b->core);
  drain (&net, b);
  g_clear_pointer (&b->core, mesh_mdns_core_free);
  run (&net, net.now_us + 100 * MS);
  g_assert_false (g_hash_table_contains (a->known, b->peer));
  /* c just vanishes: its TTL runs out. */
  g_clear_pointer (&c->core, mesh_mdns_core_free);
  run (&net, net.now_us + MESH_MDNS_CORE_TTL_S * S / 2);
  g_assert_true (g_hash_table_contains (a->known, c->peer));
  run (&net, net.now_us + MESH_MDNS_CORE_TTL_S * S);
  g_assert_cmpuint (g_hash_table_size (a->known), ==, 0);
  net_clear (&net);
}

/* ---- packets by hand ---- */

static GBytes *
make_query (const char *name, MeshDnsType type)
{
  g_autoptr (MeshDnsMessage) message = mesh_dns_message_new (FALSE);
  MeshDnsName parsed;

  g_assert_true (mesh_dns_name_parse (&parsed, name));
  mesh_dns_message_add_question (message, &parsed, type);
  return mesh_dns_message_encode (message);
}

static void
say (Net *net, Node *to, GBytes *packet)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (packet, &len);

  hear (net, to, data, len);
}

/* What the node answers to a packet, whole; NULL for nothing. */
static MeshDnsMessage *
answer_to (Net *net, Node *node, GBytes *packet)
{
  g_autoptr (GError) error = NULL;
  guint before;

  /* Its own affairs first, so that nothing but the answer is sent. */
  run (net, net->now_us + 2 * S);
  before = node->n_sent;
  say (net, node, packet);
  while (node->n_sent == before
         && mesh_mdns_core_next_deadline_us (node->core) < net->now_us + S)
    {
      net->now_us = mesh_mdns_core_next_deadline_us (node->core);
      mesh_mdns_core_handle_timeout (node->core, net->now_us);
      drain (net, node);
    }
  if (node->n_sent == before)
    return NULL;
  packet = ((Flight *) g_queue_peek_tail (&net->flights))->packet;
  g_assert_nonnull (packet);
  {
    MeshDnsMessage *message = mesh_dns_message_decode (g_bytes_get_data (packet, NULL),
                                                       g_bytes_get_size (packet), &error);

    g_assert_no_error (error);
    return message;
  }
}

static guint
count (const MeshDnsMessage *message, MeshDnsSection section, MeshDnsType type)
{
  guint n = 0;

  for (guint i = 0; i < message->records->len; i++)
    {
      const MeshDnsRecord *record = &g_array_index (message->records, MeshDnsRecord, i);

      n += record->section == section && record->type == type ? 1 : 0;
    }
  return n;
}

/* What the specification says must be answered. */
static void
test_answers (void)
{
  static const struct
  {
    const char *name;
    MeshDnsType type;
    MeshDnsSection details; /* where TXT, SRV and A are */
    guint n_ptr;            /* 0: with no n_txt either: no answer */
    guint n_txt;
  } cases[] = {
    { "_p2p._udp.local", MESH_DNS_TYPE_PTR, MESH_DNS_SECTION_ADDITIONAL, 1, 1 },
    { "_P2P._udp.LOCAL", MESH_DNS_TYPE_ANY, MESH_DNS_SECTION_ADDITIONAL, 1, 1 },
    { "_services._dns-sd._udp.local", MESH_DNS_TYPE_PTR, MESH_DNS_SECTION_ADDITIONAL, 1,
      0 },
    { "node0._p2p._udp.local", MESH_DNS_TYPE_TXT, MESH_DNS_SECTION_ANSWER, 0, 1 },
    { "node0._p2p._udp.local", MESH_DNS_TYPE_SRV, MESH_DNS_SECTION_ANSWER, 0, 1 },
    { "node0.p2p.local", MESH_DNS_TYPE_A, MESH_DNS_SECTION_ANSWER, 0, 1 },
    { "_p2p._udp.local", MESH_DNS_TYPE_TXT, MESH_DNS_SECTION_ANSWER, 0, 0 },
    { "_other._udp.local", MESH_DNS_TYPE_PTR, MESH_DNS_SECTION_ANSWER, 0, 0 },
    { "node1._p2p._udp.local", MESH_DNS_TYPE_TXT, MESH_DNS_SECTION_ANSWER, 0, 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GBytes) query = make_query (cases[i].name, cases[i].type);
      g_autoptr (MeshDnsMessage) answer = NULL;
      Node *node;
      Net net;

      g_test_message ("%s", cases[i].name);
      net_init (&net, i);
      node = join (&net, 4001);
      /* Past its own first queries. */
      run (&net, net.now_us + 3500 * MS);
      answer = answer_to (&net, node, query);
      g_assert_cmpint (answer != NULL, ==, cases[i].n_ptr + cases[i].n_txt > 0);
      if (answer != NULL)
        {
          g_assert_true (answer->is_response);
          g_assert_cmpuint (count (answer, MESH_DNS_SECTION_ANSWER, MESH_DNS_TYPE_PTR),
                            ==, cases[i].n_ptr);
          g_assert_cmpuint (count (answer, cases[i].details, MESH_DNS_TYPE_TXT), ==,
                            cases[i].n_txt);
          g_assert_cmpuint (count (answer, cases[i].details, MESH_DNS_TYPE_SRV), ==,
                            cases[i].n_txt);
          g_assert_cmpuint (count (answer, cases[i].details, MESH_DNS_TYPE_A), ==,
                            cases[i].n_txt);
        }
      net_clear (&net);
    }
}

static void
test_known_answer (void)
{
  for (guint ttl_s = 59; ttl_s <= 60; ttl_s++)
    {
      g_autoptr (MeshDnsMessage) message = mesh_dns_message_new (FALSE);
      g_autoptr (MeshDnsMessage) answer = NULL;
      g_autoptr (GBytes) query = NULL;
      MeshDnsName service, instance;
      Node *node;
      Net net;

      net_init (&net, 6);
      node = join (&net, 4001);
      run (&net, net.now_us + 3500 * MS);
      g_assert_true (mesh_dns_name_parse (&service, "_p2p._udp.local"));
      g_assert_true (mesh_dns_name_child (&instance, "node0", &service));
      mesh_dns_message_add_question (message, &service, MESH_DNS_TYPE_PTR);
      mesh_dns_message_add_ptr (message, MESH_DNS_SECTION_ANSWER, &service, ttl_s,
                                &instance);
      query = mesh_dns_message_encode (message);
      answer = answer_to (&net, node, query);
      g_assert_cmpint (answer == NULL, ==, ttl_s == 60);
      net_clear (&net);
    }
}

/* A storm of queries is answered a few times a second. */
static void
test_query_storm (void)
{
  g_autoptr (GBytes) query = make_query ("_p2p._udp.local", MESH_DNS_TYPE_PTR);
  gint64 start_us;
  guint before;
  Node *node;
  Net net;

  net_init (&net, 7);
  node = join (&net, 4001);
  run (&net, net.now_us + 10 * S);
  before = node->n_sent;
  start_us = net.now_us;
  for (guint i = 0; i < 20000; i++)
    {
      run (&net, start_us + i * (gint64) 500);
      say (&net, node, query);
    }
  /* Ten seconds. */
  g_assert_cmpuint (node->n_sent - before, >=, 20);
  g_assert_cmpuint (node->n_sent - before, <=, 42);
  net_clear (&net);
}

static GBytes *
make_announcement (guint number, guint n_txt)
{
  g_autoptr (MeshDnsMessage) message = mesh_dns_message_new (TRUE);
  g_autoptr (MeshPeerId) peer = make_id (1000000 + number);
  g_autofree char *label = g_strdup_printf ("liar%u", number);
  MeshDnsName service, instance;

  g_assert_true (mesh_dns_name_parse (&service, "_p2p._udp.local"));
  g_assert_true (mesh_dns_name_child (&instance, label, &service));
  mesh_dns_message_add_ptr (message, MESH_DNS_SECTION_ANSWER, &service, 120, &instance);
  /* As js-libp2p does it: a TXT record for each address, among the answers. */
  for (guint i = 0; i < n_txt; i++)
    {
      g_autofree char *text = g_strdup_printf ("xdnsaddr=/ip4/10.0.0.1/tcp/%u/p2p/%s",
                                               i + 1, mesh_peer_id_to_string (peer));
      g_autoptr (GBytes) data = NULL;

      text[0] = (char) (strlen (text) - 1);
      data = g_bytes_new (text, strlen (text));
      mesh_dns_message_add_data (message, MESH_DNS_SECTION_ANSWER, &instance,
                                 MESH_DNS_TYPE_TXT, 120, data);
    }
  return mesh_dns_message_encode (message);
}

static void
test_js_style (void)
{
  g_autoptr (GBytes) packet = make_announcement (1, 3);
  Node *node;
  Net net;

  net_init (&net, 8);
  node = join (&net, 4001);
  say (&net, node, packet);
  g_assert_cmpuint (node->n_found, ==, 1);
  net_clear (&net);
}

/* Thousands of made-up peers: bounded, and what was known stays known. */
static void
test_flood (void)
{
  Node *node, *friend;
  Net net;

  net_init (&net, 9);
  node = join (&net, 4001);
  friend = join (&net, 4002);
  run (&net, net.now_us + 2 * S);
  for (guint i = 0; i < 5000; i++)
    {
      g_autoptr (GBytes) packet = make_announcement (i, 1);

      net.now_us += 20 * MS;
      hear (&net, node, g_bytes_get_data (packet, NULL), g_bytes_get_size (packet));
    }
  g_assert_cmpuint (mesh_mdns_core_get_n_peers (node->core), <=, MESH_MDNS_CACHE_MAX);
  g_assert_true (g_hash_table_contains (node->known, friend->peer));
  net_clear (&net);
}

static void
test_packet_rate (void)
{
  static const guint8 source[4] = { 10, 0, 0, 9 };
  g_autoptr (GBytes) packet = make_announcement (1, 1);
  g_autoptr (GError) error = NULL;
  guint n_taken = 0;
  Node *node;
  Net net;

  net_init (&net, 10);
  node = join (&net, 4001);
  for (guint i = 0; i < 2000; i++)
    n_taken += mesh_mdns_core_handle_packet (node->core, LINK, source, 4,
                                             g_bytes_get_data (packet, NULL),
                                             g_bytes_get_size (packet), net.now_us, NULL)
                   ? 1
                   : 0;
  g_assert_cmpuint (n_taken, ==, 3 * MESH_MDNS_CORE_PACKETS_PER_S);
  g_assert_false (mesh_mdns_core_handle_packet (node->core, LINK, source, 4, NULL, 0,
                                                net.now_us, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_BUSY);
  g_clear_error (&error);
  g_assert_false (mesh_mdns_core_handle_packet (node->core, LINK + 1, source, 4, NULL, 0,
                                                net.now_us, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_NOT_FOUND);
  net_clear (&net);
}

/* Only the name comes: its addresses are asked for. */
static void
test_details (void)
{
  g_autoptr (GBytes) packet = make_announcement (1, 0);
  g_autoptr (GBytes) whole = make_announcement (1, 1);
  g_autoptr (MeshDnsMessage) query = NULL;
  Flight *flight;
  guint before;
  Node *node;
  Net net;

  net_init (&net, 11);
  node = join (&net, 4001);
  run (&net, net.now_us + 10 * S);
  before = node->n_sent;
  say (&net, node, packet);
  g_assert_cmpuint (node->n_sent, ==, before + 1);
  flight = g_queue_peek_tail (&net.flights);
  query = mesh_dns_message_decode (g_bytes_get_data (flight->packet, NULL),
                                   g_bytes_get_size (flight->packet), NULL);
  g_assert_cmpuint (query->questions->len, ==, 1);
  g_assert_cmpuint (g_array_index (query->questions, MeshDnsQuestion, 0).type, ==,
                    MESH_DNS_TYPE_TXT);
  say (&net, node, whole);
  g_assert_cmpuint (node->n_found, ==, 1);
  net_clear (&net);
}

/* Noise, and good packets with bits turned: nothing breaks. */
static void
test_noise (void)
{
  g_autoptr (GBytes) good = make_announcement (1, 5);
  gsize len = g_bytes_get_size (good);

  for (guint64 seed = 0; seed < 10000; seed++)
    {
      g_autofree guint8 *data = g_memdup2 (g_bytes_get_data (good, NULL), len);
      Node *node;
      MeshRng rng;
      Net net;

      mesh_rng_init (&rng, seed);
      net_init (&net, seed);
      node = join (&net, 4001);
      for (guint i = 0; i < 4; i++)
        data[mesh_rng_below (&rng, len)] = (guint8) mesh_rng_next (&rng);
      hear (&net, node, data, mesh_rng_below (&rng, len + 1));
      net_clear (&net);
    }
}

static void
test_bad_config (void)
{
  g_autoptr (MeshPeerId) self = make_id (1);
  g_autoptr (GError) error = NULL;
  MeshMdnsCoreConfig config = { .service = "", .peer_name = "a", .self = self };

  g_assert_null (mesh_mdns_core_new (&config, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_INVALID);
}

static void
test_links (void)
{
  Node *node;
  Net net;

  net_init (&net, 12);
  node = join (&net, 0);
  for (guint i = 0; i < MESH_MDNS_CORE_MAX_LINKS - 1; i++)
    g_assert_true (mesh_mdns_core_add_link (node->core, 100 + i, net.now_us));
  g_assert_false (mesh_mdns_core_add_link (node->core, 5000, net.now_us));
  g_assert_true (mesh_mdns_core_add_link (node->core, LINK, net.now_us));
  mesh_mdns_core_remove_link (node->core, 100);
  g_assert_true (mesh_mdns_core_add_link (node->core, 5000, net.now_us));
  net_clear (&net);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mdns-core/join", test_join);
  g_test_add_func ("/mdns-core/newcomer", test_newcomer);
  g_test_add_func ("/mdns-core/quiet", test_quiet);
  g_test_add_func ("/mdns-core/change", test_change);
  g_test_add_func ("/mdns-core/goodbye", test_goodbye);
  g_test_add_func ("/mdns-core/answers", test_answers);
  g_test_add_func ("/mdns-core/known-answer", test_known_answer);
  g_test_add_func ("/mdns-core/query-storm", test_query_storm);
  g_test_add_func ("/mdns-core/js-style", test_js_style);
  g_test_add_func ("/mdns-core/flood", test_flood);
  g_test_add_func ("/mdns-core/packet-rate", test_packet_rate);
  g_test_add_func ("/mdns-core/details", test_details);
  g_test_add_func ("/mdns-core/noise", test_noise);
  g_test_add_func ("/mdns-core/bad-config", test_bad_config);
  g_test_add_func ("/mdns-core/links", test_links);
  return g_test_run ();
}
