/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "net/host/mesh-deadline.h"

#include "base/mesh-error.h"

struct MeshDeadline
{
  GCancellable *cancellable; /* (owned) */
  GSource *timer;            /* (owned) */
  GSource *parent;           /* (owned) (nullable) */
  gboolean has_passed;
};

static gboolean
timer_cb (gpointer user_data)
{
  MeshDeadline *self = user_data;

  self->has_passed = TRUE;
  g_cancellable_cancel (self->cancellable);
  return G_SOURCE_REMOVE;
}

static gboolean
parent_cb (GCancellable *parent, gpointer user_data)
{
  MeshDeadline *self = user_data;

  g_cancellable_cancel (self->cancellable);
  return G_SOURCE_REMOVE;
}

MeshDeadline *
mesh_deadline_new (GCancellable *parent, gint64 timeout_us)
{
  MeshDeadline *self = g_new0 (MeshDeadline, 1);
  GMainContext *context = g_main_context_get_thread_default ();

  self->cancellable = g_cancellable_new ();
  self->timer = g_timeout_source_new ((guint) (timeout_us / 1000));
  g_source_set_callback (self->timer, timer_cb, self, NULL);
  g_source_attach (self->timer, context);
  if (parent == NULL)
    return self;
  self->parent = g_cancellable_source_new (parent);
  g_source_set_callback (self->parent, G_SOURCE_FUNC (parent_cb), self, NULL);
  g_source_attach (self->parent, context);
  return self;
}

void
mesh_deadline_free (MeshDeadline *self)
{
  g_source_destroy (self->timer);
  g_source_unref (self->timer);
  if (self->parent != NULL)
    {
      g_source_destroy (self->parent);
      g_source_unref (self->parent);
    }
  g_object_unref (self->cancellable);
  g_free (self);
}

GCancellable *
mesh_deadline_get_cancellable (MeshDeadline *self)
{
  return self->cancellable;
}

GError *
mesh_deadline_explain (MeshDeadline *self, GError *error, const char *what)
{
  if (!self->has_passed || !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return error;
  g_error_free (error);
  return g_error_new (MESH_ERROR, MESH_ERROR_TIMED_OUT, "%s took too long", what);
}
