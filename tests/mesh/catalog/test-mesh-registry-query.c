/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "catalog/mesh-registry-query.h"

#include <string.h>

#include "registry-fixture.h"

static guint
score (const char *text, const char *category, const char *tag)
{
  RegistryFixture fixture = registry_fixture_default ();
  g_autoptr (MeshAnnouncement) announcement = registry_fixture_announcement (&fixture);
  g_autoptr (MeshRegistryQuery) query = mesh_registry_query_new (text, category, tag, 0);

  return mesh_registry_query_score (query, mesh_announcement_get_listing (announcement));
}

static void
test_matches (void)
{
  g_assert_cmpuint (score ("", NULL, NULL), >, 0);
  g_assert_cmpuint (score ("edi", NULL, NULL), >, 0);
  g_assert_cmpuint (score ("EXAMPLE", NULL, NULL), >, 0); /* without case and accent */
  g_assert_cmpuint (score ("exämple edi", NULL, NULL), >, 0);
  g_assert_cmpuint (score ("lett", NULL, NULL), >, 0);
  g_assert_cmpuint (score ("nobody", NULL, NULL), >, 0);
  g_assert_cmpuint (score ("org.example", NULL, NULL), >, 0);
  g_assert_cmpuint (score ("dit", NULL, NULL), ==, 0); /* not a word's beginning */
  g_assert_cmpuint (score ("editor game", NULL, NULL), ==, 0);
  g_assert_cmpuint (score ("", "office", NULL), >, 0);
  g_assert_cmpuint (score ("", "OFFICE", "Text"), >, 0);
  g_assert_cmpuint (score ("", "games", NULL), ==, 0);
  g_assert_cmpuint (score ("editor", "office", "other"), ==, 0);
}

static void
test_order (void)
{
  g_assert_cmpuint (score ("example editor", NULL, NULL), >,
                    score ("editor", NULL, NULL));
  g_assert_cmpuint (score ("editor", NULL, NULL), >, score ("edit", NULL, NULL));
  g_assert_cmpuint (score ("edit", NULL, NULL), >, score ("office", NULL, NULL));
  g_assert_cmpuint (score ("office", NULL, NULL), >, score ("letters", NULL, NULL));
  g_assert_cmpuint (score ("letters", NULL, NULL), >, score ("lett", NULL, NULL));
}

static void
expect_match (const char *text, const char *expected)
{
  g_autoptr (MeshRegistryQuery) query = mesh_registry_query_new (text, NULL, NULL, 0);
  g_autofree char *match = mesh_registry_query_to_match (query);

  g_assert_cmpstr (match, ==, expected);
}

/* Nothing that is typed is syntax of FTS5. */
static void
test_escape (void)
{
  expect_match ("", NULL);
  expect_match ("\"*()-^:", NULL);
  expect_match ("a OR b", "\"a\"* \"or\"* \"b\"*");
  expect_match ("name:x\" NEAR(y", "\"name\"* \"x\"* \"near\"* \"y\"*");
  expect_match ("Ünï-cödé", "\"uni\"* \"code\"*");
  expect_match ("\xff\xfe", NULL);
}

static void
test_bounds (void)
{
  g_autofree char *text = g_strnfill (2000, 'a');
  g_autoptr (GString) words = g_string_new (NULL);
  g_autoptr (MeshRegistryQuery) longest = mesh_registry_query_new (text, text, text, 7);
  g_autoptr (MeshRegistryQuery) many = NULL;

  for (guint i = 0; i < 100; i++)
    g_string_append (words, "ä ");
  many = mesh_registry_query_new (words->str, NULL, NULL, 0);
  g_assert_cmpuint (strlen (longest->text), ==, MESH_REGISTRY_QUERY_MAX_LEN);
  g_assert_cmpuint (longest->limit, ==, 7);
  g_assert_cmpuint (strlen (longest->category), <=, 256);
  g_assert_cmpuint (g_strv_length (many->words), ==, MESH_REGISTRY_QUERY_MAX_WORDS);
  g_assert_cmpuint (many->limit, ==, MESH_REGISTRY_QUERY_DEFAULT_LIMIT);
}

static void
test_key (void)
{
  g_autoptr (MeshRegistryQuery) a = mesh_registry_query_new (" A  b", NULL, NULL, 9);
  g_autoptr (MeshRegistryQuery) b = mesh_registry_query_new ("a B!", "", NULL, 9);
  g_autoptr (MeshRegistryQuery) c = mesh_registry_query_copy (b);
  g_autoptr (MeshRegistryQuery) d = mesh_registry_query_new ("a b", "x", NULL, 9);
  g_autofree char *key_a = mesh_registry_query_to_key (a);
  g_autofree char *key_b = mesh_registry_query_to_key (b);
  g_autofree char *key_c = mesh_registry_query_to_key (c);
  g_autofree char *key_d = mesh_registry_query_to_key (d);

  g_assert_cmpstr (key_a, ==, key_b);
  g_assert_cmpstr (key_b, ==, key_c);
  g_assert_cmpstr (key_c, !=, key_d);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/registry/query/matches", test_matches);
  g_test_add_func ("/registry/query/order", test_order);
  g_test_add_func ("/registry/query/escape", test_escape);
  g_test_add_func ("/registry/query/bounds", test_bounds);
  g_test_add_func ("/registry/query/key", test_key);
  return g_test_run ();
}
