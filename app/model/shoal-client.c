/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "model/shoal-client.h"

#include <glib/gi18n-lib.h>

#include "shoal-dbus-names.h"
#include "shoal-dbus.h"
#include "proxy/shoal-command.h"
#include "proxy/shoal-error.h"

/* A daemon that stays away after this many starts in a row is reported. */
#define MAX_STARTS 2
/* Running this long makes the next loss a new one. */
#define STEADY_US (60 * G_USEC_PER_SEC)

struct _ShoalClient
{
  GObject parent_instance;

  char *bus_name;              /* (owned) */
  GDBusConnection *connection; /* (owned) (nullable) */
  GDBusObjectManager *manager; /* (owned) (nullable) */
  GCancellable *cancellable;   /* (owned) */
  ShoalObjects *objects;       /* (owned) */
  ShoalNode *node;             /* (owned) */
  const char *state;           /* (unowned): a literal */
  char *error_text;            /* (owned) (nullable) */
  gint64 ready_us;             /* when the daemon was last found; 0: never */
  guint n_starts;              /* since it last ran steadily */
};

G_DEFINE_FINAL_TYPE (ShoalClient, shoal_client, G_TYPE_OBJECT)

enum
{
  PROP_STATE = 1,
  PROP_ERROR_TEXT,
  PROP_NODE,
  PROP_APPS,
  PROP_UPDATES,
  PROP_JOBS,
  PROP_PEERS,
  N_PROPS
};

enum
{
  SIGNAL_NOTICE,
  SIGNAL_JOB_ENDED,
  SIGNAL_UPDATE_STAGED,
  N_SIGNALS
};

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

static void find_daemon (ShoalClient *self);

static void
set_state (ShoalClient *self, const char *state)
{
  if (self->state == state)
    return;
  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATE]);
}

static void
set_unavailable (ShoalClient *self, const char *text)
{
  g_free (self->error_text);
  self->error_text = g_strdup (text);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_ERROR_TEXT]);
  set_state (self, "unavailable");
}

static void
set_failed (ShoalClient *self, const GError *error)
{
  g_autofree char *text = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  text = shoal_error_text (error);
  set_unavailable (self, text);
}

/* Ready means that the Manager is there and has said that the node runs. */
static void
update_ready (ShoalClient *self)
{
  if (!shoal_node_is_running (self->node) || g_str_equal (self->state, "ready"))
    return;
  self->ready_us = g_get_monotonic_time ();
  set_state (self, "ready");
}

static void
interface_added_cb (ShoalClient *self, GDBusObject *object, GDBusInterface *interface)
{
  GDBusProxy *proxy = G_DBUS_PROXY (interface);

  if (g_str_equal (g_dbus_proxy_get_interface_name (proxy),
                   SHOAL_DBUS_INTERFACE_PREFIX "Manager"))
    {
      shoal_proxy_object_set_proxy (SHOAL_PROXY_OBJECT (self->node), proxy);
      update_ready (self);
      return;
    }
  shoal_objects_add (self->objects, proxy);
}

/* An object we know has the interface anew, with another proxy. */
static void
interface_renewed_cb (ShoalClient *self, GDBusObject *object, GDBusInterface *interface)
{
  if (!g_str_equal (g_dbus_proxy_get_interface_name (G_DBUS_PROXY (interface)),
                    "org.freedesktop.DBus.Properties"))
    interface_added_cb (self, object, interface);
}

static void
interface_removed_cb (ShoalClient *self, GDBusObject *object, GDBusInterface *interface)
{
  shoal_objects_remove (self->objects, G_DBUS_PROXY (interface));
}

static void
object_added_cb (ShoalClient *self, GDBusObject *object)
{
  GList *interfaces = g_dbus_object_get_interfaces (object);

  for (GList *l = interfaces; l != NULL; l = l->next)
    interface_added_cb (self, object, l->data);
  g_list_free_full (interfaces, g_object_unref);
}

static void
object_removed_cb (ShoalClient *self, GDBusObject *object)
{
  GList *interfaces = g_dbus_object_get_interfaces (object);

  for (GList *l = interfaces; l != NULL; l = l->next)
    interface_removed_cb (self, object, l->data);
  g_list_free_full (interfaces, g_object_unref);
}

static void
start_again (ShoalClient *self)
{
  if (g_get_monotonic_time () - self->ready_us > STEADY_US)
    self->n_starts = 0;
  if (self->n_starts < MAX_STARTS)
    find_daemon (self);
  else
    set_unavailable (self, _ ("The Shoal service stops again and again."));
}

static void
name_owner_cb (ShoalClient *self)
{
  g_autofree char *owner = NULL;

  owner = g_dbus_object_manager_client_get_name_owner (
      G_DBUS_OBJECT_MANAGER_CLIENT (self->manager));
  if (owner != NULL)
    return; /* object-added follows for everything it has */
  shoal_proxy_object_set_proxy (SHOAL_PROXY_OBJECT (self->node), NULL);
  shoal_objects_clear (self->objects);
  set_state (self, "connecting");
  start_again (self);
}

