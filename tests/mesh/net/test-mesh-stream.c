/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "net/iface/mesh-stream.h"

#include "fake-muxer.h"

static void
test_connection (void)
{
  MeshConnection *connection = fake_connection (1);
  g_autoptr (MeshStream) stream
      = mesh_muxer_open_stream (mesh_connection_get_muxer (connection), NULL);

  g_assert_null (mesh_stream_get_connection (stream));
  mesh_stream_set_connection (stream, connection);
  g_assert_true (mesh_stream_get_connection (stream) == connection);
  /* a stream does not keep its connection, and a closed one is none */
  mesh_connection_close (connection, NULL);
  g_assert_null (mesh_stream_get_connection (stream));
  g_object_unref (connection);
  g_assert_null (mesh_stream_get_connection (stream));
}

static void
test_properties (void)
{
  g_autoptr (MeshStream) stream = g_object_new (fake_stream_get_type (), NULL);

  g_assert_null (mesh_stream_get_protocol (stream));
  mesh_stream_set_protocol (stream, "/a");
  mesh_stream_set_protocol (stream, "/b");
  g_assert_cmpstr (mesh_stream_get_protocol (stream), ==, "/b");
  g_assert_false (mesh_stream_is_inbound (stream));
  mesh_stream_set_inbound (stream, TRUE);
  g_assert_true (mesh_stream_is_inbound (stream));
  mesh_stream_reset (stream);
  g_assert_cmpuint (((FakeStream *) stream)->n_resets, ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/net/stream/connection", test_connection);
  g_test_add_func ("/net/stream/properties", test_properties);
  return g_test_run ();
}
