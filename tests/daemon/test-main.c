/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include <string.h>

#include <gio/gio.h>

static char *
run (const char *option, int status)
{
  g_autoptr (GSubprocess) process = g_subprocess_new (
      G_SUBPROCESS_FLAGS_STDOUT_PIPE, NULL, g_getenv ("SHOALD"), option, NULL);
  char *said = NULL;

  g_assert_true (g_subprocess_communicate_utf8 (process, NULL, NULL, &said, NULL, NULL));
  g_assert_cmpint (g_subprocess_get_exit_status (process), ==, status);
  return said;
}

/* Names other software relies on. */
static void
test_help (void)
{
  static const char *const names[]
      = { "--data-dir", "--config",  "--listen",      "--bootstrap",
          "--bus-name", "--no-mdns", "--mini-master", "--http",
          "--master",   "--gateway", "--sharing",     "--version" };
  g_autofree char *said = run ("--help", 0);

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    g_assert_nonnull (strstr (said, names[i]));
}

static void
test_version (void)
{
  g_autofree char *said = run ("--version", 0);

  g_assert_cmpstr (said, ==, "shoald " PACKAGE_VERSION "\n");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/shoald/main/help", test_help);
  g_test_add_func ("/shoald/main/version", test_version);
  return g_test_run ();
}
