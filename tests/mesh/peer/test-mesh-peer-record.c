/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "peer/mesh-peer-record.h"

#include <string.h>

#include "base/mesh-error.h"
#include "base/mesh-protobuf.h"

#include "peer/mesh-envelope.h"

static MeshKeypair *
make_keypair (guint8 fill)
{
  guint8 seed[MESH_ED25519_SEED_BYTES];

  memset (seed, fill, sizeof seed);
  return mesh_keypair_new_from_seed (seed);
}

static MeshPeerRecord *
open_bytes (GBytes *bytes, GError **error)
{
  return mesh_peer_record_open (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes),
                                error);
}

static void
test_round_trip (void)
{
  g_autoptr (MeshKeypair) keypair = make_keypair (1);
  g_autoptr (GPtrArray) addrs
      = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_multiaddr_unref);
  g_autoptr (MeshPeerRecord) record = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (addrs, mesh_multiaddr_parse ("/ip4/192.0.2.1/tcp/4001", NULL));
  g_ptr_array_add (addrs, mesh_multiaddr_parse ("/ip6/2001:db8::1/tcp/4001", NULL));
  bytes = mesh_peer_record_seal (keypair, G_MAXUINT64, addrs);
  record = open_bytes (bytes, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (mesh_peer_record_get_seq (record), ==, G_MAXUINT64);
  g_assert_cmpuint (mesh_peer_record_get_addrs (record)->len, ==, 2);
  for (guint i = 0; i < 2; i++)
    g_assert_true (
        mesh_multiaddr_equal (g_ptr_array_index (mesh_peer_record_get_addrs (record), i),
                              g_ptr_array_index (addrs, i)));
  g_assert_true (mesh_peer_id_matches_public_key (mesh_peer_record_get_peer_id (record),
                                                  mesh_keypair_get_public_key (keypair)));
}

/* A record written by hand, signed by @signer in the name of @subject. */
static GBytes *
forge (guint8 signer,
       guint8 subject,
       const char *domain,
       const char *type,
       gsize type_len)
{
  g_autoptr (MeshKeypair) keypair = make_keypair (signer), other = make_keypair (subject);
  g_autoptr (MeshPeerId) id
      = mesh_peer_id_new_from_public_key (mesh_keypair_get_public_key (other));
  g_autoptr (GByteArray) payload = g_byte_array_new ();
  g_autoptr (GBytes) payload_type = g_bytes_new (type, type_len);
  g_autoptr (GBytes) body = NULL;
  gsize len;
  const guint8 *data = mesh_peer_id_get_bytes (id, &len);

  mesh_protobuf_append_bytes (payload, 1, data, len);
  mesh_protobuf_append_varint (payload, 2, 7);
  /* an address of a kind nobody knows: left out, not refused */
  mesh_protobuf_append_bytes (payload, 3, (const guint8 *) "\x0a\x01\x05", 3);
  body = g_byte_array_free_to_bytes (g_steal_pointer (&payload));
  return mesh_envelope_seal (keypair, domain, payload_type, body);
}

static void
test_forged (void)
{
  static const struct
  {
    guint8 subject;
    const char *domain;
    const char *type;
    gsize type_len;
    int code; /* -1: accepted */
  } cases[] = {
    { 1, "libp2p-peer-record", "\x03\x01", 2, -1 },
    { 1, "libp2p-routing-state", "/libp2p/routing-state-record", 28, -1 },
    { 2, "libp2p-peer-record", "\x03\x01", 2, MESH_ERROR_AUTH },
    { 1, "libp2p-peer-record", "\x03\x02", 2, MESH_ERROR_INVALID },
    { 1, "libp2p-routing-state", "\x03\x01", 2, MESH_ERROR_INVALID },
    { 1, "something-else", "\x03\x01", 2, MESH_ERROR_BAD_SIGNATURE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GBytes) bytes = forge (1, cases[i].subject, cases[i].domain,
                                        cases[i].type, cases[i].type_len);
      g_autoptr (GError) error = NULL;
      g_autoptr (MeshPeerRecord) record = open_bytes (bytes, &error);

      if (cases[i].code >= 0)
        {
          g_assert_null (record);
          g_assert_error (error, MESH_ERROR, cases[i].code);
          continue;
        }
      g_assert_no_error (error);
      g_assert_cmpuint (mesh_peer_record_get_seq (record), ==, 7);
      g_assert_cmpuint (mesh_peer_record_get_addrs (record)->len, ==, 0);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/peer/peer-record/round-trip", test_round_trip);
  g_test_add_func ("/peer/peer-record/forged", test_forged);
  return g_test_run ();
}
