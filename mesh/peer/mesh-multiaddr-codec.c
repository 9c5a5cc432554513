/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "peer/mesh-multiaddr-codec-private.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/mesh-base32.h"
#include "base/mesh-base58.h"
#include "base/mesh-cursor.h"

#define IP4_BYTES 4
#define IP6_BYTES 16
#define PORT_BYTES 2
#define MAX_NAME_BYTES 253
#define MAX_LABEL_BYTES 63
#define MAX_ZONE_BYTES 64

static gboolean
parse_ip4 (const char *text, GByteArray *bytes)
{
  struct in_addr addr;

  if (inet_pton (AF_INET, text, &addr) != 1)
    return FALSE;
  g_byte_array_append (bytes, (const guint8 *) &addr, IP4_BYTES);
  return TRUE;
}

static char *
print_ip4 (const guint8 *data, gsize len)
{
  return g_strdup_printf ("%u.%u.%u.%u", data[0], data[1], data[2], data[3]);
}

static gboolean
parse_ip6 (const char *text, GByteArray *bytes)
{
  struct in6_addr addr;

  if (inet_pton (AF_INET6, text, &addr) != 1)
    return FALSE;
  g_byte_array_append (bytes, (const guint8 *) &addr, IP6_BYTES);
  return TRUE;
}

static char *
print_ip6 (const guint8 *data, gsize len)
{
  char text[INET6_ADDRSTRLEN];

  return g_strdup (inet_ntop (AF_INET6, data, text, sizeof text));
}

static gboolean
parse_port (const char *text, GByteArray *bytes)
{
  guint64 port;
  guint8 be[PORT_BYTES];

  if ((*text == '0' && text[1] != '\0')
      || !g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT16, &port, NULL))
    return FALSE;
  be[0] = (guint8) (port >> 8);
  be[1] = (guint8) port;
  g_byte_array_append (bytes, be, sizeof be);
  return TRUE;
}

static char *
print_port (const guint8 *data, gsize len)
{
  return g_strdup_printf ("%u", (guint) data[0] << 8 | data[1]);
}

static gboolean
is_zone (const char *text, gsize len)
{
  gsize i;

  for (i = 0; i < len && g_ascii_isgraph (text[i]) && text[i] != '/' && text[i] != '%';
       i++)
    ;
  return i == len && len > 0 && len <= MAX_ZONE_BYTES;
}

/* Letters, digits, hyphens and underscores in labels of 1 to 63; one dot may end it. */
static gboolean
is_name (const char *text, gsize len)
{
  gsize label = 0;

  if (len == 0 || len > MAX_NAME_BYTES)
    return FALSE;
  for (gsize i = 0; i < len; i++)
    {
      if (text[i] == '.')
        {
          if (label == 0)
            return FALSE;
          label = 0;
          continue;
        }
      if (!g_ascii_isalnum (text[i]) && text[i] != '-' && text[i] != '_')
        return FALSE;
      if (++label > MAX_LABEL_BYTES)
        return FALSE;
    }
  return TRUE;
}

static gboolean
is_path (const char *text, gsize len)
{
  return len >= 2 && text[0] == '/' && text[len - 1] != '/'
         && memchr (text, '\0', len) == NULL
         && g_utf8_validate (text, (gssize) len, NULL);
}

static gboolean
parse_checked (const char *text,
               GByteArray *bytes,
               gboolean (*check) (const char *, gsize))
{
  gsize len = strlen (text);

  if (!check (text, len))
    return FALSE;
  g_byte_array_append (bytes, (const guint8 *) text, (guint) len);
  return TRUE;
}

static char *
print_checked (const guint8 *data, gsize len, gboolean (*check) (const char *, gsize))
{
  return check ((const char *) data, len) ? g_strndup ((const char *) data, len) : NULL;
}

static gboolean
parse_zone (const char *text, GByteArray *bytes)
{
  return parse_checked (text, bytes, is_zone);
}

static char *
print_zone (const guint8 *data, gsize len)
{
  return print_checked (data, len, is_zone);
}

static gboolean
parse_name (const char *text, GByteArray *bytes)
{
  return parse_checked (text, bytes, is_name);
}

static char *
print_name (const guint8 *data, gsize len)
{
  return print_checked (data, len, is_name);
}

static gboolean
parse_path (const char *text, GByteArray *bytes)
{
  return parse_checked (text, bytes, is_path);
}

static char *
print_path (const guint8 *data, gsize len)
{
  return print_checked (data, len, is_path);
}

static gboolean
parse_peer (const char *text, GByteArray *bytes)
{
  g_autoptr (MeshPeerId) id = mesh_peer_id_parse (text, NULL);
  const guint8 *data;
  gsize len;

  if (id == NULL)
    return FALSE;
  data = mesh_peer_id_get_bytes (id, &len);
  g_byte_array_append (bytes, data, (guint) len);
  return TRUE;
}

static char *
print_peer (const guint8 *data, gsize len)
{
  g_autoptr (MeshPeerId) id = mesh_peer_id_from_bytes (data, len, NULL);

  return id != NULL ? g_strdup (mesh_peer_id_to_string (id)) : NULL;
}

static gboolean
is_multihash (const guint8 *data, gsize len)
{
  MeshCursor cursor = mesh_cursor_init (data, len);
  const guint8 *digest;
  guint64 code;
  gsize n;

  return mesh_cursor_read_varint (&cursor, &code)
         && mesh_cursor_read_prefixed (&cursor, &digest, &n) && n > 0 && cursor.len == 0;
}

