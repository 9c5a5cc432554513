/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "ctl/shoalctl-operation.h"

#include "shoal-dbus-names.h"

typedef struct
{
  ShoalctlSession *session; /* (unowned) */
  ShoalctlOperationFunc ended;
  ShoalctlItemsFunc found; /* (nullable) */
  GVariant *items;         /* (owned) (nullable): that were told last */
  GDBusProxy *proxy;       /* (owned) (nullable): once the object is seen */
  char *path;              /* (owned) (nullable): once it is known */
  gint64 began_us;
  gulong added_id;       /* of the object manager */
  gulong removed_id;     /* of the object manager */
  gboolean is_ending;    /* its final properties are being read */
  gboolean is_cancelled; /* by Ctrl-C, perhaps before there was a path */
} Operation;

static void watch (Operation *operation);

static void
stop_watching (Operation *operation)
{
  GDBusObjectManager *objects = shoalctl_session_get_objects (operation->session);

  g_clear_signal_handler (&operation->added_id, objects);
  g_clear_signal_handler (&operation->removed_id, objects);
  if (operation->proxy != NULL)
    g_signal_handlers_disconnect_by_data (operation->proxy, operation);
  shoalctl_session_set_interrupt (operation->session, NULL, NULL);
}

static void
operation_free (Operation *operation)
{
  stop_watching (operation);
  g_clear_object (&operation->proxy);
  g_clear_pointer (&operation->items, g_variant_unref);
  g_free (operation->path);
  g_free (operation);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Operation, operation_free)

static void
tell_items (Operation *operation, GVariant *properties)
{
  g_autoptr (GVariant) items
      = g_variant_lookup_value (properties, "Items", G_VARIANT_TYPE ("aa{sv}"));

  if (operation->found == NULL || items == NULL
      || (operation->items != NULL && g_variant_equal (items, operation->items)))
    return;
  g_clear_pointer (&operation->items, g_variant_unref);
  operation->items = g_variant_ref (items);
  operation->found (operation->session, items);
}

/* Frees @operation. */
static void
finish (Operation *operation, GVariant *properties, const GError *error)
{
  g_autoptr (Operation) owned = operation;
  g_autoptr (GVariant) result = NULL;
  ShoalctlOperationEnd end = { error, NULL, properties, 0 };

  end.seconds = (g_get_monotonic_time () - operation->began_us) / 1e6;
  stop_watching (operation);
  shoalctl_session_show_progress (operation->session, NULL);
  if (properties != NULL)
    tell_items (operation, properties);
  if (error == NULL)
    result = g_variant_lookup_value (properties, "Result", G_VARIANT_TYPE_VARDICT);
  if (error == NULL && result == NULL)
    result = g_variant_ref_sink (g_variant_new ("a{sv}", NULL));
  end.result = result;
  operation->ended (operation->session, &end);
}

/* The object is gone: the daemon has stopped, or somebody else dismissed it. */
static void
finish_lost (Operation *operation)
{
  g_autofree char *owner = g_dbus_object_manager_client_get_name_owner (
      G_DBUS_OBJECT_MANAGER_CLIENT (shoalctl_session_get_objects (operation->session)));
  g_autoptr (GError) error = g_error_new_literal (
      G_IO_ERROR, G_IO_ERROR_FAILED,
      owner == NULL ? "The daemon has stopped; start it and try again"
                    : "Another program dismissed the operation before its end was read");

  finish (operation, NULL, error);
}

/* The D-Bus error that the object tells, as if the call itself had failed with it. */
static GError *
error_of (GVariant *properties)
{
  const char *name = "";
  const char *message = "";
  const char *state = "";

  g_variant_lookup (properties, "State", "&s", &state);
  g_variant_lookup (properties, "ErrorName", "&s", &name);
  g_variant_lookup (properties, "ErrorMessage", "&s", &message);
  if (g_str_equal (state, "done"))
    return NULL;
  if (*message == '\0')
    message
        = g_str_equal (state, "cancelled") ? "Cancelled" : "It failed without a reason";
  if (!g_dbus_is_interface_name (name))
    name = SHOAL_DBUS_ERROR_PREFIX "Failed";
  return g_dbus_error_new_for_dbus_error (name, message);
}

static void
read_end (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Operation *operation = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply
      = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  g_autoptr (GVariant) properties = NULL;

  if (reply == NULL)
    {
      finish_lost (operation);
      return;
    }
  properties = g_variant_get_child_value (reply, 0);
  error = error_of (properties);
  g_dbus_proxy_call (operation->proxy, "Dismiss", NULL, G_DBUS_CALL_FLAGS_NO_AUTO_START,
                     -1, NULL, NULL, NULL);
  finish (operation, properties, error);
}

static gboolean
is_final (const char *state)
{
  return g_str_equal (state, "done") || g_str_equal (state, "failed")
         || g_str_equal (state, "cancelled");
}

