/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "engine/shoald-content.h"

#include <signal.h>
#include <unistd.h>

#include <glib-unix.h>
#include <glib/gstdio.h>

#include "config/shoald-error.h"
#include "engine/shoald-local.h"

#include "daemon/engine/engine-fixture.h"

#define NOBODY_HAS "QmdfTbBqBPQ7VNxZEYEj14VmRuZBkqFbiwReogJgS1zR1n"

static gboolean
is_same (const char *a, const char *b)
{
  g_autoptr (GMappedFile) left = g_mapped_file_new (a, FALSE, NULL);
  g_autoptr (GMappedFile) right = g_mapped_file_new (b, FALSE, NULL);
  g_autoptr (GBytes) left_bytes = g_mapped_file_get_bytes (left);
  g_autoptr (GBytes) right_bytes = g_mapped_file_get_bytes (right);

  return g_bytes_equal (left_bytes, right_bytes);
}

static void
test_parse_cid (void)
{
  static const char *const bad[]
      = { "", "/ipfs/", "ipfs://", "hello", "/ipns/" NOBODY_HAS };
  static const char *const good[]
      = { NOBODY_HAS, "/ipfs/" NOBODY_HAS, "ipfs://" NOBODY_HAS };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (shoald_content_parse_cid (bad[i], &error));
      g_assert_error (error, SHOALD_ERROR, SHOALD_ERROR_ARGUMENT);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr (MeshCid) cid = shoald_content_parse_cid (good[i], NULL);

      g_assert_nonnull (cid);
    }
}

/* From another node, whatever its sharing mode: off fetches too. */
static void
get_from_peer (EngineFixture *fixture, const char *sharing)
{
  g_autofree char *path = engine_fixture_make_file (fixture->dir, "f", 5000000, 1);
  g_autofree char *out = g_build_filename (fixture->dir, "out", NULL);
  g_autofree char *cid = engine_fixture_add (fixture->engine, path);
  ShoaldEngine *other = engine_fixture_start_other (fixture, sharing);
  ShoaldJob *job;
  g_autoptr (GVariant) source = NULL;
  const char *kind;
  guint64 bytes;

  job = shoald_content_get (other, cid, out, NULL, FALSE, FALSE, NULL);
  (void) engine_fixture_wait_done (job);
  g_assert_true (is_same (path, out));
  g_assert_cmpuint (g_variant_n_children (shoald_job_get_sources (job)), ==, 1);
  source = g_variant_get_child_value (shoald_job_get_sources (job), 0);
  g_assert_true (g_variant_lookup (source, "kind", "&s", &kind));
  g_assert_cmpstr (kind, ==, "peer");
  g_assert_true (g_variant_lookup (source, "bytes", "t", &bytes));
  g_assert_cmpuint (bytes, >=, 5000000);
  g_assert_cmpuint (bytes, <, 5100000);
  engine_fixture_stop (other);
}

static void
test_get_download_only (EngineFixture *fixture, gconstpointer data)
{
  get_from_peer (fixture, "download-only");
}

static void
test_get_off (EngineFixture *fixture, gconstpointer data)
{
  get_from_peer (fixture, "off");
}

/* What is fetched into a file that takes the place of another lies in it once, and the
 * store finds it there under its final name. */
static void
test_get_replaces (EngineFixture *fixture, gconstpointer data)
{
  g_autofree char *path = engine_fixture_make_file (fixture->dir, "f", 5000000, 1);
  g_autofree char *out = engine_fixture_make_file (fixture->dir, "out", 10, 2);
  g_autofree char *again = g_build_filename (fixture->dir, "again", NULL);
  g_autofree char *cid = engine_fixture_add (fixture->engine, path);
  ShoaldEngine *other = engine_fixture_start_other (fixture, "off");
  MeshStore *store = mesh_node_get_store (shoald_engine_get_node (other));
  MeshStoreStats stats;

  (void) engine_fixture_wait_done (
      shoald_content_get (other, cid, out, NULL, TRUE, FALSE, NULL));
  g_assert_true (is_same (path, out));
  mesh_store_get_stats (store, &stats);
  g_assert_cmpuint (stats.n_references, ==, 5);
  g_assert_cmpuint (stats.referenced_bytes, >=, 5000000);
  g_assert_cmpuint (stats.stored_bytes, <, 10000);
  (void) engine_fixture_wait_done (
      shoald_content_get (other, cid, again, NULL, FALSE, FALSE, NULL));
  g_assert_true (is_same (path, again));
  mesh_store_get_stats (store, &stats);
  g_assert_cmpuint (stats.n_references, ==, 5);
  g_assert_cmpuint (stats.n_dropped, ==, 0);
  engine_fixture_stop (other);
}

