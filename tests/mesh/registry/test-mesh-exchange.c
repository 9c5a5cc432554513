/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "registry/mesh-exchange.h"

#include <string.h>
#include <sys/socket.h>

#include "base/mesh-error.h"
#include "registry-wait.h"

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

#define MAX_ANSWER 200000

static GBytes *
question (void)
{
  return g_bytes_new_static ("what?", 5);
}

/* What the asker gets when the other side writes @answer. */
static GBytes *
ask (Fixture *fixture, GBytes *answer, GError **error)
{
  RegistryWait asked = { NULL }, read = { NULL }, answered = { NULL };
  g_autoptr (GBytes) asking = question ();
  g_autoptr (GBytes) heard = NULL;
  GBytes *envelope;

  mesh_exchange_ask_async (fixture->ends[0], asking, MAX_ANSWER, NULL, registry_wait_cb,
                           &asked);
  mesh_exchange_read_async (fixture->ends[1], 100, NULL, registry_wait_cb, &read);
  heard = mesh_exchange_read_finish (registry_wait_for (&read), NULL);
  g_assert_true (g_bytes_equal (heard, asking));
  mesh_exchange_answer_async (fixture->ends[1], answer, NULL, registry_wait_cb,
                              &answered);
  g_assert_true (mesh_exchange_answer_finish (registry_wait_for (&answered), NULL));
  envelope = mesh_exchange_ask_finish (registry_wait_for (&asked), error);
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
  RegistryWait asked = { NULL };
  g_autoptr (GBytes) asking = question ();
  g_autoptr (GError) error = NULL;

  mesh_exchange_ask_async (fixture->ends[0], asking, MAX_ANSWER, NULL, registry_wait_cb,
                           &asked);
  g_output_stream_write_all (g_io_stream_get_output_stream (fixture->ends[1]), text, len,
                             NULL, NULL, NULL);
  g_socket_shutdown (
      g_socket_connection_get_socket (G_SOCKET_CONNECTION (fixture->ends[1])), FALSE,
      TRUE, NULL);
  g_assert_null (mesh_exchange_ask_finish (registry_wait_for (&asked), &error));
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
  RegistryWait asked = { NULL };
  g_autoptr (GBytes) asking = question ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  mesh_exchange_ask_async (fixture->ends[0], asking, MAX_ANSWER, cancellable,
                           registry_wait_cb, &asked);
  g_cancellable_cancel (cancellable);
  g_assert_null (mesh_exchange_ask_finish (registry_wait_for (&asked), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_object_unref (asked.result);
}

/* A question that is longer than it may be. */
static void
test_long_question (Fixture *fixture, gconstpointer data)
{
  RegistryWait asked = { NULL }, read = { NULL };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GBytes) asking = question ();
  g_autoptr (GError) error = NULL;

  mesh_exchange_ask_async (fixture->ends[0], asking, MAX_ANSWER, cancellable,
                           registry_wait_cb, &asked);
  mesh_exchange_read_async (fixture->ends[1], 4, NULL, registry_wait_cb, &read);
  g_assert_null (mesh_exchange_read_finish (registry_wait_for (&read), &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_TOO_LARGE);
  g_cancellable_cancel (cancellable);
  g_assert_null (mesh_exchange_ask_finish (registry_wait_for (&asked), NULL));
  g_object_unref (asked.result);
  g_object_unref (read.result);
}

#define ADD(name, func) \
  g_test_add ("/registry/exchange/" name, Fixture, NULL, set_up, func, tear_down)

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
  ADD ("long-question", test_long_question);
  return g_test_run ();
}
