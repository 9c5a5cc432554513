/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "daemon/engine/engine-fixture.h"

#include "config/shoald-error.h"
#include "discover/shoald-providers.h"

static void
test_parse (void)
{
  static const char *const good[] = {
    "QmdfTbBqBPQ7VNxZEYEj14VmRuZBkqFbiwReogJgS1zR1n",
    "/ipfs/QmdfTbBqBPQ7VNxZEYEj14VmRuZBkqFbiwReogJgS1zR1n",
    "org.example.Hello",
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (MeshCid) package = NULL;
  g_autoptr (MeshCid) expected = mesh_registry_package_cid ("org.example.Hello");

  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr (MeshCid) cid = shoald_providers_parse (good[i], &error);

      g_assert_no_error (error);
      g_assert_nonnull (cid);
    }
  package = shoald_providers_parse (good[2], &error);
  g_assert_true (mesh_cid_equal (package, expected));
  g_assert_null (shoald_providers_parse ("what is this", &error));
  g_assert_error (error, SHOALD_ERROR, SHOALD_ERROR_ARGUMENT);
}

static ShoaldJob *
find (ShoaldEngine *engine, const char *target)
{
  ShoaldProvidersOptions options = { target, 20, 5000 };
  g_autoptr (GError) error = NULL;
  ShoaldJob *job = shoald_providers_start (engine, &options, &error);

  g_assert_no_error (error);
  return job;
}

static gboolean
has (ShoaldJob *job, ShoaldEngine *engine, const char *source)
{
  MeshNode *node = shoald_engine_get_node (engine);
  GVariant *items = shoald_job_get_items (job);

  for (gsize i = 0; i < g_variant_n_children (items); i++)
    {
      g_autoptr (GVariant) item = g_variant_get_child_value (items, i);
      const char *peer;
      const char *said;

      g_assert_true (g_variant_lookup (item, "peer", "&s", &peer));
      g_assert_true (g_variant_lookup (item, "source", "&s", &said));
      if (g_str_equal (peer, mesh_peer_id_to_string (mesh_node_get_peer_id (node))))
        return g_str_equal (said, source);
    }
  return FALSE;
}

static void
test_find (EngineFixture *fixture, gconstpointer data)
{
  ShoaldEngine *other = engine_fixture_start_other (fixture, "on");
  g_autofree char *file = engine_fixture_make_file (fixture->dir, "f", 1000, 1);
  g_autofree char *cid = engine_fixture_add (fixture->engine, file);
  ShoaldJob *job = find (fixture->engine, cid);

  engine_fixture_wait_done (job);
  g_assert_true (has (job, fixture->engine, "local"));
  /* A neighbour learns it from the filter of the one that has it, or from the table;
   * until it knows that one as a part of it there is nobody to be asked. */
  do
    {
      job = find (other, cid);
      test_wait_until (shoald_job_is_finished (job));
    }
  while (!has (job, fixture->engine, "connected") && !has (job, fixture->engine, "dht"));
  engine_fixture_stop (other);
}

/* Alone, there is nobody to ask; that takes the time it takes to find out. */
static void
test_alone (EngineFixture *fixture, gconstpointer data)
{
  ShoaldJob *job
      = find (fixture->engine, "QmdfTbBqBPQ7VNxZEYEj14VmRuZBkqFbiwReogJgS1zR1n");

  engine_fixture_wait_error (job, MESH_ERROR, MESH_ERROR_UNREACHABLE);
}

static void
test_cancel (EngineFixture *fixture, gconstpointer data)
{
  ShoaldJob *job
      = find (fixture->engine, "QmdfTbBqBPQ7VNxZEYEj14VmRuZBkqFbiwReogJgS1zR1n");
  g_autoptr (GError) error = NULL;

  if (!shoald_job_is_finished (job))
    g_assert_true (shoald_job_cancel (job, &error));
  test_wait_until (shoald_job_is_finished (job));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/shoald/providers/parse", test_parse);
#define ADD(name, func) \
  g_test_add ("/shoald/providers/" name, EngineFixture, NULL, engine_fixture_set_up, \
              func, engine_fixture_tear_down)
  ADD ("find", test_find);
  ADD ("alone", test_alone);
  ADD ("cancel", test_cancel);
  return g_test_run ();
}
