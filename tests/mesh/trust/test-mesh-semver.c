/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include <string.h>

#include "base/mesh-error.h"
#include "trust/mesh-semver.h"

/* semver.org §11.4.4 and the list of its FAQ's regular expression tests. */
static void
test_order (void)
{
  static const char *const ascending[] = {
    "0.0.0",
    "0.0.4",
    "0.1.0",
    "1.0.0-0",
    "1.0.0-1",
    "1.0.0-2",
    "1.0.0-10",
    "1.0.0-99999999999999999999999",
    "1.0.0--",
    "1.0.0-alpha",
    "1.0.0-alpha.1",
    "1.0.0-alpha.1.0",
    "1.0.0-alpha.beta",
    "1.0.0-beta",
    "1.0.0-beta.2",
    "1.0.0-beta.11",
    "1.0.0-rc.1",
    "1.0.0",
    "1.0.1-a",
    "1.0.1",
    "1.2.0",
    "1.10.0",
    "2.0.0",
    "10.0.0",
    "18446744073709551615.0.0",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (ascending); i++)
    for (gsize j = 0; j < G_N_ELEMENTS (ascending); j++)
      {
        int order = mesh_semver_compare_text (ascending[i], ascending[j]);

        g_test_message ("%s %s", ascending[i], ascending[j]);
        g_assert_cmpint ((order > 0) - (order < 0), ==, (i > j) - (i < j));
      }
  g_assert_cmpint (mesh_semver_compare_text ("1.0.0+a", "1.0.0+b.7"), ==, 0);
  g_assert_cmpint (mesh_semver_compare_text (NULL, "0.0.0-0"), <, 0);
  g_assert_cmpint (mesh_semver_compare_text ("1", NULL), ==, 0);
}

static void
test_valid (void)
{
  static const char *const good[] = {
    "0.0.4",
    "1.2.3",
    "10.20.30",
    "1.1.2-prerelease+meta",
    "1.1.2+meta",
    "1.0.0-alpha0.valid",
    "1.0.0-alpha.0valid",
    "1.0.0-0A.is.legal",
    "1.2.3----RC-SNAPSHOT.12.9.1--.12+788",
    "2.0.0+build.1848",
    "1.0.0+0.build.1-rc.10000aaa-kk-0.1",
    "2.0.1-alpha.1227",
  };
  static const char *const bad[] = {
    "",
    "1",
    "1.2",
    "1.2.3-0123",
    "1.2.3-0123.0123",
    "1.1.2+.123",
    "+invalid",
    "-invalid",
    "-invalid+invalid",
    "alpha",
    "alpha.beta.1",
    "1.2.3.DEV",
    "1.2-SNAPSHOT",
    "01.1.1",
    "1.01.1",
    "1.1.01",
    "1.2.3-",
    "1.2.3+",
    "1.2.3-a..b",
    "1.2.3-a_b",
    "v1.2.3",
    " 1.2.3",
    "1.2.3 ",
    "1.2.3\n",
    "1..3",
    "1.2.",
    ".1.2",
    "1.2.3+a+b",
    "-1.0.0",
    "1.2.é",
    "18446744073709551616.0.0",
  };
  g_autofree char *longest = g_strnfill (MESH_SEMVER_MAX_LEN + 1, 'a');

  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    g_assert_true (mesh_semver_is_valid (good[i]));
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("bad %" G_GSIZE_FORMAT, i);
      g_assert_null (mesh_semver_parse (bad[i], &error));
      g_assert_error (error, MESH_ERROR, MESH_ERROR_INVALID);
    }
  memcpy (longest, "1.0.0-", strlen ("1.0.0-"));
  g_assert_false (mesh_semver_is_valid (longest));
  longest[MESH_SEMVER_MAX_LEN] = '\0';
  g_assert_true (mesh_semver_is_valid (longest));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/trust/semver/order", test_order);
  g_test_add_func ("/trust/semver/valid", test_valid);
  return g_test_run ();
}
