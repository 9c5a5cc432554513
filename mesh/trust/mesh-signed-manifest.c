/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "trust/mesh-signed-manifest.h"

#include "base/mesh-error.h"
#include "trust/mesh-signatures.h"

struct MeshSignedManifest
{
  MeshManifest *manifest; /* (owned) */
  GPtrArray *chain;       /* (owned) (element-type MeshKeyFile) */
  GArray *signatures;     /* (owned) (element-type MeshSignature) */
  GBytes *signed_bytes;   /* (owned): the canonical manifest */
  char *digest;           /* (owned) */
};

static MeshSignedManifest *
new_envelope (MeshManifest *manifest, GPtrArray *chain, const MeshJson *json)
{
  MeshSignedManifest *envelope = g_new0 (MeshSignedManifest, 1);

  envelope->manifest = mesh_manifest_ref (manifest);
  envelope->chain = g_ptr_array_ref (chain);
  envelope->signatures = mesh_signatures_new ();
  envelope->signed_bytes = mesh_json_to_bytes (json);
  envelope->digest
      = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, envelope->signed_bytes);
  return envelope;
}

MeshSignedManifest *
mesh_signed_manifest_new (MeshManifest *manifest, GPtrArray *chain)
{
  g_autoptr (MeshJson) json = NULL;

  g_return_val_if_fail (manifest != NULL && chain != NULL && chain->len > 0, NULL);
  json = mesh_manifest_to_json (manifest);
  return new_envelope (manifest, chain, json);
}

void
mesh_signed_manifest_free (MeshSignedManifest *envelope)
{
  if (envelope == NULL)
    return;
  mesh_manifest_unref (envelope->manifest);
  g_ptr_array_unref (envelope->chain);
  g_array_unref (envelope->signatures);
  g_bytes_unref (envelope->signed_bytes);
  g_free (envelope->digest);
  g_free (envelope);
}

static MeshSignedManifest *
read_envelope (const MeshJson *json, GError **error)
{
  g_autoptr (MeshManifest) manifest = NULL;
  g_autoptr (GPtrArray) chain
      = mesh_key_file_chain_from_json (json, MESH_KEY_FILE_MAX_CHAIN, "release", error);
  g_autoptr (GArray) signatures = NULL;
  const MeshJson *object;
  MeshSignedManifest *envelope;

  if (chain == NULL)
    return NULL;
  object = mesh_json_read_container (json, "manifest", MESH_JSON_OBJECT, 64, error);
  if (object == NULL)
    return NULL;
  signatures = mesh_signatures_from_json (json, error);
  if (signatures == NULL)
    return NULL;
  manifest = mesh_manifest_from_json (object, error);
  if (manifest == NULL)
    return NULL;
  envelope = new_envelope (manifest, chain, object);
  g_array_unref (envelope->signatures);
  envelope->signatures = g_steal_pointer (&signatures);
  return envelope;
}

MeshSignedManifest *
mesh_signed_manifest_parse (const guint8 *data, gsize len, GError **error)
{
  g_autoptr (MeshJson) json = NULL;
  g_autoptr (GBytes) canonical = NULL;
  g_autoptr (GBytes) given = NULL;

  if (len > MESH_SIGNED_MANIFEST_MAX_BYTES)
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_TOO_LARGE,
                   "The release description has more than %u bytes",
                   MESH_SIGNED_MANIFEST_MAX_BYTES);
      return NULL;
    }
  json = mesh_json_parse (data, len, error);
  if (json == NULL)
    return NULL;
  canonical = mesh_json_to_bytes (json);
  given = g_bytes_new_static (data, len);
  if (!g_bytes_equal (canonical, given))
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_INVALID,
                   "The release description is not canonical JSON (RFC 8785)");
      return NULL;
    }
  return read_envelope (json, error);
}

GBytes *
mesh_signed_manifest_to_bytes (const MeshSignedManifest *envelope)
{
  g_autoptr (MeshJson) json = mesh_json_new_object ();
  gsize len;
  const guint8 *data = g_bytes_get_data (envelope->signed_bytes, &len);

  mesh_json_set (json, "keys",
                 mesh_key_file_chain_to_json (envelope->chain, envelope->chain->len));
  /* From the bytes, not the manifest: members this version does not know stay. */
  mesh_json_set (json, "manifest", mesh_json_parse (data, len, NULL));
  mesh_json_set (json, "signatures", mesh_signatures_to_json (envelope->signatures));
  return mesh_json_to_bytes (json);
}

MeshManifest *
mesh_signed_manifest_get_manifest (const MeshSignedManifest *envelope)
{
  return envelope->manifest;
}

GPtrArray *
mesh_signed_manifest_get_chain (const MeshSignedManifest *envelope)
{
  return envelope->chain;
}

const char *
mesh_signed_manifest_get_digest (const MeshSignedManifest *envelope)
{
  return envelope->digest;
}

gboolean
mesh_signed_manifest_sign (MeshSignedManifest *envelope,
                           const MeshKeypair *keypair,
                           GError **error)
{
  return mesh_signatures_sign (envelope->signatures, envelope->signed_bytes, keypair,
                               error);
}

gboolean
mesh_signed_manifest_verify (const MeshSignedManifest *envelope,
                             const MeshKeyFile *keys,
                             GError **error)
{
  return mesh_key_file_verify_document (keys, envelope->signatures,
                                        envelope->signed_bytes, "release", error);
}
