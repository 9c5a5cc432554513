/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "model/shoal-node.h"
#include "model/shoal-objects.h"

#define SHOAL_TYPE_CLIENT (shoal_client_get_type ())
G_DECLARE_FINAL_TYPE (ShoalClient, shoal_client, SHOAL, CLIENT, GObject)

/*
 * The daemon as the window sees it: lists that follow its object manager, and everything
 * that can be asked of it. It starts the daemon through D-Bus activation, starts it again
 * once when it goes away, and says so when it does not come.
 *
 * Properties: state ("connecting", "ready" or "unavailable"), error-text (for people, in
 * state unavailable), node (#ShoalNode), apps, updates, jobs, peers (GListModels).
 *
 * Signals: notice (text): something failed, or is worth a line;
 * job-ended (#ShoalJob); update-staged (#ShoalUpdate).
 */

/**
 * shoal_client_new:
 * @bus_name: (nullable): well-known name of the daemon; %NULL: the usual one
 *
 * Returns: (transfer full): a client that has not connected yet
 */
ShoalClient *shoal_client_new (const char *bus_name) G_GNUC_WARN_UNUSED_RESULT;

/**
 * shoal_client_connect:
 * @self: a client
 *
 * Looks for the daemon, and starts it if need be. Follow the property state. Legal at any
 * time: without effect while connecting or ready.
 */
void shoal_client_connect (ShoalClient *self);

const char *shoal_client_get_state (ShoalClient *self);

ShoalNode *shoal_client_get_node (ShoalClient *self);       /* (transfer none) */
ShoalObjects *shoal_client_get_objects (ShoalClient *self); /* (transfer none) */

/* (transfer none): cancelled when the client goes away; for calls made in its name. */
GCancellable *shoal_client_get_cancellable (ShoalClient *self);

/**
 * shoal_client_notice:
 * @self: a client
 * @text: a sentence for people
 *
 * Emits "notice".
 */
void shoal_client_notice (ShoalClient *self, const char *text);
