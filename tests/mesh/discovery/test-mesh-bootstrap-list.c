/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "discovery/mesh-bootstrap-list.h"

#include <string.h>

#include "base/mesh-error.h"

#define NOW 1800000000
#define PEER_A "12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5"
#define PEER_B "12D3KooWDpJ7As7BWAwRMfu1VU2WCqNjvq387JEYKDBj4kx6nXTN"
#define ADDR_A "/ip4/192.0.2.1/tcp/4001/p2p/" PEER_A
#define ADDR_B "/ip4/192.0.2.2/tcp/4001/p2p/" PEER_B

static MeshKeypair *
make_key (guint8 fill)
{
  guint8 seed[MESH_ED25519_SEED_BYTES];

  memset (seed, fill, sizeof seed);
  return mesh_keypair_new_from_seed (seed);
}

static GBytes *
sign (guint8 fill, const char *addr, guint64 counter, gint64 expires_s)
{
  g_autoptr (MeshKeypair) key = make_key (fill);
  const char *addrs[] = { addr, NULL };
  g_autoptr (GError) error = NULL;
  GBytes *bytes = mesh_bootstrap_list_sign (key, addrs, counter, expires_s, &error);

  g_assert_no_error (error);
  return bytes;
}

/* Returns -1 when it was taken, else the error's code. */
static int
take (MeshBootstrapList *list, GBytes *bytes, gint64 now_s)
{
  g_autoptr (GError) error = NULL;

  if (mesh_bootstrap_list_take_signed (list, g_bytes_get_data (bytes, NULL),
                                       g_bytes_get_size (bytes), now_s, &error))
    {
      g_assert_no_error (error);
      return -1;
    }
  g_assert_true (error->domain == MESH_ERROR);
  return error->code;
}

static void
assert_addresses (MeshBootstrapList *list, gint64 now_s, const char *a, const char *b)
{
  g_auto (GStrv) addrs = mesh_bootstrap_list_dup_addresses (list, now_s);
  const char *want[] = { a, b, NULL };

  g_assert_cmpstrv (addrs, want);
}

