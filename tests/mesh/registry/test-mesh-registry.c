/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "registry/mesh-registry.h"

#include "registry-master.h"
#include "registry-node.h"

/* Announcements from node to node by gossip, and what a registry keeps. */

typedef struct
{
  RegistryNode a;
  RegistryNode b;
  guint n_announced;
  guint n_verified;
} Fixture;

static void
announced_cb (MeshRegistry *registry,
              MeshAnnouncement *announcement,
              gboolean is_verified,
              gpointer user_data)
{
  Fixture *fixture = user_data;

  fixture->n_announced++;
  fixture->n_verified += is_verified ? 1 : 0;
}

static gboolean
is_subscribed (RegistryNode *node, const char *topic)
{
  g_autoptr (GPtrArray) peers = mesh_gossip_service_dup_subscribers (node->gossip, topic);

  return peers->len > 0;
}

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  registry_node_init_full (&fixture->a, 51, MESH_REGISTRY_MODE_P2P, NULL, TRUE);
  registry_node_init_full (&fixture->b, 52, MESH_REGISTRY_MODE_P2P, NULL, TRUE);
  g_signal_connect (fixture->b.registry, "announced", G_CALLBACK (announced_cb), fixture);
  registry_node_connect (&fixture->a, &fixture->b);
  registry_wait_until (is_subscribed (&fixture->a, MESH_ANNOUNCEMENT_TOPIC_UPDATES)
                       && is_subscribed (&fixture->a, MESH_ANNOUNCEMENT_TOPIC_PLUGINS));
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  g_signal_handlers_disconnect_by_data (fixture->b.registry, fixture);
  registry_node_clear (&fixture->a);
  registry_node_clear (&fixture->b);
}

static void
test_gossip (Fixture *fixture, gconstpointer unused)
{
  RegistryFixture editor = registry_fixture_now ();
  RegistryFixture plugin = registry_fixture_now ();

  registry_node_track (&fixture->b, &editor);
  editor.counter = 2;
  editor.version = "1.1.0";
  registry_node_announce (&fixture->a, &editor);
  registry_wait_until (fixture->n_announced == 1);
  g_assert_cmpuint (fixture->n_verified, ==, 1);
  plugin.app_id = "org.example.Plugin";
  plugin.category = "Plugin";
  registry_node_announce (&fixture->a, &plugin);
  registry_wait_until (fixture->n_announced == 2);
  g_assert_cmpuint (fixture->n_verified, ==, 1);
}

/* Forged bytes on the topic: refused, and nothing is kept. */
static void
test_forged (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GBytes) noise = g_bytes_new_static ("noise", 5);
  g_autoptr (GError) error = NULL;
  MeshRegistryStats stats = { 0 };

  for (guint i = 0; i < 3; i++)
    {
      g_assert_true (mesh_gossip_service_publish (
          fixture->a.gossip, MESH_ANNOUNCEMENT_TOPIC_UPDATES, noise, NULL, &error));
      g_assert_no_error (error);
    }
  registry_wait_until (
      (mesh_registry_get_stats (fixture->b.registry, &stats), stats.n_refused >= 1));
  g_assert_cmpuint (stats.n_listings, ==, 0);
  g_assert_cmpuint (fixture->n_announced, ==, 0);
}

/* The same again, and an older one: ignored. */
static void
test_replayed (Fixture *fixture, gconstpointer unused)
{
  RegistryFixture two = registry_fixture_now ();
  RegistryFixture one = two;
  g_autoptr (GBytes) old = registry_fixture_bytes (&one);
  MeshRegistryStats stats = { 0 };

  two.counter = 2;
  registry_node_announce (&fixture->a, &two);
  registry_wait_until (fixture->n_announced == 1);
  g_assert_true (mesh_gossip_service_publish (
      fixture->a.gossip, MESH_ANNOUNCEMENT_TOPIC_UPDATES, old, NULL, NULL));
  registry_wait_until (
      (mesh_registry_get_stats (fixture->b.registry, &stats), stats.n_ignored >= 1));
  g_assert_cmpuint (stats.n_refused, ==, 0);
  g_assert_cmpuint (fixture->n_announced, ==, 1);
}

/* Who was away catches up with what its neighbours know. */
static void
test_news (Fixture *fixture, gconstpointer unused)
{
  RegistryNode late;
  RegistryFixture editor = registry_fixture_now ();
  MeshRegistryStats stats = { 0 };

  registry_node_announce (&fixture->a, &editor);
  editor.app_id = "org.example.Second";
  registry_node_announce (&fixture->a, &editor);
  registry_node_init (&late, 53);
  registry_node_connect (&late, &fixture->a);
  registry_wait_until (
      (mesh_registry_get_stats (late.registry, &stats), stats.n_listings == 2));
  registry_node_clear (&late);
}

static void
split_cb (MeshRegistry *registry, MeshSplitView *view, gpointer user_data)
{
  ++*(guint *) user_data;
}

/* One publisher tells two stories under one number: both sides of it are kept, and passed
 * on by who hears it. */
static void
test_split (Fixture *fixture, gconstpointer unused)
{
  RegistryFixture one = registry_fixture_now ();
  RegistryFixture other = one;
  g_autoptr (GBytes) twin = NULL;
  g_autoptr (GPtrArray) views = NULL;
  guint n = 0;

  g_signal_connect (fixture->b.registry, "split-view", G_CALLBACK (split_cb), &n);
  registry_node_announce (&fixture->a, &one);
  registry_wait_until (fixture->n_announced == 1);
  other.version = "1.0.1";
  twin = registry_fixture_bytes (&other);
  g_assert_true (mesh_gossip_service_publish (
      fixture->a.gossip, MESH_ANNOUNCEMENT_TOPIC_UPDATES, twin, NULL, NULL));
  registry_wait_until (n == 1);
  views = mesh_registry_dup_split_views (fixture->b.registry);
  g_assert_cmpuint (views->len, ==, 1);
  g_assert_true (g_bytes_equal (((MeshSplitView *) views->pdata[0])->b_proof, twin));
  g_signal_handlers_disconnect_by_data (fixture->b.registry, &n);
}

