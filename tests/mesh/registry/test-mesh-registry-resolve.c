/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "registry-master.h"
#include "registry-node.h"
#include "registry/mesh-registry.h"

/* Finding releases in every mode, with an honest, an absent and a lying Master Server. */

typedef struct
{
  RegistryMaster master;
  RegistryNode user;
  RegistryNode peer;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer mode)
{
  registry_master_init (&fixture->master, NULL);
  registry_node_init_full (&fixture->user, 41, (MeshRegistryMode) GPOINTER_TO_INT (mode),
                           fixture->master.client, FALSE);
  registry_node_init (&fixture->peer, 42);
  registry_node_connect (&fixture->user, &fixture->peer);
}

static void
tear_down (Fixture *fixture, gconstpointer mode)
{
  registry_node_clear (&fixture->user);
  registry_node_clear (&fixture->peer);
  registry_master_clear (&fixture->master);
}

static RegistryFixture
release (guint64 counter, const char *version)
{
  RegistryFixture fixture = registry_fixture_now ();

  fixture.counter = counter;
  fixture.version = version;
  return fixture;
}

static void
expect (Fixture *fixture, const char *version, const char *source)
{
  g_autoptr (MeshTrustState) trust = mesh_trust_state_new (TRUST_FIXTURE_APP, "stable");
  g_autoptr (GError) error = NULL;
  g_autoptr (MeshRegistryFound) found
      = registry_node_resolve (&fixture->user, trust, NULL, TRUE, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (mesh_signed_manifest_get_manifest (found->release)->version, ==,
                   version);
  g_assert_true (g_str_has_prefix (found->source, source));
}

static void
expect_error (Fixture *fixture, MeshError code)
{
  g_autoptr (MeshTrustState) trust = mesh_trust_state_new (TRUST_FIXTURE_APP, "stable");
  g_autoptr (GError) error = NULL;

  g_assert_null (registry_node_resolve (&fixture->user, trust, NULL, TRUE, &error));
  g_assert_error (error, MESH_ERROR, (int) code);
}

static void
test_newest (Fixture *fixture, gconstpointer mode)
{
  RegistryFixture one = release (1, "1.0.0");
  RegistryFixture two = release (2, "1.1.0");

  registry_master_set_latest (&fixture->master, registry_fixture_envelope (&one));
  registry_node_track (&fixture->peer, &two);
  expect (fixture, "1.1.0", "peer ");
  registry_master_set_latest (&fixture->master, registry_fixture_envelope (&two));
  registry_node_track (&fixture->peer, &one);
  expect (fixture, "1.1.0", "");
}

/* In mode central the mesh is not asked, in mode p2p the Master is not. */
static void
test_central (Fixture *fixture, gconstpointer mode)
{
  RegistryFixture one = release (1, "1.0.0");
  RegistryFixture two = release (2, "1.1.0");

  registry_node_track (&fixture->peer, &two);
  expect_error (fixture, MESH_ERROR_NOT_FOUND);
  registry_master_set_latest (&fixture->master, registry_fixture_envelope (&one));
  expect (fixture, "1.0.0", "master http://127.0.0.1");
  fixture->master.status = 500;
  expect_error (fixture, MESH_ERROR_UNREACHABLE);
}

static void
test_p2p (Fixture *fixture, gconstpointer mode)
{
  RegistryFixture one = release (1, "1.0.0");
  RegistryFixture two = release (2, "1.1.0");

  registry_master_set_latest (&fixture->master, registry_fixture_envelope (&two));
  expect_error (fixture, MESH_ERROR_NOT_FOUND);
  registry_node_track (&fixture->peer, &one);
  expect (fixture, "1.0.0", "peer ");
  g_assert_cmpuint (fixture->master.n_requests, ==, 0);
}

static void
test_5xx (Fixture *fixture, gconstpointer mode)
{
  RegistryFixture one = release (1, "1.0.0");

  registry_node_track (&fixture->peer, &one);
  fixture->master.status = 503;
  expect (fixture, "1.0.0", "peer ");
  g_assert_cmpuint (fixture->master.n_requests, ==, 1); /* at once: not tried again */
}

static void
test_timeout (Fixture *fixture, gconstpointer mode)
{
  RegistryFixture one = release (1, "1.0.0");

  registry_node_track (&fixture->peer, &one);
  fixture->master.is_silent = TRUE;
  expect (fixture, "1.0.0", "peer ");
  g_assert_cmpuint (fixture->master.n_requests, ==, MESH_MASTER_CLIENT_N_TRIES);
}

/* What lies is refused, and what is true is taken from others. */
static void
test_lying (Fixture *fixture, gconstpointer mode)
{
  RegistryFixture one = release (1, "1.0.0");
  g_autoptr (MeshTrustState) trust = registry_fixture_trust (&one);
  RegistryFixture strange = release (9, "9.0.0");
  g_autoptr (MeshRegistryFound) found = NULL;
  g_autoptr (GError) error = NULL;

  strange.key = 7;
  registry_node_track (&fixture->peer, &one);
  registry_master_set_latest (&fixture->master, registry_fixture_envelope (&strange));
  found = registry_node_resolve (&fixture->user, trust, NULL, FALSE, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (mesh_signed_manifest_get_manifest (found->release)->version, ==,
                   "1.0.0");
}

static void
test_range (Fixture *fixture, gconstpointer mode)
{
  RegistryFixture versions[]
      = { release (1, "1.0.0"), release (2, "1.4.0"), release (3, "2.0.0") };
  g_autoptr (MeshTrustState) fresh = mesh_trust_state_new (TRUST_FIXTURE_APP, "stable");
  g_autoptr (MeshTrustState) trust = NULL;
  g_autoptr (MeshRegistryFound) one = NULL;
  g_autoptr (MeshRegistryFound) again = NULL;
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (versions); i++)
    registry_node_track (&fixture->peer, &versions[i]);
  one = registry_node_resolve (&fixture->user, fresh, "^1", TRUE, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (mesh_signed_manifest_get_manifest (one->release)->version, ==,
                   "1.4.0");
  g_assert_null (registry_node_resolve (&fixture->user, fresh, ">=3", TRUE, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_NOT_FOUND);
  g_clear_error (&error);

  /* What was seen counts, except for a first install that asks for it. */
  trust = registry_fixture_trust (&versions[2]);
  g_assert_null (registry_node_resolve (&fixture->user, trust, "^1", FALSE, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_ROLLBACK);
  g_clear_error (&error);
  again = registry_node_resolve (&fixture->user, trust, "^1", TRUE, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (mesh_signed_manifest_get_manifest (again->release)->counter, ==, 2);
}

/* The range is told to the Master, and what it answers is held against it. */
static void
test_range_of_master (Fixture *fixture, gconstpointer mode)
{
  RegistryFixture two = release (2, "2.0.0");
  g_autoptr (MeshTrustState) fresh = mesh_trust_state_new (TRUST_FIXTURE_APP, "stable");
  g_autoptr (GError) error = NULL;

  registry_master_set_latest (&fixture->master, registry_fixture_envelope (&two));
  g_assert_null (
      registry_node_resolve (&fixture->user, fresh, "~1.0 || 3.x", TRUE, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_NOT_FOUND);
  g_assert_cmpstr (fixture->master.last_range, ==, "~1.0 || 3.x");
}

/* Signed again is what is given from then on. */
static void
test_signed_again (Fixture *fixture, gconstpointer mode)
{
  RegistryFixture one = release (1, "1.0.0");
  RegistryFixture again = release (2, "1.0.0");
  g_autoptr (MeshTrustState) trust = mesh_trust_state_new (TRUST_FIXTURE_APP, "stable");
  g_autoptr (MeshRegistryFound) found = NULL;

  registry_node_track (&fixture->peer, &one);
  registry_node_track (&fixture->peer, &again);
  found = registry_node_resolve (&fixture->user, trust, NULL, TRUE, NULL);
  g_assert_cmpuint (mesh_signed_manifest_get_manifest (found->release)->counter, ==, 2);
}

static void
count_cb (MeshRegistry *registry, MeshSplitView *view, gpointer user_data)
{
  g_assert_nonnull (view->sentence);
  ++*(guint *) user_data;
}

/* The Master offers less than a peer proves: evidence, until it catches up. */
static void
test_stale_master (Fixture *fixture, gconstpointer mode)
{
  RegistryFixture one = release (1, "1.0.0");
  RegistryFixture two = release (2, "1.1.0");
  MeshRegistry *registry = fixture->user.registry;
  g_autoptr (GPtrArray) views = NULL;
  g_autoptr (GPtrArray) later = NULL;
  const MeshSplitView *view;
  guint n = 0;

  g_signal_connect (registry, "split-view", G_CALLBACK (count_cb), &n);
  registry_master_set_latest (&fixture->master, registry_fixture_envelope (&one));
  registry_node_track (&fixture->peer, &two);
  expect (fixture, "1.1.0", "peer ");
  registry_wait_until (n == 1);
  views = mesh_registry_dup_split_views (registry);
  g_assert_cmpuint (views->len, ==, 1);
  view = views->pdata[0];
  g_assert_cmpint (view->kind, ==, MESH_SPLIT_VIEW_STALE_MASTER);
  g_assert_true (g_bytes_equal (view->a_proof, fixture->master.latest));
  g_assert_cmpuint (view->b_counter, ==, 2);
  registry_master_set_latest (&fixture->master, registry_fixture_envelope (&two));
  expect (fixture, "1.1.0", "");
  later = mesh_registry_dup_split_views (registry);
  g_assert_cmpuint (later->len, ==, 0);
}

/* The Master is behind what is believed here already, and further behind a peer. */
static void
test_frozen_master (Fixture *fixture, gconstpointer mode)
{
  RegistryFixture one = release (1, "1.0.0");
  RegistryFixture two = release (2, "1.1.0");
  RegistryFixture three = release (3, "1.2.0");
  g_autoptr (MeshTrustState) trust = registry_fixture_trust (&two);
  MeshRegistry *registry = fixture->user.registry;
  g_autoptr (MeshRegistryFound) found = NULL;
  g_autoptr (GPtrArray) views = NULL;
  g_autoptr (GError) error = NULL;
  const MeshSplitView *view;
  guint n = 0;

  g_signal_connect (registry, "split-view", G_CALLBACK (count_cb), &n);
  registry_master_set_latest (&fixture->master, registry_fixture_envelope (&one));
  registry_node_track (&fixture->peer, &three);
  found = registry_node_resolve (&fixture->user, trust, NULL, FALSE, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (mesh_signed_manifest_get_manifest (found->release)->version, ==,
                   "1.2.0");
  registry_wait_until (n == 1);
  views = mesh_registry_dup_split_views (registry);
  view = views->pdata[0];
  g_assert_cmpint (view->kind, ==, MESH_SPLIT_VIEW_STALE_MASTER);
  g_assert_cmpuint (view->a_counter, ==, 1);
  g_assert_cmpuint (view->b_counter, ==, 3);
  g_assert_true (g_bytes_equal (view->a_proof, fixture->master.latest));
}

/* Two manifests of one number, both well signed. */
static void
test_twins (Fixture *fixture, gconstpointer mode)
{
  RegistryFixture one = release (5, "1.0.0");
  RegistryFixture other = release (5, "1.0.1");
  g_autoptr (MeshTrustState) trust = mesh_trust_state_new (TRUST_FIXTURE_APP, "stable");
  g_autoptr (MeshRegistryFound) found = NULL;
  guint n = 0;

  g_signal_connect (fixture->user.registry, "split-view", G_CALLBACK (count_cb), &n);
  registry_master_set_latest (&fixture->master, registry_fixture_envelope (&one));
  registry_node_track (&fixture->peer, &other);
  found = registry_node_resolve (&fixture->user, trust, NULL, TRUE, NULL);
  g_assert_nonnull (found);
  registry_wait_until (n == 1);
}

/* This node believes one of the twins already: ours is the other half of the evidence. */
static void
test_contradicted (Fixture *fixture, gconstpointer mode)
{
  RegistryFixture ours = release (5, "1.0.0");
  RegistryFixture theirs = release (5, "1.0.1");
  g_autoptr (MeshTrustState) trust = registry_fixture_trust (&ours);
  g_autoptr (GBytes) envelope = registry_fixture_envelope (&ours);
  g_autoptr (GPtrArray) views = NULL;
  g_autoptr (GError) error = NULL;
  const MeshSplitView *view;
  guint n = 0;

  g_signal_connect (fixture->user.registry, "split-view", G_CALLBACK (count_cb), &n);
  registry_node_track (&fixture->user, &ours);
  registry_master_set_latest (&fixture->master, registry_fixture_envelope (&theirs));
  g_assert_null (registry_node_resolve (&fixture->user, trust, NULL, FALSE, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_MIXED);
  registry_wait_until (n == 1);
  views = mesh_registry_dup_split_views (fixture->user.registry);
  view = views->pdata[0];
  g_assert_cmpint (view->kind, ==, MESH_SPLIT_VIEW_SAME_COUNTER);
  g_assert_true (g_bytes_equal (view->a_proof, envelope));
  g_assert_true (g_bytes_equal (view->b_proof, fixture->master.latest));
  g_assert_true (mesh_registry_dismiss_split_view (fixture->user.registry, view->id));
  g_assert_false (mesh_registry_dismiss_split_view (fixture->user.registry, view->id));
}

static void
test_cancelled (Fixture *fixture, gconstpointer mode)
{
  g_autoptr (MeshTrustState) trust = mesh_trust_state_new (TRUST_FIXTURE_APP, "stable");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  RegistryWait wait = { NULL };

  fixture->master.is_silent = TRUE;
  mesh_registry_resolve_async (fixture->user.registry, trust, NULL, TRUE, cancellable,
                               registry_wait_cb, &wait);
  g_cancellable_cancel (cancellable);
  g_assert_null (mesh_registry_resolve_finish (fixture->user.registry,
                                               registry_wait_for (&wait), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_object (&wait.result);
}

#define ADD(name, mode, func) \
  g_test_add ("/registry/resolve/" name, Fixture, \
              GINT_TO_POINTER (MESH_REGISTRY_MODE_##mode), set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("newest", HYBRID, test_newest);
  ADD ("central", CENTRAL, test_central);
  ADD ("p2p", P2P, test_p2p);
  ADD ("5xx", HYBRID, test_5xx);
  ADD ("timeout", HYBRID, test_timeout);
  ADD ("lying", HYBRID, test_lying);
  ADD ("range", P2P, test_range);
  ADD ("range-of-master", CENTRAL, test_range_of_master);
  ADD ("signed-again", P2P, test_signed_again);
  ADD ("stale-master", HYBRID, test_stale_master);
  ADD ("frozen-master", HYBRID, test_frozen_master);
  ADD ("twins", HYBRID, test_twins);
  ADD ("contradicted", HYBRID, test_contradicted);
  ADD ("cancelled", HYBRID, test_cancelled);
  return g_test_run ();
}
