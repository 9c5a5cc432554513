/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "mdns/mesh-mdns-txt.h"

#include <string.h>

#define PEER "12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5"
#define OTHER "12D3KooWDpJ7As7BWAwRMfu1VU2WCqNjvq387JEYKDBj4kx6nXTN"

static GPtrArray *
make_addrs (const char *const *texts)
{
  GPtrArray *addrs
      = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_multiaddr_unref);

  for (; *texts != NULL; texts++)
    {
      g_autoptr (GError) error = NULL;

      g_ptr_array_add (addrs, mesh_multiaddr_parse (*texts, &error));
      g_assert_no_error (error);
    }
  return addrs;
}

static void
assert_addrs (const GPtrArray *addrs, const char *const *want)
{
  guint n = g_strv_length ((char **) want);

  g_assert_cmpuint (addrs->len, ==, n);
  for (guint i = 0; i < n; i++)
    g_assert_cmpstr (mesh_multiaddr_to_string (g_ptr_array_index (addrs, i)), ==,
                     want[i]);
}

static const char *const all[] = {
  "/ip4/127.0.0.1/tcp/1/p2p/" PEER,
  "/ip4/169.254.3.4/tcp/1/p2p/" PEER,
  "/ip4/8.8.8.8/tcp/1/p2p/" PEER,
  "/ip4/192.168.1.2/tcp/1/p2p/" PEER,
  "/ip6/fe80::1/tcp/1/p2p/" PEER,
  "/ip6/fd00::1/tcp/1/p2p/" PEER,
  "/dns4/example.org/tcp/1/p2p/" PEER,
  "/ip4/192.168.1.3/tcp/1",
  "/ip4/8.8.8.8/tcp/1/p2p/" OTHER "/p2p-circuit/p2p/" PEER,
  NULL,
};

static void
test_choice (void)
{
  static const char *const with[] = {
    "/ip4/192.168.1.2/tcp/1/p2p/" PEER, "/ip6/fd00::1/tcp/1/p2p/" PEER,
    "/ip4/8.8.8.8/tcp/1/p2p/" PEER,     "/ip4/169.254.3.4/tcp/1/p2p/" PEER,
    "/ip4/127.0.0.1/tcp/1/p2p/" PEER,   NULL,
  };
  g_autoptr (GPtrArray) addrs = make_addrs (all);

  for (guint allow = 0; allow < 2; allow++)
    {
      g_autoptr (GPtrArray) selected
          = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_multiaddr_unref);
      g_autoptr (GBytes) txt = mesh_mdns_txt_encode (addrs, allow == 1, selected);
      const char *want[]
          = { with[0], with[1], with[2], with[3], allow == 1 ? with[4] : NULL, NULL };

      g_assert_nonnull (txt);
      assert_addrs (selected, want);
    }
}

/* What was said is heard; a public address only from where it is. */
static void
test_round (void)
{
  static const guint8 there[] = { 8, 8, 8, 8 };
  static const char *const want[] = {
    "/ip4/192.168.1.2/tcp/1/p2p/" PEER,
    "/ip6/fd00::1/tcp/1/p2p/" PEER,
    "/ip4/8.8.8.8/tcp/1/p2p/" PEER,
    "/ip4/169.254.3.4/tcp/1/p2p/" PEER,
    NULL,
  };
  static const char *const wary[] = {
    "/ip4/192.168.1.2/tcp/1/p2p/" PEER,
    "/ip6/fd00::1/tcp/1/p2p/" PEER,
    "/ip4/169.254.3.4/tcp/1/p2p/" PEER,
    NULL,
  };
  g_autoptr (GPtrArray) addrs = make_addrs (all);
  g_autoptr (GBytes) txt = mesh_mdns_txt_encode (addrs, TRUE, NULL);
  g_auto (MeshMdnsTxt) heard = { NULL };
  g_auto (MeshMdnsTxt) unsure = { NULL };
  gsize len;
  const guint8 *data = g_bytes_get_data (txt, &len);

  mesh_mdns_txt_read (&heard, data, len, there, sizeof there, FALSE);
  g_assert_cmpstr (mesh_peer_id_to_string (heard.peer), ==, PEER);
  g_assert_false (heard.is_bad);
  assert_addrs (heard.addrs, want);
  mesh_mdns_txt_read (&unsure, data, len, NULL, 0, FALSE);
  assert_addrs (unsure.addrs, wary);
  /* Twice is no more than once. */
  mesh_mdns_txt_read (&unsure, data, len, NULL, 0, FALSE);
  assert_addrs (unsure.addrs, wary);
}

