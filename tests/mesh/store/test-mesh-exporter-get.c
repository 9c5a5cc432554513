/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mesh-error.h"
#include "content/mesh-hamt-builder.h"
#include "content/mesh-unixfs.h"
#include "mesh/store/store-fixture.h"
#include "store/mesh-exporter.h"
#include "store/mesh-importer.h"

static gboolean
get_to (Fixture *fixture,
        MeshCid *cid,
        const char *name,
        guint64 max_bytes,
        GError **error)
{
  g_autofree char *dest = g_build_filename (fixture->dir, name, NULL);
  MeshExportOptions options = { .max_bytes = max_bytes };
  FIXTURE_RUN (result, mesh_exporter_get_async, MESH_BLOCK_SOURCE (fixture->store),
               mesh_store_get_pool (fixture->store), cid, dest, &options, NULL, NULL,
               NULL);

  return mesh_exporter_get_finish (result, NULL, error);
}

/* Nothing but the store and the given names is in the folder of the test. */
static void
assert_only (Fixture *fixture, const char *name)
{
  g_autoptr (GDir) dir = g_dir_open (fixture->dir, 0, NULL);
  const char *entry;

  while ((entry = g_dir_read_name (dir)) != NULL)
    if (strcmp (entry, "blocks") != 0)
      g_assert_cmpstr (entry, ==, name);
}

static MeshCid *
put_block (Fixture *fixture, GBytes *block)
{
  MeshCid *cid = fixture_cid (MESH_CODEC_DAG_PB, block);

  g_assert_true (fixture_put (fixture->store, cid, block, NULL));
  return cid;
}

static MeshCid *
put_text (Fixture *fixture, const char *text)
{
  g_autoptr (GBytes) block
      = mesh_unixfs_new_file_block ((const guint8 *) text, strlen (text), NULL);

  return put_block (fixture, block);
}

static MeshCid *
put_link (Fixture *fixture, const char *target)
{
  g_autoptr (GBytes) block = mesh_unixfs_new_symlink_block (target, NULL);

  return put_block (fixture, block);
}

/* A folder of two entries. */
static MeshCid *
put_folder (Fixture *fixture,
            const char *name,
            MeshCid *cid,
            const char *other_name,
            MeshCid *other)
{
  g_auto (MeshDagPbNode) node = { 0 };
  g_autoptr (GBytes) block = NULL;

  mesh_dag_pb_node_init (&node);
  mesh_dag_pb_node_add_link (&node, cid, name, 1);
  if (other != NULL)
    mesh_dag_pb_node_add_link (&node, other, other_name, 1);
  block = mesh_unixfs_new_directory_block (&node, NULL, NULL);
  return put_block (fixture, block);
}

static char *
read_under (Fixture *fixture, const char *name)
{
  g_autofree char *path = g_build_filename (fixture->dir, name, NULL);
  char *contents = NULL;

  g_assert_true (g_file_get_contents (path, &contents, NULL, NULL));
  return contents;
}

