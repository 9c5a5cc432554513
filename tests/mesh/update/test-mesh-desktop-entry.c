/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "update/mesh-desktop-entry.h"

#include <string.h>

#include "base/mesh-error.h"

static char *
rewrite (const char *text, const char *exec, GError **error)
{
  return mesh_desktop_entry_rewrite (text, text != NULL ? strlen (text) : 0, "a.b",
                                     "A\\B", exec, "/i/c.svg", error);
}

static void
test_plain (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = rewrite (NULL, "/x/app", &error);

  g_assert_no_error (error);
  g_assert_cmpstr (text, ==,
                   "[Desktop Entry]\nType=Application\nName=A\\\\B\nExec=\"/x/app\"\n"
                   "Icon=/i/c.svg\nX-Shoal-App=a.b\n");
}

static void
test_kept_and_dropped (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = rewrite ("# comment\n"
                                   "[Desktop Entry]\n"
                                   "Type=Application\n"
                                   "Name=Calculator\n"
                                   "Name[de]=Rechner\n"
                                   "Exec=sh -c 'rm -rf ~' %U\n"
                                   "TryExec=/bin/evil\n"
                                   "Path=/etc\n"
                                   "DBusActivatable=true\n"
                                   "Icon=evil\n"
                                   "Categories=Utility;\n"
                                   "Actions=new;\n"
                                   "X-GNOME-Autostart=true\n"
                                   "[Desktop Action new]\n"
                                   "Exec=evil\n",
                                   "/x/app", &error);

  g_assert_no_error (error);
  g_assert_nonnull (strstr (text, "\nName=Calculator\n"));
  g_assert_nonnull (strstr (text, "\nName[de]=Rechner\n"));
  g_assert_nonnull (strstr (text, "\nCategories=Utility;\n"));
  g_assert_nonnull (strstr (text, "\nExec=\"/x/app\" %U\n"));
  g_assert_null (strstr (text, "evil"));
  g_assert_null (strstr (text, "rm -rf"));
  g_assert_null (strstr (text, "/etc"));
  g_assert_null (strstr (text, "DBus"));
  g_assert_null (strstr (text, "Action"));
  g_assert_null (strstr (text, "Autostart"));
}

/* What GLib makes of the line is the very path, whatever is in it. */
static void
test_quoting (void)
{
  static const char *const paths[]
      = { "/a b/c", "/a\"b", "/a$HOME", "/a`id`", "/a\\b", "/a%Ub", "/a'b", "/a;b|c&d" };

  for (gsize i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *text = rewrite (NULL, paths[i], &error);
      g_autoptr (GKeyFile) file = g_key_file_new ();
      g_autofree char *exec = NULL;
      g_auto (GStrv) argv = NULL;
      g_auto (GStrv) parts = NULL;
      g_autofree char *path = NULL;

      g_assert_no_error (error);
      g_assert_true (g_key_file_load_from_data (file, text, strlen (text), 0, NULL));
      exec = g_key_file_get_string (file, "Desktop Entry", "Exec", NULL);
      g_assert_true (g_shell_parse_argv (exec, NULL, &argv, NULL));
      g_assert_cmpuint (g_strv_length (argv), ==, 1);
      parts = g_strsplit (argv[0], "%%", -1);
      path = g_strjoinv ("%", parts);
      g_assert_cmpstr (path, ==, paths[i]);
    }
}

static void
test_refused (void)
{
  static const char *const bad[] = {
    "",
    "nonsense",
    "[Desktop Entry]\nName=x\n",
    "[Desktop Entry]\nType=Link\nURL=x\n",
    "[Other]\nType=Application\n",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (rewrite (bad[i], "/x", &error));
      g_assert_error (error, MESH_ERROR, MESH_ERROR_INVALID);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/update/desktop-entry/plain", test_plain);
  g_test_add_func ("/update/desktop-entry/kept-and-dropped", test_kept_and_dropped);
  g_test_add_func ("/update/desktop-entry/quoting", test_quoting);
  g_test_add_func ("/update/desktop-entry/refused", test_refused);
  return g_test_run ();
}
