/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "daemon/shoald-fixture.h"

#include <signal.h>
#include <string.h>

#define CALL_TIMEOUT_MS 300000

void
shoald_fixture_set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->dir = test_wait_make_dir ();
  fixture->bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (fixture->bus);
  fixture->connection = g_dbus_connection_new_for_address_sync (
      g_test_dbus_get_bus_address (fixture->bus),
      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
          | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
      NULL, NULL, &error);
  g_assert_no_error (error);
}

void
shoald_fixture_tear_down (Fixture *fixture, gconstpointer data)
{
  g_dbus_connection_close_sync (fixture->connection, NULL, NULL);
  g_clear_object (&fixture->connection);
  g_test_dbus_down (fixture->bus);
  g_clear_object (&fixture->bus);
  test_wait_remove_dir (fixture->dir);
  g_free (fixture->dir);
}

GSubprocess *
shoald_fixture_spawn (Fixture *fixture, const char *const *arguments)
{
  g_autoptr (GSubprocessLauncher) launcher
      = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDERR_PIPE);
  g_autoptr (GError) error = NULL;
  GSubprocess *process;

  g_subprocess_launcher_setenv (launcher, "DBUS_SESSION_BUS_ADDRESS",
                                g_test_dbus_get_bus_address (fixture->bus), TRUE);
  g_subprocess_launcher_setenv (launcher, "XDG_DATA_HOME", fixture->dir, TRUE);
  g_subprocess_launcher_setenv (launcher, "XDG_CONFIG_HOME", fixture->dir, TRUE);
  process = g_subprocess_launcher_spawnv (launcher, arguments, &error);
  g_assert_no_error (error);
  return process;
}

static GSubprocess *
spawn_daemon (Fixture *fixture, Daemon *daemon, const char *id, va_list args)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GSubprocessLauncher) launcher
      = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_NONE);
  g_autoptr (GError) error = NULL;
  GSubprocess *process;
  const char *option;

  g_ptr_array_add (argv, g_strdup (g_getenv ("SHOALD")));
  g_ptr_array_add (argv, g_strdup ("--data-dir"));
  g_ptr_array_add (argv, g_strdup (daemon->data_dir));
  g_ptr_array_add (argv, g_strdup ("--config"));
  g_ptr_array_add (argv, g_strdup_printf ("%s/%s.conf", fixture->dir, id));
  g_ptr_array_add (argv, g_strdup ("--bus-name"));
  g_ptr_array_add (argv, g_strdup (daemon->name));
  g_ptr_array_add (argv, g_strdup ("--no-mdns"));
  while ((option = va_arg (args, const char *)) != NULL)
    g_ptr_array_add (argv, g_strdup (option));
  g_ptr_array_add (argv, NULL);
  g_subprocess_launcher_setenv (launcher, "DBUS_SESSION_BUS_ADDRESS",
                                g_test_dbus_get_bus_address (fixture->bus), TRUE);
  g_subprocess_launcher_setenv (launcher, "XDG_DATA_HOME", fixture->dir, TRUE);
  process = g_subprocess_launcher_spawnv (launcher, (const char *const *) argv->pdata,
                                          &error);
  g_assert_no_error (error);
  return process;
}

static gboolean
is_running (Daemon *daemon)
{
  g_autofree char *state = shoald_fixture_get_text (daemon, SHOAL_DBUS_MANAGER_PATH,
                                                    "org.shoal.Shoal1.Manager", "State");

  return g_strcmp0 (state, "running") == 0;
}

Daemon *
shoald_fixture_start (Fixture *fixture, const char *id, ...)
{
  Daemon *daemon = g_new0 (Daemon, 1);
  g_autoptr (GError) error = NULL;
  va_list args;

  daemon->fixture = fixture;
  daemon->name = g_strdup_printf ("org.shoal.Test.%s", id);
  daemon->data_dir = g_build_filename (fixture->dir, id, NULL);
  va_start (args, id);
  daemon->process = spawn_daemon (fixture, daemon, id, args);
  va_end (args);
  test_wait_until (is_running (daemon));
  daemon->objects = shoal_dbus_object_manager_client_new_sync (
      fixture->connection, G_DBUS_OBJECT_MANAGER_CLIENT_FLAGS_DO_NOT_AUTO_START,
      daemon->name, SHOAL_DBUS_PATH, NULL, &error);
  g_assert_no_error (error);
  daemon->manager = shoal_dbus_manager_proxy_new_sync (
      fixture->connection, G_DBUS_PROXY_FLAGS_DO_NOT_AUTO_START, daemon->name,
      SHOAL_DBUS_MANAGER_PATH, NULL, &error);
  g_assert_no_error (error);
  g_dbus_proxy_set_default_timeout (G_DBUS_PROXY (daemon->manager), CALL_TIMEOUT_MS);
  return daemon;
}

static void
daemon_free (Daemon *daemon)
{
  g_clear_object (&daemon->manager);
  g_clear_object (&daemon->objects);
  g_clear_object (&daemon->process);
  g_free (daemon->name);
  g_free (daemon->data_dir);
  g_free (daemon);
}

