/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "config/shoald-config.h"

#include <string.h>

#include "config/shoald-error.h"

#define PEER "12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA"

typedef struct
{
  const char *key;
  const char *value; /* GVariant text */
  gboolean is_good;
} Case;

static const Case cases[] = {
  { "sharing-mode", "'on'", TRUE },
  { "sharing-mode", "'download-only'", TRUE },
  { "sharing-mode", "'ON'", FALSE },
  { "sharing-mode", "true", FALSE },
  { "max-transfers", "uint32 1", TRUE },
  { "max-transfers", "uint32 64", TRUE },
  { "max-transfers", "uint32 0", FALSE },
  { "max-transfers", "uint32 65", FALSE },
  { "max-transfers", "10", FALSE },
  { "check-interval-s", "uint32 59", FALSE },
  { "check-interval-s", "uint32 60", TRUE },
  { "max-upload-bps", "uint64 0", TRUE },
  { "max-upload-bps", "uint64 18446744073709551615", FALSE },
  { "listen", "@as []", TRUE },
  { "listen", "['/ip4/127.0.0.1/tcp/0', '/ip6/::1/tcp/4001']", TRUE },
  { "listen", "['/ip4/127.0.0.1/udp/4001/quic-v1']", FALSE },
  { "listen", "['127.0.0.1:4001']", FALSE },
  { "bootstrap", "['/ip4/127.0.0.1/tcp/4001/p2p/" PEER "']", TRUE },
  { "bootstrap", "['/ip4/127.0.0.1/tcp/4001']", FALSE },
  { "bootstrap", "['']", FALSE },
  { "master-url", "''", TRUE },
  { "master-url", "'https://shoal.example'", TRUE },
  { "master-url", "'ftp://shoal.example'", FALSE },
  { "master-url", "'shoal.example'", FALSE },
  { "master-url", "'http://'", FALSE },
  { "gateways", "['http://127.0.0.1:8080']", TRUE },
  { "gateways", "['http://a.example', 'nonsense']", FALSE },
  { "metered-policy", "'serving'", TRUE },
  { "metered-policy", "''", FALSE },
  { "auto-fetch", "false", TRUE },
  { "auto-fetch", "'false'", FALSE },
  { "source-strategy", "'privacy'", TRUE },
  { "source-strategy", "'speed'", FALSE },
  { "data-dir", "'/tmp'", TRUE },
  { "data-dir", "'tmp'", FALSE },
  { "no-such-setting", "'on'", FALSE },
  { "", "''", FALSE },
};

static GVariant *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  GVariant *value = g_variant_parse (NULL, text, NULL, NULL, &error);

  g_assert_no_error (error);
  return g_variant_ref_sink (value);
}

static void
test_check (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GVariant) value = parse (cases[i].value);
      g_autoptr (GError) error = NULL;
      gboolean is_good = shoald_config_check (cases[i].key, value, &error);

      g_test_message ("%s = %s: %s", cases[i].key, cases[i].value,
                      error != NULL ? error->message : "good");
      g_assert_cmpint (is_good, ==, cases[i].is_good);
      if (is_good)
        continue;
      g_assert_error (error, SHOALD_ERROR, SHOALD_ERROR_CONFIG);
      g_assert_nonnull (strstr (error->message, cases[i].key));
    }
}

static void
test_long_values (void)
{
  g_autofree char *text = g_strnfill (SHOALD_CONFIG_MAX_TEXT_LEN + 1, 'a');
  g_autofree char *path = g_strconcat ("/", text, NULL);
  g_autoptr (GVariant) too_long = g_variant_ref_sink (g_variant_new_string (path));
  g_autoptr (GVariant) two_lines
      = g_variant_ref_sink (g_variant_new_string ("/tmp\nsharing-mode=on"));
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) list = NULL;
  g_autoptr (GVariant) too_many = NULL;

  for (guint i = 0; i <= SHOALD_CONFIG_MAX_LIST_LEN; i++)
    g_strv_builder_add (builder, "http://a.example");
  list = g_strv_builder_end (builder);
  too_many = g_variant_ref_sink (g_variant_new_strv ((const char *const *) list, -1));
  g_assert_false (shoald_config_check ("data-dir", too_long, NULL));
  g_assert_false (shoald_config_check ("data-dir", two_lines, NULL));
  g_assert_false (shoald_config_check ("gateways", too_many, NULL));
}

