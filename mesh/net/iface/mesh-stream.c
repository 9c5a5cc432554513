/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "net/iface/mesh-stream.h"

#include "net/iface/mesh-connection.h"

typedef struct
{
  GWeakRef connection; /* MeshConnection */
  char *protocol;      /* (owned) (nullable) */
  gboolean is_inbound;
} MeshStreamPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (MeshStream, mesh_stream, G_TYPE_IO_STREAM)

static MeshStreamPrivate *
get_private (MeshStream *self)
{
  return mesh_stream_get_instance_private (self);
}

static void
mesh_stream_finalize (GObject *object)
{
  MeshStreamPrivate *priv = get_private (MESH_STREAM (object));

  g_weak_ref_clear (&priv->connection);
  g_free (priv->protocol);
  G_OBJECT_CLASS (mesh_stream_parent_class)->finalize (object);
}

static void
mesh_stream_class_init (MeshStreamClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mesh_stream_finalize;
}

static void
mesh_stream_init (MeshStream *self)
{
  g_weak_ref_init (&get_private (self)->connection, NULL);
}

MeshConnection *
mesh_stream_get_connection (MeshStream *stream)
{
  MeshConnection *connection;

  g_return_val_if_fail (MESH_IS_STREAM (stream), NULL);

  connection = g_weak_ref_get (&get_private (stream)->connection);
  if (connection == NULL)
    return NULL;
  /* All in one thread: who else holds it will not let go during this call. */
  g_object_unref (connection);
  return mesh_connection_is_closed (connection) ? NULL : connection;
}

const char *
mesh_stream_get_protocol (MeshStream *stream)
{
  g_return_val_if_fail (MESH_IS_STREAM (stream), NULL);

  return get_private (stream)->protocol;
}

gboolean
mesh_stream_is_inbound (MeshStream *stream)
{
  g_return_val_if_fail (MESH_IS_STREAM (stream), FALSE);

  return get_private (stream)->is_inbound;
}

void
mesh_stream_reset (MeshStream *stream)
{
  g_return_if_fail (MESH_IS_STREAM (stream));

  MESH_STREAM_GET_CLASS (stream)->reset (stream);
}

void
mesh_stream_set_connection (MeshStream *stream, MeshConnection *connection)
{
  g_weak_ref_set (&get_private (stream)->connection, connection);
}

void
mesh_stream_set_protocol (MeshStream *stream, const char *protocol)
{
  MeshStreamPrivate *priv = get_private (stream);

  g_free (priv->protocol);
  priv->protocol = g_strdup (protocol);
}

void
mesh_stream_set_inbound (MeshStream *stream, gboolean inbound)
{
  get_private (stream)->is_inbound = inbound;
}
