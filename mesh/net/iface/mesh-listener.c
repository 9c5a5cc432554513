/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "net/iface/mesh-listener.h"

G_DEFINE_ABSTRACT_TYPE (MeshListener, mesh_listener, G_TYPE_OBJECT)

static void
mesh_listener_class_init (MeshListenerClass *klass)
{
}

static void
mesh_listener_init (MeshListener *self)
{
}

GPtrArray *
mesh_listener_dup_addresses (MeshListener *listener)
{
  return MESH_LISTENER_GET_CLASS (listener)->dup_addresses (listener);
}

void
mesh_listener_close (MeshListener *listener)
{
  MESH_LISTENER_GET_CLASS (listener)->close (listener);
}
