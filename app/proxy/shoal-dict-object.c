/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "proxy/shoal-dict-object.h"

typedef struct
{
  GVariant *dict; /* (owned) (nullable) */
  char *id;       /* (owned) (nullable): of the list it is in */
} ShoalDictObjectPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (ShoalDictObject, shoal_dict_object, G_TYPE_OBJECT)

static void
shoal_dict_object_finalize (GObject *object)
{
  ShoalDictObjectPrivate *priv
      = shoal_dict_object_get_instance_private (SHOAL_DICT_OBJECT (object));

  g_clear_pointer (&priv->dict, g_variant_unref);
  g_free (priv->id);
  G_OBJECT_CLASS (shoal_dict_object_parent_class)->finalize (object);
}

static void
shoal_dict_object_class_init (ShoalDictObjectClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = shoal_dict_object_finalize;
}

static void
shoal_dict_object_init (ShoalDictObject *self)
{
}

void
shoal_dict_object_notify_all (ShoalDictObject *self)
{
  g_autofree GParamSpec **specs = NULL;
  guint n_specs;

  specs = g_object_class_list_properties (G_OBJECT_GET_CLASS (self), &n_specs);
  g_object_freeze_notify (G_OBJECT (self));
  for (guint i = 0; i < n_specs; i++)
    g_object_notify_by_pspec (G_OBJECT (self), specs[i]);
  g_object_thaw_notify (G_OBJECT (self));
}

void
shoal_dict_object_set_dict (ShoalDictObject *self, GVariant *dict)
{
  ShoalDictObjectPrivate *priv = shoal_dict_object_get_instance_private (self);

  if (priv->dict != NULL && g_variant_equal (priv->dict, dict))
    return;
  g_clear_pointer (&priv->dict, g_variant_unref);
  priv->dict = g_variant_ref_sink (dict);
  shoal_dict_object_notify_all (self);
}

GVariant *
shoal_dict_object_get_dict (ShoalDictObject *self)
{
  ShoalDictObjectPrivate *priv = shoal_dict_object_get_instance_private (self);

  return priv->dict;
}

const char *
shoal_dict_object_get_string (ShoalDictObject *self, const char *key)
{
  ShoalDictObjectPrivate *priv = shoal_dict_object_get_instance_private (self);
  const char *text = "";

  if (priv->dict != NULL)
    g_variant_lookup (priv->dict, key, "&s", &text);
  return text;
}

char **
shoal_dict_object_dup_strv (ShoalDictObject *self, const char *key)
{
  ShoalDictObjectPrivate *priv = shoal_dict_object_get_instance_private (self);
  char **texts = NULL;

  if (priv->dict != NULL)
    g_variant_lookup (priv->dict, key, "^as", &texts);
  return texts != NULL ? texts : g_new0 (char *, 1);
}

gboolean
shoal_dict_object_get_boolean (ShoalDictObject *self, const char *key)
{
  ShoalDictObjectPrivate *priv = shoal_dict_object_get_instance_private (self);
  gboolean value = FALSE;

  if (priv->dict != NULL)
    g_variant_lookup (priv->dict, key, "b", &value);
  return value;
}

guint64
shoal_dict_object_get_uint64 (ShoalDictObject *self, const char *key)
{
  ShoalDictObjectPrivate *priv = shoal_dict_object_get_instance_private (self);
  guint64 value = 0;
  guint32 small = 0;

  if (priv->dict != NULL && g_variant_lookup (priv->dict, key, "u", &small))
    return small;
  if (priv->dict != NULL)
    g_variant_lookup (priv->dict, key, "t", &value);
  return value;
}

gint64
shoal_dict_object_get_int64 (ShoalDictObject *self, const char *key)
{
  ShoalDictObjectPrivate *priv = shoal_dict_object_get_instance_private (self);
  gint64 value = 0;

  if (priv->dict != NULL)
    g_variant_lookup (priv->dict, key, "x", &value);
  return value;
}

/* (nullable): @keys of @dict as one text */
static char *
join_keys (GVariant *dict, const char *const *keys)
{
  GString *id = g_string_new (NULL);

  for (guint i = 0; keys[i] != NULL; i++)
    {
      const char *value = "";

      g_variant_lookup (dict, keys[i], "&s", &value);
      if (i == 0 && *value == '\0')
        {
          g_string_free (id, TRUE);
          return NULL;
        }
      g_string_append_printf (id, "%s\n", value);
    }
  return g_string_free (id, FALSE);
}

static GHashTable *
index_list (GListStore *list)
{
  GHashTable *by_id = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, NULL);
  guint n_items = g_list_model_get_n_items (G_LIST_MODEL (list));

  for (guint i = 0; i < n_items; i++)
    {
      g_autoptr (ShoalDictObject) item = g_list_model_get_item (G_LIST_MODEL (list), i);
      ShoalDictObjectPrivate *priv = shoal_dict_object_get_instance_private (item);

      g_hash_table_insert (by_id, priv->id, item); /* the list keeps it */
    }
  return by_id;
}

/* (element-type ShoalDictObject): the objects for @dicts, old ones where there are */
static GPtrArray *
collect (GListStore *list, GVariant *dicts, const char *const *keys, guint max_items)
{
  g_autoptr (GHashTable) by_id = index_list (list);
  g_autoptr (GHashTable) seen
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GPtrArray *items = g_ptr_array_new_with_free_func (g_object_unref);

  for (gsize i = 0; i < g_variant_n_children (dicts) && items->len < max_items; i++)
    {
      g_autoptr (GVariant) dict = g_variant_get_child_value (dicts, i);
      g_autofree char *id = join_keys (dict, keys);
      ShoalDictObjectPrivate *priv;
      ShoalDictObject *item;

      if (id == NULL || !g_hash_table_add (seen, g_strdup (id)))
        continue;
      item = g_hash_table_lookup (by_id, id);
      if (item != NULL)
        g_object_ref (item);
      else
        item = g_object_new (g_list_model_get_item_type (G_LIST_MODEL (list)), NULL);
      priv = shoal_dict_object_get_instance_private (item);
      if (priv->id == NULL)
        priv->id = g_steal_pointer (&id);
      shoal_dict_object_set_dict (item, dict);
      g_ptr_array_add (items, item);
    }
  return items;
}

static gboolean
is_at (GListStore *list, guint position, gpointer wanted)
{
  g_autoptr (GObject) item = g_list_model_get_item (G_LIST_MODEL (list), position);

  return item == wanted;
}

void
shoal_dict_object_update_list (GListStore *list,
                               GVariant *dicts,
                               const char *const *keys,
                               guint max_items)
{
  guint n_old = g_list_model_get_n_items (G_LIST_MODEL (list));
  g_autoptr (GPtrArray) items = NULL;
  guint n_head = 0;
  guint n_tail = 0;

  if (dicts == NULL || !g_variant_is_of_type (dicts, G_VARIANT_TYPE ("aa{sv}")))
    {
      g_list_store_remove_all (list);
      return;
    }
  items = collect (list, dicts, keys, max_items);
  while (n_head < MIN (n_old, items->len)
         && is_at (list, n_head, g_ptr_array_index (items, n_head)))
    n_head++;
  while (n_tail < MIN (n_old, items->len) - n_head
         && is_at (list, n_old - n_tail - 1,
                   g_ptr_array_index (items, items->len - n_tail - 1)))
    n_tail++;
  if (n_head + n_tail < MAX (n_old, items->len))
    g_list_store_splice (list, n_head, n_old - n_head - n_tail, items->pdata + n_head,
                         items->len - n_head - n_tail);
}
