/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "mdns/mesh-mdns-txt.h"

#include <string.h>

#include "peer/mesh-addr-scope.h"

#define KEY "dnsaddr="
#define MAX_STRING 255

/* ---- saying ---- */

/* How useful an address is to those on the LAN, 0 first; -1 for not at all. */
static int
use_of (const MeshMultiaddr *addr, gboolean allow_loopback)
{
  MeshMultiaddrComponent component;

  if (mesh_addr_scope_is_relayed (addr))
    return -1;
  switch (mesh_addr_scope_of (addr))
    {
    case MESH_ADDR_SCOPE_PRIVATE:
      return 0;
    case MESH_ADDR_SCOPE_PUBLIC:
      return 1;
    case MESH_ADDR_SCOPE_LINK:
      /* fe80:: means nothing without a zone, and zones are each machine's own. */
      return mesh_multiaddr_find (addr, MESH_MULTIADDR_IP4, &component) ? 2 : -1;
    case MESH_ADDR_SCOPE_LOOPBACK:
      return allow_loopback ? 3 : -1;
    case MESH_ADDR_SCOPE_NONE:
    case MESH_ADDR_SCOPE_NAME:
    default:
      return -1;
    }
}

static gboolean
append_string (GByteArray *txt, const MeshMultiaddr *addr)
{
  const char *text = mesh_multiaddr_to_string (addr);
  gsize len = strlen (KEY) + strlen (text);
  guint8 prefix = (guint8) len;

  if (len > MAX_STRING || txt->len + 1 + len > MESH_MDNS_TXT_MAX_BYTES)
    return FALSE;
  g_byte_array_append (txt, &prefix, 1);
  g_byte_array_append (txt, (const guint8 *) KEY, (guint) strlen (KEY));
  g_byte_array_append (txt, (const guint8 *) text, (guint) strlen (text));
  return TRUE;
}

GBytes *
mesh_mdns_txt_encode (const GPtrArray *addrs,
                      gboolean allow_loopback,
                      GPtrArray *selected)
{
  g_autoptr (GByteArray) txt = g_byte_array_new ();
  guint n = 0;

  for (int use = 0; use <= 3; use++)
    for (guint i = 0; i < addrs->len && n < MESH_MDNS_TXT_MAX_ADDRS; i++)
      {
        MeshMultiaddr *addr = g_ptr_array_index (addrs, i);
        g_autoptr (MeshPeerId) peer = mesh_multiaddr_dup_peer_id (addr);

        if (peer == NULL || use_of (addr, allow_loopback) != use
            || !append_string (txt, addr))
          continue;
        n++;
        if (selected != NULL)
          g_ptr_array_add (selected, mesh_multiaddr_ref (addr));
      }
  return n > 0 ? g_byte_array_free_to_bytes (g_steal_pointer (&txt)) : NULL;
}

/* ---- hearing ---- */

void
mesh_mdns_txt_clear (MeshMdnsTxt *txt)
{
  g_clear_pointer (&txt->peer, mesh_peer_id_unref);
  g_clear_pointer (&txt->addrs, g_ptr_array_unref);
  txt->is_bad = FALSE;
}

static gboolean
is_from (const MeshMultiaddr *addr, const guint8 *source, gsize source_len)
{
  MeshMultiaddrComponent first;

  mesh_multiaddr_get_component (addr, 0, &first);
  return source != NULL && first.len == source_len
         && memcmp (first.data, source, source_len) == 0;
}

static gboolean
is_believable (const MeshMultiaddr *addr,
               const guint8 *source,
               gsize source_len,
               gboolean allow_loopback)
{
  int use = use_of (addr, allow_loopback);

  return use >= 0
         && (mesh_addr_scope_of (addr) != MESH_ADDR_SCOPE_PUBLIC
             || is_from (addr, source, source_len));
}

/* Takes over @addr. */
static void
take_addr (MeshMdnsTxt *txt, MeshMultiaddr *addr)
{
  g_autoptr (MeshMultiaddr) owned = addr;
  g_autoptr (MeshPeerId) peer = mesh_multiaddr_dup_peer_id (addr);

  if (peer == NULL)
    return;
  if (txt->peer != NULL && !mesh_peer_id_equal (txt->peer, peer))
    {
      txt->is_bad = TRUE;
      return;
    }
  if (txt->peer == NULL)
    {
      txt->peer = g_steal_pointer (&peer);
      txt->addrs = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_multiaddr_unref);
    }
  if (txt->addrs->len < MESH_MDNS_TXT_MAX_ADDRS
      && !g_ptr_array_find_with_equal_func (txt->addrs, addr, mesh_multiaddr_equal, NULL))
    g_ptr_array_add (txt->addrs, g_steal_pointer (&owned));
}

static MeshMultiaddr *
read_string (const guint8 *data, gsize len)
{
  char text[MAX_STRING + 1];

  if (len <= strlen (KEY)
      || g_ascii_strncasecmp ((const char *) data, KEY, strlen (KEY)) != 0
      || memchr (data, '\0', len) != NULL)
    return NULL;
  memcpy (text, data + strlen (KEY), len - strlen (KEY));
  text[len - strlen (KEY)] = '\0';
  return mesh_multiaddr_parse (text, NULL);
}

void
mesh_mdns_txt_read (MeshMdnsTxt *txt,
                    const guint8 *data,
                    gsize len,
                    const guint8 *source,
                    gsize source_len,
                    gboolean allow_loopback)
{
  gsize n;

  for (gsize at = 0; at < len && data[at] < len - at; at += 1 + n)
    {
      MeshMultiaddr *addr;

      n = data[at];
      addr = read_string (data + at + 1, n);
      if (addr == NULL)
        continue;
      if (is_believable (addr, source, source_len, allow_loopback))
        take_addr (txt, addr);
      else
        mesh_multiaddr_unref (addr);
    }
}
