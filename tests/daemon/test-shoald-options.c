/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "shoald-options.h"

#include <string.h>

#include "shoal-dbus-names.h"

#include "config/shoald-error.h"

#include "daemon/test-wait.h"

static ShoaldOptions *
parse (const char *line, GError **error)
{
  g_autofree char *whole = g_strconcat ("shoald ", line, NULL);
  g_auto (GStrv) arguments = g_strsplit (whole, " ", -1);

  return shoald_options_parse (&arguments, error);
}

static void
test_defaults (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ShoaldOptions) options = parse ("--config /nonexistent/c.conf", &error);

  g_assert_no_error (error);
  g_assert_cmpstr (options->bus_name, ==, SHOAL_DBUS_NAME);
  g_assert_true (g_str_has_suffix (
      shoald_config_get_string (options->config, SHOALD_CONFIG_DATA_DIR), "/shoal"));
  g_assert_cmpstr (shoald_config_get_string (options->config, SHOALD_CONFIG_SHARING_MODE),
                   ==, "undecided");
}

static void
test_values (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ShoaldOptions) options
      = parse ("--config /nonexistent/c.conf --data-dir some/where --no-mdns --master "
               "http://m.example --gateway http://g.example --gateway http://h.example "
               "--bus-name org.example.Name --mini-master --http [::]:80 --idle-exit 7 "
               "--listen /ip4/127.0.0.1/tcp/1 --listen /ip6/::1/tcp/1",
               &error);
  g_auto (GStrv) gateways = NULL;
  g_auto (GStrv) listen = NULL;

  g_assert_no_error (error);
  g_assert_cmpstr (options->bus_name, ==, "org.example.Name");
  g_assert_true (g_path_is_absolute (
      shoald_config_get_string (options->config, SHOALD_CONFIG_DATA_DIR)));
  gateways = shoald_config_dup_strv (options->config, SHOALD_CONFIG_GATEWAYS);
  g_assert_cmpuint (g_strv_length (gateways), ==, 2);
  listen = shoald_config_dup_strv (options->config, SHOALD_CONFIG_LISTEN);
  g_assert_cmpuint (g_strv_length (listen), ==, 2);
  g_assert_cmpuint (shoald_config_get_uint (options->config, SHOALD_CONFIG_IDLE_EXIT_S),
                    ==, 7);
  /* Who runs a server has decided to share. */
  g_assert_cmpstr (shoald_config_get_string (options->config, SHOALD_CONFIG_SHARING_MODE),
                   ==, "on");
  g_assert_false (shoald_config_is_saved (options->config, SHOALD_CONFIG_SHARING_MODE));
}

static void
test_usage_errors (void)
{
  static const char *const bad[]
      = { "--no-such-option", "file",         "--http 127.0.0.1:1",
          "--bus-name :1.2",  "--bus-name x", "--idle-exit never",
          "--idle-exit -5" };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", bad[i]);
      g_assert_null (parse (bad[i], &error));
      g_assert_true (error->domain == G_OPTION_ERROR);
    }
}

static void
test_value_errors (void)
{
  static const char *const bad[][2]
      = { { "--sharing maybe", "sharing-mode" },
          { "--listen 1.2.3.4:5", "listen" },
          { "--master ftp://x", "master-url" },
          { "--gateway x", "gateways" },
          { "--bootstrap /ip4/127.0.0.1/tcp/1", "bootstrap" } };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *line = g_strconcat ("--config /nonexistent/c ", bad[i][0], NULL);
      g_autoptr (GError) error = NULL;

      g_assert_null (parse (line, &error));
      g_assert_error (error, SHOALD_ERROR, SHOALD_ERROR_CONFIG);
      g_assert_nonnull (strstr (error->message, bad[i][1]));
    }
}

/* The command line goes before the file, and is not saved into it. */
static void
test_precedence (void)
{
  g_autofree char *dir = test_wait_make_dir ();
  g_autofree char *path = g_build_filename (dir, "c.conf", NULL);
  g_autofree char *line
      = g_strdup_printf ("--config %s --master http://line.example", path);
  g_autoptr (ShoaldOptions) options = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (
      path, "[shoald]\nmaster-url=http://file.example\nsharing-mode=off\n", -1, NULL));
  options = parse (line, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (shoald_config_get_string (options->config, SHOALD_CONFIG_MASTER_URL),
                   ==, "http://line.example");
  g_assert_false (shoald_config_is_saved (options->config, SHOALD_CONFIG_MASTER_URL));
  g_assert_cmpstr (shoald_config_get_string (options->config, SHOALD_CONFIG_SHARING_MODE),
                   ==, "off");
  g_assert_true (g_file_set_contents (path, "[shoald]\n\nnonsense=1\n", -1, NULL));
  g_clear_pointer (&options, shoald_options_free);
  options = parse (line, &error);
  g_assert_null (options);
  g_assert_error (error, SHOALD_ERROR, SHOALD_ERROR_CONFIG);
  g_assert_nonnull (strstr (error->message, ":3:"));
  test_wait_remove_dir (dir);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/shoald/options/defaults", test_defaults);
  g_test_add_func ("/shoald/options/values", test_values);
  g_test_add_func ("/shoald/options/usage-errors", test_usage_errors);
  g_test_add_func ("/shoald/options/value-errors", test_value_errors);
  g_test_add_func ("/shoald/options/precedence", test_precedence);
  return g_test_run ();
}
