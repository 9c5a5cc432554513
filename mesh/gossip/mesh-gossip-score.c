/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "gossip/mesh-gossip-score.h"

#include <string.h>

#include "base/mesh-error.h"
#include "peer/mesh-addr-scope.h"

#define IP_BYTES 16

typedef struct
{
  guint8 ip[IP_BYTES];
  guint bits;
} Net;

struct MeshGossipScoreTopic
{
  char *name; /* (owned) */
  MeshGossipTopicParams params;
};

/* What a peer did in one topic. */
typedef struct
{
  MeshGossipScoreTopic *topic; /* (unowned) */
  gboolean is_in_mesh;
  gboolean is_active; /* in the mesh long enough for P3 */
  gint64 graft_us;
  double first;
  double mesh;
  double failure;
  double invalid;
} Part;

/* The peers of one address, or of one IPv6 /64. */
typedef struct
{
  guint8 ip[IP_BYTES];
  guint n_peers;
  guint threshold; /* 0: any number */
} Place;

struct MeshGossipScorePeer
{
  MeshPeerId *id; /* (owned) */
  Place *place;   /* (unowned) (nullable) */
  GArray *parts;  /* (owned) (nullable) (element-type Part) */
  double app;
  double behaviour;
  gint64 decayed_us;
  gint64 forget_us; /* while departed */
};

struct MeshGossipScore
{
  MeshGossipScoreParams params;
  GHashTable *topics;   /* (owned) (element-type utf8 MeshGossipScoreTopic) */
  GHashTable *places;   /* (owned) (element-type Place): a set */
  GHashTable *retained; /* (owned) (element-type MeshPeerId MeshGossipScorePeer) */
  GQueue departures;    /* of MeshGossipScorePeer (owned by retained), first gone first */
  GArray *exempt;       /* (owned) (element-type Net) */
};

static void
topic_free (gpointer data)
{
  MeshGossipScoreTopic *topic = data;

  g_free (topic->name);
  g_free (topic);
}

static void
peer_free (gpointer data)
{
  MeshGossipScorePeer *peer = data;

  mesh_peer_id_unref (peer->id);
  g_clear_pointer (&peer->parts, g_array_unref);
  g_free (peer);
}

static guint
place_hash (gconstpointer data)
{
  const Place *place = data;
  guint hash = 5381;

  for (guint i = 0; i < IP_BYTES; i++)
    hash = hash * 33 + place->ip[i];
  return hash;
}

static gboolean
place_equal (gconstpointer a, gconstpointer b)
{
  return memcmp (((const Place *) a)->ip, ((const Place *) b)->ip, IP_BYTES) == 0;
}

MeshGossipScore *
mesh_gossip_score_new (const MeshGossipScoreParams *params)
{
  MeshGossipScore *score = g_new0 (MeshGossipScore, 1);

  score->params = *params;
  score->topics = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, topic_free);
  score->places = g_hash_table_new_full (place_hash, place_equal, g_free, NULL);
  score->retained
      = g_hash_table_new_full (mesh_peer_id_hash, mesh_peer_id_equal, NULL, peer_free);
  g_queue_init (&score->departures);
  score->exempt = g_array_new (FALSE, FALSE, sizeof (Net));
  return score;
}

void
mesh_gossip_score_free (MeshGossipScore *score)
{
  g_queue_clear (&score->departures);
  g_hash_table_unref (score->retained);
  g_hash_table_unref (score->places);
  g_hash_table_unref (score->topics);
  g_array_unref (score->exempt);
  g_free (score);
}

guint
mesh_gossip_score_get_n_retained (const MeshGossipScore *score)
{
  return score->departures.length;
}

guint
mesh_gossip_score_get_n_ips (const MeshGossipScore *score)
{
  return g_hash_table_size (score->places);
}

/* Addresses. */

/* IPv4 as IPv6 has it, ::ffff:0:0/96. */
static void
widen (const guint8 *ip, gsize len, guint8 wide[IP_BYTES])
{
  memset (wide, 0, IP_BYTES);
  if (len == IP_BYTES)
    {
      memcpy (wide, ip, IP_BYTES);
      return;
    }
  wide[10] = wide[11] = 0xff;
  memcpy (wide + 12, ip, 4);
}

