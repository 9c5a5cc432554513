/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <gio/gio.h>
#include <glib/gstdio.h>

#include "store/mesh-store.h"

/* A store in a temporary folder, and waiting for an operation with a deadline. */

#define FIXTURE_DEADLINE_S 300

typedef struct
{
  char *dir;        /* (owned): holds everything of the test */
  char *blocks;     /* (owned): the store's folder */
  MeshStore *store; /* (owned) (nullable) */
} Fixture;

static inline void
fixture_result_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static inline gboolean
fixture_late_cb (gpointer unused)
{
  g_assert_not_reached (); /* the operation did not end in time */
  return G_SOURCE_REMOVE;
}

/* (transfer full) */
static inline GAsyncResult *
fixture_wait (GAsyncResult **slot)
{
  guint deadline = g_timeout_add_seconds (FIXTURE_DEADLINE_S, fixture_late_cb, NULL);

  while (*slot == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (deadline);
  return g_steal_pointer (slot);
}

/* Runs an _async call given without its last two arguments, and its _finish. */
#define FIXTURE_RUN(result, call, ...) \
  GAsyncResult *result##_slot = NULL; \
  g_autoptr (GAsyncResult) result = NULL; \
  call (__VA_ARGS__, fixture_result_cb, &result##_slot); \
  result = fixture_wait (&result##_slot)

static inline MeshStore *
fixture_open (const char *dir, guint64 limit, GError **error)
{
  MeshStoreOptions options = { .limit_bytes = limit };
  FIXTURE_RUN (result, mesh_store_open_async, dir, NULL, &options, NULL);

  return mesh_store_open_finish (result, error);
}

static inline void
fixture_close (Fixture *self)
{
  g_autoptr (GError) error = NULL;

  if (self->store == NULL)
    return;
  {
    FIXTURE_RUN (result, mesh_store_close_async, self->store, NULL);
    g_assert_true (mesh_store_close_finish (self->store, result, &error));
  }
  g_assert_no_error (error);
  g_assert_finalize_object (g_steal_pointer (&self->store));
}

static inline void
fixture_reopen (Fixture *self, guint64 limit)
{
  g_autoptr (GError) error = NULL;

  fixture_close (self);
  self->store = fixture_open (self->blocks, limit, &error);
  g_assert_no_error (error);
}

static inline void
fixture_set_up (Fixture *self, gconstpointer unused)
{
  self->dir = g_dir_make_tmp ("shoal-store-XXXXXX", NULL);
  g_assert_nonnull (self->dir);
  self->blocks = g_build_filename (self->dir, "blocks", NULL);
  fixture_reopen (self, 0);
}

static inline void
fixture_remove_tree (const char *path)
{
  g_autoptr (GDir) dir
      = g_file_test (path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      fixture_remove_tree (child);
    }
  g_assert_cmpint (g_remove (path), ==, 0);
}

static inline void
fixture_tear_down (Fixture *self, gconstpointer unused)
{
  fixture_close (self);
  fixture_remove_tree (self->dir);
  g_clear_pointer (&self->blocks, g_free);
  g_clear_pointer (&self->dir, g_free);
}

static inline MeshCid *
fixture_cid (guint64 codec, GBytes *bytes)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (bytes, &len);

  return mesh_cid_new_for_data (codec, MESH_MULTIHASH_SHA3_256, data, len, NULL);
}

/* A raw block of @size bytes that depend on @seed. */
static inline GBytes *
fixture_bytes (guint32 seed, gsize size)
{
  guint8 *data = g_malloc (size);
  guint32 x = seed * 2654435761u + 1;

  for (gsize i = 0; i < size; i++)
    {
      x = x * 1664525u + 1013904223u;
      data[i] = (guint8) (x >> 24);
    }
  return g_bytes_new_take (data, size);
}

static inline gboolean
fixture_put (MeshStore *store, MeshCid *cid, GBytes *bytes, GError **error)
{
  FIXTURE_RUN (result, mesh_store_put_async, store, cid, bytes, MESH_STORE_PUT_NONE,
               NULL);

  return mesh_store_put_finish (store, result, error);
}

static inline MeshCid *
fixture_put_new (MeshStore *store, guint32 seed, gsize size)
{
  g_autoptr (GBytes) bytes = fixture_bytes (seed, size);
  g_autoptr (GError) error = NULL;
  MeshCid *cid = fixture_cid (MESH_CODEC_RAW, bytes);

  g_assert_true (fixture_put (store, cid, bytes, &error));
  g_assert_no_error (error);
  return cid;
}

static inline GBytes *
fixture_get (MeshStore *store, MeshCid *cid, GError **error)
{
  FIXTURE_RUN (result, mesh_store_get_async, store, cid, NULL);

  return mesh_store_get_finish (store, result, error);
}

static inline gboolean
fixture_pin (MeshStore *store, const char *name, MeshCid *root, GError **error)
{
  FIXTURE_RUN (result, mesh_store_pin_async, store, name, root, NULL);

  return mesh_store_pin_finish (store, result, error);
}

static inline guint64
fixture_gc (MeshStore *store)
{
  guint64 freed;
  g_autoptr (GError) error = NULL;
  FIXTURE_RUN (result, mesh_store_gc_async, store, NULL);

  g_assert_true (mesh_store_gc_finish (store, result, &freed, &error));
  g_assert_no_error (error);
  return freed;
}

/* (transfer full) (nullable): the path of a block file. */
static inline char *
fixture_find_block (Fixture *self, MeshCid *cid)
{
  for (guint shard = 0; shard < 256; shard++)
    {
      g_autofree char *name = g_strdup_printf ("%02x", shard);
      g_autofree char *dir_path = g_build_filename (self->blocks, name, NULL);
      g_autoptr (GDir) dir = g_dir_open (dir_path, 0, NULL);
      g_autofree char *text = mesh_cid_to_string (cid, MESH_BASE_32);
      const char *entry;

      /* The name is the base32 of the multihash, whose digits of the digest's end agree
       * with the CID's only by value: compare what it says instead. */
      while (dir != NULL && (entry = g_dir_read_name (dir)) != NULL)
        {
          g_autofree char *prefixed = g_strconcat ("b", entry, NULL);
          g_autoptr (GBytes) mh = mesh_multibase_decode (prefixed, NULL, NULL);
          gsize len;
          const guint8 *wanted = mesh_cid_get_multihash (cid, &len);
          g_autoptr (GBytes) wanted_bytes = g_bytes_new_static (wanted, len);

          if (mh != NULL && g_bytes_equal (mh, wanted_bytes))
            return g_build_filename (dir_path, entry, NULL);
        }
    }
  return NULL;
}
