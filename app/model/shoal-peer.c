/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "model/shoal-peer.h"

#include <glib/gi18n-lib.h>

#include "model/shoal-format.h"

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
};

enum
{
  PROP_TARGET = G_N_ELEMENTS (texts) + 1,
  PROP_IS_BOOTSTRAP,
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
