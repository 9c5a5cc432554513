/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "master/shoald-master-query.h"

#include "node/mesh.h"

static ShoaldMasterQuery *
parse (GError **error, const char *key, ...)
{
  g_autoptr (GHashTable) form = g_hash_table_new (g_str_hash, g_str_equal);
  va_list list;

  va_start (list, key);
  for (; key != NULL; key = va_arg (list, const char *))
    g_hash_table_insert (form, (gpointer) key, va_arg (list, char *));
  va_end (list);
  return shoald_master_query_parse (form, error);
}

static void
check_match (const char *words, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ShoaldMasterQuery) query = parse (&error, "q", words, NULL);

  g_assert_no_error (error);
  g_assert_cmpstr (query->match, ==, expected);
}

static void
test_words (void)
{
  check_match ("", NULL);
  check_match ("  \t ", NULL);
  check_match ("text editor", "\"text\"* AND \"editor\"*");
  check_match ("org.shoal.Demo", "\"org.shoal.Demo\"*");
  check_match ("Größe", "\"Größe\"*");
  /* Nothing is syntax. */
  check_match ("a\"b", "\"a\"* AND \"b\"*");
  check_match ("name:x OR NEAR(y) -z *",
               "\"name:x\"* AND \"OR\"* AND \"NEAR(y)\"* AND \"-z\"*");
  check_match ("\" * - ( ) ' ;", NULL);
}

static void
test_defaults (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ShoaldMasterQuery) query = shoald_master_query_parse (NULL, &error);

  g_assert_no_error (error);
  g_assert_null (query->match);
  g_assert_null (query->category);
  g_assert_null (query->tag);
  g_assert_cmpuint (query->limit, ==, SHOALD_MASTER_QUERY_LIMIT);
  g_assert_cmpuint (query->offset, ==, 0);
}

static void
test_labels (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ShoaldMasterQuery) query = parse (
      &error, "category", "GAME", "tag", "Straße", "limit", "0", "offset", "7", NULL);

  g_assert_no_error (error);
  g_assert_cmpstr (query->category, ==, "game");
  g_assert_cmpstr (query->tag, ==, "strasse");
  g_assert_cmpuint (query->limit, ==, 0);
  g_assert_cmpuint (query->offset, ==, 7);
}

static void
check_refused (const char *key, const char *value, int code)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ShoaldMasterQuery) query = parse (&error, key, value, NULL);

  g_assert_null (query);
  g_assert_error (error, MESH_ERROR, code);
}

static void
test_refused (void)
{
  g_autofree char *longest = g_strnfill (SHOALD_MASTER_QUERY_MAX_LEN + 1, 'a');
  g_autofree char *label = g_strnfill (MESH_MANIFEST_MAX_NAME_LEN + 1, 'a');

  check_refused ("q", longest, MESH_ERROR_TOO_LARGE);
  check_refused ("q", "a a a a a a a a a a a a a a a a a", MESH_ERROR_TOO_LARGE);
  check_refused ("q", "\377", MESH_ERROR_INVALID);
  check_refused ("limit", "101", MESH_ERROR_INVALID);
  check_refused ("limit", "-1", MESH_ERROR_INVALID);
  check_refused ("limit", "ten", MESH_ERROR_INVALID);
  check_refused ("offset", "1000001", MESH_ERROR_INVALID);
  check_refused ("category", label, MESH_ERROR_INVALID);
  check_refused ("tag", "\300\200", MESH_ERROR_INVALID);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/master/query/words", test_words);
  g_test_add_func ("/master/query/defaults", test_defaults);
  g_test_add_func ("/master/query/labels", test_labels);
  g_test_add_func ("/master/query/refused", test_refused);
  return g_test_run ();
}
