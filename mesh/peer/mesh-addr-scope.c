/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "peer/mesh-addr-scope.h"

#include <string.h>

/* IANA's special-purpose registries; the first row that fits counts. */
static const struct
{
  guint8 prefix[4];
  guint bits;
  MeshAddrScope scope;
} ip4_table[] = {
  { { 0 }, 8, MESH_ADDR_SCOPE_NONE },
  { { 127 }, 8, MESH_ADDR_SCOPE_LOOPBACK },
  { { 169, 254 }, 16, MESH_ADDR_SCOPE_LINK },
  { { 10 }, 8, MESH_ADDR_SCOPE_PRIVATE },
  { { 172, 16 }, 12, MESH_ADDR_SCOPE_PRIVATE },
  { { 192, 168 }, 16, MESH_ADDR_SCOPE_PRIVATE },
  { { 100, 64 }, 10, MESH_ADDR_SCOPE_PRIVATE },
  { { 198, 18 }, 15, MESH_ADDR_SCOPE_PRIVATE }, /* RFC 2544: networks under test */
  { { 192, 0, 0 }, 24, MESH_ADDR_SCOPE_NONE },
  { { 192, 0, 2 }, 24, MESH_ADDR_SCOPE_NONE },
  { { 198, 51, 100 }, 24, MESH_ADDR_SCOPE_NONE },
  { { 203, 0, 113 }, 24, MESH_ADDR_SCOPE_NONE },
  { { 192, 88, 99 }, 24, MESH_ADDR_SCOPE_NONE },
  { { 224 }, 3, MESH_ADDR_SCOPE_NONE }, /* multicast, reserved and broadcast */
};

static const struct
{
  guint8 prefix[16];
  guint bits;
  MeshAddrScope scope;
} ip6_table[] = {
  { { 0 }, 128, MESH_ADDR_SCOPE_NONE },
  { { [15] = 1 }, 128, MESH_ADDR_SCOPE_LOOPBACK },
  { { 0xfe, 0x80 }, 10, MESH_ADDR_SCOPE_LINK },
  { { 0xfc }, 7, MESH_ADDR_SCOPE_PRIVATE },
  { { 0x20, 0x01, 0x0d, 0xb8 }, 32, MESH_ADDR_SCOPE_NONE },
  { { 0x20, 0x01, 0x00, 0x10 }, 28, MESH_ADDR_SCOPE_NONE },
  { { 0x20 }, 3, MESH_ADDR_SCOPE_PUBLIC }, /* 2000::/3, all that is given out */
};

static gboolean
has_prefix (const guint8 *ip, const guint8 *prefix, guint bits)
{
  guint whole = bits / 8, rest = bits % 8;
  guint8 mask = (guint8) (0xff << (8 - rest));

  return memcmp (ip, prefix, whole) == 0
         && (rest == 0 || (ip[whole] & mask) == (prefix[whole] & mask));
}

static MeshAddrScope
scope_of_ip4 (const guint8 *ip)
{
  for (gsize i = 0; i < G_N_ELEMENTS (ip4_table); i++)
    if (has_prefix (ip, ip4_table[i].prefix, ip4_table[i].bits))
      return ip4_table[i].scope;
  return MESH_ADDR_SCOPE_PUBLIC;
}

MeshAddrScope
mesh_addr_scope_of_ip (const guint8 *ip, gsize len)
{
  static const guint8 mapped[12] = { [10] = 0xff, [11] = 0xff };
  static const guint8 nat64[12] = { 0x00, 0x64, 0xff, 0x9b };

  if (len == 4)
    return scope_of_ip4 (ip);
  if (len != 16)
    return MESH_ADDR_SCOPE_NONE;
  if (memcmp (ip, mapped, sizeof mapped) == 0 || memcmp (ip, nat64, sizeof nat64) == 0)
    return scope_of_ip4 (ip + 12);
  for (gsize i = 0; i < G_N_ELEMENTS (ip6_table); i++)
    if (has_prefix (ip, ip6_table[i].prefix, ip6_table[i].bits))
      return ip6_table[i].scope;
  return MESH_ADDR_SCOPE_NONE;
}

MeshAddrScope
mesh_addr_scope_of (const MeshMultiaddr *addr)
{
  MeshMultiaddrComponent first;
  guint index = 0;

  mesh_multiaddr_get_component (addr, index, &first);
  if (first.protocol == MESH_MULTIADDR_IP6ZONE
      && mesh_multiaddr_get_n_components (addr) > 1)
    mesh_multiaddr_get_component (addr, ++index, &first);
  switch (first.protocol)
    {
    case MESH_MULTIADDR_IP4:
    case MESH_MULTIADDR_IP6:
      return mesh_addr_scope_of_ip (first.data, first.len);
    case MESH_MULTIADDR_DNS:
    case MESH_MULTIADDR_DNS4:
    case MESH_MULTIADDR_DNS6:
    case MESH_MULTIADDR_DNSADDR:
      return MESH_ADDR_SCOPE_NAME;
    default:
      return MESH_ADDR_SCOPE_NONE;
    }
}

gboolean
mesh_addr_scope_is_relayed (const MeshMultiaddr *addr)
{
  return mesh_multiaddr_find (addr, MESH_MULTIADDR_P2P_CIRCUIT, NULL);
}

gboolean
mesh_addr_scope_is_lan (MeshAddrScope scope)
{
  return scope == MESH_ADDR_SCOPE_LOOPBACK || scope == MESH_ADDR_SCOPE_LINK
         || scope == MESH_ADDR_SCOPE_PRIVATE;
}
