/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "net/host/mesh-negotiate.h"

#include "base/mesh-error.h"

#include "net-test.h"
#include "socket-pair.h"

static void
run (GIOStream *ends[2], const char *const *served, char *agreed[2], GError **error)
{
  static const char *const wanted[] = { "/b", "/a", NULL };
  GAsyncResult *results[2] = { NULL };

  mesh_negotiate_run_async (ends[0], mesh_multistream_new_dialer (wanted), NULL, NULL,
                            net_test_result_cb, &results[0]);
  mesh_negotiate_run_async (ends[1], mesh_multistream_new_listener (served), NULL, NULL,
                            net_test_result_cb, &results[1]);
  net_test_wait (results[0] != NULL);
  agreed[0] = mesh_negotiate_run_finish (results[0], error);
  if (agreed[0] == NULL)
    g_io_stream_close (ends[0], NULL, NULL);
  net_test_wait (results[1] != NULL);
  agreed[1] = mesh_negotiate_run_finish (results[1], NULL);
  g_clear_object (&results[0]);
  g_clear_object (&results[1]);
}

/* What follows the negotiation is left on the stream for the protocol. */
static void
test_agree (void)
{
  static const char *const served[] = { "/a", NULL };
  g_autoptr (GError) error = NULL;
  GIOStream *ends[2];
  char *agreed[2], rest[5];

  socket_pair (ends);
  run (ends, served, agreed, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (agreed[0], ==, "/a");
  g_assert_cmpstr (agreed[1], ==, "/a");
  g_assert_true (g_output_stream_write_all (g_io_stream_get_output_stream (ends[0]),
                                            "hello", 5, NULL, NULL, NULL));
  g_assert_true (g_input_stream_read_all (g_io_stream_get_input_stream (ends[1]), rest, 5,
                                          NULL, NULL, NULL));
  g_assert_cmpmem (rest, 5, "hello", 5);
  g_free (agreed[0]);
  g_free (agreed[1]);
  g_object_unref (ends[0]);
  g_object_unref (ends[1]);
}

static void
test_none (void)
{
  static const char *const served[] = { "/c", NULL };
  g_autoptr (GError) error = NULL;
  GIOStream *ends[2];
  char *agreed[2];

  socket_pair (ends);
  run (ends, served, agreed, &error);
  g_assert_error (error, MESH_ERROR, MESH_ERROR_UNSUPPORTED);
  g_assert_null (agreed[0]);
  g_assert_null (agreed[1]);
  g_object_unref (ends[0]);
  g_object_unref (ends[1]);
}

static void
read_text (GIOStream *stream, const char *text)
{
  g_autofree char *got = g_malloc0 (strlen (text) + 1);

  g_assert_true (g_input_stream_read_all (g_io_stream_get_input_stream (stream), got,
                                          strlen (text), NULL, NULL, NULL));
  g_assert_cmpstr (got, ==, text);
}

static void
write_text (GIOStream *stream, const char *text)
{
  g_assert_true (g_output_stream_write_all (g_io_stream_get_output_stream (stream), text,
                                            strlen (text), NULL, NULL, NULL));
}

/* What the protocol says first is there before the other side has said a word; its answer
 * may come with the agreement. */
static void
test_first (void)
{
  static const char *const wanted[] = { "/a", NULL };
  g_autoptr (GBytes) first = g_bytes_new_static ("hello", 5);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *agreed = NULL;
  GIOStream *ends[2];

  socket_pair (ends);
  mesh_negotiate_run_async (ends[0], mesh_multistream_new_dialer (wanted), first, NULL,
                            net_test_result_cb, &result);
  read_text (ends[1], "\x13/multistream/1.0.0\n\x03/a\nhello");
  write_text (ends[1], "\x13/multistream/1.0.0\n\x03/a\nworld");
  net_test_wait (result != NULL);
  agreed = mesh_negotiate_run_finish (result, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (agreed, ==, "/a");
  read_text (ends[0], "world");
  g_object_unref (ends[0]);
  g_object_unref (ends[1]);
}

static void
test_first_refused (void)
{
  static const char *const wanted[] = { "/a", NULL };
  g_autoptr (GBytes) first = g_bytes_new_static ("hello", 5);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GIOStream *ends[2];

  socket_pair (ends);
  mesh_negotiate_run_async (ends[0], mesh_multistream_new_dialer (wanted), first, NULL,
                            net_test_result_cb, &result);
  write_text (ends[1], "\x13/multistream/1.0.0\n\x03na\n");
  net_test_wait (result != NULL);
  g_assert_null (mesh_negotiate_run_finish (result, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_UNSUPPORTED);
  g_object_unref (ends[0]);
  g_object_unref (ends[1]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/net/negotiate/agree", test_agree);
  g_test_add_func ("/net/negotiate/none", test_none);
  g_test_add_func ("/net/negotiate/first", test_first);
  g_test_add_func ("/net/negotiate/first-refused", test_first_refused);
  return g_test_run ();
}
