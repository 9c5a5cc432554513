/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "net/host/mesh-limits.h"

#include <string.h>

#include "base/mesh-error.h"

struct MeshLimits
{
  MeshLimitsConfig config;
  guint n_inbound;
  guint n_outbound;
  guint n_handshakes;
  GHashTable *per_ip; /* (owned) (element-type guint64 guint) */
};

MeshLimits *
mesh_limits_new (const MeshLimitsConfig *config)
{
  MeshLimits *limits = g_new0 (MeshLimits, 1);

  limits->config = *config;
  limits->per_ip = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  return limits;
}

void
mesh_limits_free (MeshLimits *limits)
{
  g_hash_table_unref (limits->per_ip);
  g_free (limits);
}

/* An IPv4 address, or the network half of an IPv6 address; 0 for what has neither. */
static guint64
get_key (const MeshMultiaddr *addr)
{
  MeshMultiaddrComponent component;
  guint64 key = 0;

  if (mesh_multiaddr_find (addr, MESH_MULTIADDR_IP4, &component)
      || mesh_multiaddr_find (addr, MESH_MULTIADDR_IP6, &component))
    memcpy (&key, component.data, MIN (component.len, sizeof key));
  return key;
}

static guint
get_count (MeshLimits *limits, guint64 key)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (limits->per_ip, &key));
}

static void
set_count (MeshLimits *limits, guint64 key, guint count)
{
  if (count == 0)
    g_hash_table_remove (limits->per_ip, &key);
  else
    g_hash_table_replace (limits->per_ip, g_memdup2 (&key, sizeof key),
                          GUINT_TO_POINTER (count));
}

static gboolean
check (guint count, guint max, const char *what, GError **error)
{
  if (count < max)
    return TRUE;
  g_set_error (error, MESH_ERROR, MESH_ERROR_LIMIT, "There are %u %s already", count,
               what);
  return FALSE;
}

gboolean
mesh_limits_admit_inbound (MeshLimits *limits, const MeshMultiaddr *addr, GError **error)
{
  guint64 key = get_key (addr);
  guint n_ip = get_count (limits, key);

  if (!check (limits->n_inbound + limits->n_outbound, limits->config.max_connections,
              "connections", error)
      || !check (limits->n_inbound, limits->config.max_inbound, "incoming connections",
                 error)
      || !check (n_ip, limits->config.max_inbound_per_ip,
                 "connections from the same address", error)
      || !check (limits->n_handshakes, limits->config.max_inbound_handshakes,
                 "unfinished handshakes", error))
    return FALSE;
  limits->n_inbound++;
  limits->n_handshakes++;
  set_count (limits, key, n_ip + 1);
  return TRUE;
}

void
mesh_limits_end_handshake (MeshLimits *limits)
{
  g_return_if_fail (limits->n_handshakes > 0);

  limits->n_handshakes--;
}

void
mesh_limits_drop_inbound (MeshLimits *limits, const MeshMultiaddr *addr)
{
  guint64 key = get_key (addr);

  g_return_if_fail (limits->n_inbound > 0 && get_count (limits, key) > 0);

  limits->n_inbound--;
  set_count (limits, key, get_count (limits, key) - 1);
}

gboolean
mesh_limits_admit_outbound (MeshLimits *limits, GError **error)
{
  if (!check (limits->n_inbound + limits->n_outbound, limits->config.max_connections,
              "connections", error))
    return FALSE;
  limits->n_outbound++;
  return TRUE;
}

void
mesh_limits_drop_outbound (MeshLimits *limits)
{
  g_return_if_fail (limits->n_outbound > 0);

  limits->n_outbound--;
}
