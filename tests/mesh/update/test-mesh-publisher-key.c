/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "update/mesh-publisher-key.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mesh-error.h"
#include "update-fixture.h"

typedef struct
{
  char *dir; /* (owned) */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autofree char *parent = update_fixture_make_dir ();

  fixture->dir = g_build_filename (parent, "publisher", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_autofree char *parent = g_path_get_dirname (fixture->dir);

  update_fixture_delete_dir (parent);
  g_free (fixture->dir);
}

static void
test_create (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MeshPublisherKey) key
      = mesh_publisher_key_create (fixture->dir, "mine", &error);
  g_autoptr (MeshPublisherKey) other = NULL;
  g_autoptr (MeshPublisherKey) again = NULL;
  g_autoptr (MeshKeypair) keypair = NULL;
  g_autoptr (GPtrArray) keys = NULL;
  struct stat info;

  g_assert_no_error (error);
  g_assert_cmpint (stat (key->path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 07777, ==, 0600);
  keypair = mesh_publisher_key_load (key->path, &error);
  g_assert_no_error (error);
  g_assert_true (
      mesh_public_key_equal (mesh_keypair_get_public_key (keypair), key->public_key));
  again = mesh_publisher_key_create (fixture->dir, "mine", &error);
  g_assert_error (error, MESH_ERROR, MESH_ERROR_EXISTS);
  other = mesh_publisher_key_create (fixture->dir, "another", NULL);
  g_assert_false (mesh_public_key_equal (other->public_key, key->public_key));

  keys = mesh_publisher_key_list (fixture->dir, NULL);
  g_assert_cmpuint (keys->len, ==, 2);
  g_assert_cmpstr (((MeshPublisherKey *) keys->pdata[0])->name, ==, "another");
  g_assert_cmpstr (((MeshPublisherKey *) keys->pdata[1])->name, ==, "mine");
}

static void
test_refused (Fixture *fixture, gconstpointer data)
{
  static const char *const names[] = { "", ".", ".x", "a/b", "../x", "a b", "ä" };
  g_autoptr (GError) error = NULL;
  g_autoptr (MeshPublisherKey) key
      = mesh_publisher_key_create (fixture->dir, "mine", NULL);
  g_autoptr (GPtrArray) none = mesh_publisher_key_list ("/nonexistent/x", NULL);

  g_assert_cmpuint (none->len, ==, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    g_assert_null (mesh_publisher_key_create (fixture->dir, names[i], NULL));
  g_assert_cmpint (g_chmod (key->path, 0640), ==, 0);
  g_assert_null (mesh_publisher_key_load (key->path, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_AUTH);
  g_clear_error (&error);
  g_assert_null (mesh_publisher_key_load ("/nonexistent", &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_true (g_file_set_contents (key->path, "not a key", -1, NULL));
  g_assert_cmpint (g_chmod (key->path, 0600), ==, 0);
  g_assert_null (mesh_publisher_key_load (key->path, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_INVALID);
}

static void
test_raw_seed (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->dir, "raw", NULL);
  g_autoptr (MeshPublisherKey) key
      = mesh_publisher_key_create (fixture->dir, "mine", NULL);
  g_autoptr (MeshKeypair) keypair = NULL;
  guint8 seed[MESH_ED25519_SEED_BYTES];

  memset (seed, 7, sizeof seed);
  g_assert_nonnull (key);
  g_assert_true (
      g_file_set_contents_full (path, (const char *) seed, sizeof seed, 0, 0600, NULL));
  keypair = mesh_publisher_key_load (path, NULL);
  g_assert_nonnull (keypair);
}

#define ADD(name, func) \
  g_test_add ("/update/publisher-key/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("create", test_create);
  ADD ("refused", test_refused);
  ADD ("raw-seed", test_raw_seed);
  return g_test_run ();
}