/* The store itself holds what is pinned. */
static void
test_get_pinned (EngineFixture *fixture, gconstpointer data)
{
  g_autofree char *path = engine_fixture_make_file (fixture->dir, "f", 5000000, 1);
  g_autofree char *out = g_build_filename (fixture->dir, "out", NULL);
  g_autofree char *cid = engine_fixture_add (fixture->engine, path);
  ShoaldEngine *other = engine_fixture_start_other (fixture, "off");
  MeshStoreStats stats;

  (void) engine_fixture_wait_done (
      shoald_content_get (other, cid, out, NULL, FALSE, TRUE, NULL));
  g_assert_true (is_same (path, out));
  mesh_store_get_stats (mesh_node_get_store (shoald_engine_get_node (other)), &stats);
  g_assert_cmpuint (stats.n_references, ==, 0);
  g_assert_cmpuint (stats.pinned_bytes, >=, 5000000);
  engine_fixture_stop (other);
}

static void
test_get_from_named_peer (EngineFixture *fixture, gconstpointer data)
{
  g_autofree char *path = engine_fixture_make_file (fixture->dir, "f", 1000, 1);
  g_autofree char *out = g_build_filename (fixture->dir, "out", NULL);
  g_autofree char *cid = engine_fixture_add (fixture->engine, path);
  g_autofree char *address = engine_fixture_dup_address (fixture->engine);
  ShoaldEngine *other = engine_fixture_start (fixture->dir, "other", "off", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (shoald_content_get (other, cid, out, "127.0.0.1", FALSE, FALSE, &error));
  g_assert_error (error, SHOALD_ERROR, SHOALD_ERROR_ARGUMENT);
  (void) engine_fixture_wait_done (
      shoald_content_get (other, cid, out, address, FALSE, TRUE, NULL));
  g_assert_true (is_same (path, out));
  engine_fixture_stop (other);
}

static void
test_get_errors (EngineFixture *fixture, gconstpointer data)
{
  g_autofree char *path = engine_fixture_make_file (fixture->dir, "f", 1000, 1);
  g_autofree char *cid = engine_fixture_add (fixture->engine, path);
  g_autofree char *out = engine_fixture_make_file (fixture->dir, "out", 10, 2);
  g_autofree char *lost = g_build_filename (fixture->dir, "no", "out", NULL);
  g_autofree char *nothing = g_build_filename (fixture->dir, "nothing", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = NULL;
  const char *name;

  g_assert_null (
      shoald_content_get (fixture->engine, cid, "out", NULL, FALSE, FALSE, &error));
  g_assert_error (error, SHOALD_ERROR, SHOALD_ERROR_ARGUMENT);
  engine_fixture_wait_error (
      shoald_content_get (fixture->engine, cid, out, NULL, FALSE, FALSE, NULL),
      MESH_ERROR, MESH_ERROR_EXISTS);
  (void) engine_fixture_wait_done (
      shoald_content_get (fixture->engine, cid, out, NULL, TRUE, FALSE, NULL));
  g_assert_true (is_same (path, out));
  engine_fixture_wait_error (
      shoald_content_get (fixture->engine, NOBODY_HAS, nothing, NULL, TRUE, FALSE, NULL),
      MESH_ERROR, MESH_ERROR_NOT_FOUND);
  g_assert_nonnull (
      shoald_content_get (fixture->engine, cid, lost, NULL, FALSE, FALSE, NULL));
  test_wait_until (shoald_jobs_count_active (shoald_engine_get_jobs (fixture->engine))
                   == 0);
  /* Nothing half done is left lying about. */
  dir = g_dir_open (fixture->dir, 0, NULL);
  while ((name = g_dir_read_name (dir)) != NULL)
    g_assert_false (g_str_has_prefix (name, "."));
}

static void
test_cat (EngineFixture *fixture, gconstpointer data)
{
  g_autofree char *path = engine_fixture_make_file (fixture->dir, "f", 300000, 1);
  g_autofree char *cid = engine_fixture_add (fixture->engine, path);
  g_autoptr (GByteArray) got = g_byte_array_new ();
  g_autoptr (GMappedFile) file = g_mapped_file_new (path, FALSE, NULL);
  ShoaldJob *job;
  int fd = -1;
  gssize n;

  job = shoald_content_cat (fixture->engine, cid, NULL, &fd, NULL);
  g_assert_nonnull (job);
  g_assert_true (g_unix_set_fd_nonblocking (fd, TRUE, NULL));
  do
    {
      guint8 buffer[4096];

      n = read (fd, buffer, sizeof buffer);
      if (n > 0)
        g_byte_array_append (got, buffer, (guint) n);
      else if (n < 0)
        g_main_context_iteration (NULL, FALSE);
    }
  while (n != 0);
  (void) engine_fixture_wait_done (job);
  g_assert_cmpmem (got->data, got->len, g_mapped_file_get_contents (file),
                   g_mapped_file_get_length (file));
  g_close (fd, NULL);
}

/* Who stops reading cancels. */
static void
test_cat_closed (EngineFixture *fixture, gconstpointer data)
{
  g_autofree char *path = engine_fixture_make_file (fixture->dir, "f", 3000000, 1);
  g_autofree char *cid = engine_fixture_add (fixture->engine, path);
  ShoaldJob *job;
  int fd = -1;

  job = shoald_content_cat (fixture->engine, cid, NULL, &fd, NULL);
  g_close (fd, NULL);
  engine_fixture_wait_error (job, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpstr (shoald_job_get_state_name (job), ==, "cancelled");
}

static void
test_cat_folder (EngineFixture *fixture, gconstpointer data)
{
  g_autofree char *dir = g_build_filename (fixture->dir, "folder", NULL);
  g_autofree char *cid = NULL;
  int fd = -1;

  g_assert_cmpint (g_mkdir (dir, 0755), ==, 0);
  cid = engine_fixture_add (fixture->engine, dir);
  engine_fixture_wait_error (shoald_content_cat (fixture->engine, cid, NULL, &fd, NULL),
                             MESH_ERROR, MESH_ERROR_UNSUPPORTED);
  g_close (fd, NULL);
}

static void
test_pin (EngineFixture *fixture, gconstpointer data)
{
  g_autofree char *path = engine_fixture_make_file (fixture->dir, "f", 3000000, 1);
  g_autofree char *cid = engine_fixture_add (fixture->engine, path);
  g_autofree char *long_name = g_strnfill (SHOALD_CONTENT_MAX_PIN_NAME_LEN + 1, 'x');
  ShoaldEngine *other = engine_fixture_start_other (fixture, "download-only");
  g_autoptr (GVariant) pins = NULL;
  g_autoptr (GVariant) pin = NULL;
  g_autoptr (GError) error = NULL;
  const char *name;

  g_assert_null (shoald_content_pin (other, cid, long_name, &error));
  g_assert_error (error, SHOALD_ERROR, SHOALD_ERROR_ARGUMENT);
  (void) engine_fixture_wait_done (shoald_content_pin (other, cid, "mine", NULL));
  (void) engine_fixture_wait_done (shoald_content_pin (other, cid, "mine", NULL));
  pins = g_variant_ref_sink (shoald_local_list_pins (other, NULL));
  g_assert_cmpuint (g_variant_n_children (pins), ==, 1);
  pin = g_variant_get_child_value (pins, 0);
  g_assert_true (g_variant_lookup (pin, "name", "&s", &name));
  g_assert_cmpstr (name, ==, "mine");
  engine_fixture_stop (other);
}

#define ADD(path, func) \
  g_test_add ("/shoald/content/" path, EngineFixture, NULL, engine_fixture_set_up, func, \
              engine_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  signal (SIGPIPE, SIG_IGN);
  g_test_add_func ("/shoald/content/parse-cid", test_parse_cid);
  ADD ("get-download-only", test_get_download_only);
  ADD ("get-off", test_get_off);
  ADD ("get-replaces", test_get_replaces);
  ADD ("get-pinned", test_get_pinned);
  ADD ("get-from-named-peer", test_get_from_named_peer);
  ADD ("get-errors", test_get_errors);
  ADD ("cat", test_cat);
  ADD ("cat-closed", test_cat_closed);
  ADD ("cat-folder", test_cat_folder);
  ADD ("pin", test_pin);
  return g_test_run ();
}
