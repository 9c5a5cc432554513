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
