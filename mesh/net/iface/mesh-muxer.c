/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "net/iface/mesh-muxer.h"

#include "base/mesh-error.h"

typedef struct
{
  gboolean is_closed;
  gboolean is_drained;
} MeshMuxerPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (MeshMuxer, mesh_muxer, G_TYPE_OBJECT)

enum
{
  SIGNAL_INCOMING_STREAM,
  SIGNAL_CLOSED,
  SIGNAL_DRAINED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static MeshMuxerPrivate *
get_private (MeshMuxer *self)
{
  return mesh_muxer_get_instance_private (self);
}

static void
mesh_muxer_class_init (MeshMuxerClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  signals[SIGNAL_INCOMING_STREAM]
      = g_signal_new ("incoming-stream", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                      G_TYPE_NONE, 1, MESH_TYPE_STREAM);
  signals[SIGNAL_CLOSED] = g_signal_new ("closed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                         NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
  signals[SIGNAL_DRAINED] = g_signal_new ("drained", type, G_SIGNAL_RUN_LAST, 0, NULL,
                                          NULL, NULL, G_TYPE_NONE, 0);
}

static void
mesh_muxer_init (MeshMuxer *self)
{
}

void
mesh_muxer_start (MeshMuxer *muxer)
{
  g_return_if_fail (MESH_IS_MUXER (muxer));

  MESH_MUXER_GET_CLASS (muxer)->start (muxer);
}

MeshStream *
mesh_muxer_open_stream (MeshMuxer *muxer, GError **error)
{
  g_return_val_if_fail (MESH_IS_MUXER (muxer), NULL);

  if (get_private (muxer)->is_closed)
    {
      g_set_error_literal (error, MESH_ERROR, MESH_ERROR_CLOSED,
                           "The connection to the peer is closed");
      return NULL;
    }
  return MESH_MUXER_GET_CLASS (muxer)->open_stream (muxer, error);
}

void
mesh_muxer_close (MeshMuxer *muxer, GError *reason)
{
  g_return_if_fail (MESH_IS_MUXER (muxer));

  if (!get_private (muxer)->is_closed)
    MESH_MUXER_GET_CLASS (muxer)->close (muxer, reason);
}

gboolean
mesh_muxer_is_closed (MeshMuxer *muxer)
{
  return get_private (muxer)->is_closed;
}

gboolean
mesh_muxer_is_drained (MeshMuxer *muxer)
{
  return get_private (muxer)->is_drained;
}

guint
mesh_muxer_get_n_streams (MeshMuxer *muxer)
{
  return MESH_MUXER_GET_CLASS (muxer)->get_n_streams (muxer);
}

gint64
mesh_muxer_get_rtt_us (MeshMuxer *muxer)
{
  return MESH_MUXER_GET_CLASS (muxer)->get_rtt_us (muxer);
}

void
mesh_muxer_get_traffic (MeshMuxer *muxer, guint64 *bytes_in, guint64 *bytes_out)
{
  MESH_MUXER_GET_CLASS (muxer)->get_traffic (muxer, bytes_in, bytes_out);
}

void
mesh_muxer_emit_incoming_stream (MeshMuxer *muxer, MeshStream *stream)
{
  g_signal_emit (muxer, signals[SIGNAL_INCOMING_STREAM], 0, stream);
}

void
mesh_muxer_emit_closed (MeshMuxer *muxer, GError *reason)
{
  MeshMuxerPrivate *priv = get_private (muxer);

  if (priv->is_closed)
    return;
  priv->is_closed = TRUE;
  g_signal_emit (muxer, signals[SIGNAL_CLOSED], 0, reason);
}

void
mesh_muxer_emit_drained (MeshMuxer *muxer)
{
  MeshMuxerPrivate *priv = get_private (muxer);

  if (priv->is_drained)
    return;
  priv->is_drained = TRUE;
  g_signal_emit (muxer, signals[SIGNAL_DRAINED], 0);
}
