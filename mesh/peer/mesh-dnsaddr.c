/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "peer/mesh-dnsaddr.h"

#include <string.h>

#define NAME_PREFIX "_dnsaddr."
#define RECORD_PREFIX "dnsaddr="

typedef struct
{
  MeshMultiaddr *addr; /* (owned): "/dnsaddr/NAME" and what its records must end in */
  char *name;          /* (owned): whose TXT records are asked for */
  guint depth;
} Link;

struct MeshDnsaddr
{
  GPtrArray *links; /* (owned) (element-type Link): those before next are answered */
  GPtrArray *addrs; /* (owned) (element-type MeshMultiaddr) */
  guint next;
};

static void
link_free (Link *link)
{
  mesh_multiaddr_unref (link->addr);
  g_free (link->name);
  g_free (link);
}

MeshDnsaddr *
mesh_dnsaddr_new (void)
{
  MeshDnsaddr *self = g_new0 (MeshDnsaddr, 1);

  self->links = g_ptr_array_new_with_free_func ((GDestroyNotify) link_free);
  self->addrs = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_multiaddr_unref);
  return self;
}

void
mesh_dnsaddr_free (MeshDnsaddr *self)
{
  g_ptr_array_unref (self->links);
  g_ptr_array_unref (self->addrs);
  g_free (self);
}

static gboolean
is_link (const MeshMultiaddr *addr, MeshMultiaddrComponent *component)
{
  mesh_multiaddr_get_component (addr, 0, component);
  return component->protocol == MESH_MULTIADDR_DNSADDR;
}

/* A link that was seen already is not followed again: records may go round in circles. */
static gboolean
has_link (const MeshDnsaddr *self, const MeshMultiaddr *addr)
{
  for (guint i = 0; i < self->links->len; i++)
    if (mesh_multiaddr_equal (((const Link *) self->links->pdata[i])->addr, addr))
      return TRUE;
  return FALSE;
}

static void
add_link (MeshDnsaddr *self,
          MeshMultiaddr *addr,
          const MeshMultiaddrComponent *component,
          guint depth)
{
  Link *link;

  if (depth > MESH_DNSADDR_MAX_DEPTH || self->links->len >= MESH_DNSADDR_MAX_LOOKUPS
      || component->len + strlen (NAME_PREFIX) > MESH_DNSADDR_MAX_NAME_LEN
      || has_link (self, addr))
    return;
  link = g_new0 (Link, 1);
  link->addr = mesh_multiaddr_ref (addr);
  link->name = g_strdup_printf (NAME_PREFIX "%.*s", (int) component->len,
                                (const char *) component->data);
  link->depth = depth;
  g_ptr_array_add (self->links, link);
}

gboolean
mesh_dnsaddr_add (MeshDnsaddr *self, MeshMultiaddr *addr)
{
  MeshMultiaddrComponent component;

  if (!is_link (addr, &component))
    return FALSE;
  add_link (self, addr, &component, 0);
  return TRUE;
}

const char *
mesh_dnsaddr_next (MeshDnsaddr *self)
{
  return self->next < self->links->len
             ? ((const Link *) self->links->pdata[self->next])->name
             : NULL;
}

/* Whether @addr ends in all that follows the name in @link. */
static gboolean
matches (const MeshMultiaddr *link, const MeshMultiaddr *addr)
{
  guint n_link = mesh_multiaddr_get_n_components (link);
  guint n_addr = mesh_multiaddr_get_n_components (addr);
  MeshMultiaddrComponent a, b;

  if (n_addr < n_link - 1)
    return FALSE;
  for (guint i = 1; i < n_link; i++)
    {
      mesh_multiaddr_get_component (link, i, &a);
      mesh_multiaddr_get_component (addr, n_addr - n_link + i, &b);
      if (a.protocol != b.protocol || a.len != b.len
          || memcmp (a.data, b.data, a.len) != 0)
        return FALSE;
    }
  return TRUE;
}

static void
take_record (MeshDnsaddr *self, const Link *link, const char *record)
{
  g_autoptr (MeshMultiaddr) addr = NULL;
  MeshMultiaddrComponent component;

  if (!g_str_has_prefix (record, RECORD_PREFIX))
    return;
  addr = mesh_multiaddr_parse (record + strlen (RECORD_PREFIX), NULL);
  if (addr == NULL || !matches (link->addr, addr))
    return;
  if (is_link (addr, &component))
    add_link (self, addr, &component, link->depth + 1);
  else if (self->addrs->len < MESH_DNSADDR_MAX_ADDRS
           && !g_ptr_array_find_with_equal_func (self->addrs, addr, mesh_multiaddr_equal,
                                                 NULL))
    g_ptr_array_add (self->addrs, g_steal_pointer (&addr));
}

void
mesh_dnsaddr_answer (MeshDnsaddr *self, const char *const *records)
{
  const Link *link;

  g_return_if_fail (self->next < self->links->len);

  link = self->links->pdata[self->next++];
  for (guint i = 0; records != NULL && records[i] != NULL && i < MESH_DNSADDR_MAX_RECORDS;
       i++)
    take_record (self, link, records[i]);
}

GPtrArray *
mesh_dnsaddr_dup_addrs (const MeshDnsaddr *self)
{
  return g_ptr_array_copy (self->addrs, (GCopyFunc) mesh_multiaddr_ref, NULL);
}
