/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "registry/mesh-registry-topics.h"

#include "registry-node.h"

/* Subscribed to both topics, once; and left with the registry. */
static void
test_subscribed (void)
{
  RegistryNode node;
  g_auto (GStrv) topics = NULL;
  g_auto (GStrv) none = NULL;

  registry_node_init_full (&node, 76, MESH_REGISTRY_MODE_P2P, NULL, TRUE);
  mesh_registry_topics_update (node.registry);
  topics = mesh_gossip_service_dup_topics (node.gossip);
  g_assert_cmpuint (g_strv_length (topics), ==, 2);
  g_assert_true (
      g_strv_contains ((const char *const *) topics, MESH_ANNOUNCEMENT_TOPIC_UPDATES));
  g_assert_true (
      g_strv_contains ((const char *const *) topics, MESH_ANNOUNCEMENT_TOPIC_PLUGINS));
  mesh_registry_set_mode (node.registry, MESH_REGISTRY_MODE_CENTRAL);
  none = mesh_gossip_service_dup_topics (node.gossip);
  g_assert_cmpuint (g_strv_length (none), ==, 0);
  registry_node_clear (&node);
}

/* Somebody who listens to gossip and has no registry to ask for news. */
typedef struct
{
  RegistryNode node;
  guint n_heard;
} Listener;

static void
heard_cb (MeshGossipService *gossip,
          const MeshGossipDelivery *delivery,
          gpointer user_data)
{
  ((Listener *) user_data)->n_heard++;
}

static void
listener_init (Listener *listener, guint8 number)
{
  listener->n_heard = 0;
  registry_node_init_full (&listener->node, number, MESH_REGISTRY_MODE_CENTRAL, NULL,
                           TRUE);
}

static void
listener_subscribe (Listener *listener)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (mesh_gossip_service_subscribe (listener->node.gossip,
                                                MESH_ANNOUNCEMENT_TOPIC_UPDATES, NULL,
                                                heard_cb, listener, NULL, &error));
  g_assert_no_error (error);
}

static guint64
count_published (RegistryNode *node)
{
  MeshGossipStats stats;

  mesh_gossip_service_get_stats (node->gossip, &stats);
  return stats.published;
}

static guint
count_told (RegistryNode *node, const RegistryFixture *fixture)
{
  return mesh_registry_count_told (node->registry, fixture->app_id, "stable");
}

static guint
count_subscribers (RegistryNode *node)
{
  g_autoptr (GPtrArray) peers = mesh_gossip_service_dup_subscribers (
      node->gossip, MESH_ANNOUNCEMENT_TOPIC_UPDATES);

  return peers->len;
}

/* What nobody heard is said again when somebody is there, and then no more. */
static void
test_repeated (void)
{
  RegistryNode author;
  Listener first, second;
  RegistryFixture editor = registry_fixture_now ();

  registry_node_init_full (&author, 77, MESH_REGISTRY_MODE_P2P, NULL, TRUE);
  listener_init (&first, 78);
  listener_init (&second, 79);
  registry_node_announce (&author, &editor);
  g_assert_cmpuint (count_told (&author, &editor), ==, 0);
  g_assert_cmpuint (count_published (&author), ==, 1);

  /* A neighbour that is not in the topic does not count. */
  registry_node_connect (&first.node, &author);
  g_assert_cmpuint (count_told (&author, &editor), ==, 0);
  g_assert_cmpuint (count_published (&author), ==, 1);

  listener_subscribe (&first);
  registry_wait_until (count_subscribers (&author) == 1);
  g_assert_cmpuint (count_told (&author, &editor), ==, 1);
  g_assert_cmpuint (count_published (&author), ==, 2);
  registry_wait_until (first.n_heard > 0);

  listener_subscribe (&second);
  registry_node_connect (&second.node, &author);
  registry_wait_until (count_subscribers (&author) == 2);
  g_assert_cmpuint (count_told (&author, &editor), ==, 1);
  g_assert_cmpuint (count_published (&author), ==, 2);

  /* The next one reaches both at once. */
  editor.counter = 2;
  editor.version = "1.1.0";
  registry_node_announce (&author, &editor);
  g_assert_cmpuint (count_told (&author, &editor), ==, 2);
  g_assert_cmpuint (count_published (&author), ==, 3);
  registry_wait_until (second.n_heard > 0);
  registry_node_clear (&author);
  registry_node_clear (&first.node);
  registry_node_clear (&second.node);
}