/* The defaults pass their own checks, but for the data folder, which has none. */
static void
test_defaults (void)
{
  g_autoptr (ShoaldConfig) config = shoald_config_new ();
  g_autoptr (GVariant) all = g_variant_ref_sink (shoald_config_to_variant (config));
  guint n = 0;

  for (const char *const *key = shoald_config_list_keys (); *key != NULL; key++, n++)
    {
      g_autoptr (GVariant) value = g_variant_lookup_value (all, *key, NULL);
      g_autoptr (GError) error = NULL;

      g_assert_nonnull (value);
      g_assert_false (shoald_config_is_saved (config, *key));
      g_assert_cmpstr (g_variant_get_type_string (value), ==,
                       shoald_config_get_type_string (*key));
      if (strcmp (*key, "data-dir") == 0)
        continue;
      g_assert_true (shoald_config_check (*key, value, &error));
      g_assert_no_error (error);
    }
  g_assert_cmpuint (g_variant_n_children (all), ==, n);
}

static void
test_change (void)
{
  g_autoptr (ShoaldConfig) config = shoald_config_new ();
  g_autoptr (ShoaldConfig) changed = NULL;
  g_autoptr (GVariant) good
      = parse ("{'sharing-mode': <'on'>, 'max-connections': <uint32 7>}");
  g_auto (GStrv) restart = NULL;
  g_autoptr (GError) error = NULL;

  changed = shoald_config_change (config, good, &restart, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (shoald_config_get_string (changed, "sharing-mode"), ==, "on");
  g_assert_cmpstr (shoald_config_get_string (config, "sharing-mode"), ==, "undecided");
  g_assert_true (shoald_config_is_saved (changed, "sharing-mode"));
  g_assert_cmpuint (g_strv_length (restart), ==, 1);
  g_assert_cmpstr (restart[0], ==, "max-connections");
}

static void
test_change_refused (void)
{
  static const char *const bad[] = {
    "{'sharing-mode': <'on'>, 'max-transfers': <uint32 0>}",
    "{'sharing-mode': <'on'>, 'colour': <'blue'>}",
    "{'data-dir': <'/tmp'>}",
    "{'mini-master': <true>}",
    "{'http': <'127.0.0.1:1'>}",
  };
  g_autoptr (ShoaldConfig) config = shoald_config_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GVariant) values = parse (bad[i]);
      g_autoptr (GError) error = NULL;

      g_assert_null (shoald_config_change (config, values, NULL, &error));
      g_assert_error (error, SHOALD_ERROR, SHOALD_ERROR_CONFIG);
    }
  g_assert_cmpstr (shoald_config_get_string (config, "sharing-mode"), ==, "undecided");
}

static void
test_to_node (void)
{
  g_autoptr (ShoaldConfig) config = shoald_config_new ();
  g_autoptr (MeshNodeConfig) node = NULL;
  g_autoptr (GError) error = NULL;

  shoald_config_set (config, "data-dir", g_variant_new_string ("/var/empty"), FALSE);
  shoald_config_set (config, "sharing-mode", g_variant_new_string ("download-only"),
                     TRUE);
  shoald_config_set (config, "max-upload-bps", g_variant_new_uint64 (1000), TRUE);
  shoald_config_set (config, "source-strategy", g_variant_new_string ("cost"), TRUE);
  node = shoald_config_to_node (config);
  g_assert_cmpstr (node->data_dir, ==, "/var/empty");
  g_assert_cmpint (node->sharing, ==, MESH_NODE_SHARING_DOWNLOAD_ONLY);
  g_assert_cmpuint (node->upload_bps, ==, 1000);
  g_assert_cmpint (node->strategy, ==, MESH_SOURCE_STRATEGY_COST);
  g_assert_null (node->master_url);
  g_assert_true (mesh_node_config_validate (node, &error));
  g_assert_no_error (error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/shoald/config/check", test_check);
  g_test_add_func ("/shoald/config/long-values", test_long_values);
  g_test_add_func ("/shoald/config/defaults", test_defaults);
  g_test_add_func ("/shoald/config/change", test_change);
  g_test_add_func ("/shoald/config/change-refused", test_change_refused);
  g_test_add_func ("/shoald/config/to-node", test_to_node);
  return g_test_run ();
}
