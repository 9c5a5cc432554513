/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "registry/mesh-registry-private.h"

/* What was seen of split views. The database has it first. */

void
mesh_registry_evidence_add (MeshRegistry *self, MeshSplitView *view)
{
  g_ptr_array_insert (self->split_views, 0, mesh_split_view_ref (view));
  if (self->split_views->len > MESH_REGISTRY_LEDGER_MAX_SPLIT_VIEWS)
    g_ptr_array_set_size (self->split_views, MESH_REGISTRY_LEDGER_MAX_SPLIT_VIEWS);
  self->stats.n_split_views = self->split_views->len;
  g_signal_emit_by_name (self, "split-view", view);
  g_signal_emit_by_name (self, "split-views-changed");
}

typedef struct
{
  MeshRegistry *registry; /* (owned) */
  MeshSplitView *view;    /* (owned) */
} Noted;

static void
noted_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Noted *noted = g_steal_pointer (&user_data);
  g_autoptr (MeshRegistry) self = noted->registry;
  g_autoptr (MeshSplitView) view = noted->view;
  g_autoptr (GError) error = NULL;
  gboolean is_new = mesh_registry_ledger_note_split_view_finish (result, &error);

  if (error != NULL)
    g_warning ("Evidence is not kept: %s", error->message);
  if (!is_new)
    return;
  mesh_registry_evidence_add (self, view);
}

void
mesh_registry_evidence_note (MeshRegistry *self,
                             MeshSplitView *view,
                             const char *a_version,
                             const char *b_version)
{
  Noted *noted;

  if (self->db == NULL)
    return;
  noted = g_new0 (Noted, 1);
  noted->registry = g_object_ref (self);
  noted->view = mesh_split_view_ref (view);
  mesh_registry_ledger_note_split_view_async (self->db, view, a_version, b_version,
                                              noted_cb, noted);
}

GPtrArray *
mesh_registry_evidence_dup (MeshRegistry *self)
{
  GPtrArray *copy
      = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_split_view_unref);

  for (guint i = 0; i < self->split_views->len; i++)
    g_ptr_array_add (copy, mesh_split_view_ref (self->split_views->pdata[i]));
  return copy;
}

gboolean
mesh_registry_evidence_dismiss (MeshRegistry *self, gint64 id)
{
  for (guint i = 0; i < self->split_views->len; i++)
    {
      const MeshSplitView *view = self->split_views->pdata[i];

      if (view->id != id)
        continue;
      g_ptr_array_remove_index (self->split_views, i);
      self->stats.n_split_views = self->split_views->len;
      if (self->db != NULL)
        mesh_registry_ledger_dismiss_split_view (self->db, id);
      g_signal_emit_by_name (self, "split-views-changed");
      return TRUE;
    }
  return FALSE;
}

void
mesh_registry_evidence_settle (MeshRegistry *self, const char *app_id, guint64 counter)
{
  for (guint i = self->split_views->len; i > 0; i--)
    {
      const MeshSplitView *view = self->split_views->pdata[i - 1];

      if (view->kind == MESH_SPLIT_VIEW_STALE_MASTER && g_str_equal (view->app_id, app_id)
          && view->b_counter <= counter)
        (void) mesh_registry_evidence_dismiss (self, view->id);
    }
}

void
mesh_registry_evidence_note_found (MeshRegistry *self,
                                   const MeshTrustState *trust,
                                   MeshSplitViewKind kind,
                                   const MeshRegistryFound *a,
                                   const MeshRegistryFound *b)
{
  const MeshManifest *left = mesh_signed_manifest_get_manifest (a->release);
  const MeshManifest *right = mesh_signed_manifest_get_manifest (b->release);
  MeshSplitViewSide one = { a->source, left->version, a->envelope, left->counter };
  MeshSplitViewSide other = { b->source, right->version, b->envelope, right->counter };
  g_autoptr (MeshSplitView) view = mesh_split_view_new (
      kind, trust->app_id, trust->channel, &one, &other, mesh_registry_get_now_s ());

  mesh_registry_evidence_note (self, view, left->version, right->version);
}

MeshTrustState *
mesh_registry_evidence_forget_counter (const MeshTrustState *trust)
{
  MeshTrustState *bar = mesh_trust_state_copy (trust);

  bar->counter = 0;
  g_clear_pointer (&bar->digest, g_free);
  g_clear_pointer (&bar->version, g_free);
  return bar;
}

/* An answer that is well signed, but bears the number of another release that is
 * believed, or an older one: ours is looked up for the evidence. */
typedef struct
{
  MeshRegistry *registry;    /* (owned) */
  MeshTrustState *bar;       /* (owned): what was believed, but for the number */
  MeshRegistryFound *theirs; /* (owned) (nullable) */
  char *digest;              /* (owned): of ours */
  MeshSplitViewKind kind;
} Contradiction;