/* Sharing off: nothing is served, nothing comes by gossip. */
static void
test_not_sharing (Fixture *fixture, gconstpointer unused)
{
  g_auto (GStrv) protocols = NULL;
  g_auto (GStrv) topics = NULL;

  mesh_registry_set_sharing (fixture->b.registry, FALSE);
  protocols = mesh_host_dup_protocols (fixture->b.host);
  g_assert_false (
      g_strv_contains ((const char *const *) protocols, MESH_SEARCH_MESSAGE_PROTOCOL));
  topics = mesh_gossip_service_dup_topics (fixture->b.gossip);
  g_assert_cmpuint (g_strv_length (topics), ==, 0);
  mesh_registry_set_sharing (fixture->b.registry, TRUE);
  mesh_registry_set_mode (fixture->b.registry, MESH_REGISTRY_MODE_CENTRAL);
  g_strfreev (topics);
  topics = mesh_gossip_service_dup_topics (fixture->b.gossip);
  g_assert_cmpuint (g_strv_length (topics), ==, 0);
}

/* A certificate that does not verify: said once, and the mesh is used. */
static void
test_bad_tls (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *file
      = g_test_build_filename (G_TEST_DIST, "mesh", "registry", "self-signed.pem", NULL);
  g_autoptr (GTlsCertificate) certificate = NULL;
  RegistryMaster master;
  RegistryNode user, peer;
  RegistryFixture editor = registry_fixture_now ();
  g_autoptr (MeshTrustState) trust = mesh_trust_state_new (TRUST_FIXTURE_APP, "stable");
  g_autoptr (MeshRegistryFound) found = NULL;
  g_autoptr (GPtrArray) results = NULL;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  g_test_skip ("The sanitizers stumble over the TLS module of GIO");
  return;
#endif
  if (!g_tls_backend_supports_tls (g_tls_backend_get_default ()))
    {
      g_test_skip ("GLib has no TLS here (install glib-networking)");
      return;
    }
  certificate = g_tls_certificate_new_from_file (file, &error);
  g_assert_no_error (error);
  g_test_expect_message (NULL, G_LOG_LEVEL_WARNING, "*certificate*");
  registry_master_init (&master, certificate);
  registry_node_init_full (&user, 54, MESH_REGISTRY_MODE_HYBRID, master.client, FALSE);
  registry_node_init (&peer, 55);
  registry_node_connect (&user, &peer);
  registry_node_track (&peer, &editor);
  found = registry_node_resolve (&user, trust, NULL, TRUE, &error);
  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (found->source, "peer "));
  g_test_assert_expected_messages ();
  g_assert_cmpuint (master.n_requests, ==, 0);
  g_assert_nonnull (mesh_registry_get_master_warning (user.registry));
  registry_node_clear (&user);
  registry_node_clear (&peer);
  registry_master_clear (&master);
}

/* What is announced is told to the Master as well, and survives a restart. */
static void
test_master_is_told (void)
{
  RegistryMaster master;
  RegistryNode node;
  RegistryFixture editor = registry_fixture_now ();
  g_autoptr (GBytes) bytes = registry_fixture_bytes (&editor);

  registry_master_init (&master, NULL);
  registry_node_init_full (&node, 56, MESH_REGISTRY_MODE_HYBRID, master.client, FALSE);
  registry_node_announce (&node, &editor);
  registry_wait_until (master.put != NULL);
  g_assert_true (g_bytes_equal (master.put, bytes));
  registry_node_clear (&node);
  registry_master_clear (&master);
}

static void
test_modes (void)
{
  for (guint i = 0; i < 3; i++)
    {
      MeshRegistryMode mode;

      g_assert_true (mesh_registry_mode_from_nick (
          mesh_registry_mode_get_nick ((MeshRegistryMode) i), &mode));
      g_assert_cmpuint (mode, ==, i);
    }
  {
    MeshRegistryMode mode;

    g_assert_false (mesh_registry_mode_from_nick ("other", &mode));
    g_assert_false (mesh_registry_mode_from_nick (NULL, &mode));
  }
}

/* docs/protocols/registry.md has this one. */
static void
test_package_cid (void)
{
  g_autoptr (MeshCid) cid = mesh_registry_package_cid ("org.example.App");
  const char text[] = "shoal:package:org.example.App";
  g_autoptr (MeshCid) expected
      = mesh_cid_new_for_data (MESH_CODEC_RAW, MESH_MULTIHASH_SHA2_256,
                               (const guint8 *) text, sizeof text - 1, NULL);

  g_assert_true (mesh_cid_equal (cid, expected));
}

#define ADD(name, func) \
  g_test_add ("/registry/registry/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("gossip", test_gossip);
  ADD ("forged", test_forged);
  ADD ("replayed", test_replayed);
  ADD ("news", test_news);
  ADD ("split", test_split);
  ADD ("not-sharing", test_not_sharing);
  g_test_add_func ("/registry/registry/bad-tls", test_bad_tls);
  g_test_add_func ("/registry/registry/master-is-told", test_master_is_told);
  g_test_add_func ("/registry/registry/modes", test_modes);
  g_test_add_func ("/registry/registry/package-cid", test_package_cid);
  return g_test_run ();
}
