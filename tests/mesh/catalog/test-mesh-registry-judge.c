/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "catalog/mesh-registry-judge.h"

#include "registry-fixture.h"

static MeshRegistryVerdict
compare (const RegistryFixture *known, const RegistryFixture *new)
{
  g_autoptr (MeshAnnouncement) a = registry_fixture_announcement (known);
  g_autoptr (MeshAnnouncement) b = registry_fixture_announcement (new);

  return mesh_registry_judge_compare (mesh_announcement_get_listing (a),
                                      mesh_announcement_get_listing (b));
}

static void
test_compare (void)
{
  RegistryFixture known = registry_fixture_default ();
  RegistryFixture new = known;

  known.counter = new.counter = 5;
  known.version = new.version = "2.0.0";
  g_assert_cmpint (compare (&known, &new), ==, MESH_REGISTRY_VERDICT_IGNORE);
  new.counter = 4;
  g_assert_cmpint (compare (&known, &new), ==, MESH_REGISTRY_VERDICT_IGNORE);
  new.counter = 6;
  g_assert_cmpint (compare (&known, &new), ==, MESH_REGISTRY_VERDICT_ACCEPT);
  new.version = "2.1.0";
  g_assert_cmpint (compare (&known, &new), ==, MESH_REGISTRY_VERDICT_ACCEPT);
  new.version = "1.9.0"; /* a rollback under a higher counter */
  g_assert_cmpint (compare (&known, &new), ==, MESH_REGISTRY_VERDICT_IGNORE);
  new.version = "2.0.1";
  new.counter = 5;
  g_assert_cmpint (compare (&known, &new), ==, MESH_REGISTRY_VERDICT_SPLIT);
}

/* The same release until later. */
static void
test_renewal (void)
{
  RegistryFixture fixture = registry_fixture_default ();
  g_autoptr (MeshAnnouncement) known = registry_fixture_announcement (&fixture);
  g_autoptr (MeshAnnouncement) later = mesh_announcement_renew (
      known, fixture.expires_s + MESH_REGISTRY_JUDGE_MIN_RENEWAL_S);
  g_autoptr (MeshAnnouncement) hardly = mesh_announcement_renew (
      known, fixture.expires_s + MESH_REGISTRY_JUDGE_MIN_RENEWAL_S - 1);

  g_assert_cmpint (mesh_registry_judge_compare (mesh_announcement_get_listing (known),
                                                mesh_announcement_get_listing (later)),
                   ==, MESH_REGISTRY_VERDICT_ACCEPT);
  g_assert_cmpint (mesh_registry_judge_compare (mesh_announcement_get_listing (known),
                                                mesh_announcement_get_listing (hardly)),
                   ==, MESH_REGISTRY_VERDICT_IGNORE);
}

static void
test_life (void)
{
  g_assert_false (mesh_registry_judge_life (100, 100));
  g_assert_true (mesh_registry_judge_life (101, 100));
  g_assert_true (mesh_registry_judge_life (100 + MESH_ANNOUNCEMENT_MAX_LIFE_S, 100));
  g_assert_false (mesh_registry_judge_life (101 + MESH_ANNOUNCEMENT_MAX_LIFE_S, 100));
}

static void
test_rates (void)
{
  g_autoptr (MeshRegistryJudge) judge = mesh_registry_judge_new ();
  gint64 now_us = 1000;
  guint n = 0;

  while (mesh_registry_judge_admit_author (judge, "a", now_us))
    n++;
  g_assert_cmpuint (n, ==, MESH_REGISTRY_JUDGE_AUTHOR_BURST);
  g_assert_true (mesh_registry_judge_admit_author (judge, "b", now_us));
  g_assert_true (mesh_registry_judge_admit_peer (judge, "a", now_us));
  now_us += MESH_REGISTRY_JUDGE_AUTHOR_EVERY_S * G_USEC_PER_SEC;
  g_assert_true (mesh_registry_judge_admit_author (judge, "a", now_us));
  g_assert_false (mesh_registry_judge_admit_author (judge, "a", now_us));
}

/* A new name for each lie costs us nothing. */
static void
test_bounded (void)
{
  g_autoptr (MeshRegistryJudge) judge = mesh_registry_judge_new ();

  for (guint i = 0; i < 3 * MESH_REGISTRY_JUDGE_MAX_TRACKED; i++)
    {
      g_autofree char *name = g_strdup_printf ("%u", i);

      g_assert_true (mesh_registry_judge_admit_peer (judge, name, 1));
      g_assert_cmpuint (mesh_registry_judge_get_n_tracked (judge), <=,
                        MESH_REGISTRY_JUDGE_MAX_TRACKED);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/registry/judge/compare", test_compare);
  g_test_add_func ("/registry/judge/renewal", test_renewal);
  g_test_add_func ("/registry/judge/life", test_life);
  g_test_add_func ("/registry/judge/rates", test_rates);
  g_test_add_func ("/registry/judge/bounded", test_bounded);
  return g_test_run ();
}
