/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "ctl/shoalctl-session.h"

#include <glib-unix.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "shoal-dbus-names.h"

#include "terminal/shoalctl-progress.h"
#include "terminal/shoalctl-table.h"

#define DEFAULT_WIDTH 80
#define EXIT_INTERRUPTED 130

struct ShoalctlSession
{
  ShoalctlArguments *args;     /* (owned) */
  GMainLoop *loop;             /* (owned) */
  GCancellable *cancellable;   /* (owned) */
  GDBusConnection *connection; /* (owned) (nullable) */
  GDBusObjectManager *objects; /* (owned) (nullable) */
  ShoalDBusManager *manager;   /* (owned) (nullable): once it is running */
  gpointer data;               /* (owned) (nullable): of the command */
  GDestroyNotify free_data;
  void (*interrupt) (ShoalctlSession *session, gpointer data);
  gpointer interrupt_data; /* (unowned) (nullable) */
  guint n_interrupts;
  guint start_timeout_id;
  int exit_code;
  gboolean is_over;
  gboolean has_progress; /* a line is drawn on standard error */
};

typedef struct
{
  ShoalctlSession *session; /* (unowned): outlives every call */
  ShoalctlReplyFunc replied;
} Call;

static void await_running (ShoalctlSession *session);

ShoalctlSession *
shoalctl_session_new (ShoalctlArguments *args)
{
  ShoalctlSession *session = g_new0 (ShoalctlSession, 1);

  session->args = args;
  session->loop = g_main_loop_new (NULL, FALSE);
  session->cancellable = g_cancellable_new ();
  return session;
}

void
shoalctl_session_free (ShoalctlSession *session)
{
  g_clear_handle_id (&session->start_timeout_id, g_source_remove);
  if (session->objects != NULL)
    g_signal_handlers_disconnect_by_data (session->objects, session);
  if (session->data != NULL && session->free_data != NULL)
    session->free_data (session->data);
  g_clear_object (&session->manager);
  g_clear_object (&session->objects);
  g_clear_object (&session->connection);
  g_clear_object (&session->cancellable);
  g_clear_pointer (&session->loop, g_main_loop_unref);
  g_clear_pointer (&session->args, shoalctl_arguments_free);
  g_free (session);
}

/* Ends. */

static void
flushed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  ShoalctlSession *session = user_data;

  g_dbus_connection_flush_finish (G_DBUS_CONNECTION (source), result, NULL);
  g_main_loop_quit (session->loop);
}

/* What was sent without waiting for a reply must be on its way before the process ends.
 */
void
shoalctl_session_done (ShoalctlSession *session)
{
  shoalctl_session_show_progress (session, NULL);
  if (session->is_over || session->connection == NULL)
    g_main_loop_quit (session->loop);
  else
    g_dbus_connection_flush (session->connection, NULL, flushed, session);
  session->is_over = TRUE;
}

/* The last part of a D-Bus error name, or that of a GError of this process. */
static char *
name_of_error (const GError *error)
{
  g_autofree char *remote = NULL;
  const char *dot;

  if (!g_dbus_error_is_remote_error (error))
    return g_strdup (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)
                         ? "Cancelled"
                         : "Failed");
  remote = g_dbus_error_get_remote_error (error);
  dot = strrchr (remote, '.');
  return g_strdup (dot != NULL ? dot + 1 : remote);
}

void
shoalctl_session_warn (ShoalctlSession *session, const GError *error)
{
  g_autofree char *name = name_of_error (error);
  g_autoptr (GError) stripped = g_error_copy (error);
  g_autofree char *line = NULL;

  shoalctl_session_show_progress (session, NULL);
  g_dbus_error_strip_remote_error (stripped);
  line = shoalctl_table_clean (stripped->message);
  if (shoalctl_session_is_json (session))
    {
      g_autoptr (JsonObject) object = json_object_new ();
      g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), object);
      g_autofree char *text = NULL;

      json_object_set_string_member (object, "error", name);
      json_object_set_string_member (object, "message", line);
      text = json_to_string (node, FALSE);
      fprintf (stderr, "%s\n", text);
    }
  else
    fprintf (stderr, "shoalctl: %s\n", line);
  session->exit_code = EXIT_FAILURE;
}

void
shoalctl_session_fail (ShoalctlSession *session, GError *error)
{
  g_autoptr (GError) owned = error;

  if (session->is_over)
    return;
  shoalctl_session_warn (session, owned);
  shoalctl_session_done (session);
}

void
shoalctl_session_fail_text (ShoalctlSession *session, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list list;

  va_start (list, format);
  text = g_strdup_vprintf (format, list);
  va_end (list);
  shoalctl_session_fail (session,
                         g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED, text));
}

