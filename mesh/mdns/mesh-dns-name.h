/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <glib.h>

/* A domain name as DNS packets carry it (RFC 1035 §3.1), without compression: a value. */

#define MESH_DNS_NAME_MAX_BYTES 255
#define MESH_DNS_NAME_MAX_LABEL 63
#define MESH_DNS_NAME_MAX_POINTERS 127 /* followed in one name: one before each label */

typedef struct
{
  guint8 len; /* of data, the root's zero included; at least 1 when valid */
  guint8 data[MESH_DNS_NAME_MAX_BYTES];
} MeshDnsName;

/**
 * mesh_dns_name_parse:
 * @text: labels with dots between them, "_p2p._udp.local"
 *
 * Returns: whether @text is a name: no empty label, none too long
 */
gboolean mesh_dns_name_parse (MeshDnsName *name, const char *text);

/**
 * mesh_dns_name_child:
 * @label: put before @parent, as one label
 *
 * Returns: whether that fits
 */
gboolean
mesh_dns_name_child (MeshDnsName *name, const char *label, const MeshDnsName *parent);

/**
 * mesh_dns_name_read:
 * @packet: the whole packet, for compression pointers
 * @offset: (inout): where the name starts; moved behind it on success
 *
 * Pointers must lead backwards, so no loop is possible.
 *
 * Returns: %FALSE when the name is malformed or too long
 */
gboolean mesh_dns_name_read (MeshDnsName *name,
                             const guint8 *packet,
                             gsize len,
                             gsize *offset) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_dns_name_is_child:
 *
 * Returns: whether @name is exactly one label longer than @parent
 */
gboolean mesh_dns_name_is_child (const MeshDnsName *name, const MeshDnsName *parent);

/**
 * mesh_dns_name_to_string:
 *
 * Returns: (transfer full): for the log; bytes that are not printable as \DDD
 */
char *mesh_dns_name_to_string (const MeshDnsName *name) G_GNUC_WARN_UNUSED_RESULT;

/* For GHashTable: both take const MeshDnsName *. ASCII letters are equal in either case.
 */
guint mesh_dns_name_hash (gconstpointer name);
gboolean mesh_dns_name_equal (gconstpointer a, gconstpointer b);
