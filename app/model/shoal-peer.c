/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "model/shoal-peer.h"

#include <glib/gi18n-lib.h>

#include "proxy/shoal-format.h"

struct _ShoalPeer
{
  ShoalProxyObject parent_instance;
};

G_DEFINE_FINAL_TYPE (ShoalPeer, shoal_peer, SHOAL_TYPE_PROXY_OBJECT)

#define BASE(self) SHOAL_PROXY_OBJECT (self)

static char *
dup_name (ShoalPeer *self)
{
  g_autofree char *id = shoal_peer_dup_id (self);

  return shoal_format_short_id (id);
}

static char *
dup_agent (ShoalPeer *self)
{
  g_autofree char *agent = shoal_proxy_object_dup_string (BASE (self), "Agent");

  return *agent != '\0' ? g_steal_pointer (&agent) : g_strdup (_ ("Unknown program"));
}

/* Without the /p2p/ part, which is the peer id again and makes every address too long. */
static char *
dup_address (ShoalPeer *self)
{
  g_auto (GStrv) all = shoal_proxy_object_dup_strv (BASE (self), "Addresses");
  char *tail;

  if (all[0] == NULL)
    return g_strdup ("");
  tail = g_strrstr (all[0], "/p2p/");
  return tail != NULL ? g_strndup (all[0], tail - all[0]) : g_strdup (all[0]);
}

static char *
dup_direction_text (ShoalPeer *self)
{
  if (shoal_proxy_object_get_boolean (BASE (self), "IsBootstrap"))
    return g_strdup (_ ("Bootstrap peer"));
  if (shoal_proxy_object_string_is (BASE (self), "Direction", "inbound"))
    return g_strdup (_ ("Connected to us"));
  return g_strdup (_ ("We connected"));
}

static char *
dup_latency_text (ShoalPeer *self)
{
  gint64 latency_ms = shoal_proxy_object_get_int64 (BASE (self), "LatencyMs");

  return shoal_format_latency (latency_ms < 0 ? -1 : latency_ms * 1000);
}

static char *
dup_traffic (ShoalPeer *self, const char *total_name, const char *rate_name)
{
  guint64 rate_bps = shoal_proxy_object_get_uint64 (BASE (self), rate_name);

  if (rate_bps > 0)
    return shoal_format_rate (rate_bps);
  return shoal_format_bytes (shoal_proxy_object_get_uint64 (BASE (self), total_name));
}

static char *
dup_down_text (ShoalPeer *self)
{
  return dup_traffic (self, "BytesDown", "RateDownBps");
}

static char *
dup_up_text (ShoalPeer *self)
{
  return dup_traffic (self, "BytesUp", "RateUpBps");
}

static const struct
{
  const char *word;
  const char *text;
} kinds[] = {
  { "lan", N_ ("Local network") },
  { "internet", N_ ("Internet") },
  { "relayed", N_ ("Over a relay") },
  { "mini-master", N_ ("Serves an office") },
}, roles[] = {
  { "seeder", N_ ("shares apps") },
  { "mini-master", N_ ("serves an office") },
  { "dht-server", N_ ("helps others find things") },
  { "relay", N_ ("relays connections") },
  { "registry", N_ ("answers searches") },
};

static char *
dup_kind (ShoalPeer *self)
{
  return shoal_proxy_object_dup_string (BASE (self), "Kind");
}

/* A word the daemon may learn later is shown as it is. */
static char *
dup_kind_text (ShoalPeer *self)
{
  g_autofree char *kind = dup_kind (self);

  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_str_equal (kind, kinds[i].word))
      return g_strdup (_ (kinds[i].text));
  return *kind != '\0' ? g_steal_pointer (&kind) : g_strdup (_ ("Not known"));
}

static char *
dup_roles_text (ShoalPeer *self)
{
  g_auto (GStrv) words = shoal_proxy_object_dup_strv (BASE (self), "Roles");

  for (guint i = 0; words[i] != NULL; i++)
    for (gsize j = 0; j < G_N_ELEMENTS (roles); j++)
      if (g_str_equal (words[i], roles[j].word))
        {
          g_free (words[i]);
          words[i] = g_strdup (_ (roles[j].text));
          break;
        }
  return words[0] != NULL ? g_strjoinv (", ", words) : g_strdup (_ ("Not known"));
}

/* In words: the number means nothing to a person. */
static char *
dup_score_text (ShoalPeer *self)
{
  double score = shoal_proxy_object_get_double (BASE (self), "Score");

  if (score < 0.0)
    return g_strdup (_ ("Not known"));
  if (score >= 0.75)
    return g_strdup (_ ("Very good"));
  if (score >= 0.55)
    return g_strdup (_ ("Good"));
  if (score >= 0.45)
    return g_strdup (_ ("Not enough seen yet"));
  return g_strdup (score >= 0.25 ? _ ("Weak") : _ ("Bad: it is asked last"));
}

static char *
dup_traffic_text (ShoalPeer *self)
{
  g_autofree char *down = dup_down_text (self);
  g_autofree char *up = dup_up_text (self);

  /* Translators: amounts of data */
  return g_strdup_printf (_ ("%s received, %s sent"), down, up);
}