/* Output. */

gboolean
shoalctl_session_is_json (ShoalctlSession *session)
{
  return shoalctl_arguments_has (session->args, "json");
}

void
shoalctl_session_show_progress (ShoalctlSession *session, GVariant *properties)
{
  struct winsize size = { 0 };
  g_autofree char *line = NULL;

  if (properties == NULL && session->has_progress)
    {
      fputs ("\r\033[K", stderr);
      session->has_progress = FALSE;
    }
  if (properties == NULL || !isatty (STDERR_FILENO)
      || shoalctl_arguments_has (session->args, "quiet"))
    return;
  if (ioctl (STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
    size.ws_col = DEFAULT_WIDTH;
  line = shoalctl_progress_format (properties, size.ws_col);
  fprintf (stderr, "\r%s\033[K", line);
  fflush (stderr);
  session->has_progress = TRUE;
}

void
shoalctl_session_print_json (ShoalctlSession *session, JsonNode *node)
{
  g_autofree char *text = shoalctl_json_format (node);

  shoalctl_session_show_progress (session, NULL);
  fputs (text, stdout);
}

void
shoalctl_session_print_record (ShoalctlSession *session,
                               JsonObject *object,
                               const ShoalctlField *fields)
{
  g_autoptr (JsonObject) owned = object;
  g_autofree char *text = NULL;

  shoalctl_session_show_progress (session, NULL);
  if (shoalctl_session_is_json (session))
    {
      g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), object);

      shoalctl_session_print_json (session, node);
      return;
    }
  text = shoalctl_table_format_record (object, fields);
  fputs (text, stdout);
}

void
shoalctl_session_print_list (ShoalctlSession *session,
                             JsonArray *array,
                             const ShoalctlField *fields,
                             const char *empty)
{
  g_autoptr (JsonArray) owned = array;
  g_autofree char *text = NULL;

  shoalctl_session_show_progress (session, NULL);
  if (shoalctl_session_is_json (session))
    {
      g_autoptr (JsonNode) node = json_node_init_array (json_node_alloc (), array);

      shoalctl_session_print_json (session, node);
      return;
    }
  if (json_array_get_length (array) == 0)
    {
      printf ("%s\n", empty);
      return;
    }
  text = shoalctl_table_format_list (array, fields);
  fputs (text, stdout);
}

void
shoalctl_session_print_text (ShoalctlSession *session, const char *format, ...)
{
  g_autofree char *text = NULL;
  g_autofree char *line = NULL;
  va_list list;

  if (shoalctl_session_is_json (session))
    return;
  va_start (list, format);
  text = g_strdup_vprintf (format, list);
  va_end (list);
  shoalctl_session_show_progress (session, NULL);
  line = shoalctl_table_clean (text);
  printf ("%s\n", line);
}

/* What a command works with. */

const ShoalctlArguments *
shoalctl_session_get_arguments (ShoalctlSession *session)
{
  return session->args;
}

const char *
shoalctl_session_get_option (ShoalctlSession *session, const char *name)
{
  return shoalctl_arguments_get (session->args, name);
}

gboolean
shoalctl_session_has_option (ShoalctlSession *session, const char *name)
{
  return shoalctl_arguments_has (session->args, name);
}

const char *
shoalctl_session_get_word (ShoalctlSession *session, guint i)
{
  const char *const *words = shoalctl_arguments_get_words (session->args);

  return i < g_strv_length ((GStrv) words) ? words[i] : NULL;
}

char *
shoalctl_session_get_path (ShoalctlSession *session, guint i)
{
  return g_canonicalize_filename (shoalctl_session_get_word (session, i), NULL);
}

char *
shoalctl_session_get_target (ShoalctlSession *session, guint i)
{
  const char *word = shoalctl_session_get_word (session, i);

  if (strchr (word, '/') != NULL && !g_str_has_prefix (word, "shoal:"))
    return g_canonicalize_filename (word, NULL);
  return g_strdup (word);
}

ShoalDBusManager *
shoalctl_session_get_manager (ShoalctlSession *session)
{
  return session->manager;
}

GDBusObjectManager *
shoalctl_session_get_objects (ShoalctlSession *session)
{
  return session->objects;
}

GCancellable *
shoalctl_session_get_cancellable (ShoalctlSession *session)
{
  return session->cancellable;
}

void
shoalctl_session_set_data (ShoalctlSession *session,
                           gpointer data,
                           GDestroyNotify free_data)
{
  session->data = data;
  session->free_data = free_data;
}

gpointer
shoalctl_session_get_data (ShoalctlSession *session)
{
  return session->data;
}

