/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */

/* A real avahi-daemon on a system bus of its own, in a network of its own. Skips itself
 * where there is none, or no such network can be made. */
#include "config.h"

#include "mdns/mesh-mdns-avahi.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <sys/prctl.h>

#include "net-test.h"
#include "own-net.h"
#include "mdns/mesh-mdns.h"

static const char bus_config[]
    = "<!DOCTYPE busconfig PUBLIC \"-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN\""
      " \"http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd\">"
      "<busconfig><type>system</type><listen>unix:path=%s</listen><auth>EXTERNAL</auth>"
      "<policy context=\"default\"><allow user=\"*\"/><allow own=\"*\"/>"
      "<allow send_destination=\"*\"/><allow receive_sender=\"*\"/></policy></busconfig>";

static const char avahi_config[]
    = "[server]\nhost-name=test\nuse-ipv4=yes\nuse-ipv6=no\nenable-dbus=yes\n"
      "[wide-area]\n[publish]\npublish-workstation=no\n[reflector]\n[rlimits]\n";

typedef struct
{
  char *dir;          /* (owned) */
  char *avahi_config; /* (owned) */
  GSubprocess *bus;   /* (owned) */
  GSubprocess *avahi; /* (owned) (nullable) */
} World;

static char *
write_file (World *world, const char *name, const char *text)
{
  char *path = g_build_filename (world->dir, name, NULL);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  return path;
}

/* Whatever happens to this test, its daemons end with it. */
static void
child_cb (gpointer user_data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

static GSubprocess *
spawn (const char *const *words)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
      G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  g_autoptr (GError) error = NULL;
  GSubprocess *process;

  g_subprocess_launcher_set_child_setup (launcher, child_cb, NULL, NULL);
  process = g_subprocess_launcher_spawnv (launcher, words, &error);
  g_assert_no_error (error);
  return process;
}

/* Keeps the loop turning until the file is there. */
static gboolean
wait_cb (gpointer path)
{
  return g_file_test (path, G_FILE_TEST_EXISTS) ? G_SOURCE_REMOVE : G_SOURCE_CONTINUE;
}

/* Returns whether everything that is needed is there. */
static gboolean
world_init (World *world)
{
  g_autofree char *socket = NULL, *text = NULL, *config = NULL, *address = NULL,
                  *option = NULL;
  g_autofree char *bus_program = g_find_program_in_path ("dbus-daemon");
  g_autofree char *avahi_program = NULL;
  g_autofree char *path = g_strconcat (g_getenv ("PATH"), ":/usr/sbin", NULL);

  g_setenv ("PATH", path, TRUE);
  avahi_program = g_find_program_in_path ("avahi-daemon");
  if (bus_program == NULL || avahi_program == NULL)
    return FALSE;
  world->dir = g_dir_make_tmp ("shoal-avahi-XXXXXX", NULL);
  socket = g_build_filename (world->dir, "bus", NULL);
  text = g_strdup_printf (bus_config, socket);
  config = write_file (world, "bus.conf", text);
  world->avahi_config = write_file (world, "avahi.conf", avahi_config);
  address = g_strconcat ("unix:path=", socket, NULL);
  g_setenv ("DBUS_SYSTEM_BUS_ADDRESS", address, TRUE);
  option = g_strconcat ("--config-file=", config, NULL);
  world->bus = spawn (
      (const char *const[]){ bus_program, option, "--nofork", "--nopidfile", NULL });
  g_timeout_add (20, wait_cb, socket);
  net_test_wait (g_file_test (socket, G_FILE_TEST_EXISTS));
  return TRUE;
}

static void
start_avahi (World *world)
{
  g_assert_null (world->avahi);
  world->avahi
      = spawn ((const char *const[]){ "avahi-daemon", "--no-drop-root", "--no-chroot",
                                      "--no-rlimits", "-f", world->avahi_config, NULL });
}

static void
stop_process (GSubprocess **process)
{
  g_autoptr (GAsyncResult) result = NULL;

  /* Without its bus avahi-daemon may not hear SIGTERM. */
  g_subprocess_force_exit (*process);
  g_subprocess_wait_async (*process, NULL, net_test_result_cb, &result);
  net_test_wait (result != NULL);
  g_clear_object (process);
}