static char *
dup_line_text (ShoalPeer *self)
{
  g_autofree char *agent = dup_agent (self);
  g_autofree char *name = dup_name (self);
  g_autofree char *kind = dup_kind_text (self);
  g_autofree char *latency = dup_latency_text (self);

  /* Translators: program and id of a peer, how it is connected and its round trip time:
     "shoal/0.1.0 …6vnc6iDEp, Local network, 0.3 ms" */
  return g_strdup_printf (_ ("%s %s, %s, %s"), agent, name, kind, latency);
}

static gint64
get_latency_ms (ShoalPeer *self)
{
  GDBusProxy *proxy = shoal_proxy_object_get_proxy (BASE (self));

  return proxy != NULL ? MAX (shoal_proxy_object_get_int64 (BASE (self), "LatencyMs"), -1)
                       : -1;
}

static guint64
get_rate_bps (ShoalPeer *self)
{
  guint64 up = shoal_proxy_object_get_uint64 (BASE (self), "RateUpBps");
  guint64 down = shoal_proxy_object_get_uint64 (BASE (self), "RateDownBps");

  return up > G_MAXUINT64 - down ? G_MAXUINT64 : up + down;
}

static char *
dup_details_text (ShoalPeer *self)
{
  g_autofree char *id = shoal_peer_dup_id (self);
  g_autofree char *agent = dup_agent (self);
  g_autofree char *direction = dup_direction_text (self);
  g_autofree char *down
      = shoal_format_bytes (shoal_proxy_object_get_uint64 (BASE (self), "BytesDown"));
  g_autofree char *up
      = shoal_format_bytes (shoal_proxy_object_get_uint64 (BASE (self), "BytesUp"));
  g_autofree char *since
      = shoal_format_since (shoal_proxy_object_get_int64 (BASE (self), "ConnectedSince"),
                            g_get_real_time () / G_USEC_PER_SEC);

  /* Translators: details of a peer, one per line: its id, its program, who began the
     connection, when it connected, bytes received and bytes sent */
  return g_strdup_printf (_ ("%s\n%s\n%s, %s\nReceived %s, sent %s"), id, agent,
                          direction, since, down, up);
}

static const struct
{
  const char *name;
  char *(*dup) (ShoalPeer *self);
} texts[] = {
  { "peer-id", shoal_peer_dup_id },
  { "name", dup_name },
  { "agent", dup_agent },
  { "address", dup_address },
  { "direction-text", dup_direction_text },
  { "latency-text", dup_latency_text },
  { "down-text", dup_down_text },
  { "up-text", dup_up_text },
  { "details-text", dup_details_text },
  { "kind", dup_kind },
  { "kind-text", dup_kind_text },
  { "score-text", dup_score_text },
  { "roles-text", dup_roles_text },
  { "traffic-text", dup_traffic_text },
  { "line-text", dup_line_text },
};

enum
{
  PROP_TARGET = G_N_ELEMENTS (texts) + 1,
  PROP_IS_BOOTSTRAP,
  PROP_LATENCY_MS,
  PROP_RATE_BPS,
};

static void
shoal_peer_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  ShoalPeer *self = SHOAL_PEER (object);

  if (prop_id <= G_N_ELEMENTS (texts))
    g_value_take_string (value, texts[prop_id - 1].dup (self));
  else if (prop_id == PROP_TARGET)
    g_value_take_variant (
        value, g_variant_ref_sink (g_variant_new_take_string (shoal_peer_dup_id (self))));
  else if (prop_id == PROP_IS_BOOTSTRAP)
    g_value_set_boolean (value,
                         shoal_proxy_object_get_boolean (BASE (self), "IsBootstrap"));
  else if (prop_id == PROP_LATENCY_MS)
    g_value_set_int64 (value, get_latency_ms (self));
  else if (prop_id == PROP_RATE_BPS)
    g_value_set_uint64 (value, get_rate_bps (self));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
}

static void
shoal_peer_class_init (ShoalPeerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = shoal_peer_get_property;
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_object_class_install_property (
        object_class, i + 1,
        g_param_spec_string (texts[i].name, NULL, NULL, NULL, flags));
  g_object_class_install_property (
      object_class, PROP_IS_BOOTSTRAP,
      g_param_spec_boolean ("is-bootstrap", NULL, NULL, FALSE, flags));
  g_object_class_install_property (
      object_class, PROP_LATENCY_MS,
      g_param_spec_int64 ("latency-ms", NULL, NULL, -1, G_MAXINT64, -1, flags));
  g_object_class_install_property (
      object_class, PROP_RATE_BPS,
      g_param_spec_uint64 ("rate-bps", NULL, NULL, 0, G_MAXUINT64, 0, flags));
  g_object_class_install_property (
      object_class, PROP_TARGET,
      g_param_spec_variant ("target", NULL, NULL, G_VARIANT_TYPE_STRING, NULL, flags));
}

static void
shoal_peer_init (ShoalPeer *self)
{
}

ShoalPeer *
shoal_peer_new (GDBusProxy *proxy)
{
  ShoalPeer *self = g_object_new (SHOAL_TYPE_PEER, NULL);

  shoal_proxy_object_set_proxy (BASE (self), proxy);
  return self;
}

char *
shoal_peer_dup_id (ShoalPeer *self)
{
  return shoal_proxy_object_dup_string (BASE (self), "PeerId");
}