void
shoald_fixture_stop (Daemon *daemon)
{
  g_autoptr (GError) error = NULL;

  g_subprocess_send_signal (daemon->process, SIGTERM);
  g_assert_true (g_subprocess_wait (daemon->process, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_if_exited (daemon->process));
  g_assert_cmpint (g_subprocess_get_exit_status (daemon->process), ==, 0);
  daemon_free (daemon);
}

void
shoald_fixture_kill (Daemon *daemon)
{
  g_subprocess_send_signal (daemon->process, SIGKILL);
  g_assert_true (g_subprocess_wait (daemon->process, NULL, NULL));
  daemon_free (daemon);
}

GVariant *
shoald_fixture_call (Daemon *daemon,
                     const char *path,
                     const char *interface,
                     const char *method,
                     GVariant *arguments,
                     GError **error)
{
  return g_dbus_connection_call_sync (
      daemon->fixture->connection, daemon->name,
      path != NULL ? path : SHOAL_DBUS_MANAGER_PATH,
      interface != NULL ? interface : "org.shoal.Shoal1.Manager", method, arguments, NULL,
      G_DBUS_CALL_FLAGS_NO_AUTO_START, CALL_TIMEOUT_MS, NULL, error);
}

GVariant *
shoald_fixture_get (Daemon *daemon,
                    const char *path,
                    const char *interface,
                    const char *property)
{
  g_autoptr (GVariant) reply
      = shoald_fixture_call (daemon, path, "org.freedesktop.DBus.Properties", "Get",
                             g_variant_new ("(ss)", interface, property), NULL);
  GVariant *value = NULL;

  if (reply != NULL)
    g_variant_get (reply, "(v)", &value);
  return value;
}

char *
shoald_fixture_get_text (Daemon *daemon,
                         const char *path,
                         const char *interface,
                         const char *property)
{
  g_autoptr (GVariant) value = shoald_fixture_get (daemon, path, interface, property);

  return value != NULL ? g_variant_dup_string (value, NULL) : NULL;
}

char *
shoald_fixture_begin (Daemon *daemon,
                      const char *method,
                      GVariant *arguments,
                      GError **error)
{
  g_autoptr (GVariant) reply
      = shoald_fixture_call (daemon, NULL, NULL, method, arguments, error);
  char *path = NULL;

  if (reply != NULL)
    g_variant_get (reply, "(o)", &path);
  return path;
}

static gboolean
is_final (GVariant *properties)
{
  const char *state;

  return properties != NULL && g_variant_lookup (properties, "State", "&s", &state)
         && (strcmp (state, "done") == 0 || strcmp (state, "failed") == 0
             || strcmp (state, "cancelled") == 0);
}

static GVariant *
get_all (Daemon *daemon, const char *path)
{
  gboolean is_transfer = strstr (path, "/Transfers/") != NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = shoald_fixture_call (
      daemon, path, "org.freedesktop.DBus.Properties", "GetAll",
      g_variant_new ("(s)", is_transfer ? "org.shoal.Shoal1.Transfer"
                                        : "org.shoal.Shoal1.Operation"),
      &error);

  g_assert_no_error (error);
  return g_variant_get_child_value (reply, 0);
}

GVariant *
shoald_fixture_wait_job (Daemon *daemon, const char *path)
{
  GVariant *properties = get_all (daemon, path);

  while (!is_final (properties))
    {
      guint64 tick = 0;

      /* One round of the main context, so that the bus is not flooded. */
      test_wait_until (tick++ > 0);
      g_variant_unref (properties);
      properties = get_all (daemon, path);
    }
  return properties;
}

GVariant *
shoald_fixture_wait_done (Daemon *daemon, const char *path)
{
  g_autoptr (GVariant) properties = shoald_fixture_wait_job (daemon, path);
  const char *state;
  const char *message;

  g_assert_true (g_variant_lookup (properties, "ErrorMessage", "&s", &message));
  g_assert_cmpstr (message, ==, "");
  g_assert_true (g_variant_lookup (properties, "State", "&s", &state));
  g_assert_cmpstr (state, ==, "done");
  return g_variant_lookup_value (properties, "Result", G_VARIANT_TYPE_VARDICT);
}

void
shoald_fixture_wait_error (Daemon *daemon,
                           const char *path,
                           const char *state,
                           const char *nick)
{
  g_autoptr (GVariant) properties = shoald_fixture_wait_job (daemon, path);
  g_autofree char *expected = g_strconcat (SHOAL_DBUS_ERROR_PREFIX, nick, NULL);
  const char *text;

  g_assert_true (g_variant_lookup (properties, "ErrorMessage", "&s", &text));
  g_test_message ("%s: %s", path, text);
  g_assert_cmpstr (text, !=, "");
  g_assert_true (g_variant_lookup (properties, "ErrorName", "&s", &text));
  g_assert_cmpstr (text, ==, expected);
  g_assert_true (g_variant_lookup (properties, "State", "&s", &text));
  g_assert_cmpstr (text, ==, state);
}

void
shoald_fixture_assert_error (GError **error, const char *nick)
{
  g_autofree char *expected = g_strconcat (SHOAL_DBUS_ERROR_PREFIX, nick, NULL);
  g_autofree char *name = NULL;

  g_assert_nonnull (*error);
  name = g_dbus_error_get_remote_error (*error);
  g_assert_cmpstr (name, ==, expected);
  g_clear_error (error);
}

char *
shoald_fixture_make_file (Fixture *fixture, const char *name, gsize size, guint32 seed)
{
  char *path = g_build_filename (fixture->dir, name, NULL);
  g_autofree guint32 *data = g_malloc (size + sizeof (guint32));
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < size / sizeof (guint32) + 1; i++)
    data[i] = g_rand_int (rand);
  g_assert_true (g_file_set_contents_full (path, (const char *) data, (gssize) size,
                                           G_FILE_SET_CONTENTS_NONE, 0644, &error));
  g_assert_no_error (error);
  return path;
}

