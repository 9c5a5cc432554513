/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include <string.h>

#include "base/mesh-error.h"
#include "base/mesh-rng.h"
#include "trust/mesh-json.h"

static MeshJson *
parse (const char *text, GError **error)
{
  return mesh_json_parse ((const guint8 *) text, strlen (text), error);
}

static void
assert_canonical (const char *text, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MeshJson) json = parse (text, &error);
  g_autoptr (GBytes) bytes = NULL;
  gsize len;
  const char *data;

  g_assert_no_error (error);
  bytes = mesh_json_to_bytes (json);
  data = g_bytes_get_data (bytes, &len);
  g_assert_cmpmem (data, len, expected, strlen (expected));
}

static void
test_canonical (void)
{
  assert_canonical (" null ", "null");
  assert_canonical ("[ ]", "[]");
  assert_canonical ("{\t}", "{}");
  assert_canonical ("[true,\nfalse , null,[[]],{}]", "[true,false,null,[[]],{}]");
  assert_canonical ("-0", "0");
  assert_canonical ("9007199254740991", "9007199254740991");
  assert_canonical ("-9007199254740991", "-9007199254740991");
  assert_canonical ("{\"b\":1,\"a\":{\"d\":2,\"c\":3}}",
                    "{\"a\":{\"c\":3,\"d\":2},\"b\":1}");
  /* RFC 8785 §3.2.2.2, the string of its example */
  assert_canonical ("\"\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\\"\\/\"",
                    "\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"");
  assert_canonical ("\"\\b\\t\\f\\r\\u007f\\ud83d\\ude00\"", "\"\\b\\t\\f\\r\x7f😀\"");
}

/* RFC 8785 §3.2.3: its own example of sorting by UTF-16 code units. */
static void
test_sorting (void)
{
  assert_canonical (
      "{\"\\u20ac\":1,\"\\r\":2,\"\\ufb33\":3,\"1\":4,\"\\ud83d\\ude00\":5,"
      "\"\\u0080\":6,\"\\u00f6\":7}",
      "{\"\\r\":2,\"1\":4,\"\xc2\x80\":6,\"ö\":7,\"€\":1,\"😀\":5,\"\xef\xac\xb3\":3}");
  /* a prefix sorts before what it begins; the empty name first */
  assert_canonical ("{\"aa\":1,\"a\":2,\"\":3}", "{\"\":3,\"a\":2,\"aa\":1}");
}

static void
test_refused (void)
{
  static const char *const bad[] = {
    "",
    " ",
    "{",
    "[",
    "[1",
    "[1,]",
    "[,1]",
    "{,}",
    "{\"a\"}",
    "{\"a\":}",
    "{\"a\":1,}",
    "{a:1}",
    "{1:1}",
    "nul",
    "nulll",
    "[1 2]",
    "1 2",
    "01",
    "-",
    "+1",
    "1.0",
    "1e3",
    "1E3",
    ".5",
    "0x10",
    "NaN",
    "-Infinity",
    "'a'",
    "\"a",
    "\"\\x\"",
    "\"\\u12\"",
    "\"\\u000g\"",
    "\"\\ud800\"",
    "\"\\udc00\"",
    "\"\\ud800a\"",
    "\"\\ud800\\ud800\"",
    "\"\\u0000\"",
    "\"\n\"",
    "\"\x01\"",
    "[1]]",
    "{}{}",
    "9007199254740992",
    "-9007199254740992",
    "99999999999999999999999",
    "{\"a\":1,\"a\":2}",
    "{\"\\u0061\":1,\"a\":2}",
    "\xff",
    "\"\xc0\xaf\"",
    "\"\xed\xa0\x80\"",
    "]",
    "}",
    ":",
    ",",
    "[1}",
    "{\"a\":1]",
    "/**/1",
    "\"\\",
    "\"\\u",
    "t",
    "[\"a\":1]",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (MeshJson) json = parse (bad[i], &error);

      g_test_message ("bad %" G_GSIZE_FORMAT, i);
      g_assert_error (error, MESH_ERROR, MESH_ERROR_INVALID);
      g_assert_null (json);
    }
}

static void
test_bounds (void)
{
  g_autoptr (GString) deep = g_string_new (NULL);
  g_autoptr (GString) wide = g_string_new ("[0");
  g_autoptr (GError) error = NULL;
  g_autoptr (MeshJson) ok = NULL;
  g_autofree guint8 *large = g_malloc0 (MESH_JSON_MAX_BYTES + 1);

  for (guint i = 0; i < MESH_JSON_MAX_DEPTH; i++)
    g_string_append_c (deep, '[');
  for (guint i = 0; i < MESH_JSON_MAX_DEPTH; i++)
    g_string_append_c (deep, ']');
  ok = parse (deep->str, &error);
  g_assert_no_error (error);
  g_string_prepend_c (deep, '[');
  g_assert_null (parse (deep->str, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_TOO_LARGE);
  g_clear_error (&error);

  for (guint i = 1; i < MESH_JSON_MAX_NODES; i++)
    g_string_append (wide, ",0");
  g_string_append_c (wide, ']');
  g_assert_null (parse (wide->str, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_TOO_LARGE);
  g_clear_error (&error);

  memset (large, ' ', MESH_JSON_MAX_BYTES + 1);
  g_assert_null (mesh_json_parse (large, MESH_JSON_MAX_BYTES + 1, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_TOO_LARGE);
}

static void
test_read (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MeshJson) json
      = parse ("{\"s\":\"text\",\"i\":7,\"a\":[1,2],\"b\":true}", &error);
  gint64 value = 0;
  const MeshJson *member;

  g_assert_no_error (error);
  g_assert_cmpstr (mesh_json_read_string (json, "s", 4, NULL), ==, "text");
  g_assert_null (mesh_json_read_string (json, "s", 3, NULL));
  g_assert_null (mesh_json_read_string (json, "i", 3, NULL));
  g_assert_null (mesh_json_read_string (json, "none", 3, NULL));
  g_assert_true (mesh_json_read_integer (json, "i", 7, 7, &value, NULL));
  g_assert_cmpint (value, ==, 7);
  g_assert_false (mesh_json_read_integer (json, "i", 8, 9, &value, NULL));
  g_assert_false (mesh_json_read_integer (json, "i", 0, 6, &value, NULL));
  g_assert_nonnull (mesh_json_read_container (json, "a", MESH_JSON_ARRAY, 2, NULL));
  g_assert_null (mesh_json_read_container (json, "a", MESH_JSON_ARRAY, 1, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_TOO_LARGE);
  g_assert_null (mesh_json_read_container (json, "a", MESH_JSON_OBJECT, 2, NULL));
  g_assert_cmpuint (mesh_json_get_length (json), ==, 4);
  g_assert_cmpstr (mesh_json_get_name (json, 0, &member), ==, "a");
  g_assert_cmpint (mesh_json_get_integer (mesh_json_get_element (member, 1)), ==, 2);
  g_assert_true (mesh_json_get_boolean (mesh_json_get_member (json, "b")));
}

static MeshJson *
random_json (MeshRng *rng, guint depth)
{
  static const char *const words[]
      = { "", "a", "ab", "€", "😀", "\xef\xac\xb3", "\n\"\\", "\x01" };
  MeshJson *json;

  switch (mesh_rng_below (rng, depth < 4 ? 5 : 3))
    {
    case 0:
      return mesh_json_new_boolean (mesh_rng_below (rng, 2) == 1);
    case 1:
      return mesh_json_new_integer ((gint64) mesh_rng_below (rng, 1u << 30) - (1 << 29));
    case 2:
      return mesh_json_new_string (words[mesh_rng_below (rng, G_N_ELEMENTS (words))]);
    case 3:
      json = mesh_json_new_array ();
      for (guint64 n = mesh_rng_below (rng, 4); n > 0; n--)
        mesh_json_append (json, random_json (rng, depth + 1));
      return json;
    default:
      json = mesh_json_new_object ();
      for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
        if (mesh_rng_below (rng, 2) == 1)
          mesh_json_set (json, words[i], random_json (rng, depth + 1));
      return json;
    }
}

/* What is written is read again as the same, and any damage never crashes. */
static void
test_property (void)
{
  for (guint64 seed = 0; seed < 10000; seed++)
    {
      MeshRng rng;
      g_autoptr (GError) error = NULL;
      g_autoptr (MeshJson) json = NULL;
      g_autoptr (MeshJson) again = NULL;
      g_autoptr (MeshJson) damaged = NULL;
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (GBytes) bytes_again = NULL;
      g_autofree guint8 *copy = NULL;
      gsize len;
      const guint8 *data;

      mesh_rng_init (&rng, seed);
      json = random_json (&rng, 0);
      bytes = mesh_json_to_bytes (json);
      data = g_bytes_get_data (bytes, &len);
      again = mesh_json_parse (data, len, &error);
      g_assert_no_error (error);
      bytes_again = mesh_json_to_bytes (again);
      g_assert_true (g_bytes_equal (bytes, bytes_again));

      copy = g_memdup2 (data, len);
      copy[mesh_rng_below (&rng, len)] = (guint8) mesh_rng_next (&rng);
      damaged = mesh_json_parse (copy, mesh_rng_below (&rng, len + 1), NULL);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/trust/json/canonical", test_canonical);
  g_test_add_func ("/trust/json/sorting", test_sorting);
  g_test_add_func ("/trust/json/refused", test_refused);
  g_test_add_func ("/trust/json/bounds", test_bounds);
  g_test_add_func ("/trust/json/read", test_read);
  g_test_add_func ("/trust/json/property", test_property);
  return g_test_run ();
}
