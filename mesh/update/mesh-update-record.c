/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "update/mesh-update-record.h"

MeshUpdateRelease *
mesh_update_record_release_new (const MeshSignedManifest *signed_manifest)
{
  const MeshManifest *manifest = mesh_signed_manifest_get_manifest (signed_manifest);
  MeshUpdateRelease *release = g_new0 (MeshUpdateRelease, 1);

  release->digest = g_strdup (mesh_signed_manifest_get_digest (signed_manifest));
  release->dir = g_strdup_printf ("%s-%.16s", manifest->version, release->digest);
  release->version = g_strdup (manifest->version);
  release->root = mesh_cid_dup_text (manifest->root);
  release->name = g_strdup (manifest->name);
  release->summary = g_strdup (manifest->summary);
  release->notes = g_strdup (manifest->notes);
  release->exec_path = g_strdup (manifest->exec_path);
  release->icon_path = g_strdup (manifest->icon_path);
  release->desktop_path = g_strdup (manifest->desktop_path);
  release->counter = manifest->counter;
  release->size = manifest->size;
  return release;
}

MeshUpdateRelease *
mesh_update_record_release_copy (const MeshUpdateRelease *release)
{
  MeshUpdateRelease *copy;

  if (release == NULL)
    return NULL;
  copy = g_new0 (MeshUpdateRelease, 1);
  copy->digest = g_strdup (release->digest);
  copy->dir = g_strdup (release->dir);
  copy->version = g_strdup (release->version);
  copy->root = g_strdup (release->root);
  copy->name = g_strdup (release->name);
  copy->summary = g_strdup (release->summary);
  copy->notes = g_strdup (release->notes);
  copy->exec_path = g_strdup (release->exec_path);
  copy->icon_path = g_strdup (release->icon_path);
  copy->desktop_path = g_strdup (release->desktop_path);
  copy->counter = release->counter;
  copy->size = release->size;
  return copy;
}

void
mesh_update_record_release_free (MeshUpdateRelease *release)
{
  if (release == NULL)
    return;
  g_free (release->digest);
  g_free (release->dir);
  g_free (release->version);
  g_free (release->root);
  g_free (release->name);
  g_free (release->summary);
  g_free (release->notes);
  g_free (release->exec_path);
  g_free (release->icon_path);
  g_free (release->desktop_path);
  g_free (release);
}

MeshUpdateRecord *
mesh_update_record_new (const char *app_id, const char *channel)
{
  MeshUpdateRecord *record = g_new0 (MeshUpdateRecord, 1);

  record->trust = mesh_trust_state_new (app_id, channel);
  return record;
}

MeshUpdateRecord *
mesh_update_record_copy (const MeshUpdateRecord *record)
{
  MeshUpdateRecord *copy = g_memdup2 (record, sizeof *record);

  copy->trust = mesh_trust_state_copy (record->trust);
  copy->current = mesh_update_record_release_copy (record->current);
  copy->previous = mesh_update_record_release_copy (record->previous);
  copy->next = mesh_update_record_release_copy (record->next);
  copy->published = mesh_update_record_release_copy (record->published);
  copy->skipped = g_strdup (record->skipped);
  copy->source = g_strdup (record->source);
  copy->error_name = g_strdup (record->error_name);
  copy->error_message = g_strdup (record->error_message);
  copy->desktop_id = g_strdup (record->desktop_id);
  return copy;
}

void
mesh_update_record_free (MeshUpdateRecord *record)
{
  if (record == NULL)
    return;
  mesh_trust_state_free (record->trust);
  mesh_update_record_release_free (record->current);
  mesh_update_record_release_free (record->previous);
  mesh_update_record_release_free (record->next);
  mesh_update_record_release_free (record->published);
  g_free (record->skipped);
  g_free (record->source);
  g_free (record->error_name);
  g_free (record->error_message);
  g_free (record->desktop_id);
  g_free (record);
}
