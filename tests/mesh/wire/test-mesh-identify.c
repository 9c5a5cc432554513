/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "wire/mesh-identify.h"

#include <string.h>

#include "base/mesh-error.h"
#include "base/mesh-rng.h"
#include "base/mesh-varint.h"

static MeshIdentify *
make (gsize n_record)
{
  MeshIdentify *identify = mesh_identify_new ();
  guint8 key[MESH_ED25519_PUBLIC_BYTES] = { 1 };
  g_autofree guint8 *record = g_malloc0 (n_record + 1);

  identify->public_key = mesh_public_key_new_ed25519 (key);
  g_ptr_array_add (identify->listen_addrs,
                   mesh_multiaddr_parse ("/ip4/192.0.2.1/tcp/4001", NULL));
  g_ptr_array_add (identify->listen_addrs, mesh_multiaddr_parse ("/ip6/::1/tcp/1", NULL));
  g_ptr_array_add (identify->protocols, g_strdup ("/ipfs/ping/1.0.0"));
  g_ptr_array_add (identify->protocols, g_strdup ("/ipfs/id/1.0.0"));
  identify->observed_addr = mesh_multiaddr_parse ("/ip4/192.0.2.7/tcp/9", NULL);
  identify->agent_version = g_strdup ("shoal/0.1.0");
  identify->protocol_version = g_strdup ("ipfs/0.1.0");
  identify->signed_record = g_bytes_new (record, n_record);
  return identify;
}

static MeshIdentify *
decode (GBytes *bytes, GError **error)
{
  return mesh_identify_decode (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes),
                               error);
}

static void
test_round_trip (void)
{
  /* the second does not fit into one message of other implementations */
  static const gsize sizes[] = { 100, 5000 };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (MeshIdentify) identify = make (sizes[i]), again = NULL;
      g_autoptr (GBytes) bytes = mesh_identify_encode (identify), twice = NULL;
      g_autoptr (GError) error = NULL;
      const guint8 *data = g_bytes_get_data (bytes, NULL);

      again = decode (bytes, &error);
      g_assert_no_error (error);
      twice = mesh_identify_encode (again);
      g_assert_true (g_bytes_equal (bytes, twice));
      g_assert_cmpstr (again->agent_version, ==, "shoal/0.1.0");
      g_assert_cmpuint (again->listen_addrs->len, ==, 2);
      g_assert_true (mesh_identify_is_whole (data, g_bytes_get_size (bytes)));
      g_assert_false (mesh_identify_is_whole (data, g_bytes_get_size (bytes) - 1));
      g_assert_false (mesh_identify_is_whole (data, 0));
    }
}

static void
append (GByteArray *array, const char *bytes, gsize len)
{
  mesh_varint_append (array, len);
  g_byte_array_append (array, (const guint8 *) bytes, (guint) len);
}

static void
test_left_out (void)
{
  g_autoptr (GByteArray) array = g_byte_array_new ();
  g_autoptr (MeshIdentify) identify = NULL;
  g_autoptr (GError) error = NULL;

  append (array,
          "\x32\x02"
          "a\n",
          4); /* agent with a control character */
  append (array,
          "\x2a\x02"
          "\xff\xfe",
          4);                        /* not UTF-8 */
  append (array, "\x12\x01\x05", 3); /* an address of an unknown kind */
  append (array, "\x22\x01\x05", 3);
  append (array, "\x1a\x02/x", 4);
  identify = mesh_identify_decode (array->data, array->len, &error);
  g_assert_no_error (error);
  g_assert_null (identify->agent_version);
  g_assert_null (identify->protocol_version);
  g_assert_null (identify->observed_addr);
  g_assert_cmpuint (identify->listen_addrs->len, ==, 0);
  g_assert_true (identify->has_listen_addrs);
  g_assert_cmpuint (identify->protocols->len, ==, 1);
}

static void
test_hostile (void)
{
  g_autoptr (GByteArray) many = g_byte_array_new ();
  g_autoptr (GError) empty = NULL, malformed = NULL, key = NULL, limit = NULL;

  g_assert_null (mesh_identify_decode (NULL, 0, &empty));
  g_assert_error (empty, MESH_ERROR, MESH_ERROR_PROTOCOL);
  g_assert_null (mesh_identify_decode ((const guint8 *) "\x02\x0b\x0b", 3, &malformed));
  g_assert_error (malformed, MESH_ERROR, MESH_ERROR_PROTOCOL);
  g_assert_null (mesh_identify_decode ((const guint8 *) "\x03\x0a\x01\x05", 4, &key));
  g_assert_error (key, MESH_ERROR, MESH_ERROR_INVALID);
  for (guint i = 0; i <= MESH_IDENTIFY_MAX_MESSAGES; i++)
    append (many, "\x1a\x02/x", 4);
  g_assert_null (mesh_identify_decode (many->data, many->len, &limit));
  g_assert_error (limit, MESH_ERROR, MESH_ERROR_LIMIT);
}

static void
test_damaged (void)
{
  MeshRng rng;

  mesh_rng_init (&rng, 7);
  for (guint i = 0; i < 10000; i++)
    {
      g_autoptr (MeshIdentify) identify = make (20), again = NULL;
      g_autoptr (GBytes) bytes = mesh_identify_encode (identify);
      gsize len = g_bytes_get_size (bytes);
      g_autofree guint8 *copy = g_memdup2 (g_bytes_get_data (bytes, NULL), len);
      g_autoptr (GError) error = NULL;

      copy[mesh_rng_below (&rng, len)] = (guint8) mesh_rng_next (&rng);
      again = mesh_identify_decode (copy, mesh_rng_below (&rng, len + 1), &error);
      g_assert_true ((again == NULL) == (error != NULL));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/identify/round-trip", test_round_trip);
  g_test_add_func ("/wire/identify/left-out", test_left_out);
  g_test_add_func ("/wire/identify/hostile", test_hostile);
  g_test_add_func ("/wire/identify/damaged", test_damaged);
  return g_test_run ();
}