/* However much there is to say, it is said a few at a time. */
static void
test_bounded (void)
{
  RegistryNode author;
  Listener listener;
  RegistryFixture editor = registry_fixture_now ();
  char *ids[MESH_REGISTRY_TOPICS_MAX_REPEATS + 2];
  guint n_told = 0;

  registry_node_init_full (&author, 80, MESH_REGISTRY_MODE_P2P, NULL, TRUE);
  listener_init (&listener, 81);
  for (gsize i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      editor.app_id = ids[i] = g_strdup_printf ("org.example.App%" G_GSIZE_FORMAT, i);
      registry_node_announce (&author, &editor);
    }
  listener_subscribe (&listener);
  registry_node_connect (&listener.node, &author);
  registry_wait_until (count_subscribers (&author) == 1);
  g_assert_cmpuint (count_published (&author), ==,
                    G_N_ELEMENTS (ids) + MESH_REGISTRY_TOPICS_MAX_REPEATS);
  mesh_registry_topics_repeat (author.registry);
  g_assert_cmpuint (count_published (&author), ==,
                    G_N_ELEMENTS (ids) + MESH_REGISTRY_TOPICS_MAX_REPEATS);
  editor.app_id = ids[0];
  g_assert_cmpuint (count_told (&author, &editor), ==, 0); /* the newest first */
  mesh_registry_topics_tick (author.registry);
  mesh_registry_topics_tick (author.registry);
  mesh_registry_topics_tick (author.registry);
  for (gsize i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      editor.app_id = ids[i];
      n_told += count_told (&author, &editor);
      g_free (ids[i]);
    }
  g_assert_cmpuint (n_told, ==, G_N_ELEMENTS (ids));
  g_assert_cmpuint (count_published (&author), ==, 2 * G_N_ELEMENTS (ids));
  registry_node_clear (&author);
  registry_node_clear (&listener.node);
}

/* What was published before the program was started again is said to who comes. */
static void
test_restarted (void)
{
  RegistryNode author;
  Listener listener;
  RegistryFixture editor = registry_fixture_now ();
  RegistryWait stopped = { NULL }, opened = { NULL };
  MeshRegistryOptions options = { .mode = MESH_REGISTRY_MODE_P2P, .is_sharing = TRUE };
  g_autoptr (GError) error = NULL;

  registry_node_init_full (&author, 82, MESH_REGISTRY_MODE_P2P, NULL, TRUE);
  listener_init (&listener, 83);
  registry_node_announce (&author, &editor);
  mesh_registry_stop_async (author.registry, NULL, registry_wait_cb, &stopped);
  g_assert_true (
      mesh_registry_stop_finish (author.registry, registry_wait_for (&stopped), NULL));
  g_clear_object (&stopped.result);
  g_clear_object (&author.registry);
  options.data_dir = author.dir;
  options.pool = author.pool;
  options.host = author.host;
  options.gossip = author.gossip;
  mesh_registry_open_async (&options, NULL, registry_wait_cb, &opened);
  author.registry = mesh_registry_open_finish (registry_wait_for (&opened), &error);
  g_assert_no_error (error);
  g_clear_object (&opened.result);
  g_assert_cmpuint (count_published (&author), ==, 1);
  listener_subscribe (&listener);
  registry_node_connect (&listener.node, &author);
  registry_wait_until (listener.n_heard > 0);
  g_assert_cmpuint (count_told (&author, &editor), ==, 1);
  registry_node_clear (&author);
  registry_node_clear (&listener.node);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/registry/topics/subscribed", test_subscribed);
  g_test_add_func ("/registry/topics/repeated", test_repeated);
  g_test_add_func ("/registry/topics/bounded", test_bounded);
  g_test_add_func ("/registry/topics/restarted", test_restarted);
  return g_test_run ();
}
