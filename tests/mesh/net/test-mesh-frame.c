/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "net/iface/mesh-frame.h"

#include "base/mesh-error.h"

#include "net-test.h"

static GBytes *
read_one (GInputStream *stream, gsize max, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  mesh_frame_read_async (stream, max, NULL, net_test_result_cb, &result);
  net_test_wait (result != NULL);
  return mesh_frame_read_finish (result, error);
}

/* Messages of all sizes come back, and nothing after them is taken. */
static void
test_round (void)
{
  static const gsize sizes[] = { 0, 1, 127, 128, 4095, 4096, 4097, 20000 };

  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      guint8 *data = g_malloc (sizes[i] + 1);
      g_autoptr (GBytes) message = NULL, frame = NULL, again = NULL, none = NULL;
      g_autoptr (GInputStream) stream = g_memory_input_stream_new ();
      g_autoptr (GError) error = NULL;

      memset (data, (int) i, sizes[i] + 1);
      message = g_bytes_new_take (data, sizes[i]);
      frame = mesh_frame_wrap (message);
      g_memory_input_stream_add_bytes (G_MEMORY_INPUT_STREAM (stream), frame);
      g_memory_input_stream_add_bytes (G_MEMORY_INPUT_STREAM (stream), frame);
      for (guint k = 0; k < 2; k++)
        {
          g_clear_pointer (&again, g_bytes_unref);
          again = read_one (stream, sizes[i], &error);
          g_assert_no_error (error);
          g_assert_true (g_bytes_equal (message, again));
        }
      none = read_one (stream, sizes[i], &error);
      g_assert_null (none);
      g_assert_error (error, MESH_ERROR, MESH_ERROR_CLOSED);
    }
}

static void
test_hostile (void)
{
  static const struct
  {
    const char *data;
    gsize len;
  } cases[] = { { "\x0b", 1 },
                { "\x80", 1 },
                { "\x80\x00", 2 },
                { "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 10 },
                { "\x03zz", 3 } };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_data (
          cases[i].data, (gssize) cases[i].len, NULL);
      g_autoptr (GError) error = NULL;

      g_assert_null (read_one (stream, 10, &error));
      g_assert_error (error, MESH_ERROR, MESH_ERROR_PROTOCOL);
    }
}

static void
test_cancelled (void)
{
  g_autoptr (GInputStream) stream
      = g_memory_input_stream_new_from_data ("\x01x", 2, NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  mesh_frame_read_async (stream, 10, cancellable, net_test_result_cb, &result);
  net_test_wait (result != NULL);
  g_assert_null (mesh_frame_read_finish (result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/frame/round", test_round);
  g_test_add_func ("/frame/hostile", test_hostile);
  g_test_add_func ("/frame/cancelled", test_cancelled);
  return g_test_run ();
}