static void
manager_ready_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ShoalClient) self = g_steal_pointer (&user_data);
  g_autoptr (GError) error = NULL;
  GList *objects;

  self->manager = shoal_dbus_object_manager_client_new_finish (result, &error);
  if (self->manager == NULL)
    {
      set_failed (self, error);
      return;
    }
  g_signal_connect_object (self->manager, "object-added", G_CALLBACK (object_added_cb),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->manager, "object-removed",
                           G_CALLBACK (object_removed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->manager, "interface-added",
                           G_CALLBACK (interface_renewed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->manager, "notify::name-owner",
                           G_CALLBACK (name_owner_cb), self, G_CONNECT_SWAPPED);
  objects = g_dbus_object_manager_get_objects (self->manager);
  for (GList *l = objects; l != NULL; l = l->next)
    object_added_cb (self, l->data);
  g_list_free_full (objects, g_object_unref);
}

/* The daemon owns its name. The object manager is made once and follows the name after.
 */
static void
daemon_found (ShoalClient *self)
{
  if (self->manager != NULL)
    return;
  shoal_dbus_object_manager_client_new (
      self->connection, G_DBUS_OBJECT_MANAGER_CLIENT_FLAGS_DO_NOT_AUTO_START,
      self->bus_name, SHOAL_DBUS_PATH, self->cancellable, manager_ready_cb,
      g_object_ref (self));
}

static void
started_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ShoalClient) self = g_steal_pointer (&user_data);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = NULL;

  reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  if (reply == NULL)
    set_failed (self, error);
  else
    daemon_found (self);
}

static void
owner_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ShoalClient) self = g_steal_pointer (&user_data);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = NULL;

  reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  if (reply != NULL)
    {
      daemon_found (self);
      return;
    }
  if (!g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NAME_HAS_NO_OWNER))
    {
      set_failed (self, error);
      return;
    }
  self->n_starts++;
  g_dbus_connection_call (self->connection, "org.freedesktop.DBus",
                          "/org/freedesktop/DBus", "org.freedesktop.DBus",
                          "StartServiceByName", g_variant_new ("(su)", self->bus_name, 0),
                          G_VARIANT_TYPE ("(u)"), G_DBUS_CALL_FLAGS_NONE, -1,
                          self->cancellable, started_cb, g_object_ref (self));
}

static void
find_daemon (ShoalClient *self)
{
  g_dbus_connection_call (self->connection, "org.freedesktop.DBus",
                          "/org/freedesktop/DBus", "org.freedesktop.DBus", "GetNameOwner",
                          g_variant_new ("(s)", self->bus_name), G_VARIANT_TYPE ("(s)"),
                          G_DBUS_CALL_FLAGS_NONE, -1, self->cancellable, owner_cb,
                          g_object_ref (self));
}

static void
bus_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ShoalClient) self = g_steal_pointer (&user_data);
  g_autoptr (GError) error = NULL;

  self->connection = g_bus_get_finish (result, &error);
  if (self->connection == NULL)
    set_failed (self, error);
  else
    find_daemon (self);
}

static void
job_ended_cb (ShoalClient *self, ShoalJob *job)
{
  g_autofree char *reason = NULL;
  g_autofree char *text = NULL;

  g_signal_emit (self, signals[SIGNAL_JOB_ENDED], 0, job);
  if (!shoal_job_is_failed (job))
    return;
  reason = shoal_job_dup_error_text (job);
  /* Translators: what was being fetched, and a sentence that says why it failed */
  text = g_strdup_printf (_ ("“%s” failed. %s"), shoal_job_get_title (job), reason);
  shoal_client_notice (self, text);
}

static void
update_staged_cb (ShoalClient *self, ShoalUpdate *update)
{
  g_signal_emit (self, signals[SIGNAL_UPDATE_STAGED], 0, update);
}

/* Apps know what there is to warn of. Both lists are short. */
static void
link_split_views (ShoalClient *self)
{
  GListModel *apps = shoal_objects_get_apps (self->objects);
  guint n_apps = g_list_model_get_n_items (apps);

  for (guint i = 0; i < n_apps; i++)
    {
      g_autoptr (ShoalApp) app = g_list_model_get_item (apps, i);
      g_autofree char *app_id = shoal_app_dup_id (app);

      shoal_app_set_split_view (
          app, shoal_split_view_find (shoal_node_get_split_views (self->node), app_id));
    }
}

