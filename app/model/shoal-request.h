/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "model/shoal-client.h"
#include "model/shoal-release.h"

/*
 * What the window asks of the daemon, beyond looking at it. All of it may be called in
 * any state of the client; without a daemon it fails as a call to one that is not
 * running.
 */

/**
 * shoal_request_run:
 * @client: the client
 * @object: what the command is for: an app, update, transfer, peer, or the node
 * @method: name of the D-Bus method
 * @args: (nullable): a floating tuple of its arguments
 * @done_text: (nullable): what to say when it has worked
 * @failed_text: what to say before the reason when it has not, "Could not …"
 *
 * Runs a command to its end and tells how it went by "notice"; nothing is told of one
 * that was cancelled.
 */
void shoal_request_run (ShoalClient *client,
                        ShoalProxyObject *object,
                        const char *method,
                        GVariant *args,
                        const char *done_text,
                        const char *failed_text);

/**
 * shoal_request_inspect_async:
 * @client: the client
 * @target: a shoal: link, an app id, "id@version" or the path of a signed manifest
 * @cancellable: (nullable): stops the asking
 * @callback: called with the answer
 * @user_data: for @callback
 *
 * Finds a release and verifies it, changing nothing.
 */
void shoal_request_inspect_async (ShoalClient *client,
                                  const char *target,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);

/**
 * shoal_request_inspect_finish:
 * @client: the client
 * @result: what the callback got
 * @error: where to put the error
 *
 * Returns: (transfer full): the release
 */
ShoalRelease *shoal_request_inspect_finish (ShoalClient *client,
                                            GAsyncResult *result,
                                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * shoal_request_search_async:
 * @client: the client
 * @words: what to look for
 * @cancellable: (nullable): stops the asking
 * @callback: called with the answer
 * @user_data: for @callback
 *
 * Asks the Master Server for apps.
 */
void shoal_request_search_async (ShoalClient *client,
                                 const char *words,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);

/**
 * shoal_request_search_finish:
 * @client: the client
 * @result: what the callback got
 * @error: where to put the error
 *
 * Returns: (transfer full): a GListModel of #ShoalRelease
 */
GListModel *shoal_request_search_finish (ShoalClient *client,
                                         GAsyncResult *result,
                                         GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * shoal_request_install:
 * @client: the client
 * @target: as for shoal_request_inspect_async()
 * @publisher: (nullable): fingerprint the person has seen; the install fails if the
 * release that is found has another publisher
 *
 * Begins to install. The rest is told by the list of transfers.
 */
void
shoal_request_install (ShoalClient *client, const char *target, const char *publisher);
