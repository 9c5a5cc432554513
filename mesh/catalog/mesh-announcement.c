/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "catalog/mesh-announcement.h"

#include <string.h>

#include "base/mesh-error.h"
#include "trust/mesh-signatures.h"
#include "trust/mesh-trust.h"

#define N_MEMBERS 3

struct MeshAnnouncement
{
  gatomicrefcount refs;
  MeshListing *listing; /* (owned) */
  GPtrArray *chain;     /* (owned) (element-type MeshKeyFile): oldest first */
  GArray *signatures;   /* (owned) (element-type MeshSignature) */
  GBytes *signed_bytes; /* (owned): the canonical listing */
};

static MeshAnnouncement *
new_announcement (MeshListing *listing, GPtrArray *chain)
{
  MeshAnnouncement *announcement = g_new0 (MeshAnnouncement, 1);
  g_autoptr (MeshJson) json = mesh_listing_to_json (listing);

  g_atomic_ref_count_init (&announcement->refs);
  announcement->listing = listing;
  announcement->chain = chain;
  announcement->signatures = mesh_signatures_new ();
  announcement->signed_bytes = mesh_json_to_bytes (json);
  return announcement;
}

/* The end of @chain, as much of it as may be carried. */
static GPtrArray *
copy_chain (GPtrArray *chain, guint max_len)
{
  GPtrArray *copy = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_key_file_unref);

  for (guint i = chain->len - MIN (chain->len, max_len); i < chain->len; i++)
    g_ptr_array_add (copy, mesh_key_file_ref (chain->pdata[i]));
  return copy;
}

MeshAnnouncement *
mesh_announcement_new (const MeshSignedManifest *release,
                       const char *publisher,
                       gint64 expires_s,
                       GError **error)
{
  const MeshManifest *manifest = mesh_signed_manifest_get_manifest (release);
  MeshListing *listing
      = mesh_listing_new (manifest, mesh_signed_manifest_get_digest (release), publisher,
                          MIN (expires_s, manifest->expires_s), error);

  if (listing == NULL)
    return NULL;
  return new_announcement (listing, copy_chain (mesh_signed_manifest_get_chain (release),
                                                MESH_ANNOUNCEMENT_MAX_CHAIN));
}

MeshAnnouncement *
mesh_announcement_renew (const MeshAnnouncement *announcement, gint64 expires_s)
{
  MeshListing *listing = mesh_listing_copy (announcement->listing);

  listing->expires_s = CLAMP (expires_s, 1, MESH_MANIFEST_MAX_LIFE_S);
  return new_announcement (listing,
                           copy_chain (announcement->chain, MESH_ANNOUNCEMENT_MAX_CHAIN));
}

MeshAnnouncement *
mesh_announcement_ref (MeshAnnouncement *announcement)
{
  g_atomic_ref_count_inc (&announcement->refs);
  return announcement;
}

void
mesh_announcement_unref (MeshAnnouncement *announcement)
{
  if (!g_atomic_ref_count_dec (&announcement->refs))
    return;
  mesh_listing_free (announcement->listing);
  g_ptr_array_unref (announcement->chain);
  g_array_unref (announcement->signatures);
  g_bytes_unref (announcement->signed_bytes);
  g_free (announcement);
}

gboolean
mesh_announcement_sign (MeshAnnouncement *announcement,
                        const MeshKeypair *keypair,
                        GError **error)
{
  return mesh_signatures_sign (announcement->signatures, announcement->signed_bytes,
                               keypair, error);
}

static GBytes *
write_with (const MeshAnnouncement *announcement, guint n_files)
{
  g_autoptr (MeshJson) json = mesh_json_new_object ();

  mesh_json_set (json, "announcement", mesh_listing_to_json (announcement->listing));
  mesh_json_set (json, "keys",
                 mesh_key_file_chain_to_json (announcement->chain, n_files));
  mesh_json_set (json, "signatures", mesh_signatures_to_json (announcement->signatures));
  return mesh_json_to_bytes (json);
}

GBytes *
mesh_announcement_to_bytes (MeshAnnouncement *announcement, GError **error)
{
  for (guint n = announcement->chain->len; n > 0; n--)
    {
      g_autoptr (GBytes) bytes = write_with (announcement, n);

      if (g_bytes_get_size (bytes) <= MESH_ANNOUNCEMENT_MAX_BYTES)
        return g_steal_pointer (&bytes);
    }
  g_set_error (error, MESH_ERROR, MESH_ERROR_TOO_LARGE,
               "The announcement of %s has more than %d bytes; use fewer keys, or a "
               "shorter summary",
               announcement->listing->app_id, MESH_ANNOUNCEMENT_MAX_BYTES);
  return NULL;
}

static MeshAnnouncement *
read_announcement (const MeshJson *json, GError **error)
{
  g_autoptr (GPtrArray) chain = NULL;
  g_autoptr (GArray) signatures = NULL;
  g_autoptr (MeshListing) listing = NULL;
  const MeshJson *object;
  MeshAnnouncement *announcement;

  if (mesh_json_get_kind (json) != MESH_JSON_OBJECT
      || mesh_json_get_length (json) != N_MEMBERS)
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_INVALID, "This is no announcement");
      return NULL;
    }
  object = mesh_json_read_container (json, "announcement", MESH_JSON_OBJECT, 64, error);
  if (object == NULL || (listing = mesh_listing_from_json (object, error)) == NULL
      || (chain = mesh_key_file_chain_from_json (json, MESH_ANNOUNCEMENT_MAX_CHAIN,
                                                 "announcement", error))
             == NULL
      || (signatures = mesh_signatures_from_json (json, error)) == NULL)
    return NULL;
  announcement = new_announcement (g_steal_pointer (&listing), g_steal_pointer (&chain));
  g_array_unref (announcement->signatures);
  announcement->signatures = g_steal_pointer (&signatures);
  return announcement;
}