static void
shoal_client_get_property (GObject *object,
                           guint prop_id,
                           GValue *value,
                           GParamSpec *pspec)
{
  ShoalClient *self = SHOAL_CLIENT (object);

  switch (prop_id)
    {
    case PROP_STATE:
      g_value_set_string (value, self->state);
      break;
    case PROP_ERROR_TEXT:
      g_value_set_string (value, self->error_text);
      break;
    case PROP_NODE:
      g_value_set_object (value, self->node);
      break;
    case PROP_APPS:
      g_value_set_object (value, shoal_objects_get_apps (self->objects));
      break;
    case PROP_UPDATES:
      g_value_set_object (value, shoal_objects_get_updates (self->objects));
      break;
    case PROP_JOBS:
      g_value_set_object (value, shoal_objects_get_jobs (self->objects));
      break;
    case PROP_PEERS:
      g_value_set_object (value, shoal_objects_get_peers (self->objects));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
shoal_client_dispose (GObject *object)
{
  ShoalClient *self = SHOAL_CLIENT (object);

  g_cancellable_cancel (self->cancellable);
  if (self->objects != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->objects, self);
      shoal_objects_clear (self->objects);
    }
  g_clear_object (&self->manager);
  g_clear_object (&self->connection);
  G_OBJECT_CLASS (shoal_client_parent_class)->dispose (object);
}

static void
shoal_client_finalize (GObject *object)
{
  ShoalClient *self = SHOAL_CLIENT (object);

  g_clear_object (&self->objects);
  g_clear_object (&self->node);
  g_clear_object (&self->cancellable);
  g_free (self->error_text);
  g_free (self->bus_name);
  G_OBJECT_CLASS (shoal_client_parent_class)->finalize (object);
}

static guint
signal_new (const char *name, GType argument)
{
  return g_signal_new (name, SHOAL_TYPE_CLIENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                       G_TYPE_NONE, 1, argument);
}

static void
shoal_client_class_init (ShoalClientClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;
  const GType list = G_TYPE_LIST_MODEL;

  object_class->get_property = shoal_client_get_property;
  object_class->dispose = shoal_client_dispose;
  object_class->finalize = shoal_client_finalize;
  props[PROP_STATE] = g_param_spec_string ("state", NULL, NULL, NULL, flags);
  props[PROP_ERROR_TEXT] = g_param_spec_string ("error-text", NULL, NULL, NULL, flags);
  props[PROP_NODE] = g_param_spec_object ("node", NULL, NULL, SHOAL_TYPE_NODE, flags);
  props[PROP_APPS] = g_param_spec_object ("apps", NULL, NULL, list, flags);
  props[PROP_UPDATES] = g_param_spec_object ("updates", NULL, NULL, list, flags);
  props[PROP_JOBS] = g_param_spec_object ("jobs", NULL, NULL, list, flags);
  props[PROP_PEERS] = g_param_spec_object ("peers", NULL, NULL, list, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
  signals[SIGNAL_NOTICE] = signal_new ("notice", G_TYPE_STRING);
  signals[SIGNAL_JOB_ENDED] = signal_new ("job-ended", SHOAL_TYPE_JOB);
  signals[SIGNAL_UPDATE_STAGED] = signal_new ("update-staged", SHOAL_TYPE_UPDATE);
}

static void
shoal_client_init (ShoalClient *self)
{
  self->cancellable = g_cancellable_new ();
  self->objects = shoal_objects_new ();
  self->node = shoal_node_new ();
  self->state = "unavailable";
  g_signal_connect_swapped (self->objects, "job-ended", G_CALLBACK (job_ended_cb), self);
  g_signal_connect_swapped (self->objects, "update-staged", G_CALLBACK (update_staged_cb),
                            self);
  g_signal_connect_object (shoal_node_get_split_views (self->node), "items-changed",
                           G_CALLBACK (link_split_views), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (shoal_objects_get_apps (self->objects), "items-changed",
                           G_CALLBACK (link_split_views), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->node, "notify::is-running", G_CALLBACK (update_ready),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->node, "refused", G_CALLBACK (shoal_client_notice), self,
                           G_CONNECT_SWAPPED);
}

ShoalClient *
shoal_client_new (const char *bus_name)
{
  ShoalClient *self = g_object_new (SHOAL_TYPE_CLIENT, NULL);

  self->bus_name = g_strdup (bus_name != NULL ? bus_name : SHOAL_DBUS_NAME);
  return self;
}

void
shoal_client_connect (ShoalClient *self)
{
  if (!g_str_equal (self->state, "unavailable"))
    return;
  self->n_starts = 0;
  set_state (self, "connecting");
  if (self->connection != NULL)
    find_daemon (self);
  else
    g_bus_get (G_BUS_TYPE_SESSION, self->cancellable, bus_cb, g_object_ref (self));
}

const char *
shoal_client_get_state (ShoalClient *self)
{
  return self->state;
}

ShoalNode *
shoal_client_get_node (ShoalClient *self)
{
  return self->node;
}

ShoalObjects *
shoal_client_get_objects (ShoalClient *self)
{
  return self->objects;
}

GCancellable *
shoal_client_get_cancellable (ShoalClient *self)
{
  return self->cancellable;
}

void
shoal_client_notice (ShoalClient *self, const char *text)
{
  g_signal_emit (self, signals[SIGNAL_NOTICE], 0, text);
}
