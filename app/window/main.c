/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include <glib/gi18n.h>
#include <locale.h>

#include "window/shoal-application.h"

static const GOptionEntry options[] = {
  { "bus-name", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_STRING, NULL,
    N_ ("Name of the service on the session bus"), N_ ("NAME") },
  { "version", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_NONE, NULL,
    N_ ("Print the version and exit"), NULL },
  { NULL },
};

static int
local_options_cb (ShoalApplication *application, GVariantDict *dict)
{
  const char *bus_name = NULL;

  if (g_variant_dict_contains (dict, "version"))
    {
      g_print ("shoal %s\n", PACKAGE_VERSION);
      return 0;
    }
  g_variant_dict_lookup (dict, "bus-name", "&s", &bus_name);
  if (bus_name != NULL && !g_dbus_is_name (bus_name))
    {
      /* Translators: %s is what somebody wrote after --bus-name */
      g_printerr (_ ("“%s” is not a name on the bus.\n"), bus_name);
      return 2;
    }
  shoal_application_set_bus_name (application, bus_name);
  return -1;
}

int
main (int argc, char **argv)
{
  g_autoptr (ShoalApplication) application = NULL;

  /* Set when the window runs from the build folder. */
  const char *locale_dir = g_getenv ("SHOAL_LOCALE_DIR");

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, locale_dir != NULL ? locale_dir : LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  application = shoal_application_new ();
  g_application_add_main_option_entries (G_APPLICATION (application), options);
  g_signal_connect (application, "handle-local-options", G_CALLBACK (local_options_cb),
                    NULL);
  return g_application_run (G_APPLICATION (application), argc, argv);
}