static void
append (GByteArray *array, const char *text)
{
  guint8 len = (guint8) strlen (text);

  g_byte_array_append (array, &len, 1);
  g_byte_array_append (array, (const guint8 *) text, len);
}

static void
test_hostile (void)
{
  static const char *const want[] = { "/ip4/10.0.0.1/tcp/1/p2p/" PEER, NULL };
  g_autoptr (GByteArray) array = g_byte_array_new ();
  g_auto (MeshMdnsTxt) txt = { NULL };
  g_auto (MeshMdnsTxt) mixed = { NULL };
  g_auto (MeshMdnsTxt) many = { NULL };

  append (array, "");
  append (array, "other=thing");
  append (array, "dnsaddr=");
  append (array, "dnsaddr=nonsense");
  append (array, "dnsaddr=/ip4/10.0.0.1/tcp/1");
  append (array, "DNSADDR=/ip4/10.0.0.1/tcp/1/p2p/" PEER);
  g_byte_array_append (array,
                       (const guint8 *) "\xff"
                                        "cut",
                       4);
  mesh_mdns_txt_read (&txt, array->data, array->len, NULL, 0, FALSE);
  g_assert_false (txt.is_bad);
  assert_addrs (txt.addrs, want);
  g_byte_array_set_size (array, 0);
  append (array, "dnsaddr=/ip4/10.0.0.1/tcp/1/p2p/" PEER);
  append (array, "dnsaddr=/ip4/10.0.0.1/tcp/1/p2p/" OTHER);
  mesh_mdns_txt_read (&mixed, array->data, array->len, NULL, 0, FALSE);
  g_assert_true (mixed.is_bad);
  g_byte_array_set_size (array, 0);
  for (guint i = 1; i < 100; i++)
    {
      g_autofree char *text
          = g_strdup_printf ("dnsaddr=/ip4/10.0.0.1/tcp/%u/p2p/" PEER, i);

      append (array, text);
    }
  mesh_mdns_txt_read (&many, array->data, array->len, NULL, 0, FALSE);
  g_assert_cmpuint (many.addrs->len, ==, MESH_MDNS_TXT_MAX_ADDRS);
}

/* Too many addresses, or too long ones: what fits is said. */
static void
test_bounds (void)
{
  g_autoptr (GPtrArray) addrs
      = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_multiaddr_unref);
  g_autoptr (GBytes) txt = NULL, none = NULL;
  g_autoptr (GPtrArray) empty = g_ptr_array_new ();

  for (guint i = 1; i < 60; i++)
    {
      g_autofree char *text = g_strdup_printf ("/ip4/10.0.0.1/tcp/%u/p2p/" PEER, i);

      g_ptr_array_add (addrs, mesh_multiaddr_parse (text, NULL));
    }
  txt = mesh_mdns_txt_encode (addrs, FALSE, NULL);
  g_assert_cmpuint (g_bytes_get_size (txt), <=, MESH_MDNS_TXT_MAX_BYTES);
  g_assert_cmpuint (g_bytes_get_size (txt), >, MESH_MDNS_TXT_MAX_BYTES - 100);
  none = mesh_mdns_txt_encode (empty, TRUE, NULL);
  g_assert_null (none);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mdns-txt/choice", test_choice);
  g_test_add_func ("/mdns-txt/round", test_round);
  g_test_add_func ("/mdns-txt/hostile", test_hostile);
  g_test_add_func ("/mdns-txt/bounds", test_bounds);
  return g_test_run ();
}
