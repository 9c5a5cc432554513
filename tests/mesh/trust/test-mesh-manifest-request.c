/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "trust/mesh-manifest-request.h"

#include "base/mesh-error.h"
#include "base/mesh-rng.h"

static void
test_round_trip (void)
{
  const char *const ranges[] = { NULL, "^1.2", ">=1 <3 || 5.x" };

  for (gsize i = 0; i < G_N_ELEMENTS (ranges); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) bytes
          = mesh_manifest_request_encode ("a.b", "stable", ranges[i]);
      MeshManifestRequest request = { NULL, NULL, NULL };
      gsize len;
      const guint8 *data = g_bytes_get_data (bytes, &len);

      g_assert_true (mesh_manifest_request_decode (data, len, &request, &error));
      g_assert_cmpstr (request.app_id, ==, "a.b");
      g_assert_cmpstr (request.channel, ==, "stable");
      g_assert_cmpstr (request.range, ==, ranges[i]);
      mesh_manifest_request_clear (&request);
      g_assert_null (request.app_id);
      g_assert_null (request.range);
    }
}

static void
test_refused (void)
{
  static const struct
  {
    const char *data;
    gsize len;
  } bad[] = {
    { "", 0 },
    { "\3a.b", 4 },
    { "\3a.b\0", 5 },
    { "\3a.b\1s!", 7 },
    { "\3a.b\1s\0", 7 },
    { "\3a.b\1s\1xy", 9 },
    { "\1a\1s", 4 },
    { "\3../\1s", 6 },
    { "\3a.b\2s", 6 },
    { "\3a\0b\1s", 6 },
    { "\377\377\377\377\377\377\377\377\377\1", 10 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      MeshManifestRequest request = { NULL, NULL, NULL };

      g_assert_false (mesh_manifest_request_decode ((const guint8 *) bad[i].data,
                                                    bad[i].len, &request, &error));
      g_assert_error (error, MESH_ERROR, MESH_ERROR_PROTOCOL);
      g_assert_null (request.app_id);
    }
}

static void
test_noise (void)
{
  for (guint64 seed = 0; seed < 10000; seed++)
    {
      MeshRng rng;
      guint8 data[64];
      MeshManifestRequest request = { NULL, NULL, NULL };

      mesh_rng_init (&rng, seed);
      mesh_rng_fill (&rng, data, sizeof data);
      data[0] %= 8;
      if (mesh_manifest_request_decode (data, mesh_rng_below (&rng, sizeof data),
                                        &request, NULL))
        mesh_manifest_request_clear (&request);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/trust/manifest-request/round-trip", test_round_trip);
  g_test_add_func ("/trust/manifest-request/refused", test_refused);
  g_test_add_func ("/trust/manifest-request/noise", test_noise);
  return g_test_run ();
}
