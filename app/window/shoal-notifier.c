/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "window/shoal-notifier.h"

#include <glib/gi18n.h>

struct _ShoalNotifier
{
  GObject parent_instance;

  GApplication *application; /* (unowned) */
  ShoalClient *client;       /* (owned) */
};

G_DEFINE_FINAL_TYPE (ShoalNotifier, shoal_notifier, G_TYPE_OBJECT)

static char *
notification_id (const char *app_id)
{
  return g_strconcat ("staged-", app_id, NULL);
}

static void
withdraw (ShoalNotifier *self, const char *app_id)
{
  g_autofree char *id = notification_id (app_id);

  g_application_withdraw_notification (self->application, id);
}

static void
state_cb (ShoalUpdate *update, GParamSpec *pspec, ShoalNotifier *self)
{
  g_autofree char *app_id = NULL;

  if (shoal_update_is_staged (update))
    return;
  app_id = g_strdup (g_object_get_data (G_OBJECT (update), "notified"));
  g_signal_handlers_disconnect_by_func (update, state_cb, self);
  g_object_set_data (G_OBJECT (update), "notified", NULL);
  if (app_id != NULL)
    withdraw (self, app_id);
}

static void
update_staged_cb (ShoalClient *client, ShoalUpdate *update, ShoalNotifier *self)
{
  g_autofree char *app_id = shoal_update_dup_app_id (update);
  g_autofree char *name = shoal_update_dup_name (update);
  g_autofree char *version = shoal_update_dup_new_version (update);
  g_autofree char *saved = NULL;
  g_autofree char *title = NULL;
  g_autofree char *id = notification_id (app_id);
  g_autoptr (GNotification) notification = NULL;

  g_object_get (update, "saved-text", &saved, NULL);
  /* Translators: name and version of an app */
  title = g_strdup_printf (_ ("%s %s is ready to apply"), name, version);
  notification = g_notification_new (title);
  if (saved != NULL && *saved != '\0')
    g_notification_set_body (notification, saved);
  g_notification_set_default_action_and_target (notification, "app.show-app", "s",
                                                app_id);
  g_notification_add_button_with_target (notification, _ ("Apply"), "app.apply", "s",
                                         app_id);
  g_application_send_notification (self->application, id, notification);
  g_object_set_data_full (G_OBJECT (update), "notified", g_strdup (app_id), g_free);
  g_signal_connect_object (update, "notify::state", G_CALLBACK (state_cb), self, 0);
}

static void
shoal_notifier_dispose (GObject *object)
{
  g_clear_object (&SHOAL_NOTIFIER (object)->client);
  G_OBJECT_CLASS (shoal_notifier_parent_class)->dispose (object);
}

static void
shoal_notifier_class_init (ShoalNotifierClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = shoal_notifier_dispose;
}

static void
shoal_notifier_init (ShoalNotifier *self)
{
}

ShoalNotifier *
shoal_notifier_new (GApplication *application, ShoalClient *client)
{
  ShoalNotifier *self = g_object_new (SHOAL_TYPE_NOTIFIER, NULL);

  self->application = application;
  self->client = g_object_ref (client);
  g_signal_connect_object (client, "update-staged", G_CALLBACK (update_staged_cb), self,
                           0);
  return self;
}
