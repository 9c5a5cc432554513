/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "catalog/mesh-semver-range.h"

#include <string.h>

#include "base/mesh-error.h"
#include "base/mesh-rng.h"

/* As npm's semver answers, version 7. */
static const struct
{
  const char *range;
  const char *yes; /* versions, by spaces */
  const char *no;
} table[] = {
  { "", "0.0.1 1.0.0 99.3.1", "1.0.0-rc.1" },
  { "*", "0.0.0 1.2.3", "1.2.3-alpha" },
  { "1.2.3", "1.2.3 1.2.3+build", "1.2.4 1.2.2 1.2.3-rc.1" },
  { "=1.2.3", "1.2.3", "1.2.4" },
  { "v1.2.3", "1.2.3", "1.2.4" },
  { "1", "1.0.0 1.9.9", "0.9.9 2.0.0 2.0.0-0 1.0.0-rc.1" },
  { "1.x", "1.0.0 1.9.9", "0.9.9 2.0.0" },
  { "1.2.x", "1.2.0 1.2.9", "1.3.0 1.1.9" },
  { "1.2.*", "1.2.0 1.2.9", "1.3.0 1.1.9" },
  { "1.2", "1.2.0 1.2.9", "1.3.0 1.1.9" },
  { "^1.2.3", "1.2.3 1.9.0", "1.2.2 2.0.0 2.0.0-alpha 1.3.0-beta" },
  { "^1.2", "1.2.0 1.9.9", "1.1.9 2.0.0" },
  { "^1", "1.0.0 1.9.9", "0.9.9 2.0.0" },
  { "^0.2.3", "0.2.3 0.2.9", "0.2.2 0.3.0 1.0.0" },
  { "^0.0.3", "0.0.3", "0.0.4 0.0.2 0.1.0" },
  { "^0.0", "0.0.0 0.0.9", "0.1.0" },
  { "^0", "0.0.0 0.9.9", "1.0.0" },
  { "^0.x", "0.0.0 0.9.9", "1.0.0" },
  { "^1.2.3-beta.2", "1.2.3-beta.2 1.2.3-beta.4 1.2.3 1.3.0",
    "1.2.3-beta.1 1.2.4-beta.2 2.0.0" },
  { "~1.2.3", "1.2.3 1.2.9", "1.2.2 1.3.0 1.3.0-rc.1" },
  { "~1.2", "1.2.0 1.2.9", "1.3.0 1.1.9" },
  { "~1", "1.0.0 1.9.9", "2.0.0 0.9.9" },
  { "~0.2.3", "0.2.3 0.2.9", "0.3.0 0.2.2" },
  { "~>1.2.3", "1.2.3 1.2.9", "1.3.0" },
  { "~1.2.3-beta.2", "1.2.3-beta.2 1.2.3", "1.2.4-beta.2 1.2.3-beta.1" },
  { ">1.2.3", "1.2.4 2.0.0", "1.2.3 1.2.2 1.2.4-rc.1" },
  { ">1.2", "1.3.0", "1.2.9 1.2.0" },
  { ">1", "2.0.0", "1.9.9" },
  { ">=1.2.3", "1.2.3 2.0.0", "1.2.2" },
  { ">=1.2", "1.2.0 3.0.0", "1.1.9" },
  { "<1.2.3", "1.2.2 0.0.1", "1.2.3 1.2.3-rc.1 1.3.0" },
  { "<1.2", "1.1.9", "1.2.0 1.2.0-rc.1" },
  { "<=1.2.3", "1.2.3 0.0.0", "1.2.4" },
  { "<=1.2", "1.2.0 1.2.9", "1.3.0" },
  { "<=1", "1.9.9 0.1.0", "2.0.0" },
  { ">= 1.0.0 < 2", "1.0.0 1.9.9", "2.0.0 0.9.9 2.0.0-rc.1" },
  { ">1.0.0-alpha <1.0.0", "1.0.0-beta", "1.0.0 0.9.9-beta 1.0.0-alpha" },
  { "1.2.3 - 2.3.4", "1.2.3 2.3.4 2.0.0", "1.2.2 2.3.5" },
  { "1.2 - 2.3.4", "1.2.0 2.3.4", "1.1.9 2.3.5" },
  { "1.2.3 - 2.3", "2.3.9 1.2.3", "2.4.0 1.2.2" },
  { "1.2.3 - 2", "2.9.9", "3.0.0" },
  { "1.2.3 - *", "9.0.0", "1.2.2" },
  { "1.2.7 || >=1.2.9 <2.0.0", "1.2.7 1.2.9 1.4.6", "1.2.8 2.0.0" },
  { "^1 || ^3", "1.5.0 3.0.1", "2.0.0 4.0.0" },
  { "||", "1.0.0", "1.0.0-rc.1" },
  { ">*", "", "0.0.0 1.0.0" },
  { "<*", "", "0.0.0 1.0.0" },
  { ">=*", "0.0.0 1.0.0", "" },
  { "1.0.0 2.0.0", "", "1.0.0 2.0.0" },
};

