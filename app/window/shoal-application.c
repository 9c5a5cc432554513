/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "window/shoal-application.h"

#include <glib/gi18n.h>

#include "model/shoal-client.h"
#include "window/shoal-notifier.h"
#include "window/shoal-window.h"

#define APPLICATION_ID "org.shoal.Shoal"

struct _ShoalApplication
{
  AdwApplication parent_instance;

  char *bus_name;          /* (owned) (nullable): of the daemon; %NULL: the usual one */
  ShoalClient *client;     /* (owned) (nullable): from startup on */
  ShoalNotifier *notifier; /* (owned) (nullable): from startup on */
};

G_DEFINE_FINAL_TYPE (ShoalApplication, shoal_application, ADW_TYPE_APPLICATION)

static const struct
{
  const char *action;
  const char *accels[3];
} accelerators[] = {
  { "app.quit", { "<Control>q" } },
  { "window.close", { "<Control>w" } },
  { "win.preferences", { "<Control>comma" } },
  { "win.install", { "<Control>n" } },
  { "win.check", { "<Control>r", "F5" } },
  { "win.connect", { "<Control>l" } },
  { "win.back", { "<Alt>Left" } },
  { "win.show-page('apps')", { "<Alt>1" } },
  { "win.search", { "<Control>f" } },
  { "win.show-page('discover')", { "<Alt>2" } },
  { "win.show-page('transfers')", { "<Alt>3" } },
  { "win.show-page('network')", { "<Alt>4" } },
};

static GtkWindow *
ensure_window (ShoalApplication *self)
{
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (self));

  while (window != NULL && gtk_window_get_transient_for (window) != NULL)
    window = gtk_window_get_transient_for (window);
  if (window == NULL)
    window = GTK_WINDOW (shoal_window_new (GTK_APPLICATION (self), self->client));
  shoal_client_connect (self->client);
  return window;
}

static void
shoal_application_activate (GApplication *application)
{
  gtk_window_present (ensure_window (SHOAL_APPLICATION (application)));
}

static void
shoal_application_open (GApplication *application,
                        GFile **files,
                        int n_files,
                        const char *hint)
{
  GtkWindow *window = ensure_window (SHOAL_APPLICATION (application));
  g_autofree char *link = NULL;

  gtk_window_present (window);
  if (n_files < 1)
    return;
  /* One question at a time: of several links only the first. A file is a manifest. */
  link = g_file_has_uri_scheme (files[0], "file") ? g_file_get_path (files[0])
                                                  : g_file_get_uri (files[0]);
  if (link != NULL)
    shoal_window_open_link (SHOAL_WINDOW (window), link);
}

static void
with_app_id (gpointer user_data, const char *action, GVariant *parameter)
{
  GtkWindow *window = ensure_window (user_data);

  gtk_window_present (window);
  g_action_group_activate_action (G_ACTION_GROUP (window), action, parameter);
}

static void
apply_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  with_app_id (user_data, "apply", parameter);
}

static void
show_app_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  with_app_id (user_data, "show-app", parameter);
}

static void
quit_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  GtkWindow *window = gtk_application_get_active_window (user_data);

  /* Closing lets the window remember its size. */
  while (window != NULL && gtk_window_get_transient_for (window) != NULL)
    window = gtk_window_get_transient_for (window);
  if (window != NULL)
    gtk_window_close (window);
  g_application_quit (user_data);
}

static void
about_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  static const char *const developers[] = { "The Shoal authors", NULL };

  adw_show_about_window (
      gtk_application_get_active_window (user_data), "application-name", "Shoal",
      "application-icon", APPLICATION_ID, "version", PACKAGE_VERSION, "developer-name",
      "The Shoal authors", "developers", developers, "copyright",
      "© 2026 The Shoal authors", "license-type", GTK_LICENSE_GPL_3_0, "comments",
      _ ("Install and update apps together with your peers"),
      /* Translators: your name and address, one person a line */
      "translator-credits", _ ("translator-credits"), NULL);
}

static const GActionEntry entries[] = {
  { .name = "apply", .activate = apply_cb, .parameter_type = "s" },
  { .name = "show-app", .activate = show_app_cb, .parameter_type = "s" },
  { .name = "about", .activate = about_cb },
  { .name = "quit", .activate = quit_cb },
};

static void
shoal_application_startup (GApplication *application)
{
  ShoalApplication *self = SHOAL_APPLICATION (application);

  G_APPLICATION_CLASS (shoal_application_parent_class)->startup (application);
  gtk_window_set_default_icon_name (APPLICATION_ID);
  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries),
                                   self);
  for (gsize i = 0; i < G_N_ELEMENTS (accelerators); i++)
    gtk_application_set_accels_for_action (GTK_APPLICATION (self), accelerators[i].action,
                                           accelerators[i].accels);
  self->client = shoal_client_new (self->bus_name);
  self->notifier = shoal_notifier_new (application, self->client);
}

static void
shoal_application_shutdown (GApplication *application)
{
  ShoalApplication *self = SHOAL_APPLICATION (application);

  g_clear_object (&self->notifier);
  g_clear_object (&self->client);
  G_APPLICATION_CLASS (shoal_application_parent_class)->shutdown (application);
}

static void
shoal_application_finalize (GObject *object)
{
  g_free (SHOAL_APPLICATION (object)->bus_name);
  G_OBJECT_CLASS (shoal_application_parent_class)->finalize (object);
}

static void
shoal_application_class_init (ShoalApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = shoal_application_finalize;
  application_class->activate = shoal_application_activate;
  application_class->open = shoal_application_open;
  application_class->startup = shoal_application_startup;
  application_class->shutdown = shoal_application_shutdown;
}

static void
shoal_application_init (ShoalApplication *self)
{
}

ShoalApplication *
shoal_application_new (void)
{
  return g_object_new (SHOAL_TYPE_APPLICATION, "application-id", APPLICATION_ID, "flags",
                       G_APPLICATION_HANDLES_OPEN, "resource-base-path",
                       "/org/shoal/Shoal", NULL);
}

void
shoal_application_set_bus_name (ShoalApplication *self, const char *bus_name)
{
  g_return_if_fail (self->client == NULL);

  g_free (self->bus_name);
  self->bus_name = g_strdup (bus_name);
}
