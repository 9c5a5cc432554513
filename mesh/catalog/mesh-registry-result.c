/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "catalog/mesh-registry-result.h"

#include "trust/mesh-app-link.h"

/* The counter comes first: a value must be the first member of what is counted. */
typedef struct
{
  MeshRegistryResult result;
  gatomicrefcount refs;
} Counted;

static MeshRegistryResult *
new_result (void)
{
  Counted *counted = g_new0 (Counted, 1);

  g_atomic_ref_count_init (&counted->refs);
  return &counted->result;
}

static char *
make_link (const MeshRegistryResult *result)
{
  MeshAppLink link = { result->app_id, result->channel, NULL };

  if (result->fingerprint[0] != '\0')
    link.fingerprint = result->fingerprint;
  return mesh_app_link_to_string (&link);
}

static char **
new_sources (const char *source)
{
  const char *const list[] = { source, NULL };

  return g_strdupv ((char **) list);
}

MeshRegistryResult *
mesh_registry_result_new (MeshAnnouncement *announcement,
                          const char *source,
                          gboolean is_verified,
                          guint score)
{
  const MeshListing *listing = mesh_announcement_get_listing (announcement);
  MeshRegistryResult *result = new_result ();

  result->app_id = g_strdup (listing->app_id);
  result->channel = g_strdup (listing->channel);
  result->version = g_strdup (listing->version);
  result->name = g_strdup (listing->name);
  result->summary = g_strdup (listing->summary);
  result->publisher = g_strdup (listing->publisher);
  result->fingerprint = g_strdup (mesh_announcement_get_fingerprint (announcement));
  result->root = mesh_cid_dup_text (listing->root);
  result->categories = g_strdupv (listing->categories);
  result->tags = g_strdupv (listing->tags);
  result->sources = new_sources (source);
  result->announcement = mesh_announcement_ref (announcement);
  result->counter = listing->counter;
  result->size = listing->size;
  result->is_verified = is_verified;
  result->score = score;
  result->link = make_link (result);
  return result;
}

MeshRegistryResult *
mesh_registry_result_new_claim (const MeshRegistryClaim *claim,
                                const char *source,
                                guint score)
{
  MeshRegistryResult *result = new_result ();

  result->app_id = g_strdup (claim->app_id);
  result->channel = g_strdup (claim->channel);
  result->version = g_strdup (claim->version);
  result->name = g_strdup (claim->name[0] != '\0' ? claim->name : claim->app_id);
  result->summary = g_strdup (claim->summary);
  result->publisher = g_strdup ("");
  result->fingerprint = g_strdup (claim->fingerprint);
  result->root = g_strdup ("");
  result->categories = g_strdupv (claim->categories);
  result->tags = g_strdupv (claim->tags);
  result->sources = new_sources (source);
  result->counter = claim->counter;
  result->size = claim->size;
  result->score = score;
  result->link = make_link (result);
  return result;
}

MeshRegistryResult *
mesh_registry_result_ref (MeshRegistryResult *result)
{
  g_atomic_ref_count_inc (&((Counted *) result)->refs);
  return result;
}

void
mesh_registry_result_unref (MeshRegistryResult *result)
{
  if (!g_atomic_ref_count_dec (&((Counted *) result)->refs))
    return;
  g_free (result->app_id);
  g_free (result->channel);
  g_free (result->version);
  g_free (result->name);
  g_free (result->summary);
  g_free (result->publisher);
  g_free (result->fingerprint);
  g_free (result->link);
  g_free (result->root);
  g_strfreev (result->categories);
  g_strfreev (result->tags);
  g_strfreev (result->sources);
  g_clear_pointer (&result->announcement, mesh_announcement_unref);
  g_free (result);
}

static MeshRegistryResult *
copy_result (const MeshRegistryResult *result)
{
  MeshRegistryResult *copy = new_result ();

  *copy = *result;
  copy->app_id = g_strdup (result->app_id);
  copy->channel = g_strdup (result->channel);
  copy->version = g_strdup (result->version);
  copy->name = g_strdup (result->name);
  copy->summary = g_strdup (result->summary);
  copy->publisher = g_strdup (result->publisher);
  copy->fingerprint = g_strdup (result->fingerprint);
  copy->link = g_strdup (result->link);
  copy->root = g_strdup (result->root);
  copy->categories = g_strdupv (result->categories);
  copy->tags = g_strdupv (result->tags);
  copy->sources = g_strdupv (result->sources);
  if (result->announcement != NULL)
    mesh_announcement_ref (copy->announcement);
  return copy;
}

gboolean
mesh_registry_result_is_same_app (const MeshRegistryResult *a,
                                  const MeshRegistryResult *b)
{
  return g_str_equal (a->app_id, b->app_id) && g_str_equal (a->channel, b->channel)
         && g_str_equal (a->fingerprint, b->fingerprint);
}

/* What was signed counts more than what was only said. */
static gboolean
is_better (const MeshRegistryResult *a, const MeshRegistryResult *b)
{
  if ((a->announcement != NULL) != (b->announcement != NULL))
    return a->announcement != NULL;
  return a->counter > b->counter;
}

static char **
join_sources (char **a, char **b)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  guint n = 0;

  for (guint i = 0; a[i] != NULL; i++, n++)
    g_strv_builder_add (builder, a[i]);
  for (guint i = 0; b[i] != NULL && n < MESH_REGISTRY_RESULT_MAX_SOURCES; i++)
    if (!g_strv_contains ((const char *const *) a, b[i]))
      {
        g_strv_builder_add (builder, b[i]);
        n++;
      }
  return g_strv_builder_end (builder);
}

MeshRegistryResult *
mesh_registry_result_merge (MeshRegistryResult *a, MeshRegistryResult *b)
{
  g_auto (GStrv) sources = NULL;
  MeshRegistryResult *merged;

  if (a == NULL)
    return mesh_registry_result_ref (b);
  sources = join_sources (a->sources, b->sources);
  if (!is_better (b, a) && (a->is_verified || !b->is_verified)
      && (a->is_disputed || !b->is_disputed)
      && g_strv_length (sources) == g_strv_length (a->sources))
    return mesh_registry_result_ref (a);
  merged = copy_result (is_better (b, a) ? b : a);
  g_strfreev (merged->sources);
  merged->sources = g_steal_pointer (&sources);
  merged->is_verified = a->is_verified || b->is_verified;
  merged->is_disputed = a->is_disputed || b->is_disputed;
  merged->score = MAX (a->score, b->score);
  return merged;
}

int
mesh_registry_result_compare (const MeshRegistryResult *a, const MeshRegistryResult *b)
{
  int order;

  if (a->is_verified != b->is_verified)
    return a->is_verified ? -1 : 1;
  if (a->score != b->score)
    return a->score > b->score ? -1 : 1;
  order = g_utf8_collate (a->name, b->name);
  if (order == 0)
    order = g_strcmp0 (a->app_id, b->app_id);
  if (order == 0)
    order = g_strcmp0 (a->channel, b->channel);
  return order != 0 ? order : g_strcmp0 (a->fingerprint, b->fingerprint);
}
