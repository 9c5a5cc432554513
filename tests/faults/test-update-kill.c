/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */

/* kill -9 in the middle of everything: a driver process lives through install, update,
 * apply and rollback and is killed, at every fault point in turn and at random moments.
 * Each time `current` must name a whole version (or nothing before the first install),
 * and the next run must come to the end. */

#include "config.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mesh-rng.h"
#include "update-fixture.h"

/* With -m slow; otherwise a few, so that every run of the suite has some. */
#define N_RANDOM_KILLS 50
#define N_QUICK_KILLS 8
#define QUICK_STRIDE 7 /* of the fault points */
#define DRIVER_DEADLINE_S 300

typedef struct
{
  char *dir;         /* (owned) */
  char *publisher;   /* (owned): parent of the publisher's data folder */
  char *release[3];  /* (owned): trees of release 1 and 2 */
  char *envelope[3]; /* (owned): files */
} World;

static World world;

static void
make_world (void)
{
  static const char *const versions[] = { "", "1.0.0", "2.0.0" };
  UpdateNode *node;

  world.dir = update_fixture_make_dir ();
  world.publisher = g_build_filename (world.dir, "publisher", NULL);
  node = update_node_new (world.publisher, "node");
  update_node_open (node, NULL, NULL);
  for (int i = 1; i <= 2; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (MeshPublishResult) result = NULL;

      world.release[i] = g_build_filename (world.dir, versions[i], NULL);
      world.envelope[i] = g_strconcat (world.release[i], ".envelope", NULL);
      update_fixture_write_app (world.release[i], i);
      result = update_node_publish (node, world.release[i], versions[i], &error);
      g_assert_no_error (error);
      g_assert_true (g_file_set_contents (
          world.envelope[i], g_bytes_get_data (result->envelope, NULL),
          (gssize) g_bytes_get_size (result->envelope), &error));
    }
  update_node_free (node);
}

static pid_t
start_driver (const char *user_dir, int kill_at)
{
  g_autofree char *program = g_build_filename (DRIVER_DIR, "update-driver", NULL);
  g_autofree char *number = g_strdup_printf ("%d", kill_at);
  char *argv[] = { program,
                   world.publisher,
                   (char *) user_dir,
                   world.envelope[1],
                   world.envelope[2],
                   kill_at > 0 ? number : NULL,
                   NULL };
  GPid pid;
  g_autoptr (GError) error = NULL;

  g_spawn_async (NULL, argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDOUT_TO_DEV_NULL,
                 NULL, NULL, &pid, &error);
  g_assert_no_error (error);
  return pid;
}

typedef struct
{
  GPid pid;
  int status;
  gboolean is_over;
  gboolean is_late;
} Run;

static void
over_cb (GPid pid, int status, gpointer user_data)
{
  Run *run = user_data;

  run->status = status;
  run->is_over = TRUE;
}

static gboolean
kill_cb (gpointer user_data)
{
  kill (((Run *) user_data)->pid, SIGKILL);
  return G_SOURCE_REMOVE;
}

static gboolean
late_cb (gpointer user_data)
{
  ((Run *) user_data)->is_late = TRUE;
  return G_SOURCE_REMOVE;
}

/* Waits for the driver; kills it at @kill_us unless it is over before. */
static int
wait_for_driver (pid_t pid, gint64 kill_us)
{
  Run run = { .pid = pid };
  g_autoptr (GSource) late = g_timeout_source_new_seconds (DRIVER_DEADLINE_S);
  g_autoptr (GSource) killer = NULL;

  g_child_watch_add (pid, over_cb, &run);
  g_source_set_callback (late, late_cb, &run, NULL);
  g_source_attach (late, NULL);
  if (kill_us != G_MAXINT64)
    {
      killer = g_timeout_source_new ((guint) (kill_us / 1000));
      g_source_set_callback (killer, kill_cb, &run, NULL);
      g_source_attach (killer, NULL);
    }
  while (!run.is_over)
    {
      g_main_context_iteration (NULL, TRUE);
      g_assert_false (run.is_late);
    }
  g_source_destroy (late);
  if (killer != NULL)
    g_source_destroy (killer);
  return run.status;
}

