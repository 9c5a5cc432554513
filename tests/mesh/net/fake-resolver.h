/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <gio/gio.h>

/* A resolver that knows what the test tells it, and stands in for that of the system. */

typedef struct
{
  GResolver parent;
  GHashTable *records; /* (owned) (element-type utf8 GVariant): arrays of TXT records */
  GPtrArray *asked;    /* (owned) (element-type utf8): in their order */
  gboolean is_silent;  /* answers nothing until it is cancelled */
} FakeResolver;

typedef struct
{
  GResolverClass parent;
} FakeResolverClass;

GType fake_resolver_get_type (void);
G_DEFINE_TYPE (FakeResolver, fake_resolver, G_TYPE_RESOLVER)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FakeResolver, g_object_unref)

static gboolean
fake_resolver_cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  g_task_return_error_if_cancelled (user_data);
  return G_SOURCE_REMOVE;
}

static void
fake_resolver_lookup_records_async (GResolver *resolver,
                                    const char *name,
                                    GResolverRecordType type,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data)
{
  FakeResolver *self = (FakeResolver *) resolver;
  g_autoptr (GTask) task = g_task_new (resolver, cancellable, callback, user_data);
  GVariant *records = g_hash_table_lookup (self->records, name);
  GList *list = NULL;

  g_assert_cmpint (type, ==, G_RESOLVER_RECORD_TXT);
  g_ptr_array_add (self->asked, g_strdup (name));
  if (self->is_silent)
    {
      g_autoptr (GSource) source = g_cancellable_source_new (cancellable);

      g_source_set_callback (source, G_SOURCE_FUNC (fake_resolver_cancelled_cb),
                             g_steal_pointer (&task), g_object_unref);
      g_source_attach (source, NULL);
      return;
    }
  if (records == NULL)
    {
      g_task_return_new_error (task, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND,
                               "No records of %s", name);
      return;
    }
  for (gsize i = g_variant_n_children (records); i > 0; i--)
    list = g_list_prepend (list, g_variant_get_child_value (records, i - 1));
  g_task_return_pointer (task, list, NULL);
}

static GList *
fake_resolver_lookup_records_finish (GResolver *resolver,
                                     GAsyncResult *result,
                                     GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
fake_resolver_finalize (GObject *object)
{
  FakeResolver *self = (FakeResolver *) object;

  g_hash_table_unref (self->records);
  g_ptr_array_unref (self->asked);
  G_OBJECT_CLASS (fake_resolver_parent_class)->finalize (object);
}

static void
fake_resolver_class_init (FakeResolverClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fake_resolver_finalize;
  G_RESOLVER_CLASS (klass)->lookup_records_async = fake_resolver_lookup_records_async;
  G_RESOLVER_CLASS (klass)->lookup_records_finish = fake_resolver_lookup_records_finish;
}

static void
fake_resolver_init (FakeResolver *self)
{
  self->records = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                         (GDestroyNotify) g_variant_unref);
  self->asked = g_ptr_array_new_with_free_func (g_free);
}

/* The resolver of the process from now on. */
static inline FakeResolver *
fake_resolver_new (void)
{
  FakeResolver *self = g_object_new (fake_resolver_get_type (), NULL);

  g_resolver_set_default (G_RESOLVER (self));
  return self;
}

/* @records: a GVariant text of type a(as) */
static inline void
fake_resolver_set (FakeResolver *self, const char *name, const char *records)
{
  g_autoptr (GError) error = NULL;
  GVariant *value
      = g_variant_parse (G_VARIANT_TYPE ("a(as)"), records, NULL, NULL, &error);

  g_assert_no_error (error);
  g_hash_table_insert (self->records, g_strdup (name), value);
}
