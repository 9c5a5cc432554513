/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "peer/mesh-keypair.h"
#include "trust/mesh-signed-manifest.h"
#include "catalog/mesh-listing.h"

/* What a publisher tells everybody about a release: a signed, bounded digest of its
 * manifest with what a search shows. Canonical JSON (RFC 8785):
 *   {"announcement":{...},"keys":[KEY FILE...],"signatures":[{"key":HEX,"sig":HEX}...]}
 * The key files make it verify on its own: the last one is in force and its fingerprint
 * is the publisher; those before it, as many as fit, lead there from older keys. See
 * docs/protocols/registry.md. */

#define MESH_ANNOUNCEMENT_MAX_BYTES 8192
#define MESH_ANNOUNCEMENT_MAX_CHAIN 4                     /* key files */
#define MESH_ANNOUNCEMENT_LIFE_S (60 * 24 * 60 * 60)      /* of a new one */
#define MESH_ANNOUNCEMENT_MAX_LIFE_S (400 * 24 * 60 * 60) /* of one that is believed */

#define MESH_ANNOUNCEMENT_TOPIC_UPDATES "scm/global/updates"
#define MESH_ANNOUNCEMENT_TOPIC_PLUGINS "scm/global/plugins"
/* Apps of this category are announced on the plugins' topic. */
#define MESH_ANNOUNCEMENT_PLUGIN_CATEGORY "plugin"

/* Counted; immutable once it is signed. */
typedef struct MeshAnnouncement MeshAnnouncement;

/**
 * mesh_announcement_new:
 * @release: a release; what it says is copied, cut at the bounds above
 * @publisher: (nullable): what the publisher calls itself
 * @expires_s: Unix time; not later than the release's own expiry
 *
 * Returns: (transfer full): an announcement without signatures, or %NULL with
 *   %MESH_ERROR_INVALID
 */
MeshAnnouncement *mesh_announcement_new (const MeshSignedManifest *release,
                                         const char *publisher,
                                         gint64 expires_s,
                                         GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_announcement_renew:
 *
 * Returns: (transfer full): the same announcement until @expires_s, without signatures
 */
MeshAnnouncement *mesh_announcement_renew (const MeshAnnouncement *announcement,
                                           gint64 expires_s) G_GNUC_WARN_UNUSED_RESULT;
MeshAnnouncement *mesh_announcement_ref (MeshAnnouncement *announcement);
void mesh_announcement_unref (MeshAnnouncement *announcement);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshAnnouncement, mesh_announcement_unref)

/**
 * mesh_announcement_sign:
 *
 * Returns: %FALSE with %MESH_ERROR_EXISTS (this key signed already) or %MESH_ERROR_LIMIT
 */
gboolean mesh_announcement_sign (MeshAnnouncement *announcement,
                                 const MeshKeypair *keypair,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_announcement_to_bytes:
 *
 * Leaves out the oldest key files when it would be too long otherwise.
 *
 * Returns: (transfer full): canonical bytes, or %NULL with %MESH_ERROR_TOO_LARGE
 */
GBytes *mesh_announcement_to_bytes (MeshAnnouncement *announcement,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_announcement_parse:
 * @data: bytes from anyone
 * @len: at most %MESH_ANNOUNCEMENT_MAX_BYTES, else %MESH_ERROR_TOO_LARGE
 *
 * Only the canonical form is accepted. Proves nothing: mesh_announcement_verify() does.
 */
MeshAnnouncement *mesh_announcement_parse (const guint8 *data,
                                           gsize len,
                                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_announcement_verify:
 *
 * Checks the key files against each other and the signatures against the last of them.
 * Who that publisher is, is another question: mesh_announcement_follows().
 *
 * Returns: %FALSE with %MESH_ERROR_BAD_SIGNATURE, %MESH_ERROR_THRESHOLD,
 *   %MESH_ERROR_UNKNOWN_KEY, %MESH_ERROR_MIXED or %MESH_ERROR_WRONG_APP
 */
gboolean mesh_announcement_verify (const MeshAnnouncement *announcement,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_announcement_follows:
 * @announcement: verified
 * @keys: a key file that is believed
 *
 * Returns: whether the announcement's key files are @keys or lead there from @keys by
 *   their consent: then it is by the same publisher
 */
gboolean
mesh_announcement_follows (const MeshAnnouncement *announcement, const MeshKeyFile *keys);

const MeshListing *mesh_announcement_get_listing (const MeshAnnouncement *announcement);

/**
 * mesh_announcement_get_keys:
 *
 * Returns: (transfer none): the key file in force
 */
MeshKeyFile *mesh_announcement_get_keys (const MeshAnnouncement *announcement);

/**
 * mesh_announcement_get_fingerprint:
 *
 * Returns: (transfer none): of the key file in force
 */
const char *mesh_announcement_get_fingerprint (const MeshAnnouncement *announcement);

/**
 * mesh_announcement_dup_author:
 *
 * A fingerprint is of the keys of one app; an author is the same for all apps that are
 * signed by the same keys.
 *
 * Returns: (transfer full): the least of the keys in force, in hex
 */
char *mesh_announcement_dup_author (const MeshAnnouncement *announcement)
    G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_announcement_get_topic:
 *
 * Returns: (transfer none): where it is published: %MESH_ANNOUNCEMENT_TOPIC_PLUGINS when
 *   "plugin" is among its categories, else %MESH_ANNOUNCEMENT_TOPIC_UPDATES
 */
const char *mesh_announcement_get_topic (const MeshAnnouncement *announcement);
