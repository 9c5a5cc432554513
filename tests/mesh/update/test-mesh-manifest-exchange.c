/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "update/mesh-manifest-exchange.h"

#include <string.h>
#include <sys/socket.h>

#include "base/mesh-error.h"
#include "update-fixture.h"

typedef struct
{
  GIOStream *ends[2]; /* (owned) */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  int fds[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), ==, 0);
  for (int i = 0; i < 2; i++)
    {
      g_autoptr (GSocket) socket = g_socket_new_from_fd (fds[i], NULL);

      fixture->ends[i]
          = G_IO_STREAM (g_socket_connection_factory_create_connection (socket));
    }
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  for (int i = 0; i < 2; i++)
    g_object_unref (fixture->ends[i]);
}

/* What the asker gets when the other side writes @answer. */
static GBytes *
ask (Fixture *fixture, GBytes *answer, GError **error)
{
  UpdateWait asked = { NULL }, read = { NULL }, answered = { NULL };
  MeshManifestRequest request = { NULL, NULL };
  GBytes *envelope;

  mesh_manifest_exchange_ask_async (fixture->ends[0], "a.b", "beta", NULL, update_wait_cb,
                                    &asked);
  mesh_manifest_exchange_read_async (fixture->ends[1], NULL, update_wait_cb, &read);
  g_assert_true (
      mesh_manifest_exchange_read_finish (update_wait_for (&read), &request, NULL));
  g_assert_cmpstr (request.app_id, ==, "a.b");
  g_assert_cmpstr (request.channel, ==, "beta");
  mesh_manifest_request_clear (&request);
  mesh_manifest_exchange_answer_async (fixture->ends[1], answer, NULL, update_wait_cb,
                                       &answered);
  g_assert_true (
      mesh_manifest_exchange_answer_finish (update_wait_for (&answered), NULL));
  envelope = mesh_manifest_exchange_ask_finish (update_wait_for (&asked), error);
  g_object_unref (asked.result);
  g_object_unref (read.result);
  g_object_unref (answered.result);
  return envelope;
}

static void
test_answer (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) answer = g_bytes_new_take (g_strnfill (100000, 'x'), 100000);
  g_autoptr (GBytes) envelope = ask (fixture, answer, &error);

  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (envelope, answer));
}

static void
test_nothing (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (ask (fixture, NULL, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_NOT_FOUND);
}

/* A peer that writes @data and is gone. */
static void
expect_bad (Fixture *fixture, const char *text, gsize len, MeshError code)
{
  UpdateWait asked = { NULL };
  g_autoptr (GError) error = NULL;

  mesh_manifest_exchange_ask_async (fixture->ends[0], "a.b", "beta", NULL, update_wait_cb,
                                    &asked);
  g_output_stream_write_all (g_io_stream_get_output_stream (fixture->ends[1]), text, len,
                             NULL, NULL, NULL);
  g_socket_shutdown (
      g_socket_connection_get_socket (G_SOCKET_CONNECTION (fixture->ends[1])), FALSE,
      TRUE, NULL);
  g_assert_null (mesh_manifest_exchange_ask_finish (update_wait_for (&asked), &error));
  g_assert_error (error, MESH_ERROR, (int) code);
  g_object_unref (asked.result);
}

static void
test_cut_off (Fixture *fixture, gconstpointer data)
{
  expect_bad (fixture,
              "\x05"
              "ab",
              3, MESH_ERROR_PROTOCOL);
}

static void
test_trailing (Fixture *fixture, gconstpointer data)
{
  expect_bad (fixture,
              "\x01"
              "ab",
              3, MESH_ERROR_PROTOCOL);
}

static void
test_endless (Fixture *fixture, gconstpointer data)
{
  expect_bad (fixture, "\xff\xff\xff\xff\x7f", 5, MESH_ERROR_TOO_LARGE);
}

static void
test_cancel (Fixture *fixture, gconstpointer data)
{
  UpdateWait asked = { NULL };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  mesh_manifest_exchange_ask_async (fixture->ends[0], "a.b", "beta", cancellable,
                                    update_wait_cb, &asked);
  g_cancellable_cancel (cancellable);
  g_assert_null (mesh_manifest_exchange_ask_finish (update_wait_for (&asked), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_object_unref (asked.result);
}

#define ADD(name, func) \
  g_test_add ("/update/manifest-exchange/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("answer", test_answer);
  ADD ("nothing", test_nothing);
  ADD ("cut-off", test_cut_off);
  ADD ("trailing", test_trailing);
  ADD ("endless", test_endless);
  ADD ("cancel", test_cancel);
  return g_test_run ();
}
