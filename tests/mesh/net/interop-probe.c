/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "interop-probe.h"

#include <gio/gunixinputstream.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mesh-error.h"
#include "net/host/mesh-identified.h"

#define IDENTIFIED_WAIT_US (60 * G_USEC_PER_SEC)

void
interop_probe_say_error (const GError *error)
{
  printf ("error %s %s\n",
          error->domain == MESH_ERROR ? mesh_error_get_nick (error->code)
                                      : g_quark_to_string (error->domain),
          error->message);
}

/* The node. */

NetTestNode
interop_probe_node (char **addresses)
{
  guint8 seed[MESH_ED25519_SEED_BYTES];
  g_autoptr (MeshKeypair) keypair = NULL;
  NetTestNode node;

  setvbuf (stdout, NULL, _IOLBF, 0);
  randombytes_buf (seed, sizeof seed);
  keypair = mesh_keypair_new_from_seed (seed);
  node.host = mesh_host_new (keypair, NULL);
  node.services = mesh_services_new (node.host);
  for (; *addresses != NULL; addresses++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (MeshMultiaddr) addr = mesh_multiaddr_parse (*addresses, &error);

      if (addr == NULL || !mesh_host_listen (node.host, addr, &error))
        {
          g_printerr ("%s: %s\n", *addresses, error->message);
          exit (2);
        }
    }
  return node;
}

void
interop_probe_say_listening (MeshHost *host)
{
  g_autoptr (GPtrArray) addrs = mesh_host_dup_addresses (host);

  for (guint i = 0; i < addrs->len; i++)
    printf ("listening %s\n", mesh_multiaddr_to_string (g_ptr_array_index (addrs, i)));
}

/* Connecting. */

static void
say_connected (MeshPeerId *peer)
{
  printf ("connected %s\n", mesh_peer_id_to_string (peer));
}

static void
identified_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (MeshPeerId) peer = user_data;
  g_autoptr (GError) error = NULL;

  if (mesh_identified_wait_finish (MESH_HOST (source), result, &error))
    say_connected (peer);
  else
    interop_probe_say_error (error);
}

static void
connected_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MeshConnection) connection
      = mesh_host_connect_finish (MESH_HOST (source), result, &error);
  MeshPeerId *peer;

  if (connection == NULL)
    {
      interop_probe_say_error (error);
      return;
    }
  peer = mesh_connection_get_peer_id (connection);
  if (GPOINTER_TO_INT (user_data))
    mesh_identified_wait_async (MESH_HOST (source), peer, IDENTIFIED_WAIT_US, NULL,
                                identified_cb, mesh_peer_id_ref (peer));
  else
    say_connected (peer);
}

void
interop_probe_connect (MeshHost *host, const char *addr, gboolean is_identified)
{
  g_autoptr (GPtrArray) addrs
      = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_multiaddr_unref);
  g_autoptr (GError) error = NULL;
  MeshMultiaddr *parsed = mesh_multiaddr_parse (addr, &error);

  if (parsed == NULL)
    {
      interop_probe_say_error (error);
      return;
    }
  g_ptr_array_add (addrs, parsed);
  mesh_host_connect_async (host, NULL, addrs, NULL, connected_cb,
                           GINT_TO_POINTER (is_identified));
}

/* Commands. */

typedef struct
{
  GMainLoop *loop;         /* (owned) */
  GDataInputStream *input; /* (owned) */
  InteropProbeFunc func;
  gpointer user_data;
} Reader;

static void read_line (Reader *reader);

static void
line_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Reader *reader = user_data;
  g_autofree char *line
      = g_data_input_stream_read_line_finish (reader->input, result, NULL, NULL);

  if (line == NULL)
    {
      g_main_loop_quit (reader->loop);
      return;
    }
  reader->func (line, reader->user_data);
  read_line (reader);
}

static void
read_line (Reader *reader)
{
  g_data_input_stream_read_line_async (reader->input, G_PRIORITY_DEFAULT, NULL, line_cb,
                                       reader);
}

void
interop_probe_run (InteropProbeFunc func, gpointer user_data)
{
  g_autoptr (GInputStream) raw = g_unix_input_stream_new (STDIN_FILENO, FALSE);
  Reader reader = { .func = func, .user_data = user_data };

  reader.loop = g_main_loop_new (NULL, FALSE);
  reader.input = g_data_input_stream_new (raw);
  read_line (&reader);
  g_main_loop_run (reader.loop);
  g_object_unref (reader.input);
  g_main_loop_unref (reader.loop);
}
