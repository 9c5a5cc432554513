/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "net/host/mesh-dnsaddr-lookup.h"

#include "base/mesh-error.h"

typedef struct
{
  MeshDnsaddr *dnsaddr; /* (owned) */
  GError *error;        /* (owned) (nullable): of the first name that had no answer */
} Lookup;

static void advance (GTask *task);

static void
lookup_free (gpointer data)
{
  Lookup *lookup = data;

  mesh_dnsaddr_free (lookup->dnsaddr);
  g_clear_error (&lookup->error);
  g_free (lookup);
}

static void
free_records (GList *records)
{
  g_list_free_full (records, (GDestroyNotify) g_variant_unref);
}

/* A record is a tuple of an array of strings of at most 255 bytes (RFC 1035 §3.3.14),
 * which belong together. */
static char *
dup_text (GVariant *record)
{
  g_autoptr (GVariant) parts = NULL;
  g_autofree const char **texts = NULL;

  if (!g_variant_is_of_type (record, G_VARIANT_TYPE ("(as)")))
    return NULL;
  parts = g_variant_get_child_value (record, 0);
  texts = g_variant_get_strv (parts, NULL);
  return g_strjoinv ("", (char **) texts);
}

static void
records_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  Lookup *lookup = g_task_get_task_data (task);
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  GList *records = g_resolver_lookup_records_finish (G_RESOLVER (source), result, &error);

  for (GList *l = records; l != NULL && texts->len < MESH_DNSADDR_MAX_RECORDS;
       l = l->next)
    {
      char *text = dup_text (l->data);

      if (text != NULL)
        g_ptr_array_add (texts, text);
    }
  free_records (records);
  g_ptr_array_add (texts, NULL);
  if (error != NULL && lookup->error == NULL)
    lookup->error = g_steal_pointer (&error);
  mesh_dnsaddr_answer (lookup->dnsaddr, (const char *const *) texts->pdata);
  advance (task);
}

static void
return_addrs (GTask *task)
{
  Lookup *lookup = g_task_get_task_data (task);
  g_autoptr (GPtrArray) addrs = mesh_dnsaddr_dup_addrs (lookup->dnsaddr);

  if (addrs->len > 0)
    g_task_return_pointer (task, g_steal_pointer (&addrs),
                           (GDestroyNotify) g_ptr_array_unref);
  else
    g_task_return_new_error (task, MESH_ERROR, MESH_ERROR_UNREACHABLE, "%s",
                             lookup->error != NULL
                                 ? lookup->error->message
                                 : "The name has no address of this peer (dnsaddr)");
}

static void
advance (GTask *task)
{
  Lookup *lookup = g_task_get_task_data (task);
  const char *name = mesh_dnsaddr_next (lookup->dnsaddr);
  g_autoptr (GResolver) resolver = NULL;

  if (g_task_return_error_if_cancelled (task))
    return;
  if (name == NULL)
    {
      return_addrs (task);
      return;
    }
  resolver = g_resolver_get_default ();
  g_resolver_lookup_records_async (resolver, name, G_RESOLVER_RECORD_TXT,
                                   g_task_get_cancellable (task), records_cb,
                                   g_object_ref (task));
}

void
mesh_dnsaddr_lookup_async (GPtrArray *addrs,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Lookup *lookup = g_new0 (Lookup, 1);

  g_task_set_source_tag (task, mesh_dnsaddr_lookup_async);
  g_task_set_task_data (task, lookup, lookup_free);
  lookup->dnsaddr = mesh_dnsaddr_new ();
  for (guint i = 0; i < addrs->len; i++)
    mesh_dnsaddr_add (lookup->dnsaddr, g_ptr_array_index (addrs, i));
  advance (task);
}

GPtrArray *
mesh_dnsaddr_lookup_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
