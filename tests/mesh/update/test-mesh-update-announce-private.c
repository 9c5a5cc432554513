/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "update/mesh-update-announce-private.h"

#include <string.h>

#include "base/mesh-error.h"
#include "update-fixture.h"

static GPtrArray *
search (UpdateNode *node)
{
  MeshRegistry *registry = mesh_update_engine_get_registry (node->engine);
  g_autoptr (MeshRegistryQuery) query = mesh_registry_query_new ("", NULL, NULL, 0);
  UpdateWait wait = { NULL };
  GPtrArray *results;

  mesh_registry_search_local_async (registry, query, update_wait_cb, &wait);
  results = mesh_registry_search_local_finish (registry, update_wait_for (&wait), NULL);
  g_clear_object (&wait.result);
  return results;
}

/* Publishing announces: the publisher's own index has it, verified. */
static void
test_published (UpdateWorld *world, gconstpointer unused)
{
  g_autoptr (GPtrArray) results = search (world->publisher);
  const MeshRegistryResult *result;

  g_assert_cmpuint (results->len, ==, 1);
  result = results->pdata[0];
  g_assert_cmpstr (result->app_id, ==, UPDATE_FIXTURE_APP);
  g_assert_cmpstr (result->version, ==, "2.0.0");
  g_assert_true (result->is_verified);
}

static void
take (UpdateNode *node, GBytes *data)
{
  MeshRegistry *registry = mesh_update_engine_get_registry (node->engine);
  UpdateWait wait = { NULL };

  mesh_registry_take_announcement_async (registry, data, "peer x", update_wait_cb, &wait);
  g_assert_true (
      mesh_registry_take_announcement_finish (registry, update_wait_for (&wait), NULL));
  g_clear_object (&wait.result);
}

static gboolean
deadline_cb (gpointer user_data)
{
  g_assert_not_reached ();
}

static void
log_cb (const char *domain, GLogLevelFlags level, const char *message, gpointer user_data)
{
  gboolean *is_tried = user_data;

  if (strstr (message, "announced that is not found yet") != NULL)
    *is_tried = TRUE;
}

/* A verified announcement of an installed app is reason enough to look. Nobody can be
 * asked here, so it is seen to have been tried. */
static void
test_heard (UpdateWorld *world, gconstpointer unused)
{
  g_autoptr (GPtrArray) results = search (world->publisher);
  const MeshRegistryResult *result = results->pdata[0];
  g_autoptr (GBytes) data = mesh_announcement_to_bytes (result->announcement, NULL);
  guint id = g_timeout_add_seconds (UPDATE_FIXTURE_DEADLINE_S, deadline_cb, NULL);
  gboolean is_tried = FALSE;
  GLogFunc before;

  update_world_install (world, 1);
  before = g_log_set_default_handler (log_cb, &is_tried);
  take (world->user, data);
  while (!is_tried)
    g_main_context_iteration (NULL, TRUE);
  g_log_set_default_handler (before, NULL);
  g_source_remove (id);
}

#define ADD(name, func) \
  g_test_add ("/update/announce/" name, UpdateWorld, NULL, update_world_set_up, func, \
              update_world_tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("published", test_published);
  ADD ("heard", test_heard);
  return g_test_run ();
}
