/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "trust/mesh-trust.h"

#include "base/mesh-error.h"
#include "trust/mesh-semver.h"

MeshTrustState *
mesh_trust_state_new (const char *app_id, const char *channel)
{
  MeshTrustState *state = g_new0 (MeshTrustState, 1);

  state->app_id = g_strdup (app_id);
  state->channel = g_strdup (channel);
  return state;
}

MeshTrustState *
mesh_trust_state_copy (const MeshTrustState *state)
{
  MeshTrustState *copy = mesh_trust_state_new (state->app_id, state->channel);

  copy->pin = g_strdup (state->pin);
  copy->keys = state->keys != NULL ? mesh_key_file_ref (state->keys) : NULL;
  copy->counter = state->counter;
  copy->digest = g_strdup (state->digest);
  copy->version = g_strdup (state->version);
  return copy;
}

void
mesh_trust_state_free (MeshTrustState *state)
{
  if (state == NULL)
    return;
  g_free (state->app_id);
  g_free (state->channel);
  g_free (state->pin);
  g_clear_pointer (&state->keys, mesh_key_file_unref);
  g_free (state->digest);
  g_free (state->version);
  g_free (state);
}

static gboolean
check_app (const MeshTrustState *state,
           GPtrArray *chain,
           const char *app_id,
           GError **error)
{
  const char *wrong = NULL;

  if (!g_str_equal (app_id, state->app_id))
    wrong = app_id;
  for (guint i = 0; i < chain->len && wrong == NULL; i++)
    if (!g_str_equal (mesh_key_file_get_app_id (chain->pdata[i]), state->app_id))
      wrong = mesh_key_file_get_app_id (chain->pdata[i]);
  if (wrong == NULL)
    return TRUE;
  g_set_error (error, MESH_ERROR, MESH_ERROR_WRONG_APP,
               "A release or key of %s was offered for %s", wrong, state->app_id);
  return FALSE;
}

static gboolean
unknown_keys (const MeshTrustState *state, GError **error)
{
  g_set_error (error, MESH_ERROR, MESH_ERROR_UNKNOWN_KEY,
               "The release of %s comes with keys that are not the ones trusted for it",
               state->app_id);
  return FALSE;
}

/* Where in the chain belief begins: @first is the first key file to verify, @previous the
 * one believed before it. */
static gboolean
find_anchor (const MeshTrustState *state,
             GPtrArray *chain,
             guint *first,
             const MeshKeyFile **previous,
             GError **error)
{
  guint64 known;

  *first = 0;
  *previous = NULL;
  if (state->keys == NULL && state->pin == NULL)
    return TRUE; /* first use */
  if (state->keys == NULL)
    {
      for (; *first < chain->len; ++*first)
        if (g_str_equal (mesh_key_file_get_fingerprint (chain->pdata[*first]),
                         state->pin))
          return TRUE;
      return unknown_keys (state, error);
    }

  known = mesh_key_file_get_version (state->keys);
  if (mesh_key_file_get_version (chain->pdata[chain->len - 1]) < known)
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_ROLLBACK,
                   "The release of %s comes with older keys than were seen before",
                   state->app_id);
      return FALSE;
    }
  for (; *first < chain->len; ++*first)
    if (mesh_key_file_get_version (chain->pdata[*first]) >= known)
      break;
  if (mesh_key_file_get_version (chain->pdata[*first]) == known)
    {
      if (!g_str_equal (mesh_key_file_get_fingerprint (chain->pdata[*first]),
                        mesh_key_file_get_fingerprint (state->keys)))
        return unknown_keys (state, error);
      ++*first;
    }
  *previous = state->keys;
  if (*first < chain->len
      && mesh_key_file_get_version (chain->pdata[*first]) != known + 1)
    return unknown_keys (state, error);
  return TRUE;
}