static GVariant *
collect_properties (GDBusProxy *proxy)
{
  GVariantBuilder builder;
  g_auto (GStrv) names = g_dbus_proxy_get_cached_property_names (proxy);

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    {
      g_autoptr (GVariant) value = g_dbus_proxy_get_cached_property (proxy, names[i]);

      g_variant_builder_add (&builder, "{sv}", names[i], value);
    }
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

/* The final state may come before the properties that explain it, so they are all read
 * once more. */
static void
changed (Operation *operation)
{
  g_autoptr (GVariant) properties = collect_properties (operation->proxy);
  const char *state = "";

  if (operation->is_ending)
    return;
  g_variant_lookup (properties, "State", "&s", &state);
  if (!is_final (state))
    {
      tell_items (operation, properties);
      shoalctl_session_show_progress (operation->session, properties);
      return;
    }
  operation->is_ending = TRUE;
  g_dbus_connection_call (
      g_dbus_proxy_get_connection (operation->proxy),
      g_dbus_proxy_get_name (operation->proxy), operation->path,
      "org.freedesktop.DBus.Properties", "GetAll",
      g_variant_new ("(s)", g_dbus_proxy_get_interface_name (operation->proxy)),
      G_VARIANT_TYPE ("(a{sv})"), G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL, read_end,
      operation);
}

static void
cancel (ShoalctlSession *session, gpointer data)
{
  Operation *operation = data;

  operation->is_cancelled = TRUE;
  if (operation->proxy != NULL)
    g_dbus_proxy_call (operation->proxy, "Cancel", NULL, G_DBUS_CALL_FLAGS_NO_AUTO_START,
                       -1, NULL, NULL, NULL);
}

static void
removed (Operation *operation, GDBusObject *object)
{
  if (!operation->is_ending
      && g_str_equal (g_dbus_object_get_object_path (object), operation->path))
    finish_lost (operation);
}

/* Called until the object is there. */
static void
watch (Operation *operation)
{
  GDBusObjectManager *objects = shoalctl_session_get_objects (operation->session);
  g_autoptr (GDBusObject) object
      = g_dbus_object_manager_get_object (objects, operation->path);
  GDBusInterface *proxy = NULL;

  if (object == NULL || operation->proxy != NULL)
    return;
  proxy = g_dbus_object_get_interface (object, SHOAL_DBUS_INTERFACE_PREFIX "Transfer");
  if (proxy == NULL)
    proxy = g_dbus_object_get_interface (object, SHOAL_DBUS_INTERFACE_PREFIX "Operation");
  if (proxy == NULL)
    return;
  operation->proxy = G_DBUS_PROXY (proxy);
  g_signal_connect_swapped (proxy, "g-properties-changed", G_CALLBACK (changed),
                            operation);
  if (operation->is_cancelled)
    cancel (operation->session, operation);
  changed (operation);
}

static void
follow (Operation *operation, const char *path)
{
  GDBusObjectManager *objects = shoalctl_session_get_objects (operation->session);

  operation->path = g_strdup (path);
  operation->added_id
      = g_signal_connect_swapped (objects, "object-added", G_CALLBACK (watch), operation);
  operation->removed_id = g_signal_connect_swapped (objects, "object-removed",
                                                    G_CALLBACK (removed), operation);
  watch (operation);
}

static Operation *
operation_new (ShoalctlSession *session, ShoalctlOperationFunc ended)
{
  Operation *operation = g_new0 (Operation, 1);

  operation->session = session;
  operation->ended = ended;
  operation->began_us = g_get_monotonic_time ();
  shoalctl_session_set_interrupt (session, cancel, operation);
  return operation;
}

static void
began (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Operation *operation = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply
      = g_dbus_proxy_call_finish (G_DBUS_PROXY (source), result, &error);
  g_autoptr (GVariant) path = NULL;

  if (reply == NULL)
    {
      finish (operation, NULL, error);
      return;
    }
  path = g_variant_get_child_value (reply, g_variant_n_children (reply) - 1);
  follow (operation, g_variant_get_string (path, NULL));
}

void
shoalctl_operation_begin_question (ShoalctlSession *session,
                                   GDBusProxy *proxy,
                                   const char *method,
                                   GVariant *parameters,
                                   ShoalctlItemsFunc found,
                                   ShoalctlOperationFunc ended)
{
  Operation *operation = operation_new (session, ended);

  operation->found = found;
  g_dbus_proxy_call (proxy, method, parameters, G_DBUS_CALL_FLAGS_NONE, G_MAXINT,
                     shoalctl_session_get_cancellable (session), began, operation);
}

void
shoalctl_operation_begin (ShoalctlSession *session,
                          GDBusProxy *proxy,
                          const char *method,
                          GVariant *parameters,
                          ShoalctlOperationFunc ended)
{
  shoalctl_operation_begin_question (session, proxy, method, parameters, NULL, ended);
}

void
shoalctl_operation_follow (ShoalctlSession *session,
                           const char *path,
                           ShoalctlOperationFunc ended)
{
  follow (operation_new (session, ended), path);
}

gboolean
shoalctl_operation_check (ShoalctlSession *session, const ShoalctlOperationEnd *end)
{
  if (end->error != NULL)
    shoalctl_session_fail (session, g_error_copy (end->error));
  return end->error == NULL;
}

static GVariant *
option_value (ShoalctlSession *session, const ShoalctlOptionKey *key)
{
  const ShoalctlArguments *args = shoalctl_session_get_arguments (session);
  guint64 number = shoalctl_arguments_get_number (args, key->option, 0);

  switch (key->type[0])
    {
    case 'b':
      return g_variant_new_boolean (TRUE);
    case '!':
      return g_variant_new_boolean (FALSE);
    case 'u':
      return g_variant_new_uint32 (MIN (number, G_MAXUINT32));
    case 't':
      return g_variant_new_uint64 (number);
    case 'x':
      return g_variant_new_int64 (MIN (number, G_MAXINT64));
    case 'a':
      return g_variant_new_strv (shoalctl_arguments_get_list (args, key->option), -1);
    default:
      return g_variant_new_string (shoalctl_arguments_get (args, key->option));
    }
}

GVariantBuilder *
shoalctl_operation_build_options (ShoalctlSession *session, const ShoalctlOptionKey *keys)
{
  GVariantBuilder *builder = g_variant_builder_new (G_VARIANT_TYPE_VARDICT);

  for (; keys->option != NULL; keys++)
    if (shoalctl_session_has_option (session, keys->option))
      g_variant_builder_add (builder, "{sv}", keys->key, option_value (session, keys));
  return builder;
}
