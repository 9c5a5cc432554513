/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "proxy/shoal-proxy-object.h"

typedef struct
{
  GDBusProxy *proxy; /* (owned) (nullable) */
  gulong changed_id;
} ShoalProxyObjectPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (ShoalProxyObject, shoal_proxy_object, G_TYPE_OBJECT)

static void
properties_changed_cb (ShoalProxyObject *self)
{
  shoal_proxy_object_notify_all (self);
}

static void
drop_proxy (ShoalProxyObject *self)
{
  ShoalProxyObjectPrivate *priv = shoal_proxy_object_get_instance_private (self);

  if (priv->proxy != NULL)
    g_clear_signal_handler (&priv->changed_id, priv->proxy);
  g_clear_object (&priv->proxy);
}

static void
shoal_proxy_object_dispose (GObject *object)
{
  drop_proxy (SHOAL_PROXY_OBJECT (object));
  G_OBJECT_CLASS (shoal_proxy_object_parent_class)->dispose (object);
}

static void
shoal_proxy_object_class_init (ShoalProxyObjectClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = shoal_proxy_object_dispose;
}

static void
shoal_proxy_object_init (ShoalProxyObject *self)
{
}

GDBusProxy *
shoal_proxy_object_get_proxy (ShoalProxyObject *self)
{
  ShoalProxyObjectPrivate *priv = shoal_proxy_object_get_instance_private (self);

  return priv->proxy;
}

void
shoal_proxy_object_set_proxy (ShoalProxyObject *self, GDBusProxy *proxy)
{
  ShoalProxyObjectPrivate *priv = shoal_proxy_object_get_instance_private (self);

  if (priv->proxy == proxy)
    return;
  drop_proxy (self);
  if (proxy != NULL)
    {
      priv->proxy = g_object_ref (proxy);
      priv->changed_id = g_signal_connect_swapped (
          proxy, "g-properties-changed", G_CALLBACK (properties_changed_cb), self);
    }
  shoal_proxy_object_notify_all (self);
}

const char *
shoal_proxy_object_get_path (ShoalProxyObject *self)
{
  GDBusProxy *proxy = shoal_proxy_object_get_proxy (self);

  return proxy != NULL ? g_dbus_proxy_get_object_path (proxy) : "/";
}

void
shoal_proxy_object_notify_all (ShoalProxyObject *self)
{
  ShoalProxyObjectClass *klass = SHOAL_PROXY_OBJECT_GET_CLASS (self);
  g_autofree GParamSpec **specs = NULL;
  guint n_specs;

  specs = g_object_class_list_properties (G_OBJECT_CLASS (klass), &n_specs);
  g_object_freeze_notify (G_OBJECT (self));
  if (klass->changed != NULL)
    klass->changed (self);
  for (guint i = 0; i < n_specs; i++)
    g_object_notify_by_pspec (G_OBJECT (self), specs[i]);
  g_object_thaw_notify (G_OBJECT (self));
}

/* The bus is hostile: a value of another type counts as not said. */
static GVariant *
cached (ShoalProxyObject *self, const char *name, const GVariantType *type)
{
  GDBusProxy *proxy = shoal_proxy_object_get_proxy (self);
  g_autoptr (GVariant) value = NULL;

  if (proxy != NULL)
    value = g_dbus_proxy_get_cached_property (proxy, name);
  if (value == NULL || !g_variant_is_of_type (value, type))
    return NULL;
  return g_steal_pointer (&value);
}

char *
shoal_proxy_object_dup_string (ShoalProxyObject *self, const char *name)
{
  g_autoptr (GVariant) value = cached (self, name, G_VARIANT_TYPE_STRING);

  return value != NULL ? g_variant_dup_string (value, NULL) : g_strdup ("");
}

char **
shoal_proxy_object_dup_strv (ShoalProxyObject *self, const char *name)
{
  g_autoptr (GVariant) value = cached (self, name, G_VARIANT_TYPE_STRING_ARRAY);

  return value != NULL ? g_variant_dup_strv (value, NULL) : g_new0 (char *, 1);
}

guint64
shoal_proxy_object_get_uint64 (ShoalProxyObject *self, const char *name)
{
  g_autoptr (GVariant) value = cached (self, name, G_VARIANT_TYPE_UINT64);
  g_autoptr (GVariant) small = cached (self, name, G_VARIANT_TYPE_UINT32);

  if (small != NULL)
    return g_variant_get_uint32 (small);
  return value != NULL ? g_variant_get_uint64 (value) : 0;
}

gint64
shoal_proxy_object_get_int64 (ShoalProxyObject *self, const char *name)
{
  g_autoptr (GVariant) value = cached (self, name, G_VARIANT_TYPE_INT64);
  g_autoptr (GVariant) small = cached (self, name, G_VARIANT_TYPE_INT32);

  if (small != NULL)
    return g_variant_get_int32 (small);
  return value != NULL ? g_variant_get_int64 (value) : 0;
}

double
shoal_proxy_object_get_double (ShoalProxyObject *self, const char *name)
{
  g_autoptr (GVariant) value = cached (self, name, G_VARIANT_TYPE_DOUBLE);

  return value != NULL ? g_variant_get_double (value) : -1.0;
}

gboolean
shoal_proxy_object_get_boolean (ShoalProxyObject *self, const char *name)
{
  g_autoptr (GVariant) value = cached (self, name, G_VARIANT_TYPE_BOOLEAN);

  return value != NULL && g_variant_get_boolean (value);
}

gboolean
shoal_proxy_object_string_is (ShoalProxyObject *self, const char *name, const char *value)
{
  g_autofree char *text = shoal_proxy_object_dup_string (self, name);

  return g_str_equal (text, value);
}

gboolean
shoal_proxy_object_has_string (ShoalProxyObject *self, const char *name)
{
  g_autofree char *text = shoal_proxy_object_dup_string (self, name);

  return *text != '\0';
}