MeshAnnouncement *
mesh_announcement_parse (const guint8 *data, gsize len, GError **error)
{
  g_autoptr (MeshJson) json = NULL;
  g_autoptr (MeshAnnouncement) announcement = NULL;
  g_autoptr (GBytes) canonical = NULL;
  g_autoptr (GBytes) given = NULL;

  if (len > MESH_ANNOUNCEMENT_MAX_BYTES)
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_TOO_LARGE,
                   "The announcement has more than %d bytes",
                   MESH_ANNOUNCEMENT_MAX_BYTES);
      return NULL;
    }
  json = mesh_json_parse (data, len, error);
  if (json == NULL)
    return NULL;
  announcement = read_announcement (json, error);
  if (announcement == NULL)
    return NULL;
  /* From what was understood, not from the JSON: nothing may hide beside it. */
  canonical = write_with (announcement, announcement->chain->len);
  given = g_bytes_new_static (data, len);
  if (g_bytes_equal (canonical, given))
    return g_steal_pointer (&announcement);
  g_set_error (error, MESH_ERROR, MESH_ERROR_INVALID,
               "The announcement is not in canonical form");
  return NULL;
}

/* Anybody could add signatures that count for nothing and so make many announcements of
 * one. */
static gboolean
check_signers (const MeshAnnouncement *announcement, GError **error)
{
  const MeshKeyFile *keys = mesh_announcement_get_keys (announcement);

  for (guint i = 0; i < announcement->signatures->len; i++)
    if (!mesh_key_file_has_key (
            keys, g_array_index (announcement->signatures, MeshSignature, i).key))
      {
        g_set_error (error, MESH_ERROR, MESH_ERROR_UNKNOWN_KEY,
                     "Somebody who may not has signed the announcement of %s",
                     announcement->listing->app_id);
        return FALSE;
      }
  return TRUE;
}

gboolean
mesh_announcement_verify (const MeshAnnouncement *announcement, GError **error)
{
  const MeshListing *listing = announcement->listing;
  const MeshKeyFile *keys = mesh_announcement_get_keys (announcement);
  g_autoptr (MeshTrustState) stranger
      = mesh_trust_state_new (listing->app_id, listing->channel);

  if (mesh_trust_verify_chain (stranger, announcement->chain, error) == NULL
      || !check_signers (announcement, error)
      || !mesh_key_file_verify_document (keys, announcement->signatures,
                                         announcement->signed_bytes, "announcement",
                                         error))
    return FALSE;
  if (listing->key_version == mesh_key_file_get_version (keys))
    return TRUE;
  g_set_error (error, MESH_ERROR, MESH_ERROR_MIXED,
               "The announcement of %s and the keys beside it do not belong together",
               listing->app_id);
  return FALSE;
}

gboolean
mesh_announcement_follows (const MeshAnnouncement *announcement, const MeshKeyFile *keys)
{
  g_autoptr (MeshTrustState) trust = mesh_trust_state_new (
      announcement->listing->app_id, announcement->listing->channel);

  trust->keys = mesh_key_file_ref ((MeshKeyFile *) keys);
  return mesh_trust_verify_chain (trust, announcement->chain, NULL) != NULL;
}

const MeshListing *
mesh_announcement_get_listing (const MeshAnnouncement *announcement)
{
  return announcement->listing;
}

MeshKeyFile *
mesh_announcement_get_keys (const MeshAnnouncement *announcement)
{
  return announcement->chain->pdata[announcement->chain->len - 1];
}

const char *
mesh_announcement_get_fingerprint (const MeshAnnouncement *announcement)
{
  return mesh_key_file_get_fingerprint (mesh_announcement_get_keys (announcement));
}

char *
mesh_announcement_dup_author (const MeshAnnouncement *announcement)
{
  const MeshKeyFile *keys = mesh_announcement_get_keys (announcement);
  const guint8 *least = mesh_key_file_get_key (keys, 0);

  for (gsize i = 1; i < mesh_key_file_get_n_keys (keys); i++)
    if (memcmp (mesh_key_file_get_key (keys, i), least, MESH_KEY_FILE_KEY_LEN) < 0)
      least = mesh_key_file_get_key (keys, i);
  return mesh_signatures_dup_hex (least, MESH_KEY_FILE_KEY_LEN);
}

const char *
mesh_announcement_get_topic (const MeshAnnouncement *announcement)
{
  char **categories = announcement->listing->categories;

  for (gsize i = 0; categories[i] != NULL; i++)
    if (g_ascii_strcasecmp (categories[i], MESH_ANNOUNCEMENT_PLUGIN_CATEGORY) == 0)
      return MESH_ANNOUNCEMENT_TOPIC_PLUGINS;
  return MESH_ANNOUNCEMENT_TOPIC_UPDATES;
}
