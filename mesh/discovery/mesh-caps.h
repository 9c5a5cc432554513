/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <glib.h>

#include "base/mesh-bloom.h"

/* What a peer can do, as it says itself over /shoal/caps/1.0.0: docs/protocols/caps.md.
 * A value; hostile words, so nothing in it is more than a hint. */

#define MESH_CAPS_PROTOCOL "/shoal/caps/1.0.0"
#define MESH_CAPS_MAX_BYTES (16u * 1024) /* of the whole message */
#define MESH_CAPS_MAX_BLOOM_BYTES \
  (15u * 1024) /* 1 % false positives up to 12,800 roots */
#define MESH_CAPS_FALSE_POSITIVES 0.01
#define MESH_CAPS_MAX_ROLES 16      /* roles in one message, unknown ones included */
#define MESH_CAPS_MAX_ROLE_LEN 32   /* characters of one: a-z, 0-9 and '-' */
#define MESH_CAPS_MAX_ROOTS 1000000 /* how many roots a peer may say it holds */

typedef enum
{
  MESH_CAPS_ROLE_SEEDER = 1 << 0,      /* "seeder": serves what it holds */
  MESH_CAPS_ROLE_DHT_SERVER = 1 << 1,  /* "dht-server": answers DHT requests */
  MESH_CAPS_ROLE_MINI_MASTER = 1 << 2, /* "mini-master": HTTP API and gateway */
  MESH_CAPS_ROLE_RELAY = 1 << 3,       /* "relay": circuit relay v2 */
  MESH_CAPS_ROLE_BOOTSTRAP = 1 << 4,   /* "bootstrap": meant to be connected to first */
  MESH_CAPS_ROLE_PUBLISHER = 1 << 5,   /* "publisher": releases apps */
} MeshCapsRoles;

#define MESH_CAPS_N_ROLES 6

typedef struct
{
  guint64 counter;  /* grows with each change; an older one is ignored */
  guint roles;      /* #MeshCapsRoles; roles this build does not know are left out */
  guint64 up_bps;   /* bytes a second it may send to all peers; 0: no limit */
  guint64 down_bps; /* bytes a second it may receive; 0: no limit */
  guint64 n_roots;  /* how many roots the filter was made of */
  MeshBloom *roots; /* (owned) (nullable): keys are the roots' multihashes */
} MeshCaps;

MeshCaps *mesh_caps_new (void) G_GNUC_WARN_UNUSED_RESULT;
void mesh_caps_free (MeshCaps *caps);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshCaps, mesh_caps_free)

/**
 * mesh_caps_encode:
 *
 * Returns: (transfer full): the message, without its length prefix, at most
 *   %MESH_CAPS_MAX_BYTES
 */
GBytes *mesh_caps_encode (const MeshCaps *caps) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_caps_decode:
 * @error: %MESH_ERROR_LIMIT when too long, %MESH_ERROR_INVALID
 *
 * Returns: (transfer full) (nullable): what the peer said
 */
MeshCaps *mesh_caps_decode (const guint8 *data,
                            gsize len,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_caps_role_get_name:
 * @role: one of #MeshCapsRoles
 *
 * Returns: (transfer none): "seeder", "dht-server" …
 */
const char *mesh_caps_role_get_name (MeshCapsRoles role);

/**
 * mesh_caps_dup_role_names:
 *
 * Returns: (transfer full): the names of all roles in @roles, in the order of the enum
 */
char **mesh_caps_dup_role_names (guint roles) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_caps_may_hold:
 * @multihash: of a root
 *
 * Returns: whether the peer probably holds it; %FALSE when it gave no filter
 */
gboolean mesh_caps_may_hold (const MeshCaps *caps, const guint8 *multihash, gsize len);
