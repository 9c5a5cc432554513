/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "ctl/shoalctl-command.h"

#include <string.h>

/* Every command of docs/ARCHITECTURE.md and of the issue that built it. */
static const char *const names[] = {
  "status",     "add",        "cat",       "get",      "publish",     "search",
  "install",    "list",       "check",     "update",   "apply",       "rollback",
  "hold",       "unhold",     "skip",      "remove",   "launch",      "peers",
  "connect",    "disconnect", "transfers", "cancel",   "keys create", "keys list",
  "config get", "config set", "pin",       "unpin",    "pins",        "gc",
  "car export", "car import", "sharing",   "shutdown", "providers",   "org",
  "show",       "share",      "unshare",   "unskip",
};

static void
test_find (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_auto (GStrv) words = g_strsplit (names[i], " ", -1);
      guint n_words = 0;
      const ShoalctlCommand *command
          = shoalctl_command_find ((const char *const *) words, &n_words);

      g_assert_nonnull (command);
      g_assert_cmpstr (command->name, ==, names[i]);
      g_assert_cmpuint (n_words, ==, g_strv_length (words));
      g_assert_nonnull (command->run);
      g_assert_cmpuint (command->min_args, <=, command->max_args);
    }
}

static void
test_not_found (void)
{
  static const char *const nothing[] = { NULL };
  static const char *const half[] = { "car", NULL };
  guint n_words = 7;

  g_assert_null (shoalctl_command_find (nothing, &n_words));
  g_assert_cmpuint (n_words, ==, 0);
  g_assert_null (shoalctl_command_find (half, &n_words));
}

static void
test_help (void)
{
  g_autofree char *all = shoalctl_command_format_help (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_auto (GStrv) words = g_strsplit (names[i], " ", -1);
      guint n_words = 0;
      const ShoalctlCommand *command
          = shoalctl_command_find ((const char *const *) words, &n_words);
      g_autofree char *help = shoalctl_command_format_help (command);
      g_autofree char *line = g_strconcat ("\n  ", names[i], " ", NULL);

      g_assert_nonnull (strstr (all, line));
      g_assert_nonnull (strstr (all, command->summary));
      g_assert_nonnull (strstr (help, command->summary));
      g_assert_nonnull (strstr (help, command->arguments));
      for (const ShoalctlOption *o = command->options; o != NULL && o->name != NULL; o++)
        {
          g_autofree char *option = g_strconcat ("--", o->name, " ", NULL);

          g_assert_nonnull (strstr (help, option));
          g_assert_true ((o->value_name == NULL) == (o->kind == SHOALCTL_OPTION_FLAG));
        }
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ctl/command/find", test_find);
  g_test_add_func ("/ctl/command/not-found", test_not_found);
  g_test_add_func ("/ctl/command/help", test_help);
  return g_test_run ();
}
