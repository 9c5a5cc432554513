/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "peer/mesh-addr-scope.h"

#include <string.h>

/* IANA's special-purpose address registries (RFC 6890 and its updates, as of 2025); the
 * first row that fits counts, so what is within another stands above it. By their
 * columns: globally reachable is PUBLIC, forwardable alone is PRIVATE, neither is NONE,
 * but for this machine and this link. Anycast addresses of services, the discard prefix
 * (100::/64) and SRv6 segments (5f00::/16) are no peer's whatever the columns say. */
typedef struct
{
  guint8 prefix[16];
  guint bits;
  MeshAddrScope scope;
} Row;

static const Row ip4_table[] = {
  { { 0 }, 8, MESH_ADDR_SCOPE_NONE },             /* RFC 791: this network */
  { { 10 }, 8, MESH_ADDR_SCOPE_PRIVATE },         /* RFC 1918 */
  { { 100, 64 }, 10, MESH_ADDR_SCOPE_PRIVATE },   /* RFC 6598: of carriers */
  { { 127 }, 8, MESH_ADDR_SCOPE_LOOPBACK },       /* RFC 1122 */
  { { 169, 254 }, 16, MESH_ADDR_SCOPE_LINK },     /* RFC 3927 */
  { { 172, 16 }, 12, MESH_ADDR_SCOPE_PRIVATE },   /* RFC 1918 */
  { { 192, 0, 0 }, 24, MESH_ADDR_SCOPE_NONE },    /* RFC 6890: protocols; two anycast
                                                     addresses in it are no peer's */
  { { 192, 0, 2 }, 24, MESH_ADDR_SCOPE_NONE },    /* RFC 5737: documentation */
  { { 192, 88, 99 }, 24, MESH_ADDR_SCOPE_NONE },  /* RFC 7526: anycast of 6to4, over */
  { { 192, 168 }, 16, MESH_ADDR_SCOPE_PRIVATE },  /* RFC 1918 */
  { { 198, 18 }, 15, MESH_ADDR_SCOPE_PRIVATE },   /* RFC 2544: networks under test */
  { { 198, 51, 100 }, 24, MESH_ADDR_SCOPE_NONE }, /* RFC 5737 */
  { { 203, 0, 113 }, 24, MESH_ADDR_SCOPE_NONE },  /* RFC 5737 */
  { { 224 }, 4, MESH_ADDR_SCOPE_NONE },           /* RFC 5771: multicast */
  { { 240 }, 4, MESH_ADDR_SCOPE_NONE },           /* RFC 1112: reserved; broadcast */
  { { 0 }, 0, MESH_ADDR_SCOPE_PUBLIC },
};

static const Row ip6_table[] = {
  { { 0 }, 128, MESH_ADDR_SCOPE_NONE },            /* RFC 4291: unspecified */
  { { [15] = 1 }, 128, MESH_ADDR_SCOPE_LOOPBACK }, /* RFC 4291 */
  { { 0, 0x64, 0xff, 0x9b, 0, 1 }, 48, MESH_ADDR_SCOPE_PRIVATE }, /* RFC 8215: NAT64 */
  { { 0x20, 0x01 }, 32, MESH_ADDR_SCOPE_PUBLIC },                 /* RFC 4380: Teredo */
  { { 0x20, 0x01, 0, 0x02 }, 48, MESH_ADDR_SCOPE_PRIVATE }, /* RFC 5180: under test */
  { { 0x20, 0x01, 0, 0x03 }, 32, MESH_ADDR_SCOPE_PUBLIC },  /* RFC 7450: AMT */
  { { 0x20, 0x01, 0, 0x04, 0x01, 0x12 },
    48,
    MESH_ADDR_SCOPE_PUBLIC },                               /* RFC 7535: AS112 */
  { { 0x20, 0x01, 0, 0x20 }, 28, MESH_ADDR_SCOPE_PUBLIC },  /* RFC 7343: ORCHIDv2 */
  { { 0x20, 0x01, 0, 0x30 }, 28, MESH_ADDR_SCOPE_PUBLIC },  /* RFC 9374: of drones */
  { { 0x20, 0x01 }, 23, MESH_ADDR_SCOPE_NONE },             /* RFC 2928: protocols, among
                                                     them ORCHID, 2001:10::/28, over */
  { { 0x20, 0x01, 0x0d, 0xb8 }, 32, MESH_ADDR_SCOPE_NONE }, /* RFC 3849: documentation */
  { { 0x3f, 0xff }, 20, MESH_ADDR_SCOPE_NONE },             /* RFC 9637: documentation */
  { { 0x20 }, 3, MESH_ADDR_SCOPE_PUBLIC },                  /* all that is given out */
  { { 0xfc }, 7, MESH_ADDR_SCOPE_PRIVATE },                 /* RFC 4193 */
  { { 0xfe, 0x80 }, 10, MESH_ADDR_SCOPE_LINK },             /* RFC 4291 */
  { { 0 }, 0, MESH_ADDR_SCOPE_NONE }, /* not given out, multicast, discard, SRv6 */
};

static gboolean
has_prefix (const guint8 *ip, const guint8 *prefix, guint bits)
{
  guint whole = bits / 8, rest = bits % 8;
  guint8 mask = (guint8) (0xff << (8 - rest));

  return memcmp (ip, prefix, whole) == 0
         && (rest == 0 || (ip[whole] & mask) == (prefix[whole] & mask));
}

/* The last row fits all. */
static MeshAddrScope
look_up (const Row *table, const guint8 *ip)
{
  while (!has_prefix (ip, table->prefix, table->bits))
    table++;
  return table->scope;
}

MeshAddrScope
mesh_addr_scope_of_ip (const guint8 *ip, gsize len)
{
  static const guint8 mapped[12] = { [10] = 0xff, [11] = 0xff };
  static const guint8 nat64[12] = { 0x00, 0x64, 0xff, 0x9b };
  static const guint8 six_to_four[2] = { 0x20, 0x02 };

  if (len == 4)
    return look_up (ip4_table, ip);
  if (len != 16)
    return MESH_ADDR_SCOPE_NONE;
  if (memcmp (ip, mapped, sizeof mapped) == 0 || memcmp (ip, nat64, sizeof nat64) == 0)
    return look_up (ip4_table, ip + 12);
  /* RFC 3056 §2: it is made of a global IPv4 address, or of nothing. */
  if (memcmp (ip, six_to_four, sizeof six_to_four) == 0
      && look_up (ip4_table, ip + 2) != MESH_ADDR_SCOPE_PUBLIC)
    return MESH_ADDR_SCOPE_NONE;
  return look_up (ip6_table, ip);
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
