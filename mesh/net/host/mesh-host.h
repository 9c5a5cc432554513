/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <gio/gio.h>

#include "net/iface/mesh-connection.h"
#include "net/iface/mesh-transport.h"
#include "peer/mesh-keypair.h"

G_BEGIN_DECLS

#define MESH_TYPE_HOST (mesh_host_get_type ())

/**
 * MeshHost:
 *
 * A libp2p node: an identity, the transports, at most one connection for each peer and
 * the table of protocols it serves. Owned by the node; lives in the main context that was
 * the thread default when it was made. Without mesh_host_listen() it has no listening
 * socket and only dials out.
 *
 * Signals, all with the #MeshConnection:
 *  - "peer-connected" (connection): ready for streams
 *  - "peer-identified" (connection): mesh_connection_get_peer_info() is new
 *  - "peer-disconnected" (connection): closed, for whatever reason
 * and without arguments:
 *  - "addresses-changed": mesh_host_dup_addresses() is new
 *  - "protocols-changed": mesh_host_dup_protocols() is new
 *
 * Two peers that dial each other at the same time keep the connection that the one with
 * the smaller id dialed; a connection that comes later replaces one that the peer must
 * have lost.
 */
G_DECLARE_FINAL_TYPE (MeshHost, mesh_host, MESH, HOST, GObject)

/**
 * MeshHostOptions:
 *
 * Start from %MESH_HOST_OPTIONS_DEFAULT and change what matters.
 */
typedef struct
{
  guint max_connections;         /* all peers together; dialing out may use all of them */
  guint max_inbound_connections; /* of those, dialed by others */
  guint max_connections_per_ip;  /* inbound, one IPv4 address or one IPv6 /64 */
  guint max_inbound_handshakes;  /* not yet upgraded, all together */
  guint max_inbound_streams;     /* of one connection */
  guint max_outbound_streams;    /* of one connection */
  guint max_dials;               /* peers being dialed at once; others wait */
  gint64 dial_timeout_us;        /* one address, until upgraded */
  gint64 connect_timeout_us;     /* mesh_host_connect_async() as a whole */
  gint64 handshake_timeout_us;   /* inbound, until upgraded */
  gint64 negotiate_timeout_us;   /* protocol of one stream */
  gint64
      idle_timeout_us; /* no stream but our own services' for so long: closed; 0: never */
  gint64 ping_interval_us;   /* latency measured so often; 0: never */
  const char *agent_version; /* (unowned): copied */
} MeshHostOptions;

#define MESH_HOST_OPTIONS_DEFAULT \
  { \
    .max_connections = 1024, .max_inbound_connections = 768, \
    .max_connections_per_ip = 32, .max_inbound_handshakes = 64, \
    .max_inbound_streams = 128, .max_outbound_streams = 256, .max_dials = 32, \
    .dial_timeout_us = 10 * G_USEC_PER_SEC, .connect_timeout_us = 30 * G_USEC_PER_SEC, \
    .handshake_timeout_us = 10 * G_USEC_PER_SEC, \
    .negotiate_timeout_us = 10 * G_USEC_PER_SEC, .idle_timeout_us = 0, \
    .ping_interval_us = 15 * G_USEC_PER_SEC, .agent_version = "shoal/" PACKAGE_VERSION \
  }

/**
 * mesh_host_new:
 * @identity: referenced
 * @options: (nullable): copied; %NULL for the defaults
 *
 * Returns: (transfer full): a host with the TCP transport, not listening. The services
 * that every node has are started by mesh_services_new() (net/protocol).
 */
MeshHost *mesh_host_new (MeshKeypair *identity,
                         const MeshHostOptions *options) G_GNUC_WARN_UNUSED_RESULT;

/* Two connections to a peer that are closer together than this were dialed by both at the
 * same time. */
#define MESH_HOST_SIMULTANEOUS_US (10 * G_USEC_PER_SEC)

/**
 * mesh_host_add_transport:
 * @transport: another way to reach peers; referenced
 */
void mesh_host_add_transport (MeshHost *host, MeshTransport *transport);

MeshKeypair *mesh_host_get_identity (MeshHost *host);
MeshPeerId *mesh_host_get_peer_id (MeshHost *host);

/**
 * mesh_host_listen:
 * @addr: "/ip4/0.0.0.0/tcp/0" and the like
 * @error: %MESH_ERROR_UNSUPPORTED, %MESH_ERROR_EXISTS, %MESH_ERROR_IO, %MESH_ERROR_CLOSED
 *
 * May be called for several addresses.
 */