static int
compare_paths (gconstpointer a, gconstpointer b)
{
  GDBusProxy *const *x = a;
  GDBusProxy *const *y = b;

  return g_strcmp0 (g_dbus_proxy_get_object_path (*x), g_dbus_proxy_get_object_path (*y));
}

GPtrArray *
shoalctl_session_list (ShoalctlSession *session, const char *interface)
{
  GPtrArray *found = g_ptr_array_new_with_free_func (g_object_unref);
  GList *objects = g_dbus_object_manager_get_objects (session->objects);

  for (GList *l = objects; l != NULL; l = l->next)
    {
      GDBusInterface *proxy = g_dbus_object_get_interface (l->data, interface);

      if (proxy != NULL)
        g_ptr_array_add (found, proxy);
    }
  g_list_free_full (objects, g_object_unref);
  g_ptr_array_sort (found, compare_paths);
  return found;
}

GDBusProxy *
shoalctl_session_find (ShoalctlSession *session,
                       const char *interface,
                       const char *property,
                       const char *value)
{
  g_autoptr (GPtrArray) proxies = shoalctl_session_list (session, interface);

  for (guint i = 0; i < proxies->len; i++)
    {
      g_autoptr (GVariant) found
          = g_dbus_proxy_get_cached_property (proxies->pdata[i], property);

      if (found != NULL && g_variant_is_of_type (found, G_VARIANT_TYPE_STRING)
          && g_str_equal (g_variant_get_string (found, NULL), value))
        return g_object_ref (proxies->pdata[i]);
    }
  return NULL;
}

/* Calls. */

static void
called (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Call *call = user_data;
  ShoalctlSession *session = call->session;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply
      = g_dbus_proxy_call_finish (G_DBUS_PROXY (source), result, &error);

  if (session->is_over)
    return;
  if (reply == NULL)
    shoalctl_session_fail (session, g_steal_pointer (&error));
  else
    call->replied (session, reply);
}

void
shoalctl_session_call (ShoalctlSession *session,
                       GDBusProxy *proxy,
                       const char *method,
                       GVariant *parameters,
                       ShoalctlReplyFunc replied)
{
  Call *call = g_new0 (Call, 1);

  call->session = session;
  call->replied = replied;
  g_dbus_proxy_call (proxy, method, parameters, G_DBUS_CALL_FLAGS_NONE, G_MAXINT,
                     session->cancellable, called, call);
}

static void
end_with_reply (ShoalctlSession *session, GVariant *reply)
{
  if (shoalctl_session_is_json (session))
    printf ("{}\n");
  shoalctl_session_done (session);
}

void
shoalctl_session_call_done (ShoalctlSession *session,
                            GDBusProxy *proxy,
                            const char *method,
                            GVariant *parameters)
{
  shoalctl_session_call (session, proxy, method, parameters, end_with_reply);
}

/* From nothing to a running daemon. */

static void
start (ShoalctlSession *session)
{
  g_clear_handle_id (&session->start_timeout_id, g_source_remove);
  g_signal_handlers_disconnect_by_func (session->objects, await_running, session);
  g_signal_handlers_disconnect_by_func (session->manager, await_running, session);
  shoalctl_arguments_get_command (session->args)->run (session);
}

static gboolean
start_timed_out (gpointer user_data)
{
  ShoalctlSession *session = user_data;

  session->start_timeout_id = 0;
  shoalctl_session_fail_text (session,
                              "The daemon did not get ready within %d s; look at its "
                              "log: journalctl --user -u shoald",
                              SHOALCTL_SESSION_START_TIMEOUT_S);
  return G_SOURCE_REMOVE;
}

/* Called again with each change until the manager is there and runs. */
static void
await_running (ShoalctlSession *session)
{
  const char *state;

  if (session->is_over)
    return;
  if (session->manager == NULL)
    {
      g_autoptr (GDBusInterface) found = g_dbus_object_manager_get_interface (
          session->objects, SHOAL_DBUS_MANAGER_PATH,
          SHOAL_DBUS_INTERFACE_PREFIX "Manager");

      if (found == NULL)
        return;
      session->manager = SHOAL_DBUS_MANAGER (g_steal_pointer (&found));
      g_signal_connect_swapped (session->manager, "notify::state",
                                G_CALLBACK (await_running), session);
    }
  state = shoal_dbus_manager_get_state (session->manager);
  if (g_strcmp0 (state, "running") == 0)
    start (session);
  else if (g_strcmp0 (state, "stopping") == 0)
    shoalctl_session_fail_text (session, "The daemon is stopping; try again in a moment");
}

