/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "net/host/mesh-deadline.h"

#include "base/mesh-error.h"

#include "net-test.h"

static GError *
new_cancelled (void)
{
  return g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "x");
}

static void
test_time (void)
{
  g_autoptr (MeshDeadline) deadline = mesh_deadline_new (NULL, 5000);
  g_autoptr (GError) error = NULL, other = NULL;

  net_test_wait (g_cancellable_is_cancelled (mesh_deadline_get_cancellable (deadline)));
  error = mesh_deadline_explain (deadline, new_cancelled (), "The test");
  g_assert_error (error, MESH_ERROR, MESH_ERROR_TIMED_OUT);
  g_assert_cmpstr (error->message, ==, "The test took too long");
  other = mesh_deadline_explain (
      deadline, g_error_new_literal (MESH_ERROR, MESH_ERROR_AUTH, "x"), "The test");
  g_assert_error (other, MESH_ERROR, MESH_ERROR_AUTH);
}

static void
test_parent (void)
{
  g_autoptr (GCancellable) parent = g_cancellable_new ();
  g_autoptr (MeshDeadline) deadline = mesh_deadline_new (parent, 60 * G_USEC_PER_SEC);
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (parent);
  net_test_wait (g_cancellable_is_cancelled (mesh_deadline_get_cancellable (deadline)));
  error = mesh_deadline_explain (deadline, new_cancelled (), "The test");
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/net/deadline/time", test_time);
  g_test_add_func ("/net/deadline/parent", test_parent);
  return g_test_run ();
}
