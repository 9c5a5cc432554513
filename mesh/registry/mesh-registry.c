/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "registry/mesh-registry.h"

#include "base/mesh-error.h"

struct _MeshRegistry
{
  GObject parent;

  MeshMasterClient *master; /* (owned) (nullable) */
  MeshRegistryMode mode;
  gboolean is_sharing;
  char *master_warning; /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (MeshRegistry, mesh_registry, G_TYPE_OBJECT)

enum
{
  PROP_MASTER_WARNING = 1,
  N_PROPS,
};

enum
{
  SIGNAL_ANNOUNCED,
  SIGNAL_ANNOUNCEMENT_DUE,
  SIGNAL_SPLIT_VIEW,
  SIGNAL_SPLIT_VIEWS_CHANGED,
  N_SIGNALS,
};

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

static const char *const mode_nicks[] = { "central", "p2p", "hybrid" };

const char *
mesh_registry_mode_get_nick (MeshRegistryMode mode)
{
  return (guint) mode < G_N_ELEMENTS (mode_nicks) ? mode_nicks[mode] : "hybrid";
}

gboolean
mesh_registry_mode_from_nick (const char *nick, MeshRegistryMode *mode)
{
  for (guint i = 0; i < G_N_ELEMENTS (mode_nicks); i++)
    if (g_strcmp0 (nick, mode_nicks[i]) == 0)
      {
        *mode = (MeshRegistryMode) i;
        return TRUE;
      }
  return FALSE;
}

static void
mesh_registry_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_MASTER_WARNING)
    g_value_set_string (value, MESH_REGISTRY (object)->master_warning);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
mesh_registry_finalize (GObject *object)
{
  MeshRegistry *self = MESH_REGISTRY (object);

  g_clear_object (&self->master);
  g_free (self->master_warning);
  G_OBJECT_CLASS (mesh_registry_parent_class)->finalize (object);
}

static void
mesh_registry_class_init (MeshRegistryClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = mesh_registry_get_property;
  object_class->finalize = mesh_registry_finalize;
  props[PROP_MASTER_WARNING] = g_param_spec_string (
      "master-warning", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  signals[SIGNAL_ANNOUNCED]
      = g_signal_new ("announced", MESH_TYPE_REGISTRY, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                      NULL, G_TYPE_NONE, 2, G_TYPE_POINTER, G_TYPE_BOOLEAN);
  signals[SIGNAL_ANNOUNCEMENT_DUE] = g_signal_new (
      "announcement-due", MESH_TYPE_REGISTRY, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
      G_TYPE_NONE, 3, G_TYPE_STRING, G_TYPE_STRING, G_TYPE_STRING);
  signals[SIGNAL_SPLIT_VIEW]
      = g_signal_new ("split-view", MESH_TYPE_REGISTRY, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                      NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[SIGNAL_SPLIT_VIEWS_CHANGED]
      = g_signal_new ("split-views-changed", MESH_TYPE_REGISTRY, G_SIGNAL_RUN_LAST, 0,
                      NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
mesh_registry_init (MeshRegistry *self)
{
  self->mode = MESH_REGISTRY_MODE_HYBRID;
}

void
mesh_registry_open_async (const MeshRegistryOptions *options,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  MeshRegistry *self = g_object_new (MESH_TYPE_REGISTRY, NULL);

  g_set_object (&self->master, options->master);
  self->mode = options->mode;
  self->is_sharing = options->is_sharing;
  g_task_set_source_tag (task, mesh_registry_open_async);
  g_task_return_pointer (task, self, g_object_unref);
}

MeshRegistry *
mesh_registry_open_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
mesh_registry_stop_async (MeshRegistry *self,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, mesh_registry_stop_async);
  g_task_return_boolean (task, TRUE);
}

gboolean
mesh_registry_stop_finish (MeshRegistry *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

MeshRegistryMode
mesh_registry_get_mode (MeshRegistry *self)
{
  return self->mode;
}

void
mesh_registry_set_mode (MeshRegistry *self, MeshRegistryMode mode)
{
  self->mode = mode;
}

void
mesh_registry_set_master (MeshRegistry *self, MeshMasterClient *master)
{
  g_set_object (&self->master, master);
}

void
mesh_registry_set_sharing (MeshRegistry *self, gboolean is_sharing)
{
  self->is_sharing = is_sharing;
}

const char *
mesh_registry_get_master_warning (MeshRegistry *self)
{
  return self->master_warning;
}