static void
test_round_trip (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *tree = g_build_filename (fixture->dir, "in", NULL);
  g_autofree char *sub = g_build_filename (tree, "a", "b", NULL);
  g_autofree char *command = g_strdup_printf ("diff -r --no-dereference '%s/in' '%s/out'",
                                              fixture->dir, fixture->dir);
  g_autoptr (MeshImportResult) imported = NULL;
  g_autoptr (GError) error = NULL;
  MeshImportOptions options;
  struct stat info;
  int status;

  g_assert_cmpint (g_mkdir_with_parents (sub, 0755), ==, 0);
  for (guint i = 0; i < 40; i++)
    {
      g_autofree char *path = g_strdup_printf ("%s/file-%u", i % 2 ? sub : tree, i);
      g_autoptr (GBytes) bytes = fixture_bytes (i, i * i * 100);

      g_assert_true (g_file_set_contents (path, g_bytes_get_data (bytes, NULL) ?: "",
                                          (gssize) g_bytes_get_size (bytes), NULL));
      g_assert_cmpint (chmod (path, i % 3 == 0 ? 0755 : 0644), ==, 0);
    }
  {
    g_autofree char *link = g_build_filename (tree, "link", NULL);

    g_assert_cmpint (symlink ("a/b", link), ==, 0);
  }
  mesh_import_options_init (&options);
  options.chunk_size = 4096;
  options.max_links = 5;
  options.preserve_mode = TRUE;
  {
    FIXTURE_RUN (result, mesh_importer_add_async, fixture->store, tree, &options,
                 MESH_IMPORT_NONE, NULL, NULL, NULL);
    imported = mesh_importer_add_finish (fixture->store, result, &error);
  }
  g_assert_no_error (error);
  g_assert_true (get_to (fixture, imported->root, "out", imported->total_bytes, &error));
  g_assert_no_error (error);
  g_assert_true (g_spawn_command_line_sync (command, NULL, NULL, &status, NULL));
  g_assert_cmpint (status, ==, 0);
  {
    g_autofree char *path
        = g_build_filename (fixture->dir, "out", "a", "b", "file-39", NULL);

    g_assert_cmpint (stat (path, &info), ==, 0);
    g_assert_cmpuint (info.st_mode & 0777, ==, 0755);
  }
}

static void
test_unsafe_names (Fixture *fixture, gconstpointer unused)
{
  static const char *const names[] = { "..", ".", "", "../out", "a/b", "/etc/passwd" };
  g_autoptr (MeshCid) file = put_text (fixture, "evil");

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (MeshCid) root = put_folder (fixture, names[i], file, NULL, NULL);
      g_autoptr (GError) error = NULL;

      g_assert_false (get_to (fixture, root, "out", 0, &error));
      g_assert_error (error, MESH_ERROR, MESH_ERROR_UNSAFE_PATH);
      assert_only (fixture, NULL);
    }
}

/* A link and a folder of the same name: the file in the folder must not go through it. */
static void
test_link_and_folder (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *outside = g_build_filename (fixture->dir, "outside", NULL);
  g_autoptr (MeshCid) link = put_link (fixture, outside);
  g_autoptr (MeshCid) file = put_text (fixture, "evil");
  g_autoptr (MeshCid) folder = put_folder (fixture, "file", file, NULL, NULL);
  g_autoptr (MeshCid) link_first = put_folder (fixture, "a", link, "a", folder);
  g_autoptr (MeshCid) folder_first = put_folder (fixture, "a", folder, "a", link);
  MeshCid *const roots[] = { link_first, folder_first };

  g_assert_cmpint (g_mkdir (outside, 0700), ==, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (roots); i++)
    {
      g_autoptr (GDir) dir = NULL;
      g_autoptr (GError) error = NULL;

      g_assert_false (get_to (fixture, roots[i], "out", 0, &error));
      g_assert_error (error, MESH_ERROR, MESH_ERROR_EXISTS);
      assert_only (fixture, "outside");
      dir = g_dir_open (outside, 0, NULL);
      g_assert_null (g_dir_read_name (dir));
    }
}

/* Links are kept as they are, wherever they point. */
static void
test_links (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (MeshCid) link = put_link (fixture, "../../etc");
  g_autoptr (MeshCid) root = put_folder (fixture, "a", link, NULL, NULL);
  g_autofree char *path = g_build_filename (fixture->dir, "out", "a", NULL);
  g_autofree char *target = NULL;

  g_assert_true (get_to (fixture, root, "out", 0, NULL));
  target = g_file_read_link (path, NULL);
  g_assert_cmpstr (target, ==, "../../etc");
}

