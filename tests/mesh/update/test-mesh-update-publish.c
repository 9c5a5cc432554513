/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "update/mesh-update-publish.h"

#include "base/mesh-error.h"
#include "update-fixture.h"
#include "update/mesh-publisher-key.h"

typedef struct
{
  char *dir;        /* (owned) */
  char *tree;       /* (owned) */
  char *key[5];     /* (owned): paths of keys */
  UpdateNode *node; /* (owned) */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->dir = update_fixture_make_dir ();
  fixture->tree = g_build_filename (fixture->dir, "tree", NULL);
  update_fixture_write_app (fixture->tree, 1);
  for (gsize i = 0; i < G_N_ELEMENTS (fixture->key); i++)
    {
      g_autofree char *name = g_strdup_printf ("key%" G_GSIZE_FORMAT, i);
      g_autoptr (MeshPublisherKey) key
          = mesh_publisher_key_create (fixture->dir, name, NULL);

      fixture->key[i] = g_strdup (key->path);
    }
  fixture->node = update_node_new (fixture->dir, "node");
  update_node_open (fixture->node, NULL, NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  update_node_free (fixture->node);
  for (gsize i = 0; i < G_N_ELEMENTS (fixture->key); i++)
    g_free (fixture->key[i]);
  update_fixture_delete_dir (fixture->dir);
  g_free (fixture->tree);
  g_free (fixture->dir);
}

static MeshPublishResult *
publish (Fixture *fixture, const MeshPublishOptions *options, GError **error)
{
  UpdateWait wait = { NULL };
  MeshPublishResult *result;

  mesh_update_engine_publish_async (fixture->node->engine, fixture->tree, options, NULL,
                                    update_wait_cb, &wait);
  result = mesh_update_engine_publish_finish (fixture->node->engine,
                                              update_wait_for (&wait), error);
  g_object_unref (wait.result);
  return result;
}

static MeshKeyFile *
last_keys (const MeshPublishResult *result, MeshSignedManifest **release)
{
  GPtrArray *chain;

  *release = mesh_signed_manifest_parse (g_bytes_get_data (result->envelope, NULL),
                                         g_bytes_get_size (result->envelope), NULL);
  chain = mesh_signed_manifest_get_chain (*release);
  return chain->pdata[chain->len - 1];
}

/* 2 of 3 keys; then these hand over to two new ones. */
static void
test_rotation (Fixture *fixture, gconstpointer data)
{
  const char *const old[] = { fixture->key[0], fixture->key[1], fixture->key[2], NULL };
  const char *const new[] = { fixture->key[3], fixture->key[4], NULL };
  MeshPublishOptions options = {
    .app_id = UPDATE_FIXTURE_APP, .version = "1.0.0", .key_paths = old, .threshold = 2
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (MeshPublishResult) first = publish (fixture, &options, &error);
  g_autoptr (MeshPublishResult) second = NULL;
  g_autoptr (MeshPublishResult) third = NULL;
  g_autoptr (MeshPublishResult) thief = NULL;
  g_autoptr (MeshSignedManifest) release = NULL;
  g_autoptr (MeshSignedManifest) next = NULL;

  g_assert_no_error (error);
  g_assert_cmpuint (mesh_key_file_get_threshold (last_keys (first, &release)), ==, 2);
  options.version = "1.1.0";
  options.new_key_paths = new;
  second = publish (fixture, &options, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (mesh_key_file_get_version (last_keys (second, &next)), ==, 2);
  g_assert_cmpstr (first->fingerprint, !=, second->fingerprint);

  options.version = "1.2.0";
  options.new_key_paths = NULL;
  thief = publish (fixture, &options, &error); /* with the old keys */
  g_assert_error (error, MESH_ERROR, MESH_ERROR_UNKNOWN_KEY);
  g_clear_error (&error);
  options.key_paths = new;
  third = publish (fixture, &options, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (third->counter, ==, 3);
}

/* The release says how it is cut, so that whoever installs it builds the same tree. */
static void
test_chunker (Fixture *fixture, gconstpointer data)
{
  MeshPublishOptions options = { .app_id = UPDATE_FIXTURE_APP,
                                 .version = "1.0.0",
                                 .chunker = MESH_CHUNKER_FASTCDC };
  g_autoptr (GError) error = NULL;
  g_autoptr (MeshPublishResult) result = publish (fixture, &options, &error);
  g_autoptr (MeshSignedManifest) release = NULL;

  g_assert_no_error (error);
  last_keys (result, &release);
  g_assert_cmpstr (mesh_signed_manifest_get_manifest (release)->dag, ==,
                   "fastcdc-1048576,sha3-256,dag-pb,174");
}

/* One key of two is not enough to publish what nobody would believe. */
static void
test_too_few (Fixture *fixture, gconstpointer data)
{
  const char *const both[] = { fixture->key[0], fixture->key[1], NULL };
  const char *const one[] = { fixture->key[0], NULL };
  MeshPublishOptions options
      = { .app_id = UPDATE_FIXTURE_APP, .version = "1.0.0", .key_paths = both };
  g_autoptr (GError) error = NULL;
  g_autoptr (MeshPublishResult) first = publish (fixture, &options, &error);
  g_autoptr (MeshPublishResult) second = NULL;

  g_assert_no_error (error);
  options.version = "1.1.0";
  options.key_paths = one;
  second = publish (fixture, &options, &error);
  g_assert_error (error, MESH_ERROR, MESH_ERROR_THRESHOLD);
}

/* The same tree again before the release expires: same version, a higher counter. */
static void
test_refresh (Fixture *fixture, gconstpointer data)
{
  MeshPublishOptions options = { .app_id = UPDATE_FIXTURE_APP, .version = "1.0.0" };
  g_autoptr (GError) error = NULL;
  g_autoptr (MeshPublishResult) first = publish (fixture, &options, &error);
  g_autoptr (MeshPublishResult) second = publish (fixture, &options, &error);
  g_autoptr (MeshPublishResult) changed = NULL;

  g_assert_no_error (error);
  g_assert_cmpstr (first->root, ==, second->root);
  g_assert_cmpuint (second->counter, ==, 2);
  update_fixture_write_app (fixture->tree, 2);
  changed = publish (fixture, &options, &error);
  g_assert_error (error, MESH_ERROR, MESH_ERROR_ROLLBACK);
}

static void
test_refused (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    MeshPublishOptions options;
    MeshError code;
  } bad[] = {
    { { .app_id = "nope", .version = "1.0.0" }, MESH_ERROR_INVALID },
    { { .app_id = UPDATE_FIXTURE_APP, .version = "1" }, MESH_ERROR_INVALID },
    { { .app_id = UPDATE_FIXTURE_APP }, MESH_ERROR_INVALID },
    { { .app_id = UPDATE_FIXTURE_APP, .version = "1.0.0", .exec_path = "none" },
      MESH_ERROR_INVALID },
    { { .app_id = UPDATE_FIXTURE_APP, .version = "1.0.0", .exec_path = "../x" },
      MESH_ERROR_UNSAFE_PATH },
    { { .app_id = UPDATE_FIXTURE_APP, .version = "1.0.0", .expires_s = 5 },
      MESH_ERROR_EXPIRED },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (publish (fixture, &bad[i].options, &error));
      g_assert_error (error, MESH_ERROR, (int) bad[i].code);
    }
}

#define ADD(name, func) \
  g_test_add ("/update/publish/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("rotation", test_rotation);
  ADD ("chunker", test_chunker);
  ADD ("too-few", test_too_few);
  ADD ("refresh", test_refresh);
  ADD ("refused", test_refused);
  return g_test_run ();
}
