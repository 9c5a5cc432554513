/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "update/mesh-app.h"

#include "update/mesh-app-private.h"

enum
{
  PROP_ID = 1,
  PROP_NAME,
  PROP_SUMMARY,
  PROP_CHANNEL,
  PROP_NOTES,
  PROP_INSTALLED_VERSION,
  PROP_PREVIOUS_VERSION,
  PROP_AVAILABLE_VERSION,
  PROP_SKIPPED_VERSION,
  PROP_STATE,
  PROP_ERROR_NAME,
  PROP_ERROR_MESSAGE,
  PROP_FINGERPRINT,
  PROP_EXEC,
  PROP_ICON,
  PROP_DESKTOP_ID,
  PROP_SOURCE,
  PROP_IS_HELD,
  PROP_IS_PUBLISHED,
  PROP_BYTES_TOTAL,
  PROP_BYTES_DONE,
  PROP_BYTES_SAVED,
  PROP_RATE_BPS,
  PROP_INSTALLED_SIZE,
  PROP_N_CHUNKS_TOTAL,
  PROP_N_CHUNKS_DONE,
  PROP_N_CHUNKS_SAVED,
  PROP_CHECKED_S,
  PROP_INSTALLED_S,
  N_PROPS,
};

#define LAST_STRING PROP_SOURCE
#define FIRST_NUMBER PROP_IS_HELD
#define N_NUMBERS (N_PROPS - FIRST_NUMBER)

struct _MeshApp
{
  GObject parent;

  char *strings[LAST_STRING + 1]; /* (owned) (nullable): by property */
  guint64 numbers[N_NUMBERS];     /* by property, from FIRST_NUMBER on */
  MeshUpdateState state;
  GPtrArray *sources; /* (owned) (element-type MeshSourceUsage) */
};

G_DEFINE_FINAL_TYPE (MeshApp, mesh_app, G_TYPE_OBJECT)

static GParamSpec *props[N_PROPS];

static void
mesh_app_finalize (GObject *object)
{
  MeshApp *app = MESH_APP (object);

  for (guint i = 0; i < G_N_ELEMENTS (app->strings); i++)
    g_free (app->strings[i]);
  g_ptr_array_unref (app->sources);
  G_OBJECT_CLASS (mesh_app_parent_class)->finalize (object);
}

static void
mesh_app_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  MeshApp *app = MESH_APP (object);

  if (id <= LAST_STRING)
    g_value_set_string (value, app->strings[id]);
  else if (G_IS_PARAM_SPEC_BOOLEAN (pspec))
    g_value_set_boolean (value, app->numbers[id - FIRST_NUMBER] != 0);
  else if (G_IS_PARAM_SPEC_UINT (pspec))
    g_value_set_uint (value, (guint) app->numbers[id - FIRST_NUMBER]);
  else if (G_IS_PARAM_SPEC_INT64 (pspec))
    g_value_set_int64 (value, (gint64) app->numbers[id - FIRST_NUMBER]);
  else
    g_value_set_uint64 (value, app->numbers[id - FIRST_NUMBER]);
}

static void
install_strings (void)
{
  static const char *const names[] = { "id",
                                       "name",
                                       "summary",
                                       "channel",
                                       "notes",
                                       "installed-version",
                                       "previous-version",
                                       "available-version",
                                       "skipped-version",
                                       "state",
                                       "error-name",
                                       "error-message",
                                       "fingerprint",
                                       "exec",
                                       "icon",
                                       "desktop-id",
                                       "source" };

  G_STATIC_ASSERT (G_N_ELEMENTS (names) == LAST_STRING);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    props[i + 1] = g_param_spec_string (names[i], NULL, NULL, NULL,
                                        G_PARAM_READABLE | G_PARAM_STATIC_STRINGS
                                            | G_PARAM_EXPLICIT_NOTIFY);
}

static GParamSpec *
new_number (const char *name, GType type)
{
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  if (type == G_TYPE_BOOLEAN)
    return g_param_spec_boolean (name, NULL, NULL, FALSE, flags);
  if (type == G_TYPE_UINT)
    return g_param_spec_uint (name, NULL, NULL, 0, G_MAXUINT, 0, flags);
  if (type == G_TYPE_INT64)
    return g_param_spec_int64 (name, NULL, NULL, 0, G_MAXINT64, 0, flags);
  return g_param_spec_uint64 (name, NULL, NULL, 0, G_MAXUINT64, 0, flags);
}

