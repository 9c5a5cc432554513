/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "mdns/mesh-interfaces.h"

#include "net-test.h"
#include "own-net.h"

static const MeshInterface *
find (GArray *list, const char *name)
{
  for (guint i = 0; i < list->len; i++)
    if (g_str_equal (g_array_index (list, MeshInterface, i).name, name))
      return &g_array_index (list, MeshInterface, i);
  return NULL;
}

static void
test_list (void)
{
  static const guint8 localhost[4] = { 127, 0, 0, 1 };
  g_autoptr (GArray) list = mesh_interfaces_list ();
  const MeshInterface *lo = find (list, "lo");

  g_assert_nonnull (lo);
  g_assert_cmpuint (list->len, ==, 1);
  g_assert_true (lo->is_loopback);
  g_assert_true (lo->has_ip4);
  g_assert_cmpmem (lo->ip4, 4, localhost, 4);
}

static void
count_cb (gpointer user_data)
{
  *(guint *) user_data += 1;
}

static gboolean
is_there (const char *name)
{
  g_autoptr (GArray) list = mesh_interfaces_list ();

  return find (list, name) != NULL;
}

static void
test_watch (void)
{
  guint n = 0, before;
  g_autoptr (MeshInterfaces) interfaces = mesh_interfaces_watch (count_cb, &n);

  if (!own_net_ip ("link add shoal0 type veth peer name shoal1"))
    {
      g_test_skip ("no interface can be made here");
      return;
    }
  g_assert_true (own_net_ip ("addr add 10.98.76.5/24 dev shoal0"));
  g_assert_true (own_net_ip ("link set shoal0 up multicast on"));
  g_assert_true (own_net_ip ("link set shoal1 up multicast on"));
  net_test_wait (n > 0 && is_there ("shoal0"));
  before = n;
  g_assert_true (own_net_ip ("link set shoal0 down"));
  net_test_wait (n > before && !is_there ("shoal0"));
  g_assert_true (own_net_ip ("link del shoal0"));
}

int
main (int argc, char **argv)
{
  if (!own_net_enter ())
    return 0;
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/interfaces/list", test_list);
  g_test_add_func ("/interfaces/watch", test_watch);
  return g_test_run ();
}
