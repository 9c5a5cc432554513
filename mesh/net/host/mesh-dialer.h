/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <gio/gio.h>

#include "net/host/mesh-host.h"

/* Addresses tried for one connect; the others are left out. */
#define MESH_DIALER_MAX_ADDRS 32
/* How long one address has the floor before the next is tried beside it (RFC 8305). */
#define MESH_DIALER_STAGGER_US (250 * 1000)

/**
 * mesh_dialer_run_async:
 * @transports: (element-type MeshTransport): what can be dialed
 * @identity: who we are
 * @expected: (nullable): who must answer; an address with another "/p2p" is left out
 * @addrs: (element-type MeshMultiaddr): where, best first; "/dnsaddr" links are followed
 *   while the others are tried
 * @options: for the timeout of one address and the limits of streams; copied
 *
 * Tries the addresses a moment apart, IPv6 and IPv4 in turn; the first that is upgraded
 * wins and the others are given up. No timeout for the whole: the caller cancels.
 */
void mesh_dialer_run_async (GPtrArray *transports,
                            MeshKeypair *identity,
                            MeshPeerId *expected,
                            GPtrArray *addrs,
                            const MeshHostOptions *options,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);

/**
 * mesh_dialer_run_finish:
 * @error: why no address worked: %MESH_ERROR_AUTH when a wrong peer answered,
 *   %MESH_ERROR_UNSUPPORTED when there was nothing to dial, %MESH_ERROR_TIMED_OUT,
 *   %MESH_ERROR_UNREACHABLE or %G_IO_ERROR_CANCELLED
 *
 * Returns: (transfer full) (nullable): the connection, not started
 */
MeshConnection *
mesh_dialer_run_finish (GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;