static void
mesh_app_class_init (MeshAppClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = mesh_app_finalize;
  object_class->get_property = mesh_app_get_property;
  install_strings ();
  props[PROP_IS_HELD] = new_number ("is-held", G_TYPE_BOOLEAN);
  props[PROP_IS_PUBLISHED] = new_number ("is-published", G_TYPE_BOOLEAN);
  props[PROP_BYTES_TOTAL] = new_number ("bytes-total", G_TYPE_UINT64);
  props[PROP_BYTES_DONE] = new_number ("bytes-done", G_TYPE_UINT64);
  props[PROP_BYTES_SAVED] = new_number ("bytes-saved", G_TYPE_UINT64);
  props[PROP_RATE_BPS] = new_number ("rate-bps", G_TYPE_UINT64);
  props[PROP_INSTALLED_SIZE] = new_number ("installed-size", G_TYPE_UINT64);
  props[PROP_N_CHUNKS_TOTAL] = new_number ("n-chunks-total", G_TYPE_UINT);
  props[PROP_N_CHUNKS_DONE] = new_number ("n-chunks-done", G_TYPE_UINT);
  props[PROP_N_CHUNKS_SAVED] = new_number ("n-chunks-saved", G_TYPE_UINT);
  props[PROP_CHECKED_S] = new_number ("checked-s", G_TYPE_INT64);
  props[PROP_INSTALLED_S] = new_number ("installed-s", G_TYPE_INT64);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
mesh_app_init (MeshApp *app)
{
  app->sources = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_source_usage_free);
}

static void
set_string (MeshApp *app, guint id, const char *value)
{
  if (g_strcmp0 (app->strings[id], value) == 0)
    return;
  g_free (app->strings[id]);
  app->strings[id] = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (app), props[id]);
}

static void
set_number (MeshApp *app, guint id, guint64 value)
{
  if (app->numbers[id - FIRST_NUMBER] == value)
    return;
  app->numbers[id - FIRST_NUMBER] = value;
  g_object_notify_by_pspec (G_OBJECT (app), props[id]);
}

MeshApp *
mesh_app_new (const char *id)
{
  MeshApp *app = g_object_new (MESH_TYPE_APP, NULL);

  app->strings[PROP_ID] = g_strdup (id);
  app->strings[PROP_STATE] = g_strdup (mesh_update_state_get_nick (app->state));
  return app;
}

static void
sync_release (MeshApp *app, const MeshUpdateRecord *record, const char *app_dir)
{
  const MeshUpdateRelease *shown = record->current;
  const char *exec = NULL, *icon = NULL;
  g_autofree char *exec_path = NULL;
  g_autofree char *icon_path = NULL;

  if (shown != NULL)
    {
      exec = shown->exec_path;
      icon = shown->icon_path;
    }
  if (exec != NULL)
    exec_path = g_build_filename (app_dir, "current", exec, NULL);
  if (icon != NULL)
    icon_path = g_build_filename (app_dir, "current", icon, NULL);
  if (shown == NULL)
    shown = record->next != NULL ? record->next : record->published;
  set_string (app, PROP_NAME, shown != NULL ? shown->name : app->strings[PROP_ID]);
  set_string (app, PROP_SUMMARY, shown != NULL ? shown->summary : "");
  set_string (app, PROP_EXEC, exec_path);
  set_string (app, PROP_ICON, icon_path);
  set_number (app, PROP_INSTALLED_SIZE,
              record->current != NULL ? record->current->size : 0);
}

