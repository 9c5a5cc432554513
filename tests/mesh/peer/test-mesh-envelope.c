/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "peer/mesh-envelope.h"

#include <string.h>

#include "base/mesh-error.h"

static MeshKeypair *
make_keypair (guint8 fill)
{
  guint8 seed[MESH_ED25519_SEED_BYTES];

  memset (seed, fill, sizeof seed);
  return mesh_keypair_new_from_seed (seed);
}

static GBytes *
seal (guint8 fill, const char *domain)
{
  g_autoptr (MeshKeypair) keypair = make_keypair (fill);
  g_autoptr (GBytes) type = g_bytes_new_static ("/test", 5);
  g_autoptr (GBytes) payload = g_bytes_new_static ("payload", 7);

  return mesh_envelope_seal (keypair, domain, type, payload);
}

static MeshEnvelope *
open_bytes (GBytes *bytes, const char *domain, GError **error)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (bytes, &len);

  return mesh_envelope_open (data, len, domain, error);
}

static void
test_round_trip (void)
{
  g_autoptr (GBytes) bytes = seal (1, "domain");
  g_autoptr (MeshKeypair) keypair = make_keypair (1);
  g_autoptr (GError) error = NULL;
  g_autoptr (MeshEnvelope) envelope = open_bytes (bytes, "domain", &error);
  GBytes *payload;

  g_assert_no_error (error);
  g_assert_true (mesh_public_key_equal (mesh_envelope_get_public_key (envelope),
                                        mesh_keypair_get_public_key (keypair)));
  payload = mesh_envelope_get_payload (envelope);
  g_assert_cmpmem (g_bytes_get_data (payload, NULL), g_bytes_get_size (payload),
                   "payload", 7);
  g_assert_cmpuint (g_bytes_get_size (mesh_envelope_get_payload_type (envelope)), ==, 5);
}

static void
test_wrong_domain (void)
{
  g_autoptr (GBytes) bytes = seal (1, "domain");
  g_autoptr (GError) error = NULL;

  g_assert_null (open_bytes (bytes, "domai", &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_BAD_SIGNATURE);
}

/* No changed byte and no shortened envelope is accepted as it was. */
static void
test_tampered (void)
{
  g_autoptr (GBytes) bytes = seal (1, "domain");
  gsize len;
  const guint8 *data = g_bytes_get_data (bytes, &len);

  for (gsize i = 0; i < len; i++)
    {
      g_autofree guint8 *copy = g_memdup2 (data, len);

      copy[i] ^= 1;
      g_assert_null (mesh_envelope_open (copy, len, "domain", NULL));
      g_assert_null (mesh_envelope_open (data, i, "domain", NULL));
    }
}

static void
test_too_large (void)
{
  g_autofree guint8 *data = g_malloc0 (MESH_ENVELOPE_MAX_BYTES + 1);
  g_autoptr (GError) error = NULL;

  g_assert_null (
      mesh_envelope_open (data, MESH_ENVELOPE_MAX_BYTES + 1, "domain", &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_LIMIT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/peer/envelope/round-trip", test_round_trip);
  g_test_add_func ("/peer/envelope/wrong-domain", test_wrong_domain);
  g_test_add_func ("/peer/envelope/tampered", test_tampered);
  g_test_add_func ("/peer/envelope/too-large", test_too_large);
  return g_test_run ();
}
