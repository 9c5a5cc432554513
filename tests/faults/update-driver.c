/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */

/* update-driver PUBLISHER USER FIRST SECOND [N]: lives through an app's life, from
 * whatever the last run left: install the release in file FIRST, update to the one in
 * SECOND, apply, roll back. With N the process kills itself at the N-th fault point. Exit
 * 0: the life is over; 3: something failed. */

#include "config.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "update-fixture.h"
#include "update/mesh-update-fault-private.h"

static int kill_at;
static int n_reached;

static void
count_and_die (const char *point)
{
  if (g_atomic_int_add (&n_reached, 1) + 1 != kill_at)
    return;
  fprintf (stderr, "killed at point %d: %s\n", kill_at, point);
  raise (SIGKILL);
}

static GBytes *
read_file (const char *path)
{
  char *data;
  gsize len;

  if (!g_file_get_contents (path, &data, &len, NULL))
    exit (2);
  return g_bytes_new_take (data, len);
}

static void
check (gboolean is_good, const char *what, GError *error)
{
  if (is_good)
    return;
  fprintf (stderr, "%s: %s\n", what, error != NULL ? error->message : "?");
  exit (3);
}

static gboolean
is_installed (UpdateNode *user, const char *version)
{
  MeshApp *app = update_node_app (user);

  return app != NULL
         && g_strcmp0 (version, app ? mesh_app_get_installed_version (app) : NULL) == 0;
}

static void
update (UpdateNode *user, GBytes *second)
{
  MeshUpdateState state;
  GError *error = NULL;

  check (update_node_offer (user, second, &error), "offer", error);
  state = mesh_app_get_state (update_node_app (user));
  if (state != MESH_UPDATE_STATE_STAGED)
    check (update_node_do (user, UPDATE_STAGE, &error), "stage", error);
  check (update_node_do (user, UPDATE_APPLY, &error), "apply", error);
}

int
main (int argc, char *argv[])
{
  g_autoptr (GBytes) first = NULL;
  g_autoptr (GBytes) second = NULL;
  g_autofree char *mark = NULL;
  UpdateNode *publisher, *user;
  MeshApp *app;
  guint64 number = 0;
  GError *error = NULL;

  if (argc < 5)
    return 2;
  first = read_file (argv[3]);
  second = read_file (argv[4]);
  publisher = update_node_new (argv[1], "node");
  user = update_node_new (argv[2], "node");
  if (argc > 5 && !g_ascii_string_to_unsigned (argv[5], 10, 0, G_MAXINT, &number, NULL))
    return 2;
  kill_at = (int) number;
  update_node_open (publisher, NULL, NULL);
  mesh_update_fault_set_hook (count_and_die);
  update_node_open (user, publisher, NULL);

  app = update_node_app (user);
  if (app == NULL || mesh_app_get_installed_version (app) == NULL)
    check (update_node_install (user, first, &error), "install", error);
  /* From here on there is always a whole version. */
  mark = g_build_filename (argv[2], "installed", NULL);
  check (g_file_set_contents (mark, "", 0, &error), "mark", error);
  app = update_node_app (user);
  if (is_installed (user, "1.0.0") && mesh_app_get_skipped_version (app) == NULL)
    update (user, second);
  if (is_installed (user, "2.0.0"))
    check (update_node_do (user, UPDATE_ROLLBACK, &error), "roll back", error);
  check (is_installed (user, "1.0.0"), "the end", NULL);
  printf ("%d\n", n_reached);
  update_node_free (user);
  update_node_free (publisher);
  return 0;
}
