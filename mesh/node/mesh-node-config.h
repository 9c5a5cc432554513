/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <glib.h>

#include "source/mesh-source-scores.h"

/* Everything a node is told from outside; a value. */

typedef enum
{
  MESH_NODE_SHARING_UNDECIDED,     /* the person was not asked yet: as off */
  MESH_NODE_SHARING_OFF,           /* connects only while something is fetched */
  MESH_NODE_SHARING_DOWNLOAD_ONLY, /* connects, listens to nobody, serves nothing */
  MESH_NODE_SHARING_ON,            /* listens and serves what is shared */
} MeshNodeSharing;

#define MESH_NODE_N_SHARING (MESH_NODE_SHARING_ON + 1)

/* Who is asked which apps and versions there are. */
typedef enum
{
  MESH_NODE_REGISTRY_CENTRAL, /* the Master Server */
  MESH_NODE_REGISTRY_P2P,     /* the mesh */
  MESH_NODE_REGISTRY_HYBRID,  /* the Master Server, and the mesh when it fails */
} MeshNodeRegistry;

#define MESH_NODE_N_REGISTRY (MESH_NODE_REGISTRY_HYBRID + 1)

typedef enum
{
  MESH_NODE_DHT_AUTO,   /* a server once it can be reached, a client until then */
  MESH_NODE_DHT_CLIENT, /* only asks */
  MESH_NODE_DHT_SERVER,
  MESH_NODE_DHT_OFF,
} MeshNodeDht;

#define MESH_NODE_N_DHT (MESH_NODE_DHT_OFF + 1)

#define MESH_NODE_MAX_PREFIX_LEN 64
#define MESH_NODE_MAX_LISTEN 16
#define MESH_NODE_MAX_BOOTSTRAP 64
#define MESH_NODE_MAX_GATEWAYS 16

typedef struct
{
  char *data_dir;      /* (owned): absolute; made if missing, mode 0700 */
  char *desktop_dir;   /* (owned) (nullable): where menu entries are linked */
  char **listen;       /* (owned): multiaddrs; used while sharing is on */
  char **bootstrap;    /* (owned): multiaddrs with /p2p */
  char *master_url;    /* (owned) (nullable): %NULL: no Master Server */
  char **gateways;     /* (owned): base URLs of trustless gateways */
  char *agent_version; /* (owned): "shoal/0.1.0" */
  MeshNodeSharing sharing;
  gboolean is_serving_paused; /* on a metered network: sharing on, but serve nothing */
  MeshSourceStrategy strategy;
  guint64 cache_limit_bytes; /* 0: no limit but the disk */
  guint64 upload_bps;        /* 0: no limit */
  guint64 download_bps;      /* 0: no limit */
  guint max_connections;     /* 1 or more; takes effect at start */
  guint poll_interval_s;     /* between looks for updates; 0: only on demand */
  gboolean is_auto_staging;  /* fetch and stage what is found; never applied unasked */
  MeshNodeRegistry registry;
  MeshNodeDht dht;
  char *dht_prefix;        /* (owned): "/ipfs"; takes effect at start */
  gboolean has_mdns;       /* look for peers on the local network while sharing is on */
  gboolean is_announcing;  /* tell the mesh what is published and shared here */
  gboolean is_mini_master; /* say so to peers, and that they may start from here */
} MeshNodeConfig;

/**
 * mesh_node_config_new:
 * @data_dir: absolute path
 *
 * Returns: (transfer full): defaults: undecided, no limits, no servers, polls every
 *   %MESH_UPDATE_POLL_S, hybrid registry, DHT "auto" below "/ipfs", no mDNS, announces
 */
MeshNodeConfig *mesh_node_config_new (const char *data_dir) G_GNUC_WARN_UNUSED_RESULT;
MeshNodeConfig *
mesh_node_config_copy (const MeshNodeConfig *config) G_GNUC_WARN_UNUSED_RESULT;
void mesh_node_config_free (MeshNodeConfig *config);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshNodeConfig, mesh_node_config_free)

/**
 * mesh_node_config_validate:
 *
 * Parses every address and URL and checks the bounds above.
 *
 * Returns: %FALSE with %MESH_ERROR_INVALID, %MESH_ERROR_UNSUPPORTED or %MESH_ERROR_LIMIT
 */
gboolean mesh_node_config_validate (const MeshNodeConfig *config,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