char *
shoald_fixture_add (Daemon *daemon, const char *path)
{
  g_autofree char *operation = NULL;
  g_autoptr (GVariant) result = NULL;
  g_autoptr (GError) error = NULL;
  char *cid;

  operation = shoald_fixture_begin (
      daemon, "Add", g_variant_new ("(s@a{sv})", path, shoald_fixture_no_options ()),
      &error);
  g_assert_no_error (error);
  result = shoald_fixture_wait_done (daemon, operation);
  g_assert_true (g_variant_lookup (result, "cid", "s", &cid));
  return cid;
}

char *
shoald_fixture_dup_address (Daemon *daemon)
{
  g_autoptr (GVariant) addresses = shoald_fixture_get (
      daemon, SHOAL_DBUS_MANAGER_PATH, "org.shoal.Shoal1.Manager", "ListenAddresses");
  char *address;

  g_assert_cmpuint (g_variant_n_children (addresses), >=, 1);
  g_variant_get_child (addresses, 0, "s", &address);
  return address;
}

GVariant *
shoald_fixture_no_options (void)
{
  return g_variant_new ("a{sv}", NULL);
}

void
shoald_fixture_publish (Daemon *daemon, const char *version, gsize size, guint32 seed)
{
  g_autofree char *folder = g_strconcat ("app-", version, NULL);
  g_autofree char *data = g_build_filename (folder, "data", NULL);
  g_autofree char *dir = g_build_filename (daemon->fixture->dir, folder, NULL);
  g_autofree char *program = g_build_filename (dir, "hello", NULL);
  g_autofree char *file = NULL;
  g_autofree char *operation = NULL;
  g_autoptr (GError) error = NULL;
  GVariantDict options;

  g_assert_cmpint (g_mkdir_with_parents (dir, 0755), ==, 0);
  g_assert_true (g_file_set_contents_full (program, "#!/bin/sh\ntouch \"$1\"\n", -1,
                                           G_FILE_SET_CONTENTS_NONE, 0755, NULL));
  file = shoald_fixture_make_file (daemon->fixture, data, size, seed);
  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert (&options, "app", "s", SHOALD_FIXTURE_APP);
  g_variant_dict_insert (&options, "name", "s", "Hello");
  g_variant_dict_insert (&options, "version", "s", version);
  g_variant_dict_insert (&options, "exec", "s", "hello");
  operation = shoald_fixture_begin (
      daemon, "Publish", g_variant_new ("(s@a{sv})", dir, g_variant_dict_end (&options)),
      &error);
  g_assert_no_error (error);
  g_variant_unref (shoald_fixture_wait_done (daemon, operation));
}

void
shoald_fixture_install (Daemon *daemon)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *transfer = shoald_fixture_begin (
      daemon, "Install",
      g_variant_new ("(s@a{sv})", SHOALD_FIXTURE_APP, shoald_fixture_no_options ()),
      &error);
  g_autoptr (GVariant) result = NULL;
  const char *path;

  g_assert_no_error (error);
  result = shoald_fixture_wait_done (daemon, transfer);
  g_assert_true (g_variant_lookup (result, "app-path", "&o", &path));
  g_assert_cmpstr (path, ==, SHOALD_FIXTURE_APP_PATH);
}

void
shoald_fixture_start_pair (Fixture *fixture, Daemon **author, Daemon **user)
{
  g_autofree char *address = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GError) error = NULL;

  *author = shoald_fixture_start (fixture, "Author", "--sharing", "on", "--listen",
                                  "/ip4/127.0.0.1/tcp/0", NULL);
  address = shoald_fixture_dup_address (*author);
  *user = shoald_fixture_start (fixture, "User", "--sharing", "download-only",
                                "--bootstrap", address, NULL);
  /* What an update does is what the test asks for. */
  reply
      = shoald_fixture_call (*user, NULL, NULL, "SetConfig",
                             g_variant_new_parsed ("({'auto-fetch': <false>},)"), &error);
  g_assert_no_error (error);
}
