/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "bitswap/mesh-bitswap-reader.h"

#include "base/mesh-error.h"
#include "base/mesh-varint.h"
#include "net-test.h"

/* A stream of the test's own: the reader's end reads what the test writes. */
#define PROTOCOL "/shoal/test/reader/1.0.0"

typedef struct
{
  NetTestNode a, b;
  MeshStream *stream;        /* (owned): we write to it */
  MeshBitswapReader *reader; /* (owned) (nullable) */
  MeshBitswapAdmission admission;
  GPtrArray *messages; /* (owned) (element-type GBytes) */
  gsize n_progress;
  gboolean is_closed;
  gboolean goes_on; /* asks for the next message at once */
  GError *error;    /* (owned) (nullable) */
} Wire;

static MeshBitswapAdmission
admit_cb (MeshBitswapReader *reader, gsize len, gpointer user_data)
{
  Wire *wire = user_data;

  return len > 1000000 ? MESH_BITSWAP_REFUSE : wire->admission;
}

static void
progress_cb (MeshBitswapReader *reader, gsize len, gpointer user_data)
{
  ((Wire *) user_data)->n_progress += len;
}

static void
message_cb (MeshBitswapReader *reader, GBytes *bytes, gpointer user_data)
{
  Wire *wire = user_data;

  g_ptr_array_add (wire->messages, g_bytes_ref (bytes));
  if (wire->goes_on)
    mesh_bitswap_reader_next (reader);
}

static void
closed_cb (MeshBitswapReader *reader, const GError *error, gpointer user_data)
{
  Wire *wire = user_data;

  wire->is_closed = TRUE;
  wire->error = error != NULL ? g_error_copy (error) : NULL;
}

static void
handler_cb (MeshStream *stream, gpointer user_data)
{
  static const MeshBitswapReaderFuncs funcs
      = { admit_cb, progress_cb, message_cb, closed_cb };
  Wire *wire = user_data;

  wire->reader = mesh_bitswap_reader_new (stream, &funcs, wire);
  g_object_unref (stream);
  mesh_bitswap_reader_next (wire->reader);
}

static void
set_up (Wire *wire, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  wire->messages = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  wire->goes_on = TRUE;
  wire->a = net_test_node (1, NULL, NULL);
  wire->b = net_test_node (2, NULL, "/ip4/127.0.0.1/tcp/0");
  mesh_host_set_handler (wire->b.host, PROTOCOL, handler_cb, wire, NULL);
  g_object_unref (net_test_connect (&wire->a, &wire->b, &error));
  g_assert_no_error (error);
  wire->stream = net_test_open (&wire->a, &wire->b, PROTOCOL, &error);
  g_assert_no_error (error);
  net_test_wait (wire->reader != NULL);
}

static void
tear_down (Wire *wire, gconstpointer unused)
{
  g_clear_pointer (&wire->reader, mesh_bitswap_reader_close);
  g_clear_object (&wire->stream);
  g_clear_error (&wire->error);
  g_ptr_array_unref (wire->messages);
  net_test_node_clear (&wire->a);
  net_test_node_clear (&wire->b);
}

static void
write_bytes (Wire *wire, const guint8 *data, gsize len)
{
  GOutputStream *output = g_io_stream_get_output_stream (G_IO_STREAM (wire->stream));
  g_autoptr (GAsyncResult) result = NULL;

  g_output_stream_write_all_async (output, data, len, G_PRIORITY_DEFAULT, NULL,
                                   net_test_result_cb, &result);
  net_test_wait (result != NULL);
  g_assert_true (g_output_stream_write_all_finish (output, result, NULL, NULL));
}

static void
write_message (Wire *wire, gsize len)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  mesh_varint_append (bytes, len);
  for (gsize i = 0; i < len; i++)
    g_byte_array_append (bytes, (const guint8[]){ (guint8) i }, 1);
  write_bytes (wire, bytes->data, bytes->len);
}