void
mesh_app_sync (MeshApp *app, const MeshUpdateRecord *record, const char *app_dir)
{
  const MeshUpdateRelease *next = record->next;
  const MeshTrustState *trust = record->trust;

  g_object_freeze_notify (G_OBJECT (app));
  sync_release (app, record, app_dir);
  set_string (app, PROP_CHANNEL, trust->channel);
  set_string (app, PROP_NOTES, next != NULL ? next->notes : NULL);
  set_string (app, PROP_INSTALLED_VERSION,
              record->current != NULL ? record->current->version : NULL);
  set_string (app, PROP_PREVIOUS_VERSION,
              record->previous != NULL ? record->previous->version : NULL);
  set_string (app, PROP_AVAILABLE_VERSION, next != NULL ? next->version : NULL);
  set_string (app, PROP_SKIPPED_VERSION, record->skipped);
  set_string (app, PROP_ERROR_NAME, record->error_name);
  set_string (app, PROP_ERROR_MESSAGE, record->error_message);
  set_string (app, PROP_FINGERPRINT,
              trust->keys != NULL ? mesh_key_file_get_fingerprint (trust->keys)
                                  : trust->pin);
  set_string (app, PROP_DESKTOP_ID, record->desktop_id);
  set_string (app, PROP_SOURCE, record->source);
  set_number (app, PROP_IS_HELD, record->is_held);
  set_number (app, PROP_IS_PUBLISHED, record->published != NULL);
  set_number (app, PROP_BYTES_TOTAL, record->fetch_bytes);
  set_number (app, PROP_BYTES_SAVED, record->saved_bytes);
  set_number (app, PROP_N_CHUNKS_TOTAL, record->n_fetch_chunks);
  set_number (app, PROP_N_CHUNKS_SAVED, record->n_saved_chunks);
  set_number (app, PROP_CHECKED_S, (guint64) record->checked_s);
  set_number (app, PROP_INSTALLED_S, (guint64) record->installed_s);
  app->state = record->state;
  set_string (app, PROP_STATE, mesh_update_state_get_nick (record->state));
  g_object_thaw_notify (G_OBJECT (app));
}

void
mesh_app_set_progress (MeshApp *app,
                       guint64 bytes_done,
                       guint n_chunks_done,
                       guint64 rate_bps,
                       GPtrArray *sources)
{
  g_object_freeze_notify (G_OBJECT (app));
  if (sources != NULL)
    {
      g_ptr_array_ref (sources);
      g_ptr_array_unref (app->sources);
      app->sources = sources;
    }
  app->numbers[PROP_BYTES_DONE - FIRST_NUMBER] = bytes_done;
  g_object_notify_by_pspec (G_OBJECT (app), props[PROP_BYTES_DONE]);
  set_number (app, PROP_N_CHUNKS_DONE, n_chunks_done);
  set_number (app, PROP_RATE_BPS, rate_bps);
  g_object_thaw_notify (G_OBJECT (app));
}

MeshUpdateState
mesh_app_get_state (MeshApp *app)
{
  g_return_val_if_fail (MESH_IS_APP (app), MESH_UPDATE_STATE_NONE);
  return app->state;
}

GPtrArray *
mesh_app_get_sources (MeshApp *app)
{
  g_return_val_if_fail (MESH_IS_APP (app), NULL);
  return app->sources;
}

const char *
mesh_app_get_id (MeshApp *app)
{
  g_return_val_if_fail (MESH_IS_APP (app), NULL);
  return app->strings[PROP_ID];
}

const char *
mesh_app_get_name (MeshApp *app)
{
  g_return_val_if_fail (MESH_IS_APP (app), NULL);
  return app->strings[PROP_NAME];
}

const char *
mesh_app_get_summary (MeshApp *app)
{
  g_return_val_if_fail (MESH_IS_APP (app), NULL);
  return app->strings[PROP_SUMMARY];
}

const char *
mesh_app_get_channel (MeshApp *app)
{
  g_return_val_if_fail (MESH_IS_APP (app), NULL);
  return app->strings[PROP_CHANNEL];
}

const char *
mesh_app_get_notes (MeshApp *app)
{
  g_return_val_if_fail (MESH_IS_APP (app), NULL);
  return app->strings[PROP_NOTES];
}

const char *
mesh_app_get_installed_version (MeshApp *app)
{
  g_return_val_if_fail (MESH_IS_APP (app), NULL);
  return app->strings[PROP_INSTALLED_VERSION];
}

const char *
mesh_app_get_previous_version (MeshApp *app)
{
  g_return_val_if_fail (MESH_IS_APP (app), NULL);
  return app->strings[PROP_PREVIOUS_VERSION];
}

const char *
mesh_app_get_available_version (MeshApp *app)
{
  g_return_val_if_fail (MESH_IS_APP (app), NULL);
  return app->strings[PROP_AVAILABLE_VERSION];
}

const char *
mesh_app_get_skipped_version (MeshApp *app)
{
  g_return_val_if_fail (MESH_IS_APP (app), NULL);
  return app->strings[PROP_SKIPPED_VERSION];
}

