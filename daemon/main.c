/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include <locale.h>
#include <signal.h>
#include <stdlib.h>

#include "shoald-daemon.h"
#include "shoald-options.h"

#define EXIT_USAGE 2

typedef struct
{
  GMainLoop *loop; /* (owned) */
  int status;
} Run;

static void
ended_cb (const GError *error, gpointer user_data)
{
  Run *run = user_data;

  if (error != NULL)
    {
      g_printerr ("shoald: %s\n", error->message);
      run->status = EXIT_FAILURE;
    }
  g_main_loop_quit (run->loop);
}

int
main (int argc, char **argv)
{
  g_auto (GStrv) arguments = g_strdupv (argv);
  g_autoptr (ShoaldOptions) options = NULL;
  g_autoptr (ShoaldDaemon) daemon = NULL;
  g_autoptr (GError) error = NULL;
  Run run = { 0 };

  setlocale (LC_ALL, "");
  /* A reader that closes its pipe is an error of a write, not the end of the daemon. */
  signal (SIGPIPE, SIG_IGN);
  options = shoald_options_parse (&arguments, &error);
  if (options == NULL)
    {
      gboolean is_usage = error->domain == G_OPTION_ERROR;

      g_printerr ("shoald: %s\n%s", error->message,
                  is_usage ? "Try “shoald --help”.\n" : "");
      return is_usage ? EXIT_USAGE : EXIT_FAILURE;
    }
  if (options->is_version)
    {
      g_print ("shoald %s\n", PACKAGE_VERSION);
      return EXIT_SUCCESS;
    }
  daemon = shoald_daemon_new (g_steal_pointer (&options));
  run.loop = g_main_loop_new (NULL, FALSE);
  shoald_daemon_run (daemon, ended_cb, &run);
  g_main_loop_run (run.loop);
  g_main_loop_unref (run.loop);
  return run.status;
}
