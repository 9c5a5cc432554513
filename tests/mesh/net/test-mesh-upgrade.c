/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "net/host/mesh-upgrade.h"

#include "base/mesh-error.h"

#include "fake-muxer.h"
#include "net-test.h"
#include "socket-pair.h"

static MeshLink *
make_link (GIOStream *stream)
{
  g_autoptr (MeshMultiaddr) addr = mesh_multiaddr_parse ("/ip4/192.0.2.1/tcp/1", NULL);
  MeshLink *link = mesh_link_new (NULL, addr);

  link->stream = stream;
  return link;
}

static void
test_both_ends (void)
{
  GIOStream *ends[2];
  GAsyncResult *results[2] = { NULL };
  MeshConnection *connections[2];

  socket_pair (ends);
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (MeshKeypair) keypair = net_test_keypair ((guint8) (i + 1));

      mesh_upgrade_run_async (make_link (ends[i]),
                              i == 0 ? MESH_DIRECTION_OUTBOUND : MESH_DIRECTION_INBOUND,
                              keypair, NULL, 8, 8, NULL, net_test_result_cb, &results[i]);
    }
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (MeshKeypair) other = net_test_keypair ((guint8) (2 - i));

      net_test_wait (results[i] != NULL);
      connections[i] = mesh_upgrade_run_finish (results[i], NULL);
      g_clear_object (&results[i]);
      g_assert_true (
          mesh_peer_id_matches_public_key (mesh_connection_get_peer_id (connections[i]),
                                           mesh_keypair_get_public_key (other)));
      g_assert_cmpint (mesh_connection_get_direction (connections[i]), ==, (int) i);
    }
  for (guint i = 0; i < 2; i++)
    {
      mesh_connection_close (connections[i], NULL);
      net_test_wait (mesh_muxer_is_drained (mesh_connection_get_muxer (connections[i])));
      g_object_unref (connections[i]);
    }
}

/* A link that came secured: only the peer is checked. */
static void
test_ready_link (gconstpointer is_expected)
{
  g_autoptr (MeshConnection) source = fake_connection (1), stranger = fake_connection (2);
  MeshLink *link = make_link (NULL);
  MeshPeerId *expected
      = mesh_connection_get_peer_id (GPOINTER_TO_INT (is_expected) ? source : stranger);
  g_autoptr (MeshKeypair) keypair = net_test_keypair (1);
  g_autoptr (MeshConnection) connection = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  link->muxer = g_object_ref (mesh_connection_get_muxer (source));
  link->peer_id = mesh_peer_id_ref (mesh_connection_get_peer_id (source));
  mesh_upgrade_run_async (link, MESH_DIRECTION_OUTBOUND, keypair, expected, 8, 8, NULL,
                          net_test_result_cb, &result);
  net_test_wait (result != NULL);
  connection = mesh_upgrade_run_finish (result, &error);
  if (GPOINTER_TO_INT (is_expected))
    g_assert_true (mesh_connection_get_muxer (connection)
                   == mesh_connection_get_muxer (source));
  else
    g_assert_error (error, MESH_ERROR, MESH_ERROR_AUTH);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/net/upgrade/both-ends", test_both_ends);
  g_test_add_data_func ("/net/upgrade/ready-link", GINT_TO_POINTER (TRUE),
                        test_ready_link);
  g_test_add_data_func ("/net/upgrade/ready-link/wrong-peer", GINT_TO_POINTER (FALSE),
                        test_ready_link);
  return g_test_run ();
}
