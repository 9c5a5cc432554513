/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "node/mesh-node-config.h"

#include "base/mesh-error.h"

#define PEER "12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA"

static void
set (char ***field, const char *value)
{
  const char *const list[] = { value, NULL };

  g_strfreev (*field);
  *field = g_strdupv ((char **) list);
}

static void
test_defaults (void)
{
  g_autoptr (MeshNodeConfig) config = mesh_node_config_new ("/nowhere");
  g_autoptr (MeshNodeConfig) copy = mesh_node_config_copy (config);
  g_autoptr (GError) error = NULL;

  g_assert_true (mesh_node_config_validate (config, &error));
  g_assert_no_error (error);
  g_assert_cmpint (config->sharing, ==, MESH_NODE_SHARING_UNDECIDED);
  g_assert_cmpstr (copy->data_dir, ==, "/nowhere");
  g_assert_true (copy->data_dir != config->data_dir);
}

static void
check_invalid (MeshNodeConfig *config, int code)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (mesh_node_config_validate (config, &error));
  g_assert_error (error, MESH_ERROR, code);
  mesh_node_config_free (config);
}

static void
test_invalid (void)
{
  MeshNodeConfig *config = mesh_node_config_new ("relative");

  check_invalid (config, MESH_ERROR_INVALID);
  config = mesh_node_config_new ("/n");
  set (&config->listen, "/ip4/127.0.0.1/udp/1");
  check_invalid (config, MESH_ERROR_UNSUPPORTED);
  config = mesh_node_config_new ("/n");
  set (&config->bootstrap, "/ip4/127.0.0.1/tcp/1");
  check_invalid (config, MESH_ERROR_INVALID);
  config = mesh_node_config_new ("/n");
  set (&config->gateways, "file:///etc/passwd");
  check_invalid (config, MESH_ERROR_INVALID);
  config = mesh_node_config_new ("/n");
  config->master_url = g_strdup ("https://");
  check_invalid (config, MESH_ERROR_INVALID);
  config = mesh_node_config_new ("/n");
  config->max_connections = 0;
  check_invalid (config, MESH_ERROR_INVALID);
}

static void
test_bounds (void)
{
  MeshNodeConfig *config = mesh_node_config_new ("/n");
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i <= MESH_NODE_MAX_BOOTSTRAP; i++)
    g_strv_builder_add (builder, "/ip4/127.0.0.1/tcp/1/p2p/" PEER);
  g_strfreev (config->bootstrap);
  config->bootstrap = g_strv_builder_end (builder);
  check_invalid (config, MESH_ERROR_LIMIT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/node/config/defaults", test_defaults);
  g_test_add_func ("/node/config/invalid", test_invalid);
  g_test_add_func ("/node/config/bounds", test_bounds);
  return g_test_run ();
}
