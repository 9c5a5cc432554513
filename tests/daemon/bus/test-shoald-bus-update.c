/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "daemon/shoald-fixture.h"

#define UPDATE SHOALD_FIXTURE_UPDATE_PATH
#define INTERFACE "org.shoal.Shoal1.Update"

static char *
dup_state (Daemon *daemon)
{
  return shoald_fixture_get_text (daemon, UPDATE, INTERFACE, "State");
}

static gboolean
is_in (Daemon *daemon, const char *state)
{
  g_autofree char *now = dup_state (daemon);

  return g_strcmp0 (now, state) == 0;
}

static char *
begin (Daemon *daemon, const char *method, GError **error)
{
  g_autoptr (GVariant) reply = shoald_fixture_call (
      daemon, UPDATE, INTERFACE, method,
      g_variant_new ("(@a{sv})", shoald_fixture_no_options ()), error);
  char *path = NULL;

  if (reply != NULL)
    g_variant_get (reply, "(o)", &path);
  return path;
}

static void
assert_wrong_state (Daemon *daemon, const char *method, gboolean has_options)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (shoald_fixture_call (
      daemon, UPDATE, INTERFACE, method,
      has_options ? g_variant_new ("(@a{sv})", shoald_fixture_no_options ()) : NULL,
      &error));
  shoald_fixture_assert_error (&error, "WrongState");
}

static void
check (Daemon *daemon)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *operation = shoald_fixture_begin (
      daemon, "Check",
      g_variant_new ("(s@a{sv})", SHOALD_FIXTURE_APP, shoald_fixture_no_options ()),
      &error);

  g_assert_no_error (error);
  g_variant_unref (shoald_fixture_wait_done (daemon, operation));
}

static guint
get_number (Daemon *daemon, const char *property)
{
  g_autoptr (GVariant) value = shoald_fixture_get (daemon, UPDATE, INTERFACE, property);

  return g_variant_get_uint32 (value);
}

/* One changed chunk of eight is one chunk to fetch; each method in each state. */
static void
test_states (Fixture *fixture, gconstpointer data)
{
  Daemon *author = NULL;
  Daemon *user = NULL;
  g_autofree char *fetch = NULL;
  g_autofree char *again = NULL;
  g_autofree char *apply = NULL;
  g_autoptr (GError) error = NULL;

  shoald_fixture_start_pair (fixture, &author, &user);
  shoald_fixture_publish (author, "1.0.0", 8 << 20, 1);
  shoald_fixture_install (user);
  shoald_fixture_publish (author, "1.1.0", 9 << 20, 1);
  check (user);
  g_assert_true (is_in (user, "available"));
  assert_wrong_state (user, "Apply", TRUE);
  assert_wrong_state (user, "Cancel", FALSE);
  fetch = begin (user, "Fetch", &error);
  g_assert_no_error (error);
  g_variant_unref (shoald_fixture_wait_done (user, fetch));
  test_wait_until (is_in (user, "staged"));
  g_assert_cmpuint (get_number (user, "ChunksToFetch"), ==, 1);
  g_assert_cmpuint (get_number (user, "ChunksTotal"), ==, 10);
  assert_wrong_state (user, "Fetch", TRUE);
  assert_wrong_state (user, "Cancel", FALSE);
  apply = begin (user, "Apply", &error);
  g_assert_no_error (error);
  g_variant_unref (shoald_fixture_wait_done (user, apply));
  g_assert_true (is_in (user, "applied"));
  assert_wrong_state (user, "Apply", TRUE);
  assert_wrong_state (user, "Fetch", TRUE);
  assert_wrong_state (user, "Skip", FALSE);
  shoald_fixture_stop (user);
  shoald_fixture_stop (author);
}

static void
test_cancel_and_skip (Fixture *fixture, gconstpointer data)
{
  Daemon *author = NULL;
  Daemon *user = NULL;
  g_autofree char *fetch = NULL;
  g_autofree char *transfer = NULL;
  g_autoptr (GError) error = NULL;

  shoald_fixture_start_pair (fixture, &author, &user);
  /* So that there is something to cancel, however slow this process is. */
  g_variant_unref (shoald_fixture_call (
      user, NULL, NULL, "SetConfig",
      g_variant_new_parsed ("({'max-download-bps': <uint64 100000>},)"), &error));
  g_assert_no_error (error);
  shoald_fixture_publish (author, "1.0.0", 1000, 1);
  shoald_fixture_install (user);
  shoald_fixture_publish (author, "1.1.0", 60 << 20, 2);
  check (user);
  fetch = begin (user, "Fetch", &error);
  g_assert_no_error (error);
  /* Asking again gives the transfer that runs. */
  transfer = begin (user, "Fetch", &error);
  g_assert_cmpstr (transfer, ==, fetch);
  g_variant_unref (shoald_fixture_call (user, UPDATE, INTERFACE, "Cancel", NULL, &error));
  g_assert_no_error (error);
  shoald_fixture_wait_error (user, fetch, "cancelled", "Cancelled");
  test_wait_until (is_in (user, "available"));
  g_variant_unref (shoald_fixture_call (user, UPDATE, INTERFACE, "Skip", NULL, &error));
  g_assert_no_error (error);
  test_wait_until (!is_in (user, "available"));
  shoald_fixture_stop (user);
  shoald_fixture_stop (author);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/shoald/bus-update/states", Fixture, NULL, shoald_fixture_set_up,
              test_states, shoald_fixture_tear_down);
  g_test_add ("/shoald/bus-update/cancel-and-skip", Fixture, NULL, shoald_fixture_set_up,
              test_cancel_and_skip, shoald_fixture_tear_down);
  return g_test_run ();
}
