/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "proxy/shoal-error.h"

static void
test_text_for_name (void)
{
  static const struct
  {
    const char *name;
    const char *message;
    const char *text;
  } cases[] = {
    { "org.shoal.Shoal1.Error.NoSpace", "write: no space",
      "The disk is full. Free some space, then try again." },
    { "org.shoal.Shoal1.Error.NewOne", "it is late", "It is late." },
    { "org.shoal.Shoal1.Error.NewOne", "Is it late?", "Is it late?" },
    { "org.example.NoSpace", "élan <b>", "Élan <b>." },
    { "org.shoal.Shoal1.Error.", "", "Something went wrong." },
    { NULL, NULL, "Something went wrong." },
    { NULL, "\xff\xfe", "Something went wrong." },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = shoal_error_text_for_name (cases[i].name, cases[i].message);

      g_assert_cmpstr (text, ==, cases[i].text);
    }
}

static void
test_text (void)
{
  g_autoptr (GError) gone
      = g_error_new_literal (G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN, "x");
  g_autoptr (GError) lost
      = g_error_new_literal (G_DBUS_ERROR, G_DBUS_ERROR_NO_REPLY, "x");
  g_autoptr (GError) known
      = shoal_error_new_for_name ("org.shoal.Shoal1.Error.TimedOut", "slow");
  g_autoptr (GError) other
      = shoal_error_new_for_name ("org.shoal.Shoal1.Error.Busy", "it is in use");
  g_autofree char *gone_text = shoal_error_text (gone);
  g_autofree char *lost_text = shoal_error_text (lost);
  g_autofree char *known_text = shoal_error_text (known);
  g_autofree char *other_text = shoal_error_text (other);

  g_assert_cmpstr (gone_text, ==, "The Shoal service is not running.");
  g_assert_cmpstr (lost_text, ==, "The Shoal service stopped before it was done.");
  g_assert_cmpstr (known_text, ==, "Nobody answered in time. Try again later.");
  g_assert_cmpstr (other_text, ==, "It is in use.");
}

static void
test_is (void)
{
  g_autoptr (GError) error
      = shoal_error_new_for_name ("org.shoal.Shoal1.Error.NotFound", "");
  g_autoptr (GError) bad_name = shoal_error_new_for_name ("no name", "x");
  g_autoptr (GError) local = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "x");

  g_assert_true (shoal_error_is (error, "NotFound"));
  g_assert_false (shoal_error_is (error, "Found"));
  g_assert_true (shoal_error_is (bad_name, "Failed"));
  g_assert_false (shoal_error_is (local, "NotFound"));
  g_assert_false (shoal_error_is (NULL, "NotFound"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/shoal-error/text-for-name", test_text_for_name);
  g_test_add_func ("/shoal-error/text", test_text);
  g_test_add_func ("/shoal-error/is", test_is);
  return g_test_run ();
}