static gboolean
is_inside (const guint8 ip[IP_BYTES], const guint8 net[IP_BYTES], guint bits)
{
  guint8 mask = (guint8) (0xff00 >> (bits % 8));

  return memcmp (ip, net, bits / 8) == 0
         && (bits % 8 == 0 || ((ip[bits / 8] ^ net[bits / 8]) & mask) == 0);
}

static guint
get_threshold (const MeshGossipScore *score, const guint8 ip[IP_BYTES])
{
  for (guint i = 0; i < score->exempt->len; i++)
    {
      const Net *net = &g_array_index (score->exempt, Net, i);

      if (is_inside (ip, net->ip, net->bits))
        return 0;
    }
  /* Where one address says nothing about one owner. */
  return mesh_addr_scope_is_lan (mesh_addr_scope_of_ip (ip, IP_BYTES))
             ? score->params.private_threshold
             : score->params.ip_threshold;
}

static Place *
enter_place (MeshGossipScore *score, const guint8 *ip, gsize len)
{
  static const guint8 mapped[IP_BYTES] = { [10] = 0xff, [11] = 0xff };
  Place probe = { 0 };
  Place *place;
  guint threshold;

  if (ip == NULL || (len != 4 && len != IP_BYTES))
    return NULL;
  widen (ip, len, probe.ip);
  threshold = get_threshold (score, probe.ip);
  if (threshold == 0)
    return NULL;
  if (!is_inside (probe.ip, mapped, 96))
    memset (probe.ip + 8, 0, 8); /* a subscriber has a /64 at least */
  place = g_hash_table_lookup (score->places, &probe);
  if (place == NULL)
    {
      place = g_memdup2 (&probe, sizeof probe);
      g_hash_table_add (score->places, place);
    }
  place->threshold = threshold;
  place->n_peers++;
  return place;
}

static void
leave_place (MeshGossipScore *score, MeshGossipScorePeer *peer)
{
  Place *place = g_steal_pointer (&peer->place);

  if (place != NULL && --place->n_peers == 0)
    g_hash_table_remove (score->places, place);
}

gboolean
mesh_gossip_score_exempt_net (MeshGossipScore *score,
                              const guint8 *ip,
                              gsize ip_len,
                              guint prefix_bits,
                              GError **error)
{
  Net net;

  if ((ip_len != 4 && ip_len != IP_BYTES) || prefix_bits > 8 * ip_len)
    {
      g_set_error_literal (error, MESH_ERROR, MESH_ERROR_INVALID,
                           "This is no network that can be exempt from the limit of "
                           "gossip peers for each address");
      return FALSE;
    }
  if (score->exempt->len >= MESH_GOSSIP_MAX_EXEMPT_NETS)
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_LIMIT,
                   "At most %d networks can be exempt from the limit of gossip peers for "
                   "each address",
                   MESH_GOSSIP_MAX_EXEMPT_NETS);
      return FALSE;
    }
  widen (ip, ip_len, net.ip);
  net.bits = ip_len == 4 ? prefix_bits + 96 : prefix_bits;
  g_array_append_val (score->exempt, net);
  return TRUE;
}

/* Topics and peers. */

MeshGossipScoreTopic *
mesh_gossip_score_topic (MeshGossipScore *score,
                         const char *name,
                         const MeshGossipTopicParams *params)
{
  MeshGossipScoreTopic *topic = g_hash_table_lookup (score->topics, name);

  if (topic == NULL)
    {
      topic = g_new0 (MeshGossipScoreTopic, 1);
      topic->name = g_strdup (name);
      g_hash_table_insert (score->topics, topic->name, topic);
    }
  topic->params = *params;
  return topic;
}

gboolean
mesh_gossip_score_has_p3 (const MeshGossipScoreTopic *topic)
{
  return topic->params.mesh_weight != 0 || topic->params.failure_weight != 0;
}

static void
forget_departed (MeshGossipScore *score, gint64 now_us)
{
  const MeshGossipScorePeer *peer;

  while ((peer = g_queue_peek_head (&score->departures)) != NULL
         && (peer->forget_us <= now_us
             || score->departures.length > score->params.max_retained))
    {
      g_queue_pop_head (&score->departures);
      g_hash_table_remove (score->retained, peer->id);
    }
}

