/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "net/host/mesh-host.h"
#include "net/host/mesh-limits.h"

/**
 * MeshGreetingFunc:
 * @connection: a new connection, counted as inbound, not started
 */
typedef void (*MeshGreetingFunc) (MeshHost *host, MeshConnection *connection);

/**
 * mesh_greeting_begin:
 * @host: kept until the handshake is over
 * @link: (transfer full): somebody has connected to us
 * @limits: (transfer none): the host's; refuses the link when there are too many
 * @cancellable: ends all handshakes
 * @func: called when the handshake succeeds, and only then
 *
 * Shakes hands with whoever dialed us, within the time the host's options allow.
 */
void mesh_greeting_begin (MeshHost *host,
                          MeshLink *link,
                          MeshLimits *limits,
                          GCancellable *cancellable,
                          MeshGreetingFunc func);
