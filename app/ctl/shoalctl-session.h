/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

#include "shoal-dbus.h"

#include "terminal/shoalctl-json.h"
#include "ctl/shoalctl-arguments.h"

/* One run of shoalctl: the bus, the daemon's objects, and how it ends. A command is
 * started once the daemon is running, and must end in exactly one of
 * shoalctl_session_done(), _fail() and _fail_text(). All in the default main context. */

#define SHOALCTL_SESSION_START_TIMEOUT_S 30 /* for the daemon to be running */

/**
 * ShoalctlReplyFunc:
 * @reply: what the method returned, a tuple
 */
typedef void (*ShoalctlReplyFunc) (ShoalctlSession *session, GVariant *reply);

ShoalctlSession *shoalctl_session_new (ShoalctlArguments *args) G_GNUC_WARN_UNUSED_RESULT;
void shoalctl_session_free (ShoalctlSession *session);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShoalctlSession, shoalctl_session_free)

/**
 * shoalctl_session_run:
 *
 * Runs the command to its end.
 *
 * Returns: the exit code
 */
int shoalctl_session_run (ShoalctlSession *session);

/* What a command works with. */

const ShoalctlArguments *shoalctl_session_get_arguments (ShoalctlSession *session);
const char *shoalctl_session_get_option (ShoalctlSession *session, const char *name);
gboolean shoalctl_session_has_option (ShoalctlSession *session, const char *name);

/**
 * shoalctl_session_get_word:
 *
 * Returns: (nullable): argument @i of the command
 */
const char *shoalctl_session_get_word (ShoalctlSession *session, guint i);

/**
 * shoalctl_session_get_path:
 *
 * Returns: (transfer full): argument @i of the command as an absolute path
 */
char *
shoalctl_session_get_path (ShoalctlSession *session, guint i) G_GNUC_WARN_UNUSED_RESULT;

/**
 * shoalctl_session_get_target:
 *
 * Returns: (transfer full): argument @i as Install() and Inspect() take it: anything with
 *   a slash that is no shoal: link is the path of a signed manifest
 */
char *
shoalctl_session_get_target (ShoalctlSession *session, guint i) G_GNUC_WARN_UNUSED_RESULT;

ShoalDBusManager *shoalctl_session_get_manager (ShoalctlSession *session);
GDBusObjectManager *shoalctl_session_get_objects (ShoalctlSession *session);
GCancellable *shoalctl_session_get_cancellable (ShoalctlSession *session);

/**
 * shoalctl_session_list:
 * @interface: "org.shoal.Shoal1.App"
 *
 * Returns: (transfer full) (element-type GDBusProxy): the objects that have @interface,
 *   sorted by object path
 */
GPtrArray *shoalctl_session_list (ShoalctlSession *session,
                                  const char *interface) G_GNUC_WARN_UNUSED_RESULT;

/**
 * shoalctl_session_find:
 * @property: a string property
 * @value: what it must be
 *
 * Returns: (transfer full) (nullable): the first object with @interface of which
 *   @property is @value
 */
GDBusProxy *shoalctl_session_find (ShoalctlSession *session,
                                   const char *interface,
                                   const char *property,
                                   const char *value) G_GNUC_WARN_UNUSED_RESULT;

/* State of the command between its steps; freed with the session. */
void shoalctl_session_set_data (ShoalctlSession *session,
                                gpointer data,
                                GDestroyNotify free_data);
gpointer shoalctl_session_get_data (ShoalctlSession *session);

/**
 * shoalctl_session_call:
 * @proxy: on which object; gets no reference
 * @parameters: (transfer floating)
 * @replied: called with the reply; an error ends the session
 */
void shoalctl_session_call (ShoalctlSession *session,
                            GDBusProxy *proxy,
                            const char *method,
                            GVariant *parameters,
                            ShoalctlReplyFunc replied);

/**
 * shoalctl_session_call_done:
 *
 * As shoalctl_session_call(), and the reply ends the session: for methods that return
 * nothing. Prints "{}" with --json.
 */
void shoalctl_session_call_done (ShoalctlSession *session,
                                 GDBusProxy *proxy,
                                 const char *method,
                                 GVariant *parameters);

/**
 * shoalctl_session_set_interrupt:
 * @interrupt: (nullable): what the first Ctrl-C does in place of cancelling calls
 */
void shoalctl_session_set_interrupt (ShoalctlSession *session,
                                     void (*interrupt) (ShoalctlSession *session,
                                                        gpointer data),
                                     gpointer data);

/* Output. Each prints JSON with --json and a text view without. */

gboolean shoalctl_session_is_json (ShoalctlSession *session);

/**
 * shoalctl_session_print_record:
 * @object: (transfer full)
 */
void shoalctl_session_print_record (ShoalctlSession *session,
                                    JsonObject *object,
                                    const ShoalctlField *fields);

/**
 * shoalctl_session_print_list:
 * @array: (transfer full): objects made from @fields
 * @empty: what to say in text when there is nothing
 */
void shoalctl_session_print_list (ShoalctlSession *session,
                                  JsonArray *array,
                                  const ShoalctlField *fields,
                                  const char *empty);

/**
 * shoalctl_session_print_json:
 * @node: (transfer none)
 *
 * For shapes that are no record and no list.
 */
void shoalctl_session_print_json (ShoalctlSession *session, JsonNode *node);

/**
 * shoalctl_session_print_text:
 *
 * A line for people; nothing with --json.
 */
void shoalctl_session_print_text (ShoalctlSession *session, const char *format, ...)
    G_GNUC_PRINTF (2, 3);

/**
 * shoalctl_session_show_progress:
 * @properties: (nullable): a{sv} of a Transfer or Operation; %NULL clears the line
 *
 * Redraws the line of progress when standard error is a terminal.
 */
void shoalctl_session_show_progress (ShoalctlSession *session, GVariant *properties);

/* Ends. */

void shoalctl_session_done (ShoalctlSession *session);

/**
 * shoalctl_session_fail:
 * @error: (transfer full)
 */
void shoalctl_session_fail (ShoalctlSession *session, GError *error);

/**
 * shoalctl_session_warn:
 *
 * Prints @error as shoalctl_session_fail() does and makes the exit code 1, but goes on.
 */
void shoalctl_session_warn (ShoalctlSession *session, const GError *error);

void shoalctl_session_fail_text (ShoalctlSession *session, const char *format, ...)
    G_GNUC_PRINTF (2, 3);