static void
assert_whole (const char *user_dir)
{
  g_autofree char *current
      = g_build_filename (user_dir, "node", "apps", UPDATE_FIXTURE_APP, "current", NULL);
  g_autofree char *mark = g_build_filename (user_dir, "installed", NULL);

  if (access (mark, F_OK) != 0 && !g_file_test (current, G_FILE_TEST_IS_SYMLINK))
    return; /* not installed yet */
  g_assert_true (update_fixture_is_same_tree (current, world.release[1])
                 || update_fixture_is_same_tree (current, world.release[2]));
}

/* TRUE when the driver was killed, FALSE when it came to its end before. */
static gboolean
kill_and_recover (int kill_at, gint64 kill_us)
{
  g_autofree char *user_dir = g_build_filename (world.dir, "user", NULL);
  g_autofree char *current
      = g_build_filename (user_dir, "node", "apps", UPDATE_FIXTURE_APP, "current", NULL);
  int status;
  gboolean was_killed;

  status = wait_for_driver (start_driver (user_dir, kill_at), kill_us);
  was_killed = WIFSIGNALED (status) && WTERMSIG (status) == SIGKILL;
  g_assert_true (was_killed || (WIFEXITED (status) && WEXITSTATUS (status) == 0));
  assert_whole (user_dir);
  if (was_killed)
    {
      status = wait_for_driver (start_driver (user_dir, 0), G_MAXINT64);
      g_assert_true (WIFEXITED (status));
      g_assert_cmpint (WEXITSTATUS (status), ==, 0);
    }
  g_assert_true (update_fixture_is_same_tree (current, world.release[1]));
  update_fixture_delete_dir (user_dir);
  return was_killed;
}

static void
test_every_point (void)
{
  int stride = g_test_slow () ? 1 : QUICK_STRIDE;
  int n = 1;

  while (kill_and_recover (n, G_MAXINT64))
    {
      g_test_message ("point %d: whole, and went on", n);
      n += stride;
    }
  g_test_message ("every %d. of about %d fault points", stride, n - stride);
  g_assert_cmpint (n, >, 50);
}

/* How long the driver takes when nobody kills it. */
static gint64
measure_life (void)
{
  g_autofree char *user_dir = g_build_filename (world.dir, "measured", NULL);
  gint64 start_us = g_get_monotonic_time ();
  int status = wait_for_driver (start_driver (user_dir, 0), G_MAXINT64);

  g_assert_true (WIFEXITED (status) && WEXITSTATUS (status) == 0);
  return g_get_monotonic_time () - start_us;
}

static void
test_random_moments (void)
{
  guint n_wanted = g_test_slow () ? N_RANDOM_KILLS : N_QUICK_KILLS;
  gint64 life_us = measure_life ();
  const gint64 measured_us = life_us;
  guint64 seed = (guint64) (guint32) g_test_rand_int ();
  guint n_killed = 0, n_runs = 0;
  MeshRng rng;

  mesh_rng_init (&rng, seed);
  for (; n_killed < n_wanted && n_runs < 10 * n_wanted; n_runs++)
    {
      gint64 kill_us = (gint64) mesh_rng_below (&rng, (guint64) life_us);
      gboolean was_killed;

      g_test_message ("seed %" G_GUINT64_FORMAT ", run %u, kill after %" G_GINT64_FORMAT
                      " us",
                      seed, n_runs, kill_us);
      was_killed = kill_and_recover (0, kill_us);
      n_killed += was_killed ? 1 : 0;
      /* The machine is less busy than when it was measured, or busier. */
      life_us = was_killed ? MIN (2 * life_us, measured_us) : MAX (kill_us, 10000);
    }
  g_test_message ("%u of %u runs were killed; a whole life takes %" G_GINT64_FORMAT " us",
                  n_killed, n_runs, measured_us);
  g_assert_cmpuint (n_killed, ==, n_wanted);
}

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  make_world ();
  g_test_add_func ("/faults/update-kill/every-point", test_every_point);
  g_test_add_func ("/faults/update-kill/random-moments", test_random_moments);
  status = g_test_run ();
  update_fixture_delete_dir (world.dir);
  return status;
}
