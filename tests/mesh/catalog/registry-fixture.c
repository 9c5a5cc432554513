/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "registry-fixture.h"

RegistryFixture
registry_fixture_default (void)
{
  return (RegistryFixture){
    .app_id = TRUST_FIXTURE_APP,
    .channel = "stable",
    .version = "1.0.0",
    .name = "Exämple Editor",
    .summary = "Writes letters",
    .publisher = "Nobody Ltd",
    .category = "Office",
    .tag = "text",
    .counter = 1,
    .expires_s = TRUST_FIXTURE_NOW_S + 1000,
    .key = 1,
  };
}

RegistryFixture
registry_fixture_now (void)
{
  RegistryFixture fixture = registry_fixture_default ();

  fixture.expires_s = g_get_real_time () / G_USEC_PER_SEC + 1000000;
  return fixture;
}

static void
set_words (char ***words, const char *word)
{
  const char *const list[] = { word, NULL };

  g_strfreev (*words);
  *words = g_strdupv ((char **) list);
}

MeshSignedManifest *
registry_fixture_release (const RegistryFixture *fixture)
{
  TrustFixture trust
      = { fixture->app_id,   fixture->channel, fixture->version, fixture->counter, 1,
          fixture->expires_s };
  g_autoptr (MeshManifest) manifest = trust_fixture_manifest (&trust);
  g_autoptr (GPtrArray) chain = trust_fixture_chain (
      trust_fixture_key_file (fixture->app_id, 1, 1, fixture->key, 1, 0, 0), NULL, NULL);
  g_autoptr (MeshKeypair) keypair = trust_fixture_keypair (fixture->key);
  g_autoptr (GError) error = NULL;
  MeshSignedManifest *release;

  g_free (manifest->name);
  manifest->name = g_strdup (fixture->name);
  g_free (manifest->summary);
  manifest->summary = g_strdup (fixture->summary);
  set_words (&manifest->categories, fixture->category);
  set_words (&manifest->tags, fixture->tag);
  g_assert_true (mesh_manifest_validate (manifest, &error));
  release = mesh_signed_manifest_new (manifest, chain);
  g_assert_true (mesh_signed_manifest_sign (release, keypair, &error));
  g_assert_no_error (error);
  return release;
}

GBytes *
registry_fixture_envelope (const RegistryFixture *fixture)
{
  g_autoptr (MeshSignedManifest) release = registry_fixture_release (fixture);

  return mesh_signed_manifest_to_bytes (release);
}

MeshAnnouncement *
registry_fixture_announcement (const RegistryFixture *fixture)
{
  g_autoptr (MeshSignedManifest) release = registry_fixture_release (fixture);
  g_autoptr (MeshKeypair) keypair = trust_fixture_keypair (fixture->key);
  g_autoptr (GError) error = NULL;
  MeshAnnouncement *announcement
      = mesh_announcement_new (release, fixture->publisher, fixture->expires_s, &error);

  g_assert_no_error (error);
  g_assert_true (mesh_announcement_sign (announcement, keypair, &error));
  return announcement;
}

GBytes *
registry_fixture_bytes (const RegistryFixture *fixture)
{
  g_autoptr (MeshAnnouncement) announcement = registry_fixture_announcement (fixture);
  g_autoptr (GError) error = NULL;
  GBytes *bytes = mesh_announcement_to_bytes (announcement, &error);

  g_assert_no_error (error);
  return bytes;
}

MeshTrustState *
registry_fixture_trust (const RegistryFixture *fixture)
{
  MeshTrustState *trust = mesh_trust_state_new (fixture->app_id, fixture->channel);
  g_autoptr (MeshSignedManifest) release = registry_fixture_release (fixture);

  mesh_trust_state_advance (trust, release);
  return trust;
}
