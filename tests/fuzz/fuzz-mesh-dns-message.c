/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "mdns/mesh-dns-message.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (MeshDnsMessage) message = mesh_dns_message_decode (data, size, NULL);
  g_autoptr (MeshDnsMessage) again = NULL;
  g_autoptr (GBytes) packet = NULL;

  if (message == NULL)
    return 0;
  packet = mesh_dns_message_encode (message);
  if (g_bytes_get_size (packet) > MESH_DNS_MESSAGE_MAX_BYTES)
    return 0;
  again = mesh_dns_message_decode (g_bytes_get_data (packet, NULL),
                                   g_bytes_get_size (packet), NULL);
  g_assert_true (again != NULL && again->records->len == message->records->len);
  return 0;
}