const MeshKeyFile *
mesh_trust_verify_chain (const MeshTrustState *state, GPtrArray *chain, GError **error)
{
  const MeshKeyFile *previous;
  guint first;

  if (!check_app (state, chain, state->app_id, error)
      || !find_anchor (state, chain, &first, &previous, error))
    return NULL;
  for (guint i = first; i < chain->len; i++)
    {
      if (!mesh_key_file_verify (chain->pdata[i], previous, error))
        return NULL;
      previous = chain->pdata[i];
    }
  return previous;
}

static gboolean
check_release (const MeshTrustState *state,
               const MeshSignedManifest *release,
               const MeshKeyFile *keys,
               GError **error)
{
  const MeshManifest *manifest = mesh_signed_manifest_get_manifest (release);
  const char *digest = mesh_signed_manifest_get_digest (release);

  if (!g_str_equal (manifest->channel, state->channel))
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_WRONG_CHANNEL,
                   "A release of channel %s was offered for channel %s of %s",
                   manifest->channel, state->channel, state->app_id);
      return FALSE;
    }
  if (manifest->key_version != mesh_key_file_get_version (keys))
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_MIXED,
                   "The release of %s and the keys beside it do not belong together",
                   state->app_id);
      return FALSE;
    }
  if (manifest->counter == state->counter && g_strcmp0 (digest, state->digest) != 0)
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_MIXED,
                   "Two different releases of %s carry the number %" G_GUINT64_FORMAT,
                   state->app_id, manifest->counter);
      return FALSE;
    }
  if (manifest->counter < state->counter
      || (state->version != NULL
          && mesh_semver_compare_text (manifest->version, state->version) < 0))
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_ROLLBACK,
                   "%s %s is older than version %s, which was seen before", state->app_id,
                   manifest->version, state->version != NULL ? state->version : "?");
      return FALSE;
    }
  return TRUE;
}

static gboolean
check_expiry (const MeshTrustState *state,
              const MeshSignedManifest *release,
              const MeshKeyFile *keys,
              gint64 now_s,
              GError **error)
{
  const MeshManifest *manifest = mesh_signed_manifest_get_manifest (release);

  if (now_s <= manifest->expires_s && now_s <= mesh_key_file_get_expires_s (keys))
    return TRUE;
  g_set_error (
      error, MESH_ERROR, MESH_ERROR_EXPIRED,
      "What is offered as the newest release of %s (%s) is out of date; newer ones "
      "may be held back. Check the clock, or try another source",
      state->app_id, manifest->version);
  return FALSE;
}

MeshSignedManifest *
mesh_trust_verify_release (const MeshTrustState *state,
                           GBytes *envelope,
                           gint64 now_s,
                           GError **error)
{
  g_autoptr (MeshSignedManifest) release = NULL;
  const MeshKeyFile *keys;
  gsize len;
  const guint8 *data = g_bytes_get_data (envelope, &len);

  release = mesh_signed_manifest_parse (data, len, error);
  if (release == NULL
      || !check_app (state, mesh_signed_manifest_get_chain (release),
                     mesh_signed_manifest_get_manifest (release)->app_id, error))
    return NULL;
  keys = mesh_trust_verify_chain (state, mesh_signed_manifest_get_chain (release), error);
  if (keys == NULL || !mesh_signed_manifest_verify (release, keys, error)
      || !check_release (state, release, keys, error)
      || !check_expiry (state, release, keys, now_s, error))
    return NULL;
  return g_steal_pointer (&release);
}

void
mesh_trust_state_advance (MeshTrustState *state, const MeshSignedManifest *release)
{
  const MeshManifest *manifest = mesh_signed_manifest_get_manifest (release);
  GPtrArray *chain = mesh_signed_manifest_get_chain (release);

  g_return_if_fail (manifest->counter >= state->counter);
  g_clear_pointer (&state->keys, mesh_key_file_unref);
  state->keys = mesh_key_file_ref (chain->pdata[chain->len - 1]);
  state->counter = manifest->counter;
  g_free (state->digest);
  state->digest = g_strdup (mesh_signed_manifest_get_digest (release));
  g_free (state->version);
  state->version = g_strdup (manifest->version);
}