static void
test_missing_block (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (MeshCid) here = put_text (fixture, "here");
  g_autoptr (GBytes) absent = fixture_bytes (99, 10);
  g_autoptr (MeshCid) missing = fixture_cid (MESH_CODEC_RAW, absent);
  g_autoptr (MeshCid) root = put_folder (fixture, "a", here, "b", missing);
  g_autoptr (GError) error = NULL;

  g_assert_false (get_to (fixture, root, "out", 0, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_NOT_FOUND);
  assert_only (fixture, NULL);
}

static void
test_too_large (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (MeshCid) file = put_text (fixture, "0123456789");
  g_autoptr (MeshCid) root = put_folder (fixture, "a", file, "b", file);
  g_autoptr (GError) error = NULL;

  g_assert_false (get_to (fixture, root, "out", 19, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_TOO_LARGE);
  assert_only (fixture, NULL);
  g_clear_error (&error);
  g_assert_true (get_to (fixture, root, "out", 20, &error));
}

static void
test_exists (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *path = g_build_filename (fixture->dir, "out", NULL);
  g_autoptr (MeshCid) file = put_text (fixture, "new");
  g_autofree char *contents = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (path, "old", -1, NULL));
  g_assert_false (get_to (fixture, file, "out", 0, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_EXISTS);
  contents = read_under (fixture, "out");
  g_assert_cmpstr (contents, ==, "old");
}

static void
test_no_setuid (Fixture *fixture, gconstpointer unused)
{
  MeshUnixfsMeta meta = { .has_mode = TRUE, .mode = 06755 };
  g_autoptr (GBytes) block = mesh_unixfs_new_file_block ((const guint8 *) "x", 1, &meta);
  g_autoptr (MeshCid) file = put_block (fixture, block);
  g_autofree char *path = g_build_filename (fixture->dir, "out", NULL);
  struct stat info;

  g_assert_true (get_to (fixture, file, "out", 0, NULL));
  g_assert_cmpint (stat (path, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 07777, ==, 0755);
}

/* A sharded folder of entries "0" to "N-1" and one of the name @other. */
static MeshCid *
put_shards (Fixture *fixture, guint n, MeshCid *cid, const char *other)
{
  g_auto (MeshDagPbNode) folder = { 0 };
  g_autoptr (MeshHamtBuilder) builder = NULL;
  MeshCid *root = NULL;
  MeshCid *made;
  GBytes *block;
  guint64 tsize;

  mesh_dag_pb_node_init (&folder);
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *name = g_strdup_printf ("%u", i);

      mesh_dag_pb_node_add_link (&folder, cid, name, 1);
    }
  mesh_dag_pb_node_add_link (&folder, cid, other, 1);
  builder = mesh_hamt_builder_new (&folder, MESH_HAMT_FANOUT, 1, MESH_MULTIHASH_SHA3_256,
                                   NULL, NULL);
  while (mesh_hamt_builder_poll_block (builder, &made, &block, &tsize))
    {
      g_assert_true (fixture_put (fixture->store, made, block, NULL));
      g_bytes_unref (block);
      g_clear_pointer (&root, mesh_cid_unref);
      root = made;
    }
  return root;
}

static void
test_sharded (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (MeshCid) one = put_text (fixture, "one");
  g_autoptr (MeshCid) inner = put_shards (fixture, 0, one, "alone");
  g_autoptr (MeshCid) root = put_shards (fixture, 600, inner, "last");
  g_autoptr (GError) error = NULL;

  g_assert_true (get_to (fixture, root, "out", 0, &error));
  g_assert_no_error (error);
  for (guint i = 0; i < 600; i++)
    {
      g_autofree char *name = g_strdup_printf ("out/%u/alone", i);
      g_autofree char *text = read_under (fixture, name);

      g_assert_cmpstr (text, ==, "one");
    }
}

/* A root that says at the place of "a" what it likes. */
static MeshCid *
put_bad_shard (Fixture *fixture, const char *name, MeshCid *cid)
{
  static const guint8 field[17] = { 1 << 5 }; /* only 0x85 */
  g_auto (MeshDagPbNode) node = { 0 };
  g_auto (MeshUnixfs) unixfs = { 0 };
  g_autoptr (GBytes) inner = NULL;
  g_autoptr (GBytes) block = NULL;

  mesh_dag_pb_node_init (&node);
  mesh_dag_pb_node_add_link (&node, cid, name, 1);
  mesh_unixfs_init (&unixfs, MESH_UNIXFS_HAMT_SHARD);
  unixfs.data = field;
  unixfs.data_len = sizeof field;
  unixfs.fanout = 256;
  unixfs.hash_type = MESH_HAMT_HASH_CODE;
  inner = mesh_unixfs_encode (&unixfs);
  node.data = g_bytes_get_data (inner, &node.data_len);
  block = mesh_dag_pb_encode (&node);
  return put_block (fixture, block);
}

/* Nothing stays of a sharded folder that is not what it should be. */
static void
test_bad_shards (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("raw", 3);
  g_autoptr (MeshCid) raw = fixture_cid (MESH_CODEC_RAW, bytes);
  g_autoptr (MeshCid) file = put_text (fixture, "text");
  g_autoptr (MeshCid) folder = put_folder (fixture, "b", file, NULL, NULL);
  g_autoptr (MeshCid) shard = put_bad_shard (fixture, "85a", file);
  g_autoptr (MeshCid) unsafe = put_shards (fixture, 3, file, "../out");
  g_autoptr (GPtrArray) roots
      = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_cid_unref);

  g_assert_true (fixture_put (fixture->store, raw, bytes, NULL));
  g_assert_true (get_to (fixture, shard, "good", 0, NULL));
  g_ptr_array_add (roots, put_bad_shard (fixture, "85b", file)); /* not its place */
  g_ptr_array_add (roots, put_bad_shard (fixture, "84a", file)); /* not in the field */
  g_ptr_array_add (roots, put_bad_shard (fixture, "85", file));
  g_ptr_array_add (roots, put_bad_shard (fixture, "85", raw));
  g_ptr_array_add (roots, put_bad_shard (fixture, "85", folder));
  g_ptr_array_add (roots, put_bad_shard (fixture, "85", shard)); /* of another level */
  for (guint i = 0; i < roots->len; i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (get_to (fixture, roots->pdata[i], "out", 0, &error));
      g_assert_error (error, MESH_ERROR, MESH_ERROR_INVALID);
      assert_only (fixture, "good");
    }
  {
    g_autoptr (GError) error = NULL;

    g_assert_false (get_to (fixture, unsafe, "out", 0, &error));
    g_assert_error (error, MESH_ERROR, MESH_ERROR_UNSAFE_PATH);
    assert_only (fixture, "good");
  }
}

static void
test_cancel (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (MeshCid) file = put_text (fixture, "text");
  g_autofree char *dest = g_build_filename (fixture->dir, "out", NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GAsyncResult *slot = NULL;

  mesh_exporter_get_async (MESH_BLOCK_SOURCE (fixture->store), NULL, file, dest, NULL,
                           NULL, NULL, cancellable, fixture_result_cb, &slot);
  g_cancellable_cancel (cancellable);
  result = fixture_wait (&slot);
  g_assert_false (mesh_exporter_get_finish (result, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  assert_only (fixture, NULL);
}

/* A source as the network is one: what it gives is put into another store first. */

typedef struct
{
  GObject parent_instance;
  MeshStore *from; /* (owned) */
  MeshStore *to;   /* (owned) */
  guint n_left;    /* blocks it gives before it fails */
} FarSource;

typedef GObjectClass FarSourceClass;

static void far_source_iface_init (MeshBlockSourceInterface *iface);
static GType far_source_get_type (void);

G_DEFINE_TYPE_WITH_CODE (FarSource,
                         far_source,
                         G_TYPE_OBJECT,
                         G_IMPLEMENT_INTERFACE (MESH_TYPE_BLOCK_SOURCE,
                                                far_source_iface_init))

static void
far_put_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (mesh_store_put_finish (MESH_STORE (source), result, &error))
    g_task_return_pointer (task,
                           g_bytes_ref (g_object_get_data (G_OBJECT (task), "block")),
                           (GDestroyNotify) g_bytes_unref);
  else
    g_task_return_error (task, error);
}

static void
far_got_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  FarSource *self = g_task_get_source_object (task);
  GError *error = NULL;
  GBytes *block = mesh_store_get_finish (MESH_STORE (source), result, &error);

  if (block == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  g_object_set_data_full (G_OBJECT (task), "block", block,
                          (GDestroyNotify) g_bytes_unref);
  mesh_store_put_async (self->to, g_task_get_task_data (task), block,
                        MESH_STORE_PUT_VERIFIED, NULL, far_put_cb, g_object_ref (task));
}

static void
far_source_get_async (MeshBlockSource *source,
                      MeshCid *cid,
                      int priority,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  FarSource *self = (FarSource *) source;
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_task_data (task, mesh_cid_ref (cid), (GDestroyNotify) mesh_cid_unref);
  if (self->n_left == 0)
    {
      g_task_return_new_error (task, MESH_ERROR, MESH_ERROR_TIMED_OUT, "Silence");
      return;
    }
  self->n_left--;
  mesh_store_get_async (self->from, cid, NULL, far_got_cb, g_object_ref (task));
}

static GBytes *
far_source_get_finish (MeshBlockSource *source, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
far_source_iface_init (MeshBlockSourceInterface *iface)
{
  iface->get_async = far_source_get_async;
  iface->get_finish = far_source_get_finish;
}

static void
far_source_dispose (GObject *object)
{
  FarSource *self = (FarSource *) object;

  g_clear_object (&self->from);
  g_clear_object (&self->to);
  G_OBJECT_CLASS (far_source_parent_class)->dispose (object);
}

static void
far_source_class_init (FarSourceClass *klass)
{
  klass->dispose = far_source_dispose;
}

static void
far_source_init (FarSource *self)
{
}

/* Leaves of 4 KiB, the first four of them the same, and a short last one. */
#define FAR_N_LEAVES 40
#define FAR_BYTES (FAR_N_LEAVES * 4096 - 1000)

typedef struct
{
  Fixture far;
  MeshCid *root; /* (owned) */
} Far;

static void
far_set_up (Far *self, gboolean raw_leaves)
{
  g_autofree char *path = NULL;
  g_autofree guint8 *contents = g_malloc0 (FAR_BYTES);
  g_autoptr (GBytes) noise = fixture_bytes (1, FAR_BYTES - 4 * 4096);
  g_autoptr (MeshImportResult) imported = NULL;
  MeshImportOptions options;

  fixture_set_up (&self->far, NULL);
  path = g_build_filename (self->far.dir, "in", NULL);
  memcpy (contents + 4 * 4096, g_bytes_get_data (noise, NULL), FAR_BYTES - 4 * 4096);
  g_assert_true (g_file_set_contents (path, (const char *) contents, FAR_BYTES, NULL));
  mesh_import_options_init (&options);
  options.chunk_size = 4096;
  options.max_links = 5;
  options.raw_leaves = raw_leaves;
  {
    FIXTURE_RUN (result, mesh_importer_add_async, self->far.store, path, &options,
                 MESH_IMPORT_NONE, NULL, NULL, NULL);
    imported = mesh_importer_add_finish (self->far.store, result, NULL);
  }
  g_assert_nonnull (imported);
  self->root = mesh_cid_ref (imported->root);
}

static void
far_tear_down (Far *self)
{
  mesh_cid_unref (self->root);
  fixture_tear_down (&self->far, NULL);
}

static gboolean
get_far (Fixture *fixture, Far *far, guint n_blocks, GError **error)
{
  FarSource *source = g_object_new (far_source_get_type (), NULL);
  g_autofree char *dest = g_build_filename (fixture->dir, "out", NULL);
  MeshExportOptions options = { .store = fixture->store };
  gboolean is_good;

  source->from = g_object_ref (far->far.store);
  source->to = g_object_ref (fixture->store);
  source->n_left = n_blocks;
  {
    FIXTURE_RUN (result, mesh_exporter_get_async, MESH_BLOCK_SOURCE (source),
                 mesh_store_get_pool (fixture->store), far->root, dest, &options, NULL,
                 NULL, NULL);
    is_good = mesh_exporter_get_finish (result, NULL, error);
  }
  g_object_unref (source);
  return is_good;
}

static void
assert_same_files (Fixture *fixture, const char *name, Far *far)
{
  g_autofree char *in = g_build_filename (far->far.dir, "in", NULL);
  g_autofree char *out = g_build_filename (fixture->dir, name, NULL);
  g_autofree char *sent = NULL;
  g_autofree char *come = NULL;
  gsize n_sent, n_come;

  g_assert_true (g_file_get_contents (in, &sent, &n_sent, NULL));
  g_assert_true (g_file_get_contents (out, &come, &n_come, NULL));
  g_assert_cmpmem (come, n_come, sent, n_sent);
}

/* Leaves are written once, into the file, and the store has them there, under the name
 * that the file has in the end. */
static void
check_places (Fixture *fixture, gboolean raw_leaves)
{
  Far far = { 0 };
  g_autoptr (GError) error = NULL;
  MeshStoreStats stats;

  far_set_up (&far, raw_leaves);
  g_assert_true (get_far (fixture, &far, G_MAXUINT, &error));
  g_assert_no_error (error);
  assert_same_files (fixture, "out", &far);
  mesh_store_get_stats (fixture->store, &stats);
  g_assert_cmpuint (stats.n_references, ==, FAR_N_LEAVES - 3);
  g_assert_cmpuint (stats.stored_bytes, <, 4 * 4096);
  g_assert_true (get_to (fixture, far.root, "again", 0, &error));
  g_assert_no_error (error);
  assert_same_files (fixture, "again", &far);
  mesh_store_get_stats (fixture->store, &stats);
  g_assert_cmpuint (stats.n_dropped, ==, 0);
  far_tear_down (&far);
}

static void
test_places (Fixture *fixture, gconstpointer unused)
{
  check_places (fixture, FALSE);
}

static void
test_places_of_raw_leaves (Fixture *fixture, gconstpointer unused)
{
  check_places (fixture, TRUE);
}

/* The source falls silent: nothing is left, and what came is not asked for again. */
static void
test_given_up (Fixture *fixture, gconstpointer unused)
{
  Far far = { 0 };
  g_autoptr (GError) error = NULL;
  MeshStoreStats stats, all;

  far_set_up (&far, FALSE);
  mesh_store_get_stats (far.far.store, &all);
  g_assert_false (get_far (fixture, &far, 30, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_TIMED_OUT);
  assert_only (fixture, NULL);
  mesh_store_get_stats (fixture->store, &stats);
  g_assert_cmpuint (stats.n_references, ==, 0);
  g_assert_cmpuint (stats.n_blocks, >=, 10); /* those on the way may be lost */
  g_assert_cmpuint (stats.n_blocks, <=, 30);
  g_clear_error (&error);
  g_assert_true (get_far (fixture, &far, G_MAXUINT, &error));
  g_assert_no_error (error);
  assert_same_files (fixture, "out", &far);
  mesh_store_get_stats (fixture->store, &stats);
  g_assert_cmpuint (stats.n_blocks, ==, all.n_blocks);
  far_tear_down (&far);
}

static void
add (const char *path, void (*func) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, NULL, fixture_set_up, func, fixture_tear_down);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  add ("/store/exporter-get/round-trip", test_round_trip);
  add ("/store/exporter-get/unsafe-names", test_unsafe_names);
  add ("/store/exporter-get/link-and-folder", test_link_and_folder);
  add ("/store/exporter-get/links", test_links);
  add ("/store/exporter-get/missing-block", test_missing_block);
  add ("/store/exporter-get/too-large", test_too_large);
  add ("/store/exporter-get/exists", test_exists);
  add ("/store/exporter-get/no-setuid", test_no_setuid);
  add ("/store/exporter-get/sharded", test_sharded);
  add ("/store/exporter-get/bad-shards", test_bad_shards);
  add ("/store/exporter-get/cancel", test_cancel);
  add ("/store/exporter-get/places", test_places);
  add ("/store/exporter-get/places-of-raw-leaves", test_places_of_raw_leaves);
  add ("/store/exporter-get/given-up", test_given_up);
  return g_test_run ();
}