static void
world_clear (World *world)
{
  static const char *const names[] = { "bus", "bus.conf", "avahi.conf" };

  if (world->avahi != NULL)
    stop_process (&world->avahi);
  stop_process (&world->bus);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (world->dir, names[i], NULL);

      g_unlink (path);
    }
  g_rmdir (world->dir);
  g_free (world->dir);
  g_free (world->avahi_config);
}

static void
appeared_cb (GDBusConnection *bus, const char *name, const char *owner, gpointer is_there)
{
  *(gboolean *) is_there = TRUE;
}

static gboolean
late_cb (gpointer is_late)
{
  *(gboolean *) is_late = TRUE;
  return G_SOURCE_CONTINUE;
}

/* Returns: whether avahi-daemon takes its name here; in some sandboxes it does not. */
static gboolean
does_avahi_run (World *world)
{
  g_autoptr (GDBusConnection) bus = g_bus_get_sync (G_BUS_TYPE_SYSTEM, NULL, NULL);
  gboolean is_there = FALSE, is_late = FALSE;
  guint watch, timer;

  if (bus == NULL)
    return FALSE;
  g_dbus_connection_set_exit_on_close (bus, FALSE);
  start_avahi (world);
  watch = g_bus_watch_name_on_connection (bus, "org.freedesktop.Avahi",
                                          G_BUS_NAME_WATCHER_FLAGS_NONE, appeared_cb,
                                          NULL, &is_there, NULL);
  timer = g_timeout_add_seconds (20, late_cb, &is_late);
  while (!is_there && !is_late)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (timer);
  g_bus_unwatch_name (watch);
  stop_process (&world->avahi);
  return is_there;
}

static void
found_cb (MeshMdns *mdns, MeshPeerId *peer, GPtrArray *addrs, gpointer user_data)
{
  g_hash_table_replace (user_data, mesh_peer_id_ref (peer), g_ptr_array_ref (addrs));
}

static void
lost_cb (MeshMdns *mdns, MeshPeerId *peer, gpointer user_data)
{
  g_hash_table_remove (user_data, peer);
}

static MeshMdns *
make_mdns (NetTestNode *node, gboolean use_avahi, GHashTable **peers)
{
  MeshMdnsOptions options = MESH_MDNS_OPTIONS_DEFAULT;
  MeshMdns *mdns;

  options.use_avahi = use_avahi;
  mdns = mesh_mdns_new (node->host, &options);
  *peers = g_hash_table_new_full (mesh_peer_id_hash, mesh_peer_id_equal,
                                  (GDestroyNotify) mesh_peer_id_unref,
                                  (GDestroyNotify) g_ptr_array_unref);
  g_signal_connect (mdns, "peer-found", G_CALLBACK (found_cb), *peers);
  g_signal_connect (mdns, "peer-lost", G_CALLBACK (lost_cb), *peers);
  return mdns;
}

static gboolean
has (GHashTable *peers, NetTestNode *node)
{
  return g_hash_table_contains (peers, mesh_host_get_peer_id (node->host));
}

static guint
n_addrs (GHashTable *peers, NetTestNode *node)
{
  GPtrArray *addrs = g_hash_table_lookup (peers, mesh_host_get_peer_id (node->host));

  return addrs != NULL ? addrs->len : 0;
}

static gboolean
uses (MeshMdns *mdns, const char *backend)
{
  return g_str_equal (mesh_mdns_get_backend (mdns), backend);
}

/* One node speaks through Avahi, the other by its own socket: they find each other, hear
 * of changes and goodbyes, and the first goes on without Avahi when that ends. */
