/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "widgets/shoal-toast.h"

static void
test_is_no_markup (void)
{
  g_autoptr (AdwToast) toast = shoal_toast_new ("cannot read <b>a & b</b>");
  g_autofree char *text = NULL;

  g_assert_true (
      pango_parse_markup (adw_toast_get_title (toast), -1, 0, NULL, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "cannot read <b>a & b</b>");
  g_assert_cmpuint (adw_toast_get_timeout (toast), >=, 5);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/shoal-toast/is-no-markup", test_is_no_markup);
  return g_test_run ();
}
