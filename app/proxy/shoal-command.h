/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <gio/gio.h>

/*
 * One call to the daemon, and when it answers with the path of an Operation, the wait for
 * the end of it: the task returns when the thing is done, not when it has begun.
 */

/**
 * shoal_command_async:
 * @proxy: (nullable): the object; without one the task ends with G_IO_ERROR_NOT_CONNECTED
 * @method: name of the method
 * @args: (nullable): a floating tuple of the arguments
 * @cancellable: (nullable): stops the call; an operation that has begun goes on
 * @callback: called at the end
 * @user_data: for @callback
 *
 * Calls @method. The operation, if any, is dismissed after its result was read.
 */
void shoal_command_async (GDBusProxy *proxy,
                          const char *method,
                          GVariant *args,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data);

/**
 * shoal_command_finish:
 * @result: what the callback got
 * @error: where to put the error of the call or of the operation
 *
 * Returns: (transfer full): the Result (a{sv}) of the operation, else the reply tuple;
 *   %NULL on failure
 */
GVariant *
shoal_command_finish (GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;