static void
test_avahi (gconstpointer data)
{
  World *world = (World *) data;
  NetTestNode a = net_test_node (1, NULL, "/ip4/10.98.76.5/tcp/0");
  NetTestNode b = net_test_node (2, NULL, "/ip4/10.98.76.5/tcp/0");
  g_autoptr (MeshMultiaddr) addr = mesh_multiaddr_parse ("/ip4/10.98.76.5/tcp/0", NULL);
  g_autoptr (GHashTable) peers_a = NULL, peers_b = NULL;
  g_autoptr (MeshMdns) mdns_a = NULL, mdns_b = NULL;

  start_avahi (world);
  mdns_a = make_mdns (&a, TRUE, &peers_a);
  net_test_wait (uses (mdns_a, "avahi"));
  mdns_b = make_mdns (&b, FALSE, &peers_b);
  g_assert_true (uses (mdns_b, "socket"));
  net_test_wait (has (peers_a, &b) && has (peers_b, &a));
  g_assert_cmpuint (n_addrs (peers_a, &b), ==, 1);
  /* Both listen in one more place. */
  g_assert_true (mesh_host_listen (a.host, addr, NULL));
  g_assert_true (mesh_host_listen (b.host, addr, NULL));
  net_test_wait (n_addrs (peers_a, &b) == 2 && n_addrs (peers_b, &a) == 2);
  mesh_mdns_set_enabled (mdns_b, FALSE);
  net_test_wait (!has (peers_a, &b));
  g_hash_table_remove_all (peers_b);
  mesh_mdns_set_enabled (mdns_b, TRUE);
  net_test_wait (has (peers_a, &b) && has (peers_b, &a));
  mesh_mdns_set_enabled (mdns_a, FALSE);
  net_test_wait (!has (peers_b, &a));
  /* Avahi goes: a socket takes over. It comes back: so does Avahi. */
  mesh_mdns_set_enabled (mdns_a, TRUE);
  net_test_wait (uses (mdns_a, "avahi") && has (peers_b, &a));
  stop_process (&world->avahi);
  net_test_wait (uses (mdns_a, "socket"));
  g_hash_table_remove_all (peers_a);
  net_test_wait (has (peers_a, &b) && has (peers_b, &a));
  start_avahi (world);
  net_test_wait (uses (mdns_a, "avahi"));
  g_hash_table_remove_all (peers_a);
  net_test_wait (has (peers_a, &b));
  g_clear_object (&mdns_a);
  g_clear_object (&mdns_b);
  net_test_node_clear (&a);
  net_test_node_clear (&b);
}

/* The bus itself ends. */
static void
test_bus_ends (gconstpointer data)
{
  World *world = (World *) data;
  NetTestNode a = net_test_node (1, NULL, "/ip4/10.98.76.5/tcp/0");
  g_autoptr (GHashTable) peers = NULL;
  g_autoptr (MeshMdns) mdns = make_mdns (&a, TRUE, &peers);

  net_test_wait (uses (mdns, "avahi"));
  g_subprocess_force_exit (world->bus);
  net_test_wait (uses (mdns, "socket"));
  g_clear_object (&mdns);
  net_test_node_clear (&a);
}

int
main (int argc, char **argv)
{
  World world = { NULL };
  int status;

  if (!own_net_enter ())
    return 0;
  if (!own_net_hide_run () || g_mkdir ("/run/avahi-daemon", 0755) != 0
      || !own_net_ip ("link add shoal0 type veth peer name shoal1")
      || !own_net_ip ("addr add 10.98.76.5/24 dev shoal0")
      || !own_net_ip ("link set shoal0 up multicast on")
      || !own_net_ip ("link set shoal1 up"))
    {
      g_print ("1..0 # SKIP no network for an avahi-daemon can be made here\n");
      return 0;
    }
  if (!world_init (&world))
    {
      g_print ("1..0 # SKIP dbus-daemon or avahi-daemon is not installed\n");
      return 0;
    }
  if (!does_avahi_run (&world))
    {
      g_print ("1..0 # SKIP avahi-daemon does not run here\n");
      world_clear (&world);
      return 0;
    }
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/mdns-avahi/avahi", &world, test_avahi);
  g_test_add_data_func ("/mdns-avahi/bus-ends", &world, test_bus_ends);
  status = g_test_run ();
  world_clear (&world);
  return status;
}
