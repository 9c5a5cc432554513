/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "net/iface/mesh-connection.h"
#include "wire/mesh-multistream.h"

/* Which protocols are served and by whom, and the negotiation of inbound streams. Owned
 * by the host. */
typedef struct MeshProtocolTable MeshProtocolTable;

/**
 * MeshProtocolTableFunc:
 * @stream: an inbound stream whose protocol is agreed, just before its handler is called
 * @is_service: whether it is one of the node's own services
 */
typedef void (*MeshProtocolTableFunc) (MeshStream *stream,
                                       gboolean is_service,
                                       gpointer user_data);

MeshProtocolTable *mesh_protocol_table_new (MeshProtocolTableFunc func,
                                            gpointer user_data) G_GNUC_WARN_UNUSED_RESULT;

/* Negotiations in progress end without a call. */
void mesh_protocol_table_free (MeshProtocolTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshProtocolTable, mesh_protocol_table_free)

/**
 * mesh_protocol_table_set:
 * @handler: (nullable): %NULL stops serving @protocol
 *
 * Returns: whether the list of protocols changed
 */
gboolean mesh_protocol_table_set (MeshProtocolTable *table,
                                  const char *protocol,
                                  MeshHandler handler,
                                  gpointer user_data,
                                  GDestroyNotify destroy,
                                  gboolean is_service);

/**
 * mesh_protocol_table_dup_protocols:
 *
 * Returns: (transfer full): sorted
 */
char **
mesh_protocol_table_dup_protocols (MeshProtocolTable *table) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_protocol_table_serve:
 * @stream: an inbound stream; referenced until its handler has it, reset when none does
 * @timeout_us: for agreeing on the protocol
 */
void mesh_protocol_table_serve (MeshProtocolTable *table,
                                MeshStream *stream,
                                gint64 timeout_us);
