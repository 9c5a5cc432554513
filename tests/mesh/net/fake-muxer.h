/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "net/iface/mesh-connection.h"

/* A muxer without a wire, and its streams, for tests of what stands above. */

typedef struct
{
  MeshStream parent_instance;
  guint n_resets;
} FakeStream;
typedef MeshStreamClass FakeStreamClass;

static GType fake_stream_get_type (void);
G_DEFINE_TYPE (FakeStream, fake_stream, MESH_TYPE_STREAM)

static void
fake_stream_reset (MeshStream *stream)
{
  ((FakeStream *) stream)->n_resets++;
}

static gboolean
fake_stream_close (GIOStream *stream, GCancellable *cancellable, GError **error)
{
  return TRUE;
}

static void
fake_stream_class_init (FakeStreamClass *klass)
{
  klass->reset = fake_stream_reset;
  G_IO_STREAM_CLASS (klass)->close_fn = fake_stream_close;
}

static void
fake_stream_init (FakeStream *self)
{
}

typedef struct
{
  MeshMuxer parent_instance;
  gboolean is_started;
  gint64 rtt_us;
} FakeMuxer;
typedef MeshMuxerClass FakeMuxerClass;

static GType fake_muxer_get_type (void);
G_DEFINE_TYPE (FakeMuxer, fake_muxer, MESH_TYPE_MUXER)

static void
fake_muxer_start (MeshMuxer *muxer)
{
  ((FakeMuxer *) muxer)->is_started = TRUE;
}

static MeshStream *
fake_muxer_open_stream (MeshMuxer *muxer, GError **error)
{
  return g_object_new (fake_stream_get_type (), NULL);
}

static void
fake_muxer_close (MeshMuxer *muxer, GError *reason)
{
  mesh_muxer_emit_closed (muxer, reason);
  mesh_muxer_emit_drained (muxer);
}

static guint
fake_muxer_get_n_streams (MeshMuxer *muxer)
{
  return 3;
}

static gint64
fake_muxer_get_rtt_us (MeshMuxer *muxer)
{
  return ((FakeMuxer *) muxer)->rtt_us;
}

static void
fake_muxer_get_traffic (MeshMuxer *muxer, guint64 *bytes_in, guint64 *bytes_out)
{
  *bytes_in = 10;
  *bytes_out = 20;
}

static void
fake_muxer_class_init (FakeMuxerClass *klass)
{
  klass->start = fake_muxer_start;
  klass->open_stream = fake_muxer_open_stream;
  klass->close = fake_muxer_close;
  klass->get_n_streams = fake_muxer_get_n_streams;
  klass->get_rtt_us = fake_muxer_get_rtt_us;
  klass->get_traffic = fake_muxer_get_traffic;
}

static void
fake_muxer_init (FakeMuxer *self)
{
  self->rtt_us = -1;
}

/* A connection to the peer whose seed is all @fill. */
static inline MeshConnection *
fake_connection (guint8 fill)
{
  g_autoptr (MeshMuxer) muxer = g_object_new (fake_muxer_get_type (), NULL);
  guint8 key[MESH_ED25519_PUBLIC_BYTES];
  g_autoptr (MeshPublicKey) public_key = NULL;
  g_autoptr (MeshPeerId) id = NULL;
  g_autoptr (MeshMultiaddr) addr = mesh_multiaddr_parse ("/ip4/192.0.2.1/tcp/1", NULL);

  for (guint i = 0; i < sizeof key; i++)
    key[i] = fill;
  public_key = mesh_public_key_new_ed25519 (key);
  id = mesh_peer_id_new_from_public_key (public_key);
  return mesh_connection_new (muxer, id, NULL, addr, MESH_DIRECTION_INBOUND);
}