gboolean mesh_host_listen (MeshHost *host,
                           MeshMultiaddr *addr,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_host_unlisten:
 *
 * Closes every listening socket; connections stay.
 */
void mesh_host_unlisten (MeshHost *host);

/**
 * mesh_host_dup_addresses:
 *
 * Returns: (transfer full) (element-type MeshMultiaddr): where this host listens, with
 *   /p2p and its own id; empty when it does not listen
 */
GPtrArray *mesh_host_dup_addresses (MeshHost *host) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_host_connect_async:
 * @peer_id: (nullable): who must answer; %NULL takes it from the addresses' /p2p, or
 * accepts whoever answers when they have none
 * @addrs: (element-type MeshMultiaddr): tried a quarter of a second apart, IPv6 and IPv4
 * in turn; the first that is upgraded wins and the others are cancelled. At most 32 are
 * tried.
 * @cancellable: (nullable)
 *
 * Gives the connection that exists when there is one. Calls for the same peer that
 * overlap share one dial.
 */
void mesh_host_connect_async (MeshHost *host,
                              MeshPeerId *peer_id,
                              GPtrArray *addrs,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);

/**
 * mesh_host_connect_finish:
 * @error: %MESH_ERROR_UNREACHABLE, %MESH_ERROR_TIMED_OUT, %MESH_ERROR_AUTH when another
 *   peer answered, %MESH_ERROR_LIMIT, %MESH_ERROR_UNSUPPORTED when no address is of a
 * known kind, %MESH_ERROR_CLOSED, %G_IO_ERROR_CANCELLED
 *
 * Returns: (transfer full) (nullable): the connection
 */
MeshConnection *mesh_host_connect_finish (MeshHost *host,
                                          GAsyncResult *result,
                                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_host_open_stream_async:
 * @peer_id: a connected peer
 * @protocols: (array zero-terminated=1): wanted protocols, best first
 * @cancellable: (nullable)
 *
 * Opens a stream and agrees on a protocol.
 */
void mesh_host_open_stream_async (MeshHost *host,
                                  MeshPeerId *peer_id,
                                  const char *const *protocols,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);

/**
 * mesh_host_ask_async:
 * @first: (nullable): what is written first
 *
 * As mesh_host_open_stream_async(), for who speaks first: @first is written before this
 * finishes, and where it is clear which protocol it will be (only one is wanted, or the
 * peer has said which of them it serves) together with the proposal, so that the answer
 * comes a round trip earlier. When the peer refuses, this fails in the same way. Finish
 * with mesh_host_open_stream_finish().
 */
void mesh_host_ask_async (MeshHost *host,
                          MeshPeerId *peer_id,
                          const char *const *protocols,
                          GBytes *first,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data);

/**
 * mesh_host_open_stream_finish:
 * @error: %MESH_ERROR_NOT_FOUND when the peer is not connected, %MESH_ERROR_UNSUPPORTED
 * when it speaks none of the protocols, %MESH_ERROR_BUSY when too many streams are open,
 *   %MESH_ERROR_TIMED_OUT, %MESH_ERROR_CLOSED, %MESH_ERROR_PROTOCOL,
 * %G_IO_ERROR_CANCELLED
 *
 * Returns: (transfer full) (nullable): the stream; see mesh_stream_get_protocol()
 */
MeshStream *mesh_host_open_stream_finish (MeshHost *host,
                                          GAsyncResult *result,
                                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_host_set_handler:
 * @protocol: a protocol id, at most 255 bytes
 * @handler: (nullable): who serves inbound streams of it; %NULL stops serving it
 * @user_data: for @handler
 * @destroy: (nullable): frees @user_data when the handler is replaced or the host ends
 *
 * Connected peers are told (identify push) when the main loop comes to rest.
 */
void mesh_host_set_handler (MeshHost *host,
                            const char *protocol,
                            MeshHandler handler,
                            gpointer user_data,
                            GDestroyNotify destroy);

/**
 * mesh_host_dup_protocols:
 *
 * Returns: (transfer full): the protocols served, sorted
 */
char **mesh_host_dup_protocols (MeshHost *host) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_host_find_connection:
 *
 * Returns: (transfer none) (nullable): the connection to @peer_id
 */
MeshConnection *mesh_host_find_connection (MeshHost *host, const MeshPeerId *peer_id);

/**
 * mesh_host_dup_connections:
 *
 * Returns: (transfer full) (element-type MeshConnection): all of them, oldest first
 */
GPtrArray *mesh_host_dup_connections (MeshHost *host) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_host_disconnect:
 *
 * Closes the connection to @peer_id, if there is one.
 */
void mesh_host_disconnect (MeshHost *host, const MeshPeerId *peer_id);

/**
 * mesh_host_close_async:
 *
 * Stops listening and dialing, closes every connection (peers are told) and waits until
 * the goodbyes have left, at most a second. Afterwards every call fails with
 * %MESH_ERROR_CLOSED.
 */
void mesh_host_close_async (MeshHost *host,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
gboolean mesh_host_close_finish (MeshHost *host, GAsyncResult *result, GError **error);

G_END_DECLS
