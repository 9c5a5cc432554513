/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <gio/gio.h>

#define SHOAL_TYPE_PROXY_OBJECT (shoal_proxy_object_get_type ())
G_DECLARE_DERIVABLE_TYPE (ShoalProxyObject,
                          shoal_proxy_object,
                          SHOAL,
                          PROXY_OBJECT,
                          GObject)

/*
 * What all models have in common, and so a base class: one D-Bus proxy behind properties
 * that are computed from it. When the daemon says that something changed, every property
 * of the subclass is notified; the daemon does that at most 4 times a second.
 */
struct _ShoalProxyObjectClass
{
  GObjectClass parent_class;

  /* Optional. Runs before the notifications, with properties frozen. */
  void (*changed) (ShoalProxyObject *self);
};

/**
 * shoal_proxy_object_get_proxy:
 * @self: a model
 *
 * Returns: (transfer none) (nullable): the proxy; %NULL while the daemon is away
 */
GDBusProxy *shoal_proxy_object_get_proxy (ShoalProxyObject *self);

/**
 * shoal_proxy_object_set_proxy:
 * @self: a model
 * @proxy: (nullable): the object that stands behind it from now on
 */
void shoal_proxy_object_set_proxy (ShoalProxyObject *self, GDBusProxy *proxy);

/**
 * shoal_proxy_object_get_path:
 * @self: a model
 *
 * Returns: the object path; "/" while the daemon is away
 */
const char *shoal_proxy_object_get_path (ShoalProxyObject *self);

/**
 * shoal_proxy_object_notify_all:
 * @self: a model
 *
 * Notifies all properties, as after a change of the proxy.
 */
void shoal_proxy_object_notify_all (ShoalProxyObject *self);

/*
 * The cached value of a property of the proxy by its D-Bus name, and what stands for it
 * when the daemon is away or has not said it.
 */
char *shoal_proxy_object_dup_string (ShoalProxyObject *self,
                                     const char *name) G_GNUC_WARN_UNUSED_RESULT;
char **shoal_proxy_object_dup_strv (ShoalProxyObject *self,
                                    const char *name) G_GNUC_WARN_UNUSED_RESULT;
guint64 shoal_proxy_object_get_uint64 (ShoalProxyObject *self, const char *name);
gint64 shoal_proxy_object_get_int64 (ShoalProxyObject *self, const char *name);
double shoal_proxy_object_get_double (ShoalProxyObject *self, const char *name);
gboolean shoal_proxy_object_get_boolean (ShoalProxyObject *self, const char *name);
gboolean shoal_proxy_object_string_is (ShoalProxyObject *self,
                                       const char *name,
                                       const char *value);
gboolean shoal_proxy_object_has_string (ShoalProxyObject *self, const char *name);
