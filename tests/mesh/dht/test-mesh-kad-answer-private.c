/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "dht/mesh-kad-answer-private.h"

#include "kad-net.h"

/* One node, one peer it asks, and what that peer answers. */
typedef struct
{
  KadNet *net;
  KadNode *node;
  KadNode *other;
  guint64 id;
  guint64 request_id;
} Fixture;

static void
fixture_init (Fixture *f, MeshKadScope scope)
{
  MeshKadConfig config = MESH_KAD_CONFIG_DEFAULT;
  MeshKadEvent event;
  guint8 key[34] = { 0x12, 0x20 };

  config.scope = scope;
  config.refresh_interval_us = 0;
  f->net = kad_net_new (1);
  f->node = kad_net_add (f->net, &config, "/ip4/10.0.0.1/tcp/1");
  f->other = kad_net_add (f->net, &config,
                          scope == MESH_KAD_SCOPE_WAN ? "/ip4/8.8.8.8/tcp/1"
                                                      : "/ip4/10.0.0.2/tcp/1");
  kad_net_introduce (f->net, f->node, f->other);
  f->id = mesh_kad_find_providers (f->node->kad, key, sizeof key, 0, 0);
  f->request_id = 0;
  while (mesh_kad_poll_event (f->node->kad, &event))
    {
      if (event.type == MESH_KAD_EVENT_SEND)
        f->request_id = event.request_id;
      mesh_kad_event_clear (&event);
    }
  g_assert_cmpuint (f->request_id, !=, 0);
}

typedef void (*AddFunc) (GByteArray *, const MeshKadPeer *, const MeshKadAddrs *);

/* Adds @n peers of @addr to the answer. */
static void
add_peers (Fixture *f, GByteArray *out, AddFunc add, guint n, const char *addr)
{
  const char *const texts[] = { addr, NULL };
  g_autoptr (GPtrArray) list = fixture_addrs (texts);
  g_autoptr (MeshKadAddrs) addrs
      = mesh_kad_addrs_new (f->net->pool, list, MESH_KAD_SCOPE_ANY);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (MeshPeerId) id = fixture_peer_id (&f->net->rng);
      g_autoptr (MeshKadPeer) peer = mesh_kad_pool_get_peer (f->net->pool, id);

      add (out, peer, addrs);
    }
}

static void
answer (Fixture *f,
        GByteArray *out,
        guint *n_send,
        guint *n_providers,
        guint *n_with_addrs)
{
  g_autoptr (GError) error = NULL;
  MeshKadEvent event;

  *n_send = *n_providers = *n_with_addrs = 0;
  mesh_kad_handle_response (f->node->kad, f->request_id, out->data, out->len, 1, &error);
  g_assert_no_error (error);
  while (mesh_kad_poll_event (f->node->kad, &event))
    {
      *n_send += event.type == MESH_KAD_EVENT_SEND;
      *n_providers += event.type == MESH_KAD_EVENT_PROVIDER;
      if (event.type == MESH_KAD_EVENT_PROVIDER)
        *n_with_addrs += mesh_kad_addrs_get_n (event.addrs) > 0;
      mesh_kad_event_clear (&event);
    }
  g_byte_array_unref (out);
}

static GByteArray *
begin (void)
{
  GByteArray *out = g_byte_array_new ();
  guint8 key[34] = { 0x12, 0x20 };

  mesh_kad_message_begin (out, MESH_KAD_MESSAGE_GET_PROVIDERS,
                          (MeshKadBytes){ key, sizeof key });
  return out;
}

/* A node of the internet does not dial into its own LAN because a stranger says so. */
static void
test_private_addrs (void)
{
  Fixture f;
  GByteArray *out = begin ();
  guint n_send, n_providers, n_with_addrs;

  fixture_init (&f, MESH_KAD_SCOPE_WAN);
  add_peers (&f, out, mesh_kad_message_add_closer, 5, "/ip4/192.168.1.1/tcp/1");
  add_peers (&f, out, mesh_kad_message_add_closer, 2, "/ip4/9.9.9.9/tcp/1");
  add_peers (&f, out, mesh_kad_message_add_provider, 3, "/ip4/127.0.0.1/tcp/22");
  answer (&f, out, &n_send, &n_providers, &n_with_addrs);
  g_assert_cmpuint (n_send, ==, 2);
  g_assert_cmpuint (n_providers, ==, 3);
  g_assert_cmpuint (n_with_addrs, ==, 0);
  kad_net_free (f.net);
}

static void
test_lan (void)
{
  Fixture f;
  GByteArray *out = begin ();
  guint n_send, n_providers, n_with_addrs;

  fixture_init (&f, MESH_KAD_SCOPE_LAN);
  add_peers (&f, out, mesh_kad_message_add_closer, 2, "/ip4/192.168.1.1/tcp/1");
  add_peers (&f, out, mesh_kad_message_add_closer, 5, "/ip4/9.9.9.9/tcp/1");
  add_peers (&f, out, mesh_kad_message_add_provider, 1, "/ip4/192.168.1.1/tcp/1");
  answer (&f, out, &n_send, &n_providers, &n_with_addrs);
  g_assert_cmpuint (n_send, ==, 2);
  g_assert_cmpuint (n_with_addrs, ==, 1);
  kad_net_free (f.net);
}

/* More than a message may name is left out; the same provider again is not named again.
 */
static void
test_floods (void)
{
  Fixture f;
  GByteArray *out = begin ();
  guint n_send, n_providers, n_with_addrs;

  fixture_init (&f, MESH_KAD_SCOPE_WAN);
  add_peers (&f, out, mesh_kad_message_add_provider, 500, "/ip4/9.9.9.9/tcp/1");
  answer (&f, out, &n_send, &n_providers, &n_with_addrs);
  g_assert_cmpuint (n_providers, ==, MESH_KAD_MESSAGE_MAX_PROVIDERS);
  kad_net_free (f.net);
}

/* Neither we ourselves nor the one who answers come of an answer. */
static void
test_known_names (void)
{
  Fixture f;
  GByteArray *out = begin ();
  guint n_send, n_providers, n_with_addrs;
  g_autoptr (MeshKadPeer) self = NULL, other = NULL;
  g_autoptr (MeshKadAddrs) addrs = NULL;

  fixture_init (&f, MESH_KAD_SCOPE_WAN);
  self = mesh_kad_pool_get_peer (f.net->pool, f.node->id);
  other = mesh_kad_pool_get_peer (f.net->pool, f.other->id);
  addrs = mesh_kad_addrs_new (f.net->pool, f.other->addrs, MESH_KAD_SCOPE_WAN);
  mesh_kad_message_add_closer (out, self, addrs);
  mesh_kad_message_add_closer (out, other, addrs);
  mesh_kad_message_add_provider (out, self, addrs);
  mesh_kad_message_add_provider (out, other, addrs);
  mesh_kad_message_add_provider (out, other, addrs);
  answer (&f, out, &n_send, &n_providers, &n_with_addrs);
  g_assert_cmpuint (n_send, ==, 0);
  g_assert_cmpuint (n_providers, ==, 1);
  g_clear_pointer (&self, mesh_kad_pool_unref_peer);
  g_clear_pointer (&other, mesh_kad_pool_unref_peer);
  g_clear_pointer (&addrs, mesh_kad_addrs_unref);
  kad_net_free (f.net);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/kad-answer/private-addrs", test_private_addrs);
  g_test_add_func ("/kad-answer/lan", test_lan);
  g_test_add_func ("/kad-answer/floods", test_floods);
  g_test_add_func ("/kad-answer/known-names", test_known_names);
  return g_test_run ();
}
