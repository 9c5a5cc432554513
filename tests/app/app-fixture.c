/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "app-fixture.h"

#define DAEMON_NAME "org.shoal.Shoal.Daemon"
#define DAEMON_PATH "/org/shoal/Shoal/Daemon/"

#define TICK_MS 10

static gboolean
tick_cb (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

guint
app_fixture_start_ticks (void)
{
  return g_timeout_add (TICK_MS, tick_cb, NULL);
}

static GVariant *
call (const char *name,
      const char *path,
      const char *interface,
      const char *method,
      GVariant *args)
{
  g_autoptr (GDBusConnection) bus = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, NULL);
  g_autoptr (GError) error = NULL;
  GVariant *reply = g_dbus_connection_call_sync (bus, name, path, interface, method, args,
                                                 NULL, G_DBUS_CALL_FLAGS_NO_AUTO_START,
                                                 G_MAXINT, NULL, &error);

  g_assert_no_error (error);
  return reply;
}

static void
append_notice (AppFixture *fixture, const char *text)
{
  g_string_append_printf (fixture->notices, "%s|", text);
}

/* It says "ready" when it has its name. */
void
app_fixture_start_daemon (AppFixture *fixture, const char *scenario)
{
  const char *fake = g_getenv ("SHOAL_FAKE");
  const char *xml = g_getenv ("SHOAL_DBUS_XML");
  g_autoptr (GDataInputStream) lines = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *line = NULL;

  g_assert_nonnull (fake);
  g_assert_nonnull (xml);
  fixture->fake
      = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, "/usr/bin/python3",
                          fake, "--xml", xml, "--scenario", scenario, NULL);
  g_assert_no_error (error);
  lines = g_data_input_stream_new (g_subprocess_get_stdout_pipe (fixture->fake));
  line = g_data_input_stream_read_line (lines, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (line, ==, "ready");
}

void
app_fixture_wait_end (AppFixture *fixture)
{
  g_subprocess_wait (fixture->fake, NULL, NULL);
  g_clear_object (&fixture->fake);
}

void
app_fixture_set_up (AppFixture *fixture, gconstpointer scenario)
{
  fixture->bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (fixture->bus);
  fixture->notices = g_string_new (NULL);
  fixture->calls = g_string_new (NULL);
  fixture->client = shoal_client_new (NULL);
  g_signal_connect_swapped (fixture->client, "notice", G_CALLBACK (append_notice),
                            fixture);
  if (scenario == NULL)
    return;
  app_fixture_start_daemon (fixture, scenario);
  shoal_client_connect (fixture->client);
  APP_FIXTURE_WAIT (g_str_equal (shoal_client_get_state (fixture->client), "ready"));
}

/* Answers that came while nobody ran the main loop must not be for the next test. */
static void
drain (void)
{
  g_autoptr (GVariant) reply = call ("org.freedesktop.DBus", "/org/freedesktop/DBus",
                                     "org.freedesktop.DBus", "GetId", NULL);

  while (g_main_context_iteration (NULL, FALSE))
    ;
}

void
app_fixture_tear_down (AppFixture *fixture, gconstpointer scenario)
{
  if (fixture->fake != NULL)
    {
      g_subprocess_force_exit (fixture->fake);
      app_fixture_wait_end (fixture);
    }
  g_object_run_dispose (G_OBJECT (fixture->client));
  g_clear_object (&fixture->client);
  drain ();
  g_string_free (fixture->notices, TRUE);
  g_string_free (fixture->calls, TRUE);
  g_test_dbus_stop (fixture->bus);
  g_clear_object (&fixture->bus);
}

void
app_fixture_tell (const char *method, GVariant *args)
{
  g_autoptr (GVariant) reply
      = call (DAEMON_NAME, "/org/shoal/Fake", "org.shoal.Fake", method, args);
}

void
app_fixture_put (const char *path,
                 const char *interface,
                 const char *name,
                 GVariant *value)
{
  g_autofree char *full = g_strconcat (DAEMON_PATH, path, NULL);
  GVariantBuilder values;

  g_variant_builder_init (&values, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&values, "{sv}", name, value);
  app_fixture_tell ("Put", g_variant_new ("(ssa{sv})", full, interface, &values));
}

guint
app_fixture_count_calls (AppFixture *fixture, const char *start)
{
  g_autoptr (GVariant) reply
      = call (DAEMON_NAME, "/org/shoal/Fake", "org.shoal.Fake", "Calls", NULL);
  g_autofree const char **calls = NULL;
  g_auto (GStrv) all = NULL;
  guint n_calls = 0;

  g_variant_get (reply, "(^a&s)", &calls);
  for (guint i = 0; calls[i] != NULL; i++)
    g_string_append_printf (fixture->calls, "%s\n", calls[i]);
  all = g_strsplit (fixture->calls->str, "\n", -1);
  for (guint i = 0; all[i] != NULL; i++)
    n_calls += g_str_has_prefix (all[i], start);
  return n_calls;
}

gboolean
app_fixture_text_is (gpointer object, const char *property, const char *text)
{
  g_autofree char *value = NULL;

  g_object_get (object, property, &value, NULL);
  return g_strcmp0 (value, text) == 0;
}

gboolean
app_fixture_flag (gpointer object, const char *property)
{
  gboolean value;

  g_object_get (object, property, &value, NULL);
  return value;
}
