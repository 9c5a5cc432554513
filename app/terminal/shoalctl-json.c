/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "terminal/shoalctl-json.h"

static JsonNode *
node_from_dict (GVariant *value)
{
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);
  g_autoptr (JsonObject) object = json_object_new ();

  for (gsize i = 0; i < g_variant_n_children (value); i++)
    {
      g_autoptr (GVariant) entry = g_variant_get_child_value (value, i);
      g_autoptr (GVariant) key = g_variant_get_child_value (entry, 0);
      g_autoptr (GVariant) child = g_variant_get_child_value (entry, 1);
      g_autofree char *name = g_variant_is_of_type (key, G_VARIANT_TYPE_STRING)
                                  ? g_variant_dup_string (key, NULL)
                                  : g_variant_print (key, FALSE);

      g_strdelimit (name, "-", '_');
      json_object_set_member (object, name, shoalctl_json_from_variant (child));
    }
  json_node_set_object (node, object);
  return node;
}

static JsonNode *
node_from_list (GVariant *value)
{
  JsonNode *node = json_node_new (JSON_NODE_ARRAY);
  g_autoptr (JsonArray) array = json_array_new ();

  for (gsize i = 0; i < g_variant_n_children (value); i++)
    {
      g_autoptr (GVariant) child = g_variant_get_child_value (value, i);

      json_array_add_element (array, shoalctl_json_from_variant (child));
    }
  json_node_set_array (node, array);
  return node;
}

static gint64
integer_of (GVariant *value)
{
  switch (g_variant_classify (value))
    {
    case G_VARIANT_CLASS_BYTE:
      return g_variant_get_byte (value);
    case G_VARIANT_CLASS_INT16:
      return g_variant_get_int16 (value);
    case G_VARIANT_CLASS_UINT16:
      return g_variant_get_uint16 (value);
    case G_VARIANT_CLASS_INT32:
      return g_variant_get_int32 (value);
    case G_VARIANT_CLASS_UINT32:
      return g_variant_get_uint32 (value);
    case G_VARIANT_CLASS_INT64:
      return g_variant_get_int64 (value);
    case G_VARIANT_CLASS_UINT64:
      return MIN (g_variant_get_uint64 (value), G_MAXINT64);
    default:
      return 0;
    }
}

JsonNode *
shoalctl_json_from_variant (GVariant *value)
{
  switch (g_variant_classify (value))
    {
    case G_VARIANT_CLASS_VARIANT:
      {
        g_autoptr (GVariant) inner = g_variant_get_variant (value);

        return shoalctl_json_from_variant (inner);
      }
    case G_VARIANT_CLASS_BOOLEAN:
      return json_node_init_boolean (json_node_alloc (), g_variant_get_boolean (value));
    case G_VARIANT_CLASS_DOUBLE:
      return json_node_init_double (json_node_alloc (), g_variant_get_double (value));
    case G_VARIANT_CLASS_STRING:
    case G_VARIANT_CLASS_OBJECT_PATH:
    case G_VARIANT_CLASS_SIGNATURE:
      return json_node_init_string (json_node_alloc (),
                                    g_variant_get_string (value, NULL));
    case G_VARIANT_CLASS_ARRAY:
      if (g_variant_is_of_type (value, G_VARIANT_TYPE_DICTIONARY))
        return node_from_dict (value);
      return node_from_list (value);
    case G_VARIANT_CLASS_TUPLE:
      return node_from_list (value);
    case G_VARIANT_CLASS_HANDLE:
    case G_VARIANT_CLASS_MAYBE:
    case G_VARIANT_CLASS_DICT_ENTRY:
      return json_node_new (JSON_NODE_NULL);
    default:
      return json_node_init_int (json_node_alloc (), integer_of (value));
    }
}

/* What stands for "not known" so that a member never changes its type. */
static JsonNode *
default_node (const char *type)
{
  switch (type[0])
    {
    case 'b':
      return json_node_init_boolean (json_node_alloc (), FALSE);
    case 'd':
      return json_node_init_double (json_node_alloc (), 0);
    case 's':
    case 'o':
      return json_node_init_string (json_node_alloc (), "");
    case 'a':
      {
        g_autoptr (JsonArray) array = NULL;
        g_autoptr (JsonObject) object = NULL;

        if (type[1] == '{')
          {
            object = json_object_new ();
            return json_node_init_object (json_node_alloc (), object);
          }
        array = json_array_new ();
        return json_node_init_array (json_node_alloc (), array);
      }
    default:
      return json_node_init_int (json_node_alloc (), 0);
    }
}

static void
set_field (JsonObject *object, const ShoalctlField *field, GVariant *value)
{
  JsonNode *node;

  if (value != NULL && g_variant_is_of_type (value, G_VARIANT_TYPE (field->type)))
    node = shoalctl_json_from_variant (value);
  else
    node = default_node (field->type);
  json_object_set_member (object, field->name, node);
}

JsonObject *
shoalctl_json_from_dict (GVariant *dict, const ShoalctlField *fields)
{
  g_autoptr (JsonObject) object = json_object_new ();

  for (; fields->name != NULL; fields++)
    {
      g_autoptr (GVariant) value = g_variant_lookup_value (dict, fields->source, NULL);

      set_field (object, fields, value);
    }
  return g_steal_pointer (&object);
}

JsonObject *
shoalctl_json_from_proxy (GDBusProxy *proxy, const ShoalctlField *fields)
{
  g_autoptr (JsonObject) object = json_object_new ();

  for (; fields->name != NULL; fields++)
    {
      g_autoptr (GVariant) value
          = g_dbus_proxy_get_cached_property (proxy, fields->source);

      set_field (object, fields, value);
    }
  return g_steal_pointer (&object);
}

char *
shoalctl_json_format (JsonNode *node)
{
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  g_autofree char *text = NULL;

  json_generator_set_pretty (generator, TRUE);
  json_generator_set_indent (generator, 2);
  json_generator_set_root (generator, node);
  text = json_generator_to_data (generator, NULL);
  return g_strconcat (text, "\n", NULL);
}