static void
test_edit (void)
{
  g_autoptr (MeshBootstrapList) list = mesh_bootstrap_list_new ();
  g_autoptr (GError) error = NULL;
  const char *bad[] = { ADDR_B, "nonsense", NULL };
  const char *good[] = { ADDR_B, NULL };

  g_assert_true (mesh_bootstrap_list_add (list, ADDR_A, &error));
  g_assert_no_error (error);
  g_assert_false (
      mesh_bootstrap_list_add (list, "/ip4/192.0.2.1/tcp/4001/ipfs/" PEER_A, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_EXISTS);
  g_clear_error (&error);
  g_assert_false (mesh_bootstrap_list_add (list, "/ip4/192.0.2.1/tcp/4001", &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_false (mesh_bootstrap_list_set_own (list, bad, &error));
  g_assert_nonnull (error);
  assert_addresses (list, NOW, ADDR_A, NULL);
  g_assert_true (mesh_bootstrap_list_set_own (list, good, NULL));
  assert_addresses (list, NOW, ADDR_B, NULL);
  g_assert_false (mesh_bootstrap_list_remove (list, ADDR_A));
  g_assert_false (mesh_bootstrap_list_remove (list, "nonsense"));
  g_assert_true (mesh_bootstrap_list_remove (list, ADDR_B));
  assert_addresses (list, NOW, NULL, NULL);
}

static void
test_full (void)
{
  g_autoptr (MeshBootstrapList) list = mesh_bootstrap_list_new ();
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < MESH_BOOTSTRAP_LIST_MAX_OWN; i++)
    {
      g_autofree char *text
          = g_strdup_printf ("/ip4/192.0.2.1/tcp/%u/p2p/" PEER_A, i + 1);

      g_assert_true (mesh_bootstrap_list_add (list, text, NULL));
    }
  g_assert_false (mesh_bootstrap_list_add (list, ADDR_B, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_LIMIT);
}

static void
test_merge (void)
{
  g_autoptr (MeshBootstrapList) list = mesh_bootstrap_list_new ();
  g_autoptr (GBytes) first = sign (1, ADDR_A, 1, NOW + 1000);
  g_autoptr (GBytes) second = sign (1, ADDR_B, 2, NOW + 2000);

  g_assert_true (mesh_bootstrap_list_add (list, ADDR_A, NULL));
  g_assert_null (mesh_bootstrap_list_get_pinned (list));
  g_assert_cmpint (take (list, first, NOW), ==, -1);
  g_assert_nonnull (mesh_bootstrap_list_get_pinned (list));
  /* Once, though both name it. */
  assert_addresses (list, NOW, ADDR_A, NULL);
  g_assert_cmpint (take (list, second, NOW), ==, -1);
  g_assert_cmpuint (mesh_bootstrap_list_get_counter (list), ==, 2);
  assert_addresses (list, NOW, ADDR_A, ADDR_B);
  /* The signed ones expire, the user's do not. */
  assert_addresses (list, NOW + 2000, ADDR_A, NULL);
  g_assert_true (mesh_bootstrap_list_remove (list, ADDR_A));
  assert_addresses (list, NOW, ADDR_B, NULL);
  g_assert_true (g_bytes_equal (mesh_bootstrap_list_get_signed (list), second));
}

static void
test_attacks (void)
{
  g_autoptr (MeshBootstrapList) list = mesh_bootstrap_list_new ();
  g_autoptr (GBytes) good = sign (1, ADDR_A, 5, NOW + 1000);
  g_autoptr (GBytes) old = sign (1, ADDR_B, 4, NOW + 1000);
  g_autoptr (GBytes) twin = sign (1, ADDR_B, 5, NOW + 1000);
  g_autoptr (GBytes) stale = sign (1, ADDR_B, 6, NOW);
  g_autoptr (GBytes) endless
      = sign (1, ADDR_B, 6, NOW + MESH_BOOTSTRAP_LIST_MAX_LIFE_S + 1);
  g_autoptr (GBytes) stranger = sign (2, ADDR_B, 6, NOW + 1000);
  g_autoptr (GBytes) forged = NULL, huge = NULL, spaced = NULL;
  gsize len = g_bytes_get_size (good);
  g_autofree guint8 *data = g_memdup2 (g_bytes_get_data (good, NULL), len);
  guint8 *digit = (guint8 *) g_strstr_len ((char *) data, (gssize) len, "\"counter\":5");

  g_assert_cmpint (take (list, good, NOW), ==, -1);
  g_assert_cmpint (take (list, good, NOW), ==, -1);
  g_assert_cmpint (take (list, old, NOW), ==, MESH_ERROR_ROLLBACK);
  g_assert_cmpint (take (list, twin, NOW), ==, MESH_ERROR_MIXED);
  g_assert_cmpint (take (list, stale, NOW), ==, MESH_ERROR_EXPIRED);
  g_assert_cmpint (take (list, endless, NOW), ==, MESH_ERROR_INVALID);
  g_assert_cmpint (take (list, stranger, NOW), ==, MESH_ERROR_UNKNOWN_KEY);
  digit[10] = '6';
  forged = g_bytes_new (data, len);
  g_assert_cmpint (take (list, forged, NOW), ==, MESH_ERROR_BAD_SIGNATURE);
  digit[10] = ' ';
  spaced = g_bytes_new (data, len);
  g_assert_cmpint (take (list, spaced, NOW), ==, MESH_ERROR_INVALID);
  huge = g_bytes_new_take (g_malloc0 (MESH_BOOTSTRAP_LIST_MAX_BYTES + 1),
                           MESH_BOOTSTRAP_LIST_MAX_BYTES + 1);
  g_assert_cmpint (take (list, huge, NOW), ==, MESH_ERROR_TOO_LARGE);
  assert_addresses (list, NOW, ADDR_A, NULL);
}

/* Another Master: the key is changed on purpose. */
static void
test_pin (void)
{
  g_autoptr (MeshBootstrapList) list = mesh_bootstrap_list_new ();
  g_autoptr (MeshKeypair) key = make_key (2);
  g_autoptr (GBytes) first = sign (1, ADDR_A, 50, NOW + 1000);
  g_autoptr (GBytes) other = sign (2, ADDR_B, 1, NOW + 1000);
  gsize len;
  const guint8 *bytes
      = mesh_public_key_get_data (mesh_keypair_get_public_key (key), &len);

  g_assert_cmpint (take (list, first, NOW), ==, -1);
  mesh_bootstrap_list_pin (list, bytes);
  assert_addresses (list, NOW, NULL, NULL);
  g_assert_cmpint (take (list, first, NOW), ==, MESH_ERROR_UNKNOWN_KEY);
  g_assert_cmpint (take (list, other, NOW), ==, -1);
  mesh_bootstrap_list_pin (list, bytes);
  assert_addresses (list, NOW, ADDR_B, NULL);
  g_assert_cmpmem (mesh_bootstrap_list_get_pinned (list), 32, bytes, len);
  mesh_bootstrap_list_pin (list, NULL);
  g_assert_null (mesh_bootstrap_list_get_pinned (list));
  g_assert_cmpint (take (list, first, NOW), ==, -1);
}

static void
test_hostile (void)
{
  static const char *const cases[] = {
    "",
    "null",
    "[]",
    "{}",
    "{\"bootstrap\":{},\"signatures\":[]}",
    "{\"bootstrap\":{\"addresses\":[],\"counter\":1,\"expires\":1800000100,\"type\":"
    "\"shoal-bootstrap-1\"},\"signatures\":[]}",
    "{\"bootstrap\":[],\"signatures\":[]}",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (MeshBootstrapList) list = mesh_bootstrap_list_new ();
      g_autoptr (GBytes) bytes = g_bytes_new_static (cases[i], strlen (cases[i]));

      g_assert_cmpint (take (list, bytes, NOW), ==, MESH_ERROR_INVALID);
      g_assert_null (mesh_bootstrap_list_get_pinned (list));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bootstrap-list/edit", test_edit);
  g_test_add_func ("/bootstrap-list/full", test_full);
  g_test_add_func ("/bootstrap-list/merge", test_merge);
  g_test_add_func ("/bootstrap-list/attacks", test_attacks);
  g_test_add_func ("/bootstrap-list/pin", test_pin);
  g_test_add_func ("/bootstrap-list/hostile", test_hostile);
  return g_test_run ();
}
