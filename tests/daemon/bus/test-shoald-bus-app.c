/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "daemon/shoald-fixture.h"

#define APP SHOALD_FIXTURE_APP_PATH
#define INTERFACE "org.shoal.Shoal1.App"

static GVariant *
call (Daemon *daemon, const char *method, GVariant *arguments, GError **error)
{
  return shoald_fixture_call (daemon, APP, INTERFACE, method, arguments, error);
}

static GVariant *
options (void)
{
  return g_variant_new ("(@a{sv})", shoald_fixture_no_options ());
}

static void
assert_text (Daemon *daemon, const char *property, const char *value)
{
  g_autofree char *text = shoald_fixture_get_text (daemon, APP, INTERFACE, property);

  g_assert_cmpstr (text, ==, value);
}

static void
test_life (Fixture *fixture, gconstpointer data)
{
  Daemon *author = NULL;
  Daemon *user = NULL;
  g_autofree char *mark = g_build_filename (fixture->dir, "started", NULL);
  const char *const arguments[] = { mark, NULL };
  g_autoptr (GVariant) held = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariant) gone = NULL;
  g_autofree char *operation = NULL;
  g_autoptr (GError) error = NULL;
  GVariantDict dict;

  shoald_fixture_start_pair (fixture, &author, &user);
  shoald_fixture_publish (author, "1.0.0", 3000000, 1);
  assert_text (author, "State", "not-installed");
  shoald_fixture_install (user);
  assert_text (user, "State", "installed");
  assert_text (user, "Name", "Hello");
  assert_text (user, "InstalledVersion", "1.0.0");
  assert_text (user, "PreviousVersion", "");

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "arguments", "^as", arguments);
  g_variant_unref (call (user, "Launch",
                         g_variant_new ("(@a{sv})", g_variant_dict_end (&dict)), &error));
  g_assert_no_error (error);
  test_wait_until (g_file_test (mark, G_FILE_TEST_EXISTS));
  g_assert_null (call (
      user, "Launch", g_variant_new_parsed ("({'arguments': <'not a list'>},)"), &error));
  shoald_fixture_assert_error (&error, "InvalidArgument");

  g_assert_null (call (user, "Rollback", options (), &error));
  shoald_fixture_assert_error (&error, "WrongState");
  g_variant_unref (call (user, "Hold", g_variant_new ("(b)", TRUE), &error));
  g_assert_no_error (error);
  held = shoald_fixture_get (user, APP, INTERFACE, "Held");
  g_assert_true (g_variant_get_boolean (held));
  g_variant_unref (call (user, "Unskip", NULL, &error));
  g_assert_no_error (error);

  reply = call (user, "Remove", options (), &error);
  g_assert_no_error (error);
  g_variant_get (reply, "(o)", &operation);
  g_variant_unref (shoald_fixture_wait_done (user, operation));
  gone = shoald_fixture_get (user, APP, INTERFACE, "Id");
  g_assert_null (gone);
  shoald_fixture_stop (user);
  shoald_fixture_stop (author);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/shoald/bus-app/life", Fixture, NULL, shoald_fixture_set_up, test_life,
              shoald_fixture_tear_down);
  return g_test_run ();
}
