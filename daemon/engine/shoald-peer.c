/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "engine/shoald-peer.h"

#include <math.h>

#include "engine/shoald-rate.h"

struct _ShoaldPeer
{
  GObject parent_instance;

  MeshConnection *connection; /* (owned) */
  char *agent;                /* (owned) */
  char **protocols;           /* (owned) */
  const char *transport;      /* static */
  gint64 since_s;
  int latency_ms;
  guint64 up_bytes;
  guint64 down_bytes;
  guint64 up_bps;
  guint64 down_bps;
  ShoaldRate up_rate;
  ShoaldRate down_rate;
  gboolean is_bootstrap;
  const char *kind; /* static */
  double score;
  GVariant *score_parts; /* (owned) */
  char **roles;          /* (owned) */
  GVariant *caps;        /* (owned) */
};

G_DEFINE_FINAL_TYPE (ShoaldPeer, shoald_peer, G_TYPE_OBJECT)

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static void
shoald_peer_finalize (GObject *object)
{
  ShoaldPeer *peer = SHOALD_PEER (object);

  g_object_unref (peer->connection);
  g_free (peer->agent);
  g_strfreev (peer->protocols);
  g_variant_unref (peer->score_parts);
  g_strfreev (peer->roles);
  g_variant_unref (peer->caps);
  G_OBJECT_CLASS (shoald_peer_parent_class)->finalize (object);
}

static void
shoald_peer_class_init (ShoaldPeerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = shoald_peer_finalize;
  signals[SIGNAL_CHANGED]
      = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                      NULL, NULL, G_TYPE_NONE, 0);
}

static void
shoald_peer_init (ShoaldPeer *peer)
{
  peer->agent = g_strdup ("");
  peer->protocols = g_new0 (char *, 1);
  peer->latency_ms = -1;
  peer->kind = "internet";
  peer->score = 0.5;
  peer->score_parts = g_variant_ref_sink (g_variant_new ("a{sv}", NULL));
  peer->roles = g_new0 (char *, 1);
  peer->caps = g_variant_ref (peer->score_parts);
}

static const char *
find_transport (MeshMultiaddr *addr)
{
  static const struct
  {
    MeshMultiaddrProtocol protocol;
    const char *name;
  } names[] = {
    { MESH_MULTIADDR_P2P_CIRCUIT, "relay" },
    { MESH_MULTIADDR_WEBRTC, "webrtc" },
    { MESH_MULTIADDR_WEBRTC_DIRECT, "webrtc" },
    { MESH_MULTIADDR_QUIC_V1, "quic" },
    { MESH_MULTIADDR_TCP, "tcp" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (mesh_multiaddr_find (addr, names[i].protocol, NULL))
      return names[i].name;
  return "";
}

ShoaldPeer *
shoald_peer_new (MeshConnection *connection, gboolean is_bootstrap)
{
  ShoaldPeer *peer = g_object_new (SHOALD_TYPE_PEER, NULL);
  gint64 age_us = g_get_monotonic_time () - mesh_connection_get_opened_us (connection);

  peer->connection = g_object_ref (connection);
  peer->transport = find_transport (mesh_connection_get_remote_addr (connection));
  peer->since_s = (g_get_real_time () - age_us) / G_USEC_PER_SEC;
  shoald_peer_update (peer, is_bootstrap, g_get_monotonic_time ());
  return peer;
}

static gboolean
update_info (ShoaldPeer *peer)
{
  const MeshPeerInfo *info = mesh_connection_get_peer_info (peer->connection);
  const char *agent
      = info != NULL && info->agent_version != NULL ? info->agent_version : "";
  gboolean is_new = FALSE;

  if (g_strcmp0 (agent, peer->agent) != 0)
    {
      g_free (peer->agent);
      peer->agent = g_utf8_make_valid (agent, -1);
      is_new = TRUE;
    }
  if (info != NULL && info->protocols != NULL
      && !g_strv_equal ((const char *const *) info->protocols,
                        (const char *const *) peer->protocols))
    {
      g_strfreev (peer->protocols);
      peer->protocols = g_strdupv (info->protocols);
      is_new = TRUE;
    }
  return is_new;
}

void
shoald_peer_update (ShoaldPeer *peer, gboolean is_bootstrap, gint64 now_us)
{
  gint64 latency_us = mesh_connection_get_latency_us (peer->connection);
  int latency_ms = latency_us < 0 ? -1 : (int) MIN ((latency_us + 500) / 1000, G_MAXINT);
  guint64 up = mesh_connection_get_bytes_out (peer->connection);
  guint64 down = mesh_connection_get_bytes_in (peer->connection);
  guint64 up_bps = shoald_rate_sample (&peer->up_rate, up, now_us);
  guint64 down_bps = shoald_rate_sample (&peer->down_rate, down, now_us);
  gboolean is_new = update_info (peer);

  if (!is_new && latency_ms == peer->latency_ms && up == peer->up_bytes
      && down == peer->down_bytes && up_bps == peer->up_bps && down_bps == peer->down_bps
      && is_bootstrap == peer->is_bootstrap)
    return;
  peer->latency_ms = latency_ms;
  peer->up_bytes = up;
  peer->down_bytes = down;
  peer->up_bps = up_bps;
  peer->down_bps = down_bps;
  peer->is_bootstrap = is_bootstrap;
  g_signal_emit (peer, signals[SIGNAL_CHANGED], 0);
}

/* How it stands with us. */

static double
round_score (double score)
{
  return round (score * 100) / 100;
}

static GVariant *
describe_score (const MeshPeerScoreParts *score)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "latency", "d", round_score (score->latency));
  g_variant_dict_insert (&dict, "throughput", "d", round_score (score->throughput));
  g_variant_dict_insert (&dict, "success", "d", round_score (score->success));
  g_variant_dict_insert (&dict, "uptime", "d", round_score (score->uptime));
  g_variant_dict_insert (&dict, "honesty", "d", round_score (score->honesty));
  if (score->latency_us >= 0)
    g_variant_dict_insert (&dict, "latency-ms", "d",
                           round ((double) score->latency_us / 100) / 10);
  if (score->rate_bps >= 0)
    g_variant_dict_insert (&dict, "rate-bps", "d", (double) score->rate_bps);
  return g_variant_dict_end (&dict);
}

