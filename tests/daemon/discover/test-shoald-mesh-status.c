/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "daemon/engine/engine-fixture.h"

#include "config/shoald-error.h"
#include "discover/shoald-mesh-status.h"

static GVariant *
build (ShoaldEngine *engine)
{
  g_autoptr (GError) error = NULL;
  GVariant *status = shoald_mesh_status_build (engine, &error);

  g_assert_no_error (error);
  return g_variant_ref_sink (status);
}

static GVariant *
get_part (GVariant *status, const char *key)
{
  GVariant *part = g_variant_lookup_value (status, key, G_VARIANT_TYPE_VARDICT);

  g_assert_nonnull (part);
  return part;
}

static guint
count_connected (ShoaldEngine *engine)
{
  g_autoptr (GVariant) status = build (engine);
  g_autoptr (GVariant) peers = get_part (status, "peers");
  guint n;

  g_assert_true (g_variant_lookup (peers, "connected", "u", &n));
  return n;
}

static void
test_status (EngineFixture *fixture, gconstpointer data)
{
  ShoaldEngine *other = engine_fixture_start_other (fixture, "on");
  g_autoptr (GVariant) status = NULL;
  g_autoptr (GVariant) dht = NULL;
  g_autoptr (GVariant) lan = NULL;
  g_autoptr (GVariant) mdns = NULL;
  g_autoptr (GVariant) registry = NULL;
  g_autoptr (GVariant) bootstrap = NULL;
  g_autoptr (GVariant) first = NULL;
  const char *text;
  gboolean flag;

  test_wait_until (count_connected (other) == 1);
  status = build (other);
  dht = get_part (status, "dht");
  g_assert_true (g_variant_lookup (dht, "setting", "&s", &text));
  g_assert_cmpstr (text, ==, "auto");
  lan = get_part (dht, "lan");
  g_assert_true (g_variant_lookup (lan, "protocol", "&s", &text));
  g_assert_cmpstr (text, ==, "/ipfs/lan/kad/1.0.0");
  mdns = get_part (status, "mdns");
  g_assert_true (g_variant_lookup (mdns, "running", "b", &flag));
  g_assert_false (flag);
  registry = get_part (status, "registry");
  g_assert_true (g_variant_lookup (registry, "mode", "&s", &text));
  g_assert_cmpstr (text, ==, "hybrid");
  bootstrap = g_variant_lookup_value (status, "bootstrap", G_VARIANT_TYPE ("aa{sv}"));
  g_assert_cmpuint (g_variant_n_children (bootstrap), ==, 1);
  first = g_variant_get_child_value (bootstrap, 0);
  g_assert_true (g_variant_lookup (first, "state", "&s", &text));
  g_assert_cmpstr (text, ==, "connected");
  engine_fixture_stop (other);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/shoald/mesh-status/status", EngineFixture, NULL, engine_fixture_set_up,
              test_status, engine_fixture_tear_down);
  return g_test_run ();
}
