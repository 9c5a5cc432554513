/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "net/host/mesh-dnsaddr-lookup.h"

#include "base/mesh-error.h"

#include "fake-resolver.h"
#include "net-test.h"

static GPtrArray *
look_up (const char *text, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) addrs
      = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_multiaddr_unref);
  g_autoptr (GAsyncResult) result = NULL;

  g_ptr_array_add (addrs, mesh_multiaddr_parse ("/ip4/127.0.0.1/tcp/1", NULL));
  g_ptr_array_add (addrs, mesh_multiaddr_parse (text, NULL));
  mesh_dnsaddr_lookup_async (addrs, cancellable, net_test_result_cb, &result);
  if (cancellable != NULL)
    g_cancellable_cancel (cancellable);
  net_test_wait (result != NULL);
  return mesh_dnsaddr_lookup_finish (result, error);
}

/* Links are followed; a record in several pieces is one text. */
static void
test_found (void)
{
  g_autoptr (FakeResolver) resolver = fake_resolver_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) addrs = NULL;

  fake_resolver_set (resolver, "_dnsaddr.a.example",
                     "[(['dnsaddr=/dnsaddr/b.exa', 'mple'],), (['v=spf1'],)]");
  fake_resolver_set (resolver, "_dnsaddr.b.example",
                     "[(['dnsaddr=/ip4/192.0.2.1/tcp/2'],), ([],)]");
  addrs = look_up ("/dnsaddr/a.example", NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (addrs->len, ==, 1);
  g_assert_cmpstr (mesh_multiaddr_to_string (addrs->pdata[0]), ==,
                   "/ip4/192.0.2.1/tcp/2");
  g_assert_cmpuint (resolver->asked->len, ==, 2);
}

static void
test_nothing (void)
{
  g_autoptr (FakeResolver) resolver = fake_resolver_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) empty = NULL;

  g_assert_null (look_up ("/dnsaddr/a.example", NULL, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_UNREACHABLE);
  g_assert_nonnull (strstr (error->message, "_dnsaddr.a.example"));
  fake_resolver_set (resolver, "_dnsaddr.a.example", "@a(as) []");
  g_assert_null (look_up ("/dnsaddr/a.example", NULL, &empty));
  g_assert_error (empty, MESH_ERROR, MESH_ERROR_UNREACHABLE);
}

static void
test_cancelled (void)
{
  g_autoptr (FakeResolver) resolver = fake_resolver_new ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  resolver->is_silent = TRUE;
  g_assert_null (look_up ("/dnsaddr/a.example", cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/net/dnsaddr-lookup/found", test_found);
  g_test_add_func ("/net/dnsaddr-lookup/nothing", test_nothing);
  g_test_add_func ("/net/dnsaddr-lookup/cancelled", test_cancelled);
  return g_test_run ();
}
