/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "node/mesh-node-config.h"

#include <string.h>

#include "base/mesh-error.h"
#include "peer/mesh-multiaddr.h"
#include "update/mesh-update-engine.h"

MeshNodeConfig *
mesh_node_config_new (const char *data_dir)
{
  MeshNodeConfig *config = g_new0 (MeshNodeConfig, 1);

  config->data_dir = g_strdup (data_dir);
  config->listen = g_new0 (char *, 1);
  config->bootstrap = g_new0 (char *, 1);
  config->gateways = g_new0 (char *, 1);
  config->agent_version = g_strdup ("shoal/" PACKAGE_VERSION);
  config->sharing = MESH_NODE_SHARING_UNDECIDED;
  config->strategy = MESH_SOURCE_STRATEGY_PERFORMANCE;
  config->max_connections = 512;
  config->poll_interval_s = MESH_UPDATE_POLL_S;
  config->registry = MESH_NODE_REGISTRY_HYBRID;
  config->dht = MESH_NODE_DHT_AUTO;
  config->dht_prefix = g_strdup ("/ipfs");
  config->is_announcing = TRUE;
  return config;
}

MeshNodeConfig *
mesh_node_config_copy (const MeshNodeConfig *config)
{
  MeshNodeConfig *copy = g_memdup2 (config, sizeof *config);

  copy->data_dir = g_strdup (config->data_dir);
  copy->desktop_dir = g_strdup (config->desktop_dir);
  copy->listen = g_strdupv (config->listen);
  copy->bootstrap = g_strdupv (config->bootstrap);
  copy->master_url = g_strdup (config->master_url);
  copy->gateways = g_strdupv (config->gateways);
  copy->agent_version = g_strdup (config->agent_version);
  copy->dht_prefix = g_strdup (config->dht_prefix);
  return copy;
}

void
mesh_node_config_free (MeshNodeConfig *config)
{
  if (config == NULL)
    return;
  g_free (config->data_dir);
  g_free (config->desktop_dir);
  g_strfreev (config->listen);
  g_strfreev (config->bootstrap);
  g_free (config->master_url);
  g_strfreev (config->gateways);
  g_free (config->agent_version);
  g_free (config->dht_prefix);
  g_free (config);
}

static gboolean
check_url (const char *url, GError **error)
{
  g_autoptr (GUri) uri = NULL;
  g_autoptr (GError) local = NULL;
  const char *scheme;

  uri = g_uri_parse (url, G_URI_FLAGS_NONE, &local);
  if (uri == NULL)
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_INVALID, "“%s” is not a URL: %s", url,
                   local->message);
      return FALSE;
    }
  scheme = g_uri_get_scheme (uri);
  if ((strcmp (scheme, "http") != 0 && strcmp (scheme, "https") != 0)
      || g_uri_get_host (uri) == NULL || *g_uri_get_host (uri) == '\0')
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_INVALID,
                   "“%s” must begin with http:// or https:// and name a server", url);
      return FALSE;
    }
  return TRUE;
}

static gboolean
check_addresses (char **addresses, gsize max, gboolean needs_peer, GError **error)
{
  if (g_strv_length (addresses) > max)
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_LIMIT,
                   "At most %" G_GSIZE_FORMAT " addresses can be given", max);
      return FALSE;
    }
  for (char **text = addresses; *text != NULL; text++)
    {
      g_autoptr (MeshMultiaddr) addr = mesh_multiaddr_parse (*text, error);
      g_autoptr (MeshPeerId) peer_id = NULL;

      if (addr == NULL)
        {
          g_prefix_error (error, "“%s”: ", *text);
          return FALSE;
        }
      peer_id = mesh_multiaddr_dup_peer_id (addr);
      if (needs_peer && peer_id == NULL)
        {
          g_set_error (error, MESH_ERROR, MESH_ERROR_INVALID,
                       "“%s” must end in /p2p/ and the id of the peer", *text);
          return FALSE;
        }
      if (!needs_peer && !mesh_multiaddr_find (addr, MESH_MULTIADDR_TCP, NULL))
        {
          g_set_error (error, MESH_ERROR, MESH_ERROR_UNSUPPORTED,
                       "“%s” can not be listened on: write /ip4/…/tcp/PORT or "
                       "/ip6/…/tcp/PORT",
                       *text);
          return FALSE;
        }
    }
  return TRUE;
}

/* A prefix is put before "/kad/1.0.0" in a protocol id. */
static gboolean
check_prefix (const char *prefix, GError **error)
{
  gsize len = prefix != NULL ? strlen (prefix) : 0;

  if (len >= 2 && len <= MESH_NODE_MAX_PREFIX_LEN && *prefix == '/'
      && prefix[len - 1] != '/' && strstr (prefix, "//") == NULL
      && strspn (prefix, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                         "-._/")
             == len)
    return TRUE;
  g_set_error (error, MESH_ERROR, MESH_ERROR_INVALID,
               "“%s” is no prefix for the hash table: write it as “/ipfs”, with letters, "
               "digits and -._/",
               prefix != NULL ? prefix : "");
  return FALSE;
}

gboolean
mesh_node_config_validate (const MeshNodeConfig *config, GError **error)
{
  if (config->data_dir == NULL || !g_path_is_absolute (config->data_dir))
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_INVALID,
                   "The data folder “%s” must be an absolute path",
                   config->data_dir != NULL ? config->data_dir : "");
      return FALSE;
    }
  if (!check_prefix (config->dht_prefix, error))
    return FALSE;
  if (config->max_connections == 0)
    {
      g_set_error_literal (error, MESH_ERROR, MESH_ERROR_INVALID,
                           "At least one connection must be allowed");
      return FALSE;
    }
  if (!check_addresses (config->listen, MESH_NODE_MAX_LISTEN, FALSE, error)
      || !check_addresses (config->bootstrap, MESH_NODE_MAX_BOOTSTRAP, TRUE, error))
    return FALSE;
  if (config->master_url != NULL && !check_url (config->master_url, error))
    return FALSE;
  if (g_strv_length (config->gateways) > MESH_NODE_MAX_GATEWAYS)
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_LIMIT,
                   "At most %d gateways can be given", MESH_NODE_MAX_GATEWAYS);
      return FALSE;
    }
  for (char **url = config->gateways; *url != NULL; url++)
    if (!check_url (*url, error))
      return FALSE;
  return TRUE;
}
