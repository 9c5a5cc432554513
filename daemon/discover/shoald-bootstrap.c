/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "discover/shoald-bootstrap.h"

static void
set_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  GError *error = NULL;
  g_auto (GStrv) restart_needed
      = shoald_engine_set_config_finish (SHOALD_ENGINE (object), result, &error);

  if (restart_needed == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

/* The setting without @address, and with it at the end if it @is_wanted. */
static GVariant *
build_values (char **current, const char *address, gboolean is_wanted)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new ();
  GVariantDict dict;

  for (char **entry = current; *entry != NULL; entry++)
    if (g_strcmp0 (*entry, address) != 0)
      g_ptr_array_add (list, *entry);
  if (is_wanted)
    g_ptr_array_add (list, (char *) address);
  g_ptr_array_add (list, NULL);
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, SHOALD_CONFIG_BOOTSTRAP, "^as", list->pdata);
  return g_variant_ref_sink (g_variant_dict_end (&dict));
}

static void
change (GTask *task, const char *address, gboolean is_wanted)
{
  ShoaldEngine *engine = g_task_get_source_object (task);
  g_auto (GStrv) current = NULL;
  g_autoptr (GVariant) values = NULL;
  gboolean is_there;

  current = shoald_config_dup_strv (shoald_engine_get_config (engine),
                                    SHOALD_CONFIG_BOOTSTRAP);
  is_there = g_strv_contains ((const char *const *) current, address);
  if (!is_wanted && !is_there)
    {
      g_task_return_new_error (task, MESH_ERROR, MESH_ERROR_NOT_FOUND,
                               "“%s” is not among the bootstrap addresses", address);
      return;
    }
  if (is_wanted && is_there)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  values = build_values (current, address, is_wanted);
  shoald_engine_set_config_async (engine, values, set_cb, g_object_ref (task));
}

void
shoald_bootstrap_add_async (ShoaldEngine *engine,
                            const char *address,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (engine, NULL, callback, user_data);

  g_task_set_source_tag (task, shoald_bootstrap_add_async);
  change (task, address, TRUE);
}

void
shoald_bootstrap_remove_async (ShoaldEngine *engine,
                               const char *address,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (engine, NULL, callback, user_data);

  g_task_set_source_tag (task, shoald_bootstrap_remove_async);
  change (task, address, FALSE);
}

gboolean
shoald_bootstrap_finish (ShoaldEngine *engine, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, engine), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
