/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include <string.h>

#include "daemon/shoald-fixture.h"

static const char *const manager_paths[]
    = { SHOAL_DBUS_MANAGER_PATH, SHOAL_DBUS_PATH, NULL };

/* What is on the bus is what the XML says, member by member. */
static void
compare_arguments (GDBusArgInfo **said, GDBusArgInfo **written)
{
  guint n = 0;

  while (written != NULL && written[n] != NULL)
    {
      g_assert_nonnull (said[n]);
      g_assert_cmpstr (said[n]->signature, ==, written[n]->signature);
      n++;
    }
  g_assert_true (said == NULL || said[n] == NULL);
}

static void
compare_interface (GDBusInterfaceInfo *said, GDBusInterfaceInfo *written)
{
  for (guint i = 0; written->methods != NULL && written->methods[i] != NULL; i++)
    {
      GDBusMethodInfo *wanted = written->methods[i];
      GDBusMethodInfo *method = g_dbus_interface_info_lookup_method (said, wanted->name);

      g_test_message ("%s.%s", written->name, wanted->name);
      g_assert_nonnull (method);
      compare_arguments (method->in_args, wanted->in_args);
      compare_arguments (method->out_args, wanted->out_args);
    }
  for (guint i = 0; written->properties != NULL && written->properties[i] != NULL; i++)
    {
      GDBusPropertyInfo *wanted = written->properties[i];
      GDBusPropertyInfo *property
          = g_dbus_interface_info_lookup_property (said, wanted->name);

      g_test_message ("%s.%s", written->name, wanted->name);
      g_assert_nonnull (property);
      g_assert_cmpstr (property->signature, ==, wanted->signature);
      g_assert_cmpint (property->flags, ==, wanted->flags);
    }
}

static GDBusNodeInfo *
read_xml (const char *interface)
{
  g_autofree char *name = g_strconcat (interface, ".xml", NULL);
  g_autofree char *path = g_build_filename (g_getenv ("DBUS_XML_DIR"), name, NULL);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  GDBusNodeInfo *node;

  g_assert_true (g_file_get_contents (path, &text, NULL, &error));
  node = g_dbus_node_info_new_for_xml (text, &error);
  g_assert_no_error (error);
  return node;
}

static void
check_introspection (Daemon *daemon, const char *path, const char *interface)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = shoald_fixture_call (
      daemon, path, "org.freedesktop.DBus.Introspectable", "Introspect", NULL, &error);
  g_autoptr (GDBusNodeInfo) said = NULL;
  g_autoptr (GDBusNodeInfo) written = read_xml (interface);
  const char *text;

  g_assert_no_error (error);
  g_variant_get (reply, "(&s)", &text);
  said = g_dbus_node_info_new_for_xml (text, &error);
  g_assert_no_error (error);
  compare_interface (g_dbus_node_info_lookup_interface (said, interface),
                     g_dbus_node_info_lookup_interface (written, interface));
}

static char *
begin_add (Daemon *daemon, const char *file)
{
  g_autoptr (GError) error = NULL;
  char *operation = shoald_fixture_begin (
      daemon, "Add", g_variant_new ("(s@a{sv})", file, shoald_fixture_no_options ()),
      &error);

  g_assert_no_error (error);
  return operation;
}

static gboolean
is_listed (Daemon *daemon, const char *path)
{
  g_autoptr (GDBusObject) object
      = g_dbus_object_manager_get_object (daemon->objects, path);

  return object != NULL;
}

static void
test_introspection (Fixture *fixture, gconstpointer data)
{
  Daemon *daemon = shoald_fixture_start (fixture, "One", NULL);
  g_autofree char *file = shoald_fixture_make_file (fixture, "f", 1000, 1);
  g_autofree char *operation = begin_add (daemon, file);
  g_autoptr (GVariant) result = NULL;
  g_autofree char *out = g_build_filename (fixture->dir, "out", NULL);
  g_autofree char *transfer = NULL;
  g_autoptr (GError) error = NULL;
  const char *cid;

  check_introspection (daemon, SHOAL_DBUS_MANAGER_PATH, "org.shoal.Shoal1.Manager");
  check_introspection (daemon, operation, "org.shoal.Shoal1.Operation");
  result = shoald_fixture_wait_done (daemon, operation);
  g_assert_true (g_variant_lookup (result, "cid", "&s", &cid));
  transfer = shoald_fixture_begin (
      daemon, "Get", g_variant_new ("(ss@a{sv})", cid, out, shoald_fixture_no_options ()),
      &error);
  g_assert_no_error (error);
  check_introspection (daemon, transfer, "org.shoal.Shoal1.Transfer");
  g_variant_unref (shoald_fixture_wait_job (daemon, transfer));
  shoald_fixture_stop (daemon);
}

static void
test_object_manager (Fixture *fixture, gconstpointer data)
{
  Daemon *daemon = shoald_fixture_start (fixture, "One", NULL);
  g_autoptr (GDBusObject) object
      = g_dbus_object_manager_get_object (daemon->objects, manager_paths[0]);
  g_autofree char *file = shoald_fixture_make_file (fixture, "f", 1000, 1);
  g_autofree char *operation = NULL;
  g_autoptr (GVariant) version = NULL;

  g_assert_nonnull (object);
  version = shoald_fixture_get (daemon, SHOAL_DBUS_MANAGER_PATH,
                                "org.shoal.Shoal1.Manager", "Version");
  g_assert_cmpuint (g_variant_get_uint32 (version), ==, 2);
  /* An operation appears, and goes when it is dismissed. */
  operation = begin_add (daemon, file);
  test_wait_until (is_listed (daemon, operation));
  g_variant_unref (shoald_fixture_wait_done (daemon, operation));
  g_variant_unref (shoald_fixture_call (daemon, operation, "org.shoal.Shoal1.Operation",
                                        "Dismiss", NULL, NULL));
  test_wait_until (!is_listed (daemon, operation));
  shoald_fixture_stop (daemon);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/shoald/bus/introspection", Fixture, NULL, shoald_fixture_set_up,
              test_introspection, shoald_fixture_tear_down);
  g_test_add ("/shoald/bus/object-manager", Fixture, NULL, shoald_fixture_set_up,
              test_object_manager, shoald_fixture_tear_down);
  return g_test_run ();
}
