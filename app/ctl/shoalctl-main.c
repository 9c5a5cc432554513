/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include <glib/gi18n.h>
#include <locale.h>
#include <stdio.h>

#include "ctl/shoalctl-session.h"

#define EXIT_USAGE 2

static int
fail_usage (const GError *error)
{
  fprintf (stderr, "shoalctl: %s; see shoalctl --help\n", error->message);
  return EXIT_USAGE;
}

static int
print_help (const ShoalctlCommand *command)
{
  g_autofree char *text = shoalctl_command_format_help (command);

  fputs (text, stdout);
  return fflush (stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ShoalctlArguments) args = NULL;
  g_autoptr (ShoalctlSession) session = NULL;
  const ShoalctlCommand *command;

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);

  args = shoalctl_arguments_parse ((const char *const *) argv + MIN (argc, 1), &error);
  if (args == NULL)
    return fail_usage (error);
  command = shoalctl_arguments_get_command (args);
  if (shoalctl_arguments_has (args, "help"))
    return print_help (command);
  if (shoalctl_arguments_wants_version (args))
    {
      printf ("shoalctl %s\n", PACKAGE_VERSION);
      return EXIT_SUCCESS;
    }
  session = shoalctl_session_new (g_steal_pointer (&args));
  return shoalctl_session_run (session);
}