static void
expect (const MeshSemverRange *range, const char *versions, gboolean is_in)
{
  g_auto (GStrv) list = g_strsplit (versions, " ", -1);

  for (gsize i = 0; list[i] != NULL; i++)
    if (*list[i] != '\0' && mesh_semver_range_matches (range, list[i]) != is_in)
      {
        g_printerr ("%s is %sin %s\n", list[i], is_in ? "not " : "",
                    mesh_semver_range_get_text (range));
        g_assert_not_reached ();
      }
}

static void
test_table (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (MeshSemverRange) range
          = mesh_semver_range_parse (table[i].range, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (mesh_semver_range_get_text (range), ==, table[i].range);
      expect (range, table[i].yes, TRUE);
      expect (range, table[i].no, FALSE);
    }
}

static void
test_refused (void)
{
  static const char *const bad[] = { "1.2.3.4",
                                     "abc",
                                     "1..2",
                                     "1.",
                                     "^^1",
                                     "=>1",
                                     "01.2.3",
                                     "1.2-",
                                     "1.2-rc",
                                     "1.2.3 -2 a",
                                     "9999999999999999",
                                     "1.2.3-_" };
  g_autofree char *endless = g_strnfill (MESH_SEMVER_RANGE_MAX_LEN + 1, ' ');
  g_autoptr (GString) many = g_string_new ("1.0.0");
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) own = NULL;

      g_test_message ("%s", bad[i]);
      g_assert_null (mesh_semver_range_parse (bad[i], &own));
      g_assert_error (own, MESH_ERROR, MESH_ERROR_INVALID);
    }
  g_assert_null (mesh_semver_range_parse (endless, &error));
  g_clear_error (&error);
  while (many->len + 4 < MESH_SEMVER_RANGE_MAX_LEN)
    g_string_append (many, "||1");
  g_assert_null (mesh_semver_range_parse (many->str, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_INVALID);
}

static void
test_any (void)
{
  static const char *const any[] = { "", "*", "x", " X " };
  static const char *const some[] = { "1", "^1.2", "*||1" };

  for (gsize i = 0; i < G_N_ELEMENTS (any); i++)
    {
      g_autoptr (MeshSemverRange) range = mesh_semver_range_parse (any[i], NULL);

      g_assert_true (mesh_semver_range_is_any (range));
    }
  for (gsize i = 0; i < G_N_ELEMENTS (some); i++)
    {
      g_autoptr (MeshSemverRange) range = mesh_semver_range_parse (some[i], NULL);

      g_assert_false (mesh_semver_range_is_any (range));
    }
}

static void
test_split (void)
{
  static const struct
  {
    const char *text;
    const char *rest;
    const char *range;
  } cases[] = {
    { "org.example.App", "org.example.App", NULL },
    { "org.example.App@^1.2", "org.example.App", "^1.2" },
    { "org.example.App@", "org.example.App", "" },
    { "shoal:org.example.App@1 - 2?key=ab", "shoal:org.example.App?key=ab", "1 - 2" },
    { "shoal:org.example.App?key=a@b", "shoal:org.example.App?key=a@b", NULL },
  };
  g_autoptr (MeshSemverRange) none = NULL;
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (MeshSemverRange) range = NULL;
      g_autofree char *rest = mesh_semver_range_split (cases[i].text, &range, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (rest, ==, cases[i].rest);
      g_assert_cmpstr (range != NULL ? mesh_semver_range_get_text (range) : NULL, ==,
                       cases[i].range);
    }
  g_assert_null (mesh_semver_range_split ("a.b@hello", &none, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_INVALID);
}

/* Whatever bytes come, and never a version that is none. */
static void
test_noise (void)
{
  static const char letters[] = "0123.x*^~<>=|- vrc+";

  for (guint64 seed = 0; seed < 20000; seed++)
    {
      MeshRng rng;
      char text[24];
      gsize len;
      g_autoptr (MeshSemverRange) range = NULL;

      mesh_rng_init (&rng, seed);
      len = mesh_rng_below (&rng, sizeof text);
      for (gsize i = 0; i < len; i++)
        text[i] = letters[mesh_rng_below (&rng, sizeof letters - 1)];
      text[len] = '\0';
      range = mesh_semver_range_parse (text, NULL);
      if (range != NULL)
        g_assert_false (mesh_semver_range_matches (range, "1.2"));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/registry/semver-range/table", test_table);
  g_test_add_func ("/registry/semver-range/refused", test_refused);
  g_test_add_func ("/registry/semver-range/any", test_any);
  g_test_add_func ("/registry/semver-range/split", test_split);
  g_test_add_func ("/registry/semver-range/noise", test_noise);
  return g_test_run ();
}
