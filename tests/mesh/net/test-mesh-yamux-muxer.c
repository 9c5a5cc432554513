/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "net/muxer/mesh-yamux-muxer.h"

#include "base/mesh-error.h"

#include "net-test.h"
#include "socket-pair.h"

typedef struct
{
  MeshMuxer *muxers[2];
  GPtrArray *incoming; /* (element-type MeshStream): at the second */
  guint n_closed;
  guint n_drained;
} Fixture;

static void
incoming_cb (MeshMuxer *muxer, MeshStream *stream, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_ptr_array_add (fixture->incoming, g_object_ref (stream));
}

static void
closed_cb (MeshMuxer *muxer, GError *reason, gpointer user_data)
{
  ((Fixture *) user_data)->n_closed++;
}

static void
drained_cb (MeshMuxer *muxer, gpointer user_data)
{
  ((Fixture *) user_data)->n_drained++;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  GIOStream *ends[2];

  socket_pair (ends);
  fixture->incoming = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < 2; i++)
    {
      fixture->muxers[i] = mesh_yamux_muxer_new (ends[i], i == 0, 4, 4);
      g_signal_connect (fixture->muxers[i], "incoming-stream", G_CALLBACK (incoming_cb),
                        fixture);
      g_signal_connect (fixture->muxers[i], "closed", G_CALLBACK (closed_cb), fixture);
      g_signal_connect (fixture->muxers[i], "drained", G_CALLBACK (drained_cb), fixture);
      mesh_muxer_start (fixture->muxers[i]);
      g_object_unref (ends[i]);
    }
}

/* Nothing may hold a muxer once it has drained. */
static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_ptr_array_unref (fixture->incoming);
  mesh_muxer_close (fixture->muxers[0], NULL);
  mesh_muxer_close (fixture->muxers[1], NULL);
  net_test_wait (fixture->n_closed == 2 && fixture->n_drained == 2);
  for (guint i = 0; i < 2; i++)
    {
      net_test_wait (G_OBJECT (fixture->muxers[i])->ref_count == 1);
      g_object_unref (fixture->muxers[i]);
    }
}

static MeshStream *
open_and_write (Fixture *fixture, const char *text)
{
  MeshStream *stream = mesh_muxer_open_stream (fixture->muxers[0], NULL);
  g_autoptr (GAsyncResult) result = NULL;

  g_output_stream_write_async (g_io_stream_get_output_stream (G_IO_STREAM (stream)), text,
                               strlen (text), G_PRIORITY_DEFAULT, NULL,
                               net_test_result_cb, &result);
  net_test_wait (result != NULL);
  g_assert_cmpint (
      g_output_stream_write_finish (g_io_stream_get_output_stream (G_IO_STREAM (stream)),
                                    result, NULL),
      ==, (gssize) strlen (text));
  return stream;
}

static gssize
read_some (MeshStream *stream, guint8 *buffer, gsize count, GError **error)
{
  GInputStream *input = g_io_stream_get_input_stream (G_IO_STREAM (stream));
  g_autoptr (GAsyncResult) result = NULL;

  g_input_stream_read_async (input, buffer, count, G_PRIORITY_DEFAULT, NULL,
                             net_test_result_cb, &result);
  net_test_wait (result != NULL);
  return g_input_stream_read_finish (input, result, error);
}

static void
test_half_close (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MeshStream) stream = open_and_write (fixture, "hello");
  g_autoptr (GError) error = NULL;
  MeshStream *other;
  guint8 buffer[10];

  g_output_stream_close (g_io_stream_get_output_stream (G_IO_STREAM (stream)), NULL,
                         NULL);
  net_test_wait (fixture->incoming->len == 1);
  other = g_ptr_array_index (fixture->incoming, 0);
  g_assert_true (mesh_stream_is_inbound (other));
  g_assert_cmpint (read_some (other, buffer, 10, &error), ==, 5);
  g_assert_cmpmem (buffer, 5, "hello", 5);
  g_assert_cmpint (read_some (other, buffer, 10, &error), ==, 0);
  /* the other direction is still open */
  g_assert_true (mesh_muxer_get_n_streams (fixture->muxers[1]) == 1);
  g_io_stream_close (G_IO_STREAM (other), NULL, NULL);
  g_assert_cmpint (read_some (stream, buffer, 10, &error), ==, 0);
  g_assert_cmpuint (mesh_muxer_get_n_streams (fixture->muxers[0]), ==, 0);
  g_assert_cmpuint (mesh_muxer_get_n_streams (fixture->muxers[1]), ==, 0);
}

