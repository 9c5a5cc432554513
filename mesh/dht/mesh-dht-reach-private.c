/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "dht/mesh-dht-reach-private.h"

#include "dht/mesh-kad-addrs.h"
#include "dht/mesh-kad-pool.h"

typedef struct
{
  MeshMultiaddr *addr; /* (owned) */
  guint64 group;       /* of who said so */
} Claim;

struct MeshDhtReach
{
  GPtrArray *addrs;  /* (owned) (element-type MeshMultiaddr) */
  GPtrArray *claims; /* (owned) (element-type Claim): oldest first */
};

static void
claim_free (gpointer data)
{
  Claim *claim = data;

  mesh_multiaddr_unref (claim->addr);
  g_free (claim);
}

MeshDhtReach *
mesh_dht_reach_new (void)
{
  MeshDhtReach *reach = g_new0 (MeshDhtReach, 1);

  reach->addrs = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_multiaddr_unref);
  reach->claims = g_ptr_array_new_with_free_func (claim_free);
  return reach;
}

void
mesh_dht_reach_free (MeshDhtReach *reach)
{
  g_ptr_array_unref (reach->addrs);
  g_ptr_array_unref (reach->claims);
  g_free (reach);
}

void
mesh_dht_reach_clear (MeshDhtReach *reach)
{
  g_ptr_array_set_size (reach->addrs, 0);
  g_ptr_array_set_size (reach->claims, 0);
}

static guint64
get_group (MeshMultiaddr *addr)
{
  g_autoptr (MeshKadPool) pool = mesh_kad_pool_new ();
  g_autoptr (GPtrArray) list = g_ptr_array_new ();
  g_autoptr (MeshKadAddrs) addrs = NULL;

  g_ptr_array_add (list, addr);
  addrs = mesh_kad_addrs_new (pool, list, MESH_KAD_SCOPE_WAN);
  return mesh_kad_addrs_get_group (addrs);
}

static gboolean
contains (GPtrArray *list, MeshMultiaddr *addr)
{
  for (guint i = 0; i < list->len; i++)
    {
      g_autoptr (MeshMultiaddr) bare = mesh_multiaddr_without_peer_id (list->pdata[i]);

      if (bare != NULL && mesh_multiaddr_equal (bare, addr))
        return TRUE;
    }
  return FALSE;
}

/* Whether somebody of another network said the same; else it is remembered. */
static gboolean
is_seconded (MeshDhtReach *reach, MeshMultiaddr *addr, guint64 group)
{
  Claim *claim;

  for (guint i = 0; i < reach->claims->len; i++)
    {
      claim = reach->claims->pdata[i];
      if (mesh_multiaddr_equal (claim->addr, addr))
        return claim->group != group;
    }
  if (reach->claims->len == MESH_DHT_REACH_MAX_CLAIMS)
    g_ptr_array_remove_index (reach->claims, 0);
  claim = g_new0 (Claim, 1);
  claim->addr = mesh_multiaddr_ref (addr);
  claim->group = group;
  g_ptr_array_add (reach->claims, claim);
  return FALSE;
}

gboolean
mesh_dht_reach_add (MeshDhtReach *reach,
                    MeshMultiaddr *remote,
                    MeshMultiaddr *observed,
                    GPtrArray *listen)
{
  g_autoptr (MeshMultiaddr) bare = mesh_multiaddr_without_peer_id (observed);

  if (bare == NULL || !mesh_kad_addrs_is_admitted (MESH_KAD_SCOPE_WAN, remote)
      || !mesh_kad_addrs_is_admitted (MESH_KAD_SCOPE_WAN, bare) || get_group (bare) == 0
      || contains (reach->addrs, bare) || reach->addrs->len == MESH_DHT_REACH_MAX_ADDRS
      || mesh_multiaddr_find (bare, MESH_MULTIADDR_P2P_CIRCUIT, NULL))
    return FALSE;
  if (!contains (listen, bare) && !is_seconded (reach, bare, get_group (remote)))
    return FALSE;
  g_ptr_array_add (reach->addrs, g_steal_pointer (&bare));
  return TRUE;
}

static gpointer
ref_addr (gconstpointer addr, gpointer user_data)
{
  return mesh_multiaddr_ref ((MeshMultiaddr *) addr);
}

GPtrArray *
mesh_dht_reach_dup_addrs (const MeshDhtReach *reach)
{
  return g_ptr_array_copy (reach->addrs, ref_addr, NULL);
}

gboolean
mesh_dht_reach_is_reachable (const MeshDhtReach *reach)
{
  return reach->addrs->len > 0;
}
