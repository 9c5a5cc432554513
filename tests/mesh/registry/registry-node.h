/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "net/protocol/mesh-services.h"
#include "registry/mesh-registry.h"
#include "registry-db-fixture.h"
#include "registry-fixture.h"
#include "registry-wait.h"

/* Registries over real hosts on the loopback. */

typedef struct
{
  char *dir; /* (owned) */
  MeshHost *host;
  MeshServices *services;
  MeshWorkPool *pool;
  MeshGossipService *gossip; /* (nullable) */
  MeshRegistry *registry;
} RegistryNode;

static inline void
registry_node_init_full (RegistryNode *node,
                         guint8 number,
                         MeshRegistryMode mode,
                         MeshMasterClient *master,
                         gboolean has_gossip)
{
  g_autoptr (MeshKeypair) keypair = trust_fixture_keypair (number);
  g_autoptr (MeshMultiaddr) addr = mesh_multiaddr_parse ("/ip4/127.0.0.1/tcp/0", NULL);
  g_autoptr (GError) error = NULL;
  RegistryWait wait = { NULL };
  MeshRegistryOptions options = { .mode = mode, .master = master, .is_sharing = TRUE };

  node->dir = g_dir_make_tmp ("shoal-registry-XXXXXX", &error);
  node->host = mesh_host_new (keypair, NULL);
  node->services = mesh_services_new (node->host);
  node->pool = mesh_work_pool_new (2);
  g_assert_true (mesh_host_listen (node->host, addr, &error));
  g_assert_no_error (error);
  node->gossip = NULL;
  if (has_gossip)
    node->gossip = mesh_gossip_service_new (node->host, keypair, NULL, &error);
  g_assert_no_error (error);
  options.data_dir = node->dir;
  options.pool = node->pool;
  options.host = node->host;
  options.gossip = node->gossip;
  mesh_registry_open_async (&options, NULL, registry_wait_cb, &wait);
  node->registry = mesh_registry_open_finish (registry_wait_for (&wait), &error);
  g_assert_no_error (error);
  g_clear_object (&wait.result);
}

static inline void
registry_node_init (RegistryNode *node, guint8 number)
{
  registry_node_init_full (node, number, MESH_REGISTRY_MODE_P2P, NULL, FALSE);
}

static inline void
registry_node_clear (RegistryNode *node)
{
  RegistryWait stopped = { NULL }, closed = { NULL };

  mesh_registry_stop_async (node->registry, NULL, registry_wait_cb, &stopped);
  g_assert_true (
      mesh_registry_stop_finish (node->registry, registry_wait_for (&stopped), NULL));
  g_clear_object (&stopped.result);
  if (node->gossip != NULL)
    mesh_gossip_service_stop (node->gossip);
  mesh_host_close_async (node->host, NULL, registry_wait_cb, &closed);
  g_assert_true (mesh_host_close_finish (node->host, registry_wait_for (&closed), NULL));
  g_clear_object (&closed.result);
  g_clear_object (&node->registry);
  g_clear_object (&node->gossip);
  mesh_services_free (node->services);
  g_object_unref (node->host);
  g_object_unref (node->pool);
  registry_db_fixture_delete (node->dir);
  g_free (node->dir);
}

static inline gboolean
registry_node_knows (RegistryNode *from, RegistryNode *to, const char *protocol)
{
  MeshConnection *connection
      = mesh_host_find_connection (from->host, mesh_host_get_peer_id (to->host));

  return connection != NULL && mesh_connection_supports (connection, protocol);
}

/* Until both have said what they speak. */
static inline void
registry_node_connect (RegistryNode *from, RegistryNode *to)
{
  g_autoptr (GPtrArray) addrs = mesh_host_dup_addresses (to->host);
  g_autoptr (MeshConnection) connection = NULL;
  g_autoptr (GError) error = NULL;
  RegistryWait wait = { NULL };

  mesh_host_connect_async (from->host, NULL, addrs, NULL, registry_wait_cb, &wait);
  connection = mesh_host_connect_finish (from->host, registry_wait_for (&wait), &error);
  g_assert_no_error (error);
  g_clear_object (&wait.result);
  registry_wait_until (registry_node_knows (from, to, MESH_SEARCH_MESSAGE_PROTOCOL)
                       && registry_node_knows (to, from, "/ipfs/ping/1.0.0"));
}

static inline void
registry_node_announce (RegistryNode *node, const RegistryFixture *fixture)
{
  g_autoptr (MeshAnnouncement) announcement = registry_fixture_announcement (fixture);
  g_autoptr (GError) error = NULL;
  RegistryWait wait = { NULL };

  mesh_registry_announce_async (node->registry, announcement, "keys", registry_wait_cb,
                                &wait);
  g_assert_true (
      mesh_registry_announce_finish (node->registry, registry_wait_for (&wait), &error));
  g_assert_no_error (error);
  g_clear_object (&wait.result);
}

/* The node has a release, as if it was installed; done when peers are given it. */
static inline void
registry_node_track (RegistryNode *node, const RegistryFixture *fixture)
{
  g_autoptr (MeshTrustState) trust = registry_fixture_trust (fixture);
  g_autoptr (GBytes) envelope = registry_fixture_envelope (fixture);
  RegistryWait wait = { NULL };

  mesh_registry_track (node->registry, trust, NULL, envelope);
  /* Behind what is written by the same thread. */
  mesh_registry_take_announcement_async (node->registry, envelope, "x", registry_wait_cb,
                                         &wait);
  (void) !mesh_registry_take_announcement_finish (node->registry,
                                                  registry_wait_for (&wait), NULL);
  g_clear_object (&wait.result);
}

static inline GPtrArray *
registry_node_search (RegistryNode *node, const char *text, GStrv *warnings)
{
  g_autoptr (MeshRegistryQuery) query = mesh_registry_query_new (text, NULL, NULL, 0);
  g_autoptr (GError) error = NULL;
  RegistryWait wait = { NULL };
  GPtrArray *results;

  mesh_registry_search_async (node->registry, query, 20000, NULL, NULL, NULL,
                              registry_wait_cb, &wait);
  results = mesh_registry_search_finish (node->registry, registry_wait_for (&wait),
                                         warnings, &error);
  g_assert_no_error (error);
  g_clear_object (&wait.result);
  return results;
}

static inline MeshRegistryFound *
registry_node_resolve (RegistryNode *node,
                       const MeshTrustState *trust,
                       const char *range,
                       gboolean is_first,
                       GError **error)
{
  g_autoptr (MeshSemverRange) parsed
      = range != NULL ? mesh_semver_range_parse (range, NULL) : NULL;
  RegistryWait wait = { NULL };
  MeshRegistryFound *found;

  mesh_registry_resolve_async (node->registry, trust, parsed, is_first, NULL,
                               registry_wait_cb, &wait);
  found = mesh_registry_resolve_finish (node->registry, registry_wait_for (&wait), error);
  g_clear_object (&wait.result);
  return found;
}