/* The owner of the name is gone: nothing that was asked for will be answered. */
static void
owner_changed (ShoalctlSession *session)
{
  g_autofree char *owner = g_dbus_object_manager_client_get_name_owner (
      G_DBUS_OBJECT_MANAGER_CLIENT (session->objects));

  if (owner == NULL && !session->is_over)
    shoalctl_session_fail_text (session,
                                "The daemon has stopped; start it and try again");
}

static void
objects_ready (GObject *source, GAsyncResult *result, gpointer user_data)
{
  ShoalctlSession *session = user_data;
  g_autoptr (GError) error = NULL;

  session->objects = shoal_dbus_object_manager_client_new_finish (result, &error);
  if (session->objects == NULL)
    {
      shoalctl_session_fail (session, g_steal_pointer (&error));
      return;
    }
  g_signal_connect_swapped (session->objects, "interface-added",
                            G_CALLBACK (await_running), session);
  g_signal_connect_swapped (session->objects, "object-added", G_CALLBACK (await_running),
                            session);
  g_signal_connect_swapped (session->objects, "notify::name-owner",
                            G_CALLBACK (owner_changed), session);
  session->start_timeout_id = g_timeout_add_seconds (SHOALCTL_SESSION_START_TIMEOUT_S,
                                                     start_timed_out, session);
  await_running (session);
}

static const char *
get_bus_name (ShoalctlSession *session)
{
  const char *name = shoalctl_arguments_get (session->args, "bus-name");

  return name != NULL ? name : SHOAL_DBUS_NAME;
}

static void
activated (GObject *source, GAsyncResult *result, gpointer user_data)
{
  ShoalctlSession *session = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply
      = g_dbus_connection_call_finish (session->connection, result, &error);

  if (g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN)
      || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NAME_HAS_NO_OWNER))
    {
      shoalctl_session_fail_text (session,
                                  "The daemon is not running (no %s on the session bus); "
                                  "start it: systemctl --user start shoald",
                                  get_bus_name (session));
      return;
    }
  if (reply == NULL)
    {
      shoalctl_session_fail (session, g_steal_pointer (&error));
      return;
    }
  shoal_dbus_object_manager_client_new (session->connection,
                                        G_DBUS_OBJECT_MANAGER_CLIENT_FLAGS_NONE,
                                        get_bus_name (session), SHOAL_DBUS_PATH,
                                        session->cancellable, objects_ready, session);
}

static void
bus_ready (GObject *source, GAsyncResult *result, gpointer user_data)
{
  ShoalctlSession *session = user_data;
  g_autoptr (GError) error = NULL;

  session->connection = g_bus_get_finish (result, &error);
  if (session->connection == NULL)
    {
      shoalctl_session_fail_text (session,
                                  "There is no session bus: %s; log in, or run under "
                                  "dbus-run-session",
                                  error->message);
      return;
    }
  g_dbus_connection_call (session->connection, get_bus_name (session), "/",
                          "org.freedesktop.DBus.Peer", "Ping", NULL, NULL,
                          G_DBUS_CALL_FLAGS_NONE, -1, session->cancellable, activated,
                          session);
}

void
shoalctl_session_set_interrupt (ShoalctlSession *session,
                                void (*interrupt) (ShoalctlSession *session,
                                                   gpointer data),
                                gpointer data)
{
  session->interrupt = interrupt;
  session->interrupt_data = data;
}

/* First: ask the daemon to cancel. Second: leave at once. */
static gboolean
interrupted (gpointer user_data)
{
  ShoalctlSession *session = user_data;

  if (session->n_interrupts++ > 0)
    {
      session->exit_code = EXIT_INTERRUPTED;
      shoalctl_session_done (session);
    }
  else if (session->interrupt != NULL)
    session->interrupt (session, session->interrupt_data);
  else
    {
      g_cancellable_cancel (session->cancellable);
      shoalctl_session_fail_text (session, "Interrupted");
    }
  return G_SOURCE_CONTINUE;
}

int
shoalctl_session_run (ShoalctlSession *session)
{
  const ShoalctlCommand *command = shoalctl_arguments_get_command (session->args);
  guint int_id = g_unix_signal_add (SIGINT, interrupted, session);
  guint term_id = g_unix_signal_add (SIGTERM, interrupted, session);

  if (command->is_local)
    command->run (session);
  else
    g_bus_get (G_BUS_TYPE_SESSION, session->cancellable, bus_ready, session);
  if (!command->is_local)
    g_main_loop_run (session->loop);
  g_source_remove (int_id);
  g_source_remove (term_id);
  if (fflush (stdout) != 0)
    {
      perror ("shoalctl: cannot write the output");
      session->exit_code = EXIT_FAILURE;
    }
  return session->exit_code;
}