const char *
mesh_app_get_error_name (MeshApp *app)
{
  g_return_val_if_fail (MESH_IS_APP (app), NULL);
  return app->strings[PROP_ERROR_NAME];
}

const char *
mesh_app_get_error_message (MeshApp *app)
{
  g_return_val_if_fail (MESH_IS_APP (app), NULL);
  return app->strings[PROP_ERROR_MESSAGE];
}

const char *
mesh_app_get_fingerprint (MeshApp *app)
{
  g_return_val_if_fail (MESH_IS_APP (app), NULL);
  return app->strings[PROP_FINGERPRINT];
}

const char *
mesh_app_get_exec (MeshApp *app)
{
  g_return_val_if_fail (MESH_IS_APP (app), NULL);
  return app->strings[PROP_EXEC];
}

const char *
mesh_app_get_icon (MeshApp *app)
{
  g_return_val_if_fail (MESH_IS_APP (app), NULL);
  return app->strings[PROP_ICON];
}

const char *
mesh_app_get_desktop_id (MeshApp *app)
{
  g_return_val_if_fail (MESH_IS_APP (app), NULL);
  return app->strings[PROP_DESKTOP_ID];
}

const char *
mesh_app_get_source (MeshApp *app)
{
  g_return_val_if_fail (MESH_IS_APP (app), NULL);
  return app->strings[PROP_SOURCE];
}

gboolean
mesh_app_is_held (MeshApp *app)
{
  g_return_val_if_fail (MESH_IS_APP (app), FALSE);
  return app->numbers[PROP_IS_HELD - FIRST_NUMBER] != 0;
}

gboolean
mesh_app_is_published (MeshApp *app)
{
  g_return_val_if_fail (MESH_IS_APP (app), FALSE);
  return app->numbers[PROP_IS_PUBLISHED - FIRST_NUMBER] != 0;
}

guint64
mesh_app_get_bytes_total (MeshApp *app)
{
  g_return_val_if_fail (MESH_IS_APP (app), 0);
  return app->numbers[PROP_BYTES_TOTAL - FIRST_NUMBER];
}

guint64
mesh_app_get_bytes_done (MeshApp *app)
{
  g_return_val_if_fail (MESH_IS_APP (app), 0);
  return app->numbers[PROP_BYTES_DONE - FIRST_NUMBER];
}

guint64
mesh_app_get_bytes_saved (MeshApp *app)
{
  g_return_val_if_fail (MESH_IS_APP (app), 0);
  return app->numbers[PROP_BYTES_SAVED - FIRST_NUMBER];
}

guint64
mesh_app_get_rate_bps (MeshApp *app)
{
  g_return_val_if_fail (MESH_IS_APP (app), 0);
  return app->numbers[PROP_RATE_BPS - FIRST_NUMBER];
}

guint64
mesh_app_get_installed_size (MeshApp *app)
{
  g_return_val_if_fail (MESH_IS_APP (app), 0);
  return app->numbers[PROP_INSTALLED_SIZE - FIRST_NUMBER];
}

guint
mesh_app_get_n_chunks_total (MeshApp *app)
{
  g_return_val_if_fail (MESH_IS_APP (app), 0);
  return (guint) app->numbers[PROP_N_CHUNKS_TOTAL - FIRST_NUMBER];
}

guint
mesh_app_get_n_chunks_done (MeshApp *app)
{
  g_return_val_if_fail (MESH_IS_APP (app), 0);
  return (guint) app->numbers[PROP_N_CHUNKS_DONE - FIRST_NUMBER];
}

guint
mesh_app_get_n_chunks_saved (MeshApp *app)
{
  g_return_val_if_fail (MESH_IS_APP (app), 0);
  return (guint) app->numbers[PROP_N_CHUNKS_SAVED - FIRST_NUMBER];
}

gint64
mesh_app_get_checked_s (MeshApp *app)
{
  g_return_val_if_fail (MESH_IS_APP (app), 0);
  return (gint64) app->numbers[PROP_CHECKED_S - FIRST_NUMBER];
}

gint64
mesh_app_get_installed_s (MeshApp *app)
{
  g_return_val_if_fail (MESH_IS_APP (app), 0);
  return (gint64) app->numbers[PROP_INSTALLED_S - FIRST_NUMBER];
}
