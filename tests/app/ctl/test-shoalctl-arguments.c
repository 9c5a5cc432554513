/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "ctl/shoalctl-arguments.h"

static ShoalctlArguments *
parse (const char *line, GError **error)
{
  g_auto (GStrv) argv = g_strsplit (line, " ", -1);

  return shoalctl_arguments_parse ((const char *const *) argv, error);
}

static ShoalctlArguments *
parse_good (const char *line)
{
  g_autoptr (GError) error = NULL;
  ShoalctlArguments *args = parse (line, &error);

  g_assert_no_error (error);
  return args;
}

static void
test_command (void)
{
  g_autoptr (ShoalctlArguments) args
      = parse_good ("--bus-name org.example.B car export --json bafy out.car");

  g_assert_cmpstr (shoalctl_arguments_get_command (args)->name, ==, "car export");
  g_assert_cmpstr (shoalctl_arguments_get (args, "bus-name"), ==, "org.example.B");
  g_assert_true (shoalctl_arguments_has (args, "json"));
  g_assert_false (shoalctl_arguments_has (args, "quiet"));
  g_assert_cmpstr (shoalctl_arguments_get_words (args)[0], ==, "bafy");
  g_assert_cmpstr (shoalctl_arguments_get_words (args)[1], ==, "out.car");
  g_assert_null (shoalctl_arguments_get_words (args)[2]);
}

static void
test_values (void)
{
  g_autoptr (ShoalctlArguments) args = parse_good (
      "add --chunker=size-5 x --max-links 1024 --raw-leaves --hash a --hash b");

  g_assert_cmpstr (shoalctl_arguments_get (args, "chunker"), ==, "size-5");
  g_assert_cmpuint (shoalctl_arguments_get_number (args, "max-links", 7), ==, 1024);
  g_assert_cmpuint (shoalctl_arguments_get_number (args, "absent", 7), ==, 7);
  g_assert_cmpstr (shoalctl_arguments_get (args, "raw-leaves"), ==, "");
  g_assert_cmpstr (shoalctl_arguments_get (args, "hash"), ==, "b");
}

static void
test_list (void)
{
  g_autoptr (ShoalctlArguments) args
      = parse_good ("publish d --app i --version 1.0 --category A --category B");
  const char *const *list = shoalctl_arguments_get_list (args, "category");

  g_assert_cmpstr (list[0], ==, "A");
  g_assert_cmpstr (list[1], ==, "B");
  g_assert_null (list[2]);
}

static void
test_path (void)
{
  g_autoptr (ShoalctlArguments) args = parse_good ("get c -o some/../file");
  g_autofree char *expected = g_canonicalize_filename ("file", NULL);

  g_assert_cmpstr (shoalctl_arguments_get (args, "output"), ==, expected);
  g_assert_true (g_path_is_absolute (expected));
}

static void
test_literal (void)
{
  g_autoptr (ShoalctlArguments) args = parse_good ("launch app -- --json -x");

  g_assert_false (shoalctl_arguments_has (args, "json"));
  g_assert_cmpstr (shoalctl_arguments_get_words (args)[0], ==, "app");
  g_assert_cmpstr (shoalctl_arguments_get_words (args)[1], ==, "--json");
  g_assert_cmpstr (shoalctl_arguments_get_words (args)[2], ==, "-x");
}

static void
test_version (void)
{
  g_autoptr (ShoalctlArguments) global = parse_good ("--version");
  g_autoptr (ShoalctlArguments) local = parse_good ("publish d --app i --version 1.0");

  g_assert_true (shoalctl_arguments_wants_version (global));
  g_assert_false (shoalctl_arguments_wants_version (local));
  g_assert_cmpstr (shoalctl_arguments_get (local, "version"), ==, "1.0");
}

static void
test_wrong (void)
{
  static const char *const lines[] = {
    "",
    "frobnicate",
    "status extra",
    "get",
    "add x --chunker",
    "add x --no-such-option",
    "add x --raw-leaves=yes",
    "add x --max-links many",
    "add x --max-links -1",
    "add x -z",
    "publish d --app i",
    "car",
    "car explode a b",
    "--bus-name",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (ShoalctlArguments) args = parse (lines[i], &error);

      g_test_message ("%s", lines[i]);
      g_assert_null (args);
      g_assert_error (error, SHOALCTL_USAGE_ERROR, SHOALCTL_USAGE_ERROR_WRONG);
    }
}

static void
test_help_needs_no_arguments (void)
{
  g_autoptr (ShoalctlArguments) args = parse_good ("get --help");

  g_assert_true (shoalctl_arguments_has (args, "help"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ctl/arguments/command", test_command);
  g_test_add_func ("/ctl/arguments/values", test_values);
  g_test_add_func ("/ctl/arguments/list", test_list);
  g_test_add_func ("/ctl/arguments/path", test_path);
  g_test_add_func ("/ctl/arguments/literal", test_literal);
  g_test_add_func ("/ctl/arguments/version", test_version);
  g_test_add_func ("/ctl/arguments/wrong", test_wrong);
  g_test_add_func ("/ctl/arguments/help", test_help_needs_no_arguments);
  return g_test_run ();
}
