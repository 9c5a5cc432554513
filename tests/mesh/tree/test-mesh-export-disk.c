/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "tree/mesh-export-disk.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mesh-error.h"
#include "mesh/tree/tree-fixture.h"

static gboolean
run (MeshExportDisk *op, GError **error)
{
  gboolean is_good = mesh_export_disk_run (op, error);

  mesh_export_disk_free (op);
  return is_good;
}

static void
test_names (void)
{
  static const char *const good[] = { "a", "...", ".hidden", "a b", "\xc3\xa9", "-rf" };
  g_autofree char *longest = g_strnfill (256, 'x');

  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    g_assert_true (mesh_export_disk_is_safe_name (good[i], strlen (good[i])));
  g_assert_false (mesh_export_disk_is_safe_name ("", 0));
  g_assert_false (mesh_export_disk_is_safe_name (".", 1));
  g_assert_false (mesh_export_disk_is_safe_name ("..", 2));
  g_assert_false (mesh_export_disk_is_safe_name ("a/b", 3));
  g_assert_false (mesh_export_disk_is_safe_name ("a\0b", 3));
  g_assert_false (mesh_export_disk_is_safe_name (longest, 256));
  g_assert_true (mesh_export_disk_is_safe_name (longest, 255));
}

static void
test_file (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *path = g_build_filename (fixture->dir, "file", NULL);
  MeshExportDisk *op = mesh_export_disk_new (MESH_EXPORT_DISK_OPEN, path);
  g_autofree char *contents = NULL;
  g_autoptr (GError) error = NULL;
  struct stat info;
  int fd;

  g_assert_true (mesh_export_disk_run (op, NULL));
  fd = op->fd;
  mesh_export_disk_free (op);
  op = mesh_export_disk_new (MESH_EXPORT_DISK_WRITE, path);
  op->fd = fd;
  op->offset = 2;
  op->bytes = g_bytes_new_static ("cd", 2);
  g_assert_true (run (op, NULL));
  op = mesh_export_disk_new (MESH_EXPORT_DISK_WRITE, path);
  op->fd = fd;
  op->bytes = g_bytes_new_static ("ab", 2);
  g_assert_true (run (op, NULL));
  op = mesh_export_disk_new (MESH_EXPORT_DISK_CLOSE, path);
  op->fd = fd;
  op->meta = (MeshUnixfsMeta){ TRUE, 07750, TRUE, 1000000000, 5 };
  g_assert_true (run (op, NULL));

  g_assert_true (g_file_get_contents (path, &contents, NULL, NULL));
  g_assert_cmpstr (contents, ==, "abcd");
  g_assert_cmpint (stat (path, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 07777, ==, 0750);
  g_assert_cmpint (info.st_mtim.tv_sec, ==, 1000000000);
  g_assert_false (run (mesh_export_disk_new (MESH_EXPORT_DISK_OPEN, path), &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_EXISTS);
}

/* Not even a link that leads nowhere is written through. */
static void
test_no_link_is_followed (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *target = g_build_filename (fixture->dir, "target", NULL);
  g_autofree char *path = g_build_filename (fixture->dir, "link", NULL);
  MeshExportDisk *op = mesh_export_disk_new (MESH_EXPORT_DISK_SYMLINK, path);

  op->text = g_strdup (target);
  g_assert_true (run (op, NULL));
  g_assert_false (run (mesh_export_disk_new (MESH_EXPORT_DISK_OPEN, path), NULL));
  g_assert_false (run (mesh_export_disk_new (MESH_EXPORT_DISK_MKDIR, path), NULL));
  g_assert_false (run (mesh_export_disk_new (MESH_EXPORT_DISK_META, path), NULL));
  g_assert_false (g_file_test (target, G_FILE_TEST_EXISTS));
}

static void
test_rename_and_remove (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *from = g_build_filename (fixture->dir, "from", NULL);
  g_autofree char *deep = g_build_filename (from, "a", "b", NULL);
  g_autofree char *locked = g_build_filename (from, "locked", NULL);
  g_autofree char *inner = g_build_filename (locked, "inner", NULL);
  g_autofree char *outside = fixture_write (fixture, "outside", "stays");
  g_autofree char *link = g_build_filename (from, "link", NULL);
  MeshExportDisk *op = mesh_export_disk_new (MESH_EXPORT_DISK_RENAME, from);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (deep, 0700), ==, 0);
  g_assert_cmpint (g_mkdir (locked, 0700), ==, 0);
  g_assert_true (g_file_set_contents (inner, "x", 1, NULL));
  g_assert_cmpint (g_chmod (locked, 0500), ==, 0);
  g_assert_cmpint (symlink (outside, link), ==, 0);
  op->text = g_strdup (outside);
  g_assert_false (run (op, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_EXISTS);
  g_assert_true (run (mesh_export_disk_new (MESH_EXPORT_DISK_REMOVE, from), NULL));
  g_assert_false (g_file_test (from, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (outside, G_FILE_TEST_EXISTS));
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
  g_test_add_func ("/tree/export-disk/names", test_names);
  add ("/tree/export-disk/file", test_file);
  add ("/tree/export-disk/no-link-is-followed", test_no_link_is_followed);
  add ("/tree/export-disk/rename-and-remove", test_rename_and_remove);
  return g_test_run ();
}
