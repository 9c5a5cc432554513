/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "trust-fixture.h"

#include <string.h>

TrustFixture
trust_fixture_default (void)
{
  return (TrustFixture){
    .app_id = TRUST_FIXTURE_APP,
    .channel = "stable",
    .version = "1.0.0",
    .counter = 1,
    .key_version = 1,
    .expires_s = TRUST_FIXTURE_NOW_S + 1000,
  };
}

MeshKeypair *
trust_fixture_keypair (guint8 number)
{
  guint8 seed[MESH_ED25519_SEED_BYTES];

  memset (seed, number, sizeof seed);
  return mesh_keypair_new_from_seed (seed);
}

static void
sign_key_file (MeshKeyFile *file, guint8 number)
{
  g_autoptr (MeshKeypair) keypair = trust_fixture_keypair (number);

  g_assert_true (mesh_key_file_sign (file, keypair, NULL));
}

MeshKeyFile *
trust_fixture_key_file (const char *app_id,
                        guint64 version,
                        guint threshold,
                        guint8 first,
                        guint8 n,
                        guint8 old_first,
                        guint8 n_old)
{
  g_autoptr (GError) error = NULL;
  guint8 keys[MESH_KEY_FILE_MAX_KEYS][MESH_KEY_FILE_KEY_LEN];
  MeshKeyFile *file;

  for (guint8 i = 0; i < n; i++)
    {
      g_autoptr (MeshKeypair) keypair = trust_fixture_keypair (first + i);
      gsize len;

      memcpy (keys[i],
              mesh_public_key_get_data (mesh_keypair_get_public_key (keypair), &len),
              MESH_KEY_FILE_KEY_LEN);
    }
  file = mesh_key_file_new (app_id, version, threshold,
                            (const guint8 (*)[MESH_KEY_FILE_KEY_LEN]) keys, n,
                            TRUST_FIXTURE_NOW_S + 5000, &error);
  g_assert_no_error (error);
  for (guint8 i = 0; i < threshold; i++)
    sign_key_file (file, first + i);
  for (guint8 i = 0; i < n_old; i++)
    sign_key_file (file, old_first + i);
  return file;
}

static MeshCid *
cid_of (const char *text)
{
  g_autoptr (GError) error = NULL;
  MeshCid *cid = mesh_cid_new_for_data (MESH_CODEC_DAG_PB, MESH_MULTIHASH_SHA3_256,
                                        (const guint8 *) text, strlen (text), &error);

  g_assert_no_error (error);
  return cid;
}

MeshManifest *
trust_fixture_manifest (const TrustFixture *fixture)
{
  g_autoptr (GError) error = NULL;
  MeshManifest *manifest = mesh_manifest_new ();
  MeshManifestFile *file;
  MeshManifestChunk chunk = { cid_of ("chunk"), 0, 1000 };

  manifest->app_id = g_strdup (fixture->app_id);
  g_free (manifest->name);
  manifest->name = g_strdup ("Exämple");
  manifest->channel = g_strdup (fixture->channel);
  manifest->version = g_strdup (fixture->version);
  manifest->counter = fixture->counter;
  manifest->key_version = fixture->key_version;
  manifest->expires_s = fixture->expires_s;
  manifest->dag = g_strdup ("fixed-1048576,sha3-256,dag-pb,174");
  manifest->root = cid_of ("root");
  manifest->exec_path = g_strdup ("bin/app");

  file = mesh_manifest_file_new ("bin/app", MESH_TREE_FILE);
  file->mode = 0755;
  file->cid = cid_of ("file");
  file->size = 1000;
  g_array_append_val (file->chunks, chunk);
  g_ptr_array_add (manifest->files, file);

  file = mesh_manifest_file_new ("bin/alias", MESH_TREE_SYMLINK);
  file->target = g_strdup ("app");
  g_ptr_array_add (manifest->files, file);
  g_ptr_array_add (manifest->files,
                   mesh_manifest_file_new ("empty", MESH_TREE_DIRECTORY));

  if (!mesh_manifest_validate (manifest, &error))
    g_assert_no_error (error);
  return manifest;
}

GPtrArray *
trust_fixture_chain (MeshKeyFile *a, MeshKeyFile *b, MeshKeyFile *c)
{
  MeshKeyFile *files[] = { a, b, c };
  GPtrArray *chain
      = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_key_file_unref);

  for (gsize i = 0; i < G_N_ELEMENTS (files); i++)
    if (files[i] != NULL)
      g_ptr_array_add (chain, files[i]);
  return chain;
}

GBytes *
trust_fixture_envelope (const TrustFixture *fixture,
                        GPtrArray *chain,
                        guint8 first,
                        guint8 n)
{
  g_autoptr (MeshManifest) manifest = trust_fixture_manifest (fixture);
  g_autoptr (GPtrArray) owned = chain;
  g_autoptr (MeshSignedManifest) envelope = mesh_signed_manifest_new (manifest, owned);

  for (guint8 i = 0; i < n; i++)
    {
      g_autoptr (MeshKeypair) keypair = trust_fixture_keypair (first + i);

      g_assert_true (mesh_signed_manifest_sign (envelope, keypair, NULL));
    }
  return mesh_signed_manifest_to_bytes (envelope);
}

GBytes *
trust_fixture_simple (const TrustFixture *fixture)
{
  MeshKeyFile *file = trust_fixture_key_file (fixture->app_id, 1, 1, 1, 1, 0, 0);

  return trust_fixture_envelope (fixture, trust_fixture_chain (file, NULL, NULL), 1, 1);
}
