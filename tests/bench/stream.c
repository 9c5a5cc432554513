/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */

/* stream-bench [MIB]: two hosts in two processes over the loopback, one stream, MIB MiB
 * (2048) one way through Noise and Yamux. Prints the rate and what each side spent. */
#include "config.h"

#include <gio/gio.h>
#include <sodium.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "net/host/mesh-host.h"

#define SINK "/shoal/bench/sink/1.0.0"
#define PIECE (1024u * 1024)

typedef struct
{
  GMainLoop *loop;
  MeshHost *host;
  MeshStream *stream;
  guint8 *buffer;
  guint64 left;
  guint64 n_received;
  gint64 start_us;
} Bench;

static MeshHost *
make_host (void)
{
  guint8 seed[MESH_ED25519_SEED_BYTES];
  g_autoptr (MeshKeypair) keypair = NULL;

  randombytes_buf (seed, sizeof seed);
  keypair = mesh_keypair_new_from_seed (seed);
  return mesh_host_new (keypair, NULL);
}

static void
print_usage (const char *who, double seconds, double mib)
{
  struct rusage usage;
  double cpu;

  getrusage (RUSAGE_SELF, &usage);
  cpu = (double) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
        + (double) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
  printf ("%-8s %7.0f MB/s  %5.2f CPU s/GiB  %4ld MB peak\n", who,
          mib * 1.048576 / seconds, cpu / (mib / 1024), usage.ru_maxrss / 1024);
}

/* ---- the receiver ---- */

static void
read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Bench *bench = user_data;
  gssize n = g_input_stream_read_finish (G_INPUT_STREAM (source), result, NULL);

  if (n <= 0)
    {
      g_io_stream_close (G_IO_STREAM (bench->stream), NULL, NULL);
      g_main_loop_quit (bench->loop);
      return;
    }
  bench->n_received += (guint64) n;
  g_input_stream_read_async (G_INPUT_STREAM (source), bench->buffer, PIECE,
                             G_PRIORITY_DEFAULT, NULL, read_cb, bench);
}

static void
sink_handler (MeshStream *stream, gpointer user_data)
{
  Bench *bench = user_data;

  bench->stream = stream;
  bench->start_us = g_get_monotonic_time ();
  g_input_stream_read_async (g_io_stream_get_input_stream (G_IO_STREAM (stream)),
                             bench->buffer, PIECE, G_PRIORITY_DEFAULT, NULL, read_cb,
                             bench);
}

static void
receive (int address_fd)
{
  Bench bench = { .loop = g_main_loop_new (NULL, FALSE), .buffer = g_malloc (PIECE) };
  g_autoptr (MeshMultiaddr) addr = mesh_multiaddr_parse ("/ip4/127.0.0.1/tcp/0", NULL);
  g_autoptr (GPtrArray) addrs = NULL;
  const char *text;

  bench.host = make_host ();
  mesh_host_set_handler (bench.host, SINK, sink_handler, &bench, NULL);
  if (!mesh_host_listen (bench.host, addr, NULL))
    _exit (1);
  addrs = mesh_host_dup_addresses (bench.host);
  text = mesh_multiaddr_to_string (g_ptr_array_index (addrs, 0));
  if (write (address_fd, text, strlen (text) + 1) < 0)
    _exit (1);
  g_main_loop_run (bench.loop);
  print_usage ("receive", (double) (g_get_monotonic_time () - bench.start_us) / 1e6,
               (double) bench.n_received / 1048576);
  fflush (stdout);
  g_object_unref (bench.stream);
  _exit (0);
}

/* ---- the sender ---- */

static void write_more (Bench *bench);

static void
written_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Bench *bench = user_data;
  gssize n = g_output_stream_write_finish (G_OUTPUT_STREAM (source), result, NULL);

  if (n < 0)
    {
      g_printerr ("The receiver has gone\n");
      g_main_loop_quit (bench->loop);
      return;
    }
  bench->left -= (guint64) n;
  write_more (bench);
}

static void
closed_cb (MeshHost *host, MeshConnection *connection, gpointer user_data)
{
  g_main_loop_quit (((Bench *) user_data)->loop);
}

static void
write_more (Bench *bench)
{
  GOutputStream *output = g_io_stream_get_output_stream (G_IO_STREAM (bench->stream));

  if (bench->left == 0)
    {
      g_output_stream_close (output, NULL, NULL);
      return; /* the receiver ends, and with it the connection */
    }
  g_output_stream_write_async (output, bench->buffer, MIN (PIECE, bench->left),
                               G_PRIORITY_DEFAULT, NULL, written_cb, bench);
}

static void
opened_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Bench *bench = user_data;

  bench->stream = mesh_host_open_stream_finish (MESH_HOST (source), result, NULL);
  if (bench->stream == NULL)
    {
      g_main_loop_quit (bench->loop);
      return;
    }
  bench->start_us = g_get_monotonic_time ();
  write_more (bench);
}

static void
connected_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  static const char *const protocols[] = { SINK, NULL };
  Bench *bench = user_data;
  g_autoptr (MeshConnection) connection
      = mesh_host_connect_finish (MESH_HOST (source), result, NULL);

  if (connection == NULL)
    {
      g_main_loop_quit (bench->loop);
      return;
    }
  mesh_host_open_stream_async (bench->host, mesh_connection_get_peer_id (connection),
                               protocols, NULL, opened_cb, bench);
}

int
main (int argc, char **argv)
{
  guint64 mib = argc > 1 ? g_ascii_strtoull (argv[1], NULL, 10) : 2048;
  Bench bench = { .left = mib * 1048576 };
  g_autoptr (GPtrArray) addrs
      = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_multiaddr_unref);
  char text[256] = "";
  int fds[2];

  if (pipe (fds) != 0)
    return 1;
  if (fork () == 0)
    receive (fds[1]);
  if (read (fds[0], text, sizeof text - 1) <= 0)
    return 1;
  g_ptr_array_add (addrs, mesh_multiaddr_parse (text, NULL));
  bench.loop = g_main_loop_new (NULL, FALSE);
  bench.buffer = g_malloc (PIECE);
  randombytes_buf (bench.buffer, PIECE);
  bench.host = make_host ();
  g_signal_connect (bench.host, "peer-disconnected", G_CALLBACK (closed_cb), &bench);
  mesh_host_connect_async (bench.host, NULL, addrs, NULL, connected_cb, &bench);
  g_main_loop_run (bench.loop);
  wait (NULL);
  print_usage ("send", (double) (g_get_monotonic_time () - bench.start_us) / 1e6,
               (double) mib);
  return bench.left == 0 ? 0 : 1;
}
