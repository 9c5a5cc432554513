/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "net/security/mesh-noise-stream.h"

#include "base/mesh-error.h"
#include "base/mesh-rng.h"

#include "net-test.h"
#include "socket-pair.h"

static const char *const muxers[] = { "/yamux/1.0.0", NULL };

static void
shake (GIOStream *ends[2],
       MeshPeerId *expected,
       MeshNoiseStream *out[2],
       GError *errors[2])
{
  GAsyncResult *results[2] = { NULL };

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (MeshKeypair) keypair = net_test_keypair ((guint8) (i + 1));

      mesh_noise_stream_new_async (ends[i], i == 0, keypair, i == 0 ? expected : NULL,
                                   muxers, NULL, net_test_result_cb, &results[i]);
    }
  for (guint i = 0; i < 2; i++)
    {
      net_test_wait (results[i] != NULL);
      out[i] = mesh_noise_stream_new_finish (results[i], &errors[i]);
      g_clear_object (&results[i]);
      /* who fails hangs up, else the other would wait for ever */
      if (out[i] == NULL)
        g_io_stream_close (ends[i], NULL, NULL);
    }
}

static void
make_pair (GIOStream *ends[2], MeshNoiseStream *out[2])
{
  GError *errors[2] = { NULL };

  socket_pair (ends);
  shake (ends, NULL, out, errors);
  g_assert_no_error (errors[0]);
  g_assert_no_error (errors[1]);
}

static void
free_pair (GIOStream *ends[2], MeshNoiseStream *out[2])
{
  for (guint i = 0; i < 2; i++)
    {
      g_clear_object (&out[i]);
      g_clear_object (&ends[i]);
    }
}

static void
test_handshake (void)
{
  GIOStream *ends[2];
  MeshNoiseStream *out[2];
  g_autoptr (MeshKeypair) second = net_test_keypair (2);

  make_pair (ends, out);
  g_assert_true (mesh_peer_id_matches_public_key (mesh_noise_stream_get_peer_id (out[0]),
                                                  mesh_keypair_get_public_key (second)));
  g_assert_cmpstr (mesh_noise_stream_get_muxer (out[0]), ==, "/yamux/1.0.0");
  g_assert_cmpstr (mesh_noise_stream_get_muxer (out[1]), ==, "/yamux/1.0.0");
  free_pair (ends, out);
}

static void
test_wrong_peer (void)
{
  g_autoptr (MeshKeypair) third = net_test_keypair (3);
  g_autoptr (MeshPeerId) stranger
      = mesh_peer_id_new_from_public_key (mesh_keypair_get_public_key (third));
  GError *errors[2] = { NULL };
  GIOStream *ends[2];
  MeshNoiseStream *out[2];

  socket_pair (ends);
  shake (ends, stranger, out, errors);
  g_assert_error (errors[0], MESH_ERROR, MESH_ERROR_AUTH);
  g_assert_error (errors[1], MESH_ERROR, MESH_ERROR_CLOSED);
  g_clear_error (&errors[0]);
  g_clear_error (&errors[1]);
  free_pair (ends, out);
}

/* Reads of any size, smaller than a frame too, give the bytes in order. */
static void
test_bytes (gconstpointer piece)
{
  gsize size = 3000000, n = 0;
  g_autofree guint8 *sent = g_malloc (size), *received = g_malloc (size);
  g_autoptr (GAsyncResult) wrote = NULL;
  GIOStream *ends[2];
  MeshNoiseStream *out[2];
  MeshRng rng;

  mesh_rng_init (&rng, 11);
  mesh_rng_fill (&rng, sent, size);
  make_pair (ends, out);
  g_output_stream_write_all_async (g_io_stream_get_output_stream (G_IO_STREAM (out[0])),
                                   sent, size, G_PRIORITY_DEFAULT, NULL,
                                   net_test_result_cb, &wrote);
  while (n < size)
    {
      GInputStream *input = g_io_stream_get_input_stream (G_IO_STREAM (out[1]));
      g_autoptr (GAsyncResult) result = NULL;
      gssize got;

      g_input_stream_read_async (input, received + n,
                                 MIN (GPOINTER_TO_SIZE (piece), size - n),
                                 G_PRIORITY_DEFAULT, NULL, net_test_result_cb, &result);
      net_test_wait (result != NULL);
      got = g_input_stream_read_finish (input, result, NULL);
      g_assert_cmpint (got, >, 0);
      n += (gsize) got;
    }
  net_test_wait (wrote != NULL);
  g_assert_cmpmem (received, n, sent, size);
  g_clear_object (&wrote);
  free_pair (ends, out);
}

static gssize
read_once (MeshNoiseStream *stream, GError **error)
{
  GInputStream *input = g_io_stream_get_input_stream (G_IO_STREAM (stream));
  g_autoptr (GAsyncResult) result = NULL;
  guint8 byte;

  g_input_stream_read_async (input, &byte, 1, G_PRIORITY_DEFAULT, NULL,
                             net_test_result_cb, &result);
  net_test_wait (result != NULL);
  return g_input_stream_read_finish (input, result, error);
}

/* The end between frames is an end, the end inside one is an error, and so is a forgery.
 */
static void
test_end (void)
{
  static const struct
  {
    const char *bytes;
    gsize len;
    int code; /* -1: an end */
  } cases[] = { { "", 0, -1 },
                { "\0\x20", 2, MESH_ERROR_CLOSED },
                { "\0\x20half a frame", 14, MESH_ERROR_CLOSED },
                { "\0\x14twenty bytes forged!", 22, MESH_ERROR_PROTOCOL } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      GIOStream *ends[2];
      MeshNoiseStream *out[2];
      gssize n;

      make_pair (ends, out);
      g_output_stream_write_all (g_io_stream_get_output_stream (ends[0]), cases[i].bytes,
                                 cases[i].len, NULL, NULL, NULL);
      g_io_stream_close (ends[0], NULL, NULL);
      n = read_once (out[1], &error);
      if (cases[i].code < 0)
        {
          g_assert_no_error (error);
          g_assert_cmpint (n, ==, 0);
        }
      else
        g_assert_error (error, MESH_ERROR, cases[i].code);
      free_pair (ends, out);
    }
}

static void
test_cancel (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (MeshKeypair) keypair = net_test_keypair (1);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GIOStream *ends[2];

  socket_pair (ends);
  mesh_noise_stream_new_async (ends[0], TRUE, keypair, NULL, muxers, cancellable,
                               net_test_result_cb, &result);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_null (result);
  g_cancellable_cancel (cancellable);
  net_test_wait (result != NULL);
  g_assert_null (mesh_noise_stream_new_finish (result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_object_unref (ends[0]);
  g_object_unref (ends[1]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/net/noise-stream/handshake", test_handshake);
  g_test_add_func ("/net/noise-stream/wrong-peer", test_wrong_peer);
  g_test_add_data_func ("/net/noise-stream/bytes/small", GSIZE_TO_POINTER (1000),
                        test_bytes);
  g_test_add_data_func ("/net/noise-stream/bytes/frame", GSIZE_TO_POINTER (65519),
                        test_bytes);
  g_test_add_data_func ("/net/noise-stream/bytes/large", GSIZE_TO_POINTER (1000000),
                        test_bytes);
  g_test_add_func ("/net/noise-stream/end", test_end);
  g_test_add_func ("/net/noise-stream/cancel", test_cancel);
  return g_test_run ();
}
