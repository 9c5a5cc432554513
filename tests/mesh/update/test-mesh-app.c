/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "update/mesh-app-private.h"

#include "trust-fixture.h"

static void
count_cb (GObject *object, GParamSpec *pspec, gpointer user_data)
{
  ++*(guint *) user_data;
}

/* Every property has a getter that agrees; changes notify, and only changes. */
static void
test_sync (void)
{
  g_autoptr (MeshApp) app = mesh_app_new (TRUST_FIXTURE_APP);
  g_autoptr (MeshUpdateRecord) record
      = mesh_update_record_new (TRUST_FIXTURE_APP, "stable");
  TrustFixture fixture = trust_fixture_default ();
  g_autoptr (GBytes) bytes = trust_fixture_simple (&fixture);
  g_autoptr (MeshSignedManifest) release = mesh_signed_manifest_parse (
      g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), NULL);
  guint n_states = 0, n_all = 0;

  g_signal_connect (app, "notify::state", G_CALLBACK (count_cb), &n_states);
  g_signal_connect (app, "notify", G_CALLBACK (count_cb), &n_all);
  record->current = mesh_update_record_release_new (release);
  record->state = MESH_UPDATE_STATE_APPLIED;
  record->n_fetch_chunks = 3;
  record->is_held = TRUE;
  mesh_app_sync (app, record, "/data/apps/x");
  g_assert_cmpuint (n_states, ==, 1);
  g_assert_cmpstr (mesh_app_get_id (app), ==, TRUST_FIXTURE_APP);
  g_assert_cmpstr (mesh_app_get_name (app), ==, "Exämple");
  g_assert_cmpstr (mesh_app_get_installed_version (app), ==, "1.0.0");
  g_assert_cmpstr (mesh_app_get_exec (app), ==, "/data/apps/x/current/bin/app");
  g_assert_null (mesh_app_get_icon (app));
  g_assert_null (mesh_app_get_available_version (app));
  g_assert_cmpuint (mesh_app_get_n_chunks_total (app), ==, 3);
  g_assert_cmpuint (mesh_app_get_installed_size (app), ==, 1000);
  g_assert_true (mesh_app_is_held (app));
  g_assert_false (mesh_app_is_published (app));
  g_assert_cmpint (mesh_app_get_state (app), ==, MESH_UPDATE_STATE_APPLIED);

  n_all = 0;
  mesh_app_sync (app, record, "/data/apps/x");
  g_assert_cmpuint (n_all, ==, 0);
}

static void
test_properties (void)
{
  g_autoptr (MeshApp) app = mesh_app_new (TRUST_FIXTURE_APP);
  guint n_props;
  g_autofree GParamSpec **props
      = g_object_class_list_properties (G_OBJECT_GET_CLASS (app), &n_props);
  g_autofree char *state = NULL;

  g_assert_cmpuint (n_props, ==, 29);
  for (guint i = 0; i < n_props; i++)
    {
      g_auto (GValue) value = G_VALUE_INIT;

      g_value_init (&value, props[i]->value_type);
      g_object_get_property (G_OBJECT (app), props[i]->name, &value);
      g_assert_cmpint (props[i]->flags & G_PARAM_WRITABLE, ==, 0);
    }
  g_object_get (app, "state", &state, NULL);
  g_assert_cmpstr (state, ==, "none");
}

static void
test_progress (void)
{
  g_autoptr (MeshApp) app = mesh_app_new (TRUST_FIXTURE_APP);
  g_autoptr (GPtrArray) sources = g_ptr_array_new ();
  guint n_done = 0;

  g_signal_connect (app, "notify::bytes-done", G_CALLBACK (count_cb), &n_done);
  mesh_app_set_progress (app, 100, 1, 50, sources);
  g_assert_cmpuint (mesh_app_get_bytes_done (app), ==, 100);
  g_assert_cmpuint (mesh_app_get_n_chunks_done (app), ==, 1);
  g_assert_cmpuint (mesh_app_get_rate_bps (app), ==, 50);
  g_assert_true (mesh_app_get_sources (app) == sources);
  g_assert_cmpuint (n_done, ==, 1);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/update/app/sync", test_sync);
  g_test_add_func ("/update/app/properties", test_properties);
  g_test_add_func ("/update/app/progress", test_progress);
  return g_test_run ();
}