/* "u" and base64url without padding, as every implementation writes it. */
static char *
print_certhash (const guint8 *data, gsize len)
{
  g_autofree char *text = NULL;

  if (!is_multihash (data, len))
    return NULL;
  text = g_base64_encode (data, len);
  g_strdelimit (text, "+", '-');
  g_strdelimit (text, "/", '_');
  *(text + strcspn (text, "=")) = '\0';
  return g_strconcat ("u", text, NULL);
}

static GBytes *
decode_base64url (const char *text)
{
  gsize len = strlen (text), n;
  g_autofree char *padded = NULL;
  guchar *data;

  if (len % 4 == 1 || strpbrk (text, "+/=") != NULL)
    return NULL;
  padded = g_strconcat (text, &"===="[len % 4 == 0 ? 4 : len % 4], NULL);
  g_strdelimit (padded, "-", '+');
  g_strdelimit (padded, "_", '/');
  data = g_base64_decode (padded, &n);
  return g_bytes_new_take (data, n);
}

static gboolean
parse_certhash (const char *text, GByteArray *bytes)
{
  g_autoptr (GBytes) decoded = NULL;
  g_autofree char *again = NULL;
  const guint8 *data;
  gsize len;

  if (*text == 'u')
    decoded = decode_base64url (text + 1);
  else if (*text == 'b')
    decoded = mesh_base32_decode (text + 1, strlen (text + 1), NULL);
  else if (*text == 'z')
    decoded = mesh_base58_decode (text + 1, strlen (text + 1), NULL);
  if (decoded == NULL)
    return FALSE;
  data = g_bytes_get_data (decoded, &len);
  again = print_certhash (data, len);
  /* GLib's base64 skips foreign characters: what it skipped does not come back. */
  if (again == NULL || (*text == 'u' && strcmp (again, text) != 0))
    return FALSE;
  g_byte_array_append (bytes, data, (guint) len);
  return TRUE;
}

#define NONE MESH_MULTIADDR_VALUE_NONE, 0, NULL, NULL
#define FIXED(n) MESH_MULTIADDR_VALUE_FIXED, n
#define PREFIXED MESH_MULTIADDR_VALUE_PREFIXED, 0

/* multiformats/multicodec table.csv, tag "multiaddr" */
static const MeshMultiaddrCodec codecs[] = {
  { MESH_MULTIADDR_IP4, "ip4", FIXED (IP4_BYTES), parse_ip4, print_ip4 },
  { MESH_MULTIADDR_TCP, "tcp", FIXED (PORT_BYTES), parse_port, print_port },
  { MESH_MULTIADDR_IP6, "ip6", FIXED (IP6_BYTES), parse_ip6, print_ip6 },
  { MESH_MULTIADDR_IP6ZONE, "ip6zone", PREFIXED, parse_zone, print_zone },
  { MESH_MULTIADDR_DNS, "dns", PREFIXED, parse_name, print_name },
  { MESH_MULTIADDR_DNS4, "dns4", PREFIXED, parse_name, print_name },
  { MESH_MULTIADDR_DNS6, "dns6", PREFIXED, parse_name, print_name },
  { MESH_MULTIADDR_DNSADDR, "dnsaddr", PREFIXED, parse_name, print_name },
  { MESH_MULTIADDR_UDP, "udp", FIXED (PORT_BYTES), parse_port, print_port },
  { MESH_MULTIADDR_WEBRTC_DIRECT, "webrtc-direct", NONE },
  { MESH_MULTIADDR_WEBRTC, "webrtc", NONE },
  { MESH_MULTIADDR_P2P_CIRCUIT, "p2p-circuit", NONE },
  { MESH_MULTIADDR_UNIX, "unix", MESH_MULTIADDR_VALUE_PATH, 0, parse_path, print_path },
  { MESH_MULTIADDR_P2P, "p2p", PREFIXED, parse_peer, print_peer },
  { MESH_MULTIADDR_HTTPS, "https", NONE },
  { MESH_MULTIADDR_TLS, "tls", NONE },
  { MESH_MULTIADDR_SNI, "sni", PREFIXED, parse_name, print_name },
  { MESH_MULTIADDR_QUIC_V1, "quic-v1", NONE },
  { MESH_MULTIADDR_CERTHASH, "certhash", PREFIXED, parse_certhash, print_certhash },
  { MESH_MULTIADDR_WS, "ws", NONE },
  { MESH_MULTIADDR_WSS, "wss", NONE },
  { MESH_MULTIADDR_HTTP, "http", NONE },
};

const MeshMultiaddrCodec *
mesh_multiaddr_codec_find (guint64 code)
{
  for (guint i = 0; i < G_N_ELEMENTS (codecs); i++)
    if (codecs[i].protocol == code)
      return &codecs[i];
  return NULL;
}

const MeshMultiaddrCodec *
mesh_multiaddr_codec_find_name (const char *name, gsize len)
{
  /* The old name of p2p. */
  if (len == strlen ("ipfs") && memcmp (name, "ipfs", len) == 0)
    return mesh_multiaddr_codec_find (MESH_MULTIADDR_P2P);
  for (guint i = 0; i < G_N_ELEMENTS (codecs); i++)
    if (strlen (codecs[i].name) == len && memcmp (codecs[i].name, name, len) == 0)
      return &codecs[i];
  return NULL;
}
