/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "dht/mesh-kad-validator.h"

#include <string.h>

#include "peer/mesh-keypair.h"
#include "peer/mesh-peer-id.h"

static const MeshKadValidator *
find (const char *key)
{
  static const MeshKadValidator list[] = { { .name = "a" }, { .name = "abc" } };
  const MeshKadValidator *found
      = mesh_kad_validator_find (list, 2, (const guint8 *) key, strlen (key));

  return found;
}

static void
test_find (void)
{
  static const char *const unknown[]
      = { "", "/", "a", "/a", "//", "/ab/x", "/abcd/x", "a/a/x", "/A/x" };

  g_assert_cmpstr (find ("/a/x")->name, ==, "a");
  g_assert_cmpstr (find ("/a/")->name, ==, "a");
  g_assert_cmpstr (find ("/abc/x/y")->name, ==, "abc");
  for (guint i = 0; i < G_N_ELEMENTS (unknown); i++)
    g_assert_null (find (unknown[i]));
}

static void
test_pk (void)
{
  const MeshKadValidator *pk = mesh_kad_validator_get_pk ();
  guint8 seed[32] = { 1 }, other_seed[32] = { 2 };
  g_autoptr (MeshKeypair) keypair = mesh_keypair_new_from_seed (seed);
  g_autoptr (MeshKeypair) other = mesh_keypair_new_from_seed (other_seed);
  const MeshPublicKey *public_key = mesh_keypair_get_public_key (keypair);
  g_autoptr (MeshPeerId) id = mesh_peer_id_new_from_public_key (public_key);
  g_autoptr (GByteArray) key = g_byte_array_new ();
  GBytes *value = mesh_public_key_get_bytes (public_key);
  GBytes *wrong = mesh_public_key_get_bytes (mesh_keypair_get_public_key (other));
  gsize len;
  const guint8 *data = mesh_peer_id_get_bytes (id, &len);

  g_byte_array_append (key, (const guint8 *) "/pk/", 4);
  g_byte_array_append (key, data, (guint) len);
  g_assert_true (mesh_kad_validator_find (pk, 1, key->data, key->len) == pk);
  data = g_bytes_get_data (value, &len);
  g_assert_true (pk->validate (key->data, key->len, data, len, pk->user_data));
  g_assert_false (pk->validate (key->data, key->len, data, len - 1, pk->user_data));
  g_assert_false (pk->validate (key->data, 4, data, len, pk->user_data));
  g_assert_cmpint (pk->select (key->data, key->len, data, len, data, len, pk->user_data),
                   ==, 0);
  data = g_bytes_get_data (wrong, &len);
  g_assert_false (pk->validate (key->data, key->len, data, len, pk->user_data));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/kad-validator/find", test_find);
  g_test_add_func ("/kad-validator/pk", test_pk);
  return g_test_run ();
}
