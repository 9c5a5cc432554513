/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <gio/gio.h>

#include "peer/mesh-dnsaddr.h"

/**
 * mesh_dnsaddr_lookup_async:
 * @addrs: (element-type MeshMultiaddr): those that do not begin with "/dnsaddr" are left
 *   aside
 *
 * Asks the default #GResolver, one name after the other, what the links among @addrs lead
 * to. No timeout of its own: the caller cancels.
 */
void mesh_dnsaddr_lookup_async (GPtrArray *addrs,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);

/**
 * mesh_dnsaddr_lookup_finish:
 * @error: %MESH_ERROR_UNREACHABLE when nothing was found, or %G_IO_ERROR_CANCELLED
 *
 * Returns: (transfer full) (nullable) (element-type MeshMultiaddr): at least one address
 */
GPtrArray *mesh_dnsaddr_lookup_finish (GAsyncResult *result,
                                       GError **error) G_GNUC_WARN_UNUSED_RESULT;
