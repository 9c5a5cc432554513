/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "net/iface/mesh-muxer.h"

#include "base/mesh-error.h"

#include "fake-muxer.h"

static void
count_closed_cb (MeshMuxer *muxer, GError *reason, gpointer user_data)
{
  g_assert_error (reason, MESH_ERROR, MESH_ERROR_PROTOCOL);
  *(guint *) user_data += 1;
}

static void
count_drained_cb (MeshMuxer *muxer, gpointer user_data)
{
  *(guint *) user_data += 1;
}

static void
test_life (void)
{
  g_autoptr (MeshMuxer) muxer = g_object_new (fake_muxer_get_type (), NULL);
  g_autoptr (MeshStream) stream = NULL;
  g_autoptr (GError) reason = g_error_new_literal (MESH_ERROR, MESH_ERROR_PROTOCOL, "x");
  g_autoptr (GError) error = NULL;
  guint n_closed = 0, n_drained = 0;

  g_signal_connect (muxer, "closed", G_CALLBACK (count_closed_cb), &n_closed);
  g_signal_connect (muxer, "drained", G_CALLBACK (count_drained_cb), &n_drained);
  mesh_muxer_start (muxer);
  g_assert_true (((FakeMuxer *) muxer)->is_started);
  stream = mesh_muxer_open_stream (muxer, &error);
  g_assert_no_error (error);
  g_assert_false (mesh_muxer_is_closed (muxer));
  /* the end comes once */
  mesh_muxer_close (muxer, reason);
  mesh_muxer_close (muxer, NULL);
  mesh_muxer_emit_closed (muxer, NULL);
  mesh_muxer_emit_drained (muxer);
  g_assert_cmpuint (n_closed, ==, 1);
  g_assert_cmpuint (n_drained, ==, 1);
  g_assert_true (mesh_muxer_is_closed (muxer));
  g_assert_true (mesh_muxer_is_drained (muxer));
  g_assert_null (mesh_muxer_open_stream (muxer, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_CLOSED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/net/muxer/life", test_life);
  return g_test_run ();
}