/* What a job is given; a copy, since jobs touch no more than that. */
typedef struct
{
  MeshTrustState *bar; /* (owned) */
  GBytes *envelope;    /* (owned) */
  char *source;        /* (owned) */
} Claim;

static void
free_contradiction (gpointer data)
{
  Contradiction *contradiction = data;

  g_object_unref (contradiction->registry);
  mesh_trust_state_free (contradiction->bar);
  mesh_registry_found_free (contradiction->theirs);
  g_free (contradiction->digest);
  g_free (contradiction);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Contradiction, free_contradiction)

static void
free_claim (gpointer data)
{
  Claim *claim = data;

  mesh_trust_state_free (claim->bar);
  g_bytes_unref (claim->envelope);
  g_free (claim->source);
  g_free (claim);
}

static gpointer
parse_job (gpointer input, GCancellable *cancellable, GError **error)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (input, &len);
  g_autoptr (MeshRegistryFound) found = g_new0 (MeshRegistryFound, 1);

  found->release = mesh_signed_manifest_parse (data, len, error);
  if (found->release == NULL)
    return NULL;
  found->envelope = g_bytes_ref (input);
  found->source = g_strdup ("this computer");
  return g_steal_pointer (&found);
}

static gpointer
verify_job (gpointer input, GCancellable *cancellable, GError **error)
{
  Claim *claim = input;
  g_autoptr (MeshRegistryFound) found = g_new0 (MeshRegistryFound, 1);

  found->release = mesh_trust_verify_release (claim->bar, claim->envelope,
                                              mesh_registry_get_now_s (), error);
  if (found->release == NULL)
    return NULL;
  found->envelope = g_bytes_ref (claim->envelope);
  found->source = g_strdup (claim->source);
  return g_steal_pointer (&found);
}

static void
ours_parsed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Contradiction) contradiction = g_steal_pointer (&user_data);
  g_autoptr (MeshRegistryFound) ours
      = mesh_work_pool_run_finish (MESH_WORK_POOL (source), result, NULL);
  const MeshRegistryFound *theirs = contradiction->theirs;
  gboolean is_stale = contradiction->kind == MESH_SPLIT_VIEW_STALE_MASTER;

  if (ours == NULL
      || !g_str_equal (mesh_signed_manifest_get_digest (ours->release),
                       contradiction->digest))
    return;
  mesh_registry_evidence_note_found (contradiction->registry, contradiction->bar,
                                     contradiction->kind, is_stale ? theirs : ours,
                                     is_stale ? ours : theirs);
}

static void
ours_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Contradiction *contradiction = g_steal_pointer (&user_data);
  GBytes *envelope = mesh_registry_ledger_find_release_finish (result, NULL);

  if (envelope == NULL)
    free_contradiction (contradiction);
  else
    mesh_work_pool_run_async (contradiction->registry->pool, MESH_WORK_PRIORITY_LOW,
                              parse_job, envelope, (GDestroyNotify) g_bytes_unref,
                              (GDestroyNotify) mesh_registry_found_free, NULL,
                              ours_parsed_cb, contradiction);
}

static void
contradicted_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Contradiction *contradiction = g_steal_pointer (&user_data);

  contradiction->theirs
      = mesh_work_pool_run_finish (MESH_WORK_POOL (source), result, NULL);
  if (contradiction->theirs == NULL || contradiction->registry->db == NULL)
    {
      free_contradiction (contradiction);
      return;
    }
  mesh_registry_ledger_find_release_async (
      contradiction->registry->db, contradiction->bar->app_id,
      contradiction->bar->channel, NULL, mesh_registry_get_now_s (), ours_cb,
      contradiction);
}

void
mesh_registry_evidence_contradicted (MeshRegistry *self,
                                     const MeshTrustState *trust,
                                     MeshSplitViewKind kind,
                                     GBytes *envelope,
                                     const char *source)
{
  Contradiction *contradiction;
  Claim *claim;

  if (trust->digest == NULL)
    return;
  contradiction = g_new0 (Contradiction, 1);
  contradiction->registry = g_object_ref (self);
  contradiction->bar = mesh_registry_evidence_forget_counter (trust);
  contradiction->digest = g_strdup (trust->digest);
  contradiction->kind = kind;
  claim = g_new0 (Claim, 1);
  claim->bar = mesh_trust_state_copy (contradiction->bar);
  claim->envelope = g_bytes_ref (envelope);
  claim->source = g_strdup (source);
  mesh_work_pool_run_async (self->pool, MESH_WORK_PRIORITY_LOW, verify_job, claim,
                            free_claim, (GDestroyNotify) mesh_registry_found_free, NULL,
                            contradicted_cb, contradiction);
}
