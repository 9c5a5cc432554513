/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "mdns/mesh-dns-name.h"

/* A DNS message as multicast DNS uses it (RFC 1035 §4, RFC 6762 §18). */

#define MESH_DNS_MESSAGE_MAX_BYTES 9000 /* RFC 6762 §17 */
#define MESH_DNS_MESSAGE_MAX_QUESTIONS 32
#define MESH_DNS_MESSAGE_MAX_RECORDS 256 /* in all sections */

typedef enum
{
  MESH_DNS_TYPE_A = 1,
  MESH_DNS_TYPE_PTR = 12,
  MESH_DNS_TYPE_TXT = 16,
  MESH_DNS_TYPE_AAAA = 28,
  MESH_DNS_TYPE_SRV = 33,
  MESH_DNS_TYPE_ANY = 255,
} MeshDnsType;

#define MESH_DNS_CLASS_IN 1
#define MESH_DNS_CLASS_ANY 255

typedef enum
{
  MESH_DNS_SECTION_ANSWER,
  MESH_DNS_SECTION_AUTHORITY,
  MESH_DNS_SECTION_ADDITIONAL,
} MeshDnsSection;

typedef struct
{
  MeshDnsName name;
  guint16 type;
  guint16 klass;          /* without the top bit */
  gboolean wants_unicast; /* the top bit: QU */
} MeshDnsQuestion;

typedef struct
{
  MeshDnsSection section;
  MeshDnsName name;
  guint16 type;
  guint16 klass;    /* without the top bit */
  gboolean flushes; /* the top bit: cache-flush */
  guint32 ttl_s;
  MeshDnsName target; /* PTR and SRV; else of length 0 */
  guint16 priority;   /* SRV */
  guint16 weight;     /* SRV */
  guint16 port;       /* SRV */
  GBytes *data;       /* (owned) (nullable): of every other type */
} MeshDnsRecord;

typedef struct
{
  guint16 id;
  gboolean is_response;
  gboolean is_truncated;
  GArray *questions; /* (owned) (element-type MeshDnsQuestion) */
  GArray *records;   /* (owned) (element-type MeshDnsRecord): by section */
} MeshDnsMessage;

MeshDnsMessage *mesh_dns_message_new (gboolean is_response) G_GNUC_WARN_UNUSED_RESULT;
void mesh_dns_message_free (MeshDnsMessage *message);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshDnsMessage, mesh_dns_message_free)

void mesh_dns_message_add_question (MeshDnsMessage *message,
                                    const MeshDnsName *name,
                                    MeshDnsType type);

/* Records of one section are added together, the sections in their order. */
void mesh_dns_message_add_ptr (MeshDnsMessage *message,
                               MeshDnsSection section,
                               const MeshDnsName *name,
                               guint32 ttl_s,
                               const MeshDnsName *target);
void mesh_dns_message_add_srv (MeshDnsMessage *message,
                               MeshDnsSection section,
                               const MeshDnsName *name,
                               guint32 ttl_s,
                               const MeshDnsName *target,
                               guint16 port);
/**
 * mesh_dns_message_add_data:
 * @type: TXT, A, AAAA …
 * @data: referenced; at most 65535 bytes
 */
void mesh_dns_message_add_data (MeshDnsMessage *message,
                                MeshDnsSection section,
                                const MeshDnsName *name,
                                MeshDnsType type,
                                guint32 ttl_s,
                                GBytes *data);

/**
 * mesh_dns_message_encode:
 *
 * Names are compressed, but for those inside SRV (RFC 2782).
 *
 * Returns: (transfer full): the packet
 */
GBytes *mesh_dns_message_encode (const MeshDnsMessage *message) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_dns_message_decode:
 * @error: %MESH_ERROR_LIMIT above one of the bounds, %MESH_ERROR_UNSUPPORTED for another
 *   opcode or an error answer, %MESH_ERROR_INVALID
 *
 * Returns: (transfer full) (nullable): the message
 */
MeshDnsMessage *mesh_dns_message_decode (const guint8 *data,
                                         gsize len,
                                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