static void
test_reset (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MeshStream) stream = open_and_write (fixture, "hello");
  g_autoptr (GError) error = NULL;
  guint8 buffer[10];

  net_test_wait (fixture->incoming->len == 1);
  /* letting go is a reset */
  g_ptr_array_set_size (fixture->incoming, 0);
  g_assert_cmpint (read_some (stream, buffer, 10, &error), ==, -1);
  g_assert_error (error, MESH_ERROR, MESH_ERROR_CLOSED);
  g_assert_cmpuint (mesh_muxer_get_n_streams (fixture->muxers[0]), ==, 0);
  mesh_stream_reset (stream);
}

/* A writer waits for its reader: no more than the windows and a batch leave it. */
static void
test_back_pressure (Fixture *fixture, gconstpointer data)
{
  gsize size = 64 << 20, total = 0;
  g_autofree guint8 *bytes = g_malloc0 (size), *buffer = g_malloc (1 << 20);
  g_autoptr (MeshStream) stream = open_and_write (fixture, "x");
  g_autoptr (GAsyncResult) result = NULL;
  guint64 in, out;

  g_output_stream_write_all_async (g_io_stream_get_output_stream (G_IO_STREAM (stream)),
                                   bytes, size, G_PRIORITY_DEFAULT, NULL,
                                   net_test_result_cb, &result);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_null (result);
  mesh_muxer_get_traffic (fixture->muxers[1], &in, &out);
  g_assert_cmpuint (in, <, 300 * 1024);
  while (total < size + 1)
    {
      gssize n
          = read_some (g_ptr_array_index (fixture->incoming, 0), buffer, 1 << 20, NULL);

      g_assert_cmpint (n, >, 0);
      total += (gsize) n;
    }
  net_test_wait (result != NULL);
  g_assert_cmpuint (total, ==, size + 1);
  g_clear_object (&result);
}

static void
test_cancel (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MeshStream) stream = open_and_write (fixture, "hello");
  GInputStream *input = g_io_stream_get_input_stream (G_IO_STREAM (stream));
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  guint8 byte;

  g_assert_cmpint (g_input_stream_read (input, &byte, 1, NULL, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
  g_clear_error (&error);
  g_input_stream_read_async (input, &byte, 1, G_PRIORITY_DEFAULT, cancellable,
                             net_test_result_cb, &result);
  g_cancellable_cancel (cancellable);
  net_test_wait (result != NULL);
  g_assert_cmpint (g_input_stream_read_finish (input, result, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  /* the stream lives on */
  net_test_wait (fixture->incoming->len == 1);
  g_io_stream_close (g_ptr_array_index (fixture->incoming, 0), NULL, NULL);
  g_assert_cmpint (read_some (stream, &byte, 1, NULL), ==, 0);
}

static void
test_limit (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) streams = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 4; i++)
    g_ptr_array_add (streams, open_and_write (fixture, "x"));
  g_assert_null (mesh_muxer_open_stream (fixture->muxers[0], &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_BUSY);
}

/* What arrived before the connection broke can still be read. */
static void
test_close (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MeshStream) stream = open_and_write (fixture, "hello");
  g_autoptr (GError) error = NULL;
  MeshStream *other;
  guint8 buffer[10];

  net_test_wait (fixture->incoming->len == 1);
  mesh_muxer_close (fixture->muxers[0], NULL);
  g_assert_cmpint (read_some (stream, buffer, 10, &error), ==, -1);
  g_assert_error (error, MESH_ERROR, MESH_ERROR_CLOSED);
  g_clear_error (&error);
  net_test_wait (fixture->n_closed == 2);
  other = g_ptr_array_index (fixture->incoming, 0);
  g_assert_cmpint (read_some (other, buffer, 10, &error), ==, 5);
  g_assert_cmpint (read_some (other, buffer, 10, &error), ==, -1);
  g_assert_error (error, MESH_ERROR, MESH_ERROR_CLOSED);
  g_clear_error (&error);
  g_assert_null (mesh_muxer_open_stream (fixture->muxers[0], &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_CLOSED);
}

/* Streams that the peer never closes do not pile up. */
static void
test_lingering (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 3 * MESH_YAMUX_MUXER_MAX_LINGERING; i++)
    {
      MeshStream *stream = mesh_muxer_open_stream (fixture->muxers[0], NULL);

      if (stream == NULL)
        break;
      g_io_stream_close (G_IO_STREAM (stream), NULL, NULL);
      g_object_unref (stream);
    }
  g_assert_cmpuint (mesh_muxer_get_n_streams (fixture->muxers[0]), <=, 4);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) \
  g_test_add ("/net/yamux-muxer/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("half-close", test_half_close);
  ADD ("reset", test_reset);
  ADD ("back-pressure", test_back_pressure);
  ADD ("cancel", test_cancel);
  ADD ("limit", test_limit);
  ADD ("close", test_close);
  ADD ("lingering", test_lingering);
  return g_test_run ();
}
