/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "mdns/mesh-dns-name.h"

#include <string.h>

#define POINTER 0xc0

/* Appends a label; FALSE when it is empty or too long, or the name would be. */
static gboolean
append_label (MeshDnsName *name, const char *label, gsize len)
{
  /* One byte stays for the root. */
  if (len == 0 || len > MESH_DNS_NAME_MAX_LABEL
      || name->len + 1 + len + 1 > MESH_DNS_NAME_MAX_BYTES)
    return FALSE;
  name->data[name->len] = (guint8) len;
  memcpy (name->data + name->len + 1, label, len);
  name->len = (guint8) (name->len + 1 + len);
  return TRUE;
}

gboolean
mesh_dns_name_parse (MeshDnsName *name, const char *text)
{
  g_auto (GStrv) labels = g_strsplit (text, ".", -1);

  name->len = 0;
  if (labels[0] == NULL)
    return FALSE;
  for (guint i = 0; labels[i] != NULL; i++)
    if (!append_label (name, labels[i], strlen (labels[i])))
      return FALSE;
  name->data[name->len++] = 0;
  return TRUE;
}

gboolean
mesh_dns_name_child (MeshDnsName *name, const char *label, const MeshDnsName *parent)
{
  name->len = 0;
  if (!append_label (name, label, strlen (label))
      || name->len + parent->len > MESH_DNS_NAME_MAX_BYTES)
    return FALSE;
  memcpy (name->data + name->len, parent->data, parent->len);
  name->len = (guint8) (name->len + parent->len);
  return TRUE;
}

gboolean
mesh_dns_name_read (MeshDnsName *name, const guint8 *packet, gsize len, gsize *offset)
{
  gsize at = *offset, limit = len, end = 0;
  guint n_pointers = 0;

  name->len = 0;
  for (;;)
    {
      guint8 head;

      if (at >= limit)
        return FALSE;
      head = packet[at];
      if (head == 0)
        break;
      if ((head & POINTER) == POINTER)
        {
          gsize target;

          if (at + 1 >= limit || ++n_pointers > MESH_DNS_NAME_MAX_POINTERS)
            return FALSE;
          target = (gsize) (head & ~POINTER) << 8 | packet[at + 1];
          if (end == 0)
            end = at + 2;
          /* What is pointed at lies, with all of its labels, before this label run. */
          if (target >= at)
            return FALSE;
          limit = at;
          at = target;
        }
      else
        {
          if ((head & POINTER) != 0 || head > limit - at - 1
              || !append_label (name, (const char *) packet + at + 1, head))
            return FALSE;
          at += 1 + (gsize) head;
        }
    }
  name->data[name->len++] = 0;
  *offset = end != 0 ? end : at + 1;
  return TRUE;
}

gboolean
mesh_dns_name_is_child (const MeshDnsName *name, const MeshDnsName *parent)
{
  gsize head = name->len > 1 ? 1u + name->data[0] : 0;
  MeshDnsName rest;

  if (head == 0 || name->len - head != parent->len)
    return FALSE;
  rest.len = parent->len;
  memcpy (rest.data, name->data + head, rest.len);
  return mesh_dns_name_equal (&rest, parent);
}

char *
mesh_dns_name_to_string (const MeshDnsName *name)
{
  GString *text = g_string_new (NULL);

  for (gsize at = 0; at < name->len && name->data[at] != 0; at += 1u + name->data[at])
    {
      if (text->len > 0)
        g_string_append_c (text, '.');
      for (gsize i = 1; i <= name->data[at]; i++)
        {
          char c = (char) name->data[at + i];

          if (g_ascii_isgraph (c) && c != '.' && c != '\\')
            g_string_append_c (text, c);
          else
            g_string_append_printf (text, "\\%03u", (guint8) c);
        }
    }
  return g_string_free (text, FALSE);
}

/* Lengths are below 64, so no length is taken for a letter. */
guint
mesh_dns_name_hash (gconstpointer name)
{
  const MeshDnsName *self = name;
  guint32 hash = 2166136261u;

  for (gsize i = 0; i < self->len; i++)
    hash = (hash ^ (guint8) g_ascii_tolower ((char) self->data[i])) * 16777619u;
  return hash;
}

gboolean
mesh_dns_name_equal (gconstpointer a, gconstpointer b)
{
  const MeshDnsName *x = a, *y = b;

  if (x->len != y->len)
    return FALSE;
  for (gsize i = 0; i < x->len; i++)
    if (g_ascii_tolower ((char) x->data[i]) != g_ascii_tolower ((char) y->data[i]))
      return FALSE;
  return TRUE;
}