MeshGossipScorePeer *
mesh_gossip_score_add (MeshGossipScore *score,
                       MeshPeerId *id,
                       const guint8 *ip,
                       gsize ip_len,
                       gint64 now_us)
{
  MeshGossipScorePeer *peer;

  forget_departed (score, now_us);
  peer = g_hash_table_lookup (score->retained, id);
  if (peer != NULL)
    {
      g_hash_table_steal (score->retained, id);
      g_queue_remove (&score->departures, peer);
    }
  else
    {
      peer = g_new0 (MeshGossipScorePeer, 1);
      peer->id = mesh_peer_id_ref (id);
      peer->decayed_us = now_us;
    }
  peer->place = enter_place (score, ip, ip_len);
  return peer;
}

static Part *
get_part (MeshGossipScorePeer *peer, MeshGossipScoreTopic *topic)
{
  Part fresh = { .topic = topic };

  if (peer->parts == NULL)
    peer->parts = g_array_sized_new (FALSE, FALSE, sizeof (Part), 1);
  for (guint i = 0; i < peer->parts->len; i++)
    if (g_array_index (peer->parts, Part, i).topic == topic)
      return &g_array_index (peer->parts, Part, i);
  g_array_append_val (peer->parts, fresh);
  return &g_array_index (peer->parts, Part, peer->parts->len - 1);
}

/* Decay. */

/* Returns: whether anything is left to decay. */
static gboolean
decay (double *value, double factor, double zero)
{
  if (*value == 0)
    return FALSE;
  *value *= factor;
  if (*value < zero)
    *value = 0;
  return *value != 0;
}

static gboolean
decay_once (const MeshGossipScore *score, MeshGossipScorePeer *peer)
{
  double zero = score->params.decay_to_zero;
  gboolean is_left = decay (&peer->behaviour, score->params.behaviour_decay, zero);

  for (guint i = 0; peer->parts != NULL && i < peer->parts->len; i++)
    {
      Part *part = &g_array_index (peer->parts, Part, i);
      const MeshGossipTopicParams *params = &part->topic->params;

      is_left |= decay (&part->first, params->first_decay, zero);
      is_left |= decay (&part->mesh, params->mesh_decay, zero);
      is_left |= decay (&part->failure, params->failure_decay, zero);
      is_left |= decay (&part->invalid, params->invalid_decay, zero);
    }
  return is_left;
}

/* Brings the counters up to @now_us. A decay ends at zero after some thousand steps, so
 * that a long absence costs no more than that. */
static void
refresh (const MeshGossipScore *score, MeshGossipScorePeer *peer, gint64 now_us)
{
  gint64 interval_us = score->params.decay_interval_us;
  gint64 n = MAX (now_us - peer->decayed_us, 0) / interval_us;

  peer->decayed_us += n * interval_us;
  while (n-- > 0 && decay_once (score, peer))
    ;
  for (guint i = 0; peer->parts != NULL && i < peer->parts->len; i++)
    {
      Part *part = &g_array_index (peer->parts, Part, i);

      if (part->is_in_mesh
          && now_us - part->graft_us > part->topic->params.mesh_activation_us)
        part->is_active = TRUE;
    }
}

/* The score. */

static double
get_deficit (const Part *part)
{
  const MeshGossipTopicParams *params = &part->topic->params;

  if (!part->is_active || part->mesh >= params->mesh_threshold)
    return 0;
  return (params->mesh_threshold - part->mesh) * (params->mesh_threshold - part->mesh);
}

static double
get_part_score (const Part *part, gint64 now_us)
{
  const MeshGossipTopicParams *params = &part->topic->params;
  double sum = 0;

  if (part->is_in_mesh)
    {
      double p1 = (double) ((now_us - part->graft_us) / params->time_quantum_us);

      sum += params->time_weight * MIN (p1, params->time_cap);
    }
  sum += params->first_weight * part->first;
  sum += params->mesh_weight * get_deficit (part);
  sum += params->failure_weight * part->failure;
  sum += params->invalid_weight * part->invalid * part->invalid;
  return sum * params->weight;
}

double
mesh_gossip_score_get (MeshGossipScore *score, MeshGossipScorePeer *peer, gint64 now_us)
{
  const MeshGossipScoreParams *params = &score->params;
  double sum = 0;

  refresh (score, peer, now_us);
  for (guint i = 0; peer->parts != NULL && i < peer->parts->len; i++)
    sum += get_part_score (&g_array_index (peer->parts, Part, i), now_us);
  if (params->topic_cap > 0 && sum > params->topic_cap)
    sum = params->topic_cap;
  sum += params->app_weight * peer->app;
  if (peer->place != NULL && peer->place->n_peers > peer->place->threshold)
    {
      double surplus = peer->place->n_peers - peer->place->threshold;

      sum += params->ip_weight * surplus * surplus;
    }
  if (peer->behaviour > params->behaviour_threshold)
    {
      double excess = peer->behaviour - params->behaviour_threshold;

      sum += params->behaviour_weight * excess * excess;
    }
  return sum;
}