static void
expect_message (Wire *wire, guint index, gsize len)
{
  GBytes *bytes;
  const guint8 *data;

  net_test_wait (wire->messages->len > index);
  bytes = g_ptr_array_index (wire->messages, index);
  g_assert_cmpuint (g_bytes_get_size (bytes), ==, len);
  data = g_bytes_get_data (bytes, NULL);
  for (gsize i = 0; i < len; i++)
    g_assert_cmpuint (data[i], ==, (guint8) i);
}

static void
test_messages (Wire *wire, gconstpointer unused)
{
  static const gsize sizes[]
      = { 0, 1, 2, 61, 62, 63, 64, 65, 127, 128, 65535, 65536, 65537, 300000, 0, 5 };
  g_autoptr (GAsyncResult) result = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    write_message (wire, sizes[i]);
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    expect_message (wire, i, sizes[i]);
  g_assert_cmpuint (wire->n_progress, >, 300000);
  g_io_stream_close_async (G_IO_STREAM (wire->stream), G_PRIORITY_DEFAULT, NULL,
                           net_test_result_cb, &result);
  net_test_wait (wire->is_closed);
  g_assert_no_error (wire->error);
  net_test_wait (result != NULL);
}

static void
test_hold (Wire *wire, gconstpointer unused)
{
  wire->admission = MESH_BITSWAP_HOLD;
  wire->goes_on = FALSE;
  write_message (wire, 100);
  write_message (wire, 200);
  for (guint i = 0; i < 20; i++)
    g_main_context_iteration (NULL, FALSE);
  g_assert_cmpuint (wire->messages->len, ==, 0);
  wire->admission = MESH_BITSWAP_ADMIT;
  net_test_wait ((mesh_bitswap_reader_next (wire->reader), wire->messages->len == 1));
  expect_message (wire, 0, 100);
  mesh_bitswap_reader_next (wire->reader);
  expect_message (wire, 1, 200);
}

static void
test_refused (Wire *wire, gconstpointer unused)
{
  const guint8 head[] = { 0xff, 0xff, 0xff, 0x01 };

  write_bytes (wire, head, sizeof head);
  net_test_wait (wire->is_closed);
  g_assert_error (wire->error, MESH_ERROR, MESH_ERROR_PROTOCOL);
}

static void
test_bad_length (Wire *wire, gconstpointer unused)
{
  const guint8 head[] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1 };

  write_bytes (wire, head, sizeof head);
  net_test_wait (wire->is_closed);
  g_assert_error (wire->error, MESH_ERROR, MESH_ERROR_PROTOCOL);
}

static void
test_half_a_message (Wire *wire, gconstpointer unused)
{
  const guint8 half[] = { 100, 1, 2, 3 };
  g_autoptr (GAsyncResult) result = NULL;

  write_bytes (wire, half, sizeof half);
  g_io_stream_close_async (G_IO_STREAM (wire->stream), G_PRIORITY_DEFAULT, NULL,
                           net_test_result_cb, &result);
  net_test_wait (wire->is_closed);
  g_assert_error (wire->error, MESH_ERROR, MESH_ERROR_PROTOCOL);
  net_test_wait (result != NULL);
}

static void
test_lost (Wire *wire, gconstpointer unused)
{
  write_message (wire, 10);
  expect_message (wire, 0, 10);
  mesh_stream_reset (wire->stream);
  net_test_wait (wire->is_closed);
  g_assert_nonnull (wire->error);
  g_assert_false (g_error_matches (wire->error, MESH_ERROR, MESH_ERROR_PROTOCOL));
}

#define ADD(name, func) \
  g_test_add ("/bitswap/reader/" name, Wire, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("messages", test_messages);
  ADD ("hold", test_hold);
  ADD ("refused", test_refused);
  ADD ("bad-length", test_bad_length);
  ADD ("half-a-message", test_half_a_message);
  ADD ("lost", test_lost);
  return g_test_run ();
}