static GVariant *
describe_caps (const MeshCaps *caps)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  if (caps != NULL)
    {
      g_variant_dict_insert (&dict, "max-upload-bps", "t", caps->up_bps);
      g_variant_dict_insert (&dict, "max-download-bps", "t", caps->down_bps);
      g_variant_dict_insert (&dict, "roots", "t", caps->n_roots);
    }
  return g_variant_dict_end (&dict);
}

/* Takes a floating @value. */
static gboolean
set_dict (GVariant **field, GVariant *value)
{
  g_autoptr (GVariant) old = *field;

  *field = g_variant_ref_sink (value);
  return !g_variant_equal (old, *field);
}

static gboolean
set_roles (ShoaldPeer *peer, guint roles)
{
  g_auto (GStrv) old = peer->roles;

  peer->roles = mesh_caps_dup_role_names (roles);
  return !g_strv_equal ((const char *const *) old, (const char *const *) peer->roles);
}

void
shoald_peer_set_standing (ShoaldPeer *peer,
                          const MeshPeerBookEntry *entry,
                          const MeshCaps *caps)
{
  const char *kind
      = entry != NULL ? mesh_peer_table_get_class_name (entry->peer_class) : peer->kind;
  double score = round_score (entry != NULL ? entry->score.score : peer->score);
  gboolean is_new = kind != peer->kind || fabs (score - peer->score) > 0.001;

  peer->kind = kind;
  peer->score = score;
  if (entry != NULL)
    is_new |= set_dict (&peer->score_parts, describe_score (&entry->score));
  is_new |= set_roles (peer, caps != NULL ? caps->roles : 0);
  is_new |= set_dict (&peer->caps, describe_caps (caps));
  if (is_new)
    g_signal_emit (peer, signals[SIGNAL_CHANGED], 0);
}

MeshConnection *
shoald_peer_get_connection (ShoaldPeer *peer)
{
  return peer->connection;
}

MeshPeerId *
shoald_peer_get_peer_id (ShoaldPeer *peer)
{
  return mesh_connection_get_peer_id (peer->connection);
}

const char *
shoald_peer_get_id (ShoaldPeer *peer)
{
  return mesh_peer_id_to_string (shoald_peer_get_peer_id (peer));
}

const char *
shoald_peer_get_agent (ShoaldPeer *peer)
{
  return peer->agent;
}

const char *
shoald_peer_get_address (ShoaldPeer *peer)
{
  return mesh_multiaddr_to_string (mesh_connection_get_remote_addr (peer->connection));
}

const char *
shoald_peer_get_direction (ShoaldPeer *peer)
{
  return mesh_connection_get_direction (peer->connection) == MESH_DIRECTION_INBOUND
             ? "inbound"
             : "outbound";
}

const char *
shoald_peer_get_transport (ShoaldPeer *peer)
{
  return peer->transport;
}

int
shoald_peer_get_latency_ms (ShoaldPeer *peer)
{
  return peer->latency_ms;
}

guint64
shoald_peer_get_bytes_up (ShoaldPeer *peer)
{
  return peer->up_bytes;
}

guint64
shoald_peer_get_bytes_down (ShoaldPeer *peer)
{
  return peer->down_bytes;
}

guint64
shoald_peer_get_rate_up_bps (ShoaldPeer *peer)
{
  return peer->up_bps;
}

guint64
shoald_peer_get_rate_down_bps (ShoaldPeer *peer)
{
  return peer->down_bps;
}

const char *const *
shoald_peer_get_protocols (ShoaldPeer *peer)
{
  return (const char *const *) peer->protocols;
}

gint64
shoald_peer_get_since_s (ShoaldPeer *peer)
{
  return peer->since_s;
}

gboolean
shoald_peer_is_bootstrap (ShoaldPeer *peer)
{
  return peer->is_bootstrap;
}

const char *
shoald_peer_get_kind (ShoaldPeer *peer)
{
  return peer->kind;
}

double
shoald_peer_get_score (ShoaldPeer *peer)
{
  return peer->score;
}

GVariant *
shoald_peer_get_score_parts (ShoaldPeer *peer)
{
  return peer->score_parts;
}

const char *const *
shoald_peer_get_roles (ShoaldPeer *peer)
{
  return (const char *const *) peer->roles;
}

GVariant *
shoald_peer_get_caps (ShoaldPeer *peer)
{
  return peer->caps;
}
