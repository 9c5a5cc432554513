/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <glib.h>

/* What a source of blocks is. */
typedef enum
{
  MESH_SOURCE_STORE,   /* the local store */
  MESH_SOURCE_PEERS,   /* bitswap with mesh and IPFS peers */
  MESH_SOURCE_GATEWAY, /* an HTTP gateway */
  MESH_SOURCE_MASTER,  /* the gateway of the Master Server */
} MeshSourceKind;

#define MESH_SOURCE_N_KINDS (MESH_SOURCE_MASTER + 1)

/**
 * mesh_source_kind_get_name:
 *
 * Returns: (transfer none): "store", "peers", "gateway" or "master", as on D-Bus
 */
const char *mesh_source_kind_get_name (MeshSourceKind kind);
