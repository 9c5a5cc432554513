/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "catalog/mesh-registry-result.h"

#include "registry-fixture.h"

static MeshRegistryResult *
make (guint64 counter, const char *source, gboolean is_verified)
{
  RegistryFixture fixture = registry_fixture_default ();
  g_autoptr (MeshAnnouncement) announcement = NULL;

  fixture.counter = counter;
  announcement = registry_fixture_announcement (&fixture);
  return mesh_registry_result_new (announcement, source, is_verified, 10);
}

static MeshRegistryResult *
claim (const char *fingerprint, guint64 counter)
{
  char *none[] = { NULL };
  MeshRegistryClaim claim = { TRUST_FIXTURE_APP, "stable", "1.0.0", "",      "",
                              fingerprint,       none,     none,    counter, 5 };

  return mesh_registry_result_new_claim (&claim, "master http://m", 3);
}

static void
test_link (void)
{
  g_autoptr (MeshRegistryResult) result = make (1, "local", FALSE);
  g_autoptr (MeshRegistryResult) told = claim ("", 1);
  g_autofree char *link
      = g_strconcat ("shoal:", TRUST_FIXTURE_APP, "?key=", result->fingerprint, NULL);

  g_assert_cmpstr (result->link, ==, link);
  g_assert_cmpstr (told->link, ==, "shoal:" TRUST_FIXTURE_APP);
  g_assert_cmpstr (told->name, ==, TRUST_FIXTURE_APP);
  g_assert_null (told->announcement);
}

static void
test_merge (void)
{
  g_autoptr (MeshRegistryResult) a = make (1, "local", TRUE);
  g_autoptr (MeshRegistryResult) b = make (2, "peer x", FALSE);
  g_autoptr (MeshRegistryResult) c = claim (a->fingerprint, 9);
  g_autoptr (MeshRegistryResult) first = mesh_registry_result_merge (NULL, a);
  g_autoptr (MeshRegistryResult) again = mesh_registry_result_merge (a, a);
  g_autoptr (MeshRegistryResult) both = mesh_registry_result_merge (a, b);
  g_autoptr (MeshRegistryResult) three = mesh_registry_result_merge (both, c);

  g_assert_true (first == a);
  g_assert_true (again == a);
  g_assert_true (mesh_registry_result_is_same_app (a, b));
  g_assert_true (mesh_registry_result_is_same_app (a, c));
  g_assert_cmpuint (both->counter, ==, 2);
  g_assert_true (both->is_verified);
  g_assert_cmpuint (g_strv_length (both->sources), ==, 2);
  /* A word without a signature does not make it newer. */
  g_assert_cmpuint (three->counter, ==, 2);
  g_assert_cmpuint (g_strv_length (three->sources), ==, 3);
  g_assert_cmpstr (three->sources[2], ==, "master http://m");
}

static void
test_sources_bounded (void)
{
  g_autoptr (MeshRegistryResult) result = make (1, "local", TRUE);

  for (guint i = 0; i < 100; i++)
    {
      g_autofree char *source = g_strdup_printf ("peer %u", i);
      g_autoptr (MeshRegistryResult) one = make (1, source, FALSE);
      MeshRegistryResult *merged = mesh_registry_result_merge (result, one);

      mesh_registry_result_unref (result);
      result = merged;
    }
  g_assert_cmpuint (g_strv_length (result->sources), ==,
                    MESH_REGISTRY_RESULT_MAX_SOURCES);
}

static void
test_order (void)
{
  g_autoptr (MeshRegistryResult) verified = make (1, "local", TRUE);
  g_autoptr (MeshRegistryResult) plain = make (1, "local", FALSE);
  g_autoptr (MeshRegistryResult) weak = claim ("", 1);

  g_assert_cmpint (mesh_registry_result_compare (verified, plain), <, 0);
  g_assert_cmpint (mesh_registry_result_compare (plain, weak), <, 0);
  g_assert_cmpint (mesh_registry_result_compare (weak, verified), >, 0);
  g_assert_cmpint (mesh_registry_result_compare (plain, plain), ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/registry/result/link", test_link);
  g_test_add_func ("/registry/result/merge", test_merge);
  g_test_add_func ("/registry/result/sources-bounded", test_sources_bounded);
  g_test_add_func ("/registry/result/order", test_order);
  return g_test_run ();
}
