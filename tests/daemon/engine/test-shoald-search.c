/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "engine/shoald-search.h"

#include <string.h>

#define ANSWER \
  "{\"packages\":[" \
  "{\"app_id\":\"org.example.One\",\"name\":\"One\",\"summary\":\"First\"," \
  "\"version\":\"1.2.0\",\"channel\":\"stable\",\"size\":1048576," \
  "\"fingerprint\":\"ab\",\"categories\":[\"Game\",3],\"tags\":[],\"updated\":1}," \
  "{\"name\":\"no id\"}," \
  "7," \
  "{\"app_id\":\"org.example.Two\",\"name\":5,\"size\":-3,\"categories\":\"x\"}" \
  "],\"total\":2}"

static gboolean
is_one (const char *app_id, gpointer user_data)
{
  return strcmp (app_id, "org.example.One") == 0;
}

static GVariant *
parse (const char *text, const char *category, guint limit, GError **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  GVariant *results = shoald_search_parse (bytes, "http://m.example", category, limit,
                                           is_one, NULL, error);

  return results != NULL ? g_variant_ref_sink (results) : NULL;
}

static void
test_fields (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) results = parse (ANSWER, NULL, 50, &error);
  g_autoptr (GVariant) one = NULL;
  g_autoptr (GVariant) two = NULL;
  g_auto (GStrv) list = NULL;
  const char *text;
  guint64 size;
  gboolean is_installed;

  g_assert_no_error (error);
  g_assert_cmpuint (g_variant_n_children (results), ==, 2);
  one = g_variant_get_child_value (results, 0);
  g_assert_true (g_variant_lookup (one, "app", "&s", &text));
  g_assert_cmpstr (text, ==, "org.example.One");
  g_assert_true (g_variant_lookup (one, "size", "t", &size));
  g_assert_cmpuint (size, ==, 1048576);
  g_assert_true (g_variant_lookup (one, "installed", "b", &is_installed));
  g_assert_true (is_installed);
  g_assert_true (g_variant_lookup (one, "categories", "^as", &list));
  g_assert_cmpuint (g_strv_length (list), ==, 1);
  g_assert_true (g_variant_lookup (one, "source", "&s", &text));
  g_assert_cmpstr (text, ==, "http://m.example");
  /* Wrong fields are as if they were not there. */
  two = g_variant_get_child_value (results, 1);
  g_assert_true (g_variant_lookup (two, "name", "&s", &text));
  g_assert_cmpstr (text, ==, "org.example.Two");
  g_assert_true (g_variant_lookup (two, "size", "t", &size));
  g_assert_cmpuint (size, ==, 0);
}

static void
test_filter (void)
{
  g_autoptr (GVariant) games = parse (ANSWER, "Game", 50, NULL);
  g_autoptr (GVariant) first = parse (ANSWER, NULL, 1, NULL);

  g_assert_cmpuint (g_variant_n_children (games), ==, 1);
  g_assert_cmpuint (g_variant_n_children (first), ==, 1);
}

static void
test_hostile (void)
{
  static const char *const bad[] = {
    "", "{", "[]", "{}", "{\"packages\":{}}", "{\"packages\":null}", "\xff", "nonsense",
  };
  g_autofree char *deep = g_strnfill (100000, '[');

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (parse (bad[i], NULL, 50, &error));
      g_assert_error (error, MESH_ERROR, MESH_ERROR_PROTOCOL);
    }
  g_assert_null (parse (deep, NULL, 50, NULL));
}

/* Whatever is cut off or changed, the result is a list or an error. */
static void
test_mutations (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);

  for (guint i = 0; i < 5000; i++)
    {
      g_autofree char *text = g_strdup (ANSWER);
      g_autoptr (GVariant) results = NULL;
      g_autoptr (GError) error = NULL;

      for (guint j = 0; j < 3; j++)
        text[g_rand_int_range (rand, 0, (gint32) strlen (ANSWER))]
            = (char) g_rand_int_range (rand, 1, 256);
      results = parse (text, NULL, 50, &error);
      g_assert_true ((results == NULL) == (error != NULL));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/shoald/search/fields", test_fields);
  g_test_add_func ("/shoald/search/filter", test_filter);
  g_test_add_func ("/shoald/search/hostile", test_hostile);
  g_test_add_func ("/shoald/search/mutations", test_mutations);
  return g_test_run ();
}
