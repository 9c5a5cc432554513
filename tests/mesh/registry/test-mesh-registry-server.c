/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "registry/mesh-registry-server.h"

#include <string.h>

#include "registry-node.h"
#include "trust/mesh-manifest-request.h"
#include "registry/mesh-exchange.h"

typedef struct
{
  RegistryNode asking;
  RegistryNode answering;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  registry_node_init (&fixture->asking, 57);
  registry_node_init (&fixture->answering, 58);
  registry_node_connect (&fixture->asking, &fixture->answering);
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  registry_node_clear (&fixture->asking);
  registry_node_clear (&fixture->answering);
}

static GBytes *
ask (Fixture *fixture, const char *protocol, GBytes *question, GError **error)
{
  RegistryWait wait = { NULL };
  GBytes *answer;

  mesh_exchange_ask_peer_async (fixture->asking.host,
                                mesh_host_get_peer_id (fixture->answering.host), protocol,
                                question, 1 << 20, NULL, registry_wait_cb, &wait);
  answer = mesh_exchange_ask_peer_finish (fixture->asking.host, registry_wait_for (&wait),
                                          error);
  g_clear_object (&wait.result);
  return answer;
}

static void
test_pages (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GBytes) cursor = g_bytes_new (NULL, 0);
  guint n = 0;

  for (guint i = 0; i < 5; i++)
    {
      RegistryFixture one = registry_fixture_now ();
      g_autofree char *app_id = g_strdup_printf ("org.example.App%u", i);

      one.app_id = app_id;
      registry_node_announce (&fixture->answering, &one);
    }
  for (guint page = 0; page < 3; page++)
    {
      MeshSearchQuestion search
          = { MESH_SEARCH_MESSAGE_SEARCH, 2,           (char *) "edi",
              (char *) "office",          (char *) "", cursor };
      g_autoptr (GBytes) question = mesh_search_message_encode_question (&search);
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) bytes
          = ask (fixture, MESH_SEARCH_MESSAGE_PROTOCOL, question, &error);
      MeshSearchAnswer answer = { NULL, NULL };

      g_assert_no_error (error);
      g_assert_true (mesh_search_message_decode_answer (
          g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), &answer, NULL));
      n += answer.announcements->len;
      g_bytes_unref (cursor);
      cursor = g_bytes_ref (answer.cursor);
      mesh_search_message_clear_answer (&answer);
    }
  g_assert_cmpuint (n, ==, 5);
  g_assert_cmpuint (g_bytes_get_size (cursor), ==, 0);
}

static void
test_release (Fixture *fixture, gconstpointer unused)
{
  RegistryFixture one = registry_fixture_now ();
  g_autoptr (GBytes) envelope = registry_fixture_envelope (&one);
  g_autoptr (GBytes) question
      = mesh_manifest_request_encode (one.app_id, one.channel, NULL);
  g_autoptr (GBytes) other = mesh_manifest_request_encode (one.app_id, one.channel, "^2");
  g_autoptr (GBytes) answer = NULL;
  g_autoptr (GError) error = NULL;

  registry_node_track (&fixture->answering, &one);
  answer = ask (fixture, MESH_MANIFEST_REQUEST_PROTOCOL, question, &error);
  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (answer, envelope));
  g_assert_null (ask (fixture, MESH_MANIFEST_REQUEST_PROTOCOL, other, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_NOT_FOUND);
  g_clear_error (&error);
  mesh_registry_untrack (fixture->answering.registry, one.app_id);
  registry_node_announce (&fixture->answering, &one); /* behind it in the same thread */
  g_assert_null (ask (fixture, MESH_MANIFEST_REQUEST_PROTOCOL, question, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_NOT_FOUND);
}

/* Who asks nothing that can be understood is turned away; so is who asks too much. */
static void
test_turned_away (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GBytes) noise = g_bytes_new_static ("noise", 5);
  MeshRegistryStats stats;

  for (guint i = 0; i < MESH_REGISTRY_SERVER_BURST + 5; i++)
    {
      g_autoptr (GBytes) answer
          = ask (fixture, MESH_SEARCH_MESSAGE_PROTOCOL, noise, NULL);

      g_assert_null (answer);
    }
  mesh_registry_get_stats (fixture->answering.registry, &stats);
  g_assert_cmpuint (stats.n_turned_away, ==, MESH_REGISTRY_SERVER_BURST + 5);
}

#define ADD(name, func) \
  g_test_add ("/registry/server/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("pages", test_pages);
  ADD ("release", test_release);
  ADD ("turned-away", test_turned_away);
  return g_test_run ();
}
