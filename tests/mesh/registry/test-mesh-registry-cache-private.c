/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "registry/mesh-registry-cache-private.h"

#include "registry-fixture.h"

static MeshAnnouncement *
read_row (MeshRegistryCache *cache, gint64 id, GBytes *bytes)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (bytes, &len);

  return mesh_registry_cache_read (cache, id, data, len);
}

static void
test_read (void)
{
  RegistryFixture editor = registry_fixture_default ();
  RegistryFixture game = registry_fixture_default ();
  g_autoptr (GBytes) one = registry_fixture_bytes (&editor);
  g_autoptr (GBytes) other = NULL;
  g_autoptr (GBytes) noise = g_bytes_new_static ("noise", 5);
  g_autoptr (MeshRegistryCache) cache = mesh_registry_cache_new ();
  g_autoptr (MeshAnnouncement) first = read_row (cache, 1, one);
  g_autoptr (MeshAnnouncement) again = read_row (cache, 1, one);
  g_autoptr (MeshAnnouncement) second = NULL;

  game.name = "Chess";
  other = registry_fixture_bytes (&game);
  second = read_row (cache, G_MAXINT64, other);
  g_assert_true (first == again);
  g_assert_cmpstr (mesh_announcement_get_listing (second)->name, ==, "Chess");
  g_assert_cmpuint (mesh_registry_cache_get_n_bytes (cache), ==,
                    g_bytes_get_size (one) + g_bytes_get_size (other));
  /* What is no announcement is not kept. */
  g_assert_null (read_row (cache, 2, noise));
  g_assert_cmpuint (mesh_registry_cache_get_n_bytes (cache), ==,
                    g_bytes_get_size (one) + g_bytes_get_size (other));
}

static void
test_bounded (void)
{
  RegistryFixture editor = registry_fixture_default ();
  g_autoptr (GBytes) bytes = registry_fixture_bytes (&editor);
  g_autoptr (MeshRegistryCache) cache = mesh_registry_cache_new ();
  g_autoptr (MeshAnnouncement) first = read_row (cache, 0, bytes);
  gint64 n_fit = (gint64) (MESH_REGISTRY_CACHE_MAX_BYTES / g_bytes_get_size (bytes));

  for (gint64 id = 1; id <= n_fit; id++)
    {
      g_autoptr (MeshAnnouncement) announcement = read_row (cache, id, bytes);

      g_assert_nonnull (announcement);
      g_assert_cmpuint (mesh_registry_cache_get_n_bytes (cache), <=,
                        MESH_REGISTRY_CACHE_MAX_BYTES);
    }
  /* It began anew with the last one; what was given out is still there. */
  g_assert_cmpuint (mesh_registry_cache_get_n_bytes (cache), ==,
                    g_bytes_get_size (bytes));
  g_assert_cmpstr (mesh_announcement_get_listing (first)->version, ==, "1.0.0");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/registry/cache/read", test_read);
  g_test_add_func ("/registry/cache/bounded", test_bounded);
  return g_test_run ();
}
