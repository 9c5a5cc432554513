/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "catalog/mesh-announcement.h"

/* One answer of a search: a listing, whose it is, and who said so. Pure; a counted value,
 * immutable for those who get it. Two results are the same app when app id, channel and
 * fingerprint are. */

#define MESH_REGISTRY_RESULT_MAX_SOURCES 16 /* named */

typedef struct
{
  char *app_id;                   /* (owned) */
  char *channel;                  /* (owned) */
  char *version;                  /* (owned) */
  char *name;                     /* (owned): the app's id when it has none */
  char *summary;                  /* (owned): "" */
  char *publisher;                /* (owned): what it calls itself; "" */
  char *fingerprint;              /* (owned): of the publisher's keys; "": not told */
  char *link;                     /* (owned): shoal:APP?key=FINGERPRINT */
  char *root;                     /* (owned): CID text; "": not told */
  char **categories;              /* (owned) */
  char **tags;                    /* (owned) */
  char **sources;                 /* (owned): "local", "peer ID", "master URL" */
  MeshAnnouncement *announcement; /* (owned) (nullable): what proves it */
  guint64 counter;
  guint64 size;         /* bytes; 0: unknown */
  gboolean is_verified; /* by keys trusted on this machine, or by those under which the
                           Master Server lists the app */
  gboolean is_disputed; /* other publishers claim the same app id */
  guint score;          /* how well it fits; higher is better */
} MeshRegistryResult;

MeshRegistryResult *mesh_registry_result_new (MeshAnnouncement *announcement,
                                              const char *source,
                                              gboolean is_verified,
                                              guint score) G_GNUC_WARN_UNUSED_RESULT;

/* What somebody says without a signature. */
typedef struct
{
  const char *app_id;
  const char *channel;
  const char *version;
  const char *name;        /* "": the app's id */
  const char *summary;     /* "" */
  const char *fingerprint; /* "" */
  char **categories;
  char **tags;
  guint64 counter;
  guint64 size;
} MeshRegistryClaim;

/**
 * mesh_registry_result_new_claim:
 * @claim: copied
 *
 * Returns: (transfer full): a result that is shown, and not verified
 */
MeshRegistryResult *
mesh_registry_result_new_claim (const MeshRegistryClaim *claim,
                                const char *source,
                                guint score) G_GNUC_WARN_UNUSED_RESULT;
MeshRegistryResult *mesh_registry_result_ref (MeshRegistryResult *result);
void mesh_registry_result_unref (MeshRegistryResult *result);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshRegistryResult, mesh_registry_result_unref)

/* Whether app id, channel and fingerprint are the same. */
gboolean mesh_registry_result_is_same_app (const MeshRegistryResult *a,
                                           const MeshRegistryResult *b);

/**
 * mesh_registry_result_merge:
 * @a: (nullable): a result
 * @b: another of the same app, channel and publisher
 *
 * Returns: (transfer full): the newer of the two with the sources of both; verified when
 *   either is; @a again when @b adds nothing
 */
MeshRegistryResult *
mesh_registry_result_merge (MeshRegistryResult *a,
                            MeshRegistryResult *b) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_registry_result_compare:
 *
 * Best first: verified, score, name, app id, fingerprint.
 */
int
mesh_registry_result_compare (const MeshRegistryResult *a, const MeshRegistryResult *b);
