/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */

/* The disk fills up: before an update is begun, and at each kind of moment in the middle
 * of one. It fails with NoSpace, the old version stays whole, and once there is space it
 * goes on. On a small tmpfs that only root can mount. */

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mesh-error.h"
#include "update-fixture.h"
#include "update/mesh-update-fault-private.h"

#define DISK_SIZE "size=40m"

typedef struct
{
  char *dir;                       /* (owned) */
  char *disk;                      /* (owned): the tmpfs */
  char *filler;                    /* (owned) */
  char *release[3];                /* (owned) */
  UpdateNode *publisher;           /* (owned) */
  UpdateNode *user;                /* (owned): on the tmpfs */
  MeshPublishResult *published[3]; /* (owned) */
} Fixture;

static const char *fill_at;
static const char *filler_path;
static int has_filled;

/* Writes until the last byte is taken. */
static void
fill_disk (const char *path)
{
  static const guint8 zeros[65536];
  int fd = open (path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

  g_assert_cmpint (fd, >=, 0);
  for (gsize n = sizeof zeros; n > 0; n /= 2)
    while (write (fd, zeros, n) == (ssize_t) n)
      continue;
  close (fd);
}

static void
fill_at_point (const char *point)
{
  if (fill_at == NULL || !g_str_equal (point, fill_at))
    return;
  if (g_atomic_int_compare_and_exchange (&has_filled, 0, 1))
    fill_disk (filler_path);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  static const char *const versions[] = { "", "1.0.0", "2.0.0" };
  g_autoptr (GError) error = NULL;

  fixture->dir = update_fixture_make_dir ();
  fixture->disk = g_build_filename (fixture->dir, "disk", NULL);
  fixture->filler = g_build_filename (fixture->disk, "filler", NULL);
  g_assert_cmpint (mkdir (fixture->disk, 0700), ==, 0);
  if (mount ("tmpfs", fixture->disk, "tmpfs", 0, DISK_SIZE) != 0)
    {
      g_autofree char *why
          = g_strdup_printf ("can't mount a tmpfs: %s", g_strerror (errno));

      g_test_skip (why);
      return;
    }
  fixture->publisher = update_node_new (fixture->dir, "publisher");
  fixture->user = update_node_new (fixture->disk, "user");
  update_node_open (fixture->publisher, NULL, NULL);
  update_node_open (fixture->user, fixture->publisher, NULL);
  for (int i = 1; i <= 2; i++)
    {
      fixture->release[i] = g_build_filename (fixture->dir, versions[i], NULL);
      update_fixture_write_app (fixture->release[i], i);
      fixture->published[i] = update_node_publish (
          fixture->publisher, fixture->release[i], versions[i], &error);
      g_assert_no_error (error);
    }
  g_assert_true (
      update_node_install (fixture->user, fixture->published[1]->envelope, NULL));
  g_assert_true (
      update_node_offer (fixture->user, fixture->published[2]->envelope, NULL));
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  fill_at = NULL;
  if (fixture->user != NULL)
    {
      update_node_free (fixture->user);
      update_node_free (fixture->publisher);
      g_assert_cmpint (umount (fixture->disk), ==, 0);
    }
  for (int i = 1; i <= 2; i++)
    {
      g_free (fixture->release[i]);
      mesh_publish_result_free (fixture->published[i]);
    }
  update_fixture_delete_dir (fixture->dir);
  g_free (fixture->disk);
  g_free (fixture->filler);
  g_free (fixture->dir);
}

static void
assert_current (Fixture *fixture, int release)
{
  g_autofree char *current = update_node_path (fixture->user, NULL);

  g_assert_true (update_fixture_is_same_tree (current, fixture->release[release]));
}

static void
free_and_go_on (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;

  assert_current (fixture, 1);
  unlink (fixture->filler);
  update_node_do (fixture->user, UPDATE_STAGE, &error);
  g_assert_no_error (error);
  update_node_do (fixture->user, UPDATE_APPLY, &error);
  g_assert_no_error (error);
  assert_current (fixture, 2);
}

static void
assert_no_space (Fixture *fixture, const GError *error)
{
  MeshApp *app = update_node_app (fixture->user);

  g_assert_error (error, MESH_ERROR, MESH_ERROR_NO_SPACE);
  g_assert_cmpint (mesh_app_get_state (app), ==, MESH_UPDATE_STATE_FAILED);
  g_assert_cmpstr (mesh_app_get_error_name (app), ==, "NoSpace");
}

static void
test_before (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  if (fixture->user == NULL)
    return;
  fill_disk (fixture->filler);
  g_assert_false (update_node_do (fixture->user, UPDATE_STAGE, &error));
  assert_no_space (fixture, error);
  free_and_go_on (fixture);
}

/* @data: the point at which the disk becomes full */
static void
test_in_the_middle (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  if (fixture->user == NULL)
    return;
  filler_path = fixture->filler;
  has_filled = 0;
  fill_at = data;
  g_assert_false (update_node_do (fixture->user, UPDATE_STAGE, &error));
  fill_at = NULL;
  g_assert_cmpint (has_filled, ==, 1);
  assert_no_space (fixture, error);
  free_and_go_on (fixture);
}

/* Full at a moment, and then the process ends too. */
static void
test_restart (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  if (fixture->user == NULL)
    return;
  filler_path = fixture->filler;
  has_filled = 0;
  fill_at = data;
  g_assert_false (update_node_do (fixture->user, UPDATE_STAGE, &error));
  fill_at = NULL;
  assert_no_space (fixture, error);
  update_node_close (fixture->user);
  unlink (fixture->filler);
  update_node_open (fixture->user, fixture->publisher, NULL);
  free_and_go_on (fixture);
}

#define ADD(name, func, data) \
  g_test_add ("/faults/full-disk/" name, Fixture, data, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  /* Warnings about the full disk are right here. */
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_ERROR);
  mesh_update_fault_set_hook (fill_at_point);
  ADD ("before", test_before, NULL);
  ADD ("journal", test_in_the_middle, "journal-before");
  ADD ("fetching", test_in_the_middle, "fetched");
  ADD ("prepared", test_in_the_middle, "tree-prepared");
  ADD ("restart", test_restart, "tree-prepared");
  return g_test_run ();
}
