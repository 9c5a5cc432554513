/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include <string.h>

#include "base/mesh-error.h"
#include "trust-fixture.h"

static char *
default_text (void)
{
  TrustFixture fixture = trust_fixture_default ();
  g_autoptr (MeshManifest) manifest = trust_fixture_manifest (&fixture);
  g_autoptr (MeshJson) json = mesh_manifest_to_json (manifest);
  g_autoptr (GBytes) bytes = mesh_json_to_bytes (json);

  return g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

static MeshManifest *
read_text (const char *text, GError **error)
{
  g_autoptr (MeshJson) json
      = mesh_json_parse ((const guint8 *) text, strlen (text), error);

  g_assert_nonnull (json);
  return mesh_manifest_from_json (json, error);
}

static void
test_round_trip (void)
{
  g_autofree char *text = default_text ();
  g_autoptr (GError) error = NULL;
  g_autoptr (MeshManifest) manifest = read_text (text, &error);
  g_autoptr (MeshJson) json = NULL;
  g_autoptr (GBytes) bytes = NULL;

  g_assert_no_error (error);
  json = mesh_manifest_to_json (manifest);
  bytes = mesh_json_to_bytes (json);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), text,
                   strlen (text));
  g_assert_cmpstr (manifest->name, ==, "Exämple");
  g_assert_cmpuint (mesh_manifest_find_file (manifest, "bin/app")->mode, ==, 0755);
}

/* Each replacement in the good text, and what is said of it. */
static void
test_refused (void)
{
  static const struct
  {
    const char *from;
    const char *to;
    MeshError code;
  } bad[] = {
    { "shoal-manifest-1", "shoal-manifest-2", MESH_ERROR_UNSUPPORTED },
    { "\"type\":", "\"typo\":", MESH_ERROR_INVALID },
    { "\"app\":", "\"apq\":", MESH_ERROR_INVALID },
    { "\"counter\":1", "\"counter\":-1", MESH_ERROR_INVALID },
    { "\"counter\":1", "\"counter\":\"1\"", MESH_ERROR_INVALID },
    { "\"mode\":\"0755\"", "\"mode\":\"4755\"", MESH_ERROR_UNSAFE_PATH },
    { "\"mode\":\"0755\"", "\"mode\":493", MESH_ERROR_INVALID },
    { "\"path\":\"bin/app\"", "\"path\":\"bin/../app\"", MESH_ERROR_UNSAFE_PATH },
    { "\"path\":\"bin/app\"", "\"path\":\"/bin/app\"", MESH_ERROR_UNSAFE_PATH },
    { "\"target\":\"app\"", "\"target\":\"../../app\"", MESH_ERROR_UNSAFE_PATH },
    { "\"target\":\"app\"", "\"target\":\"/app\"", MESH_ERROR_UNSAFE_PATH },
    { "\"root\":\"z", "\"root\":\"", MESH_ERROR_INVALID },
    { "\"files\":[", "\"files\":[1,", MESH_ERROR_INVALID },
    { "\"tags\":[]", "\"tags\":[1]", MESH_ERROR_INVALID },
    { "\"tags\":[]", "\"tags\":{}", MESH_ERROR_INVALID },
    { "\"chunks\":[{", "\"chunks\":[{},{", MESH_ERROR_INVALID },
    { "\"empty\"", "\"aempty\"", MESH_ERROR_INVALID }, /* unsorted */
    { "\"target\":", "\"cid\":\"zQ\",\"target\":", MESH_ERROR_INVALID },
  };
  g_autofree char *text = default_text ();

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GString) changed = g_string_new (text);
      g_autoptr (GError) error = NULL;

      g_assert_cmpuint (g_string_replace (changed, bad[i].from, bad[i].to, 1), ==, 1);
      g_test_message ("%s", bad[i].to);
      g_assert_null (read_text (changed->str, &error));
      g_assert_error (error, MESH_ERROR, (int) bad[i].code);
    }
}

static void
test_unknown_members (void)
{
  g_autofree char *text = default_text ();
  g_autoptr (GString) changed = g_string_new (text);
  g_autoptr (GError) error = NULL;
  g_autoptr (MeshManifest) manifest = NULL;

  g_string_replace (changed, "{\"app\"", "{\"a later thing\":{\"x\":[]},\"app\"", 1);
  manifest = read_text (changed->str, &error);
  g_assert_no_error (error);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/trust/manifest-json/round-trip", test_round_trip);
  g_test_add_func ("/trust/manifest-json/refused", test_refused);
  g_test_add_func ("/trust/manifest-json/unknown-members", test_unknown_members);
  return g_test_run ();
}