void
mesh_gossip_score_get_counters (MeshGossipScore *score,
                                MeshGossipScorePeer *peer,
                                gint64 now_us,
                                MeshGossipScoreCounters *counters)
{
  refresh (score, peer, now_us);
  memset (counters, 0, sizeof *counters);
  counters->app = peer->app;
  counters->behaviour = peer->behaviour;
  counters->same_ip = peer->place != NULL ? peer->place->n_peers : 0;
  for (guint i = 0; peer->parts != NULL && i < peer->parts->len; i++)
    {
      counters->first += g_array_index (peer->parts, Part, i).first;
      counters->invalid += g_array_index (peer->parts, Part, i).invalid;
    }
}

/* What happens. */

void
mesh_gossip_score_set_app (MeshGossipScorePeer *peer, double value)
{
  peer->app = value;
}

void
mesh_gossip_score_penalise (MeshGossipScore *score,
                            MeshGossipScorePeer *peer,
                            double n,
                            gint64 now_us)
{
  refresh (score, peer, now_us);
  peer->behaviour += n;
}

void
mesh_gossip_score_graft (MeshGossipScore *score,
                         MeshGossipScorePeer *peer,
                         MeshGossipScoreTopic *topic,
                         gint64 now_us)
{
  Part *part = get_part (peer, topic);

  part->is_in_mesh = TRUE;
  part->is_active = FALSE;
  part->graft_us = now_us;
}

static void
leave_mesh (Part *part)
{
  part->failure += get_deficit (part);
  part->is_in_mesh = FALSE;
  part->is_active = FALSE;
}

void
mesh_gossip_score_prune (MeshGossipScore *score,
                         MeshGossipScorePeer *peer,
                         MeshGossipScoreTopic *topic,
                         gint64 now_us)
{
  refresh (score, peer, now_us);
  leave_mesh (get_part (peer, topic));
}

static void
count_in_mesh (Part *part)
{
  if (part->is_in_mesh)
    part->mesh = MIN (part->mesh + 1, part->topic->params.mesh_cap);
}

void
mesh_gossip_score_first (MeshGossipScore *score,
                         MeshGossipScorePeer *peer,
                         MeshGossipScoreTopic *topic,
                         gint64 now_us)
{
  Part *part;

  refresh (score, peer, now_us);
  part = get_part (peer, topic);
  part->first = MIN (part->first + 1, topic->params.first_cap);
  count_in_mesh (part);
}

void
mesh_gossip_score_again (MeshGossipScore *score,
                         MeshGossipScorePeer *peer,
                         MeshGossipScoreTopic *topic,
                         gint64 decided_us,
                         gint64 now_us)
{
  refresh (score, peer, now_us);
  if (now_us - decided_us <= topic->params.mesh_window_us)
    count_in_mesh (get_part (peer, topic));
}

void
mesh_gossip_score_invalid (MeshGossipScore *score,
                           MeshGossipScorePeer *peer,
                           MeshGossipScoreTopic *topic,
                           gint64 now_us)
{
  refresh (score, peer, now_us);
  get_part (peer, topic)->invalid++;
}

void
mesh_gossip_score_remove (MeshGossipScore *score,
                          MeshGossipScorePeer *peer,
                          gint64 now_us)
{
  refresh (score, peer, now_us);
  leave_place (score, peer);
  peer->app = 0;
  for (guint i = 0; peer->parts != NULL && i < peer->parts->len; i++)
    {
      Part *part = &g_array_index (peer->parts, Part, i);

      if (part->is_in_mesh)
        leave_mesh (part);
      part->first = 0;
    }
  /* Only what speaks against it is kept: good deeds would be a purse to fill for later.
   */
  if (mesh_gossip_score_get (score, peer, now_us) >= 0)
    {
      peer_free (peer);
      return;
    }
  peer->forget_us = now_us + score->params.retain_us;
  g_hash_table_insert (score->retained, peer->id, peer);
  g_queue_push_tail (&score->departures, peer);
  forget_departed (score, now_us);
}
